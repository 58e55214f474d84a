"""Answers equal the published totals and the rules of the field: missing ≠ suppressed ≠ zero, no total without counts."""

import math
import re

import pandas as pd
import pytest

from analysis.answers import Answer, FigureSet, PeopleCells, answer, part
from analysis.model import Status
from data.catalogue import load_catalogue
from data.packs import SHIPPED
from data.territory import load_territory
from tests.shipped import shipped_figures

CATALOGUE = load_catalogue(network_periods=[("2025-12-31", "31/12/2025")])
COMMUNES = pd.read_csv(SHIPPED.figures / "populations_2026.csv", sep=";", dtype=str)
NAMES = dict(zip(COMMUNES["code_insee"], COMMUNES["nom"], strict=True))
FIGURES = FigureSet(shipped_figures(), NAMES)


def ask(indicator: str, period: str | None = None) -> Answer:
    return answer(CATALOGUE[indicator], FIGURES, CATALOGUE.indicators, period)


@pytest.mark.parametrize(
    ("indicator", "period", "total"),
    [
        ("population_rp", "2022", 6245),
        ("population_rp", "2016", 6475),
        ("population", "2026", 6264),
        ("dwellings", "2022", 3660),
        ("main_dwellings", "2022", 2860),
        ("second_dwellings", "2022", 415),
        ("vacant_dwellings", "2022", 386),
        ("premises", "2026-06-30", 4791),
        ("best_ftth", "2026-06-30", 4317),
        ("ftth_premises", "2026-06-30", 4311),
        ("cartefibre_premises", "2026-06-30", 4508),
        ("workers", "2022", 2694),
        ("workers_no_transport", "2022", 183),
        ("lovac_vacant", "2025-01-01", 306),
    ],
)
def test_territory_counts_equal_the_published_totals(indicator: str, period: str, total: int) -> None:
    assert round(ask(indicator, period).total.value or 0) == total


@pytest.mark.parametrize(
    ("indicator", "rate"),
    [
        ("vacancy_rate", 10.5),
        ("ftth_share", 90.1),
        ("connectable_share", 95.6),
        ("no_transport_share", 6.8),
        ("share_30m", 100.0),
    ],
)
def test_territory_rates_come_from_counts(indicator: str, rate: float) -> None:
    result = ask(indicator)
    assert round(result.total.value or 0, 1) == rate
    assert result.total.numerator is not None and result.total.denominator


def test_dwellings_add_up_in_every_commune() -> None:
    parts = sum(
        ask(i).cells.set_index("commune")["value"]
        for i in ("main_dwellings", "second_dwellings", "vacant_dwellings")
    )
    whole = ask("dwellings").cells.set_index("commune")["value"]
    assert (abs(parts - whole) < 1e-9).all()


def test_best_technologies_add_up_to_the_premises() -> None:
    parts = sum(ask(i).cells["value"] for i in ("best_ftth", "best_copper", "best_4g", "best_other"))
    assert (parts == ask("premises").cells["value"]).all()


def test_the_vacancy_sentence_reads_as_an_official_would_say_it() -> None:
    assert ask("vacancy_rate").sentence == (
        "386 logements sur 3\u202f660 sont vacants (10,5\u202f%)\u202f; la part est la plus forte à Vidai (17,4\u202f%, "
        "8\u00a0logements sur 46) et au Mêle-sur-Sarthe (17,3\u202f%, 80 sur 465)."
    )


def test_a_commune_given_twice_is_refused() -> None:
    rows = pd.DataFrame(
        [("dwellings", "A", "2022", 1.0, "observed")] * 2,
        columns=["indicator", "commune", "period", "value", "status"],
    )
    with pytest.raises(ValueError, match="twice for dwellings at 2022"):
        answer(CATALOGUE["dwellings"], FigureSet(rows, {"A": "Alpha"}), CATALOGUE.indicators, "2022")


def test_a_suppressed_part_makes_the_sum_a_lower_bound_and_the_rate_absent() -> None:
    count, rate = ask("lovac_vacant"), ask("lovac_vacancy_rate")
    assert (
        count.total.at_least
        and count.total.covered == 14
        and count.total_text() == "au moins 306\u00a0logements"
    )
    assert rate.total.value is None and rate.total.covered == 8
    assert rate.total.reason == "secret statistique dans 12 communes sur 20"
    laleu = rate.cells.set_index("commune").loc["61215"]
    assert round(laleu["value"], 1) == 8.3 and (laleu["numerator"], laleu["denominator"]) == (18, 217)


def test_the_private_vacancy_rate_divides_by_the_stock_of_the_year_before() -> None:
    vintage = CATALOGUE["lovac_vacancy_rate"].vintage()
    assert (vintage.period, vintage.denominator_period) == ("2025-01-01", "2024")


def test_missing_suppressed_and_zero_are_three_things() -> None:
    prices = ask("house_price", "2025").cells.set_index("commune")
    assert prices.loc["61412", "status"] == Status.MISSING
    assert ask("house_price").text(None, Status.MISSING) == "moins de 5 ventes"
    income = ask("median_income").cells.set_index("commune")
    assert income.loc["61502", "status"] == Status.SUPPRESSED
    sales = ask("house_sales", "2025").cells.set_index("commune")
    assert sales.loc["61266", "status"] == Status.OBSERVED and sales.loc["61266", "value"] == 0


def test_a_median_has_no_territory_figure_and_says_why() -> None:
    total = ask("median_income").total
    assert total.value is None and "médiane" in total.reason and total.covered == 18


def test_2019_broadband_is_published_without_premises_so_without_total() -> None:
    early = ask("share_30m", "2019-09-30")
    assert early.total.value is None and "sans nombre de locaux" in early.total.reason
    assert early.cells.set_index("commune").loc["61156", "value"] == 81.5
    assert CATALOGUE["share_30m"].vintage("2026-06-30").break_note


def test_population_change_is_signed_and_keeps_its_two_counts() -> None:
    total = ask("population_change").total
    assert (total.numerator, total.denominator) == (6245, 6475) and round(total.value or 0, 2) == -3.55
    assert "+8,8" in ask("population_change").sentence


def test_a_territory_rate_of_people_divides_the_protected_total() -> None:
    frame = pd.DataFrame({"commune": list(NAMES), "value": [math.nan] * 20, "status": ["suppressed"] * 20})
    hidden = {"members": PeopleCells(frame, 40.0)}
    result = answer(CATALOGUE["members_per_1000"], FIGURES, CATALOGUE.indicators, "2025-12-31", hidden)
    assert round(result.total.value or 0, 2) == round(40 / 6264 * 1000, 2)
    assert set(result.cells["status"]) == {"suppressed"} and result.cells["numerator"].isna().all()
    none = {"members": PeopleCells(frame, None, Status.SUPPRESSED)}
    assert answer(CATALOGUE["members"], FIGURES, CATALOGUE.indicators, "2025-12-31", none).total.value is None


def test_a_commune_without_any_row_is_missing_and_one_commune_is_enough() -> None:
    empty = FigureSet(
        pd.DataFrame(columns=["indicator", "commune", "period", "value", "status"]), {"61502": "Vidai"}
    )
    result = answer(CATALOGUE["vacancy_rate"], empty, CATALOGUE.indicators)
    assert (
        list(result.cells["status"]) == ["not_imported"]
        and result.total.value is None
        and "pas encore importé" in result.sentence
    )
    one = FigureSet(shipped_figures(), {"61502": "Vidai"})
    assert answer(CATALOGUE["vacancy_rate"], one, CATALOGUE.indicators).sentence.startswith(
        "8 logements sur 46 sont vacants"
    )


def test_what_no_file_brought_is_told_apart_from_what_nobody_published() -> None:
    rows = [
        ("dwellings", "61502", "2022", 46.0, "observed"),
        ("house_price", "61502", "2025", None, "missing"),
        ("lovac_vacant", "61502", "2025-01-01", None, "suppressed"),
    ]
    names = {"61502": "Vidai", "61026": "Barville"}
    some = FigureSet(pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"]), names)
    catalogue = load_catalogue()

    def ask(indicator: str, period: str | None = None) -> Answer:
        return answer(CATALOGUE[indicator], some, CATALOGUE.indicators, period, sources=catalogue.sources)

    # A file that holds one commune was imported: nobody published the other one.
    assert (
        list(ask("dwellings").cells["status"]) == ["observed", "missing"] and not ask("dwellings").to_import
    )
    price, before = ask("house_price", "2025"), ask("house_price", "2024")
    assert [price.text(None, s) for s in price.cells["status"]] == ["moins de 5 ventes"] * 2
    assert [before.text(None, s) for s in before.cells["status"]] == ["pas encore importé"] * 2
    # Not imported wins over a secret: the rate lacks a whole file, whatever the other one hides.
    rate = ask("lovac_vacancy_rate")
    assert set(rate.cells["status"]) == {"not_imported"} and rate.total.status is Status.NOT_IMPORTED
    assert rate.sentence == (
        "Part des logements vacants du parc privé (LOVAC)\u202f: pas encore importé. À importer\u202f: LOVAC, logements vacants du parc "
        "privé (LOVAC 2025), publié par Cerema / DGALN."
    )
    people = PeopleCells(pd.DataFrame({"commune": list(names), "value": 1.0, "status": "observed"}), 2.0)
    per_head = answer(
        CATALOGUE["members_per_1000"],
        some,
        CATALOGUE.indicators,
        "2025-12-31",
        {"members": people},
        catalogue.sources,
    )
    assert per_head.total.status is Status.NOT_IMPORTED and "Populations de référence" in per_head.to_import


def test_a_zero_denominator_gives_no_rate() -> None:
    rows = [
        ("best_ftth", "61502", "2026-06-30", 0.0, "observed"),
        ("premises", "61502", "2026-06-30", 0.0, "observed"),
    ]
    zero = FigureSet(
        pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"]), {"61502": "Vidai"}
    )
    result = answer(CATALOGUE["ftth_share"], zero, CATALOGUE.indicators)
    assert list(result.cells["status"]) == ["missing"] and result.total.value is None


def test_a_count_below_two_is_not_told_in_the_plural() -> None:
    def told(indicator: str, counts: list[float]) -> str:
        frame = pd.DataFrame({"commune": list(NAMES)[:2], "value": counts, "status": ["observed"] * 2})
        figures = FigureSet(shipped_figures(), dict(list(NAMES.items())[:2]))
        people = {"members": PeopleCells(frame, sum(counts))}
        return answer(
            CATALOGUE[indicator], figures, CATALOGUE.indicators, "2025-12-31", people
        ).sentence.replace("\u202f", " ")

    assert (
        told("members", [0.0, 0.0])
        == "Membres présents : 0\xa0membre ; le chiffre est le même partout (0\xa0membre)."
    )
    assert told("members", [1.0, 0.0]).startswith("Membres présents : 1\xa0membre ; ")
    assert told("members", [2.0, 0.0]).startswith("2 membres sont présents dans le territoire ; ")
    assert re.match(
        r"Membres pour 1 000 habitants : .+ \(1 sur \d+\) ; ", told("members_per_1000", [1.0, 0.0])
    )


def test_a_part_of_an_answer_says_what_an_answer_of_the_part_would() -> None:
    """Every published indicator and period that is shipped, for both groups of communes and for one commune."""
    territory, shipped = load_territory(SHIPPED.territory), shipped_figures()
    whole = FigureSet(shipped, territory.name_of)
    parts = [*(group.codes for group in territory.groups), territory.codes[:1]]
    said = 0
    for indicator in CATALOGUE.indicators.values():
        for period in indicator.periods if indicator.kind != "network" else ():
            found = answer(indicator, whole, CATALOGUE.indicators, period)
            for codes in parts:
                names = {code: territory.name_of[code] for code in codes}
                alone = answer(
                    indicator, FigureSet(shipped, names, whole.imported), CATALOGUE.indicators, period
                )
                cut = part(found, codes)
                assert cut.total == alone.total, (indicator.id, period)
                assert (
                    cut.cells.set_index("commune")
                    .loc[list(codes)]
                    .equals(alone.cells.set_index("commune").loc[list(codes)])
                )
                said += cut.total.value is not None
    assert said > 50
    with pytest.raises(KeyError, match="99999"):
        part(found, ["99999"])
