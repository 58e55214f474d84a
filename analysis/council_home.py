"""The key figures of the home page as one view of a séance."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import french
from analysis.answers import Answer, many
from analysis.council import Cell, ChartDrawing, Column, Slide, Table
from analysis.council_slides import Cite, answers_slide, levels_tables, total_cell
from analysis.desk import Desk
from analysis.french import NNBSP

KEY_FIGURES = ("members", "applications", "vacancy_rate", "ftth_share", "population_rp", "house_sales")
"""The indicators of the home page, in its order."""


def share_text(found: Answer) -> str:
    """« 386 sur 3 660 logements » for the territory's share of an answer, empty for everything else."""
    total = found.total
    if not total.denominator or found.indicator.kind != "ratio":
        return ""
    return f"{french.number(total.numerator or 0)} sur {french.quantity(total.denominator, many(found.indicator.noun))}"


def past_text(known: Sequence[Answer]) -> str:
    """« RP 2016 : 6 475 habitants → RP 2022 : 6 245 habitants »: the first and the last known totals; empty for fewer than two."""
    if len(known) < 2:
        return ""
    first, last = known[0], known[-1]
    return f"{first.vintage.label}{NNBSP}: {first.total_text()} → {last.vintage.label}{NNBSP}: {last.total_text()}"


def _when(found: Answer) -> str:
    """The vintage under a point of a line: a year for its last day, so that twenty of them can be read."""
    period = found.vintage.period
    return period[:4] if period.endswith("-12-31") else found.vintage.label


def figures_slide(pasts: Sequence[Sequence[Answer]], cite: Cite, desk: Desk) -> Slide:
    """The key figures of the territory, each with its own past and that of what surrounds it. `pasts`: answers by indicator, oldest
    first.
    """
    rows, charts, said = [], [], []
    for answers in pasts:
        last = answers[-1]
        known = [found for found in answers if found.total.value is not None]
        value = last.total_text() or french.status_text(last.total.status)
        short = last.indicator.short
        said.append(f"{short[:1].lower()}{short[1:]}{NNBSP}: {value}")
        rows.append(
            (
                Cell(short), Cell(value, total_cell(last).number), Cell(share_text(last) or french.DASH), Cell(last.vintage.label),
                Cell(past_text(known) or "un seul millésime"),
            )
        )  # fmt: skip
        if len(known) > 1:
            charts.append(
                ChartDrawing(
                    "line", short, last.indicator.unit, last.indicator.decimals, tuple(map(_when, known)),
                    ((short, tuple(found.total.value for found in known)),), f"{short}{NNBSP}: {past_text(known)}.",
                    references=desk.references(known),
                )
            )  # fmt: skip
    columns = (
        Column("Chiffre"), Column("Territoire", True), Column("Rapport"), Column("Millésime"), Column("Du premier au dernier"),
    )  # fmt: skip
    latest = [answers[-1] for answers in pasts]
    counted = any(found.indicator.kind == "network" for found in latest)
    return answers_slide(
        "Les chiffres clés", french.sentence(f"{NNBSP}; ".join(said)) + ".", latest, cite, charts=charts,
        tables=[Table("Les chiffres clés du territoire", columns, tuple(rows)), *levels_tables(desk, pasts)],
        mark="démonstration" if counted and desk.network.is_demo else "",
    )  # fmt: skip
