"""What came in through the public form and waits for somebody; the papers and the follow-up link of a dossier. For coordinators' screens.

The caller has asked for the right to read people; looks are logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from analysis import french
from analysis.model import Account, Right
from analysis.vocabulary import DWELLING_KINDS, TENURES
from data import access as doors
from data import applications, candidacy
from data.applications import Dossier, documents
from data.applications.following import size_text
from data.candidacy import CandidacyError, Held, Question
from data.candidacy.links import has_link
from data.register import RegisterError
from data.register.operations import instant
from data.store import StoreError, tables
from ui import access, clock, forms, frame, loading, place
from ui.accesses import note, note_once
from ui.settings import base_path

_OUTCOME = "candidatures:outcome"
_LINK = "candidatures:link"
_REFUSED = (CandidacyError, RegisterError, StoreError, doors.AccessError)


def said() -> None:
    """What became of the last click, once."""
    if outcome := st.session_state.pop(_OUTCOME, None):
        forms.message(*outcome)


def _act(act: Callable[[], object], done: str) -> None:
    """Do what was clicked: called before the page is drawn, so that a click on what somebody else has just done is answered too."""
    if not access.may(Right.EDIT_REGISTER):  # nothing else stands before a callback
        st.session_state[_OUTCOME] = ("Votre profil n’y a plus droit : rien n’a changé.", "alert")
        return
    try:
        act()
    except _REFUSED as error:
        st.session_state[_OUTCOME] = (str(error), "alert")
    except OSError:
        st.session_state[_OUTCOME] = (
            "Ce fichier n’a pas pu être gardé : réessayez dans quelques minutes.",
            "alert",
        )
    else:
        st.session_state[_OUTCOME] = (french.spaced(done), "status")


# -- candidacies to look at ----------------------------------------------------------------------------------------


def waiting(origin: str) -> list[Held]:
    """The candidacies that wait for a coordinator, the oldest first; read again when the store has changed."""
    return _waiting(loading.revision(), origin)


@st.cache_resource(show_spinner=False, max_entries=3)
def _waiting(revision: int, origin: str) -> list[Held]:
    with loading.store().read() as session:
        return candidacy.held(session, origin)


def show_tab(origin: str, who: Account) -> None:
    """What came in through the public form of one register and waits, and where candidates find the form."""
    said()
    found = waiting(origin)
    if not found:
        frame.sentence("Aucune candidature n’attend qu’on la regarde.")
        frame.note(
            french.spaced(
                "Celles dont l’adresse a été confirmée par un code sont déjà des dossiers reçus. Le formulaire public :"
            )
        )
    show_waiting(found, who)
    frame.send_dossier()


def show_waiting(found: Sequence[Held], who: Account) -> None:
    """Each candidacy that waits, with what was typed: taken in as a dossier, or set aside. Nothing where none waits."""
    if not found:
        return
    note_once("list")
    few = french.counted(len(found), "candidature attend", "candidatures attendent")
    frame.sentence(french.spaced(f"{few} qu’un animateur regarde si elle en est bien une."))
    for each in found:
        why = f", {each.why}" if each.why else ""
        title = f"Reçue le {french.date(each.sent_on)}{why}"
        with st.expander(french.spaced(title), expanded=len(found) == 1):
            for step in candidacy.STEPS:
                rows = [
                    (french.spaced(question.label), _words(question, each.answers.get(question.name, "")))
                    for question in step.questions
                    if question.kind != "tick" and each.answers.get(question.name, "").strip()
                ]
                if rows:
                    frame.facts(step.title, rows)
            left, right = st.columns(2)
            left.button(
                "Prendre ce dossier", key=f"candidatures:take:{each.id}", type="primary", icon=":material/check:", width="stretch",
                on_click=partial(
                    _act,
                    partial(candidacy.take_in, loading.store(), loading.territory(), clock.today(), each.id),
                    "Le dossier est pris : il est reçu, au jour de son envoi.",
                ),
            )  # fmt: skip
            right.button(
                "Ce n’est pas une candidature", key=f"candidatures:aside:{each.id}", icon=":material/block:", width="stretch",
                help="Un robot ou un essai : ses réponses sont effacées aussitôt.",
                on_click=partial(
                    _act,
                    partial(candidacy.set_aside, loading.store(), who.actor, each.id),
                    "La candidature est écartée, et ses réponses sont effacées.",
                ),
            )  # fmt: skip


def _words(question: Question, typed: str) -> str:
    options: Mapping[str, str] = question.options or (
        loading.territory().name_of if question.name == "commune" else {}
    )
    words = {**TENURES, **DWELLING_KINDS}.get(typed) if question.name in ("tenure", "kind") else None
    return french.spaced(words or options.get(typed, typed))


# -- papers of a dossier -------------------------------------------------------------------------------------------


def show_papers(found: Dossier, who: Account) -> None:
    """The papers of a dossier, each to be downloaded or taken out, and a field to add one."""
    application, hand = found.id, applications.by(who)
    if not found.documents:
        frame.note("Aucune pièce.")
    for paper in found.documents:
        kind = documents.KIND_WORDS.get(paper.kind, paper.kind)
        by = "le candidat" if paper.party.value == "candidate" else found.names[paper.actor]
        if paper.closed:
            frame.named(
                "Pièce visible après les deux signatures",
                french.spaced(f"ajoutée par {by} pendant l’évaluation, {instant(paper.at)}"),
            )
            continue
        frame.named(
            paper.name,
            french.spaced(f"{kind}, {size_text(paper.size)}, ajoutée par {by}, {instant(paper.at)}"),
        )
        left, right, _ = st.columns([1, 1, 2])
        left.download_button(
            "Télécharger",
            data=_bytes(paper.id, found.person),
            file_name=f"piece-{paper.id}{documents.ENDINGS.get(paper.kind, ('.bin',))[0]}",
            mime=paper.kind,
            key=f"candidatures:paper:{paper.id}",
            icon=":material/download:",
            on_click="ignore",
            disabled=paper.checksum is None,
            width="stretch",
        )
        right.button(
            "Retirer", key=f"candidatures:out:{paper.id}", icon=":material/delete:", width="stretch",
            on_click=partial(
                _act, partial(documents.remove_paper, loading.store(), hand, paper=paper.id), "La pièce est retirée."
            ),
        )  # fmt: skip
    with st.form(f"candidatures-paper-{application}", clear_on_submit=True):
        file = st.file_uploader(
            french.spaced("Ajouter une pièce : PDF, JPEG ou PNG"),
            type=[ending[1:] for endings in documents.ENDINGS.values() for ending in endings],
            key=f"candidatures:file:{application}",
        )
        frame.note(french.spaced(documents.NOT_WANTED))
        if found.judged and not found.open:
            frame.note(
                "Jusqu’aux deux signatures, une pièce que vous ajoutez n’est lue que par vous. Celle du candidat s’envoie par sa page de "
                "suivi, et tous la lisent."
            )
        sent = st.form_submit_button("Ajouter cette pièce", icon=":material/attach_file:")
    if sent and file is not None:
        content, name = file.getvalue(), file.name
        _act(
            lambda: documents.add_paper(
                loading.store(), hand, clock.today(), application=application, name=name, content=content
            ),
            "La pièce est ajoutée.",
        )
        st.rerun()


def _bytes(paper: str, person: str) -> Callable[[], bytes]:
    actor = access.current_actor()  # a file is made after the page's run, where nobody is at the screen

    def read() -> bytes:
        store = loading.store()
        with store.read() as session:
            given = documents.read_paper(session, store, paper, actor.id)
        note("export", person, actor)
        return given.content

    return access.guarded(read, right=Right.READ_PEOPLE)


def show_erasure_asked(application: str) -> None:
    """That the candidate asked to be erased, and where it is done. Nothing where they did not."""
    with loading.store().read() as session:
        row = session.get(tables.application, application) or {}
    if row.get("erasure_asked"):
        day = french.date(row["erasure_asked"])
        forms.message(
            french.spaced(
                f"Le {day}, le candidat a demandé l’effacement de ses données : faites-le sur « Données personnelles », dans le mois."
            ),
            "alert",
        )


# -- the candidate's own link --------------------------------------------------------------------------------------


def show_follow_link(application: str, who: Account) -> None:
    """Whether the candidate can follow the dossier, and a new link to give; it is shown once, and replaces the one before."""
    store = loading.store()
    with store.read() as session:
        there = has_link(session, application, clock.instant())
    if link := st.session_state.pop(_LINK, ""):
        frame.note("Le lien, montré cette seule fois. Envoyez-le à ce candidat seul.")
        st.code(link, language=None)
    frame.note(
        "Le candidat a un lien de suivi. Un nouveau lien remplace le sien."
        if there
        else "Le candidat n’a pas de lien de suivi."
    )

    def make() -> None:
        text = candidacy.give_follow_link(store, who.actor, application, doors.server_secret(store.files))
        st.session_state[_LINK] = f"{place.origin()}{base_path()}/suivi?lien={text}"

    st.button(
        "Donner un lien de suivi", key=f"candidatures:link:{application}", icon=":material/link:",
        on_click=partial(_act, make, "Le lien est fait."),
    )  # fmt: skip
