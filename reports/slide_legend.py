"""The legend of a map on a slide, in native shapes: letters of the slide's size, not of the picture's."""

from __future__ import annotations

import re
from typing import Any

from pptx.enum.dml import MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from analysis import palette
from analysis.council import MapDrawing
from analysis.model import Status
from reports.office import plain
from reports.pictures import Ground, map_key
from reports.slide_text import EMU, POINT, Box, decorative, height_of, named, rgb, sizes, text_box

MAP_SCALE, PAIR_SCALE = 1.05, 0.9
"""How much larger a map is shown than it is drawn, and its names with it; beside another map they find less room."""
_LEAST = 11  # points of a legend that is not put elsewhere
_COUNTED = re.compile(r" \(([\d\u202f]+)\u00a0communes?\)$")
_PATTERNS = {Status.SUPPRESSED: MSO_PATTERN.DIAGONAL_CROSS, Status.MISSING: MSO_PATTERN.PERCENT_10}
_STROKES = {Status.SUPPRESSED: palette.HATCH, Status.MISSING: palette.DOTS}


class Legend:
    """The legend of a map in native shapes: colours, what has none, circles, the outline; each row a sign and its words."""

    def __init__(self, drawing: MapDrawing, ground: Ground, *, scale: float, short: bool) -> None:
        """`scale`: how much larger than drawn the map is shown; `short`: « (7) » after a label instead of « (7 communes) », said once."""
        self.rows: list[tuple[str, Any, str]] = []
        for line in map_key(drawing, ground):
            sign = {"circle": line.radius * scale * EMU, "status": line.status}.get(line.kind, line.color)
            if line.kind != "gap":
                text = plain(line.text)
                self.rows.append((line.kind, sign, _COUNTED.sub(r" (\1)", text) if short else text))
        if short:
            unit = [text for kind, _, text in self.rows[1:2] if kind == "words"]
            self.rows[1 : 1 + len(unit)] = [("words", None, " ".join([*unit, "(nombre de communes)"]))]
        radii = [sign for kind, sign, _ in self.rows if kind == "circle"]
        self.sign = max(Inches(0.42), *(int(2 * radius) for radius in radii), 0)

    def fits(self, box: Box) -> bool:
        """Whether a projector shows it all in `box`."""
        return self.height(box.width, _LEAST) <= box.height

    def height(self, width: int, size: float) -> int:
        """How high the legend is in `width`, in EMU."""
        return sum(self._row_height(row, width, size) for row in self.rows)

    def _row_height(self, row: tuple[str, Any, str], width: int, size: float) -> int:
        kind, sign, text = row
        indent = 0 if kind in ("head", "words") else self.sign + Inches(0.1)
        high = height_of([text], width - indent, size, kind == "head") + Inches(
            0.06 if kind != "head" else 0.1
        )
        return max(high, int(2 * sign) + Inches(0.06)) if kind == "circle" else high

    def draw(self, page: Any, box: Box) -> None:
        """The rows from the top of `box`, as one group whose alternative text reads them."""
        size = next((each for each in sizes(14, 9) if self.height(box.width, each) <= box.height), 9)  # fmt: skip
        group = page.shapes.add_group_shape()
        named(group, "Légende", "Légende. " + " ; ".join(text for _, _, text in self.rows))
        top = box.top
        for row in self.rows:
            kind, sign, text = row
            high = self._row_height(row, box.width, size)
            indent = 0 if kind in ("head", "words") else self.sign + Inches(0.1)
            if indent:
                self._sign(group.shapes, kind, sign, Box(box.left, top, self.sign, high - Inches(0.06)), size)  # fmt: skip
            words = Box(box.left + indent, top, box.width - indent, high)
            label = text_box(group.shapes, [text], words, size, bold=kind == "head")
            label.name = "Légende, texte"
            if kind == "circle":
                label.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            top += high

    def _sign(self, shapes: Any, kind: str, sign: Any, box: Box, size: float) -> None:
        line = int(size * 1.2 * POINT)
        if kind == "outline":
            middle = box.top + line // 2
            stroke = shapes.add_connector(
                MSO_CONNECTOR.STRAIGHT, box.left, middle, box.left + box.width, middle
            )
            stroke.line.color.rgb = rgb(palette.INK)
            stroke.line.width = Pt(2.25)
            decorative(stroke)
            return
        if kind == "circle":
            radius = max(int(sign), Inches(0.03))
            left, top = box.left + box.width // 2 - radius, box.top + box.height // 2 - radius
            shape = shapes.add_shape(MSO_SHAPE.OVAL, left, top, 2 * radius, 2 * radius)
        elif kind == "marker":
            side = line * 9 // 10
            left = box.left + (box.width - side) // 2
            shape = shapes.add_shape(MSO_SHAPE.DIAMOND, left, box.top + line // 20, side, side)
        else:
            top, height = box.top + line // 10, line * 4 // 5
            shape = shapes.add_shape(MSO_SHAPE.RECTANGLE, box.left, top, box.width, height)
        if kind == "status":
            if sign in _PATTERNS:
                shape.fill.patterned()
                shape.fill.pattern = _PATTERNS[sign]
                shape.fill.fore_color.rgb, shape.fill.back_color.rgb = rgb(_STROKES[sign]), rgb(palette.PAPER)
            else:
                shape.fill.solid()
                shape.fill.fore_color.rgb = rgb(palette.NOT_IMPORTED_FILL)
        elif kind == "pointed":
            shape.fill.background()
        else:
            shape.fill.solid()
            shape.fill.fore_color.rgb = rgb(palette.MEMBERS if kind == "circle" else sign)
        shape.line.color.rgb = rgb(palette.INK)
        shape.line.width = Pt(3 if kind == "pointed" else 0.75)
        shape.shadow.inherit = False
        decorative(shape)
