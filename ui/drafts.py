"""Forms whose fields are kept in the store as they are left: found again after a lost connection, on another server, another device.

One draft a form and subject, of the person at the screen. It holds what was typed and differs from what the form began with, so that what
nobody touched takes the newest value. It goes with the success of the form, or when it is thrown away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from analysis.model import Right
from data import applications
from data.register import Change, RegisterError
from data.store import StoreError
from ui import access, forms, loading

_DAY, _TIME = "day", "time"


@dataclass
class KeptForm(forms.Form):
    """A form of `ui.forms` whose fields are kept. Its widgets stand outside `st.form`, which tells nothing before it is sent.

    `words` says what it is about, for the list of what was begun (`begun`). `many`: it is one of many on a screen, which are found in that
    list, asked for once, and not each by itself.
    """

    words: str = ""
    many: bool = False
    _found: Mapping[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        kept = f"{self.prefix}/kept"
        if kept not in st.session_state:
            st.session_state[kept] = self._kept()
        self._found = st.session_state[kept]

    def _kept(self) -> Mapping[str, Any]:
        if self.many:
            mine = (self.name, self.subject)
            return next((each.fields for each in begun(self.page) if (each.form, each.subject) == mine), {})
        with loading.store().read() as session:
            found = applications.draft(session, id=self._id)
        return dict(found.content.get("fields", {})) if found is not None else {}

    @property
    def resumed(self) -> bool:
        """Whether it goes on with what was typed earlier."""
        return bool(self._found)

    @property
    def _id(self) -> str:
        said = f"{access.current_actor().id}/{self.page.name}/{self.name}/{self.subject}"
        return hashlib.sha256(said.encode()).hexdigest()

    def key(self, field: str, value: Any = None) -> str:
        """The key of one widget, which starts with what was kept of it, else with `value`."""
        new = (
            f"{self.prefix}:{field}" not in st.session_state and f"{self.prefix}:{field}" not in forms.sent()
        )
        key = super().key(field, value)
        if new and field in self._found:
            st.session_state[key] = _typed(self._found[field])
        return key

    @property
    def changed(self) -> Callable[[], None]:
        """What each widget calls when it was left."""
        return self.save

    def save(self) -> None:
        """Keep what the fields hold now. A callback, which runs before the page and so before its gate."""
        if not access.may(Right.EDIT_REGISTER):
            return
        initial = st.session_state.get(f"{self.prefix}/initial", {})
        typed = {name: _written(self.get(name)) for name, first in initial.items() if self.get(name) != first}
        store, actor = loading.store(), access.current_actor()
        try:
            if typed:
                content = {"form": self.name, "subject": self.subject, "words": self.words, "fields": typed}
                applications.keep_draft(store, actor, self._id, content, of=_of(self.page))
            else:
                applications.remove_draft(store, actor, self._id)
        except (RegisterError, StoreError) as error:  # what was typed is on the screen still
            self.page.refuse(error, self.prefix)
        st.session_state.pop(_list(self.page), None)

    def throw_away(self) -> None:
        """Forget what was kept: the form was sent, or is not wanted any more."""
        with suppress(StoreError):  # an old draft is no reason to refuse what was done
            applications.remove_draft(loading.store(), access.current_actor(), self._id)
        st.session_state.pop(f"{self.prefix}/kept", None)
        st.session_state.pop(_list(self.page), None)

    def start_again(self) -> None:
        """Throw away what was typed: the form is as it was at first."""
        self.throw_away()
        for name in st.session_state.pop(f"{self.prefix}/initial", {}):
            st.session_state.pop(f"{self.prefix}:{name}", None)

    def run(
        self, action: Callable[[], Change], newest: Callable[[], Mapping[str, Any]] | None = None
    ) -> None:
        """As `Form.run`; with its success the draft goes."""

        def act() -> Change:
            change = action()
            self.throw_away()
            return change

        super().run(act, newest)


@dataclass(frozen=True)
class Begun:
    """A form that was begun and not sent: its name and subject, what it is about in words, its fields as they were kept."""

    form: str
    subject: str
    words: str
    fields: Mapping[str, Any] = field(default_factory=dict)


def begun(page: forms.Page) -> tuple[Begun, ...]:
    """The forms of a page that the person at the screen began, the newest first; asked of the store once a session and after a change."""
    key = _list(page)
    if key not in st.session_state:
        with loading.store().read() as session:
            found = applications.drafts_of(session, _of(page))
        st.session_state[key] = tuple(
            Begun(
                str(each.content["form"]),
                str(each.content["subject"]),
                str(each.content["words"]),
                dict(each.content["fields"]),
            )
            for each in found
        )
    return st.session_state[key]  # type: ignore[no-any-return]


def _of(page: forms.Page) -> str:
    return f"{access.current_actor().id}:{page.name}"[:64]


def _list(page: forms.Page) -> str:
    return page.key("begun")


def _written(value: Any) -> Any:
    if isinstance(value, dt.time):
        return {_TIME: value.isoformat()}
    return {_DAY: value.isoformat()} if isinstance(value, dt.date) else value


def _typed(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return dt.time.fromisoformat(value[_TIME]) if _TIME in value else dt.date.fromisoformat(value[_DAY])
