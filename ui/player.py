"""A place in a list of steps that goes on by itself, in a fragment of the page.

The place is the server's (`Filters`), not the slider's: a slow browser sends back the slider's value of some ticks ago, which must
neither stop the play nor turn it back. So the slider only copies its value when somebody moves it, not while it plays, and it is another
one at each turn (start or stop), and what arrives for an older one is not heard.

While it plays, that value says how far the browser has come: the slider is the last thing drawn of a step, and every tick brings what it
stands on. A tick goes on only from a step that the browser has drawn, so that no step is left out on a machine that is slower than the
clock: it plays slower there.
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

    def run(
        self,
        step: Callable[[int], None],
        seconds: float,
        label: str,
        words: Callable[[str], str],
        help: str,
        by: int = 1,
    ) -> None:
        """Draw a slider of the steps, each told by `words`, and under it `step(rank)`, in a fragment.

        While playing, draw the step `by` further every `seconds`, up to the last; later where the browser needs longer.
        """
        st.session_state[f"{self.name}:held"] = True  # the run of the whole page is no tick of the clock
        ticking = self.playing

        def tick() -> None:
            access.recheck_access()
            paused = st.session_state.pop(f"{self.name}:held", False)
            if self.playing and not paused and self._drawn():
                self.go(self.at + by)
                if self.at == len(self.steps) - 1:
                    stop(self.name)
            if ticking and not self.playing:
                st.rerun()  # of the whole page, which stops the clock
            above = st.container()
            step(self.at)
            with above:
                self._slider(label, words, help)

        st.fragment(tick, run_every=seconds if ticking else None)()

    @property
    def _turn(self) -> int:
        """How often it was started or stopped."""
        return int(st.session_state.get(f"{self.name}:turn", 0))

    @property
    def _key(self) -> str:
        """The session key of this turn's slider."""
        return f"{self.name}:slider:{self._turn}"

    def _drawn(self) -> bool:
        """Whether the browser has drawn the step on show.

        Until a browser has drawn a slider it sends nothing for it, and the session answers with our own value: the first tick of a turn
        cannot tell, and only looks.
        """
        looked = st.session_state.get(f"{self.name}:looked") == self._turn
        st.session_state[f"{self.name}:looked"] = self._turn
        return looked and st.session_state.get(self._key) == self.steps[self.at]

    def _slider(self, label: str, words: Callable[[str], str], help: str) -> None:
        key = self._key

        def moved() -> None:
            if key == self._key:  # a slow browser also sends the slider of the turn before, once more
                self.filters.set(self.parameter, st.session_state[key])

        st.session_state[key] = self.steps[self.at]
        st.select_slider(
            label, self.steps, format_func=words, key=key, disabled=self.playing, help=help,
            on_change=None if self.playing else moved,
        )  # fmt: skip


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
