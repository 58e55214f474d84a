"""The two-page sheet of each commune: its key figures beside its group and the territory, where it lies, its past, its town hall.

The slides of a sheet say what the portrait says, of one audience; the answers are asked once for all communes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from analysis import french, portrait
from analysis.answers import Answer
from analysis.council import Cell, Column, Slide, Table, once
from analysis.council_portrait import (
    Known,
    figures_table,
    group_of,
    headline,
    know,
    locator,
    past_slide,
    pasts,
)
from analysis.council_slides import Cite
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Status

HEADLINE = ("population", "vacancy_rate", "ftth_share")


@dataclass(frozen=True)
class Hall:
    """What is printed of a town hall: names and values (« Téléphone », …), and where they come from."""

    rows: tuple[tuple[str, str], ...]
    source: str


def sheet_slides(
    desk: Desk,
    audience: Audience,
    territory: str,
    halls: Mapping[str, Hall],
    *,
    cite: Cite,
    contours: str,
    codes: Iterable[str] = (),
) -> dict[str, tuple[Slide, ...]]:
    """The three slides of each commune (code → key figures, past, town hall); of all the territory's unless `codes` names some.

    `halls`: by commune, absent where nothing is published; `contours`: the source of the contours. Raises KeyError for a commune
    outside the territory.
    """
    chosen = list(codes) or portrait.ordered(desk)
    known = _ask(
        desk, audience, {name for name, members in desk.groups.items() if set(members) & set(chosen)}
    )
    answered = pasts(desk, audience)
    return {
        code: (
            _figures(desk, code, territory, known, cite, contours),
            _past(past_slide(desk, code, answered, cite)),
            _hall(desk, code, halls.get(code)),
        )
        for code in chosen
    }


def _ask(desk: Desk, audience: Audience, groups: Iterable[str]) -> Known:
    """The latest answers, read commune by commune and group by group."""
    answers = [
        desk.answer(each.id, desk.figures.latest(each) if each.kind != "network" else None, audience)
        for each in desk.indicators.values()
        if each.on_map
    ]

    def of(group: str) -> Callable[[Answer], Answer]:
        figures = portrait.group_figures(desk, group)
        return lambda found: portrait.group_answer(desk, figures, group, found, audience)

    return know(answers, {group: of(group) for group in groups})


def _figures(desk: Desk, code: str, territory: str, known: Known, cite: Cite, contours: str) -> Slide:
    """The key figures: every indicator of the map but the counts that a rate beside them shows already."""
    name, group = desk.names[code], group_of(desk, code)
    mine = {id_: cells[code] for id_, cells in known.cells.items()}
    folded: set[str] = set()
    for indicators in portrait.themes(desk).values():
        folded |= portrait.parts_of(indicators, mine)
    shown = [found for found in known.answers if found.indicator.id not in folded]
    network = any(found.indicator.kind == "network" for found in shown)
    sentence = headline(known, HEADLINE, code, f"{name}, {group}" if group else name, whole=True)
    hidden = [
        found.indicator.short for found in shown if mine[found.indicator.id].status is Status.SUPPRESSED
    ]
    caption = f"{name} à côté de son groupe et du territoire"
    return Slide(
        title="Chiffres clés",
        sentence=sentence,
        generated=sentence,
        maps=(locator(desk, code, territory, contours),),
        tables=(figures_table(caption, shown, known, code, name, group, territory),),
        sources=once(cite(found) for found in shown),
        vintages=once(found.vintage.label for found in shown),
        secrecy=(f"Secret statistique{NNBSP}: {french.join(hidden)}.",) if hidden else (),
        mark="démonstration" if network and desk.network.is_demo else "",
        link=f"/commune?commune={code}",
        revision=desk.revision,
    )


def _past(slide: Slide) -> Slide:
    """What has changed, without the table of what surrounds the commune: the charts show it, and two pages have no room for both."""
    return replace(slide, tables=slide.tables[:1])


def _hall(desk: Desk, code: str, hall: Hall | None) -> Slide:
    title = f"Mairie {french.of_place(desk.names[code])}"
    link = f"/commune?commune={code}"
    if hall is None or not hall.rows:
        sentence = "Aucune coordonnée de mairie n’est publiée pour cette commune."
        return Slide(title, sentence, sentence, link=link, revision=desk.revision)
    sentence = "Horaires d’une semaine ordinaire : appelez avant de vous déplacer."
    table = Table(
        "Coordonnées et horaires", (Column("Mairie"), Column("Coordonnées")), tuple((Cell(what), Cell(text)) for what, text in hall.rows)
    )  # fmt: skip
    return Slide(
        title, french.spaced(sentence), french.spaced(sentence), tables=(table,), sources=(hall.source,), link=link,
        revision=desk.revision,
    )  # fmt: skip
