"""The housing page's sentences and tables: sums over what is published only, « au moins », small numbers."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analysis import housing
from analysis.answers import Answer, FigureSet, answer
from analysis.model import Status
from data.catalogue import load_catalogue
from data.territory import load_territory
from tests.analysis.test_portrait import plain
from tests.shipped import shipped_figures

TERRITORY = load_territory()
CATALOGUE = load_catalogue(network_periods=[(dt.date(2026, 5, 12).isoformat(), "12/05/2026")])
SHIPPED = shipped_figures()
FIGURES = FigureSet(SHIPPED, TERRITORY.name_of)
EMPTY = FigureSet(SHIPPED[:0], TERRITORY.name_of)


def ask(indicator: str, period: str | None = None, figures: FigureSet = FIGURES) -> Answer:
    return answer(CATALOGUE[indicator], figures, CATALOGUE.indicators, period)


def years(indicator: str, figures: FigureSet = FIGURES) -> list[Answer]:
    return [ask(indicator, p, figures) for p in CATALOGUE[indicator].periods]


def test_the_stock_in_one_sentence() -> None:
    parts = [ask("main_share"), ask("second_share")]
    assert plain(housing.stock_sentence(ask("vacancy_rate"), parts)) == (
        "3 660 logements (RP 2022) : 2 860 résidences principales (78,1 %), 415 résidences secondaires ou occasionnelles (11,3 %) et "
        "386 logements vacants (10,5 %) ; la part vacante est la plus forte à Vidai (17,4 %, 8 logements sur 46) et au Mêle-sur-Sarthe "
        "(17,3 %, 80 sur 465)."
    )


def test_the_two_counts_stand_side_by_side_and_lovac_is_at_least() -> None:
    census, private = ask("vacant_dwellings"), ask("lovac_vacant")
    assert plain(housing.two_counts_sentence(census, private)).startswith(
        "Le recensement compte 386 logements vacants (RP 2022) ; LOVAC en compte au moins 306 dans le parc privé "
        "(1er janvier 2025, 14 communes sur 20 publiées)."
    )
    found = housing.both(census, private)
    assert (found.communes, found.second) == (14, 306) and round(found.first) == 353
    assert "les 14 où les deux sont publiés" in housing.comparable_sentence(census, private)
    lacking = housing.differences(census, private).set_index("name").loc["Ce qui manque"]
    assert lacking["census"] == "Rien\u202f: chaque commune a son chiffre"
    assert "6 communes sur 20" in lacking["private"] and "taille est inconnue" in lacking["private"]


def test_pairs_leave_out_what_is_secret() -> None:
    pairs = housing.known_pairs(ask("vacant_dwellings"), ask("lovac_vacant"))
    assert len(pairs) == 14 and pairs.notna().all(axis=None)
    top = pairs.iloc[0]
    assert (top["name"], round(top["first"]), top["second"]) == ("Le Mêle-sur-Sarthe", 80, 37)


def test_sales_by_year() -> None:
    text = plain(housing.sales_sentence(years("house_sales")))
    assert text == "65 ventes de maisons en 2025, contre 115 ventes en 2021 ; 461 ventes en 5 ans."
    table = housing.by_year(years("house_sales")).set_index("name")
    assert table.loc["Laleu", ["2021", "2025"]].tolist() == ["9", "5"]
    assert list(table.index[:2]) == ["Aunay-les-Bois", "Barville"]


def test_a_median_never_stands_without_its_sales_and_few_are_marked() -> None:
    points = housing.price_points(years("house_price"), years("house_sales"))
    laleu = points[points["name"] == "Laleu"].set_index("year")
    assert plain(laleu.loc["2025", "text"]) == "1 953 €/m² (5 ventes)" and laleu.loc["2025", "few"]
    assert not laleu.loc["2022", "few"] and laleu.loc["2022", "sales"] == 10
    assert (points["sales"] >= 5).all()
    table = housing.price_table(years("house_price"), years("house_sales")).set_index("name")
    assert table.loc["Bures", "2025"] == "moins de 5 ventes"
    assert plain(table.loc["Le Mêle-sur-Sarthe", "2025"]) == "1 026 €/m² (8 ventes)"


def test_nothing_published_says_so() -> None:
    assert "pas encore importé" in housing.stock_sentence(ask("vacancy_rate", None, EMPTY), [])
    told = housing.two_counts_sentence(ask("vacant_dwellings", None, EMPTY), ask("lovac_vacant", None, EMPTY))
    assert "ne donne pas de total" in told and "0 logement" not in told
    assert (
        housing.comparable_sentence(ask("vacant_dwellings", None, EMPTY), ask("lovac_vacant", None, EMPTY))
        == ""
    )
    assert housing.sales_sentence(years("house_sales", EMPTY)) == "Aucune vente publiée."
    assert housing.price_points(years("house_price", EMPTY), years("house_sales", EMPTY)).empty
    assert housing.known_pairs(ask("vacant_dwellings", None, EMPTY), ask("lovac_vacant", None, EMPTY)).empty


def test_a_year_without_a_figure_makes_the_sum_a_lower_bound() -> None:
    frame = SHIPPED.copy()
    one = (frame["indicator"] == "house_sales") & (frame["commune"] == "61215") & (frame["period"] == "2025")
    frame.loc[one, ["value", "status"]] = [None, Status.MISSING.value]
    told = plain(housing.sales_sentence(years("house_sales", FigureSet(frame, TERRITORY.name_of))))
    assert told.startswith("Au moins 60 ventes de maisons en 2025") and "au moins 456 ventes en 5 ans" in told


@pytest.mark.parametrize(
    ("tenures", "text"),
    [
        ([], "Aucune annonce vue disponible ces 8 derniers jours."),
        (["rent"], "1 annonce vue disponible ces 8 derniers jours : 1 à louer."),
        (
            ["rent", "sale", "rent"],
            "3 annonces vues disponibles ces 8 derniers jours : 2 à louer et 1 à vendre.",
        ),
    ],
)
def test_listings(tenures: list[str], text: str) -> None:
    assert plain(housing.listings_sentence(pd.DataFrame({"tenure": tenures}), 8)) == text
