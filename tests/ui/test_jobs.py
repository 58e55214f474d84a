"""Work beside the page: its progress, its result, its error, its cancellation."""

from __future__ import annotations

import threading

import pytest

from data.imports.model import Cancelled, Progress
from ui.jobs import Job


def test_a_job_tells_its_progress_and_gives_its_result() -> None:
    go = threading.Event()

    def work(tell: Progress) -> int:
        tell(0.5, "Lecture")
        go.wait(10)
        return 7

    job = Job(work)
    assert not job.wait(0.05)
    assert (job.share, job.what, job.done) == (0.5, "Lecture", False)
    go.set()
    assert job.wait(10)
    assert job.result() == 7


def test_a_cancelled_job_stops_at_its_next_word_of_progress() -> None:
    go, done = threading.Event(), []

    def work(tell: Progress) -> None:
        tell(0.1, "")
        go.wait(10)
        tell(0.2, "")
        done.append("too far")

    job = Job(work)
    job.cancel()
    go.set()
    assert job.wait(10)
    with pytest.raises(Cancelled):
        job.result()
    assert done == []


def test_an_error_inside_is_raised_where_the_result_is_fetched() -> None:
    def work(tell: Progress) -> None:
        raise OSError("disque plein")

    job = Job(work)
    assert job.wait(10)
    with pytest.raises(OSError, match="disque plein"):
        job.result()
