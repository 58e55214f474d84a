"""The pictures of the housing page. As in `ui.charts`, each comes with the sentence that describes it, and a table stands beside."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from analysis import french, palette
from analysis.answers import Answer
from analysis.french import NNBSP
from analysis.housing import FEW_SALES
from analysis.levels import References
from analysis.portrait import cells
from ui.charts import Chart, compared_text, finish, legend, message, type_size

_ROW = 22


def stock_chart(parts: Sequence[tuple[str, Answer]], beside: References = ()) -> tuple[Chart, str]:
    """What each commune's stock is made of, in %: one bar a commune, the largest vacancy on top, then one a level of `beside` (shares in
    the order of `parts`).

    `parts`: (French name, answer of a rate in %), drawn from left to right in the colours main, second, vacant; the last one sorts.
    """
    series = [(name, cells(found), found) for name, found in parts]
    codes = [c for c, one in series[-1][1].items() if one.value is not None]
    codes.sort(key=lambda c: -(series[-1][1][c].value or 0.0))
    names = dict(zip(parts[0][1].cells["commune"], parts[0][1].cells["name"], strict=True))
    rows = [
        (names[c], name, one[c].value, order, f"{one[c].text} ({one[c].detail})")
        for c in codes
        for order, (name, one, _) in enumerate(series)
        if one[c].value is not None
    ]
    if not rows:
        return finish(message("Aucun logement à montrer")), "Composition du parc : aucune donnée."
    rows += [
        (head, name, value, order, found.text(value))
        for head, values in beside
        for order, ((name, _, found), value) in enumerate(zip(series, values, strict=True))
    ]
    table = pd.DataFrame(rows, columns=["name", "part", "value", "order", "text"])
    labels = [name for name, _ in parts]
    chart = (
        alt.Chart(table)
        .mark_bar(stroke=palette.GRID, strokeWidth=0.8, aria=False)
        .encode(
            y=alt.Y(
                "name:N",
                sort=[*(names[c] for c in codes), *(head for head, _ in beside)],
                title=None,
                axis=alt.Axis(labelLimit=220, labelOverlap=False),
            ),
            x=alt.X(
                "value:Q",
                stack="zero",
                title="Part des logements (%)",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(format=",d"),
            ),
            color=alt.Color(
                "part:N",
                title=None,
                scale=alt.Scale(
                    domain=labels, range=[palette.MAIN_DWELLINGS, palette.SECOND_DWELLINGS, palette.VACANT]
                ),
                legend=legend(symbolType="square", symbolStrokeWidth=0.8, symbolSize=140),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("name:N", title="Où"),
                alt.Tooltip("part:N", title="Logements"),
                alt.Tooltip("text:N", title="Part"),
            ],
        )
        .properties(height=_ROW * (len(codes) + len(beside)), width="container")
    )
    top = series[-1][1][codes[0]]
    text = (
        f"Composition du parc de {french.quantity(len(codes), 'communes')}{NNBSP}; la part vacante est la plus forte "
        f"{french.at_place(names[codes[0]])} ({top.text})."
    ) + _compared(beside, series[-1][2])
    return finish(chart), text


def _compared(beside: References, found: Answer) -> str:
    """The last value of each level, as `found` writes it."""
    known = [(head, next((v for v in reversed(values) if v is not None), None)) for head, values in beside]
    return compared_text([f"{head} {found.text(value)}" for head, value in known if value is not None])


def two_counts_chart(pairs: pd.DataFrame) -> tuple[Chart, str]:
    """Two counts of vacant dwellings side by side in the communes that have both (`analysis.housing.known_pairs`)."""
    if pairs.empty:
        return finish(
            message("Aucune commune où les deux sont publiés")
        ), "Recensement et LOVAC : aucune commune en commun."
    long = pairs.melt("name", ["first", "second"], "which", "value")
    long["which"] = long["which"].map({"first": "Recensement", "second": "LOVAC (parc privé)"})
    long["text"] = [french.quantity(v, "logements vacants") for v in long["value"]]
    y = alt.Y(
        "name:N",
        sort=list(pairs["name"]),
        title=None,
        axis=alt.Axis(labelLimit=220, labelOverlap=False, grid=True),
    )
    x = alt.X("value:Q", title="Logements vacants", scale=alt.Scale(zero=True), axis=alt.Axis(format=",d"))
    line = alt.Chart(pairs).mark_rule(color=palette.GRID, strokeWidth=2, aria=False)
    dots = alt.Chart(long).mark_point(filled=True, opacity=1, size=110, aria=False)
    which = ["Recensement", "LOVAC (parc privé)"]
    key = legend()
    chart = alt.layer(
        line.encode(y=y, x=alt.X("first:Q", title="Logements vacants"), x2="second:Q"),
        dots.encode(
            y=y,
            x=x,
            color=alt.Color(
                "which:N",
                title=None,
                scale=alt.Scale(domain=which, range=[palette.VACANT, palette.VACANT_PRIVATE]),
                legend=key,
            ),
            shape=alt.Shape(
                "which:N",
                title=None,
                scale=alt.Scale(domain=which, range=["circle", "square"]),
                legend=key,
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Commune"),
                alt.Tooltip("which:N", title="Source"),
                alt.Tooltip("text:N", title="Nombre"),
            ],
        ),
        height=_ROW * len(pairs),
        width="container",
    )
    more = int((pairs["first"] > pairs["second"]).sum())
    text = (
        f"Logements vacants selon les deux sources dans {french.quantity(len(pairs), 'communes')}{NNBSP}: le recensement en compte plus "
        f"que LOVAC dans {french.number(more)}."
    )
    return finish(chart), text


def sales_chart(years: Sequence[Answer]) -> tuple[Chart, str]:
    """Sales by year in the whole territory, the number written on each bar (« au moins » where part is not published)."""
    rows = [
        (
            a.vintage.label,
            a.total.value,
            f"{'≥ ' if a.total.at_least else ''}{french.number(a.total.value)}",
            a.total_text(),
        )
        for a in years
        if a.total.value is not None
    ]
    if not rows:
        return finish(message("Aucune vente publiée")), "Ventes par an : aucune donnée."
    table = pd.DataFrame(rows, columns=["year", "value", "label", "text"])
    base = alt.Chart(table).encode(
        x=alt.X("year:N", title=None, sort=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title="Ventes de maisons", axis=alt.Axis(format=",d", tickCount=5)),
    )
    tooltip = [alt.Tooltip("year:N", title="Année"), alt.Tooltip("text:N", title="Ventes")]
    chart = alt.layer(
        base.mark_bar(color=palette.ACCENT, size=48, aria=False).encode(tooltip=tooltip),
        base.mark_text(
            dy=-8, fontSize=type_size(14), fontWeight="bold", color=palette.INK, aria=False
        ).encode(text="label:N"),
        height=220,
        width="container",
    )
    text = french.join(f"{row[3]} en {row[0]}" for row in rows)
    return finish(chart), f"Ventes de maisons par an{NNBSP}: {text}."


_PRICE_ROW = 84
_LEVELS = (-13, 15, -26, 28)
"""Pixels of a year, and where the name of a dot may stand beside it: near above, near below, far above, far below."""
_CHART_WIDTH, _LETTER = 700.0, 6.2
"""What names are placed for, in pixels: a narrow laptop's chart, and a letter of the names."""


def label_levels(table: pd.DataFrame) -> list[int]:
    """Where the name of each dot stands (an index of `_LEVELS`), so that names of a year do not cover each other.

    `table`: `year`, `price` and `name`, sorted by year and price. Each name takes the first level where the one before it has ended; with
    none free, the one that ends first.
    """
    low, high = float(table["price"].min()), float(table["price"].max())
    scale = _CHART_WIDTH / max(high - low, 1.0)
    found: list[int] = []
    ends: dict[str, list[float]] = {}
    for row in table.itertuples():
        taken = ends.setdefault(str(row.year), [-1e9] * len(_LEVELS))
        middle, half = (float(row.price) - low) * scale, len(str(row.name)) * _LETTER / 2  # type: ignore[arg-type]
        free = [level for level, end in enumerate(taken) if end <= middle - half]
        level = free[0] if free else taken.index(min(taken))
        taken[level] = middle + half
        found.append(level)
    return found


_SIGNS = ("triangle-up", "square", "cross", "stroke")
"""The signs of levels among the dots of communes."""


def price_chart(
    points: pd.DataFrame, years: Sequence[Answer] = (), beside: References = ()
) -> tuple[Chart, str]:
    """Every published median by year (`analysis.housing.price_points`); hollow where few sales stand behind, and the medians of what
    surrounds the territory in the `years` (of `beside`). No line: there is no median of the territory."""
    if points.empty:
        return finish(message("Aucune médiane publiée")), "Prix médians : aucune médiane publiée."
    labels = [f"{FEW_SALES} ventes ou plus", f"5 à {FEW_SALES - 1} ventes"]
    table = points.assign(kind=[labels[1] if few else labels[0] for few in points["few"]])
    table = table.sort_values(["year", "price"], ignore_index=True)
    table["level"] = label_levels(table)
    around = _levels_of_prices(set(table["year"]), years, beside)
    heads = list(dict.fromkeys(around["kind"]))
    key, domain = legend(symbolOpacity=1), [*labels, *heads]

    def looks(*values: str) -> alt.Scale:
        """One scale and one key for dots and signs, whatever of their looks it is about."""
        return alt.Scale(domain=domain, range=list(values))

    dots = (
        alt.Chart(pd.concat([table, around], ignore_index=True) if heads else table)
        .mark_point(size=90, strokeWidth=2, opacity=1, aria=False)
        .encode(
            x=alt.X(
                "price:Q",
                title="Prix médian (€/m²)",
                scale=alt.Scale(zero=False, padding=12),
                axis=alt.Axis(format=",d"),
            ),
            y=alt.Y("year:N", title=None, sort=None, axis=alt.Axis(grid=True)),
            fill=alt.Fill(
                "kind:N",
                title=None,
                scale=looks(palette.ACCENT, palette.PAPER, *(palette.INK for _ in heads)),
                legend=key,
            ),
            stroke=alt.Stroke(
                "kind:N",
                title=None,
                scale=looks(palette.ACCENT, palette.ACCENT, *(palette.INK for _ in heads)),
                legend=key,
            ),
            shape=alt.Shape(
                "kind:N", title=None, scale=looks("circle", "diamond", *_SIGNS[: len(heads)]), legend=key
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Où"),
                alt.Tooltip("year:N", title="Année"),
                alt.Tooltip("text:N", title="Prix médian"),
            ],
        )
    )
    names = [
        alt.Chart(table[table["level"] == level])
        .mark_text(dy=dy, fontSize=11, color=palette.TEXT, aria=False)
        .encode(x="price:Q", y=alt.Y("year:N", sort=None), text="name:N")
        for level, dy in enumerate(_LEVELS)
    ]
    chart = alt.layer(dots, *names, height=_PRICE_ROW * table["year"].nunique() + 10, width="container")
    low, high = (french.number(float(v)) for v in (table["price"].min(), table["price"].max()))
    said = _compared(beside, years[-1]) if years else ""
    return (
        finish(chart),
        f"{french.quantity(len(table), 'médianes')} publiées, de {low} à {high}{french.NBSP}€/m², en {table['year'].nunique()} ans.{said}",
    )


def _levels_of_prices(drawn: set[str], years: Sequence[Answer], beside: References) -> pd.DataFrame:
    """The medians of levels in the years that are drawn, as rows among the dots."""
    rows = [
        (head, head, found.vintage.label, value, found.text(value))
        for head, values in beside
        for found, value in zip(years, values, strict=True)
        if value is not None and found.vintage.label in drawn
    ]
    return pd.DataFrame(rows, columns=["name", "kind", "year", "price", "text"])
