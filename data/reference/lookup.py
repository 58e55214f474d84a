"""Communes by name and former communes by code: the one index that the register, the territory's file and imports look into.

Nothing here decides which commune is meant: it lists those that may be, current and former.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from data import reference

ARTICLES = ("le ", "la ", "les ", "l ")
"""Articles as `reference.name_key` writes them."""


def departement_of(code: str) -> str:
    """The département in a commune's code or in a postcode's own form: two characters, three overseas (``974``)."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def without_article(key: str) -> str:
    """A name's key without the article in front; the key itself when it has none."""
    for article in ARTICLES:
        if key.startswith(article):
            return key[len(article) :]
    return key


def codes_named(name: str) -> tuple[str, ...]:
    """Codes of today's communes that bear `name`, whatever its spelling."""
    return current_by_key().get(reference.name_key(name), ())


def former_codes_named(name: str) -> tuple[str, ...]:
    """Codes of the former communes that bore `name`, whatever its spelling."""
    return former_by_key().get(reference.name_key(name), ())


def former_name(code: str) -> str | None:
    """The name that the commune of this former code bore; None where only the code is known."""
    return former_names().get(code)


def nearest(codes: tuple[str, ...], departements: Collection[str]) -> tuple[str, ...]:
    """Those of `departements` when there are any, else all: homonyms are frequent in France."""
    return tuple(code for code in codes if departement_of(code) in departements) or codes


@lru_cache(maxsize=1)
def current_by_key() -> Mapping[str, tuple[str, ...]]:
    """Codes of today's communes by the key of their name."""
    return _index(reference.commune_names().items())


@lru_cache(maxsize=1)
def former_by_key() -> Mapping[str, tuple[str, ...]]:
    """Codes of former communes by the key of their name."""
    return _index(former_names().items())


@lru_cache(maxsize=1)
def current_without_article() -> Mapping[str, tuple[str, ...]]:
    """Codes of today's communes whose name has an article, by the key without it: INSEE's capitals drop it."""
    return _without_article(current_by_key())


@lru_cache(maxsize=1)
def former_without_article() -> Mapping[str, tuple[str, ...]]:
    """Codes of former communes whose name has an article, by the key without it."""
    return _without_article(former_by_key())


@lru_cache(maxsize=1)
def former_names() -> Mapping[str, str]:
    """Names of the former communes whose name is known, by their code."""
    frame = reference.former_communes().dropna(subset=["name"])
    return dict(zip(frame["code"], frame["name"], strict=True))


@lru_cache(maxsize=1)
def parts_of() -> Mapping[str, tuple[str, ...]]:
    """Codes of the communes that merged into each of today's, its seat included, where today's list still names them."""
    frame = reference.former_communes()
    frame = frame[frame["kind"].isin(["delegated", "associated"])]
    found: dict[str, list[str]] = {}
    for code, current in zip(frame["code"], frame["current_code"], strict=True):
        found.setdefault(current, []).append(code)
    return {current: tuple(codes) for current, codes in found.items()}


@lru_cache(maxsize=1)
def recoded_in() -> Mapping[tuple[str, str], int]:
    """Since which year a commune bears another code, by its code before and today's: the whole commune, not a part of it."""
    found: dict[tuple[str, str], int] = {}
    for each in reference.passages():
        if each.kind == "recoded":
            found[each.code, each.code_after] = each.year
            found |= {
                (old, each.code_after): year for (old, new), year in list(found.items()) if new == each.code
            }
    return found


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, name in pairs:
        found.setdefault(reference.name_key(name), []).append(code)
    return {key: tuple(codes) for key, codes in found.items()}


def _without_article(index: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, codes in index.items():
        bare = without_article(key)
        if bare != key:
            found[bare] = found.get(bare, ()) + codes
    return found
