"""The questions of the network's page as views of a séance: what its address may hold, and what makes each slide, for one audience."""

from __future__ import annotations

from collections.abc import Callable

from analysis import community as people
from analysis import council_network, council_outcomes, french, network_words, view
from analysis.applications.tables import published
from analysis.council import CircleDrawing, MapDrawing, Slide
from analysis.desk import Desk
from analysis.model import Audience
from analysis.network_words import GROWTH_BY, PASTS, RADII, past_rank
from analysis.presence import Timeline
from ui import community, following, loading
from ui.council.cite import register
from ui.filters import Chosen
from ui.legend import circle_key, outline_text

Make = Callable[[Desk, Chosen, Audience], Slide]


def parameters(desk: Desk) -> list[view.Parameter]:
    """What of the address of the network's page decides what a view shows."""
    public = people.directory(community.read(desk).here)
    return [
        view.Parameter("section", "croissance", list(MAKERS)),
        view.Parameter("croissance", "annee", list(GROWTH_BY)),
        view.Parameter("mois", "", ["", *_months(community.timeline(desk, Audience.PUBLIC))]),
        view.Parameter("metier", "", ["", *public["trade"]]),
        view.Parameter("competence", "", ["", *(skill for skills in public["skills"] for skill in skills)]),
        view.Parameter("forme", "0", view.FLAG),
        view.Parameter("rayon", "10", list(RADII)),
    ]


def make(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    """The slide of the question chosen."""
    return MAKERS[chosen["section"]](desk, chosen, audience)


def _months(timeline: Timeline) -> list[str]:
    return [f"{day:%Y-%m}" for day in timeline.counts.index]


def _counted(desk: Desk, audience: Audience) -> list[str]:
    """The register cited, and which members are counted."""
    return [register(desk), network_words.counting(audience, community.read(desk).consenting_here)]


def _growth(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    by = chosen["croissance"]
    if by == "annee" or desk.network.has_nobody:
        return council_network.growth_slide(desk, audience, register(desk))
    counts = community.spread(desk, audience, "commune" if by == "commune" else "metier")
    return council_network.spread_slide(desk, counts, by, audience, _counted(desk, audience))


def _replay(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    if desk.network.has_nobody:
        return council_network.growth_slide(desk, audience, register(desk))
    timeline = community.timeline(desk, audience)
    months = _months(timeline)
    at = months.index(chosen["mois"]) if chosen["mois"] else len(months) - 1
    drawing = _drawing(desk, timeline, at, audience)
    return council_network.replay_slide(desk, timeline, at, drawing, audience, _counted(desk, audience))


def _drawing(desk: Desk, timeline: Timeline, at: int, audience: Audience) -> MapDrawing:
    """The map of one month of the replay, with the circles of one scale for all months."""
    here, who = loading.territory(), network_words.members(audience)
    counts, ever = timeline.counts.iloc[at], timeline.ever.iloc[at]
    largest = float(timeline.largest)
    present = french.sentence(f"{who} présents")
    return MapDrawing(
        title=f"{present} en {french.period(_months(timeline)[at])}",
        subtitle=here.name,
        legend_title="Membres du réseau",
        unit="",
        classes={code: past_rank(int(counts[code]), bool(ever[code])) for code in desk.names},
        statuses={},
        colors=tuple(past.color for past in PASTS),
        class_labels=tuple(past.legend.format(french.singular(who)) for past in PASTS),
        status_labels={},
        texts={code: french.quantity(int(counts[code]), f"{who} présents") for code in desk.names},
        source=register(desk),
        day=desk.today,
        description=network_words.step_sentence(timeline, at, who),
        circles=CircleDrawing(present, {c: float(n) for c, n in counts.items()}, circle_key(largest), largest)
        if largest
        else None,
        outlined=bool(here.groups),
        outline_label=outline_text(here) if here.groups else "",
        mark="démonstration" if desk.network.is_demo else "",
    )


def _retention(desk: Desk, _chosen: Chosen, audience: Audience) -> Slide:
    return council_network.retention_slide(
        desk, community.retention(desk, audience), network_words.members(audience), register(desk)
    )


def _directory(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    here = community.read(desk).here
    found = people.directory(
        here, trade=chosen["metier"], skill=chosen["competence"], trains=chosen.on("forme")
    )
    return council_network.directory_slide(
        desk, found, people.directory(here), people.seen(here, audience), _counted(desk, audience)
    )


def _near(desk: Desk, chosen: Chosen, audience: Audience) -> Slide:
    source = _counted(desk, audience)
    if people.seen(community.read(desk).here, audience).empty:
        return council_network.nobody_slide(
            desk, "Quels métiers complémentaires sont voisins ?", audience, source
        )
    near = community.near(desk, audience, chosen["rayon"])
    return council_network.near_slide(
        desk, near.found, near.reasons, RADII[chosen["rayon"]], audience, source, declared=near.declared
    )


def _isolation(desk: Desk, _chosen: Chosen, audience: Audience) -> Slide:
    source = _counted(desk, audience)
    if people.seen(community.read(desk).here, audience).empty:
        return council_network.nobody_slide(
            desk, "Qui est loin des autres et d'un télécentre ?", audience, source
        )
    found, places = community.isolated(desk, audience)
    return council_network.isolation_slide(
        desk, found, places, audience, [*source, community.telecentres_note()]
    )


def _contacts(desk: Desk, _chosen: Chosen, audience: Audience) -> Slide:
    return council_network.contacts_slide(desk, audience, community.read(desk).names, [register(desk)])


def _events(desk: Desk, _chosen: Chosen, audience: Audience) -> Slide:
    source = [
        register(desk),
        french.spaced(
            "Les heures sont déclarées et données bénévolement ; les emplois sont ceux que les membres déclarent."
        ),
    ]
    return council_network.events_slide(desk, audience, loading.territory().network.budget, source)


def _dossiers(desk: Desk, _chosen: Chosen, audience: Audience) -> Slide:
    rules = loading.territory().following.clocks
    return council_outcomes.outcomes_slide(
        desk, desk.release(audience).outcomes, following.answered(desk, audience), rules, published(loading.milestones()), audience,
        [register(desk)],
    )  # fmt: skip


def _presentation(desk: Desk, _chosen: Chosen, _audience: Audience) -> Slide:
    network = loading.territory().network
    parts = [(title, getattr(network, name)) for name, title in network_words.PRESENTED]
    return council_network.presentation_slide(desk, network.name, network.about, parts)


MAKERS: dict[str, Make] = {
    "presentation": _presentation,
    "croissance": _growth,
    "rejouer": _replay,
    "fidelite": _retention,
    "annuaire": _directory,
    "metiers": _near,
    "isolement": _isolation,
    "acteurs": _contacts,
    "dossiers": _dossiers,
    "evenements": _events,
}
"""Section in the address → what makes its slide."""
