"""The séance page: preparing, changing, two people at once, frozen figures, who may; and the button beside every map and table."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analysis.model import LOCAL_ACCOUNT, Account, Audience, Role, Status
from data import council
from tests.pages.screens import Open, words
from ui import loading, run, sheets

COLLEAGUE = Account("p-2", "Collègue", Role.ANIMATEUR)


def prepared(**more: object) -> str:
    """A séance of three views in the store of the page."""
    views = [("carte", {}), ("logement", {"question": "two"}), ("reseau", {})]
    given = {"title": "Conseil du 3 décembre", "on": dt.date(2026, 12, 3), "views": views} | more
    return council.create_briefing(loading.store(), LOCAL_ACCOUNT, **given).subject  # type: ignore[arg-type]


def kept(id_: str) -> council.Briefing:
    with loading.store().read() as session:
        return council.briefing(session, LOCAL_ACCOUNT, id_)


def press(screen: AppTest, key: str) -> AppTest:
    screen.button(key=key).click().run()
    assert not screen.exception
    return screen


def test_a_newcomer_prepares_a_ready_made_seance_in_one_form(fresh: Path, open_page: Open) -> None:
    screen = open_page("seance")
    assert "Ce qui sera montré au conseil" in words(screen)
    ready = next(box for box in screen.selectbox if box.label.startswith("Partir"))
    ready.select("logement").run()
    press(screen, "seance:create")
    shown = words(screen)
    assert "La séance est prête." in shown and "1. Combien de logements, et combien sont vacants" in shown
    with loading.store().read() as session:
        (found,) = council.briefings(session, LOCAL_ACCOUNT)
    assert (found.title, len(found.views), found.audience) == ("Logement", 6, Audience.PUBLIC)
    press(screen, "seance:undo")
    with loading.store().read() as session:
        assert council.briefings(session, LOCAL_ACCOUNT) == ()


def test_an_untitled_seance_without_views_says_what_is_missing(fresh: Path, open_page: Open) -> None:
    screen = press(open_page("seance"), "seance:create")
    assert "Donnez un titre à la séance." in words(screen)


def test_views_change_place_and_leave_and_come_back(fresh: Path, open_page: Open) -> None:
    id_ = prepared()
    screen = open_page("seance", seance=id_)
    first, second, _ = (view.id for view in kept(id_).views)
    press(screen, f"down:{first}")
    assert [view.id for view in kept(id_).views][:2] == [second, first]
    press(screen, f"remove:{second}")
    assert len(kept(id_).views) == 2
    press(screen, "seance:undo")
    assert [view.id for view in kept(id_).views][:2] == [second, first]


def test_a_text_is_kept_when_it_is_left_and_the_generated_one_stands_beside(
    fresh: Path, open_page: Open
) -> None:
    id_ = prepared()
    screen = open_page("seance", seance=id_)
    view = kept(id_).views[0]
    press(screen, f"open:{view.id}")
    screen.text_area(key=f"seance:{view.id}:1:sentence").input("Trop de maisons vides.").run()
    assert kept(id_).views[0].sentence == "Trop de maisons vides."
    shown = words(screen)
    assert "Le texte est enregistré." in shown and "386 logements sur 3 660" in shown.replace("\u202f", " ")
    again = press(
        open_page("seance", seance=id_), f"open:{view.id}"
    )  # another browser, later: nothing was in the session only
    assert again.text_area(key=f"seance:{view.id}:2:sentence").value == "Trop de maisons vides."


def test_the_second_of_two_people_sees_both_texts_and_chooses(fresh: Path, open_page: Open) -> None:
    id_ = prepared()
    screen = open_page("seance", seance=id_)
    view = kept(id_).views[0]
    press(screen, f"open:{view.id}")
    council.change_view(loading.store(), COLLEAGUE, view.id, seen=1, sentence="Le texte du collègue.")
    screen.text_area(key=f"seance:{view.id}:1:sentence").input("Mon texte.").run()
    shown = words(screen)
    assert "Le texte du collègue." in shown and "Mon texte." in shown
    assert kept(id_).views[0].sentence == "Le texte du collègue."
    press(screen, "seance:mine")
    assert kept(id_).views[0].sentence == "Mon texte."


def test_two_people_on_two_fields_of_one_view_both_keep_theirs(fresh: Path, open_page: Open) -> None:
    id_ = prepared()
    screen = open_page("seance", seance=id_)
    view = kept(id_).views[0]
    press(screen, f"open:{view.id}")
    council.change_view(loading.store(), COLLEAGUE, view.id, seen=1, note="À dire.")
    screen.text_area(key=f"seance:{view.id}:1:sentence").input("Mon texte.").run()
    found = kept(id_).views[0]
    assert (found.sentence, found.note) == ("Mon texte.", "À dire.")


def test_frozen_figures_stay_when_the_figures_change(fresh: Path, open_page: Open) -> None:
    from data.register import record_value

    id_ = prepared()
    screen = open_page("seance", seance=id_)
    view = kept(id_).views[0]
    press(screen, f"open:{view.id}")
    press(screen, f"freeze:{view.id}")
    assert "chiffres figés le 12/05/2026" in words(screen)
    before = _fingerprint(words(screen))
    indicators = loading.desk().indicators
    record_value(
        loading.store(), loading.territory(), LOCAL_ACCOUNT.actor, indicator=indicators["vacant_dwellings"],
        commune="61156", period="2022", status=Status.OBSERVED, value="99", reason="relevé en mairie",
    )  # fmt: skip
    assert _fingerprint(words(open_page("seance", seance=id_))) == before
    press(screen, f"thaw:{view.id}")
    assert _fingerprint(words(open_page("seance", seance=id_))) != before


def _fingerprint(shown: str) -> str:
    return shown.split("empreinte ")[1][:9]


def test_a_frozen_view_says_what_became_of_its_figures_and_keeps_them(fresh: Path, open_page: Open) -> None:
    """An import undone since takes the vintage away: what was kept is still shown."""
    from dataclasses import replace

    from analysis.council import to_json
    from ui import clock
    from ui.council import compose

    id_ = prepared(views=[("carte", {"millesime": "1999"}), ("reseau", {})])
    open_page("seance", seance=id_)
    gone, growth = kept(id_).views
    store, desk = loading.store(), loading.desk()
    for view, page, sources in ((gone, "carte", None), (growth, "reseau", ("Autre source.",))):
        slide = replace(compose.slide(desk, page, {}, Audience.PUBLIC), frozen=clock.today())
        slide = replace(slide, sources=sources or slide.sources)
        council.freeze_view(store, LOCAL_ACCOUNT, view.id, to_json(slide), Audience.PUBLIC)
    shown = words(open_page("seance", seance=id_))
    assert "l’import a été annulé. Les chiffres figés le 12/05/2026 restent." in shown
    assert "Les chiffres ont changé depuis : ceux du jour ont l’empreinte" in shown
    assert "Part des logements vacants" in shown


def test_an_import_undone_since_leaves_the_frozen_figures_on_every_support_and_is_said_of_the_live_view(
    fresh: Path, tmp_path: Path, open_page: Open
) -> None:
    """Played: a file comes in, its figures go into a séance frozen and live, the import is undone, the supports are made."""
    from data.imports import history, pipeline
    from data.imports.model import Choices
    from data.imports.publish import publish
    from reports.press import MAKERS
    from tests.data.imports.published import everything
    from tests.reports.test_bad_inputs import whole
    from ui import map_views
    from ui.council import compose

    open_page("seance")
    file = next(each for each in everything() if each.format == "insee_sirene")
    path = tmp_path / file.name
    path.write_bytes(file.content)
    house, today = loading.house(), loading.desk().today
    draft = pipeline.prepare(
        path, name=file.name, choices=Choices(), house=house, catalogue=loading.catalogue(), today=today
    )
    number = publish(house, LOCAL_ACCOUNT.actor, draft, path, today=today)
    query = {"indicateur": "internet_trades"}
    id_ = prepared(views=[("carte", query), ("carte", query), ("reseau", {})])
    screen = open_page("seance", seance=id_)
    view = kept(id_).views[0]
    press(press(screen, f"open:{view.id}"), f"freeze:{view.id}")
    before = compose.deck(loading.desk(), kept(id_)).slides[0]
    assert not before.problem and before.tables and before.maps

    history.undo(house.store, LOCAL_ACCOUNT.actor, number)
    shown = words(open_page("seance", seance=id_))
    assert "Cette vue ne peut plus être montrée : l’indicateur n’existe plus." in shown
    assert "Les chiffres figés le 12/05/2026 restent." in shown
    deck = compose.deck(loading.desk(), kept(id_))
    frozen, live, network = deck.slides
    assert (frozen.tables, frozen.maps, frozen.fingerprint) == (
        before.tables,
        before.maps,
        before.fingerprint,
    )
    assert "n’existe plus" in live.problem and not live.tables and not network.problem
    ground = map_views.ground()
    for name in ("deck", "slides", "workbook", "pdf", "page"):
        beside: tuple[Any, ...] = (ground, {}) if name == "deck" else () if name == "workbook" else (ground,)
        said = whole(name, MAKERS[name](deck, *beside))
        if name != "pdf":  # of which `whole` reads the title
            assert frozen.fingerprint in said and "n’existe plus" in said, name

    history.redo(house.store, LOCAL_ACCOUNT.actor, number)
    again = compose.deck(loading.desk(), kept(id_))
    assert not again.slides[1].problem and again.slides[1].fingerprint == frozen.fingerprint


def test_a_view_whose_figures_are_gone_says_so_and_the_others_stay(fresh: Path, open_page: Open) -> None:
    id_ = prepared(
        views=[
            ("carte", {"indicateur": "gone"}),
            ("commune", {"commune": "99999"}),
            ("carte", {"millesime": "1999"}),
            ("ailleurs", {}),
            ("reseau", {}),
        ]
    )
    shown = words(open_page("seance", seance=id_))
    for text in (
        "l’indicateur n’existe plus",
        "la commune n’existe plus",
        "n’est plus publié",
        "un écran qui n’existe plus",
        "Le réseau grandit-il",
    ):
        assert text in shown, text


@pytest.mark.parametrize(
    ("page", "query", "kept_as"),
    [
        (
            "carte",
            {"indicateur": "ftth_share", "mode": "croise", "avec": "vacancy_rate"},
            {"indicateur": "ftth_share", "mode": "croise"},
        ),
        ("logement", {"question": "two"}, {"question": "stock"}),
        ("commune", {"commune": "61156"}, {"commune": "61156"}),
        ("haut_debit", {}, {"question": "teletravail"}),
        ("reseau", {"section": "croissance"}, {"section": "croissance"}),
    ],
)
def test_what_is_on_screen_is_added_in_one_click(
    fresh: Path, open_page: Open, page: str, query: dict[str, str], kept_as: dict[str, str]
) -> None:
    screen = open_page(page, **query)
    add = [button for button in screen.button if button.label == "Ajouter à la séance"]
    assert add, "no way to the séance"
    add[0].click().run()
    assert not screen.exception
    assert "Ajoutée à « Séance du 12/05/2026 » (1 vue)." in words(screen).replace("\u202f", " ").replace(
        "\xa0", " "
    )
    with loading.store().read() as session:
        (found,) = council.briefings(session, LOCAL_ACCOUNT)
    assert kept_as.items() <= dict(found.views[0].query).items()


def test_a_territory_with_nobody_prepares_its_seance_too(emptied: Path, open_page: Open) -> None:
    id_ = prepared()
    shown = words(open_page("seance", seance=id_))
    assert "Aucun membre n’est encore inscrit au registre." in shown or "Le réseau grandit-il" in shown


def test_every_support_is_one_button_and_says_the_fingerprint_of_the_screen(
    fresh: Path, open_page: Open
) -> None:
    import io

    import openpyxl

    from ui import access, briefings, map_views
    from ui.council import compose, supports

    prepared()
    screen = open_page("seance")
    assert {getattr(each, "label", "") for each in screen.get("download_button")} >= {
        each.name for each in supports.SUPPORTS
    }
    desk = loading.desk()
    made = compose.deck(desk, briefings.read(access.account())[0], "http://127.0.0.1:8501")
    workbook = next(each for each in supports.SUPPORTS if each.id == "workbook")
    book = openpyxl.load_workbook(io.BytesIO(workbook.make(made, map_views.ground(), dict)))
    text = " ".join(
        str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    )
    for support in supports.SUPPORTS:
        assert len(support.make(made, map_views.ground(), dict)) > 5_000, support.id
    for slide in made.slides:
        assert slide.fingerprint in text and slide.fingerprint in words(screen)
        assert slide.sources[0].replace("\u202f", " ") in text.replace("\u202f", " ")


def test_a_screen_set_for_the_public_shows_no_seance_of_a_narrower_circle(
    fresh: Path, open_page: Open
) -> None:
    inner = prepared(title="Réunion interne", audience=Audience.ANIMATEUR)
    assert "Réunion interne" in str([box.options for box in open_page("seance").selectbox])
    screen = open_page("seance", vue="public", seance=inner)
    assert "Réunion interne" not in str([box.options for box in screen.selectbox]) + words(screen)
    offered = open_page("carte", vue="public")
    assert "Réunion interne" not in str([button.help for button in offered.button])


def test_the_annual_report_is_offered_for_each_year_of_the_network(fresh: Path, open_page: Open) -> None:
    screen = open_page("seance")
    box = screen.selectbox(key="seance:annual:year")
    assert (box.value, box.options[0], box.options[-1]) == (2025, "2026", "2004")
    labels = [getattr(each, "label", "") for each in screen.get("download_button")]
    assert labels[-2:] == ["PDF", "PowerPoint"]


def test_the_town_halls_own_template_is_taken_and_a_wrong_one_is_refused_in_words(fresh: Path) -> None:
    from reports.office import OfficeError
    from tests import decks
    from ui.council import supports

    slides = next(each for each in supports.SUPPORTS if each.id == "slides")
    (fresh / "modele-mairie.pptx").write_bytes(b"not a presentation")
    with pytest.raises(OfficeError, match="modèle"):
        slides.make(decks.deck(), decks.ground(), dict)


def test_the_sheets_of_all_communes_say_what_their_portraits_say(fresh: Path, open_page: Open) -> None:
    open_page("seance")
    with run.as_one():  # as the file of a séance, which asks the store once
        made = sheets.decks(loading.desk(), Audience.PUBLIC)
    assert set(made) == set(loading.desk().names)
    essay = made["61156"]
    cells = [
        cell.text.replace("\u202f", " ").replace("\xa0", " ")
        for table in essay.slides[0].tables
        for row in table.rows
        for cell in row
    ]
    assert essay.title == "Essay" and "556 habitants" in cells and "8,0 % (25 sur 306)" in cells
    assert any(row[0].text == "Téléphone" for table in essay.slides[2].tables for row in table.rows)


def test_each_picture_of_a_view_is_a_file(fresh: Path, open_page: Open) -> None:
    id_ = prepared()
    view = kept(id_).views[0]
    screen = press(open_page("seance", seance=id_), f"open:{view.id}")
    labels = [getattr(each, "label", "") for each in screen.get("download_button")]
    assert {"Carte 1, PNG", "Carte 1, SVG"} <= set(labels)


def test_the_notice_of_meeting_gives_its_line_of_the_agenda_and_where_the_deck_is(
    fresh: Path, open_page: Open
) -> None:
    from ui.council.handover import notice

    id_ = prepared(title="Logement et fibre : où en est-on ?", audience=Audience.ANIMATEUR)
    screen = open_page("seance", seance=id_)
    (shown,) = [each.value for each in screen.code if "Ordre du jour" in each.value]
    said = notice(kept(id_), "Zevillage", "")
    assert shown == said, "where no address is known, none is given"
    assert plain(said) == (
        "Ordre du jour du 3 décembre 2026 : Logement et fibre : où en est-on ? (Zevillage).\n"
        f"3 vues préparées pour {Audience.ANIMATEUR.label}."
    )
    alone = prepared(title="Fibre", views=[("carte", {"indicateur": "ftth_share"})])
    link = f"http://127.0.0.1:8501/seance?seance={alone}"
    assert plain(notice(kept(alone), "Zevillage", link)) == (
        f"Ordre du jour du 3 décembre 2026 : Fibre (Zevillage).\n1 vue préparée pour le public.\nLe diaporama : {link}"
    )


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_the_code_for_a_site_is_given_for_a_real_address_only(fresh: Path, open_page: Open) -> None:
    prepared(title='Conseil "de décembre" <b>')
    screen = open_page("seance")
    screen.text_input(key="seance:site").input("https://www.exemple.fr/seance.html").run()
    code = next(each.value for each in screen.code if "iframe" in each.value)
    assert 'src="https://www.exemple.fr/seance.html"' in code and "<b>" not in code
    screen.text_input(key="seance:site").input("javascript:alert(1)").run()
    assert "n’est pas l’adresse d’une page" in words(screen) and not [
        c for c in screen.code if "iframe" in c.value
    ]
