"""INSEE Melodi, data set of the census on main dwellings (long): one observation a row, dimensions crossed.

Kept: communes (`GEO_OBJECT` COM), dwellings (`RP_MEASURE`), and the total (`_T`) of every other dimension, whichever an edition has.
`OBS_STATUS` tells a suppressed cell from a missing one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import reference
from data.catalogue import Catalogue
from data.imports.formats.base import ColumnPattern, Example, Format, in_one_block
from data.imports.formats.levels import LevelSums
from data.imports.formats.territory_rows import OUTSIDE
from data.imports.formats.wide import MISSING, NO_ROWS, OBSERVED, SUPPRESSED, kept_rows, meanings, vintages
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Problem, Recognition, Sum, Table
from data.imports.numbers import MOST_PROBLEMS, read_numbers
from data.imports.wording import problem
from data.territory import Territory

TOTAL = "_T"
CROSSED = "lignes croisées avec une autre dimension que le total"
INDICATORS = {
    TOTAL: "dwellings",
    "DW_MAIN": "main_dwellings",
    "DW_SEC_DW_OCC": "second_dwellings",
    "DW_VAC": "vacant_dwellings",
}
_DIMENSION = re.compile("[A-Z][A-Z0-9_]*")
"""How SDMX names a dimension."""
_STATUSES = {"Q": SUPPRESSED, "C": SUPPRESSED, "M": MISSING, "O": MISSING, "L": MISSING}
"""Codes of the SDMX list of statuses under which a cell without a number stands; with a number it is observed whatever its code."""


def _edition(columns: Mapping[str, str], table: Table) -> str:
    """The newest year of the file."""
    year = next((column for column, meaning in columns.items() if meaning == "year"), None)
    years = table.frame[year].str.strip() if year in table.frame.columns else pd.Series([], dtype="str")
    return max((text for text in years.unique() if text.isdigit()), default="")


class Reducer:
    """The observations of the territory's communes, from blocks: the file crosses every dimension with every other and is very big."""

    def __init__(
        self, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
    ) -> None:
        self._recognition, self._choices, self._catalogue = recognition, choices, catalogue
        self._columns = meanings(recognition, choices)
        self._of = {meaning: column for column, meaning in self._columns.items()}
        self._absent = [meaning for meaning in ("commune", "ocs", "year", "value") if meaning not in self._of]
        self._away = reference.commune_names().keys() - set(territory.codes)
        self._parts: list[pd.DataFrame] = []
        self._lines: list[npt.NDArray[np.int64]] = []
        self._aside: Counter[str] = Counter()
        self._around = LevelSums(territory)
        self._crossed: set[str] = set()  # columns in which a row that was summed is not of the total
        self._dimensions: set[str] = set()  # columns in which the total stands

    def add(self, table: Table) -> None:
        """Take the next block."""
        if self._absent:
            return
        frame, lines, aside = kept_rows(FORMAT, table, self._columns)
        self._aside.update(aside)
        away = frame[self._of["commune"]].map(self._away.__contains__).to_numpy(dtype=bool)
        self._aside[OUTSIDE] += int(away.sum())
        self._parts.append(frame[~away])
        self._lines.append(lines[~away])
        self._sum(frame)

    def _sum(self, frame: pd.DataFrame) -> None:
        """Adds the counts of all France. What is a dimension is known for certain at the end of the file alone (`_undivided`): until then a
        column named like one is taken for one, and where that was wrong nothing is said of what surrounds the territory.
        """
        named = self._recognition.columns.keys() | self._choices.columns.keys()
        keep = np.ones(len(frame), dtype=bool)
        columns = [str(name) for name in frame.columns if self._columns.get(str(name)) is None]
        cells = {name: frame[name].str.strip() for name in columns}
        totals = {name: (each == TOTAL).to_numpy(dtype=bool) for name, each in cells.items()}
        for name in columns:
            if totals[name].any():
                self._dimensions.add(name)
            if name not in named and _DIMENSION.fullmatch(name):
                keep &= totals[name] | (cells[name] == "").to_numpy(dtype=bool)
        self._crossed |= {name for name in columns if not totals[name][keep].all()}
        kept, of = frame[keep], self._of
        if kept.empty:
            return
        values, statuses = self._read(kept, np.zeros(len(kept), dtype=np.int64))[:2]
        indicators, years = kept[of["ocs"]].str.strip(), kept[of["year"]].str.strip()
        places = kept[of["commune"]].to_numpy(dtype=object)
        for (ocs, year), rows in kept.groupby([indicators, years], sort=False).indices.items():
            if not re.fullmatch("[0-9]{4}", str(year)):
                continue
            self._around.cells(
                (INDICATORS[str(ocs)], str(year)), places[rows].tolist(), values[rows], statuses[rows]
            )

    def _read(
        self, frame: pd.DataFrame, lines: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_], tuple[Problem, ...]]:
        """Values, statuses, and what cannot be read."""
        of = self._of
        numbers = read_numbers(frame[of["value"]], lines, of["value"], missing=FORMAT.missing, decimal=".")
        statuses = numbers.statuses
        if "status" in of:
            written = frame[of["status"]].str.strip().map(_STATUSES)
            statuses = np.where(np.isnan(numbers.values) & written.notna(), written.fillna(MISSING), statuses)
        return numbers.values, statuses, tuple(numbers.problems)

    def result(self) -> Parsed:
        """Cells of the four counts of dwellings by commune and year."""
        if self._absent or not self._parts:
            return Parsed(
                "figures", pd.DataFrame(columns=CELL_COLUMNS), NO_ROWS, (_incomplete(self._absent),)
            )
        frame = pd.concat(self._parts, ignore_index=True)
        lines = np.concatenate(self._lines)
        undivided = self._undivided(frame)
        total = _totals(frame, self._columns)
        aside = self._aside + Counter({CROSSED: int((~total).sum())})
        frame, lines, of = frame[total], lines[total], self._of
        values, statuses, unread = self._read(frame, lines)
        year = frame[of["year"]].str.strip()
        undated = ~year.str.fullmatch("[0-9]{4}").to_numpy(dtype=bool)
        problems = (
            *(_no_total(name) for name in undivided),
            *unread,
            *(_no_year(int(line), of["year"]) for line in lines[undated][:MOST_PROBLEMS]),
        )
        cells = pd.DataFrame(
            {
                "indicator": frame[of["ocs"]].str.strip().map(INDICATORS).to_numpy(),
                "place": frame[of["commune"]].to_numpy(),
                "period": year.to_numpy(),
                "value": np.where(statuses == OBSERVED, values, np.nan),
                "status": statuses,
                "line": lines,
                "column": of["value"],
                "text": frame[of["value"]].to_numpy(),
            }
        )
        cells = cells[~undated & ~cells["line"].isin({each.line for each in unread}).to_numpy()]
        periods_given = set(
            cells[["indicator", "period"]].drop_duplicates().itertuples(index=False, name=None)
        )
        edition = max((period for _, period in periods_given), default="")
        new, _ = vintages(FORMAT.works, edition, periods_given, self._choices, self._catalogue)
        return Parsed(
            "figures", cells.reset_index(drop=True), NO_ROWS, problems, dict(aside), of["commune"], "codes", new, FORMAT.rules,
            levels=None if problems or self._crossed & self._dimensions else self._around.result(),
        )  # fmt: skip

    def _undivided(self, frame: pd.DataFrame) -> list[str]:
        """Columns that may be dimensions and never hold their total: the rows are then of one part of the dwellings, nobody knows which."""
        known = self._recognition.columns.keys() | self._choices.columns.keys()
        return [
            name
            for name in map(str, frame.columns)
            if name not in known
            and _DIMENSION.fullmatch(name)
            and frame[name].str.strip().ne("").any()
            and not frame[name].str.strip().eq(TOTAL).any()
        ]


def _totals(frame: pd.DataFrame, columns: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    """Rows that are the total of every dimension that nobody named: a dimension is a column where `_T` stands."""
    keep = np.ones(len(frame), dtype=bool)
    for name in frame.columns:
        cells = frame[name].str.strip()
        if columns.get(str(name)) is None and (cells == TOTAL).any():
            keep &= (cells == TOTAL).to_numpy(dtype=bool)
    return keep


def _no_total(column: str) -> Problem:
    return problem(
        "dimension_without_total",
        f"La colonne « {column} » ne contient jamais le total ({TOTAL}) : ces nombres peuvent n'être que ceux d'une partie des logements.",
        "Reprenez le jeu de données entier, ou avec le total de chaque dimension ; si cette colonne n'en est pas une, ignorez-la.",
        column=column,
    )


def _no_year(line: int, column: str) -> Problem:
    return problem("no_year", "La période n'est pas une année.", "Attendu : 2022.", line=line, column=column)


def _incomplete(absent: list[str]) -> Problem:
    return problem(
        "column_missing",
        f"Il manque une colonne pour lire ce fichier : {', '.join(absent)}.",
        "Reprenez le fichier tel qu'il est publié, avec GEO, OCS, TIME_PERIOD et OBS_VALUE.",
    )


FORMAT = Format(
    id="insee_melodi",
    name="INSEE Melodi, logements au recensement",
    about="Jeu de données long de Melodi (une observation par ligne) : logements par catégorie, commune et recensement (INSEE).",
    headers=(
        ColumnPattern(r"GEO", "commune", 2, required=True),
        ColumnPattern(r"GEO_OBJECT", "geo_object", 3),
        ColumnPattern(r"OCS", "ocs", 3, required=True),
        ColumnPattern(r"RP_MEASURE", "measure", 3, required=True),
        ColumnPattern(r"OBS_STATUS", "status", 1),
        ColumnPattern(r"TIME_PERIOD", "year", 2, required=True),
        ColumnPattern(r"OBS_VALUE(?:_NIVEAU)?", "value", 2, required=True),
        ColumnPattern(r"FREQ|CONF_STATUS|UNIT_MULT|DECIMALS", "ignore", 0),
    ),
    parse=in_one_block(Reducer),
    counts=tuple(INDICATORS.values()),
    works=("insee_melodi",),
    edition=_edition,
    edition_name="Melodi, RP {edition}",
    reducer=Reducer,
    by_columns=False,
    only={
        "geo_object": frozenset({"COM"}),
        "measure": frozenset({"DWELLINGS"}),
        "ocs": frozenset(INDICATORS),
    },
    rules=(Sum("dwellings", ("main_dwellings", "second_dwellings", "vacant_dwellings")),),
    examples=(
        Example(
            (
                "GEO",
                "GEO_OBJECT",
                "OCS",
                "TDW",
                "CARS",
                "RP_MEASURE",
                "FREQ",
                "OBS_STATUS",
                "TIME_PERIOD",
                "OBS_VALUE",
            ),
            (
                ("61258", "COM", "_T", "_T", "_T", "DWELLINGS", "A", "A", "2022", "465.037"),
                ("61258", "COM", "DW_VAC", "_T", "_T", "DWELLINGS", "A", "A", "2022", "80.5"),
                ("61258", "COM", "DW_MAIN", "1", "_T", "DWELLINGS", "A", "A", "2022", "300"),
                ("61258", "COM", "DW_MAIN", "_T", "_T", "DWELLINGS_POPSIZE", "A", "A", "2022", "719"),
                ("61", "DEP", "_T", "_T", "_T", "DWELLINGS", "A", "A", "2022", "170000"),
                ("61067", "COM", "DW_VAC", "_T", "_T", "DWELLINGS", "A", "Q", "2016", ""),
                ("61067", "COM", "_T", "_T", "_T", "DWELLINGS", "A", "O", "2016", ""),
            ),
            "Melodi, RP 2022",
            (
                ("dwellings@2022", "61258", 465.037),
                ("vacant_dwellings@2022", "61258", 80.5),
                ("vacant_dwellings@2016", "61067", "suppressed"),
                ("dwellings@2016", "61067", "missing"),
            ),
        ),
    ),
    counter_examples=(
        ("CODGEO", "P21_LOG", "P21_RP", "P21_LOGVAC"),
        ("GEO", "GEO_OBJECT", "SEX", "AGE", "TIME_PERIOD", "OBS_VALUE"),
    ),
)
