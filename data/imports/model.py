"""The values that travel through an import, from the file to what will change. Nothing here reads or writes.

The contract of reading: exact; or repaired, and every repair listed; or asked; or refused, with the line. Never silently wrong.
Lines are those of the file as an editor counts them (1 is the first), rows of the sheet for a workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.model import Indicator, Source, Vintage

Severity = Literal["error", "warning"]
Kind = Literal["figures", "members", "applications", "listings", "sightings", "contacts", "events"]
Grade = Literal["certain", "probable", "ambiguous", "unknown", "outside"]
Effect = Literal["added", "changed", "unchanged", "removed"]

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done, in French. What it raises stops the work; nothing has changed then."""


class Cancelled(Exception):
    """The person stopped the work: to be raised from a `Progress`."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file, in French: `title` says what, `advice` what to do, with a valid example.

    `code` names the rule (stable, for tests and exports). `line` is None for what concerns the whole file.
    """

    code: str
    title: str
    advice: str
    line: int | None = None
    column: str = ""
    value: str = ""
    severity: Severity = "error"


@dataclass(frozen=True)
class Repair:
    """Something put right while reading, in French; `line` is None for the whole file."""

    line: int | None
    what: str


class ImportRefused(ValueError):
    """The file cannot be taken; nothing was changed. `problems` say what, where and what to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(
                (f"ligne {each.line} : " if each.line else "") + f"{each.title} {each.advice}"
                for each in self.problems
            )
        )


class BaseChanged(ImportRefused):
    """Somebody else changed cells or rows of the diff since it was made: it must be made, and read, again."""


class NothingChanges(ImportRefused):
    """The store already says what the file says: there is nothing to publish."""


Excerpt = tuple[tuple[str, ...], ...]
"""The first rows of a table, their first cells cut short."""


@dataclass(frozen=True)
class Reading:
    """One plausible way to read a file: `id` to choose it, `label` in French, `excerpt` its first rows as it would read them.

    `likely` is false where other readings of the same file read better (an encoding that does not make French): shown after them.
    """

    id: str
    label: str
    excerpt: Excerpt
    likely: bool = True


class ReadingNeeded(ImportRefused):
    """Two readings are equally plausible: the person chooses among `readings`, and the file is read again with that `id`."""

    def __init__(self, problem: Problem, readings: Sequence[Reading]) -> None:
        self.readings = tuple(readings)
        super().__init__([problem])


class SheetNeeded(ImportRefused):
    """A workbook (or an archive) holds several tables: the person chooses among `sheets`; `excerpts` shows some of them, by name."""

    def __init__(
        self, problem: Problem, sheets: Sequence[str], excerpts: Mapping[str, Excerpt] | None = None
    ) -> None:
        self.sheets = tuple(sheets)
        self.excerpts = dict(excerpts or {})
        super().__init__([problem])


@dataclass(frozen=True)
class Dialect:
    """How the file was written. `container`: csv, xlsx, ods, xls, parquet, dbf, geojson, json, gpkg; `member` the file inside a ZIP or GZ.

    `encoding` is a Python codec name, empty where the container fixes it; `header_line` is the line of the column names.
    """

    container: str
    encoding: str = ""
    bom: bool = False
    separator: str = ""
    quote: str = ""
    header_line: int = 1
    sheet: str = ""
    member: str = ""


@dataclass(frozen=True)
class Table:
    """A file as read: `frame` holds text only, exactly the cells, under distinct column names.

    `lines[i]` is the file's line of row `i` (its first, where a cell spans several); `checksum` is the SHA-256 of the file. `problems` are
    the rows that could not be read and are not in `frame`, each an error with its line: whoever publishes must show them.
    """

    frame: pd.DataFrame
    dialect: Dialect
    repairs: tuple[Repair, ...]
    lines: npt.NDArray[np.int64]
    name: str = ""
    checksum: str = ""
    sheets: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class NewIndicator:
    """An indicator that the analyst names for a column of numbers: catalogue entries to record with the import."""

    source: Source
    indicator: Indicator


@dataclass(frozen=True)
class NewVintage:
    """A period that an edition brings to an indicator of the catalogue: its source and the vintage to record with the import.

    It lies over a vintage of the same period (a later edition may publish an earlier year anew) as long as the import is not undone.
    """

    source: Source
    indicator: str
    vintage: Vintage


@dataclass(frozen=True)
class Choices:
    """What a person decided about one file; empty at first. Complete enough to make the same draft again.

    `columns`: column → meaning, where the person corrected the proposal (the meanings are those of the format). `communes`: text as
    written → INSEE code, empty text to set the row aside. `new`: entries named by the analyst, for the format of any indicator.
    `good_rows_only`: publish the rows without errors although others have some; recorded with the import. `clear_absent`: what an
    earlier file of the same format said for the same periods, and this one no longer says, becomes « non publié » instead of staying.
    `how_places`: what the place column holds (codes, postcodes, names), where the person had to say it.
    `people`: reference of a record → the register's person it is about, or ``separate`` for somebody else who only looks alike.
    `fractions`: column of percentages of which no value passes 1 → ``times_100`` (0,12 is 12 %) or ``as_written`` (0,12 is 0,12 %).
    `same_commune`: column → what the lines of one commune give: ``sum`` adds them up, ``lines`` counts them.
    """

    sheet: str | None = None
    reading: str | None = None
    kind: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    communes: Mapping[str, str] = field(default_factory=dict)
    period: str | None = None
    new: tuple[NewIndicator | NewVintage, ...] = ()
    good_rows_only: bool = False
    clear_absent: bool = False
    how_places: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    fractions: Mapping[str, str] = field(default_factory=dict)
    same_commune: Mapping[str, str] = field(default_factory=dict)


FRACTIONS = ("times_100", "as_written")
SAME_COMMUNE = ("sum", "lines")


@dataclass(frozen=True)
class Recognition:
    """What a file was taken for. `format` is the id of its module, `edition` what a reader calls the edition (« LOVAC 2025 »).

    `columns`: column → meaning in the format's words; `ignored` the others. `score` is between 0 and 1; `why` says it in French.
    """

    format: str
    name: str
    kind: Kind
    edition: str
    score: float
    why: str
    columns: Mapping[str, str]
    ignored: tuple[str, ...] = ()


CELL_COLUMNS = ["indicator", "place", "period", "value", "status", "line", "column", "text"]
"""Of `Parsed.cells`: `place` is the commune as written, `value` a float (NaN unless observed), `text` the cell as written."""


class Sum(NamedTuple):
    """`total` is the sum of `parts`, as indicator ids. `exact`: they are counts, so that rounding explains no difference."""

    total: str
    parts: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True)
class Parsed:
    """What a table says, before its communes are matched.

    `kind` figures: `cells` has `CELL_COLUMNS`. Other kinds: `rows` has one row a record, in the columns of that kind's template, with
    `line`, and `place` where the record has a commune. `how_places`: whether the place column holds ``codes``, ``names``, ``postcodes``
    or a mixture, when the format knows; empty when the column itself must decide. `set_aside` counts rows left out, by reason in French.
    `rules`: for figures that a format knows to add up. `within`: pairs (part, whole) of counts of which the first lies in the second.
    `same_commune`: for files whose lines may be parts of a commune (schools, dwellings), `Choices.same_commune`; None for the others.
    `answered`: columns of percentages of which a person said whether they are fractions (`Choices.fractions`). `levels`: sums over what
    surrounds the territory (`LEVEL_COLUMNS`), of a file of all France.
    """

    kind: Kind
    cells: pd.DataFrame
    rows: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    set_aside: Mapping[str, int] = field(default_factory=dict)
    place_column: str = ""
    how_places: str = ""
    new: tuple[NewIndicator | NewVintage, ...] = ()
    rules: tuple[Sum, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    same_commune: Mapping[str, str] | None = None
    answered: frozenset[str] = frozenset()
    levels: pd.DataFrame | None = None


@dataclass(frozen=True)
class PlaceMatch:
    """One place as written and the commune it was taken for. `why` says how in French; `candidates` are codes to choose from.

    `code` is today's INSEE code where the grade is certain or probable (or ``outside``: a commune that is not of the territory).
    `merged` names the former commune when the text is one. `decided`: a person said so, now or for an earlier file.
    """

    text: str
    grade: Grade
    code: str = ""
    why: str = ""
    candidates: tuple[str, ...] = ()
    merged: str = ""
    decided: bool = False


@dataclass(frozen=True)
class Places:
    """The places of a file, each distinct text once, and how the column as a whole was read (`how`, in French).

    `with_names`: codes that are postcodes are matched with the name beside them, so that a text is « 61170 Barville ».
    `inside`: the codes of the territory. `with_departements`: names are matched with the département beside them, « Bures (61) ».
    """

    matches: Mapping[str, PlaceMatch]
    how: str
    problems: tuple[Problem, ...] = ()
    with_names: bool = False
    inside: frozenset[str] = frozenset()
    with_departements: bool = False


@dataclass(frozen=True)
class PersonProposal:
    """A record whose person looks like somebody of the register: `candidates` (person, code, why) to choose from by `Choices.people`."""

    key: str
    line: int
    candidates: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Diff:
    """What publishing would change, against the store at `revision`.

    Figures: `cells` has indicator, commune, period, old, old_status, new, new_status, effect, line. Records: `rows` has key, label, field,
    old, new, effect, line; `label` never names a person. `counts` by effect, of cells or of records. ``removed`` is what an earlier file
    of the same format said for the same indicator and period and this one lacks: it stays as it is unless `Choices.clear_absent`.
    `problems`: what the register refuses of records, which only the store knows; `proposals`: people to tell apart. `rests_on`: vintages of
    the figures that earlier imports brought to the catalogue, by indicator and period.
    """

    revision: int
    cells: pd.DataFrame
    rows: pd.DataFrame
    counts: Mapping[Effect, int]
    problems: tuple[Problem, ...] = ()
    proposals: tuple[PersonProposal, ...] = ()
    rests_on: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Draft:
    """One file with one set of choices, as far as it goes: what stops it is in `problems`, and later parts are then None.

    Each stage is a type of its own, in which what it has reached is no longer optional: a `ReadDraft` has its table, a `PlacedDraft` what
    the file says and its communes, a `ComparedDraft` what publishing would change.

    `sheets` (with the `excerpts` of some) and `readings` are what the person must choose from before the file can be read at all.
    `cells` and `rows` are those of `parsed` with their `commune`, of the territory only; `set_aside` counts what was left out, by
    reason in French. `proposals`: people of records who look like somebody of the register, to be told apart before anything can be
    published.
    """

    name: str
    checksum: str
    choices: Choices
    table: Table | None = None
    recognitions: tuple[Recognition, ...] = ()
    recognition: Recognition | None = None
    parsed: Parsed | None = None
    places: Places | None = None
    problems: tuple[Problem, ...] = ()
    diff: Diff | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    excerpts: Mapping[str, Excerpt] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    cells: pd.DataFrame | None = None
    rows: pd.DataFrame | None = None
    set_aside: Mapping[str, int] = field(default_factory=dict)
    proposals: tuple[PersonProposal, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that forbid publishing all the rows."""
        return tuple(each for each in self.problems if each.severity == "error")


@dataclass(frozen=True, kw_only=True)
class ReadDraft(Draft):
    """A file that could be read; what it is may still be unknown."""

    table: Table


@dataclass(frozen=True, kw_only=True)
class PlacedDraft(ReadDraft):
    """A file whose values and communes are known. Of `cells` and `rows`, those that are not of its kind are empty."""

    recognition: Recognition
    parsed: Parsed
    places: Places
    cells: pd.DataFrame
    rows: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class ComparedDraft(PlacedDraft):
    """A file that nothing stops any more: what publishing would change is known."""

    diff: Diff
