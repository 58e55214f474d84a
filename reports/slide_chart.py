"""A described chart as a native one: it can be edited, and two programs show the same."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from analysis import palette
from analysis.council import ChartDrawing, Column
from analysis.french import NNBSP, number, quantity
from reports.chart_image import spaced, timely
from reports.map_image import round_below
from reports.office import number_format, plain
from reports.slide_text import POINT, SMALLEST, Box, named, rgb, text_width


def known(drawing: ChartDrawing) -> list[float]:
    """The figures that there are."""
    return [v for _, given in drawing.series for v in given if v is not None and math.isfinite(v)]


def crowded(drawing: ChartDrawing, box: Box) -> bool:
    """Whether so many lying bars stand in `box` that their names would be too small for a projector."""
    return drawing.kind == "bar" and len(drawing.categories) > 3 and _category_size(drawing, box) < SMALLEST


def halves(drawing: ChartDrawing) -> tuple[ChartDrawing, ChartDrawing]:
    """A chart of many lying bars as two, to stand side by side on one scale (`add_chart`'s `highest`)."""
    middle = -(-len(drawing.categories) // 2)
    first, second = (
        replace(
            drawing,
            categories=drawing.categories[part],
            series=tuple((name, values[part]) for name, values in drawing.series),
            references=tuple((name, values[part]) for name, values in drawing.references),
        )
        for part in (slice(middle), slice(middle, None))
    )
    return first, replace(second, title=f"{drawing.title} (suite)" if drawing.title else "")


def highest(drawing: ChartDrawing) -> float:
    """Where the longest bar or stack, or the highest line, ends."""
    return max(_totals(drawing) if drawing.stacked else _all_known(drawing))


def _all_known(drawing: ChartDrawing) -> list[float]:
    return [v for _, given in drawing.drawn for v in given if v is not None and math.isfinite(v)]


def add_chart(shapes: Any, drawing: ChartDrawing, box: Box, end: float | None = None) -> Any:
    """`drawing` in `box`, with its figures in a small workbook of its own. It must have a category and a figure (`known`). `end`: what
    its scale reaches at least, where another chart stands beside it.
    """
    shape = shapes.add_chart(_kind(drawing), box.left, box.top, box.width, box.height, _data(drawing))
    told = (f"Graphique{NNBSP}: {plain(drawing.title)}.", plain(drawing.description))
    named(shape, "Graphique", " ".join(each for each in told if each))
    shape.chart.part.chart_workbook.update_from_xlsx_blob(_book(drawing))
    _dress(shape.chart, drawing, box, highest(drawing) if end is None else end)
    return shape


def _kind(drawing: ChartDrawing) -> Any:
    if drawing.kind == "line":
        return XL_CHART_TYPE.LINE_MARKERS
    if drawing.kind == "bar":
        return XL_CHART_TYPE.BAR_STACKED if drawing.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    return XL_CHART_TYPE.COLUMN_STACKED if drawing.stacked else XL_CHART_TYPE.COLUMN_CLUSTERED


def _data(drawing: ChartDrawing) -> CategoryChartData:
    data = CategoryChartData(number_format=_chart_format(drawing))
    data.categories = [plain(category) for category in drawing.categories]
    for name, values in _series(drawing):
        data.add_series(name, values)
    return data


def _series(drawing: ChartDrawing) -> list[tuple[str, list[float | None]]]:
    """Each series, then each reference, with one value a category, None where there is no figure."""
    count = len(drawing.categories)
    return [
        (plain(name), [v if v is not None and math.isfinite(v) else None for v in (*values, *([None] * count))][:count])
        for name, values in drawing.drawn
    ]  # fmt: skip


def _book(drawing: ChartDrawing) -> bytes:
    """The small workbook inside a chart: categories in A, a series a column.

    The one that python-pptx writes makes a formula of a name that begins with « = » and a link of one that looks like an address.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Sheet1")  # the name to which the chart's references point
        text = book.add_format({"quote_prefix": True})
        figure = book.add_format({"num_format": _chart_format(drawing)})
        for down, category in enumerate(drawing.categories, 1):
            sheet.write_string(down, 0, plain(category), text)
        for across, (name, values) in enumerate(_series(drawing), 1):
            sheet.write_string(0, across, name, text)
            for down, value in enumerate(values, 1):
                if value is not None:
                    sheet.write_number(down, across, value, figure)
    return out.getvalue()


def _chart_format(drawing: ChartDrawing) -> str:
    return number_format(Column("", True, drawing.unit, drawing.decimals))


def _room(drawing: ChartDrawing, box: Box) -> bool:
    """Whether the value can be written beside each mark without writing over the next one."""
    if drawing.kind == "line" and len(drawing.series) > 1:
        return False  # crossing lines: the last value of each says where it ended
    marks = len(drawing.categories) * (1 if drawing.stacked else len(drawing.series))
    if drawing.kind == "bar":
        return box.height * 0.85 / marks >= SMALLEST * 1.15 * POINT
    longest = max(text_width(number(value, drawing.decimals), SMALLEST) for value in known(drawing))
    return box.width * 0.9 / marks >= (longest + (SMALLEST if drawing.unit.startswith("%") else 0)) * POINT


def _dress(chart: Any, drawing: ChartDrawing, box: Box, end: float) -> None:
    """Colours, letters, values and axes, all explicit: two programs shall show the same."""
    labelled = _room(drawing, box)
    chart.font.size = Pt(SMALLEST)
    chart.font.color.rgb = rgb(palette.INK)
    chart.has_title = bool(plain(drawing.title))
    if chart.has_title:
        unit = f" ({plain(drawing.unit)})" if plain(drawing.unit) else ""
        frame = chart.chart_title.text_frame
        frame.text = f"{plain(drawing.title, 150)}{unit}"
        run = frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold = Pt(14), True
        chart.chart_title.include_in_layout = False
    several = len(drawing.series) > 1
    chart.has_legend = len(drawing.drawn) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
        chart.legend.font.size = Pt(SMALLEST)
    plot = chart.plots[0]
    code = _chart_format(drawing)
    own = list(plot.series)[: len(drawing.series)]
    for series, color in zip(own, _colors(drawing), strict=True):
        _paint(series, color, drawing.kind)
    for rank, series in enumerate(list(plot.series)[len(own) :]):
        _break(series, rank)
    if drawing.kind != "line":
        plot.gap_width = 60 if len(drawing.categories) > 6 else 90
        plot.overlap = 100 if drawing.stacked else 0
    if drawing.kind == "line" and several:
        labelled = (
            False  # crossing lines would write over each other: the last value of each says where it ended
        )
        for series, (_, given) in zip(own, drawing.series, strict=True):
            last = max((rank for rank, value in enumerate(given) if value is not None), default=None)
            if last is not None:
                label = series.points[last].data_label
                label.position = XL_LABEL_POSITION.RIGHT
                label.font.size = Pt(SMALLEST)
    plot.has_data_labels = labelled and not drawing.references
    if labelled and drawing.references:
        # Values stand at the points of the figure itself: what it is compared with has its key, and its column in the table.
        for series in own:
            labels = series.data_labels
            labels.number_format, labels.number_format_is_linked = code, False
            labels.show_value = True
            labels.font.size = Pt(SMALLEST)
            labels.position = XL_LABEL_POSITION.ABOVE
    elif labelled:
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = code, False
        labels.show_value = True
        labels.font.size = Pt(_category_size(drawing, box))
        if drawing.kind == "line":
            labels.position = XL_LABEL_POSITION.ABOVE
        elif not drawing.stacked:
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
        else:
            for series, color in zip(own, _colors(drawing), strict=True):
                inside = series.data_labels
                inside.number_format, inside.number_format_is_linked = code, False
                inside.show_value = True
                inside.font.size = Pt(_category_size(drawing, box))
                inside.font.color.rgb = rgb(palette.text_on(color))
            _drop_tight_labels(plot, drawing, box)
    values, categories = chart.value_axis, chart.category_axis
    known = _all_known(drawing)
    if drawing.kind != "line" and min(known) >= 0:
        values.minimum_scale = 0  # a bar that does not begin at zero lies
    step = round_below(
        (max(end, *known) - min(0.0 if drawing.kind != "line" else min(known), *known)) / 3 or 1.0
    )
    if drawing.unit.startswith("%") and 80 < end <= 100.5:
        values.maximum_scale = 100  # the programs would end at 120 %
    elif drawing.kind == "bar" and min(known) >= 0:
        values.maximum_scale = math.ceil(end / step + 1e-9) * step  # that of both halves
    step = max(step, 10.0**-drawing.decimals)
    values.major_unit = step
    finest = max(0, min(drawing.decimals, -math.floor(math.log10(step) + 1e-9)))
    values.tick_labels.number_format = _chart_format(replace(drawing, decimals=finest))
    values.tick_labels.number_format_is_linked = False
    values.has_major_gridlines = not labelled
    values.visible = not labelled or drawing.kind == "line"
    if values.has_major_gridlines:
        values.major_gridlines.format.line.color.rgb = rgb("#d0d4da")
    values.tick_labels.font.size = Pt(SMALLEST)
    categories.tick_labels.font.size = Pt(_category_size(drawing, box))
    # Lying bars: every name, also where a program finds it tight. Under upright ones as many as can be read without turning the head.
    skip = _skipped(drawing, box) if timely(drawing) else 1
    if drawing.kind == "bar" or skip > 1:
        last = categories._element.find(qn("c:noMultiLvlLbl"))
        last.addprevious(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="{skip}"/>'))
    values._element.txPr.find(qn("a:bodyPr")).set("rot", "0")
    if drawing.kind == "bar" or timely(drawing):
        # At 0 LibreOffice breaks a year into two lines; a sixty-thousandth of a degree stands as upright and is left whole.
        categories._element.txPr.find(qn("a:bodyPr")).set("rot", "0" if drawing.kind == "bar" else "1")
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.major_tick_mark = XL_TICK_MARK.NONE
    categories.format.line.color.rgb = rgb(palette.GRID)
    categories.has_major_gridlines = False
    if drawing.kind == "bar":
        categories.reverse_order = True  # the first category at the top
    space = chart._chartSpace
    language = parse_xml(f'<c:lang {nsdecls("c")} val="fr-FR"/>')
    first = space.find(qn("c:date1904"))
    space.insert(0 if first is None else list(space).index(first) + 1, language)
    for each in space.iter(qn("a:defRPr"), qn("a:rPr"), qn("a:endParaRPr")):
        each.set("lang", "fr-FR")


def _totals(drawing: ChartDrawing) -> list[float]:
    """The length of the stack of each category."""
    series = [values for _, values in _series(drawing)]
    return [sum(abs(values[rank] or 0.0) for values in series) for rank in range(len(drawing.categories))]


def _skipped(drawing: ChartDrawing, box: Box) -> int:
    """One category in so many has its name under it (`spaced`)."""
    widest = max(text_width(plain(name), SMALLEST) for name in drawing.categories) + SMALLEST
    count, room = len(drawing.categories), box.width * 0.88 / POINT
    return spaced(count, widest, room / count)


def _category_size(drawing: ChartDrawing, box: Box) -> float:
    """Points of the names beside lying bars: smaller where there are many."""
    if drawing.kind != "bar":
        return SMALLEST
    # What title, key and scale leave of the height.
    share = 0.78 - 0.08 * (len(drawing.series) > 1) - 0.1 * (not _room(drawing, box))
    each = box.height * share / len(drawing.categories) / POINT
    return max(9.0, min(SMALLEST, math.floor(each / 1.3)))


def _drop_tight_labels(plot: Any, drawing: ChartDrawing, box: Box) -> None:
    """No value in a part of a stack that is too thin for it: the table has it."""
    highest = max(_totals(drawing), default=0.0)
    names = max(text_width(plain(name), SMALLEST) for name in drawing.categories)
    long = box.width / POINT * 0.92 - names if drawing.kind == "bar" else box.height * 0.6 / POINT
    for series, (_, values) in zip(plot.series, _series(drawing), strict=True):
        labels = series.data_labels._element
        tight = []
        for rank, value in enumerate(values):
            text = quantity(value or 0.0, "%" if drawing.unit.startswith("%") else "", drawing.decimals)
            needed = text_width(text, SMALLEST) + 6 if drawing.kind == "bar" else SMALLEST * 1.3
            if value is None or not highest or abs(value) / highest * long < needed:
                tight.append(rank)
        for place, rank in enumerate(tight):
            gone = f'<c:dLbl {nsdecls("c")}><c:idx val="{rank}"/><c:delete val="1"/></c:dLbl>'
            labels.insert(place, parse_xml(gone))


def _paint(series: Any, color: str, kind: str) -> None:
    if kind == "line":
        series.smooth = False
        series.format.line.color.rgb = rgb(color)
        series.format.line.width = Pt(2.5)
        series.marker.size = 8
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = rgb(color)
        series.marker.format.line.color.rgb = rgb(palette.INK)
        return
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = rgb(color)
    series.format.line.color.rgb = rgb(palette.INK)
    series.format.line.width = Pt(0.5)


_DASHES = (MSO_LINE.LONG_DASH, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.LONG_DASH_DOT)
"""The broken lines of the programs that come nearest to `palette.DASHES`."""


def _break(series: Any, rank: int) -> None:
    """A reference: a thin and broken line without points."""
    series.smooth = False
    series.format.line.color.rgb = rgb(palette.REFERENCE)
    series.format.line.width = Pt(1.75)
    series.format.line.dash_style = _DASHES[rank % len(_DASHES)]
    series.marker.style = XL_MARKER_STYLE.NONE


def _colors(drawing: ChartDrawing) -> list[str]:
    """One colour a series: its own, the house's blue for one alone, else the ones that stay apart under every vision."""
    if len(drawing.colors) == len(drawing.series):
        return list(drawing.colors)
    if len(drawing.series) == 1:
        return [palette.ACCENT]
    usual = palette.colors("qualitative", min(len(drawing.series), 9))
    return [usual[rank % len(usual)] for rank in range(len(drawing.series))]
