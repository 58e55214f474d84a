"""A chance as a bar and a colour, for tables and for a listing's page: the text beside it says the same."""

from __future__ import annotations

import base64

from analysis import palette
from analysis.watch.life import Presence

COLORS = {
    Presence.LIKELY: palette.FIBRE,
    Presence.OPEN: palette.LISTING,
    Presence.UNLIKELY: palette.DOTS,
    Presence.GONE: palette.DOTS,
}


def gauge(chance: float, color: str) -> str:
    """A chance from 0 to 1 as a bar in a frame, an SVG picture for a table's cell: the text beside it says the same."""
    palette.luminance(color)  # refuses anything but #rrggbb
    width = round(118 * min(max(chance, 0.0), 1.0), 1)
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="14" viewBox="0 0 120 14">'
        f'<rect x="0.5" y="0.5" width="119" height="13" fill="{palette.PAPER}" stroke="{palette.GRID}"/>'
        f'<rect x="1" y="1" width="{width}" height="12" fill="{color}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()
