"""Figures of an older edition over those of a newer one, which may have revised them."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model import Source, Vintage
from data.imports.checks.base import Context, Example, Rule
from data.imports.model import NewVintage, Problem
from data.imports.wording import some, warning


def find(context: Context) -> Iterator[Problem]:
    """One warning a pair of editions, the file's being the older."""
    periods_given = set(
        context.placed[["indicator", "period"]].drop_duplicates().itertuples(index=False, name=None)
    )
    found: dict[tuple[Source, Source], list[str]] = {}
    for each in context.parsed.new:
        if not isinstance(each, NewVintage) or (each.indicator, each.vintage.period) not in periods_given:
            continue
        now = context.editions.get((each.indicator, each.vintage.period))
        if now is not None and now.reference > each.source.reference:
            title = f"« {context.name(each.indicator)} » ({each.vintage.label})"
            found.setdefault((now, each.source), []).append(title)
    for (now, old), named in found.items():
        yield warning(
            "older_edition",
            f"Ce fichier ({old.edition}) est plus ancien que l'édition publiée aujourd'hui ({now.edition}) pour {some(named, 3)}.",
            "Ne publiez que pour revenir à l'édition ancienne ; l'édition récente a pu corriger ces chiffres.",
        )


def _source(year: str) -> Source:
    return Source(f"lovac_{year}", "Cerema", "LOVAC", f"LOVAC {year}", "Licence", reference=f"{year}-01-01")


def _example(file: str, now: str, *expected: str) -> Example:
    new = NewVintage(
        _source(file), "lovac_vacant", Vintage("2024-01-01", "1er janvier 2024", f"lovac_{file}")
    )
    return Example(
        ((2, "lovac_vacant", "61156", "2024-01-01", 12.0),),
        expected,
        parsed={"new": (new,)},
        editions={("lovac_vacant", "2024-01-01"): _source(now)},
    )


RULE = Rule(
    "editions",
    "Une édition ancienne ne recouvre pas une édition récente sans qu'on le dise.",
    find,
    examples=(
        _example("2026", "2025"),
        _example("2025", "2025"),
        _example("2025", "2026", "older_edition"),
    ),
)
