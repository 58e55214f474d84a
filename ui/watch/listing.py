"""The page of one listing: what is known of it, the chance that it is still there, who saw it when, its corrections, each taken back."""

from __future__ import annotations

import functools
import html
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.desk import Desk
from analysis.listing import details_text
from analysis.vocabulary import SIGHTING_STATES
from analysis.watch.life import Presence
from analysis.watch.morning import listing_text
from data import register
from data.register import Change, RegisterError, checks
from ui import access, clock, forms, frame, loading, tables
from ui.morning import Morning
from ui.provenance import network_source
from ui.tables import Column
from ui.watch.clicks import PAGE, do, done
from ui.watch.entry import corrected_listing
from ui.watch.gauge import COLORS, gauge
from ui.watch.telework import show_telework

SIGHTINGS = [Column("on", "Le"), Column("state", "État"), Column("who", "Par")]


def show_listing(desk: Desk, here: Morning, listing: str) -> None:
    """One listing, whole."""
    done()
    found = desk.network.listings[desk.network.listings["listing"] == listing]
    if found.empty:
        frame.sentence(
            french.spaced(
                "Cette annonce n’est pas au registre : elle a été retirée, ou dite le même logement qu’une autre. Choisissez « Toutes »."
            )
        )
        return
    row: dict[str, Any] = {str(k): v for k, v in found.iloc[0].to_dict().items()}
    frame.named(listing_text(row, desk.names), french.sentence(details_text(row)))
    standing = here.market.standing[here.market.standing["listing"] == listing]
    _chance(here, listing, standing)
    _more(row)
    show_telework(desk, row)
    _answers(row, standing)
    _sightings(desk, here, listing)
    try:
        with loading.store().read() as session:
            kept = register.listing_of(session, listing)
            entries = register.entries(session, subject=listing)
    except RegisterError as error:
        forms.message(str(error), "alert")
        return
    with st.expander("Corriger cette annonce", icon=":material/edit:"):
        corrected_listing(PAGE, listing, kept, desk.names)
    st.subheader("Ce qui a été noté", anchor=False)
    for entry in entries:
        rows = [
            f"{each.label}{french.NNBSP}: {each.before} → {each.after}"
            if each.before
            else f"{each.label}{french.NNBSP}: {each.after}"
            for each in entry.details
        ]
        said, back = st.columns([6, 1], vertical_alignment="center")
        with said:
            forms.line(entry.title, f"{entry.when}, {entry.actor}", rows, struck=entry.undone is not None)
        if entry.undone is None:
            back.button(
                "Rétablir" if entry.undoes is not None else "Annuler", key=PAGE.key(f"entry:{entry.operation}"), icon=":material/undo:",
                on_click=do, args=(functools.partial(_undo, entry.operation),),
            )  # fmt: skip
    if not entries:
        frame.note(
            "Cette annonce est venue d’un fichier ou de la démonstration : rien n’a été noté ici depuis."
        )
    frame.note(network_source(desk))


def _chance(here: Morning, listing: str, standing: pd.DataFrame) -> None:
    """Whether it is still there: a number with its interval, a colour and words."""
    if standing.empty:
        known = here.market.known[here.market.known["listing"] == listing]
        gone = known["gone_on"].iloc[0] if len(known) else pd.NaT
        frame.sentence(
            "Personne ne l’a vue disponible." if pd.isna(gone) else f"Partie le {french.date(gone.date())}."
        )
        return
    row = standing.iloc[0]
    st.html(
        f'<p><img alt="" width="120" height="14" src="{gauge(float(row["chance"]), COLORS[Presence(row["presence"])])}"> '
        f"<strong>{html.escape(french.percent(100 * row['chance'], 0))}</strong> {html.escape(french.sentence(row['text']))}</p>"
    )
    frame.note(
        french.spaced(
            f"Intervalle à 90 % : {french.number(100 * row['low'])} à {french.percent(100 * row['high'], 0)}, d’après ce que vivent ici "
            "les annonces de ce genre depuis qu’on les a vues."
        )
    )
    if row["ban"]:
        forms.message(french.spaced(f"À ne pas proposer : {row['ban']}."), "alert")


def _more(row: dict[str, Any]) -> None:
    """Where, the note, and the photos as links: nothing is fetched until somebody follows one."""
    parts = [
        f"{label}{french.NNBSP}: {html.escape(str(row[name]))}"
        for name, label in (("place", "Lieu"), ("note", "Remarque"))
        if isinstance(row[name], str) and row[name]
    ]
    photos = (
        [each for each in row["photos"] if checks.is_website(each)] if isinstance(row["photos"], list) else []
    )
    parts += [
        f'<a href="{html.escape(address)}" target="_blank" rel="noopener noreferrer">Photo {number}</a>'
        for number, address in enumerate(photos, start=1)
    ]
    if parts:
        st.html(f"<p data-user-text>{'<br>'.join(parts)}</p>")


def _answers(row: dict[str, Any], standing: pd.DataFrame) -> None:
    """The two answers, for whoever learns one outside a call."""
    contact = None if pd.isna(row["contact"]) else str(row["contact"])
    gone = "Loué" if row["tenure"] == "rent" else "Vendu"
    certain = len(standing) and float(standing["chance"].iloc[0]) >= 1
    with st.container(horizontal=True, gap="small"):
        for state, label, off in (
            ("available", "Toujours libre", bool(certain)),
            ("gone", gone, standing.empty),
        ):
            st.button(
                label, key=PAGE.key(f"listing:{state}"), disabled=off, on_click=do,
                args=(functools.partial(_answered, contact, str(row["listing"]), state),),
            )  # fmt: skip


def _answered(contact: str | None, listing: str, state: str) -> Change:
    return register.report_sighting(
        loading.store(), access.current_actor(), clock.today(), contact=contact, listing=listing, state=state
    )


def _undo(operation: int) -> Change:
    return register.undo(loading.store(), operation, access.current_actor())


def _sightings(desk: Desk, here: Morning, listing: str) -> None:
    labels = dict(zip(here.contacts["contact"], here.contacts["label"], strict=True))
    seen = desk.network.sightings[desk.network.sightings["listing"] == listing].iloc[::-1]
    table = pd.DataFrame(
        {
            "on": [french.date(day.date()) for day in seen["on"]],
            "state": [french.sentence(SIGHTING_STATES[state]) for state in seen["state"]],
            "who": [
                "les animateurs" if pd.isna(by) else labels.get(by, "un correspondant retiré")
                for by in seen["contact"]
            ],
        }
    )
    tables.show_table(table, SIGHTINGS, caption="Signalements, le plus récent d’abord")
