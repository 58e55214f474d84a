"""« Ce n'est pas ce que nous voyons »: what a commune says of one of its figures. It stands beside the figure and never changes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from analysis.model import Account, Indicator, Right, Role
from data.register import checks
from data.register.authors import author
from data.register.errors import RegisterError
from data.register.operations import Change, operation, row_of
from data.register.people import new_id
from data.register.places import commune_of
from data.store import Session, Store, tables
from data.territory import Territory

LONGEST = 300


@dataclass(frozen=True)
class Remark:
    """One remark that stands. `author` is the name of the profile that made it; `on` the day."""

    id: str
    indicator: str
    commune: str
    period: str
    text: str
    on: dt.date
    author: str


def may_remark(who: Account, commune: str) -> bool:
    """Whether somebody may say so of a figure of a commune: its own council member, and those who publish figures, for any commune."""
    return who.may(Right.IMPORT) or (who.role is Role.ELU and who.commune == commune)


def add_remark(
    store: Store, territory: Territory, who: Account, today: dt.date, *, indicator: Indicator, commune: str, period: str, text: str
) -> Change:  # fmt: skip
    """Note that the commune does not see what a figure says. Raises RegisterError: nothing said, unknown period, not one's own commune."""
    code = commune_of(territory, commune)
    if not may_remark(who, code):
        raise RegisterError(
            "Vous ne pouvez faire une remarque que sur les chiffres de votre commune.", field="commune"
        )
    if period not in indicator.periods:
        raise RegisterError("Ce millésime n'existe pas.", field="period", value=period)
    said = checks.text(text, "text", most=LONGEST, needed="Dites en quelques mots ce que vous voyez.")
    row = {
        "id": new_id(),
        "indicator": indicator.id,
        "commune": code,
        "period": period,
        "text": said,
        "on": today,
        "actor": who.id,
    }
    with operation(store, who.actor, "remark_add") as current:
        current.subject = ("remark", current.session.insert(tables.remark, row))
    return current.change


def remove_remark(store: Store, who: Account, remark: str) -> Change:
    """Take a remark back: one's own commune's, or any for those who publish figures. It stays in the history."""
    with operation(store, who.actor, "remark_remove") as current:
        row = row_of(current.session, tables.remark, remark, "Cette remarque")
        if not may_remark(who, row["commune"]):
            raise RegisterError("Cette remarque n'est pas de votre commune.", value=remark)
        current.session.remove(tables.remark, remark)
        current.subject = ("remark", remark)
    return current.change


def remarks(session: Session) -> tuple[Remark, ...]:
    """Every remark that stands, the newest first."""
    table = tables.remark
    rows = session.connection.execute(
        select(table).where(table.c.removed_at.is_(None)).order_by(table.c.created_at.desc(), table.c.id)
    ).mappings()
    return tuple(
        Remark(
            row["id"], row["indicator"], row["commune"], row["period"], row["text"], row["on"], author(session, row["actor"])
        )
        for row in rows.all()
    )  # fmt: skip
