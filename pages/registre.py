"""The register kept by hand: members, events, actors, one figure; each change with its author and its undo."""

from data.store import StoreError
from ui import access, candidacies, clock, forms, frame, gate, loading
from ui.filters import Filters
from ui.register import contacts, controls, events, figure, history, members
from ui.register.parts import RegisterDesk


def main() -> None:
    """Draw the page."""
    gate.require("registre")
    shown = loading.desk()
    on_show, demo = controls.origins()
    filters = Filters("registre", controls.parameters(on_show, demo))
    frame.header("Registre", shown)
    filters.warn()
    tab, origin = controls.ask(filters, demo)
    if tab != "chiffre":
        controls.which_register(on_show, origin)
    desk = RegisterDesk(loading.store(), loading.territory(), access.current_actor(), clock.today(), origin)
    names = {i.id: i.name for i in shown.indicators.values()}
    try:
        controls.what_was_done(desk, names)
        if tab == "membres":
            members.show_members(desk, filters)
        elif tab == "evenements":
            events.show_events(desk, filters)
        elif tab == "acteurs":
            contacts.show_contacts(desk, filters)
        elif tab == "candidatures":
            candidacies.show_tab(origin, access.account())
        elif tab == "chiffre":
            figure.show_figure(desk, shown.indicators)
        else:
            history.show_history(desk, names)
    except StoreError as error:
        forms.message(str(error), "alert")
    filters.publish(omit=() if tab in controls.ACTIONS else ("action",))


main()
