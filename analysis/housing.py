"""The housing stock, its two counts of vacancies, its sales: sentences and tables from answers. Published figures, no counts of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import french
from analysis.answers import Answer
from analysis.french import NNBSP
from analysis.model import Status
from analysis.portrait import Cell, cells
from analysis.vocabulary import TENURES

FEW_SALES = 10
"""Below as many sales in the year a median is shown with a warning: one sale more or less moves it much."""


def stock_sentence(vacancy: Answer, parts: Sequence[Answer]) -> str:
    """« 3 660 logements : 2 860 résidences principales (78,1 %), … » from counts and the answer of the vacancy rate.

    `parts` are the answers of rates with the same denominator as `vacancy`.
    """
    total = vacancy.total
    if total.value is None or total.denominator is None:
        return vacancy.sentence
    each_cells = [
        f"{french.quantity(part.total.numerator, _noun(part))} ({part.total_text()})"
        for part in (*parts, vacancy)
        if part.total.numerator is not None and part.total.value is not None
    ]
    where = vacancy.sentence.partition(f"{NNBSP}; ")[2]
    text = f"{french.quantity(total.denominator, 'logements')} ({vacancy.vintage.label}){NNBSP}: {french.join(each_cells)}"
    return (
        f"{text}{NNBSP}; la part vacante{where.removeprefix('la part')}"
        if where.startswith("la part")
        else f"{text}."
    )


def _noun(part: Answer) -> str:
    return {
        "main_share": "résidences principales",
        "second_share": "résidences secondaires ou occasionnelles",
        "vacancy_rate": "logements vacants",
    }.get(part.indicator.id, part.indicator.short.lower())


@dataclass(frozen=True)
class Both:
    """Two counts of the same thing over the communes where both are known: how many communes, and the two sums."""

    communes: int
    first: float
    second: float


def both(first: Answer, second: Answer) -> Both:
    """The sums of two counts over the communes that have both: the only ones that can stand side by side."""
    one, two = cells(first), cells(second)
    known = [(one[c].value, two[c].value) for c in one]
    pairs = [(a, b) for a, b in known if a is not None and b is not None]
    return Both(len(pairs), sum(a for a, _ in pairs), sum(b for _, b in pairs))


def two_counts_sentence(census: Answer, private: Answer) -> str:
    """Census and LOVAC in one sentence, « au moins » where part of the second is suppressed."""
    first = (
        f"Le recensement compte {census.total_text()} vacants ({census.vintage.label})"
        if census.total.value is not None
        else f"Le recensement ne donne pas de total ({census.total.reason})"
    )
    if private.total.value is None:
        return f"{first}{NNBSP}; LOVAC ne donne pas de total ({private.total.reason})."
    least = "au moins " if private.total.at_least else ""
    part = (
        f", {private.total.covered} communes sur {private.total.of} publiées"
        if private.total.at_least
        else ""
    )
    return (
        f"{first}{NNBSP}; LOVAC en compte {least}{french.number(private.total.value)} dans le parc privé ({private.vintage.label}{part}). "
        "Les deux sont justes et ne mesurent pas la même chose."
    )


def comparable_sentence(census: Answer, private: Answer) -> str:
    """The same two counts over the communes that have both; empty when that is none or all of them."""
    found = both(census, private)
    if not found.communes or found.communes == len(census.cells):
        return ""
    return (
        f"À communes égales (les {found.communes} où les deux sont publiés){NNBSP}: {french.quantity(found.first, 'logements vacants')} "
        f"au recensement, {french.quantity(found.second, 'logements vacants')} dans LOVAC."
    )


def differences(census: Answer, private: Answer) -> pd.DataFrame:
    """Why the two counts differ, line by line: `name`, `census`, `private`. What is missing is counted in the answers."""
    rows = [
        ("Ce qui est compté", "Tous les logements : privés, sociaux, communaux", "Le parc privé seulement"),
        (
            "Comment",
            "Enquête auprès des habitants, cinq années de suite ; une estimation, pas toujours un nombre entier",
            "Fichiers fiscaux",
        ),
        (
            "Quand",
            f"Milieu des cinq années d'enquête ({census.vintage.label})",
            f"Un jour ({private.vintage.label}) ; la part divise par le parc de l'année précédente",
        ),
        ("Ce qui manque", _lacking(census), _lacking(private)),
    ]
    return pd.DataFrame(
        [[french.spaced(text) for text in row] for row in rows], columns=["name", "census", "private"]
    )


def _lacking(found: Answer) -> str:
    of = len(found.cells)
    if found.total.status is Status.NOT_IMPORTED:
        return french.sentence(french.status_text(found.total.status))
    secret, missing = (
        int((found.cells["status"] == s.value).sum()) for s in (Status.SUPPRESSED, Status.MISSING)
    )
    sentences = []
    if secret:
        sentences.append(
            f"secret statistique dans {secret} communes sur {of} : un nombre existe, sa taille est inconnue"
        )
    if missing:
        sentences.append(f"non publié dans {missing} communes sur {of}")
    return french.sentence(french.join(sentences)) if sentences else "Rien : chaque commune a son chiffre"


def two_rates_note(census: Answer, private: Answer) -> str:
    """Why the share of vacant dwellings of the census and that of LOVAC (answers of the two rates) are not one figure, in a line."""
    return french.spaced(
        f"Pourquoi deux parts de logements vacants ? {census.vintage.label} compte tous les logements, estimés sur cinq années d'enquête ; "
        f"LOVAC ne compte que le parc privé, d'après les fichiers fiscaux ({private.vintage.label}). L'une ne corrige pas l'autre."
    )


def since_when(vacant: Cell, long: Cell) -> str:
    """Since when the vacant dwellings of one commune are vacant, as far as it is known: `vacant` and `long` (more than two years) of LOVAC.

    Where it is not known, why: secret, or published by nobody.
    """
    edition = f"LOVAC, {long.answer.vintage.label}"
    if long.status is Status.OBSERVED and long.value is not None:
        of = (
            f" sur {french.number(vacant.value)}" if vacant.status is Status.OBSERVED and vacant.value else ""
        )
        known = french.quantity(long.value, "logements")
        return french.spaced(
            f"Depuis quand sont-ils vacants ? {known}{of} depuis plus de deux ans ({edition})."
        )
    why = (
        "le nombre est trop petit pour être publié (secret statistique)"
        if long.status is Status.SUPPRESSED
        else "aucun producteur ne le publie pour cette commune"
    )
    return french.spaced(f"Depuis quand sont-ils vacants ? On ne le sait pas : {why} ({edition}).")


def sales_sentence(years: Sequence[Answer]) -> str:
    """How many houses were sold, from the first to the last year (answers of one count, oldest first)."""
    known = [a for a in years if a.total.value is not None]
    if not known:
        return years[-1].sentence if years and years[-1].to_import else "Aucune vente publiée."
    last = known[-1]
    text = f"{french.sentence(last.total_text())} de maisons en {last.vintage.label}"
    if len(known) > 1:
        first = known[0]
        most = max(known, key=lambda a: a.total.value or 0.0)
        least = any(a.total.at_least for a in known)
        total = french.quantity(sum(a.total.value or 0.0 for a in known), "ventes")
        text += f", contre {first.total_text()} en {first.vintage.label}{NNBSP}; {'au moins ' if least else ''}{total} en {len(known)} ans"
        if most is not last and most is not first:
            text += f", le plus en {most.vintage.label} ({most.total_text()})"
    return f"{text}."


def by_year(years: Sequence[Answer]) -> pd.DataFrame:
    """One row a commune in the order of names: `commune`, `name`, and one column of texts a period (counts without their unit)."""
    first = years[0].cells
    table = pd.DataFrame({"commune": first["commune"], "name": first["name"]})
    for found in years:
        each_cells = cells(found)
        table[found.vintage.period] = [bare(each_cells[code]) for code in table["commune"]]
    return table.sort_values("name", key=lambda names: names.map(french.sort_key), ignore_index=True)


def bare(one: Cell) -> str:
    """A count without its unit, for a column whose heading names it; everything else as it reads."""
    if one.value is None or one.answer.indicator.kind != "count":
        return one.text
    return french.number(one.value, one.answer.indicator.decimals)


def price_points(prices: Sequence[Answer], sales: Sequence[Answer]) -> pd.DataFrame:
    """One row a median: `commune`, `name`, `year`, `price` (€/m²), `sales` behind it (NaN when unknown), `few` (< `FEW_SALES`), `text`.

    `prices` and `sales` go by the same periods.
    """
    counts = {a.vintage.period: cells(a) for a in sales}
    rows = []
    for found in prices:
        for code, one in cells(found).items():
            if one.value is None:
                continue
            behind = counts.get(found.vintage.period, {}).get(code)
            rows.append(
                (code, found.vintage.label, one.value, behind.value if behind else None, _price(one, behind))
            )
    names = dict(zip(prices[0].cells["commune"], prices[0].cells["name"], strict=True)) if prices else {}
    table = pd.DataFrame(rows, columns=["commune", "year", "price", "sales", "text"])
    return table.assign(
        name=[names[code] for code in table["commune"]],
        few=[bool(n < FEW_SALES) for n in table["sales"].astype(float)],
    )


def price_table(prices: Sequence[Answer], sales: Sequence[Answer]) -> pd.DataFrame:
    """As `by_year`, each median with the number of its sales: « 1 026 €/m² (8 ventes) », « moins de 5 ventes »."""
    table = by_year(prices)
    counts = {a.vintage.period: cells(a) for a in sales}
    for found in prices:
        each_cells, period = cells(found), found.vintage.period
        table[period] = [
            _price(each_cells[code], counts.get(period, {}).get(code)) for code in table["commune"]
        ]
    return table


def _price(one: Cell, behind: Cell | None) -> str:
    if one.value is None or behind is None or behind.value is None:
        return one.text
    return f"{one.text} ({behind.text})"


def listings_sentence(available: pd.DataFrame, days: int) -> str:
    """« 6 annonces vues disponibles ces 8 derniers jours : 4 à louer, 2 à vendre. »"""
    count = len(available)
    if not count:
        return f"Aucune annonce vue disponible ces {days} derniers jours."
    counts = {tenure: int((available["tenure"] == tenure).sum()) for tenure in TENURES}
    parts = [f"{n} {TENURES[tenure]}" for tenure, n in counts.items() if n]
    seen = french.plural(count, "annonce vue disponible", "annonces vues disponibles")
    return f"{french.number(count)} {seen} ces {days} derniers jours{NNBSP}: {french.join(parts)}."


def known_pairs(first: Answer, second: Answer) -> pd.DataFrame:
    """The communes that have both counts: `name`, `first`, `second`, the largest `first` on top."""
    one, two = cells(first), cells(second)
    names = dict(zip(first.cells["commune"], first.cells["name"], strict=True))
    rows = [
        (names[c], one[c].value, two[c].value)
        for c in one
        if one[c].status is Status.OBSERVED and two[c].status is Status.OBSERVED
    ]
    table = pd.DataFrame(rows, columns=["name", "first", "second"])
    return table.sort_values("first", ascending=False, kind="stable", ignore_index=True)
