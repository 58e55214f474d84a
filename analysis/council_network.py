"""The slides of the network: each question of its page as a view of a séance, for the audience of the séance.

Counts of people come in already protected (`Desk.release`); members are told one by one only as `analysis.community` lets them be. The
page shows the same tables and says the same sentences (`analysis.network_words`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import french, growth, palette
from analysis import network_words as words
from analysis.community import Tally, by_trade
from analysis.council import Cell, ChartDrawing, Column, MapDrawing, Slide, Table
from analysis.council_slides import drawable
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Status
from analysis.presence import Timeline
from analysis.retention import MARKS, Retention, interval_text, sentence_years
from analysis.vocabulary import CONTACT_KINDS, EVENT_KINDS

LATEST = 15
"""Events told one by one: the last ones."""


def _slide(
    desk: Desk, title: str, sentence: str, source: Sequence[str], *, maps: Sequence[MapDrawing] = (),
    charts: Sequence[ChartDrawing] = (), tables: Sequence[Table] = (), secrecy: Sequence[str] = (), names_people: bool = False,
) -> Slide:  # fmt: skip
    return Slide(
        french.spaced(title),
        sentence,
        sentence,
        maps=tuple(maps),
        charts=tuple(chart for chart in charts if drawable(chart)),
        tables=tuple(table for table in tables if table.rows),
        sources=tuple(source),
        vintages=(french.date(desk.today),),
        secrecy=tuple(secrecy),
        mark="démonstration" if desk.network.is_demo else "",
        names_people=names_people,
    )


def _figure(text: str, value: float | None) -> Cell:
    return Cell(text, None if value is None or pd.isna(value) else float(value))


def _whole(value: float) -> Cell:
    return Cell(french.number(value), float(value))


def _none(desk: Desk, title: str, sentence: str, source: Sequence[str]) -> Slide:
    """A question without rows: what is not there."""
    return _slide(desk, title, french.spaced(sentence), source)


# -- over time -------------------------------------------------------------------------------------------------


def growth_table(frame: pd.DataFrame, mark: str = "") -> Table:
    """The declared years (`Desk.growth`): present at the end of each, arrivals and departures; hidden counts in words."""
    names = ("Présents", "Arrivées dans l’année", "Départs dans l’année")
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
    return Table(
        f"Membres du réseau par année{mark}",
        (Column("Date"), *(Column(name, True, "membres") for name in names)),
        tuple(rows),
    )


def _known(value: object, status: str) -> float | None:
    number = float(str(value)) if value is not None else float("nan")
    return None if status != Status.OBSERVED.value or pd.isna(number) else number


def growth_slide(desk: Desk, audience: Audience, source: str) -> Slide:
    """The members present year by year, with the arrivals and departures of each year. `source` cites the register."""
    frame = desk.growth(audience)
    if desk.network.has_nobody:
        frame = frame.iloc[:0]
        sentence = "Aucun membre n’est encore inscrit au registre."
    else:
        sentence = growth.growth_sentence(frame)
    table = growth_table(frame)
    rows, names = table.rows, tuple(column.heading for column in table.columns[1:])
    years = tuple(
        row.period[:4] if row.period.endswith("-12-31") else french.date(row.period)
        for row in frame.itertuples()
    )
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
    hidden = sum(cell.number is None for row in rows for cell in row[1:])
    note = french.spaced(
        f"{french.quantity(hidden, 'nombres')} de personnes trop petits pour être montrés ({audience.label})."
    )
    return _slide(
        desk, "Le réseau grandit-il ?", sentence, [source], charts=charts, tables=[table], secrecy=[note] if hidden else ()
    )  # fmt: skip


def spread_table(counts: pd.DataFrame, noun: str, caption: str, every: int = 1) -> Table:
    """Members by commune or trade (columns of `counts`, one row a date), one column for the last date and each `every` dates before."""
    kept = counts.iloc[sorted(range(len(counts) - 1, -1, -every))]
    years = [str(day.year) for day in kept.index]
    return Table(
        caption,
        (Column(french.sentence(noun[:-1])), *(Column(year, True, "membres") for year in years)),
        tuple((Cell(str(name)), *map(_whole, kept[name])) for name in kept.columns),
        (Cell("Ensemble"), *map(_whole, kept.sum(axis=1))),
    )


def spread_slide(
    desk: Desk, counts: pd.DataFrame, by: str, audience: Audience, source: Sequence[str]
) -> Slide:
    """The members present by commune or by trade (`by`: of `GROWTH_BY`), one year in five and today. `counts`: see `ordered`."""
    noun = "communes" if by == "commune" else "métiers"
    sentence = words.spread_sentence(counts, noun, words.members(audience))
    now = counts.iloc[-1]
    shown = sorted(
        (str(name) for name in counts.columns if now[name]),
        key=lambda name: (-int(now[name]), french.sort_key(name)),
    )
    when = french.date(desk.today)
    chart = ChartDrawing(
        "bar", f"Membres présents {words.GROWTH_BY[by]} au {when}", "membres", 0, tuple(shown),
        (("Membres présents", tuple(float(now[name]) for name in shown)),), sentence, colors=(palette.MEMBERS,),
    )  # fmt: skip
    caption = f"Membres présents au 31 décembre, une année sur cinq, et le {when}"
    return _slide(
        desk, f"Le réseau grandit-il, {words.GROWTH_BY[by]} ?", sentence, source, charts=[chart],
        tables=[spread_table(counts, noun, caption, every=5)],
    )  # fmt: skip


def replay_table(timeline: Timeline, at: int, names: Mapping[str, str], who: str) -> Table:
    """One month of the replay: communes with members first, then by name."""
    counts, ever = timeline.counts.iloc[at], timeline.ever.iloc[at]
    codes = sorted(names, key=lambda code: (-int(counts[code]), french.sort_key(names[code])))
    when = french.period(f"{timeline.counts.index[at]:%Y-%m}")
    return Table(
        french.sentence(f"{who} présents en {when}"),
        (Column("Commune"), Column("Membres présents", True, "membres"), Column("Membre")),
        tuple(
            (
                Cell(names[c]),
                _whole(int(counts[c])),
                Cell(words.PASTS[words.past_rank(int(counts[c]), bool(ever[c]))].word),
            )
            for c in codes
        ),
    )


def replay_slide(
    desk: Desk, timeline: Timeline, at: int, drawing: MapDrawing, audience: Audience, source: Sequence[str]
) -> Slide:
    """Where members lived in the month at place `at` of `timeline` (`ui.community.timeline` of the audience)."""
    who = words.members(audience)
    sentence = words.step_sentence(timeline, at, who)
    table = replay_table(timeline, at, desk.names, who)
    return _slide(desk, table.caption, sentence, source, maps=[drawing], tables=[table])


def retention_table(found: Retention) -> Table:
    """The curve read at round years, with its interval and how many were followed that long."""
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
    return Table("Part des membres encore présents selon le temps écoulé depuis l’arrivée", columns, rows)


def retention_slide(desk: Desk, found: Retention, who: str, source: str) -> Slide:
    """How long members stay: the curve read at round years. `who`: what counted people are called."""
    title = "Combien de temps restent-ils ?"
    if not found.members:
        return _none(desk, title, "Aucun séjour à suivre : la fidélité ne se mesure pas encore.", [source])
    table = retention_table(found)
    sentence = found.sentence(who)
    chart = ChartDrawing(
        "line", table.caption, "%", 0, tuple(row[0].text for row in table.rows),
        (("Encore présents", tuple(row[1].number for row in table.rows)),), sentence,
    )  # fmt: skip
    method = french.spaced(
        f"Estimation de Kaplan–Meier sur {french.quantity(found.members, 'séjours')} ; "
        "les séjours en cours comptent comme « au moins aussi longs »."
    )
    return _slide(desk, title, sentence, [source, method], charts=[chart], tables=[table])


# -- who is there ----------------------------------------------------------------------------------------------


def directory_rows(found: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The directory as texts (`shown`, `trade`, `skills`, `place`, `trains`, `website`), in its order. `found`: rows of `directory`."""
    return found.assign(
        place=[names[code] for code in found["commune"]],
        skills=[", ".join(map(str, skills)) or french.DASH for skills in found["skills"]],
        trains=["oui" if trains else "non" for trains in found["trains"]],
    )


def trades_table(counted: pd.DataFrame) -> Table:
    """Members by trade, and how many of them train (rows of `analysis.community.by_trade`)."""
    return Table(
        "Membres présents par métier",
        (Column("Métier"), Column("Membres", True, "membres"), Column("Forment", True, "membres")),
        tuple((Cell(row.trade), _whole(row.n), _whole(row.trains)) for row in counted.rename(columns={"count": "n"}).itertuples()),
    )  # fmt: skip


def directory_slide(
    desk: Desk, found: pd.DataFrame, everybody: pd.DataFrame, seen: pd.DataFrame, source: Sequence[str]
) -> Slide:
    """Who does what, and who trains. `found`: the members of the directory that were asked for, `everybody`: all of it, `seen`: the
    members whom the audience may count, by trade. Names people, by their consent of today.
    """
    title = "Qui fait quoi, et qui forme ?"
    if everybody.empty:
        why = "L'annuaire est vide : aucun membre présent n'a accepté d'y paraître."
        return _none(desk, title, why, source)
    headings = ("Membre", "Métier", "Compétences", "Commune", "Forme les autres")
    rows = directory_rows(found, desk.names)[["shown", "trade", "skills", "place", "trains"]]
    directory = Table(
        french.spaced(f"Annuaire : {french.quantity(len(found), 'membres')}"),
        tuple(map(Column, headings)),
        tuple(tuple(Cell(str(text)) for text in row) for row in rows.itertuples(index=False)),
    )
    trades = trades_table(by_trade(seen))
    chart = ChartDrawing(
        "bar", "Métiers", "membres", 0, tuple(row[0].text for row in trades.rows),
        (("Membres", tuple(row[1].number for row in trades.rows)),), trades.caption, colors=(palette.MEMBERS,),
    )  # fmt: skip
    return _slide(
        desk, title, words.directory_sentence(everybody), source, charts=[chart], tables=[directory, trades], names_people=True,
    )  # fmt: skip


def near_table(
    found: pd.DataFrame, reasons: Mapping[tuple[str, str], str], names: Mapping[str, str], where: str
) -> Table:
    """Complementary trades near each other (`analysis.proximity.near_pairs`). `reasons`: pair → what they do together."""
    headings = (
        Column("Métiers"),
        Column("Ensemble"),
        Column("Paires proches", True, "paires"),
        Column("Les plus proches"),
    )
    return Table(
        f"Métiers complémentaires {where}",
        headings,
        tuple(
            (
                Cell(f"{row.first} et {row.second}"), Cell(reasons[(row.first, row.second)]), _whole(row.n),
                Cell(words.apart(names[row.first_commune], names[row.second_commune], row.km)),
            )
            for row in found.rename(columns={"count": "n"}).itertuples()
        ),
    )  # fmt: skip


NEAR_METHOD = french.spaced(
    "Distances à vol d'oiseau entre points intérieurs des communes : le registre ne tient aucune adresse. La liste des métiers "
    "complémentaires est une lecture du réseau, pas une statistique ; un membre compte dans chaque paire où il entre."
)


def near_slide(
    desk: Desk, found: pd.DataFrame, reasons: Mapping[tuple[str, str], str], where: str, audience: Audience,
    source: Sequence[str], *, declared: bool = True,
) -> Slide:  # fmt: skip
    """Which complementary trades are near each other; `declared`: whether the territory has a table of such trades."""
    sentence = words.near_sentence(found, where, words.members(audience), declared=declared)
    table = near_table(found, reasons, desk.names, where)
    return _slide(
        desk, "Quels métiers complémentaires sont voisins ?", sentence, [*source, NEAR_METHOD], tables=[table]
    )  # fmt: skip


def isolation_table(found: pd.DataFrame, communes: Mapping[str, str], places: Mapping[str, str]) -> Table:
    """The communes of members, the most isolated first. `found`: rows of `analysis.proximity.isolation`; `places`: code → name, those of
    telecentres too."""
    grouped = found.groupby("commune", sort=False).agg(
        members=("member", "size"),
        nearest=("nearest", "first"),
        km=("km", "first"),
        telecentre=("telecentre", "first"),
        telecentre_km=("telecentre_km", "first"),
    )

    def place(code: object) -> Cell:
        return Cell(french.DASH if pd.isna(code) else places[str(code)])

    columns = (
        Column("Commune"), Column("Membres", True, "membres"), Column("Membre le plus proche"), Column("Distance du membre", True, "km", 1),
        Column("Télécentre le plus proche"), Column("Distance du télécentre", True, "km", 1),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(communes[str(code)]), _whole(row.members), place(row.nearest), _figure(words.distance(row.km), row.km),
            place(row.telecentre), _figure(words.distance(row.telecentre_km), row.telecentre_km),
        )
        for code, row in zip(grouped.index, grouped.itertuples(index=False), strict=True)
    )  # fmt: skip
    return Table("Communes des membres, de la plus isolée à la moins isolée", columns, rows)


def isolation_slide(
    desk: Desk, found: pd.DataFrame, places: Mapping[str, str], audience: Audience, source: Sequence[str]
) -> Slide:
    """Who is far from the others and from a telecentre. `places`: code → name, those of telecentres too."""
    sentence = words.isolation_sentence(found, desk.names, words.members(audience))
    table = isolation_table(found, desk.names, places)
    return _slide(
        desk, "Qui est loin des autres et d'un télécentre ?", sentence, source, tables=[table]
    )  # fmt: skip


def nobody_slide(desk: Desk, title: str, audience: Audience, source: Sequence[str]) -> Slide:
    """A question about members where there is none whom `audience` may see one by one."""
    return _none(desk, title, words.nobody_sentence(audience), source)


# -- around the members ----------------------------------------------------------------------------------------


def contacts_table(tally: Tally) -> Table:
    """The actors by kind, hidden counts in words."""
    table = tally.table
    return Table(
        "Acteurs par catégorie",
        (Column("Acteurs"), Column("Nombre", True, "acteurs"), Column("Dont montrés ci-dessous", True, "acteurs")),
        tuple(
            (Cell(french.sentence(CONTACT_KINDS[kind].plural)), _figure(text, count), _whole(known))
            for kind, text, count, known in zip(
                table["kind"], words.counts_texts(tally), table["count"], table["known"], strict=True
            )
        ),
        (Cell("Ensemble"), _figure(words.total_text(tally), tally.total), _whole(tally.known)),
    )  # fmt: skip


def contacts_list(
    tally: Tally, audience: Audience, known: Mapping[str, str], names: Mapping[str, str]
) -> Table:
    """The actors who may be shown one by one, by kind and commune. `known`: person → name, of those who agreed; `names`: the communes'."""
    kinds = list(CONTACT_KINDS)
    rows = [
        (
            kinds.index(row.kind), french.sort_key(place := names.get(row.commune, row.commune)),
            (
                Cell(words.contact_name(str(row.label), row.person, row.commune, audience, known, names)),
                Cell(french.sentence(french.singular(CONTACT_KINDS[row.kind].plural))), Cell(place),
            ),
        )
        for row in tally.listed.itertuples(index=False)
    ]  # fmt: skip
    ordered = sorted(rows, key=lambda row: row[:2])
    return Table(
        "Acteurs du réseau",
        (Column("Acteur"), Column("Catégorie"), Column("Commune")),
        tuple(row[2] for row in ordered),
    )


def contacts_slide(desk: Desk, audience: Audience, known: Mapping[str, str], source: Sequence[str]) -> Slide:
    """Who keeps the network alive beside its members. `known`: person → name, of those who agreed to be named."""
    title = "Qui fait vivre le réseau avec ses membres ?"
    if desk.network.contacts.empty:
        return _none(desk, title, "Aucun acteur n'est inscrit.", source)
    tally = desk.release(audience).contacts
    listed = contacts_list(tally, audience, known, desk.names)
    return _slide(
        desk, title, words.contacts_sentence(tally), source, tables=[contacts_table(tally), listed], names_people=True
    )  # fmt: skip


def events_table(tally: Tally) -> Table:
    """What happened by kind, with hours given and jobs declared; « au moins » where a part is hidden."""
    rows = tally.table

    def least(value: float, unit: str, low: bool) -> Cell:
        return _figure(words.at_least(value, unit, low), None if low or not value else value)

    return Table(
        "Événements et retombées depuis le début",
        (
            Column("Événements"), Column("Nombre", True, "événements"), Column("Heures données", True, "heures", 1),
            Column("Emplois déclarés", True, "emplois"),
        ),
        tuple(
            (
                Cell(french.sentence(EVENT_KINDS[row.kind].plural)), _figure(text, row.n),
                least(row.hours, "heures", row.at_least), least(row.jobs, "emplois", row.at_least),
            )
            for row, text in zip(rows.rename(columns={"count": "n"}).itertuples(), words.counts_texts(tally), strict=True)
        ),
        (
            Cell("Ensemble"), _figure(words.total_text(tally), tally.total),
            least(float(rows["hours"].sum()), "heures", tally.partial), least(float(rows["jobs"].sum()), "emplois", tally.partial),
        ),
    )  # fmt: skip


def latest_events(tally: Tally, names: Mapping[str, str]) -> Table:
    """The last events that may be shown one by one, the newest first."""
    latest = tally.listed.head(LATEST)
    # A column that nobody filled in comes as None throughout.
    latest = latest.assign(**{name: pd.to_numeric(latest[name]) for name in ("hours", "jobs")})

    def number(value: float, decimals: int) -> Cell:
        return Cell(french.DASH) if pd.isna(value) else Cell(french.number(value, decimals), float(value))

    columns = (
        Column("Date"), Column("Événement"), Column("Catégorie"), Column("Commune"), Column("Heures", True, "heures", 1),
        Column("Emplois", True, "emplois"),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(french.date(pd.Timestamp(row.on).date())), Cell(str(row.title)),
            Cell(french.sentence(french.singular(EVENT_KINDS[row.kind].plural))),
            Cell(names.get(str(row.commune), french.DASH)),
            number(row.hours, int(row.hours % 1 > 0)), number(row.jobs, 0),
        )
        for row in latest.itertuples(index=False)
    )  # fmt: skip
    return Table(f"Les {french.number(len(latest))} derniers événements", columns, rows)


def events_slide(desk: Desk, audience: Audience, budget: int | None, source: Sequence[str]) -> Slide:
    """What the network brings about, and with what. `budget`: euros a year, None where the territory does not say."""
    title = "Que produit le réseau, et avec quoi ?"
    if desk.network.events.empty:
        return _none(desk, title, "Aucun événement n'est inscrit.", source)
    tally = desk.release(audience).events
    sentence = words.events_sentence(tally, budget)
    table = events_table(tally)
    given = [
        (row[0].text, float(hours))
        for row, hours in zip(table.rows, tally.table["hours"], strict=True)
        if hours > 0
    ]
    chart = ChartDrawing(
        "bar", "Heures données", "heures", int(any(hours % 1 for _, hours in given)), tuple(name for name, _ in given),
        (("Heures données", tuple(hours for _, hours in given)),), sentence,
    )  # fmt: skip
    # The title of an event about a member may say who it is: such a list follows the consents of the day.
    named = bool(tally.listed.head(LATEST)["member"].notna().any())
    return _slide(
        desk, title, sentence, source, charts=[chart], tables=[table, latest_events(tally, desk.names)], names_people=named
    )  # fmt: skip


def presentation_slide(desk: Desk, name: str, about: str, parts: Sequence[tuple[str, str]]) -> Slide:
    """What the network is, in the words of the territory's file; `parts`: titles with their words (how to join it, whom to ask)."""
    sentence = french.spaced(about or f"{name} : un réseau de télétravailleurs indépendants.")
    rows = tuple((Cell(french.spaced(title)), Cell(french.spaced(text))) for title, text in parts if text)
    table = Table(name, (Column("Question"), Column("Réponse")), rows)
    source = f"Présentation du territoire{NNBSP}: {name}."
    return Slide(
        french.spaced("Qu'est-ce que le réseau, et comment le rejoindre ?"), sentence, sentence,
        tables=(table,) if table.rows else (), sources=(source,), vintages=(french.date(desk.today),),
    )  # fmt: skip
