"""The sections of the home page."""

import html
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.answers import Answer
from analysis.council_home import KEY_FIGURES, past_text, share_text
from analysis.french import NNBSP
from analysis.levels import References
from analysis.model import Account, Audience
from ui import (
    access,
    audience_state,
    briefings,
    candidacies,
    charts,
    choropleth,
    clock,
    following,
    frame,
    loading,
    memory,
    morning,
    navigation,
    newcomers,
    tables,
)
from ui.circles import circles_title, largest_drawn, member_circles
from ui.commune_panel import commune_panel
from ui.filters import Filters
from ui.legend import circle_key, outline_text, show_legend
from ui.map import MapSpec, show_map
from ui.tables import Column


def key_figure(desk: loading.Desk, indicator: str, audience: Audience) -> None:
    """One figure: its value, what it is a share of, its date, its past, its source."""
    entry = desk.indicators[indicator]
    past, drawing = told(desk, indicator, audience)
    last = past[-1]
    source = loading.catalogue().source(entry)
    with st.container(border=True, height="stretch"):
        value = last.total_text() or french.status_text(last.total.status)
        share = share_text(last)
        st.html(
            f"<p class='zv-label'>{html.escape(entry.short)}</p><p class='zv-figure'>{html.escape(value)}</p>"
            f"<p class='zv-past'>{html.escape(' · '.join(t for t in (share, last.vintage.label) if t))}</p>"
        )
        if drawing is not None:
            charts.show_chart(drawing, key=f"accueil:{indicator}")
            frame.note(past_text([a for a in past if a.total.value is not None]))
        elif last.to_import:
            frame.note(f"{last.to_import}.")
        else:
            frame.note("Un seul millésime dans la base : pas encore de comparaison dans le temps.")
        frame.note(f"{frame.source_line(last, source, desk)}.")


def told(
    desk: loading.Desk, indicator: str, audience: Audience
) -> tuple[list[Answer], tuple[dict[str, Any], str] | None]:
    """A figure's answer of each period, the oldest first, and the small chart of them; None where fewer than two are known."""
    entry = desk.indicators[indicator]
    past = [loading.answer(indicator, period, audience) for period in entry.periods]
    values = tuple(each.total.value for each in past)
    if len(values) - values.count(None) < 2:
        return past, None
    return past, drawn(values, entry.periods, entry.unit, entry.decimals, desk.references(past))


OPEN = (
    f"Cette installation n’a pas de code PIN{NNBSP}: qui ouvre ses pages depuis cette machine y a tous les droits, sur le registre aussi. "
    "Un serveur mandataire ou un tunnel qui n’ajoute pas l’en-tête X-Forwarded-For les donnerait à tous ceux qui passent par lui. Avant "
    f"d’ouvrir Zevillage à d’autres{NNBSP}: donnez un code PIN (Administration) et déclarez ZEVILLAGE_PUBLIC_URL."
)


def open_installation() -> None:
    """On an installation where nobody is asked who they are: what that means as soon as something stands in front of it."""
    if access.current().way == "open":
        frame.note(OPEN)


@st.cache_resource(show_spinner=False, max_entries=100)
def drawn(
    values: tuple[float | None, ...],
    periods: tuple[str, ...],
    unit: str,
    decimals: int,
    beside: References = (),
) -> tuple[dict[str, Any], str]:
    """A figure's own past, kept: Altair takes longer to put it together than the figures to be asked."""
    return charts.kept(charts.sparkline(values, periods, unit=unit, decimals=decimals, beside=beside))


def small_map(desk: loading.Desk, audience: Audience) -> None:
    """Members on the vacancy map, small, with the way to the large one."""
    answer = loading.answer("vacancy_rate", None, audience)
    frame.sentence(answer.sentence)
    drawing = choropleth.choropleth(
        answer, {p: loading.answer(answer.indicator.id, p, audience) for p in answer.indicator.periods}
    )
    circles, largest = member_circles(desk, desk.today.isoformat(), audience)
    mark = frame.network_mark(desk)
    legend = drawing.legend(
        circles_title=circles_title(desk, audience, desk.today.isoformat()),
        circles=circle_key(largest, drawn=largest_drawn(circles)),
        circle_max=largest,
        outline=outline_text(loading.territory()) if desk.groups else "",
    )
    source = loading.catalogue().source(answer.indicator)
    show_map(
        MapSpec(
            geometry=loading.geometry(), classes=drawing.by_code, colors=drawing.colors, tooltips=drawing.texts, names=desk.names,
            show_names=True, circles=circles, circle_max=largest or None, outlines=loading.group_outlines(), legend=legend,
            attribution=loading.contour_source(),
        ),
        key="accueil:map", height=380, title="Logements vacants et membres présents",
    )  # fmt: skip
    show_legend(legend)
    frame.note(
        f"{frame.source_line(answer, source, desk)}. "
        f"Cercles{french.NNBSP}: registre du réseau{frame.bracketed(mark)}, au {french.date(desk.today)}."
    )
    with st.expander("La carte en tableau", icon=":material/table:"):
        counts = desk.shown_members(desk.today, audience)
        rows = [
            (row.name, choropleth.cell_text(answer, row), french.number(counts[row.commune]))
            for row in answer.cells.itertuples()
        ]
        columns = [Column("name", "Commune"), Column("value", answer.indicator.short, numeric=True)]
        tables.show_table(
            pd.DataFrame(rows, columns=["name", "value", "members"]),
            [
                *columns,
                Column("members", circles_title(desk, audience, desk.today.isoformat()), numeric=True),
            ],
            caption="Logements vacants et membres présents par commune",
        )
    st.page_link(
        "pages/carte.py", label="Ouvrir la carte et son tableau", icon=":material/map:",
        query_params=audience_state.carried(),
    )  # fmt: skip


def my_commune(desk: loading.Desk, filters: Filters, audience: Audience) -> None:
    """One commune's main figures; the choice is remembered on this device."""
    st.subheader("Ma commune", anchor=False)
    commune_panel(desk, filters, audience)
    if filters["commune"]:
        briefings.offer("commune", {"commune": filters["commune"]}, key="accueil")
    memory.remember(filters["commune"])


def to_do(desk: loading.Desk, who: Account, audience: Audience) -> None:
    """What waits today; with an empty register, where it begins, for those who may fill it.

    It names candidates and contacts: a coordinator who shows the page to other people (`audience`) does not show that.
    """
    st.subheader("À faire aujourd'hui", anchor=False)
    register = navigation.page_at("registre")
    if navigation.may_open(register, who) and (held := candidacies.waiting(desk.network.origin)):
        words = french.counted(len(held), "candidature à vérifier", "candidatures à vérifier")
        st.page_link(
            register.file, label=words, icon=":material/mark_email_unread:",
            query_params={"onglet": "candidatures", **audience_state.carried()},
        )  # fmt: skip
    ways = [
        (page, label)
        for path, label in (("registre", "Inscrire le premier membre"), ("importer", "Importer une liste"))
        if navigation.may_open(page := navigation.page_at(path), who)
    ]
    if desk.network.has_nobody and ways:
        st.info(
            "Le registre est vide. Inscrivez les membres un par un, ou déposez la liste que vous tenez déjà.",
            icon=":material/person_add:",
        )
        for page, label in ways:
            st.page_link(page.file, label=label, icon=page.icon, query_params=audience_state.carried())
        return
    watch = navigation.page_at("veille")
    if navigation.may_open(watch, who) and audience is not Audience.ANIMATEUR:
        st.info(
            "La vue est celle d’autres personnes : ce qui attend les animateurs n’est pas montré.",
            icon=":material/visibility_off:",
        )
        return
    if navigation.may_open(watch, who):
        _dossiers(desk, navigation.page_at("dossiers"))
        _watch(desk, watch)
        return
    if who.commune in desk.names and newcomers.concerned(who, audience, who.commune):
        st.html(f"<p>{html.escape(newcomers.told(desk, who.commune))}</p>")
        st.page_link(
            "pages/commune.py", label="Les arrivants de la commune", icon=":material/waving_hand:",
            query_params={"commune": who.commune, **audience_state.carried()},
        )  # fmt: skip
        return
    st.info(
        french.spaced(
            "Rien à faire pour l'instant : les appels et les fenêtres de recherche sont l'affaire des animateurs."
        ),
        icon=":material/event_available:",
    )


PRESSING, CALLED = 5, 3
"""Windows and calls told on the home page; the page of the watch has them all."""


def _dossiers(desk: loading.Desk, page: navigation.Page) -> None:
    """The dossiers that wait for an answer, the loudest first, with the way to all of them."""
    here = following.known(desk.network.origin, desk.today)
    st.html(f"<p>{html.escape(following.sentence(here))}</p>")
    rows = [
        (here.label(application), each.sentence())
        for application, each in following.pressing(here)[:PRESSING]
    ]
    if rows:
        frame.facts("Dossiers qui attendent", rows)
    st.page_link(page.file, label="Tous les dossiers", icon=page.icon, query_params=audience_state.carried())


def _watch(desk: loading.Desk, page: navigation.Page) -> None:
    """The windows that are open or late, and whom to call first, with the way to the watch."""
    here = morning.read(desk, clock.now())
    st.html(f"<p>{html.escape(morning.sentence(here))}</p>")
    pressing = morning.pressing(here)
    if len(pressing):
        rows = [
            (
                str(row["label"]),
                f"{french.sentence(str(row['text']))}, arrivée le {french.date(row['arrival'])}",
            )
            for row in pressing.head(PRESSING).to_dict("records")
        ]
        frame.facts("Fenêtres ouvertes et retards", rows)
    phones = dict(zip(here.contacts["contact"], here.contacts["phone"], strict=True))
    if here.plan.calls:
        calls = [
            (call.label, " · ".join(part for part in (phones[call.contact], call.hours) if part))
            for call in here.plan.calls[:CALLED]
        ]
        frame.facts("À appeler d’abord", calls)
    if desk.network.is_demo:
        frame.note(f"{french.sentence(frame.DEMO)}{NNBSP}: n’appelez pas les mairies pour ces annonces.")
    st.page_link(
        page.file, label="Ouvrir la veille du logement", icon=page.icon, query_params=audience_state.carried()
    )


def _work_of_the_day(desk: loading.Desk, audience: Audience) -> None:
    """What `to_do` reads for a coordinator."""
    if audience is Audience.ANIMATEUR:
        following.known(desk.network.origin, desk.today)
        morning.known(desk)


def _key_figures(desk: loading.Desk, audience: Audience) -> None:
    for indicator in KEY_FIGURES:
        told(desk, indicator, audience)


loading.FIRST_LOOKS += [_key_figures, _work_of_the_day]
