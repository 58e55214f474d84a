"""How often the public form and the agendas' addresses may be asked for something, by one address and by everybody together.

The address itself is not kept: a keyed hash of it and of the day, so that a list of who came cannot be made from the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, func, select

from analysis.model import SYSTEM_ACTOR
from data.candidacy.errors import TooOften
from data.store import Store, stamp, tables

KEPT: Final = dt.timedelta(days=2)
_HOUR, _DAY = 1, 24
LIMITS: Final[Mapping[str, tuple[tuple[int, int, int], ...]]] = {
    "start": ((_HOUR, 8, 80), (_DAY, 25, 400)),
    "resume": ((_HOUR, 15, 300), (_DAY, 50, 1000)),
    "step": ((_HOUR, 200, 5000),),
    "code": ((_HOUR, 6, 100), (_DAY, 15, 400)),
    "follow": ((_HOUR, 120, 5000),),
    "paper": ((_DAY, 40, 600),),
    "agenda": ((_HOUR, 60, 3000),),  # an agenda asks every few hours, and many sit behind one address
}
"""Kind → (hours, most of one address, most of all together). A town hall that helps ten people on one day comes through."""


def visitor(address: str, secret: str, day: dt.date) -> str:
    """What stands for an address on one day."""
    return hmac.new(secret.encode(), f"{day:%Y-%m-%d} {address}".encode(), hashlib.sha256).hexdigest()[:32]


def count(store: Store, kind: str, who: str, now: dt.datetime) -> None:
    """Count one request of `kind` (a key of LIMITS). Raises TooOften, counting nothing, when it is one too many."""
    table = tables.candidacy_attempt
    with store.note(SYSTEM_ACTOR) as session:
        for hours, of_one, of_all in LIMITS[kind]:
            recent = table.c.at > stamp(now - dt.timedelta(hours=hours))
            asked = select(func.count()).select_from(table).where(table.c.kind == kind, recent)
            if session.connection.execute(asked.where(table.c.who == who)).scalar_one() >= of_one:
                raise TooOften(
                    f"Trop de demandes depuis cette connexion : attendez {'une heure' if hours == _HOUR else 'demain'}, puis continuez. "
                    "Ce qui est écrit est gardé."
                )
            if session.connection.execute(asked).scalar_one() >= of_all:
                raise TooOften(
                    "Ce formulaire est très demandé en ce moment : revenez un peu plus tard. Ce qui est écrit est gardé."
                )
        session.connection.execute(delete(table).where(table.c.at < stamp(now - KEPT)))
        session.connection.execute(table.insert().values(at=stamp(now), kind=kind, who=who))
