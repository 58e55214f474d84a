"""The page of sources as views of a séance: from which editions the figures come, and what of the known publications is loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from analysis import french
from analysis.council import Cell, Column, Slide, Table
from analysis.coverage import Loaded
from analysis.french import NNBSP
from analysis.model import Source

SOURCED = {"editions": "Éditions", "charge": "Ce qui est chargé"}
"""The questions of the page of sources: id → words."""
_FROM = (
    f"Catalogue des sources de l’application{NNBSP}: producteurs, licences, dernières éditions connues à sa parution.",
)


def editions_sentence(indicators: int, editions: int) -> str:
    """How many indicators come from how many editions."""
    return (
        f"{french.quantity(indicators, 'indicateurs')} publiés, tirés de "
        f"{french.quantity(editions, 'éditions officielles')}{NNBSP}; chaque chiffre affiché cite la sienne."
    )


def editions_slide(known: Sequence[Source], indicators: int, editions: int, today: dt.date) -> Slide:
    """Whose figures are shown, and under which licence. `known`: the editions that have figures; `indicators` and `editions`: how many
    published ones the catalogue has.
    """
    sentence = editions_sentence(indicators, editions)
    table = Table(
        "Éditions dont viennent les chiffres",
        (Column("Producteur"), Column("Publication"), Column("Édition"), Column("Licence")),
        tuple(
            (Cell(each.producer), Cell(each.title), Cell(each.edition), Cell(each.licence)) for each in known
        ),
    )
    return _slide(f"D’où viennent les chiffres{NNBSP}?", sentence, table, today)


def state_sentence(found: Sequence[Loaded]) -> str:
    """How many of the known publications are loaded, which are missing, of which a newer edition is known."""
    awaited = [each for each in found if each.newest_loaded is None]
    older = [each for each in found if each.state == "plus ancien"]
    there = len(found) - len(awaited)
    text = f"{french.quantity(there, 'publications')} sur {len(found)} {french.plural(there, 'est chargée', 'sont chargées')}"
    if awaited:
        text += f"{NNBSP}; {french.plural(len(awaited), 'manque', 'manquent')} {french.join([each.title for each in awaited])}"
    if older:
        text += (
            f"{NNBSP}; une édition plus récente est connue de {french.join([each.title for each in older])}"
        )
    return f"{text}."


def state_slide(found: Sequence[Loaded], today: dt.date) -> Slide:
    """What of the known publications is loaded, what is missing, what is older than the newest edition known."""
    table = Table(
        "Publications connues, et ce qui en est chargé",
        (Column("Publication"), Column("État"), Column("Édition chargée"), Column("Dernière édition connue")),
        tuple(
            (
                Cell(f"{each.producer}, {each.title}"), Cell(each.state),
                Cell(each.newest_loaded.edition if each.newest_loaded else french.DASH), Cell(each.newest_known.edition),
            )
            for each in found
        ),
    )  # fmt: skip
    return _slide(f"Quels chiffres sont chargés{NNBSP}?", state_sentence(found), table, today)


def _slide(title: str, sentence: str, table: Table, today: dt.date) -> Slide:
    tables = (table,) if table.rows else ()
    return Slide(title, sentence, sentence, tables=tables, sources=_FROM, vintages=(french.date(today),))
