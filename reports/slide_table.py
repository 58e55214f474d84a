"""A table on slides, native: as many rows as one slide takes, in letters that a projector shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches

from analysis import palette
from analysis.council import Cell, Table
from analysis.french import NNBSP
from reports.office import plain
from reports.slide_text import (
    POINT,
    SMALLEST,
    Box,
    fitted,
    height_of,
    named,
    paragraphs,
    rgb,
    text_box,
    text_width,
    wrapped,
)

_SIDE = Inches(0.08)
_LONGEST = 400.0  # points that a cell asks for at most; a longer text is wrapped


def _asked(table: Table, size: float) -> list[float]:
    """How wide each column wants to be at `size`, in EMU: its longest cell whole, its heading on two lines."""
    return _columns(table, size, _LONGEST, 2)


def _least(table: Table) -> list[float]:
    """How wide each column must be in the smallest letters so that no word is broken; long texts are wrapped."""
    return _columns(table, SMALLEST, 170.0, 9)


def _columns(table: Table, size: float, most: float, lines: int) -> list[float]:
    asked = []
    for rank, column in enumerate(table.columns):
        heading = plain(column.heading)
        longest = max((text_width(word, size, True) for word in heading.split()), default=0.0)
        longest = min(most, max(longest, text_width(heading, size, True) / lines))
        for row in (*table.rows, table.foot):
            if rank < len(row):
                longest = max(longest, min(text_width(plain(row[rank].text), size, True), most))
        asked.append(longest * POINT + 2 * _SIDE + Inches(0.1))
    return asked


def least_width(table: Table) -> float:
    """How wide `table` must be, in EMU, so that no word of it is broken in the smallest letters."""
    return sum(_least(table))


def narrowed(table: Table, width: int) -> list[Table]:
    """`table`, or several with some of its columns each, the first repeated, so that none has to be wider than `width` (EMU)."""
    asked = _least(table)
    if sum(asked) <= width or len(asked) < 3:
        return [table]
    count = math.ceil(sum(asked[1:]) / max(width - asked[0], max(asked[1:])))
    each = math.ceil((len(asked) - 1) / count)
    groups = [range(start, min(start + each, len(asked))) for start in range(1, len(asked), each)]

    def some(row: Sequence[Cell], ranks: Sequence[int]) -> tuple[Cell, ...]:
        return tuple(row[rank] for rank in (0, *ranks) if rank < len(row))

    return [
        Table(
            table.caption,
            tuple(table.columns[rank] for rank in (0, *ranks)),
            tuple(some(row, ranks) for row in table.rows),
            some(table.foot, ranks),
        )
        for ranks in groups
    ]


class TableFit:
    """As many rows of a table as a box takes: `rows`, the `height` they need, and what is `left` (None: nothing)."""

    _PAD = Inches(0.05)
    _LINES = 10  # of a cell; longer texts are cut

    def __init__(self, table: Table, box: Box, size: float = 0.0, *, alone: bool) -> None:
        """`size`: the points of the slide before, of which this one is the next; 0 for the first. `alone`: nothing stands above, so
        that a row is taken even where it is higher than the box (its texts are cut to a few lines).
        """
        self.table, self.box, self.alone = table, box, alone
        self.widths: list[int] = []
        self.heights: list[int] = []
        self.head = 0
        self.whole = [*table.rows, *([table.foot] if table.foot else [])]
        caption = plain(table.caption)
        self.caption = height_of([caption], box.width, 14, bold=True) + Inches(0.08) if caption else 0
        self.caption = min(self.caption, box.height // 4)
        # As large as goes without one slide more.
        fewest = self._slides(SMALLEST)
        self.size = size or next(
            each
            for each in (16, 14, SMALLEST)
            if each == SMALLEST
            or (sum(_columns(table, each, 170.0, 9)) <= box.width and self._slides(each) <= fewest)
        )
        taken = self._measured(self.size)
        if 0 < taken < len(self.whole):
            # Slides of about as many rows, rather than a last one with a single row.
            taken = min(taken, math.ceil(len(self.whole) / self._slides(self.size)))
        self.rows, self.heights = self.whole[:taken], self.heights[:taken]
        rest = self.whole[taken:]
        self.left: Table | None = None
        if rest:
            name = caption.removesuffix(" (suite)")
            rows = tuple(rest[:-1]) if table.foot else tuple(rest)
            self.left = Table(f"{name} (suite)" if name else "", table.columns, rows, table.foot)
        self.height = self.caption + self.head + sum(self.heights)
        self.footed = bool(table.foot) and not rest

    def _measured(self, size: float) -> int:
        """Sets widths and heights for letters of `size`; how many rows the box takes."""
        self.size, self.widths = size, self._widths(self.box.width, size)
        self.heights = [self._high([cell.text for cell in row]) for row in self.whole]
        self.head = self._high([column.heading for column in self.table.columns], bold=True)
        room, taken = self.box.height - self.caption - self.head, 0
        while taken < len(self.whole) and sum(self.heights[: taken + 1]) <= room:
            taken += 1
        return taken or min(1, len(self.whole)) * self.alone

    def _slides(self, size: float) -> int:
        """How many boxes as high as this one the table takes at `size`."""
        taken = self._measured(size)
        return math.ceil(len(self.whole) / taken) if taken else len(self.whole)

    def _widths(self, width: int, size: float) -> list[int]:
        """Columns as wide as their longest cell asks, together the width of the box at most."""
        asked = _asked(self.table, size)
        total = sum(asked)
        if total <= width:
            return [int(each * min(1.6, width / total)) for each in asked]
        # Words stay whole as long as they can: only what is above its least gives way.
        least = [
            min(few, each) for few, each in zip(_columns(self.table, size, 170.0, 9), asked, strict=True)
        ]
        spare, needed = width - sum(least), total - sum(least)
        if spare <= 0 or needed <= 0:
            return [int(each * width / total) for each in asked]
        return [int(few + (each - few) * spare / needed) for few, each in zip(least, asked, strict=True)]

    def _cell(self, text: str, width: int, bold: bool = False) -> str:
        """A text cut to what a cell shows."""
        found = wrapped(plain(text, 2000), width - 2 * _SIDE, self.size, bold)
        if len(found) <= self._LINES:
            return plain(text, 2000)
        return f"{' '.join(found[: self._LINES])[:-1].rstrip()}…"

    def _high(self, texts: Sequence[str], bold: bool = False) -> int:
        lines_of = [
            min(self._LINES, len(wrapped(plain(text, 2000), width - 2 * _SIDE, self.size, bold)))
            for text, width in zip(texts, self.widths, strict=False)
        ]
        return int(max(lines_of, default=1) * self.size * 1.2 * POINT) + 2 * self._PAD

    def draw(self, page: Any, box: Box) -> None:
        """The caption, then the table, its heading flagged as such."""
        if self.caption:
            where = Box(box.left, box.top, box.width, self.caption)
            shown, size = fitted([plain(self.table.caption)], where, 14, SMALLEST, bold=True)
            text_box(page.shapes, shown, where, size, bold=True).name = "Titre du tableau"
        top, columns = box.top + self.caption, self.table.columns
        width, height = sum(self.widths), self.head + sum(self.heights)
        frame = page.shapes.add_table(len(self.rows) + 1, len(columns), box.left, top, width, height)
        named(frame, "Tableau", f"Tableau{NNBSP}: {plain(self.table.caption) or plain(columns[0].heading)}")
        made = frame.table
        made.first_row, made.horz_banding, made.last_row = True, True, self.footed
        for rank, width in enumerate(self.widths):
            made.columns[rank].width = Emu(width)
        for rank, height in enumerate((self.head, *self.heights)):
            made.rows[rank].height = Emu(height)
        for rank, column in enumerate(columns):
            self._write(made.cell(0, rank), column.heading, rank, palette.PAPER, bold=True, fill=palette.ACCENT)  # fmt: skip
        for down, row in enumerate(self.rows, 1):
            last = self.footed and down == len(self.rows)
            fill = "#dbe5ee" if last else "#f3f6f9" if down % 2 == 0 else palette.PAPER
            for rank in range(len(columns)):
                text = row[rank].text if rank < len(row) else ""
                self._write(made.cell(down, rank), text, rank, palette.INK, bold=last, fill=fill)

    def _write(self, cell: Any, text: str, rank: int, color: str, *, bold: bool, fill: str) -> None:
        cell.margin_left = cell.margin_right = _SIDE
        cell.margin_top = cell.margin_bottom = self._PAD
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(fill)
        paragraphs(cell.text_frame, [self._cell(text, self.widths[rank], bold)], self.size)
        paragraph = cell.text_frame.paragraphs[0]
        if self.table.columns[rank].numeric:
            paragraph.alignment = PP_ALIGN.RIGHT
        for run in paragraph.runs:
            run.font.bold = bold
            run.font.color.rgb = rgb(color)
