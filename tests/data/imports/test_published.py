"""A file in each published format, with true figures, goes through the whole chain to the answers of the map, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.answers import FigureSet, answer
from analysis.model import LOCAL_ACTOR
from data.imports import history, pipeline
from data.imports.model import Choices, Draft
from data.imports.publish import publish
from data.opening import House, open_house, read_catalogue
from data.store import current_observations, record_import
from tests.data.imports.published import Published, everything
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 11, 25)
REFUSED = {"arcep_speed_satellite": "satellite", "laposte_hexasmal": "reference_file"}
FILES = [pytest.param(each, id=each.format) for each in everything()]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(TODAY, demonstration_home(tmp_path_factory.mktemp("home")))
    yield opened
    opened.store.close()


def prepared(house: House, path: Path, published: Published) -> Draft:
    with house.store.read() as session:
        catalogue = read_catalogue(session)
    choices = Choices(sheet=published.sheet or None)
    return pipeline.prepare(
        path, name=published.name, choices=choices, house=house, catalogue=catalogue, today=TODAY
    )


def cells(house: House) -> pd.DataFrame:
    with house.store.read() as session:
        frame = current_observations(session)
    return frame.set_index(["indicator", "period", "commune"])[["value", "status"]].sort_index()


def spoil(house: House, published: Published) -> int:
    """Lay a wrong figure over each that the file shows, so that publishing it must put the true one back."""
    rows = [(i, c, p, value + 1000.0, "observed") for (i, p, c), value in published.shows.items()]
    frame = pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"])
    with house.store.write(LOCAL_ACTOR) as session:
        return record_import(session, frame, kind="manual", label="faux chiffres du test")


@pytest.mark.parametrize("published", FILES)
def test_a_published_file_goes_to_the_map_and_undo_restores_the_store(
    house: House, tmp_path: Path, published: Published
) -> None:
    path = tmp_path / published.name
    path.write_bytes(published.content)
    spoiled = spoil(house, published)
    before = cells(house)
    draft = prepared(house, path, published)
    assert draft.recognition is not None, draft.problems
    assert (draft.recognition.format, draft.recognition.edition) == (published.format, published.edition)
    if published.format in REFUSED:
        assert [each.code for each in draft.errors] == [REFUSED[published.format]] and draft.diff is None
        return
    assert draft.errors == ()
    number = publish(house, LOCAL_ACTOR, draft, path, today=TODAY)
    after = cells(house)
    with house.store.read() as session:
        catalogue = read_catalogue(session)
    for (indicator, period, commune), value in published.shows.items():
        assert after.loc[(indicator, period, commune), "value"] == pytest.approx(value)
        entry = catalogue[indicator]
        figures = FigureSet(after.reset_index(), house.territory.name_of)
        shown = answer(entry, figures, catalogue.indicators, period).cells.set_index("commune")["value"]
        assert shown[commune] == pytest.approx(value)
        assert catalogue.source(entry, period).producer
    again = prepared(house, path, published)
    assert again.diff is not None and again.parsed is not None
    assert (again.diff.counts.get("added", 0), again.diff.counts.get("changed", 0), again.parsed.new) == (
        0,
        0,
        (),
    )
    history.undo(house.store, LOCAL_ACTOR, number)
    pd.testing.assert_frame_equal(cells(house), before)
    with house.store.read() as session:
        restored = read_catalogue(session)
    assert all(period in restored[i].periods for i, period, _ in before.index if i in restored.indicators)
    history.undo(house.store, LOCAL_ACTOR, spoiled)
