"""A rate whose denominator comes in a later file than its numerator: catalogue, figures and sources are those of the other order."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analysis.desk import Desk
from analysis.model import COMMAND_ACTOR, Audience, Indicator, Vintage
from data import packs
from data.catalogue import Catalogue, load_catalogue
from data.catalogue.editions import brought, completed, works
from data.imports.entries import with_new
from data.imports.history import undo
from data.imports.model import NewVintage
from data.opening import House, open_house, read_all
from data.packs.fill import fill

TODAY = dt.date(2026, 11, 28)


@dataclass(frozen=True)
class Case:
    """Two files, the numerator's and the denominator's; the rate, its period and source, what it is at Le Mêle.

    `apart`: what both files give, so that the last one lies on top.
    """

    files: tuple[tuple[str, str], tuple[str, str]]
    rate: str
    period: str
    source: str
    value: float
    apart: frozenset[str] = frozenset()


CASES = {
    "one work, two files": Case(
        (
            ("lovac-2026.csv", "CODGEO_26;pp_vacant_26\n61258;37\n61156;12\n"),
            ("lovac-2025.csv", "CODGEO_25;pp_total_25;pp_vacant_25\n61258;474;36\n61156;200;11\n"),
        ),
        "lovac_vacancy_rate", "2026-01-01", "lovac_2026", 100 * 37 / 474,
    ),
    "two works": Case(
        (
            ("comparateur.csv", "CODGEO;P21_POP;P21_LOG;P21_RP_PROP\n61258;659;420;150\n61156;556;300;90\n"),
            ("base-cc-logement-2021.CSV", "CODGEO;P21_LOG;P21_RP;P21_RSECOCC;P21_LOGVAC\n61258;420;330;40;50\n61156;300;240;30;30\n"),
        ),
        "owners_share", "2021", "insee_rp_2021", 100 * 150 / 330, frozenset({"dwellings"}),
    ),
}  # fmt: skip


def filled(tmp_path: Path, name: str, files: list[tuple[str, str]]) -> tuple[House, dict[str, int]]:
    """A base filled with these files in their order, and the import of each by its name."""
    pack = tmp_path / "pack"
    if not pack.exists():
        pack.mkdir()
        shutil.copy(packs.SHIPPED.territory, pack)
    folder = tmp_path / name
    folder.mkdir()
    for file, text in files:
        (folder / file).write_text(text, encoding="utf-8")
    house = open_house(TODAY, folder / "home", packs.named(str(pack)))
    done = list(fill(house, [folder / file for file, _ in files], TODAY))
    assert all(each.number is not None for each in done), [each.why for each in done]
    return house, {each.path.name: each.number for each in done if each.number is not None}


def known(house: House) -> tuple[Catalogue, dict[str, Any]]:
    return read_all(house, [("2025-12-31", "31/12/2025")])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_orders_give_the_same_catalogue_figures_and_sources(tmp_path: Path, case: Case) -> None:
    houses = [
        filled(tmp_path, name, list(files))
        for name, files in (("late", case.files), ("early", case.files[::-1]))
    ]
    read = [known(house) for house, _ in houses]
    catalogues = [catalogue for catalogue, _ in read]
    for catalogue in catalogues:
        vintage = catalogue[case.rate].vintage(case.period)
        assert vintage.source == case.source and catalogue.mixed == {}
    shown = [
        {id_: each for id_, each in catalogue.indicators.items() if id_ not in case.apart}
        for catalogue in catalogues
    ]
    assert shown[0] == shown[1] and catalogues[0].sources == catalogues[1].sources
    answers = [Desk(today=TODAY, **each).answer(case.rate, case.period, Audience.PUBLIC) for _, each in read]
    for answer in answers:
        assert answer.cells.set_index("commune")["value"]["61258"] == pytest.approx(case.value)
    assert answers[0].cells.equals(answers[1].cells)
    assert answers[0].vintage == answers[1].vintage
    assert {each.source(each[case.rate], case.period).id for each in catalogues} == {case.source}
    # Without its denominator there is no rate, in whichever order they came.
    for house, numbers in houses:
        undo(house.store, COMMAND_ACTOR, numbers[case.files[1][0]])
        cells = Desk(today=TODAY, **known(house)[1]).answer(case.rate, None, Audience.PUBLIC).cells
        assert cells["value"].isna().all()
        house.store.close()


def test_the_same_denominator_once_more_keeps_the_rate_when_the_first_is_undone(tmp_path: Path) -> None:
    case = CASES["one work, two files"]
    again = (case.files[1][0].replace("2025", "2025-bis"), case.files[1][1].replace("474", "475"))
    house, numbers = filled(tmp_path, "again", [*case.files, again])
    undo(house.store, COMMAND_ACTOR, numbers[case.files[1][0]])
    catalogue, read = known(house)
    assert catalogue[case.rate].vintage(case.period).source == case.source
    cells = Desk(today=TODAY, **read).answer(case.rate, case.period, Audience.PUBLIC).cells
    assert cells.set_index("commune")["value"]["61258"] == pytest.approx(100 * 37 / 475)
    house.store.close()


# -- the rule itself


def after(catalogue: Catalogue, work: str, edition: str, *figures: tuple[str, str]) -> Catalogue:
    """The catalogue once a file of these figures was imported."""
    of = works()[work]
    new = [
        NewVintage(source, indicator, vintage)
        for indicator, vintage, source in (
            *brought(of, edition, figures, catalogue), *completed([of], figures, catalogue),
        )
    ]  # fmt: skip
    return with_new(catalogue, new)


def rate(catalogue: Catalogue, id_: str, period: str) -> Vintage | None:
    entry: Indicator = catalogue[id_]
    return entry.vintage(period) if period in entry.periods else None


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_rate_is_of_its_numerators_edition_whatever_came_first(order: tuple[int, ...]) -> None:
    steps = [
        ("lovac", "2027", ("lovac_vacant", "2027-01-01")),
        ("lovac", "2026", ("lovac_stock", "2026")),
        ("lovac", "2028", ("lovac_vacant", "2028-01-01")),
    ]
    catalogue = load_catalogue()
    for number in order:
        work, edition, figure = steps[number]
        catalogue = after(catalogue, work, edition, figure)
    made = rate(catalogue, "lovac_vacancy_rate", "2027-01-01")
    assert made is not None and (made.source, made.denominator_period) == ("lovac_2027", "2026")
    assert rate(catalogue, "lovac_vacancy_rate", "2028-01-01") is None  # nobody has the stock of 2027


def test_a_change_whose_base_comes_later_is_complete_then() -> None:
    catalogue = after(load_catalogue(), "insee_rp", "2023", ("population_rp", "2023"))
    assert rate(catalogue, "population_change", "2023") is None
    catalogue = after(catalogue, "insee_rp", "2017", ("population_rp", "2017"))
    made = rate(catalogue, "population_change", "2023")
    assert made is not None and (made.source, made.base_period) == ("insee_rp_2023", "2017")


@pytest.mark.parametrize("first", [0, 1])
def test_a_stock_that_no_rate_may_be_divided_by_makes_none_in_either_order(first: int) -> None:
    """That of the edition 2020/2021 is named after another year: nothing says which it is."""
    steps = [
        ("lovac", "2021", ("lovac_vacant", "2021-01-01")),
        ("lovac_2020", "2020", ("lovac_stock", "2020")),
    ]
    catalogue = load_catalogue()
    for work, edition, figure in (steps[first], steps[1 - first]):
        catalogue = after(catalogue, work, edition, figure)
    assert rate(catalogue, "lovac_vacancy_rate", "2021-01-01") is None
    catalogue = after(
        catalogue, "lovac", "2022", ("lovac_stock", "2020")
    )  # published again, under its own year
    assert rate(catalogue, "lovac_vacancy_rate", "2021-01-01") is not None


def test_the_edition_is_read_from_the_id_of_a_source() -> None:
    for work in works().values():
        for edition, period in (("2026", "2026-03-31"), ("2021-2025", "2025")):
            if "{quarter}" in work.source["id"] and "-" not in period:
                continue
            id_ = work.source_of(edition, period).id
            assert work.edition_of(id_, period) in (edition, "")
    assert works()["lovac"].edition_of("arcep_mci_2026t1", "2026-03-31") is None
    assert works()["lovac_2020"].edition_of("lovac_2026", "2026-01-01") is None
