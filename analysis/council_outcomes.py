"""How many dossiers come to something, for an audience: the declared tables of `analysis.outcomes` as sentence, chart, tables and slide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import french
from analysis.applications.clocks import Rule
from analysis.applications.funnel import wilson
from analysis.applications.steps import REASONS
from analysis.council import Cell, ChartDrawing, Column, Slide, Table
from analysis.desk import Desk
from analysis.french import NNBSP
from analysis.model import Audience, Status
from analysis.outcomes import ENDED, FATES, PENDING, SETTLED, Outcomes
from analysis.vocabulary import APPLICATION_ENDS, APPLICATION_STEPS

TITLE = french.spaced("Combien de dossiers aboutissent ?")
WORDS: Mapping[str, str] = {
    PENDING: "En cours",
    SETTLED: "Installés",
    ENDED: "Finis sans installation",
}
"""How a dossier stands, in the order in which it is drawn: who still waits comes before who succeeded."""
Published = tuple[int, int, str]
"""Dossiers received, newcomers settled, who published it (`applications.tables.published`)."""


def sentence(found: Outcomes, published: Published | None, audience: Audience) -> str:
    """« 12 dossiers en cours ; installés : 40 sur 220 décidés (18,2 % ; …). Publié (…) : 6 sur 150 (…). »"""
    text = _ours(found, audience)
    if published:
        received, settled, producer = published
        text += f" Publié ({producer}){NNBSP}: {wilson(settled, received).text()}, tous dossiers reçus."
    return text


def _ours(found: Outcomes, audience: Audience) -> str:
    if found.fates.total is None:
        return f"Les dossiers sont trop peu nombreux pour être comptés pour {audience.label}."
    if not found.fates.total:
        return "Aucun dossier n’a encore été reçu."
    pending, settled, ended = (int(found.fates.cells.loc[fate, "value"]) for fate in FATES)
    head = french.counted(pending, "dossier en cours", "dossiers en cours")
    return f"{head}{NNBSP}; installés, parmi les dossiers décidés{NNBSP}: {wilson(settled, settled + ended).text()}."


def fates_table(found: Outcomes) -> Table:
    """The dossiers under way, settled, ended otherwise, and all of them."""
    cells = found.fates.cells
    rows = tuple((Cell(WORDS[fate]), _count(cells.loc[fate, "value"])) for fate in FATES)
    return Table(
        "Dossiers reçus depuis le début", (Column("Où ils en sont"), Column("Dossiers", True, "dossiers")), rows,
        (Cell("Ensemble"), _count(found.fates.total)),
    )  # fmt: skip


def reasons_table(found: Outcomes) -> Table:
    """How the others ended and why, the most frequent reason first; the hidden reasons of an end in one row."""
    rows: list[tuple[Cell, ...]] = []
    for end, word in APPLICATION_ENDS.items():
        total = found.ends.cells.loc[end, "value"]
        rows.append((Cell(f"{word}s"), Cell("Ensemble"), _count(total)))
        mine = found.reasons[found.reasons["end"] == end]
        seen = mine[mine["value"] > 0].sort_values("value", ascending=False, kind="stable")
        rows += [
            (
                Cell(f"{word}s"),
                Cell(french.sentence(REASONS[end][row["reason"]])),
                _count(row["value"]),
            )
            for row in seen.to_dict("records")
        ]
        if mine["value"].isna().any():
            rows.append((Cell(f"{word}s"), Cell("Autres raisons, trop rares pour être dites"), _count(None)))
    return Table(
        "Finis sans installation, et pourquoi",
        (Column("Issue"), Column("Raison"), Column("Dossiers", True, "dossiers")),
        tuple(rows),
    )


def cohorts_table(found: Outcomes) -> Table:
    """The same by year of reception, or by span of years; the share of the settled among the decided with its interval."""
    rows = []
    for row in found.cohorts.to_dict("records"):
        settled, ended = int(row[SETTLED]), int(row[ENDED])
        counts = [int(row[fate]) for fate in FATES]
        rows.append(
            (
                Cell(_span(row)),
                _count(sum(counts)),
                *(_count(n) for n in counts),
                Cell(_share(settled, settled + ended)),
            )
        )
    columns = (Column(WORDS[fate], True, "dossiers") for fate in FATES)
    return Table(
        "Selon l’année de réception",
        (
            Column("Reçus en"),
            Column("Reçus", True, "dossiers"),
            *columns,
            Column("Installés parmi les décidés", True),
        ),
        tuple(rows),
    )


def answered_table(answered: pd.DataFrame, rules: Mapping[str, Rule]) -> Table:
    """How many were answered within the target of each step, in working days, and beyond. `answered`: see `outcomes.answered`."""
    rows = []
    for row in answered.to_dict("records"):
        within, beyond = row["within"], row["beyond"]
        known = not pd.isna(within)
        share = _share(int(within), int(within + beyond)) if known else _count(None).text
        rows.append(
            (
                Cell(APPLICATION_STEPS[row["step"]]),
                Cell(french.quantity(rules[row["step"]].target, "jours")),
                _count(within),
                _count(beyond),
                Cell(share),
            )
        )
    return Table(
        "Réponses dans l’objectif, en jours ouvrés",
        (
            Column("Étape"),
            Column("Objectif", True),
            Column("À temps", True, "dossiers"),
            Column("Au-delà", True, "dossiers"),
            Column("Part à temps", True),
        ),
        tuple(rows),
    )


def chart(found: Outcomes, text: str) -> ChartDrawing:
    """The cohorts (all dossiers where no cohort may be told) as stacked bars: those under way first, then the settled, then the others."""
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    if len(found.cohorts):
        rows = found.cohorts.to_dict("records")
        names = tuple(_span(row) for row in rows)
        series = tuple((WORDS[fate], tuple(float(row[fate]) for row in rows)) for fate in FATES)
    else:
        names = ("Tous",)
        values = found.fates.cells["value"]
        series = tuple(
            (WORDS[fate], (None if pd.isna(values[fate]) else float(values[fate]),)) for fate in FATES
        )
    return ChartDrawing("column", "Dossiers par année de réception", "dossiers", 0, names, series, text, stacked=True)  # fmt: skip


def all_tables(found: Outcomes, answered: pd.DataFrame, rules: Mapping[str, Rule]) -> tuple[Table, ...]:
    """The tables that have something to say."""
    tables = [fates_table(found), cohorts_table(found)]
    if found.fates.total is not None:
        tables.append(reasons_table(found))
    tables.append(answered_table(answered, rules))
    return tuple(table for table in tables if table.rows)


def secrecy(threshold: int) -> str:
    """What is hidden from an audience, and why; empty for coordinators."""
    if threshold <= 1:
        return ""
    return french.spaced(
        f"Nombres de dossiers : un tableau n’est donné que si chacun est nul ou d’au moins {threshold} ; les années sont réunies par 5 ou "
        "par 10 s’il le faut. Les dossiers en cours ne sont dans aucun taux."
    )


def outcomes_slide(
    desk: Desk,
    found: Outcomes,
    answered: pd.DataFrame,
    rules: Mapping[str, Rule],
    published: Published | None,
    audience: Audience,
    source: Sequence[str],
) -> Slide:
    """The question as a view of a séance."""
    text = sentence(found, published, audience)
    hidden = secrecy(desk.thresholds.of(audience))
    return Slide(
        TITLE,
        text,
        text,
        charts=(chart(found, text),) if found.fates.total else (),
        tables=all_tables(found, answered, rules) if found.fates.total != 0 else (),
        sources=tuple(source),
        vintages=(french.date(desk.today),),
        secrecy=(hidden,) if hidden else (),
        mark="démonstration" if desk.network.is_demo else "",
    )


def _count(value: float | None) -> Cell:
    if value is None or pd.isna(value):
        return Cell(french.cell(None, Status.SUPPRESSED))
    return Cell(french.number(value), float(value))


def _span(row: Mapping[str, object]) -> str:
    first, last = row["first"], row["last"]
    return str(first) if first == last else f"{first} à {last}"


def _share(count: int, of: int) -> str:
    if not of:
        return french.DASH
    rate = wilson(count, of)
    return (
        f"{french.percent(100 * rate.value, 0)} "
        f"({french.percent(100 * rate.low, 0)} à {french.percent(100 * rate.high, 0)})"
    )
