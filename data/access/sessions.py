"""Sessions of people who came in: kept in the store, ended when idle or old, unguessable, never in an address.

The store holds a digest of what the cookie carries, so that whoever reads the database cannot come in with it. Every server of one database
knows the same sessions; a session that somebody ended on one is over on all at the next click. An identity's own cookie lives longer than
we accept: its age is counted from the moment the provider signed it, whatever the number of tabs and servers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from analysis.model import SYSTEM_ACTOR
from data.store import Session, Store, StoreError, tables

IDLE = dt.timedelta(hours=2)
LONGEST = dt.timedelta(hours=12)
STEP = dt.timedelta(minutes=1)
"""How much later the last use must be to be written down: a click costs no write, and a session ends at most this much early."""

_NEVER = "1970-01-01T00:00:00.000Z"
"""When a session that was ended was last used."""


@dataclass(frozen=True)
class Seat:
    """Somebody who is in: the profile's id, and the mark of the PIN with which they came in."""

    who: str
    mark: str


class Sessions:
    """Those who are in. Safe to share between threads; `now` is always an instant with a zone. `store` is asked for at each question.

    What the store refuses is raised (StoreError), but for noting that a session was used: on a full disk those who are in stay in.
    """

    def __init__(
        self, store: Callable[[], Store], idle: dt.timedelta = IDLE, longest: dt.timedelta = LONGEST
    ) -> None:
        self._store, self.idle, self.longest = store, idle, longest

    def open(self, who: str, mark: str, now: dt.datetime) -> str:
        """Let somebody in; what their cookie holds."""
        token = secrets.token_urlsafe(32)
        with self._store().note(SYSTEM_ACTOR) as session:
            self._forget_old(session, now)
            session.connection.execute(insert(tables.seat).values(_row(_hash(token), who, mark, now)))
        return token

    def seat(self, token: str, now: dt.datetime) -> Seat | None:
        """Who holds `token`, whose session goes on; None when it is unknown, altered or over."""
        found = self._found(_hash(token))
        if found is None or not found["who"] or not self._goes_on(found, now):
            return None
        return Seat(found["who"], found["mark"])

    def close(self, token: str) -> None:
        """End a session, on every server."""
        seat = tables.seat
        with self._store().note(SYSTEM_ACTOR) as session:
            # Not deleted: the cookie of an identity that was seen nowhere would begin anew.
            session.connection.execute(update(seat).where(seat.c.id == _hash(token)).values(last=_NEVER))

    def goes_on(self, key: str, began: dt.datetime, now: dt.datetime) -> tuple[bool, bool]:
        """Whether the session of an identity goes on, and whether it is seen for the first time. `began`: when the provider signed it.

        One that nobody ever saw counts as last used when it began.
        """
        hashed = _hash(key)
        found = self._found(hashed)
        if found is not None:
            return self._goes_on(found, now), False
        # A provider's clock that is ahead gives no longer session.
        fresh = _row(hashed, "", "", min(began, now))
        if self._over(fresh, now):
            return False, True
        try:
            with self._store().note(SYSTEM_ACTOR) as session:
                self._forget_old(session, now)
                session.connection.execute(insert(tables.seat).values(fresh))
        except IntegrityError:  # another tab, or another server, was quicker
            return True, False
        return self._goes_on(fresh, now), True

    def _found(self, hashed: str) -> dict[str, Any] | None:
        with self._store().read() as session:
            return session.get(tables.seat, hashed)

    def _goes_on(self, found: dict[str, Any], now: dt.datetime) -> bool:
        if self._over(found, now):
            return False
        if now - _instant(found["last"]) > STEP:
            seat = tables.seat
            # One that was closed at this very moment stays closed.
            here = (seat.c.id == found["id"], seat.c.last == found["last"])
            with suppress(StoreError), self._store().note(SYSTEM_ACTOR) as session:
                session.connection.execute(update(seat).where(*here).values(last=_text(now)))
        return True

    def _over(self, found: dict[str, Any], now: dt.datetime) -> bool:
        return now - _instant(found["last"]) > self.idle or now - _instant(found["began"]) > self.longest

    def _forget_old(self, session: Session, now: dt.datetime) -> None:
        seat = tables.seat
        session.connection.execute(delete(seat).where(seat.c.began < _text(now - self.longest)))


def end_all(store: Store, who: str) -> int:
    """End every session that a profile opened with a PIN, on every server; how many went on."""
    seat = tables.seat
    with store.note(SYSTEM_ACTOR) as session:
        going_on = update(seat).where(seat.c.who == who, seat.c.last != _NEVER)
        return int(session.connection.execute(going_on.values(last=_NEVER)).rowcount)


def _row(hashed: str, who: str, mark: str, began: dt.datetime) -> dict[str, Any]:
    return {"id": hashed, "who": who, "mark": mark, "began": _text(began), "last": _text(began)}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
