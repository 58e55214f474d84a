"""A séance as PowerPoint slides: native charts and tables, maps as pictures with a native legend, notes, alternative texts.

Built on a template with the layouts « Titre », « Vue » and « Suite » (`reports/assets/modele.pptx`, made by `tools/slides_template.py`),
which a town hall can replace by its own: positions, letters and colours are the template's, and only what would not fit is written
smaller. Text is data: nothing here is read as markup, and control characters are dropped.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.util import Inches

from analysis import french
from analysis.council import ChartDrawing, Deck, MapDrawing, Slide, Table
from analysis.french import NNBSP
from reports.address_code import address_code
from reports.chart_image import gaps
from reports.map_image import MapImageError
from reports.office import OfficeError, about, address, check, lines, origin, plain, tables_of, title_of
from reports.pictures import Ground, map_picture
from reports.slide_chart import add_chart, crowded, halves, highest, known
from reports.slide_legend import MAP_SCALE, PAIR_SCALE, Legend
from reports.slide_table import TableFit, least_width, narrowed
from reports.slide_text import (
    EMU,
    SMALLEST,
    Box,
    fitted,
    height_of,
    in_french,
    named,
    paragraphs,
    sizes,
    slide_number,
    text_box,
)  # fmt: skip

TEMPLATE = Path(__file__).resolve().parent / "assets" / "modele.pptx"
"""The template that comes with the application."""
LAYOUTS = {"Titre": ("Renseignements", "Pied"), "Vue": ("Phrase", "Figure", "QR", "Pied"), "Suite": ("Figure", "Pied")}  # fmt: skip
"""The layouts that a template must have → the names of their placeholders, beside that of the title. « Mention » may be there."""

_LARGEST_TEMPLATE = 200 * 2**20
"""Bytes of a template once unpacked."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, PythonPptxError, etree.LxmlError, OSError,
    KeyError, ValueError, AttributeError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What python-pptx and zipfile raise for a file that is cut, encrypted, damaged or of another kind."""


class SlidesError(OfficeError):
    """The slides cannot be made: the template is not one. The message says what is wrong and what to do, in French."""


def slides_pptx(deck: Deck, ground: Ground, template: bytes | None = None) -> bytes:
    """`deck` as the bytes of a PPTX file on `template` (a PPTX; the application's own when None).

    An opening slide, then one slide a view: title, sentence, its map (two side by side), its charts, or its table; what finds no room
    goes on slides « (suite) ». Maps are pictures with a native legend; charts and tables are native and can be edited. Every slide has
    sources, vintage, secrecy, fingerprint and audience at its foot, all of it and the note in its speaker's notes, and a QR code of
    the view's address when `deck.home` is known. A map that cannot be drawn is said in its place, and its values become a table.

    Raises OfficeError for a deck without views, SlidesError for a template that is none.
    """
    check(deck)
    show = _Show(deck, ground, _opened(template))
    show.opening()
    for rank, slide in enumerate(deck.slides, 1):
        show.view(slide, rank)
    return show.saved()


# ---------------------------------------------------------------------------------------------- the template


def _opened(template: bytes | None) -> Any:
    """The template without its slides. Raises SlidesError when it is none or lacks a layout."""
    content = TEMPLATE.read_bytes() if template is None else template
    remedy = "enregistrez votre modèle au format « Présentation PowerPoint (.pptx) », ou retirez-le pour retrouver celui de l’application"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_TEMPLATE:
                raise SlidesError(
                    f"Le modèle dépasse {_LARGEST_TEMPLATE // 2**20} Mo une fois décompressé{NNBSP}: allégez ses images."
                )
        found = Presentation(io.BytesIO(content))
        layouts = {layout.name.strip(): layout for master in found.slide_masters for layout in master.slide_layouts}  # fmt: skip
    except SlidesError:
        raise
    except _BROKEN as error:
        raise SlidesError(f"Le modèle n’est pas un fichier PowerPoint lisible{NNBSP}: {remedy}.") from error
    problems = [f"il manque la disposition {french.quoted(name)}" for name in LAYOUTS if name not in layouts]
    for name, names in LAYOUTS.items():
        if name in layouts:
            there = {shape.name.strip() for shape in layouts[name].placeholders}
            lacking = [each for each in names if each not in there]
            if _title_of_layout(layouts[name]) is None:
                lacking.insert(0, "Titre")
            problems += [
                f"la disposition {french.quoted(name)} n’a pas d’espace réservé {french.quoted(each)}"
                for each in lacking
            ]
    if problems:
        raise SlidesError(
            f"Le modèle ne convient pas{NNBSP}: {french.join(problems)}. Partez du modèle de l’application et gardez les noms "
            "(dans PowerPoint : Affichage, Masque des diapositives, puis Accueil, Sélectionner, Volet Sélection)."
        )
    for identifier in list(found.slides._sldIdLst):
        found.part.drop_rel(identifier.rId)
        found.slides._sldIdLst.remove(identifier)
    return found


def _title_of_layout(layout: Any) -> Any:
    kinds = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
    return next((each for each in layout.placeholders if each.placeholder_format.type in kinds), None)


# ------------------------------------------------------------------------------------------------- the slides


class _Show:
    """A presentation being filled."""

    def __init__(self, deck: Deck, ground: Ground, presentation: Any) -> None:
        self.deck, self.ground, self.presentation = deck, ground, presentation
        self.layouts = {
            layout.name.strip(): layout
            for master in presentation.slide_masters
            for layout in master.slide_layouts
        }

    def saved(self) -> bytes:
        """The file, its language, title and day set."""
        deck, props = self.deck, self.presentation.core_properties
        props.title, props.subject = plain(deck.title, 250), plain(deck.territory, 250)
        props.author = props.last_modified_by = "Zevillage"
        props.language, props.category, props.comments = "fr-FR", "", f"Établi pour {deck.audience.label}"
        props.keywords = f"Empreinte des chiffres{NNBSP}: {deck.fingerprint}"
        props.created = props.modified = dt.datetime.combine(deck.made, dt.time())
        for slide in self.presentation.slides:
            in_french(slide._element)
            in_french(slide.notes_slide._element)
        out = io.BytesIO()
        self.presentation.save(out)
        return out.getvalue()

    def opening(self) -> None:
        """The first slide: what the séance is."""
        page = _Page(self, "Titre")
        deck = self.deck
        page.write("Titre", plain(deck.title) or "Séance", 24)
        page.lines("Renseignements", [f"{name}{NNBSP}: {words}" for name, words in about(deck)], 14)
        page.mark(deck.mark)
        page.foot([("Vues", str(len(deck.slides))), ("Empreinte des chiffres", deck.fingerprint)], deck.mark)
        page.close()
        page.note([f"{name}{NNBSP}: {words}" for name, words in about(deck)])

    def view(self, slide: Slide, rank: int) -> None:
        """The slides of one view."""
        left: list[MapDrawing | ChartDrawing] = [*slide.maps, *slide.charts]
        tables = list(slide.tables)
        if not tables and slide.maps and not self._drawable():
            tables = tables_of(slide, self.deck)
        page, size = _Page(self, "Vue", slide, rank), 0.0
        [rest] = [each for each in self.layouts["Suite"].placeholders if each.name.strip() == "Figure"]
        tables = [part for table in tables for part in narrowed(table, rest.width)]
        if left:
            left = page.pictures(left, slide.sentence)
        elif tables and least_width(tables[0]) <= page.box("Figure").width:
            page.sentence(slide.sentence)
            tables, size = page.tables(tables)
        else:
            page.words("\n".join(filter(None, (slide.sentence, slide.problem))))
        page.finish()
        further = 0
        while left:
            further += 1
            page = _Page(self, "Vue", slide, rank, again=further)
            left = page.pictures(left, slide.sentence)
            page.finish()
        while tables:
            further += 1
            page = _Page(self, "Suite", slide, rank, again=further)
            tables, size = page.tables(tables, size)
            page.finish()

    def _drawable(self) -> bool:
        contours = self.ground.contours
        return bool(len(contours) and not contours.geometry.isna().all())


@dataclass(frozen=True)
class _Mapped:
    """Where the parts of a map stand: its words, its picture, its legend; how much larger than drawn it is shown."""

    words: list[str]
    head: Box
    picture: Box
    where: Box
    legend: Legend
    scale: float

    @property
    def legible(self) -> bool:
        """Whether a projector shows the whole legend."""
        return self.legend.fits(self.where)


@dataclass(frozen=True)
class _Foot:
    """What the foot of a slide says in letters of `size` points, `raised` above its place (EMU); `whole`: nothing of it is cut."""

    texts: list[str]
    size: float
    raised: int
    whole: bool


class _Page:
    """One slide being filled, in reading order: title, sentence, figure, foot, QR code."""

    def __init__(self, show: _Show, layout: str, slide: Slide | None = None, rank: int = 0, again: int = 0) -> None:  # fmt: skip
        self.show, self.slide, self.rank, self.again = show, slide, rank, again
        self.layout = show.layouts[layout]
        self.page = show.presentation.slides.add_slide(self.layout)
        names = {each.placeholder_format.idx: each.name.strip() for each in self.layout.placeholders}
        title = _title_of_layout(self.layout).placeholder_format.idx
        names[title] = "Titre"
        self.given = {names[each.placeholder_format.idx]: each for each in self.layout.placeholders}
        self.holders: dict[str, Any] = {}
        for shape in list(self.page.placeholders):
            name = names[shape.placeholder_format.idx]
            shape.name = name
            self.holders[name] = shape
        self.raised = 0
        if slide is not None:
            self.bottom = self._bottom(slide)
            self.raised = self.bottom.raised
            title_words = title_of(slide, rank)
            further = " (suite)" if again == 1 else f" (suite {again})" if again else ""
            self.write("Titre", f"{title_words}{further}", 16)
        self.qr = self.box("QR") if "QR" in self.given else None

    # -- text

    def box(self, name: str) -> Box:
        """Where a placeholder stands: where the layout has it, but for what a foot that grew upwards takes away."""
        box = self._given_box(name)
        if not self.raised:
            return box
        if name == "Pied":
            return Box(box.left, box.top - self.raised, box.width, box.height + self.raised)
        edge = self._given_box("Pied").top
        if box.top + box.height > edge:
            return box  # beside the foot, or a title
        taken = max(0, box.top + box.height - (edge - self.raised))
        if name == "QR":
            return Box(box.left, box.top - taken, box.width, box.height)
        if name == "Phrase" and "QR" in self.given:
            below = self._given_box("QR")
            if box.top + box.height <= below.top < edge:
                taken = max(0, below.top + below.height - (edge - self.raised))
        return Box(box.left, box.top, box.width, max(1, box.height - taken))

    def _given_box(self, name: str) -> Box:
        """Where the layout has a placeholder."""
        each = self.given[name]
        return Box(each.left, each.top, each.width, each.height)

    def size(self, name: str, usual: float) -> float:
        """The points that the layout gives to a placeholder."""
        declared = self.given[name]._element.xpath(".//a:lvl1pPr/a:defRPr/@sz")
        return int(declared[0]) / 100 if declared else usual

    def write(self, name: str, text: str, least: float) -> None:
        """`text` in a placeholder, smaller where it would not fit, cut with « … » where it would not fit at `least` points."""
        self.lines(name, [text], least)

    def lines(self, name: str, texts: Sequence[str], least: float) -> None:
        """The same with several paragraphs."""
        box, usual = self.box(name), self.size(name, 18)
        shown, size = fitted(texts, box, usual, least, bold=name == "Titre")
        frame = self.holders[name].text_frame
        if self.raised and box != self._given_box(name):
            box.place(self.holders[name])
        paragraphs(frame, shown, size if size < usual else None)

    def sentence(self, text: str) -> None:
        """The sentence in its column; no empty placeholder where there is none."""
        if plain(text):
            self.write("Phrase", plain(text), 14)
        else:
            self.drop("Phrase")

    def words(self, text: str) -> None:
        """The sentence alone on the slide, as large as it goes."""
        self.drop("Figure")
        shown = [line for line in lines(text) if line]
        if not shown:
            self.drop("Phrase")
            return
        words, figure = self.box("Phrase"), self.box("Figure")
        left, top = min(words.left, figure.left), min(words.top, figure.top)
        right = max(words.left + words.width, figure.left + figure.width)
        box = Box(left, top, right - left, words.top + words.height - top)
        kept, size = fitted(shown, box, self.size("Phrase", 24) * 1.5, 14)
        shape = self.holders["Phrase"]
        box.place(shape)
        paragraphs(shape.text_frame, kept, size)

    def mark(self, text: str) -> None:
        """« démonstration », where the template has a place for it (the foot says it too)."""
        if "Mention" not in self.holders:
            return
        if plain(text):
            self.write("Mention", french.sentence(plain(text)), 10)
        else:
            self.drop("Mention")

    def foot(self, said: Sequence[tuple[str, str]], mark: str) -> None:
        """The foot of a slide that is no view's: what is `said`, in letters with which it fits."""
        self._write_foot(self._footed(said, mark, 0))

    def _bottom(self, slide: Slide) -> _Foot:
        """What the foot of a view says, and how far it grows upwards for it: everything where that finds room in legible letters;
        else the citations of the sources in place of all that is said of them, which the notes have. No source is cut.
        """
        deck = self.show.deck
        whole, short = origin(deck, slide), origin(deck, slide, short=True)
        if short != whole:
            short.append((_MORE, "dans les commentaires"))
        tried = [(whole, 0), (whole, _LITTLE), (short, 0), (short, _MUCH)]
        feet = [self._footed(said, slide.mark, room) for said, room in tried]
        return next((foot for foot in feet if foot.whole), feet[-1])

    def _footed(self, said: Sequence[tuple[str, str]], mark: str, room: int) -> _Foot:
        """`said` at the foot, grown upwards by `room` (EMU) at most: the sources first, cut where they find no place even so; the
        fingerprint and the rest always whole.
        """
        first = [f"{name}{NNBSP}: {words}" for name, words in said if name in _CUT]
        short = [f"{name}{NNBSP}: {words}" for name, words in said if name not in (*_CUT, "Mention")]
        last = " · ".join([*short, *([french.sentence(plain(mark))] if plain(mark) else [])])
        upper = " ".join(line if line.endswith((".", "…")) else f"{line}." for line in first)
        box, usual = self._given_box("Pied"), self.size("Pied", 12)

        def high(size: float) -> int:
            return height_of([upper] if upper else [], box.width, size) + height_of([last], box.width, size)

        size = next((size for size in sizes(usual, _LEAST) if high(size) <= box.height), min(usual, _LEAST))
        raised = min(max(0, high(size) - box.height), room)
        tall = box.height + raised
        below = min(height_of([last], box.width, size), tall)
        above = Box(box.left, box.top, box.width, tall - below)
        shown = fitted([upper], above, size, size)[0] if upper else []
        tail = fitted([last], Box(box.left, box.top, box.width, tall), size, size)[0]
        return _Foot([*shown, *tail], size, raised, high(size) <= tall)

    def _write_foot(self, foot: _Foot) -> None:
        if foot.raised:
            self.box("Pied").place(self.holders["Pied"])
        paragraphs(self.holders["Pied"].text_frame, foot.texts, foot.size if foot.size < self.size("Pied", 12) else None)  # fmt: skip

    def drop(self, name: str) -> None:
        """No empty placeholder on a slide: it would say « click to add »."""
        if shape := self.holders.pop(name, None):
            shape._element.getparent().remove(shape._element)

    # -- the end of a slide

    def finish(self) -> None:
        """Mark, foot, QR code, number, notes; everything in reading order."""
        if self.slide is None:
            return
        slide, deck = self.slide, self.show.deck
        self.drop("Figure")
        self.mark(slide.mark)
        said = origin(deck, slide)
        self._write_foot(self.bottom)
        code = self._qr()
        self.drop("QR")
        self.close(code)
        told = plain(slide.sentence)
        counted, link = plain(slide.generated), address(deck, slide)
        self.note(
            [
                *([title_of(slide, self.rank)] if self.again or len(slide.title) > 80 else []),
                *lines(slide.note),
                told,
                f"Phrase d’après les chiffres{NNBSP}: {counted}" if counted not in ("", told) else "",
                *(f"{name}{NNBSP}: {words}" for name, words in said),
                f"Revoir cette vue{NNBSP}: {link}" if link else "",
            ]
        )

    def close(self, code: Any = None) -> None:
        """What is read last goes last: mark, foot, QR code, number of the slide."""
        tree = self.page.shapes._spTree
        for name in ("Mention", "Pied"):
            if shape := self.holders.get(name):
                tree.append(shape._element)
        if code is not None:
            tree.append(code._element)
        number = next(
            (
                each
                for each in self.layout.placeholders
                if each.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER
            ),
            None,
        )
        if number is not None:
            tree.append(
                slide_number(number, max((shape.shape_id for shape in self.page.shapes), default=1) + 1)
            )

    def note(self, texts: Sequence[str]) -> None:
        """The speaker's notes: every text a paragraph."""
        frame = self.page.notes_slide.notes_text_frame
        paragraphs(frame, [text for text in texts if text], None)

    def _qr(self) -> Any:
        """The QR code that opens the view, or None: without an address, or with one that is no web address or too long for a code."""
        link = address(self.show.deck, self.slide) if self.slide else ""
        if self.qr is None or not link.startswith(("http://", "https://")):
            return None
        try:
            code = address_code(link)
        except (segno.DataOverflowError, UnicodeEncodeError):
            return None
        picture = io.BytesIO()
        code.save(picture, kind="png", scale=8, border=4)
        side = min(self.qr.width, self.qr.height)
        picture.seek(0)
        shape = self.page.shapes.add_picture(picture, self.qr.left, self.qr.top, side, side)
        named(shape, "QR code", f"QR code qui ouvre cette vue{NNBSP}: {link}")
        shape.click_action.hyperlink.address = link
        return shape

    # -- figures

    def pictures(
        self, drawings: Sequence[MapDrawing | ChartDrawing], sentence: str
    ) -> list[MapDrawing | ChartDrawing]:
        """The sentence beside one picture or two charts; above two pictures side by side, of which one is a map and wants width, or above
        the two halves of a chart of many lying bars.

        Returns the drawings that found no room.
        """
        box, taken = self.box("Figure"), list(drawings[:2])
        first = taken[0]
        if all(isinstance(each, ChartDrawing) for each in taken) and any(
            isinstance(each, ChartDrawing) and each.references for each in taken
        ):
            taken = [first]  # half a slide would hold the key of what a line is compared with, and no line
        if isinstance(first, ChartDrawing) and known(first) and crowded(first, box):
            self._strip(sentence)
            end = highest(first)
            for part, where in zip(
                halves(first), self._strip_room().columns(0.5, 0.5, gap=Inches(0.25)), strict=True
            ):
                self.chart(part, where, end)
            return list(drawings[1:])
        if len(taken) == 2 and any(isinstance(each, MapDrawing) for each in taken):
            boxes = self._strip_room().columns(0.5, 0.5, gap=Inches(0.25))
            pairs = [(m, where) for m, where in zip(taken, boxes, strict=True) if isinstance(m, MapDrawing)]
            # A legend too small to read is no legend: each map on a slide of its own then.
            if all(self._mapped(drawing, where, paired=True).legible for drawing, where in pairs):
                self._strip(sentence)
            else:
                taken = taken[:1]
        if len(taken) == 1:
            boxes = [box]
        elif all(isinstance(each, ChartDrawing) for each in taken):
            gap = Inches(0.1)
            half = (box.height - gap) // 2
            boxes = [
                Box(box.left, box.top, box.width, half),
                Box(box.left, box.top + half + gap, box.width, half),
            ]
        if boxes[0].left == box.left and boxes[0].width == box.width:
            self.sentence(sentence)
        for drawing, where in zip(taken, boxes, strict=True):
            if isinstance(drawing, ChartDrawing):
                self.chart(drawing, where)
            else:
                self.map(drawing, where, paired=len(taken) > 1)
        return list(drawings[len(taken) :])

    def _strip_room(self) -> Box:
        """The room below a sentence that goes across the slide."""
        words, figure, code = self.box("Phrase"), self.box("Figure"), self.box("QR")
        left, right = min(words.left, figure.left), max(words.left + words.width, figure.left + figure.width)
        under = min(words.top, figure.top) + code.height + Inches(0.1)
        return Box(left, under, right - left, figure.top + figure.height - under)

    def _strip(self, sentence: str) -> None:
        """The sentence across the slide, the QR code at its right end."""
        room, code = self._strip_room(), self.box("QR")
        top = min(self.box("Phrase").top, self.box("Figure").top)
        self.qr = Box(room.left + room.width - code.width, top, code.width, code.height)
        if not plain(sentence):
            self.drop("Phrase")
            return
        strip = Box(room.left, top, room.width - code.width - Inches(0.2), code.height)
        shown, size = fitted([plain(sentence)], strip, self.size("Phrase", 24), 14)
        strip.place(self.holders["Phrase"])
        paragraphs(self.holders["Phrase"].text_frame, shown, size)

    def _mapped(self, drawing: MapDrawing, box: Box, *, paired: bool) -> _Mapped:
        """Where a map, its words and its legend stand in `box`: the legend shorter, then wider, where it would be too small."""
        words = [plain(drawing.title)] if paired else []
        words += [plain(drawing.subtitle)] if plain(drawing.subtitle) else []
        head = box.rows(min(height_of(words, box.width, 14, bold=True), box.height // 5))[0]
        under = box.rows(head.height)[1]
        scale = PAIR_SCALE if paired else MAP_SCALE
        wide = Legend(drawing, self.show.ground, scale=scale, short=False)
        brief = Legend(drawing, self.show.ground, scale=scale, short=True)
        tried = [(0.58, brief), (0.5, brief)] if paired else [(0.64, wide), (0.6, brief), (0.5, brief)]
        for share, legend in tried:
            picture, where = under.columns(share, 1 - share)
            if legend.fits(where):
                break
        return _Mapped(words, head, picture, where, legend, scale)

    def map(self, drawing: MapDrawing, box: Box, *, paired: bool) -> None:
        """The map as a picture, its legend beside it. `paired`: its title is written above, as there is another map."""
        mapped = self._mapped(drawing, box, paired=paired)
        if mapped.words:
            shown, size = fitted(mapped.words, mapped.head, 14, SMALLEST, bold=True)
            self._text(shown, mapped.head, size, bold=True)
        room, scale = mapped.picture, mapped.scale
        page = (room.width / EMU / scale, room.height / EMU / scale)
        try:
            image = map_picture(drawing, self.show.ground, "png", bare=page, dpi=int(150 * scale))
        except MapImageError as error:
            said = [f"Carte impossible{NNBSP}: {plain(str(error))}.", plain(drawing.description)]
            whole = Box(room.left, room.top, box.width, room.height)
            shown, size = fitted([each for each in said if each], whole, 18, SMALLEST)
            self._text(shown, whole, size)
            return
        shape = self.page.shapes.add_picture(io.BytesIO(image), room.left, room.top, room.width, room.height)
        told = [f"Carte{NNBSP}: {plain(drawing.title)}.", plain(drawing.subtitle), plain(drawing.description)]
        named(shape, "Carte", " ".join(each for each in told if each))
        mapped.legend.draw(self.page, mapped.where)

    def chart(self, drawing: ChartDrawing, box: Box, end: float | None = None) -> None:
        """The chart, native: its figures can be changed in its own small workbook. `end`: see `add_chart`."""
        if not drawing.categories or not known(drawing):
            said = [plain(drawing.title), "Aucun chiffre à montrer."]
            shown, size = fitted([each for each in said if each], box, 18, SMALLEST)
            self._text(shown, box, size)
            return
        missing = [text] if (text := plain(gaps(drawing))) else []
        if missing:
            missing = fitted(missing, box.rows(box.height // 5)[0], SMALLEST, SMALLEST)[0]
            box, under = box.rows(box.height - height_of(missing, box.width, SMALLEST))
        add_chart(self.page.shapes, drawing, box, end)
        if missing:
            self._text(missing, under, SMALLEST)

    def tables(self, tables: Sequence[Table], size: float = 0.0) -> tuple[list[Table], float]:
        """As much of the tables as one slide takes; what is left for the next one, and the points in which it goes on (0: any).

        A long and narrow table is cut into two, side by side.
        """
        box = whole = self.box("Figure")
        left = [table for table in tables if table.columns]
        while left:
            table, rest = left[0], left[1:]
            fit = TableFit(table, box, size, alone=box == whole)
            if box != whole and (not fit.rows or fit.left is not None):
                break  # on a slide of its own rather than begun here
            if fit.left is None:
                fit.draw(self.page, box)
                box = box.rows(fit.height + Inches(0.15))[1]
                left, size = rest, 0.0
                continue
            halves = box.columns(0.5, 0.5, gap=Inches(0.3))
            if least_width(table) > halves[0].width:
                fit.draw(self.page, box)
                return [fit.left, *rest], fit.size
            first = TableFit(table, halves[0], size, alone=True)
            first.draw(self.page, halves[0])
            if first.left is None:
                return rest, 0.0
            second = TableFit(first.left, halves[1], first.size, alone=True)
            second.draw(self.page, halves[1])
            return ([second.left, *rest], second.size) if second.left is not None else (rest, 0.0)
        return left, 0.0

    def _text(self, texts: Sequence[str], box: Box, size: float, bold: bool = False) -> Any:
        return text_box(self.page.shapes, texts, box, size, bold)


_MORE = "Unités et précisions"
_CUT = ("Chiffres indisponibles", "Source", "Sources", "Millésime", "Millésimes", "Secret", _MORE)
"""What the foot cuts where it is too long."""
_LEAST = 10
"""Points of the foot."""
_LITTLE, _MUCH = Inches(0.36), Inches(1.1)
"""How far the foot grows: two lines for what is to be known of the sources, six for the sources themselves."""
