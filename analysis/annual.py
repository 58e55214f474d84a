"""The annual report of the network, section by section, as slides: what a council, a prefecture or a paper asks for once a year.

Everything comes from a desk for one audience. People are counted by the declared tables alone (`Desk.release`); events of one year
are those that may be shown one by one, and say « au moins » where others exist. A published figure keeps its own vintage: the report of
a year shows the latest one known, and says which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis import french, palette
from analysis.answers import Answer
from analysis.community import Tally
from analysis.council import Cell, ChartDrawing, Column, Slide, Table, once
from analysis.council_slides import Cite, drawable, levels_tables, texts_table, with_references
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Status
from analysis.portrait import Cell as Figure
from analysis.portrait import cells, change_text
from analysis.secrecy import OBSERVED
from analysis.vocabulary import EVENT_KINDS

DEMO = "démonstration"
HOUSING = (
    "dwellings", "main_share", "second_share", "vacancy_rate", "lovac_vacant", "lovac_vacancy_rate", "house_sales", "house_price",
)  # fmt: skip
BROADBAND = ("ftth_share", "copper_share", "fixed_4g_share", "other_share", "connectable_share")


class AnnualError(ValueError):
    """There is no report of this year. The message says why, in French."""


def annual_slides(
    desk: Desk, audience: Audience, year: int, *, cite: Cite, register: str
) -> tuple[Slide, ...]:
    """The report of `year` for `audience`: growth, arrivals and departures, events, hours given, housing, broadband, what changed.

    `register`: the citation of the network's register. A section without a single figure says so in its sentence. Raises AnnualError for
    a year before the network or after today.
    """
    if not desk.first_year <= year <= desk.today.year:
        raise AnnualError(
            f"Pas de rapport pour {year}{NNBSP}: choisir une année de {desk.first_year} à {desk.today.year}"
        )
    people = [make(desk, audience, year) for make in (growth, moves, events, hours)]
    own = f"{register}, au {french.date(desk.today)}."
    marked = DEMO if desk.network.is_demo else ""
    return (
        *(
            replace(
                slide,
                sources=(own,),
                vintages=(str(year),),
                mark=marked,
                link="/reseau",
                revision=desk.revision,
            )
            for slide in people
        ),
        replace(housing(desk, audience, cite), link="/logement", revision=desk.revision),
        replace(broadband(desk, audience, cite), link="/haut-debit", revision=desk.revision),
        replace(changes(desk, audience, cite), link="/sources", revision=desk.revision),
    )


# ------------------------------------------------------------------------------------------------- the network


def growth(desk: Desk, audience: Audience, year: int) -> Slide:
    """Members present at the end of each year until `year` (until today, where that is still running)."""
    frame = _until(desk, audience, year)
    if frame.empty:
        return _empty("Le réseau grandit-il ?", "Aucun membre n’est encore inscrit au registre.")
    dates = [_end(period) for period in frame["period"]]
    present = [_value(v) for v in frame["present"]]
    texts = [french.cell(v, Status(s)) for v, s in zip(present, frame["status"], strict=True)]
    last, before = present[-1], present[-2] if len(present) > 1 else None
    if last is None:
        sentence = f"L’effectif {_at(frame['period'].iloc[-1])} est trop petit pour être montré."
    else:
        sentence = f"{french.quantity(last, 'membres présents')} {_at(frame['period'].iloc[-1])}"
        sentence += (
            f", contre {french.number(before)} à la fin de {year - 1} ({_gain(last - before)})."
            if before is not None
            else "."
        )
    chart = ChartDrawing(
        "line", "Membres présents", "membres", 0, tuple(dates), (("Membres présents", tuple(present)),), sentence,
        colors=(palette.MEMBERS,),
    )  # fmt: skip
    caption = "Membres présents à la fin de chaque année"
    table = texts_table(caption, {"Date": dates}, {"Membres présents": (texts, present)})
    return _slide(
        "Le réseau grandit-il ?",
        sentence,
        charts=chart,
        tables=table,
        secrecy=_hidden(frame["status"], desk, audience),
    )


def moves(desk: Desk, audience: Audience, year: int) -> Slide:
    """Arrivals and departures of each year until `year`."""
    frame = _until(desk, audience, year)
    title = "Arrivées et départs"
    if frame.empty:
        return _empty(title, "Aucun membre n’est encore inscrit au registre.")
    years = [str(period)[:4] for period in frame["period"]]
    arrivals, departures = ([_value(v) for v in frame[name]] for name in ("arrivals", "departures"))
    statuses = [Status(s) for s in frame["flow_status"]]
    came, left = arrivals[-1], departures[-1]
    if came is None or left is None:
        sentence = f"Les arrivées et les départs de {year} sont trop peu nombreux pour être montrés."
    else:
        sentence = f"En {year}, {french.quantity(came, 'arrivées')} et {french.quantity(left, 'départs')}"
        known = [(a, d) for a, d in zip(arrivals, departures, strict=True) if a is not None and d is not None]
        if len(known) == len(years) > 1:
            sums = [sum(each) for each in zip(*known, strict=True)]
            sentence += f"{NNBSP}; {french.quantity(sums[0], 'arrivées')} et {french.quantity(sums[1], 'départs')} depuis {years[0]}"
        sentence += "."
    below = [None if v is None else -v for v in departures]
    chart = ChartDrawing(
        "column", "Arrivées (au-dessus) et départs (au-dessous) par année", "membres", 0, tuple(years),
        (("Arrivées", tuple(arrivals)), ("Départs", tuple(below))), sentence, stacked=True, colors=(palette.ARRIVALS, palette.DEPARTURES),
    )  # fmt: skip
    figures = {
        name: ([french.cell(v, s) for v, s in zip(values, statuses, strict=True)], values)
        for name, values in (("Arrivées", arrivals), ("Départs", departures))
    }
    table = texts_table("Arrivées et départs par année", {"Année": years}, figures)
    return _slide(
        title, sentence, charts=chart, tables=table, secrecy=_hidden(frame["flow_status"], desk, audience)
    )


def events(desk: Desk, audience: Audience, year: int) -> Slide:
    """What happened in `year`, one line an event that `audience` may see."""
    tally = desk.release(audience).events
    shown = _of_year(tally, year)
    title = f"Les événements de {year}"
    if shown.empty:
        return _empty(title, f"Aucun événement de {year} n’est inscrit au registre ou ne peut être montré.")
    low = _least(tally)
    jobs = float(shown["jobs"].fillna(0).sum())
    sentence = f"En {year}, {low}{french.quantity(len(shown), 'événements')}"
    sentence += f" et {low}{french.quantity(jobs, 'emplois déclarés')}." if jobs else "."
    rows = tuple(
        (
            Cell(french.date(pd.Timestamp(row.on).date())),
            Cell(str(row.title)),
            Cell(EVENT_KINDS[row.kind].label),
            Cell(desk.names.get(str(row.commune), french.DASH)),
            _count(row.hours),
            _count(row.jobs),
        )
        for row in shown.itertuples()
    )
    columns = (
        Column("Date"), Column("Événement"), Column("Catégorie"), Column("Commune"), Column("Heures données", numeric=True, unit="heures"),
        Column("Emplois déclarés", numeric=True, unit="emplois"),
    )  # fmt: skip
    return _slide(title, sentence, tables=Table(title, columns, rows), secrecy=_partly(tally))


def hours(desk: Desk, audience: Audience, year: int) -> Slide:
    """Hours given by volunteers, year by year and by kind since the beginning."""
    tally = desk.release(audience).events
    title = "Les heures données"
    dated = pd.to_datetime(tally.listed["on"]).dt.year if len(tally.listed) else pd.Series(dtype=int)
    if dated.empty or dated.min() > year:
        return _empty(title, "Aucune heure donnée n’est inscrite au registre ou ne peut être montrée.")
    years = list(range(int(dated.min()), year + 1))
    given = [float(tally.listed.loc[dated == each, "hours"].fillna(0).sum()) for each in years]
    low = _least(tally)
    whole = float(tally.table["hours"].sum())
    sentence = f"En {year}, {low}{_hours(given[-1], 'heures données')}{NNBSP}; "
    sentence += f"{low}{_hours(whole, 'heures')} du début au {french.date(desk.today)}."
    texts = [french.trimmed(each, 1) for each in given]
    names = [str(each) for each in years]
    chart = ChartDrawing(
        "column", "Heures données par année", "heures", int(any(each % 1 for each in given)), tuple(names),
        (("Heures données", tuple(given)),), sentence,
    )  # fmt: skip
    by_year = texts_table("Heures données par année", {"Année": names}, {"Heures données": (texts, given)})
    kinds = [french.sentence(EVENT_KINDS[kind].plural) for kind in tally.table["kind"]]
    counts = [_value(v) for v in tally.table["count"]]
    counted = [french.cell(v, Status(s)) for v, s in zip(counts, tally.table["status"], strict=True)]
    sums = [float(v) for v in tally.table["hours"]]
    summed = [
        ("au moins " if part else "") + french.trimmed(v, 1)
        for v, part in zip(sums, tally.table["at_least"], strict=True)
    ]
    by_kind = texts_table(
        f"Événements du début au {french.date(desk.today)}, par catégorie",
        {"Événements": kinds},
        {"Nombre": (counted, counts), "Heures données": (summed, sums)},
    )
    return _slide(title, sentence, charts=chart, tables=[by_year, by_kind], secrecy=_partly(tally))


# --------------------------------------------------------------------------------------------- published figures


def housing(desk: Desk, audience: Audience, cite: Cite) -> Slide:
    """The stock, its vacancies and its sales: the latest figure of each for the territory, and the sales year by year."""
    slide = _latest("Le logement", desk, audience, HOUSING, "vacancy_rate", cite)
    sales = _known_years(desk, audience, "house_sales")
    if len(sales) < 2:
        return slide
    values = [found.total.value for found in sales]
    names = [found.vintage.label for found in sales]
    said = [f"{name}{NNBSP}: {found.total_text()}" for name, found in zip(names, sales, strict=True)]
    description = f"Ventes de maisons par année, {french.join(said)}."
    least = ", au moins" if any(found.total.at_least for found in sales) else ""
    chart = ChartDrawing(
        "column", f"Ventes de maisons par année{least}", "ventes", 0, tuple(names), (("Ventes", tuple(values)),), description
    )  # fmt: skip
    return replace(slide, charts=(chart,))


def broadband(desk: Desk, audience: Audience, cite: Cite) -> Slide:
    """The best technologies: the territory, and the share of fibre commune by commune."""
    slide = _latest("Le haut débit", desk, audience, BROADBAND, "ftth_share", cite)
    if "ftth_share" not in desk.indicators:
        return slide
    found = desk.answer("ftth_share", desk.figures.latest(desk.indicators["ftth_share"]), audience)
    shown = sorted(
        cells(found).items(),
        key=lambda each: (-(each[1].value or -1.0), french.sort_key(desk.names[each[0]])),
    )
    known = [(desk.names[code], one) for code, one in shown if one.value is not None]
    if not known:
        return slide
    categories, (values,) = with_references(
        [name for name, _ in known], [[one.value for _, one in known]], desk.references([found])
    )
    chart = ChartDrawing(
        "bar", found.indicator.name, found.indicator.unit, found.indicator.decimals, categories, (("Part", values),), found.sentence,
        colors=(palette.FIBRE,),
    )  # fmt: skip
    names = [desk.names[code] for code, _ in shown]
    figures = [one for _, one in shown]
    table = texts_table(
        f"{found.indicator.name}, {found.vintage.label}",
        {"Commune": names},
        {
            f"{found.indicator.short} ({found.indicator.unit})": (
                [one.text for one in figures],
                [one.value for one in figures],
            ),
            "Locaux": ([one.detail for one in figures], [None] * len(figures)),
        },
    )
    return replace(slide, charts=(chart,), tables=(*slide.tables, table))


def changes(desk: Desk, audience: Audience, cite: Cite) -> Slide:
    """Every published indicator between its two last vintages, for the territory; where two do not compare, why."""
    title = "Ce qui a changé"
    rows: list[tuple[Cell, ...]] = []
    sources: list[str] = []
    compared = 0
    for indicator in desk.indicators.values():
        if not indicator.on_map or indicator.kind == "network":
            continue
        known = _known_years(desk, audience, indicator.id)[-2:]
        if len(known) < 2:
            continue
        before, after = known
        change, comparable = _change(before, after)
        compared += comparable
        rows.append(
            (
                Cell(indicator.name), Cell(f"{before.vintage.label}{NNBSP}: {before.total_text()}"),
                Cell(f"{after.vintage.label}{NNBSP}: {after.total_text()}"), Cell(change),
            )
        )  # fmt: skip
        sources += [cite(each) for each in known]
    if not rows:
        return _empty(title, "Aucun indicateur n’a encore deux millésimes.")
    count = french.counted(len(rows), "indicateur a", "indicateurs ont")
    sentence = f"{count} deux millésimes{NNBSP}; {french.counted(compared, 'se compare', 'se comparent')} de l’un à l’autre."
    columns = tuple(Column(each) for each in ("Indicateur", "Avant", "Après", "Évolution"))
    table = Table(
        "Le territoire entre les deux derniers millésimes de chaque indicateur", columns, tuple(rows)
    )
    return _slide(title, sentence, tables=table, sources=once(sources))


def _change(before: Answer, after: Answer) -> tuple[str, bool]:
    """How the territory's figure changed, and whether the two vintages compare."""
    if after.vintage.break_note:
        return "ne se compare pas (rupture de série)", False
    if before.total.at_least or after.total.at_least:
        return "ne se compare pas (une partie est secrète)", False
    if before.total.covered != after.total.covered:
        return "ne se compare pas (pas les mêmes communes)", False
    first, last = (
        Figure(each, each.total.value, Status.OBSERVED, each.total.numerator, each.total.denominator)
        for each in (before, after)
    )
    return change_text(after.indicator, first, last), True


def _latest(title: str, desk: Desk, audience: Audience, ids: Sequence[str], read: str, cite: Cite) -> Slide:
    """The latest figure of each of `ids` that the catalogue has, for the territory; the sentence is that of `read`."""
    found = [
        desk.answer(each, desk.figures.latest(desk.indicators[each]), audience)
        for each in ids
        if each in desk.indicators
    ]
    found = [each for each in found if not each.observed.empty]
    if not found:
        return _empty(title, "Aucun chiffre n’est encore publié pour ce territoire.")
    rows = tuple(
        (
            Cell(each.indicator.name),
            Cell(each.vintage.label),
            Cell(
                each.total_text() or f"pas de total{NNBSP}: {each.total.reason or 'non publié'}",
                each.total.value,
            ),
            Cell(f"{each.total.covered} sur {each.total.of}"),
        )
        for each in found
    )
    columns = (
        Column("Indicateur"),
        Column("Millésime"),
        Column("Territoire", numeric=True),
        Column("Communes publiées"),
    )
    spoken = next((each for each in found if each.indicator.id == read), found[0])
    return _slide(
        title, spoken.sentence,
        tables=[Table(f"{title}{NNBSP}: le territoire", columns, rows), *levels_tables(desk, [[each] for each in found])],
        sources=once(cite(each) for each in found), vintages=once(each.vintage.label for each in found),
    )  # fmt: skip


def _known_years(desk: Desk, audience: Audience, indicator: str) -> list[Answer]:
    """The answers of the vintages for which the territory has a figure, oldest first."""
    if indicator not in desk.indicators:
        return []
    found = (desk.answer(indicator, period, audience) for period in desk.indicators[indicator].periods)
    return [each for each in found if each.total.value is not None]


# ------------------------------------------------------------------------------------------------- small parts


def _until(desk: Desk, audience: Audience, year: int) -> pd.DataFrame:
    """The declared years until the end of `year`; none where nobody is in the register."""
    frame = desk.growth(audience)
    end = min(dt.date(year, 12, 31), desk.today).isoformat()
    return frame.iloc[:0] if desk.network.has_nobody else frame[frame["period"] <= end]


def _end(period: str) -> str:
    """« 2025 » for the end of a year, the day for today."""
    return period[:4] if period.endswith("-12-31") else french.date(period)


def _at(period: str) -> str:
    return f"à la fin de {period[:4]}" if period.endswith("-12-31") else f"au {french.date(period)}"


def _gain(gap: float) -> str:
    return french.signed(gap) if gap else "inchangé"


def _value(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _hours(value: float, unit: str) -> str:
    return french.quantity(value, unit, int(value % 1 > 0))


def _count(value: float) -> Cell:
    return Cell(french.DASH) if pd.isna(value) else Cell(french.trimmed(float(value), 1), float(value))


def _of_year(tally: Tally, year: int) -> pd.DataFrame:
    """The events of `year` that may be shown one by one, oldest first."""
    if tally.listed.empty:
        return tally.listed
    days = pd.to_datetime(tally.listed["on"])
    return tally.listed[days.dt.year == year].sort_values("on", kind="stable")


def _least(tally: Tally) -> str:
    return "au moins " if tally.partial or tally.total is None or tally.total > len(tally.listed) else ""


def _partly(tally: Tally) -> tuple[str, ...]:
    if not _least(tally):
        return ()
    return ("Un événement qui concerne un membre n’est montré que si ce membre l’a accepté.",)


def _hidden(statuses: pd.Series[str], desk: Desk, audience: Audience) -> tuple[str, ...]:
    count = int((statuses != OBSERVED).sum())
    if not count:
        return ()
    years = french.counted(count, "année masquée", "années masquées")
    return (f"{years}{NNBSP}: moins de {desk.thresholds.of(audience)} personnes, ou de quoi les retrouver.",)


def _empty(title: str, sentence: str) -> Slide:
    return Slide(title, sentence, sentence)


def _slide(
    title: str,
    sentence: str,
    *,
    charts: ChartDrawing | None = None,
    tables: Table | Sequence[Table] = (),
    secrecy: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    vintages: tuple[str, ...] = (),
) -> Slide:
    return Slide(
        title,
        sentence,
        sentence,
        charts=(charts,) if charts and drawable(charts) else (),
        tables=(tables,) if isinstance(tables, Table) else tuple(tables),
        secrecy=secrecy,
        sources=sources,
        vintages=vintages,
    )
