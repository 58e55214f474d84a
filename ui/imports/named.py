"""An indicator of the analyst's own: what a column of numbers counts, when, and who published it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
import streamlit as st

from analysis.french import NNBSP
from data.imports.formats import NUMBER
from data.imports.headings import Proposal, decimals_of, propose
from data.imports.model import ImportRefused, PlacedDraft
from data.imports.naming import Named, Publication, Rate, name_columns, settled
from ui import frame, loading
from ui.imports import parts as import_parts
from ui.imports.work import Work
from ui.markdown import literal

NATURES: Mapping[Literal["count", "published", "change"], str] = {
    "count": "Un nombre qui s'additionne (habitants, logements)",
    "published": "Un chiffre repris tel quel (médiane, indice, taux publié)",
    "change": "Une évolution ou un solde, qui peut être négatif",
}
SCALES: Mapping[float, str] = {100.0: "%", 1000.0: "pour 1 000"}
LICENCES = ("Licence Ouverte 2.0", "ODbL 1.0", "CC BY 4.0", "Accord du producteur", "Non publiée")
_SHOWN = 6
_MOST = 30


def waiting(draft: PlacedDraft) -> list[str]:
    """The columns of numbers that nobody has named yet."""
    both = {**draft.recognition.columns, **draft.choices.columns}
    return [name for name, meaning in both.items() if meaning == NUMBER]


def show_naming_form(work: Work, draft: PlacedDraft) -> None:
    """The form that names columns of numbers, when the file has some that no format knows; then the rates between them."""
    columns = [*[each.column for each in work.named], *waiting(draft)]
    if not columns:
        return
    st.subheader("Nommer les colonnes de nombres", anchor=False)
    frame.note(
        "Ce que vous écrivez ici paraîtra sous la carte, dans les sources et dans les fichiers. Une colonne sans nom est laissée de côté."
    )
    import_parts.shown_refusal(work)
    chosen = _which(work, columns)
    with st.form("importer-named", border=True):
        rows = [_row(work, draft, column, alone=len(columns) == 1) for column in chosen]
        publication = _publication(work.publication or _proposed(draft, chosen))
        sent = st.form_submit_button("Nommer ces colonnes", type="primary", icon=":material/edit:")
    if sent:
        named = [row for row in rows if row.name.strip()]
        left = {row.column for row in named}
        _take(work, named, publication, tuple(rate for rate in work.rates if holds(rate, left)))
    if work.publication is not None and any(each.kind == "count" for each in work.named):
        _rates(work, work.publication)


def _which(work: Work, columns: list[str]) -> list[str]:
    """The columns to name: all of them when they are few, else those that the person picks."""
    if len(columns) <= _SHOWN:
        return columns
    key = "importer:to-name"
    if key not in st.session_state:
        st.session_state[key] = [each.column for each in work.named] or columns[:1]
    st.session_state[key] = [column for column in st.session_state[key] if column in columns]
    return list(
        st.multiselect(
            f"Colonnes à nommer, parmi {len(columns)}",
            columns,
            key=key,
            format_func=import_parts.short,
            max_selections=_MOST,
        )
    )


def _proposal(draft: PlacedDraft, column: str) -> Proposal:
    """What a column's heading and cells tell."""
    cells = draft.table.frame.get(column, pd.Series(dtype="str"))
    return propose(column, cells)


def _proposed(draft: PlacedDraft, columns: Sequence[str]) -> Publication | None:
    """The publication that the headings tell, when they all tell the same one."""
    found = {(each.producer, each.title) for column in columns for each in [_proposal(draft, column)]}
    if len(found) != 1 or found == {("", "")}:
        return None
    producer, title = found.pop()
    return Publication(producer, title, "")


def _row(work: Work, draft: PlacedDraft, column: str, *, alone: bool) -> Named:
    """One column's four answers; what was said before, or what the column's heading and cells suggest."""
    known = next((each for each in work.named if each.column == column), None)
    proposal = _proposal(draft, column)
    guess = proposal.name if alone or proposal.producer else ""
    shown = literal(import_parts.short(column, 30))
    st.markdown(f"**{shown}**")
    name, unit, period, kind = st.columns([3, 2, 2, 3], vertical_alignment="bottom")
    typed = name.text_input(
        f"Nom de {shown}",
        key=f"importer:named:{column}:name",
        value=known.name if known else guess,
        max_chars=120,
        placeholder="Places en crèche",
    )
    counted = unit.text_input(
        f"Unité de {shown}",
        key=f"importer:named:{column}:unit",
        value=known.unit if known else proposal.unit,
        max_chars=40,
        placeholder="places",
    )
    year = known.period if known else proposal.period
    when = period.text_input(
        f"Millésime de {shown}", key=f"importer:named:{column}:period", value=year, max_chars=10, placeholder="2025",
        help="Une année (2025) ou un jour (2025-12-31).",
    )  # fmt: skip
    nature = kind.selectbox(
        f"Nature de {shown}", list(NATURES), key=f"importer:named:{column}:kind", format_func=NATURES.__getitem__,
        index=list(NATURES).index(known.kind if known else proposal.kind),
        help=f"Un pourcentage, un taux ou un indice est toujours repris tel quel{NNBSP}: il ne s’additionne pas.",
    )  # fmt: skip
    found = settled(Named(column, typed, counted, when.strip(), nature))
    return replace(found, decimals=_decimals(draft, column, found.kind))


def _decimals(draft: PlacedDraft, column: str, nature: str) -> int:
    """As many as the file writes, for what is taken as it is; numbers that add up are counted in units."""
    if nature == "count" or column not in draft.table.frame:
        return 0
    return decimals_of([str(cell).strip() for cell in draft.table.frame[column]])


def _publication(before: Publication | None) -> Publication:
    was = before or Publication("", "", "")
    st.markdown("**D'où viennent ces chiffres**")
    left, right = st.columns(2)
    producer = left.text_input(
        "Producteur", value=was.producer, max_chars=120, placeholder="Préfecture, INSEE, mairie…"
    )
    title = right.text_input(
        "Titre de la publication", value=was.title, max_chars=200, placeholder="Carte scolaire"
    )
    edition = left.text_input(
        "Édition (facultatif)", value=was.edition, max_chars=80, placeholder="rentrée 2025"
    )
    licence = right.selectbox(
        "Licence", LICENCES, index=LICENCES.index(was.licence) if was.licence in LICENCES else None, placeholder="Choisir",
        help="Sous quelles conditions le chiffre peut être republié. « Non publiée » : à l'usage du réseau.".replace(" :", NNBSP + ":"),
    )  # fmt: skip
    url = left.text_input("Adresse (facultatif)", value=was.url, max_chars=300, placeholder="https://…")
    caveat = right.text_input(
        "Réserve (facultatif)", value=was.caveat, max_chars=300, placeholder="ce que le chiffre ne dit pas"
    )
    return Publication(producer, title, licence or "", edition, url, caveat)


def parts(work: Work) -> dict[str, str]:
    """What a rate can be made of: the file's own counts by column, then the counts of the catalogue by id (their latest vintage)."""
    found = {each.column: each.name for each in work.named if each.kind == "count"}
    for entry in loading.catalogue().indicators.values():
        if entry.kind == "count":
            found.setdefault(entry.id, f"{entry.name}, {entry.vintage().label} (déjà publié)")
    return found


def _rates(work: Work, publication: Publication) -> None:
    """A rate of one of the named numbers over another, of the file or of the catalogue: never without its denominator."""
    known = parts(work)
    own = {each.column: each.name for each in work.named if each.kind == "count"}
    with st.expander("Calculer aussi un taux", expanded=bool(work.rates)):
        for rate in work.rates:
            frame.note(
                f"{rate.name} ({rate.unit}){NNBSP}: {known.get(rate.numerator, rate.numerator)} sur "
                f"{known.get(rate.denominator, rate.denominator)}."
            )
        with st.form("importer-rate", border=False):
            name = st.text_input("Nom du taux", max_chars=120, placeholder="Part des écoles rurales")
            top = st.selectbox(
                "Numérateur",
                list(own),
                format_func=lambda c: own.get(c, c),
                index=None,
                placeholder="Choisir",
            )
            bottom = st.selectbox(
                "Dénominateur",
                list(known),
                format_func=lambda c: known.get(c, c),
                index=None,
                placeholder="Choisir",
            )
            scale = st.selectbox("Exprimé", list(SCALES), format_func=SCALES.__getitem__)
            sent = st.form_submit_button("Ajouter ce taux", icon=":material/percent:")
        if sent:
            rate = Rate(name, SCALES[scale], top or "", bottom or "", scale=scale)
            _take(work, work.named, publication, (*work.rates, rate))


def holds(rate: Rate, columns: Collection[str]) -> bool:
    """Whether both parts of a rate are still there: columns of the file, or counts of the catalogue."""
    known = {*columns, *loading.catalogue().indicators}
    return rate.numerator in known and rate.denominator in known


def _take(work: Work, named: Sequence[Named], publication: Publication, rates: tuple[Rate, ...]) -> None:
    """Turn the answers into choices, or say which one lacks; what was typed stays."""
    work.publication = publication
    try:
        if not named:
            raise ImportRefused([import_parts.nothing_named()])
        made = name_columns(list(named), publication, loading.catalogue(), list(rates))
    except ImportRefused as refused:
        work.refused = refused.problems
    else:
        renamed = {each.column for each in (*work.named, *named)}
        work.refused, work.named, work.rates = (), tuple(named), rates
        kept = {column: meaning for column, meaning in work.choices.columns.items() if column not in renamed}
        work.choose(columns={**kept, **made.columns}, new=made.new)
    st.rerun()
