"""The search across the application: what can be found, for whom, and in what order.

Accents, case, hyphens, apostrophes and articles do not count; « St » and « Ste » are Saint and Sainte, « / » is « sur »; the inverted
« Mêle-sur-Sarthe (Le) » is read as any other spelling. A word may be cut short, and one letter of a long word may be wrong when nothing
matches as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

import pandas as pd

from analysis import french
from analysis.model import Audience

MIN_TYPED = 2
"""Letters typed before anything is searched."""
_PLACES = 2  # results that each kind keeps when there are too many
_TYPO_FROM = 5  # letters: shorter words differ by one letter from too many others (Bures, Buré, Barville…)
_SPELT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "ss": "sous", "s": "sur"}
_LITTLE = frozenset(
    ["le", "la", "les", "l", "aux", "au", "a", "de", "du", "des", "d", "en", "et", "sur", "sous"]
)


class Kind(StrEnum):
    """What can be found, in the order in which equal matches are listed."""

    COMMUNE = "commune"
    PAGE = "page"
    INDICATOR = "indicateur"
    MEMBER = "membre"
    CONTACT = "acteur"
    LISTING = "annonce"


_ORDER = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: what it is called, what tells it from others, and where it leads.

    `page` is an address of the application without the leading slash, `query` its parameters. `more` holds words by which it is found
    beside its label and detail. `past` ones come after the others of their kind. Whatever is in an entry may be shown to whoever searches:
    private words are left out when it is made.
    """

    kind: Kind
    label: str
    detail: str = ""
    page: str = ""
    query: tuple[tuple[str, str], ...] = ()
    more: str = ""
    past: bool = False


@dataclass(frozen=True)
class Index:
    """Entries with their words, made once and searched often."""

    entries: tuple[Entry, ...]
    _names: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    _others: tuple[frozenset[str], ...] = field(default=(), repr=False)


def words(text: str) -> tuple[str, ...]:
    """The words of `text` that count, as they are compared: « Ste Scolasse/Sarthe » gives ``("sainte", "scolasse", "sarthe")``.

    A text of little words only (« La ») keeps them, so that it still can be searched.
    """
    folded = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("/", " sur ")
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    every = [_SPELT.get(word, word) for word in re.findall(r"[a-z0-9]+", plain)]
    return tuple(word for word in every if word not in _LITTLE) or tuple(every)


def make_index(entries: Iterable[Entry]) -> Index:
    """An index of `entries`, given in any order."""
    kept = tuple(sorted(entries, key=_order))
    return Index(
        kept,
        tuple(words(entry.label) for entry in kept),
        tuple(frozenset(words(f"{entry.detail} {entry.more}")) for entry in kept),
    )


def _order(entry: Entry) -> tuple[int, bool, str, str, tuple[tuple[str, str], ...]]:
    """By kind, then by name; « Membre 2 » before « Membre 10 »."""
    name = re.sub(r"\d+", lambda number: number[0].zfill(8), french.sort_key(entry.label))
    return _ORDER[entry.kind], entry.past, name, entry.detail, entry.query


def search(index: Index, typed: str, limit: int = 8) -> tuple[Entry, ...]:
    """The entries that hold every typed word (or a word that begins so), the best first; at most `limit`.

    Best: the whole name, then names that begin with what was typed, then words of the name, then words of the detail. One wrong, missing,
    added or swapped letter in a word of five letters or more is forgiven only when nothing matches as written. Nothing is found below two
    letters. When there are more than `limit`, each kind keeps a few places, so that forty members do not hide the one listing.
    """
    found = tuple(index.entries[i] for i in _places(_ranked(index, typed), index, limit))
    return found or _within_a_commune(index, words(typed), limit)


def _within_a_commune(index: Index, asked: tuple[str, ...], limit: int) -> tuple[Entry, ...]:
    """« fibre essay », « Laleu logements vides »: the commune that the first or the last words name, then what the others find, open at
    that commune where its page can be.
    """
    for at in range(1, len(asked)):
        for place, rest in ((asked[at:], asked[:at]), (asked[:at], asked[at:])):
            commune = next((e for e in _matching(index, place, 1, 3) if e.kind is Kind.COMMUNE), None)
            others = [e for e in _matching(index, rest, limit, 4) if e.kind in (Kind.PAGE, Kind.INDICATOR)]
            if commune is not None and others:
                code = next((value for name, value in commune.query if name == "commune"), "")
                return (commune, *(_at(entry, commune.label, code) for entry in others[: limit - 1]))
    return ()


def _matching(index: Index, asked: tuple[str, ...], limit: int, worst: int) -> list[Entry]:
    """The entries that match as well as `worst`, the best first, of the order `search` gives."""
    scores = (_score(asked, name, others) for name, others in zip(index._names, index._others, strict=True))
    ranked = sorted((score, i) for i, score in enumerate(scores) if score is not None and score <= worst)
    return [index.entries[i] for i in _places([i for _, i in ranked], index, limit)]


def _at(entry: Entry, name: str, code: str) -> Entry:
    """An indicator's entry open at one commune; a page as it is."""
    if entry.kind is not Kind.INDICATOR:
        return entry
    return replace(entry, detail=f"{entry.detail}, {name}", query=(*entry.query, ("commune", code)))


def _ranked(index: Index, typed: str) -> list[int]:
    asked = words(typed)
    if sum(map(len, asked)) < MIN_TYPED:
        return []
    found = [
        (score, i)
        for i, (name, others) in enumerate(zip(index._names, index._others, strict=True))
        if (score := _score(asked, name, others)) is not None
    ]
    if not found:
        found = [
            (score, i)
            for i, (name, others) in enumerate(zip(index._names, index._others, strict=True))
            if (score := _near_score(asked, name, others)) is not None
        ]
    return [i for _, i in sorted(found)]


def _places(ranked: list[int], index: Index, limit: int) -> list[int]:
    """The first of each kind, then the others by rank, `limit` in all, in the order of their rank."""
    taken: dict[Kind, int] = {}
    first: list[int] = []
    rest: list[int] = []
    for rank, i in enumerate(ranked):
        kind = index.entries[i].kind
        taken[kind] = taken.get(kind, 0) + 1
        (first if taken[kind] <= _PLACES else rest).append(rank)
    return [ranked[rank] for rank in sorted([*first, *rest][:limit])]


def count(index: Index, typed: str) -> int:
    """How many entries `search` finds without a limit."""
    return len(search(index, typed, len(index.entries)))


def _score(asked: tuple[str, ...], name: tuple[str, ...], others: frozenset[str]) -> int | None:
    """0 the very name, 1 the name begins so, 2 words of the name, 3 beginnings of its words, 4 words of the detail; None no match."""
    if asked == name:
        return 0
    if name[: len(asked) - 1] == asked[:-1] and len(name) >= len(asked) and name[len(asked) - 1].startswith(asked[-1]):  # fmt: skip
        return 1
    if all(word in name for word in asked):
        return 2
    if all(any(_begins(own, word) for own in name) for word in asked):
        return 3
    if all(any(_begins(own, word) for own in (*name, *others)) for word in asked):
        return 4
    return None


def _begins(own: str, word: str) -> bool:
    """Whether `own` begins as typed, a plural found under its singular too: « logements » finds « logement »."""
    return own.startswith(word) or (len(word) >= _TYPO_FROM and word[-1] in "sx" and own == word[:-1])


def _near_score(asked: tuple[str, ...], name: tuple[str, ...], others: frozenset[str]) -> int | None:
    def near(word: str, own: str) -> bool:
        return own.startswith(word) or (len(word) >= _TYPO_FROM and one_letter_apart(word, own))

    if all(any(near(word, own) for own in name) for word in asked):
        return 5
    if all(any(near(word, own) for own in (*name, *others)) for word in asked):
        return 6
    return None


@lru_cache(maxsize=20_000)
def one_letter_apart(a: str, b: str) -> bool:
    """Whether one letter changed, added, left out or swapped with its neighbour makes `a` of `b` (or they are equal)."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    start = 0
    while start < len(a) and a[start] == b[start]:
        start += 1
    if len(a) < len(b):
        return a[start:] == b[start + 1 :]
    swapped = a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
    return a[start + 1 :] == b[start + 1 :] or (len(a[start:]) > 1 and swapped)


# ------------------------------------------------------------------------------------------------ entries


def commune_entries(names: Mapping[str, str], groups: Mapping[str, Sequence[str]], page: str) -> list[Entry]:
    """One entry a commune (code → name), found by its code and group too."""
    group_of = {code: group for group, codes in groups.items() for code in codes}
    return [
        Entry(Kind.COMMUNE, name, group_of.get(code, ""), page, (("commune", code),), code)
        for code, name in names.items()
    ]


def member_entries(
    here: pd.DataFrame,
    names: Mapping[str, str],
    audience: Audience,
    public: str,
    private: str = "",
    register: Mapping[str, str] | None = None,
) -> list[Entry]:
    """The members that `audience` may find: those present who consented, and for coordinators every one of the register.

    `here` as made by `analysis.community.present`; `names` are the communes'. `register` (member → name or pseudonym, of members who left
    too) is read for coordinators only, and nothing of it reaches anybody else. Consenting members lead to the directory of the page
    `public`, the others to `private`, the coordinators' page.
    """
    known = dict(register or {}) if audience is Audience.ANIMATEUR else {}
    entries = []
    for row in here.itertuples():
        own = known.pop(str(row.member), "")
        if not row.public and audience is not Audience.ANIMATEUR:
            continue
        trade = str(row.trade)
        detail = ", ".join(part for part in (trade, names.get(str(row.commune), "")) if part)
        skills = " ".join(map(str, row.skills))  # type: ignore[arg-type]
        if row.public:
            query = (("metier", trade), ("section", "annuaire"))
            entries.append(
                Entry(Kind.MEMBER, own or str(row.shown), detail, public, query, f"{skills} {row.shown}")
            )
        else:
            entries.append(Entry(Kind.MEMBER, own or str(row.code), detail, private, (), skills))
    entries += [
        Entry(Kind.MEMBER, label, "ancien membre", private, past=True) for _, label in sorted(known.items())
    ]
    return entries


def contact_entries(
    contacts: pd.DataFrame,
    shown: Mapping[str, str],
    names: Mapping[str, str],
    kinds: Mapping[str, str],
    audience: Audience,
    page: str,
) -> list[Entry]:
    """The network's actors that `audience` may find.

    Coordinators find every one by its label. Others find town halls as the institutions they are, and those who consented under the name
    they gave (`shown`: person → name). `contacts` as in `data.network`; `kinds`: kind → French word.
    """
    entries = []
    for row in contacts.itertuples():
        place = names.get(str(row.commune), "")
        if audience is Audience.ANIMATEUR:
            label = str(row.label)
        elif row.person in shown:
            label = shown[str(row.person)]
        elif row.kind == "mairie" and place:
            label = f"Mairie {french.of_place(place)}"
        else:
            continue
        detail = ", ".join(part for part in (kinds.get(str(row.kind), ""), place) if part)
        entries.append(Entry(Kind.CONTACT, label, detail, page, (("section", "acteurs"),)))
    return entries


def listing_entries(
    listings: Iterable[tuple[str, str, str]], names: Mapping[str, str], page: str
) -> list[Entry]:
    """The listings that may still be had: (commune, what it is in French, « à louer » or « à vendre ») of each; they lead to the map that
    shows them.
    """
    return [
        Entry(
            Kind.LISTING,
            text,
            names[commune],
            page,
            (("annonces", "1"), ("commune", commune)),
            f"logement maison {tenure} {'location' if 'louer' in tenure else 'vente'}",
        )
        for commune, text, tenure in listings
        if commune in names
    ]
