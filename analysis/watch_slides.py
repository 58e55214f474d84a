"""The slides of the housing watch: how long listings live, what the market did, who is heard, who waits, what was lacking.

Listings are no people. Counts of dossiers come from the declared tables, as the audience may see them; contacts and candidates are never
named, and how many contacts a commune has is not said.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis import french
from analysis.council import Cell, ChartDrawing, Column, MapDrawing, Slide, Table
from analysis.declared import Release
from analysis.desk import Desk
from analysis.lacks import LOST, SEARCHING, lacks_in, lacks_text, searching_text, shown_lacks
from analysis.model import Audience, Status, Thresholds
from analysis.vocabulary import DWELLING_KINDS, TENURES
from analysis.watch.coverage import coverage_sentence
from analysis.watch.life import Lives, life_sentence, rule_sentence
from analysis.watch.market import market_sentence
from analysis.watch.morning import curve_table

WATCH = {
    "fenetres": "Dossiers qui attendent un logement",
    "marche": "Marché",
    "fraicheur": "Vie des annonces",
    "manques": "Ce qui a manqué",
    "couverture": "Couverture de la veille",
}
"""The sections of `/veille` that a séance can show: word in the address → name."""
OFFERS = {"location": "rent", "vente": "sale"}
"""Word in the address → tenure."""


def _made(desk: Desk, title: str, sentence: str, source: str, **parts: object) -> Slide:
    return Slide(
        title,
        sentence,
        sentence,
        sources=(source,),
        vintages=(french.date(desk.today),),
        mark="démonstration" if desk.network.is_demo else "",
        **parts,  # type: ignore[arg-type]
    )


def lives_slide(desk: Desk, found: Lives, known: bool, tenure: str, days: int, source: str) -> Slide:
    """How long a listing lives, read at some days, beside the rule of `days` days. `known`: whether any listing was followed."""
    table = curve_table(found, days)
    rows = tuple(
        (
            Cell(french.counted(int(row["day"]), "jour", "jours")),
            Cell(french.percent(100 * row["still"], 0), round(100 * row["still"], 1)),
            Cell(f"{french.number(100 * row['low'])} à {french.percent(100 * row['high'], 0)}"),
        )
        for row in table.to_dict("records")
    )
    sentence = f"{life_sentence(found.pooled)} {rule_sentence(found.pooled, days)}"
    title = f"Annonces {TENURES[tenure]} encore là selon les jours passés"
    chart = ChartDrawing(
        "line", title, "%", 0, tuple(row[0].text for row in rows), (("Encore là", tuple(row[1].number for row in rows)),), sentence
    )  # fmt: skip
    columns = (
        Column("Jours depuis qu’elle a été vue"),
        Column("Encore là", True, "%"),
        Column("Intervalle à 90 %"),
    )
    return _made(
        desk, french.spaced("Combien de temps une annonce vit-elle ici ?"), sentence, source,
        charts=(chart,) if known else (), tables=(Table(title, columns, rows),),
    )  # fmt: skip


def market_slide(
    desk: Desk, figures: pd.DataFrame, months: pd.DataFrame, tenure: str, since: str, source: str
) -> Slide:
    """What came, went and stands: `figures` of `market_figures` (empty where nothing was seen), `months` of `market_over_time`."""
    if figures.empty:
        text = f"Aucune annonce {TENURES[tenure]} n’a été signalée{french.NNBSP}: le marché n’est pas connu."
        return _made(desk, f"Le marché {TENURES[tenure]}", text, source)
    sentence = f"Depuis le {since}{french.NNBSP}: {market_sentence(figures)}"
    rows = tuple(
        (
            Cell(DWELLING_KINDS.get(row["kind"], "Ensemble")),
            *(Cell(french.number(row[name]), float(row[name])) for name in ("new", "gone", "standing")),
            Cell(french.quantity(row["median_life"], "jours", 1), round(float(row["median_life"]), 1)),
        )
        for row in figures.to_dict("records")
    )
    columns = (
        Column("Bien"), Column("Nouvelles", True, "annonces"), Column("Parties", True, "annonces"),
        Column("En cours", True, "annonces"), Column("La moitié part en", True, "jours", 1),
    )  # fmt: skip
    chart = ChartDrawing(
        "column", "Annonces nouvelles et parties, par mois", "annonces", 0, tuple(french.month(day) for day in months["until"]),
        (("Nouvelles", tuple(months["new"].astype(float))), ("Parties", tuple(months["gone"].astype(float)))), sentence,
    )  # fmt: skip
    return _made(
        desk, f"Le marché {TENURES[tenure]}", sentence, source, charts=(chart,) if len(months) else (),
        tables=(Table(f"Annonces {TENURES[tenure]} depuis le {since}", columns, rows),),
    )  # fmt: skip


def coverage_slide(
    desk: Desk, communes: pd.DataFrame, drawing: MapDrawing, silent: int, source: str
) -> Slide:
    """Where the watch hears and where it does not: `communes` of `coverage.by_commune`."""
    sentence = coverage_sentence(communes, desk.names, silent)
    ordered = sorted(
        communes.to_dict("records"),
        key=lambda row: (
            pd.Timestamp.min if pd.isna(row["last"]) else row["last"], french.sort_key(desk.names[row["commune"]])
        ),
    )  # fmt: skip
    rows = tuple((Cell(desk.names[row["commune"]]), Cell(french.sentence(row["text"]))) for row in ordered)
    return _made(
        desk, french.spaced("De qui sommes-nous sans nouvelles ?"), sentence, source, maps=(drawing,),
        tables=(Table("Dernières nouvelles par commune, la plus silencieuse d’abord", (Column("Commune"), Column("Nouvelles")), rows),),
    )  # fmt: skip


def _hidden(value: float) -> Cell:
    if pd.isna(value):
        return Cell(french.status_text(Status.SUPPRESSED))
    return Cell(french.number(value), float(value))


def windows_slide(desk: Desk, release: Release, states: Mapping[str, int] | None, source: str) -> Slide:
    """How many dossiers wait for a dwelling. `states`: window in words → how many, for coordinators alone (None for anybody else)."""
    cells = release.searching.cells["value"]
    rows = [
        (Cell("En attente d’un logement"), _hidden(cells[SEARCHING])),
        (Cell("Perdus faute de logement"), _hidden(cells[LOST])),
    ]
    tables = [
        Table("Dossiers et logement", (Column("Dossiers"), Column("Nombre", True, "dossiers")), tuple(rows))
    ]
    if states is not None and release.audience is Audience.ANIMATEUR:
        told = tuple(
            (Cell(french.sentence(words)), Cell(french.number(n), float(n))) for words, n in states.items()
        )
        tables.append(
            Table("Fenêtres de recherche", (Column("Fenêtre"), Column("Dossiers", True, "dossiers")), told)
        )
    return _made(
        desk, "Qui attend un logement", searching_text(release.housing), source, tables=tuple(tables)
    )


def lacks_slide(desk: Desk, release: Release, thresholds: Thresholds, source: str) -> Slide:
    """What households lost for lack of a dwelling had wanted, in all, by wished commune and by both, as the audience may see it."""
    sentence = lacks_text(release.housing)
    told = shown_lacks(release.housing)
    parts = []
    if told:
        rows = tuple(
            (Cell(french.sentence(one.noun)), Cell(french.number(one.count), float(one.count)))
            for one in told
        )
        parts.append(Table("Ce qui a manqué", (Column("Bien"), Column("Foyers", True, "foyers")), rows))
    places = release.lacks_here.cells["value"]
    if places.gt(0).any():
        order = sorted(
            places[places.gt(0)].items(),
            key=lambda each: (-each[1], french.sort_key(desk.names[str(each[0])])),
        )
        here = tuple((Cell(desk.names[str(code)]), Cell(french.number(n), float(n))) for code, n in order)
        parts.append(
            Table("Par commune souhaitée", (Column("Commune"), Column("Foyers", True, "foyers")), here)
        )
    both = [(desk.names[code], one) for code in desk.names for one in lacks_in(release.housing, code)]
    if both:
        each = tuple(
            (Cell(place), Cell(french.sentence(one.noun)), Cell(french.number(one.count), float(one.count)))
            for place, one in both
        )
        columns = (Column("Commune"), Column("Bien"), Column("Foyers", True, "foyers"))
        parts.append(Table("Par commune souhaitée et par bien", columns, each))
    threshold = thresholds.of(release.audience)
    secrecy = (
        (french.spaced(f"Nombres de foyers : seuls ceux à partir de {threshold} sont publiés."),) if threshold > 1 else ()
    )  # fmt: skip
    chart = ChartDrawing(
        "bar", "Ce qui a manqué", "foyers", 0, tuple(french.sentence(one.noun) for one in told[:8]),
        (("Foyers", tuple(float(one.count) for one in told[:8])),), sentence,
    )  # fmt: skip
    return _made(
        desk, french.spaced("Que manque-t-il au territoire ?"), sentence, source, charts=(chart,) if told else (), tables=tuple(parts),
        secrecy=secrecy,
    )  # fmt: skip
