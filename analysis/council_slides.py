"""The slides of a séance, made from answers: each view's sentence, tables and charts, with their sources.

Maps come from the screens (`ui.map_views`), which alone know how they are painted; everything else that a slide shows is made here,
from the same answers and sentences that the pages show. `Cite` gives the citation of an answer, with « démonstration » where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis import french, housing, listing, portrait
from analysis.answers import Answer
from analysis.bivariate import Crossing
from analysis.comparison import Comparison
from analysis.council import Cell, ChartDrawing, Column, MapDrawing, Slide, Table, once
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.levels import References
from analysis.model import Status
from analysis.network import MAX_AGE_DAYS

Cite = Callable[[Answer], str]


# -- what several slides need ------------------------------------------------------------------------------------


def answer_cell(one: portrait.Cell) -> Cell:
    """A commune's figure: its words with the counts behind it, and the number."""
    return Cell(f"{one.text} ({one.detail})" if one.detail else one.text, one.value)


def answer_column(found: Answer, *, dated: bool = False) -> Column:
    """The column of an answer: « Part des logements vacants (%) », with its vintage when `dated`."""
    unit = f" ({found.indicator.unit})" if found.indicator.unit else ""
    label = f", {found.vintage.label}" if dated else ""
    return Column(
        f"{found.indicator.short}{label}{unit}", True, found.indicator.unit, found.indicator.decimals
    )


def total_cell(found: Answer) -> Cell:
    """The territory's figure, or why there is none."""
    return Cell(portrait.total_text(found), None if found.total.at_least else found.total.value)


def answers_table(caption: str, territory: str, answers: Sequence[Answer], *, dated: bool = False) -> Table:
    """One row a commune, highest first on the first answer (those without a figure last), one column an answer."""
    names = dict(zip(answers[0].cells["commune"], answers[0].cells["name"], strict=True))
    cells = [portrait.cells(found) for found in answers]
    order = sorted(
        names,
        key=lambda c: (
            cells[0][c].value is None,
            -(cells[0][c].value or 0.0),
            french.sort_key(names[c]),
        ),
    )
    return Table(
        caption,
        (Column("Commune"), *(answer_column(found, dated=dated) for found in answers)),
        tuple((Cell(names[c]), *(answer_cell(each[c]) for each in cells)) for c in order),
        (Cell(territory), *(total_cell(found) for found in answers)),
    )


ELSEWHERE = french.spaced("Et ailleurs ?")
"""The caption of the tables of what surrounds a commune or a territory."""


def levels_tables(
    desk: Desk, series: Sequence[Sequence[Answer]], commune: str = "", caption: str = ELSEWHERE
) -> tuple[Table, ...]:
    """What surrounds a commune (the whole territory when empty): a row an indicator (its answers, oldest first), a column a level, in each
    cell the figure, or the first and the last one where there are several. Empty where nothing of it was imported.
    """
    levels = desk.around_of(commune) if desk.level_figures else ()
    heads: dict[str, str] = {}
    rows: list[tuple[Cell, ...]] = []
    for answers in series:
        found = [desk.elsewhere(each, commune) for each in answers]
        if not any(one.total.value is not None for each in found for one in each):
            continue
        texts = []
        for at, level in enumerate(levels):
            known = [each[at] for each in found if each[at].total.value is not None] or [found[-1][at]]
            heads[level.kind] = known[0].head
            ends = known if len(known) < 2 else (known[0], known[-1])
            dated = len(answers) > 1 and ends[0].total.value is not None
            texts.append(
                Cell(
                    " → ".join(
                        f"{one.answer.vintage.label}{NNBSP}: {one.text}" if dated else one.text
                        for one in ends
                    )
                )
            )
        label = answers[-1].indicator.short
        label += "" if len(answers) > 1 else f", {answers[0].vintage.label}"
        rows.append((Cell(label), *texts))
    if not rows:
        return ()
    columns = (Column("Chiffre"), *(Column(head, numeric=True) for head in heads.values()))
    return (Table(caption, columns, tuple(rows)),)


def levels_table(desk: Desk, found: Answer, territory: str) -> tuple[Table, ...]:
    """The same of one answer: a row a level under the territory's, its figure, how many communes it is made of. Empty where nothing was
    imported.
    """
    beside = desk.elsewhere(found) if desk.level_figures else ()
    if all(each.total.value is None for each in beside):
        return ()
    rows = (
        (Cell(territory), total_cell(found), Cell("")),
        *(
            (
                Cell(each.head),
                Cell(each.text, None if each.total.at_least else each.total.value),
                Cell(each.detail),
            )
            for each in beside
        ),
    )
    return (Table(ELSEWHERE, (Column("Où"), answer_column(found), Column("Communes")), rows),)


def with_references(categories: Sequence[str], series: Sequence[Sequence[float | None]], beside: References) -> tuple[
    tuple[str, ...], tuple[tuple[float | None, ...], ...]
]:  # fmt: skip
    """Bars of communes, then those of the levels: categories, and the values of each series (one a value of `beside`)."""
    return (
        (*categories, *(head for head, _ in beside)),
        tuple((*values, *(given[at] for _, given in beside)) for at, values in enumerate(series)),
    )


def sources(answers: Sequence[Answer], cite: Cite) -> tuple[str, ...]:
    """The source of each answer, once, with its vintage and unit; then what is to be known of it."""
    lines: dict[str, None] = {}
    for found in answers:
        unit = f" Unité{NNBSP}: {found.indicator.unit}." if found.indicator.unit else ""
        lines[f"{cite(found)}. Millésime{NNBSP}: {found.vintage.label}.{unit}"] = None
    for found in answers:
        for text in (found.vintage.break_note, found.indicator.caveat):
            if text:
                lines[french.sentence(text)] = None
        if found.total.value is None and found.total.reason:
            lines[f"Pas de chiffre du territoire{NNBSP}: {found.total.reason}."] = None
    return tuple(lines)


def secrecy(answers: Sequence[Answer]) -> tuple[str, ...]:
    """How many communes are hidden or unpublished, for each answer that has some."""
    lines: dict[str, None] = {}
    for found in answers:
        statuses = list(found.cells["status"])
        for status, words in (
            (Status.SUPPRESSED, "sous secret statistique"),
            (Status.MISSING, "sans chiffre publié"),
            (Status.NOT_IMPORTED, "sans chiffre importé"),
        ):
            count = statuses.count(status.value)
            if count:
                name = f"{found.indicator.short}, {found.vintage.label}"
                lines[french.spaced(f"{name} : {french.quantity(count, 'communes')} {words}.")] = None
    return tuple(lines)


def vintages(answers: Sequence[Answer]) -> tuple[str, ...]:
    """The vintages of the answers, each once."""
    return tuple(dict.fromkeys(found.vintage.label for found in answers))


def drawable(chart: ChartDrawing) -> bool:
    """Whether a chart has a figure to draw: where all are hidden, the table says so."""
    return any(value is not None for _, values in chart.series for value in values)


def texts_table(
    caption: str,
    words: Mapping[str, Sequence[str]],
    figures: Mapping[str, tuple[Sequence[str], Sequence[float | None]]],
) -> Table:
    """A table column by column, by heading: `words` of text, then `figures` as texts with their numbers."""
    columns = (*(Column(each) for each in words), *(Column(each, numeric=True) for each in figures))
    cells = [[Cell(text) for text in column] for column in words.values()]
    cells += [
        [Cell(text, number) for text, number in zip(*column, strict=True)] for column in figures.values()
    ]
    return Table(caption, columns, tuple(zip(*cells, strict=True)))


def answers_slide(
    title: str, sentence: str, answers: Sequence[Answer], cite: Cite, *, tables: Sequence[Table] = (),
    charts: Sequence[ChartDrawing] = (), maps: Sequence[MapDrawing] = (), more: Sequence[str] = (), mark: str = "",
) -> Slide:  # fmt: skip
    """A slide of published answers: their sources (with `more` lines), vintages and what of them is secret or unpublished."""
    return Slide(
        title=title,
        sentence=sentence,
        generated=sentence,
        maps=tuple(maps),
        charts=tuple(charts),
        tables=tuple(tables),
        sources=once((*sources(answers, cite), *map(french.sentence, more))),
        vintages=vintages(answers),
        secrecy=secrecy(answers),
        cited=once(map(cite, answers)),
        mark=mark or next((each.mark for each in maps if each.mark), ""),
    )


# -- the map ----------------------------------------------------------------------------------------------------


def map_slide(found: Answer, drawing: MapDrawing, territory: str, cite: Cite) -> Slide:
    """One answer on the map."""
    name = f"{found.indicator.name}, {found.vintage.label}"
    return answers_slide(
        name, found.sentence, [found], cite, maps=[drawing], tables=[answers_table(name, territory, [found])]
    )


def with_circles(slide: Slide, names: Mapping[str, str]) -> Slide:
    """`slide` of maps with their circles in its first table too, a column a map: a picture alone would leave these counts out of the
    workbook, and of what is read aloud. `names`: commune → name.
    """
    circles = [each.circles for each in slide.maps if each.circles]
    if not circles or not slide.tables:
        return slide
    first, *others = slide.tables
    codes = {name: code for code, name in names.items()}

    def cell(name: str, values: Mapping[str, float]) -> Cell:
        count = values.get(codes.get(name, ""))
        return Cell(french.DASH) if count is None else Cell(french.number(count), count)

    table = Table(
        first.caption,
        (*first.columns, *(Column(each.title, True) for each in circles)),
        tuple((*row, *(cell(row[0].text, each.values) for each in circles)) for row in first.rows),
        (*first.foot, *(Cell("") for _ in circles)) if first.foot else (),
    )
    return replace(slide, tables=(table, *others))


def pair_slide(compared: Comparison, drawings: Sequence[MapDrawing], territory: str, cite: Cite) -> Slide:
    """Two maps side by side, of two vintages of one indicator or of two indicators."""
    both = [compared.left, compared.right]
    same = both[0].indicator.id == both[1].indicator.id
    title = (
        f"{both[0].indicator.name}, {both[0].vintage.label} et {both[1].vintage.label}"
        if same
        else " et ".join(f"{each.indicator.short}, {each.vintage.label}" for each in both)
    )
    sentence = compared.sentence or " ".join(each.sentence for each in both)
    table = answers_table(title, territory, both, dated=True)
    if compared.changes:
        changes = {
            str(row.name): Cell(str(row.change), None if pd.isna(row.difference) else float(row.difference))
            for row in compared.cells[["name", "change", "difference"]].itertuples(index=False, name="Change")
        }
        entry = both[0].indicator
        unit = "points" if entry.unit.startswith("%") else entry.unit
        table = Table(
            table.caption,
            (*table.columns, Column("Écart", True, unit, entry.decimals)),
            tuple((*row, changes[row[0].text]) for row in table.rows),
            (*table.foot, Cell("")),
        )
    return answers_slide(title, sentence, both, cite, maps=drawings, tables=[table], more=compared.breaks)


def crossing_slide(crossing: Crossing, drawing: MapDrawing, territory: str, cite: Cite) -> Slide:
    """Two indicators crossed on one map."""
    both = [crossing.first, crossing.second]
    table = answers_table(drawing.title, territory, both, dated=True)
    cells = dict(zip(crossing.cells["name"], crossing.cells["cell"], strict=True))
    table = Table(
        table.caption,
        (*table.columns, Column("Case")),
        tuple((*row, Cell(str(cells[row[0].text]) or "–")) for row in table.rows),
        (*table.foot, Cell("")),
    )
    note = "Deux chiffres hauts au même endroit ne disent pas que l’un cause l’autre."
    return answers_slide(
        drawing.title, crossing.sentence, both, cite, maps=[drawing], tables=[table], more=[note]
    )


# -- housing ----------------------------------------------------------------------------------------------------

HOUSING = {"stock": "Parc et vacance", "two": "Deux comptages", "sales": "Ventes", "prices": "Prix"}
"""The questions of the housing page about published figures: id in the address → words."""
LISTINGS = "annonces"
"""The question of the housing page about what may be had now."""


def housing_slide(desk: Desk, question: str, territory: str, cite: Cite) -> Slide:
    """One question of the housing page. Raises KeyError for another id than those of `HOUSING`."""
    made = {"stock": _stock, "two": _two_counts, "sales": _sales, "prices": _prices}[question]
    return made(desk, territory, cite)


def listings_table(available: pd.DataFrame, names: Mapping[str, str]) -> Table:
    """The listings that may be had (rows of `Desk.listings`), in their order. `names`: commune → name."""
    columns = (
        Column("Commune"),
        Column("Bien"),
        Column("Loyer ou prix", True, "€"),
        Column("Vu disponible le", True),
    )
    rows = tuple(
        (
            Cell(names[row.commune]), Cell(listing.dwelling_text(row.kind, row.tenure, row.rooms, row.surface)),
            Cell(listing.terms_text(row.rent, row.price) or "non indiqué"), Cell(french.date(row.last_seen.date())),
        )
        for row in available.itertuples()
    )  # fmt: skip
    return Table("Annonces disponibles", columns, rows)


def listings_slide(desk: Desk, available: pd.DataFrame, drawing: MapDrawing, source: str) -> Slide:
    """What the watch saw to be had these last days (rows of `Desk.listings`, of the territory's communes). `source` cites the register."""
    sentence = housing.listings_sentence(available, MAX_AGE_DAYS)
    known = len(available) > 0
    return Slide(
        "Que peut-on avoir en ce moment" + NNBSP + "?", sentence, sentence, maps=(drawing,) if known else (),
        tables=(listings_table(available, desk.names),) if known else (), sources=(source,), vintages=(french.date(desk.today),),
        mark="démonstration" if desk.network.is_demo else "",
    )  # fmt: skip


def whole_parts(beside: References) -> References:
    """The levels of which every part of a whole is known: a stack with one of them lacking would lie."""
    return tuple((head, values) for head, values in beside if None not in values)


def _stock(desk: Desk, territory: str, cite: Cite) -> Slide:
    main, second, vacant = (desk.answer(i) for i in ("main_share", "second_share", "vacancy_rate"))
    answers = [vacant, main, second]
    table = answers_table(f"Parc de logements, {vacant.vintage.label}", territory, answers)
    cells = [portrait.cells(found) for found in (main, second, vacant)]
    by_name = dict(zip(vacant.cells["name"], vacant.cells["commune"], strict=True))
    shown = [row[0].text for row in table.rows if row[1].number is not None]
    labels = ("Résidences principales", "Secondaires ou occasionnels", "Vacants")
    categories, values = with_references(
        shown,
        [[each[by_name[name]].value for name in shown] for each in cells],
        whole_parts(desk.references([main, second, vacant])),
    )
    sentence = housing.stock_sentence(vacant, [main, second])
    chart = ChartDrawing(
        "bar", "Composition du parc de logements", "%", 1, categories, tuple(zip(labels, values, strict=True)), sentence, stacked=True
    )  # fmt: skip
    return answers_slide(
        "Combien de logements, et combien sont vacants" + NNBSP + "?",
        sentence,
        answers,
        cite,
        charts=[chart],
        tables=[table, *levels_tables(desk, [[each] for each in answers])],
    )


def _two_counts(desk: Desk, territory: str, cite: Cite) -> Slide:
    census, private, long = (desk.answer(i) for i in ("vacant_dwellings", "lovac_vacant", "lovac_vacant_2y"))
    rate, private_rate = desk.answer("vacancy_rate"), desk.answer("lovac_vacancy_rate")
    answers = [census, rate, private, private_rate, long]
    table = answers_table("Logements vacants selon les deux sources", territory, answers, dated=True)
    why = housing.differences(census, private)
    reasons = Table(
        "Ce qui distingue les deux",
        (Column("Différence"), Column("Recensement (INSEE)"), Column("LOVAC (Cerema / DGALN)")),
        tuple(tuple(Cell(str(text)) for text in row) for row in why.itertuples(index=False)),
    )
    known = housing.known_pairs(census, private)
    sentence = housing.two_counts_sentence(census, private)
    chart = ChartDrawing(
        "bar", "Logements vacants selon les deux sources", "logements", 0, tuple(map(str, known["name"])),
        (("Recensement", tuple(map(float, known["first"]))), ("LOVAC (parc privé)", tuple(map(float, known["second"])))), sentence,
    )  # fmt: skip
    return answers_slide(
        "Pourquoi deux nombres de logements vacants" + NNBSP + "?", sentence, answers, cite,
        charts=[chart] if len(known) else [], tables=[reasons, table], more=[housing.comparable_sentence(census, private)],
    )  # fmt: skip


def _years(desk: Desk, indicator: str) -> list[Answer]:
    return [desk.answer(indicator, period) for period in desk.indicators[indicator].periods]


def _sales(desk: Desk, territory: str, cite: Cite) -> Slide:
    years = _years(desk, "house_sales")
    known = [found for found in years if found.total.value is not None]
    sentence = housing.sales_sentence(years)
    chart = ChartDrawing(
        "column", "Ventes de maisons par an", "ventes", 0, tuple(found.vintage.label for found in known),
        (("Ventes de maisons", tuple(found.total.value for found in known)),), sentence,
    )  # fmt: skip
    table = _by_year("Nombre de ventes de maisons", territory, years)
    return answers_slide(
        "Combien de maisons se vendent" + NNBSP + "?",
        sentence,
        [years[-1]],
        cite,
        charts=[chart] if known else [],
        tables=[table],
    )


def _prices(desk: Desk, territory: str, cite: Cite) -> Slide:
    medians, counts = _years(desk, "house_price"), _years(desk, "house_sales")
    sold = {found.vintage.period: portrait.cells(found) for found in counts}
    table = _by_year("Prix médian des maisons au m², et nombre de ventes", territory, medians)
    codes = dict(zip(medians[-1].cells["name"], medians[-1].cells["commune"], strict=True))

    def with_sales(name: str, at: int, cell: Cell) -> Cell:
        behind = sold.get(medians[at].vintage.period, {}).get(codes[name])
        if cell.number is None or behind is None or behind.value is None:
            return cell
        return Cell(f"{cell.text} ({behind.text})", cell.number)

    rows = tuple(
        (row[0], *(with_sales(row[0].text, at, cell) for at, cell in enumerate(row[1:])))
        for row in table.rows
    )
    return answers_slide(
        "À quel prix se vendent les maisons" + NNBSP + "?", medians[-1].sentence, [medians[-1]], cite,
        tables=[Table(table.caption, table.columns, rows, table.foot), *levels_by_year(desk, medians)],
    )  # fmt: skip


def levels_by_year(desk: Desk, years: Sequence[Answer]) -> tuple[Table, ...]:
    """A figure of what surrounds the territory, year by year: a row a level. Empty where nothing was imported."""
    found = [desk.elsewhere(each) for each in years] if desk.level_figures else []
    if not any(one.total.value is not None for each in found for one in each):
        return ()
    columns = (Column("Où"), *(_year_column(each) for each in years))
    rows = tuple(
        (Cell(of_level[0].head), *(Cell(one.text, one.total.value) for one in of_level))
        for of_level in zip(*found, strict=True)
    )
    return (Table(ELSEWHERE, columns, rows),)


def _year_column(found: Answer) -> Column:
    return Column(found.vintage.label, True, found.indicator.unit, found.indicator.decimals)


def _by_year(caption: str, territory: str, years: Sequence[Answer]) -> Table:
    table = answers_table(caption, territory, list(reversed(years)), dated=True)
    order = [0, *range(len(years), 0, -1)]
    columns = tuple(map(_year_column, years))
    rows = tuple(tuple(row[at] for at in order) for row in table.rows)
    return Table(caption, (table.columns[0], *columns), rows, tuple(table.foot[at] for at in order))
