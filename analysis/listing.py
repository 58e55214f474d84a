"""A listing in words, and what a household looks for: the same for the register, the map, tables and the contact's own page."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from analysis import french
from analysis.vocabulary import CONNECTIONS, DWELLING_KINDS, TENURES


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


def needs_text(needs: Mapping[str, Any], communes: Mapping[str, str] | None = None) -> str:
    """« maison à louer, 4 pièces au moins, 660 € par mois au plus, une pièce pour travailler » from a file's needs, without a final stop.

    `communes`: code → name of the communes that are wished; what the needs do not say is left out, and nothing said is « rien de précis ».
    """
    kind, tenure = str(needs.get("kind") or ""), str(needs.get("tenure") or "")
    noun = DWELLING_KINDS.get(kind, "Logement") if kind != "other" else "Autre bien"
    parts = [f"{noun} {TENURES.get(tenure, '')}".strip().lower()] if kind or tenure else []
    if needs.get("rooms"):
        parts.append(f"{french.quantity(float(needs['rooms']), 'pièces')} au moins")
    for name, unit in (("max_rent", "€ par mois"), ("max_price", "€")):
        if needs.get(name):
            parts.append(f"{french.quantity(float(needs[name]), unit)} au plus")
    parts += ["une pièce pour travailler"] if needs.get("office") else []
    parts += ["une école dans la commune"] if needs.get("school") else []
    if needs.get("speed"):
        parts.append(f"{french.quantity(float(needs['speed']), 'Mbit/s')} au moins")
    parts += ["avec des animaux"] if needs.get("pets") else []
    if needs.get("months"):
        parts.append(f"pour {french.counted(int(needs['months']), 'mois', 'mois')}")
    places = list((communes or {}).values())
    parts += [french.join((french.at_place(name) for name in places), "ou")] if places else []
    return ", ".join(parts) or "rien de précis"


_SAID = {
    "furnished": ("meublé", "non meublé"),
    "work_room": ("une pièce de travail", "sans pièce de travail"),
    "garden": ("jardin", "sans jardin"),
    "pets": ("animaux acceptés", "sans animaux"),
}


def details_text(row: Mapping[str, object]) -> str:
    """« charges 40 €, non meublé, jardin, classe énergie D, fibre, un an au moins, libre le 01/06/2026 » from a row of listings.

    What nobody told (None, NaN, missing from the row) is left out; empty when nobody told anything. The place and the note are not part.
    """

    def told(name: str) -> object | None:
        value = row.get(name)
        missing = value is None or value != value  # NaN and NaT differ from themselves
        return None if missing else value

    parts = []
    if (charges := told("charges")) is not None:
        parts.append(f"charges {french.quantity(float(charges), '€')}")  # type: ignore[arg-type]
    for name, (yes, no) in _SAID.items():
        if (said := told(name)) is not None:
            parts.append(yes if said else no)
    if (energy := told("energy")) is not None:
        parts.append(f"classe énergie {energy}")
    if (connection := told("connection")) is not None:
        parts.append(CONNECTIONS.get(str(connection), str(connection)))
    if (months := told("least_months")) is not None:
        parts.append(f"{french.quantity(float(months), 'mois')} au moins")  # type: ignore[arg-type]
    if isinstance(day := told("free_from"), dt.date):
        parts.append(f"libre le {french.date(day.date() if isinstance(day, dt.datetime) else day)}")
    return ", ".join(parts)
