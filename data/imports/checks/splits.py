"""A commune that another has left since, in a file that has no row for the other: its row may be of before, of a larger commune."""

from __future__ import annotations

from collections.abc import Iterator

from data import reference
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import some, warning


def find(context: Context) -> Iterator[Problem]:
    """A warning for each such commune, at its first line; none where the file holds nothing that could tell (a cut to the territory)."""
    there, here = set(context.parsed.cells["place"]), set(context.territory.codes)
    names = reference.commune_names()
    whole = any(code in names for code in there - here)
    left: dict[str, list[reference.Passage]] = {}
    for each in reference.passages():
        if each.kind == "split" and each.code_after not in there and (whole or each.code_after in here):
            left.setdefault(each.code, []).append(each)
    for code, lines in context.placed.groupby("commune", sort=False)["line"]:
        gone = left.get(str(code), [])
        if gone:
            since, called = gone[-1].year, names.get(str(code), str(code))
            yield warning(
                "split_since",
                f"{some([f'{each.name_after} ({each.code_after})' for each in gone])} n'est plus dans {called} depuis {since}, "
                "et le fichier n'en a pas de ligne.",
                f"Si le fichier est d'avant {since}, la ligne de {called} est celle d'une commune plus grande : laissez-la de côté.",
                line=int(lines.min()),
                column=context.parsed.place_column,
                value=str(code),
            )


_PARTS = ("15031", "15035", "15047", "15171")

RULE = Rule(
    "splits",
    "Une commune scindée depuis n'est pas confondue avec celle, plus grande, d'un fichier d'avant.",
    find,
    examples=(
        Example(((2, "dwellings", "15141", "2022", 1000.0),), ("split_since",)),
        Example(
            tuple(
                (line, "dwellings", code, "2022", 100.0)
                for line, code in enumerate(("15141", *_PARTS), start=2)
            )
        ),
        Example(((2, "dwellings", "61156", "2022", 50.0),)),
    ),
)
