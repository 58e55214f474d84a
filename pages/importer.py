"""Importing a file in five reversible steps, and what was imported before: who, when, what it changed, how to take it back."""

from data.store import StoreError
from ui import forms, frame, gate, loading
from ui.filters import Filters
from ui.imports import controls, history, steps


def main() -> None:
    """Draw the page."""
    gate.require("importer")
    desk = loading.desk()
    filters = Filters("importer", controls.parameters())
    frame.header("Importer", desk)
    filters.warn()
    tab = controls.ask(filters)
    try:
        if tab == "historique":
            history.show_history(filters)
        else:
            steps.show_current_step()
    except StoreError as error:
        forms.message(str(error), "alert")
    filters.publish()


main()
