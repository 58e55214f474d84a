"""Every page on three packs: the one that comes with the project, an EPCI elsewhere, a commune overseas without contour.

Nothing of one territory stands on the screens of another; a territory without figures says which file brings them.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis import french
from analysis.model import Audience
from data import packs, reference
from data.catalogue import load_catalogue
from data.opening import open_house
from data.packs.__main__ import main
from data.packs.fill import fill
from data.packs.make import Proposal, of_communes, of_departement, of_epci, write
from data.territory import load_territory
from tests.access.conftest import sent
from tests.homes import copied, forget
from tests.packs import dwellings, national_census, says, words_of
from tests.pages.screens import ROOT
from ui.navigation import PAGES
from ui.network.sections import SECTIONS as NETWORK
from ui.watch.controls import SECTIONS as WATCH

TODAY = "2026-05-12"
PACKS = ("zevillage", "bazadais", "papeete")
ADDRESSES: list[tuple[str, dict[str, str]]] = [
    *[(Path(page.file).stem, {}) for page in PAGES],
    *[("reseau", {"section": section}) for section in NETWORK],
    *[("veille", {"section": section}) for section in WATCH],
    *[("carte", {"mode": mode}) for mode in ("croise", "cote", "animation")],
    ("carte", {"indicateur": "house_price"}),
    ("carte", {"indicateur": "members", "cercles": "1", "valeurs": "1"}),
    ("importer", {"onglet": "historique"}),
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three packs by name."""
    made = tmp_path_factory.mktemp("packs")
    write(of_epci("200043982"), made / "bazadais", 2026)
    write(of_communes(["98735"], "Papeete"), made / "papeete", 2026)
    return {"zevillage": packs.SHIPPED.folder, "bazadais": made / "bazadais", "papeete": made / "papeete"}


@pytest.fixture(scope="module")
def homes(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A filled home of each pack, to be copied."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in folders.items():
            patch.setenv("ZEVILLAGE_TERRITORY", str(folder))
            found[name] = tmp_path_factory.mktemp(f"home-{name}")
            open_house(dt.date.fromisoformat(TODAY), found[name]).store.close()
    return found


@pytest.fixture(params=PACKS)
def pack(
    request: pytest.FixtureRequest,
    folders: dict[str, Path],
    homes: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The name of the pack on show, in a home of its own."""
    name = str(request.param)
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(folders[name]))
    monkeypatch.setenv("ZEVILLAGE_HOME", str(copied(homes[name], tmp_path / "home")))
    monkeypatch.setenv("ZEVILLAGE_TODAY", TODAY)
    forget()
    yield name
    forget()


def opened(page: str, query: dict[str, str]) -> AppTest:
    screen = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    if page != "accueil":
        screen.switch_page(f"pages/{page}.py")
    for key, value in query.items():
        screen.query_params[key] = value
    screen.run()
    assert [each.message for each in screen.exception] == [], (page, query)
    return screen


def travels(screen: AppTest) -> str:
    """Everything that is sent for a screen, JSON's escapes and HTML's entities read."""
    text = html.unescape(b"\n".join(sent(screen)).decode("utf-8", "replace"))
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)


Told = Callable[..., str]


@pytest.fixture(scope="module")
def travelled() -> dict[tuple[str, ...], str]:
    """What travelled for each pack and address that was opened here: every home of a pack is the same, and no test writes in one."""
    return {}


@pytest.fixture
def told(pack: str, travelled: dict[tuple[str, ...], str]) -> Told:
    """`told("carte", indicateur="house_price")`: everything that is sent for that screen of the pack on show, opened once."""

    def of(page: str, **query: str) -> str:
        key = (pack, page, *(f"{name}={value}" for name, value in sorted(query.items())))
        if key not in travelled:
            travelled[key] = travels(opened(page, query))
        return travelled[key]

    return of


def test_every_page_opens_and_tells_nothing_of_another_territory(
    pack: str, told: Told, folders: dict[str, Path]
) -> None:
    own = words_of(folders[pack])
    foreign = {word for name in PACKS if name != pack for word in words_of(folders[name])} - own
    foreign -= {indicator.name for indicator in load_catalogue().indicators.values()}  # everybody's words
    assert len(foreign) > 30
    seen: set[str] = set()
    for page, query in ADDRESSES:
        text = told(page, **query)
        assert [word for word in sorted(foreign) if says(text, word)] == [], (page, query)
        seen |= {word for word in own if says(text, word)}
        if pack != "zevillage":  # the product keeps its name where it speaks of itself
            assert "Source\u202f: Zevillage" not in text and "réseau Zevillage" not in text, (page, query)
    assert load_territory(packs.named(str(folders[pack])).territory).names[0] in seen


@pytest.mark.parametrize("pack", ["bazadais", "papeete"], indirect=True)
def test_without_figures_the_file_that_brings_them_is_named(told: Told) -> None:
    for page, query, work in (
        ("accueil", {}, "Recensement de la population"),
        ("carte", {}, "Recensement de la population"),
        ("carte", {"indicateur": "house_price"}, "Demandes de valeurs foncières"),
        ("logement", {}, "https://files.data.gouv.fr/geo-dvf/"),
        ("haut_debit", {}, "https://maconnexioninternet.arcep.fr"),
    ):
        text = told(page, **query)
        assert "pas encore importé" in text and "À importer" in text and work in text, page
        assert "non publié" not in text.replace("Horaires non publiés", ""), page
        # A price without sales loaded is no price of few sales.
        assert "moins de 5 ventes" not in text.replace("(« moins de 5 ventes »)", "").replace(
            "(«\u202fmoins de 5 ventes\u202f»)", ""
        ), page


@pytest.mark.parametrize("pack", ["papeete"], indirect=True)
def test_a_commune_alone_has_no_rank_and_is_not_compared_with_itself(told: Told) -> None:
    text = told("commune")
    assert "Et ailleurs (Polynésie française et France)" in text and "pas encore importé" in text
    for said in ("seul chiffre connu", "comme le territoire", "que le territoire"):
        assert said not in text, said


@pytest.mark.parametrize("pack", ["papeete"], indirect=True)
def test_a_territory_without_contour_gets_tables_and_says_so(told: Told) -> None:
    for page in ("accueil", "carte", "haut_debit", "commune"):
        assert "un tableau tient lieu de carte" in told(page), page
    assert "est en bleu" not in told("commune")
    from ui import loading
    from ui.council import compose

    slide = compose.slide(loading.desk(), "carte", {}, Audience.PUBLIC)
    assert not slide.maps and slide.tables[0].rows[0][0].text == "Papeete"


SHAPES: dict[str, Callable[[], Proposal]] = {
    "an island in no EPCI": lambda: of_communes(["29083"], "Sein"),
    "48 communes without contour": lambda: of_departement("987"),
    "Corsica": lambda: of_epci("200038958"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_other_shapes_of_territory_open(shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    territory = write(SHAPES[shape](), tmp_path / "pack", 2026)
    for name, value in (("TERRITORY", tmp_path / "pack"), ("HOME", tmp_path / "home"), ("TODAY", TODAY)):
        monkeypatch.setenv(f"ZEVILLAGE_{name}", str(value))
    forget()
    for page in ("accueil", "carte"):
        text = travels(opened(page, {}))
        assert territory.name in text and any(says(text, name) for name in territory.names), page
        assert ("un tableau tient lieu de carte" in text) == (territory.bounds is None), page
    forget()


@pytest.mark.parametrize("pack", ["bazadais"], indirect=True)
def test_the_calendar_of_a_new_network_shows_its_whole_demonstration(told: Told) -> None:
    """The demonstration of a network of this year begins four years before, and so does what is drawn of it."""
    told("accueil")
    from ui import loading

    years = [period[:4] for period in loading.desk().indicators["members"].periods]
    assert loading.territory().network.first_year == 2026 and years == [
        "2022",
        "2023",
        "2024",
        "2025",
        "2026",
    ]
    assert "depuis 2022" in told("accueil")


@pytest.mark.parametrize("pack", ["zevillage", "bazadais"], indirect=True)
def test_the_page_of_sources_tells_what_is_loaded_and_what_is_missing(pack: str, told: Told) -> None:
    text = told("sources")
    if pack == "zevillage":
        assert (
            "10\u00a0publications sur 10 sont chargées" in text
            and "manque" not in text.split("Publications connues")[0][-400:]
        )
    else:
        assert "1\u00a0publication sur 10 est chargée" in text and "manquent" in text


def test_a_commune_alone_is_compared_with_its_epci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One commune filled from a file of all France: its portrait says how far it is from its EPCI, its map what stands elsewhere."""
    write(of_communes(["61258"], "Le Mêle"), tmp_path / "une", 2026)
    house = open_house(dt.date.fromisoformat(TODAY), tmp_path / "home", packs.named(str(tmp_path / "une")))
    (done,) = fill(house, [national_census(tmp_path / "base-cc-logement-2021.CSV")], dt.date(2026, 5, 12))
    assert done.number is not None, done.why
    house.store.close()
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(tmp_path / "une"))
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZEVILLAGE_TODAY", TODAY)
    forget()
    text = travels(opened("commune", {}))
    assert "points de plus que l'intercommunalité (CC de la Vallée de la Haute Sarthe)" in text
    assert "seul chiffre connu" not in text and "que le territoire" not in text
    for head in ("Orne (département)", "Normandie (région)", "Communes semblables"):
        assert head in text, head
    screen = opened("carte", {"indicateur": "vacancy_rate"})
    assert "381\u00a0communes" in travels(screen) and "Et ailleurs" in travels(screen)
    forget()


def test_forty_two_communes_of_a_list_fill_and_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """More communes than a table of HTML takes, in several groups, by the commands alone; then the pages that show each of them."""
    here = reference.communes(contours=False).query("departement == '61'").head(42)
    (tmp_path / "liste.csv").write_text("\n".join(["code", *here["code"]]) + "\n", encoding="utf-8")
    new = ["new", "--communes", str(tmp_path / "liste.csv"), "--name", "Quarante-deux", "--today", TODAY]
    assert main([*new, "--to", str(tmp_path / "pack")]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("Quarante-deux\u202f: 42\u00a0communes, en ")
    census = national_census(tmp_path / "base-cc-logement-2021.CSV")
    home = tmp_path / "home"
    assert main(["fill", str(tmp_path / "pack"), str(census), "--home", str(home), "--today", TODAY]) == 0
    for name, value in (("TERRITORY", tmp_path / "pack"), ("HOME", home), ("TODAY", TODAY)):
        monkeypatch.setenv(f"ZEVILLAGE_{name}", str(value))
    forget()
    parts = {code: dwellings(code) for code in here["code"]}
    stock = {code: sum(each) for code, each in parts.items()}
    first = here["code"].iloc[0]
    total = french.percent(100 * sum(each[2] for each in parts.values()) / sum(stock.values()))
    text = travels(opened("carte", {"indicateur": "vacancy_rate"}))
    assert total in text and all(says(text, name) for name in here["name"])
    screen = opened("carte", {"indicateur": "dwellings"})
    (grid,) = screen.dataframe
    assert len(grid.value) == 42 and grid.value["value"].max() == max(stock.values())
    text = travels(opened("commune", {"commune": first}))
    rank = 1 + sum(other > stock[first] for other in stock.values())
    order = min(rank, 43 - rank)
    assert f"{order}e plus {'forte' if order == rank else 'faible'} sur 42" in text
    text = travels(opened("logement", {}))
    assert total in text and all(says(text, name) for name in here["name"])
    forget()
