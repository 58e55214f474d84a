"""What both office files of a séance (slides, workbook) say in words: who it is for, where the figures come from, their fingerprint."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from analysis import french
from analysis.council import Cell, ChartDrawing, Column, Deck, MapDrawing, Slide, Table
from analysis.french import NBSP, NNBSP, number, quantity
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
        ("Année", str(deck.year)) if deck.year else ("Date de la séance", french.long_date(deck.day)),
        ("Territoire", plain(deck.territory)),
        ("Établi pour", deck.audience.label),
        ("Établi le", french.long_date(deck.made)),
        ("Empreinte des chiffres", deck.fingerprint),
        *([("Mention", plain(deck.mark))] if deck.mark else []),
    ]


def _cited(source: str, *, many: bool) -> str:
    """A citation without the word « Source », which is printed before it; among others it ends with a full stop."""
    said = french.sentence(re.sub(r"^Sources?\s*:\s*", "", plain(source)))
    return f"{said}." if many and said and not said.endswith((".", "…")) else said


def origin(deck: Deck, slide: Slide, *, short: bool = False) -> list[tuple[str, str]]:
    """What is printed under the figures of a view: (name, words), without what it has not. `short`: of the sources their citations."""
    several, sources = len(slide.vintages) > 1, slide.short_sources if short else slide.sources
    said = [
        ("Chiffres indisponibles", plain(slide.problem)),
        (
            "Sources" if len(sources) > 1 else "Source",
            " ".join(_cited(each, many=len(sources) > 1) for each in sources),
        ),
        ("Millésimes" if several else "Millésime", french.join(map(plain, slide.vintages))),
        ("Secret", " ".join(map(plain, slide.secrecy))),
        ("Chiffres conservés le", french.date(slide.frozen) if slide.frozen else ""),
        ("Empreinte", slide.fingerprint),
        ("Établi pour", deck.audience.label),
        ("Établi le", french.date(deck.made)),
        ("Mention", plain(slide.mark)),
    ]
    return [(name, words) for name, words in said if words]


def number_format(column: Column, texts: Sequence[str] = ()) -> str:
    """The format of a column of figures, in the code of spreadsheets; `texts` are its figures as on screen.

    A percentage keeps its sign in the format and its value as it is read (10.5), so that nothing multiplies it. Thousands are grouped
    as on screen; a column of changes (« +12 ») keeps its signs.
    """
    grouped = "#,##0" if not any(re.search(r"\d{4}", text) for text in texts) else "0"
    digits = grouped + ("." + "0" * column.decimals if column.decimals > 0 else "")
    if column.unit.strip().startswith("%"):
        digits += f'"{NNBSP}%"'
    return f"+{digits};-{digits};{digits}" if any(text.startswith("+") for text in texts) else digits


_FIGURE = re.compile(r"^([+\u2212-]?)(\d[\d\u202f\u00a0]*)(?:,(\d+))?[\u202f\u00a0 ]*([^(]*)(?:\(.*\))?$")


def own_format(text: str) -> str:
    """The format of one figure as it stands on screen, its unit with it (« 556 habitants », « +3,2 % »): for a column whose rows are of
    several units. Empty for what is no figure."""
    found = _FIGURE.match(plain(text))
    if not found:
        return ""
    sign, whole, decimals, unit = found.groups()
    digits = "0" if re.search(r"\d{4}", whole) else "#,##0"
    digits += f".{'0' * len(decimals)}" if decimals else ""
    if unit := unit.strip().replace('"', ""):
        digits += f'"{NNBSP if unit.startswith("%") else NBSP}{unit}"'
    return f"+{digits};-{digits};{digits}" if sign == "+" else digits


def tables_of(slide: Slide, deck: Deck) -> list[Table]:
    """The tables of a view; where it has none, the figures of its charts and what its maps say of each commune, as tables."""
    if slide.tables:
        return list(slide.tables)
    return [*map(chart_table, slide.charts), *(_of_map(drawing, deck) for drawing in slide.maps)]


def chart_table(chart: ChartDrawing) -> Table:
    """What a chart draws as a table: a row a category, a column a series, then one a reference."""
    columns = [Column(name, True, chart.unit, chart.decimals) for name, _ in chart.drawn]
    rows = []
    for index, category in enumerate(chart.categories):
        values = [values[index] if index < len(values) else None for _, values in chart.drawn]
        cells = [
            Cell("non publié")
            if value is None or not math.isfinite(value)
            else Cell(quantity(value, chart.unit, chart.decimals) if chart.unit.startswith("%") else number(value, chart.decimals), value)
            for value in values
        ]  # fmt: skip
        rows.append((Cell(category), *cells))
    return Table(chart.title, (Column("Catégorie"), *columns), tuple(rows))


def _of_map(drawing: MapDrawing, deck: Deck) -> Table:
    rows = sorted((deck.names.get(code, code), text) for code, text in drawing.texts.items())
    heading = drawing.legend_title or drawing.title
    return Table(
        drawing.title,
        (Column("Commune"), Column(heading)),
        tuple((Cell(name), Cell(text)) for name, text in rows),
    )
