"""Forms that write: typed values that survive a refusal, messages shown literally, the sentence of what was done.

A form's values live in the session under keys of one generation; a success starts the next generation (an
empty form), a refusal keeps everything typed. A browser whose server was lost goes on with another one, which has never seen it, and
sends what stands in its fields: that is kept too. When somebody else changed the row in the meantime, what was
not touched here takes the newest value and what was typed stays.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import is_element_id, user_key_from_element_id

from analysis import french, palette
from data.register import Change, Conflict, RegisterError, SamePerson
from data.register.people import SEPARATE
from data.store import StoreError
from ui.markdown import literal

_BOX = (
    "border-left:.4rem solid {edge};background:{fill};color:{ink};padding:.6rem .9rem;margin:.2rem 0;"
    "border-radius:.3rem;max-width:100ch;overflow-wrap:anywhere"
)


def message(text: str, kind: str = "note", lines: Sequence[str] = ()) -> None:
    """A boxed text shown literally, whatever it holds. `kind`: alert (refused), status (done), note (to know), state (as it stands)."""
    edge, fill = palette.MESSAGES[kind]
    rest = "".join(f"<br>{html.escape(line)}" for line in lines)
    role = "note" if kind == "state" else kind
    st.html(
        f'<p role="{role}" data-user-text style="{_BOX.format(edge=edge, fill=fill, ink=palette.TEXT)}">{html.escape(text)}{rest}</p>'
    )


_GENERATION = re.compile(r"[^:]+:[^:]*:[^:]*:(\d+):")
"""The key of a field (`Form.prefix`), of which the first group is the generation."""


def sent() -> set[str]:
    """The keys of the widgets whose values the browser has sent with this run."""
    context = get_script_run_ctx()
    if context is None:
        return set()
    # Streamlit knows a widget by its key only once it was drawn in this session; what came before that has no public way to it.
    sent = context.session_state._state._new_widget_state
    return {key for each in sent if is_element_id(each) and (key := user_key_from_element_id(each))}


@dataclass(frozen=True)
class Clash:
    """A field that was changed here and elsewhere: what was typed here, and what stands, as the widget holds them."""

    field: str
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Page:
    """The forms of one page: what the session keeps of them stands under the page's name, and no other page touches it."""

    name: str

    def key(self, what: str) -> str:
        """The key under which the session keeps something of this page."""
        return f"{self.name}:{what}"

    @property
    def generation(self) -> int:
        """How many times something was done: each time, the page's forms start empty. A session that begins with a form of another
        server goes on counting there.
        """
        key = self.key("generation")
        if key not in st.session_state:
            found = [_GENERATION.match(each) for each in sent() if each.startswith(f"{self.name}:")]
            st.session_state[key] = max((int(each[1]) for each in found if each), default=0)
        return int(st.session_state[key])

    def done(self, change: Change) -> None:
        """Remember what was done for the next drawing, and start empty forms."""
        st.session_state[self.key("done")] = change
        st.session_state.pop(self.key("refused"), None)
        self.forget_snapshot()
        # What this generation's forms began with is of no use to the next, and a morning has a hundred of them.
        begun = [key for key in st.session_state if str(key).startswith(f"{self.name}:")]
        for key in begun:
            if str(key).endswith(("/initial", "/kept")):
                del st.session_state[key]
        st.session_state[self.key("generation")] = self.generation + 1

    def last_change(self) -> Change | None:
        """What was done by the last click, None when nothing was."""
        return st.session_state.get(self.key("done"))

    def forget_outcome(self) -> None:
        """Forget what became of the last click: another one is on its way."""
        st.session_state.pop(self.key("refused"), None)
        st.session_state.pop(self.key("done"), None)

    def refuse(self, error: Exception, place: str) -> None:
        """Keep a refusal, shown by `show_refusal` of the same place: a form's prefix, or a name for what is no form (an undo)."""
        st.session_state[self.key("refused")] = (place, error)
        st.session_state.pop(self.key("done"), None)

    def refusal(self, place: str) -> Exception | None:
        """Why something was refused the last time, None when it was not."""
        kept = st.session_state.get(self.key("refused"))
        return kept[1] if kept and kept[0] == place else None

    def show_refusal(self, place: str) -> None:
        """Say why something was refused, if it was."""
        if (error := self.refusal(place)) is not None:
            message(str(error), "alert")

    def snapshot(self, subject: str, current: Any, slot: str = "") -> Any:
        """What was on screen when the subject was opened: kept until it is saved, refused as outdated, or left for another of its `slot`
        (a screen that shows two subjects at once gives each its own).

        A form compares with it, so that what somebody else changed in the meantime is noticed.
        """
        kept = st.session_state.setdefault(self.key("snapshots"), {})
        if slot not in kept or kept[slot][0] != subject:
            kept[slot] = (subject, current)
        return kept[slot][1]

    def forget_snapshot(self) -> None:
        """Every next `snapshot` takes what stands then."""
        st.session_state.pop(self.key("snapshots"), None)


@dataclass
class Form:
    """One form of a page about one subject (empty for a new row). Create it before its widgets, on every run."""

    page: Page
    name: str
    subject: str = ""

    def __post_init__(self) -> None:
        for key, value in st.session_state.pop(self.page.key("pending"), {}).items():
            st.session_state[key] = value

    @property
    def prefix(self) -> str:
        """What the keys of this generation begin with."""
        return self.page.key(f"{self.name}:{self.subject}:{self.page.generation}")

    def key(self, field: str, value: Any = None) -> str:
        """The key of one widget, which starts with `value` and then keeps what is typed."""
        key = f"{self.prefix}:{field}"
        initial = st.session_state.setdefault(f"{self.prefix}/initial", {})
        if key not in st.session_state and key not in sent():
            st.session_state[key] = initial[field] = value
        initial.setdefault(field, value)
        return key

    @property
    def changed(self) -> Callable[[], None] | None:
        """What each widget calls when it was left; nothing here (`ui.drafts` keeps what was typed)."""
        return None

    def get(self, field: str) -> Any:
        """What a widget holds now."""
        return st.session_state.get(f"{self.prefix}:{field}")

    def set(self, field: str, value: Any) -> None:
        """Set a widget; from a callback or before the widget is drawn."""
        st.session_state[f"{self.prefix}:{field}"] = value

    def text(self, label: str, field: str, value: str | None = "", **options: Any) -> str:
        """A line of text."""
        options.setdefault("on_change", self.changed)
        return str(st.text_input(label, key=self.key(field, value or ""), **options) or "")

    def day(self, label: str, field: str, value: dt.date | None = None, **options: Any) -> dt.date | None:
        """A day, or none. Every day from 1900 on can be chosen: what is wrong is said, not hidden."""
        options.setdefault("on_change", self.changed)
        day = st.date_input(
            label, key=self.key(field, value), format="DD/MM/YYYY",
            min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 12, 31), **options,
        )  # fmt: skip
        return day if isinstance(day, dt.date) else None

    def choice(
        self, label: str, field: str, options: Mapping[str, str], value: str | None = None, **more: Any
    ) -> str | None:
        """One of `options` (id → words), or none."""
        ids = list(options)
        more.setdefault("placeholder", "Choisir")
        more.setdefault("on_change", self.changed)
        return st.selectbox(  # type: ignore[no-any-return]
            label, ids, format_func=lambda i: options.get(i, str(i)), index=None,
            key=self.key(field, value if value in ids else None), **more,
        )  # fmt: skip

    def commune(self, names: Mapping[str, str], value: str | None = None) -> str:
        """A commune of the territory, or another one typed: what was typed wins."""
        chosen = self.choice("Commune", "commune", names, value)
        typed = self.text(
            "Autre commune", "elsewhere", placeholder="nom ou code INSEE",
            help="Pour une commune qui n'est pas dans la liste : son nom ou son code INSEE.",
        )  # fmt: skip
        return typed.strip() or chosen or ""

    def same_person(self) -> str | None:
        """The question that SamePerson asks, once it was raised; None before it and while unanswered."""
        refused = self.refused
        matches = st.session_state.get(f"{self.prefix}/matches", ())
        if isinstance(refused, SamePerson):
            matches = st.session_state[f"{self.prefix}/matches"] = refused.matches
        if not matches:
            return None
        answers = {m.person: f"Oui, la même personne : {m.label} ({', '.join(m.why)})" for m in matches}
        answers[SEPARATE] = "Non, c'est une autre personne"
        return self.choice(french.spaced("Est-ce la même personne ?"), "same_as", answers)

    # -- two at once

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """The fields that somebody else changed too since this form was opened, empty when there are none."""
        return tuple(st.session_state.get(f"{self.prefix}/clashes", ()))

    def show_clashes(self, labels: Mapping[str, str], words: Callable[[str, Any], str]) -> None:
        """Ask, field by field, which of two values stays, and say what was taken over of the others. Draw it above the form.

        `labels`: field → its name; `words`: a field and a value → the value as a person reads it. What is chosen stands in its field.
        """
        taken = st.session_state.get(f"{self.prefix}/taken", {})
        if taken:
            lines = [
                f"{labels[field]}{french.NNBSP}: {words(field, value)}" for field, value in taken.items()
            ]
            message(
                "Changé ailleurs entre-temps, et repris ci-dessous, où vous n’aviez rien touché.", lines=lines
            )
        for clash in self.clashes:
            texts = {
                "mine": literal(f"Votre saisie{french.NNBSP}: {words(clash.field, clash.mine)}"),
                "theirs": literal(f"L’autre saisie{french.NNBSP}: {words(clash.field, clash.theirs)}"),
            }
            st.radio(
                f"{labels[clash.field]}{french.NNBSP}: laquelle garder{french.NNBSP}?", list(texts), key=self._which(clash),
                format_func=texts.__getitem__, on_change=self._choose, args=(clash,),
            )  # fmt: skip

    def chosen(self) -> tuple[tuple[Clash, bool], ...]:
        """Each clash, and whether the own value stays."""
        return tuple((clash, st.session_state.get(self._which(clash)) != "theirs") for clash in self.clashes)

    def _which(self, clash: Clash) -> str:
        return f"{self.prefix}/which/{clash.field}"

    def _choose(self, clash: Clash) -> None:
        mine = st.session_state[self._which(clash)] == "mine"
        self.set(clash.field, clash.mine if mine else clash.theirs)

    # -- what became of it

    @property
    def refused(self) -> Exception | None:
        """Why this form was refused the last time, None when it was not."""
        return self.page.refusal(self.prefix)

    def show_refusal(self) -> None:
        """Say why the form was refused, above it."""
        self.page.show_refusal(self.prefix)

    def run(
        self, action: Callable[[], Change], newest: Callable[[], Mapping[str, Any]] | None = None
    ) -> None:
        """Do what was asked, then draw the page again: with the sentence of what was done, or with the refusal.

        `newest`: the form's values as the store has them now, by field; asked when somebody else was quicker.
        """
        self.page.forget_outcome()
        try:
            change = action()
        except Conflict as error:
            self.page.refuse(error, self.prefix)
            self.page.forget_snapshot()  # once: a third person's change is noticed too
            self._rebase(newest() if newest is not None else {})
        except (RegisterError, StoreError) as error:
            self.page.refuse(error, self.prefix)
        else:
            self.page.done(change)
        st.rerun()

    def _rebase(self, newest: Mapping[str, Any]) -> None:
        """Fields that nobody touched here take the newest value; what was typed stays, and where both changed a field it is asked about."""
        initial = st.session_state.get(f"{self.prefix}/initial", {})
        untouched = {f: v for f, v in newest.items() if f in initial and self.get(f) == initial[f]}
        changed = {f: v for f, v in newest.items() if f in initial and v not in (initial[f], self.get(f))}
        both = {f: Clash(f, self.get(f), v) for f, v in changed.items() if f not in untouched}
        known = {clash.field: clash for clash in self.clashes if clash.field not in both}
        st.session_state[f"{self.prefix}/clashes"] = (*known.values(), *both.values())
        st.session_state[f"{self.prefix}/taken"] = {f: v for f, v in changed.items() if f in untouched}
        st.session_state[self.page.key("pending")] = {
            f"{self.prefix}:{field}": value for field, value in untouched.items()
        }
        st.session_state[f"{self.prefix}/initial"] = {**initial, **newest}


def sentence_of(title: str, details: Sequence[Any]) -> str:
    """« Déménagement : Marie (départ : rien → 12/05/2026 ; commune : Laleu) »."""
    parts = [
        f"{d.label}{french.NNBSP}: {d.before} → {d.after}"
        if d.before
        else f"{d.label}{french.NNBSP}: {d.after}"
        for d in details
    ]
    return f"{title} ({f'{french.NNBSP}; '.join(parts)})" if parts else title


def line(title: str, head: str, rows: Sequence[str], *, struck: bool = False) -> None:
    """One entry of the history, literally: what, then who and when, then before → after."""
    style = "margin:0;max-width:100ch;overflow-wrap:anywhere" + (";color:#57606a" if struck else "")
    shown = f"<s>{html.escape(title)}</s>" if struck else html.escape(title)
    rest = "".join(f"<br><span>{html.escape(row)}</span>" for row in rows)
    st.html(
        f'<p data-user-text style="{style}"><strong>{shown}</strong><br>'
        f'<small style="color:#3d4752">{html.escape(head)}</small>{rest}</p>'
    )
