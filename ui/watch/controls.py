"""What the page of the watch reads from its address, and asks."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from analysis import french, view
from analysis.vocabulary import TENURES
from analysis.watch_slides import OFFERS
from ui.filters import Filters

SECTIONS: dict[str, tuple[str, str]] = {
    "matin": ("Ce matin", "Qui appeler ce matin ?"),
    "fenetres": ("Fenêtres", "Qui cherche, et depuis quand ?"),
    "foyers": ("Foyers", "Quel logement pour qui ?"),
    "annonces": ("Annonces", "Qu’est-ce qui est encore là ?"),
    "marche": ("Marché", "Que fait le marché ici ?"),
    "fraicheur": ("Fraîcheur", "Combien de temps une annonce vit-elle ici ?"),
    "manques": ("Manques", "Que manque-t-il au territoire ?"),
    "couverture": ("Couverture", "De qui sommes-nous sans nouvelles ?"),
}
"""Key in the address → name, question."""


def parameters() -> list[view.Parameter]:
    """Everything this page reads from its address."""
    return [
        view.Parameter("section", "matin", list(SECTIONS)),
        view.Parameter("offre", "location", list(OFFERS)),
        view.Parameter("annonce", "", pattern=re.compile(r"[A-Za-z0-9_-]{1,64}")),
    ]


def ask(filters: Filters) -> str:
    """Which section."""
    return str(
        st.segmented_control(
            "Question",
            list(SECTIONS),
            format_func=lambda key: SECTIONS[key][0],
            **filters.widget("section"),
            required=True,
            wrap=True,
        )
    )


def question(section: str) -> str:
    """The question that a section answers."""
    return french.spaced(SECTIONS[section][1])


def ask_offer(filters: Filters) -> str:
    """To rent or for sale; the tenure."""
    st.segmented_control(
        "Offre",
        list(OFFERS),
        format_func=lambda word: french.sentence(TENURES[OFFERS[word]]),
        **filters.widget("offre"),
        required=True,
    )
    return OFFERS[filters["offre"]]


def ask_listing(filters: Filters, texts: Mapping[str, str]) -> str:
    """Which listing to open, empty for none; one of the address that is not among `texts` (listing → words) stays what it is."""
    asked = filters["annonce"]
    options = ["", *texts] if not asked or asked in texts else ["", asked, *texts]
    st.selectbox(
        "Ouvrir une annonce",
        options,
        format_func=lambda one: texts.get(one, "une annonce qui n’est plus en cours") if one else "Toutes",
        **filters.widget("annonce"),
    )
    return filters["annonce"]
