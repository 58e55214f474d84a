"""The network: does it grow, where, how long do members stay, who does what, who is alone, what comes of it. One question at a time."""

import streamlit as st

from analysis import view
from analysis.model import Audience
from ui import access, community, frame, loading, network_panels, network_people, network_time, replay
from ui.filters import Filters


def parameters(desk: loading.Desk, here: community.Community) -> list[view.Parameter]:
    """Everything this page reads from its address."""
    circles = [audience.value for audience in access.audiences(access.current_actor())]
    public = here.here[here.here["public"].astype(bool)]
    months = replay.months(community.timeline(desk, Audience.PUBLIC))
    return [
        view.Parameter("section", "croissance", network_panels.sections()),
        view.Parameter("vue", circles[-1], circles),
        view.Parameter("croissance", "annee", list(network_time.GROWTH_BY)),
        view.Parameter("mois", months[-1], months),
        view.Parameter("pas", "12", list(replay.PACES)),
        view.Parameter("metier", allowed=["", *network_people.trades_of(public)]),
        view.Parameter("competence", allowed=["", *network_people.skills_of(public)]),
        view.Parameter("forme", "0", view.FLAG),
        view.Parameter("rayon", "10", list(network_people.RADII)),
    ]


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    here = community.read(desk)
    filters = Filters("reseau", parameters(desk, here))
    frame.header("Réseau", desk)
    filters.warn()
    what, who = st.columns([5, 1], vertical_alignment="bottom")
    section = what.segmented_control(
        "Question",
        network_panels.sections(),
        format_func=lambda key: network_panels.SECTIONS[key][0],
        key=filters.key("section"),
        required=True,
        wrap=True,
    )
    circles = [a.value for a in access.audiences(access.current_actor())]
    audience = who.selectbox(
        "Vue pour", circles, format_func=lambda a: Audience(a).label, key=filters.key("vue"), disabled=len(circles) < 2,
        help="Les nombres de personnes trop petits sont masqués pour le public et pour les élus.",
    )  # fmt: skip
    network_panels.show(str(section), desk, here, filters, access.audience_of(audience))
    filters.publish()


main()
