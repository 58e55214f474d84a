"""The slides made of answers: the numbers of the pages, the territory's row, secrecy said, nothing drawn where nothing is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from analysis import council_network, council_slides, portrait
from analysis.answers import Answer
from analysis.calendar import network_periods
from analysis.council import Slide
from analysis.council_portrait import know, portrait_slides
from analysis.desk import Desk, make_desk
from analysis.model import Audience
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
