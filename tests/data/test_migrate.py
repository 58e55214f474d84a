"""A pack and its base brought from the communes of one year to those of another by the real passages of France: told, done, undone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from analysis.desk import Desk
from analysis.model import COMMAND_ACTOR, OBSERVATION_COLUMNS, SYSTEM_ACTOR, Audience, Role
from data import access, packs, reference
from data.imports import history
from data.opening import open_house, read_all
from data.packs import Pack, migrate
from data.packs.__main__ import main
from data.packs.make import PackError
from data.store import Store, current_observations, open_store, record_import, tables
from data.territory import TerritoryError, load_territory
from tests.data.stores import empty_home

TODAY = dt.date(2026, 11, 28)
TERRITORY = """# Le pack d'essai, fait en 2024.
id = "essai"
name = "Essai"
code_year = 2024 # l'année de la liste

communes = [
  { code = "02589", name = "Pargny-Filain" }, # le siège
  { code = "02311", name = "Filain" },
  { code = "12076", name = "Conques-en-Rouergue" },
  { code = "15141", name = "Neussargues en Pinatelle" },
  { code = "12083", name = "Cransac" },
]
departements = [{ code = "02", name = "Aisne" }, { code = "12", name = "Aveyron" }, { code = "15", name = "Cantal" }]

[[groups]]
id = "nord"
name = "Nord"
communes = ["02589", "02311"] # ensemble

[[groups]]
id = "sud"
name = "Sud"
communes = [
  "12076", "15141",
]

[network]
name = "Essai"
first_year = 2020
"""


def observed(
    indicator: str, period: str, **values: float | None
) -> list[tuple[str, str, str, float | None, str]]:
    return [
        (indicator, code[1:], period, value, "observed" if value is not None else "suppressed")
        for code, value in values.items()
    ]


CELLS = pd.DataFrame(
    [
        *observed("dwellings", "2022", c02589=100.5, c02311=20.25, c12076=900.0, c15141=1000.0, c12083=50.0),
        *observed("main_dwellings", "2022", c02589=80.0, c02311=15.0, c12076=700.0, c15141=800.0, c12083=40.0),
        *observed("vacant_dwellings", "2022", c02589=None, c02311=2.0, c12076=9.0),
        *observed("median_income", "2021", c02589=22000.0, c02311=21000.0, c12076=20500.0),
    ],
    columns=OBSERVATION_COLUMNS,
)  # fmt: skip


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    folder = tmp_path / "essai"
    (folder / "figures").mkdir(parents=True)
    (folder / "territory.toml").write_text(TERRITORY, encoding="utf-8")
    return packs.named(str(folder))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The base of the pack as it was in 2024: figures, a member's stay, a dossier, a listing, a remark."""
    store = open_store(empty_home(tmp_path / "home"))
    store.belong_to("essai", "Essai")
    with store.write(COMMAND_ACTOR) as session:
        record_import(session, CELLS, kind="file", label="RP 2022")
        session.insert(tables.person, {"id": "p1", "origin": "real", "code": "Membre 17"})
        session.insert(tables.member, {"id": "m1", "origin": "real", "person": "p1"})
        session.insert(
            tables.stay, {"id": "s1", "origin": "real", "member": "m1", "commune": "02311", "arrived": TODAY}
        )
        session.insert(
            tables.application,
            {"id": "a1", "origin": "real", "person": "p1", "received": TODAY, "status": "received", "wished_commune": "12076",
             "other_wishes": ["02589", "02311", "15141"]},
        )  # fmt: skip
        session.insert(
            tables.listing,
            {
                "id": "l1",
                "origin": "demo",
                "commune": "15141",
                "kind": "house",
                "tenure": "rent",
                "first_seen": TODAY,
            },
        )
        session.insert(
            tables.remark,
            {
                "id": "r1",
                "indicator": "dwellings",
                "commune": "02311",
                "period": "2022",
                "text": "x",
                "on": TODAY,
                "actor": "x",
            },
        )
    store.close()
    return tmp_path / "home"


def everything(store: Store) -> dict[str, str]:
    """All that the base says: its figures as they stand, and the rows of the register."""
    with store.read() as session:
        rows = {
            table.name: session.frame(select(table).order_by(table.c.id)).drop(columns="version").to_csv()
            for table in (tables.stay, tables.application, tables.listing, tables.remark)
        }
        return {**rows, "figures": current_observations(session).to_csv()}


def value(figures: pd.DataFrame, indicator: str, commune: str) -> float | str | None:
    found = figures[(figures["indicator"] == indicator) & (figures["commune"] == commune)]
    if found.empty:
        return None
    row = found.iloc[0]
    return float(row["value"]) if row["status"] == "observed" else str(row["status"])


def said(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return (out + err).replace("\u202f", " ").replace("\u00a0", " ")


def test_what_changed_is_told_and_nothing_done_before_it_is_confirmed(
    pack: Pack, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TerritoryError, match=r"python -m data\.packs migrate"):
        load_territory(pack.territory)
    store = open_store(home)
    before = everything(store)
    assert main(["migrate", str(pack.folder), "--home", str(home)]) == 0
    text = said(capsys)
    for words in (
        "Essai : de 2024 à 2026.",
        "Filain (02311) a fusionné : c'est désormais une partie de Pargny-et-Filain (02589).",
        "Conques-en-Rouergue change de code : 12076 devient 12218.",
        "Celles (15031) quitte Neussargues en Pinatelle (15141)",
        "Cransac (12083) s'appelle désormais Cransac-les-Thermes.",
        "4 chiffres repris tels quels",
        "3 chiffres additionnés",
        "3 chiffres laissés de côté",
        "Rien n'est fait : ajoutez --confirm.",
    ):
        assert words in text, words
    assert everything(store) == before and pack.territory.read_text("utf-8") == TERRITORY
    assert [path.name for path in pack.folder.iterdir() if path.is_file()] == ["territory.toml"]
    store.close()


def test_a_confirmed_passage_is_whole_opens_and_is_undone_exactly(
    pack: Pack, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(home)
    before = everything(store)
    assert main(["migrate", str(pack.folder), "--home", str(home), "--confirm"]) == 0
    assert "Suivent leur commune : 1 séjour, 2 dossiers, 1 remarque" in said(capsys)
    territory = load_territory(pack.territory)
    assert territory.name_of == {
        "02589": "Pargny-et-Filain", "12218": "Conques-en-Rouergue", "15141": "Neussargues-Moissac", "15171": "Sainte-Anastasie",
        "15047": "Chavagnac", "15035": "Chalinargues", "15031": "Celles", "12083": "Cransac-les-Thermes",
    }  # fmt: skip
    assert [set(group.codes) for group in territory.groups] == [
        {"02589"},
        {"12218", "15141", "15171", "15047", "15035", "15031"},
    ]
    text = pack.territory.read_text("utf-8")
    assert (
        "code_year = 2026 # l'année de la liste" in text
        and "# le siège" in text
        and text.startswith("# Le pack d'essai")
    )
    assert pack.territory.with_name("territory-2024.toml").read_text("utf-8") == TERRITORY
    with store.read() as session:
        figures = current_observations(session)
        assert session.get(tables.stay, "s1")["commune"] == "02589"  # type: ignore[index]
        application = session.get(tables.application, "a1") or {}
        assert (application["wished_commune"], application["other_wishes"]) == ("12218", ["02589", "15141"])
        assert session.get(tables.listing, "l1")["commune"] == "15141"  # type: ignore[index]
        number = history.imports(session)[0].id
        journal = migrate.journal(session, number).set_index(["indicator", "commune"])
    assert (
        value(figures, "dwellings", "02589") == 120.75
        and value(figures, "vacant_dwellings", "02589") == "suppressed"
    )
    assert (
        value(figures, "median_income", "02589") == "missing"
        and value(figures, "median_income", "12218") == 20500
    )
    assert value(figures, "dwellings", "15141") == "missing" and value(figures, "dwellings", "15031") is None
    assert journal.loc[("dwellings", "02589"), "parts"] == {"02589": 100.5, "02311": 20.25}
    assert set(journal["rule"]) == {"moved", "summed", "dropped"}
    assert main(["migrate", str(pack.folder), "--home", str(home), "--journal"]) == 0
    assert "2025;02589;dwellings;2022;additionné;02311 20.25 + 02589 100.5;120.75;observed" in said(capsys)
    # It opens, and says the sums that it said before, without what was dropped.
    house = open_house(TODAY, home, pack)
    house.store.close()
    here = figures[figures["commune"].isin(territory.codes) & (figures["indicator"] == "main_dwellings")]
    assert here["value"].sum() == 80 + 15 + 700 + 40
    # Once more there is nothing to do; undone, everything is as it was.
    assert main(["migrate", str(pack.folder), "--home", str(home), "--confirm"]) == 0
    assert "Rien à faire" in said(capsys)
    assert main(["migrate", str(pack.folder), "--home", str(home), "--undo"]) == 0
    assert f"l'import n° {number} est annulé" in said(capsys)
    assert pack.territory.read_text("utf-8") == TERRITORY and everything(store) == before
    assert main(["migrate", str(pack.folder), "--home", str(home), "--undo"]) == 1
    store.close()


def test_rates_are_made_of_the_counts_anew(pack: Pack, home: Path) -> None:
    assert main(["migrate", str(pack.folder), "--home", str(home), "--confirm"]) == 0
    house = open_house(TODAY, home, pack)
    known, read = read_all(house, [("2025-12-31", "31/12/2025")])
    house.store.close()
    share = Desk(today=TODAY, **read).answer("main_share", "2022", Audience.PUBLIC)
    cells = share.cells.set_index("commune")["value"]
    assert cells["02589"] == pytest.approx(100 * (80 + 15) / (100.5 + 20.25)) and cells[
        "12218"
    ] == pytest.approx(70000 / 900)
    assert known["main_share"].kind == "ratio"


def test_the_base_of_another_territory_is_refused_with_both_names(
    pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(empty_home(tmp_path / "other"))
    store.belong_to("bazadais", "Le Bazadais")
    store.close()
    assert main(["migrate", str(pack.folder), "--home", str(tmp_path / "other"), "--confirm"]) == 1
    text = said(capsys)
    assert "Le Bazadais" in text and "Essai" in text and pack.territory.read_text("utf-8") == TERRITORY


def test_profiles_of_a_commune_that_is_gone_are_told(
    pack: Pack, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(home)
    access.add_profile(
        store, SYSTEM_ACTOR, label="Maire de Filain", role=Role.ADMIN, commune="02311", pin="204817"
    )
    store.close()
    assert main(["migrate", str(pack.folder), "--home", str(home), "--confirm"]) == 0
    assert "1 profil d'une commune disparue" in said(capsys)


def test_a_list_of_an_older_year_in_which_nothing_happened_is_told_by_check(
    pack: Pack, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'id = "essai"\nname = "Essai"\ncode_year = 2024\ncommunes = ["61258"]\n[network]\nname = "Essai"\nfirst_year = 2020\n'
    pack.territory.write_text(text, encoding="utf-8")
    assert main(["check", str(pack.folder)]) == 0
    assert f"La liste est de 2024 : « python -m data.packs migrate {pack.folder} »" in said(capsys)
    assert main(["migrate", str(pack.folder), "--home", str(pack.folder / "none"), "--confirm"]) == 0
    assert "Aucune de ses communes n'a changé" in said(capsys)
    assert main(["check", str(pack.folder)]) == 0 and "La liste est de" not in said(capsys)


def test_it_is_undone_and_redone_like_any_import(pack: Pack, home: Path) -> None:
    store = open_store(home)
    before = everything(store)
    made = migrate.plan(pack)
    assert made is not None
    number = migrate.migrate(made, store, COMMAND_ACTOR).number
    assert number is not None
    after = everything(store)
    assert history.undo(store, COMMAND_ACTOR, number).left == () and everything(store) == before
    history.redo(store, COMMAND_ACTOR, number)
    assert everything(store) == after != before
    store.close()


def test_where_the_base_refuses_the_file_is_what_it_was(
    pack: Pack, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(home)
    before = everything(store)
    made = migrate.plan(pack)
    assert made is not None

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(migrate, "keep_and_replace", broken)
    with pytest.raises(PackError, match="rien n'a changé"):
        migrate.migrate(made, store, COMMAND_ACTOR)
    assert everything(store) == before and pack.territory.read_text("utf-8") == TERRITORY
    store.close()


def test_a_pack_without_a_base_and_without_a_year_is_brought_on_too(pack: Pack, tmp_path: Path) -> None:
    pack.territory.write_text(
        TERRITORY.replace("code_year = 2024 # l'année de la liste\n", ""), encoding="utf-8"
    )
    (pack.figures / "insee_comparateur_rp2022.csv").write_text(
        "CODGEO;P22_POP;P16_POP;P22_LOG;P22_RP;P22_RSECOCC;P22_LOGVAC;MED21;ETTOT24\n"
        "02589;200;190;100.5;80;10;10.5;22000;5\n02311;40;44;20.25;15;3;2.25;21000;1\n"
        "12076;1600;1700;900;700;150;50;20500;90\n",
        encoding="utf-8",
    )
    assert main(["migrate", str(pack.folder), "--home", str(tmp_path / "none"), "--confirm"]) == 0
    assert not (tmp_path / "none").exists()
    # The files of before are read by the same rules: counts add up, the median of a part is nobody's.
    house = open_house(TODAY, tmp_path / "fresh", pack)
    with house.store.read() as session:
        figures = current_observations(session)
    house.store.close()
    assert value(figures, "dwellings", "02589") == 120.75 and value(figures, "dwellings", "12218") == 900
    assert (
        value(figures, "median_income", "02589") is None and value(figures, "median_income", "12218") == 20500
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--to", "2031"], "reconstruisez-les d'abord"),
        (["--since", "2011"], "faites un pack neuf"),
        (["--undo"], "Rien à annuler"),
        (["--journal"], "Aucune base ici"),
    ],
)
def test_what_cannot_be_done_is_said(
    pack: Pack, tmp_path: Path, words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", str(pack.folder), "--home", str(tmp_path / "none"), *words]) == 1
    assert why in said(capsys)
    assert pack.territory.read_text("utf-8") == TERRITORY


def test_groups_named_after_an_epci_follow_it(tmp_path: Path) -> None:
    """Saint-Éloi left the CC Loire et Allier for the CA de Nevers in 2024."""
    folder = tmp_path / "nievre"
    folder.mkdir()
    loire, nevers = "245801063", "245804406"
    (folder / "territory.toml").write_text(
        'id = "nievre"\nname = "Nièvre"\ncode_year = 2023\ncommunes = ["58238", "58194"]\n'
        f'epcis = [{{ code = "{loire}", name = "CC Loire et Allier" }}, {{ code = "{nevers}", name = "CA de Nevers" }}]\n'
        f'[[groups]]\nid = "epci-{loire}"\nname = "CC Loire et Allier"\ncommunes = ["58238"]\n'
        f'[[groups]]\nid = "epci-{nevers}"\nname = "CA de Nevers"\ncommunes = ["58194"]\n'
        '[network]\nname = "Nièvre"\nfirst_year = 2020\n',
        encoding="utf-8",
    )
    made = migrate.plan(packs.named(str(folder)))
    assert made is not None and any("change d'EPCI" in each and "Saint-Éloi" in each for each in made.told)
    assert [(group.id, set(group.codes)) for group in made.territory.groups] == [
        (f"epci-{nevers}", {"58238", "58194"})
    ]
    assert [area.code for area in made.territory.epcis] == [nevers]


def test_the_shipped_pack_is_of_the_year_of_the_tables() -> None:
    assert migrate.plan(packs.SHIPPED) is None
    assert f"code_year = {reference.year()}" in packs.SHIPPED.territory.read_text("utf-8")
