"""Filters whose state stands in the address: a link carries the whole view, and nothing but declared values is read from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from analysis.view import FLAG, Parameter, parse, to_query


class Chosen(dict[str, str]):
    """The values of a page's parameters at one moment: what a file made later, outside the page's run, still knows."""

    def on(self, name: str) -> bool:
        """Whether a yes/no parameter is on."""
        return self[name] == "1"


class Filters:
    """The declared parameters of one page, kept in the session under `page` and mirrored in the address.

    Create it before the widgets, give each widget `key=filters.key(name)`, call `publish()` after the last one. What the address held
    and could not be used is in `ignored`; `warn()` says so on screen.
    """

    def __init__(self, page: str, parameters: Sequence[Parameter]) -> None:
        self.page = page
        self.parameters = tuple(parameters)
        query = {name: st.query_params.get_all(name) for name in st.query_params}
        written = st.session_state.get(f"{page}:written")
        kept = st.session_state.get(f"{page}:kept")
        if query != written and (query or kept is None):
            parsed = parse(query, self.parameters)
            values, self.ignored = dict(parsed.values), parsed.ignored
            st.session_state[f"{page}:ignored"] = self.ignored
        else:
            values = dict(kept or {p.name: p.default for p in self.parameters})
            self.ignored = st.session_state.get(f"{page}:ignored", ())
            # Widgets of a page that was left have lost their keys; those on screen hold a newer value than `kept`.
            values.update({p.name: self[p.name] for p in self.parameters if self._changed(p.name)})
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            self.set(parameter.name, value if parameter.accepts(value) else parameter.default)

    def key(self, name: str) -> str:
        """The session key of one parameter, to give to its widget."""
        return f"{self.page}:{name}"

    def __getitem__(self, name: str) -> str:
        # Streamlit forgets the key of a widget that the last run did not draw, while a fragment may still ask for it.
        kept = st.session_state.get(f"{self.page}:kept", {}).get(name, self._default(name))
        value = st.session_state.get(self.key(name), kept)
        return str(int(value)) if isinstance(value, bool) else str(value or "")

    def _changed(self, name: str) -> bool:
        """Whether the session holds a value of its own for a parameter. One that was left out (« the latest ») and is still what it was
        then goes on following the latest.
        """
        left_out = st.session_state.get(f"{self.page}:omitted", {})
        return self.key(name) in st.session_state and (name not in left_out or self[name] != left_out[name])

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
        st.session_state[f"{self.page}:kept"] = values
        written = {name: [value] for name, value in query.items()}
        if {n: st.query_params.get_all(n) for n in st.query_params} != written:
            st.query_params.from_dict(query)
        st.session_state[f"{self.page}:written"] = written

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
