"""The name beside a code: it tells the communes of a postcode apart, and a code that says another commune than the name is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from data import reference
from data.imports.model import Match, Parsed, Places, Problem, Table
from data.imports.places import names
from data.imports.places.column import name_keys_of, shape
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
    name_of = dict(zip(table.lines.tolist(), table.frame[column], strict=True))
    named = {"place_name": lambda frame: frame["line"].map(name_of).fillna("")}
    if parsed.kind == "figures":
        return replace(parsed, cells=parsed.cells.assign(**named))
    return replace(parsed, rows=parsed.rows.assign(**named))


def disagreements(frame: pd.DataFrame, places: Places, column: str) -> list[Problem]:
    """Lines whose code and name tell two communes, as far as the territory is concerned; names that nobody knows are warnings."""
    if "place_name" not in frame or places.with_names:
        return []
    found: list[Problem] = []
    for (text, name), rows in frame.drop_duplicates("line").groupby(["place", "place_name"], sort=False):
        match = places.matches.get(str(text))
        if match and match.code and not match.decided and str(name).strip() and shape(match.text).digits:
            found += _other(match, str(name).strip(), places.inside, rows["line"].tolist(), column)
    return found


def _other(match: Match, name: str, inside: frozenset[str], lines: list[int], column: str) -> list[Problem]:
    if reference.name_key(name) in name_keys_of(match.code):
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
