"""Drafts made by hand, as the chain of an import would make them, for the tests of what follows it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.imports.diff import compare
from data.imports.model import (
    Choices,
    ComparedDraft,
    Dialect,
    NewIndicator,
    NewVintage,
    Parsed,
    PlacedDraft,
    Places,
    Problem,
    Recognition,
    Table,
)
from data.opening import House

NO_TABLE = Table(pd.DataFrame(), Dialect("csv"), (), np.array([], dtype=np.int64))
TODAY = dt.date(2026, 5, 12)
Cell = tuple[str, str, str, float | None, str]


def figures(
    house: House,
    file: Path,
    *cells: Cell,
    name: str = "mairie.csv",
    format_: str = "any_indicator",
    new: tuple[NewIndicator | NewVintage, ...] = (),
    problems: tuple[Problem, ...] = (),
    **choices: Any,
) -> ComparedDraft:
    """A draft of `cells` (indicator, commune, period, value, status), one a line from line 2 on, compared with the store as it is.

    `file` is written, so that it can be kept: its content is the cells.
    """
    file.write_text(repr(cells), encoding="utf-8")
    frame = pd.DataFrame(list(cells), columns=["indicator", "commune", "period", "value", "status"])
    frame["value"] = frame["value"].astype("float64")
    frame["line"] = range(2, len(frame) + 2)
    draft = PlacedDraft(
        name=name,
        checksum=hashlib.sha256(file.read_bytes()).hexdigest(),
        choices=Choices(**choices),
        recognition=Recognition(format_, "Indicateur", "figures", "Édition 2025", 1.0, "", {}),
        parsed=Parsed("figures", frame, pd.DataFrame(), new=new),
        problems=problems,
        table=NO_TABLE,
        places=Places({}, ""),
        cells=frame,
        rows=pd.DataFrame(),
        set_aside={"hors du territoire": 3},
    )
    return compared(house, draft)


def compared(house: House, draft: PlacedDraft) -> ComparedDraft:
    """The draft with its diff against the store as it is now."""
    with house.store.read() as session:
        diff = compare(session, draft, territory=house.territory, today=TODAY)
    parts = {each.name: getattr(draft, each.name) for each in fields(draft)}
    return ComparedDraft(**{**parts, "diff": diff})
