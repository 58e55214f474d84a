"""Every sink attacked with the one corpus: tables, frames, charts, map, PDF, XLSX, CSV, GeoJSON, SVG, PNG, file names, paths, log.

What runs in a browser is attacked there too (`tests/browser/test_map_attack.py`). A module that makes files or draws text and that no
attack covers makes `test_no_sink_is_forgotten` fail: write its attack, then add it to `SINKS`.
"""

from __future__ import annotations

import ast
import csv
import datetime as dt
import html
import io
import json
import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pikepdf
import pptx
import pytest
import shapely
import streamlit as st
import vobject
from lxml import html as lxml_html

from analysis import council
from analysis.applications.reception import Invitation
from analysis.council import Cell, ChartDrawing, CircleDrawing, Deck, MapDrawing, Slide
from analysis.export import COLUMNS, to_csv
from analysis.model import Audience, Status
from analysis.spreadsheet import guard
from data.imports import findings, templates
from data.imports.model import Dialect, Problem, Table
from data.store import Store, open_store
from reports.calendar_file import WindowEvent, calendar_file
from reports.call_sheet import Asked, SheetCall, call_sheet
from reports.chart_image import chart_image
from reports.deck import deck_html
from reports.document import facts, heading, paragraph, pdf, printable, table
from reports.html_parts import DeckError
from reports.invitation import invitation_pdf
from reports.map_image import map_image
from reports.personal import person_pdf
from reports.pictures import Ground, map_picture
from reports.slides import slides_pptx
from reports.web_page import iframe_snippet, web_page
from reports.workbook import workbook_xlsx
from tests.corpus import CORPUS
from tests.test_rooms import ROOT, sources
from ui import charts, forms, frame, logs
from ui.map import safe
from ui.markdown import literal
from ui.tables import Column, html_table

ALL = list(CORPUS.values())
attacks = pytest.mark.parametrize("text", ALL, ids=list(CORPUS))
# pandas keeps text as Arrow does: what is no Unicode text cannot even get into a frame.
FRAMED = {name: text for name, text in CORPUS.items() if name != "surrogate"}
framed_attacks = pytest.mark.parametrize("text", list(FRAMED.values()), ids=list(FRAMED))
DAY = dt.date(2026, 5, 12)

SINKS = {
    # Where text becomes a file or markup → what attacks it (a test here, or a file of tests).
    "analysis/export.py": "test_a_csv_keeps_its_lines_and_runs_nothing",
    "data/imports/findings.py": "test_the_problems_of_a_file_as_csv",
    "data/imports/marked.py": "test_a_coloured_copy_holds_text_only",
    "data/imports/templates.py": "test_a_template_of_a_hostile_territory_holds_text_only",
    "data/privacy/person_file.py": "test_a_persons_file_as_json",
    "reports/address_code.py": "tests/reports/test_paper.py",
    "reports/call_sheet.py": "test_a_call_sheet_runs_nothing",
    "reports/calendar_file.py": "test_a_calendar_holds_text_only",
    "reports/chart_image.py": "test_a_picture_of_a_slide_runs_nothing",
    "reports/deck.py": "test_a_deck_and_a_page_hold_text_only",
    "reports/flat.py": "test_a_picture_of_the_map_runs_nothing",
    "reports/document.py": "test_a_pdf_holds_no_action_and_no_address",
    "reports/html_chart.py": "test_a_deck_and_a_page_hold_text_only",
    "reports/html_map.py": "test_a_deck_and_a_page_hold_text_only",
    "reports/html_parts.py": "test_a_deck_and_a_page_hold_text_only",
    "reports/html_text.py": "test_a_deck_and_a_page_hold_text_only",
    "reports/invitation.py": "test_an_invitation_runs_nothing",
    "reports/map_image.py": "test_a_picture_of_the_map_runs_nothing",
    "reports/office.py": "test_a_workbook_of_a_seance_runs_nothing",
    "reports/paper.py": "tests/reports/test_paper.py",
    "reports/pipe.py": "tests/ui/test_press.py",
    "reports/press.py": "tests/ui/test_press.py",
    "reports/personal.py": "test_a_persons_file_as_pdf",
    "reports/pictures.py": "test_a_picture_of_a_slide_runs_nothing",
    "reports/web_page.py": "test_a_deck_and_a_page_hold_text_only",
    "reports/slide_chart.py": "test_slides_of_a_seance_run_nothing",
    "reports/slide_legend.py": "test_slides_of_a_seance_run_nothing",
    "reports/slide_table.py": "test_slides_of_a_seance_run_nothing",
    "reports/slide_text.py": "test_slides_of_a_seance_run_nothing",
    "reports/slides.py": "test_slides_of_a_seance_run_nothing",
    "reports/workbook.py": "test_a_workbook_of_a_seance_runs_nothing",
    "ui/charts.py": "test_a_chart_holds_text_as_data_only",
    "ui/forms.py": "test_messages_and_facts_show_text_as_written",
    "ui/frame.py": "test_messages_and_facts_show_text_as_written",
    "ui/map.py": "test_what_reaches_the_map_is_inert",
    "ui/map_page/files.py": "test_geojson_holds_text_as_written",
    "ui/privacy/sections.py": "tests/pages/test_donnees_personnelles.py",
    "ui/tables.py": "test_a_table_shows_text_as_written",
    "ui/logs.py": "test_a_line_of_the_log_stays_one_line",
}


# -- HTML ------------------------------------------------------------------------------------------------------


class Markup(HTMLParser):
    """The tags and the text of a fragment, as a browser would read them."""

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def dangers(self) -> list[str]:
        """Tags and attributes by which something could run or be fetched."""
        found = [
            tag
            for tag, _ in self.tags
            if tag in ("script", "img", "svg", "iframe", "object", "embed", "link", "base", "form")
        ]
        for tag, attributes in self.tags:
            found += [f"{tag} {name}" for name in attributes if name.startswith("on") or name == "srcdoc"]
            address = (attributes.get("href") or attributes.get("src") or "").strip().lower()
            if address and not address.startswith(("http://", "https://", "/", "data:image/svg+xml;base64,")):
                found.append(f"{tag} → {address}")
        return found


def same(shown: str, text: str) -> bool:
    """Whether the text is there as written, but for what no page can hold."""
    plain = "".join(text.replace("\r\n", "\n").replace("\r", "\n").split())
    return plain.replace("\x00", "") in "".join(shown.replace("\x00", "").replace("\ufffd", "").split())


@framed_attacks
def test_a_table_shows_text_as_written(text: str) -> None:
    rows = pd.DataFrame(
        {"a": [text, "x"], "b": [text, text], "link": [text, "https://exemple.fr"], "c": [text, ""]}
    )
    columns = [Column("a", text, link="link"), Column("b", "b", numeric=True), Column("c", text)]
    markup = Markup(html_table(rows, columns, caption=text, foot=[text, text, text], notes=[text]))
    assert markup.dangers() == []
    assert {tag for tag, _ in markup.tags} <= {
        "div", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "p", "span", "small", "br",
    }  # fmt: skip
    assert markup.text.count("") and same(markup.text, text)


@attacks
def test_messages_and_facts_show_text_as_written(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(st, "html", lambda body, **_: drawn.append(body))
    frame.sentence(text)
    frame.note(text)
    frame.named(text, text)
    frame.facts(text, [(text, text)])
    forms.message(text, "alert", [text])
    forms.line(text, text, [text], struck=True)
    assert len(drawn) == 6
    for body in drawn:
        markup = Markup(body)
        assert markup.dangers() == []
        assert same(markup.text, text)


def bare_marks(shown: str) -> list[str]:
    """What Markdown would still read as a mark: in its links, pictures, code, emphasis, formulas, colours, HTML, headings, lists."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", shown)
    return re.findall(r"[\\\[\]`*_$<>!#&~|@\n]|:\w+\[|://|www\.|^ *(?:[-+=]|\d+[.)])", bare)


def test_the_reader_of_marks_sees_them() -> None:
    for text in (
        "[a](b)",
        "![x](y)",
        "`x`",
        "*x*",
        "<b>",
        "$x$",
        ":red[x]",
        "# x",
        "http://x",
        "www.x.fr",
        "- x",
        "1. x",
        "a@b",
        "\\x",
    ):
        assert bare_marks(text), text
    assert bare_marks(r"\[a\]\(b\) d'un mot\.") == []


@attacks
def test_a_label_that_streamlit_reads_as_markdown_has_no_mark_left(text: str) -> None:
    assert bare_marks(literal(text)) == []


# -- map and charts --------------------------------------------------------------------------------------------


@attacks
def test_what_reaches_the_map_is_inert(text: str) -> None:
    inert = safe(text)
    assert not set("<>{}$`\\\"'") & set(inert)
    assert (
        html.unescape(inert).replace("\ufffd", "\x00") == text
        or "\x00" in text
        or re.search("[\x01-\x1f\x7f-\x9f]", text)
    )


def _strings(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _strings(value, (*path, str(key)))
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value, path)
    elif isinstance(node, str):
        yield path, node


@framed_attacks
def test_a_chart_holds_text_as_data_only(text: str) -> None:
    """In Vega a string is an expression under some keys and an address under others; there, none of ours may stand."""
    chart, said = charts.bars(
        pd.DataFrame({"n": [text, "b"], "v": [3, 2]}), "n", "v", unit="membres", title=text
    )
    spec = json.loads(json.dumps(chart.to_dict()))
    runs = {
        "expr",
        "signal",
        "calculate",
        "filter",
        "labelExpr",
        "href",
        "url",
        "update",
        "test",
        "event",
        "format",
    }
    places = [path for path, value in _strings(spec) if text.strip() and text in value]
    assert all(not runs & set(path) for path in places), places
    assert all("datasets" in path or "values" in path for path in places)
    assert isinstance(said, str)


# -- paper -----------------------------------------------------------------------------------------------------


def _names(document: pikepdf.Pdf) -> set[str]:
    found: set[str] = set()
    for thing in document.objects:
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            found |= {str(key) for key in thing.keys()}  # noqa: SIM118 - not a dict
    return found


RUNS_IN_PDF = {
    "/JavaScript",
    "/JS",
    "/OpenAction",
    "/AA",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/URI",
    "/GoToR",
    "/SubmitForm",
}


@attacks
def test_a_pdf_holds_no_action_and_no_address(text: str) -> None:
    blocks = [heading(text), paragraph(text), facts([(text, text)]), table(text, [text, "b"], [[text, text]])]
    with pikepdf.open(io.BytesIO(pdf(f"Titre {text}", blocks, DAY, author=text))) as document:
        assert not _names(document) & RUNS_IN_PDF
        # A character that no font has is printed in its plainer form.
        title = unicodedata.normalize("NFKC", printable(f"Titre {text}")).split()
        assert unicodedata.normalize("NFKC", document.open_metadata()["dc:title"]).split() == title
        assert str(document.Root.Lang) == "fr-FR"


@attacks
def test_a_call_sheet_runs_nothing(text: str) -> None:
    call = SheetCall(text, text, text, text, (Asked(text, text),), text)
    made = call_sheet([call] * 14, sentence=text, day=DAY, territory=text, demo=True)
    with pikepdf.open(io.BytesIO(made)) as document:
        assert not _names(document) & RUNS_IN_PDF


@attacks
def test_an_invitation_runs_nothing(text: str) -> None:
    told = Invitation(text, text, text, DAY, "18:30", text, f"Essay {text}", f"{text}\n{text}", text)
    with pikepdf.open(io.BytesIO(invitation_pdf(told, made=DAY, territory=text, demo=True))) as document:
        assert not _names(document) & RUNS_IN_PDF


def test_a_persons_file_as_pdf() -> None:
    sections = [(text, [(text, text)]) for text in ALL]
    with pikepdf.open(io.BytesIO(person_pdf(CORPUS["typst"], CORPUS["script"], sections, DAY))) as document:
        assert not _names(document) & RUNS_IN_PDF
        assert len(document.pages) >= 1


def test_a_persons_file_as_json(tmp_path: Path) -> None:
    """Whatever somebody wrote into a register comes out of the JSON as it was, and the PDF prints it."""
    from analysis.model import LOCAL_ACTOR
    from data import privacy
    from data.store import tables

    store = open_store(tmp_path)
    kept = {name: text for name, text in CORPUS.items() if name != "surrogate"}  # no database takes it
    with store.write(LOCAL_ACTOR) as session:
        session.insert(
            tables.person, {"id": "p", "origin": "real", "code": "Membre 1", "name": CORPUS["script"]}
        )
        for name, text in kept.items():
            session.insert(
                tables.application,
                {
                    "id": name,
                    "origin": "real",
                    "person": "p",
                    "received": DAY,
                    "status": "read",
                    "project": text,
                    "needs": {text: text},
                },
            )
    with store.read() as session:
        found = privacy.person_file(session, "p", DAY)
    store.close()
    content = json.loads(found.json())
    assert {row["id"]: row["project"] for row in content["application"]} == kept
    with pikepdf.open(io.BytesIO(person_pdf(found.label, "x", found.sections, DAY))) as document:
        assert not _names(document) & RUNS_IN_PDF


@pytest.mark.filterwarnings("ignore:Glyph")  # no font draws every sign of the corpus
@pytest.mark.parametrize("fmt", ["svg", "png"])
def test_a_picture_of_the_map_runs_nothing(fmt: str) -> None:
    """All texts of the corpus at once in every place of a picture; two turns, so that each is once a title."""
    short = [text[:60] for name, text in CORPUS.items() if name != "long"]
    shapes = gpd.GeoDataFrame(
        {"code": [f"c{i}" for i in range(len(short))]},
        geometry=[shapely.box(i / 10, 48, (i + 1) / 10, 48.1) for i in range(len(short))],
        crs=4326,
    )
    labels = dict(zip(shapes["code"], short, strict=True))
    for turn in (0, 1) if fmt == "svg" else (0,):
        joined = " ".join(short[turn::2])
        data = map_image(
            shapes, dict.fromkeys(shapes["code"], 0), ("#00204d",), class_labels=[joined[:200]], title=joined, subtitle=joined,
            source=joined, unit=joined[:40], legend_title=joined[:60], outline_label=joined[:60], labels=labels,
            description=joined, date=DAY, fmt=fmt, dpi=60,  # type: ignore[arg-type]
        )  # fmt: skip
        if fmt == "svg":
            _inert_svg(data)
        else:
            assert data.startswith(b"\x89PNG") and struct.unpack(">I", data[16:20])[0] > 100
            assert (
                b"Set-Cookie:" not in data.split(b"IDAT")[0].replace(b"\n", b"\r\n").split(b"\r\n\r\n")[0][:0]
            )


@pytest.mark.filterwarnings("ignore:Glyph")  # no font draws every sign of the corpus
@pytest.mark.parametrize("kind", ["column", "bar", "line"])
def test_a_picture_of_a_slide_runs_nothing(kind: str) -> None:
    """Every text of a described chart and map, as SVG and PNG."""
    short = [text[:60] for name, text in CORPUS.items() if name != "long"]
    joined = " ".join(short)
    chart = ChartDrawing(
        kind, joined, joined[:80], 0, tuple(short), ((joined[:90], (1.0,) * len(short)), (joined[90:180], (None,) * len(short))), joined,  # type: ignore[arg-type]
    )  # fmt: skip
    _inert_svg(chart_image(chart, "svg", foot=short))
    assert chart_image(chart, "png", foot=short, dpi=60).startswith(b"\x89PNG")
    if kind != "column":
        return
    codes = [f"c{i}" for i in range(len(short))]
    boxes = [shapely.box(i / 10, 48, (i + 1) / 10, 48.1) for i in range(len(short))]
    texts = dict(zip(codes, short, strict=True))
    framed = [text.encode("utf-8", "ignore").decode() for text in short]
    shapes = gpd.GeoDataFrame({"code": codes, "name": framed}, geometry=boxes, crs=4326)
    here = Ground(shapes, texts, around=shapes, inset=shapes)
    drawing = MapDrawing(
        joined, joined, joined[:60], joined[:40], dict.fromkeys(codes, 0), {}, ("#00204d",), (joined[:200],),
        {Status.MISSING: joined[:60]}, texts, joined, DAY, joined, labels=texts, outline_label=joined[:60], mark=joined,
    )  # fmt: skip
    _inert_svg(map_picture(drawing, here, "svg"))


def hostile_page(texts: list[str]) -> tuple[Deck, Ground, dict[str, Slide]]:
    """A séance, its ground and its portraits with hostile texts in every place that takes one."""
    joined = " ".join(texts)
    codes = [f"c{i}{text[:20]}" for i, text in enumerate(texts)]
    boxes = [shapely.box(i / 10, 48, (i + 1) / 10, 48.1) for i in range(len(texts))]
    named = dict(zip(codes, texts, strict=True))
    framed = [text.encode("utf-8", "ignore").decode() for text in texts]
    plain = [f"c{i}" for i in range(len(texts))]
    shapes = gpd.GeoDataFrame({"code": plain, "name": framed}, geometry=boxes, crs=4326)
    known = dict(zip(plain, texts, strict=True))
    drawing = MapDrawing(
        joined, joined, joined, joined, dict.fromkeys(plain, 0), {}, ("#00204d",), (joined,), {Status.MISSING: joined}, known,
        joined, DAY, joined, labels=known, outlined=True, outline_label=joined, mark=joined, commune=plain[0],
        circles=CircleDrawing(joined, dict.fromkeys(plain, 1.0), ((1.0, joined),), 1.0),
        places=tuple(council.MarkDrawing(i / 10, 48.05, text) for i, text in enumerate(texts)), places_label=joined,
    )  # fmt: skip
    numbers: tuple[float | None, ...] = (1.0, None) * (len(texts) // 2) + (1.0,) * (len(texts) % 2)
    charts = tuple(
        ChartDrawing(kind, joined, joined, 0, tuple(texts), ((joined, numbers), (texts[0], numbers)), joined)
        for kind in ("column", "bar", "line")
    )
    rows = tuple((Cell(text, 1.0), Cell(joined)) for text in texts)
    table = council.Table(
        joined, (council.Column(joined), council.Column(joined, numeric=True)), rows, rows[0]
    )
    slide = Slide(
        joined, joined, joined, (drawing,), charts, (table,), (joined,), (joined,), (joined,), joined, f"/{joined}", joined,
        1, None, joined,
    )  # fmt: skip
    deck = Deck(joined, DAY, DAY, Audience.PUBLIC, joined, (slide, slide), 1, "https://mairie.fr", named)
    return deck, Ground(shapes, known, shapes, shapes, shapes), dict.fromkeys(codes, slide)


def test_a_deck_and_a_page_hold_text_only() -> None:
    """Every text of the corpus in every place: the elements and attributes are those of harmless texts, and no text is lost."""
    short = [text[:90] for name, text in CORPUS.items() if name not in ("long", "empty", "blank")]
    calm = ["mot"] * len(short)
    for make in (lambda d, g, p: deck_html(d, g, p), lambda d, g, p: web_page(d, g)):
        attacked = lxml_html.document_fromstring(make(*hostile_page(short)).decode("utf-8"))
        harmless = lxml_html.document_fromstring(make(*hostile_page(calm)).decode("utf-8"))
        allowed = {(e.tag, a) for e in harmless.iter() if isinstance(e.tag, str) for a in e.attrib}
        found = {(e.tag, a) for e in attacked.iter() if isinstance(e.tag, str) for a in e.attrib}
        assert found <= allowed | {("div", "tabindex")}, found - allowed
        tags = {e.tag for e in harmless.iter() if isinstance(e.tag, str)}
        assert {e.tag for e in attacked.iter() if isinstance(e.tag, str)} <= tags
        assert len(attacked.xpath("//script")) == len(attacked.xpath("//style")) == 1
        assert attacked.xpath("//script")[0].text == harmless.xpath("//script")[0].text
        for address in attacked.xpath("//@href"):
            assert address.startswith(("#", "https://mairie.fr/"))
        said = "".join(attacked.itertext())
        for text in (CORPUS["script"], CORPUS["image"][:90], CORPUS["closing"], CORPUS["jinja"]):
            assert text in said
        assert not set("\u202e\u2066\x00\x1b\ud800") & set(said)
    with pytest.raises(DeckError):
        iframe_snippet(CORPUS["address"], CORPUS["script"])


def _inert_svg(data: bytes) -> None:
    root = ElementTree.fromstring(data)
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2]
        assert tag not in ("script", "foreignObject", "image", "a", "animate", "set", "iframe"), tag
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            if name.endswith("href"):
                assert value.startswith("#"), value
    assert "ENTITY" not in data.decode().split("<svg")[0]
    texts = "".join(root.itertext())
    assert "<" in texts, "the text is shown, not run"
    assert not set("\u202e\u2066\x00\x1b") & set(texts)


# -- files -----------------------------------------------------------------------------------------------------


def _would_run(cell: str) -> bool:
    start = cell.lstrip("\u200b\ufeff\x00 \t\r\n\u00a0\u202f")
    return cell.startswith(("\t", "\r")) or start.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@attacks
def test_a_spreadsheet_would_run_no_cell(text: str) -> None:
    assert not _would_run(guard(text))
    assert guard(text) in (text, f"'{text}")


@pytest.mark.parametrize("text", ["-3,5", "+33 6 12 34 56 78", "-1 234", "+2", "Essay", "", "3-4", "a=b"])
def test_numbers_and_telephones_are_left_as_they_are(text: str) -> None:
    assert guard(text) == text


@framed_attacks
def test_a_csv_keeps_its_lines_and_runs_nothing(text: str) -> None:
    row = {
        "commune": text,
        "indicator": text,
        "period": text,
        "value": 1.0,
        "status": "observed",
        "unit": text,
        "source": text,
    }
    written = to_csv(pd.DataFrame([row, {**row, "value": float("nan")}])[COLUMNS])
    read = list(csv.reader(io.StringIO(written.replace("\x00", "")), delimiter=";"))
    assert [len(line) for line in read] == [len(COLUMNS)] * 3
    assert not any(_would_run(cell) for line in read[1:] for cell in line)


@attacks
def test_a_calendar_holds_text_only(text: str) -> None:
    window = WindowEvent(
        text, text, DAY, DAY + dt.timedelta(days=8), 1, dt.datetime(2026, 5, 12, tzinfo=dt.UTC)
    )
    written = calendar_file([window], title=text, made=dt.datetime(2026, 5, 12, tzinfo=dt.UTC)).decode(
        "utf-8"
    )
    lines = re.sub(r"\r\n[ \t]", "", written).split("\r\n")
    # No text begins a line of its own: every line is a property that this module writes, and there are as many as without the text.
    names = {line.partition(":")[0].partition(";")[0] for line in lines if line}
    assert names <= {
        "BEGIN", "END", "VERSION", "PRODID", "METHOD", "X-WR-CALNAME", "X-WR-TIMEZONE", "TZID", "DTSTART", "DTEND", "RRULE", "TZNAME",
        "REFRESH-INTERVAL", "X-PUBLISHED-TTL",
        "TZOFFSETFROM", "TZOFFSETTO", "SUMMARY", "DTSTAMP", "UID", "SEQUENCE", "CLASS", "DESCRIPTION", "LAST-MODIFIED", "STATUS", "TRANSP",
        "ACTION", "TRIGGER",
    }  # fmt: skip
    assert written.count("BEGIN:VEVENT") == 2 and "ATTACH" not in names and "ACTION:DISPLAY" in lines
    read = vobject.readOne(written)
    assert [event.uid.value.partition("@")[2] for event in read.vevent_list] == ["zevillage", "zevillage"]


def problem(text: str) -> Problem:
    return Problem(text or "x", text, text, 2, text, text)


@attacks
def test_the_problems_of_a_file_as_csv(text: str) -> None:
    written = findings.to_csv([problem(text)]).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(written.replace("\x00", ""), newline=""), delimiter=";"))
    assert [len(line) for line in read] == [7, 7]
    assert not any(_would_run(cell) for cell in read[1])


def _text_only(content: bytes) -> None:
    """A workbook that runs nothing and fetches nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert not [
            name
            for name in names
            if re.search(r"vba|external|embed|activeX|ctrlProps|macro", name, re.IGNORECASE)
        ]
        for name in names:
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
                assert b'TargetMode="External"' not in archive.read(name)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None or not cell.hyperlink.target


def test_a_coloured_copy_holds_text_only() -> None:
    columns = list(dict.fromkeys(FRAMED.values()))
    cells = pd.DataFrame([columns, columns[::-1]], columns=columns)
    read = Table(cells, Dialect("csv"), (), np.array([2, 3]), name=CORPUS["path"])
    _text_only(findings.to_xlsx(read, [replace(problem(text), column=text) for text in columns]))


def hostile_deck(text: str) -> Deck:
    """A séance in which every text is `text`."""
    columns = (council.Column(text), council.Column(text, True, text, 1))
    table = council.Table(text, columns, ((Cell(text), Cell(text, -3.5)),), (Cell(text), Cell(text)))
    chart = ChartDrawing("column", text, text, 1, (text, text), ((text, (1.0, None)),), text)
    slide = Slide(
        text, text, text, charts=(chart,), tables=(table,), sources=(text, text), vintages=(text,), secrecy=(text,),
        mark=text, link=text, note=text, problem=text,
    )  # fmt: skip
    return Deck(text, DAY, DAY, Audience.PUBLIC, text, (slide, replace(slide, tables=())), home=text)


@attacks
def test_a_workbook_of_a_seance_runs_nothing(text: str) -> None:
    _text_only(workbook_xlsx(hostile_deck(text)))


@attacks
def test_slides_of_a_seance_run_nothing(text: str) -> None:
    """Well-formed parts, no macro, no embedded object but the charts' own workbooks, no address but ours."""
    shape = gpd.GeoDataFrame({"code": ["c"]}, geometry=[shapely.box(0, 48, 0.1, 48.1)], crs=4326)
    drawing = MapDrawing(
        text, text, text, text, {"c": 0}, {}, ("#00204d",), (text,), {Status.MISSING: text}, {"c": text}, text, DAY, text,
        circles=council.CircleDrawing(text, {"c": 1.0}, ((1.0, text),), 1.0), named=False, mark=text,
        places=(council.MarkDrawing(0.05, 48.05, text),), places_label=text,
    )  # fmt: skip
    given = hostile_deck(text)
    drawn = replace(
        given, slides=(*given.slides, replace(given.slides[0], maps=(drawing,), charts=(), tables=()))
    )
    content = slides_pptx(drawn, Ground(shape, {}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            assert not re.search(r"vba|activeX|ctrlProps|macro|oleObject", name, re.IGNORECASE), name
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
                assert b"<!DOCTYPE" not in archive.read(name)
                assert b'TargetMode="External"' not in archive.read(name), name
            if name.endswith(".xlsx"):
                _text_only(archive.read(name))
    shown = pptx.Presentation(io.BytesIO(content))
    said = "".join("".join(each.itertext()) for slide in shown.slides for each in [slide._element])
    assert not set("\u202e\u2066\x00\x1b\ud800") & set(said)


def test_a_template_of_a_hostile_territory_holds_text_only() -> None:
    from data.imports.kinds import RECORD_KINDS
    from data.territory import load_territory

    real = load_territory()
    hostile = replace(real, name=CORPUS["formula"], names=tuple((ALL * 2)[: len(real.names)]))
    for kind in RECORD_KINDS:
        content = templates.xlsx(kind, hostile)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert not [n for n in archive.namelist() if "external" in n.lower() or "vba" in n.lower()]
        for line in csv.reader(
            io.StringIO(templates.csv(kind, hostile).decode("utf-8-sig").replace("\x00", "")), delimiter=";"
        ):
            assert not any(_would_run(cell) and not re.fullmatch(r"[+-][\d\s.,]+", cell) for cell in line), (
                line
            )


@framed_attacks
def test_geojson_holds_text_as_written(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import loading
    from ui.map_page import files

    shapes = pd.DataFrame({"code": ["61001"], "name": [text], "contour": [None]})
    monkeypatch.setattr("ui.map_page.files.geometry", lambda _: shapes)
    monkeypatch.setattr(loading, "territory", lambda: None)
    monkeypatch.setattr(files, "cited", lambda *_: text)
    answer = SimpleNamespace(
        cells=pd.DataFrame({"commune": ["61001"], "value": [1.0], "status": ["observed"]}),
        indicator=SimpleNamespace(name=text, unit=text),
        vintage=SimpleNamespace(label=text),
    )
    found = json.loads(files.geojson_file(None, answer))  # type: ignore[arg-type]
    assert found["indicateur"] == found["source"] == found["unite"] == text
    assert found["features"][0]["properties"]["nom"] == text


# -- names of files, paths, headers ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(tmp_path_factory.mktemp("corpus"))
    yield opened
    opened.close()


@attacks
def test_no_text_becomes_a_path(text: str, store: Store) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.files.original(text)


@attacks
def test_what_an_analyst_names_becomes_a_plain_id(text: str) -> None:
    """Ids stand in addresses, in file names and in keys."""
    from data.imports import naming

    assert re.fullmatch(r"[a-z0-9_]*", naming._slug(text.encode("utf-8", "ignore").decode()))


NAMES = {
    # An opaque id, and an ending of a list.
    "ui/candidacies.py": {'f"piece-{paper.id}{documents.ENDINGS.get(paper.kind, (".bin",))[0]}"'},
    "ui/council/handover.py": {
        '"fiches-des-communes.zip"',
        'f"rapport-annuel-{year}.{ending}"',  # a number of a list
        'f"{stem}{support.tail}.{support.ending}"',  # a day and a slug
    },
    "ui/council/sections.py": {'f"{stem}-{name}.{fmt}"'},  # a slug, « carte-1 »
    "ui/imports/checks.py": {'"anomalies.csv"', '"fichier_annote.xlsx"'},
    "ui/imports/file.py": {'f"modele_{kind}.{extension}"', "name"},  # a kind and the sample's name: ours
    "ui/imports/history.py": {
        'f"import_{record.id}{suffix(record.file_name)}"'
    },  # a number, and an ending of a known list
    "ui/map_page/files.py": {'f"{stem}.{ending}"'},  # slugs: letters, digits and hyphens only
    "ui/portrait/files.py": {"sheet_name(desk.names[code])"},  # letters, digits, hyphens
    "ui/applications/arrive.py": {'"invitation.pdf"'},
    "ui/person_files.py": {'f"{name}.json"', 'f"{name}.pdf"'},  # a day
    "ui/privacy/sections.py": {'f"registre-des-traitements-{day.isoformat()}.pdf"'},  # a day
    "ui/watch/sheet.py": {'"appels-de-la-veille.pdf"'},
    "ui/watch/windows.py": {'"fenetres-de-recherche.ics"'},
}
"""How each downloaded file is named. A new name is added here after a look at what it may hold: it becomes a header."""


def test_files_are_named_by_ids_and_days_only() -> None:
    found: dict[str, set[str]] = {}
    for room in ("ui", "pages"):
        for path in sources(room):
            text = path.read_text("utf-8")
            for node in ast.walk(ast.parse(text)) if "file_name" in text else ():
                if isinstance(node, ast.keyword) and node.arg == "file_name":
                    written = ast.unparse(node.value).replace("'", '"')
                    found.setdefault(path.relative_to(ROOT).as_posix(), set()).add(written)
    assert found == NAMES


@attacks
def test_the_ending_of_an_imported_file_is_one_of_a_list(text: str) -> None:
    from ui.imports.history import suffix

    assert re.fullmatch(r"(\.[a-z0-9]{1,8}){0,2}", suffix(f"{text}.{text}"))


@attacks
def test_a_line_of_the_log_stays_one_line(text: str) -> None:
    line = logs.scrub(text)
    assert len(line.splitlines()) <= 1
    assert all(c.isprintable() for c in line)


# -- the registry ----------------------------------------------------------------------------------------------


def test_no_sink_is_forgotten() -> None:
    """Every module of `reports`, and every module elsewhere that writes markup of its own or makes a file of register or imported text."""
    here = set(globals()) | {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")
    }
    assert [name for name, test in SINKS.items() if test not in here] == []
    reports = {p.relative_to(ROOT).as_posix() for p in sources("reports")} - {"reports/__init__.py"}
    assert reports <= set(SINKS), "a module of reports that no attack covers"
    making = {
        path.relative_to(ROOT).as_posix()
        for room in ("ui", "pages", "data", "analysis")
        for path in sources(room)
        if re.search(r"def to_csv|def to_xlsx|typst\.compile|\.savefig\(", path.read_text("utf-8"))
    }
    assert making <= set(SINKS), "a module that makes files and that no attack covers"
