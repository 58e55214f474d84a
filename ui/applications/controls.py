"""What the page of the dossiers reads from its address, and asks."""

from __future__ import annotations

import re

import streamlit as st

from analysis import french, view
from analysis.vocabulary import APPLICATION_STATUSES
from ui import questions
from ui.filters import Filters

SECTIONS: dict[str, tuple[str, str]] = {
    "jour": ("Aujourd’hui", "Qui attend qui, et depuis quand ?"),
    "etapes": ("Étapes", "Où en sont les dossiers ?"),
    "liste": ("Liste", "Quel dossier cherchez-vous ?"),
    "calendrier": ("Calendrier", "Quand faut-il agir ?"),
    "entonnoir": ("Entonnoir", "Combien arrivent au bout, et en combien de temps ?"),
    "nouveau": ("Nouveau", "Qui a envoyé un dossier ?"),
    "equipe": ("Équipe", "Qui répond de quoi ?"),
}
"""Key in the address → name, question."""
FUNNEL: dict[str, str] = {
    "arrivees": "Jusqu’où ils vont",
    "cohortes": "Par année, origine, métier",
    "durees": "En combien de temps",
    "raisons": "Pourquoi cela s’arrête",
    "reactivite": "Répondons-nous à temps",
    "accord": "L’accord des signatures",
}
"""The questions of « Entonnoir », one open at a time: key in the address → name."""


def parameters(communes: list[str]) -> list[view.Parameter]:
    """Everything this page reads from its address."""
    return [
        view.Parameter("section", "jour", list(SECTIONS)),
        view.Parameter("dossier", "", pattern=re.compile(r"[A-Za-z0-9_-]{1,64}")),
        view.Parameter("etape", "", ["", *APPLICATION_STATUSES]),
        view.Parameter("commune", "", ["", *communes]),
        questions.parameter(FUNNEL),
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


def opener(filters: Filters, application: str, label: str, key: str) -> None:
    """A button that opens one dossier. `label` is Markdown: what a person wrote goes through `ui.markdown.literal` first."""
    st.button(
        label,
        key=f"dossiers:open:{key}:{application}",
        on_click=filters.set,
        args=("dossier", application),
        width="stretch",
    )
