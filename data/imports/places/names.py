"""Communes by name: those that a spelling may mean, and what the rest of the column says when there are several.

A name is certain only when one commune can bear it as written. Homonyms are told apart by the other names of the column, never by the
territory alone. An approximate spelling is never more than probable.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from data import reference
from data.imports.model import PlaceMatch
from data.imports.places.spelling import speller
from data.reference import lookup

# So many unambiguous names of one département, and none of the others in question, tell homonyms apart.
WITNESSES = 3
_ANYWHERE: frozenset[str] = frozenset()
_LONGEST = 200  # characters: no name of a commune has a quarter of it

_CEDEX = re.compile(r"\s+cedex(\s+\d+)?$", re.IGNORECASE)
_ARRONDISSEMENT = re.compile(r"(paris|lyon|marseille) (\d\d?)(?:e|er|eme|ieme|nd|nde)?(?: arrondissement)?")
_QUALIFIED = re.compile(r"(.+?)\s*[(,]\s*([^(),]+?)\s*\)?", re.DOTALL)


class Found(NamedTuple):
    """What a name may mean.

    `codes`: every commune of today that it may be; `current`: those that bear it today; `former`: for the others, by code, the former
    commune that bore it.
    """

    codes: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    former: Mapping[str, str] = {}

    @classmethod
    def of(cls, current: tuple[str, ...], former: Mapping[str, str]) -> Found:
        """What these communes, of today and former ones, make together."""
        current = tuple(dict.fromkeys(current))
        merged = {code: was for code, was in former.items() if code not in current}
        return cls((*current, *merged), current, merged)


_NOTHING = Found()


@dataclass(frozen=True)
class Witnesses:
    """What the unambiguous names of a column say of the others.

    `departements`: how many there are in each; `articles`: articles are written in front; `former`: some name only a former commune.
    """

    departements: Mapping[str, int]
    articles: bool
    former: bool

    @classmethod
    def of(cls, found: Mapping[str, Found], codes: Iterable[str] = ()) -> Witnesses:
        """Those of the names of a column, by name as written, and of the communes that its codes tell."""
        sure = [each.codes[0] for each in found.values() if len(each.codes) == 1]
        return cls(
            Counter(map(lookup.departement_of, [*sure, *codes])),
            any(lookup.without_article(key) != key for key in map(reference.name_key, found)),
            any(each.former and not each.current for each in found.values()),
        )

    def tell(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `codes` that the column's départements leave: one when they tell it, else all."""
        known = [code for code in codes if self.departements.get(lookup.departement_of(code), 0)]
        strong = [code for code in known if self.departements[lookup.departement_of(code)] >= WITNESSES]
        return tuple(known) if len(known) == 1 and strong else codes


def bearing(name: str) -> tuple[str, ...]:
    """Codes of today's communes that bear `name` or include one that bore it, in any spelling, with its article or without."""
    return _index().get(reference.name_key(name), _NOTHING).codes


def search(text: str, *, articles: bool = False) -> Found:
    """The communes that bear `text` as a name, in any spelling that leaves its letters as they are.

    Where `articles` are written in the column, a name without one is that of a commune without article; else it may be both
    (INSEE's capitals drop the article).
    """
    if not text or len(text) > _LONGEST:
        return _NOTHING
    name, departements = _parts(text)
    key = _key(name)
    found = _by_key(key, articles)
    if (
        not found.codes and name != text
    ):  # what stands in brackets is part of some names: « Château-Chinon (Ville) »
        found, departements = _by_key(_key(text), articles), _ANYWHERE
    if departements:
        found = Found.of(
            tuple(code for code in found.current if lookup.departement_of(code) in departements),
            {code: was for code, was in found.former.items() if lookup.departement_of(code) in departements},
        )
    return _accented(name, found)


def match(
    text: str, found: Found, witnesses: Witnesses, inside: Mapping[str, str], near: frozenset[str]
) -> PlaceMatch:
    """What `text` is taken for, from what it may mean and what the column says; `near` are the territory's départements."""
    if not found.codes:
        return _approximate(text, inside, near)
    left = witnesses.tell(found.codes)
    if len(left) == 1:
        return _one(text, left[0], found, witnesses, inside, near)
    # A name that is both that of a commune of today and that of a former one is today's, unless the file names former communes
    # or the former one became part of the territory.
    kept = witnesses.former or not found.current or any(code in inside for code in found.former)
    codes = left if kept else tuple(code for code in left if code in found.current) or left
    if len(codes) == 1:
        return _one(text, codes[0], found, witnesses, inside, near)
    codes = tuple(sorted(codes, key=lambda code: (code not in inside, code)))
    ours = [code for code in codes if code in inside]
    if not ours:
        why = f"{len(codes)} communes portent ce nom, aucune n'est du territoire."
        return _begun(text, codes, witnesses, inside, near) or PlaceMatch(
            text, "outside", why=why, candidates=codes
        )
    why = f"{len(codes)} communes portent ce nom : {_list(codes)}."
    elsewhere = {lookup.departement_of(code) for code in codes if code not in inside}
    if len(ours) == 1 and not any(witnesses.departements.get(each, 0) for each in elsewhere):
        return PlaceMatch(text, "probable", ours[0], why, codes, found.former.get(ours[0], ""))
    return PlaceMatch(text, "ambiguous", why=why, candidates=codes)


def _one(
    text: str,
    code: str,
    found: Found,
    witnesses: Witnesses,
    inside: Mapping[str, str],
    near: frozenset[str],
) -> PlaceMatch:
    name = reference.commune_names()[code]
    merged = "" if code in found.current else found.former[code]
    why = f"{merged}, ancienne commune, fait partie de {name}." if merged else f"{name} ({code})."
    if code not in inside:
        asked = _begun(text, (code,), witnesses, inside, near)
        return asked or PlaceMatch(text, "outside", code, f"Hors du territoire\u202f: {why}", merged=merged)
    if len(found.codes) > 1 and not merged:
        why += " D'autres communes portent ce nom ; les autres lignes sont de ce département."
    if _other_accents(text, merged or name):
        return PlaceMatch(text, "probable", code, f"Les accents diffèrent : {why}", (code,), merged)
    return PlaceMatch(text, "certain", code, why, merged=merged)


def _begun(
    text: str,
    codes: tuple[str, ...],
    witnesses: Witnesses,
    inside: Mapping[str, str],
    near: frozenset[str],
) -> PlaceMatch | None:
    """A question, where a name of elsewhere begins one of the territory and nothing else of the file is from there.

    « Saint-Julien » in the file of a secretary of mairie is rarely that of the other end of France.
    """
    name, departements = _parts(text)
    seen = sum(
        witnesses.departements.get(each, 0) for each in {lookup.departement_of(code) for code in codes}
    )
    if departements or seen > (len(codes) == 1):  # a name that only one commune bears is its own witness
        return None
    ours = tuple(code for code in speller(near).begun(_key(name)) if code in inside)
    if not ours:
        return None
    why = f"Ce nom est celui de {_list(codes)}, hors du territoire, et le début de celui de {_list(ours)}."
    return PlaceMatch(text, "ambiguous", why=why, candidates=(*ours, *codes))


def _approximate(text: str, inside: Mapping[str, str], departements: frozenset[str]) -> PlaceMatch:
    """Names one or two letters away, or that begin alike, in the départements of the territory."""
    name, departements_written = _parts(text) if len(text) <= _LONGEST else ("", _ANYWHERE)
    if departements_written and not departements_written & departements:
        ours = tuple(code for code in _by_key(_key(name), False).codes if code in inside)
        if not ours:
            return PlaceMatch(
                text, "outside", why="Hors du territoire\u202f: le département de la ligne n'est pas le sien."
            )
        return PlaceMatch(
            text, "ambiguous", why=f"{_list(ours)} n'est pas du département de la ligne.", candidates=ours
        )
    near = speller(departements).near(_key(name)) if name else ()
    ours = tuple(code for code in near if code in inside)
    if len(near) == 1 and ours:
        return PlaceMatch(text, "probable", ours[0], f"Ressemble à {_list(near)}.", near)
    if ours:
        return PlaceMatch(text, "ambiguous", why=f"Ressemble à {_list(near)}.", candidates=near)
    like = f" Ressemble à {_list(near)}, hors du territoire." if near else ""
    return PlaceMatch(text, "unknown", why=f"Aucune commune ne porte ce nom.{like}", candidates=near)


def _by_key(key: str, articles: bool) -> Found:
    found = _index().get(key, _NOTHING)
    if not articles or len(found.codes) < 2:
        return found
    current = lookup.current_by_key().get(key, ())
    former = _merged(lookup.former_by_key().get(key, ()))
    return Found.of(current or found.current, former or found.former)


@lru_cache(maxsize=1)
def _index() -> Mapping[str, Found]:
    """What every key of a name, with its article or without, may mean."""
    current, bare = lookup.current_by_key(), lookup.current_without_article()
    former, former_bare = lookup.former_by_key(), lookup.former_without_article()
    return {
        key: Found.of(
            (*current.get(key, ()), *bare.get(key, ())),
            _merged((*former.get(key, ()), *former_bare.get(key, ()))),
        )
        for key in {*current, *bare, *former, *former_bare}
    }


def _merged(codes: tuple[str, ...]) -> dict[str, str]:
    """The names of former communes by the code of today's commune."""
    if not codes:
        return {}
    names = lookup.former_names()
    return {today: names[code] for code in codes if (today := reference.resolve(code))}


def _parts(text: str) -> tuple[str, frozenset[str]]:
    """A name without « CEDEX 9 » and without the département behind it, and the codes of that département when there is one."""
    name = " ".join(text.split())
    if name[-1:].isdigit() or name[-5:].casefold() == "cedex":
        name = _CEDEX.sub("", name)
    if not ("(" in name or "," in name):
        return name, _ANYWHERE
    if qualified := _QUALIFIED.fullmatch(name):
        code = departement(qualified[2])
        if code:
            return qualified[1], frozenset({code})
    return name, _ANYWHERE


def _key(name: str) -> str:
    key = reference.name_key(name)
    if key[:1] not in "plm" or not any(map(str.isdigit, key)):
        return key
    if borough := _ARRONDISSEMENT.fullmatch(key):
        number = int(borough[2])
        return f"{borough[1]} {number}{'er' if number == 1 else 'e'} arrondissement"
    return key


def departement(text: str) -> str:
    """The code of the département that `text` names, by its code (« 1 » for 01) or in any spelling; empty when none."""
    return _departements().get(_departement_key(text), "")


@lru_cache(maxsize=1)
def _departements() -> Mapping[str, str]:
    """The code of each département by the key of its code and of its name."""
    frame = reference.communes(contours=False)[["departement", "departement_name"]].drop_duplicates()
    both = zip(frame["departement"], frame["departement_name"], strict=True)
    return {_departement_key(text): code for code, name in both for text in (code, name)}


def _departement_key(text: str) -> str:
    return reference.name_key(text.strip()).lstrip("0")


def _accented(name: str, found: Found) -> Found:
    """Of homonyms that differ by their accents, the one written exactly as `name`, when it has accents itself."""
    if len(found.codes) < 2 or not _accents(name):
        return found
    names = reference.commune_names()
    exact = tuple(code for code in found.current if _accents(names[code]) == _accents(name))
    return Found.of(exact, found.former) if exact else found


def _other_accents(text: str, official: str) -> bool:
    """Whether `text` has an accent that the official name has not: then it may be another word (« Burés » for Buré)."""
    written, known = _accents(_parts(text)[0]), _accents(official)
    return bool(written - known)


def _accents(text: str) -> Counter[str]:
    """How often each accented letter stands in a text, whatever its case."""
    letters = unicodedata.normalize("NFC", text.casefold())
    return Counter(char for char in letters if char.isalpha() and not char.isascii() and char not in "œæ")


def _list(codes: tuple[str, ...], most: int = 3) -> str:
    names = reference.commune_names()
    shown = ", ".join(f"{names[code]} ({code})" for code in codes[:most])
    return shown + (f" et {len(codes) - most} autres" if len(codes) > most else "")
