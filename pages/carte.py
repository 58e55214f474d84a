"""The map of any indicator, alone, crossed with another, side by side or vintage after vintage: the answer as a sentence, the picture,
the same figures as a table, their source, the downloads.
"""

from typing import Literal

import streamlit as st

from analysis import view
from analysis.classes import METHODS
from analysis.model import Audience, Indicator, Status
from ui import access, animation, bivariate, choropleth, compare, frame, loading, map_modes, panels, vision
from ui.filters import Chosen, Filters
from ui.legend import circle_key

COUNTS = ("2", "3", "4", "5")
BACKGROUNDS = {"": "Sans fond", "plan": "Plan IGN", "photo": "Photographie aérienne"}


def parameters(desk: loading.Desk) -> list[view.Parameter]:
    """Everything this page reads from its address."""
    circles = [audience.value for audience in access.audiences(access.current_actor())]
    return [
        view.Parameter("indicateur", "vacancy_rate", list(desk.indicators)),
        view.Parameter("millesime", pattern=view.PERIOD),
        view.Parameter("methode", "quantiles", list(METHODS)),
        view.Parameter("classes", "5", COUNTS),
        view.Parameter("bornes", pattern=view.NUMBERS),
        view.Parameter("vue", circles[-1], circles),
        view.Parameter("cercles", "1", view.FLAG),
        view.Parameter("annonces", "0", view.FLAG),
        view.Parameter("groupes", "1", view.FLAG),
        view.Parameter("valeurs", "0", view.FLAG),
        view.Parameter("fond", allowed=["", *loading.backgrounds()]),
        view.Parameter("commune", allowed=["", *desk.names]),
        *map_modes.parameters(desk),
    ]


def asked(desk: loading.Desk, filters: Filters) -> tuple[Indicator, str, Audience]:
    """What, when, for whom: known from the filters before their widgets are drawn. A vintage that the indicator lacks is its latest."""
    indicator = desk.indicators[filters["indicateur"]]
    if filters["millesime"] not in indicator.periods:
        filters.set("millesime", indicator.periods[-1])
    return indicator, filters["millesime"], access.audience_of(filters["vue"])


def ask(desk: loading.Desk, filters: Filters, mode: str, indicator: Indicator) -> None:
    """The three questions every visitor has, and how the map is drawn. An animation has a slider of its own for when."""
    what, when, who, how = st.columns([5, 2, 2, 2], vertical_alignment="bottom")
    shown = map_modes.on_map(desk)
    if mode == "animation":
        shown = {
            id_: text
            for id_, text in shown.items()
            if map_modes.moves(desk.indicators[id_]) or id_ == indicator.id
        }
    what.selectbox("Indicateur", list(shown), format_func=shown.__getitem__, key=filters.key("indicateur"))
    if mode != "animation":
        when.selectbox(
            "Millésime",
            list(reversed(indicator.periods)),
            format_func=lambda p: indicator.vintage(p).label,
            key=filters.key("millesime"),
        )
    circles = [a.value for a in access.audiences(access.current_actor())]
    who.selectbox(
        "Vue pour", circles, format_func=lambda a: Audience(a).label, key=filters.key("vue"), disabled=len(circles) < 2,
        help="Les nombres de personnes trop petits sont masqués pour le public et pour les élus.",
    )  # fmt: skip
    with how.popover("Réglages", icon=":material/tune:", width="stretch"):
        settings(filters, mode)


def settings(filters: Filters, mode: str) -> None:
    """How the map is drawn; folded, since the defaults serve most readers. Crossed indicators have nine fixed classes and no circles."""
    if mode != "croise":
        st.selectbox(
            "Méthode de classement",
            list(METHODS),
            format_func=METHODS.__getitem__,
            key=filters.key("methode"),
        )
        if filters["methode"] == "manual":
            st.text_input("Limites des classes", placeholder="5 ; 7,5 ; 10", key=filters.key("bornes"))
        else:
            st.selectbox("Nombre de classes", COUNTS, key=filters.key("classes"))
        st.toggle("Cercles des membres présents", key=filters.key("cercles"))
        st.toggle("Annonces repérées", key=filters.key("annonces"))
    st.toggle("Contours des groupes", key=filters.key("groupes"))
    if mode != "croise":
        st.toggle("Valeurs écrites dans les communes", key=filters.key("valeurs"))
    if loading.backgrounds():
        st.selectbox(
            "Fond de carte",
            ["", *loading.backgrounds()],
            format_func=BACKGROUNDS.__getitem__,
            key=filters.key("fond"),
        )
    vision.setting(filters)


def picture(
    desk: loading.Desk,
    drawing: choropleth.Choropleth,
    filters: Chosen,
    audience: Audience,
    fmt: Literal["png", "svg"],
) -> bytes:
    """The map on paper: the same classes, circles, outlines and values as on screen."""
    # matplotlib takes half a second to load: only when a picture is asked for.
    from data.territory import geometry, group_outlines
    from reports.map_image import Circles, map_image

    answer, here = drawing.answer, loading.territory()
    indicator = answer.indicator
    circles = None
    if filters.on("cercles"):
        _, largest = panels.member_circles(desk, answer.vintage.period, audience)
        counts = desk.shown_members(desk.network_day(answer.vintage.period), audience)
        key = tuple((v, t) for v, t in circle_key(largest))
        circles = Circles(
            {c: float(n) for c, n in counts.items()}, panels.circles_title(desk, audience), key, largest
        )
    return map_image(
        geometry(here),
        {code: index for code, index in drawing.by_code.items() if not isinstance(index, Status)},
        drawing.colors,
        class_labels=drawing.labels,
        title=indicator.name,
        subtitle=f"{here.name}, {answer.vintage.label}",
        unit=indicator.unit,
        legend_title=indicator.short,
        source=panels.cited(desk, answer),
        date=desk.today,
        statuses={code: status for code, status in drawing.by_code.items() if isinstance(status, Status)},
        status_labels={Status.MISSING: indicator.missing_note} if indicator.missing_note else None,
        circles=circles,
        outlines=group_outlines(here) if filters.on("groupes") and here.groups else None,
        outline_label=panels.outline_text(here) if here.groups else "",
        labels=panels.value_labels(answer) if filters.on("valeurs") else None,
        description=answer.sentence,
        demo=desk.network.is_demo and (indicator.kind == "network" or circles is not None),
        fmt=fmt,
    )


def one(desk: loading.Desk, filters: Filters, indicator: Indicator, period: str, audience: Audience) -> None:
    """One indicator: the answer, its map and table, how it spreads, the files."""
    answer = loading.answer(indicator.id, period, audience)
    drawing, right = map_modes.show_answer(desk, filters, answer, audience, key="carte:map")
    with right:
        panels.commune_panel(desk, filters, audience, [answer])
        with st.container(height=560):
            panels.figures_table(answer, drawing, desk)
    panels.distribution(drawing)
    chosen = filters.values()
    panels.downloads(
        desk, indicator, period,
        lambda who: map_modes.draw(loading.answer(indicator.id, period, who), chosen, who),
        lambda drawing, who, fmt: picture(desk, drawing, chosen, who, fmt),
    )  # fmt: skip


def main() -> None:
    """Draw the page."""
    desk = loading.desk()
    filters = Filters("carte", parameters(desk))
    frame.header("Carte", desk)
    filters.warn()
    mode = map_modes.choose(filters)
    indicator, period, audience = asked(desk, filters)
    controls = st.container()
    if mode == "simple":
        # The map first: its colours follow a choice before the controls above it have been sent again.
        animation.stop()
        one(desk, filters, indicator, period, audience)
    with controls:
        ask(desk, filters, mode, indicator)
    if mode == "animation":
        animation.show(desk, filters, indicator, audience)
        return
    animation.stop()
    second = ""
    if mode != "simple":
        other, period2 = map_modes.ask_second(desk, filters, indicator, period, same=mode == "cote")
        second = other.id
        show = bivariate.show if mode == "croise" else compare.show
        show(
            desk,
            filters,
            loading.answer(indicator.id, period, audience),
            loading.answer(second, period2, audience),
            audience,
        )
    filters.publish(omit=map_modes.omitted(filters, indicator, period, second))


main()
