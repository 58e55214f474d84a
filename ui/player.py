"""A place in a list of steps that goes on by itself, in a fragment of the page.

While it plays, the place is the server's alone: a slow browser sends back the control's value of some ticks ago, which must neither stop
the play nor turn it back. So the control is disabled meanwhile and the place is kept apart from its value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from ui.filters import Filters


class Player:
    """The steps of the parameter `parameter` of a page, under the session keys `name:…`. Make it at each run of the page."""

    def __init__(self, name: str, filters: Filters, parameter: str, steps: Sequence[str]) -> None:
        self.filters, self.parameter, self.steps = filters, parameter, list(steps)
        self.slider = f"{name}:slider"
        self._playing, self._held, self._at = f"{name}:playing", f"{name}:held", f"{name}:at"
        if filters[parameter] not in self.steps:
            filters.set(parameter, self.steps[-1])
        if st.session_state.get(self._at) not in self.steps:
            self.stop()

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return bool(st.session_state.get(self._playing))

    def at(self) -> int:
        """The rank of the step on show."""
        found = self.filters[self.parameter]
        return self.steps.index(found) if found in self.steps else len(self.steps) - 1

    def toggle(self) -> None:
        """Play or stop; at the last step, play from the first."""
        playing = not self.playing
        st.session_state[self._playing] = playing
        if not playing:
            self.go(self.steps.index(st.session_state[self._at]))
            return
        if self.at() == len(self.steps) - 1:
            self.go(0)
        st.session_state[self._at] = self.steps[self.at()]

    def go(self, at: int) -> None:
        """Show the step of rank `at`, or the nearest that exists."""
        self.filters.set(self.parameter, self.steps[min(max(at, 0), len(self.steps) - 1)])

    def move(self, by: int) -> None:
        """Stop, then show the step `by` further (before for a negative one)."""
        self.stop()
        self.go(self.at() + by)

    def stop(self) -> None:
        """Stop playing."""
        st.session_state[self._playing] = False

    def run(self, step: Callable[[int], None], seconds: float) -> None:
        """Draw `step(rank)` in a fragment, and while playing the next one every `seconds`."""
        st.session_state[self._held] = True  # the run of the whole page is no tick of the clock
        ticking = self.playing
        st.fragment(self._tick, run_every=seconds if ticking else None)(step, ticking)

    def _tick(self, step: Callable[[int], None], ticking: bool) -> None:
        held = st.session_state.pop(self._held, False)
        if self.playing:
            at = self.steps.index(st.session_state[self._at])
            if not held:
                at = min(at + 1, len(self.steps) - 1)
            st.session_state[self._at] = self.steps[at]
            st.session_state[self._playing] = at < len(self.steps) - 1
        if ticking:
            self.go(self.steps.index(st.session_state[self._at]))
            if not self.playing:
                st.rerun()  # of the whole page, which stops the clock
        step(self.at())
