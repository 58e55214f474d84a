"""Choices as JSON: what an import remembers of them, and what the command line takes. Reading back gives the same draft again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from analysis.model import Indicator, Source, Vintage
from data.imports.model import Choices, NewIndicator, NewVintage

_FIELDS = {each.name for each in fields(Choices)}


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
        for name in ("columns", "communes", "people"):
            values[name] = {str(key): str(value) for key, value in dict(values.get(name, {})).items()}
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"Les choix ne se lisent pas ({error}).") from error
    return Choices(**values)


def _new(body: Mapping[str, Any]) -> NewIndicator | NewVintage:
    source = Source(**body["source"])
    if "vintage" in body:
        return NewVintage(source, str(body["indicator"]), Vintage(**body["vintage"]))
    entry = dict(body["indicator"])
    entry["vintages"] = tuple(Vintage(**each) for each in entry.get("vintages", ()))
    for name in ("numerator", "denominator"):
        entry[name] = tuple(entry.get(name, ()))
    return NewIndicator(source, Indicator(**entry))
