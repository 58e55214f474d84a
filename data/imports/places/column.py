"""What a column of places holds, decided by the column as a whole: INSEE codes, postcodes, names, or a mixture.

The same five digits can be a commune's code and the postcode of others (3,056 are), so that no value decides alone. Those that can
be only one of the two decide for all; where they disagree, or where there are none, nothing is decided and the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.french import counted
from data import reference
from data.imports.places.names import bearing
from data.reference.lookup import departement_of

Reading = Literal["codes", "postcodes", "names", "undecided"]

# A stray value does not put a whole published file in doubt: up to one in a hundred of those that decide.
STRAY = 0.01

_FIVE = re.compile(r"[0-9]{5}|2[ABab][0-9]{3}")
_OVERSEAS = re.compile(r"97([1-8])\1([0-9]{2})|9[78][0-9]{4}")  # département and commune, three digits each
_FOUR = re.compile(r"[0-9]{4}")
_FLOAT = re.compile(r"([0-9]{4,5})[.,]0+")
_WITH_NAME = re.compile(r"([0-9]{5})[ ,;:-]+([^0-9].*)", re.DOTALL)


class Shape(NamedTuple):
    """One text as written: its `digits` (a code or a postcode in five characters, or empty), its `name` (or empty).

    `short`: the leading zero was missing and is put back.
    """

    digits: str = ""
    name: str = ""
    short: bool = False


@dataclass(frozen=True)
class Column:
    """How a column is read. `how` says it in French.

    `full_zeros`: some five-character value begins with 0. `alone`: one value has four digits and all the others five.
    """

    reading: Reading
    how: str
    full_zeros: bool = False
    disagreement: str = ""
    alone: bool = False


def shape(text: str) -> Shape:
    """What one text looks like, blanks around it and a decimal « .0 » left by a spreadsheet apart."""
    kept = text.strip()
    if len(kept) == 5 and kept.isascii() and kept.isdigit():  # most codes and names are settled here
        return Shape(kept)
    if kept.isalpha():
        return Shape("", kept)
    if _FIVE.fullmatch(kept):
        return Shape(kept.upper())
    if overseas := _OVERSEAS.fullmatch(kept):
        return Shape(f"97{overseas[1]}{overseas[2]}" if overseas[1] else kept)
    if _FOUR.fullmatch(kept):
        return Shape(digits=f"0{kept}", short=True)
    if number := _FLOAT.fullmatch(kept):
        return Shape(digits=number[1].zfill(5), short=len(number[1]) == 4)
    if both := _WITH_NAME.fullmatch(kept):
        return Shape(digits=both[1], name=both[2].strip())
    return Shape(name=" ".join(kept.split()))


def decide(
    shapes: Iterable[Shape],
    inside: Mapping[str, str],
    *,
    how: str = "",
    decided: str = "",
    names: Mapping[str, set[str]] | None = None,
) -> Column:
    """How the distinct values of a column are to be read.

    `inside` are the communes of the territory by code. `how` is what the format expects (``codes``, ``postcodes``, ``names``), a
    presumption that the values can contradict; `decided` what a person said, which nothing contradicts. `names`: those written
    beside each value, where the file has them: they are evidence too.
    """
    every = list(shapes)
    seen = [each for each in every if each.digits and not each.name]
    if not every:
        return Column("names", "Aucune commune à reconnaître.")
    if not seen:
        return Column("names", "Noms de communes, reconnus un par un.")
    full_zeros = any(each.digits.startswith("0") and not each.short for each in seen)
    if decided in ("codes", "postcodes"):
        wording = "codes INSEE" if decided == "codes" else "codes postaux"
        return Column(
            "codes" if decided == "codes" else "postcodes",
            f"Lue comme {wording} : c'est votre choix.",
            full_zeros,
        )
    short = {each.digits for each in seen if each.short}
    evidence = _Evidence.of({each.digits for each in seen}, inside, names or {})
    found = evidence.column(how, full_zeros)
    named = " Les noms sont reconnus un par un." if any(not each.digits for each in every) else ""
    return replace(found, how=found.how + named, alone=len(short) == 1 and evidence.total > 1)


@dataclass(frozen=True)
class _Evidence:
    """The distinct five-character values, by what they can be."""

    codes: tuple[str, ...]
    postcodes: tuple[str, ...]
    either: tuple[str, ...]
    inside_as_code: int
    inside_as_postcode: int
    total: int
    near: frozenset[str]

    @classmethod
    def of(cls, digits: set[str], inside: Mapping[str, str], names: Mapping[str, set[str]]) -> _Evidence:
        served = reference.communes_by_postcode()
        codes, postcodes, either = [], [], []
        as_code = as_postcode = 0
        for value in sorted(digits, key=lambda value: (value not in inside, value)):
            is_code, is_postcode = reference.resolve(value) is not None, value in served
            if is_code and is_postcode and value in names:
                is_code, is_postcode = _by_name(value, names[value], served[value])
            if is_code and not is_postcode:
                codes.append(value)
            elif is_postcode and not is_code:
                postcodes.append(value)
            elif is_code:
                either.append(value)
                as_code += reference.resolve(value) in inside
                as_postcode += any(code in inside for code in served[value])
        return cls(
            tuple(codes),
            tuple(postcodes),
            tuple(either),
            as_code,
            as_postcode,
            len(digits),
            frozenset(map(departement_of, inside)),
        )

    def column(self, how: str, full_zeros: bool) -> Column:
        for_codes, for_postcodes = len(self.codes), len(self.postcodes)
        deciding = for_codes + for_postcodes
        if deciding:
            reading: Reading = "codes" if for_codes >= for_postcodes else "postcodes"
            strays = self.postcodes if reading == "codes" else self.codes
            # What is elsewhere in both readings (97127, 13200) asks nothing: none of it could be published.
            if sum(map(self._touches, strays)) > STRAY * deciding:
                return Column("undecided", self._mixed(), full_zeros, self._mixed())
            return Column(reading, self._decided(reading, strays), full_zeros, self._against(how, reading))
        if not self.either:
            return Column("codes", "Aucune valeur n'est un code INSEE ou un code postal connu.", full_zeros)
        return self._alone(how, full_zeros)

    def _touches(self, value: str) -> bool:
        """Whether a value may be of a département of the territory, read as a code or as a postcode."""
        served = reference.communes_by_postcode().get(value, ())
        return not self.near.isdisjoint(
            map(departement_of, (value, reference.resolve(value) or value, *served))
        )

    def _alone(self, how: str, full_zeros: bool) -> Column:
        """Every value could be both: the territory tells, when it tells one thing and the format another or nothing."""
        examples = _examples(self.either)
        if how == "postcodes" and self.inside_as_postcode >= self.inside_as_code:
            return Column("postcodes", f"Codes postaux, d'après l'en-tête ({examples}).", full_zeros)
        if self.inside_as_postcode:
            doubt = (
                f"Toutes les valeurs ({examples}) peuvent être des codes INSEE ou des codes postaux : "
                "rien ne tranche dans la colonne."
            )
            return Column("undecided", doubt, full_zeros, doubt)
        return Column(
            "codes",
            f"Codes INSEE : lues comme codes postaux, les valeurs ({examples}) ne toucheraient pas le territoire.",
            full_zeros,
        )

    def _decided(self, reading: Reading, strays: tuple[str, ...]) -> str:
        wording, other = (
            ("codes INSEE", "code postal") if reading == "codes" else ("codes postaux", "code INSEE")
        )
        sure = self.codes if reading == "codes" else self.postcodes
        one = "code INSEE" if reading == "codes" else "code postal"
        exist = f"n'existe que comme {one}" if len(sure) < 2 else f"n'existent que comme {wording}"
        text = f"{wording[0].upper()}{wording[1:]} : {counted(len(sure), 'valeur', 'valeurs')} sur {self.total} ({_examples(sure)}) {exist}"
        if self.either:
            could = "pourrait" if len(self.either) < 2 else "pourraient"
            others = f"{counted(len(self.either), 'autre', 'autres')} ({_examples(self.either)})"
            text += f" ; {others} {could} se lire comme {other}, la colonne tranche"
        if strays:
            verb = "fait" if len(strays) < 2 else "font"
            text += f" ; {len(strays)} {verb} exception ({_examples(strays)}) : la question vous est posée"
        return f"{text}."

    def _mixed(self) -> str:
        return (
            f"La colonne mélange des codes INSEE ({_examples(self.codes)}) et des codes postaux ({_examples(self.postcodes)}) : "
            "rien n'est deviné."
        )

    def _against(self, how: str, reading: Reading) -> str:
        if how == "codes" and reading == "postcodes":
            return f"La colonne devrait contenir des codes INSEE et contient des codes postaux ({_examples(self.postcodes)})."
        return ""


def _by_name(value: str, beside: set[str], served: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether the names beside a value fit its commune as a code, and those that it serves as a postcode; both when neither does."""
    meant = {code for name in beside for code in bearing(name)}
    fits_code, fits_postcode = reference.resolve(value) in meant, not meant.isdisjoint(served)
    return (fits_code, fits_postcode) if fits_code or fits_postcode else (True, True)


def _examples(values: tuple[str, ...], most: int = 3) -> str:
    return ", ".join(values[:most]) + ("…" if len(values) > most else "")


def distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The different texts of a column, in the order of their first appearance; what is absent is empty."""
    return tuple(map(_text, _factorised(texts)[1]))


def distinct_pairs(texts: Iterable[str | None], beside: Iterable[str | None]) -> tuple[tuple[str, str], ...]:
    """The different pairs of a code and the name beside it, in the order of their first appearance."""
    return positions_of_pairs(texts, beside)[1]


def positions(texts: Iterable[str | None]) -> tuple[npt.NDArray[np.intp], tuple[str, ...]]:
    """For each row the position of its text among the different ones, and these."""
    where, found = _factorised(texts)
    return where, tuple(map(_text, found))


def positions_of_pairs(
    texts: Iterable[str | None], beside: Iterable[str | None]
) -> tuple[npt.NDArray[np.intp], tuple[tuple[str, str], ...]]:
    """For each row the position of its pair of texts among the different ones, and these."""
    one, codes = positions(texts)
    other, names = positions(beside)
    where, pairs = pd.factorize(one.astype(np.int64) * len(names) + other)
    return where, tuple((codes[pair // len(names)], names[pair % len(names)]) for pair in pairs.tolist())


def _factorised(texts: Iterable[str | None]) -> tuple[npt.NDArray[np.intp], Iterable[object]]:
    every = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype=object)
    where, found = pd.factorize(every, use_na_sentinel=False)
    return where, found.tolist()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def joined(text: str, beside: str) -> str:
    """A code and the name beside it as one text: « 61170 Barville »."""
    return f"{text.strip()} {beside.strip()}".strip()
