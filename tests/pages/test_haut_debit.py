"""The broadband page: verdicts with reason and worst case, technologies that add up, two editions kept apart, and honest empty states."""

from pathlib import Path

import pytest
import streamlit as st

from analysis.model import SYSTEM_ACTOR
from tests.pages.screens import Open, words


@pytest.fixture
def without_figures(fresh: Path) -> Path:
    """The published figures undone: nothing is known of any commune."""
    from data.store import undo_import
    from ui import loading

    with loading.store().write(SYSTEM_ACTOR) as session:
        undo_import(session, 1)
    st.cache_resource.clear()
    return fresh


def test_the_answer_stands_before_any_picture(open_page: Open) -> None:
    text = words(open_page("haut_debit"))
    answer = (
        "bon dans 4 communes sur 20, correct dans 13 et fragile dans 3 (Bursard, Laleu et Le Ménil-Guyon)"
    )
    assert answer in text
    assert "pas une norme officielle" in text
    assert "4 317 locaux sur 4 791 ont la fibre pour meilleure technologie (90,1 %)" in text


def test_one_commune_is_told_with_its_reason_and_worst_case(open_page: Open) -> None:
    text = words(open_page("haut_debit", commune="61215"))
    assert "Laleu : fragile." in text
    assert "280 locaux sur 354 ont la fibre pour meilleure technologie (79,1 %), moins de 80 %" in text
    assert "Pire cas : 64 locaux sur 354 n&#x27;ont que la 4G fixe ; 10 restent au cuivre." in text


def test_the_tables_hold_what_the_pictures_show(open_page: Open) -> None:
    screen = open_page("haut_debit")
    tables = [e.proto.body for e in screen.get("html") if "<table" in e.proto.body]
    captions = " ".join(tables)
    for caption in (
        "Verdict pour télétravailler, 30/06/2026",
        "Locaux par meilleure technologie, 30/06/2026",
        "deux éditions qui ne se suivent pas",
        "Date de fermeture du cuivre par commune",
        "Part des locaux raccordables à la fibre (Cartefibre)",
    ):
        assert caption in captions, caption
    assert all(table.count('scope="row"') >= 20 for table in tables)
    best = next(t for t in tables if "meilleure technologie, 30/06" in t)
    assert best.index("Vidai") < best.index("Essay") < best.index("Bursard")  # by share of fibre


def test_2019_has_no_total_and_the_break_is_said(open_page: Open) -> None:
    screen = open_page("haut_debit")
    text = words(screen)
    assert "Pas de chiffre du territoire" in text and "sans nombre de locaux" in text
    assert any("Rupture de série" in w.value for w in screen.warning)
    assert "100,0 % partout (4 791 locaux sur 4 791)" in text


def test_cartefibre_keeps_its_own_denominator(open_page: Open) -> None:
    text = words(open_page("haut_debit"))
    assert "4 311 locaux sur 4 508 sont raccordables" in text
    assert "Aucune des 20 communes n&#x27;a encore de date de fermeture du cuivre." in text


def test_without_figures_there_is_no_verdict_and_no_zero(without_figures: Path, open_page: Open) -> None:
    text = words(open_page("haut_debit", commune="61215"))
    assert "Aucun verdict : il manque le nombre de locaux par technologie." in text
    assert "Laleu : pas de verdict." in text and "pas encore importé" in text
    assert "aucune édition n&#x27;est dans la base" in text


def test_an_empty_network_changes_nothing_here_and_is_not_marked(emptied: Path, open_page: Open) -> None:
    text = words(open_page("haut_debit"))
    assert "bon dans 4 communes sur 20" in text and 'class="zv-demo"' not in text


def test_a_hostile_commune_is_ignored_and_said(open_page: Open) -> None:
    screen = open_page("haut_debit", commune="{{1/0}}<img src=x onerror=alert(1)>")
    assert any("ignoré" in w.value for w in screen.warning) and "onerror" not in words(screen)
