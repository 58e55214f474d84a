"""Approximate spelling: names one or two letters away, or that go on where a text stops. Never more than a proposal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from data import reference
from data.reference import lookup

_SHORT = 8  # below so many letters, one wrong letter is already another name
_MANY = 5_000  # names from which two wrong letters would cost more memory than they are worth


class Speller:
    """Proposes names of communes in some départements for a misspelt key.

    Every name is filed under itself and under what is left of it without one or two letters; a misspelling meets it there. (The method
    is that of « symmetric delete » spelling correction.) Looking up costs the length of the text squared, whatever the number of names.
    """

    def __init__(self, departements: Collection[str]) -> None:
        self._keys: dict[str, list[str]] = {}
        for code, name in reference.commune_names().items():
            if lookup.departement_of(code) in departements:
                self._keys.setdefault(reference.name_key(name), []).append(code)
        for key in list(self._keys):
            bare = lookup.without_article(key)
            if bare != key:
                self._keys.setdefault(bare, []).extend(self._keys[key])
        self._most = 1 if len(self._keys) > _MANY else 2
        self._filed: dict[str, set[str]] = {}
        for key in self._keys:
            for part in _deleted(key, self._allowed(key)):
                self._filed.setdefault(part, set()).add(key)

    def begun(self, key: str) -> tuple[str, ...]:
        """Codes of the communes whose name goes on after the words of `key`."""
        if len(key) < 3:
            return ()
        found = (code for known, codes in self._keys.items() if known.startswith(f"{key} ") for code in codes)
        return tuple(dict.fromkeys(found))

    def near(self, key: str) -> tuple[str, ...]:
        """Codes of the communes whose name is the nearest to `key`, or begins with it; those at the smallest distance only."""
        if len(key) < 3:
            return ()
        if begun := self.begun(key):
            return begun
        met = {known for part in _deleted(key, self._allowed(key)) for known in self._filed.get(part, ())}
        far = {known: distance(key, known) for known in met}
        far = {
            known: steps
            for known, steps in far.items()
            if steps <= min(self._allowed(key), self._allowed(known))
        }
        if not far:
            return ()
        least = min(far.values())
        return tuple(
            sorted({code for known, steps in far.items() if steps == least for code in self._keys[known]})
        )

    def _allowed(self, key: str) -> int:
        return 1 if len(key) < _SHORT else self._most


@lru_cache(maxsize=4)
def speller(departements: frozenset[str]) -> Speller:
    """The speller of these départements, made once."""
    return Speller(departements)


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or exchange with a neighbour to go from `one` to `other` (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            steps = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
        before, last = last, row
    return last[-1]


def _deleted(key: str, most: int) -> Iterator[str]:
    """`key` and what is left of it without up to `most` letters."""
    parts: Iterable[str] = {key}
    yield key
    for _ in range(most):
        parts = {part[:i] + part[i + 1 :] for part in parts for i in range(len(part))}
        yield from parts
