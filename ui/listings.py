"""The listings seen available: as marks on a map, as texts, as rows of a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import french
from analysis.desk import Desk
from analysis.listing import dwelling_text, terms_text
from ui import frame, loading
from ui.map import Marker
from ui.tables import Column


def listing_label(desk: Desk) -> str:
    """What the diamonds of `listing_markers` are called in a legend."""
    return "annonce disponible" + frame.bracketed(frame.network_mark(desk))


def listing_markers(desk: Desk) -> tuple[Marker, ...]:
    """The listings seen available lately, whatever the period on show: they only live for days."""
    return tuple(
        Marker(row.lon, row.lat, listing_text(row), "available")
        for row in desk.listings().itertuples()
        if not pd.isna(row.lon)
    )


def listing_text(row: Any) -> str:
    """« Maison, 4 pièces, 95 m², 620 € par mois, vue le 20/11/2026 »."""
    parts = [
        dwelling_text(row.kind, rooms=row.rooms, surface=row.surface),
        terms_text(row.rent, row.price),
        f"vu disponible le {french.date(row.last_seen.date())}",
    ]
    return ", ".join(part for part in parts if part)


LISTING_COLUMNS = [
    Column("what", "Bien"),
    Column("terms", "Loyer ou prix", numeric=True),
    Column("seen", "Vu disponible le", numeric=True),
]


def listing_rows(desk: loading.Desk, available: pd.DataFrame) -> pd.DataFrame:
    """Available listings (rows of `Desk.listings`) as texts: `name`, `what`, `terms`, `seen`, in their order."""
    rows = [
        (
            desk.names[row.commune],
            dwelling_text(row.kind, row.tenure, row.rooms, row.surface),
            terms_text(row.rent, row.price) or "non indiqué",
            french.date(row.last_seen.date()),
        )
        for row in available.itertuples()
    ]
    return pd.DataFrame(rows, columns=["name", "what", "terms", "seen"])
