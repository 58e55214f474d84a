"""Cutting a very big file to the territory, block after block, for the formats that count events and not communes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import pandas as pd

from data import reference
from data.territory import Territory


@lru_cache(maxsize=4)
def todays_codes(codes: tuple[str, ...]) -> Mapping[str, str]:
    """Today's code of every code, former ones included, whose commune is one of `codes`."""
    former = reference.former_communes()
    inside = former[
        former["current_code"].isin(codes) & ~former["code"].isin(list(reference.commune_names()))
    ]
    return {
        **dict(zip(inside["code"], inside["current_code"], strict=True)),
        **{code: code for code in codes},
    }


def departements(territory: Territory) -> frozenset[str]:
    """The départements of the territory, as the codes of its communes begin."""
    return frozenset(departement(code) for code in territory.codes)


def departement(code: str) -> str:
    """The département that an INSEE code begins with: 61, 2A, 974."""
    return code[:3] if code.startswith("97") else code[:2]


def counted(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """Cells made by counting: the text of a cell is its number, its column the one that was counted."""
    whole = cells["value"].round(2)
    return cells.assign(column=column, text=[f"{value:g}" if value == value else "" for value in whole])
