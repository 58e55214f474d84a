"""What both office files of a séance (slides, workbook) say in words: who it is for, where the figures come from, their fingerprint."""

from __future__ import annotations

import re

from analysis import french
from analysis.council import Deck, Slide
from analysis.french import NNBSP
from reports.document import printable


class OfficeError(ValueError):
    """A file cannot be made of this séance. The message says what is wrong and what to do, in French."""


def check(deck: Deck) -> None:
    """Raises OfficeError when `deck` has no view: there would be nothing to show."""
    if not deck.slides:
        raise OfficeError(
            f"La séance {french.quoted(plain(deck.title)) or 'sans titre'} n’a aucune vue{NNBSP}: "
            "ajoutez-en au moins une avant d’en faire un support."
        )


def plain(text: str, most: int = 0) -> str:
    """`text` on one line without what XML or a reader cannot hold; cut with « … » after `most` characters (0: whole)."""
    one = re.sub(r"[\ufffe\uffff]", "", printable(text)).strip(" ")
    return f"{one[: most - 1].rstrip()}…" if most and len(one) > most else one


def lines(text: str) -> list[str]:
    """The lines of a note, each `plain`."""
    return [plain(line) for line in text.splitlines()]


def title_of(slide: Slide, rank: int) -> str:
    """The title of a view, « Vue 3 » where it has none. `rank` counts from 1."""
    return plain(slide.title) or f"Vue {rank}"


def address(deck: Deck, slide: Slide) -> str:
    """The whole address that reopens a view; empty when the home or the view's own is unknown."""
    return plain(f"{deck.home.rstrip('/')}{slide.link}") if deck.home and slide.link else ""


def about(deck: Deck) -> list[tuple[str, str]]:
    """What the first page says: (name, words)."""
    return [
        ("Date de la séance", french.long_date(deck.day)),
        ("Territoire", plain(deck.territory)),
        ("Établi pour", deck.audience.label),
        ("Établi le", french.long_date(deck.made)),
        ("Empreinte des chiffres", deck.fingerprint),
        *([("Mention", plain(deck.mark))] if deck.mark else []),
    ]


def origin(deck: Deck, slide: Slide) -> list[tuple[str, str]]:
    """What is printed under the figures of a view: (name, words), without what it has not."""
    several = len(slide.vintages) > 1
    said = [
        ("Chiffres indisponibles", plain(slide.problem)),
        ("Sources" if len(slide.sources) > 1 else "Source", " ".join(map(plain, slide.sources))),
        ("Millésimes" if several else "Millésime", french.join(map(plain, slide.vintages))),
        ("Secret", " ".join(map(plain, slide.secrecy))),
        ("Chiffres conservés le", french.date(slide.frozen) if slide.frozen else ""),
        ("Empreinte", slide.fingerprint),
        ("Établi pour", deck.audience.label),
        ("Établi le", french.date(deck.made)),
        ("Mention", plain(slide.mark)),
    ]
    return [(name, words) for name, words in said if words]
