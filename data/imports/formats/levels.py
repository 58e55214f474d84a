"""What surrounds a territory, summed while a national file is read: its EPCI, départements, regions, France, and communes alike.

Only counts are summed, and only what the file itself publishes of a commune: a hidden cell has no number to add, so that no level minus the
communes on show gives it away. A level tells how many of its communes are in the sum, how many are hidden, and how many it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.model import FRANCE, LEVEL_COLUMNS, Status
from data import reference
from data.catalogue import Catalogue
from data.imports.formats.base import Format
from data.imports.numbers import read_numbers
from data.reference.peers import peer_classes
from data.territory import Territory

Pair = tuple[str, str]
Figure = tuple[Pair, npt.NDArray[np.float64], npt.NDArray[np.object_]]
"""An indicator and a period, the values of a block's rows (NaN unless observed) and their statuses."""
_UNSEEN, _OBSERVED, _MISSING, _HIDDEN = range(4)
_STATES = {Status.OBSERVED.value: _OBSERVED, Status.MISSING.value: _MISSING, Status.SUPPRESSED.value: _HIDDEN}
LEAST = 500
"""Communes of a file below which it says nothing of what surrounds a territory."""
OF_FRANCE = 90
"""Départements of which a file of France has a row: publications leave out some (Alsace and Moselle, Mayotte, all overseas), and the
extract of a region has 13 of them at most."""


@dataclass(frozen=True)
class _France:
    """The communes of today by position, which are the same for every territory and file."""

    frame: pd.DataFrame
    """Their codes, and their areas of each level."""
    codes: tuple[str, ...]
    position: Mapping[str, int]
    """By code, also of communes of before, which have the position of today's, and of arrondissements, which come after all communes."""
    city: npt.NDArray[np.int64]
    """The position of the city of each arrondissement."""
    departements: npt.NDArray[np.object_]
    """The département of each commune."""
    departement: npt.NDArray[np.int64]
    """The same by a number from 0, which is quick to compare."""
    number: int
    """How many départements there are."""


@lru_cache(maxsize=1)
def _france() -> _France:
    frame = reference.communes(contours=False)[["code", "departement", "region", "epci"]]
    frame = frame.assign(peers=frame["code"].map(peer_classes()))
    codes = tuple(frame["code"])
    position = {code: place for place, code in enumerate(codes)}
    cities: list[int] = []
    former = reference.former_communes()
    for code, kind, today in zip(former["code"], former["kind"], former["current_code"], strict=True):
        if code in position or today not in position:
            continue
        if kind == "arrondissement":
            position[code] = len(frame) + len(cities)
            cities.append(position[today])
        else:
            position[code] = position[today]
    departement, known = pd.factorize(frame["departement"])
    return _France(
        frame,
        codes,
        position,
        np.array(cities, dtype=np.int64),
        frame["departement"].to_numpy(),
        departement,
        len(known),
    )


class LevelSums:
    """Sums by level of the counts of a file of all France, taken block after block. Memory: two numbers a commune and figure.

    The cells of communes that merged since are added up. Arrondissements stand for their city only where the file lacks the city itself.
    `least`: communes below which nothing is said.
    """

    def __init__(self, territory: Territory, least: int = LEAST) -> None:
        self._least = least
        self._france = france = _france()
        self.codes, self.departements = france.codes, france.departements
        self._position, self._city, frame = france.position, france.city, france.frame
        inside = frame[frame["code"].isin(territory.codes)]
        self._areas: list[tuple[str, str, npt.NDArray[np.bool_]]] = [
            (level, str(area), (frame[level] == area).fillna(False).to_numpy(dtype=bool))
            for level in ("epci", "departement", "region", "peers")
            for area in sorted(inside[level].dropna().unique())
        ]
        self._areas.append((FRANCE, FRANCE, np.ones(len(frame), dtype=bool)))
        self._values: dict[Pair, npt.NDArray[np.float64]] = {}
        self._states: dict[Pair, npt.NDArray[np.int8]] = {}
        self._rows: set[str] = set()
        self._of_pair: dict[Pair, set[str]] = {}
        self._twice = False

    def add(self, places: pd.Series, figures: Iterable[Figure]) -> None:
        """Take rows, one a commune, whose communes are `places` (codes) and whose cells are `figures`; of one pair, cells are added up."""
        texts = places.tolist()
        codes = set(texts) & self._position.keys()
        # A commune given twice: the file holds parts of communes beside communes, and no sum of it is one.
        self._twice = (
            self._twice or len(codes) < sum(text in codes for text in texts) or bool(codes & self._rows)
        )
        self._rows |= codes
        for pair, values, statuses in figures:
            states = np.full(len(values), _MISSING, dtype=np.int8)
            for word, code in _STATES.items():
                states[statuses == word] = code
            states[np.isnan(values) & (states == _OBSERVED)] = _MISSING
            self._lay(pair, texts, values, states)

    def cells(
        self,
        pair: Pair,
        places: Sequence[str],
        values: npt.NDArray[np.float64],
        statuses: npt.NDArray[np.object_],
    ) -> None:
        """Take rows of a long file, one a commune, that are all of one figure; the next block may go on with it."""
        codes = set(places) & self._position.keys()
        seen = self._of_pair.setdefault(pair, set())
        known = sum(text in codes for text in places)
        self._twice = self._twice or len(codes) < known or bool(codes & seen)
        seen |= codes
        self._rows |= codes
        states = np.full(len(values), _MISSING, dtype=np.int8)
        for word, code in _STATES.items():
            states[statuses == word] = code
        states[np.isnan(values) & (states == _OBSERVED)] = _MISSING
        self._lay(pair, places, values, states)

    def today(self, codes: Iterable[str]) -> npt.NDArray[np.int64]:
        """The position in `codes` of today's commune of each code, that of its city for an arrondissement; -1 for what is no commune."""
        places = (self._position.get(code, -1) for code in codes)
        count = len(self.codes)
        return np.array([self._city[at - count] if at >= count else at for at in places], dtype=np.int64)

    def areas(self, seen: npt.NDArray[np.bool_]) -> list[tuple[str, str, npt.NDArray[np.bool_]]]:
        """The levels of which a file that tells the communes `seen` (by position) says something: level, code, its communes.

        A file of France says something of each, and France is what it covers: the communes of its départements. Of an extract only the
        levels that lie in it whole: the others would pass for what they are not.
        """
        departement = self._france.departement
        told = np.bincount(departement[seen], minlength=self._france.number) > 0
        if told.sum() >= OF_FRANCE:
            covered = told[departement]
            return [
                (level, area, mask & covered if level == FRANCE else mask)
                for level, area, mask in self._areas
            ]
        return [each for each in self._areas if each[0] != FRANCE and bool(seen[each[2]].all())]

    def count(self, pair: Pair, counted: Mapping[str, int], seen: Iterable[str]) -> None:
        """Take rows of a file of single things: how many stand in each commune (codes), and the communes that it names at all."""
        texts = list(seen)
        self._rows |= set(texts) & self._position.keys()
        values = np.array([float(counted.get(text, 0)) for text in texts])
        self._lay(pair, texts, values, np.full(len(texts), _OBSERVED, dtype=np.int8))

    def whole(self, pair: Pair, counted: npt.NDArray[np.int64], seen: npt.NDArray[np.bool_]) -> None:
        """Take the counts of every commune at once, by position in `codes`; `seen`: those that the file tells, with 0 or more."""
        codes = np.array(self.codes, dtype=object)[seen].tolist()
        self._rows |= set(codes)
        self._lay(pair, codes, counted[seen].astype(float), np.full(len(codes), _OBSERVED, dtype=np.int8))

    def _lay(
        self, pair: Pair, texts: Sequence[str], values: npt.NDArray[np.float64], states: npt.NDArray[np.int8]
    ) -> None:
        size = len(self.codes) + len(self._city)
        at = np.fromiter((self._position.get(text, -1) for text in texts), dtype=np.int64, count=len(texts))
        known = at >= 0
        total = self._values.setdefault(pair, np.zeros(size))
        state = self._states.setdefault(pair, np.zeros(size, dtype=np.int8))
        np.add.at(total, at[known], np.where(states == _OBSERVED, values, 0.0)[known])
        np.maximum.at(state, at[known], states[known])

    def result(self) -> pd.DataFrame | None:
        """One row a level, area and figure (`LEVEL_COLUMNS`, see `areas`); None for a file of few communes, or that gives one twice."""
        count = len(self.codes)
        if self._twice or len(self._rows) < self._least:
            return None
        rows = []
        for (indicator, period), values in self._values.items():
            whole, known = values[:count].copy(), self._states[indicator, period][:count].copy()
            unseen = known == _UNSEEN
            city = self._city
            np.add.at(whole, city, np.where(unseen[city], values[count:], 0.0))
            np.maximum.at(
                known,
                city,
                np.where(unseen[city], self._states[indicator, period][count:], 0).astype(np.int8),
            )
            for level, area, mine in self.areas(known != _UNSEEN):
                state = known[mine]
                here, hidden = int((state == _OBSERVED).sum()), int((state == _HIDDEN).sum())
                status = Status.OBSERVED if here else Status.SUPPRESSED if hidden else Status.MISSING
                value = float(whole[mine][state == _OBSERVED].sum()) if here else None
                rows.append(
                    (indicator, period, level, area, value, status.value, here, hidden, int(mine.sum()))
                )
        return pd.DataFrame(rows, columns=LEVEL_COLUMNS) if rows else None


def figures_of(
    format_: Format, frame: pd.DataFrame, columns: Mapping[str, str], catalogue: Catalogue
) -> list[Figure]:
    """The counts of a block, as `LevelSums.add` takes them. `columns`: column → meaning. A cell that is no number counts as missing."""
    found = []
    lines = np.zeros(len(frame), dtype=np.int64)
    for column, meaning in columns.items():
        indicator, _, period = meaning.partition("@")
        known = catalogue.known(indicator)
        if column not in frame.columns or known is None or known.kind != "count" or period in ("", "*"):
            continue
        numbers = read_numbers(
            frame[column], lines, column,
            suppressed=format_.suppressed, missing=format_.missing, decimal=format_.decimal,
        )  # fmt: skip
        found.append(((indicator, period), numbers.values, numbers.statuses))
    return found


def sums_of(
    format_: Format,
    frame: pd.DataFrame,
    place: str,
    columns: Mapping[str, str],
    catalogue: Catalogue,
    territory: Territory,
) -> pd.DataFrame | None:
    """The figures of levels of a file read whole; `place` is its column of codes."""
    sums = LevelSums(territory)
    sums.add(frame[place], figures_of(format_, frame, columns, catalogue))
    return sums.result()
