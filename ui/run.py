"""What one run of a page asks once: the store's revision, the desk, who is at the screen.

A run is one pass of Streamlit over the script, or over one fragment. Within it the first answer stays, so that no page mixes two states
of the store and the store is asked once; the next run asks again. What this run itself changes is seen at once (`forget`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

T = TypeVar("T")

_HELD = "_zevillage_asked"
_outside: ContextVar[dict[str, Any] | None] = ContextVar("asked outside a run", default=None)


def once(what: str, ask: Callable[[], T]) -> T:
    """The first answer of this run to `what`. Outside a run (a command, a job, a file made later) `ask` is called each time."""
    if (kept := _outside.get()) is not None:
        if what not in kept:
            kept[what] = ask()
        return kept[what]  # type: ignore[no-any-return]
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return ask()
    # Streamlit keeps one context for the runs of a session but gives each run new cursors: the same object, the same run.
    held: tuple[object, dict[str, Any]] = getattr(context, _HELD, (None, {}))
    if held[0] is not context.cursors:
        held = (context.cursors, {})
        setattr(context, _HELD, held)
    answers = held[1]
    if what not in answers:
        answers[what] = ask()
    return answers[what]  # type: ignore[no-any-return]


@contextmanager
def as_one() -> Iterator[None]:
    """What is asked in this block is asked once: for a file made outside a run, which must not mix two states of the store either."""
    token = _outside.set({})
    try:
        yield
    finally:
        _outside.reset(token)


def forget() -> None:
    """Ask everything again in the rest of this run: it has changed something."""
    if (kept := _outside.get()) is not None:
        kept.clear()
    context: Any = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        setattr(context, _HELD, (None, {}))
