"""Long work beside the page: told how far it is, cancelled at will, its result or its error fetched when it is done.

The page starts a `Job`, waits a moment for it (most are over before anybody could read « en cours »), and otherwise shows
`show_progress`, a fragment that asks again by itself. A cancelled job's result is never fetched, whatever it still does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import streamlit as st

from data.imports.model import Cancelled, Progress

Result = TypeVar("Result")

QUICK = 0.7
"""Seconds that a page waits before it shows progress at all."""
_EVERY = 0.4


class Job(Generic[Result]):
    """One piece of work in a thread of its own. The work never touches the screen: it is given a function to tell its progress."""

    def __init__(self, work: Callable[[Progress], Result]) -> None:
        self.share, self.what = 0.0, ""
        self._cancel, self._done = threading.Event(), threading.Event()
        self._result: Result | None = None
        self._error: BaseException | None = None
        self._work = work
        threading.Thread(target=self._run, name="zevillage-job", daemon=True).start()

    def _run(self) -> None:
        try:
            self._result = self._work(self._tell)
        except BaseException as error:  # kept for the page, which raises it where somebody sees it
            self._error = error
        finally:
            self._done.set()

    def _tell(self, share: float, what: str) -> None:
        if self._cancel.is_set():
            raise Cancelled
        self.share, self.what = min(max(share, 0.0), 1.0), what

    def wait(self, seconds: float) -> bool:
        """Whether the work is over, at the latest after `seconds`."""
        return self._done.wait(seconds)

    @property
    def done(self) -> bool:
        """Whether the work is over, well or not."""
        return self._done.is_set()

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next word of progress."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the work to stop."""
        return self._cancel.is_set()

    def result(self) -> Result:
        """What the work made. Raises what it raised; only once it is done."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]


def show_progress(
    job: Job[Result], *, key: str, cancelled: Callable[[], None], stoppable: bool = True
) -> None:
    """How far `job` is, with a button to cancel it; the page is drawn again when it is over.

    `cancelled` runs before that when the button was pressed. Without `stoppable`, there is no button: the last step of a publication
    can no longer be taken back, only undone.
    """

    @st.fragment(run_every=_EVERY)
    def watch() -> None:
        if job.done:
            st.rerun(scope="app")
        st.progress(job.share, text=f"{job.what or 'En cours'}…")
        if stoppable and st.button("Annuler", key=key, icon=":material/close:"):
            job.cancel()
            cancelled()
            st.rerun(scope="app")

    watch()
