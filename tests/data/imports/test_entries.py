"""Entries of the catalogue that come with an import: read at once, gone with it, unless something else uses them."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.desk import make_desk
from analysis.model import LOCAL_ACTOR, Indicator, Source, Vintage
from data.catalogue import load_catalogue
from data.imports import formats, history
from data.imports.model import BaseChanged, ImportRefused, NewIndicator, NewVintage
from data.imports.publish import PERSONAL_FORMATS, publish
from data.opening import House, read_all, read_catalogue
from data.store import StoreError
from tests.data.imports.drafts import TODAY, figures

SOURCE = Source("prefecture_2025", "Préfecture", "Écoles", "2025", "Licence Ouverte 2.0")
SCHOOLS = Indicator(
    "schools", "Écoles", "écoles", "Services", "count", (Vintage("2025", "2025", SOURCE.id),), short="Écoles"
)
PUPILS = replace(SCHOOLS, id="pupils", name="Élèves", unit="élèves")
RATE = replace(
    SCHOOLS, id="pupils_per_school", name="Élèves par école", kind="ratio", numerator=("pupils",), denominator=("schools",)
)  # fmt: skip
CELL = ("schools", "61013", "2025", 2.0, "observed")


def later(source: str = "prefecture_2026", period: str = "2026") -> NewVintage:
    return NewVintage(replace(SOURCE, id=source, edition=period), "schools", Vintage(period, period, source))


def known(house: House) -> dict[str, tuple[str, ...]]:
    """What the catalogue has beyond the built-in entries: indicator → periods."""
    built_in = load_catalogue()
    with house.store.read() as session:
        now = read_catalogue(session)
    return {
        id_: entry.periods
        for id_, entry in now.indicators.items()
        if id_ not in built_in.indicators or entry.periods != built_in[id_].periods
    }


def test_an_indicator_comes_and_goes_with_its_import(any_house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    draft = figures(any_house, file, CELL, new=(NewIndicator(SOURCE, SCHOOLS),))
    assert known(any_house) == {}
    number = publish(any_house, LOCAL_ACTOR, draft, file, today=TODAY)
    with any_house.store.read() as session:
        now = read_catalogue(session)
    assert now["schools"] == SCHOOLS
    assert now.source(SCHOOLS) == SOURCE
    history.undo(any_house.store, LOCAL_ACTOR, number)
    assert known(any_house) == {}
    history.redo(any_house.store, LOCAL_ACTOR, number)
    assert known(any_house) == {"schools": ("2025",)}


def test_an_indicator_does_not_change_its_unit_under_its_earlier_figures(
    any_house: House, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    publish(
        any_house,
        LOCAL_ACTOR,
        figures(any_house, file, CELL, new=(NewIndicator(SOURCE, SCHOOLS),)),
        file,
        today=TODAY,
    )
    other = replace(SCHOOLS, unit="bâtiments", vintages=(Vintage("2026", "2026", SOURCE.id),))
    draft = figures(
        any_house, file, ("schools", "61013", "2026", 3.0, "observed"), new=(NewIndicator(SOURCE, other),)
    )
    with pytest.raises(ImportRefused, match="autre unité"):
        publish(any_house, LOCAL_ACTOR, draft, file, today=TODAY)
    assert known(any_house) == {"schools": ("2025",)}
    same = replace(other, unit=SCHOOLS.unit)
    draft = figures(
        any_house, file, ("schools", "61013", "2026", 3.0, "observed"), new=(NewIndicator(SOURCE, same),)
    )
    publish(any_house, LOCAL_ACTOR, draft, file, today=TODAY)
    assert known(any_house) == {"schools": ("2025", "2026")}


def test_figures_are_not_published_under_an_entry_that_was_undone_since(
    any_house: House, tmp_path: Path
) -> None:
    """Their cells would be in the store and on no screen."""
    one, two = tmp_path / "1", tmp_path / "2"
    draft = figures(any_house, one, CELL, new=(NewIndicator(SOURCE, SCHOOLS),))
    first = publish(any_house, LOCAL_ACTOR, draft, one, today=TODAY)
    elsewhere = figures(any_house, two, ("schools", "61026", "2025", 3.0, "observed"))
    history.undo(any_house.store, LOCAL_ACTOR, first)
    with pytest.raises(BaseChanged):
        publish(any_house, LOCAL_ACTOR, elsewhere, two, today=TODAY)
    history.redo(any_house.store, LOCAL_ACTOR, first)
    publish(any_house, LOCAL_ACTOR, elsewhere, two, today=TODAY)
    history.undo(any_house.store, LOCAL_ACTOR, first)
    assert known(any_house) == {"schools": ("2025",)}


def test_an_indicator_stays_while_another_import_uses_it(any_house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    new = tuple(NewIndicator(SOURCE, each) for each in (SCHOOLS, PUPILS, RATE))
    first = publish(any_house, LOCAL_ACTOR, figures(any_house, file, CELL, new=new), file, today=TODAY)
    second = publish(
        any_house,
        LOCAL_ACTOR,
        figures(any_house, file, ("schools", "61013", "2026", 3.0, "observed"), new=(later(),)),
        file,
        today=TODAY,
    )
    assert known(any_house)["schools"] == ("2025", "2026")
    history.undo(any_house.store, LOCAL_ACTOR, first)
    assert known(any_house) == {"schools": ("2026",)}
    history.redo(any_house.store, LOCAL_ACTOR, first)
    history.undo(any_house.store, LOCAL_ACTOR, second)
    assert known(any_house)["schools"] == ("2025",)


def test_a_vintage_of_a_shipped_indicator_comes_and_goes(any_house: House, tmp_path: Path) -> None:
    file = tmp_path / "f"
    shipped = load_catalogue()["vacant_dwellings"]
    vintage = NewVintage(
        replace(SOURCE, id="insee_rp_2031"), "vacant_dwellings", Vintage("2031", "RP 2031", "insee_rp_2031")
    )
    cell = ("vacant_dwellings", "61013", "2031", 5.0, "observed")
    number = publish(
        any_house, LOCAL_ACTOR, figures(any_house, file, cell, new=(vintage,)), file, today=TODAY
    )
    assert known(any_house) == {"vacant_dwellings": (*shipped.periods, "2031")}
    history.undo(any_house.store, LOCAL_ACTOR, number)
    assert known(any_house) == {}


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (NewIndicator(SOURCE, replace(SCHOOLS, id="vacant_dwellings")), "vacant_dwellings.*autre nom"),
        (NewIndicator(replace(SOURCE, id="network"), SCHOOLS), "network.*autre nom"),
        (NewIndicator(SOURCE, replace(RATE, numerator=("nothing",))), "nothing.*pas un indicateur"),
        (later("nowhere", "2026"), "schools.*pas au catalogue"),
    ],
)
def test_an_entry_that_would_break_the_catalogue_is_refused_and_nothing_changes(
    house: House, tmp_path: Path, new: NewIndicator | NewVintage, words: str
) -> None:
    file = tmp_path / "f"
    draft = figures(house, file, CELL, new=(new,))
    revision = house.store.revision()
    with pytest.raises(ImportRefused, match=words):
        publish(house, LOCAL_ACTOR, draft, file, today=TODAY)
    assert (house.store.revision(), known(house)) == (revision, {})


def test_an_entry_that_others_are_made_of_cannot_go_alone(house: House, tmp_path: Path) -> None:
    """A later import redefines what an earlier one's rate is made of; undoing is then refused where it would break it."""
    file = tmp_path / "f"
    published = replace(SCHOOLS, kind="published", no_total="Une médiane.")
    first = publish(
        house,
        LOCAL_ACTOR,
        figures(house, file, CELL, new=(NewIndicator(SOURCE, published),)),
        file,
        today=TODAY,
    )
    history.undo(house.store, LOCAL_ACTOR, first)
    new = tuple(NewIndicator(SOURCE, each) for each in (SCHOOLS, PUPILS, RATE))
    second = publish(house, LOCAL_ACTOR, figures(house, file, CELL, new=new), file, today=TODAY)
    history.redo(house.store, LOCAL_ACTOR, first)  # lies under: the newer word counts
    assert known(house).keys() == {"schools", "pupils", "pupils_per_school"}
    history.undo(house.store, LOCAL_ACTOR, second)
    assert known(house) == {"schools": ("2025",)}
    third = publish(
        house,
        LOCAL_ACTOR,
        figures(
            house, file, ("pupils", "61013", "2025", 9.0, "observed"), new=(NewIndicator(SOURCE, PUPILS),)
        ),
        file,
        today=TODAY,
    )
    assert third > second
    history.undo(house.store, LOCAL_ACTOR, third)
    with pytest.raises(StoreError, match="déjà annulé"):
        history.undo(house.store, LOCAL_ACTOR, second)


def test_the_screens_and_the_export_have_the_new_indicator_in_the_same_snapshot(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    number = publish(
        house,
        LOCAL_ACTOR,
        figures(house, file, CELL, new=(NewIndicator(SOURCE, SCHOOLS),)),
        file,
        today=TODAY,
    )
    calendar = [("2026-05-12", "12/05/2026")]
    catalogue, known_ = read_all(house, calendar)
    answer = make_desk(known_, TODAY).answer("schools")
    assert catalogue.source(answer.indicator).citation == "Préfecture, Écoles (2025)"
    assert answer.cells.set_index("commune").loc["61013", "value"] == 2.0

    from data.__main__ import main

    monkeypatch.setenv("ZEVILLAGE_HOME", str(house.store.home))
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stdout", out)
    assert main(["export", "--indicator", "schools", "--date", f"{dt.date(2026, 5, 12)}"]) == 0
    out.seek(0)
    table = pd.read_csv(out, sep=None, engine="python", dtype=str)
    assert "Écoles" in table.to_csv()
    history.undo(house.store, LOCAL_ACTOR, number)
    assert main(["export", "--indicator", "schools"]) == 2


def test_a_rate_stays_while_another_import_holds_its_numerator(any_house: House, tmp_path: Path) -> None:
    """The rate of a new LOVAC came with the first file; a corrected file keeps it when the first is undone."""
    file = tmp_path / "f"
    source = Source("lovac_2026", "Cerema / DGALN", "LOVAC", "LOVAC 2026", "Licence Ouverte 2.0")
    day = "2026-01-01"
    new = (
        NewVintage(source, "lovac_vacant", Vintage(day, "1er janvier 2026", source.id)),
        NewVintage(
            source,
            "lovac_vacancy_rate",
            Vintage(day, "1er janvier 2026", source.id, denominator_period="2025"),
        ),
    )
    first = publish(
        any_house, LOCAL_ACTOR, figures(any_house, file, ("lovac_vacant", "61013", day, 3.0, "observed"), new=new), file,
        today=TODAY,
    )  # fmt: skip
    publish(
        any_house,
        LOCAL_ACTOR,
        figures(any_house, file, ("lovac_vacant", "61013", day, 4.0, "observed")),
        file,
        today=TODAY,
    )
    assert known(any_house)["lovac_vacancy_rate"] == ("2025-01-01", day)
    history.undo(any_house.store, LOCAL_ACTOR, first)
    assert known(any_house)["lovac_vacancy_rate"] == ("2025-01-01", day)


def test_the_formats_that_name_people_exist() -> None:
    assert {formats.by_id(each).id for each in PERSONAL_FORMATS} == PERSONAL_FORMATS


def test_a_vintage_of_two_editions_names_both_and_the_larger_first(any_house: House, tmp_path: Path) -> None:
    """A file of two communes of a newer edition does not put its name under the figures of the others."""
    file = tmp_path / "f"
    codes = any_house.territory.codes

    def cells(value: float, *of: str) -> list[tuple[str, str, str, float, str]]:
        return [("schools", code, "2025", value, "observed") for code in of]

    def source() -> Source:
        with any_house.store.read() as session:
            now = read_catalogue(session)
        return now.source(now["schools"], "2025")

    newer = later("prefecture_2026", "2025")
    newer = replace(newer, source=replace(newer.source, edition="2026"))
    first = publish(
        any_house,
        LOCAL_ACTOR,
        figures(any_house, file, *cells(2, *codes), new=(NewIndicator(SOURCE, SCHOOLS),)),
        file,
        today=TODAY,
    )
    assert source() == SOURCE
    partial = publish(
        any_house,
        LOCAL_ACTOR,
        figures(any_house, file, *cells(3, *codes[:2]), new=(newer,)),
        file,
        today=TODAY,
    )
    assert source().edition == "2025\u202f; 2026 pour 2 communes"
    assert source().producer == SOURCE.producer
    history.undo(any_house.store, LOCAL_ACTOR, first)
    assert source() == newer.source  # only its own two communes are left
    history.redo(any_house.store, LOCAL_ACTOR, first)
    assert source().edition == "2025\u202f; 2026 pour 2 communes"
    whole = publish(
        any_house, LOCAL_ACTOR, figures(any_house, file, *cells(4, *codes), new=(newer,)), file, today=TODAY
    )
    assert source() == newer.source
    history.undo(any_house.store, LOCAL_ACTOR, whole)
    history.undo(any_house.store, LOCAL_ACTOR, partial)
    assert source() == SOURCE
