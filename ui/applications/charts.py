"""The funnel drawn: what still waits before what succeeded, how long a step keeps dossiers, how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from analysis import french, palette
from analysis.applications.funnel import Stage, Stay
from analysis.french import NNBSP
from analysis.vocabulary import APPLICATION_STEPS
from ui.charts import Chart, finish, legend, message

PENDING, ONWARD, OVER = "Encore là", "Allés plus loin", "Finis là"
_COLORS = {PENDING: palette.LISTING, ONWARD: palette.ACCENT, OVER: palette.GROUND}
_ENDS = (palette.ACCENT, palette.LISTING, palette.MEMBERS, palette.GRID)
"""Settled, declined, withdrawn, lost: told apart without their hue by their dashes too."""
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])


def funnel_chart(stages: Sequence[Stage]) -> tuple[Chart, str]:
    """One bar a step: who is still there comes first, then who went further, then who ended there."""
    rows = [
        (APPLICATION_STEPS[each.step], kind, count)
        for each in stages
        for kind, count in (
            # Whoever stands at the last step has arrived, and waits for nothing.
            (PENDING, 0 if each is stages[-1] else each.pending),
            (ONWARD, each.pending if each is stages[-1] else each.onward.count),
            (OVER, sum(each.ended.values())),
        )
    ]
    drawn = pd.DataFrame(rows, columns=["etape", "sort", "nombre"])
    drawn["ordre"] = [list(_COLORS).index(kind) for kind in drawn["sort"]]
    drawn["texte"] = [french.counted(int(count), "dossier", "dossiers") for count in drawn["nombre"]]
    chart = (
        alt.Chart(drawn)
        .mark_bar(aria=False)
        .encode(
            y=alt.Y("etape:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X("nombre:Q", title="Dossiers", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color(
                "sort:N",
                title=None,
                scale=alt.Scale(domain=list(_COLORS), range=list(_COLORS.values())),
                legend=legend(symbolType="square"),
            ),
            order=alt.Order("ordre:Q"),
            tooltip=[
                alt.Tooltip("etape:N", title="Étape"),
                alt.Tooltip("sort:N", title="Dossiers"),
                alt.Tooltip("texte:N", title="Nombre"),
            ],
        )
        .properties(height=290, width="container")
    )
    read = f"{NNBSP}; ".join(
        f"{APPLICATION_STEPS[each.step]}, {french.number(each.reached)} dont {french.number(each.pending)} encore là"
        for each in stages
    )
    return finish(chart), f"Dossiers arrivés à chaque étape{NNBSP}: {read}."


def stay_chart(found: Stay) -> tuple[Chart, str]:
    """The share of the dossiers still in a step, by days, with its interval; open dossiers are censored on their day."""
    name = APPLICATION_STEPS[found.step]
    if not found.dossiers:
        text = f"Aucun dossier n’est passé par «{NNBSP}{name}{NNBSP}»."
        return finish(message(text)), text
    curve = found.curve
    start = pd.DataFrame({"days": [0.0], "still": [1.0], "low": [1.0], "high": [1.0]})
    drawn = pd.concat([start, curve[["days", "still", "low", "high"]]], ignore_index=True)
    drawn["low"] = drawn["low"].fillna(drawn["still"])
    drawn["high"] = drawn["high"].fillna(drawn["still"])
    drawn["jours"] = [french.counted(int(day), "jour", "jours") for day in drawn["days"]]
    drawn["texte"] = [french.percent(100 * share, 0) for share in drawn["still"]]
    x = alt.X("days:Q", title="Jours depuis l’entrée dans l’étape", axis=alt.Axis(format=",d"))
    y = alt.Y(
        "still:Q", title="Encore là", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5)
    )
    base = alt.Chart(drawn)
    chart = alt.layer(
        base.mark_area(color=palette.ACCENT, opacity=0.2, interpolate="step-after", aria=False).encode(
            x=x, y=alt.Y("low:Q", title="Encore là"), y2="high:Q"
        ),
        base.mark_line(color=palette.ACCENT, strokeWidth=2.5, interpolate="step-after", aria=False).encode(
            x=x, y=y
        ),
        base.mark_point(opacity=0, size=120, filled=True, aria=False).encode(
            x=x,
            y=y,
            tooltip=[alt.Tooltip("jours:N", title="Après"), alt.Tooltip("texte:N", title="Encore là")],
        ),
        height=260,
        width="container",
    )
    last = drawn.iloc[-1]
    return finish(chart), (
        f"Part des dossiers encore dans l’étape «{NNBSP}{name}{NNBSP}» selon les jours{NNBSP}: après {last['jours']}, {last['texte']}."
    )


def ends_chart(found: Mapping[str, pd.DataFrame], words: Mapping[str, str]) -> tuple[Chart, str]:
    """The share of all dossiers that has ended each way by days since they came in. `words`: how they end → its name, in order."""
    frames = []
    for cause, name in words.items():
        if cause not in found:
            continue
        curve = found[cause]
        start = pd.DataFrame({"days": [0.0], "share": [0.0]})
        frames.append(pd.concat([start, curve[["days", "share"]]], ignore_index=True).assign(issue=name))
    if not frames:
        text = "Aucun dossier n’est encore installé, refusé, retiré ou perdu."
        return finish(message(text)), text
    drawn = pd.concat(frames, ignore_index=True)
    drawn["jours"] = [french.counted(int(day), "jour", "jours") for day in drawn["days"]]
    drawn["texte"] = [french.percent(100 * share, 0) for share in drawn["share"]]
    names = list(words.values())
    x = alt.X("days:Q", title="Jours depuis la réception", axis=alt.Axis(format=",d"))
    y = alt.Y("share:Q", title="Part des dossiers reçus", axis=alt.Axis(format=".0%", tickCount=5))
    key = legend(symbolType="stroke")
    color = alt.Color("issue:N", title=None, scale=alt.Scale(domain=names, range=list(_ENDS)), legend=key)
    dash = alt.StrokeDash(
        "issue:N", title=None, scale=alt.Scale(domain=names, range=[list(each) for each in _DASHES]), legend=key
    )  # fmt: skip
    base = alt.Chart(drawn)
    chart = alt.layer(
        base.mark_line(strokeWidth=2.5, interpolate="step-after", aria=False).encode(
            x=x, y=y, color=color, strokeDash=dash
        ),
        base.mark_point(opacity=0, size=120, filled=True, aria=False).encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("issue:N", title="Issue"),
                alt.Tooltip("jours:N", title="Après"),
                alt.Tooltip("texte:N", title="Part"),
            ],
        ),
        height=260,
        width="container",
    )
    last = drawn.groupby("issue", sort=False)["texte"].last()
    read = f"{NNBSP}; ".join(f"{name}, {last[name]}" for name in names if name in last.index)
    return finish(chart), f"Part des dossiers selon leur issue, au dernier jour connu{NNBSP}: {read}."
