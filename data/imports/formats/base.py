"""What a format is: the headers that announce it, its edition, what its columns mean, and examples of both sides.

A meaning is a text: ``commune`` (INSEE code), ``commune_name``, ``postcode``, ``ignore``, ``<indicator>@<period>`` for figures, and
for the network's own kinds the name of a field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from analysis.french import spaced
from data.catalogue import Catalogue
from data.catalogue import declared as of_catalogue
from data.catalogue.editions import words
from data.imports.headings import fold, full_year, plain
from data.imports.model import Choices, Kind, Parsed, Recognition, Sum, Table
from data.imports.numbers import MISSING_WORDS, SUPPRESSED_WORDS
from data.territory import Territory

COMMUNE, COMMUNE_NAME, POSTCODE, IGNORE = "commune", "commune_name", "postcode", "ignore"
FILE_PERIOD = of_catalogue.OF_FILE
"""Stands for a period that the columns' names do not say: `Format.period` finds it, or the person does."""
LEAST = 0.4
"""A smaller score does not recognise anything."""
PLACES = {COMMUNE: "codes", COMMUNE_NAME: "names", POSTCODE: "postcodes"}
"""How the place column is written, by its meaning."""


class Parse(Protocol):
    """Turns a recognised table into cells or records."""

    def __call__(
        self,
        format_: Format,
        table: Table,
        recognition: Recognition,
        choices: Choices,
        catalogue: Catalogue,
        territory: Territory,
    ) -> Parsed:
        """Cells or records of `table`, whose columns mean what `recognition` and `choices` say."""
        ...


class Reducer(Protocol):
    """Takes a file block after block and keeps only what its figures need."""

    def add(self, table: Table) -> None:
        """Take the next block."""
        ...

    def result(self) -> Parsed:
        """The figures of all blocks."""
        ...


def in_one_block(make: Callable[[Recognition, Choices, Catalogue, Territory], Reducer]) -> Parse:
    """The `Format.parse` of a format that a reducer reads: a table read whole is its only block."""

    def parse(
        format_: Format,
        table: Table,
        recognition: Recognition,
        choices: Choices,
        catalogue: Catalogue,
        territory: Territory,
    ) -> Parsed:
        reducer = make(recognition, choices, catalogue, territory)
        reducer.add(table)
        return reducer.result()

    return parse


@dataclass(frozen=True)
class ColumnPattern:
    """One pattern of column names. `meaning` may take the pattern's named groups; ``yy`` also gives ``year`` (see `full_year`).

    `weight`: how strongly such a column announces the format (0: it says nothing). `required`: without one, it is another format.
    """

    pattern: str
    meaning: str
    weight: float = 1.0
    required: bool = False

    def read(self, column: str) -> str | None:
        """The meaning of `column`, None when it is not of this pattern."""
        pattern = compiled(self.pattern)
        match = pattern.fullmatch(plain(column)) or pattern.fullmatch(fold(column))
        if match is None:
            return None
        groups = {name: value for name, value in match.groupdict().items() if value is not None}
        if "yy" in groups:
            groups["year"] = full_year(groups["yy"])
        return self.meaning.format_map(groups)


@dataclass(frozen=True)
class Example:
    """Column names, some rows, and what must come out of them: `edition`, cells as (meaning, place, value or status), codes of
    problems. `name` is that of the file."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    edition: str = ""
    cells: tuple[tuple[str, str, float | str], ...] = ()
    problems: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Format:
    """One format. `works` are the entries of `editions.toml` that its figures belong to, tried in this order.

    `edition` gives what the templates of `editions.toml` call the edition, `edition_name` its words for a reader. `suppressed` and
    `missing`: cells without a number, beside the empty one. `decimal`: the mark that the publisher writes, where a column alone cannot
    tell. `sums`: several columns of one meaning are added. `only`: by meaning, the cells of the rows to keep; the others are set aside.
    `period`: the period of columns that mean ``<indicator>@*``, empty when the file does not say. `rules`: what adds up, `within`: what
    lies in what, see `Parsed`. `guess`: meanings read from the cells, for a format that no header announces; it then scores the least that
    recognises. `confirms`: a factor of the score, for what the columns' names cannot tell (the file's name, its cells). `reducer`: reads
    a file larger than memory, block after block; `by_columns`: it needs only the columns that have a meaning. `counts`: the
    indicators that it makes of rows, without a column of their own. `counter_examples`: columns of files that look like this format
    and are not.
    """

    id: str
    name: str
    about: str
    headers: tuple[ColumnPattern, ...]
    parse: Parse
    kind: Kind = "figures"
    works: tuple[str, ...] = ()
    edition: Callable[[Mapping[str, str], Table], str] = lambda columns, table: ""
    edition_name: str = "{edition}"
    suppressed: frozenset[str] = SUPPRESSED_WORDS
    missing: frozenset[str] = MISSING_WORDS
    decimal: str = "."
    sums: bool = False
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    period: Callable[[Table, Mapping[str, str]], str] | None = None
    rules: tuple[Sum, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    guess: Callable[[Table], Mapping[str, str]] | None = None
    confirms: Callable[[Table, Mapping[str, str]], float] | None = None
    reducer: Callable[[Recognition, Choices, Catalogue, Territory], Reducer] | None = None
    counts: tuple[str, ...] = ()
    by_columns: bool = True
    examples: tuple[Example, ...] = ()
    counter_examples: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "about", spaced(self.about))

    def read(self, names: Sequence[str]) -> tuple[float, dict[str, str]]:
        """How far the column names announce this format, 0 to 1, and the meaning of each that a pattern matches (the first wins).

        The score is the weight of the patterns found over that of all patterns; 0 when a required one is absent.
        """
        columns: dict[str, str] = {}
        total = found = 0.0
        for header in self.headers:
            read = {name: meaning for name in names if (meaning := header.read(name)) is not None}
            if header.required and not read:
                return 0.0, {}
            columns = {**read, **columns}
            total += header.weight
            found += header.weight if read else 0.0
        return found / total if total else 0.0, columns

    def recognise(self, table: Table, names: Sequence[str], territory: Territory) -> Recognition | None:
        """What `names`, the columns of `table`, are in this format; None when they are not of it."""
        score, columns = self.read(names) if self.guess is None else (LEAST, dict(self.guess(table)))
        if score >= LEAST and self.confirms is not None:
            score *= self.confirms(table, columns)
        if score < LEAST or not columns:
            return None
        period = self.period(table, columns) if self.period is not None else ""
        if period:
            columns = {
                name: meaning.replace(f"@{FILE_PERIOD}", f"@{period}") for name, meaning in columns.items()
            }
        edition = self.edition(columns, table)
        figures = [name for name, meaning in columns.items() if meaning != IGNORE]
        return Recognition(
            format=self.id,
            name=self.name,
            kind=self.kind,
            edition=self.edition_name.format_map(words(edition, period)) if edition else "",
            score=score,
            why=f"Colonnes reconnues\u202f: {', '.join(figures[:8])}{'…' if len(figures) > 8 else '.'}",
            columns={name: columns[name] for name in names if name in columns},
            ignored=tuple(name for name in names if columns.get(name, IGNORE) == IGNORE),
        )


def declared(format_id: str) -> tuple[ColumnPattern, ...]:
    """The columns that the entries of the catalogue declare for a format."""
    return tuple(
        ColumnPattern(each.pattern, each.meaning, each.weight, each.required)
        for each in of_catalogue.columns().get(format_id, ())
    )


def row(text: str) -> tuple[str, ...]:
    """The cells of a line of an example, as the file writes it with `;`."""
    return tuple(text.split(";"))


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of column names, whatever their case."""
    return re.compile(pattern, re.IGNORECASE)


def year_of(pattern: str, columns: Mapping[str, str]) -> str:
    """The year that `pattern` (one group, two or four digits) finds in the column names, the latest; empty when none."""
    found = [match[1] for name in columns if (match := re.fullmatch(pattern, plain(name), re.IGNORECASE))]
    return max((year if len(year) == 4 else full_year(year) for year in found), default="")
