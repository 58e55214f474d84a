"""The two drawings of the broadband page, each with the sentence that describes it: what each commune is best served by, and two editions
that do not continue each other. Both and the verdicts are computed once a revision (`read`).
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from analysis import french, palette
from analysis.answers import Answer
from analysis.french import NBSP, NNBSP
from analysis.levels import References
from analysis.telework import TECHNOLOGIES
from ui.charts import Chart, compared_text, finish, message, type_size

COLORS = dict(
    zip(
        TECHNOLOGIES,
        (palette.FIBRE, palette.COPPER, palette.FIXED_4G, palette.OTHER_TECHNOLOGY),
        strict=True,
    )
)


def counts_text(row: pd.Series) -> str:
    """« fibre 280, cuivre 10, 4G fixe 64, sur 354 »: the technologies that serve somebody, in their order, short enough for a phone."""
    names = ("fibre", "cuivre", "4G fixe", "autre")
    parts = [
        f"{name} {french.number(row[id_])}"
        for id_, name in zip(TECHNOLOGIES, names, strict=True)
        if row[id_] > 0
    ]
    return ", ".join([*parts, f"sur {french.number(row['premises'])}"])


def technology_chart(frame: pd.DataFrame, beside: References = ()) -> tuple[Chart, str]:
    """One bar of 100 % a commune, in the order of `frame` (that of `best_technologies`), its four parts adding up to its premises; then one
    a level of `beside` (its shares in the order of `TECHNOLOGIES`).

    Communes whose parts do not make the whole are left to the table: stacked, they would lie.
    """
    seen = frame[frame["adds_up"] & (frame["premises"] > 0)].reset_index(drop=True)
    if seen.empty:
        return finish(
            message("Aucune commune à montrer")
        ), f"Meilleures technologies{NNBSP}: aucune commune à montrer."
    seen["position"] = range(len(seen))
    seen["head"] = [f"{row['name']}{NNBSP}: {counts_text(row)}" for _, row in seen.iterrows()]
    long = seen.melt(["position", "name", "premises"], list(TECHNOLOGIES), "technology", "count")
    long = long[long["count"] > 0]
    long["share"] = 100 * long["count"] / long["premises"]
    long["label"] = long["technology"].map(TECHNOLOGIES)
    long["order"] = long["technology"].map({id_: i for i, id_ in enumerate(TECHNOLOGIES)})
    long["texte"] = [
        f"{french.number(n)} sur {french.quantity(d, 'locaux')} ({french.percent(s)})"
        for n, d, s in zip(long["count"], long["premises"], long["share"], strict=True)
    ]
    long, heads = _with_levels(long, seen, beside)
    present = [id_ for id_ in TECHNOLOGIES if (long["technology"] == id_).any()]
    y = alt.Y("position:O", sort=None, title=None, axis=None)
    bars = (
        alt.Chart(long)
        .mark_bar(height=14, yOffset=7, stroke=palette.PAPER, strokeWidth=1, aria=False)
        .encode(
            y=y,
            x=alt.X(
                "share:Q",
                stack="zero",
                title="Part des locaux (%)",
                scale=alt.Scale(domain=[0, 100], nice=False),
                axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
            ),
            color=alt.Color(
                "label:N",
                title=None,
                scale=alt.Scale(
                    domain=[TECHNOLOGIES[id_] for id_ in present], range=[COLORS[id_] for id_ in present]
                ),
                legend=alt.Legend(
                    orient="top", direction="horizontal", symbolType="square", labelLimit=260, columns=3
                ),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("name:N", title="Où"),
                alt.Tooltip("label:N", title="Technologie"),
                alt.Tooltip("texte:N", title="Locaux"),
            ],
        )
    )
    named = (
        alt.Chart(heads)
        .mark_text(align="left", dy=-8, fontSize=type_size(12), color=palette.INK, aria=False)
        .encode(y=y, x=alt.value(0), text="head:N")
    )
    drawn = alt.layer(bars, named, height=36 * len(heads), width="container")
    first, last = seen.iloc[0], seen.iloc[-1]
    text = (
        f"Meilleures technologies de {french.quantity(len(seen), 'communes')}, par part de la fibre décroissante{NNBSP}: d'abord "
        f"{first['head']}{NNBSP}; en dernier {last['head']}."
    )
    return finish(drawn), text + compared_text(heads["head"].iloc[len(seen) :].tolist(), f"{NNBSP}; ")


def _with_levels(
    long: pd.DataFrame, seen: pd.DataFrame, beside: References
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The parts of the bars and the lines above them, with those of the levels after the communes."""
    parts, heads = [], []
    for at, (head, shares) in enumerate(beside, start=len(seen)):
        for order, (id_, share) in enumerate(zip(TECHNOLOGIES, shares, strict=True)):
            if share:
                parts.append((at, head, id_, share, TECHNOLOGIES[id_], order, french.percent(share)))
        heads.append((at, f"{head}{NNBSP}: fibre {french.percent(shares[0] or 0.0)}"))
    columns = ["position", "name", "technology", "share", "label", "order", "texte"]
    return (
        pd.concat([long, pd.DataFrame(parts, columns=columns)], ignore_index=True) if parts else long,
        pd.concat(
            [seen[["position", "head"]], pd.DataFrame(heads, columns=["position", "head"])], ignore_index=True
        ),
    )


def evolution_chart(before: Answer, after: Answer, beside: References = ()) -> tuple[Chart, str]:
    """Each commune's share in two editions as two columns of marks, parted by a rule: no line joins what cannot be compared. Then those of
    each level of `beside` (a value an edition).
    """
    rows = []
    order = {
        name: i for i, name in enumerate(sorted(before.cells["name"], key=lambda n: _rank(before, str(n))))
    }
    for answer, column in ((before, "avant"), (after, "après")):
        for row in answer.observed.itertuples():
            rows.append(
                {
                    "name": row.name,
                    "position": order[str(row.name)],
                    "value": row.value,
                    "edition": answer.vintage.label,
                    "column": column,
                    "texte": answer.text(float(row.value)),
                }
            )
    for head, values in beside if rows else ():
        order[head] = len(order)
        rows += [
            {
                "name": head,
                "position": order[head],
                "value": value,
                "edition": answer.vintage.label,
                "column": column,
                "texte": answer.text(value),
            }
            for answer, column, value in zip((before, after), ("avant", "après"), values, strict=True)
            if value is not None
        ]
    if not rows:
        return finish(message("Aucune valeur à montrer")), f"Éligibilité à 30 Mbit/s{NNBSP}: aucune valeur."
    frame = pd.DataFrame(rows).sort_values("position", kind="stable")  # Vega takes the order of appearance
    labels = [before.vintage.label, after.vintage.label]
    names = {position: name for name, position in order.items()}
    heads = pd.DataFrame({"position": list(names), "name": list(names.values())})
    y = alt.Y("position:O", sort=None, title=None, axis=None)
    tooltip = [
        alt.Tooltip("name:N", title="Où"),
        alt.Tooltip("edition:N", title="Édition"),
        alt.Tooltip("texte:N", title="Part éligible"),
    ]
    marks = (
        alt.Chart(frame)
        .mark_point(size=110, filled=True, opacity=1, yOffset=7, aria=False)
        .encode(
            y=y,
            x=alt.X(
                "value:Q",
                title="Part des locaux éligibles à 30 Mbit/s (%)",
                scale=alt.Scale(domain=[0, 100], nice=False, padding=8),
                axis=alt.Axis(values=[0, 25, 50, 75, 100]),
            ),
            shape=alt.Shape(
                "edition:N",
                title=None,
                scale=alt.Scale(domain=labels, range=["diamond", "circle"]),
                legend=alt.Legend(orient="top", direction="horizontal", labelLimit=260),
            ),
            color=alt.Color(
                "edition:N",
                title=None,
                scale=alt.Scale(domain=labels, range=[palette.EARLIER, palette.LATER]),
            ),
            tooltip=tooltip,
        )
    )
    named = (
        alt.Chart(heads)
        .mark_text(align="left", dy=-9, fontSize=type_size(12), color=palette.INK, aria=False)
        .encode(y=y, x=alt.value(0), text="name:N")
    )
    # A guide for the eye from the name to its marks, pale as the grid: no line joins what cannot be compared.
    guides = (
        alt.Chart(heads)
        .mark_rule(color=palette.RULE, yOffset=7, y2Offset=7, aria=False)
        .encode(y=y, x=alt.value(0), x2=alt.value("width"))
    )
    drawn = alt.layer(guides, marks, named, height=34 * len(order), width="container")
    text = (
        f"Part des locaux éligibles à 30 Mbit/s par commune, deux éditions sans lien entre elles{NNBSP}: losanges pour {labels[0]}, "
        f"ronds pour {labels[1]}. Les valeurs sont dans le tableau.".replace(NBSP, " ")
    )
    return finish(drawn), text


def _rank(answer: Answer, name: str) -> tuple[float, str]:
    value = answer.cells.loc[answer.cells["name"] == name, "value"].iloc[0]
    return (-float(value) if pd.notna(value) else 1.0, french.sort_key(name))
