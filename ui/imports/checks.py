"""Fourth step of the importer: the communes to settle, what is wrong and where, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from analysis import french
from analysis.french import NNBSP
from data.imports import findings
from data.imports.model import PlacedDraft, Problem
from data.register.people import SEPARATE
from ui import frame
from ui.imports import parts, places, questions
from ui.imports.file import SPREADSHEET
from ui.imports.work import Work
from ui.markdown import literal

_LISTED = 40
SEVERITIES = {"all": "Tout", "error": "Erreurs", "warning": "À vérifier"}


def show_checks_step(work: Work, draft: PlacedDraft, go: Callable[[str], None]) -> None:
    """The step: communes, problems, and the choice to leave the wrong rows out."""
    parts.question(f"Tout est-il juste{NNBSP}?")
    frame.sentence(answer(draft))
    for text in aside(draft):
        frame.note(text)
    questions.show_questions(work, draft)
    if draft.places.matches:
        places.show_places_to_settle(work, draft)
    if draft.proposals:
        _people(work, draft)
    if draft.problems:
        _problems(draft)
        _good_rows(work, draft)
    parts.ways(work, "colonnes", "changements", go, why_not=why_not(draft))


def rows_of(draft: PlacedDraft) -> int:
    """How many rows of the file concern the territory."""
    rows = draft.cells if draft.parsed.kind == "figures" else draft.rows
    return 0 if rows.empty else int(rows["line"].nunique())


def answer(draft: PlacedDraft) -> str:
    """« 20 lignes du fichier concernent le territoire : aucune erreur, 2 points à vérifier. »"""
    kept = rows_of(draft)
    errors = len(draft.errors)
    warnings = len(draft.problems) - errors
    found = []
    found.append("aucune erreur" if not errors else french.quantity(errors, "erreurs"))
    if warnings:
        found.append(f"{french.quantity(warnings, 'points')} à vérifier")
    about = french.plural(kept, "ligne du fichier concerne", "lignes du fichier concernent")
    return f"{french.number(kept)} {about} le territoire{NNBSP}: {french.join(found)}."


def aside(draft: PlacedDraft) -> list[str]:
    """What was left out and why, one sentence a reason."""
    return [
        f"{french.quantity(count, 'lignes')} {french.plural(count, 'laissée', 'laissées')} de côté{NNBSP}: {reason}."
        for reason, count in draft.set_aside.items()
        if count
    ]


def why_not(draft: PlacedDraft) -> str:
    """What must be done before the differences can be shown; empty when nothing must."""
    if draft.diff is not None:
        return ""
    if any(each.key not in draft.choices.people for each in draft.proposals):
        return "Dites ci-dessus qui est la même personne et qui ne l'est pas."
    if questions.waiting(draft):
        return f"Répondez ci-dessus{NNBSP}: le fichier ne dit pas lui-même ce que valent ces colonnes."
    if places.undecided(draft):
        return "Choisissez ci-dessus la commune de chaque ligne à vérifier, ou publiez les lignes correctes seulement."
    if parts.whole_file(draft):
        return "Une erreur concerne tout le fichier\u202f: corrigez-le, puis déposez-le à nouveau."
    return "Corrigez le fichier, ou choisissez ci-dessus de publier les lignes correctes seulement."


def _people(work: Work, draft: PlacedDraft) -> None:
    """Records whose person looks like somebody of the register: the same, or somebody else?"""
    st.subheader(f"Est-ce la même personne{NNBSP}?", anchor=False)
    for proposal in draft.proposals[:_LISTED]:
        answers = {
            person: f"Oui, {label} ({', '.join(why)})" if why else f"Oui, {label}"
            for person, label, why in proposal.candidates
        }
        answers[SEPARATE] = "Non, c'est une autre personne"
        _person(work, proposal.key, proposal.line, answers)


def _person(work: Work, record: str, line: int, answers: Mapping[str, str]) -> None:
    key = parts.bind(f"importer:person:{record}", work.choices.people.get(record))
    st.selectbox(
        f"Fiche {literal(parts.short(record))}, ligne {french.number(line)}", list(answers), key=key, index=None,
        format_func=lambda person: answers.get(person, str(person)), placeholder="Choisir",
        on_change=lambda: work.choose(people={**work.choices.people, record: st.session_state[key] or ""}),
    )  # fmt: skip


def _problems(draft: PlacedDraft) -> None:
    counts: Counter[str] = Counter(each.severity for each in draft.problems)
    st.subheader("Ce qui a été trouvé", anchor=False)
    left, right = st.columns(2, vertical_alignment="bottom")
    offered = {key: words for key, words in SEVERITIES.items() if key == "all" or counts[key]}
    with left:
        severity = st.selectbox(
            "Gravité", list(offered), key=parts.within(f"importer:severity:{len(draft.problems)}", offered),
            format_func=lambda s: f"{offered[s]} ({french.number(len(draft.problems) if s == 'all' else counts[s])})",
        )  # fmt: skip
    titles = Counter(each.title for each in draft.problems if severity in ("all", each.severity))
    with right:
        title = st.selectbox(
            "Sorte", ["", *titles], key=parts.within(f"importer:title:{len(draft.problems)}", ["", *titles]),
            format_func=lambda t: f"{t} ({french.number(titles[t])})" if t else f"Toutes ({french.number(sum(titles.values()))})",
        )  # fmt: skip
    found = [
        each for each in draft.problems if severity in ("all", each.severity) and title in ("", each.title)
    ]
    parts.problem_table(found[:_LISTED], caption(len(found)))
    _downloads(draft)


def caption(count: int) -> str:
    """What the table holds, and what it leaves to the files."""
    if count <= _LISTED:
        return french.quantity(count, "anomalies")
    return (
        f"Les {_LISTED} premières anomalies sur {french.number(count)}{NNBSP}: le fichier les contient toutes"
    )


def _downloads(draft: PlacedDraft) -> None:
    problems, table = draft.problems, draft.table
    with st.container(horizontal=True):
        st.download_button(
            "Toutes les anomalies (CSV)", lambda: findings.to_csv(problems), file_name="anomalies.csv", mime="text/csv",
            on_click="ignore", icon=":material/download:", key="importer:findings-csv",
        )  # fmt: skip
        if table is not None:
            st.download_button(
                "Copie du fichier, cellules en cause colorées (XLSX)", lambda: findings.to_xlsx(table, problems),
                file_name="fichier_annote.xlsx", mime=SPREADSHEET, on_click="ignore", icon=":material/format_color_fill:",
                key="importer:findings-xlsx",
            )  # fmt: skip


def wrong_lines(problems: Sequence[Problem]) -> int:
    """How many lines have an error."""
    return len({each.line for each in problems if each.severity == "error" and each.line is not None})


def _good_rows(work: Work, draft: PlacedDraft) -> None:
    wrong = wrong_lines(draft.problems)
    if not wrong or parts.whole_file(draft):
        return
    key = parts.bind("importer:good-only", work.choices.good_rows_only)
    st.checkbox(
        f"Publier les lignes correctes seulement{NNBSP}: {french.quantity(wrong, 'lignes')} avec une erreur "
        f"{french.plural(wrong, 'ne sera pas publiée', 'ne seront pas publiées')}, et ce choix sera gardé dans l'historique",
        key=key,
        on_change=lambda: work.choose(good_rows_only=bool(st.session_state[key])),
    )
