"""The choice « Vue pour »: for whom figures about people are shown."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from analysis.model import Audience
from ui import access, audience_state
from ui.filters import Filters

HELP = "Les nombres de personnes trop petits sont masqués pour le public et pour les élus."


def ask(place: DeltaGenerator, filters: Filters) -> Audience:
    """Draw the choice in `place` and return what was chosen, never a narrower circle than the visitor's own."""
    circles = [audience.value for audience in access.audiences(access.current_actor())]
    chosen = place.selectbox(
        "Vue pour", circles, format_func=lambda a: Audience(a).label, **filters.widget(audience_state.NAME),
        disabled=len(circles) < 2, help=HELP,
    )  # fmt: skip
    return access.audience_of(str(chosen))
