"""Files larger than memory, from the producer's shape to the store and back, and memory that does not follow the file."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from analysis.model import LOCAL_ACTOR
from benchmarks.import_files import sirene
from data.catalogue import load_catalogue
from data.imports import history, pipeline, streaming
from data.imports.model import Choices, Draft
from data.imports.publish import publish
from data.imports.reading import blocks
from data.opening import House, read_catalogue
from tests.data.imports.drafts import TODAY


@pytest.fixture(autouse=True)
def everything_is_big(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any file goes by blocks, and by small ones."""
    monkeypatch.setattr(streaming, "FROM", 0)
    monkeypatch.setattr(blocks, "HEAD", 2**18)
    monkeypatch.setattr(blocks, "CHUNK", 2**19)


def prepared(house: House, file: Path, **more: Any) -> Draft:
    return pipeline.prepare(
        file, name=file.name, choices=Choices(), house=house, catalogue=load_catalogue(), today=TODAY, **more
    )


def test_a_big_file_goes_to_the_catalogue_and_back(house: House, tmp_path: Path) -> None:
    file = sirene(tmp_path / "StockEtablissement_utf8.csv", 10_000)
    draft = prepared(house, file)
    assert draft.facts["rows"] == 10_000
    assert draft.diff is not None and draft.diff.counts["added"] == len(draft.diff.cells) > 0
    number = publish(house, LOCAL_ACTOR, draft, file, today=TODAY)
    with house.store.read() as session:
        assert "internet_trades" in read_catalogue(session).indicators
        assert history.imports(session)[0].contains_personal  # the original names sole traders
    history.undo(house.store, LOCAL_ACTOR, number)
    with house.store.read() as session:
        assert "internet_trades" not in read_catalogue(session).indicators


def test_a_row_at_fault_in_a_late_block_refuses_the_whole_file(house: House, tmp_path: Path) -> None:
    file = sirene(tmp_path / "f.csv", 10_000)
    lines = file.read_text("utf-8").splitlines()
    lines[9_000] = lines[9_000].replace(",", '","', 30)
    file.write_text("\n".join(lines), encoding="utf-8")
    draft = prepared(house, file)
    assert draft.diff is None and [each.line for each in draft.errors][:1] == [9_001]


def test_memory_follows_the_block_and_not_the_file(house: House, tmp_path: Path) -> None:
    prepared(house, sirene(tmp_path / "first.csv", 5_000))  # fills the caches
    peaks = []
    for rows in (10_000, 40_000):
        file = sirene(tmp_path / f"{rows}.csv", rows)
        tracemalloc.start()
        prepared(house, file)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
