"""Second step of the importer: what the file was taken for, how it was read, and the questions that reading it raises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analysis import french
from analysis.french import NNBSP
from data.imports.model import Dialect, Draft, ReadDraft, Reading, Recognition, Table
from ui import forms, frame
from ui.imports import parts as import_parts
from ui.imports.work import Work, allowed
from ui.markdown import literal
from ui.provenance import ANY, publication

UNSETTLED, UNDATED = "which_network", "no_period"
"""Problems that an answer on this step settles: which of two publications, and when the figures hold."""
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "iso-8859-1": "Latin-1",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "mac-roman": "Macintosh",
    "mac_roman": "Macintosh",
    "ascii": "ASCII",
}
SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale", " ": "blanc"}
CONTAINERS = {
    "csv": "Texte à colonnes",
    "xlsx": "Classeur Excel",
    "xls": "Classeur Excel ancien",
    "ods": "Classeur LibreOffice",
    "parquet": "Fichier Parquet",
    "dbf": "Table dBase",
    "geojson": "Table d'un GeoJSON",
    "json": "Tableau JSON",
    "gpkg": "Table d'un GeoPackage",
}

_UNUSED = 12


def show_recognition_step(work: Work, draft: Draft, go: Callable[[str], None]) -> None:
    """The step: what the file is, or what must be chosen before it can be read, or why it is refused."""
    if draft.sheets or draft.readings:
        (_sheet if draft.sheets else _reading)(work, draft)
        import_parts.ways(work, "fichier", None, go)
        return
    import_parts.question(f"De quoi s'agit-il{NNBSP}?")
    if not isinstance(draft, ReadDraft):
        frame.sentence(f"{import_parts.named(work.name)} ne peut pas être lu. Rien n'a changé.")
        import_parts.refusals(draft.problems)
        import_parts.another_file()
        import_parts.ways(work, "fichier", None, go)
        return
    table = draft.table
    _answer(draft, table)
    if not allowed(draft):
        forms.message(
            "Ce fichier contient des fiches du réseau. Seuls les animateurs peuvent les publier\u202f: donnez-leur le fichier, ou "
            "demandez à l'administrateur de vous confier ce rôle.",
            "alert",
        )
        import_parts.ways(work, "fichier", None, go)
        return
    if len(draft.recognitions) > 1:
        _other(work, draft)
    _period(work, draft)
    if len(table.sheets) > 1:
        _other_sheet(work, table)
    stops = draft.problems if draft.parsed is None else import_parts.whole_file(draft)
    if stops and (draft.recognition is None or draft.recognition.format != ANY):
        import_parts.refusals(stops)
    import_parts.first_rows(draft)
    frame.note(dialect_text(table.dialect))
    if work.choices.reading is not None:
        st.button(
            "Choisir une autre lecture", key="importer:reading-again", icon=":material/swap_horiz:",
            on_click=lambda: work.choose(reading=None, kind=None, columns={}, new=()),
        )  # fmt: skip
    _repairs(table)
    stop = draft.recognition is None or (draft.parsed is None and bool(draft.problems))
    import_parts.ways(work, "fichier", None if stop else "colonnes", go)


def _answer(draft: Draft, table: Table) -> None:
    rows = draft.facts.get("rows", len(table.frame))  # of a very big file, the table holds the first ones
    size = f"{french.quantity(rows, 'lignes')}, {french.quantity(table.frame.shape[1], 'colonnes')}"
    if draft.recognition is None:
        frame.sentence(f"{import_parts.named(draft.name)} est lu ({size}) mais n'est pas reconnu.")
        return
    found = draft.recognition
    if found.format == ANY:
        frame.sentence(
            f"{import_parts.named(draft.name)} n'est d'aucune publication connue{NNBSP}: vous direz ce que comptent ses colonnes ({size})."
        )
        frame.note(found.why)
        return
    frame.sentence(
        f"{import_parts.named(draft.name)} est reconnu comme{NNBSP}: {publication(found.name, found.edition)} ({size})."
    )
    frame.note(f"{found.name}. {found.why}" if found.edition else found.why)
    if text := unused(found):
        frame.note(text)


def unused(found: Recognition) -> str:
    """« 2 colonnes ne servent pas : DEP, REG. »: those of a known format that nothing reads; empty when there is none."""
    if not found.ignored:
        return ""
    names = ", ".join(import_parts.short(name, 40) for name in found.ignored[:_UNUSED])
    more = "…" if len(found.ignored) > _UNUSED else ""
    return f"{import_parts.agreed(len(found.ignored), 'colonnes', 'ne sert pas', 'ne servent pas')}{NNBSP}: {names}{more}."


def _other(work: Work, draft: Draft) -> None:
    """The other things the file could be."""
    names = {each.format: publication(each.name, each.edition) for each in draft.recognitions}
    now = draft.recognition.format if draft.recognition is not None else draft.recognitions[0].format
    unsettled = any(each.code == UNSETTLED for each in draft.problems)
    key = import_parts.bind("importer:kind", None if unsettled else now)

    def take() -> None:
        work.choose(kind=st.session_state[key], columns={}, new=())

    st.radio(
        f"Qu'est-ce{NNBSP}?" if unsettled else f"Ce n'est pas cela{NNBSP}?",
        list(names),
        index=None if unsettled else 0,
        format_func=lambda i: literal(names.get(i, str(i))),
        key=key,
        on_change=take,
    )


def _period(work: Work, draft: Draft) -> None:
    """The day of the figures, asked for when neither the columns nor the file's name tell it."""
    if work.choices.period is None and all(each.code != UNDATED for each in draft.problems):
        return
    key = import_parts.bind("importer:period", work.choices.period or "")

    def take() -> None:
        work.choose(period=st.session_state[key].strip() or None)

    st.text_input(
        "Date de ces chiffres", key=key, on_change=take, max_chars=10, placeholder="2026-06-30",
        help="Le jour où ils valent (2026-06-30, fin d'un trimestre), ou une année (2025).",
    )  # fmt: skip


def _other_sheet(work: Work, table: Table) -> None:
    key = import_parts.bind("importer:sheet", table.dialect.sheet)

    def take() -> None:
        work.choose(sheet=st.session_state[key], kind=None, columns={}, new=(), reading=None)

    st.selectbox(
        "Tableau lu", list(table.sheets), key=key, on_change=take, format_func=import_parts.short,
        help="Les feuilles qui ne font que décrire les données ne sont pas proposées d'abord.",
    )  # fmt: skip


def _sheet(work: Work, draft: Draft) -> None:
    import_parts.question(f"Quel tableau faut-il lire{NNBSP}?")
    frame.sentence(
        f"{import_parts.named(work.name)} contient {french.quantity(len(draft.sheets), 'tableaux')}."
    )
    for each in draft.problems:
        frame.note(f"{each.title} {each.advice}")
    key = "importer:sheet-asked"
    st.radio(
        "Tableau", list(draft.sheets), index=None, key=key, format_func=lambda s: literal(import_parts.short(s)),
        on_change=lambda: work.choose(sheet=st.session_state[key]),
    )  # fmt: skip
    _excerpts(draft)


def _excerpts(draft: Draft) -> None:
    """The first rows of each table to choose from, two side by side: names such as « Feuil1 » say little."""
    shown = [name for name in draft.sheets if name in draft.excerpts]
    for pair in (shown[i : i + 2] for i in range(0, len(shown), 2)):
        for column, name in zip(st.columns(2, gap="medium"), pair, strict=False):
            with column:
                if rows := draft.excerpts[name]:
                    import_parts.excerpt(rows, f"Premières lignes de {import_parts.named(name)}")
                else:
                    frame.note(f"{import_parts.named(name)} est vide.")


def _reading(work: Work, draft: Draft) -> None:
    """Two plausible readings, side by side."""
    import_parts.question(f"Laquelle de ces lectures est la bonne{NNBSP}?")
    frame.sentence(
        f"{import_parts.named(work.name)} peut se lire de {french.number(len(draft.readings))} façons qui ne disent pas la même chose."
    )
    for each in draft.problems:
        frame.note(f"{each.title} {each.advice}")
    likely = [each for each in draft.readings if each.likely]
    others = [each for each in draft.readings if not each.likely]
    _side_by_side(work, likely)
    if others:
        with st.expander("D'autres lectures, où les lettres se lisent moins bien"):
            _side_by_side(work, others)


def _side_by_side(work: Work, readings: Sequence[Reading]) -> None:
    for column, reading in zip(st.columns(len(readings), gap="medium"), readings, strict=True):
        with column:
            import_parts.excerpt(reading.excerpt[:8], french.spaced(reading.label))
            st.button(
                f"Choisir{NNBSP}: {literal(french.spaced(reading.label))}", key=f"importer:reading:{reading.id}", icon=":material/check:",
                on_click=lambda chosen=reading.id: work.choose(reading=chosen),
            )  # fmt: skip


def dialect_text(dialect: Dialect) -> str:
    """« Texte à colonnes, séparateur point-virgule, encodage Windows-1252, noms de colonnes à la ligne 1. »"""
    parts = [CONTAINERS.get(dialect.container, dialect.container)]
    if dialect.member:
        parts.append(f"dans l'archive{NNBSP}: {import_parts.named(dialect.member)}")
    if dialect.sheet:
        parts.append(f"feuille {import_parts.named(dialect.sheet)}")
    if dialect.separator:
        parts.append(f"séparateur {SEPARATORS.get(dialect.separator, dialect.separator)}")
    if dialect.encoding:
        parts.append(
            f"encodage {ENCODINGS.get(dialect.encoding.lower(), dialect.encoding)}{' avec marque' if dialect.bom else ''}"
        )
    if dialect.header_line:
        parts.append(f"noms de colonnes à la ligne {french.number(dialect.header_line)}")
    return f"{', '.join(parts)}."


def _repairs(table: Table) -> None:
    """What was put right while reading, line by line."""
    if not table.repairs:
        frame.note("Rien n'a dû être réparé pour lire ce fichier.")
        return
    count = len(table.repairs)
    text = french.plural(count, "réparation faite", "réparations faites")
    with st.expander(f"{french.number(count)} {text} en lisant le fichier"):
        lines = [
            (
                french.number(each.line) if each.line is not None else "tout le fichier",
                french.spaced(each.what),
            )
            for each in table.repairs[:200]
        ]
        import_parts.excerpt(lines, "Ce qui a été réparé", ("Ligne", "Réparation"))
        if count > len(lines):
            frame.note(f"Les {french.number(count - len(lines))} autres sont du même genre.")
