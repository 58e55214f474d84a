"""A séance on paper: an A4 document for the minutes, an A3 poster, two-page sheets of communes, an annual report; all by typst.

The pictures are drawings, not photographs: maps and charts go in as SVG, and stay paths and letters in the PDF. Every file is made as
PDF/UA-1 and PDF/A-3a, which typst refuses without a title, with a heading left out or a picture without alternative text; the tests read
back language, title, tags, alternative texts, header cells and fonts, and no more than that is claimed.

Texts go in as data (`reports.document.compile_pdf`). What is on paper is what stands on the slide: nothing is asked or counted again.
The speaker's note is not printed.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from analysis import french
from analysis.council import Cell, Column, Deck, MapDrawing, Slide, Table
from analysis.french import NNBSP
from reports.address_code import address_code
from reports.chart_image import HEIGHT, chart_image
from reports.document import compile_pdf, printable
from reports.map_image import shape
from reports.office import chart_table
from reports.pictures import Ground, map_key, map_picture

Paper = Literal["a4", "a3-poster"]

POSTER_VIEWS, POSTER_HIGH = 6, 3
"""Views on one page of a poster; a seventh opens a second page. And where a map with its key and sources wants a frame as high as it."""
_TYPST = Path(__file__).with_name("typst")
_STANDARDS = ("ua-1", "a-3a")
_INCH = 2.54  # centimetres
_A4_TEXT, _A4_MAP, _A3_KEY = 17.0, 11.2, 4.7  # centimetres
_LONG_WORD = re.compile(r"(\S{28})(?=\S{8})")
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")


class PaperError(ValueError):
    """The paper cannot be made of this séance. The message says what is wrong and what to do, in French."""


class _TooLong(PaperError):
    """The view of `rank` (from 0) finds no room on its page."""

    def __init__(self, message: str, rank: int) -> None:
        super().__init__(message)
        self.rank = rank


def document_pdf(deck: Deck, ground: Ground, *, paper: Paper = "a4") -> bytes:
    """`deck` as a PDF: ``a4``, a title page with contents, then a section a view; ``a3-poster``, up to six views a page.

    Raises PaperError for a séance without views, a picture without description, an unknown paper, or a view too long for a poster.
    """
    if paper not in ("a4", "a3-poster"):
        raise PaperError(f"Papier inconnu{NNBSP}: « {paper} ». Choisir a4 ou a3-poster")
    content = _content(deck, ground, paper)
    if paper == "a4":
        return _made("document", content, deck)
    while True:
        try:
            return _made("poster", content, deck)
        except _TooLong as error:
            if deck.slides[error.rank].maps and content["per_page"] != POSTER_HIGH:
                content = _content(deck, ground, paper, POSTER_HIGH)
                continue
            # A poster shows what can be read standing: of a long table the first rows, which come first for a reason. Only words that
            # nothing can be left out of are written smaller than that.
            view = content["slides"][error.rank]
            if not _shorter(view):
                if view["least"] == _SMALLEST:
                    raise
                view["least"] = _SMALLEST


def annual_report_pdf(deck: Deck, ground: Ground, year: int) -> bytes:
    """The annual report of the network: `deck`, whose views are its sections, as an A4 document titled with its year. Raises as
    `document_pdf`."""
    title = f"Rapport annuel {year}"
    named = deck if title in deck.title else replace(deck, title=f"{title}{NNBSP}: {deck.title}")
    content = _content(named, ground, "a4")
    return _made("document", content | {"occasion": f"Rapport de l’année {year}"}, named)


def sheet_pdf(deck: Deck, ground: Ground) -> bytes:
    """The sheet of one commune on exactly two A4 pages: the first view of `deck` on the first, the others on the second.

    Letters shrink as far as they stay legible. Raises as `document_pdf`, and PaperError when two pages are too few.
    """
    return _made("sheet", _content(deck, ground, "sheet"), deck)


def commune_sheets_zip(sheets: Mapping[str, Deck], ground: Ground) -> bytes:
    """The sheets of communes (code → deck titled with the commune's name) as one ZIP of PDFs named `sheet_name`. Raises as `sheet_pdf`,
    and PaperError when there is no sheet."""
    if not sheets:
        raise PaperError(f"Aucune fiche à faire{NNBSP}: choisir au moins une commune")
    out = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # a PDF is compressed already
        for code, deck in sheets.items():
            name = sheet_name(ground.names.get(code, code))
            if name in names:  # two communes of one name
                name = sheet_name(f"{ground.names.get(code, code)} {code}")
            names.add(name)
            entry = zipfile.ZipInfo(name, (*deck.made.timetuple()[:3], 0, 0, 0))
            archive.writestr(entry, sheet_pdf(deck, ground))
    return out.getvalue()


def sheet_name(commune: str) -> str:
    """« fiche-le-mele-sur-sarthe.pdf »: plain letters, digits and hyphens only."""
    letters = (
        unicodedata.normalize("NFKD", re.sub("[œŒ]", "oe", commune))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return f"fiche-{slug or 'commune'}.pdf"


# ------------------------------------------------------------------------------------------------- content


def _content(deck: Deck, ground: Ground, paper: str, per_page: int = POSTER_VIEWS) -> dict[str, Any]:
    """Everything that is printed, as plain values. `per_page`: views on one page of a poster."""
    if not deck.slides:
        raise PaperError(f"La séance est vide{NNBSP}: y ajouter au moins une vue")
    title = printable(deck.title).strip() or "Séance"
    return {
        "title": _shown(title),
        "short": _short(title),
        "day": [deck.made.year, deck.made.month, deck.made.day],
        "occasion": _shown(f"Séance du {french.long_date(deck.day)}"),
        "territory": _shown(deck.territory),
        "audience": _shown(f"Pour {deck.audience.label}"),
        "made": _shown(f"Document établi le {french.long_date(deck.made)}"),
        "fingerprint": deck.fingerprint,
        "mark": _shown(deck.mark),
        "scale": _poster_scale(len(deck.slides)),
        "per_page": per_page,
        "slides": [
            _slide(slide, number, deck, ground, paper, min(len(deck.slides), per_page))
            for number, slide in enumerate(deck.slides, start=1)
        ],
    }


def _slide(
    slide: Slide, number: int, deck: Deck, ground: Ground, paper: str, together: int
) -> dict[str, Any]:
    """One view as plain values. `together`: how many share a page of a poster."""
    title = _shown(slide.title).strip() or f"Vue {number}"
    sizes = _sizes(paper, together, len(slide.charts), ground)
    tables = slide.tables or tuple(_texts_table(each, deck.names) for each in slide.maps)
    address = _address(deck.home, slide.link)
    return {
        "number": number,
        "title": title,
        "sentence": _shown(slide.sentence),
        "problem": _shown(slide.problem),
        "mark": _shown(slide.mark),
        "maps": [
            {
                "title": "" if _shown(each.title).strip() == title else _shown(each.title),
                "subtitle": _shown(each.subtitle),
                "alt": _alt(each.description, "carte", each.title),
                "svg": map_picture(each, ground, "svg", bare=sizes[:2]).decode(),
                "wide": round(sizes[0] * _INCH, 2),
                "key": [
                    {
                        "kind": line.kind,
                        "text": _shown(line.text),
                        "color": line.color,
                        "status": line.status.value if line.status else "",
                        "radius": round(line.radius * 72, 2),
                    }
                    for line in map_key(each, ground)
                ],
            }
            for each in slide.maps
        ],
        "charts": [
            {
                "title": "" if _shown(each.title).strip() == title else _shown(each.title),
                "unit": _shown(each.unit),
                "alt": _alt(each.description, "graphique", each.title),
                "kind": each.kind,
                "table": _table(chart_table(each)),
                "svg": chart_image(
                    each, "svg", titled=False, width=sizes[2], height=1.45 if paper == "sheet" else HEIGHT
                ).decode(),
            }
            for each in slide.charts
        ],
        "tables": [_table(each) for each in tables],
        "foot": [_shown(line) for line in _foot(slide)],
        "brief": [_shown(line) for line in _foot(slide, short=True)],
        "least": _STANDING,
        "url": address,
        "qr": _qr(address) if address else "",
        "qr_alt": _shown(f"Code QR de l’adresse de cette vue{NNBSP}: {address}"),
    }


def _sizes(paper: str, views: int, charts: int, ground: Ground) -> tuple[float, float, float]:
    """Width and height of a map and width of a chart, in inches: as they are printed, so that letters keep their size. A poster of one
    or two views is read from farther away: its pictures are drawn smaller and printed larger."""
    if paper == "a4":
        wide, chart = _A4_MAP, _A4_TEXT
    elif paper == "sheet":
        wide, chart = 4.8, 8.3 if charts > 1 else _A4_TEXT
    else:
        columns, rows = _grid(views)
        chart = (39.6 - 0.9 * (columns - 1)) / columns - 0.8
        high = 24.0 / rows - 4.0
        wide = (
            min(chart, high / shape(ground.contours))
            if rows == 1
            else min(chart - _A3_KEY, high / shape(ground.contours))
        )
    if paper == "a3-poster":
        wide, chart = wide / _poster_scale(views), chart / _poster_scale(views)
    return wide / _INCH, wide / _INCH * shape(ground.contours), chart / _INCH


def _poster_scale(views: int) -> float:
    """How much larger than usual the letters of a poster are."""
    return {1: 1.5, 2: 1.2}.get(views, 1.0)


def _grid(views: int) -> tuple[int, int]:
    """Columns and rows of a poster."""
    return {1: (1, 1), 2: (2, 1), 3: (3, 1), 4: (2, 2)}.get(views, (3, 2))


def _foot(slide: Slide, *, short: bool = False) -> list[str]:
    """The lines under the figures of a view. `short`: of the sources their citations."""
    lines, sources = [], slide.short_sources if short else slide.sources
    if sources:
        lines.append(
            f"{'Source' if len(sources) == 1 else 'Sources'}{NNBSP}: {' '.join(_stopped(line) for line in sources)}"
        )
    if slide.vintages:
        lines.append(
            f"{'Millésime' if len(slide.vintages) == 1 else 'Millésimes'}{NNBSP}: {', '.join(slide.vintages)}"
        )
    lines += slide.secrecy
    if slide.mark:
        lines.append(
            f"{french.sentence(slide.mark).rstrip('.')}{NNBSP}: une partie de ces chiffres est générée."
        )
    kept = f", figés le {french.date(slide.frozen)}" if slide.frozen else ""
    lines.append(f"Empreinte des chiffres{NNBSP}: {slide.fingerprint} (révision {slide.revision}{kept})")
    return lines


def _stopped(line: str) -> str:
    return line if line.endswith(".") else f"{line}."


def _texts_table(drawing: MapDrawing, names: Mapping[str, str]) -> Table:
    """What a map says of each commune: a picture alone would leave its figures out of the paper."""
    rows = tuple((Cell(names.get(code, code)), Cell(text)) for code, text in drawing.texts.items())
    return Table(drawing.title, (Column("Commune"), Column(drawing.legend_title or drawing.title)), rows)


def _table(table: Table) -> dict[str, Any]:
    if any(len(row) != len(table.columns) for row in (*table.rows, *([table.foot] if table.foot else []))):
        raise PaperError(f"Le tableau « {table.caption} » n’a pas autant de cases que de colonnes")
    return {
        "caption": _shown(table.caption),
        "header": [_shown(column.heading) for column in table.columns],
        "numeric": [column.numeric for column in table.columns],
        "rows": [[_shown(cell.text) for cell in row] for row in table.rows],
        "foot": [_shown(cell.text) for cell in table.foot],
    }


_STANDING, _SMALLEST = 0.76, 0.58
"""How much smaller than usual the letters of a poster are at most: where rows may be left out instead, and at all."""
_FEWEST = 5
"""Rows that a table on a poster keeps at least: fewer say nothing."""


def _shorter(slide: dict[str, Any]) -> bool:
    """Leave a third of the rows of the longest table of a slide out, and say so under it; whether there was anything to leave out."""
    there = [*slide["tables"], *(chart["table"] for chart in slide["charts"])]
    longest = max(there, key=lambda table: len(table["rows"]), default=None)
    if longest is None or len(longest["rows"]) <= _FEWEST:
        return False
    whole = longest.setdefault("whole", len(longest["rows"]))
    kept = max(_FEWEST, len(longest["rows"]) * 2 // 3)
    longest["rows"] = longest["rows"][:kept]
    said = f"{_ROWS_LEFT} {kept} sur {whole}{NNBSP}; le tableau entier est dans le PDF A4."
    for foot in ("foot", "brief"):
        slide[foot] = [said, *(line for line in slide[foot] if not line.startswith(_ROWS_LEFT))]
    return True


_ROWS_LEFT = f"Premières lignes du tableau{NNBSP}:"


def _alt(description: str, what: str, title: str) -> str:
    """The alternative text. Raises PaperError for a picture without one: who does not see it would be left without its figures."""
    words = printable(description).strip()
    if not words:
        raise PaperError(
            f"{'La' if what == 'carte' else 'Le'} {what} « {title} » n’a pas de description{NNBSP}: l’écrire pour qui ne voit pas l’image"
        )
    return words


def _shown(text: str) -> str:
    """`text` as it may be printed; a long word may be broken, or it would run out of the page."""
    return _LONG_WORD.sub("\\1\u200b", printable(text))


def _short(title: str) -> str:
    """The title in the foot of a page."""
    return title if len(title) <= 70 else f"{title[:69].rstrip()}…"


def _address(home: str, link: str) -> str:
    """The whole address of a view; empty where none is known, or where what is kept is no way into this application."""
    if not link.startswith("/") or link.startswith("//"):
        return ""
    whole = home.rstrip("/") + link
    return whole if _ADDRESS.fullmatch(whole) else ""


def _qr(address: str) -> str:
    out = io.BytesIO()
    address_code(address).save(out, kind="svg", xmldecl=False, border=4, dark="#000", light="#fff")
    return out.getvalue().decode()


# ---------------------------------------------------------------------------------------------------- typst


def _made(template: Literal["document", "poster", "sheet"], content: dict[str, Any], deck: Deck) -> bytes:
    import typst
    from matplotlib import get_data_path

    try:
        return compile_pdf(
            "".join((_TYPST / f"{name}.typ").read_text("utf-8") for name in ("common", template)),
            json.dumps(content, ensure_ascii=False),
            standards=_STANDARDS,
            font_paths=[str(Path(get_data_path()) / "fonts" / "ttf")],
        )
    except typst.TypstError as error:
        if too_long := re.search(r"zv-too-long:(\d+)", str(error)):
            rank = int(too_long[1]) - 1
            raise _TooLong(
                f"La vue « {deck.slides[rank].title} » ne tient pas sur la page{NNBSP}: raccourcir son titre, sa phrase ou ses tableaux",
                rank,
            ) from None
        raise
