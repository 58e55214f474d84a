"""What the register page asks, and what was just done."""

import streamlit as st

from analysis import view
from data import register
from data.register import operations
from ui import forms, frame, loading
from ui.filters import Filters
from ui.register import events, history, members
from ui.register.parts import PAGE, RegisterDesk

TABS = {
    "membres": "Membres",
    "evenements": "Événements",
    "acteurs": "Acteurs",
    "candidatures": "Candidatures",
    "chiffre": "Un chiffre",
    "historique": "Historique",
}


REGISTERS = {"demo": "Démonstration", "reel": "Registre réel"}


ACTIONS = {
    "membres": members.ACTIONS,
    "evenements": events.ACTIONS,
    "acteurs": events.ACTIONS,
}


def origins() -> tuple[str, bool]:
    """The network on show (``real`` or ``demo``) and whether a demonstration is there; read again when the store has changed."""
    return _origins(loading.revision())


@st.cache_resource(show_spinner=False, max_entries=3)
def _origins(revision: int) -> tuple[str, bool]:
    with loading.store().read() as session:
        return operations.origins(session)


def parameters(on_show: str, demo: bool) -> list[view.Parameter]:
    """Everything this page reads from its address."""
    default = "reel" if on_show == "real" else "demo"
    return [
        view.Parameter("onglet", "membres", list(TABS)),
        view.Parameter("action", "ajouter", list(members.ACTIONS)),
        view.Parameter("registre", default, list(REGISTERS) if demo else ["reel"]),
    ]


def ask(filters: Filters, demo: bool) -> tuple[str, str]:
    """Which part, which register, which action."""
    what, which = st.columns([3, 2], vertical_alignment="bottom")
    tab = what.segmented_control(
        "Partie",
        list(TABS),
        format_func=TABS.__getitem__,
        required=True,
        wrap=True,
        **filters.widget("onglet"),
    )
    if tab != "chiffre":  # a published figure belongs to no register
        which.segmented_control(
            "Registre", list(REGISTERS) if demo else ["reel"], format_func=REGISTERS.__getitem__, required=True,
            wrap=True, **filters.widget("registre"),
            help="Les deux ne s'additionnent jamais. Un seul est affiché sur les autres écrans.",
        )  # fmt: skip
    actions = ACTIONS.get(tab or "membres", {})
    if actions:
        if filters["action"] not in actions:
            filters.set("action", "ajouter")
        st.segmented_control(
            "Que voulez-vous faire\u202f?", list(actions), format_func=actions.__getitem__, required=True, wrap=True,
            **filters.widget("action"),
        )  # fmt: skip
    return tab or "membres", "real" if filters["registre"] == "reel" else "demo"


def which_register(on_show: str, origin: str) -> None:
    """Say plainly which network the other screens show, before the first real entry above all."""
    if origin == "real" and on_show == "demo":
        forms.message(
            "Le registre réel est vide. Au premier membre, acteur ou événement que vous enregistrez ici, le réseau de démonstration "
            "ne sera plus affiché\u202f: tous les écrans montreront le registre réel seul. Les deux ne s'additionnent jamais."
        )
    elif origin == "demo" and on_show == "demo":
        frame.note(
            "Vous modifiez la démonstration\u202f: pour essayer. Ces lignes restent marquées «\u202fdémonstration\u202f» partout."
        )
    elif origin == "demo":
        forms.message(
            "Les autres écrans montrent le registre réel\u202f: ce que vous changez dans la démonstration n'y paraît pas."
        )


def what_was_done(desk: RegisterDesk, names: dict[str, str]) -> None:
    """The last change as a sentence, with its undo."""
    change = PAGE.last_change()
    PAGE.show_refusal("done")
    if change is None:
        return
    with desk.store.read() as session:
        entry = register.entry(session, change.operation, names)
    text, button = st.columns([5, 1], vertical_alignment="center")
    with text:
        done = forms.sentence_of(entry.title, entry.details)
        forms.message(f"C'est fait. {done}.", "status", change.warnings)
    if entry.undone is None and button.button(
        "Rétablir" if change.kind == "undo" else "Annuler",
        key=PAGE.key("undo-last"),
        width="stretch",
        icon=":material/undo:",
    ):
        history.undo(desk, change.operation, "done")
