"""A place in a list of steps that goes on by itself, in a fragment of the page.

The place is the server's (`Filters`), not the slider's: a slow browser sends back the slider's value of some ticks ago, which must
neither stop the play nor turn it back. So the slider only copies its value when somebody moves it, not while it plays, and it is another
one at each turn (start or stop), for which nothing old can arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from ui import access
from ui.filters import Filters


class Player:
    """The steps of the parameter `parameter` of a page, under the session keys `name:…`. Make it at each run of the page."""

    def __init__(self, name: str, filters: Filters, parameter: str, steps: Sequence[str]) -> None:
        self.name, self.filters, self.parameter, self.steps = name, filters, parameter, list(steps)
        if filters[parameter] not in self.steps:
            filters.set(parameter, self.steps[-1])

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return is_playing(self.name)

    @property
    def at(self) -> int:
        """The rank of the step on show."""
        return self.steps.index(self.filters[self.parameter])

    def toggle(self) -> None:
        """Play or stop; at the last step, play from the first."""
        playing = not self.playing
        _turn(self.name, playing)
        if playing and self.at == len(self.steps) - 1:
            self.go(0)

    def go(self, at: int) -> None:
        """Show the step of rank `at`, or the nearest that exists."""
        self.filters.set(self.parameter, self.steps[min(max(at, 0), len(self.steps) - 1)])

    def move(self, by: int) -> None:
        """Stop, then show the step `by` further (before for a negative one)."""
        stop(self.name)
        self.go(self.at + by)

    def restart(self) -> None:
        """Stop, then show the first step."""
        stop(self.name)
        self.go(0)

    def button(self, label: str, **options: str) -> None:
        """The button that plays (`label`) or stops."""
        st.button(
            "Arrêter" if self.playing else label,
            icon=":material/pause:" if self.playing else ":material/play_arrow:",
            type="primary",
            key=f"{self.name}:play",
            on_click=self.toggle,
            **options,  # type: ignore[arg-type]
        )

    def slider(self, label: str, words: Callable[[str], str], help: str) -> None:
        """The slider of the steps, each told by `words`; to be drawn inside what `run` draws."""
        key = f"{self.name}:slider:{st.session_state.get(f'{self.name}:turn', 0)}"
        st.session_state[key] = self.steps[self.at]
        st.select_slider(
            label, self.steps, format_func=words, key=key, disabled=self.playing, help=help,
            on_change=None if self.playing else lambda: self.filters.set(self.parameter, st.session_state[key]),
        )  # fmt: skip

    def run(self, step: Callable[[int], None], seconds: float, by: int = 1) -> None:
        """Draw `step(rank)` in a fragment, and while playing the one `by` further every `seconds`, up to the last."""
        st.session_state[f"{self.name}:held"] = True  # the run of the whole page is no tick of the clock
        ticking = self.playing
        st.fragment(self._tick, run_every=seconds if ticking else None)(step, by, ticking)

    def _tick(self, step: Callable[[int], None], by: int, ticking: bool) -> None:
        access.recheck_access()
        paused = st.session_state.pop(f"{self.name}:held", False)
        if self.playing and not paused:
            self.go(self.at + by)
            if self.at == len(self.steps) - 1:
                stop(self.name)
        if ticking and not self.playing:
            st.rerun()  # of the whole page, which stops the clock
        step(self.at)


def is_playing(name: str) -> bool:
    """Whether `name` plays by itself now."""
    return bool(st.session_state.get(f"{name}:playing"))


def stop(name: str) -> None:
    """Stop playing `name`, as another question of its page does."""
    if is_playing(name):
        _turn(name, False)


def _turn(name: str, playing: bool) -> None:
    st.session_state[f"{name}:playing"] = playing
    st.session_state[f"{name}:turn"] = st.session_state.get(f"{name}:turn", 0) + 1
