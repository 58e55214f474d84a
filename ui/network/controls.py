"""What the network's page reads from its address, and asks."""

from analysis import network_words, view
from analysis.model import Audience
from ui import audience_state, community, loading
from ui.filters import Filters
from ui.network import people, replay, sections


def parameters(desk: loading.Desk, here: community.Community) -> list[view.Parameter]:
    """Everything this page reads from its address."""
    # Who belongs to the network comes for its figures; who does not, or is shown the page as they would see it, to learn what it is.
    first = "presentation" if audience_state.current() is Audience.PUBLIC else "croissance"
    public = here.here[here.here["public"].astype(bool)]
    months = replay.months(community.timeline(desk, Audience.PUBLIC))
    return [
        view.Parameter("section", first, sections.sections()),
        view.Parameter("croissance", "annee", list(network_words.GROWTH_BY)),
        view.Parameter("mois", months[-1], months),
        view.Parameter("pas", "12", list(replay.PACES)),
        view.Parameter("metier", allowed=["", *people.trades_of(public)]),
        view.Parameter("competence", allowed=["", *people.skills_of(public)]),
        view.Parameter("forme", "0", view.FLAG),
        view.Parameter("rayon", "10", list(network_words.RADII)),
    ]


_DECIDE = {
    "croissance": ("croissance",),
    "rejouer": ("mois",),
    "annuaire": ("metier", "competence", "forme"),
    "metiers": ("rayon",),
}
"""Question → the parameters that decide what it shows."""


def view_of(filters: Filters) -> dict[str, str]:
    """What is on show, as a view of a séance keeps it: the question, and what decides its figures where that is not the usual."""
    query = view.to_query(filters.values(), filters.parameters)
    decide = _DECIDE.get(filters["section"], ())
    return {"section": filters["section"], **{name: query[name] for name in decide if name in query}}
