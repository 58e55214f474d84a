"""The slides of the broadband page: can one telework, by what technology, what changed, when copper closes, what Cartefibre counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import french, palette, portrait, telework
from analysis.answers import Answer
from analysis.council import Cell, ChartDrawing, Column, MapDrawing, Slide, Table
from analysis.council_slides import (
    Cite,
    answers_slide,
    answers_table,
    total_cell,
    whole_parts,
    with_references,
)
from analysis.french import NNBSP
from analysis.levels import References
from analysis.model import Status
from analysis.telework import LEVELS, TECHNOLOGIES, Verdict

BROADBAND = {
    "teletravail": "Télétravail", "technologies": "Technologies", "evolution": "Évolution", "cuivre": "Cuivre",
    "cartefibre": "Cartefibre",
}  # fmt: skip
"""The questions of the broadband page: id (the anchor on the page) → words."""


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
    return answers_slide(
        "Le débit permet-il d’y télétravailler" + NNBSP + "?", telework.verdict_sentence(tuple(found)), [fibre], cite,
        maps=[drawing], tables=[table], more=[rule],
    )  # fmt: skip


def technologies_slide(
    best: pd.DataFrame, fibre: Answer, territory: str, cite: Cite, beside: References = (), around: Sequence[Table] = ()
) -> Slide:  # fmt: skip
    """The best technology of every premises (`analysis.telework.best_technologies`). `beside`: the shares of each level, in the order of
    `TECHNOLOGIES`; `around`: the tables of them.
    """
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
    wholes = whole_parts(beside)
    present = [
        id_
        for at, id_ in enumerate(TECHNOLOGIES)
        if id_ in present or any(values[at] for _, values in wholes)
    ]
    categories, shares = with_references(
        [str(name) for name in seen["name"]],
        [[round(float(v), 1) for v in 100 * seen[id_] / seen["premises"]] for id_ in TECHNOLOGIES],
        wholes,
    )
    by_id = dict(zip(TECHNOLOGIES, shares, strict=True))
    chart = ChartDrawing(
        "bar", "Part des locaux par meilleure technologie", "%", 1, categories,
        tuple((TECHNOLOGIES[id_], by_id[id_]) for id_ in present), fibre.sentence, stacked=True,
    )  # fmt: skip
    return answers_slide(
        "Quelle est la meilleure technologie de chaque local" + NNBSP + "?", fibre.sentence, [fibre], cite,
        charts=[chart] if len(seen) else [], tables=[table, *around],
    )  # fmt: skip


def evolution_table(before: Answer, after: Answer, territory: str) -> Table:
    """Two editions that do not continue each other, one row a commune in the order of names."""
    one, two = portrait.cells(before), portrait.cells(after)
    names = dict(zip(after.cells["commune"], after.cells["name"], strict=True))
    unit, decimals = after.indicator.unit, after.indicator.decimals
    return Table(
        "Part des locaux éligibles à 30 Mbit/s, deux éditions qui ne se suivent pas",
        (
            Column("Commune"), Column(before.vintage.label, True, unit, decimals), Column(after.vintage.label, True, unit, decimals),
            Column("Locaux", True),
        ),
        tuple(
            (Cell(names[c]), Cell(one[c].text, one[c].value), Cell(two[c].text, two[c].value), Cell(two[c].detail))
            for c in sorted(names, key=lambda c: french.sort_key(names[c]))
        ),
        (Cell(territory), total_cell(before), total_cell(after), Cell("")),
    )  # fmt: skip


def evolution_slide(
    before: Answer, after: Answer, territory: str, cite: Cite, beside: References = (), around: Sequence[Table] = ()
) -> Slide:  # fmt: skip
    """The first and the last edition side by side: told, never joined by a line where the series breaks. `beside`: both editions in each
    level; `around`: the tables of them.
    """
    table = evolution_table(before, after, territory)
    sentence = telework.evolution_sentence(before, after)
    seen = [row for row in table.rows if row[1].number is not None or row[2].number is not None]
    categories, values = with_references(
        [row[0].text for row in seen], [[row[at].number for row in seen] for at in (1, 2)], beside
    )
    labels = (before.vintage.label, after.vintage.label)
    chart = ChartDrawing(
        "bar", f"{after.indicator.name}, deux éditions", "%", after.indicator.decimals, categories,
        tuple(zip(labels, values, strict=True)), sentence, colors=(palette.EARLIER, palette.LATER),
    )  # fmt: skip
    return answers_slide(
        f"Qu’est-ce qui a changé depuis {before.vintage.period[:4]}{NNBSP}?", sentence, [before, after], cite,
        charts=[chart] if seen else [], tables=[table, *around],
    )  # fmt: skip


def closure_table(known: Mapping[str, str | None], names: Mapping[str, str]) -> Table:
    """When copper closes in each commune, in the order of names. `known`: see `data.figures.load_copper_closure`."""
    return Table(
        "Date de fermeture du cuivre par commune",
        (Column("Commune"), Column("Fermeture du cuivre")),
        tuple(
            (Cell(names[c]), Cell(telework.closing_text(known, c)))
            for c in sorted(names, key=lambda c: french.sort_key(names[c]))
        ),
    )


def closure_slide(
    known: Mapping[str, str | None], names: Mapping[str, str], source: str, edition: str
) -> Slide:
    """When the copper network closes. `source`: its citation with what is to be known of it."""
    sentence = telework.closure_sentence(known, names)
    return Slide(
        f"Quand le cuivre ferme-t-il{NNBSP}?", sentence, sentence, tables=(closure_table(known, names),), sources=(source,),
        vintages=(edition,),
    )  # fmt: skip


CARTEFIBRE = (
    f"Ici, les locaux sont ceux que Cartefibre compte{NNBSP}; ailleurs, ceux de Ma connexion internet."
)
"""Why the share of Cartefibre is never set beside the other one."""


def connectable_slide(found: Answer, territory: str, cite: Cite) -> Slide:
    """The share of premises that can be connected, as Cartefibre counts them."""
    table = answers_table(f"{found.indicator.name}, {found.vintage.label}", territory, [found])
    return answers_slide(
        f"Combien de locaux sont raccordables, selon Cartefibre{NNBSP}?", found.sentence, [found], cite, tables=[table],
        more=[CARTEFIBRE],
    )  # fmt: skip
