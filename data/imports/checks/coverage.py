"""Communes of the territory that the file does not have, and a file that has none of them."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.french import counted
from data.imports.checks.base import FIGURES, RECORDS, Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import problem, some, warning


def find(context: Context) -> Iterator[Problem]:
    """An error for a file without any row of the territory, a warning for figures that lack some of its communes."""
    if context.placed.empty:
        parsed = context.parsed
        read = parsed.cells if parsed.kind == "figures" else parsed.rows
        if read.empty and any(each.severity == "error" for each in parsed.problems):
            return  # which says why
        aside = [
            f"{counted(lines, 'ligne', 'lignes')} ({reason})" for reason, lines in parsed.set_aside.items()
        ]
        why = f" ; mis de côté : {some(aside)}" if aside else ""
        yield problem(
            "none_inside",
            f"Aucune ligne de ce fichier n'est retenue pour le territoire ({context.territory.name}){why}.",
            "Reprenez le fichier complet, tel qu'il est publié ou rempli."
            if aside and read.empty
            else "Vérifiez la colonne des communes : elle doit contenir des codes INSEE ou des noms, "
            f"par exemple {context.territory.codes[0]} ou {context.territory.names[0]}.",
            column=parsed.place_column,
        )
        return
    if context.parsed.kind != "figures":
        return
    there = set(context.placed["commune"])
    absent = [name for code, name in context.territory.name_of.items() if code not in there]
    if absent:
        yield warning(
            "communes_absent",
            f"{counted(len(absent), 'commune', 'communes')} du territoire sans aucune valeur retenue : {some(absent)}.",
            "Leurs chiffres actuels ne changent pas. Vérifiez que le fichier est complet.",
            column=context.parsed.place_column,
        )


_ALL = ("61013", "61026", "61051", "61067", "61068", "61126", "61156", "61215", "61251", "61258", "61261", "61266", "61284",
        "61304", "61365", "61412", "61415", "61454", "61499", "61502")  # fmt: skip

RULE = Rule(
    "coverage",
    "Le fichier contient le territoire ; les communes absentes sont nommées.",
    find,
    kinds=FIGURES + RECORDS,
    examples=(
        Example(tuple((line, "dwellings", code, "2022", 50.0) for line, code in enumerate(_ALL, start=2))),
        Example(((2, "dwellings", "61156", "2022", 50.0),), ("communes_absent",)),
        Example((), ("none_inside",), parsed={"set_aside": {"lignes dont « type » n'est pas all": 20}}),
        Example((), parsed={"problems": (problem("no_figures", "Aucun chiffre.", "Désignez-les."),)}),
        Example(({"line": 2, "commune": "61156", "label": "Mairie"},), kind="contacts"),
    ),
)
