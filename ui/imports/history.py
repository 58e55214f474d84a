"""What was imported: who, when, which file, what it changed; taking an import back or laying it again; who published a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french
from analysis.french import NBSP, NNBSP
from analysis.model import Right, Status
from analysis.vocabulary import IMPORT_CONTENTS, IMPORT_KINDS, RECODING_RULES
from data.imports import history
from data.imports.history import ImportRecord, Outcome
from data.imports.telling import effects_text
from data.packs import migrate
from data.store import StoreError
from ui import access, forms, frame, loading, tables
from ui.filters import Filters
from ui.imports import parts as import_parts
from ui.provenance import source_label, when, who
from ui.tables import Column

NUMBER = re.compile(r"\d{1,9}")
_PAGE = 10
_LISTED = 40


def show_history(filters: Filters) -> None:
    """Every import, newest first; the one that the address names alone."""
    with loading.store().read() as session:
        records = history.imports(session)
    _show_outcome()
    wanted = filters["import"]
    if wanted:
        records = tuple(each for each in records if str(each.id) == wanted)
        if not records:
            forms.message(f"L'import n°{NBSP}{wanted} n'existe pas.")
        for record in records:
            shown = "en vigueur" if record.in_force else "annulé"
            frame.sentence(f"L'import n°{NBSP}{record.id} est {shown}.")
            show_covered(record.id)
        st.button("Voir tous les imports", icon=":material/list:", on_click=filters.set, args=("import", ""))
    else:
        frame.sentence(answer(records))
    for record in import_parts.page_of(records, _PAGE, "importer:history-page"):
        _record(record, filters)


def answer(records: Sequence[ImportRecord]) -> str:
    """« 4 imports, dont 1 annulé ; le plus récent est de M. X, le 12/05/2026. »"""
    files = [each for each in records if each.kind == "file"]
    if not files:
        return "Aucun fichier n'a encore été importé\u202f: la carte montre les chiffres livrés avec le territoire."
    undone = sum(not each.in_force for each in files)
    text = french.quantity(len(files), "fichiers importés")
    if undone:
        text += f", dont {french.number(undone)} {french.plural(undone, 'annulé', 'annulés')}"
    return f"{text}{NNBSP}; le plus récent le {when(files[0].at)}, par {who(files[0].actor)}."


def facts(record: ImportRecord) -> list[tuple[str, str]]:
    """Everything that is known of an import, as (name, text)."""
    found = [
        ("Qui", who(record.actor)),
        ("Quand", when(record.at)),
        (
            "Quoi",
            f"{IMPORT_KINDS.get(record.kind, record.kind)}, {IMPORT_CONTENTS.get(record.content, record.content)}",
        ),
    ]
    if not may_read(record):
        # The name of the file may name somebody, and how many records it held is a count of people outside of the declared tables.
        found.append(("Détail", "réservé aux animateurs"))
        return found
    if record.file_name:
        found.append(("Fichier", f"{import_parts.named(record.file_name)}, {french.file_size(record.bytes)}"))
    if record.format:
        found.append(("Reconnu comme", source_label(record)))
    if record.checksum:
        found.append(("Empreinte (SHA-256)", record.checksum))
    rows = (
        french.quantity(record.rows, "valeurs")
        if record.content == "figures"
        else french.quantity(_records_of(record), "fiches")
    )
    if record.format:
        rows += f", de {french.quantity(record.rows_kept, 'lignes')} du fichier"
        if aside := record.rows_set_aside:
            rows += f"{NNBSP}; {french.number(aside)} {french.plural(aside, 'laissée', 'laissées')} de côté"
        if record.rows_repaired:
            rows += f"{NNBSP}; {french.quantity(record.rows_repaired, 'réparations')}"
    found.append(("Contenu", rows))
    if text := effects_text(record.effects or {}):
        found.append(("Effet", text))
    found += answered(record.choices or {})
    if record.choices and record.choices.get("good_rows_only"):
        found.append(("Choix", "les lignes correctes seulement, malgré des erreurs ailleurs"))
    if not record.in_force:
        found.append(("Annulé", f"par {who(record.undone_by)}, le {when(record.undone_at)}"))
    return found


def _records_of(record: ImportRecord) -> int:
    """How many records an import is about, those that it left as they were included: `rows` counts cells of figures only."""
    effects = record.effects or {}
    return sum(effects.get(each, 0) for each in ("added", "changed", "unchanged")) or record.rows


def answered(choices: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the person answered about columns that the file left open, as (name, text)."""
    lines = {
        "sum": "les lignes d’une même commune sont additionnées",
        "lines": "les lignes d’une même commune sont comptées",
    }
    fractions = {
        "times_100": "fractions de 1, multipliées par 100",
        "as_written": "valeurs telles qu’elles sont écrites",
    }
    return [
        (f"Colonne {import_parts.named(column)}", words[answer])
        for name, words in (("same_commune", lines), ("fractions", fractions))
        for column, answer in choices.get(name, {}).items()
        if answer in words
    ]


def _record(record: ImportRecord, filters: Filters) -> None:
    state = "" if record.in_force else " (annulé)"
    with st.container(border=True):
        text, buttons = st.columns([4, 1], vertical_alignment="center")
        with text:
            title = record.label if may_read(record) else IMPORT_CONTENTS.get(record.content, "fiches")
            frame.facts(f"Import n°{NBSP}{record.id}{NNBSP}: {title}{state}", facts(record))
        with buttons:
            _buttons(record)
        if record.kind == migrate.KIND:
            _show_recoded(record.id)


def _before(indicator: str, value: float | str) -> str:
    """One figure of a commune of before in words: a number, or a status."""
    told = (None, value) if isinstance(value, str) else (value, Status.OBSERVED)
    return import_parts.value_text(loading.catalogue().indicators, indicator, *told)


def _show_recoded(number: int) -> None:
    """What became of each figure when the communes changed."""
    with loading.store().read() as session:
        journal = migrate.journal(session, number)
    known, names = loading.catalogue().indicators, loading.territory().name_of
    rows = [
        (
            f"{names.get(row.commune, row.commune)} ({row.commune})",
            import_parts.series_name(known, row.indicator, row.period),
            RECODING_RULES[row.rule],
            " + ".join(f"{_before(row.indicator, value)} ({code})" for code, value in row.parts.items()),
            import_parts.value_text(known, row.indicator, row.value, row.status),
        )
        for row in journal.head(_LISTED).itertuples()
    ]
    text = import_parts.agreed(len(journal), "valeurs", "recodée", "recodées")
    with st.expander(f"Ce que les chiffres sont devenus{NNBSP}: {text}"):
        frame.note(
            "Annuler remet les chiffres et les fiches d'avant. Le fichier territory.toml se remet par la ligne de commande "
            "(python -m data.packs migrate, --undo)."
        )
        tables.show_table(
            pd.DataFrame(rows, columns=["commune", "series", "rule", "before", "after"]),
            [
                Column("commune", "Commune"),
                Column("series", "Chiffre"),
                Column("rule", "Ce qu'il est devenu"),
                Column("before", "Avant"),
                Column("after", "Désormais", numeric=True),
            ],
            caption=text if len(journal) <= _LISTED else f"{text}, les {_LISTED} premières",
        )


def _buttons(record: ImportRecord) -> None:
    if may_change(record):
        if record.kind == "shipped" and record.in_force:
            with st.popover("Annuler", icon=":material/undo:", width="stretch"):
                frame.note("La carte sera vide partout où aucun fichier importé ne remplace ces chiffres.")
                _change_button(record, "Annuler les chiffres livrés")
        else:
            _change_button(record, "Annuler" if record.in_force else "Rétablir")
    path = history.original(loading.store(), record)
    if path is not None and may_read(record):
        people = record.contains_personal or record.content != "figures"
        needed = Right.READ_PEOPLE if people else Right.IMPORT
        st.download_button(
            "Fichier d'origine", access.guarded(path.read_bytes, right=needed),
            file_name=f"import_{record.id}{suffix(record.file_name)}", on_click="ignore",
            mime="application/octet-stream", icon=":material/download:", key=f"importer:original:{record.id}", width="stretch",
        )  # fmt: skip


def _change_button(record: ImportRecord, label: str) -> None:
    """Takes an import back, or lays it again."""
    if st.button(
        label,
        key=f"importer:undo:{record.id}",
        icon=":material/undo:" if record.in_force else ":material/redo:",
        width="stretch",
        help=f"{'Annuler' if record.in_force else 'Rétablir'} l'import n°{NBSP}{record.id}",
    ):
        _act(record)


def may_read(record: ImportRecord) -> bool:
    """Whether the person at the screen may know what was in the file and have it back: records of the network, and what names
    people, are for those who read people.
    """
    return access.may(Right.READ_PEOPLE) or (record.content == "figures" and not record.contains_personal)


def may_change(record: ImportRecord) -> bool:
    """Whether the person at the screen may undo or redo: records of the network are for those who keep the register."""
    return access.may(Right.EDIT_REGISTER) or (record.content == "figures" and record.kind != migrate.KIND)


def suffix(name: str) -> str:
    """The ending of the visitor's file name when it is a plain one: nothing else of that name reaches the browser's disk."""
    found = re.search(
        r"\.(csv|tsv|txt|xlsx|ods|xls|zip|gz|parquet|dbf|geojson|json|ndjson|jsonl|gpkg)$",
        name,
        re.IGNORECASE,
    )
    return found[0].lower() if found else ""


def _act(record: ImportRecord) -> None:
    change = history.undo if record.in_force else history.redo
    try:
        outcome = change(loading.store(), access.current_actor(), record.id)
    except StoreError as error:
        import_parts.PAGE.refuse(error, "import-history")
    else:
        st.session_state["importer:outcome"] = (record.in_force, outcome)
    st.rerun()


def _show_outcome() -> None:
    """What the last click did, once."""
    import_parts.PAGE.show_refusal("import-history")
    outcome_shown = st.session_state.pop("importer:outcome", None)
    if outcome_shown is not None:
        undone, outcome = outcome_shown
        forms.message(outcome_text(outcome, undone=undone), "status", outcome.left)
        show_covered(outcome.id)


def outcome_text(outcome: Outcome, *, undone: bool) -> str:
    """What undoing or redoing changed, and what stayed because a newer import says something else."""
    verb = "annulé" if undone else "rétabli"
    changed = import_parts.agreed(outcome.changed, "valeurs", "a été modifiée", "ont été modifiées")
    text = f"Import n°{NBSP}{outcome.id} {verb}{NNBSP}: {changed}"
    if outcome.covered:
        covered = import_parts.agreed(outcome.covered, "valeurs", "ne bouge pas", "ne bougent pas")
        text += f"{NNBSP}; {covered}, un import plus récent les remplace"
    return f"{text}."


def show_covered(number: int) -> None:
    """The figures of an import that a newer one hides: undoing or redoing it leaves them as they are."""
    with loading.store().read() as session:
        cells = history.covered(session, number)
    if cells.empty:
        return
    known, names = loading.catalogue().indicators, loading.territory().name_of
    rows = [
        (
            names.get(row.commune, row.commune),
            import_parts.series_name(known, row.indicator, row.period),
            import_parts.value_text(known, row.indicator, row.value, row.status),
            f"n°{NBSP}{row.import_id}",
        )
        for row in cells.head(_LISTED).itertuples()
    ]
    count = len(cells)
    text = import_parts.agreed(count, "valeurs", "recouverte", "recouvertes")
    with st.expander(f"{french.sentence(text)} par un import plus récent"):
        tables.show_table(
            pd.DataFrame(rows, columns=["commune", "series", "value", "by"]),
            [
                Column("commune", "Commune"),
                Column("series", "Chiffre"),
                Column("value", "Valeur affichée", numeric=True),
                Column("by", "Import"),
            ],
            caption=text if count <= _LISTED else f"{text}, les {_LISTED} premières",
        )


# -- who published a figure ------------------------------------------------------------------------------------
