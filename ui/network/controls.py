"""What the network's page reads from its address, and asks."""

from analysis import view
from analysis.model import Audience
from ui import access, community, loading
from ui.network import people, replay, sections, time


def parameters(desk: loading.Desk, here: community.Community) -> list[view.Parameter]:
    """Everything this page reads from its address."""
    # Who belongs to the network comes for its figures; who does not, to learn what it is.
    first = "presentation" if access.account().audience is Audience.PUBLIC else "croissance"
    public = here.here[here.here["public"].astype(bool)]
    months = replay.months(community.timeline(desk, Audience.PUBLIC))
    return [
        view.Parameter("section", first, sections.sections()),
        view.Parameter("croissance", "annee", list(time.GROWTH_BY)),
        view.Parameter("mois", months[-1], months),
        view.Parameter("pas", "12", list(replay.PACES)),
        view.Parameter("metier", allowed=["", *people.trades_of(public)]),
        view.Parameter("competence", allowed=["", *people.skills_of(public)]),
        view.Parameter("forme", "0", view.FLAG),
        view.Parameter("rayon", "10", list(people.RADII)),
    ]
