"""The map page: the published figure, filters in the address, refusals said, exports for the public."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.model import Audience
from tests.pages.screens import Open, words


def box(screen: AppTest, label: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return next(b for b in screen.selectbox if b.label == label)


def unfold(screen: AppTest) -> None:
    """Open « Réglages »."""
    screen.session_state["carte:fold:reglages"] = True
    screen.run()


def test_it_opens_on_the_vacancy_rate_with_its_sentence_table_and_source(open_page: Open) -> None:
    text = words(open_page("carte"))
    assert "386 logements sur 3 660 sont vacants (10,5 %)" in text
    assert "80 sur 465" in text and "Source : INSEE, Recensement de la population" in text
    assert "RP 2022" in text and "Démonstration" in text


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("ftth_share", "4 317 locaux sur 4 791 ont la fibre pour meilleure technologie (90,1 %)"),
        ("lovac_vacant", "Au moins 306 logements du parc privé sont vacants (14 communes sur 20 publiées)"),
        ("lovac_vacancy_rate", "secret statistique dans 12 communes sur 20"),
        ("house_price", "moins de 5 ventes"),
        ("median_income", "une médiane ne s'additionne pas"),
        ("no_transport_share", "pas une part de télétravailleurs"),
        ("share_30m", "Rupture de série"),
    ],
)
def test_each_indicator_says_what_is_published(open_page: Open, indicator: str, expected: str) -> None:
    assert expected.replace("'", "&#x27;") in words(open_page("carte", indicateur=indicator)).replace(
        "'", "&#x27;"
    )


def test_every_indicator_and_method_can_be_drawn(open_page: Open) -> None:
    screen = open_page("carte")
    for indicator in box(screen, "Indicateur").options:
        box(screen, "Indicateur").select(indicator).run()
        assert [e.message for e in screen.exception] == [], indicator
    unfold(screen)
    for method in ("equal", "natural", "manual"):
        box(screen, "Méthode de classement").set_value(method).run()
        assert [e.message for e in screen.exception] == [], method


def test_the_vintage_comes_from_the_address_and_the_classes_are_common(open_page: Open) -> None:
    screen = open_page("carte", indicateur="house_sales", millesime="2021")
    assert "115 maisons ont été vendues en 2021" in words(screen)
    # Common to all years, and none of them empty in either: nobody sold a single house in 2021.
    assert "Classes communes à tous les millésimes" in words(screen) and "0 à 2 (3 communes)" in words(screen)
    box(screen, "Millésime").set_value("2025").run()
    assert "65 maisons ont été vendues en 2025" in words(screen)
    assert "Classes communes à tous les millésimes" in words(screen) and "0 à 2 (8 communes)" in words(screen)


@pytest.mark.parametrize(
    "query",
    [
        {"inconnu": "1"},
        {"indicateur": "{{1/0}}"},
        {"vue": "<script>"},
        {"commune": "75056"},
        {"millesime": "hier"},
    ],
)
def test_an_address_that_is_not_understood_is_ignored_and_said(
    open_page: Open, query: dict[str, str]
) -> None:
    screen = open_page("carte", **query)
    assert any("ignoré" in w.value for w in screen.warning)
    assert "386 logements" in words(screen)
    assert not any(value in words(screen) for value in query.values() if len(value) > 4)


def test_unusable_limits_are_said_and_replaced(open_page: Open) -> None:
    screen = open_page("carte", methode="manual", bornes="5;10")
    assert not screen.warning
    unfold(screen)
    screen.text_input[0].set_value("beaucoup").run()
    assert any("points-virgules" in w.value.replace("\\", "") for w in screen.warning)


def test_the_public_view_hides_small_counts_of_members(open_page: Open) -> None:
    shown = words(open_page("carte", indicateur="members", vue="animateur"))
    hidden = words(open_page("carte", indicateur="members", vue="public"))
    assert "secret statistique" in hidden and "secret statistique" not in shown


def test_a_commune_chosen_shows_its_main_figures(open_page: Open) -> None:
    text = words(open_page("carte", commune="61215"))
    assert "Laleu" in text and "6,4 % (15 sur 233)" in text and "79,1 % (280 sur 354)" in text


def test_an_empty_network_is_said_and_nothing_is_marked_as_demonstration(
    emptied: Path, open_page: Open
) -> None:
    text = words(open_page("carte", indicateur="members"))
    assert "0 membre" in text and "Démonstration" not in text


def test_files_are_for_the_public_and_carry_their_source(fresh: Path) -> None:
    from ui import loading
    from ui.map_page import files

    desk = loading.desk()
    public = loading.answer("members", None, Audience.PUBLIC)
    csv = files.csv_file(desk, public)
    lines = csv.removeprefix("\ufeff").split("\r\n")
    assert (
        csv[0] == "\ufeff"
        and lines[0] == "code_insee;commune;indicateur;millesime;valeur;unite;statut;source"
    )
    assert (
        lines[1].startswith("61013;Aunay-les-Bois;Membres présents;12/05/2026;;membres;secret statistique;")
        and "démonstration" in csv
    )
    published = files.csv_file(desk, loading.answer("vacancy_rate", None, Audience.PUBLIC))
    laleu = next(line for line in published.split("\r\n") if line.startswith("61215;Laleu;"))
    assert (
        laleu.split(";")[4].startswith("6,41")
        and laleu.split(";")[6] == "publié"
        and "démonstration" not in published
    )
    rate = loading.answer("vacancy_rate", None, Audience.PUBLIC)
    collection = json.loads(files.geojson_file(desk, rate))
    assert len(collection["features"]) == 20 and "INSEE" in collection["source"]
    laleu = next(f for f in collection["features"] if f["properties"]["code"] == "61215")
    assert round(laleu["properties"]["valeur"], 1) == 6.4 and laleu["geometry"]["type"] in (
        "Polygon",
        "MultiPolygon",
    )


def test_a_vintage_chosen_in_the_list_is_shown_and_the_latest_is_left_out_of_the_address(
    open_page: Open,
) -> None:
    screen = open_page("carte", indicateur="house_sales")
    for period, total in (("2021", "115"), ("2025", "65"), ("2022", "115"), ("2024", "79")):
        screen.selectbox(key="carte:millesime").set_value(period).run()
        assert screen.selectbox(key="carte:millesime").value == period
        assert f"{total} ventes" in words(screen).replace("\u00a0", " ")
        assert screen.query_params.get("millesime", "2025") in (period, [period])
