"""The supports of a séance: what each is called, and what makes it from the same `Deck`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.council import Deck
from reports.pictures import Ground
from reports.workbook import workbook_xlsx

Make = Callable[[Deck, Ground], bytes]


@dataclass(frozen=True)
class Support:
    """One kind of file. `ending` is that of its name, `mime` its media type."""

    id: str
    name: str
    ending: str
    mime: str
    icon: str
    make: Make


SUPPORTS: tuple[Support, ...] = (
    Support(
        "workbook", "Classeur Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ":material/table:", lambda deck, _ground: workbook_xlsx(deck),
    ),
)  # fmt: skip
"""The supports that a séance can be handed over as, in the order of the page."""
