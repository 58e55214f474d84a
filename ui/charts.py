"""Charts in the project's colours and in French, each with the sentence that describes it.

Every function returns ``(chart, alt)``; `show` puts both on the page. Streamlit 1.67 drops every vega-embed
option but theme, renderer and padding, so the French number and date formats travel in the chart's own
configuration (`locale`), and every tooltip is a text that Python wrote. The words that Vega adds for screen
readers are English, so marks are silent (`aria`) and the sentence speaks; a table twin (`ui.tables`) holds
the values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

import altair as alt
import pandas as pd

from analysis import french, palette
from analysis.french import NBSP, NNBSP
from analysis.levels import References
from analysis.model import Status

Chart = alt.Chart | alt.LayerChart

FORMAT_LOCALE: dict[str, Any] = {
    "decimal": ",",
    "thousands": NNBSP,
    "grouping": [3],
    "currency": ["", f"{NNBSP}€"],
    "percent": f"{NNBSP}%",
    "minus": french.MINUS,
    "nan": "",
}
TIME_LOCALE: dict[str, Any] = {
    "dateTime": "%A %e %B %Y à %X",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["AM", "PM"],
    "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
    "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
    "months": list(french.MONTHS),
    "shortMonths": [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
}  # fmt: skip

MILESTONE = palette.INK
FONT_SIZE = 14
_ROW, _GAP = 30, 16  # pixels

MILESTONE_SERIES = {
    "reseau": "Réseau",
    "dossiers": "Dossiers",
    "telecentres": "Télécentres",
    "en_ligne": "Membres en ligne",
}
"""French names of the published series, in the order of their rows; another series is shown under its own
name."""

_SHAPES = ("diamond", "square", "triangle-up", "cross", "circle", "triangle-down")


def show_chart(drawn: tuple[Chart | dict[str, Any], str], *, key: str | None = None) -> None:
    """Put a chart (or what `kept` made of it) and its alternative text on the page, as wide as its container."""
    import streamlit as st

    chart, text = drawn
    # A copy of what is kept: Streamlit takes the data out of what it is given.
    spec = dict(chart) if isinstance(chart, dict) else as_read(chart)
    st.vega_lite_chart(spec=spec, width="stretch", key=key, alt=text)


def kept(drawn: tuple[Chart, str]) -> tuple[dict[str, Any], str]:
    """A chart as the browser reads it, to be cached, and its alternative text."""
    chart, text = drawn
    return as_read(chart), text


def as_read(chart: Chart) -> dict[str, Any]:
    """A chart as the browser reads it. Altair would check it against the whole of Vega-Lite's schema, which is half of the time that a
    page's charts take; the tests of pages check what they meet (`tests/pages/conftest.py`).
    """
    return chart.to_dict(validate=False)


# --------------------------------------------------------------------------------------------- growth


def growth_chart(growth: pd.DataFrame, milestones: pd.DataFrame, *, demo: bool = False) -> tuple[Chart, str]:
    """The network over time: members present (line over area), arrivals up and departures down (bars),
    published milestones (marks).

    `growth`: `period` (ISO day, month or year), `present`, `arrivals`, `departures` (counts, NaN unless
    observed), `status`.
    `milestones`: `date` (ISO, as precise as known), `series`, `fact`, `value`, `unit`, `producer`. Milestones
    are another population than the counts: they stand in rows of their own, one shape per series, numbered as
    in `milestone_table`. Periods that are not observed are a grey band that says why. Either frame may be
    empty.
    """
    seen, hidden = _growth_frames(growth)
    marks = _milestone_marks(milestones)
    days = pd.concat([seen["day"], hidden["day"], marks["day"]])
    if days.empty:
        return finish(message("Aucune donnée à montrer")), "Croissance du réseau : aucune donnée à montrer."
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(padding=14, nice=False),
        axis=alt.Axis(format="%Y", tickCount={"interval": "year", "step": 2}),
    )
    # One chart of stacked bands, each with its own pixel range: Streamlit 1.67 stretches every part of a
    # concatenation to the whole width, so its axes fall off the page.
    bands: list[Any] = []
    top = 10
    if len(marks):
        rows = _milestone_rows(marks)
        bands.append(_milestone_band(marks, rows, x, (top, top + _ROW * len(rows))))
        top += _ROW * len(rows) + 2 * _GAP
    if len(seen) or len(hidden):
        bands.append(_present_band(seen, hidden, x, (top, top + 190)))
        top += 190 + _GAP
        bands.append(_moves_band(seen, x, (top, top + 100)))
        top += 100
    apart = alt.Resolve(scale=alt.ScaleResolveMap(y="independent", shape="independent", color="independent"))
    whole = alt.layer(*bands, resolve=apart, height=top + 6, width="container")
    return finish(whole), _growth_text(seen, hidden, marks, demo)


def milestone_table(milestones: pd.DataFrame) -> pd.DataFrame:
    """The published milestones numbered as on the chart, all as text: `numero`, `date`, `fait`, `valeur`,
    `source`, `url`."""
    ordered = milestones.sort_values("date", kind="stable").reset_index(drop=True)
    return pd.DataFrame(
        {
            "numero": [str(i + 1) for i in range(len(ordered))],
            "date": [french.period(str(value)) for value in ordered["date"]],
            "fait": ordered["fact"].astype(str),
            "valeur": [_milestone_value(row) for row in ordered.to_dict("records")],
            "source": ordered["producer"].astype(str),
            "url": ordered["url"].fillna("").astype(str) if "url" in ordered else "",
        }
    )


def _growth_frames(growth: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The observed periods with their texts, and the others with the end of their band."""
    frame = growth.sort_values("period").reset_index(drop=True)
    frame["day"] = pd.to_datetime(pd.Series([_first_day(str(p)) for p in frame["period"]], dtype=object))
    following = frame["day"].shift(-1)
    step = frame["day"].diff().median() if len(frame) > 1 else pd.Timedelta(days=365)
    frame["until"] = following.fillna(frame["day"] + step)
    observed = frame["status"].astype(str) == Status.OBSERVED.value
    seen = frame[observed].copy()
    seen["present"] = seen["present"].astype(float)
    # A stock may be shown whose flows are hidden: they are not zero, they are left out and said.
    flows = seen["flow_status"] if "flow_status" in seen else seen["status"]
    told = flows.astype(str) == Status.OBSERVED.value
    for name in ("arrivals", "departures"):
        seen[name] = seen[name].astype(float).where(told)
    seen["date_texte"] = [french.period(str(p)) for p in seen["period"]]
    seen["present_texte"] = [french.quantity(n, "membres") for n in seen["present"]]
    for name, unit in (("arrivals", "arrivées"), ("departures", "départs")):
        seen[f"{name}_texte"] = [
            french.cell(n, Status.OBSERVED if ok else Status.SUPPRESSED, unit)
            for n, ok in zip(seen[name], told, strict=True)
        ]
    hidden = frame[~observed].copy()
    hidden["date_texte"] = [french.period(str(p)) for p in hidden["period"]]
    hidden["status_texte"] = [french.status_text(Status(str(s))) for s in hidden["status"]]
    return seen, hidden


def _present_band(
    seen: pd.DataFrame, hidden: pd.DataFrame, x: alt.X, band: tuple[int, int]
) -> alt.LayerChart:
    tooltip = [alt.Tooltip("date_texte:N", title="Date"), alt.Tooltip("present_texte:N", title="Présents")]
    y = alt.Y(
        "present:Q",
        title="Membres présents",
        scale=alt.Scale(range=[band[1], band[0]], zero=True),
        axis=alt.Axis(tickMinStep=1, format=",d", tickCount=5, orient="left", offset=0),
    )
    base = alt.Chart(seen).encode(x=x, y=y)
    layers: list[Any] = []
    if len(hidden):
        tooltips = [
            alt.Tooltip("date_texte:N", title="Date"),
            alt.Tooltip("status_texte:N", title="Effectifs"),
        ]
        rect = alt.Chart(hidden).mark_rect(color=palette.RULE, aria=False)
        layers.append(
            rect.encode(x=x, x2="until:T", y=alt.value(band[0]), y2=alt.value(band[1]), tooltip=tooltips)
        )
        # One label for the whole run: a grey block without a word is taken for a figure.
        words = french.join(dict.fromkeys(hidden["status_texte"]))
        label = pd.DataFrame({"day": [hidden["day"].min()], "text": [f"Effectifs masqués : {words}"]})
        layers.append(
            alt.Chart(label)
            .mark_text(align="left", dx=8, fontSize=13, color=palette.TEXT, aria=False)
            .encode(x=x, y=alt.value((band[0] + band[1]) / 2), text="text:N")
        )
    layers += [
        base.mark_area(color=palette.MEMBERS, opacity=0.18, interpolate="step-after", aria=False),
        base.mark_line(color=palette.MEMBERS, strokeWidth=2.5, interpolate="step-after", aria=False),
        base.mark_point(color=palette.MEMBERS, filled=True, opacity=1, size=35, aria=False).encode(
            tooltip=tooltip
        ),
    ]
    return cast(alt.LayerChart, alt.layer(*layers))


def _moves_band(seen: pd.DataFrame, x: alt.X, band: tuple[int, int]) -> alt.LayerChart:
    """Arrivals above, departures below, each bar in the middle of the year in which they happened: a stock of 31 December stands at the
    tick of the next year, the movements that led to it do not."""
    seen = seen.assign(day=[pd.Timestamp(day.year, 7, 1) for day in seen["day"]])
    arrivals = seen.assign(count=seen["arrivals"], sens="Arrivées", texte=seen["arrivals_texte"])
    departures = seen.assign(count=-seen["departures"], sens="Départs", texte=seen["departures_texte"])
    long = pd.concat([arrivals, departures], ignore_index=True).dropna(subset=["count"])
    color = alt.Color(
        "sens:N",
        title=None,
        scale=alt.Scale(domain=["Arrivées", "Départs"], range=[palette.ARRIVALS, palette.DEPARTURES]),
        legend=alt.Legend(orient="bottom", direction="horizontal", symbolType="square"),
    )
    axis = alt.Axis(
        # No minus on the axis: departures are counted downwards, they are not negative people.
        labelExpr="format(abs(datum.value), ',d')",
        tickMinStep=1,
        tickCount=4,
        orient="left",
        offset=0,
    )
    y = alt.Y("count:Q", title="Mouvements", scale=alt.Scale(range=[band[1], band[0]]), axis=axis)
    size = max(2.0, min(12.0, 200 / max(len(seen), 1)))
    bars = (
        alt.Chart(long)
        .mark_bar(size=size, orient="vertical", aria=False)
        .encode(
            x=x,
            y=y,
            color=color,
            tooltip=[
                alt.Tooltip("date_texte:N", title="Date"),
                alt.Tooltip("sens:N", title="Sens"),
                alt.Tooltip("texte:N", title="Effectif"),
            ],
        )
    )
    zero = alt.Chart(pd.DataFrame({"count": [0]})).mark_rule(color=palette.GRID, aria=False).encode(y=y)
    return cast(alt.LayerChart, alt.layer(bars, zero))


def _milestone_marks(milestones: pd.DataFrame) -> pd.DataFrame:
    """One row per milestone with its day, row name, number and texts; `label` is empty where a neighbour's
    mark carries it."""
    if milestones.empty:
        columns = ["day", "row", "number", "fact", "value_texte", "producer", "date_texte", "label"]
        return pd.DataFrame(
            {name: pd.Series(dtype="datetime64[ns]" if name == "day" else object) for name in columns}
        )
    ordered = milestones.sort_values("date", kind="stable").reset_index(drop=True)
    out = pd.DataFrame(
        {
            "day": pd.to_datetime(pd.Series([_first_day(str(d)) for d in ordered["date"]], dtype=object)),
            "row": [
                MILESTONE_SERIES.get(str(s), french.sentence(str(s).replace("_", " ")))
                for s in ordered["series"]
            ],
            "number": range(1, len(ordered) + 1),
            "fact": ordered["fact"].astype(str),
            "value_texte": [_milestone_value(row) or "–" for row in ordered.to_dict("records")],
            "producer": ordered["producer"].astype(str),
            "date_texte": [french.period(str(d)) for d in ordered["date"]],
        }
    )
    # Marks of one row that nearly touch share the label of the last one, so that numbers never overprint.
    close = pd.Timedelta(days=400)
    labels = [""] * len(out)
    days, numbers = [pd.Timestamp(day) for day in out["day"]], list(range(1, len(out) + 1))
    for _, group in out.groupby("row", sort=False):
        run: list[int] = []
        indices = [int(i) for i in group.index]
        for position, i in enumerate(indices):
            run.append(numbers[i])
            last = position == len(indices) - 1
            if last or days[indices[position + 1]] - days[i] > close:
                labels[i] = ", ".join(map(str, run))
                run = []
    return out.assign(label=labels)


def _milestone_rows(marks: pd.DataFrame) -> list[str]:
    known = [name for name in MILESTONE_SERIES.values() if name in set(marks["row"])]
    return known + [str(name) for name in dict.fromkeys(marks["row"]) if name not in known]


def _milestone_band(marks: pd.DataFrame, rows: list[str], x: alt.X, band: tuple[int, int]) -> alt.LayerChart:
    axis = alt.Axis(labelLimit=220, domain=False, ticks=False, grid=True, orient="left", offset=0)
    scale = alt.Scale(domain=rows, range=list(band), type="point", padding=0.5)
    base = alt.Chart(marks).encode(x=x, y=alt.Y("row:N", title=None, scale=scale, axis=axis))
    shapes = [_SHAPES[i % len(_SHAPES)] for i in range(len(rows))]
    points = base.mark_point(filled=True, opacity=1, size=110, color=MILESTONE, aria=False).encode(
        shape=alt.Shape("row:N", scale=alt.Scale(domain=rows, range=shapes), legend=None),
        tooltip=[
            alt.Tooltip("date_texte:N", title="Jalon publié"),
            alt.Tooltip("fact:N", title="Fait"),
            alt.Tooltip("value_texte:N", title="Valeur"),
            alt.Tooltip("producer:N", title="Source"),
        ],
    )
    # Above the marks: on a phone two marks stand closer than a number is wide.
    texts = base.mark_text(
        align="center", dy=-14, fontSize=type_size(12), fontWeight="bold", color=palette.INK, aria=False
    ).encode(text="label:N")
    return cast(alt.LayerChart, alt.layer(points, texts))


def _growth_text(seen: pd.DataFrame, hidden: pd.DataFrame, marks: pd.DataFrame, demo: bool) -> str:
    parts = []
    if len(seen):
        first, last = seen.iloc[0], seen.iloc[-1]
        moves = "arrivées et départs pas tous montrés"
        if seen[["arrivals", "departures"]].notna().all(axis=None):
            moves = french.join(
                [
                    french.quantity(float(seen["arrivals"].sum()), "arrivées"),
                    french.quantity(float(seen["departures"].sum()), "départs"),
                ]
            )
        parts.append(
            f"Croissance du réseau de {first['date_texte']} à {last['date_texte']}{NNBSP}: {moves}, "
            f"{last['present_texte']} {french.plural(last['present'], 'présent', 'présents')} "
            f"à la fin."
        )
        top = seen.iloc[int(seen["present"].to_numpy().argmax())]
        parts.append(f"Le plus haut{NNBSP}: {top['present_texte']} ({top['date_texte']}).")
    if len(hidden):
        parts.append(
            f"{french.quantity(len(hidden), 'périodes')} sans effectif montré "
            f"({french.join(sorted(set(hidden['status_texte'])))})."
        )
    if len(marks):
        first_mark, last_mark = marks.iloc[0], marks.iloc[-1]
        parts.append(
            f"{french.quantity(len(marks), 'jalons publiés')}, de {first_mark['date_texte']} "
            f"({first_mark['fact']}) à {last_mark['date_texte']} ({last_mark['fact']})."
        )
    if demo:
        parts.append("Les effectifs sont ceux d’un réseau de démonstration.")
    return " ".join(parts)


def _milestone_value(row: dict[Any, Any]) -> str:
    value = pd.to_numeric(pd.Series([row.get("value")], dtype=object), errors="coerce").iloc[0]
    if pd.isna(value):
        return ""
    unit = row.get("unit")
    number = french.number(float(value), 0 if float(value).is_integer() else 1)
    # The unit is the producer's own wording, kept as it is.
    return f"{number}{NBSP}{unit}" if isinstance(unit, str) and unit else number


# --------------------------------------------------------------------------------------------- small ones


def sparkline(
    values: Sequence[float | None],
    periods: Sequence[str],
    *,
    unit: str = "",
    decimals: int = 0,
    beside: References = (),
) -> tuple[Chart, str]:
    """A figure's own past in one small line, without axes, its last value as a dot. Missing values interrupt
    the line.

    `values` and `periods` have the same length, oldest first, as the values of each level of `beside`, which are
    broken lines with a key. With a break in series, call it once per comparable part.
    """
    frame = pd.DataFrame(
        {
            "period": list(periods),
            "value": pd.to_numeric(pd.Series(list(values), dtype=object), errors="coerce"),
        }
    )
    frame["x"] = range(len(frame))
    seen = frame[frame["value"].notna()].copy()
    if seen.empty:
        return finish(message("Aucune valeur", height=40)), "Évolution : aucune valeur."
    seen["texte"] = [french.quantity(v, unit, decimals) for v in seen["value"]]
    seen["date_texte"] = [french.period(str(p)) for p in seen["period"]]
    tooltip = [alt.Tooltip("date_texte:N", title="Date"), alt.Tooltip("texte:N", title="Valeur")]
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.2, max(len(frame) - 1, 1) + 0.2]))
    y = alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False, padding=6))
    line = alt.Chart(frame).mark_line(color=palette.ACCENT, strokeWidth=2, aria=False).encode(x=x, y=y)
    dots = (
        alt.Chart(seen)
        .mark_point(filled=True, opacity=1, color=palette.ACCENT, size=25, aria=False)
        .encode(x=x, y=y, tooltip=tooltip)
    )
    end = (
        alt.Chart(seen.tail(1))
        .mark_point(filled=True, opacity=1, color=palette.ACCENT, size=90, aria=False)
        .encode(x=x, y=y, tooltip=tooltip)
    )
    compared = _beside(beside, periods, unit, decimals)
    layers = [line, dots, end] if compared.empty else [_broken_lines(compared, beside, x, y), line, dots, end]
    chart = alt.layer(*layers, height=48 if compared.empty else 72, width="container")
    first, last = seen.iloc[0], seen.iloc[-1]
    if len(seen) == 1:
        text = f"{first['texte']} ({first['date_texte']})."
    else:
        start, end_text = (f"{row['texte']} ({row['date_texte']})" for row in (first, last))
        text = f"Évolution{NNBSP}: {start}, puis {end_text}."
    if not compared.empty:
        last_known = compared.drop_duplicates("name", keep="last")
        text += compared_text(
            [f"{row['name']} {row['texte']} ({row['date_texte']})" for _, row in last_known.iterrows()]
        )
    return finish(chart), text


def compared_text(told: Sequence[str], between: str = ", ") -> str:
    """« Pour comparer : Orne (département) 9,1 %, France 8,0 %. » of what is told of each level; empty of nothing."""
    return f" Pour comparer{NNBSP}: {between.join(told)}." if told else ""


def _beside(beside: References, periods: Sequence[str], unit: str, decimals: int) -> pd.DataFrame:
    """What a line is compared with, one row a level and known value."""
    rows = [
        (name, at, value, french.period(str(period)), french.quantity(value, unit, decimals))
        for name, values in beside
        for at, (period, value) in enumerate(zip(periods, values, strict=True))
        if value is not None
    ]
    return pd.DataFrame(rows, columns=["name", "x", "value", "date_texte", "texte"])


def _broken_lines(compared: pd.DataFrame, beside: References, x: alt.X, y: alt.Y) -> alt.LayerChart:
    """Thin and broken, each in its own way; a level known at one date alone is a stroke there."""
    names = [name for name, _ in beside]
    dashes = [[1.5 * each for each in palette.DASHES[i % len(palette.DASHES)]] for i in range(len(names))]
    tooltip = [
        alt.Tooltip("name:N", title="Où"),
        alt.Tooltip("date_texte:N", title="Date"),
        alt.Tooltip("texte:N", title="Valeur"),
    ]
    base = alt.Chart(compared).encode(x=x, y=y)
    lines = base.mark_line(color=palette.REFERENCE, strokeWidth=1.5, aria=False).encode(
        strokeDash=alt.StrokeDash(
            "name:N",
            title=None,
            scale=alt.Scale(domain=names, range=dashes),
            legend=legend(symbolType="stroke", symbolSize=500, symbolStrokeColor=palette.REFERENCE),
        )
    )
    marks = base.mark_point(shape="stroke", size=120, color=palette.REFERENCE, aria=False).encode(
        tooltip=tooltip
    )
    return cast(alt.LayerChart, alt.layer(lines, marks))


def bars(
    frame: pd.DataFrame,
    name: str,
    value: str,
    *,
    unit: str = "",
    decimals: int = 0,
    title: str = "",
    limit: int = 40,
) -> tuple[Chart, str]:
    """Horizontal bars, the longest first, each with its value written at its end. Rows without a value are
    left to the table.

    `name` and `value` are columns of `frame`; beyond `limit` rows only the largest are drawn and the text
    says so.
    """
    seen = frame[[name, value]].rename(columns={name: "name", value: "value"})
    seen = seen[seen["value"].notna()].sort_values("value", ascending=False, kind="stable")
    if seen.empty:
        return finish(
            message("Aucune valeur à montrer")
        ), f"{title or 'Comparaison'}{NNBSP}: aucune valeur à montrer."
    total = len(seen)
    seen = seen.head(limit).assign(
        texte=[french.quantity(v, unit, decimals) for v in seen["value"].head(limit)]
    )
    # The key is the position: two communes may bear one name.
    seen["position"] = range(len(seen))
    names = {i: str(n) for i, n in zip(seen["position"], seen["name"], strict=True)}
    y = alt.Y("position:O", sort=None, title=None, axis=alt.Axis(labels=False, ticks=False, domain=False))
    base = alt.Chart(seen).encode(y=y)
    span = float(seen["value"].max()) - min(0.0, float(seen["value"].min())) or 1.0
    x = alt.X(
        "value:Q",
        axis=None,
        scale=alt.Scale(
            domain=[min(0.0, float(seen["value"].min())), max(0.0, float(seen["value"].max())) + 0.25 * span],
            nice=False,
        ),
    )
    tooltip = [alt.Tooltip("name:N", title="Nom"), alt.Tooltip("texte:N", title="Valeur")]
    drawn = base.mark_bar(color=palette.ACCENT, height=14, yOffset=7, aria=False).encode(x=x, tooltip=tooltip)
    labels = base.mark_text(
        align="left", dx=5, dy=7, fontSize=type_size(12), color=palette.INK, aria=False
    ).encode(x=x, text="texte:N")
    heads = base.mark_text(align="left", dy=-8, fontSize=type_size(12), color=palette.INK, aria=False).encode(
        x=alt.value(0), text="name:N"
    )
    chart = alt.layer(drawn, labels, heads, height=34 * len(seen), width="container")
    best = french.join(
        [f"{names[i]} ({t})" for i, t in zip(seen["position"].head(3), seen["texte"].head(3), strict=True)]
    )
    cut = f" Les {len(seen)} plus fortes sur {total}." if total > len(seen) else ""
    return finish(
        chart
    ), f"{title or 'Comparaison'}{NNBSP}: {best} en tête de {french.quantity(len(seen), 'lignes')}.{cut}"


# --------------------------------------------------------------------------------------------- helpers


def type_size(pixels: int) -> alt.ExprRef:
    """`pixels` on a screen, four more on one as wide as a projector's: a chart keeps its height, so its letters grow by themselves."""
    return alt.ExprRef(expr=f"windowSize()[0] < 1600 ? {pixels} : {pixels + 4}")


def legend(**more: Any) -> alt.Legend:
    """The key of a chart of three things or more, in lines above it: side by side they are cut off on a phone. `more`: as Altair's."""
    return alt.Legend(orient="top", direction="vertical", labelLimit=300, **more)


def finish(chart: Any) -> Chart:
    """French formats, legible type, no outline; applied once, at the top, to the chart itself: each of Altair's `configure_…` would
    copy it with all its layers.
    """
    # Heights are those of the plot, axes come on top; only the width follows the page.
    chart.autosize = alt.AutoSizeParams(type="fit-x", contains="padding")
    chart.config = alt.Config(
        locale={"number": FORMAT_LOCALE, "time": TIME_LOCALE},
        background="transparent",
        axis=alt.AxisConfig(
            labelFontSize=type_size(FONT_SIZE - 1),
            titleFontSize=type_size(FONT_SIZE),
            labelColor=palette.INK,
            titleColor=palette.INK,
            aria=False,
        ),
        legend=alt.LegendConfig(labelFontSize=type_size(FONT_SIZE - 1), labelColor=palette.INK, aria=False),
        title=alt.TitleConfig(color=palette.INK, aria=False),
        view=alt.ViewConfig(stroke=None),
    )
    return cast(Chart, chart)


def message(text: str, height: int = 80) -> alt.Chart:
    frame = pd.DataFrame({"text": [text]})
    return (
        alt.Chart(frame)
        .mark_text(fontSize=type_size(FONT_SIZE), color=palette.INK, aria=False)
        .encode(text="text:N")
        .properties(height=height, width="container")
    )


def _first_day(period: str) -> dt.date:
    """The first day of a year or month, the day itself. Raises TextError for what is no period."""
    french.period(period)
    parts = [int(part) for part in period[:10].split("-")]
    return dt.date(*[*parts, 1, 1][:3])
