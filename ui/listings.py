"""The listings seen available: as marks on a map, as texts, as rows of a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import french
from analysis.desk import Desk
from analysis.vocabulary import DWELLING_KINDS, TENURES
from ui import loading
from ui.map import Marker
from ui.tables import Column


def listing_markers(desk: Desk, period: str) -> tuple[Marker, ...]:
    """The listings seen available lately, whatever the period on show: they only live for days."""
    return tuple(
        Marker(row.lon, row.lat, listing_text(row), "available")
        for row in desk.listings().itertuples()
        if not pd.isna(row.lon)
    )


def listing_text(row: Any) -> str:
    """« Maison, 4 pièces, 95 m², 620 € par mois, vue le 20/11/2026 »."""
    parts = [DWELLING_KINDS.get(row.kind, "Bien")]
    if not pd.isna(row.rooms):
        parts.append(french.quantity(row.rooms, "pièces"))
    if not pd.isna(row.surface):
        parts.append(french.quantity(row.surface, "m²"))
    if not pd.isna(row.rent):
        parts.append(f"{french.quantity(row.rent, '€')} par mois")
    elif not pd.isna(row.price):
        parts.append(french.quantity(row.price, "€"))
    parts.append(f"vu disponible le {french.date(row.last_seen.date())}")
    return ", ".join(parts)


LISTING_COLUMNS = [
    Column("what", "Bien"),
    Column("terms", "Loyer ou prix", numeric=True),
    Column("seen", "Vu disponible le", numeric=True),
]


def listing_rows(desk: loading.Desk, available: pd.DataFrame) -> pd.DataFrame:
    """Available listings (rows of `Desk.listings`) as texts: `name`, `what`, `terms`, `seen`, in their order."""
    rows = [
        (desk.names[row.commune], _what(row), _terms(row), french.date(row.last_seen.date()))
        for row in available.itertuples()
    ]
    return pd.DataFrame(rows, columns=["name", "what", "terms", "seen"])


def _what(row: Any) -> str:
    parts = [f"{DWELLING_KINDS.get(row.kind, 'Bien')} {TENURES.get(row.tenure, '')}".strip()]
    if not pd.isna(row.rooms):
        parts.append(french.quantity(row.rooms, "pièces"))
    if not pd.isna(row.surface):
        parts.append(french.quantity(row.surface, "m²"))
    return ", ".join(parts)


def _terms(row: Any) -> str:
    if not pd.isna(row.rent):
        return f"{french.quantity(row.rent, '€')} par mois"
    return "non indiqué" if pd.isna(row.price) else french.quantity(row.price, "€")
