"""Text on a slide: places, paragraphs that fit them, alternative texts, French."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from analysis import palette
from reports.office import plain

EMU = 914_400  # per inch
POINT = 12_700
SMALLEST = 12
"""Points of anything in a table, a chart or a legend."""


@dataclass(frozen=True)
class Box:
    """A rectangle of a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    def place(self, shape: Any) -> None:
        """Puts a shape here."""
        shape.left, shape.top, shape.width, shape.height = self.left, self.top, self.width, self.height

    def columns(self, *shares: float, gap: int = 137_160) -> list[Box]:
        """This box cut from left to right."""
        room, left, out = self.width - gap * (len(shares) - 1), self.left, []
        for share in shares:
            out.append(Box(left, self.top, int(room * share), self.height))
            left += out[-1].width + gap
        return out

    def rows(self, *heights: int) -> list[Box]:
        """This box cut from top to bottom; the last takes the rest."""
        top, out = self.top, []
        for height in (*heights, self.top + self.height):
            out.append(Box(self.left, top, self.width, min(height, self.top + self.height - top)))
            top += height
        return out


def paragraphs(frame: Any, texts: Sequence[str], size: float | None) -> None:
    """Each text a paragraph of `frame`, in the letters of its placeholder but for `size` (points)."""
    frame.word_wrap = True
    for index, text in enumerate(texts or [""]):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        if size:
            run.font.size = Pt(size)


def text_box(shapes: Any, texts: Sequence[str], box: Box, size: float, bold: bool = False) -> Any:
    """A text box without margins, in the colour of ink."""
    shape = shapes.add_textbox(box.left, box.top, box.width, box.height)
    frame = shape.text_frame
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    paragraphs(frame, texts, size)
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.bold = bold
            run.font.color.rgb = rgb(palette.INK)
    return shape


def rgb(color: str) -> RGBColor:
    return RGBColor.from_string(color[1:].upper())


def named(shape: Any, name: str, description: str) -> None:
    """The name of a shape in the selection pane, and its alternative text."""
    shape.name = name
    shape._element.xpath("./*/p:cNvPr")[0].set("descr", plain(description, 2000))


def decorative(shape: Any) -> None:
    """Nothing that a screen reader should stop at."""
    about = shape._element.xpath("./*/p:cNvPr")[0]
    about.set("descr", "")
    about.append(
        parse_xml(
            f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
            '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
        )
    )


def in_french(element: Any) -> None:
    """Every run says that it is French: a screen reader and a spelling checker ask."""
    for run in element.iter(qn("a:r"), qn("a:fld")):
        run.get_or_add_rPr().set("lang", "fr-FR")
    for end in element.iter(qn("a:endParaRPr"), qn("a:defRPr")):
        end.set("lang", "fr-FR")


def slide_number(layout_shape: Any, identifier: int) -> Any:
    """The number of the slide, where the layout has it."""
    idx = layout_shape.placeholder_format.idx
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{identifier}" name="Numéro"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="sldNum" idx="{idx}" sz="quarter"/></p:nvPr></p:nvSpPr><p:spPr/>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
        '<a:rPr lang="fr-FR"/><a:t>‹N°›</a:t></a:fld></a:p></p:txBody></p:sp>'
    )


_NARROW, _BROAD = frozenset("ijlftrI.,;:!|'’()[]- \u00a0\u202f"), frozenset("mwMWQOGDHNUA%@—…œŒÆ")


class _Widths(dict[str, int]):
    """How wide each character is, in hundredths of the size of the letters; worked out once."""

    def __missing__(self, c: str) -> int:
        wide = 38 if c in _NARROW else 86 if c in _BROAD else 66 if c.isupper() or c.isdigit() else 61
        self[c] = wide
        return wide


_width_of = _Widths().__getitem__


def _units(text: str) -> int:
    """How wide `text` is, in hundredths of the size of its letters."""
    return sum(map(_width_of, text))


def _points(units: int, size: float, bold: bool) -> float:
    return units / 100 * size * (1.13 if bold else 1.02)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """About how wide `text` is on one line, in points, in letters as wide as DejaVu Sans: those of any machine fit."""
    return _points(_units(text), size, bold)


def wrapped(text: str, width: int, size: float, bold: bool = False) -> list[str]:
    """`text` in lines of `width` (EMU); a word longer than a line is broken."""
    room = width / POINT
    out, line, filled, blank = [], "", 0, _width_of(" ")
    for word in text.split(" "):
        units = _units(word)
        joined, wide = (f"{line} {word}", filled + blank + units) if line else (word, units)
        if _points(wide, size, bold) <= room:
            line, filled = joined, wide
            continue
        if line:
            out.append(line)
        while word and _points(units, size, bold) > room:
            take = max(1, int(len(word) * room / _points(units, size, bold)))
            out.append(word[:take])
            units -= _units(word[:take])
            word = word[take:]
        line, filled = word, units
    return [*out, line]


def height_of(texts: Sequence[str], width: int, size: float, bold: bool = False) -> int:
    """How high paragraphs are, in EMU."""
    count = sum(len(wrapped(text, width, size, bold)) for text in texts)
    return int(count * size * 1.2 * POINT)


def sizes(usual: float, least: float) -> Iterator[float]:
    """From the usual size down to the smallest, two points at a time."""
    size = usual
    while size > least:
        yield size
        size -= 2 if size > 16 else 1
    yield min(usual, least)


def fitted(
    texts: Sequence[str], box: Box, usual: float, least: float, *, bold: bool = False
) -> tuple[list[str], float]:
    """The texts and the largest size at which they fit into `box`; at the smallest, what does not fit is cut with « … »."""
    size = usual
    for size in sizes(usual, least):
        if height_of(texts, box.width, size, bold) <= box.height:
            return list(texts), size
    room = max(1, int(box.height / (size * 1.2 * POINT)))
    out: list[str] = []
    for text in texts:
        found = wrapped(text, box.width, size, bold)
        if len(found) > room:
            kept = " ".join(found[:room]) if room else ""
            if kept or not out:
                out.append(f"{kept[:-1].rstrip()}…")
            else:
                out[-1] = f"{out[-1].rstrip('. …')}…"
            break
        out.append(text)
        room -= len(found)
    return out, size
