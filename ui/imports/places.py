"""The communes of a file: those to confirm, to choose or to find, one line each; what is decided is remembered for the next file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from analysis import french
from analysis.french import NNBSP
from data import reference
from data.imports.model import Draft, PlacedDraft, PlaceMatch, Places
from ui import frame, loading
from ui.imports import parts as import_parts
from ui.imports.work import Work
from ui.markdown import literal

GRADES = {
    "probable": "à confirmer",
    "ambiguous": "à choisir",
    "unknown": "inconnue",
}
ASIDE = ""
HOW = {
    "": "je ne sais pas",
    "codes": "des codes INSEE",
    "postcodes": "des codes postaux",
    "names": "des noms",
}
_PAGE = 12


def to_settle(draft: Draft) -> list[PlaceMatch]:
    """The places that somebody must look at, the ambiguous first; what was decided in this file stays in the list."""
    if draft.places is None:
        return []
    order = {"ambiguous": 0, "unknown": 1, "probable": 2}
    found = [
        match
        for text, match in draft.places.matches.items()
        if match.grade in GRADES or text in draft.choices.communes
    ]
    return sorted(found, key=lambda m: (order.get(m.grade, 3), french.sort_key(m.text)))


def undecided(draft: Draft) -> int:
    """How many places are still to settle."""
    return sum(match.text not in draft.choices.communes for match in to_settle(draft))


def sentence(places: Places) -> str:
    """How the communes of the file were understood, counted by grade."""
    counts = {
        grade: sum(m.grade == grade for m in places.matches.values())
        for grade in ("certain", *GRADES, "outside")
    }
    parts = [french.quantity(counts["certain"], "communes reconnues")]
    parts += [f"{french.number(counts[grade])} {words}" for grade, words in GRADES.items() if counts[grade]]
    if counts["outside"]:
        parts.append(f"{french.number(counts['outside'])} hors du territoire")
    return french.join(parts)


def show_places_to_settle(work: Work, draft: PlacedDraft) -> None:
    """The list, a few at a time, with what the file wrote, why it is unsure, and the choice."""
    frame.note(f"{french.sentence(sentence(draft.places))}. {draft.places.how}")
    _whole_column(work, draft.places)
    found = to_settle(draft)
    if not found:
        return
    left = undecided(draft)
    st.subheader(
        f"{french.quantity(left, 'communes')} à vérifier" if left else "Communes vérifiées", anchor=False
    )
    probable = [m for m in found if m.grade == "probable" and m.text not in draft.choices.communes]
    if len(probable) > 1:
        st.button(
            f"Confirmer les {french.number(len(probable))} communes proposées", key="importer:confirm-all", icon=":material/done_all:",
            on_click=lambda: work.choose(communes={**work.choices.communes, **{m.text: m.code for m in probable}}),
        )  # fmt: skip
    for match in import_parts.page_of(found, _PAGE, "importer:places-page"):
        _line(work, match)


def _whole_column(work: Work, places: Places) -> None:
    """Digits that could be INSEE codes or postcodes: one answer for the whole column."""
    doubtful = any(
        match.grade == "ambiguous" and match.text[:1].isdigit() for match in places.matches.values()
    )
    if not (
        doubtful or work.choices.how_places or any(each.code == "places_mixed" for each in places.problems)
    ):
        return
    key = import_parts.bind("importer:how-places", work.choices.how_places)
    st.radio(
        "La colonne des communes contient",
        list(HOW),
        format_func=HOW.__getitem__,
        key=key,
        horizontal=True,
        on_change=lambda: work.choose(how_places=st.session_state[key]),
    )


def _line(work: Work, match: PlaceMatch) -> None:
    options = choices_for(match, loading.territory().name_of)
    key = import_parts.bind(f"importer:place:{match.text}", _shown(work, match, options))

    def take() -> None:
        chosen = st.session_state[key]
        kept = {text: code for text, code in work.choices.communes.items() if text != match.text}
        work.choose(communes=kept if chosen is None else {**kept, match.text: chosen})

    what, which = st.columns([2, 3], vertical_alignment="center")
    with what:
        state = "décidé" if match.text in work.choices.communes else GRADES.get(match.grade, "reconnue")
        frame.named(
            import_parts.short(match.text) or "(vide)", f"{french.sentence(state)}. {match.why}".strip()
        )
    which.selectbox(
        f"Commune pour {literal(import_parts.short(match.text)) or 'la cellule vide'}", list(options), key=key, index=None,
        format_func=lambda code: options.get(code, str(code)), placeholder="Choisir la commune", on_change=take,
        label_visibility="collapsed",
    )  # fmt: skip
    if match.grade == "probable" and match.text not in work.choices.communes:
        which.button(
            f"Confirmer{NNBSP}: {literal(_name(match.code))}", key=f"importer:confirm:{match.text}", icon=":material/check:",
            on_click=lambda: work.choose(communes={**work.choices.communes, match.text: match.code}),
        )  # fmt: skip


def _shown(work: Work, match: PlaceMatch, options: Mapping[str, str]) -> str | None:
    decided = work.choices.communes.get(match.text)
    shown = decided if decided is not None else (match.code if match.grade == "probable" else None)
    return shown if shown in options else None


def choices_for(match: PlaceMatch, territory: Mapping[str, str]) -> dict[str, str]:
    """Code → words: the candidates first, then the territory's communes, then setting the row aside."""
    codes: Sequence[str] = dict.fromkeys(
        [
            *([match.code] if match.code else []),
            *match.candidates,
            *sorted(territory, key=lambda c: french.sort_key(territory[c])),
        ]
    )  # type: ignore[assignment]
    found = {code: f"{_name(code)} ({code})" for code in codes}
    found[ASIDE] = "Aucune : laisser cette ligne de côté".replace(" :", "\u202f:")
    return found


def _name(code: str) -> str:
    return reference.commune_names().get(code, code)


Chosen = Callable[[str], None]
