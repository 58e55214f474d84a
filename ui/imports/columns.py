"""Third step of the importer: what each column means, corrected by hand, or an indicator of the analyst's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from analysis import french
from analysis.french import NNBSP
from data.imports.formats import NUMBER, meaning_label
from data.imports.formats.base import COMMUNE, COMMUNE_NAME, IGNORE, POSTCODE
from data.imports.kinds import RECORD_KINDS
from data.imports.model import NewIndicator, NewVintage, PlacedDraft
from ui import frame, loading
from ui.imports import named, parts, questions
from ui.imports.work import Work
from ui.markdown import literal
from ui.provenance import ANY

PLACE_WORDS = {
    COMMUNE: "Commune : code INSEE".replace(" :", "\u202f:"),
    COMMUNE_NAME: "Commune : nom".replace(" :", "\u202f:"),
    POSTCODE: "Commune : code postal".replace(" :", "\u202f:"),
    NUMBER: "Des nombres, à nommer ci-dessous",
    IGNORE: "Laisser de côté",
}
UNNAMED = "Nommez au moins une colonne de nombres ci-dessus pour continuer."
_EXAMPLES = 3
_LISTED = 40
_PAGE = 25


def show_columns_step(work: Work, draft: PlacedDraft, go: Callable[[str], None]) -> None:
    """The step: the columns and their meanings."""
    parts.question(f"Que veut dire chaque colonne{NNBSP}?")
    columns = meanings(draft)
    left = [str(name) for name in draft.table.frame.columns if columns.get(str(name), IGNORE) == IGNORE]
    frame.sentence(answer(columns, len(left)))
    options = words(draft)
    for name, meaning in parts.page_of(
        list(columns.items()), _PAGE, "importer:columns-page", "Colonnes, page"
    ):
        _column(work, draft, name, meaning, options)
    _take_another(work, left, options)
    if draft.recognition.kind == "figures":
        named.show_naming_form(work, draft)
    unnamed = draft.recognition.format == ANY and not work.named
    if not unnamed:
        parts.refusals([each for each in parts.whole_file(draft) if each.code not in questions.ASKED])
    parts.ways(work, "reconnu", "controles", go, why_not=UNNAMED if unnamed else "")


def answer(columns: Mapping[str, str], left: int) -> str:
    """« 4 colonnes sur 5 sont comprises ; 1 est laissée de côté. »"""
    waiting = sum(meaning == NUMBER for meaning in columns.values())
    taken = sum(meaning != IGNORE for meaning in columns.values()) - waiting
    understood = french.plural(taken, "est comprise", "sont comprises")
    text = f"{french.quantity(taken, 'colonnes')} sur {french.number(taken + waiting + left)} {understood}"
    if waiting:
        wait = french.plural(
            waiting,
            "attend que vous disiez ce qu'elle compte",
            "attendent que vous disiez ce qu'elles comptent",
        )
        text += f"{NNBSP}; {french.number(waiting)} {wait}"
    if left:
        text += (
            f"{NNBSP}; {french.number(left)} {french.plural(left, 'est laissée', 'sont laissées')} de côté"
        )
    return f"{text}."


def meanings(draft: PlacedDraft) -> dict[str, str]:
    """Column → meaning as it stands: recognised, then corrected; columns that were ignored from the start are left out."""
    both = {**draft.recognition.columns, **draft.choices.columns}
    return {str(name): both[name] for name in draft.table.frame.columns if name in both}


def words(draft: PlacedDraft) -> dict[str, str]:
    """Every meaning that a column can take here, in words."""
    used = set(meanings(draft).values())
    if draft.recognition.kind != "figures":
        fields = {each.name: each.title for each in RECORD_KINDS[draft.recognition.kind].fields}
        return {IGNORE: PLACE_WORDS[IGNORE], **fields}
    catalogue = loading.catalogue()
    found = dict(PLACE_WORDS)
    for indicator in catalogue.indicators.values():
        if indicator.kind in ("count", "published"):
            for vintage in reversed(indicator.vintages):
                found[f"{indicator.id}@{vintage.period}"] = f"{indicator.name}, {vintage.label}"
    for entry in (*draft.parsed.new, *draft.choices.new):
        if isinstance(entry, NewIndicator):
            for vintage in entry.indicator.vintages:
                found[f"{entry.indicator.id}@{vintage.period}"] = f"{entry.indicator.name}, {vintage.label}"
        elif isinstance(entry, NewVintage):
            name = known.name if (known := catalogue.known(entry.indicator)) is not None else entry.indicator
            found[f"{entry.indicator}@{entry.vintage.period}"] = f"{name}, {entry.vintage.label}"
    for meaning in used:
        found.setdefault(meaning, meaning_label(meaning, catalogue))
    return found


def _column(work: Work, draft: PlacedDraft, name: str, meaning: str, options: Mapping[str, str]) -> None:
    key = parts.bind(f"importer:column:{name}", meaning)

    def take() -> None:
        work.choose(columns={**work.choices.columns, name: st.session_state[key]})

    what, which = st.columns([2, 3], vertical_alignment="center")
    with what:
        filled = [str(cell) for cell in draft.table.frame[name].iloc[:200].unique() if str(cell).strip()]
        seen = dict.fromkeys(parts.masked(name, cell, meaning) for cell in filled[:_EXAMPLES])
        frame.named(parts.short(name), ", ".join(parts.short(cell, 24) for cell in seen))
    which.selectbox(
        f"Sens de la colonne {literal(parts.short(name))}", list(options), key=key, on_change=take,
        format_func=lambda m: options.get(m, str(m)), label_visibility="collapsed",
    )  # fmt: skip


def _take_another(work: Work, left: list[str], options: Mapping[str, str]) -> None:
    """A column that was left aside, taken in: it then joins the list above."""
    if not left:
        return
    with st.expander(f"Colonnes laissées de côté ({french.number(len(left))})"):
        frame.note(
            ", ".join(parts.short(name) for name in left[:_LISTED]) + (", …" if len(left) > _LISTED else "")
        )
        st.selectbox(
            "Prendre aussi", left, index=None, key="importer:also", placeholder="Choisir une colonne",
            format_func=parts.short,
        )  # fmt: skip
        st.selectbox(
            "Elle veut dire", list(options), index=None, key="importer:also-meaning", placeholder="Choisir un sens",
            format_func=lambda m: options.get(m, str(m)),
        )  # fmt: skip

        def take() -> None:
            name, meaning = (
                st.session_state.get("importer:also"),
                st.session_state.get("importer:also-meaning"),
            )
            if name and meaning:
                work.choose(columns={**work.choices.columns, name: meaning})
                st.session_state["importer:also"] = st.session_state["importer:also-meaning"] = None

        st.button("Prendre cette colonne", key="importer:also-take", icon=":material/add:", on_click=take)
