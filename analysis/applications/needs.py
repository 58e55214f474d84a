"""What a household needs of a commune beside a dwelling, and which imported figures tell where that is.

The project ships no file of schools, doctors or shops. An analyst imports one (a column of numbers by commune, named « Écoles » or
« Médecins généralistes »): it is recognised here by its name. What nobody imported is « pas encore importé », never « there is none ».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis import french
from analysis.answers import Answer
from analysis.applications.fit import Found
from analysis.applications.household import Household, Trait
from analysis.model import Indicator, Status


@dataclass(frozen=True)
class Need:
    """`label` as in « une école »; `roots`: how words in the name of an indicator begin that counts it, without accents; `trait`: of the
    households that have it, None for all."""

    label: str
    roots: tuple[str, ...]
    trait: Trait | None = None


_MINDERS = ("assistante maternelle", "assistantes maternelles", "assistant maternel", "assistants maternels")
NEEDS: tuple[Need, ...] = (
    Need("une école", ("ecole",), Trait.SCHOOL),
    Need("une garde d’enfants", ("creche", "garde d enfant", *_MINDERS), Trait.CHILDCARE),
    Need("un médecin", ("medecin",)),
    Need("des commerces", ("commerce", "epicerie", "boulangerie", "superette", "supermarche")),
)  # fmt: skip
DWELLING = "une annonce de logement"


def wanted(household: Household | None) -> tuple[Need, ...]:
    """The needs of a household; of one that is not known, those that every household has."""
    traits = household.traits if household else frozenset()
    return tuple(need for need in NEEDS if need.trait is None or need.trait in traits)


def told_by(need: Need, indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """The published counts whose name says that they count it."""
    start = re.compile("|".join(rf"(?<![a-z-]){re.escape(root)}" for root in need.roots))
    return tuple(
        each
        for each in indicators
        if each.kind == "count" and each.secrecy == "published" and start.search(_plain(each.name))
    )


def found(answers: Sequence[Answer]) -> Found | None:
    """Where the answers (of one need, latest vintages) count at least one, and which they are; None without any: nobody imported one."""
    if not answers:
        return None
    communes: dict[str, None] = {}
    for each in answers:
        here = each.cells[(each.cells["status"] == Status.OBSERVED.value) & (each.cells["value"] > 0)]
        communes |= dict.fromkeys(str(code) for code in here["commune"])
    return Found(
        tuple(communes), french.join([f"{each.indicator.name}, {each.vintage.label}" for each in answers])
    )


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold()).replace("’", " ").replace("'", " ")
    return "".join(sign for sign in folded if not unicodedata.combining(sign))
