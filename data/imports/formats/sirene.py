"""SIRENE, stock of establishments: the active ones of the internet trades, by commune, in all and by year of creation.

The file has tens of millions of rows: it is read block after block and cut to the territory. An establishment under partial diffusion
has `[ND]` in place of its commune when it cannot be placed: it is counted as set aside, never as nothing.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from data import reference
from data.catalogue import Catalogue
from data.imports.formats.base import ColumnPattern, Example, Format, in_one_block
from data.imports.formats.levels import LevelSums
from data.imports.formats.reducing import TerritoryReducer
from data.imports.formats.territory_rows import counted
from data.imports.formats.wide import NO_ROWS, OBSERVED, no_period, vintages
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Recognition, Table
from data.imports.wording import problem
from data.territory import Territory

DIVISIONS = ("58", "59", "60", "61", "62", "63", "70", "71", "73", "74")
"""Divisions of the French classification of activities taken for internet trades (publishing to computing; advice, engineering,
advertising, design): the network's own reading."""
STOCK, CREATED = "internet_trades", "internet_trades_created"
NOT_DIFFUSED = "[ND]"
NEEDED = ("commune", "activity", "state", "created", "treated")


class Reducer(TerritoryReducer):
    """Counts by commune, from blocks. Communes that the file names and where no such establishment is have 0."""

    def __init__(
        self, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
    ) -> None:
        super().__init__(recognition, choices, catalogue, territory)
        self._seen: dict[str, int] = {}
        self._stock: Counter[str] = Counter()
        self._created: Counter[tuple[str, str]] = Counter()
        self._latest = ""
        # All France by position: as much memory for a thousand rows as for millions.
        self._everywhere = pd.Index(list(reference.commune_names()))
        self._counted = np.zeros(len(self._everywhere), dtype=np.int64)
        self._named = np.zeros(len(self._everywhere), dtype=bool)
        self._other: Counter[str] = Counter()
        self._years: dict[str, np.ndarray] = {}  # the created ones by year, by the same positions
        self._other_years: dict[str, Counter[str]] = {}

    def add(self, table: Table) -> None:
        """Take the next block."""
        frame, of = table.frame, self._of
        treated = of.get("treated")
        if treated in frame.columns:
            self._latest = max(self._latest, str(frame[treated].max())[:10])
        place = frame[of["commune"]]
        everywhere = self._wanted(frame)
        at = self._everywhere.get_indexer(pd.Index(place))
        known = at >= 0
        self._named[at[known]] = True
        self._counted += np.bincount(at[known & everywhere.to_numpy()], minlength=len(self._counted))
        other = place[~known]  # a former commune, an arrondissement, a commune that is not said
        self._other.update(dict.fromkeys(other.unique(), 0))
        self._other.update(other[everywhere[~known]].value_counts().to_dict())
        self._add_years(frame.loc[everywhere, of["created"]], place[everywhere], at[everywhere.to_numpy()])
        inside = frame[place.isin(list(self._codes))]
        if inside.empty:
            return
        today = inside[of["commune"]].map(self._codes)
        for code, position in zip(today, inside.index, strict=True):
            self._seen.setdefault(code, int(table.lines[frame.index.get_loc(position)]))
        wanted = everywhere.loc[inside.index]
        self._stock.update(today[wanted])
        years = inside.loc[wanted, of["created"]].str.slice(0, 4)
        known = years.str.fullmatch(r"[0-9]{4}").to_numpy(dtype=bool)
        self._created.update(zip(today[wanted][known], years[known], strict=True))
        self._aside["établissements sans date de création (comptés dans le total)"] += int((~known).sum())

    def _add_years(self, created: pd.Series, place: pd.Series, at: np.ndarray) -> None:
        """Counts the wanted establishments of all France by year of creation, since the network began."""
        years, first = created.str.slice(0, 4), str(self._territory.network.first_year)
        for year in years.unique():
            if len(year) != 4 or not year.isdigit() or year < first:
                continue
            mine = (years == year).to_numpy(dtype=bool)
            counted = self._years.setdefault(year, np.zeros(len(self._everywhere), dtype=np.int32))
            np.add.at(counted, at[mine & (at >= 0)], 1)
            elsewhere = place[mine & (at < 0)].value_counts().to_dict()
            self._other_years.setdefault(year, Counter()).update(elsewhere)

    def _wanted(self, rows: pd.DataFrame) -> pd.Series:
        """Active establishments of the internet trades."""
        active = rows[self._of["state"]] == "A"
        activities = rows[self._of["activity"]]
        # Some hundreds of activities among millions of rows: each is judged once.
        ours = [text for text in activities[active].unique() if text[:2] in DIVISIONS]
        return active & activities.isin(ours)

    def _of_france(self, years: list[str], day: str) -> pd.DataFrame | None:
        """The counts of what surrounds the territory: the stock, and the created ones by year. Communes that the file names are told."""
        there = np.flatnonzero(self._named)
        names = self._everywhere[there].tolist()
        seen = [*names, *self._other]
        nobody = np.zeros(len(self._everywhere), dtype=np.int32)

        def by_commune(counted: np.ndarray, other: Counter[str]) -> dict[str, int]:
            return {**dict(zip(names, counted[there].tolist(), strict=True)), **other}

        levels = LevelSums(self._territory)
        levels.count((STOCK, day), by_commune(self._counted, self._other), seen)
        for year in years:
            created = by_commune(self._years.get(year, nobody), self._other_years.get(year, Counter()))
            levels.count((CREATED, year), created, seen)
        return levels.result()

    def result(self) -> Parsed:
        """The counts: the stock at the file's day, and the still active by year of creation since the network began."""
        first = self._territory.network.first_year
        day = self._choices.period or self._latest
        problems = [] if len(day) == 10 else [no_period()]
        years = [str(year) for year in range(first, int(day[:4]) + 1)] if not problems else []
        rows = [
            (STOCK, code, day, float(self._stock[code]), OBSERVED, line) for code, line in self._seen.items()
        ]
        rows += [
            (CREATED, code, year, float(self._created[code, year]), OBSERVED, line)
            for year in years
            for code, line in self._seen.items()
        ]
        if not self._seen:
            problems.append(_OUTSIDE)
        cells = pd.DataFrame(rows if not problems else [], columns=CELL_COLUMNS[:6])
        periods_given = set(
            cells[["indicator", "period"]].drop_duplicates().itertuples(index=False, name=None)
        )
        new, _ = vintages(FORMAT.works, day, periods_given, self._choices, self._catalogue)
        self._aside["établissements en diffusion partielle, commune non diffusée"] += self._other[
            NOT_DIFFUSED
        ]
        aside = {reason: count for reason, count in self._aside.items() if count}
        return Parsed(
            "figures", counted(cells, self._of["activity"]), NO_ROWS, tuple(problems), aside, self._of["commune"], "codes", new,
            levels=self._of_france(years, day) if not problems else None,
        )  # fmt: skip


_OUTSIDE = problem(
    "outside",
    "Aucun établissement de ce fichier n'est dans le territoire.",
    "Importez le fichier de la France entière, ou un extrait du département.",
)


FORMAT = Format(
    id="insee_sirene",
    name="INSEE, SIRENE, stock des établissements",
    about="Établissements actifs des métiers de l'internet, par commune et par année de création (INSEE).",
    headers=(
        ColumnPattern(r"siret", "ignore", 1),
        ColumnPattern(r"codeCommuneEtablissement", "commune", 3, required=True),
        ColumnPattern(r"activitePrincipaleEtablissement", "activity", 3, required=True),
        ColumnPattern(r"etatAdministratifEtablissement", "state", 3, required=True),
        ColumnPattern(r"dateCreationEtablissement", "created", 2, required=True),
        ColumnPattern(r"dateDernierTraitementEtablissement", "treated", 1),
        ColumnPattern(r"statutDiffusionEtablissement", "ignore", 1),
    ),
    parse=in_one_block(Reducer),
    counts=(STOCK, CREATED),
    works=("insee_sirene",),
    edition=lambda columns, table: "",
    reducer=Reducer,
    examples=(
        Example(
            ("siret", "statutDiffusionEtablissement", "dateCreationEtablissement", "dateDernierTraitementEtablissement",
             "codeCommuneEtablissement", "etatAdministratifEtablissement", "activitePrincipaleEtablissement"),
            (
                ("1", "O", "2019-05-02", "2026-10-30T10:00:00", "61258", "A", "62.01Z"),
                ("2", "P", "2021-01-04", "2026-10-31T09:00:00", "61258", "A", "74.10Z"),
                ("3", "O", "2021-01-04", "2026-10-01T09:00:00", "61258", "F", "62.01Z"),
                ("4", "O", "2020-02-02", "2026-10-01T09:00:00", "61156", "A", "47.11B"),
                ("5", "P", "2020-02-02", "2026-10-01T09:00:00", "[ND]", "A", "63.12Z"),
                ("6", "O", "2020-02-02", "2026-10-01T09:00:00", "75056", "A", "62.02A"),
            ),
            cells=(
                ("internet_trades@2026-10-31", "61258", 2),
                ("internet_trades@2026-10-31", "61156", 0),
                ("internet_trades_created@2019", "61258", 1),
                ("internet_trades_created@2021", "61258", 1),
                ("internet_trades_created@2020", "61156", 0),
            ),
        ),
    ),
    counter_examples=(("siren", "denominationUniteLegale", "activitePrincipaleUniteLegale"), ("code_commune", "activite")),
)  # fmt: skip
