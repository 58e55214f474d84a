"""The candidates' dossiers: who waits for whom today, by step, one by one; moves, grids, tasks, each with its author and its undo."""

import streamlit as st

from data import applications
from data.store import StoreError
from ui import access, clock, forms, frame, gate, loading
from ui.applications import board, controls, entry, funnel, one, parts
from ui.filters import Filters


def main() -> None:
    """Draw the page."""
    gate.require("dossiers")
    shown = loading.desk()
    territory = loading.territory()
    filters = Filters("dossiers", controls.parameters(list(territory.codes)))
    frame.header("Dossiers", shown)
    filters.warn()
    origin, today = shown.network.origin, clock.today()
    hand = applications.by(access.current().account)
    try:
        desk = parts.DossierDesk(loading.store(), territory, hand, today, origin)
        parts.what_was_done(desk)
        if filters["dossier"]:
            one.show_dossier(desk, filters, filters["dossier"])
        else:
            section = controls.ask(filters)
            st.subheader(controls.question(section), anchor=False)
            if section == "jour":
                board.show_today(desk, filters)
            elif section == "etapes":
                board.show_board(desk, filters)
            elif section == "liste":
                board.show_list(desk, filters)
            elif section == "calendrier":
                board.show_calendar(desk)
            elif section == "entonnoir":
                funnel.show_funnel(desk, filters)
            elif section == "nouveau":
                entry.show_entry(desk)
            else:
                entry.show_team(desk)
    except StoreError as error:
        forms.message(str(error), "alert")
    filters.publish()


main()
