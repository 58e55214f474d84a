"""A listing in words, whatever is known of it."""

from __future__ import annotations

import math

import pytest

from analysis.listing import dwelling_text, terms_text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("house", "rent", 4, 95.0), "Maison à louer, 4\u00a0pièces, 95\u00a0m²"),
        (("apartment", "sale", 1, None), "Appartement à vendre, 1\u00a0pièce"),
        (("workplace", "", math.nan, math.nan), "Local de travail"),
        (("castle", "rent", None, 1200), "Bien à louer, 1\u202f200\u00a0m²"),
    ],
)
def test_a_dwelling_says_what_is_known_of_it(
    given: tuple[str, str, float | None, float | None], text: str
) -> None:
    assert dwelling_text(*given) == text


def test_where_it_is_stands_after_what_it_is() -> None:
    assert dwelling_text("house", "rent", 4, place="Essay") == "Maison à louer, Essay, 4\u00a0pièces"


@pytest.mark.parametrize(
    ("rent", "price", "text"),
    [
        (620, None, "620\u00a0€ par mois"),
        (math.nan, 128_000, "128\u202f000\u00a0€"),
        (620, 128_000, "620\u00a0€ par mois"),
        (0, None, "0\u00a0€ par mois"),
        (None, math.nan, ""),
    ],
)
def test_the_terms_are_a_rent_or_a_price(rent: float | None, price: float | None, text: str) -> None:
    assert terms_text(rent, price) == text
