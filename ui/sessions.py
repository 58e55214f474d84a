"""Sessions of people who came in: kept in this process only, ended when idle or old, unguessable, never in an address.

A restart ends those opened with a PIN. An identity's own cookie lives longer than we accept: its age is counted from the
moment the provider signed it, whatever the number of tabs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

IDLE = dt.timedelta(hours=2)
LONGEST = dt.timedelta(hours=12)
MOST = 10_000  # sessions kept; the one unused for longest goes first


@dataclass
class _Session:
    who: str
    mark: str
    began: dt.datetime
    last: dt.datetime


@dataclass(frozen=True)
class Seat:
    """Somebody who is in: the profile's id, and the mark of the PIN with which they came in."""

    who: str
    mark: str


class Sessions:
    """Those who are in. Safe to share between threads; `now` is always an instant with a zone."""

    def __init__(self, idle: dt.timedelta = IDLE, longest: dt.timedelta = LONGEST) -> None:
        self.idle, self.longest = idle, longest
        self._kept: OrderedDict[str, _Session] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, who: str, mark: str, now: dt.datetime) -> str:
        """Let somebody in; what their cookie holds."""
        token = secrets.token_urlsafe(32)
        self._keep(_hash(token), _Session(who, mark, now, now))
        return token

    def seat(self, token: str, now: dt.datetime) -> Seat | None:
        """Who holds `token`, whose session goes on; None when it is unknown, altered or over."""
        with self._lock:
            session = self._alive(_hash(token), now)
            return None if session is None else Seat(session.who, session.mark)

    def close(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._kept.pop(_hash(token), None)

    def goes_on(self, key: str, began: dt.datetime, now: dt.datetime) -> tuple[bool, bool]:
        """Whether the session of an identity goes on, and whether it is new here. `began`: when the provider signed it.

        One that this process never saw counts as last used when it began.
        """
        with self._lock:
            hashed = _hash(key)
            new = hashed not in self._kept
            if new:
                began = min(began, now)  # a provider's clock that is ahead gives no longer session
                self._keep_locked(hashed, _Session("", "", began, began))
            return self._alive(hashed, now) is not None, new

    def _keep(self, hashed: str, session: _Session) -> None:
        with self._lock:
            self._keep_locked(hashed, session)

    def _keep_locked(self, hashed: str, session: _Session) -> None:
        self._kept[hashed] = session
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def _alive(self, hashed: str, now: dt.datetime) -> _Session | None:
        session = self._kept.get(hashed)
        if session is None or now - session.last > self.idle or now - session.began > self.longest:
            return None
        session.last = max(session.last, now)
        self._kept.move_to_end(hashed)
        return session


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


LOCAL = Sessions()
"""Those who came in with a PIN."""

IDENTITIES = Sessions()
"""Those whom an identity provider named."""
