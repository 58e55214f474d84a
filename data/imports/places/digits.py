"""Communes by INSEE code or by postcode, once the column is known to hold the ones or the others."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data import reference
from data.imports.model import PlaceMatch
from data.imports.places.column import Column, Shape
from data.imports.places.names import bearing
from data.reference import lookup

_CEDEX = re.compile(r"\s+cedex(\s+\d+)?$", re.IGNORECASE)


def match(text: str, shape: Shape, column: Column, inside: Mapping[str, str]) -> PlaceMatch:
    """What a text with five characters of code is taken for, as the column is read."""
    if shape.name:
        return _named(text, shape, inside)
    is_code = reference.resolve(shape.digits) is not None
    served = reference.communes_by_postcode().get(shape.digits, ())
    if column.reading == "undecided" and served:
        return _either(
            text,
            shape.digits,
            served,
            is_code,
            inside,
            "La colonne ne dit pas si ce sont des codes INSEE ou des codes postaux",
        )
    if column.reading == "postcodes":
        if served:
            return _postcode(text, shape.digits, inside)
        if is_code:
            return _either(
                text, shape.digits, (), True, inside, "Ce n'est pas un code postal, c'est un code INSEE"
            )
        return _unknown(text, shape, inside, "code postal")
    if is_code:
        return _code(text, shape, column, inside)
    if served:
        return _either(
            text, shape.digits, served, False, inside, "Ce n'est pas un code INSEE, c'est un code postal"
        )
    return _unknown(text, shape, inside, "code INSEE")


def _code(text: str, shape: Shape, column: Column, inside: Mapping[str, str]) -> PlaceMatch:
    current = reference.resolve(shape.digits) or ""
    name = reference.commune_names()[current]
    merged = "" if current == shape.digits else lookup.former_name(shape.digits) or f"code {shape.digits}"
    why = (
        f"{merged}, ancienne commune, fait partie de {name} ({current})."
        if merged
        else f"{name} ({current})."
    )
    if shape.short:
        why = f"Zéro initial rétabli\u202f: {why}"
    if current not in inside:
        if column.alone and shape.short and (longer := _one_digit_longer(shape.digits[1:], inside)):
            asked = f"{why} Ou il manque un autre chiffre : c'est la seule valeur de quatre chiffres."
            return PlaceMatch(text, "ambiguous", why=asked, candidates=(*longer, current))
        return PlaceMatch(text, "outside", current, f"Hors du territoire\u202f: {why}", merged=merged)
    if shape.short and column.full_zeros:
        return PlaceMatch(
            text,
            "probable",
            current,
            f"{why} Les autres codes de la colonne ont gardé leur zéro.",
            (current,),
            merged,
        )
    return PlaceMatch(text, "certain", current, why, merged=merged)


def _one_digit_longer(digits: str, inside: Mapping[str, str]) -> tuple[str, ...]:
    """Codes of the territory that `digits` are, but for one digit that is missing."""
    return tuple(code for code in inside if any(code[:i] + code[i + 1 :] == digits for i in range(len(code))))


def _postcode(text: str, digits: str, inside: Mapping[str, str]) -> PlaceMatch:
    served = reference.communes_by_postcode()[digits]
    here = tuple(sorted(served, key=lambda code: (code not in inside, code)))
    names = reference.commune_names()
    if not any(code in inside for code in here):
        why = f"Hors du territoire\u202f: le code postal {digits} ne touche aucune de ses communes."
        return PlaceMatch(text, "outside", here[0] if len(here) == 1 else "", why)
    if len(here) == 1:
        return PlaceMatch(text, "certain", here[0], f"{names[here[0]]} ({here[0]}), code postal {digits}.")
    return PlaceMatch(
        text, "ambiguous", why=f"Le code postal {digits} est celui de {len(here)} communes.", candidates=here
    )


def _named(text: str, shape: Shape, inside: Mapping[str, str]) -> PlaceMatch:
    """A code or a postcode with a name behind it: the commune that both allow, as « 61170 Barville »."""
    meant = bearing(_CEDEX.sub("", shape.name))
    current = reference.resolve(shape.digits)
    served = reference.communes_by_postcode().get(shape.digits, ())
    allowed = tuple(dict.fromkeys([*([current] if current else []), *served]))
    both = tuple(code for code in allowed if code in meant)
    names = reference.commune_names()
    if len(both) == 1:
        code = both[0]
        why = f"{names[code]} ({code}), {'code INSEE' if code == current else 'code postal'} et nom."
        return PlaceMatch(
            text,
            "certain" if code in inside else "outside",
            code,
            why if code in inside else f"Hors du territoire\u202f: {why}",
        )
    both = tuple(sorted(set(both or (*allowed, *meant)), key=lambda code: (code not in inside, code)))
    if both and not any(code in inside for code in both):
        return PlaceMatch(text, "outside", why="Hors du territoire, par le code comme par le nom.")
    why = f"« {shape.name[:60]} » ne va pas avec {shape.digits}."
    return PlaceMatch(text, "ambiguous" if both else "unknown", why=why, candidates=both)


def _either(
    text: str, digits: str, served: tuple[str, ...], is_code: bool, inside: Mapping[str, str], why: str
) -> PlaceMatch:
    """A value that must be asked about: its candidates as a code and as a postcode."""
    current = reference.resolve(digits) if is_code else None
    both = tuple(dict.fromkeys([*([current] if current else []), *served]))
    both = tuple(sorted(both, key=lambda code: (code not in inside, code)))
    if not any(code in inside for code in both):
        return PlaceMatch(
            text,
            "outside",
            both[0] if len(both) == 1 else "",
            "Hors du territoire, quelle que soit la lecture.",
        )
    names = reference.commune_names()
    as_code = f"code INSEE de {names[current]}" if current else ""
    as_postcode = f"code postal de {len(served)} commune{'s' if len(served) > 1 else ''}" if served else ""
    readings = " et ".join(filter(None, [as_code, as_postcode]))
    return PlaceMatch(text, "ambiguous", why=f"{why} : {digits} est {readings}.", candidates=both)


def _unknown(text: str, shape: Shape, inside: Mapping[str, str], what: str) -> PlaceMatch:
    """A code that nobody bears: outside when it is of another département, where nothing of it could be published."""
    departement = lookup.departement_of(shape.digits)
    ours = {lookup.departement_of(code) for code in inside}
    if departement not in ours:
        return PlaceMatch(
            text, "outside", why=f"{what[0].upper()}{what[1:]} inconnu, hors du département du territoire."
        )
    return PlaceMatch(text, "unknown", why=f"{shape.digits} n'est le {what} d'aucune commune.")
