"""The two-page sheet of each commune: its key figures beside its group and the territory, where it lies, its past, its town hall.

The slides of a sheet say what the portrait says, of one audience; the answers are asked once for all communes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from analysis import french, palette, portrait
from analysis.answers import Answer
from analysis.council import Cell, ChartDrawing, Column, MapDrawing, Slide, Table, once
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Indicator, Status
from analysis.portrait import Past

Cite = Callable[[Indicator, str], str]
"""The citation of an indicator's figures at one period, as the catalogue gives it."""

HEADLINE = ("population", "vacancy_rate", "ftth_share")
CHARTS = 4
"""Charts of the past on a sheet: the indicators with most to show, in the order of the catalogue."""


@dataclass(frozen=True)
class Hall:
    """What is printed of a town hall: names and values (« Téléphone », …), and where they come from."""

    rows: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True)
class _Known:
    """What every sheet is made of: the latest answers, their groups, and the pasts of the indicators that have one."""

    answers: tuple[Answer, ...]
    groups: Mapping[str, Mapping[str, Answer]]
    pasts: tuple[tuple[Answer, ...], ...]


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
    groups = {name for name, members in desk.groups.items() if set(members) & set(chosen)}
    known = _ask(desk, audience, groups)
    return {
        code: (
            _figures(desk, code, territory, known, cite, contours),
            _past(desk, code, known, cite),
            _hall(desk, code, halls.get(code)),
        )
        for code in chosen
    }


def _ask(desk: Desk, audience: Audience, groups: Iterable[str]) -> _Known:
    indicators = [each for each in desk.indicators.values() if each.on_map]
    answers = tuple(
        desk.answer(each.id, desk.figures.latest(each) if each.kind != "network" else None, audience)
        for each in indicators
    )
    beside = {}
    for group in groups:
        figures = portrait.group_figures(desk, group)
        beside[group] = {
            found.indicator.id: portrait.group_answer(desk, figures, group, found, audience)
            for found in answers
        }
    pasts = tuple(
        tuple(desk.answer(each.id, period, audience) for period in each.periods)
        for each in indicators
        if portrait.has_past(each, audience)
    )
    return _Known(answers, beside, pasts)


def _figures(desk: Desk, code: str, territory: str, known: _Known, cite: Cite, contours: str) -> Slide:
    """The key figures: every indicator of the map but the counts that a rate beside them shows already."""
    name = desk.names[code]
    group = next((each for each, codes in desk.groups.items() if code in codes), "")
    mine = {found.indicator.id: portrait.cell(found, code) for found in known.answers}
    folded: set[str] = set()
    for indicators in portrait.themes(desk).values():
        folded |= portrait.parts_of(indicators, mine)
    shown = [found for found in known.answers if found.indicator.id not in folded]
    rows = []
    for found in shown:
        one, place = mine[found.indicator.id], portrait.rank(found, code)
        detail = f" ({one.detail})" if one.detail else ""
        beside = [Cell(portrait.total_text(known.groups[group][found.indicator.id]))] if group else []
        rows.append(
            (
                Cell(f"{found.indicator.short}, {found.vintage.label}"),
                Cell(one.text + detail, one.value),
                Cell(place.text if place else french.DASH),
                *beside,
                Cell(portrait.total_text(found)),
            )
        )
    columns = (
        Column("Chiffre"), Column(name, numeric=True), Column("Rang"), *([Column(group, numeric=True)] if group else []),
        Column(territory, numeric=True),
    )  # fmt: skip
    network = any(found.indicator.kind == "network" for found in shown)
    sentence = _headline(name, group, known, mine)
    hidden = [
        found.indicator.short for found in shown if mine[found.indicator.id].status is Status.SUPPRESSED
    ]
    return Slide(
        title="Chiffres clés",
        sentence=sentence,
        generated=sentence,
        maps=(_locator(desk, code, territory, contours),),
        tables=(Table(f"{name} à côté de son groupe et du territoire", columns, tuple(rows)),),
        sources=once(cite(found.indicator, found.vintage.period) for found in shown),
        vintages=once(found.vintage.label for found in shown),
        secrecy=(f"Secret statistique{NNBSP}: {french.join(hidden)}.",) if hidden else (),
        mark="démonstration" if network and desk.network.is_demo else "",
        link=f"/commune?commune={code}",
        revision=desk.revision,
    )


def _headline(name: str, group: str, known: _Known, mine: Mapping[str, portrait.Cell]) -> str:
    parts = []
    for found in known.answers:
        if found.indicator.id in HEADLINE:
            one = mine[found.indicator.id]
            extra = [text for text in (one.detail, portrait.gap_text(one)) if text]
            short = found.indicator.short
            parts.append(
                f"{short[:1].lower()}{short[1:]}{NNBSP}: {one.text}"
                + (f" ({', '.join(extra)})" if extra else "")
            )
    where = f"{name}, {group}. " if group else f"{name}. "
    return where + (
        french.sentence(f"{NNBSP}; ".join(parts)) + "." if parts else "Aucun chiffre n’est encore publié."
    )


def _locator(desk: Desk, code: str, territory: str, contours: str) -> MapDrawing:
    name = desk.names[code]
    return MapDrawing(
        title=f"Où se trouve {name}",
        subtitle="",
        legend_title=territory,
        unit="",
        classes=dict.fromkeys(desk.names, 0) | {code: 1},
        statuses={},
        colors=(palette.GROUND, palette.ACCENT),
        class_labels=("les autres communes", name),
        status_labels={},
        texts={code: name},
        source=contours,
        day=desk.today,
        description=f"{name} dans {territory}.",
        named=False,
    )


def _past(desk: Desk, code: str, known: _Known, cite: Cite) -> Slide:
    """What has changed: a line an indicator, the first ones drawn."""
    pasts = [portrait.past([portrait.cell(found, code) for found in answers]) for answers in known.pasts]
    pasts = [past for past in pasts if len(past.known) > 1]
    title = "Ce qui a changé"
    if not pasts:
        sentence = (
            "Un seul millésime de chaque chiffre est connu ici : pas encore de comparaison dans le temps."
        )
        return Slide(title, french.spaced(sentence), french.spaced(sentence), revision=desk.revision)
    drawn = [past for past in pasts if sum(one.value is not None for one in past.parts[-1]) > 1]
    charts = tuple(_chart(past) for past in drawn[:CHARTS])
    rows = tuple(
        (Cell(past.indicator.short), Cell(portrait.vintages_text(past.cells, 3)), Cell(past.change))
        for past in pasts
    )
    changes = [f"{past.indicator.short}{NNBSP}: {past.change}" for past in drawn[:2]]
    sentence = (
        f"{f'{NNBSP}; '.join(changes)}." if changes else "Aucune série ne se compare d’un bout à l’autre."
    )
    answers = [one.answer for past in pasts for one in past.cells]
    demo = desk.network.is_demo and any(past.indicator.kind == "network" for past in pasts)
    return Slide(
        title,
        sentence,
        sentence,
        charts=charts,
        tables=(
            Table(
                "D’un millésime à l’autre",
                (Column("Chiffre"), Column("Millésimes"), Column("Évolution")),
                rows,
            ),
        ),
        sources=once(cite(found.indicator, found.vintage.period) for found in answers),
        # From the first to the last: twenty years of one series would fill the page.
        vintages=once(
            each.answer.vintage.label for past in pasts for each in (past.cells[0], past.cells[-1])
        ),
        secrecy=once(f"{past.indicator.short}{NNBSP}: {note}" for past in pasts for note in past.breaks),
        mark="démonstration" if demo else "",
        link=f"/commune?commune={code}&question=changements",
        revision=desk.revision,
    )


def _chart(past: Past) -> ChartDrawing:
    """The last part of a series, which compares from end to end."""
    part = past.parts[-1]
    indicator = past.indicator
    return ChartDrawing(
        "line",
        indicator.short,
        indicator.unit,
        indicator.decimals,
        tuple(one.answer.vintage.label for one in part),
        ((indicator.short, tuple(one.value for one in part)),),
        f"{indicator.short}{NNBSP}: {portrait.vintages_text(part)}.",
        colors=(palette.MEMBERS,) if indicator.id == "members" else (),
    )


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
