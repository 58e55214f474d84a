"""One dossier: who waits for whom, its history, its next step, its grids, tasks and papers."""

from __future__ import annotations

import streamlit as st

from analysis import french
from analysis.applications.steps import REASONS, SIGNED_STEPS, Kind, Party, moves
from analysis.french import NNBSP
from analysis.vocabulary import (
    APPLICATION_CHANNELS,
    APPLICATION_ENTRIES,
    APPLICATION_STATUSES,
    ASSESSOR_SEATS,
)
from data import applications
from data.applications import Dossier, HistoryLine
from data.privacy import PersonFile, person_file
from data.register.operations import instant
from ui import access, candidacies, following, forms, frame, person_files
from ui.accesses import note_once
from ui.applications import accompany, arrive, entry, fit, grids, tasks
from ui.applications.parts import PAGE, DossierDesk
from ui.filters import Filters
from ui.forms import Form
from ui.markdown import literal

TABS = ("Où il en est", "Évaluation", "Tâches et pièces", "Accompagnement", "Ce qu’il dit")


def show_dossier(desk: DossierDesk, filters: Filters, application: str) -> None:
    """The page of one dossier."""
    st.button("Tous les dossiers", icon=":material/arrow_back:", on_click=filters.set, args=("dossier", ""))
    with desk.store.read() as session:
        found = applications.dossier(session, application, desk.me)
    if found is None or found.origin != desk.origin:
        frame.sentence("Ce dossier n’est plus là : il a été retiré, ou son adresse est fausse.")
        return
    note_once("view", found.person)
    waits = following.wait_of(application, desk.origin, desk.today)
    st.subheader(literal(f"{found.label}, {found.trade}" if found.trade else found.label), anchor=False)
    reason = REASONS.get(found.state.step, {}).get(found.state.reason, found.state.reason)
    told = APPLICATION_STATUSES[found.state.step] + (f" ({reason})" if reason else "")
    since = f" depuis le {french.date(found.state.since)}" if found.state.since else ""
    frame.sentence(f"{told}{since}." + (f" {waits}." if waits else ""))
    if found.problem:
        forms.message(f"Cet historique ne suit pas les étapes. {found.problem}", "alert")
    if found.state.taken_over and found.state.step != "received":
        forms.message("Étape reprise d’un fichier : les deux signatures n’ont pas été données ici.")
    candidacies.said()
    candidacies.show_erasure_asked(found.id)
    where, judge, work, coming, says = st.tabs(TABS)
    with where:
        _doubles(desk, found)
        _next(desk, found)
        _history(desk, found)
    with judge:
        grids.show_grids(desk, found)
        fit.show_fit(desk, found)
    with work:
        tasks.show_tasks(desk, found)
        _papers(found)
    with coming:
        accompany.show_accompaniment(desk, found)
        arrive.show_arrival(desk, found)
    with says:
        _said(desk, found)
        entry.show_correction(desk, found)
        person_files.offer(found.person, lambda: _data_of(desk, found), desk.today, PAGE.key("data"))


def _said(desk: DossierDesk, found: Dossier) -> None:
    names = desk.territory.name_of
    rows = [
        ("Reçu le", french.date(found.received)),
        ("Par", APPLICATION_CHANNELS.get(found.channel, "non dit")),
        ("Adresse électronique", found.email or ""),
        ("Téléphone", found.phone or ""),
        ("Site", found.website or ""),
        ("Projet", found.project),
        ("Clients", found.clients),
        ("Communes souhaitées", french.join([names.get(code, code) for code in found.wishes])),
        (
            "Foyer",
            french.counted(found.household_size, "personne", "personnes") if found.household_size else "",
        ),
        ("Arrivée prévue", french.date(found.planned_arrival) if found.planned_arrival else ""),
        ("Parrain", _sponsor(desk, found)),
    ]
    frame.facts("Ce que dit le dossier", [(name, text) for name, text in rows if text])


def _data_of(desk: DossierDesk, found: Dossier) -> PersonFile:
    """All that is held of the person, as the one at the screen may hand it out."""
    with desk.store.read() as session:
        return person_file(session, found.person, desk.today, desk.me)


def _sponsor(desk: DossierDesk, found: Dossier) -> str:
    if not found.sponsor:
        return ""
    here = {each.member: each.label for each in following.sponsors(desk.origin, desk.today)}
    return here.get(found.sponsor, "un membre qui n’est plus là")


def _doubles(desk: DossierDesk, found: Dossier) -> None:
    """The dossiers that may be this one: somebody says so, nothing is merged."""
    pairs = following.pairs(desk.origin, found.id)
    mine = pairs[(pairs["application"] == found.id) | (pairs["other"] == found.id)]
    PAGE.show_refusal("double")
    for pair in mine.head(5).to_dict("records"):
        first = pair["application"] == found.id
        other, label = (
            (str(pair["other"]), pair["other_label"]) if first else (str(pair["application"]), pair["label"])
        )
        forms.message(f"Peut-être le même que « {label} » ({pair['why']}).")
        left, right = st.columns(2)
        for place, same, label in ((left, True, "C’est le même"), (right, False, "Ce sont deux dossiers")):
            if place.button(label, key=PAGE.key(f"double:{other}:{same}"), width="stretch"):
                try:
                    PAGE.done(
                        applications.judge_double(desk.store, desk.hand, one=found.id, other=other, same=same)
                    )
                except ValueError as error:
                    PAGE.refuse(error, "double")
                st.rerun()
    if len(mine):
        frame.note(
            "Si c’est le même, passez ensuite l’un des deux à « Retiré » : rien n’est réuni sans vous."
        )


# -- the next step ---------------------------------------------------------------------------------------------


def _next(desk: DossierDesk, found: Dossier) -> None:
    form = Form(PAGE, "step", found.id)
    form.show_refusal()
    seen = PAGE.snapshot(f"dossier:{found.id}", found.version)
    allowed = {step: APPLICATION_STATUSES[step] for step in moves(found.state, Party.COORDINATOR)}
    if found.state.step in ("read", "met") and found.state.missing:
        seats = french.join([f"du {ASSESSOR_SEATS[seat]}" for seat in found.state.missing], "et")
        frame.note(f"« Retenu » et « Refusé » attendent la signature {seats}.")
    if not allowed:
        frame.note("Ce dossier est clos : seule une correction de son historique le rouvre.")
    else:
        with st.form("dossiers-step"):
            st.subheader("Étape suivante", anchor=False)
            left, right = st.columns(2)
            with left:
                step = form.choice("Étape", "step", allowed)
                on = form.day("Le", "on", desk.today)
            with right:
                # One list for the ends that need a reason: a reason of another end is refused in words.
                reasons = {
                    f"{end}/{code}": f"{APPLICATION_STATUSES[end]}{NNBSP}: {words}"
                    for end, listed in REASONS.items()
                    if end in allowed
                    for code, words in listed.items()
                }
                reason = form.choice("Raison, si le dossier finit là", "reason", reasons) if reasons else None
            told = "Conclusion commune" if set(allowed) & set(SIGNED_STEPS) else "Note"
            note = st.text_area(told, key=form.key("note", ""), max_chars=1000)
            sent = st.form_submit_button("Noter cette étape", type="primary", icon=":material/east:")
        if sent:
            code = (reason or "/").split("/")[1] if (reason or "/").split("/")[0] == step else ""
            form.run(
                lambda: applications.move(
                    desk.store, desk.hand, desk.today, application=found.id, step=step or "", on=on, note=note,
                    reason=code, seen=seen,
                )
            )  # fmt: skip
    _aside(desk, found, seen)


def _aside(desk: DossierDesk, found: Dossier, seen: int) -> None:
    """A note, and the pause."""
    left, right = st.columns(2)
    with left:
        form = Form(PAGE, "note", found.id)
        form.show_refusal()
        with st.form("dossiers-note"):
            text = st.text_area("Noter quelque chose", key=form.key("text", ""), max_chars=1000)
            if not found.open:
                frame.note("Jusqu’aux deux signatures, vos notes ne sont lues que par vous.")
            sent = st.form_submit_button("Ajouter la note", icon=":material/edit_note:")
        if sent:
            form.run(
                lambda: applications.note(desk.store, desk.hand, desk.today, application=found.id, text=text)
            )
    with right:
        if found.state.closed:
            return
        form = Form(PAGE, "pause", found.id)
        form.show_refusal()
        asleep = found.state.paused(desk.today)
        with st.form("dossiers-pause"):
            until = None if asleep else form.day("Mettre en pause jusqu’au", "until")
            why = form.text("Pourquoi", "why")
            sent = st.form_submit_button(
                "Réveiller" if asleep else "Mettre en pause", icon=":material/bedtime:"
            )
        if sent and asleep:
            form.run(lambda: applications.wake(desk.store, desk.hand, desk.today, application=found.id, note=why, seen=seen))  # fmt: skip
        elif sent:
            form.run(
                lambda: applications.pause(
                    desk.store, desk.hand, desk.today, application=found.id, until=until, note=why, seen=seen
                )
            )


# -- the history -----------------------------------------------------------------------------------------------


def _history(desk: DossierDesk, found: Dossier) -> None:
    st.subheader("Historique", anchor=False)
    for line in reversed(found.history):
        forms.line(_title(line), _head(line), [_words(line)] if _words(line) else [], struck=not line.counts)
    form = Form(PAGE, "correct", found.id)
    form.show_refusal()
    lines = {
        str(line.id): f"{_title(line)}, le {french.date(line.entry.on)}"
        for line in found.history
        if line.counts
    }
    seen = PAGE.snapshot(f"dossier:{found.id}", found.version)
    with st.expander("Corriger une ligne"), st.form("dossiers-correct"):
        frame.note(
            "Rien n’est effacé : la correction est une ligne de plus, qui retire l’autre ou la redate."
        )
        target = form.choice("Ligne", "line", lines)
        dated = form.day("Nouvelle date (vide : retirer la ligne)", "dated")
        why = form.text("Pourquoi", "why")
        sent = st.form_submit_button("Corriger", icon=":material/history:")
    if sent:
        form.run(
            lambda: applications.correct(
                desk.store, desk.hand, desk.today, application=found.id, line=int(target or 0), note=why, dated=dated, seen=seen
            )
        )  # fmt: skip


def _title(line: HistoryLine) -> str:
    entry = line.entry
    if entry.step:
        before = f"{APPLICATION_STATUSES[line.before]} → " if line.before and line.counts else ""
        reason = REASONS.get(entry.step, {}).get(entry.reason, entry.reason)
        text = before + APPLICATION_STATUSES[entry.step] + (f" ({reason})" if reason else "")
        return f"{text}, repris d’un fichier" if entry.kind is Kind.TAKEN_OVER else text
    if entry.kind is Kind.SIGN:
        return f"Signature du {ASSESSOR_SEATS[entry.seat]}"
    if entry.kind is Kind.PAUSE and entry.until:
        return f"En pause jusqu’au {french.date(entry.until)}"
    if entry.kind is Kind.CORRECT:
        return (
            f"Correction{NNBSP}: redaté au {french.date(entry.dated)}"
            if entry.dated
            else f"Correction{NNBSP}: ligne retirée"
        )
    return french.sentence(APPLICATION_ENTRIES[entry.kind.value])


def _head(line: HistoryLine) -> str:
    text = f"le {french.date(line.entry.on)}, {line.author}, noté {instant(line.at)}"
    if line.undone:
        return f"{text}, annulé par {line.undone[0]} {instant(line.undone[1])}"
    return text if line.counts else f"{text}, retiré par une correction"


def _words(line: HistoryLine) -> str:
    return "Ces mots s’ouvrent quand les deux évaluateurs ont signé." if line.closed else line.entry.note


def _papers(found: Dossier) -> None:
    who = access.account()
    st.subheader("Pièces", anchor=False)
    candidacies.show_papers(found, who)
    st.subheader("Page de suivi du candidat", anchor=False)
    candidacies.show_follow_link(found.id, who)
