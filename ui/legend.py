"""The legend: one description, drawn by Streamlit beside the map and by the map itself in full screen.

The swatches repeat the map's fills in CSS. Ratios measured on white: ink of hatching and dots #4a4f57 8.3:1,
text #16202c 16.4:1.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analysis import french, palette
from analysis.french import number, quantity
from data.territory import Territory

MAX_RADIUS = 26.0
"""Radius in pixels of the largest proportional circle, as in static/map/map.js."""

CIRCLE = palette.MEMBERS

SUPPRESSED_TEXT = "secret statistique"
MISSING_TEXT = "non publié"
ABSENT_TEXT = "pas encore importé"

MOST_NAMED = 6
"""As many groups of communes are named in a legend."""

_COLOR = re.compile(r"^#[0-9a-fA-F]{6}$")
_KIND = re.compile(r"^[a-z]+$")


class LegendError(ValueError):
    """A legend cannot be drawn as described."""


@dataclass(frozen=True)
class LegendClass:
    """One class of the map: its colour (``#rrggbb``), its range in French, how many communes are in it (None:
    not said).
    """

    color: str
    text: str
    count: int | None = None


@dataclass(frozen=True)
class Legend:
    """Everything the reader needs to read the map.

    `suppressed`, `missing` and `absent` (not yet imported) are numbers of communes; None leaves the line out. `circles` are (value, text)
    pairs drawn with the scale of `circle_max` in `circle_color`; `markers` are (kind, text) pairs. `note` is the source line.
    """

    title: str
    classes: tuple[LegendClass, ...] = ()
    suppressed: int | None = None
    missing: int | None = None
    absent: int | None = None
    circles_title: str = ""
    circles: tuple[tuple[float, str], ...] = ()
    circle_max: float = 0.0
    outline: str = ""
    markers: tuple[tuple[str, str], ...] = ()
    note: str = ""
    suppressed_text: str = SUPPRESSED_TEXT
    missing_text: str = MISSING_TEXT
    absent_text: str = ABSENT_TEXT
    circle_color: str = CIRCLE

    def __post_init__(self) -> None:
        check_color(self.circle_color)
        for one in self.classes:
            check_color(one.color)
        for kind, _ in self.markers:
            check_kind(kind)


def check_color(color: str) -> str:
    """`color` itself when it is ``#rrggbb``; raises LegendError otherwise: other text could carry CSS."""
    if not _COLOR.match(color):
        raise LegendError(f"Couleur « {color} » : écrivez-la #rrvvbb, par exemple #00204d.")
    return color


def check_kind(kind: str) -> str:
    """`kind` itself when it is lower-case letters (a CSS class of map.css); raises LegendError otherwise."""
    if not _KIND.match(kind):
        raise LegendError(f"Genre de repère « {kind} » : des minuscules sans accent, par exemple available.")
    return kind


def circle_radius(value: float, maximum: float) -> float:
    """Radius in pixels whose area is proportional to `value`: ``MAX_RADIUS × sqrt(value / maximum)``; 0 when
    nothing is to draw.
    """
    if not (value > 0 and maximum > 0):
        return 0.0
    return round(MAX_RADIUS * math.sqrt(min(value / maximum, 1.0)), 1)


def circle_key(
    maximum: float, text: Callable[[float], str] = number, *, drawn: float | None = None
) -> tuple[tuple[float, str], ...]:
    """Up to three values to show in the key of circles, the largest first, with their French text.

    The first is the largest circle that is `drawn` (by itself, so that it can be measured on the map); without it, a round value below
    `maximum`, the largest of all that the scale is made for.
    """
    if drawn is not None:
        values = dict.fromkeys((drawn, max(1.0, float(round(drawn / 3))), 1.0)) if drawn > 0 else {}
        return tuple((value, text(value)) for value in values if value <= drawn)
    if maximum <= 0:
        return ()
    if maximum < 4:
        return ((float(math.floor(maximum)) or maximum, text(float(math.floor(maximum)) or maximum)),)
    power = 10 ** math.floor(math.log10(maximum))
    top = float(max(step * power for step in (1, 2, 5) if step * power <= maximum))
    values = dict.fromkeys((top, max(1.0, float(round(top / 4))), 1.0))
    return tuple((value, text(value)) for value in values)


def communes(count: int) -> str:
    """« 1 commune », « 3 communes », with the thousands apart; « aucune commune » of a class that another vintage fills."""
    return quantity(count, "communes") if count else "aucune commune"


def legend_rows(legend: Legend) -> list[tuple[str | float, ...]]:
    """The legend as plain rows, the last cell always the text (not yet escaped): what the map draws in full
    screen.
    """

    def counted(text: str, count: int | None) -> str:
        return text if count is None else f"{text} ({communes(count)})"

    rows: list[tuple[str | float, ...]] = [("head", legend.title)] if legend.title else []
    rows += [("class", one.color, counted(one.text, one.count)) for one in legend.classes]
    if legend.suppressed is not None:
        rows.append(("suppressed", counted(legend.suppressed_text, legend.suppressed)))
    if legend.missing is not None:
        rows.append(("missing", counted(legend.missing_text, legend.missing)))
    if legend.absent is not None:
        rows.append(("absent", counted(legend.absent_text, legend.absent)))
    if legend.circles:
        if legend.circles_title:
            rows.append(("head", legend.circles_title))
        maximum = legend.circle_max or max(value for value, _ in legend.circles)
        rows += [("circle", circle_radius(value, maximum), text) for value, text in legend.circles]
    rows += [("marker", kind, text) for kind, text in legend.markers]
    if legend.outline:
        rows.append(("outline", legend.outline))
    if legend.note:
        rows.append(("note", legend.note))
    return rows


def _symbol(row: tuple[str | float, ...], circle: str = CIRCLE) -> str:
    """One swatch; what it looks like stands in `static/parts.css`, its colour or size here."""
    kind = str(row[0])
    if kind == "class":
        return f'<i aria-hidden="true" class="zv-swatch" style="background:{row[1]}"></i>'
    if kind == "circle":
        size = f"{2 * float(row[1]):.1f}px"
        return f'<i aria-hidden="true" class="zv-circle" style="width:{size};height:{size};background:{circle}"></i>'
    if kind == "marker":
        state = str(row[1]) if row[1] in ("gone", "unknown") else "available"
        return f'<i aria-hidden="true" class="zv-diamond zv-{state}"></i>'
    return f'<i aria-hidden="true" class="zv-swatch zv-{kind}"></i>'


def legend_html(legend: Legend, *, heading: str = "Légende") -> str:
    """The legend as HTML for ``st.html``: a named group, lists of symbols with their words; every text is
    escaped.
    """
    parts: list[str] = []
    opened = False
    for row in legend_rows(legend):
        label = html.escape(str(row[-1]))
        if row[0] in ("head", "note") and opened:
            parts.append("</ul>")
            opened = False
        if row[0] == "head":
            parts.append(f'<p class="zv-head">{label}</p>')
        elif row[0] == "note":
            parts.append(f'<p class="zv-note">{label}</p>')
        else:
            if not opened:
                parts.append("<ul>")
                opened = True
            parts.append(f"<li>{_symbol(row, legend.circle_color)}<span>{label}</span></li>")
    if opened:
        parts.append("</ul>")
    return f'<div role="group" aria-label="{html.escape(heading)}" class="zv-legend">{"".join(parts)}</div>'


def show_legend(legend: Legend, *, heading: str = "Légende") -> None:
    """Draw the legend on the page."""

    st.html(legend_html(legend, heading=heading))


def outline_text(territory: Territory) -> str:
    """The legend's words for the groups' outlines: their names, or how many where the names would be longer than the legend."""
    groups = territory.groups
    if len(groups) > MOST_NAMED:
        return f"Limites des {quantity(len(groups), 'groupes de communes')}"
    return "Groupes : " + french.join(group.name for group in groups)
