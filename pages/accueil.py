"""The home page: what this is, six key figures with their own past, how the network grows, a small map, what to do today, my commune."""

import html

import pandas as pd
import streamlit as st

from analysis import french, view
from analysis.answers import Answer, many
from analysis.model import Audience, Status
from ui import access, charts, choropleth, frame, loading, memory, panels, tables
from ui.filters import Filters
from ui.map import MapSpec, show_map
from ui.tables import Column

GROWTH = [
    Column("date", "Date"),
    Column("present", "Présents", numeric=True),
    Column("arrivals", "Arrivées dans l'année", numeric=True),
    Column("departures", "Départs dans l'année", numeric=True),
]
MILESTONES = [
    Column("numero", "N°"),
    Column("date", "Date"),
    Column("fait", "Fait publié"),
    Column("valeur", "Valeur"),
    Column("source", "Source", link="url"),
]
KEY_FIGURES = ("members", "applications", "vacancy_rate", "ftth_share", "population_rp", "house_sales")


def key_figure(desk: loading.Desk, indicator: str, audience: Audience) -> None:
    """One figure: its value, what it is a share of, its date, its past, its source."""
    entry = desk.indicators[indicator]
    past = [loading.answer(indicator, period, audience) for period in entry.periods]
    last = past[-1]
    source = loading.catalogue().source(entry)
    with st.container(border=True, height="stretch"):
        value = last.total_text() or french.status_text(last.total.status)
        share = ""
        if last.total.denominator and entry.kind == "ratio":
            share = f"{french.number(last.total.numerator or 0)} sur {french.quantity(last.total.denominator, many(entry.noun))}"
        st.html(
            f"<p class='zv-label'>{html.escape(entry.short)}</p><p class='zv-figure'>{html.escape(value)}</p>"
            f"<p class='zv-past'>{html.escape(' · '.join(t for t in (share, last.vintage.label) if t))}</p>"
        )
        known = [a for a in past if a.total.value is not None]
        if len(known) > 1:
            charts.show(
                charts.sparkline(
                    [a.total.value for a in past], entry.periods, unit=entry.unit, decimals=entry.decimals
                ),
                key=f"accueil:{indicator}",
            )
            frame.note(past_text(known))
        else:
            frame.note("Un seul millésime dans la base : pas encore de comparaison dans le temps.")
        frame.note(f"{frame.source_line(last, source, desk)}.")


def past_text(known: list[Answer]) -> str:
    """« 6 475 habitants en RP 2016, 6 245 en RP 2022 »: the first and the last known totals."""
    first, last = known[0], known[-1]
    return f"{first.vintage.label}{french.NNBSP}: {first.total_text()} → {last.vintage.label}{french.NNBSP}: {last.total_text()}"


def growth(desk: loading.Desk, audience: Audience) -> None:
    """The network year by year, the published milestones apart, and the same as tables."""
    st.subheader("Croissance du réseau", anchor=False)
    frame_ = desk.growth(audience)
    milestones = loading.milestones()
    chart, text = charts.growth_chart(frame_, milestones, demo=desk.network.is_demo)
    frame.sentence(growth_sentence(frame_))
    charts.show((chart, text), key="accueil:growth")
    mark = f" — {frame.DEMO}" if desk.network.is_demo else ""
    frame.note(
        f"Sources{french.NNBSP}: registre du réseau{mark} pour les présents, arrivées et départs ; jalons publiés, chacun avec sa source "
        "ci-dessous. Les jalons comptent d'autres ensembles (dossiers, membres en ligne) : ils ne s'additionnent pas aux membres."
    )
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        tables.show_table(growth_rows(frame_), GROWTH, caption=f"Membres du réseau par année{mark}")
        tables.show_table(
            charts.milestone_table(milestones),
            MILESTONES,
            caption="Jalons publiés, numérotés comme sur le graphique",
        )


def growth_sentence(frame_: pd.DataFrame) -> str:
    """How many are there now, and how it came."""
    seen = frame_[frame_["status"] == Status.OBSERVED.value]
    if seen.empty:
        return "Le réseau n'a pas encore d'effectif qui puisse être montré."
    last = seen.iloc[-1]
    head = f"{french.quantity(last['present'], 'membres présents')} au {french.date(last['period'])}"
    if (frame_["flow_status"] != Status.OBSERVED.value).any():
        return f"{head}{french.NNBSP}; les arrivées et les départs sont trop peu nombreux pour être montrés chaque année."
    moves = frame_[["arrivals", "departures"]].sum()
    return (
        f"{head}{french.NNBSP}; {french.quantity(moves['arrivals'], 'arrivées')} et "
        f"{french.quantity(moves['departures'], 'départs')} depuis {frame_.iloc[0]['period'][:4]}."
    )


def growth_rows(frame_: pd.DataFrame) -> pd.DataFrame:
    """The growth as text, suppressed cells in words."""

    rows = [
        [
            french.date(row.period),
            french.cell(row.present, Status(row.status)),
            french.cell(row.arrivals, Status(row.flow_status)),
            french.cell(row.departures, Status(row.flow_status)),
        ]
        for row in frame_.itertuples()
    ]
    return pd.DataFrame(rows, columns=["date", "present", "arrivals", "departures"])


def small_map(desk: loading.Desk, audience: Audience) -> None:
    """Members on the vacancy map, small, with the way to the large one."""
    st.subheader("Le territoire", anchor=False)
    answer = loading.answer("vacancy_rate", None, audience)
    drawing = choropleth.choropleth(answer, {answer.vintage.period: answer}, "quantiles", 4)
    circles, largest = panels.member_circles(desk, desk.today.isoformat(), audience)
    legend = drawing.legend()
    source = loading.catalogue().source(answer.indicator)
    show_map(
        MapSpec(
            geometry=loading.geometry(), classes=drawing.by_code, colors=drawing.colors, tooltips=drawing.texts, names=desk.names,
            circles=circles, circle_max=largest or None, outlines=loading.group_outlines(), legend=legend,
            attribution=loading.contour_source(),
        ),
        key="accueil:map", height=380, title="Logements vacants et membres présents",
    )  # fmt: skip
    frame.note(f"{answer.sentence} {frame.source_line(answer, source, desk)}. Cercles : membres présents.")
    st.page_link("pages/carte.py", label="Ouvrir la carte et son tableau", icon=":material/map:")


def my_commune(desk: loading.Desk, filters: Filters, audience: Audience) -> None:
    """One commune's main figures; the choice is remembered on this device."""
    st.subheader("Ma commune", anchor=False)
    panels.commune_panel(desk, filters, audience)
    memory.remember(filters["commune"])


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    audience = access.current_actor().audience
    filters = Filters("accueil", [view.Parameter("commune", memory.recalled(desk.names), ["", *desk.names])])
    frame.header(loading.territory().name, desk)
    filters.warn()
    frame.sentence(
        f"Un réseau de télétravailleurs indépendants dans {french.quantity(len(desk.names), 'communes')}{french.NNBSP}: où ils vivent, "
        "où des logements attendent, où la fibre est arrivée."
    )
    for start in range(0, len(KEY_FIGURES), 3):
        for column, indicator in zip(st.columns(3), KEY_FIGURES[start : start + 3], strict=False):
            with column:
                key_figure(desk, indicator, audience)
    growth(desk, audience)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        small_map(desk, audience)
    with right:
        my_commune(desk, filters, audience)
        st.subheader("À faire aujourd'hui", anchor=False)
        st.info(
            "Rien à faire pour l'instant. Les appels de la veille, les fenêtres de recherche qui s'ouvrent et les dossiers en attente "
            "s'afficheront ici.",
            icon=":material/event_available:",
        )
    filters.publish()


main()
