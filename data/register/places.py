"""Which commune is meant: one of the territory, one outside, one that no longer exists, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from data import reference
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
    near = tuple(sorted({code[:2] for code in territory.codes}))
    current = _nearest(_current_by_name().get(key, ()), near)
    if len(current) == 1:
        raise OutsideTerritory(current[0], name_of(current[0]), typed)
    if current:
        raise RegisterError(
            f"Plusieurs communes s'appellent « {typed[:60]} ».",
            field="commune",
            value=typed,
            advice="Écrivez son code INSEE.",
        )
    former = _nearest(_former_by_name().get(key, ()), near)
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
    known = name or _former_names().get(code) or code
    raise FormerCommune(known, current, name_of(current), current in territory.name_of, typed)


def _nearest(codes: tuple[str, ...], departements: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the territory's own départements when there are any: homonyms are frequent in France."""
    return tuple(code for code in codes if code[:2] in departements) or codes


@lru_cache(maxsize=1)
def _current_by_name() -> dict[str, tuple[str, ...]]:
    return _index(reference.commune_names().items())


@lru_cache(maxsize=1)
def _former_by_name() -> dict[str, tuple[str, ...]]:
    return _index(_former_names().items())


@lru_cache(maxsize=1)
def _former_names() -> dict[str, str]:
    frame = reference.former_communes().dropna(subset=["name"])
    names = zip(frame["code"], frame["name"], frame["current_code"], strict=True)
    return {str(code): str(name) for code, name, _ in names}


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, name in pairs:
        found.setdefault(reference.name_key(name), []).append(code)
    return {key: tuple(codes) for key, codes in found.items()}
