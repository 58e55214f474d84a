"""The name beside a code: it tells the communes of a postcode apart, and a code that says another commune than the name is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from data import reference
from data.imports.model import Match, Parsed, Places, Problem, Table
from data.imports.places import names
from data.imports.places.column import distinct_pairs, shape
from data.imports.wording import problem, warning

NAME = "commune_name"
"""The meaning of a column of names, as the formats have it."""
_CODES = ("codes", "postcodes")


def with_names(parsed: Parsed, table: Table, meanings: Mapping[str, str]) -> Parsed:
    """`parsed` with a column `place_name`, where `table` has names beside the codes of its communes.

    `meanings`: column of `table` → meaning, as recognised and corrected.
    """
    column = next(
        (each for each, meaning in meanings.items() if meaning == NAME and each in table.frame), None
    )
    if column is None or column == parsed.place_column or parsed.how_places not in _CODES:
        return parsed
    lines = table.lines
    codes, written = pd.factorize(table.frame[column])

    def named(frame: pd.DataFrame) -> pd.Categorical:
        line = frame["line"].to_numpy(dtype=np.int64)
        at = np.searchsorted(lines, line).clip(0, len(lines) - 1)
        return pd.Categorical.from_codes(np.where(lines[at] == line, codes[at], -1), written)

    if parsed.kind == "figures":
        return replace(parsed, cells=parsed.cells.assign(place_name=named))
    return replace(parsed, rows=parsed.rows.assign(place_name=named))


def disagreements(frame: pd.DataFrame, places: Places, column: str) -> list[Problem]:
    """Lines whose code and name tell two communes, as far as the territory is concerned; names that nobody knows are warnings."""
    if "place_name" not in frame or places.with_names:
        return []
    official = reference.commune_names()
    wrong: dict[tuple[str, str], Match] = {}
    for text, name in distinct_pairs(frame["place"], frame["place_name"]):
        match = places.matches.get(text)
        if not match or not match.code or match.decided or not name.strip() or name == official[match.code]:
            continue
        if (match.code in places.inside or not places.inside.isdisjoint(names.bearing(name))) and shape(
            text
        ).digits:
            wrong[text, name] = match
    found: list[Problem] = []
    for (text, name), match in wrong.items():
        where = (frame["place"] == text) & (frame["place_name"] == name)
        found += _other(
            match, name.strip(), places.inside, frame.loc[where, "line"].unique().tolist(), column
        )
    return found


def _other(match: Match, name: str, inside: frozenset[str], lines: list[int], column: str) -> list[Problem]:
    if match.code in names.bearing(name):
        return []
    meant = names.search(name).codes
    if match.code in meant or not ({match.code, *meant} & inside):
        return []
    official = reference.commune_names()
    said = f"Le code {match.text.strip()} désigne {official[match.code]}, la ligne dit « {name[:60]} »"
    if meant:
        listed = " ou ".join(f"{official[code]}, code {code}" for code in meant[:2])
        advice = f"Corrigez le code ou le nom : {listed}."
        return [
            problem("place_disagrees", f"{said}.", advice, line=line, column=column, value=match.text)
            for line in lines
        ]
    said += ", qui n'est le nom d'aucune commune."
    advice = f"Vérifiez que le code est le bon : {official[match.code]} s'écrit {match.code}."
    return [
        warning("place_name_unknown", said, advice, line=line, column=column, value=match.text)
        for line in lines
    ]
