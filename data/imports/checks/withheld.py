"""Secret and missing told apart: a figure that is known today and would become secret or unpublished; a column without any number."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.french import counted
from analysis.model import OBSERVATION_KEY
from data import reference
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import Problem
from data.imports.wording import some, warning

_SAID = {
    "suppressed": ("deviendrait secrète (secret statistique)", "deviendraient secrètes (secret statistique)"),
    "missing": ("deviendrait non publiée", "deviendraient non publiées"),
}


def find(context: Context) -> Iterator[Problem]:
    """One warning an indicator, a period and a status for known figures lost; one for a column without a number."""
    yield from _lost(context)
    yield from _empty(context)


def _lost(context: Context) -> Iterator[Problem]:
    stored = context.current[context.current["status"] == "observed"][OBSERVATION_KEY]
    hidden = context.placed[context.placed["status"].isin(list(_SAID))].merge(stored, on=OBSERVATION_KEY)
    names = reference.commune_names()
    for (id_, period, status), rows in hidden.groupby(["indicator", "period", "status"], sort=False):
        yield warning(
            "known_lost",
            f"{counted(len(rows), 'valeur connue', 'valeurs connues')} de « {context.name(str(id_))} » ({period}) "
            f"{_SAID[str(status)][len(rows) > 1]} : {some([names.get(code, code) for code in rows['commune']], 3)}.",
            "Vérifiez que la case est bien vide ou secrète dans la source ; pour garder la valeur connue, retirez la ligne.",
            line=rows["line"].iloc[0],
            column=rows["column"].iloc[0],
            value=rows["text"].iloc[0],
        )


def _empty(context: Context) -> Iterator[Problem]:
    cells = context.parsed.cells
    full = set(cells.loc[cells["status"] == "observed", "column"].unique())
    for column in cells["column"].unique():
        if column in full:
            continue
        first = cells[cells["column"] == column].iloc[0]
        yield warning(
            "no_number",
            f"« {context.name(first['indicator'])} » ({first['period']}) n'a aucun nombre dans ce fichier.",
            "Vérifiez que la colonne est la bonne, ou ignorez-la.",
            column=str(column),
        )


RULE = Rule(
    "withheld",
    "Un chiffre connu ne devient pas secret ou non publié sans qu'on le dise ; une colonne a au moins un nombre.",
    find,
    examples=(
        Example(
            ((2, "dwellings", "61156", "2022", "suppressed"), (3, "dwellings", "61258", "2022", 465.0)),
            ("known_lost",),
            current=(("dwellings", "61156", "2022", 300.0),),
        ),
        Example(
            (
                (2, "dwellings", "61156", "2022", "missing"),
                (3, "dwellings", "61258", "2022", "suppressed"),
                (4, "dwellings", "61013", "2022", 1.0),
            ),
            ("known_lost", "known_lost"),
            current=(("dwellings", "61156", "2022", 300.0), ("dwellings", "61258", "2022", 465.0)),
        ),
        Example(((2, "dwellings", "61156", "2022", "suppressed"), (3, "dwellings", "61258", "2022", 465.0))),
        Example(
            ((2, "dwellings", "61156", "2022", "missing"), (3, "dwellings", "61258", "2022", "missing")),
            ("no_number",),
        ),
    ),
)
