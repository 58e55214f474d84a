"""What a deck and a web page of a séance have in common: tables, pictures, what is said under the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from analysis import french
from analysis.council import Cell, Column, Deck, MapDrawing, Slide, Table
from analysis.french import NBSP, NNBSP
from reports.html_chart import chart_figure
from reports.html_map import Shapes, map_figure
from reports.html_text import escaped
from reports.map_image import clean


class DeckError(ValueError):
    """The séance cannot be put on a page. The message says what is wrong and what to do, in French."""


def check(deck: Deck) -> None:
    """Raises DeckError when `deck` has no view: there would be nothing to show."""
    if not deck.slides:
        named = f" « {clean(deck.title)} »" if clean(deck.title) else ""
        raise DeckError(
            f"La séance{named} est vide{NNBSP}: y ajouter au moins une vue avant d’en faire un support."
        )


def title_of(slide: Slide, rank: int) -> str:
    """The title of a view, « Vue 3 » where it has none; `rank` counts from 1."""
    return clean(slide.title) or f"Vue {rank}"


def pictures(
    slide: Slide, here: Shapes | None, names: Mapping[str, str], level: int, *, wall: bool = False
) -> list[str]:
    """The maps, then the charts of a view, as figures whose title is a heading of `level`.

    `wall`: a picture alone is as broad as a slide; one of two has larger letters, since it is half as large.
    """
    alone = len(slide.maps) + len(slide.charts) == 1
    return [
        *(map_figure(each, here, names, level, large=wall and not alone) for each in slide.maps),
        *(chart_figure(each, level, broad=wall and alone) for each in slide.charts),
    ]


def tables(slide: Slide, names: Mapping[str, str]) -> tuple[Table, ...]:
    """The tables of a view; where a map has none beside it, what it says of each commune: a picture alone cannot be read aloud."""
    return slide.tables or tuple(_said(each, names) for each in slide.maps if each.texts)


def _said(drawing: MapDrawing, names: Mapping[str, str]) -> Table:
    rows = tuple((Cell(names.get(code, code)), Cell(text)) for code, text in drawing.texts.items())
    return Table(drawing.title, (Column("Commune"), Column(drawing.legend_title or drawing.title)), rows)


def table_html(table: Table, *, sortable: bool = False, more: str = "") -> str:
    """`table` with its caption (and `more` after it) and headers; `sortable`: each heading is a button that the page's script obeys.

    A row with fewer cells than columns is filled, one with more is kept whole: no figure is lost.
    """
    head = "".join(
        f'<th scope="col"{_side(column)}{" aria-sort=none" if sortable else ""}>'
        + (
            f'<button type="button">{escaped(column.heading)}<span class="way" aria-hidden="true"></span></button>'
            if sortable
            else escaped(column.heading)
        )
        + "</th>"
        for column in table.columns
    )
    body = "".join(_row(table, row, sortable) for row in table.rows)
    foot = f"<tfoot>{_row(table, table.foot, False)}</tfoot>" if table.foot else ""
    return (
        f"<table{' data-sort' if sortable else ''}><caption>{escaped(table.caption)}{more}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>"
    )


def _side(column: Column | None) -> str:
    return ' class="number"' if column is not None and column.numeric else ""


def _row(table: Table, row: tuple[Cell, ...], sortable: bool) -> str:
    cells = list(row) + [Cell("")] * (len(table.columns) - len(row))
    out = []
    for i, cell in enumerate(cells):
        column = table.columns[i] if i < len(table.columns) else None
        value = f' data-v="{cell.number!r}"' if sortable and cell.number is not None else ""
        # The first cell names its row, unless it is a figure.
        tag, scope = ("th", ' scope="row"') if i == 0 and not (column and column.numeric) else ("td", "")
        side = ' class="name"' if scope and len(cell.text) <= _NAME else _side(column)
        out.append(f"<{tag}{scope}{side}{value}>{escaped(cell.text)}</{tag}>")
    return f"<tr>{''.join(out)}</tr>"


_NAME = 34
"""Letters of a row's name that stay on one line."""
_ROWS = 16
"""Rows of one table on a wall, that a back row still reads."""


def sheets(table: Table) -> Iterator[str]:
    """`table` in pieces that are read from the back of a room: one or two columns of rows a slide, each a whole table with its headings."""
    side = 2 if len(table.columns) <= 3 else 1
    rows = table.rows
    count = len(rows) + bool(table.foot)
    if count <= _ROWS - 4 or (side == 1 and count <= _ROWS):
        yield f'<div class="sheet one">{table_html(table)}</div>'
        return
    slides = -(-count // (side * _ROWS))
    each = -(-count // (slides * side))
    pieces = [rows[i : i + each] for i in range(0, len(rows), each)]
    parts = [
        table_html(
            replace(table, rows=piece, foot=table.foot if i == len(pieces) - 1 else ()),
            more=f" ({i + 1}{NBSP}sur{NBSP}{len(pieces)})" if len(pieces) > 1 else "",
        )
        for i, piece in enumerate(pieces)
    ]
    for i in range(0, len(parts), side):
        yield f'<div class="sheet{" two" if side == 2 and len(parts) > 1 else " one"}">{"".join(parts[i : i + side])}</div>'


def mark_html(mark: str) -> str:
    """« démonstration », where something generated is shown."""
    return f'<p class="mark">{escaped(mark)}</p>' if clean(mark) else ""


_SOURCES, _CITED = 480, 900
"""Letters of sources and secrecy that still leave the slide to its picture: of all that is said of them, of the sources alone."""


def _sources(slide: Slide) -> list[str]:
    return _told(slide.sources)


def _told(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(line for each in lines if (line := clean(each))))


def many_sources(slide: Slide) -> bool:
    """Whether what is said of the sources of a view needs a place of its own, since there is no shorter way to say it or none that fits."""
    there = _sources(slide)
    room = _CITED if there == _told(slide.short_sources) else _SOURCES
    return sum(map(len, (*there, *slide.secrecy))) > room


def sources_sheet(slide: Slide) -> str:
    """The sources, vintages and secrecy of a view as a list."""
    parts = [
        f"<h3>{name}</h3><ul{' class=many' if len(lines) > 6 else ''}>{''.join(f'<li>{escaped(line)}</li>' for line in lines)}</ul>"
        for name, lines in (
            ("Sources", _sources(slide)),
            ("Millésimes", [french.join(map(clean, slide.vintages))]),
            ("Secret", list(slide.secrecy)),
        )
        if any(map(clean, lines))
    ]
    return f'<div class="sheet sources">{"".join(parts)}</div>'


def origin(deck: Deck, slide: Slide, *, short: bool = False) -> str:
    """What is printed under the figures of a view: sources, vintages, secrecy, their day and fingerprint, for whom.

    `short`: what is said of the sources is written elsewhere (`sources_sheet`), which is said; they are still cited here, and what is
    secret is told, unless that alone would fill the slide.
    """
    kept = (
        f"Chiffres figés le {french.date(slide.frozen)}"
        if slide.frozen
        else f"Chiffres du {french.date(deck.made)}"
    )
    sources = _sources(slide)
    rows = [
        # A line that begins with the word needs no other.
        ("" if "".join(sources[:1]).startswith("Source") else "Source", " ".join(sources)),
        ("Millésimes" if len(slide.vintages) > 1 else "Millésime", french.join(map(clean, slide.vintages))),
        ("Secret", " ".join(map(clean, slide.secrecy))),
    ]
    if short:
        rows = _short(slide, *rows)
    said = "".join(
        f"<li>{f'<b>{name}{NNBSP}:</b> ' if name else ''}{escaped(words)}</li>"
        for name, words in rows
        if clean(words)
    )
    return (
        f'<ul class="origin">{said}<li>{kept} (révision {int(slide.revision)}). Établi le {french.date(deck.made)} '
        f'pour {deck.audience.label}. <b class="fingerprint">Empreinte{NNBSP}: {slide.fingerprint}</b></li></ul>'
    )


def _short(
    slide: Slide, source: tuple[str, str], vintage: tuple[str, str], secret: tuple[str, str]
) -> list[tuple[str, str]]:
    """The rows of `origin` in short: what finds room, and what of it is in the last step only."""
    cited, room = _told(slide.short_sources), _CITED
    rows, away = [vintage], list[str]()
    if sum(map(len, cited)) <= room:
        room -= sum(map(len, cited))
        stopped = (line if line.endswith((".", "…")) else f"{line}." for line in cited)
        rows.insert(0, ("Sources" if source[0] and len(cited) > 1 else source[0], " ".join(stopped)))
        away += ["précisions"] * (cited != _sources(slide))
    else:
        away.append("sources")
    if len(secret[1]) <= room:
        rows.append(secret)
    else:
        away.append("secret")
    return [*rows, (french.sentence(french.join(away)), "au dernier volet (↓)" if away else "")]


def problem(slide: Slide) -> str:
    """Why the figures of now cannot be shown, where they cannot."""
    return f'<p class="problem">{escaped(slide.problem)}</p>' if clean(slide.problem) else ""
