"""What lasts is frozen once the server is warm, and what was replaced does not stay for ever."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from streamlit import config

from ui.server import heap
from ui.server.heap import THAW, Warm


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Warm]:
    """A heap of its own, which freezes at once instead of a moment later; everything is thawed again afterwards."""
    monkeypatch.setattr(heap, "DELAY", 0.0)
    after_runs = config.get_option("runner.postScriptGC")
    yield Warm()
    gc.unfreeze()
    config.set_option("runner.postScriptGC", after_runs)


class Ring:
    """Something that refers to itself: only the collector can free it."""

    def __init__(self) -> None:
        self.me = self


def test_a_process_that_serves_nobody_freezes_nothing(warm: Warm) -> None:
    gc.unfreeze()
    warm.after_run("carte", 1)
    assert warm.waiting is None and gc.get_freeze_count() == 0


def test_the_collector_comes_back_with_the_end_of_the_last_block() -> None:
    with heap.uncollected():
        with heap.uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled(), "another thread is still in its block"
    assert gc.isenabled()
    with pytest.raises(ValueError, match="broken"), heap.uncollected():
        raise ValueError("broken")
    assert gc.isenabled()


def test_what_the_modules_made_is_frozen_once_a_process(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "_loaded", False)
    gc.unfreeze()
    with heap.loading_modules():
        assert not gc.isenabled()
    frozen = gc.get_freeze_count()
    assert frozen > 0 and gc.isenabled()
    ring = Ring()
    gone = weakref.ref(ring)
    monkeypatch.setattr(heap.gc, "get_freeze_count", None)  # it walks all that is frozen
    with heap.loading_modules():  # as each run of a page does
        pass
    del ring
    gc.collect()
    assert gone() is None, "what a visitor leaves is not frozen"


def test_a_page_is_frozen_once_a_revision(warm: Warm) -> None:
    warm.begin()
    assert gc.get_freeze_count() > 0
    done = []
    for page, revision in (("carte", 1), ("carte", 1), ("", 1), ("carte", 2), ("carte", 2)):
        before = warm.freezings
        warm.after_run(page, revision)
        if warm.waiting is not None:
            warm.waiting.join()
        done.append(warm.freezings - before)
    assert done == [1, 0, 1, 1, 0]


def test_what_was_replaced_goes_at_the_next_thawing(warm: Warm) -> None:
    ring = Ring()
    gone = weakref.ref(ring)
    warm.begin()
    del ring
    for _ in range(THAW - 1):
        warm.freeze()
    assert gone() is not None, "frozen: a collection does not see it"
    warm.freeze()
    assert gone() is None
