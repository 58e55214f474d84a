"""What surrounds a territory, summed while a national file is read: its EPCI, départements, regions, France, and communes alike.

Only counts are summed, and only what the file itself publishes of a commune: a hidden cell has no number to add, so that no level minus the
communes on show gives it away. A level tells how many of its communes are in the sum, how many are hidden, and how many it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
"""Communes of a file below which it is none of France, and sums nothing."""


class LevelSums:
    """Sums by level of the counts of a file of all France, taken block after block. Memory: two numbers a commune and figure.

    The cells of communes that merged since are added up. Arrondissements stand for their city only where the file lacks the city itself.
    """

    def __init__(self, territory: Territory) -> None:
        frame = reference.communes(contours=False)
        frame = frame.assign(peers=frame["code"].map(peer_classes()))
        self._position = {code: place for place, code in enumerate(frame["code"])}
        self._city: list[int] = []  # of each arrondissement, whose positions follow those of the communes
        former = reference.former_communes()
        for code, kind, today in zip(former["code"], former["kind"], former["current_code"], strict=True):
            if code in self._position or today not in self._position:
                continue
            if kind == "arrondissement":
                self._position[code] = len(frame) + len(self._city)
                self._city.append(self._position[today])
            else:
                self._position[code] = self._position[today]
        self._departements = frame["departement"].to_numpy()
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

    def count(self, pair: Pair, counted: Mapping[str, int], seen: Iterable[str]) -> None:
        """Take rows of a file of single things: how many stand in each commune (codes), and the communes that it names at all."""
        texts = list(seen)
        self._rows |= set(texts) & self._position.keys()
        values = np.array([float(counted.get(text, 0)) for text in texts])
        self._lay(pair, texts, values, np.full(len(texts), _OBSERVED, dtype=np.int8))

    def _lay(
        self, pair: Pair, texts: Sequence[str], values: npt.NDArray[np.float64], states: npt.NDArray[np.int8]
    ) -> None:
        size = len(self._departements) + len(self._city)
        at = np.fromiter((self._position.get(text, -1) for text in texts), dtype=np.int64, count=len(texts))
        known = at >= 0
        total = self._values.setdefault(pair, np.zeros(size))
        state = self._states.setdefault(pair, np.zeros(size, dtype=np.int8))
        np.add.at(total, at[known], np.where(states == _OBSERVED, values, 0.0)[known])
        np.maximum.at(state, at[known], states[known])

    def result(self) -> pd.DataFrame | None:
        """One row a level, area and figure (`LEVEL_COLUMNS`); None for a file that is none of France, or gives a commune twice.

        France is what the publication covers: its `communes` are those of the départements of which the file has a row.
        """
        count = len(self._departements)
        if self._twice or len(self._rows) < LEAST:
            return None
        rows = []
        for (indicator, period), values in self._values.items():
            whole, known = values[:count].copy(), self._states[indicator, period][:count].copy()
            unseen = known == _UNSEEN
            city = np.array(self._city, dtype=np.int64)
            np.add.at(whole, city, np.where(unseen[city], values[count:], 0.0))
            np.maximum.at(
                known,
                city,
                np.where(unseen[city], self._states[indicator, period][count:], 0).astype(np.int8),
            )
            told = np.isin(self._departements, np.unique(self._departements[known != _UNSEEN]))
            for level, area, mask in self._areas:
                mine = mask & told if level == FRANCE else mask
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
