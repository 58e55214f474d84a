"""The circles of members present, as maps draw them."""

from __future__ import annotations

from analysis import french
from analysis.desk import Desk
from analysis.model import Audience
from ui import frame, loading
from ui.map import Circle


def member_circles(desk: Desk, period: str, audience: Audience) -> tuple[tuple[Circle, ...], float]:
    """Circles of the members present at the network's period nearest to `period`, and the value of the largest circle of all years.

    Coordinators see every member; others those who consented to be public.
    """
    day = desk.network_day(period)
    counts = desk.shown_members(day, audience)
    points = loading.geometry().points
    label = french.date(day)
    circles = tuple(
        Circle(
            code, *points[code], value=float(n), label=f"{french.quantity(n, 'membres présents')} au {label}"
        )
        for code, n in counts.items()
        if n and code in points
    )
    return circles, desk.largest_member_count(audience)


def circles_title(desk: Desk, audience: Audience) -> str:
    """What the circles count for an audience, and whether these people are generated."""
    title = "Membres présents" if audience is Audience.ANIMATEUR else "Membres publics présents"
    return title + frame.bracketed(frame.network_mark(desk))
