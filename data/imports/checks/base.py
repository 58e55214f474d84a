"""What a rule is: the kinds of files it reads, what it finds, and examples of both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import pandas as pd

from analysis.model import Indicator, Source
from data.imports.model import Kind, Parsed, Problem
from data.territory import Territory

FIGURES: tuple[Kind, ...] = ("figures",)
RECORDS: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "figures")


@dataclass(frozen=True)
class Context:
    """What rules look at: the file as parsed, its cells or records with their commune, and what is known besides.

    `indicators` are those of the catalogue and of the file, by id; `current` the observations of the store, and `editions` the source of
    each of their vintages, by indicator and period.
    """

    parsed: Parsed
    placed: pd.DataFrame
    indicators: Mapping[str, Indicator]
    current: pd.DataFrame
    territory: Territory
    today: dt.date
    editions: Mapping[tuple[str, str], Source] = field(default_factory=dict)

    @property
    def observed(self) -> pd.DataFrame:
        """The cells that have a number."""
        return self.placed[self.placed["status"] == "observed"]

    def name(self, indicator: str) -> str:
        """What a reader calls an indicator; its id when nothing declares it."""
        return self.indicators[indicator].name if indicator in self.indicators else indicator


@dataclass(frozen=True)
class Example:
    """Rows of one file and the codes of the problems that they must raise, each as often as it is listed.

    `rows` are cells (line, indicator, commune, period, then a value or a status) or, for records, mappings of fields. `current` are
    cells of the store, `editions` as in `Context`; `parsed` gives fields of `Parsed` (rules, place_column…).
    """

    rows: tuple[Any, ...]
    expected: tuple[str, ...] = ()
    current: tuple[tuple[str, str, str, float], ...] = ()
    kind: Kind = "figures"
    parsed: Mapping[str, Any] = field(default_factory=dict)
    editions: Mapping[tuple[str, str], Source] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule. `about` says it in French, for the guide; `examples` must give what they say."""

    id: str
    about: str
    find: Callable[[Context], Iterable[Problem]]
    kinds: tuple[Kind, ...] = FIGURES
    examples: tuple[Example, ...] = ()
