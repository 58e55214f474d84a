"""The curve of lives: what is still there by days since it was seen, beside the rule of the territory."""

from __future__ import annotations

import datetime as dt

import altair as alt
import numpy as np
import pandas as pd

from analysis import french, palette
from analysis.french import NNBSP
from analysis.watch.life import Life
from analysis.watch.turnbull import Curve
from ui.charts import Chart, finish

HORIZON = 45
"""Days drawn: what is left after them is no help to a search."""


def life_chart(life: Life, curve: Curve | None, days: int) -> tuple[Chart, str]:
    """The share still there by days, with its interval; the bounds of the curve without a shape in grey; the rule of `days` days dashed."""
    at = np.arange(HORIZON + 1, dtype=float)
    still, low, high = life.stills(at)
    drawn = pd.DataFrame({"day": at, "still": still, "low": low, "high": high})
    drawn["texte"] = [french.percent(100 * share, 0) for share in still]
    drawn["jours"] = [french.counted(int(day), "jour", "jours") for day in at]
    x = alt.X(
        "day:Q",
        title="Jours depuis que l’annonce a été vue",
        scale=alt.Scale(domain=[0, HORIZON], nice=False),
        axis=alt.Axis(format=",d", values=[0, *sorted({4, days, 15, 30, HORIZON})]),
    )
    scale = alt.Scale(domain=[0, 1])
    y = alt.Y("still:Q", title="Encore là", scale=scale, axis=alt.Axis(format=",.0%", tickCount=5))
    layers: list[alt.Chart] = []
    if curve is not None:
        corners, below, above = curve.corners()
        free = pd.DataFrame({"day": corners, "low": below, "high": above})
        free = free[free["day"] <= HORIZON]
        last = free.tail(1).assign(day=float(HORIZON))
        steps = alt.Chart(pd.concat([free, last], ignore_index=True))
        upper = alt.Y("high:Q", scale=scale, title="Encore là")
        lower = alt.Y("low:Q", scale=scale, title="Encore là")
        # Where it is known the band has no height: its edges are drawn too. The upper bound holds until its day, the lower one from it on.
        layers += [
            steps.mark_line(color=palette.GRID, interpolate="step-before", aria=False).encode(x=x, y=upper),
            steps.mark_line(color=palette.GRID, interpolate="step-after", aria=False).encode(x=x, y=lower),
        ]
    base = alt.Chart(drawn)
    layers.append(
        base.mark_area(color=palette.ACCENT, opacity=0.2, aria=False).encode(
            x=x, y=alt.Y("low:Q", scale=scale, title="Encore là"), y2="high:Q"
        )
    )
    layers.append(base.mark_line(color=palette.ACCENT, strokeWidth=2.5, aria=False).encode(x=x, y=y))
    rule = pd.DataFrame(
        {"day": [float(days)], "texte": [f"règle{NNBSP}: {french.counted(days, 'jour', 'jours')}"]}
    )
    layers.append(
        alt.Chart(rule)
        .mark_rule(color=palette.INK, strokeDash=[6, 4], strokeWidth=1.5, aria=False)
        .encode(x=x)
    )
    layers.append(
        alt.Chart(rule)
        .mark_text(align="left", dx=6, y=10, color=palette.INK, fontSize=14, aria=False)
        .encode(x=x, text="texte:N")
    )
    layers.append(
        base.mark_point(opacity=0, size=120, filled=True, aria=False).encode(
            x=x,
            y=y,
            tooltip=[alt.Tooltip("jours:N", title="Après"), alt.Tooltip("texte:N", title="Encore là")],
        )
    )
    chart = alt.layer(*layers, height=280, width="container")
    read = f"{NNBSP}; ".join(
        f"après {french.counted(day, 'jour', 'jours')}, {french.percent(100 * life.still(day).value, 0)}"
        for day in sorted({4, days, 15, 30})
    )
    return finish(chart), f"Part des annonces encore là selon les jours passés{NNBSP}: {read}."


def market_chart(months: pd.DataFrame) -> tuple[Chart, str]:
    """What came (upwards) and what went (downwards) in each month, what stood at its end as a line. `months`: the rows for all kinds."""
    drawn = months.assign(
        mois=[french.month(day) for day in months["since"]],
        court=[short_month(day) for day in months["since"]],
    )
    came = drawn.assign(count=drawn["new"], sens="Nouvelles")
    went = drawn.assign(count=-drawn["gone"], sens="Parties")
    bars = pd.concat([came, went], ignore_index=True)
    bars["texte"] = [french.counted(abs(int(n)), "annonce", "annonces") for n in bars["count"]]
    x = alt.X("court:O", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    axis = alt.Axis(labelExpr="format(abs(datum.value), ',d')", tickMinStep=1)
    y = alt.Y("count:Q", title="Annonces", axis=axis)
    color = alt.Color(
        "sens:N",
        title=None,
        scale=alt.Scale(domain=["Nouvelles", "Parties"], range=[palette.ACCENT, palette.LISTING]),
        legend=alt.Legend(orient="bottom", direction="horizontal", symbolType="square"),
    )
    tips = [
        alt.Tooltip("mois:N", title="Mois"),
        alt.Tooltip("sens:N", title="Annonces"),
        alt.Tooltip("texte:N", title="Nombre"),
    ]
    standing = drawn.assign(
        sens="En cours à la fin du mois",
        texte=[french.counted(int(n), "annonce", "annonces") for n in drawn["standing"]],
    )
    chart = alt.layer(
        alt.Chart(bars).mark_bar(aria=False).encode(x=x, y=y, color=color, tooltip=tips),
        alt.Chart(pd.DataFrame({"count": [0]})).mark_rule(color=palette.GRID, aria=False).encode(y=y),
        alt.Chart(standing)
        .mark_line(
            color=palette.INK,
            strokeDash=[5, 3],
            point=alt.OverlayMarkDef(color=palette.INK, size=30),
            aria=False,
        )
        .encode(x=x, y=alt.Y("standing:Q"), tooltip=tips),
        alt.Chart(standing.tail(1).assign(name="en cours"))
        .mark_text(align="right", dx=-8, dy=-8, color=palette.INK, fontSize=14, aria=False)
        .encode(x=x, y=alt.Y("standing:Q"), text="name:N"),
        height=300,
        width="container",
    )
    last = drawn.iloc[-1]
    return finish(chart), (
        f"Annonces nouvelles (vers le haut), parties (vers le bas) et en cours (ligne en tirets) par mois{NNBSP}: en {last['mois']}, "
        f"{french.number(last['new'])} nouvelles, {french.number(last['gone'])} parties, {french.number(last['standing'])} en cours."
    )


def short_month(day: dt.date) -> str:
    """« 11/26 », as short as twelve of them need on a phone."""
    return f"{day:%m/%y}"
