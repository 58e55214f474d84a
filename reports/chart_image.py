"""A chart on paper: PNG or SVG with its title, its unit, every value written, and what has no figure said so.

Drawn as the maps are (`reports.map_image`): the same letters, the same lock, the same bytes for the same chart.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis import french, palette
from analysis.council import ChartDrawing
from analysis.french import NNBSP
from reports.map_image import LOCK, SETTINGS, Format, clean, picture_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.2
"""Inches of a chart unless another width is asked for: about the text of an A4 page, so that letters keep their size there."""
HEIGHT = 2.6
"""Inches of the drawing of upright bars and lines; lying bars take what they need."""
_SIZE = 9.5  # points
_CHARACTER = 0.075  # inches, of an ordinary letter at `_SIZE`
_LINE = 0.17  # inches
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_BARS_MOST = 40
"""Bars beside which the value is written; more would write over each other."""
_NOTHING = french.DASH


class ChartImageError(ValueError):
    """The chart cannot be drawn as asked. The message says what is wrong and what to do, in French."""


def chart_image(
    drawing: ChartDrawing,
    fmt: Format,
    *,
    titled: bool = True,
    foot: Sequence[str] = (),
    width: float = WIDTH,
    height: float = HEIGHT,
    dpi: int = 150,
) -> bytes:
    """`drawing` as the bytes of a PNG or SVG file, `width` inches wide (1,080 pixels at 7.2 and 150 dpi), as high as it needs:
    `height` is that of upright bars and lines without what stands around them.

    Values are written beside their marks as far as they fit; a category without a figure bears a dash and is named under the chart.
    `titled`: title and unit stand above; without, the paper around says them. `foot`: lines under the chart (source, day).
    Raises ChartImageError for an unknown format, no category, no series, a series that has not one value a category, and a
    resolution outside 50 to 600; PaletteError for what is no colour.
    """
    colors = _check(drawing, fmt, dpi)
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with LOCK, rc_context(SETTINGS):
        above = _above(drawing, titled, width)
        below = [
            line
            for text in (gaps(drawing), *foot)
            if text
            for line in clean(text, int(12.7 * width), 4).split("\n")
        ]
        key = _key(drawing, width)
        body, left = _body(drawing, width, height)
        heights = [
            sum(size * 1.35 / 72 for _, size, _ in above) + (0.1 if above else 0.0),
            len(key) * _LINE + (0.08 if key else 0.0),
            body,
            len(below) * _LINE + (0.12 if below else 0.05),
        ]
        figure = Figure(figsize=(width, sum(heights)), facecolor="white")
        whole = sum(heights)
        y = whole - 0.04
        for text, size, weight in above:
            _write(figure, 0.08, y, text, size, weight)
            y -= size * 1.35 / 72
        _draw_key(figure, key, colors, drawing, whole - heights[0])
        room = _room(drawing, width)
        axes = figure.add_axes(
            (
                left / width,
                (heights[3] + room) / whole,
                (width - left - 0.12) / width,
                (body - room - 0.05) / whole,
            )
        )
        _marks(axes, drawing, colors, width, as_text=fmt == "svg")
        y = heights[3] - 0.1
        for line in below:
            _write(figure, 0.08, y, line, 8.5)
            y -= _LINE
        return picture_bytes(figure, fmt, dpi, drawing.title, drawing.description)


def _check(drawing: ChartDrawing, fmt: str, dpi: int) -> tuple[str, ...]:
    """The colour of each series."""
    if fmt not in ("png", "svg"):
        raise ChartImageError(f"Format d’image inconnu{NNBSP}: « {fmt} ». Choisir png ou svg")
    if not 50 <= dpi <= 600:
        raise ChartImageError(f"Résolution de {dpi} points par pouce{NNBSP}: en choisir une de 50 à 600")
    return series_colors(drawing)


def series_colors(drawing: ChartDrawing) -> tuple[str, ...]:
    """The colour (``#rrggbb``) of each series: its own where the drawing has one for each, else the usual ones.

    Raises ChartImageError for no category, no series and a series that has not one value a category; PaletteError for what is no colour.
    """
    if not drawing.categories or not drawing.series:
        raise ChartImageError(f"Graphique vide{NNBSP}: donner au moins une catégorie et une série")
    for name, values in drawing.drawn:
        if len(values) != len(drawing.categories):
            raise ChartImageError(
                f"La série « {name} » a {len(values)} valeurs pour {len(drawing.categories)} catégories{NNBSP}: en donner autant"
            )
    chosen = drawing.colors if len(drawing.colors) == len(drawing.series) else ()
    if not chosen and len(drawing.series) == 1:
        chosen = (palette.ACCENT,)
    usual = palette.colors("qualitative", min(len(drawing.series), 9))
    chosen = chosen or tuple(usual[i % len(usual)] for i in range(len(drawing.series)))
    for color in chosen:
        palette.luminance(color)
    return chosen


# ------------------------------------------------------------------------------------------------ the words


def _above(drawing: ChartDrawing, titled: bool, width: float) -> list[tuple[str, float, str]]:
    """The lines above the chart: text, size in points, weight."""
    if not titled:
        return []
    lines = [(line, 13.0, "bold") for line in clean(drawing.title, int(8.6 * width), 3).split("\n")]
    return (
        [*lines, (clean(f"Unité{NNBSP}: {drawing.unit}", int(12.7 * width)), 9.5, "normal")]
        if drawing.unit
        else lines
    )


def gaps(drawing: ChartDrawing) -> str:
    """« Pas de chiffre : 2024 », by series where there are several; empty when every figure is known."""
    parts = []
    for name, values in drawing.series:
        lacking = _runs(drawing.categories, [not _known(v) for v in values])
        if lacking:
            parts.append(", ".join(lacking) if len(drawing.series) == 1 else f"{name} ({', '.join(lacking)})")
    return f"Pas de chiffre{NNBSP}: {french.join(parts)}." if parts else ""


def _runs(categories: Sequence[str], lacking: Sequence[bool]) -> list[str]:
    """The categories that lack, three and more in a row as « 2004 à 2015 »."""
    words: list[str] = []
    for lacks, run in itertools.groupby(zip(categories, lacking, strict=True), key=lambda each: each[1]):
        names = [name for name, _ in run]
        if lacks:
            words += [f"{names[0]} à {names[-1]}"] if len(names) > 2 else names
    return words


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _key(drawing: ChartDrawing, width: float) -> list[list[tuple[int, str, float]]]:
    """The rows of the key (index in `drawn`, its words, their left in inches); none for one series alone, which the title names."""
    if len(drawing.drawn) < 2:
        return []
    rows: list[list[tuple[int, str, float]]] = [[]]
    x = 0.08
    for index, (name, _) in enumerate(drawing.drawn):
        words = clean(name, 40)
        wide = 0.45 + len(words) * _CHARACTER
        if rows[-1] and x + wide > width - 0.1:
            rows.append([])
            x = 0.08
        rows[-1].append((index, words, x))
        x += wide
    return rows


def _write(figure: Figure, x: float, y: float, text: str, size: float, weight: str = "normal") -> None:
    """`text` from the upper left corner (x, y), in inches from the lower left one of the figure."""
    figure.text(
        x / figure.get_figwidth(), y / figure.get_figheight(), text, ha="left", va="top", fontsize=size,
        fontweight=weight, color=palette.INK, parse_math=False,
    )  # fmt: skip


def _draw_key(
    figure: Figure,
    rows: list[list[tuple[int, str, float]]],
    colors: Sequence[str],
    drawing: ChartDrawing,
    top: float,
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    wide, high = figure.get_figwidth(), figure.get_figheight()
    for row in rows:
        for index, words, x in row:
            if index >= len(drawing.series):
                figure.add_artist(
                    Line2D(
                        [x / wide, (x + 0.26) / wide],
                        [(top - 0.08) / high] * 2,
                        **_broken(index - len(drawing.series)),
                    )
                )
            elif drawing.kind == "line":
                figure.add_artist(
                    Line2D(
                        [x / wide, (x + 0.13) / wide, (x + 0.26) / wide],
                        [(top - 0.08) / high] * 3,
                        color=colors[index],
                        linewidth=2.2,
                        marker=_MARKERS[index % len(_MARKERS)],
                        markevery=[1],
                        markersize=6,
                    )
                )
            else:
                figure.add_artist(
                    Rectangle(
                        (x / wide, (top - 0.14) / high), 0.26 / wide, 0.12 / high,
                        facecolor=colors[index], edgecolor=palette.INK, linewidth=0.6,
                    )
                )  # fmt: skip
            _write(figure, x + 0.33, top - 0.005, words, _SIZE)
        top -= _LINE


def _broken(rank: int) -> Any:
    """The look of a reference: thin and broken, each in its own way."""
    return {
        "color": palette.REFERENCE,
        "linewidth": 1.5,
        "linestyle": (0, palette.DASHES[rank % len(palette.DASHES)]),
    }


# ------------------------------------------------------------------------------------------------ the marks


def _wrapped(drawing: ChartDrawing, width: float) -> list[str]:
    """The categories as written along their axis."""
    if drawing.kind == "bar":
        return [clean(c, 30, 2) for c in drawing.categories]
    if _turned(drawing, width):
        return [_cut(clean(c), 28) for c in drawing.categories]
    if (step := _step(drawing, width)) > 1:
        return [clean(c) if place % step == 0 else "" for place, c in enumerate(drawing.categories)]
    return [clean(c, max(4, _letters(drawing, width)), 3) for c in drawing.categories]


def timely(drawing: ChartDrawing) -> bool:
    """Whether the categories follow each other in time (each has a figure in its name), so that one without its name is still known."""
    return drawing.kind != "bar" and all(any(sign.isdigit() for sign in name) for name in drawing.categories)


def spaced(count: int, widest: float, room: float) -> int:
    """One category in so many bears its name, where `count` names up to `widest` have `room` each: as many as stand side by side, the
    last one among them where that can be.
    """
    least = max(1, math.ceil(widest / room))
    return next((step for step in range(least, 2 * least) if (count - 1) % step == 0), least)


def _step(drawing: ChartDrawing, width: float) -> int:
    """One category in so many bears its name; 1 where all do, wrapped or turned."""
    if not timely(drawing) or not _too_long(drawing, width):
        return 1
    longest = max(len(clean(c)) for c in drawing.categories) + 1
    return spaced(len(drawing.categories), longest, max(1, _letters(drawing, width)))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _letters(drawing: ChartDrawing, width: float) -> int:
    """The letters for which there is room under one category."""
    return int((width - 1.0) / len(drawing.categories) / (_CHARACTER * 1.1))


def _turned(drawing: ChartDrawing, width: float) -> bool:
    """Whether the categories are written upwards: a word of them is wider than its room, and none may be left out."""
    return _too_long(drawing, width) and not timely(drawing)


def _too_long(drawing: ChartDrawing, width: float) -> bool:
    """Whether a word of the categories along an upright chart is wider than its room."""
    longest = max(len(word) for c in drawing.categories for word in (clean(c).split() or [""]))
    return drawing.kind != "bar" and longest > _letters(drawing, width)


def _room(drawing: ChartDrawing, width: float) -> float:
    """The inches under the axes that the words along them need."""
    words = _wrapped(drawing, width)
    if drawing.kind == "bar":
        return 0.05
    if _turned(drawing, width):
        return max(map(len, words)) * _CHARACTER + 0.15
    return max(w.count("\n") + 1 for w in words) * _LINE + 0.12


def _body(drawing: ChartDrawing, width: float, height: float) -> tuple[float, float]:
    """Height of the drawing and width of what is written left of it, in inches."""
    words = _wrapped(drawing, width)
    if drawing.kind != "bar":
        return height + _room(drawing, width), 0.7
    bars = 1 if drawing.stacked else len(drawing.series)
    lines = max(w.count("\n") + 1 for w in words)
    left = max(len(line) for w in words for line in w.split("\n")) * _CHARACTER + 0.25
    return len(words) * max(0.16 * bars + 0.1, lines * _LINE + 0.06) + 0.2, left


def _marks(axes: Axes, drawing: ChartDrawing, colors: Sequence[str], width: float, *, as_text: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    lying = drawing.kind == "bar"
    places = list(range(len(drawing.categories)))
    lines: Any = axes.xaxis if lying else axes.yaxis
    if drawing.kind == "line":
        _lines(axes, drawing, colors, as_text=as_text)
    else:
        _bars(axes, drawing, colors, width)
    for side in ("top", "right", "bottom" if lying else "left"):
        axes.spines[side].set_visible(False)
    names: Any = axes.yaxis if lying else axes.xaxis
    names.set_ticks(places)
    names.set_ticklabels(
        _wrapped(drawing, width), fontsize=_SIZE, color=palette.INK, parse_math=False,
        **({"rotation": 90} if _turned(drawing, width) else {}),
    )  # fmt: skip
    names.set_tick_params(length=0)
    if not lying and _step(drawing, width) > 1:
        # A long name at an end stays within the picture.
        names.get_ticklabels()[-1].set_horizontalalignment("right")
    lines.set_major_locator(MaxNLocator(5, integer=not drawing.decimals, min_n_ticks=1))
    lines.set_major_formatter(FuncFormatter(lambda value, _: french.trimmed(value, max(drawing.decimals, 1))))
    lines.set_tick_params(labelsize=_SIZE, labelcolor=palette.INK, length=0)
    lines.grid(True, color="#d8dbe0", linewidth=0.7)
    axes.set_axisbelow(True)
    if lying:
        axes.invert_yaxis()
        axes.set_ylim(len(places) - 0.45, -0.55)
        axes.tick_params(labelbottom=False)
    else:
        axes.set_xlim(-0.6, len(places) - 0.4)
    (axes.axvline if lying else axes.axhline)(0, color=palette.INK, linewidth=0.9)


def _bars(axes: Axes, drawing: ChartDrawing, colors: Sequence[str], across: float) -> None:
    lying, stacked = drawing.kind == "bar", drawing.stacked
    count = len(drawing.categories)
    whole = 0.78 if count > 5 else 0.6
    width = whole if stacked else whole / len(drawing.series)
    up, down = [0.0] * count, [0.0] * count
    low, high = span(drawing)
    texts = [
        french.number(v, drawing.decimals)
        for _, values in drawing.series
        for v in values
        if v is not None and _known(v)
    ]
    turned = (
        not lying
        and not stacked
        and any(_tight(text, width * (across - 0.9) / (count + 0.2)) for text in texts)
    )
    # The room of a written value, beyond the longest mark.
    margin = (high - low) * (0.16 if lying else 0.3 if turned else 0.14)
    (axes.set_xlim if lying else axes.set_ylim)(low - (margin if low < 0 else 0), high + margin)
    step = (high - low) * 0.012
    written = count * len(drawing.series) <= _BARS_MOST
    for index, (_, values) in enumerate(drawing.series):
        shift = 0.0 if stacked else (index + 0.5) * width - whole / 2
        for place, value in enumerate(values):
            at = place + shift
            if value is None or not math.isfinite(value):
                if not stacked:
                    _value(axes, at, step, _NOTHING, lying, "after")
                continue
            base = (up if value >= 0 else down)[place] if stacked else 0.0
            style: Any = {"color": colors[index], "edgecolor": palette.INK, "linewidth": 0.5}
            if lying:
                axes.barh(at, value, width, left=base, **style)
            else:
                axes.bar(at, value, width, bottom=base, **style)
            text = french.number(value, drawing.decimals)
            if stacked:
                (up if value >= 0 else down)[place] += value
                if written and abs(value) > (high - low) * (0.06 if not lying else 0.012 * len(text)):
                    _value(axes, at, base + value / 2, text, lying, "middle", palette.text_on(colors[index]))
            elif written:
                _value(
                    axes, at, value + (step if value >= 0 else -2.5 * step), text, lying,
                    "after" if value >= 0 else "before", turned=turned,
                )  # fmt: skip


def _tight(text: str, room: float) -> bool:
    """Whether a value is wider than its upright bar, of `room` inches."""
    return len(text) * _CHARACTER > room


def span(drawing: ChartDrawing) -> tuple[float, float]:
    """The lowest and highest end of a mark, 0 included; never the same."""
    rows = [
        [v for v in row if _known(v)] for row in zip(*(values for _, values in drawing.drawn), strict=True)
    ]
    if drawing.stacked and drawing.kind != "line":
        ends = [sum(v for v in row if v and v > 0) for row in rows]
        ends += [sum(v for v in row if v and v < 0) for row in rows]
    else:
        ends = [v for row in rows for v in row if v is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    return (low, high) if high > low else (0.0, 1.0)


def _value(
    axes: Axes,
    at: float,
    end: float,
    text: str,
    lying: bool,
    where: str,
    color: str = palette.INK,
    turned: bool = False,
) -> None:
    """A value written after, before or in the middle of its mark."""
    along = {"after": "left", "before": "right", "middle": "center"}[where]
    across = {"after": "bottom", "before": "top", "middle": "center"}[where]
    x, y = (end, at) if lying else (at, end)
    axes.text(
        x, y, text, ha=along if lying else "center", va="center" if lying else across, fontsize=_SIZE - 0.5,
        color=color, rotation=90 if turned else 0, parse_math=False, zorder=5,
    )  # fmt: skip


def _lines(axes: Axes, drawing: ChartDrawing, colors: Sequence[str], *, as_text: bool) -> None:
    """Lines with their points and values; the white edge of a value as that of a name on a map (`reports.map_image`)."""
    from matplotlib.patheffects import withStroke

    low, high = span(drawing)
    known = [v for _, values in drawing.drawn for v in values if v is not None and math.isfinite(v)]
    if known and min(known) > 0 and min(known) > 0.5 * max(known):
        # A line may leave zero out, where it would flatten what changes; the axis is written. A change of less than a tenth stays small.
        low = min(known) - max(0.25 * (max(known) - min(known)), 0.05 * max(known))
        high = max(high, low + 0.15 * max(known))
    axes.set_ylim(low, high + 0.14 * (high - low))
    written = sum(_known(v) for _, values in drawing.series for v in values) <= _BARS_MOST
    for rank, (_, values) in enumerate(drawing.references):
        there = [v if v is not None and math.isfinite(v) else math.nan for v in values]
        # A reference known at one date alone is a point that no line shows.
        lone: Any = {"marker": "_", "markersize": 12} if sum(map(_known, values)) == 1 else {}
        axes.plot(range(len(there)), there, clip_on=False, gid=f"repere-{rank}", **_broken(rank), **lone)
    for index, (_, values) in enumerate(drawing.series):
        # A gap is a gap: no line is drawn over it.
        points = [v if v is not None and math.isfinite(v) else math.nan for v in values]
        axes.plot(
            range(len(points)), points, color=colors[index], linewidth=2.2, markersize=6,
            marker=_MARKERS[index % len(_MARKERS)], clip_on=False,
        )  # fmt: skip
        for place, value in enumerate(points):
            if not math.isnan(value):
                if written:
                    axes.text(
                        place, value + 0.03 * (high - low), french.number(value, drawing.decimals), ha="center", va="bottom",
                        fontsize=_SIZE - 0.5, color=palette.INK, parse_math=False, zorder=5, gid=f"valeur-{index}_{place}",
                        path_effects=None if as_text else [withStroke(linewidth=2.4, foreground="white")],
                    )  # fmt: skip
            elif len(drawing.series) == 1:
                _value(axes, place, low + 0.02 * (high - low), _NOTHING, False, "after")
