"""Figures of what surrounds a commune: from counts, never from rates, told short of hidden communes, absent where nobody can make them."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from analysis.answers import FigureSet, answer
from analysis.french import NNBSP
from analysis.levels import Elsewhere, LevelFigures, elsewhere, references
from analysis.model import LEVEL_COLUMNS, Indicator, Level, Status, Vintage

VACANT = Indicator("vacant", "Vacants", "logements", "Logement", "count", (Vintage("2022", "RP 2022", "s"),))
STOCK = replace(VACANT, id="stock", name="Logements")
RATE = replace(
    VACANT, id="rate", name="Part vacante", unit="%", kind="ratio", numerator=("vacant",), denominator=("stock",), scale=100, decimals=1
)  # fmt: skip
CHANGE = replace(
    RATE, id="change", kind="change", numerator=("stock",), denominator=(),
    vintages=(Vintage("2022", "2016 → 2022", "s", base_period="2016"),),
)  # fmt: skip
PRICE = replace(VACANT, id="price", kind="published", no_total="une médiane ne s'additionne pas")
CATALOGUE = {each.id: each for each in (VACANT, STOCK, RATE, CHANGE, PRICE)}
ORNE = Level("departement", "61", "Orne")


def figures(*rows: tuple[str, str, float, int, int, int]) -> LevelFigures:
    """Rows of the Orne: indicator, period, value (NaN when hidden), covered, hidden, communes."""
    made = [
        (id_, period, "departement", "61", value, "suppressed" if math.isnan(value) else "observed", covered, hidden, of)
        for id_, period, value, covered, hidden, of in rows
    ]  # fmt: skip
    return LevelFigures(pd.DataFrame(made, columns=LEVEL_COLUMNS))


def asked(indicator: Indicator, known: LevelFigures) -> Elsewhere:
    """The Orne's figure beside a territory without any."""
    none = FigureSet(
        pd.DataFrame(columns=["indicator", "commune", "period", "value", "status"]), {"61258": "Le Mêle"}
    )
    (found,) = elsewhere(answer(indicator, none, CATALOGUE), known, (ORNE,))
    return found


def test_a_rate_is_made_of_the_sums_of_counts() -> None:
    found = asked(RATE, figures(("vacant", "2022", 150, 3, 0, 3), ("stock", "2022", 1000, 3, 0, 3)))
    assert (found.total.value, found.total.numerator, found.total.denominator) == (15, 150, 1000)
    assert (found.text, found.detail, found.head) == (
        f"15,0{NNBSP}%",
        "3\u00a0communes",
        "Orne (département)",
    )


def test_a_change_is_made_of_the_sums_of_both_years() -> None:
    found = asked(CHANGE, figures(("stock", "2022", 1100, 3, 0, 3), ("stock", "2016", 1000, 3, 0, 3)))
    assert found.total.value == pytest.approx(10) and found.text.startswith("+10,0")


def test_a_sum_short_of_hidden_communes_is_at_least_and_makes_no_rate() -> None:
    known = figures(("vacant", "2022", 150, 2, 1, 3), ("stock", "2022", 1000, 3, 0, 3))
    assert asked(VACANT, known).text == "au moins 150\u00a0logements"
    rate = asked(RATE, known)
    assert rate.total.value is None and rate.total.status is Status.SUPPRESSED
    assert (rate.text, rate.detail) == ("secret statistique", "secret statistique dans 1 commune sur 3")


def test_a_rate_needs_nearly_all_communes_and_the_same_for_both_counts() -> None:
    few = asked(RATE, figures(("vacant", "2022", 10, 94, 0, 100), ("stock", "2022", 100, 94, 0, 100)))
    assert few.total.value is None and few.detail == "publié dans 94 communes sur 100"
    nearly = asked(RATE, figures(("vacant", "2022", 10, 95, 0, 100), ("stock", "2022", 100, 95, 0, 100)))
    assert nearly.total.value == 10 and nearly.detail == "95 communes sur 100"
    apart = asked(RATE, figures(("vacant", "2022", 10, 95, 0, 100), ("stock", "2022", 100, 96, 0, 100)))
    assert apart.total.value is None


def test_what_no_file_brought_is_not_imported_and_a_median_has_none() -> None:
    assert asked(VACANT, figures()).text == "pas encore importé"
    assert asked(RATE, figures(("vacant", "2022", 10, 3, 0, 3))).text == "pas encore importé"
    price = asked(PRICE, figures(("vacant", "2022", 10, 3, 0, 3)))
    assert (price.total.value, price.text, price.detail) == (None, "–", "une médiane ne s'additionne pas")
    hidden = asked(VACANT, figures(("vacant", "2022", math.nan, 0, 3, 3)))
    assert (hidden.total.value, hidden.text) == (None, "secret statistique")


def test_the_networks_people_have_no_level() -> None:
    people = replace(VACANT, id="members", kind="network")
    none = FigureSet(pd.DataFrame(columns=["indicator", "commune", "period", "value", "status"]), {})
    found = answer(VACANT, none, CATALOGUE)
    assert (
        elsewhere(replace(found, indicator=people), figures(("members", "2022", 9, 1, 0, 1)), (ORNE,)) == ()
    )


def test_a_median_is_given_where_it_was_read_of_all_the_sales_of_a_level() -> None:
    whole = asked(PRICE, figures(("price", "2022", 900, 381, 0, 381)))
    assert (whole.total.value, whole.detail) == (900, "381\u00a0communes")
    few = replace(PRICE, missing_note="moins de 5 ventes")
    row = ("price", "2022", "departement", "61", math.nan, "missing", 381, 0, 381)
    assert asked(few, LevelFigures(pd.DataFrame([row], columns=LEVEL_COLUMNS))).text == "moins de 5 ventes"
    # Ninety communes in a hundred are not the département, however many sales they have.
    part = asked(few, figures(("price", "2022", 900, 343, 0, 381)))
    assert (part.total.value, part.text, part.detail) == (
        None,
        "non publié",
        "publié dans 343 communes sur 381",
    )


NO_FIGURES = pd.DataFrame(columns=["indicator", "commune", "period", "value", "status"])
AROUND = (
    ORNE,
    Level("france", "france", "France"),
    Level("peers", "200-10", "communes de 200 à 499 habitants"),
)


def test_a_chart_is_compared_with_rates_of_levels_and_never_with_counts_or_communes_alike() -> None:
    known = LevelFigures(
        pd.DataFrame(
            [
                (id_, period, level, area, value, "observed", 3, 0, 3)
                for level, area in (("departement", "61"), ("peers", "200-10"))
                for id_, period, value in (("vacant", "2022", 150), ("stock", "2022", 1000), ("vacant", "2016", 80))
            ],
            columns=LEVEL_COLUMNS,
        )
    )  # fmt: skip
    rate = replace(RATE, vintages=(Vintage("2016", "RP 2016", "s"), *RATE.vintages))
    none = FigureSet(NO_FIGURES, {"61258": "Le Mêle"})
    years = [answer(rate, none, CATALOGUE, period) for period in rate.periods]
    # Of 2016 the stock is not known: no rate, and the line has a gap there. Of France nothing is: no line.
    assert references(years, known, AROUND) == (("Orne (département)", (None, 15.0)),)
    assert references([answer(VACANT, none, CATALOGUE)], known, AROUND) == ()
    assert references(years, LevelFigures(pd.DataFrame(columns=LEVEL_COLUMNS)), AROUND) == ()
