"""The slides made of answers: the numbers of the pages, the territory's row, secrecy said, nothing drawn where nothing is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from analysis import council_broadband, council_home, council_network, council_slides, portrait, telework
from analysis.answers import Answer
from analysis.calendar import network_periods
from analysis.council import Slide, slide_from_json, to_json
from analysis.council_portrait import know, past_slide, portrait_slides
from analysis.desk import Desk, make_desk
from analysis.model import LEVEL_COLUMNS, Audience, Vintage
from data.opening import open_house, read_all

TODAY = dt.date(2026, 5, 12)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    house = open_house(TODAY, tmp_path_factory.mktemp("slides"))
    _, known = read_all(house, network_periods(house.territory.network.first_year, TODAY))
    return make_desk(known, TODAY)


def cite(found: Answer) -> str:
    return f"Producteur ({found.vintage.source})"


def housing(desk: Desk, question: str) -> Slide:
    return council_slides.housing_slide(desk, question, "Zevillage", cite)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_the_stock_says_the_published_figures(desk: Desk) -> None:
    slide = housing(desk, "stock")
    table = slide.tables[0]
    assert plain(slide.sentence).startswith("3 660 logements (RP 2022)")
    assert table.rows[0][0].text == "Vidai" and table.rows[0][1].number == pytest.approx(
        8 / 46 * 100, abs=0.05
    )
    assert plain(table.rows[0][1].text) == "17,4 % (8 sur 46)"
    assert plain(table.foot[1].text) == "10,5 %"
    chart = slide.charts[0]
    assert chart.stacked and len(chart.categories) == 20
    for at in range(20):
        assert sum(values[at] or 0 for _, values in chart.series) == pytest.approx(100, abs=0.3)


@pytest.mark.parametrize("question", council_slides.HOUSING)
def test_each_source_has_a_short_form_that_what_is_said_of_it_begins_with(desk: Desk, question: str) -> None:
    slide = housing(desk, question)
    assert slide.cited and len(set(slide.cited)) == len(slide.cited)
    assert all(any(line.startswith(f"{each}. Millésime") for line in slide.sources) for each in slide.cited)


def test_two_counts_say_what_is_secret_and_never_add_it(desk: Desk) -> None:
    slide = housing(desk, "two")
    assert any("sous secret statistique" in line for line in slide.secrecy)
    assert (
        plain(slide.tables[1].foot[3].text).startswith("au moins 306")
        and slide.tables[1].foot[3].number is None
    )
    assert slide.tables[0].rows[0][0].text == "Ce qui est compté"


def test_sales_and_prices_stand_year_after_year_in_the_order_of_time(desk: Desk) -> None:
    sales, prices = housing(desk, "sales"), housing(desk, "prices")
    assert [column.heading for column in sales.tables[0].columns[1:]] == [
        "2021",
        "2022",
        "2023",
        "2024",
        "2025",
    ]
    sold = [value for value in sales.charts[0].series[0][1] if value is not None]
    assert (sold[0], sold[-1], sum(sold)) == (115.0, 65.0, 461.0)
    few = [cell.text for row in prices.tables[0].rows for cell in row if "moins de 5 ventes" in cell.text]
    assert few, "a median of fewer than five sales is never given"
    known = [cell.text for row in prices.tables[0].rows for cell in row if cell.number is not None]
    assert known and all("vente" in text for text in known), "a median comes with the sales behind it"


@pytest.mark.parametrize("audience", list(Audience))
def test_the_growth_draws_nothing_of_what_an_audience_may_not_see(desk: Desk, audience: Audience) -> None:
    slide = council_network.growth_slide(desk, audience, "Registre.")
    growth = desk.growth(audience)
    seen = [row[1].number for row in slide.tables[0].rows]
    assert seen == [
        None if status != "observed" else value
        for value, status in zip(growth["present"], growth["status"], strict=True)
    ]
    assert all(any(v is not None for _, values in chart.series for v in values) for chart in slide.charts)
    hidden = sum(cell.number is None for row in slide.tables[0].rows for cell in row[1:])
    assert bool(slide.secrecy) == bool(hidden) and (audience is not Audience.ANIMATEUR or not hidden)
    assert slide.mark == "démonstration"


def test_nobody_in_the_register_is_said_and_nothing_is_drawn(desk: Desk) -> None:
    nobody = replace(desk.network, stays=desk.network.stays.iloc[:0])
    empty = replace(desk, network=nobody, _kept={})
    slide = council_network.growth_slide(empty, Audience.PUBLIC, "Registre.")
    assert (
        slide.sentence == "Aucun membre n’est encore inscrit au registre."
        and not slide.charts
        and not slide.tables
    )


def test_a_portrait_ranks_the_commune_and_names_only_its_own_secrecy(desk: Desk) -> None:
    answers = [desk.answer(each.id) for each in desk.indicators.values() if each.on_map]

    def of(group: str) -> Callable[[Answer], Answer]:
        figures = portrait.group_figures(desk, group)
        return lambda found: portrait.group_answer(desk, figures, group, found)

    known = know(answers, {group: of(group) for group in desk.groups})
    slides = portrait_slides(desk, "61156", "Zevillage", cite, "Essay.", known)
    rows = {row[0].text: row for slide in slides for row in slide.tables[0].rows}
    vacancy = next(row for name, row in rows.items() if name.startswith("Part des logements vacants, "))
    assert vacancy[1].number == pytest.approx(8.0, abs=0.05) and "sur 20" in vacancy[2].text
    assert all("communes" not in line for slide in slides for line in slide.secrecy)
    with pytest.raises(KeyError):
        portrait_slides(desk, "99999", "Zevillage", cite, "", known)


# -- beside what surrounds the territory


def surrounded(desk: Desk) -> Desk:
    """The same desk after national files: the stock of the Orne and of France, the fibre of France, the prices of the Orne."""
    counts = {
        ("61", "departement"): {"dwellings": 1000, "main_dwellings": 700, "second_dwellings": 180, "vacant_dwellings": 120},
        ("france", "france"): {"dwellings": 9000, "main_dwellings": 7200, "second_dwellings": 1080, "vacant_dwellings": 720},
    }  # fmt: skip
    rows = [
        (id_, "2022", level, area, float(value), "observed", 3, 0, 3)
        for (area, level), values in counts.items()
        for id_, value in values.items()
    ]
    fibre = {
        "best_ftth": 900,
        "best_copper": 60,
        "best_4g": 30,
        "best_other": 10,
        "premises": 1000,
        "premises_30m": 980,
    }
    rows += [
        (id_, "2026-06-30", "france", "france", float(value), "observed", 3, 0, 3)
        for id_, value in fibre.items()
    ]
    rows += [("house_price", "2025", "departement", "61", 1234.0, "observed", 3, 0, 3)]
    return replace(desk, levels=pd.DataFrame(rows, columns=LEVEL_COLUMNS), _kept={})


def test_bars_of_communes_are_followed_by_those_of_the_levels(desk: Desk) -> None:
    around = surrounded(desk)
    stock = housing(around, "stock")
    chart = stock.charts[0]
    assert chart.categories[-2:] == ("Orne (département)", "France") and len(chart.categories) == 22
    assert [values[-2:] for _, values in chart.series] == [(70.0, 80.0), (18.0, 12.0), (12.0, 8.0)]
    table = stock.tables[-1]
    assert table.caption == council_slides.ELSEWHERE
    assert [column.heading for column in table.columns][1:4] == [
        "Orne (département)",
        "Normandie (région)",
        "France",
    ]
    assert [plain(cell.text) for cell in table.rows[0]][:4] == [
        "Part des logements vacants, RP 2022", "12,0 %", "pas encore importé", "8,0 %"
    ]  # fmt: skip
    assert housing(desk, "stock").charts[0].categories == chart.categories[:20], (
        "nothing without a national file"
    )
    assert stock.fingerprint != housing(desk, "stock").fingerprint
    prices = housing(around, "prices").tables[-1]
    assert (prices.rows[0][0].text, prices.rows[0][-1].number) == ("Orne (département)", 1234.0)
    assert prices.rows[0][1].text == "–"
    best = telework.best_technologies(around.figures, "2026-06-30")
    shares = [around.answer(each) for each in telework.SHARES]
    technologies = council_broadband.technologies_slide(
        best, shares[0], "Zevillage", cite, around.references(shares)
    )
    assert technologies.charts[0].categories[-1] == "France"
    assert sum(values[-1] or 0 for _, values in technologies.charts[0].series) == pytest.approx(100)
    before, after = (around.answer("share_30m", period) for period in around.indicators["share_30m"].periods)
    evolution = council_broadband.evolution_slide(
        before, after, "Zevillage", cite, around.references([before, after])
    )
    assert [values[-1] for _, values in evolution.charts[0].series] == [None, 98.0]


def test_the_past_of_a_commune_stands_beside_the_same_years_elsewhere(desk: Desk) -> None:
    entry = replace(
        desk.indicators["vacancy_rate"],
        vintages=(
            Vintage("2016", "RP 2016", "insee_rp_2022"),
            *desk.indicators["vacancy_rate"].vintages,
        ),
    )
    before = desk.observations[
        (desk.observations["period"] == "2022")
        & desk.observations["indicator"].isin(["dwellings", "vacant_dwellings"])
    ].assign(period="2016")
    around = surrounded(desk)
    levels = around.levels[around.levels["area"] == "61"]
    known = replace(
        around, indicators={**desk.indicators, "vacancy_rate": entry}, levels=pd.concat([levels, levels.assign(period="2016")]),
        observations=pd.concat([desk.observations, before]), _kept={},
    )  # fmt: skip
    answered = [[known.answer("vacancy_rate", period) for period in entry.periods]]
    slide = past_slide(known, "61258", answered, cite)
    assert slide.charts[0].references == (("Orne (département)", (12.0, 12.0)),)
    assert plain(slide.tables[1].rows[0][2].text) == "RP 2016 : 12,0 % → RP 2022 : 12,0 %"
    key = council_home.figures_slide(answered, cite, known)
    assert key.charts[0].references == (("Orne (département)", (12.0, 12.0)),)
    # Kept and read back, the references are still there; what was kept before there were any has none.
    assert slide_from_json(to_json(slide)) == slide
    older = to_json(slide)
    del older["charts"][0]["references"]
    assert slide_from_json(older).charts[0].references == ()
