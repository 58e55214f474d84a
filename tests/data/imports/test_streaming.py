"""A file too big to be read at once goes by blocks through the same chain, to the same figures, and is never read twice for nothing."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.catalogue import load_catalogue
from data.imports import pipeline, streaming
from data.imports.model import Cancelled, Choices, Draft
from data.opening import House, open_house
from tests.data.imports import published
from tests.data.stores import demonstration_home

TODAY = dt.date(2026, 11, 25)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(TODAY, demonstration_home(tmp_path_factory.mktemp("home")))
    yield opened
    opened.store.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any file is big, and twenty rows recognise it."""
    monkeypatch.setattr(streaming, "FROM", 0)
    monkeypatch.setattr(streaming, "HEAD", 20)


def prepared(house: House, path: Path, choices: Choices | None = None, **more: Any) -> Draft:
    return pipeline.prepare(
        path,
        name=path.name,
        choices=choices or Choices(),
        house=house,
        catalogue=load_catalogue(),
        today=TODAY,
        **more,
    )


def written(folder: Path, make: Callable[[], published.Published]) -> Path:
    file = make()
    path = folder / file.name
    path.write_bytes(file.content)
    return path


@pytest.mark.parametrize("make", [published.dvf_geo, published.dvf_raw, published.sirene, published.melodi])
def test_blocks_give_the_same_draft_as_the_whole_file(
    house: House, tmp_path: Path, make: Callable[[], published.Published], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, make)
    whole = prepared(house, path)
    monkeypatch.setattr(streaming, "FROM", 0)
    monkeypatch.setattr(streaming, "HEAD", 20)
    monkeypatch.setattr(pipeline, "read_table", lambda *a, **k: pytest.fail("read whole"))
    blocks = prepared(house, path)
    assert whole.cells is not None and blocks.cells is not None and blocks.table is not None
    pd.testing.assert_frame_equal(blocks.cells, whole.cells)
    assert (blocks.errors, blocks.set_aside) == (whole.errors, whole.set_aside)
    assert blocks.diff is not None and whole.diff is not None and blocks.diff.counts == whole.diff.counts
    assert (
        whole.table is not None
        and blocks.facts["rows"] == len(whole.table.frame)
        and len(blocks.table.frame) == 20
    )


@pytest.mark.usefixtures("small")
def test_a_packed_file_goes_by_blocks_too(house: House, tmp_path: Path) -> None:
    file = published.sirene()
    path = tmp_path / f"{file.name}.gz"
    path.write_bytes(gzip.compress(file.content))
    draft = prepared(house, path)
    assert (
        draft.recognition is not None
        and draft.recognition.format == "insee_sirene"
        and draft.facts["rows"] == 61
    )


@pytest.mark.usefixtures("small")
def test_a_choice_that_reading_does_not_depend_on_reads_nothing_again(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, published.dvf_geo)
    first = prepared(house, path)
    monkeypatch.setattr(streaming, "parse", lambda *a, **k: pytest.fail("read twice"))
    again = prepared(house, path, Choices(good_rows_only=True), previous=first)
    assert again.parsed is first.parsed and again.facts == first.facts


@pytest.mark.usefixtures("small")
def test_a_cancellation_stops_between_two_blocks(house: House, tmp_path: Path) -> None:
    def cancel(share: float, what: str) -> None:
        if what.startswith("Lecture"):
            raise Cancelled

    with pytest.raises(Cancelled):
        prepared(house, written(tmp_path, published.sirene), progress=cancel)


@pytest.mark.usefixtures("small")
def test_a_format_without_blocks_is_read_whole(house: House, tmp_path: Path) -> None:
    path = written(tmp_path, published.comparateur)
    assert streaming.head(path, Choices(), path.name, house.territory) is None
    assert prepared(house, path).recognition is not None


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("period", ["2026-13-45", "abcdefghij"])
def test_a_day_that_does_not_exist_is_refused_of_a_big_file_too(
    house: House, tmp_path: Path, period: str
) -> None:
    draft = prepared(house, written(tmp_path, published.sirene), Choices(period=period))
    assert [(each.code, each.value) for each in draft.problems] == [("not_a_period", period)]
