"""Where figures come from, and what stops the application from showing any."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.packs import SHIPPED
from tests.pages.screens import ROOT, Open, words


def test_every_edition_has_its_producer_licence_and_coverage(open_page: Open) -> None:
    screen = open_page("sources")
    text = words(screen).replace("\\", "")  # without the signs that keep a title literal
    for expected in (
        "INSEE —",
        "ARCEP —",
        "DGFiP —",
        "Cerema / DGALN —",
        "Licence Ouverte 2.0",
        "licence à vérifier",
    ):
        assert expected in text, expected
    lovac = text.split("LOVAC, logements vacants")[1]
    assert "Données ouvertes, licence à vérifier" in text and lovac


def test_coverage_counts_published_secret_and_missing(fresh: Path) -> None:
    from analysis.coverage import coverage
    from analysis.model import Audience
    from ui import loading

    ids = (
        "lovac_stock",
        "lovac_vacant",
        "lovac_vacancy_rate",
        "house_price",
        "median_income",
        "vacancy_rate",
    )
    table = coverage(loading.answer(i, None, Audience.PUBLIC) for i in ids).set_index("indicator")
    counts = table[["published", "suppressed", "missing"]]
    assert counts.loc["lovac_stock"].tolist() == [8, 12, 0]
    assert counts.loc["lovac_vacant"].tolist() == [14, 6, 0]
    assert counts.loc["lovac_vacancy_rate"].tolist() == [8, 12, 0]
    assert counts.loc["house_price"].tolist() == [7, 0, 13]
    assert counts.loc["median_income"].tolist() == [18, 2, 0]
    assert (counts.sum(axis=1) == table["of"]).all()


def test_a_territory_that_is_refused_shows_no_figure_but_the_line(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = SHIPPED.territory.read_text(encoding="utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_text(good.replace('code = "61258"', 'code = "61999"', 1), encoding="utf-8")
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(bad))
    line = good[: good.index('code = "61258"')].count("\n") + 1
    screen = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    text = words(screen)
    assert f"ligne {line}" in text and "61999" in text and "61258" in text
    assert "class='zv-figure'" not in text

    from ui.server import shell

    shell._open_store()
    assert f"ligne {line}" in capsys.readouterr().err


def test_the_way_from_a_figure_opens_at_its_own_source(open_page: Open) -> None:
    for indicator, producer in (
        ("vacancy_rate", "INSEE"),
        ("house_sales", "DGFiP"),
        ("ftth_share", "ARCEP"),
    ):
        map_ = open_page("carte", indicateur=indicator)
        link = next(e.proto for e in map_.get("page_link") if e.proto.page == "sources")
        query = dict(pair.split("=") for pair in link.query_string.split("&"))
        screen = open_page("sources", **query)
        first = screen.subheader[0].value
        assert first == "La source du chiffre d'où vous venez", indicator
        assert screen.subheader[1].value.startswith(producer), screen.subheader[1].value
        assert screen.subheader[2].value == "Les autres éditions"
    assert "La source du chiffre" not in words(open_page("sources"))


def test_two_crossed_indicators_lead_to_the_source_of_each(open_page: Open) -> None:
    screen = open_page("carte", mode="croise", avec="ftth_share")
    links = [e.proto for e in screen.get("page_link") if e.proto.page == "sources"]
    assert len({link.query_string for link in links}) == 2
    assert {link.label.split(": ")[-1] for link in links} == {"INSEE", "ARCEP"}
