"""The housing watch: whom to call, windows, what is still there, how fresh, who has answered; filled, empty, on a second territory."""

from __future__ import annotations

import base64
import html
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.watch.life import Presence
from tests.homes import forget
from tests.pages.screens import Open
from tests.pages.screens import words as raw_words
from ui import loading
from ui.watch.controls import SECTIONS
from ui.watch.listings import COLORS, gauge


def words(screen: AppTest) -> str:
    """What is read on the screen, with plain blanks and apostrophes."""
    return html.unescape(raw_words(screen)).replace("’", "'")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second territory, with its own home and its own number of days."""
    file = tmp_path / "territory.toml"
    file.write_text(
        'id = "ailleurs"\nname = "Ailleurs"\ncommunes = ["50218", "50147"]\n[network]\nname = "Ailleurs"\nfirst_year = 2020\n'
        "[search]\ndays = 5\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(file))
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "home"))
    forget()
    return file


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_answers_its_question_and_is_marked(open_page: Open, section: str) -> None:
    text = words(open_page("veille", section=section))
    assert SECTIONS[section][1].replace("’", "'") in text
    assert "Démonstration</strong>" in text
    assert "au 12/05/2026 — démonstration" in text


def test_the_page_opens_on_whom_to_call_with_why_phone_hours_and_what_to_ask(open_page: Open) -> None:
    text = words(open_page("veille"))
    assert "correspondants à appeler ce matin, d'abord Correspondant" in text
    assert "1 fenêtre ouverte, personne en retard" in text
    assert "1 foyer cherche ici, première arrivée dans 5 jours" in text
    assert 'href="tel:' in text
    assert "Ouverte maintenant" in text or "Fermée, ouvre" in text or "Horaires non publiés" in text
    assert "Toujours libre ? " in text and "Du nouveau depuis le " in text
    assert "Ne les appelez pas pour ces annonces" in text


def test_windows_say_their_state_in_words_and_the_days_of_the_territory(open_page: Open) -> None:
    text = words(open_page("veille", section="fenetres"))
    assert "3 dossiers attendent un logement : 1 fenêtre ouverte et 2 pour qui il est trop tôt" in text
    assert "La recherche s'ouvre 8 jours avant l'arrivée" in text
    assert "Ouverte J-5" in text
    assert "Trop tôt (ouvre le 15/05/2026)" in text
    assert "du 09/05/2026 au 16/05/2026" in text
    assert "Dossier " in text and "Candidat" not in text


def test_each_listing_has_its_chance_as_a_number_a_colour_and_words(open_page: Open) -> None:
    text = words(open_page("veille", section="annonces"))
    assert "sans doute encore là aujourd'hui" in text
    assert "Encore là : 4 chances sur 5" in text
    pictures = [base64.b64decode(part.partition('"')[0]).decode() for part in text.split("base64,")[1:]]
    assert any(COLORS[Presence.LIKELY] in picture for picture in pictures)
    assert any(COLORS[Presence.OPEN] in picture for picture in pictures)
    assert "La classe énergie n'est pas encore tenue" in text
    sold = words(open_page("veille", section="annonces", offre="vente"))
    assert "annonces à vendre que personne n'a dites parties" in sold
    assert "€ par mois" not in sold


def test_a_gauge_is_as_long_as_its_chance_and_takes_no_text_for_a_colour() -> None:
    def drawn(chance: float) -> str:
        return base64.b64decode(gauge(chance, "#225ea8").partition("base64,")[2]).decode()

    assert 'width="59.0" height="12" fill="#225ea8"' in drawn(0.5)
    assert 'width="0.0"' in drawn(-1.0) and 'width="118.0"' in drawn(2.0)
    with pytest.raises(ValueError, match="red"):
        gauge(0.5, 'red"/><script>')


def test_the_measured_lives_stand_beside_the_rule_with_the_backtest(open_page: Open) -> None:
    text = words(open_page("veille", section="fraicheur"))
    assert "d'après 81 annonces suivies dont 63 parties" in text
    assert "De 100 annonces vues 8 jours avant l'arrivée" in text
    assert "Commencer 8 jours avant : " in text
    for lead in (4, 8, 15, 30):
        assert f"{lead} jours avant</th>" in text
    assert "De plus qu'en commençant plus tard" in text


def test_a_silent_commune_is_said_unknown_and_never_empty(open_page: Open) -> None:
    text = words(open_page("veille", section="couverture"))
    assert "communes sur 20 ont donné des nouvelles depuis moins de 8 jours" in text
    assert "On ne sait pas : sans nouvelles depuis" in text
    assert "sans nouvelles : on ne sait pas (" in text  # the legend of the hatching
    assert "Aucun logement" not in text


def test_an_empty_register_knows_its_town_halls_and_says_what_to_do(emptied: Path, open_page: Open) -> None:
    text = words(open_page("veille"))
    assert "correspondants à appeler ce matin, d'abord Mairie" in text
    assert "aucune fenêtre ouverte, personne en retard" in text
    assert "démonstration" not in text.lower()
    assert "Personne n'attend de logement avec une date d'arrivée" in words(
        open_page("veille", section="fenetres")
    )
    assert "On ne sait rien d'une annonce à louer" in words(open_page("veille", section="annonces"))
    fresh = words(open_page("veille", section="fraicheur"))
    assert "Aucune annonce suivie : on suppose 8,0 jours de vie moyenne" in fresh
    assert "Pas encore assez de recul" in fresh
    assert "On ne sait pas : sans nouvelles" in words(open_page("veille", section="couverture"))


def test_a_second_territory_has_its_own_town_halls_and_its_own_days(elsewhere: Path, open_page: Open) -> None:
    for section in SECTIONS:
        assert "Essay" not in words(open_page("veille", section=section))
    assert "La recherche s'ouvre 5 jours avant l'arrivée" in words(open_page("veille", section="fenetres"))
    assert "vues 5 jours avant l'arrivée" in words(open_page("veille", section="fraicheur"))
    assert "communes sur 2 " in words(open_page("veille", section="couverture")) or "commune sur 2 " in words(
        open_page("veille", section="couverture")
    )


def test_numbers_of_files_never_change(fresh: Path, open_page: Open) -> None:
    open_page("veille")
    from data import network

    with loading.store().read() as session:
        numbers = network.application_numbers(session, "demo")
        files = network.applications(session, "demo")
    assert sorted(numbers.values()) == list(range(1, len(files) + 1))
    assert set(numbers) == set(files["application"])
