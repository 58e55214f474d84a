"""A listing in words: what it is, and on what terms. The same for the register, the map, tables and the contact's own page."""

from __future__ import annotations

import math

from analysis import french
from analysis.vocabulary import DWELLING_KINDS, TENURES


def _known(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


def dwelling_text(
    kind: str,
    tenure: str = "",
    rooms: float | None = None,
    surface: float | None = None,
    *,
    place: str = "",
) -> str:
    """« Maison à louer, Essay, 4 pièces, 95 m² »: a code of `DWELLING_KINDS`, one of `TENURES`, where, rooms, square metres.

    What is not given or not known (None, NaN) is left out; a kind that is not known is « Bien ».
    """
    parts = [f"{DWELLING_KINDS.get(kind, 'Bien')} {TENURES.get(tenure, '')}".strip()]
    parts += [place] if place else []
    parts += [
        french.quantity(value, unit)
        for value, unit in ((rooms, "pièces"), (surface, "m²"))
        if value is not None and _known(value)
    ]
    return ", ".join(parts)


def terms_text(rent: float | None, price: float | None) -> str:
    """« 620 € par mois », « 128 000 € », empty when neither is known. Euros; the rent is monthly."""
    if rent is not None and _known(rent):
        return f"{french.quantity(rent, '€')} par mois"
    return french.quantity(price, "€") if price is not None and _known(price) else ""
