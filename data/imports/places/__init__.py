"""Which commune each row of a file means: codes, postcodes, names in any spelling, former communes; then the rows with their commune.

Every distinct text is graded: certain; probable (to confirm); ambiguous (to choose); unknown; outside the territory. What a person
decided, now or for an earlier file, wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from analysis.french import spaced
from data import reference
from data.imports.model import Parsed, PlaceMatch, Places, Problem
from data.imports.places import digits, names
from data.imports.places.beside import qualified, supported, with_names
from data.imports.places.column import Column, Shape, decide, distinct, distinct_pairs, joined, shape
from data.imports.places.placed import Placed, apply
from data.imports.wording import problem, warning
from data.reference import lookup
from data.territory import Territory

__all__ = ["Placed", "apply", "match", "match_places", "with_names"]


def match(
    parsed: Parsed,
    territory: Territory,
    *,
    decided: str = "",
    fixes: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
) -> Places:
    """The places of a parsed table, with the names beside its codes where it has them (`with_names`): see `match_places`. What the rest of
    a line says against its code becomes a question (`supported`).
    """
    frame = parsed.cells if parsed.kind == "figures" else parsed.rows
    if "place" not in frame:
        return Places({}, "Ce fichier ne désigne aucune commune.")
    places = match_places(
        frame["place"],
        territory,
        how=parsed.how_places,
        decided=decided,
        names_beside=frame.get("place_name"),
        departements=None if parsed.how_places in ("codes", "postcodes") else frame.get("place_departement"),
        fixes=fixes or {},
        remembered=remembered or {},
    )
    return supported(frame, places)


def match_places(
    texts: Iterable[str],
    territory: Territory,
    *,
    how: str = "",
    decided: str = "",
    names_beside: Iterable[str] | None = None,
    departements: Iterable[str] | None = None,
    fixes: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
) -> Places:
    """Grade each distinct text of a column of places.

    `how` is what the format expects (``codes``, ``names``, ``postcodes``), `decided` what a person answered for the whole column.
    `names_beside` goes with `texts`: where codes prove to be postcodes, each pair is one place and `Places.with_names` is true.
    `departements` goes with `texts` that are names: each pair is one place, « Bures (61) », and `Places.with_departements` is true.
    `fixes` and `remembered` map a text to an INSEE code, or to nothing to set its rows aside; a remembered choice for digits gives way
    to a column that decides them. Empty texts are not places.
    """
    pairs = distinct_pairs(texts, names_beside) if names_beside is not None else ()
    if departements is not None:
        written: Iterable[str] = (qualified(*pair) for pair in distinct_pairs(texts, departements))
    else:
        written = (text for text, _ in pairs) if pairs else distinct(texts)
    shapes = {text: shape(text) for text in dict.fromkeys(written) if text.strip()}
    inside = territory.name_of
    beside: dict[str, set[str]] = {}
    for text, name in pairs:
        if text in shapes and name and shapes[text].digits:
            beside.setdefault(shapes[text].digits, set()).add(name)
    column = decide(shapes.values(), inside, how=how, decided=decided, names=beside)
    paired = names_beside is not None and column.reading in ("postcodes", "undecided")
    if paired:
        shapes = {text: shape(text) for text in (joined(*pair) for pair in pairs) if text}
    matches = _grade(shapes, column, inside)
    problems = _decisions(matches, inside, fixes or {}, remembered or {}, column)
    if column.disagreement:
        problems.append(
            warning(
                "places_mixed",
                column.disagreement,
                "Dites si la colonne contient des codes INSEE ou des codes postaux, ou choisissez la commune de chaque valeur. "
                "Un code INSEE, par exemple 01004, désigne une seule commune.",
            )
        )
    return Places(
        matches, spaced(column.how), tuple(problems), paired, frozenset(inside), departements is not None
    )


def _grade(shapes: Mapping[str, Shape], column: Column, inside: Mapping[str, str]) -> dict[str, PlaceMatch]:
    near = frozenset(lookup.departement_of(code) for code in inside)
    named = [text for text, each in shapes.items() if not each.digits]
    found = {text: names.search(text) for text in named}
    matches = {text: digits.match(text, each, column, inside) for text, each in shapes.items() if each.digits}
    witnesses = names.Witnesses.of(found, (each.code for each in matches.values() if each.code))
    if witnesses.articles:
        found = {
            text: names.search(text, articles=True) if len(each.codes) > 1 else each
            for text, each in found.items()
        }
    for text in named:
        matches[text] = names.match(text, found[text], witnesses, inside, near)
    # the reasons of what lies outside have their spaces already: there may be 35,000 of them
    return {
        text: each if each.grade == "outside" else replace(each, why=spaced(each.why))
        for text, each in ((text, matches[text]) for text in shapes)
    }


def _decisions(
    matches: dict[str, PlaceMatch],
    inside: Mapping[str, str],
    fixes: Mapping[str, str],
    remembered: Mapping[str, str],
    column: Column,
) -> list[Problem]:
    """Put what people decided over what was found; problems for decisions that name no commune."""
    problems = []
    decisions = {
        **{text: (code, False) for text, code in remembered.items()},
        **{t: (c, True) for t, c in fixes.items()},
    }
    for text, (code, now) in decisions.items():
        if text not in matches:
            continue
        if not now and shape(text).digits and matches[text].grade in ("certain", "outside"):
            continue  # « 61170 » was a postcode in another file; here it is a code
        decider = "choisi par vous" if now else "choisi lors d'un import précédent"
        current = reference.resolve(code) if code else ""
        if current is None:
            problems.append(
                problem(
                    "fix_unknown",
                    f"Le code {code} choisi pour « {text[:60]} » n'est celui d'aucune commune.",
                    "Choisissez une commune de la liste, par exemple 01004.",
                    value=text,
                )
            )
        elif not current:
            matches[text] = PlaceMatch(text, "outside", why=f"Écarté\u202f: {decider}.", decided=True)
        elif current in inside:
            matches[text] = PlaceMatch(
                text, "certain", current, f"{inside[current]} ({current}), {decider}.", decided=True
            )
        else:
            name = reference.commune_names()[current]
            matches[text] = PlaceMatch(
                text,
                "outside",
                current,
                f"Hors du territoire\u202f: {name} ({current}), {decider}.",
                decided=True,
            )
    return problems
