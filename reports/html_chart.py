"""A chart of a slide as inline SVG, its values written: light, without a style attribute, as sharp on a wall as on a telephone."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence

from analysis import french, palette
from analysis.council import ChartDrawing
from analysis.french import NNBSP
from reports.chart_image import gaps, series_colors, spaced, span, timely
from reports.html_map import text_width
from reports.html_text import escaped
from reports.map_image import clean, round_below

_SIZES = {False: (1000.0, 620.0), True: (1400.0, 540.0)}
"""Units of an ordinary picture and of a broad one; the height of lying bars follows from their number."""
_FONT = 22.0
_LINE = 1.15
_WRITTEN_MOST = 40
"""Marks beside which the value is written; more would write over each other, and the axis is written instead."""
_GRID, _AXIS = "#d8dbe0", palette.INK


def chart_figure(drawing: ChartDrawing, level: int, *, broad: bool = False) -> str:
    """`drawing` as a figure: title (a heading of `level`), unit, key, picture (`broad`: as a slide is), what has no figure.

    Raises ChartImageError and PaletteError as `chart_image` does.
    """
    colors = series_colors(drawing)
    size = _SIZES[broad]
    unit = f'<p class="chart-unit">Unité{NNBSP}: {escaped(drawing.unit)}</p>' if drawing.unit else ""
    key = ""
    if len(drawing.drawn) > 1:
        samples = [_sample(drawing, i, color) for i, color in enumerate(colors)]
        samples += [f'<path d="M0 11H34" {_broken(rank)}/>' for rank in range(len(drawing.references))]
        rows = "".join(
            f'<li><svg class="swatch" viewBox="0 0 34 22" aria-hidden="true">{sample}</svg><span>{escaped(name)}</span></li>'
            for sample, (name, _) in zip(samples, drawing.drawn, strict=True)
        )
        key = f'<ul class="legend chart-key">{rows}</ul>'
    lacking = gaps(drawing)
    under = f"<figcaption>{escaped(lacking)}</figcaption>" if lacking else ""
    parts, height = (_lying if drawing.kind == "bar" else _standing)(drawing, colors, *size)
    words = f"Graphique{NNBSP}: {clean(drawing.title)}. {clean(drawing.description)}"
    return (
        f'<figure class="chart"><div class="chart-head"><h{level} class="chart-title">{escaped(drawing.title)}</h{level}>{unit}{key}</div>'
        f'<svg class="picture" viewBox="0 0 {size[0]:g} {height:.0f}" role="img" aria-label="{escaped(words)}">'
        f"{''.join(parts)}</svg>{under}</figure>"
    )


def _sample(drawing: ChartDrawing, index: int, color: str) -> str:
    if drawing.kind == "line":
        return f'<path d="M0 11H34" stroke="{color}" stroke-width="5"/>{_mark(index, 17, 11, color)}'
    return f'<path d="M1 1H33V21H1z" fill="{color}" stroke="{_AXIS}"/>'


def _broken(rank: int) -> str:
    """The look of a reference, in attributes: thin and broken, each in its own way."""
    dashes = " ".join(f"{3 * each:g}" for each in palette.DASHES[rank % len(palette.DASHES)])
    return f'fill="none" stroke="{palette.REFERENCE}" stroke-width="3" stroke-dasharray="{dashes}"'


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _marks(drawing: ChartDrawing) -> int:
    return sum(_known(value) for _, values in drawing.series for value in values)


def _text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "", turn: float = 0.0) -> str:
    turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{name}{turned}>{escaped(words)}</text>'


def _ticks(low: float, high: float) -> list[float]:
    """Round values within [low, high], at most seven."""
    step = round_below((high - low) / 3)
    return [i * step for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _limits(drawing: ChartDrawing) -> tuple[float, float]:
    """The ends of the axis: with 0, except that a line may leave it out where it would flatten what changes."""
    low, high = span(drawing)
    if drawing.kind == "line":
        known = [v for _, values in drawing.drawn for v in values if v is not None and math.isfinite(v)]
        if known and min(known) > 0 and min(known) > 0.5 * max(known):
            low = min(known) - 0.25 * (max(known) - min(known) or 1)
    return low, high


def _number(value: float, drawing: ChartDrawing) -> str:
    return french.number(value, drawing.decimals)


def _standing(
    drawing: ChartDrawing, colors: Sequence[str], width: float, height: float
) -> tuple[list[str], float]:
    """Upright bars or lines: the parts of the picture and its height."""
    low, high = _limits(drawing)
    written = _marks(drawing) <= _WRITTEN_MOST
    axis = drawing.kind == "line" or not written
    ticks = _ticks(low, high)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    finest = max(0, min(4, -math.floor(math.log10(step) + 1e-9)))
    tick_words = [french.number(t, finest) for t in ticks]
    left = 20 + (max(text_width(w, _FONT * 0.9) for w in tick_words) if axis and tick_words else 0)
    room = (width - left - 10) / len(drawing.categories)
    names = [clean(c) for c in drawing.categories]
    lines = [
        textwrap.wrap(n, max(3, int(room / (_FONT * 0.58))), break_long_words=False)[:3] or [""]
        for n in names
    ]
    turned = any(text_width(line, _FONT) > room for rows in lines for line in rows)
    if turned and timely(drawing):
        step = spaced(len(names), max(text_width(n, _FONT) for n in names) + 0.6 * _FONT, room)
        lines = [[n] if place % step == 0 else [""] for place, n in enumerate(names)]
        turned = False
    cut = [n if len(n) <= 26 else f"{n[:25]}…" for n in names]
    below = (
        max(text_width(n, _FONT) for n in cut) * 0.72 + 26
        if turned
        else max(map(len, lines)) * _FONT * _LINE + 12
    )
    upright = drawing.kind == "column" and _upright(drawing, room)
    # Room for the values beyond the longest marks, below too where some are negative.
    beyond = _widest(drawing) + 14 if upright else 34.0
    under = beyond if low < 0 and drawing.kind == "column" and not drawing.stacked else 0.0
    top, bottom = beyond, max(height - below - under, 320.0)
    height = bottom + under + below

    def at(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    parts = []
    if axis:
        for value, words in zip(ticks, tick_words, strict=True):
            parts.append(f'<path d="M{left:.1f} {at(value):.1f}H{width:g}" stroke="{_GRID}"/>')
            parts.append(_text(left - 8, at(value) + _FONT * 0.32, words, "end", "tick"))
    for i, rows in enumerate(lines):
        x = left + (i + 0.5) * room
        if turned:
            parts.append(_text(x + _FONT * 0.3, bottom + under + _FONT, cut[i], "end", turn=-45))
        else:
            for k, words in enumerate(rows):
                if words:  # a long name at an end stays within the picture
                    half = min(text_width(words, _FONT), width) / 2
                    inner = min(max(x, half), width - half)
                    parts.append(_text(inner, bottom + under + _FONT * (1.1 + k * _LINE), words))
    draw = _lines if drawing.kind == "line" else _columns
    parts += draw(drawing, colors, at, left, room, written)
    base = at(max(low, min(high, 0.0)))
    parts.append(f'<path d="M{left:.1f} {base:.1f}H{width:g}" stroke="{_AXIS}" stroke-width="1.5"/>')
    return parts, height


def _broad(drawing: ChartDrawing, room: float) -> tuple[float, float]:
    """The width of a category's bars together, and of one."""
    whole = room * (0.78 if len(drawing.categories) > 5 else 0.6)
    return whole, whole if drawing.stacked else whole / len(drawing.series)


def _widest(drawing: ChartDrawing) -> float:
    """Units of the longest value, written."""
    numbers = (v for _, values in drawing.series for v in values if v is not None and math.isfinite(v))
    return max((text_width(_number(v, drawing), _FONT) for v in numbers), default=0.0)


def _upright(drawing: ChartDrawing, room: float) -> bool:
    """Whether values are written upwards: one is wider than its bar and the air beside it."""
    return not drawing.stacked and _widest(drawing) > _broad(drawing, room)[1] + 14


def _columns(
    drawing: ChartDrawing,
    colors: Sequence[str],
    at: Callable[[float], float],
    left: float,
    room: float,
    written: bool,
) -> list[str]:
    parts = []
    whole, wide = _broad(drawing, room)
    upright = _upright(drawing, room)
    up, down = [0.0] * len(drawing.categories), [0.0] * len(drawing.categories)
    for index, (_, values) in enumerate(drawing.series):
        for i, value in enumerate(values):
            x = left + (i + 0.5) * room - whole / 2 + (0 if drawing.stacked else index * wide)
            if value is None or not math.isfinite(value):
                if not drawing.stacked:
                    parts.append(_text(x + wide / 2, at(0) - 8, french.DASH))
                continue
            pile = up if value >= 0 else down
            base = pile[i] if drawing.stacked else 0.0
            pile[i] += value if drawing.stacked else 0.0
            y, z = sorted((at(base), at(base + value)))
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{z - y:.1f}" fill="{colors[index]}" stroke="{_AXIS}"/>'
            )
            if not written:
                continue
            words, middle = _number(value, drawing), x + wide / 2
            if drawing.stacked:
                if z - y > _FONT and text_width(words, _FONT) < wide + 10:
                    parts.append(_text(middle, (y + z) / 2 + _FONT * 0.34, words, kind=_on(colors[index])))
            elif upright:
                place, anchor = (y - 6, "start") if value >= 0 else (z + 6, "end")
                parts.append(_text(middle + _FONT * 0.34, place, words, anchor, turn=-90))
            else:
                parts.append(_text(middle, y - 8 if value >= 0 else z + _FONT, words, kind="value"))
    return parts


def _on(color: str) -> str:
    return "light" if palette.text_on(color) == "#ffffff" else "dark"


def _mark(index: int, x: float, y: float, color: str) -> str:
    """The sign of a series, so that colour is not alone to tell lines apart."""
    shapes = ("M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z", "M-7-7h14v14h-14z", "M0-9L9 7H-9z", "M0-9L9 0L0 9L-9 0z", "M0 9L9-7H-9z")  # fmt: skip
    return f'<path d="{shapes[index % len(shapes)]}" transform="translate({x:.1f} {y:.1f})" fill="{color}" stroke="{_AXIS}"/>'


def _lines(
    drawing: ChartDrawing,
    colors: Sequence[str],
    at: Callable[[float], float],
    left: float,
    room: float,
    written: bool,
) -> list[str]:
    parts, words = [], []
    taken: list[tuple[float, float]] = []
    bottom = at(_limits(drawing)[0])
    for rank, (_, values) in enumerate(drawing.references):
        places = [(left + (i + 0.5) * room, v) for i, v in enumerate(values)]
        pen = _pen(places, at)
        known = [(x, at(v)) for x, v in places if v is not None and math.isfinite(v)]
        if len(known) == 1:  # known at one date alone: a stroke across its place
            pen = f"M{known[0][0] - 0.3 * room:.1f} {known[0][1]:.1f}h{0.6 * room:.1f}"
        parts.append(f'<path class="reference" d="{pen}" {_broken(rank)}/>')
    for index, (_, values) in enumerate(drawing.series):
        pen = _pen([(left + (i + 0.5) * room, v) for i, v in enumerate(values)], at)
        for i, value in enumerate(values):
            if value is None or not math.isfinite(value):
                continue
            x, y = left + (i + 0.5) * room, at(value)
            parts.append(_mark(index, x, y, colors[index]))
            if written:
                # Above its point, or below it where something else stands, or not at all: the table has it.
                others = [at(v) for _, row in drawing.drawn if (v := row[i]) is not None and math.isfinite(v)]
                for free in (y - 14, y + 30, y - 38, y + 54):
                    if not 16 < free < bottom:
                        continue
                    near = any(abs(x - a) < room * 0.9 and abs(free - b) < 22 for a, b in taken)
                    if not near and all(abs(free - 8 - other) > 17 for other in others):
                        taken.append((x, free))
                        words.append(_text(x, free, _number(value, drawing), kind="value"))
                        break
        parts.insert(0, f'<path d="{pen}" fill="none" stroke="{colors[index]}" stroke-width="4"/>')
    return [*parts, *words]


def _pen(places: Sequence[tuple[float, float | None]], at: Callable[[float], float]) -> str:
    """The path of a line through its places (x, value). A gap is a gap: no line is drawn over it."""
    pen = ""
    for x, value in places:
        if value is None or not math.isfinite(value):
            pen += " "
        else:
            pen += f"{'L' if pen and pen[-1] != ' ' else 'M'}{x:.1f} {at(value):.1f}"
    return pen.strip()


_THICK = 27.0
"""Units of a lying bar: no thinner, so that its value stands beside it."""


def _lying(
    drawing: ChartDrawing, colors: Sequence[str], width: float, height: float
) -> tuple[list[str], float]:
    """Lying bars: the parts of the picture and its height. A broad picture of many bars has two columns of them, on one scale."""
    bars = 1 if drawing.stacked else len(drawing.series)
    names = [textwrap.wrap(clean(c), 30)[:2] or [""] for c in drawing.categories]
    # Few bars are thick, so that the picture fills its place.
    thick = min(60.0, max(_THICK, (height - 12) / (bars * len(names)) - 9 / bars))
    high = [max(bars * thick, len(rows) * _FONT * _LINE) + 9 for rows in names]
    two = width > _SIZES[False][0] and sum(high) > 1.1 * height
    half = -(-len(names) // 2) if two else len(names)
    parts, tall = [], 0.0
    for first in range(0, len(names), half):
        x, wide = (0.0, width) if not two else ((0.0 if not first else width / 2 + 15), width / 2 - 15)
        y = 6.0
        ax = _Axis(drawing, names, x, wide)
        for i in range(first, min(first + half, len(names))):
            parts += _lying_row(drawing, colors, ax, i, names[i], y + high[i] / 2, thick)
            y += high[i]
        zero = ax.at(max(ax.low, min(ax.high, 0.0)))
        parts.append(f'<path d="M{zero:.1f} 0V{y:.1f}" stroke="{_AXIS}" stroke-width="1.5"/>')
        tall = max(tall, y)
    return parts, tall + 6


class _Axis:
    """The lying scale of a column of bars between `x` and `x` + `wide`: names to the left, room for values beyond the longest bars."""

    def __init__(self, drawing: ChartDrawing, names: list[list[str]], x: float, wide: float) -> None:
        self.low, self.high = _limits(drawing)
        self.left = x + min(380.0, max(text_width(line, _FONT) for rows in names for line in rows) + 16)
        margin = 4.0 if drawing.stacked else _widest(drawing) + 16
        self.start = self.left + (margin if self.low < 0 else 0)
        self.end = x + wide - margin

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def _lying_row(
    drawing: ChartDrawing,
    colors: Sequence[str],
    axis: _Axis,
    i: int,
    name: list[str],
    middle: float,
    thick: float,
) -> list[str]:
    """The bars of one category, around the height `middle`."""
    at, written = axis.at, _marks(drawing) <= 2 * _WRITTEN_MOST
    parts = [
        _text(axis.left - 8, middle + _FONT * (0.34 + (k - (len(name) - 1) / 2) * _LINE), words, "end")
        for k, words in enumerate(name)
    ]
    bars = 1 if drawing.stacked else len(drawing.series)
    up = down = 0.0
    for index, (_, values) in enumerate(drawing.series):
        value = values[i]
        top = middle - bars * thick / 2 + (0 if drawing.stacked else index * thick)
        line = top + thick / 2 + _FONT * 0.3
        if value is None or not math.isfinite(value):
            if not drawing.stacked:
                parts.append(_text(at(0) + 8, line, french.DASH, "start"))
            continue
        base = (up if value >= 0 else down) if drawing.stacked else 0.0
        if drawing.stacked:
            up, down = (up + value, down) if value >= 0 else (up, down + value)
        x, z = sorted((at(base), at(base + value)))
        parts.append(
            f'<rect x="{x:.1f}" y="{top:.1f}" width="{z - x:.1f}" height="{thick - 3:.0f}" fill="{colors[index]}" stroke="{_AXIS}"/>'
        )
        words = _number(value, drawing)
        if not written:
            continue
        if drawing.stacked:
            if text_width(words, _FONT) <= z - x:
                parts.append(_text((x + z) / 2, line, words, kind=_on(colors[index])))
        elif value >= 0:
            parts.append(_text(z + 7, line, words, "start", "value"))
        else:
            parts.append(_text(x - 7, line, words, "end", "value"))
    return parts
