"""What stands beside a commune: the name beside a code, the département beside either.

The name tells the communes of a postcode apart, the département tells homonyms apart. Where a code is contradicted by the name of its
line, and the name with its département means one commune, that commune is proposed (`supported`); otherwise a code of another commune
than the name, or of another département, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.french import spaced
from data import reference
from data.imports.formats.base import COMMUNE_NAME
from data.imports.headings import fold
from data.imports.model import Parsed, PlaceMatch, Places, Problem, Table
from data.imports.places import names
from data.imports.places.column import distinct_pairs, shape
from data.imports.places.spelling import distance
from data.imports.wording import problem, warning
from data.reference import lookup

_CODES = ("codes", "postcodes")
_DEPARTEMENT = re.compile(
    r"(?:(?:code|num|numero|n°|lib|libelle|nom)[ _-]?(?:du[ _])?)?(?:dep|dept|dpt|departement)(?:[ _-].*)?"
)
_MOST = 0.9  # of its filled cells that must be départements

_MISSPELT = 2  # letters

Taken = Callable[[pd.DataFrame], pd.Categorical]


def with_names(parsed: Parsed, table: Table, meanings: Mapping[str, str]) -> Parsed:
    """`parsed` with what `table` has beside its communes: `place_name` beside codes, `place_departement` beside codes and names.

    `meanings`: column of `table` → meaning, as recognised and corrected. The département is found by its header and its cells.
    """
    beside: dict[str, Taken] = {}
    name = next(
        (each for each, meaning in meanings.items() if meaning == COMMUNE_NAME and each in table.frame), None
    )
    if name is not None and name != parsed.place_column and parsed.how_places in _CODES:
        beside["place_name"] = _taken(table, name)
    departement = next((each for each in table.frame if _is_departement(table, str(each))), None)
    if departement is not None and departement != parsed.place_column:
        beside["place_departement"] = _taken(table, departement)
    if not beside:
        return parsed
    if parsed.kind == "figures":
        return replace(parsed, cells=_without_holes(parsed.cells.assign(**beside)))
    return replace(parsed, rows=parsed.rows.assign(**beside))


def _without_holes(cells: pd.DataFrame) -> pd.DataFrame:
    """`cells` with empty codes replaced by the name of their line, with its département where there is one."""
    empty = cells["place"].astype("str").str.strip() == ""
    if "place_name" not in cells or not empty.any():
        return cells
    names_ = cells["place_name"].astype("object").fillna("")
    if "place_departement" in cells:
        departements = cells["place_departement"].astype("object").fillna("")
        names_ = pd.Series(
            [qualified(*pair) for pair in zip(names_, departements, strict=True)], index=cells.index
        )
    return cells.assign(place=cells["place"].where(~empty, names_))


def _taken(table: Table, column: str) -> Taken:
    """For the rows of a frame, the cells of `column` on their lines."""
    codes, written = pd.factorize(table.frame[column])
    order = np.argsort(table.lines, kind="stable")
    lines, codes = table.lines[order], codes[order]

    def taken(frame: pd.DataFrame) -> pd.Categorical:
        line = frame["line"].to_numpy(dtype=np.int64)
        at = np.searchsorted(lines, line).clip(0, max(0, len(lines) - 1))
        return pd.Categorical.from_codes(np.where(lines[at] == line, codes[at], -1), written)

    return taken


def _is_departement(table: Table, column: str) -> bool:
    if not _DEPARTEMENT.fullmatch(fold(column)):
        return False
    cells = [text for text in table.frame[column].unique() if text.strip()]
    return bool(cells) and sum(bool(names.departement(text)) for text in cells) >= _MOST * len(cells)


def qualified(text: str, departement: str) -> str:
    """A name and its département as one text: « Bures (61) »."""
    code = names.departement(departement)
    return f"{text.strip()} ({code})" if code and text.strip() and "(" not in text else text


def supported(frame: pd.DataFrame, places: Places) -> Places:
    """`places` with a question for each code that is nobody's, or another commune's, on lines that all name one commune of the territory.

    The département beside, or else that of the code, tells homonyms apart. Nothing is changed until somebody confirms. A code that one
    of its lines names rightly stays, as do those already decided.
    """
    if "place_name" not in frame or places.with_names:
        return places
    official, doubtful, rightly = reference.commune_names(), dict[str, set[str]](), set[str]()
    departements = frame["place_departement"] if "place_departement" in frame else frame["place"]
    lines = pd.DataFrame(
        {"text": frame["place"], "name": frame["place_name"], "departement": departements}
    ).drop_duplicates()
    for text, name, departement in lines.fillna("").astype(object).itertuples(index=False):
        match, digits = places.matches.get(text), shape(text).digits
        if not match or match.decided or not digits or shape(text).name or not name.strip():
            continue
        if match.code and (name == official[match.code] or match.code in names.bearing(name)):
            rightly.add(text)
        else:
            near = (names.departement(departement), lookup.departement_of(digits))
            doubtful.setdefault(text, set()).add(_only(name, near, places.inside))
    asked = {}
    for text, meant in doubtful.items():
        match, code = places.matches[text], min(meant)
        if text in rightly or len(meant) > 1 or not code:
            continue
        if match.merged and not lookup.former_name(shape(text).digits):
            continue  # no table keeps the name of this former code
        said = f"désigne {official[match.code]}" if match.code else "n'est celui d'aucune commune"
        asked[text] = PlaceMatch(
            text, "probable", code,
            spaced(f"Le code {text.strip()} {said}, la ligne dit « {official[code]} », dont le code est {code}."),
            (code, *([match.code] if match.code else [])),
        )  # fmt: skip
    return replace(places, matches={**places.matches, **asked}) if asked else places


def _only(name: str, departements: tuple[str, str], inside: frozenset[str]) -> str:
    """The one commune that `name` means, by itself or in the first of `departements` that is told; empty for none, several, elsewhere."""
    if inside.isdisjoint(names.bearing(name)):
        return ""
    found = names.search(name).codes
    told = next(filter(None, departements), "")
    if len(found) > 1 or departements[0]:
        found = tuple(code for code in found if lookup.departement_of(code) == told)
    return found[0] if len(found) == 1 and found[0] in inside else ""


def disagreements(frame: pd.DataFrame, places: Places, column: str) -> list[Problem]:
    """Problems of lines whose code is of another commune than the name, or of another département, when it concerns the territory.

    A name that is no commune's is a warning.
    """
    found = _other_departements(frame, places, column) if "place_departement" in frame else []
    if "place_name" not in frame or places.with_names:
        return found
    official = reference.commune_names()
    wrong: dict[tuple[str, str], PlaceMatch] = {}
    for text, name in distinct_pairs(frame["place"], frame["place_name"]):
        match = places.matches.get(text)
        if not match or not match.code or match.decided or not name.strip() or name == official[match.code]:
            continue
        if (match.code in places.inside or not places.inside.isdisjoint(names.bearing(name))) and shape(
            text
        ).digits:
            wrong[text, name] = match
    for (text, name), match in wrong.items():
        where = (frame["place"] == text) & (frame["place_name"] == name)
        found += _other(
            match, name.strip(), places.inside, frame.loc[where, "line"].unique().tolist(), column
        )
    return found


def _other(
    match: PlaceMatch, name: str, inside: frozenset[str], lines: list[int], column: str
) -> list[Problem]:
    if match.code in names.bearing(name):
        return []
    if match.merged and not lookup.former_name(shape(match.text).digits):
        return []  # no table keeps the name of this former code
    meant = names.search(name).codes
    if match.code in meant or not ({match.code, *meant} & inside):
        return []
    official = reference.commune_names()
    message = f"Le code {match.text.strip()} désigne {official[match.code]}, la ligne dit « {name[:60]} »"
    if meant:
        meant = tuple(sorted(meant, key=lambda code: code not in inside))
        listed = " ou ".join(f"{official[code]}, code {code}" for code in meant[:2])
        advice = f"Corrigez le code ou le nom : {listed}."
        return [
            problem("place_disagrees", f"{message}.", advice, line=line, column=column, value=match.text)
            for line in lines
        ]
    if _alike(name, official[match.code]):
        return []
    message += ", qui n'est le nom d'aucune commune."
    advice = f"Vérifiez que le code est le bon : {official[match.code]} s'écrit {match.code}."
    return [
        warning("place_name_unknown", message, advice, line=line, column=column, value=match.text)
        for line in lines
    ]


def _alike(name: str, official: str) -> bool:
    """Whether `name`, which is no commune's, is `official` shortened or with at most `_MISSPELT` wrong letters: then the code decides."""
    written, known = reference.name_key(name), reference.name_key(official)
    return known.startswith(f"{written} ") or distance(written, known) <= _MISSPELT


def _other_departements(frame: pd.DataFrame, places: Places, column: str) -> list[Problem]:
    ours = {lookup.departement_of(code) for code in places.inside}
    official = reference.commune_names()
    found = []
    for text, written in distinct_pairs(frame["place"], frame["place_departement"]):
        match, digits = places.matches.get(text), shape(text).digits
        departement = names.departement(written)
        if not match or not match.code or match.decided or not digits or not departement:
            continue
        if departement in (lookup.departement_of(digits), lookup.departement_of(match.code)):
            continue
        if match.code not in places.inside and departement not in ours:
            continue
        where = (frame["place"] == text) & (frame["place_departement"] == written)
        found += [
            problem(
                "departement_disagrees",
                f"Le code {text.strip()} désigne {official[match.code]}, la ligne dit le département « {written.strip()} ».",
                f"Corrigez le code ou le département : un code commence par celui de son département, ici {departement}.",
                line=line,
                column=column,
                value=text,
            )
            for line in frame.loc[where, "line"].unique().tolist()
        ]
    return found
