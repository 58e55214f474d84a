"""The home page: six figures with source and past, growth with the published milestones, and an honest empty state."""

from pathlib import Path

import pytest

from tests.pages.screens import Open, words


def test_six_figures_with_their_source_date_and_past(open_page: Open) -> None:
    text = words(open_page("accueil"))
    assert text.count("class='zv-figure'") == 6
    # The answer and its map open the page, the cards come after.
    assert (
        text.index("386 logements sur") < text.index('aria-label="Légende"') < text.index("class='zv-figure'")
    )
    for expected in (
        "386 sur 3 660 logements · RP 2022",
        "4 317 sur 4 791 locaux · 30/06/2026",
        "RP 2016 : 6 475 habitants → RP 2022 : 6 245 habitants",
        "2021 : 115 ventes → 2025 : 65 ventes",
        "Un seul millésime dans la base",
        "DGFiP, Demandes de valeurs foncières",
        "démonstration",
    ):
        assert expected in text, expected


def test_milestones_keep_their_source_in_the_table(open_page: Open) -> None:
    text = words(open_page("accueil"))
    assert "Le Monde, 24 mai 2007" in text and "Ouverture du télécentre de Boitron" in text


def test_without_anybody_the_growth_says_so_and_nothing_is_marked(emptied: Path, open_page: Open) -> None:
    text = words(open_page("accueil"))
    assert "Aucun membre n&#x27;est encore inscrit au registre" in text and 'class="zv-demo"' not in text
    assert "Le Monde, 24 mai 2007" in text  # the published facts stay


def test_an_empty_register_says_where_to_begin(emptied: Path, open_page: Open) -> None:
    screen = open_page("accueil")
    assert any("Le registre est vide" in each.value for each in screen.info)
    links = [each.proto.label for each in screen.get("page_link")]
    assert "Inscrire le premier membre" in links and "Importer une liste" in links


def test_what_waits_today_is_told_to_coordinators_with_the_way_to_the_watch(open_page: Open) -> None:
    screen = open_page("accueil")
    text = words(screen)
    assert "1 fenêtre ouverte, personne en retard" in text
    assert "Ouverte J-5, arrivée le 17/05/2026" in text
    assert "À appeler d’abord" in text and "Correspondant " in text
    assert "Démonstration : n’appelez pas les mairies" in text
    assert "Ouvrir la veille du logement" in [each.proto.label for each in screen.get("page_link")]
    assert "Inscrire le premier membre" not in [each.proto.label for each in screen.get("page_link")]


def test_my_commune_shows_its_figures(open_page: Open) -> None:
    text = words(open_page("accueil", commune="61502"))
    assert "17,4 % (8 sur 46)" in text and 'data-commune="61502"' in text


def test_a_hostile_commune_is_ignored_and_said(open_page: Open) -> None:
    screen = open_page("accueil", commune="<img src=x onerror=alert(1)>")
    assert any("ignoré" in w.value for w in screen.warning) and "onerror" not in words(screen)


def test_an_open_installation_says_what_a_proxy_would_do(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "n’ajoute pas l’en-tête X-Forwarded-For"
    assert said in words(open_page("accueil"))
    monkeypatch.setattr("data.access.nobody_has_a_pin", lambda profiles: False)
    assert said not in words(open_page("accueil"))
