"""Choices as JSON: what an import remembers of them, and what the command line takes. Reading back gives the same draft again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from analysis.model import Indicator, Source, Vintage
from data.imports.model import FRACTIONS, SAME_COMMUNE, Choices, NewIndicator, NewVintage
from data.imports.naming import LONGEST_ID, WEB_ADDRESS, Named, Publication, Rate, is_period

_FIELDS = {each.name for each in fields(Choices)}
_TEXTS, _FLAGS = ("sheet", "reading", "kind", "period", "how_places"), ("good_rows_only", "clear_absent")
_ANSWERS = {"fractions": FRACTIONS, "same_commune": SAME_COMMUNE}
_HOW_PLACES = ("", "codes", "postcodes", "names")
Entry = TypeVar("Entry", Source, Indicator, Vintage, Named, Publication, Rate)
_ID = re.compile(rf"[a-z0-9_]{{1,{LONGEST_ID}}}")


def to_json(choices: Choices) -> dict[str, Any]:
    """Every choice as JSON can hold it; `new` as mappings of a source and an indicator, or of a source, an id and a vintage."""
    return {**asdict(choices), "new": [asdict(each) for each in choices.new]}


def from_json(body: Mapping[str, Any]) -> Choices:
    """The choices that `to_json` gave. Raises ValueError, in French, for a name or a value that cannot be one."""
    unknown = [name for name in body if name not in _FIELDS]
    if unknown:
        raise ValueError(f"Choix inconnu « {unknown[0]} ». Choix possibles : {', '.join(sorted(_FIELDS))}.")
    values = dict(body)
    try:
        values["new"] = tuple(_new(each) for each in values.get("new", ()))
        for name in ("columns", "communes", "people", *_ANSWERS):
            values[name] = dict(values.get(name, {}))
            _must(all(isinstance(value, str) for value in values[name].values()), name, values[name])
        for name, answers in _ANSWERS.items():
            _must(set(values[name].values()) <= set(answers), name, values[name])
        for name in _TEXTS:
            _must(isinstance(values.get(name) or "", str), name, values.get(name))
        for name in _FLAGS:
            _must(isinstance(values.get(name, False), bool), name, values.get(name))
        _must(values.get("how_places", "") in _HOW_PLACES, "how_places", values.get("how_places"))
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"Les choix ne se lisent pas ({error}).") from error
    return Choices(**values)


def _new(body: Mapping[str, Any]) -> NewIndicator | NewVintage:
    source = made(Source, body["source"])
    _must(not source.url or bool(WEB_ADDRESS.fullmatch(source.url)), "url", source.url)
    if "vintage" in body:
        return NewVintage(source, str(body["indicator"]), _vintage(body["vintage"]))
    entry = dict(body["indicator"])
    entry["vintages"] = tuple(_vintage(each) for each in entry.get("vintages", ()))
    for name in ("numerator", "denominator"):
        entry[name] = tuple(entry.get(name, ()))
    indicator = made(Indicator, entry)
    _must(bool(_ID.fullmatch(indicator.id)), "id", indicator.id)
    return NewIndicator(source, indicator)


def _vintage(body: Mapping[str, Any]) -> Vintage:
    vintage = made(Vintage, body)
    _must(is_period(vintage.period), "period", vintage.period)
    return vintage


def made(shape: type[Entry], body: Mapping[str, Any]) -> Entry:
    """An entry of which each field is of its type. Raises TypeError."""
    entry = shape(**body)
    for name, hint in get_type_hints(shape).items():
        _must(_is(getattr(entry, name), hint), name, getattr(entry, name))
    return entry


def _is(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_is(each, get_args(hint)[0]) for each in value)
    if isinstance(value, bool) or hint is bool:
        return isinstance(value, bool) and hint is bool
    return isinstance(value, (int, float) if hint is float else hint)


def _must(good: bool, name: str, value: object) -> None:
    if not good:
        raise TypeError(f"« {name} » ne peut pas être {value!r}")
