"""Ready-made séances: what each is called, and its views (screen, query), from what this territory's catalogue holds."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.desk import Desk

View = tuple[str, Mapping[str, str]]

_MAP = "carte"
_READY: Mapping[str, tuple[str, tuple[View, ...]]] = {
    "reseau": (
        "État du réseau",
        (("reseau", {}), (_MAP, {"indicateur": "members"}), ("reseau", {"section": "fidelite"}), (_MAP, {"indicateur": "applications"})),
    ),
    "logement": (
        "Logement",
        (
            ("logement", {}), (_MAP, {}), ("logement", {"question": "two"}), (_MAP, {"indicateur": "lovac_vacancy_rate"}),
            ("logement", {"question": "sales"}), ("logement", {"question": "prices"}),
        ),
    ),
    "haut-debit": (
        "Haut débit",
        (("haut-debit", {}), (_MAP, {"indicateur": "ftth_share"}), ("haut-debit", {"question": "technologies"})),
    ),
    "marche": (
        "Marché immobilier",
        (
            ("logement", {"question": "sales"}), ("logement", {"question": "prices"}), (_MAP, {"indicateur": "house_price"}),
            (_MAP, {"indicateur": "listings_available"}),
        ),
    ),
    "veille": (
        "Veille du logement",
        tuple(("veille", {"section": section}) for section in ("couverture", "marche", "fraicheur", "fenetres", "manques")),
    ),
    "habiter": (
        "Où habiter et travailler",
        (
            (_MAP, {"mode": "croise", "avec": "ftth_share"}), ("haut-debit", {}),
            (_MAP, {"indicateur": "no_transport_share"}), ("logement", {}),
        ),
    ),
    "cinq-minutes": (
        "Cinq minutes pour les nouveaux venus",
        (("reseau", {}), (_MAP, {}), (_MAP, {"indicateur": "ftth_share"}), ("haut-debit", {})),
    ),
}  # fmt: skip
COMMUNE = "commune"
"""The ready-made séance about one commune, which has to be chosen."""


def names() -> dict[str, str]:
    """The ready-made séances, id → words; an empty one first."""
    return {"": "Sans rien", **{id_: name for id_, (name, _) in _READY.items()}, COMMUNE: "Une commune"}


def views(desk: Desk, id_: str, commune: str = "") -> list[View]:
    """The views of a ready-made séance; those whose indicator this territory does not have are left out."""
    if id_ == COMMUNE:
        found: list[View] = [
            ("commune", {"commune": commune}), (_MAP, {"commune": commune}), (_MAP, {"commune": commune, "indicateur": "ftth_share"})
        ]  # fmt: skip
    else:
        found = list(_READY[id_][1]) if id_ in _READY else []
    known = {each.id for each in desk.indicators.values() if each.on_map}
    return [
        (page, query)
        for page, query in found
        if query.get("indicateur", "vacancy_rate") in known or page != _MAP
    ]
