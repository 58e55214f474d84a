"""Two pictures of the network's own page: how long members stay, and how many are where (or do what) year by year.

As in `ui.charts`, every function returns ``(chart, text)``, marks are silent and a table twin stands beside.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis import french, palette
from analysis.council_outcomes import WORDS, chart
from analysis.french import NNBSP
from analysis.outcomes import Outcomes
from analysis.retention import MARKS, Retention, interval_text, sentence_years
from ui.charts import Chart, finish, legend, message, type_size

"""The years at which the curve is read aloud."""


def survival_chart(retention: Retention) -> tuple[Chart, str]:
    """The share still present by years since arrival: steps, their 95 % interval as a band, a tick for each stay that goes on."""
    table = retention.table
    if table.empty:
        return finish(message("Aucun séjour à suivre")), "Fidélité : aucun séjour à suivre."
    start = pd.DataFrame({"years": [0.0], "survival": [1.0], "low": [1.0], "high": [1.0], "censored": [0]})
    steps = pd.concat([start, table[start.columns]], ignore_index=True)
    steps["texte"] = [french.percent(100 * share, 0) for share in steps["survival"]]
    steps["duree"] = [sentence_years(years) if years else "à l'arrivée" for years in steps["years"]]
    steps["bornes"] = [interval_text(row.low, row.high) for row in steps.itertuples()]
    x = alt.X(
        "years:Q",
        title="Années depuis l'arrivée",
        scale=alt.Scale(domain=[0, float(steps["years"].max())], nice=False),
        axis=alt.Axis(format=",d", tickMinStep=1),
    )
    scale = alt.Scale(domain=[0, 1])
    y = alt.Y("survival:Q", title="Encore présents", scale=scale, axis=alt.Axis(format=",.0%", tickCount=5))
    base = alt.Chart(steps)
    # Where everybody has left there is no interval, but the last one holds until that very day.
    drawn = steps.assign(low=steps["low"].ffill(), high=steps["high"].ffill())
    band = (
        alt.Chart(drawn)
        .mark_area(color=palette.MEMBERS, opacity=0.18, interpolate="step-after", aria=False)
        .encode(x=x, y=alt.Y("low:Q", scale=scale, title="Encore présents"), y2="high:Q")
    )
    line = base.mark_line(
        color=palette.MEMBERS, strokeWidth=2.5, interpolate="step-after", aria=False
    ).encode(x=x, y=y)
    ongoing = (
        alt.Chart(steps[steps["censored"] > 0])
        .mark_tick(orient="vertical", color=palette.INK, thickness=1.5, size=10, aria=False)
        .encode(x=x, y=y)
    )
    points = base.mark_point(opacity=0, size=120, filled=True, aria=False).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("duree:N", title="Après"),
            alt.Tooltip("texte:N", title="Encore présents"),
            alt.Tooltip("bornes:N", title="Intervalle à 95 %"),
        ],
    )
    chart = alt.layer(band, line, ongoing, points, height=300, width="container")
    read = [(years, retention.after(years)) for years in MARKS]
    words = f"{NNBSP}; ".join(
        f"après {sentence_years(years)}, {french.percent(100 * kept.share, 0)}"
        for years, kept in read
        if kept
    )
    text = f"Part des membres encore présents selon le temps écoulé depuis l'arrivée{NNBSP}: {words or 'moins d’un an observé'}."
    return finish(chart), text


def retention_rows(retention: Retention) -> pd.DataFrame:
    """The curve read at round years, as texts: `duree`, `part`, `intervalle`, `suivis` (members followed that long)."""
    rows = [
        (
            sentence_years(years),
            french.percent(100 * kept.share, 0),
            interval_text(kept.low, kept.high),
            french.number(kept.at_risk),
        )
        for years in MARKS
        if (kept := retention.after(years))
    ]
    return pd.DataFrame(rows, columns=["duree", "part", "intervalle", "suivis"])


def matrix_chart(counts: pd.DataFrame, noun: str) -> tuple[Chart, str]:
    """A circle for each year and each row's name, its area the number of members, which is written beside the last one.

    `counts`: one row a date (index of dates), one column a name, whole numbers; `noun` names the columns in the plural. Rows keep the
    columns' order.
    """
    names = [str(name) for name in counts.columns]
    long = [
        (str(day.year), name, int(n))
        for day, row in counts.iterrows()
        for name, n in zip(names, row, strict=True)
        if n
    ]
    if not long:
        return finish(message("Aucun membre à montrer")), f"Croissance par {noun} : aucun membre à montrer."
    seen = pd.DataFrame(long, columns=["annee", "nom", "membres"])
    seen["texte"] = [french.quantity(n, "membres") for n in seen["membres"]]
    years = [str(day.year) for day in counts.index]
    x = alt.X(
        "annee:O",
        title=None,
        scale=alt.Scale(domain=years),
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", orient="top", grid=True, gridOpacity=0.3),
    )
    y = alt.Y(
        "nom:N",
        title=None,
        sort=names,
        scale=alt.Scale(domain=names),
        axis=alt.Axis(labelLimit=230, grid=True, gridOpacity=0.3),
    )
    top = int(seen["membres"].max())
    circles = (
        alt.Chart(seen)
        .mark_circle(color=palette.MEMBERS, opacity=0.85, stroke=palette.INK, strokeWidth=0.6, aria=False)
        .encode(
            x=x,
            y=y,
            size=alt.Size("membres:Q", scale=alt.Scale(domain=[0, top], range=[0, 420]), legend=None),
            tooltip=[
                alt.Tooltip("nom:N", title="Nom"),
                alt.Tooltip("annee:N", title="Année"),
                alt.Tooltip("texte:N", title="Présents"),
            ],
        )
    )
    last = counts.iloc[-1]
    ends = pd.DataFrame(
        [(years[-1], name, french.number(n)) for name, n in zip(names, last, strict=True) if n],
        columns=["annee", "nom", "texte"],
    )
    figures = (
        alt.Chart(ends)
        .mark_text(align="left", dx=14, fontSize=type_size(12), color=palette.INK, aria=False)
        .encode(x=x, y=y, text="texte:N")
    )
    chart = alt.layer(circles, figures, height=24 * len(names), width="container")
    leading = sorted(zip(names, last, strict=True), key=lambda pair: (-int(pair[1]), pair[0]))[:3]
    words = french.join([f"{name} ({french.number(n)})" for name, n in leading if n])
    text = (
        f"Membres présents par {noun} à la fin de chaque année, de {years[0]} à {years[-1]}{NNBSP}; "
        f"les plus nombreux aujourd'hui{NNBSP}: "
    )
    return finish(chart), text + (words or "aucun") + "."


_FATES = (palette.LISTING, palette.ACCENT, palette.GROUND)


def fates_chart(found: Outcomes, text: str) -> tuple[Chart, str]:
    """One bar a cohort: the dossiers under way first, then the settled, then those that ended otherwise. `text` reads it aloud."""
    drawing = chart(found, text)
    rows = [
        (cohort, name, count, order, french.counted(int(count), "dossier", "dossiers"))
        for order, (name, values) in enumerate(drawing.series)
        for cohort, count in zip(drawing.categories, values, strict=True)
        if count is not None
    ]
    drawn = pd.DataFrame(rows, columns=["cohorte", "sort", "nombre", "ordre", "texte"])
    bars = (
        alt.Chart(drawn)
        .mark_bar(aria=False)
        .encode(
            y=alt.Y("cohorte:N", title=None, sort=None),
            x=alt.X("nombre:Q", title="Dossiers", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color(
                "sort:N",
                title=None,
                scale=alt.Scale(domain=list(WORDS.values()), range=list(_FATES)),
                legend=legend(symbolType="square"),
            ),
            order=alt.Order("ordre:Q"),
            tooltip=[
                alt.Tooltip("cohorte:N", title="Reçus en"),
                alt.Tooltip("sort:N", title="Dossiers"),
                alt.Tooltip("texte:N", title="Nombre"),
            ],
        )
        .properties(height=max(120, 24 * len(drawing.categories) + 60), width="container")
    )
    return finish(bars), f"{drawing.title}. {text}"
