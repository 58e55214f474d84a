"""The two grids: one's own until both have signed, then side by side, the disagreements first."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import french
from analysis.applications.assessment import SCALE, Assessment, differences, opened
from analysis.applications.steps import ASSESSED_AT
from analysis.french import NNBSP
from analysis.vocabulary import ASSESSMENT_CRITERIA, ASSESSOR_SEATS
from data import applications
from data.applications import Dossier
from ui import frame, tables
from ui.applications.parts import PAGE, DossierDesk
from ui.forms import Form
from ui.tables import Column


def show_grids(desk: DossierDesk, found: Dossier) -> None:
    """The grid to fill in, or both."""
    if opened(found.grids) and all(grid.marks for grid in found.grids):
        _both(desk, found)
        return
    signed = [ASSESSOR_SEATS[seat] for seat in ASSESSOR_SEATS if seat in found.state.signed]
    frame.note(
        f"{french.sentence(french.join(signed))}{NNBSP}: signé. Les deux grilles s’ouvrent ensemble, quand les deux ont signé."
        if signed
        else "Personne n’a signé. Les deux grilles s’ouvrent ensemble, quand les deux ont signé."
    )
    own = next((grid for grid in found.grids if grid.author == desk.me), None)
    if own is not None and own.signed is not None:
        frame.sentence(f"Vous avez signé le {french.date(own.signed)} : votre grille ne change plus.")
        _one(desk, own)
    elif found.state.step in ASSESSED_AT:
        _form(desk, found, own)
    else:
        frame.note("Un dossier s’évalue quand il est lu ou rencontré.")


def _mark(desk: DossierDesk, mark: int | None) -> str:
    return "" if mark is None else f"{mark}{NNBSP}: {desk.territory.following.scale[mark - 1]}"


def _both(desk: DossierDesk, found: Dossier) -> None:
    apart = differences(found.grids)
    most = sum(each.apart > 0 for each in apart)
    frame.sentence(
        f"Les deux grilles diffèrent sur {french.counted(most, 'critère', 'critères')} sur {len(apart)}."
        if most
        else "Les deux grilles disent la même chose."
    )
    names = {grid.seat: found.names.get(grid.author, "") for grid in found.grids}
    rows = [
        (
            french.sentence(ASSESSMENT_CRITERIA[each.criterion]),
            str(each.apart),
            *(
                text
                for seat in ASSESSOR_SEATS
                for text in (_mark(desk, each.marks[seat]), each.remarks[seat])
            ),
        )
        for each in apart
    ]
    heads = ["Critère", "Écart"]
    for seat, label in ASSESSOR_SEATS.items():
        heads += [f"{french.sentence(label)} ({names[seat]})", f"Remarque du {label}"]
    tables.show_table(
        pd.DataFrame(rows, columns=heads),
        [Column(head, head) for head in heads],
        caption="Les deux grilles, les plus grands écarts d’abord",
    )
    if not all(grid.blind for grid in found.grids):
        frame.note(
            "L’une des grilles a été signée de nouveau après l’ouverture : elle ne compte pas dans l’accord mesuré."
        )
    if found.state.step in ASSESSED_AT:
        frame.note("La conclusion commune s’écrit dans « Où il en est », avec « Retenu » ou « Refusé ».")


def _one(desk: DossierDesk, grid: Assessment) -> None:
    rows = [
        (french.sentence(label), _mark(desk, grid.marks.get(code)), grid.remarks.get(code, ""))
        for code, label in ASSESSMENT_CRITERIA.items()
    ]
    heads = ["Critère", "Note", "Remarque"]
    tables.show_table(
        pd.DataFrame(rows, columns=heads), [Column(head, head) for head in heads], caption="Votre grille"
    )


def _form(desk: DossierDesk, found: Dossier, own: Assessment | None) -> None:
    form = Form(PAGE, "grid", found.id)
    form.show_refusal()
    seen = PAGE.snapshot(f"dossier:{found.id}", found.version)
    mine = next((seat for seat in ASSESSOR_SEATS if desk.team.duties.get(seat) == desk.me), None)
    scale = desk.territory.following.scale
    seats = {
        seat: french.sentence(label) for seat, label in ASSESSOR_SEATS.items() if seat in found.state.missing
    }
    with st.form("dossiers-grid"):
        st.subheader("Votre grille", anchor=False)
        seat = form.choice("Vous signez comme", "seat", seats, own.seat if own else mine)
        marks: dict[str, int] = {}
        remarks: dict[str, str] = {}
        for code, label in ASSESSMENT_CRITERIA.items():
            left, right = st.columns([3, 2])
            with left:
                mark = st.radio(
                    french.sentence(label),
                    SCALE,
                    index=None,
                    horizontal=True,
                    format_func=lambda each: f"{each} {scale[each - 1]}",
                    help=desk.territory.following.helps[code],
                    key=form.key(f"mark-{code}", own.marks.get(code) if own else None),
                )
            if mark is not None:
                marks[code] = int(mark)
            with right:
                remarks[code] = st.text_area(
                    f"Remarque sur {label}",
                    key=form.key(f"remark-{code}", own.remarks.get(code, "") if own else ""),
                    max_chars=1000,
                    height=68,
                )
        why = form.text("Si vous signez à la place de quelqu’un : pourquoi", "why")
        draft, sign = st.columns(2)
        kept = draft.form_submit_button("Garder le brouillon", icon=":material/save:", width="stretch")
        signed = sign.form_submit_button("Signer", type="primary", icon=":material/draw:", width="stretch")
    if kept:
        _keep(desk, found, seat or "", marks, remarks)
    if signed:
        form.run(
            lambda: applications.sign(
                desk.store, desk.hand, desk.today, application=found.id, seat=seat or "", marks=marks, remarks=remarks,
                note=why, seen=seen,
            )
        )  # fmt: skip


def _keep(
    desk: DossierDesk, found: Dossier, seat: str, marks: dict[str, int], remarks: dict[str, str]
) -> None:
    try:
        applications.save_grid(
            desk.store,
            desk.hand,
            application=found.id,
            seat=seat,
            marks=marks,
            remarks=remarks,
            seen=found.grid_version,
        )
    except ValueError as error:
        PAGE.refuse(error, Form(PAGE, "grid", found.id).prefix)
        st.rerun()
    frame.note("Brouillon gardé : vous le retrouverez ici, et personne d’autre ne le lit.")
