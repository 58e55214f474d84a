"""The parts of the page on personal data. Nobody's name stands in an address, a file name or a label that is logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analysis import french
from analysis.vocabulary import ACCESS_KINDS
from data import privacy
from data.privacy import Due, Erased, Leaving, PersonFile
from data.register import RegisterError
from data.register.operations import instant, origins
from data.store import StoreError
from reports.personal import processing_pdf
from ui import access, clock, forms, frame, loading, person_files
from ui import tables as grids
from ui.accesses import note_once
from ui.tables import Column

SECTIONS = {
    "traitements": "Registre des traitements",
    "durees": "Durées de conservation",
    "personne": "Une personne",
    "acces": "Journal des accès",
    "effacements": "Effacements",
}
SHORT = 12
"""Rows up to which a list of what is due stands open."""
_OUTCOME = "donnees:outcome"
_CHOSEN = "donnees:person"


def show_section(section: str) -> None:
    """One part of the page."""
    text = st.session_state.pop(_OUTCOME, None)
    if text:
        forms.message(text[0], text[1])
    if section == "traitements":
        _processing()
    elif section == "durees":
        _keeping()
    elif section == "personne":
        _person()
    elif section == "acces":
        _accesses()
    else:
        _erasures()


def _say(text: str, kind: str = "status") -> None:
    st.session_state[_OUTCOME] = (french.spaced(text), kind)


def _origin() -> str:
    """The register on show, whose people this page is about."""
    with loading.store().read() as session:
        return origins(session)[0]


# -- register of processing ------------------------------------------------------------------------------------


def _processing() -> None:
    territory, day = loading.territory(), clock.today()
    entries = privacy.processing(territory.keeping)
    frame.sentence(
        french.spaced(
            f"{french.sentence(french.quantity(len(entries), 'traitements'))} de données personnelles, avec leur finalité, "
            "leur base légale et leur durée de conservation."
        )
    )
    forms.message(french.spaced(privacy.responsible()), "note")
    sections = [(entry.name, entry.rows) for entry in entries]
    st.download_button(
        "Télécharger le registre (PDF)",
        data=lambda: processing_pdf(territory.name, privacy.responsible(), sections, day),
        file_name=f"registre-des-traitements-{day.isoformat()}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        on_click="ignore",
    )
    for name, rows in sections:
        frame.facts(
            french.spaced(name), [(french.spaced(label), french.spaced(text)) for label, text in rows]
        )
    frame.note(french.spaced("Les durées sont déclarées dans le fichier du territoire, partie « keeping »."))


# -- delays ----------------------------------------------------------------------------------------------------

_DUE = [
    Column("label", "Personne"),
    Column("reason", "Pourquoi"),
    Column("since", "Depuis le", numeric=True),
    Column("until", "Délai échu le", numeric=True),
]
_FILES = [
    Column("name", "Fichier importé"),
    Column("imported", "Importé le", numeric=True),
    Column("until", "Délai échu le", numeric=True),
]


def _keeping() -> None:
    keeping, today, origin = loading.territory().keeping, clock.today(), _origin()
    with loading.store().read() as session:
        found = privacy.due(session, origin, keeping, today)
    frame.sentence(french.spaced(due_sentence(found)))
    frame.note(
        french.spaced(
            f"Durées du territoire : {french.quantity(keeping.candidate_years, 'ans')} après le dernier contact pris par un candidat, "
            f"{french.quantity(keeping.former_member_years, 'ans')} après le départ d'un membre, "
            f"{french.quantity(keeping.originals_days, 'jours')} pour un fichier importé qui nomme des personnes, "
            f"{french.quantity(keeping.access_log_months, 'mois')} pour le journal des accès."
        )
    )
    _leaving(origin)
    if found.persons:
        note_once("list")
        rows = [
            (each.label, privacy.REASONS[each.reason], french.date(each.since), french.date(each.until))
            for each in found.persons
        ]
        _listed(rows, ["label", "reason", "since", "until"], _DUE, "Personnes à effacer")
    if found.files:
        files = [(each.name, french.date(each.imported), french.date(each.until)) for each in found.files]
        _listed(files, ["name", "imported", "until"], _FILES, "Fichiers à supprimer")
    if found.empty:
        return
    _purge_form(found, origin)


_LEAVING = [
    Column("label", "Candidat"),
    Column("since", "Dernier contact", numeric=True),
    Column("state", "État"),
    Column("until", "Mis de côté le", numeric=True),
    Column("erase", "Effacé le", numeric=True),
]


def _leaving(origin: str) -> None:
    """Candidates whose delay is nearly over: who is told, who is put away, who can be brought back."""
    store, keeping, today = loading.store(), loading.territory().keeping, clock.today()
    with store.read() as session:
        found = privacy.leaving(session, origin, keeping, today)
    if not found:
        return
    note_once("list")
    rows = [
        (each.label, french.date(each.since), privacy.STATES[each.state], french.date(each.until),
         french.date(each.erase_on) if each.erase_on else french.DASH)
        for each in found
    ]  # fmt: skip
    _listed(rows, ["label", "since", "state", "until", "erase"], _LEAVING, "Candidats dont le délai s’achève")
    frame.note(
        french.spaced(
            f"Chacun est prévenu {french.quantity(keeping.notice_days, 'jours')} avant ; ce qui est mis de côté se rétablit "
            f"pendant {french.quantity(keeping.restore_days, 'jours')}, puis s'efface ci-dessous ou par « python -m data.privacy daily ». "
            "Un message ouvert n'est pas un contact. Les papiers d'un organisme public peuvent être des archives publiques, "
            "dont la destruction demande l'accord des archives départementales : rien n'est fait ici à leur place."
        )
    )
    by_state = {state: [each for each in found if each.state == state] for state in privacy.STATES}
    names = {each.person: each.label for each in found}
    with st.form("donnees-leaving"):
        heard = st.selectbox(
            "Qui a donné de ses nouvelles ?", [each.person for each in found if each.state != "away"], index=None,
            format_func=lambda i: names.get(i, ""), placeholder="personne",
            help="Un appel, une visite, une lettre : le délai repart de ce jour.",
        )  # fmt: skip
        on = st.date_input("Le", today, max_value=today, format="DD/MM/YYYY")
        back = st.selectbox(
            "Qui rétablir ?", [each.person for each in by_state["away"]], index=None,
            format_func=lambda i: names.get(i, ""), placeholder="personne",
        )  # fmt: skip
        tell = st.checkbox(
            french.spaced(
                f"Prévenir {french.counted(len(by_state['untold']), 'candidat', 'candidats')} : leur délai de prévenance part d'aujourd'hui"
            ),
            disabled=not by_state["untold"],
        )
        away = st.checkbox(
            french.spaced(f"Mettre de côté {french.counted(len(by_state['due']), 'candidat', 'candidats')}"),
            disabled=not by_state["due"],
        )
        sent = st.form_submit_button("Faire ce qui est choisi", icon=":material/event_busy:")
    if sent:
        _do_leaving(
            origin, heard, on if isinstance(on, dt.date) else today, back, tell, away, by_state["due"]
        )


def _do_leaving(
    origin: str,
    heard: str | None,
    on: dt.date,
    back: str | None,
    tell: bool,
    away: bool,
    due: Sequence[Leaving],
) -> None:
    store, actor, today, keeping = (
        loading.store(), access.current_actor(), clock.today(), loading.territory().keeping,
    )  # fmt: skip
    done = []
    try:
        if heard:
            privacy.note_contact(store, actor, today, person=heard, on=on)
            done.append("contact noté")
        if back:
            privacy.bring_back(store, actor, back)
            done.append("dossier rétabli")
        if tell:
            # From the screen nobody is written to: who tells by hand chooses the words. The command writes.
            told = privacy.tell(store, actor, today, origin=origin, keeping=keeping, send=lambda _: False)
            done.append(
                french.spaced(
                    f"{french.counted(len(told), 'candidat', 'candidats')} à appeler ou à qui écrire"
                )
            )
        if away:
            persons = [each.person for each in due]
            gone = privacy.put_away(store, actor, today, origin=origin, keeping=keeping, persons=persons)
            done.append(f"{french.counted(len(gone), 'candidat mis', 'candidats mis')} de côté")
    except (StoreError, RegisterError) as error:
        _say(str(error), "alert")
    else:
        _say(f"C’est fait : {french.join(done)}." if done else "Rien n’était choisi : rien n’a changé.")
    st.rerun()


def _listed(
    rows: Sequence[tuple[str, ...]], names: Sequence[str], columns: Sequence[Column], caption: str
) -> None:
    """A table; a long one is folded, so that what follows it is found."""
    with st.expander(f"{caption} ({french.number(len(rows))})", expanded=len(rows) <= SHORT):
        grids.show_table(pd.DataFrame(rows, columns=list(names)), columns, caption=caption, hide_caption=True)


def due_sentence(found: Due) -> str:
    """« 3 personnes, 1 fichier importé et 12 lignes du journal ont dépassé leur durée de conservation. »"""
    if found.empty:
        return "Rien n'a dépassé sa durée de conservation."
    counted = (
        (len(found.persons), "personnes"),
        (len(found.files), "fichiers importés"),
        (found.accesses, "lignes du journal"),
    )
    parts = [french.quantity(n, noun) for n, noun in counted if n]
    total = sum(n for n, _ in counted)
    verb = french.plural(total, "a dépassé sa durée", "ont dépassé leur durée")
    return french.sentence(f"{french.join(parts)} {verb} de conservation.")


def _purge_form(found: Due, origin: str) -> None:
    persons = {each.person: each.label for each in found.persons}
    with st.form("donnees-purge"):
        st.subheader("Effacer ce qui est échu", anchor=False)
        kept = st.multiselect(
            "Personnes à garder encore",
            list(persons),
            format_func=lambda i: persons.get(i, ""),
            placeholder="aucune",
            help="Notez un contact récent dans le dossier de qui doit être gardé : son délai repartira de ce jour.",
        )
        word = st.text_input(
            f"Pour confirmer, écrivez {privacy.CONFIRMATION}", key="donnees:purge-word", max_chars=20
        )
        sent = st.form_submit_button(
            "Effacer définitivement", type="primary", icon=":material/delete_forever:"
        )
    frame.note("Un effacement ne s'annule pas, et une sauvegarde remise en place est effacée de nouveau.")
    if not sent:
        return
    try:
        done = privacy.purge(
            loading.store(),
            access.current_actor(),
            origin=origin,
            keeping=loading.territory().keeping,
            today=clock.today(),
            persons=[person for person in persons if person not in kept],
            files=[each.checksum for each in found.files],
            confirmation=word,
        )
    except StoreError as error:
        _say(str(error), "alert")
    else:
        _say(erased_sentence(done))
    st.rerun()


def erased_sentence(done: Erased) -> str:
    """What was erased, and what the person has to see to."""
    text = f"C'est fait : {french.quantity(len(done.persons), 'personnes effacées')}"
    if done.originals:
        text += f", {french.quantity(done.originals, 'fichiers importés supprimés')}"
    if done.copies:
        text += f", {french.quantity(done.copies, 'copies de la base nettoyées')}"
    text += "."
    if done.copies_left:
        text += f" À supprimer à la main, car illisibles : {french.join(list(done.copies_left))} (dossier backups)."
    if not done.scrubbed:
        text += " Les fichiers de la base seront réécrits au prochain démarrage."
    return text + " Les copies gardées ailleurs (clé, disque) restent à votre charge."


# -- one person ------------------------------------------------------------------------------------------------


def _person() -> None:
    store, origin, day = loading.store(), _origin(), clock.today()
    with store.read() as session:
        people = dict(
            sorted(privacy.everybody(session, origin).items(), key=lambda pair: french.sort_key(pair[1]))
        )
    if not people:
        frame.sentence("Aucune personne dans ce registre.")
        return
    note_once("list")
    frame.sentence(f"{french.quantity(len(people), 'personnes')} dans ce registre.")
    chosen = st.selectbox(
        "Personne",
        list(people),
        index=None,
        key=_CHOSEN,
        placeholder="Choisir une personne",
        format_func=lambda i: people.get(i, ""),
    )
    if chosen not in people:
        frame.note(
            "Choisissez une personne pour voir tout ce qui est gardé d'elle, le lui remettre ou l'effacer."
        )
        return
    note_once("view", chosen)
    try:
        with store.read() as session:
            found = privacy.person_file(session, chosen, day, access.current_actor().id)
    except StoreError as error:
        forms.message(str(error), "alert")
        return
    person_files.offer(found.person, lambda: found, day, "donnees")
    for title, rows in found.sections:
        frame.facts(
            french.spaced(title), [(french.spaced(label), french.spaced(text)) for label, text in rows]
        )
    _erase_form(found)


def _erase_form(found: PersonFile) -> None:
    with st.form(f"donnees-erase-{found.person}"):
        st.subheader("Effacer cette personne", anchor=False)
        frame.note(
            "Son nom, ses coordonnées, ses textes et ce que l'historique en dit sont effacés partout, pour toujours. "
            "Les comptes du réseau ne changent pas."
        )
        word = st.text_input(
            f"Pour confirmer, écrivez {privacy.CONFIRMATION}",
            key=f"donnees:erase:{found.person}",
            max_chars=20,
        )
        sent = st.form_submit_button(
            "Effacer définitivement", type="primary", icon=":material/delete_forever:"
        )
    if not sent:
        return
    if word.strip() != privacy.CONFIRMATION:
        _say(f"Rien n'a été effacé : écrivez {privacy.CONFIRMATION} en capitales pour confirmer.", "alert")
    else:
        try:
            done = privacy.erase(loading.store(), access.current_actor(), [found.person])
        except StoreError as error:
            _say(str(error), "alert")
        else:
            _say(erased_sentence(done))
    st.rerun()


# -- log and ledger --------------------------------------------------------------------------------------------

_LOG = [
    Column("when", "Quand"),
    Column("who", "Profil"),
    Column("kind", "Accès"),
    Column("person", "Personne"),
]
_LEDGER = [
    Column("when", "Quand"),
    Column("who", "Profil"),
    Column("why", "Motif"),
    Column("id", "Identifiant opaque"),
]
_WHY = {"request": "à la demande de la personne", "keeping": "durée de conservation échue"}


def _accesses() -> None:
    with loading.store().read() as session:
        found = privacy.accesses(session)
    frame.sentence(
        f"Les {french.quantity(len(found), 'derniers accès')} aux dossiers, le plus récent d'abord."
        if found
        else "Aucun accès noté."
    )
    if found:
        rows = [
            (
                instant(each.at),
                access.label_of(each.actor),
                ACCESS_KINDS[each.kind],
                each.label or french.DASH,
            )
            for each in found
        ]
        grids.show_table(
            pd.DataFrame(rows, columns=["when", "who", "kind", "person"]),
            _LOG,
            caption="Qui a consulté ou modifié quoi",
        )
    frame.note("Le journal dit qui, quand et quel dossier, jamais ce qui s'y trouve.")


def _erasures() -> None:
    with loading.store().read() as session:
        found = privacy.erasures(session)
    frame.sentence(
        french.sentence(f"{french.quantity(len(found), 'personnes effacées')}.")
        if found
        else "Personne n'a encore été effacé."
    )
    if found:
        rows = [
            (instant(each["at"]), access.label_of(each["actor"]), _WHY[each["reason"]], each["person"])
            for each in found
        ]
        grids.show_table(
            pd.DataFrame(rows, columns=["when", "who", "why", "id"]),
            _LEDGER,
            caption="Registre des effacements",
        )
    frame.note(
        french.spaced(
            "Ce registre est aussi un fichier à côté de la base (effacements.jsonl) : gardez-le, il efface de nouveau ces personnes "
            "quand une sauvegarde est remise en place."
        )
    )
