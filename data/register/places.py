"""Which commune is meant: one of the territory, one outside, one that no longer exists, or none."""

from __future__ import annotations

import re

from data import reference
from data.reference import lookup
from data.register.errors import FormerCommune, OutsideTerritory, RegisterError
from data.territory import Territory


def name_of(code: str | None) -> str:
    """Today's name of a commune by code, the code itself when unknown, « sans commune » for None."""
    if not code:
        return "sans commune"
    return reference.commune_names().get(code, code)


def commune_of(territory: Territory, text: str | None) -> str:
    """The code, in the territory, of what was typed or chosen: a code or a name in any spelling.

    Raises FormerCommune (with today's commune proposed), OutsideTerritory, or RegisterError when nothing is
    typed, known or unambiguous.
    """
    typed = (text or "").strip()
    if not typed:
        raise RegisterError("La commune manque.", field="commune", advice="Choisissez-la dans la liste.")
    code = typed.upper()
    if code in territory.name_of:
        return code
    names = reference.commune_names()
    if code in names:
        raise OutsideTerritory(code, names[code], text)
    if re.fullmatch(r"\d[0-9AB]\d{3}", code):
        return _former(territory, code, None, text)
    return _by_name(territory, typed)


def _by_name(territory: Territory, typed: str) -> str:
    key = reference.name_key(typed)
    inside = [code for code, name in territory.name_of.items() if reference.name_key(name) == key]
    if inside:
        return inside[0]
    near = {lookup.departement_of(code) for code in territory.codes}
    current = lookup.nearest(lookup.codes_named(typed), near)
    if len(current) == 1:
        raise OutsideTerritory(current[0], name_of(current[0]), typed)
    if current:
        raise RegisterError(
            f"Plusieurs communes s'appellent « {typed[:60]} ».",
            field="commune",
            value=typed,
            advice="Écrivez son code INSEE.",
        )
    former = lookup.nearest(lookup.former_codes_named(typed), near)
    if former:
        return _former(territory, former[0], typed, typed)
    raise RegisterError(
        f"« {typed[:60]} » n'est pas une commune connue.",
        field="commune",
        value=typed,
        advice="Vérifiez l'orthographe, ou écrivez son code INSEE (cinq caractères, à ne pas confondre "
        "avec le code postal).",
    )


def _former(territory: Territory, code: str, name: str | None, typed: object) -> str:
    current = reference.resolve(code)
    if current is None:
        raise RegisterError(
            f"« {code} » n'est le code d'aucune commune.",
            field="commune",
            value=typed,
            advice="Un code INSEE a cinq caractères et n'est pas le code postal.",
        )
    known = name or lookup.former_name(code) or code
    raise FormerCommune(known, current, name_of(current), current in territory.name_of, typed)
