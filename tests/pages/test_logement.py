"""The housing page: two counts side by side, « au moins », small numbers, listings; with data and empty."""

from pathlib import Path

import pytest
import streamlit as st

from tests.pages.screens import Open, words


@pytest.mark.parametrize(
    "expected",
    [
        "3 660 logements (RP 2022) : 2 860 résidences principales (78,1 %)",
        "386 logements vacants (10,5 %)",
        "LOVAC en compte au moins 306 dans le parc privé (1er janvier 2025, 14 communes sur 20 publiées)",
        "les 14 où les deux sont publiés) : 353 logements vacants au recensement, 306 logements vacants dans LOVAC",
        "Le parc privé seulement",
        "Au moins 66 logements du parc privé sont vacants depuis plus de deux ans (4 communes sur 20 publiées)",
        "65 ventes de maisons en 2025, contre 115 ventes en 2021",
        "une médiane existe dans 7 communes sur 20",
        "Pas de prix médian du territoire : une médiane ne s'additionne pas",
        "« moins de 5 ventes »",
        "1 026 €/m² (8 ventes)",
        "6 annonces vues disponibles ces 8 derniers jours",
        "Source : DGFiP, Demandes de valeurs foncières",
        "Source : Cerema / DGALN, LOVAC",
        "au 12/05/2026 — démonstration",
    ],
)
def test_each_section_answers_its_question(logement: str, expected: str) -> None:
    assert expected in logement


@pytest.fixture
def logement(open_page: Open) -> str:
    return words(open_page("logement")).replace("&#x27;", "'")


def test_each_section_is_a_question_and_every_picture_has_its_words(open_page: Open) -> None:
    screen = open_page("logement")
    assert all(s.value.endswith("\u202f?") for s in screen.subheader) and len(screen.subheader) == 5
    charts = [*screen.get("arrow_vega_lite_chart"), *screen.get("vega_lite_chart")]
    assert len(charts) == 4


def test_an_empty_network_has_no_listing_and_no_mark(emptied: Path, open_page: Open) -> None:
    screen = open_page("logement")
    text = words(screen)
    assert "Aucune annonce vue disponible" in text and "émonstration" not in text
    assert any("mairies, les notaires" in i.value for i in screen.info)
    assert "386 logements vacants" in text


def test_without_any_figure_nothing_is_invented(emptied: Path, open_page: Open) -> None:
    from analysis.model import SYSTEM_ACTOR
    from data.store import undo_import
    from ui import loading

    with loading.store().write(SYSTEM_ACTOR) as session:
        undo_import(session, 1)
    st.cache_resource.clear()
    text = words(open_page("logement"))
    # Whoever published it did: what is missing is our own import, and the page says which.
    assert "pas encore importé. À importer : Recensement de la population" in text.replace("\u202f", " ")
    assert text.count("pas encore importé") > 20
    assert "0 logement" not in text and "0,0 %" not in text
