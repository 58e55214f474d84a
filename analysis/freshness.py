"""« Données au … »: the last day on which what is on show changed.

The rule: the newest of the day the newest import still in force was recorded (the published figures that are shipped count as one), and the
day a row of the network on show was last entered or changed. An import that was undone no longer counts. Never after today: a machine whose
clock was ahead must not date the figures in the future. It says when the application's data changed, not what period a figure describes:
that is the figure's vintage, which stands with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from analysis import french


def data_day(imports: Iterable[dt.date], network: Iterable[dt.date], today: dt.date) -> dt.date | None:
    """The newest of the days of the imports in force and of the network's rows, `today` at most; None when there is neither."""
    newest = max([*imports, *network], default=None)
    return None if newest is None else min(newest, today)


def data_day_text(day: dt.date | None) -> str:
    """« Données au 12/05/2026 », or that there are none."""
    return f"Données au {french.date(day)}" if day else "Aucune donnée dans la base"
