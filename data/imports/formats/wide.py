"""Parsing shared by the formats that have one row a commune: each column of figures becomes cells of one indicator and one period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.french import trimmed
from analysis.model import STORED_STATUSES
from data.catalogue import Catalogue
from data.catalogue.editions import brought, completed, works
from data.imports.formats.base import COMMUNE, COMMUNE_NAME, FILE_PERIOD, IGNORE, PLACES, POSTCODE, Format
from data.imports.formats.levels import sums_of
from data.imports.formats.territory_rows import OUTSIDE, elsewhere
from data.imports.headings import as_fractions, is_percent, named_a_share, written_in_percent
from data.imports.model import (
    CELL_COLUMNS,
    Choices,
    NewIndicator,
    NewVintage,
    Parsed,
    Problem,
    Recognition,
    Table,
)
from data.imports.numbers import read_numbers
from data.imports.wording import problem
from data.territory import Territory

NO_ROWS = pd.DataFrame()
OBSERVED, SUPPRESSED, MISSING = (each.value for each in STORED_STATUSES)


def meanings(recognition: Recognition, choices: Choices) -> dict[str, str]:
    """Column → meaning, as recognised and as the person corrected; what is ignored is left out."""
    both = {**recognition.columns, **choices.columns}
    return {column: meaning for column, meaning in both.items() if meaning and meaning != IGNORE}


def fullness(cells: pd.Series) -> float:
    """The share of cells that hold something, 0 to 1."""
    return float(cells.str.strip().ne("").mean()) if len(cells) else 0.0


def place_column(columns: Mapping[str, str], frame: pd.DataFrame) -> tuple[str, str]:
    """The column that tells the commune and how it is written (`Parsed.how_places`): codes rather than names rather than postcodes,
    of those that are at least half as full as the fullest.
    """
    present = [
        (column, PLACES[meaning])
        for meaning in (COMMUNE, COMMUNE_NAME, POSTCODE)
        for column, known in columns.items()
        if known == meaning and column in frame.columns
    ]
    filled = {column: fullness(frame[column]) for column, _ in present}
    least = max(filled.values(), default=0.0) / 2
    full = (each for each in present if filled[each[0]] > 0 and filled[each[0]] >= least)
    return next(full, present[0] if present else ("", ""))


def parse_wide(
    format_: Format,
    table: Table,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
) -> Parsed:
    """Cells of every column whose meaning is ``<indicator>@<period>``.

    A column of an unknown indicator, or whose edition declares no vintage, is a problem and gives no cell. Of a file of all France, only
    the rows that may be of the territory are read; the others are set aside, counted.
    """
    columns = meanings(recognition, choices)
    choices = replace(choices, new=_in_percent(choices, columns))
    if choices.period:
        columns = {
            name: meaning.replace(f"@{FILE_PERIOD}", f"@{choices.period}")
            for name, meaning in columns.items()
        }
    frame, lines, set_aside = kept_rows(format_, table, columns)
    edition = format_.edition(columns, table)
    place, how = place_column(columns, frame)
    away = elsewhere(frame[place], territory) if how == PLACES[COMMUNE] else None
    around = None
    if away is not None and away.any():
        around = sums_of(format_, frame, place, columns, catalogue, territory)
        frame, lines, set_aside = frame[~away], lines[~away], {**set_aside, OUTSIDE: int(away.sum())}
    problems: list[Problem] = []
    if not place:
        problems.append(no_place())
    if any(meaning.endswith(f"@{FILE_PERIOD}") for meaning in columns.values()):
        problems.append(no_period())
        columns = {
            name: meaning for name, meaning in columns.items() if not meaning.endswith(f"@{FILE_PERIOD}")
        }
    figures = {
        column: (indicator, period)
        for column, meaning in columns.items()
        if column in frame.columns and "@" in meaning
        for indicator, _, period in [meaning.partition("@")]
    }
    if not format_.sums:
        twice = [column for column, pair in figures.items() if column != _first(figures, pair)]
        problems += [_same_meaning(column, _first(figures, figures[column])) for column in twice]
        figures = {column: pair for column, pair in figures.items() if column not in twice}
    named = {each.indicator.id: each.indicator for each in choices.new if isinstance(each, NewIndicator)}
    new, undeclared = vintages(format_.works, edition, set(figures.values()), choices, catalogue)
    problems += [_no_rate(why) for id_ in format_.works for why in works()[id_].no_rate.values()]
    parts: list[pd.DataFrame] = []
    for column, (indicator, period) in figures.items():
        known = catalogue.known(indicator)
        entry = known or named.get(indicator)
        if entry is None or (indicator, period) in undeclared:
            problems.append(_undeclared(column, indicator, period, known is not None))
            continue
        numbers = read_numbers(
            frame[column],
            lines,
            column,
            suppressed=format_.suppressed,
            missing=format_.missing,
            decimal=format_.decimal,
            percent=is_percent(entry.unit),
        )
        values = numbers.values
        if entry.kind == "count" and written_in_percent(frame[column].tolist()):
            problems.append(_percent_summed(column, entry.name))
            continue
        if (
            format_.guess is not None
            and (is_percent(entry.unit) or (entry.kind == "published" and named_a_share(column, entry.name)))
            and as_fractions(frame[column], values.tolist())
        ):
            answer = choices.fractions.get(column, "")
            if not answer:
                largest = values[int(np.nanargmax(np.abs(values)))]
                problems.append(_fractions_asked(column, entry.name, entry.unit, float(largest)))
                continue
            values = np.round(values * 100, 10) if answer == "times_100" else values
        problems += numbers.problems
        wrong = {problem.line for problem in numbers.problems}
        part = pd.DataFrame(
            {
                "indicator": indicator,
                "place": frame[place].to_numpy() if place else "",
                "period": period,
                "value": values,
                "status": numbers.statuses,
                "line": lines,
                "column": column,
                "text": frame[column].to_numpy(),
            }
        )
        parts.append(part[~part["line"].isin(wrong)] if wrong else part)
    if not figures and not any(each.code == "no_period" for each in problems):
        problems.append(_no_figures())
    cells = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CELL_COLUMNS)
    if format_.sums:
        cells = added(cells)
    rules = tuple(
        rule
        for rule in format_.rules
        if {rule.total, *rule.parts} <= {indicator for indicator, _ in figures.values()}
    )
    return Parsed(
        "figures",
        cells,
        NO_ROWS,
        tuple(problems),
        set_aside,
        place,
        how,
        new,
        rules,
        format_.within,
        same_commune=choices.same_commune if format_.guess is not None else None,
        answered=frozenset(choices.fractions) & figures.keys() if format_.guess is not None else frozenset(),
        levels=around,
    )


def _in_percent(choices: Choices, columns: Mapping[str, str]) -> tuple[NewIndicator | NewVintage, ...]:
    """The entries that the person named; those whose fractions become percentages show two decimals fewer than the file writes."""
    times = {
        columns[column].partition("@")[0]
        for column, answer in choices.fractions.items()
        if answer == "times_100" and column in columns
    }
    return tuple(
        replace(entry, indicator=replace(entry.indicator, decimals=max(0, entry.indicator.decimals - 2)))
        if isinstance(entry, NewIndicator) and entry.indicator.id in times
        else entry
        for entry in choices.new
    )


def kept_rows(
    format_: Format, table: Table, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, npt.NDArray[np.int64], dict[str, int]]:
    """The rows that `format_.only` keeps, their lines, and how many were set aside, by reason."""
    keep = np.ones(len(table.frame), dtype=bool)
    set_aside: dict[str, int] = {}
    for column, meaning in columns.items():
        if meaning in format_.only and column in table.frame.columns:
            good = table.frame[column].str.strip().isin(format_.only[meaning]).to_numpy(dtype=bool)
            left_out = int((keep & ~good).sum())
            if left_out:
                set_aside[
                    f"lignes dont « {column} » n'est pas {' ou '.join(sorted(format_.only[meaning]))}"
                ] = left_out
            keep &= good
    return table.frame[keep], table.lines[keep], set_aside


def added(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells of one line, indicator and period added up: suppressed when a part is, else missing when a part is."""
    keys = ["indicator", "period", "line"]
    if not cells.duplicated(keys).any():
        return cells
    rank = {OBSERVED: 0, MISSING: 1, SUPPRESSED: 2}
    worst = cells["status"].map(rank)
    grouped = cells.assign(worst=worst).groupby(keys, sort=False)
    total = grouped.agg(
        place=("place", "first"), value=("value", "sum"), worst=("worst", "max"),
        column=("column", " + ".join), text=("text", " + ".join),
    ).reset_index()  # fmt: skip
    names = np.array(list(rank), dtype=object)
    total["status"] = names[total["worst"].to_numpy(dtype=int)]
    total["value"] = total["value"].where(total["worst"] == 0)
    return total[CELL_COLUMNS]


def vintages(
    work_ids: Sequence[str],
    edition: str,
    figures: set[tuple[str, str]],
    choices: Choices,
    catalogue: Catalogue,
) -> tuple[tuple[NewIndicator | NewVintage, ...], set[tuple[str, str]]]:
    """What must be recorded with `figures`, pairs (indicator, period) of the works `work_ids`, and those for which nothing is declared.

    What the person names and the catalogue already says, of an earlier file, is nothing new.
    """
    declared = {
        (each.indicator, each.vintage.period) for each in choices.new if isinstance(each, NewVintage)
    } | {
        (each.indicator.id, period)
        for each in choices.new
        if isinstance(each, NewIndicator)
        for period in each.indicator.periods
    }
    left = set(figures) - declared
    given = set(left)
    found = [each for each in choices.new if not _recorded(each, catalogue)]
    for work in (works()[id_] for id_ in work_ids):
        mine = {pair for pair in left if pair[0] in work.vintages}
        found += [
            NewVintage(source, indicator, vintage)
            for indicator, vintage, source in brought(work, edition, mine, catalogue, set(figures))
        ]
        left -= mine
    # Of a work nobody declares is not known what may be divided by it.
    late = completed([works()[id_] for id_ in work_ids], given - left, catalogue)
    found += [NewVintage(source, indicator, vintage) for indicator, vintage, source in late]
    return tuple(found), left


def _recorded(entry: NewIndicator | NewVintage, catalogue: Catalogue) -> bool:
    """Whether the catalogue has an entry already, word for word."""
    if catalogue.sources.get(entry.source.id) != entry.source:
        return False
    if isinstance(entry, NewVintage):
        known = catalogue.known(entry.indicator)
        return known is not None and entry.vintage in known.vintages
    known = catalogue.known(entry.indicator.id)
    if known is None or replace(known, vintages=()) != replace(entry.indicator, vintages=()):
        return False
    return set(entry.indicator.vintages) <= set(known.vintages)


def no_place() -> Problem:
    """No column tells the commune."""
    return problem(
        "no_place",
        "Aucune colonne ne dit la commune.",
        "Désignez la colonne des codes INSEE (61258) ou, à défaut, celle des noms de communes.",
    )


def no_period() -> Problem:
    """Neither the columns nor the file's name say when the figures hold."""
    return problem(
        "no_period",
        "Le fichier ne dit pas à quelle date ses chiffres valent, ou en donne plusieurs.",
        "Indiquez le jour, par exemple 2026-06-30 (fin du trimestre publié), ou gardez les lignes d'une seule date.",
    )


FRACTIONS_ASKED = "fractions_asked"


def _fractions_asked(column: str, name: str, unit: str, highest: float) -> Problem:
    """Percentages of which none passes 1: fractions of 0 to 1, or really so small? Only the person knows."""
    shown, as_percent = trimmed(highest, 4), trimmed(highest * 100, 2)
    unit = "%" if is_percent(unit) else unit
    return problem(
        FRACTIONS_ASKED,
        f"« {name} » est en « {unit} », et aucune valeur ne dépasse 1 : la plus forte est {shown}.",
        f"Dites si {shown} veut dire {as_percent} {unit} ou {shown} {unit}.",
        column=column,
        value=shown,
    )


def _percent_summed(column: str, name: str) -> Problem:
    return problem(
        "percent_summed",
        f"Cette colonne est écrite en %, et « {name} » est un nombre qui s'additionne : des pourcentages ne s'additionnent pas.",
        "Nommez-la comme un chiffre repris tel quel, d'unité %, ou laissez-la de côté.",
        column=column,
    )


def _no_figures() -> Problem:
    return problem(
        "no_figures",
        "Aucune colonne de chiffres n'est reconnue.",
        "Désignez au moins une colonne de nombres et ce qu'elle mesure.",
    )


def _first(figures: Mapping[str, tuple[str, str]], pair: tuple[str, str]) -> str:
    """The first column of one indicator and period."""
    return next(column for column, each in figures.items() if each == pair)


def _same_meaning(column: str, first: str) -> Problem:
    return problem(
        "said_twice",
        f"Cette colonne dit la même chose que « {first} ».",
        "Ignorez l'une des deux, ou donnez-lui un autre sens.",
        column=column,
    )


def _no_rate(why: str) -> Problem:
    return problem(
        "no_rate",
        f"Ces chiffres ne donnent pas de taux\u202f: {why}",
        "Publiez les nombres, ou importez une édition plus récente, qui reprend ces années.",
        severity="warning",
    )


def _undeclared(column: str, indicator: str, period: str, known: bool) -> Problem:
    if not known:
        return problem(
            "unknown_indicator",
            f"L'indicateur « {indicator} » n'est pas au catalogue.",
            "Nommez-le (unité, source, millésime), ou ignorez cette colonne.",
            column=column,
        )
    return problem(
        "undeclared_vintage",
        f"Aucune règle ne dit ce qu'est le millésime {period} de « {indicator} » dans cette édition.",
        "Ignorez cette colonne, ou nommez sa source et son millésime ; rien n'est calculé par analogie.",
        column=column,
    )
