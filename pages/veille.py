"""The housing watch: whom to call, which windows are open, which dwelling for whom, what is still there, how fresh, who has answered."""

import streamlit as st

from data.store import StoreError
from ui import clock, forms, frame, gate, loading, morning
from ui.filters import Filters
from ui.watch import controls, coverage, fresh, lacking, listings, market, matching, today, weeks, windows


def main() -> None:
    """Draw the page."""
    gate.require("veille")
    desk = loading.desk()
    here = morning.read(desk, clock.now())
    filters = Filters("veille", controls.parameters())
    frame.header("Veille du logement", desk)
    filters.warn()
    section = controls.ask(filters)
    st.subheader(controls.question(section), anchor=False)
    try:
        if section == "matin":
            today.show_today(desk, here)
        elif section == "fenetres":
            windows.show_windows(desk, here)
            weeks.show_weeks(desk, here)
        elif section == "foyers":
            matching.show_matching(desk, here)
        elif section == "annonces":
            listings.show_listings(desk, here, filters)
        elif section == "marche":
            market.show_market(desk, here, filters)
        elif section == "fraicheur":
            fresh.show_freshness(desk, here, filters)
        elif section == "manques":
            lacking.show_lacks(desk)
        else:
            coverage.show_coverage(desk, here)
    except StoreError as error:
        forms.message(str(error), "alert")
    filters.publish()


main()
