"""The supports of a séance: what each is called, and what makes it from the same `Deck`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.council import Deck, Slide
from reports.pictures import Ground
from ui import loading, press

Portraits = Callable[[], Mapping[str, Slide]]
"""The portrait of every commune, by code: made only for what shows them."""
Make = Callable[[Deck, Ground, Portraits], bytes]


@dataclass(frozen=True)
class Support:
    """One kind of file. `ending` is that of its name, `mime` its media type; `tail` tells files of one ending apart."""

    id: str
    name: str
    ending: str
    mime: str
    icon: str
    make: Make
    tail: str = ""


SUPPORTS: tuple[Support, ...] = (
    Support(
        "deck", "Diaporama (clé USB)", "html", "text/html", ":material/slideshow:",
        lambda deck, ground, portraits: press.make("deck", deck, ground, portraits()),
    ),
    Support(
        "slides", "PowerPoint", "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ":material/co_present:", lambda deck, ground, _portraits: press.make("slides", deck, ground, loading.store().files.template),
    ),
    Support(
        "workbook", "Classeur Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ":material/table:", lambda deck, _ground, _portraits: press.make("workbook", deck),
    ),
    Support(
        "pdf", "PDF A4", "pdf", "application/pdf", ":material/picture_as_pdf:",
        lambda deck, ground, _portraits: press.make("pdf", deck, ground),
    ),
    Support(
        "poster", "Affiche A3", "pdf", "application/pdf", ":material/crop_landscape:",
        lambda deck, ground, _portraits: press.make("poster", deck, ground), "-affiche",
    ),
    Support(
        "page", "Page web", "html", "text/html", ":material/web:",
        lambda deck, ground, _portraits: press.make("page", deck, ground), "-page",
    ),
)  # fmt: skip
"""The supports that a séance can be handed over as, in the order of the page."""
