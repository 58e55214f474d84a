"""How a dossier fits the network, in words, beside the grids: no mark, and nothing that decides."""

from __future__ import annotations

import streamlit as st

from analysis import community as network
from analysis.applications.fit import Fit, Surroundings, fit
from analysis.model import Audience
from analysis.telework import best_technologies, verdicts
from data.applications import Dossier
from data.community import complements, telecentres
from ui import community, frame, loading
from ui.applications.parts import DossierDesk


def show_fit(desk: DossierDesk, found: Dossier) -> None:
    """What the trade adds near whom, and each wished commune."""
    st.subheader("Avec le réseau", anchor=False)
    told = _fit(desk, found)
    for sentence in told.trade:
        frame.note(sentence)
    for commune, sentences in told.communes.items():
        frame.facts(desk.territory.name_of.get(commune, commune), [("", sentence) for sentence in sentences])


def _fit(desk: DossierDesk, found: Dossier) -> Fit:
    shown = loading.desk()
    places = community.telecentre_communes(shown, Audience.ANIMATEUR)
    published = telecentres(loading.house().pack.telecentres)
    fibre = loading.answer("ftth_share", None, Audience.PUBLIC)
    best = best_technologies(shown.figures, fibre.vintage.period)
    around = Surroundings(
        names={**dict(zip(published["commune"], published["name"], strict=True)), **shown.names},
        points=community.points(frozenset(places)),
        members=network.seen(community.read(shown).here, Audience.ANIMATEUR)[["member", "commune", "trade"]],
        complements=complements(loading.house().pack.trades),
        telecentres=places,
        verdicts=verdicts(best, desk.territory.telework),
    )
    return fit(found.trade, [code for code in found.wishes if code in shown.names], around)
