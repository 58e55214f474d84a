"""How a dossier fits the network, in words, beside the grids: no mark, and nothing that decides."""

from __future__ import annotations

import streamlit as st

from analysis import community as network
from analysis import french
from analysis.applications.fit import Fit, Found, Surroundings, fit
from analysis.applications.needs import DWELLING, told_by, wanted
from analysis.applications.needs import found as where
from analysis.model import Audience
from analysis.telework import best_technologies, verdicts
from data.applications import Dossier
from data.community import complements, telecentres
from ui import community, frame, loading
from ui.applications.parts import DossierDesk


def show_fit(desk: DossierDesk, found: Dossier) -> None:
    """What the trade adds near whom, and of each wished commune: company, connection, what the household needs and where it is."""
    st.subheader("Avec le réseau", anchor=False)
    told, household = _fit(desk, found), found.who_arrives()
    for sentence in told.trade:
        frame.note(sentence)
    for commune, sentences in told.communes.items():
        frame.facts(desk.territory.name_of.get(commune, commune), [("", sentence) for sentence in sentences])
    if told.communes and household is None:
        frame.note("Foyer ou arrivée non dits : ni école ni garde d’enfants ne sont cherchées.")


def _fit(desk: DossierDesk, found: Dossier) -> Fit:
    shown = loading.desk()
    places = community.telecentre_communes(shown, Audience.ANIMATEUR)
    published = telecentres(loading.house().pack.telecentres)
    fibre = loading.answer("ftth_share", None, Audience.PUBLIC)
    best = best_technologies(shown.figures, fibre.vintage.period)
    household = found.who_arrives()
    needs: dict[str, Found | None] = {}
    if household is None or not household.dwelling:
        offers = shown.listings()["commune"]
        needs[DWELLING] = Found(
            tuple(sorted(set(offers))), f"veille du logement, au {french.date(shown.today)}"
        )
    for need in wanted(household):
        entries = told_by(need, shown.indicators.values())
        needs[need.label] = where([loading.answer(each.id, None, Audience.PUBLIC) for each in entries])
    around = Surroundings(
        names={**dict(zip(published["commune"], published["name"], strict=True)), **shown.names},
        points=community.points(frozenset(places)),
        members=network.seen(community.read(shown).here, Audience.ANIMATEUR)[["member", "commune", "trade"]],
        complements=complements(loading.house().pack.trades),
        telecentres=places,
        verdicts=verdicts(best, desk.territory.telework),
        needs=needs,
    )
    return fit(found.trade, [code for code in found.wishes if code in shown.names], around, needs)
