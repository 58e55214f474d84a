"""What one run of a page asks once: the store's revision, the desk, who is at the screen.

A run is one pass of Streamlit over the script, or over one fragment. Within it the first answer stays, so that no page mixes two states
of the store and the store is asked once; the next run asks again. What this run itself changes is seen at once (`forget`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

T = TypeVar("T")

_HELD = "_zevillage_asked"


def once(what: str, ask: Callable[[], T]) -> T:
    """The first answer of this run to `what`. Outside a run (a command, a job, a file made later) `ask` is called each time."""
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


def forget() -> None:
    """Ask everything again in the rest of this run: it has changed something."""
    context: Any = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        setattr(context, _HELD, (None, {}))
