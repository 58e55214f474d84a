"""A dossier that may have been sent twice: the same address, or the same name and trade. Proposed to a person, never merged alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations

import pandas as pd

from analysis import french

COLUMNS = ["application", "other", "why"]


def doubles(dossiers: pd.DataFrame, decided: Iterable[tuple[str, str]] = ()) -> pd.DataFrame:
    """Pairs of dossiers that may be one (`application` < `other`), with what they have in common in French, columns `COLUMNS`.

    `dossiers`: `application`, `email`, `name`, `trade`; what is not known is empty or missing and agrees with nothing. Capitals, accents,
    punctuation and the order of the words of a name do not count. `decided`: pairs, in any order, that a person has judged. Pairs that
    agree on both come first, then by application.
    """
    done = {frozenset(pair) for pair in decided}
    found: dict[tuple[str, str], list[str]] = {}
    keys = {
        "même adresse": [_email(value) for value in dossiers["email"]],
        "même nom et même métier": [
            _both(_words(name), _words(trade))
            for name, trade in zip(dossiers["name"], dossiers["trade"], strict=True)
        ],
    }
    for why, values in keys.items():
        groups: dict[str, list[str]] = {}
        for application, key in zip(dossiers["application"], values, strict=True):
            if key:
                groups.setdefault(key, []).append(str(application))
        for group in groups.values():
            for pair in combinations(sorted(set(group)), 2):
                if frozenset(pair) not in done:
                    found.setdefault(pair, []).append(why)
    rows = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    return pd.DataFrame([(one, other, french.join(why)) for (one, other), why in rows], columns=COLUMNS)


def same_words(one: object, other: object) -> bool:
    """Whether two texts have the same words, as `doubles` compares them; texts without any have nothing in common."""
    return bool(_words(one)) and _words(one) == _words(other)


def _email(value: object) -> str:
    # The part before the @ may tell capitals apart by the letter of the standard; no provider that anybody uses does.
    return value.strip().casefold() if isinstance(value, str) else ""


@lru_cache(maxsize=65_536)
def _words(value: object) -> str:
    if not isinstance(value, str):
        return ""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", value.casefold()) if not unicodedata.combining(c)
    )
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in plain).split()))


def _both(name: str, trade: str) -> str:
    return f"{name}\n{trade}" if name and trade else ""
