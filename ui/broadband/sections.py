"""The sections of the broadband page, one question each."""

import pandas as pd
import streamlit as st

from analysis import french, palette
from analysis.answers import Answer
from analysis.council_broadband import CARTEFIBRE, closure_table, evolution_table
from analysis.french import NNBSP
from analysis.model import Audience, Source, Status
from analysis.telework import (
    LEVELS,
    TECHNOLOGIES,
    Verdict,
    closure_sentence,
    evolution_sentence,
    rule_text,
    verdict_sentence,
)
from ui import charts, frame, loading, tables
from ui.broadband.answers import Broadband
from ui.filters import Filters
from ui.legend import Legend, LegendClass, show_legend
from ui.map import MapSpec, show_map
from ui.markdown import literal
from ui.provenance import copper_source
from ui.tables import Column

VERDICTS = [
    Column("name", "Commune"),
    Column("level", "Verdict"),
    Column("reason", "Raison"),
    Column("worst", "Pire cas"),
]


BEST = [
    Column("name", "Commune"),
    *[Column(id_, label, numeric=True) for id_, label in TECHNOLOGIES.items()],
    Column("premises", "Locaux", numeric=True),
    Column("share", "Part de la fibre", numeric=True),
]


def cited(*texts: str, source: Source, label: str, unit: str) -> None:
    """Source, vintage, unit, then what must be known."""
    words = [
        f"Source{NNBSP}: {source.citation}.",
        f"Millésime{NNBSP}: {label}.",
        f"Unité{NNBSP}: {unit}.",
    ]
    frame.note(" ".join([*words, *(text for text in texts if text)]))


def telework(desk: loading.Desk, filters: Filters, found: tuple[Verdict, ...], fibre: Answer) -> None:
    """The verdict of each commune: sentence, map, one commune in words, table."""
    territory = loading.territory()
    st.subheader(french.spaced("Le débit permet-il d'y télétravailler ?"), anchor="teletravail")
    frame.sentence(verdict_sentence(found))
    if fibre.to_import:
        frame.note(f"{fibre.to_import}.")
    frame.note(rule_text(territory.telework))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        verdict_map(desk, filters, found, fibre)
    with right:
        codes = ["", *sorted(desk.names, key=lambda code: french.sort_key(desk.names[code]))]
        st.selectbox(
            "Commune",
            codes,
            format_func=lambda c: desk.names[c] if c else "Choisir, ou cliquer sur la carte",
            **filters.widget("commune"),
        )
        if chosen := next((v for v in found if v.commune == filters["commune"]), None):
            show_verdict(chosen)
    with st.expander("Les verdicts en tableau", icon=":material/table:"):
        order = [None, *LEVELS]
        ordered = sorted(found, key=lambda v: (-order.index(v.level), french.sort_key(v.name)))
        rows = pd.DataFrame(
            [(v.name, v.level or french.status_text(v.status), v.reason, v.worst_case) for v in ordered],
            columns=[column.key for column in VERDICTS],
        )
        tables.show_table(rows, VERDICTS, caption=f"Verdict pour télétravailler, {fibre.vintage.label}")
    frame.source_note(fibre, loading.catalogue().source(fibre.indicator), desk)


def show_verdict(verdict: Verdict) -> None:
    """One commune's verdict in words."""
    frame.sentence(
        f"{verdict.name}{NNBSP}: {verdict.level}." if verdict.level else f"{verdict.name}{NNBSP}: pas de verdict."
    )  # fmt: skip
    frame.note(f"{french.sentence(verdict.reason)}.")
    if verdict.worst_case:
        frame.note(f"Pire cas{NNBSP}: {verdict.worst_case}.")


def verdict_map(desk: loading.Desk, filters: Filters, found: tuple[Verdict, ...], fibre: Answer) -> None:
    """The verdicts on a small map, the word written in each commune."""
    shades = palette.VERDICTS
    unknown = [v.status for v in found if v.level is None]
    legend = Legend(
        title="Verdict pour télétravailler",
        classes=tuple(
            LegendClass(shade, level.value, sum(v.level is level for v in found))
            for shade, level in zip(shades, LEVELS, strict=True)
        ),
        suppressed=unknown.count(Status.SUPPRESSED) or None,
        missing=unknown.count(Status.MISSING) or None,
        absent=unknown.count(Status.NOT_IMPORTED) or None,
    )
    source = loading.catalogue().source(fibre.indicator)
    noted = Legend(**{**legend.__dict__, "note": f"{frame.source_line(fibre, source, desk)}."})
    show_map(
        MapSpec(
            geometry=loading.geometry(),
            classes={v.commune: LEVELS.index(v.level) if v.level else v.status for v in found},
            colors=shades,
            tooltips={v.commune: tooltip(v) for v in found},
            names=desk.names,
            labels={v.commune: v.level.value for v in found if v.level},
            outlines=loading.group_outlines(),
            selected=filters["commune"] or None,
            legend=noted,
            attribution=loading.contour_source(),
        ),
        key="haut-debit:map",
        height=420,
        title=f"Verdict pour télétravailler, {fibre.vintage.label}",
        on_click=lambda code: filters.set("commune", code),
    )
    show_legend(legend)


def tooltip(verdict: Verdict) -> str:
    """« fragile — 64 locaux sur 354 n'ont que la 4G fixe »."""
    return f"{verdict.level} — {verdict.worst_case}" if verdict.level else verdict.reason


def technologies(known: Broadband) -> None:
    """The four best technologies, which add up to the premises: the only ones that may be stacked."""
    best, fibre = known.best, known.fibre
    st.subheader(french.spaced("Quelle est la meilleure technologie de chaque local ?"), anchor="technologies")  # fmt: skip
    frame.sentence(fibre.sentence)
    charts.show_chart(known.technologies, key="haut-debit:technologies")
    apart = best[(best["status"] == Status.OBSERVED) & ~best["adds_up"]]
    if len(apart):
        frame.note(
            f"Laissées au tableau, parce que les quatre nombres ne font pas le total des locaux{NNBSP}: {french.join(apart['name'])}."
        )
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        tables.show_table(
            best_rows(best),
            BEST,
            caption=f"Locaux par meilleure technologie, {fibre.vintage.label}",
            foot=best_total(best),
        )
        for table in known.around_technologies:
            tables.show_slide_table(table)
    frame.note(
        "Chaque local est compté une fois, à sa meilleure technologie : les quatre nombres s'additionnent."
    )
    cited(
        loading.catalogue().source(fibre.indicator).caveat,
        source=loading.catalogue().source(fibre.indicator),
        label=fibre.vintage.label,
        unit="locaux",
    )


def best_rows(best: pd.DataFrame) -> pd.DataFrame:
    """The technologies as text."""
    numbers = ["premises", *TECHNOLOGIES]
    rows = pd.DataFrame({"name": best["name"]})
    statuses = [Status(s) for s in best["status"]]
    for name in numbers:
        rows[name] = [
            french.number(v) if pd.notna(v) else french.status_text(s)
            for v, s in zip(best[name], statuses, strict=True)
        ]
    rows["share"] = [
        french.percent(100 * f / p) if s is Status.OBSERVED and p else french.status_text(s)
        for f, p, s in zip(best["best_ftth"], best["premises"], statuses, strict=True)
    ]
    return rows


def best_total(best: pd.DataFrame) -> list[str]:
    """The territory's row; dashes where a commune is unknown, since a sum would be too small."""
    name = loading.territory().name
    if (best["status"] != Status.OBSERVED).any():
        return [name, *["–"] * (len(TECHNOLOGIES) + 2)]
    sums = best[["premises", *TECHNOLOGIES]].sum()
    share = french.percent(100 * sums["best_ftth"] / sums["premises"]) if sums["premises"] else "–"
    return [
        name,
        *[french.number(sums[id_]) for id_ in TECHNOLOGIES],
        french.number(sums["premises"]),
        share,
    ]


def evolution(known: Broadband) -> None:
    """2019 and 2026 side by side, the break in the series said before anything else."""
    before, after, indicator = known.before, known.after, known.after.indicator
    st.subheader(f"Qu'est-ce qui a changé depuis {before.vintage.period[:4]}{NNBSP}?", anchor="evolution")
    frame.sentence(evolution_sentence(before, after))
    if after.vintage.break_note:
        st.warning(literal(after.vintage.break_note), icon=":material/link_off:")
    charts.show_chart(known.evolution, key="haut-debit:evolution")
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        for table in (evolution_table(before, after, loading.territory().name), *known.around_evolution):
            tables.show_slide_table(table)
    catalogue = loading.catalogue()
    for answer in (before, after):
        reason = f"Pas de chiffre du territoire{NNBSP}: {answer.total.reason}." if answer.total.reason else ""
        source = catalogue.source(indicator, answer.vintage.period)
        cited(source.caveat, reason, source=source, label=answer.vintage.label, unit=indicator.unit)


def copper(desk: loading.Desk, known: dict[str, str | None]) -> None:
    """When the copper network closes: a date, or none yet. A text, never a number."""
    st.subheader(f"Quand le cuivre ferme-t-il{NNBSP}?", anchor="cuivre")
    frame.sentence(closure_sentence(known, desk.names))
    with st.expander("Les dates en tableau", icon=":material/table:"):
        tables.show_slide_table(closure_table(known, desk.names))
    frame.note(f"Source{NNBSP}: {copper_source(desk)}")


def cartefibre(desk: loading.Desk) -> None:
    """Cartefibre counts its own premises: its share stands apart and is never set beside the other one."""
    answer = loading.answer("connectable_share", None, Audience.PUBLIC)
    source = loading.catalogue().source(answer.indicator)
    st.subheader(f"Combien de locaux sont raccordables, selon Cartefibre{NNBSP}?", anchor="cartefibre")
    frame.sentence(answer.sentence)
    frame.note(f"{answer.indicator.caveat} {CARTEFIBRE}")
    with st.expander("Les chiffres de Cartefibre en tableau", icon=":material/table:"):
        tables.value_table(
            answer,
            source=source.citation,
            key="haut-debit:cartefibre",
            territory=loading.territory().name,
        )
    cited(source.caveat, source=source, label=answer.vintage.label, unit=answer.indicator.unit)
