"""Filters whose state stands in the address: a link carries the whole view, and nothing but declared values is read from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, TypedDict

import streamlit as st

from analysis.view import FLAG, Parameter, parse, to_query
from ui import audience_state

Address = dict[str, list[str]]
_KEPT = 20
"""How many addresses that the browser has not confirmed are remembered."""


class Chosen(dict[str, str]):
    """The values of a page's parameters at one moment: what a file made later, outside the page's run, still knows."""

    def on(self, name: str) -> bool:
        """Whether a yes/no parameter is on."""
        return self[name] == "1"


class Held(TypedDict):
    """What a widget is given so that it shows and keeps the value of its parameter."""

    key: str
    persist_state: Literal["session"]


class Filters:
    """The declared parameters of one page. Each value stands once, in the session, under the key of its widget; the address is written
    from it, and read only when somebody else wrote it.

    Create it before the widgets, give each widget `**filters.widget(name)`, call `publish()` after the last one. What the address held
    and could not be used is in `ignored`; `warn()` says so on screen.
    """

    def __init__(self, page: str, parameters: Sequence[Parameter]) -> None:
        self.page = page
        # « Vue pour » goes along on every page, also where nothing asks for it: what was narrowed is not widened by a click elsewhere.
        self.parameters = (*parameters, audience_state.parameter())
        query = {name: st.query_params.get_all(name) for name in st.query_params}
        written: list[Address] = st.session_state.get(f"{page}:written", [])
        known = [at for at, each in enumerate(written) if each == query]
        late = bool(known) and known[-1] < len(written) - 1 and self._changed()
        if known and not late:
            st.session_state[f"{page}:written"] = written[known[-1] :]  # the browser has come as far
        if not late and query not in written[-1:] and (query or not written):
            parsed = parse(query, self.parameters)
            values, self.ignored = dict(parsed.values), parsed.ignored
            # A link that does not name the view leaves it as it is.
            if audience_state.NAME not in query:
                values[audience_state.NAME] = audience_state.starting_choice(page)
            st.session_state[f"{page}:ignored"] = self.ignored
        else:
            values = {p.name: p.default if self._left_out(p.name) else self[p.name] for p in self.parameters}
            values[audience_state.NAME] = audience_state.starting_choice(page)
            self.ignored = st.session_state.get(f"{page}:ignored", ())
        for parameter in self.parameters:
            value = values[parameter.name]
            self.set(parameter.name, value if parameter.accepts(value) else parameter.default)
        audience_state.hold(page, self[audience_state.NAME])

    def _changed(self) -> bool:
        """Whether somebody chose something since the address was last written.

        Somebody who clicks, or presses a key in full screen, before the browser has the address of the run before sends an older one
        with it: what was just chosen counts, not that address. The way back sends an older one too, and chooses nothing.
        """
        published = st.session_state.get(f"{self.page}:published")
        return published is not None and any(
            name in published and self[name] != published[name] for name in (p.name for p in self.parameters)
        )

    def key(self, name: str) -> str:
        """The session key of one parameter."""
        return f"{self.page}:{name}"

    def widget(self, name: str) -> Held:
        """What to give to the widget of one parameter, whenever it is drawn.

        Streamlit tells the browser the value of a widget in the run that wrote it, and forgets it when a run no longer draws the widget.
        A widget that the browser first shows later (in a popover opened after the next click) or shows again (another mode, another page)
        would stand at its own first option and send that back as a choice. `persist_state` keeps the value and tells it until the browser
        holds it (decision 10).
        """
        return {"key": self.key(name), "persist_state": "session"}

    def fold(self, name: str) -> str:
        """The key of a popover that holds widgets of parameters: give it `on_change="rerun"` and draw them only while it is `open`.

        The browser builds nothing in a closed popover, yet goes on sending what its widgets held when it was last open: a value written
        here meanwhile (a click on the map, the way back) would be undone by the next click.
        """
        return f"{self.page}:fold:{name}"

    def __getitem__(self, name: str) -> str:
        value = st.session_state.get(self.key(name), self._default(name))
        return str(int(value)) if isinstance(value, bool) else str(value or "")

    def _left_out(self, name: str) -> bool:
        """Whether a parameter left out of the address (« the latest ») is still what it was then: it goes on following the latest."""
        left_out = st.session_state.get(f"{self.page}:omitted", {})
        return name in left_out and self[name] == left_out[name]

    def _default(self, name: str) -> str:
        return next(p.default for p in self.parameters if p.name == name)

    def on(self, name: str) -> bool:
        """Whether a yes/no parameter (a toggle) is on."""
        return self[name] == "1"

    def set(self, name: str, value: str) -> None:
        """Set a parameter that no widget of this run holds yet. A yes/no parameter is kept as its toggle wants it."""
        parameter = next(p for p in self.parameters if p.name == name)
        kept: str | bool = value == "1" if parameter.allowed == FLAG else value
        if st.session_state.get(self.key(name)) != kept:
            st.session_state[self.key(name)] = kept

    def values(self) -> Chosen:
        """Every parameter with its value."""
        return Chosen({p.name: self[p.name] for p in self.parameters})

    def publish(self, omit: Collection[str] = ()) -> None:
        """Write the address. Defaults are left out, and so are the parameters of `omit` (« the latest », which moves on)."""
        everything = self.values()
        values = {name: value for name, value in everything.items() if name not in omit}
        st.session_state[f"{self.page}:omitted"] = {n: v for n, v in everything.items() if n in omit}
        query = to_query(values, self.parameters)
        written = {name: [value] for name, value in query.items()}
        if {n: st.query_params.get_all(n) for n in st.query_params} != written:
            st.query_params.from_dict(query)
        st.session_state[f"{self.page}:published"] = everything
        before: list[Address] = st.session_state.get(f"{self.page}:written", [])
        if before[-1:] != [written]:
            st.session_state[f"{self.page}:written"] = [*before, written][-_KEPT:]

    def warn(self) -> None:
        """Say which parts of the address were not understood, once. Their content is not shown: it is not ours."""
        if self.ignored:
            n = len(self.ignored)
            words = (
                "un réglage inconnu ou mal formé a été ignoré : l'affichage habituel le remplace."
                if n == 1
                else f"{n} réglages inconnus ou mal formés ont été ignorés : l'affichage habituel les remplace."
            )
            st.warning(
                f"Dans l'adresse de cette page, {words}",
                icon=":material/link_off:",
            )
