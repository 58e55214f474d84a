"""What publishing a draft would change, against the store as it stands. Nothing is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar, get_args

import numpy as np
import pandas as pd
from sqlalchemy import select

from analysis.model import OBSERVATION_KEY, OBSERVATION_ORDER, Status
from data.imports.model import Diff, Effect, PlacedDraft
from data.imports.records import Planner, plan_records
from data.imports.records.plan import Record
from data.store import Session, current_observations, live_entries, tables
from data.territory import Territory

CHANGED_CELL_COLUMNS = [*OBSERVATION_KEY, "old", "old_status", "new", "new_status", "effect", "line"]
CHANGED_FIELD_COLUMNS = ["key", "label", "field", "old", "new", "effect", "line", "seen"]
"""`seen` names the versions of the lines that will change: it is for telling whether the difference still holds, not for reading."""
Placed = TypeVar("Placed", bound=PlacedDraft)
SAME = 1e-12
"""Two values closer than this share of themselves are one: sums of the same cells may differ in their last bit."""


def compare(
    session: Session,
    draft: PlacedDraft,
    *,
    territory: Territory,
    today: dt.date,
    current: pd.DataFrame | None = None,
) -> Diff:
    """The difference between the store and the rows of `draft` that may be published.

    `current` is `current_observations(session)` where the caller has it already.
    """
    draft = publishable(draft)
    no_cells, no_rows = (
        pd.DataFrame(columns=CHANGED_CELL_COLUMNS),
        pd.DataFrame(columns=CHANGED_FIELD_COLUMNS),
    )
    if draft.parsed.kind != "figures":
        plan = planned(session, draft, territory=territory, today=today)
        counts = _counted(pd.Series([record.effect for record in plan.records], dtype="str"))
        rows = _records(plan.records)
        return Diff(session.revision(), no_cells, rows, counts, tuple(plan.problems), tuple(plan.proposals))
    known = current_observations(session) if current is None else current
    clear = draft.choices.clear_absent
    cells = _figures(session, draft.cells, known, draft.recognition.format, territory, clear)
    periods_given = set(
        draft.cells[["indicator", "period"]].drop_duplicates().itertuples(index=False, name=None)
    )
    rests_on = frozenset(periods_given & live_entries(session).layers.keys())
    return Diff(session.revision(), cells, no_rows, _counted(cells["effect"]), rests_on=rests_on)


def planned(session: Session, draft: PlacedDraft, *, territory: Territory, today: dt.date) -> Planner:
    """What the records of `draft` do to the register."""
    return plan_records(session, draft.parsed.kind, draft.rows, draft.choices, territory, today)


def _records(records: Iterable[Record]) -> pd.DataFrame:
    """One row a field that differs; one with an empty field for a record of which nothing that is shown does."""
    rows = [
        (record.key, record.label, field, old, new, record.effect, record.line, " ".join(record.seen))
        for record in records
        for field, old, new in (record.shown or [("", "", "")])
    ]
    return pd.DataFrame(rows, columns=CHANGED_FIELD_COLUMNS)


def publishable(draft: Placed) -> Placed:
    """The draft without the rows that have errors, where the person chose `good_rows_only`; of a cell given twice, the first."""
    errors = {problem.line for problem in draft.errors if problem.line is not None}
    bad = errors if draft.choices.good_rows_only else set()

    def good(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[~frame["line"].isin(bad)].reset_index(drop=True) if len(frame) else frame

    cells = good(draft.cells)
    if len(cells):
        cells = cells.drop_duplicates(OBSERVATION_KEY, ignore_index=True)
    return replace(draft, cells=cells, rows=good(draft.rows))


def changes(diff: Diff, clear_absent: bool = False) -> int:
    """How many cells or records publishing would change."""
    effects: tuple[Effect, ...] = ("added", "changed", "removed") if clear_absent else ("added", "changed")
    return sum(diff.counts.get(effect, 0) for effect in effects)


def _figures(
    session: Session,
    new: pd.DataFrame,
    current: pd.DataFrame,
    dataset: str,
    territory: Territory,
    clear_absent: bool,
) -> pd.DataFrame:
    wanted = new[[*OBSERVATION_KEY, "value", "status", "line"]].rename(
        columns={"value": "new", "status": "new_status"}
    )
    wanted["new_status"] = wanted["new_status"].map(
        {status: str(getattr(status, "value", status)) for status in wanted["new_status"].unique()}
    )
    known = current.rename(columns={"value": "old", "status": "old_status"})
    both = wanted.merge(known[[*OBSERVATION_KEY, "old", "old_status"]], on=OBSERVATION_KEY, how="left")
    both["old_status"] = both["old_status"].fillna("")
    same_value = np.isclose(both["old"], both["new"], rtol=SAME, atol=0.0) | (
        both["old"].isna() & both["new"].isna()
    )
    same = same_value & (both["old_status"] == both["new_status"])
    absent = both["old_status"] == ""
    same |= absent & (both["new_status"] == Status.MISSING.value)  # nobody published it, then as now
    both["effect"] = np.select([same, absent], ["unchanged", "added"], "changed")
    lacking = _lacking(session, wanted, known, dataset, territory)
    if clear_absent:
        lacking["new_status"] = Status.MISSING.value
    found = pd.concat([both, lacking], ignore_index=True) if len(lacking) else both
    return found.sort_values(OBSERVATION_ORDER, kind="stable", ignore_index=True)[CHANGED_CELL_COLUMNS]


def _lacking(
    session: Session, wanted: pd.DataFrame, known: pd.DataFrame, dataset: str, territory: Territory
) -> pd.DataFrame:
    """Cells of earlier files of the same format, for an indicator and a period of this one, that this one does not have."""
    file, imports = tables.import_file, tables.import_
    earlier = session.connection.execute(
        select(file.c.import_id)
        .join(imports, imports.c.id == file.c.import_id)
        .where(file.c.format == dataset, imports.c.undone_at.is_(None))
    ).scalars()
    mine = known[
        known["import_id"].isin(list(earlier))
        & (known["old_status"] != Status.MISSING.value)
        & known["commune"].isin(list(territory.name_of))
    ]
    if not len(mine):
        return pd.DataFrame(columns=CHANGED_CELL_COLUMNS)
    mine = mine.merge(wanted[["indicator", "period"]].drop_duplicates(), on=["indicator", "period"])
    mine = mine.merge(wanted[OBSERVATION_KEY], on=OBSERVATION_KEY, how="left", indicator=True)
    absent = mine[mine["_merge"] == "left_only"][[*OBSERVATION_KEY, "old", "old_status"]]
    return absent.assign(new=np.nan, new_status="", effect="removed", line=0)


def _counted(effects: pd.Series) -> Mapping[Effect, int]:
    counts = effects.value_counts()
    return {effect: int(counts.get(effect, 0)) for effect in get_args(Effect)}
