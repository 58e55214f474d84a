"""Cutting a file of all France to the territory: its rows elsewhere need not be read, only counted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import reference
from data.reference.lookup import departement_of
from data.territory import Territory

OUTSIDE = "hors du territoire"
"""The reason for which rows elsewhere are set aside, as `data.imports.places` says it."""
_MANY = 500  # distinct codes: a smaller file is read whole, so that its column can be judged by all its rows
_SURELY = 0.95  # of the distinct codes: fewer, and the column may hold postcodes, which look alike


def elsewhere(cells: pd.Series, territory: Territory) -> npt.NDArray[np.bool_] | None:
    """Rows that are surely of a commune outside the territory; None where the column must be judged by all its rows.

    Only for a column that can be nothing but today's INSEE codes: many of them, nearly all current. Former codes and what is no code
    are never among these rows.
    """
    texts = (
        cells.tolist()
    )  # sets beat `isin` here: the codes of France would be turned into an array each time
    codes = set(texts)
    current = reference.commune_names().keys()
    known = codes & current
    if len(codes) < _MANY or len(known) < _SURELY * len(codes):
        return None
    away = known - set(territory.codes)
    return np.fromiter((text in away for text in texts), dtype=bool, count=len(texts))


@lru_cache(maxsize=4)
def todays_codes(codes: tuple[str, ...]) -> Mapping[str, str]:
    """Today's code of every code, former ones included, whose commune is one of `codes`."""
    former = reference.former_communes()
    inside = former[former["current_code"].isin(codes)]
    current = reference.commune_names().keys()
    old = {
        code: today
        for code, today in zip(inside["code"], inside["current_code"], strict=True)
        if code not in current
    }
    return {**old, **{code: code for code in codes}}


def departements(territory: Territory) -> frozenset[str]:
    """The départements of the territory, as the codes of its communes begin."""
    return frozenset(departement_of(code) for code in territory.codes)


def counted(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """Cells made by counting: the text of a cell is its number, its column the one that was counted."""
    whole = cells["value"].round(2)
    return cells.assign(column=column, text=[f"{value:g}" if value == value else "" for value in whole])
