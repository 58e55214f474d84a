"""A listing as it is typed on this screen: during a call, or corrected later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.vocabulary import CONNECTIONS, DWELLING_KINDS, ENERGY_CLASSES, TENURES, YES_NO, capitalised
from data import register
from data.register import Change, ListingFields
from ui import access, clock, frame, loading
from ui.drafts import KeptForm
from ui.forms import Page

_YES_NO = (
    ("furnished", "Meublé"),
    ("work_room", "Pièce de travail"),
    ("garden", "Jardin"),
    ("pets", "Animaux"),
)


NEW = "listing"
"""The form of a new listing, in the list of what was begun (`ui.drafts.begun`); its subject is the contact."""


@st.fragment
def new_listing(
    page: Page,
    contact: str,
    commune: str,
    names: Mapping[str, str],
    words: str,
    close: Callable[[], None],
) -> None:
    """The form of a dwelling that a contact tells on the telephone; `commune`: where it usually is; `words`: who tells it. `close`: after
    it is kept. What is typed stays in the store until then.
    """
    form = KeptForm(page, NEW, contact, words)
    form.show_refusal()
    with st.container(border=True):
        if form.resumed:
            resumed(form)
        fields = ask_listing(form, names, {"kind": "house", "tenure": "rent", "commune": commune})
        if st.button(
            "Noter cette annonce", key=f"{form.prefix}:add", type="primary", icon=":material/add_home:"
        ):

            def add() -> Change:
                change = register.report_listing(
                    loading.store(), loading.territory(), access.current_actor(), clock.today(),
                    contact=contact, fields=fields, called=True,
                )  # fmt: skip
                close()
                return change

            form.run(add)


@st.fragment
def corrected_listing(page: Page, listing: str, row: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """The form that corrects what is known of a listing; `row`: its columns as they are kept, with `version`."""
    form = KeptForm(page, "correct", listing)
    shown = page.snapshot(f"listing:{listing}", dict(row))
    form.show_refusal()
    if form.resumed:
        resumed(form)
    fields = ask_listing(form, names, typed_values(shown))
    if st.button(
        "Enregistrer la correction", key=f"{form.prefix}:save", type="primary", icon=":material/edit:"
    ):
        form.run(
            lambda: register.correct_listing(
                loading.store(), loading.territory(), access.current_actor(), clock.today(),
                listing=listing, fields=fields, seen=int(shown["version"]),
            ),
            lambda: typed_values(row),
        )  # fmt: skip


def resumed(form: KeptForm, *, narrow: bool = False) -> None:
    """That the form goes on with what was begun, and the way to an empty one; one under the other where it is `narrow`."""
    said, back = (st.container(), st) if narrow else st.columns([5, 1], vertical_alignment="center")
    with said:
        frame.note("Ce que vous aviez commencé est repris ici.")
    back.button(
        "Recommencer", key=f"{form.prefix}:again", icon=":material/restart_alt:", on_click=form.start_again
    )


def begun_words(words: str, form: KeptForm) -> str:
    """The words of a button behind which a form stands: whether something was begun there."""
    return f"{words} (commencé)" if form.resumed else words


def typed_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the form holds for a row of `listing`: numbers as typed, codes, a day."""

    def told(name: str) -> Any:
        value = row.get(name)
        return None if value is None or (not isinstance(value, list) and pd.isna(value)) else value

    values: dict[str, Any] = {
        name: told(name) for name in ("kind", "tenure", "commune", "energy", "connection", "free_from")
    }
    for name in ("rooms", "surface", "charges", "least_months"):
        values[name] = "" if told(name) is None else french.trimmed(float(told(name)))
    amount = told("rent" if values["tenure"] == "rent" else "price")
    values["amount"] = "" if amount is None else french.trimmed(float(amount))
    for name, _ in _YES_NO:
        values[name] = None if told(name) is None else ("yes" if told(name) else "no")
    values |= {name: told(name) or "" for name in ("place", "note")}
    values["photos"] = "\n".join(told("photos") or ())
    return values


def ask_listing(form: KeptForm, names: Mapping[str, str], values: Mapping[str, Any]) -> ListingFields:
    """The widgets of a listing, those that a call always gives first."""
    what, offer, where = st.columns(3)
    with what:
        kind = form.choice("Bien", "kind", DWELLING_KINDS, values.get("kind"))
    with offer:
        tenure = form.choice("Offre", "tenure", capitalised(TENURES), values.get("tenure"))
    with where:
        commune = form.choice("Commune", "commune", names, values.get("commune"))
    texts: dict[str, str] = {}

    def text(label: str, field: str, **more: Any) -> None:
        texts[field] = form.text(label, field, values.get(field, ""), **more)

    rooms, surface, amount, charges = st.columns(4)
    with rooms:
        text("Pièces", "rooms")
    with surface:
        text("Surface en m²", "surface")
    with amount:
        text("Loyer ou prix, en euros", "amount", help="Le loyer par mois hors charges, ou le prix de vente.")
    with charges:
        text("Charges par mois", "charges")
    said: dict[str, str] = {}
    for column, (name, label) in zip(st.columns(4), _YES_NO, strict=True):
        with column:
            said[name] = form.choice(label, name, YES_NO, values.get(name), placeholder="pas dit") or ""
    energy, connection, free, stay = st.columns(4)
    with energy:
        letters = {each: each for each in ENERGY_CLASSES}
        letter = form.choice(
            "Classe énergie", "energy", letters, values.get("energy"), placeholder="pas dite"
        )
    with connection:
        net = form.choice(
            "Connexion",
            "connection",
            capitalised(CONNECTIONS),
            values.get("connection"),
            placeholder="pas dite",
        )
    with free:
        day = form.day("Libre le", "free_from", values.get("free_from"))
    with stay:
        text("Durée minimale (mois)", "least_months")
    text("Lieu-dit ou rue", "place", help="Sans nom de personne.")
    text("Remarque", "note", help="Sur le logement seulement, sans nom de personne.")
    photos = st.text_area(
        "Liens de photos",
        key=form.key("photos", values.get("photos", "")),
        height=68,
        help="Un par ligne.",
        on_change=form.changed,
    )
    return ListingFields(
        kind=kind or "", tenure=tenure or "", commune=commune or "", energy=letter or "", connection=net or "",
        free_from=day, photos=photos or "", **texts, **said,
    )  # fmt: skip
