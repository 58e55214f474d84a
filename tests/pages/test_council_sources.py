"""Every view that a screen offers to the séance: the sentence and figures of the screen, for one audience, and a link back to it."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from analysis.council import Deck, Slide, to_json
from analysis.model import LOCAL_ACCOUNT, Audience
from data import council
from data.register import RegisterError
from reports.slides import slides_pptx
from tests import codes
from tests.pages.screens import Open, words
from ui import loading, map_views, run
from ui.council import compose
from ui.council.sources import SOURCES
from ui.listings import listing_markers
from ui.navigation import PAGES

FILES = {"": "accueil", "haut-debit": "haut_debit"}
SECTIONS = (
    "presentation", "croissance", "rejouer", "fidelite", "annuaire", "metiers", "isolement", "acteurs", "evenements",
)  # fmt: skip
BROADBAND = ("teletravail", "technologies", "evolution", "cuivre", "cartefibre")
HOUSING = ("stock", "two", "sales", "prices", "annonces")
SOURCED = ("editions", "charge")
VIEWS: list[tuple[str, dict[str, str]]] = [
    ("accueil", {}),
    ("carte", {"cercles": "1"}),
    *(("sources", {"question": question}) for question in SOURCED),
    *(("reseau", {"section": section}) for section in SECTIONS),
    ("reseau", {"section": "croissance", "croissance": "commune"}),
    ("reseau", {"section": "croissance", "croissance": "metier"}),
    ("reseau", {"section": "rejouer", "mois": "2011-05"}),
    ("reseau", {"section": "annuaire", "forme": "1"}),
    ("reseau", {"section": "metiers", "rayon": "20"}),
    *(("haut-debit", {"question": question}) for question in BROADBAND),
    *(("logement", {"question": question}) for question in HOUSING),
    ("commune", {"commune": "61156"}),
    ("commune", {"commune": "61156", "question": "logement"}),
    ("commune", {"commune": "61156", "question": "changements"}),
]


def told(text: str) -> str:
    """Without the differences of writing that a reader does not see."""
    plain = (
        html.unescape(text).replace("\u202f", " ").replace("\xa0", " ").replace("’", "'").replace("\\", "")
    )
    return plain.casefold()


def stands(cell: str, shown: str) -> bool:
    """Whether a cell can be read on the screen: word for word, or its figure, where the screen gives the unit in the heading and the
    counts behind a share (« (8 sur 46) ») in another column or not at all.
    """
    numbers = re.findall(r"\d[\d ]*(?:,\d+)?", cell.split(" (")[0])
    figure = bool(numbers) and all(one.strip() in shown for one in numbers)
    dated = all(
        part in shown for part in cell.rsplit(", ", 1)
    )  # a figure's name and its vintage, two columns of a portrait
    return cell in shown or cell == "–" or figure or dated


def made(page: str, query: dict[str, str], audience: Audience) -> Slide:
    with run.as_one():  # as a run of a page, which asks the store once
        slide = compose.slide(loading.desk(), page, query, audience)
    assert not slide.problem and slide.sources and slide.sentence
    return slide


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.ANIMATEUR])
@pytest.mark.parametrize(("page", "query"), VIEWS)
def test_a_view_says_what_its_link_opens(
    open_page: Open, page: str, query: dict[str, str], audience: Audience
) -> None:
    slide = made(page, query, audience)
    link = urlsplit(slide.link)
    word = link.path.strip("/")
    screen = open_page(FILES.get(word, word), vue=audience.value, **dict(parse_qsl(link.query)))
    shown = told(words(screen))
    assert "ignoré" not in " ".join(each.value for each in screen.warning)
    if page not in ("accueil", "commune"):  # those screens say their figures one by one
        assert told(slide.sentence) in shown
    for table in slide.tables:
        for row in (*table.rows, table.foot):
            for cell in row:
                assert stands(told(cell.text), shown), (table.caption, cell.text)


@pytest.mark.parametrize("mode", ["simple", "animation", "cote", "croise"])
def test_the_listings_of_a_map_are_those_of_the_supports_in_every_mode_that_shows_them(
    open_page: Open, mode: str
) -> None:
    open_page("seance")
    desk = loading.desk()
    query = {"mode": mode, "annonces": "1", "cercles": "1"}
    slide = made("carte", query, Audience.PUBLIC)
    plain = made("carte", {"mode": mode}, Audience.PUBLIC)
    on_screen = [(marker.lon, marker.lat, marker.label) for marker in listing_markers(desk)]
    assert on_screen
    for drawing in slide.maps:
        assert [(p.lon, p.lat, p.text) for p in drawing.places] == ([] if mode == "croise" else on_screen)
    if mode == "croise":  # two crossed indicators fill the map: nothing is drawn over them, on screen neither
        assert slide.fingerprint == plain.fingerprint
        return
    assert all(drawing.places_label == "annonce disponible (démonstration)" for drawing in slide.maps)
    assert slide.mark == "démonstration" and not plain.mark
    assert slide.tables[-1].caption == "Annonces disponibles" and len(slide.tables[-1].rows) >= len(on_screen)
    assert "registre tenu" in slide.sources[-1] and slide.fingerprint != plain.fingerprint
    counts = {row[0].text: row[-1].number for row in slide.tables[0].rows}
    circles = slide.maps[-1].circles
    assert circles is not None and counts == {desk.names[c]: n for c, n in circles.values.items()}


EXACT: list[tuple[str, dict[str, str]]] = [
    ("carte", {"mode": "croise", "avec": "vacancy_rate", "indicateur": "ftth_share", "commune": "61156"}),
    ("carte", {"mode": "cote", "annonces": "1", "methode": "manual", "bornes": "5;10;15"}),
    ("carte", {"mode": "animation", "indicateur": "members", "millesime": "2015-12-31"}),
    ("reseau", {"section": "rejouer", "mois": "2011-05"}),
    ("commune", {"commune": "61156", "question": "logement"}),
    ("haut-debit", {"question": "evolution"}),
]


def test_the_code_of_a_slide_reopens_exactly_its_view(open_page: Open) -> None:
    open_page("seance")
    desk, home = loading.desk(), "https://reseau.exemple.fr/carte-du-reseau"
    slides = tuple(made(page, query, Audience.PUBLIC) for page, query in EXACT)
    deck = Deck("Conseil", desk.today, desk.today, Audience.PUBLIC, "Zevillage", slides, home=home)
    shown = Presentation(io.BytesIO(slides_pptx(deck, map_views.ground()))).slides
    read = [
        text for page in shown for shape in page.shapes if shape.name == "QR code" for text in codes.read(shape.image.blob)
    ]  # fmt: skip
    reopened = []
    for text in dict.fromkeys(read):
        assert text.startswith(f"{home}/")
        link = urlsplit(text.removeprefix(home))
        query = dict(parse_qsl(link.query)) | ({"question": link.fragment} if link.fragment else {})
        reopened.append(made(link.path.strip("/"), query, Audience.PUBLIC))
    assert [(each.title, each.sentence, each.fingerprint) for each in reopened] == [
        (each.title, each.sentence, each.fingerprint) for each in slides
    ]


def offered(screen: AppTest) -> list[str]:
    return [
        str(button.key).removeprefix("seance:add:")
        for button in screen.button
        if button.label == "Ajouter à la séance"
    ]


def test_every_picture_and_table_of_a_screen_has_its_way_to_the_seance(open_page: Open) -> None:
    home = offered(open_page("accueil", commune="61156"))
    assert home == ["carte:accueil", "commune:accueil", "accueil:", "reseau:accueil"]
    assert offered(open_page("haut_debit")) == [f"haut-debit:{each}" for each in BROADBAND]
    assert offered(open_page("logement")) == [f"logement:{each}" for each in HOUSING]
    assert offered(open_page("sources")) == [f"sources:{each}" for each in SOURCED]
    for section in SECTIONS:
        assert offered(open_page("reseau", section=section)) == [f"reseau:{section}"]
    portrait = offered(open_page("commune", commune="61156"))
    assert portrait[0] == "commune:" and portrait[-1] == "commune:changements" and len(portrait) > 4


def test_every_public_screen_with_figures_offers_views_and_of_the_others_the_watch_alone() -> None:
    public = {
        page.path or "accueil" for page in PAGES if page.audience is Audience.PUBLIC and page.right is None
    }
    assert set(SOURCES) == (public - {"accessibilite"}) | {"veille"}


@pytest.mark.parametrize(
    ("page", "query", "key", "kept"),
    [
        ("accueil", {}, "accueil:", {}),
        ("accueil", {}, "carte:accueil", {"cercles": "1"}),
        (
            "reseau",
            {"section": "rejouer", "mois": "2011-05", "pas": "1"},
            "reseau:rejouer",
            {"section": "rejouer", "mois": "2011-05"},
        ),
        (
            "reseau",
            {"section": "metiers", "rayon": "20", "forme": "1"},
            "reseau:metiers",
            {"section": "metiers", "rayon": "20"},
        ),
        ("logement", {"question": "annonces"}, "logement:annonces", {"question": "annonces"}),
        (
            "commune",
            {"commune": "61156"},
            "commune:changements",
            {"commune": "61156", "question": "changements"},
        ),
    ],
)
def test_a_click_keeps_what_decides_the_view_and_nothing_else(
    fresh: Path, open_page: Open, page: str, query: dict[str, str], key: str, kept: dict[str, str]
) -> None:
    screen = open_page(page, **query)
    screen.button(key=f"seance:add:{key}").click().run()
    assert not screen.exception
    with loading.store().read() as session:
        (found,) = council.briefings(session, LOCAL_ACCOUNT)
    assert (found.views[-1].page, dict(found.views[-1].query)) == (key.split(":")[0], kept)


def test_a_view_that_names_people_follows_their_consent_and_is_never_kept(
    fresh: Path, open_page: Open
) -> None:
    open_page("seance")
    store, today = loading.store(), loading.desk().today
    views = [("reseau", {"section": "annuaire"}), ("reseau", {})]
    id_ = council.create_briefing(store, LOCAL_ACCOUNT, title="Conseil", on=today, views=views).subject
    with store.read() as session:
        directory, growth = council.briefing(session, LOCAL_ACCOUNT, id_).views
    slide = made("reseau", {"section": "annuaire"}, Audience.PUBLIC)
    assert slide.names_people
    with pytest.raises(RegisterError, match="nomme des personnes"):
        council.freeze_view(store, LOCAL_ACCOUNT, directory.id, to_json(slide), Audience.PUBLIC)
    screen = open_page("seance", seance=id_)
    screen.button(key=f"open:{directory.id}").click().run()
    assert screen.button(key=f"freeze:{directory.id}").disabled
    screen.button(key=f"open:{growth.id}").click().run()
    assert not screen.button(key=f"freeze:{growth.id}").disabled


def test_a_territory_with_an_empty_register_says_so_in_every_view(emptied: Path, open_page: Open) -> None:
    open_page("seance")
    for page, query in VIEWS:
        slide = made(page, query, Audience.PUBLIC)
        assert all(any(v is not None for _, values in c.series for v in values) for c in slide.charts)
        assert all(table.rows for table in slide.tables)


def test_the_lines_of_the_key_figures_are_told_by_years(open_page: Open) -> None:
    open_page("seance")
    members = made("accueil", {}, Audience.PUBLIC).charts[0]
    assert members.categories[:2] == ("2016", "2017") and members.categories[-1] == "12/05/2026"
