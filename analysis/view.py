"""A View to and from query parameters: a whitelist of names, each with a rule for its values. Never objects, never code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analysis.model import Audience, View

_SLUG = re.compile(r"[a-z0-9_]{1,40}")
_NUMBER = r"[-−]?\d{1,9}(?:,\d{1,6})?"
_NUMBERS = re.compile(rf" *{_NUMBER}(?: *; *{_NUMBER}){{0,8}} *")
_PERIOD = re.compile(r"\d{4}(-\d{2}-\d{2})?")


@dataclass(frozen=True)
class Parameter:
    """One query parameter: its name in the address, the field of View it fills, what is allowed, what it is when absent.

    `allowed` is the list of values; None means any text that `pattern` matches in full.
    """

    name: str
    default: str = ""
    allowed: Collection[str] | None = None
    pattern: re.Pattern[str] = _SLUG

    def accepts(self, value: str) -> bool:
        """True when `value` may be used."""
        if value == self.default:
            return True
        return value in self.allowed if self.allowed is not None else bool(self.pattern.fullmatch(value))


def manual_breaks(text: str) -> list[float]:
    """« 5 ; 7,5 ; 10 » → [5.0, 7.5, 10.0]. Raises ValueError for anything else than one to nine numbers."""
    if not _NUMBERS.fullmatch(text):
        raise ValueError(
            f"« {text[:40]} » : écrivez des nombres séparés par des points-virgules, par exemple 5 ; 7,5 ; 10"
        )
    return [float(part.replace("−", "-").replace(",", ".")) for part in text.split(";")]


NUMBERS, PERIOD = _NUMBERS, _PERIOD
FLAG = ("0", "1")  # the values of a yes/no parameter


@dataclass(frozen=True)
class ParsedView:
    """`values`: every declared parameter with an accepted value; `ignored`: what the address held and was not used, in order."""

    values: Mapping[str, str]
    ignored: tuple[str, ...]


def parse(query: Mapping[str, str | Sequence[str]], parameters: Sequence[Parameter]) -> ParsedView:
    """Read `query` by the whitelist. Unknown names, refused values and values given twice are ignored and reported."""
    known = {p.name: p for p in parameters}
    values = {p.name: p.default for p in parameters}
    ignored: list[str] = []
    for name, given in query.items():
        value = given if isinstance(given, str) else (given[0] if len(given) == 1 else None)
        if name in known and value is not None and known[name].accepts(value):
            values[name] = value
        else:
            ignored.append(name)
    return ParsedView(values, tuple(ignored))


def to_query(values: Mapping[str, str], parameters: Sequence[Parameter]) -> dict[str, str]:
    """The shortest query that gives `values` back: defaults and what the whitelist refuses are left out, order is that declared."""
    return {
        p.name: values[p.name]
        for p in parameters
        if values.get(p.name, p.default) != p.default and p.accepts(values[p.name])
    }


def to_view(page: str, values: Mapping[str, str]) -> View:
    """The View of parsed `values`; what View has no field for goes into its filters."""
    named = {"indicateur": "indicator", "millesime": "vintage", "methode": "method"}
    filters = {k: v for k, v in values.items() if k not in named and k != "vue" and v}
    fields = {named[k]: v for k, v in values.items() if k in named}
    return View(page=page, audience=Audience(values.get("vue") or Audience.PUBLIC), filters=filters, **fields)  # type: ignore[arg-type]


def slug(text: str) -> str:
    """A French name as one word of an address: « Haut débit » is ``haut-debit``."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")
