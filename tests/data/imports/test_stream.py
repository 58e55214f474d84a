"""Files read by blocks: the same figures as read whole, memory that does not follow the file, and the chain around them."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.model import LOCAL_ACTOR
from benchmarks.import_files import sirene
from data.catalogue import load_catalogue
from data.imports import formats, history, pipeline, stream
from data.imports.model import Cancelled, Choices, Draft, ImportRefused
from data.imports.publish import publish
from data.imports.reading import blocks, read_table
from data.opening import House, read_catalogue
from tests.data.imports.drafts import TODAY


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sirene(tmp_path_factory.mktemp("sirene") / "StockEtablissement_utf8.csv", 30_000)


@pytest.fixture(autouse=True)
def everything_is_big(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BIG", 0)
    monkeypatch.setattr(stream, "_BLOCK_ROWS", 4_000)


def prepared(house: House, file: Path, choices: Choices | None = None, **more: Any) -> Draft:
    return pipeline.prepare(
        file, name=file.name, choices=choices or Choices(), house=house, catalogue=load_catalogue(), today=TODAY, **more
    )  # fmt: skip


def test_by_blocks_and_whole_say_the_same(house: House, file: Path) -> None:
    table = read_table(file)
    (recognition, *_) = formats.recognise(table, house.territory)
    whole = formats.parse(table, recognition, Choices(), load_catalogue(), house.territory)
    streamed = stream.parse_big(
        file, name=file.name, choices=Choices(), catalogue=load_catalogue(), territory=house.territory,
        tell=lambda share, what: None,
    )  # fmt: skip
    assert streamed is not None
    assert (streamed.recognition.format, streamed.rows, len(streamed.table.frame)) == (
        "insee_sirene",
        30_000,
        2_000,
    )
    pd.testing.assert_frame_equal(streamed.parsed.cells, whole.cells)
    assert streamed.parsed.cells["value"].sum() > 0
    assert (streamed.parsed.set_aside, streamed.parsed.new) == (whole.set_aside, whole.new)


def test_a_big_file_goes_to_the_map_and_back(house: House, file: Path) -> None:
    told: list[float] = []
    draft = prepared(house, file, progress=lambda share, what: told.append(share))
    assert draft.facts["rows"] == 30_000 and told == sorted(told)
    assert draft.diff is not None and draft.diff.counts["added"] == len(draft.diff.cells) > 0
    number = publish(house, LOCAL_ACTOR, draft, file, today=TODAY)
    with house.store.read() as session:
        assert "internet_trades" in read_catalogue(session).indicators
        assert history.imports(session)[0].contains_personal  # the original names sole traders
    history.undo(house.store, LOCAL_ACTOR, number)
    with house.store.read() as session:
        assert "internet_trades" not in read_catalogue(session).indicators


def test_a_compressed_file_is_read_by_blocks_too(house: House, file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "stock.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes(), 1))
    one, other = prepared(house, packed), prepared(house, file)
    assert one.diff is not None and other.diff is not None
    pd.testing.assert_frame_equal(one.diff.cells, other.diff.cells)


def test_a_row_at_fault_in_a_late_block_refuses_the_whole_file(
    house: House, file: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.csv"
    lines = file.read_text("utf-8").splitlines()
    lines[25_000] = lines[25_000].replace(",", '","', 30)
    broken.write_text("\n".join(lines), encoding="utf-8")
    draft = prepared(house, broken)
    assert draft.diff is None and [each.line for each in draft.errors][:1] == [25_001]


def test_reading_by_blocks_can_be_cancelled(house: House, file: Path) -> None:
    def stop(share: float, what: str) -> None:
        if share > 0.1:
            raise Cancelled

    with pytest.raises(Cancelled):
        prepared(house, file, progress=stop)


def test_other_formats_are_read_whole(house: House, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("code_insee;écoles\n61013;2\n61067;1\n", encoding="utf-8")
    draft = prepared(house, file)
    assert (
        draft.recognition is not None
        and draft.recognition.format == "indicator"
        and "rows" not in draft.facts
    )
    file.write_bytes(b"")
    with pytest.raises(ImportRefused):
        stream.parse_big(
            file, name="f", choices=Choices(), catalogue=load_catalogue(), territory=house.territory, tell=lambda a, b: None
        )  # fmt: skip


def test_memory_follows_the_block_and_not_the_file(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "HEAD", 2**18)
    monkeypatch.setattr(blocks, "CHUNK", 2**19)
    prepared(house, sirene(tmp_path / "first.csv", 5_000))  # fills the caches
    peaks = []
    for rows in (10_000, 40_000):
        file = sirene(tmp_path / f"{rows}.csv", rows)
        tracemalloc.start()
        prepared(house, file)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
