"""The circles of members present, as maps draw them."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import french
from analysis.desk import Desk
from analysis.model import Audience, Indicator
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


def circles_title(desk: Desk, audience: Audience, period: str) -> str:
    """What the circles count for an audience and on which day (see `member_circles`), and whether these people are generated."""
    title = "Membres présents" if audience is Audience.ANIMATEUR else "Membres publics présents"
    return f"{title} au {french.date(desk.network_day(period))}" + frame.bracketed(frame.network_mark(desk))


def largest_drawn(circles: Sequence[Circle]) -> float:
    """The value of the largest of these circles, 0 for none."""
    return max((circle.value for circle in circles), default=0.0)


def counts_members(indicator: Indicator) -> bool:
    """Whether an indicator is itself a count of members: circles of them would say the same figure twice."""
    return indicator.id == "members" or indicator.numerator == ("members",)
