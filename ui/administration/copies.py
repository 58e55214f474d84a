"""The administration page's section on copies: which there are, when one was last restored for a trial, making and trying one."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from analysis import french
from data.register.operations import instant
from data.store import Store, StoreError, elsewhere, safekeeping
from ui import clock, forms, frame, loading, settings, tables
from ui.administration.parts import run
from ui.tables import Column

SERVER = (
    "La base est tenue par un serveur PostgreSQL : ses copies sont l’affaire de ce serveur, pas de Zevillage."
)


def show_state(store: Store) -> None:
    """« Dernière sauvegarde éprouvée le … », in red when that is too long ago or never happened. One line, on every section."""
    if not store.is_sqlite:
        frame.note(SERVER)
        return
    last, days = safekeeping.last_rehearsal(store.files), settings.rehearsal_days()
    if last is None:
        text = "Aucune sauvegarde n’a encore été éprouvée : personne ne sait si elle se restaure."
    else:
        text = f"Dernière sauvegarde éprouvée {instant(last.at.isoformat())}."
    if safekeeping.is_stale(last, clock.instant(), days):
        if last is not None:
            text += f" C’est plus de {french.counted(days, 'jour', 'jours')}."
        forms.message(f"{text} Éprouvez-en une dans la partie « Sauvegardes ».", "alert")
    else:
        frame.note(text)
    _show_elsewhere(store, days)


def _show_elsewhere(store: Store, days: int) -> None:
    """For each place that the settings name: the last copy that arrived there whole, or in red why none does."""
    known = {each.label: each for each in elsewhere.noted(store.files)}
    for place in settings.copies_elsewhere():
        sent = known.get(place.label, elsewhere.Sent(place.label))
        if sent.at is None:
            text = f"Copies ailleurs : aucune n’est encore arrivée vers {sent.label}."
        else:
            text = f"Copies ailleurs : la dernière est arrivée {instant(sent.at.isoformat())} vers {sent.label}, et a été relue."
        if sent.same_disk:
            text += (
                " Ce dossier est sur le même disque que la base : il ne protège pas d’une panne de ce disque."
            )
        if sent.error:
            text += f" Depuis : {sent.error}"
        old = sent.at is not None and clock.instant() - sent.at > dt.timedelta(days=days)
        if sent.error or old:
            forms.message(french.spaced(text), "alert")
        else:
            frame.note(text)


def show_copies() -> None:
    """The copies of the home, newest first; making one, trying the newest."""
    store = loading.store()
    if not store.is_sqlite:
        return
    known = safekeeping.copies(store.files)
    if known:
        newest = known[0]
        frame.sentence(
            french.spaced(
                f"{french.counted(len(known), 'copie', 'copies')} dans backups/, la plus récente faite {instant(newest.at.isoformat())}."
            )
        )
    else:
        frame.sentence("Pas encore de copie.")
    with st.container(horizontal=True, gap="small"):
        _buttons(store, bool(known))
    if known:
        rows = pd.DataFrame(
            [
                (instant(c.at.isoformat()).removeprefix("le "), french.quantity(c.bytes / 1e6, "Mo", 1))
                for c in known
            ],
            columns=["at", "size"],
        )
        tables.show_table(
            rows, [Column("at", "Faite"), Column("size", "Taille")], caption="Copies, de la plus récente"
        )
    if not settings.copies_elsewhere():
        frame.note(
            "Ces copies sont sur le même disque que la base : gardez-en une ailleurs, avec ZEVILLAGE_COPIES_TO ou "
            "« python -m data.store backup FICHIER »."
        )


def _buttons(store: Store, any_copy: bool) -> None:
    if st.button("Faire une copie", type="primary", icon=":material/save:"):
        run(lambda: _make(store), "La copie est faite et vérifiée.")
    if st.button(
        "Éprouver la dernière", icon=":material/settings_backup_restore:", disabled=not any_copy,
        help="La copie est restaurée dans un dossier à part, et ses nombres de lignes comparés. La base n’est pas touchée.",
    ):  # fmt: skip
        run(lambda: _rehearse(store), "La dernière copie se restaure entière.")


def _make(store: Store) -> None:
    path, _ = safekeeping.make(store)
    try:
        elsewhere.send_or_refuse(store, path, settings.copies_elsewhere())
    except elsewhere.NotSent as error:
        raise StoreError(
            f"La copie est faite et vérifiée ici, mais n’a pas pu être portée ailleurs. {error}"
        ) from error


def _rehearse(store: Store) -> None:
    try:
        safekeeping.rehearse(store.files, clock.instant())
    except OSError as error:
        raise StoreError(
            f"L’essai n’a pas pu se faire ({error.strerror}). La base n’a pas été touchée."
        ) from error
