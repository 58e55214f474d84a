"""Séances in the store: each write is one transaction, one operation of the history, taken back by `data.register.undo`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from analysis.model import Account, Audience
from data.register import checks
from data.register.authors import author
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, change_row, operation
from data.register.people import new_id
from data.store import Session, Store, tables

TITLE_MOST, SENTENCE_MOST, NOTE_MOST = 300, 1000, 4000
"""Characters of a title, of a sentence, of a speaker's note."""
VIEWS_MOST = 60
"""Views of one séance: more would not fit a meeting, nor the memory of a small machine."""
_QUERY = re.compile(r"[^\x00-\x1f]{0,200}")
_BRIEFING, _VIEW = "Cette séance", "Cette vue"
NAMED = "Cette vue nomme des personnes : elle ne se fige pas."
FOLLOWS = "Elle suit les accords du jour, que chacun peut reprendre."


@dataclass(frozen=True)
class BriefingView:
    """One view of a séance, as kept. `query`: the whitelisted parameters of its page that are not at their default.

    `title`, `sentence`, `note`: what somebody wrote in place of what is generated, empty otherwise. `frozen`: the figures kept on
    a day (`analysis.council.to_json`) with the audience for which they were made, None for a view that follows the store.
    """

    id: str
    position: int
    page: str
    query: Mapping[str, str]
    title: str = ""
    sentence: str = ""
    note: str = ""
    frozen: Mapping[str, Any] | None = field(default=None, repr=False)
    version: int = 1


@dataclass(frozen=True)
class Briefing:
    """One séance with its views in order. `author` is the name of the profile that made it."""

    id: str
    title: str
    on: dt.date
    audience: Audience
    author: str
    version: int = 1
    views: tuple[BriefingView, ...] = ()


def may_prepare(who: Account) -> bool:
    """Whether somebody may prepare a séance: whoever belongs to the council or works for it."""
    return who.audience is not Audience.PUBLIC


def create_briefing(
    store: Store, who: Account, *, title: str, on: dt.date, audience: Audience = Audience.PUBLIC,
    views: Sequence[tuple[str, Mapping[str, str]]] = (),
) -> Change:  # fmt: skip
    """A new séance, with the given views (page, query) when it starts from a ready-made one.

    Raises RegisterError: no title, a title too long, a day that is none, an audience narrower than one's own.
    """
    _check_right(who)
    row: dict[str, Any] = {
        "id": new_id(),
        "title": _title(title, needed=True),
        "on": _day(on),
        "audience": _audience(who, audience),
        "actor": who.id,
    }
    with operation(store, who.actor, "briefing_add") as current:
        current.session.insert(tables.briefing, row)
        for position, (page, query) in enumerate(views):
            _insert(current, row["id"], position, page, query)
        current.subject = ("briefing", row["id"])
    return current.change


def change_briefing(
    store: Store, who: Account, briefing: str, *, seen: int | None = None, title: str, on: dt.date, audience: Audience
) -> Change:  # fmt: skip
    """Another title, day or audience. Raises Conflict when it moved on since version `seen`, RegisterError as `create_briefing`."""
    _check_right(who)
    changes = {
        "title": _title(title, needed=True),
        "on": _day(on),
        "audience": _audience(who, audience),
    }
    with operation(store, who.actor, "briefing_change") as current:
        row = _briefing_row(current.session, briefing, who)
        change_row(current, tables.briefing, row, changes, seen, _BRIEFING)
        current.subject = ("briefing", briefing)
    return current.change


def remove_briefing(store: Store, who: Account, briefing: str) -> Change:
    """Take a séance out of the list; undo brings it back with its views."""
    _check_right(who)
    with operation(store, who.actor, "briefing_remove") as current:
        _briefing_row(current.session, briefing, who)
        current.session.remove(tables.briefing, briefing)
        current.subject = ("briefing", briefing)
    return current.change


def add_view(
    store: Store, who: Account, briefing: str, page: str, query: Mapping[str, str], *,
    title: str = "", sentence: str = "", note: str = "",
) -> Change:  # fmt: skip
    """Put a view at the end of a séance. Raises RegisterError when the séance is full or gone."""
    _check_right(who)
    with operation(store, who.actor, "briefing_view_add") as current:
        _briefing_row(current.session, briefing, who)
        rows = _rows(current.session, briefing)
        _check_room(rows)
        _insert(current, briefing, _end(rows), page, query, title, sentence, note)
        current.subject = ("briefing", briefing)
    return current.change


@contextmanager
def _one_view(store: Store, who: Account, view: str, kind: str) -> Iterator[tuple[Operation, dict[str, Any]]]:
    """One operation on one view, with its row, told in the history of its séance. Raises RegisterError for a view that `who` may not
    change or that is gone.
    """
    _check_right(who)
    with operation(store, who.actor, kind) as current:
        row = _view_row(current.session, view, who)
        yield current, row
        current.subject = ("briefing", row["briefing"])


def change_view(store: Store, who: Account, view: str, *, seen: int | None = None, **texts: str) -> Change:
    """Write the `title`, `sentence` or `note` of a view; empty gives back what is generated.

    Raises Conflict when the view moved on since version `seen`, RegisterError for a text too long.
    """
    makers = {"title": _title, "sentence": _sentence, "note": _note}
    columns = {"note": "speaker_note"}
    changes = {columns.get(name, name): makers[name](text) for name, text in texts.items()}
    with _one_view(store, who, view, "briefing_view_change") as (current, row):
        change_row(current, tables.briefing_view, row, changes, seen, _VIEW)
    return current.change


def move_view(store: Store, who: Account, view: str, to: int) -> Change:
    """Put a view at place `to` (from 0) among those of its séance; beyond the ends, at the nearest."""
    with _one_view(store, who, view, "briefing_view_move") as (current, row):
        rest = [each for each in _rows(current.session, row["briefing"]) if each["id"] != view]
        rest.insert(max(0, min(to, len(rest))), row)
        for position, each in enumerate(rest):
            if each["position"] != position:
                current.session.update(tables.briefing_view, each["id"], {"position": position})
    return current.change


def duplicate_view(store: Store, who: Account, view: str) -> Change:
    """Put a copy of a view at the end of its séance, with its texts and its frozen figures."""
    with _one_view(store, who, view, "briefing_view_add") as (current, row):
        rows = _rows(current.session, row["briefing"])
        _check_room(rows)
        kept = ("briefing", "page", "query", "title", "sentence", "speaker_note", "frozen")
        copy = {name: row[name] for name in kept} | {"id": new_id(), "position": _end(rows)}
        current.session.insert(tables.briefing_view, copy)
    return current.change


def remove_view(store: Store, who: Account, view: str) -> Change:
    """Take a view out of its séance; undo brings it back in its place."""
    with _one_view(store, who, view, "briefing_view_remove") as (current, _row):
        current.session.remove(tables.briefing_view, view)
    return current.change


def freeze_view(
    store: Store, who: Account, view: str, slide: Mapping[str, Any], audience: Audience
) -> Change:
    """Keep the figures of today in a view: `slide` as `analysis.council.to_json` gives it, made for `audience`.

    Raises RegisterError for a slide that names people: who takes an agreement back, or is erased, must leave every view.
    """
    if slide.get("names_people"):
        raise RegisterError(NAMED, advice=FOLLOWS)
    with _one_view(store, who, view, "briefing_view_freeze") as (current, row):
        kept = {"audience": audience.value, "slide": dict(slide)}
        change_row(current, tables.briefing_view, row, {"frozen": kept}, None, _VIEW)
    return current.change


def thaw_view(store: Store, who: Account, view: str) -> Change:
    """Let a view follow the store again."""
    with _one_view(store, who, view, "briefing_view_thaw") as (current, row):
        change_row(current, tables.briefing_view, row, {"frozen": None}, None, _VIEW)
    return current.change


# -- reading ---------------------------------------------------------------------------------------------------


def briefings(session: Session, who: Account) -> tuple[Briefing, ...]:
    """The séances that `who` may read (none prepared for a narrower circle than theirs), the latest meeting first, with their views."""
    table, view = tables.briefing, tables.briefing_view
    rows = session.connection.execute(
        select(table).where(table.c.removed_at.is_(None)).order_by(table.c.on.desc(), table.c.created_at.desc(), table.c.id)
    ).mappings()  # fmt: skip
    found = [dict(row) for row in rows.all() if _readable(who, Audience(row["audience"]))]
    views = session.connection.execute(
        select(view)
        .where(view.c.removed_at.is_(None))
        .order_by(view.c.position, view.c.created_at, view.c.id)
    ).mappings()
    by_briefing: dict[str, list[BriefingView]] = {}
    for row in views.all():
        by_briefing.setdefault(row["briefing"], []).append(_view(dict(row)))
    return tuple(
        Briefing(
            row["id"], row["title"], row["on"], Audience(row["audience"]), author(session, row["actor"]), row["version"],
            tuple(by_briefing.get(row["id"], ())),
        )
        for row in found
    )  # fmt: skip


def briefing(session: Session, who: Account, id_: str) -> Briefing:
    """One séance. Raises RegisterError when it is not there, was removed, or is not for `who`."""
    found = next((each for each in briefings(session, who) if each.id == id_), None)
    if found is None:
        raise _gone(_BRIEFING, id_)
    return found


def _view(row: Mapping[str, Any]) -> BriefingView:
    return BriefingView(
        row["id"], row["position"], row["page"], row["query"], row["title"] or "", row["sentence"] or "",
        row["speaker_note"] or "", row["frozen"], row["version"],
    )  # fmt: skip


# -- inside ----------------------------------------------------------------------------------------------------


def _readable(who: Account, audience: Audience) -> bool:
    circles = list(Audience)
    return may_prepare(who) and circles.index(audience) <= circles.index(who.audience)


def _check_right(who: Account) -> None:
    if not may_prepare(who):
        raise RegisterError(
            "Préparer une séance est l'affaire des élus et de l'équipe.", advice="Demandez un profil à l'administrateur."
        )  # fmt: skip


def _gone(what: str, value: str) -> RegisterError:
    return RegisterError(
        f"{what} n'est plus là.",
        value=value,
        advice="Quelqu'un l'a peut-être retirée : voyez la liste des séances.",
    )


def _briefing_row(session: Session, id_: str, who: Account) -> dict[str, Any]:
    row = session.get(tables.briefing, id_)
    if row is None or row["removed_at"] is not None or not _readable(who, Audience(row["audience"])):
        raise _gone(_BRIEFING, id_)
    return row


def _view_row(session: Session, id_: str, who: Account) -> dict[str, Any]:
    row = session.get(tables.briefing_view, id_)
    if row is None or row["removed_at"] is not None:
        raise _gone(_VIEW, id_)
    _briefing_row(session, row["briefing"], who)
    return row


def _rows(session: Session, briefing: str) -> list[dict[str, Any]]:
    table = tables.briefing_view
    rows = session.connection.execute(
        select(table)
        .where(table.c.briefing == briefing, table.c.removed_at.is_(None))
        .order_by(table.c.position, table.c.created_at, table.c.id)
    ).mappings()
    return [dict(row) for row in rows.all()]


def _end(rows: Sequence[Mapping[str, Any]]) -> int:
    return 1 + max((row["position"] for row in rows), default=-1)


def _check_room(rows: Sequence[object]) -> None:
    if len(rows) >= VIEWS_MOST:
        raise RegisterError(
            f"Cette séance a déjà {len(rows)} vues : {VIEWS_MOST} au plus.", advice="Retirez-en une, ou ouvrez une autre séance."
        )  # fmt: skip


def _insert(
    current: Operation, briefing: str, position: int, page: str, query: Mapping[str, str], title: str = "",
    sentence: str = "", note: str = "",
) -> None:  # fmt: skip
    if not all(_QUERY.fullmatch(part) for pair in query.items() for part in pair):
        raise RegisterError(
            "Les réglages de cette vue ne sont pas lisibles.", advice="Ajoutez la vue de nouveau."
        )
    row = {
        "id": new_id(),
        "briefing": briefing,
        "position": position,
        "page": page,
        "query": dict(query),
        "title": _title(title),
        "sentence": _sentence(sentence),
        "speaker_note": _note(note),
        "frozen": None,
    }
    current.session.insert(tables.briefing_view, row)


def _title(text: str, *, needed: bool = False) -> str | None:
    return checks.text(
        text, "title", most=TITLE_MOST, needed="Donnez un titre à la séance." if needed else ""
    )


def _sentence(text: str) -> str | None:
    return checks.text(text, "sentence", most=SENTENCE_MOST)


def _note(text: str) -> str | None:
    """A speaker's note keeps its lines."""
    lines = [checks.text(line, "note", most=NOTE_MOST) or "" for line in text.splitlines()]
    kept = "\n".join(lines).strip()
    if len(kept) > NOTE_MOST:
        raise RegisterError(
            f"Cette note a {len(kept)} caractères, {NOTE_MOST} au plus sont gardés.", field="note", advice="Raccourcissez-la."
        )  # fmt: skip
    return kept or None


def _day(day: dt.date) -> dt.date:
    if not checks.EARLIEST <= day <= dt.date(2100, 12, 31):
        raise RegisterError("Cette date n'est pas celle d'une séance.", field="on", value=f"{day:%d/%m/%Y}")
    return day


def _audience(who: Account, audience: Audience) -> str:
    circles = list(Audience)
    if circles.index(audience) > circles.index(who.audience):
        raise RegisterError(
            f"Vous ne pouvez pas préparer de séance pour {audience.label}.",
            field="audience",
            value=audience.value,
        )
    return audience.value
