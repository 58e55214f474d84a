"""The one long table that leaves the house: every indicator, commune and period with status, unit and source."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from analysis.answers import Answer
from analysis.model import Source
from analysis.spreadsheet import guard

COLUMNS = ["commune", "indicator", "period", "value", "status", "unit", "source"]


def long_table(answers: Iterable[tuple[Answer, Source]], *, mark: str = "") -> pd.DataFrame:
    """Columns `COLUMNS`, one row a commune, indicator and period, sorted by indicator, period, commune.

    `value` is a float, NaN unless `status` is ``observed``; a rate is exact, never rounded. `mark` (« démonstration ») is written beside
    the source of every answer whose indicator counts the network's own rows.
    """
    frames = []
    for answer, source in answers:
        note = f" — {mark}" if mark and answer.indicator.kind == "network" else ""
        frames.append(
            answer.cells[["commune", "value", "status"]].assign(
                indicator=answer.indicator.id,
                period=answer.vintage.period,
                unit=answer.indicator.unit,
                source=source.citation + note,
            )
        )
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(frames, ignore_index=True)[COLUMNS]
    return table.sort_values(["indicator", "period", "commune"], kind="stable", ignore_index=True)


def to_csv(table: pd.DataFrame) -> str:
    """UTF-8 text, `;`, decimal point, `\\n`; whole numbers without « .0 »; an empty value unless observed.

    Text that a spreadsheet would run as a formula is written behind an apostrophe.
    """
    safe = table.copy()
    safe["value"] = [_plain(v) for v in safe["value"]]
    for name in ("commune", "indicator", "period", "status", "unit", "source"):
        safe[name] = [guard(str(text)) for text in safe[name]]
    return safe.to_csv(sep=";", index=False, lineterminator="\n")


def _plain(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))
