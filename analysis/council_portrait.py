"""The portrait of a commune as slides: its figures beside its group and the territory, where it lies, what has changed.

What the portraits of all communes have in common is put together once (`know`): twenty portraits ask no answer twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis import french, palette, portrait
from analysis.answers import Answer
from analysis.council import Cell, ChartDrawing, Column, MapDrawing, Slide, Table, once
from analysis.council_slides import Cite, answer_cell, answers_slide, levels_tables
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Status
from analysis.portrait import Past, Rank

CHARTS = 4
"""Charts of the past of one commune: the indicators with most to show, in the order of the catalogue."""


@dataclass(frozen=True)
class Known:
    """Some answers of the whole territory read commune by commune: `cells` and `ranks` by indicator, `totals` the territory's figures
    and `beside` those of each group, in words.
    """

    answers: tuple[Answer, ...]
    cells: Mapping[str, Mapping[str, portrait.Cell]]
    ranks: Mapping[str, Mapping[str, Rank]]
    totals: Mapping[str, str]
    beside: Mapping[str, Mapping[str, str]]

    def text(self, id_: str, code: str) -> str:
        """The figure of a commune alone, in words."""
        return self.cells[id_][code].text


def know(answers: Sequence[Answer], groups: Mapping[str, Callable[[Answer], Answer]]) -> Known:
    """What every portrait is made of. `groups`: by name, what an answer says of that group."""
    return Known(
        tuple(answers),
        {found.indicator.id: portrait.cells(found) for found in answers},
        {found.indicator.id: portrait.ranks(found) for found in answers},
        {found.indicator.id: portrait.total_text(found) for found in answers},
        {
            name: {found.indicator.id: portrait.total_text(of(found)) for found in answers}
            for name, of in groups.items()
        },
    )


def group_of(desk: Desk, code: str) -> str:
    """The group that holds a commune, empty for none."""
    return next((name for name, codes in desk.groups.items() if code in codes), "")


def figures_table(
    caption: str, shown: Sequence[Answer], known: Known, code: str, name: str, group: str, territory: str
) -> Table:
    """Some figures of one commune, its rank, its group and the territory; one row an answer."""
    rows = []
    for found in shown:
        id_ = found.indicator.id
        place = known.ranks[id_].get(code)
        beside = [Cell(known.beside[group][id_])] if group else []
        rows.append(
            (
                Cell(f"{found.indicator.short}, {found.vintage.label}"), answer_cell(known.cells[id_][code]),
                Cell(place.text if place else french.DASH), *beside, Cell(known.totals[id_]),
            )
        )  # fmt: skip
    columns = (
        Column("Chiffre"), Column(name, numeric=True), Column("Rang"), *([Column(group, numeric=True)] if group else []),
        Column(territory, numeric=True),
    )  # fmt: skip
    return Table(caption, columns, tuple(rows))


def headline(known: Known, ids: Sequence[str], code: str, where: str, *, whole: bool = False) -> str:
    """One commune read aloud: `where` it is, then its figures among `ids`; `whole`: with the counts behind and the gap to the territory."""
    parts = []
    for found in known.answers:
        if found.indicator.id not in ids:
            continue
        one, short = known.cells[found.indicator.id][code], found.indicator.short
        extra = [text for text in (one.detail, portrait.gap_text(one)) if text] if whole else []
        parts.append(
            f"{short[:1].lower()}{short[1:]}{NNBSP}: {one.text}" + (f" ({', '.join(extra)})" if extra else "")
        )
    said = french.sentence(f"{NNBSP}; ".join(parts)) + "." if parts else "Aucun chiffre n’est encore publié."
    return f"{where}. {said}"


def locator(desk: Desk, code: str, territory: str, contours: str) -> MapDrawing:
    """Where a commune lies. `contours`: the source of the contours. Raises KeyError for a commune outside the territory."""
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


def portrait_slides(
    desk: Desk,
    code: str,
    territory: str,
    cite: Cite,
    said: str,
    known: Known,
    drawing: MapDrawing | None = None,
) -> tuple[Slide, ...]:
    """The portrait of a commune, one slide a theme: its figures beside its group and the territory, its rank.

    `said` reads the commune aloud and stands on each slide; `drawing` shows where it lies, on the first. Raises KeyError for a commune
    outside the territory.
    """
    name, group = desk.names[code], group_of(desk, code)
    by_id = {found.indicator.id: found for found in known.answers}
    slides: list[Slide] = []
    for theme, indicators in portrait.themes(desk).items():
        answers = [by_id[each.id] for each in indicators]
        counted = any(found.indicator.kind == "network" for found in answers)
        slide = answers_slide(
            f"{name}{NNBSP}: {theme.lower()}", said, answers, cite,
            tables=[
                figures_table(f"{theme} {french.at_place(name)}", answers, known, code, name, group, territory),
                *levels_tables(desk, [[each] for each in answers], code, french.spaced(f"{theme} : et ailleurs ?")),
            ],
            maps=[drawing] if drawing is not None and not slides else [],
            mark="démonstration" if counted and desk.network.is_demo else "",
        )  # fmt: skip
        # Secrecy and absence of this commune's own figures only: those of the other communes stand in no cell of this slide.
        mine = [(found.indicator, known.cells[found.indicator.id][code]) for found in answers]
        hidden = tuple(
            french.spaced(f"{each.short} : {one.text}.")
            for each, one in mine
            if one.status is not Status.OBSERVED
        )
        cited = (french.join(dict.fromkeys(cite(found) for found in answers)) + ".",)
        slides.append(replace(slide, secrecy=hidden, sources=cited, cited=()))
    return tuple(slides)


def pasts(desk: Desk, audience: Audience) -> tuple[tuple[Answer, ...], ...]:
    """Every vintage of each indicator that has a past for `audience`."""
    return tuple(
        tuple(desk.answer(each.id, period, audience) for period in each.periods)
        for each in desk.indicators.values()
        if each.on_map and portrait.has_past(each, audience)
    )


def past_slide(desk: Desk, code: str, answered: Iterable[Sequence[Answer]], cite: Cite) -> Slide:
    """What has changed in one commune: a line an indicator, the first ones drawn. `answered`: see `pasts`.

    Raises KeyError for an unknown commune.
    """
    found = [portrait.past([portrait.cell(each, code) for each in answers]) for answers in answered]
    found = [past for past in found if len(past.known) > 1]
    title = "Ce qui a changé"
    if not found:
        sentence = french.spaced(
            "Un seul millésime de chaque chiffre est connu ici : pas encore de comparaison dans le temps."
        )
        return Slide(title, sentence, sentence, revision=desk.revision)
    drawn = [past for past in found if sum(one.value is not None for one in past.parts[-1]) > 1]
    rows = tuple(
        (Cell(past.indicator.short), Cell(portrait.vintages_text(past.cells, 3)), Cell(past.change))
        for past in found
    )
    changes = [f"{past.indicator.short}{NNBSP}: {past.change}" for past in drawn[:2]]
    sentence = (
        f"{f'{NNBSP}; '.join(changes)}." if changes else "Aucune série ne se compare d’un bout à l’autre."
    )
    answers = [one.answer for past in found for one in past.cells]
    demo = desk.network.is_demo and any(past.indicator.kind == "network" for past in found)
    columns = (Column("Chiffre"), Column("Millésimes"), Column("Évolution"))
    return Slide(
        title,
        sentence,
        sentence,
        charts=tuple(_chart(past, desk, code) for past in drawn[:CHARTS]),
        tables=(
            Table("D’un millésime à l’autre", columns, rows),
            *levels_tables(desk, [[one.answer for one in past.parts[-1]] for past in drawn[:CHARTS]], code),
        ),
        sources=once(cite(each) for each in answers),
        # From the first to the last: twenty years of one series would fill the page.
        vintages=once(
            each.answer.vintage.label for past in found for each in (past.cells[0], past.cells[-1])
        ),
        secrecy=once(f"{past.indicator.short}{NNBSP}: {note}" for past in found for note in past.breaks),
        mark="démonstration" if demo else "",
        link=f"/commune?commune={code}&question=changements",
        revision=desk.revision,
    )


def _chart(past: Past, desk: Desk, code: str) -> ChartDrawing:
    """The last part of a series, which compares from end to end, beside what surrounds the commune."""
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
        references=desk.references([one.answer for one in part], code),
    )
