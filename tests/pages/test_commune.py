"""The portrait: the published figure with its rank, what each audience may know, the address, an empty network, bare figures."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import streamlit as st
from streamlit.elements.widgets.button import ButtonMixin

from tests.homes import settings
from tests.pages.screens import Open, words
from tests.reports.test_paper import said as printed

LALEU = "61215"


def test_the_portrait_gives_the_figure_its_rank_its_comparison_and_its_source(open_page: Open) -> None:
    screen = open_page("commune", commune=LALEU)
    text = words(screen)
    assert screen.title[0].value == "Laleu"
    assert (
        "part des logements vacants : 6,4 % (15 sur 233, 6e plus faible sur 20, 4,1 points de moins que le territoire)"
        in text
    )
    assert "INSEE, Recensement de la population, base du comparateur de territoires (RP 2022)" in text
    assert "secret statistique" in text  # LOVAC, more than two years
    assert "ni groupe ni territoire, une médiane" in text


def test_the_town_hall_is_told_at_the_hour_of_the_clock(home: Path, open_page: Open) -> None:
    # Tuesday 12 May 2026, noon: Laleu's town hall closes at 12 and opens again at 14.
    assert "Fermée, ouvre aujourd&#x27;hui à 14 h" in words(open_page("commune", commune=LALEU))
    with settings(home, TODAY="2026-05-12T10:30"):
        text = words(open_page("commune", commune=LALEU))
    assert "Ouverte maintenant, jusqu&#x27;à 12 h" in text
    assert 'href="tel:0233285343"' in text and 'href="mailto:de-laleu.commune@orange.fr"' in text


def test_changes_say_the_break_in_the_series(open_page: Open) -> None:
    text = words(open_page("commune", commune=LALEU))
    assert "Rupture de série" in text and "ne se compare pas (rupture de série)" in text
    assert "2021 : 9 ventes → 2022 : 10 ventes" in text and "−4 ventes de 2021 à 2025" in text


def test_previous_and_next_follow_the_index_and_stand_in_the_address(open_page: Open) -> None:
    screen = open_page("commune", commune=LALEU)
    assert screen.button(key="commune:after").label == "Marchemaisons"
    screen.button(key="commune:after").click().run()
    assert screen.title[0].value == "Marchemaisons" and screen.query_params["commune"] in ("61251", ["61251"])
    screen.button(key="commune:before").click().run()
    assert screen.title[0].value == "Laleu"


def test_without_a_commune_the_first_of_the_index_is_shown_and_written_in_the_address(
    open_page: Open,
) -> None:
    screen = open_page("commune")
    assert screen.title[0].value == "Aunay-les-Bois" and screen.query_params["commune"] in (
        "61013",
        ["61013"],
    )


@pytest.mark.parametrize(
    "query", [{"commune": "75056"}, {"commune": "{{1/0}}"}, {"vue": "<script>"}, {"autre": "1"}]
)
def test_an_address_that_is_not_understood_is_ignored_and_said(
    open_page: Open, query: dict[str, str]
) -> None:
    screen = open_page("commune", **query)
    assert any("ignoré" in w.value for w in screen.warning)
    assert screen.title[0].value == "Aunay-les-Bois"


def test_members_are_named_by_consent_only_and_the_others_counted_for_coordinators_only(
    open_page: Open,
) -> None:
    from analysis.model import Audience
    from ui import loading

    coordinators = words(open_page("commune", commune="61051"))
    desk = loading.desk()
    cell = desk.members(desk.today, Audience.ANIMATEUR).cells.loc["61051"]
    assert (cell["value"], cell["public"]) == (3, 1)
    assert "3 membres présents, dont 1 a accepté d&#x27;être public." in coordinators
    public = words(open_page("commune", commune="61051", vue="public"))
    assert (
        "3 membres présents" not in public and "Le nombre des autres membres n&#x27;est pas montré" in public
    )
    # The one who consented is named for everybody; the two others for nobody.
    here = desk.network.stays
    others = here[(here["commune"] == "61051") & here["left"].isna() & ~here["public"]]["member"]
    codes = [f">Membre {int(m.rsplit('-', 1)[1])}<" for m in others]
    assert codes and not any(code in public or code in coordinators for code in codes)
    assert public.count(">Membre ") == coordinators.count(">Membre ")


def test_the_public_is_told_nothing_of_earlier_counts_of_members(open_page: Open) -> None:
    assert "Toutes les dates" in str([e.label for e in open_page("commune", commune="61258").expander])
    public = open_page("commune", commune="61258", vue="public")
    shown = [e.label for e in public.expander if e.label.startswith("Toutes les dates")]
    assert all("Membres" not in label and "Dossiers" not in label for label in shown)


def test_an_empty_network_is_said_and_not_marked_as_demonstration(emptied: Path, open_page: Open) -> None:
    text = words(open_page("commune", commune=LALEU))
    assert "Aucun membre présent." in text and "Aucune annonce vue disponible dans la commune" in text
    assert "émonstration" not in text and "6,4 % (15 sur 233" in text


def test_without_any_figure_the_page_still_stands_and_shows_no_zero(emptied: Path, open_page: Open) -> None:
    from analysis.model import SYSTEM_ACTOR
    from data.store import undo_import
    from ui import loading

    with loading.store().write(SYSTEM_ACTOR) as session:
        undo_import(session, 1)
    st.cache_resource.clear()
    text = words(open_page("commune", commune=LALEU))
    assert "part des logements vacants : pas encore importé" in text and "0,0 %" not in text
    assert "0 logement" not in text


def test_a_town_hall_without_position_or_data_is_no_obstacle(open_page: Open) -> None:
    assert "14 h 30 à 18 h" in words(open_page("commune", commune="61499"))  # no position is published
    from ui.portrait import sections

    with pytest.MonkeyPatch.context() as patch:  # nothing that is kept is made of it
        patch.setattr(sections, "_town_halls", dict)
        assert "Aucune coordonnée de mairie" in words(open_page("commune", commune=LALEU))


def test_one_more_entry_of_the_catalogue_appears_without_a_change_of_page(
    cold: None, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from data import opening

    read = opening.read_catalogue

    def with_one_more(*arguments: Any) -> object:
        known = read(*arguments)
        one = replace(known.indicators["main_share"], id="zz", short="Part inventée", theme="Thème inventé")
        return replace(known, indicators={**known.indicators, "zz": one})

    monkeypatch.setattr(opening, "read_catalogue", with_one_more)
    text = words(open_page("commune", commune=LALEU))
    assert "Thème inventé" in text and "Part inventée" in text and text.count("71,6 % (167 sur 233)") == 2


def test_the_communes_that_share_a_border_are_one_click_away_and_compared(open_page: Open) -> None:
    screen = open_page("commune", commune="61502")  # Vidai touches two communes only
    near = [button.label for button in screen.button if (button.key or "").startswith("commune:near:")]
    assert near == ["Barville", "Saint-Julien-sur-Sarthe"]
    text = words(screen)
    assert "celles qui ont une frontière commune (Barville et Saint-Julien-sur-Sarthe)" in text
    # 17 and 44 vacant dwellings in the two together, out of their dwellings: a rate from counts, never a mean of two rates.
    from analysis.model import Audience
    from ui import loading

    cells = loading.answer("vacancy_rate", None, Audience.PUBLIC).cells.set_index("commune")
    both = cells.loc[["61026", "61412"]]
    rate = 100 * both["numerator"].sum() / both["denominator"].sum()
    assert f"{rate:.1f}".replace(".", ",") + " %" in text
    next(b for b in screen.button if b.key == "commune:near:61026").click().run()
    assert screen.title[0].value == "Barville"


def test_counts_of_people_around_are_for_coordinators_only(open_page: Open) -> None:
    from analysis import portrait
    from analysis.model import Audience
    from ui import loading

    open_page("commune", commune="61502")
    desk, near = loading.desk(), loading.borders()["61502"]
    for audience in (Audience.PUBLIC, Audience.ELU):
        assert portrait.around_answer(desk, near, loading.answer("members", None, audience), audience) is None
    seen = loading.answer("members", None, Audience.ANIMATEUR)
    around = portrait.around_answer(desk, near, seen, Audience.ANIMATEUR)
    assert around is not None
    cells = seen.cells.set_index("commune")["value"]
    assert around.total.value == cells.loc[list(near)].sum()


def test_what_is_asked_of_a_table_is_answered_beside_it(open_page: Open) -> None:
    text = words(open_page("commune", commune="61258"))
    assert "Télétravail : " in text
    assert "Pourquoi deux parts de logements vacants ? RP 2022 compte tous les logements" in text
    assert (
        "Depuis quand sont-ils vacants ?" in text
        and "depuis plus de deux ans (LOVAC, 1er janvier 2025)" in text
    )
    secret = words(open_page("commune", commune="61013"))
    assert "On ne le sait pas : le nombre est trop petit pour être publié (secret statistique)" in secret
    assert "le nombre existe et n'est pas zéro" in secret.replace("&#x27;", "'")


def test_one_question_is_open_and_all_are_drawn(open_page: Open) -> None:
    screen = open_page("commune", commune="61258", question="haut-debit")
    assert screen.get("button_group") or screen.segmented_control
    text = words(screen)
    assert "Population au recensement" in text and "Part de la fibre" in text


@pytest.fixture
def offered(home: Path) -> Iterator[dict[str, Any]]:
    """What each download button of the screen makes, by the file's name."""
    found: dict[str, Any] = {}
    original = ButtonMixin.download_button

    def offer(self: Any, label: str, data: Any, *rest: Any, **named: Any) -> bool:
        found[named["file_name"]] = data
        return original(self, label, data, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ButtonMixin, "download_button", offer)
        yield found


def test_the_sheet_is_two_pages_of_the_same_figures(open_page: Open, offered: dict[str, Any]) -> None:
    screen = open_page("commune", commune=LALEU)
    assert [e.proto.label for e in screen.get("download_button")] == ["Fiche (PDF)"]
    assert set(offered) == {"fiche-laleu.pdf"}
    content = offered["fiche-laleu.pdf"]()
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as meta:
        assert len(pdf.pages) == 2 and meta["dc:title"] == "Laleu"
    text = printed(content).replace(" ", "")  # a narrow blank is too thin for the reader
    for wanted in (
        "6,4 % (15 sur 233)",
        "6e plus faible sur 20",
        "02 33 28 53 43",
        "Pays Mêlois",
        "Rupture de série",
        "Pour les animateurs",
    ):
        assert wanted.replace(" ", "") in text, wanted
