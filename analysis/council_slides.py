"""The slides of a séance, made from answers: each view's sentence, tables and charts, with their sources.

Maps come from the screens (`ui.map_views`), which alone know how they are painted; everything else that a slide shows is made here,
from the same answers and sentences that the pages show. `Cite` gives the citation of an answer, with « démonstration » where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from analysis import french, growth, housing, portrait, telework
from analysis.answers import Answer
from analysis.bivariate import Crossing
from analysis.comparison import Comparison
from analysis.council import Cell, ChartDrawing, Column, MapDrawing, Slide, Table
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Status
from analysis.retention import MARKS, Retention, interval_text, sentence_years
from analysis.telework import LEVELS, TECHNOLOGIES, Verdict

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


def _slide(
    title: str, sentence: str, answers: Sequence[Answer], cite: Cite, *, tables: Sequence[Table] = (),
    charts: Sequence[ChartDrawing] = (), maps: Sequence[MapDrawing] = (), more: Sequence[str] = (), mark: str = "",
) -> Slide:  # fmt: skip
    return Slide(
        title=title,
        sentence=sentence,
        generated=sentence,
        maps=tuple(maps),
        charts=tuple(charts),
        tables=tuple(tables),
        sources=(*sources(answers, cite), *more),
        vintages=vintages(answers),
        secrecy=secrecy(answers),
        mark=mark or next((each.mark for each in maps if each.mark), ""),
    )


# -- the map ----------------------------------------------------------------------------------------------------


def map_slide(found: Answer, drawing: MapDrawing, territory: str, cite: Cite) -> Slide:
    """One answer on the map."""
    name = f"{found.indicator.name}, {found.vintage.label}"
    return _slide(
        name, found.sentence, [found], cite, maps=[drawing], tables=[answers_table(name, territory, [found])]
    )


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
        changes = dict(zip(compared.cells["name"], compared.cells["change"], strict=True))
        table = Table(
            table.caption,
            (*table.columns, Column("Écart")),
            tuple((*row, Cell(str(changes[row[0].text]))) for row in table.rows),
            (*table.foot, Cell("")),
        )
    return _slide(title, sentence, both, cite, maps=drawings, tables=[table], more=compared.breaks)


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
    return _slide(drawing.title, crossing.sentence, both, cite, maps=[drawing], tables=[table], more=[note])


# -- the network ------------------------------------------------------------------------------------------------


def growth_slide(desk: Desk, audience: Audience, source: str) -> Slide:
    """The members present year by year, with the arrivals and departures of each year. `source` cites the register."""
    frame = desk.growth(audience)
    if desk.network.has_nobody:
        frame = frame.iloc[:0]
        sentence = "Aucun membre n’est encore inscrit au registre."
    else:
        sentence = growth.growth_sentence(frame)
    rows = [
        (
            Cell(french.date(row.period)),
            *(
                Cell(french.cell(value, Status(status)), _known(value, status))
                for value, status in (
                    (row.present, row.status),
                    (row.arrivals, row.flow_status),
                    (row.departures, row.flow_status),
                )
            ),
        )
        for row in frame.itertuples()
    ]
    names = ("Présents", "Arrivées dans l’année", "Départs dans l’année")
    table = Table(
        "Membres du réseau par année",
        (Column("Date"), *(Column(name, True, "membres") for name in names)),
        tuple(rows),
    )
    years = tuple(
        row.period[:4] if row.period.endswith("-12-31") else french.date(row.period)
        for row in frame.itertuples()
    )
    charts: tuple[ChartDrawing, ...] = ()
    if rows:
        charts = (
            ChartDrawing(
                "column", "Membres présents à la fin de chaque année", "membres", 0, years,
                ((names[0], tuple(row[1].number for row in rows)),), sentence,
            ),
            ChartDrawing(
                "column", "Arrivées et départs de chaque année", "membres", 0, years,
                tuple((names[at], tuple(row[at + 1].number for row in rows)) for at in (1, 2)), sentence,
            ),
        )  # fmt: skip
    charts = tuple(
        chart for chart in charts if any(value is not None for _, values in chart.series for value in values)
    )
    hidden = sum(cell.number is None for row in rows for cell in row[1:])
    note = french.spaced(
        f"{french.quantity(hidden, 'nombres')} de personnes trop petits pour être montrés ({audience.label})."
    )
    return Slide(
        "Le réseau grandit-il" + french.NNBSP + "?", sentence, sentence, charts=charts, tables=(table,) if rows else (),
        sources=(source,), vintages=(french.date(desk.today),), secrecy=(note,) if hidden else (),
        mark="démonstration" if desk.network.is_demo else "",
    )  # fmt: skip


def retention_slide(desk: Desk, found: Retention, who: str, source: str) -> Slide:
    """How long members stay: the curve read at round years. `who`: what counted people are called."""
    sentence = found.sentence(who)
    read = [(years, kept) for years in MARKS if (kept := found.after(years))]
    rows = tuple(
        (
            Cell(sentence_years(years)),
            Cell(french.percent(100 * kept.share, 0), round(100 * kept.share, 1)),
            Cell(interval_text(kept.low, kept.high)),
            Cell(french.number(kept.at_risk), float(kept.at_risk)),
        )
        for years, kept in read
    )
    columns = (
        Column("Après"), Column("Encore présents", True, "%"), Column("Intervalle à 95 %"),
        Column("Membres suivis jusque-là", True, "membres"),
    )  # fmt: skip
    chart = ChartDrawing(
        "line", "Part des membres encore présents selon le temps écoulé depuis l’arrivée", "%", 0,
        tuple(row[0].text for row in rows), (("Encore présents", tuple(row[1].number for row in rows)),), sentence,
    )  # fmt: skip
    method = french.spaced(
        f"Estimation de Kaplan–Meier sur {french.quantity(found.members, 'séjours')} ; "
        "les séjours en cours comptent comme « au moins aussi longs »."
    )
    return Slide(
        "Combien de temps restent-ils" + NNBSP + "?", sentence, sentence, charts=(chart,) if rows else (),
        tables=(Table(chart.title, columns, rows),) if rows else (), sources=(source, method),
        vintages=(french.date(desk.today),), mark="démonstration" if desk.network.is_demo else "",
    )  # fmt: skip


# -- housing ----------------------------------------------------------------------------------------------------

HOUSING = {"stock": "Parc et vacance", "two": "Deux comptages", "sales": "Ventes", "prices": "Prix"}
"""The questions of the housing page that a séance can show: id in the address → words."""


def housing_slide(desk: Desk, question: str, territory: str, cite: Cite) -> Slide:
    """One question of the housing page. Raises KeyError for another id than those of `HOUSING`."""
    made = {"stock": _stock, "two": _two_counts, "sales": _sales, "prices": _prices}[question]
    return made(desk, territory, cite)


def _stock(desk: Desk, territory: str, cite: Cite) -> Slide:
    main, second, vacant = (desk.answer(i) for i in ("main_share", "second_share", "vacancy_rate"))
    answers = [vacant, main, second]
    table = answers_table(f"Parc de logements, {vacant.vintage.label}", territory, answers)
    cells = [portrait.cells(found) for found in (main, second, vacant)]
    by_name = dict(zip(vacant.cells["name"], vacant.cells["commune"], strict=True))
    shown = [row[0].text for row in table.rows if row[1].number is not None]
    labels = ("Résidences principales", "Secondaires ou occasionnels", "Vacants")
    chart = ChartDrawing(
        "bar", "Composition du parc de logements", "%", 1, tuple(shown),
        tuple((label, tuple(each[by_name[name]].value for name in shown)) for label, each in zip(labels, cells, strict=True)),
        housing.stock_sentence(vacant, [main, second]), stacked=True,
    )  # fmt: skip
    sentence = housing.stock_sentence(vacant, [main, second])
    return _slide(
        "Combien de logements, et combien sont vacants" + NNBSP + "?",
        sentence,
        answers,
        cite,
        charts=[chart],
        tables=[table],
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
    return _slide(
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
    return _slide(
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
    return _slide(
        "À quel prix se vendent les maisons" + NNBSP + "?", medians[-1].sentence, [medians[-1]], cite,
        tables=[Table(table.caption, table.columns, rows, table.foot)],
    )  # fmt: skip


def _by_year(caption: str, territory: str, years: Sequence[Answer]) -> Table:
    table = answers_table(caption, territory, list(reversed(years)), dated=True)
    order = [0, *range(len(years), 0, -1)]
    columns = tuple(
        Column(
            years[at - 1].vintage.label, True, years[at - 1].indicator.unit, years[at - 1].indicator.decimals
        )
        for at in range(1, len(years) + 1)
    )
    rows = tuple(tuple(row[at] for at in order) for row in table.rows)
    return Table(caption, (table.columns[0], *columns), rows, tuple(table.foot[at] for at in order))


# -- broadband --------------------------------------------------------------------------------------------------


def verdict_slide(
    found: Sequence[Verdict], rule: str, fibre: Answer, drawing: MapDrawing, cite: Cite
) -> Slide:
    """Whether the connection allows telework, commune by commune. `rule`: the territory's, in words."""
    order = [None, *LEVELS]
    ordered = sorted(found, key=lambda v: (-order.index(v.level), french.sort_key(v.name)))
    table = Table(
        f"Verdict pour télétravailler, {fibre.vintage.label}",
        (Column("Commune"), Column("Verdict"), Column("Raison"), Column("Pire cas")),
        tuple(
            (Cell(v.name), Cell(v.level or french.status_text(v.status)), Cell(v.reason), Cell(v.worst_case)) for v in ordered
        ),
    )  # fmt: skip
    return _slide(
        "Le débit permet-il d’y télétravailler" + NNBSP + "?", telework.verdict_sentence(tuple(found)), [fibre], cite,
        maps=[drawing], tables=[table], more=[rule],
    )  # fmt: skip


def technologies_slide(best: pd.DataFrame, fibre: Answer, territory: str, cite: Cite) -> Slide:
    """The best technology of every premises (`analysis.telework.best_technologies`)."""
    ids = [*TECHNOLOGIES, "premises"]
    labels = {**TECHNOLOGIES, "premises": "Locaux"}
    rows = []
    for row in best.to_dict("records"):
        words = french.status_text(Status(row["status"]))
        cells = [
            Cell(french.number(row[id_]), float(row[id_])) if pd.notna(row[id_]) else Cell(words)
            for id_ in ids
        ]
        rows.append((Cell(str(row["name"])), *cells))
    whole = (best["status"] == Status.OBSERVED).all()
    foot = tuple(
        Cell(french.number(best[id_].sum()), float(best[id_].sum())) if whole else Cell("–") for id_ in ids
    )
    table = Table(
        f"Locaux par meilleure technologie, {fibre.vintage.label}",
        (Column("Commune"), *(Column(labels[id_], True, "locaux") for id_ in ids)),
        tuple(rows),
        (Cell(territory), *foot),
    )
    seen = best[best["adds_up"] & (best["premises"] > 0)]
    present = [id_ for id_ in TECHNOLOGIES if (seen[id_] > 0).any()]
    shares = {id_: 100 * seen[id_] / seen["premises"] for id_ in present}
    chart = ChartDrawing(
        "bar", "Part des locaux par meilleure technologie", "%", 1, tuple(map(str, seen["name"])),
        tuple((TECHNOLOGIES[id_], tuple(round(float(v), 1) for v in shares[id_])) for id_ in present),
        fibre.sentence, stacked=True,
    )  # fmt: skip
    return _slide(
        "Quelle est la meilleure technologie de chaque local" + NNBSP + "?", fibre.sentence, [fibre], cite,
        charts=[chart] if len(seen) else [], tables=[table],
    )  # fmt: skip


# -- one commune -------------------------------------------------------------------------------------------------


def portrait_slides(
    desk: Desk, code: str, territory: str, cite: Cite, headline: str, ask: Callable[[str], Answer],
    grouped: Callable[[str, str], Answer], locator: MapDrawing | None = None,
) -> tuple[Slide, ...]:  # fmt: skip
    """The portrait of a commune, one slide a theme: its figures beside its group and the territory, its rank.

    `ask` gives the latest answer for an indicator, `grouped` what it says of a group (group, indicator). `headline` reads the commune
    aloud and stands on each slide; `locator` shows where it lies, on the first. Raises KeyError for a commune outside the territory.
    """
    name = desk.names[code]
    group = next((each for each, codes in desk.groups.items() if code in codes), "")
    slides: list[Slide] = []
    for theme, indicators in portrait.themes(desk).items():
        answers = [ask(each.id) for each in indicators]
        rows = []
        for found in answers:
            mine, place = portrait.cell(found, code), portrait.rank(found, code)
            beside = [Cell(portrait.total_text(grouped(group, found.indicator.id)))] if group else []
            rows.append(
                (
                    Cell(f"{found.indicator.short}, {found.vintage.label}"),
                    answer_cell(mine),
                    Cell(place.text if place else "–"),
                    *beside,
                    Cell(portrait.total_text(found)),
                )
            )
        columns = (
            Column("Chiffre"), Column(name, True), Column("Rang"), *([Column(group, True)] if group else []), Column(territory, True)
        )  # fmt: skip
        counted = any(found.indicator.kind == "network" for found in answers)
        slide = _slide(
            f"{name}{NNBSP}: {theme.lower()}", headline, answers, cite,
            tables=[Table(f"{theme} {french.at_place(name)}", columns, tuple(rows))],
            maps=[locator] if locator is not None and not slides else [],
            mark="démonstration" if counted and desk.network.is_demo else "",
        )  # fmt: skip
        mine_hidden = [f for f in answers if portrait.cell(f, code).status is not Status.OBSERVED]
        cited = (french.join(dict.fromkeys(cite(found) for found in answers)) + ".",)
        slides.append(replace(_with_secrecy(slide, mine_hidden, code), sources=cited))
    return tuple(slides)


def _with_secrecy(slide: Slide, hidden: Sequence[Answer], code: str) -> Slide:
    """Secrecy and absence of this commune's own figures only: those of the other communes stand in no cell of this slide."""
    lines = tuple(
        french.spaced(f"{found.indicator.short} : {portrait.cell(found, code).text}.") for found in hidden
    )
    return replace(slide, secrecy=lines)


def _known(value: object, status: str) -> float | None:
    number = float(str(value)) if value is not None else float("nan")
    return None if status != Status.OBSERVED.value or pd.isna(number) else number
