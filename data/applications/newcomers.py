"""The accepted dossiers as a mairie may read them: nothing of who they are is read here, not even to be left out later (decision 24)."""

from __future__ import annotations

from sqlalchemy import select

from analysis.applications.newcomers import TOLD, Arrival, Done
from data.store import Session, tables


def arrivals(session: Session, origin: str) -> tuple[Arrival, ...]:
    """The dossiers of `origin` from « Retenu » until a year has passed or they left, by day of arrival, then in the
    order of their ids.

    Where one goes: the commune of the member's last stay, else of the reception, else of the dwelling the household took, else its first
    wish. Five statements, whatever the number of dossiers.
    """
    table, run = tables.application, session.connection.execute
    known = run(
        select(table.c.id, table.c.member, table.c.status, table.c.planned_arrival, table.c.wished_commune)
        .where(table.c.origin == origin, table.c.removed_at.is_(None), table.c.status.in_(TOLD))
        .order_by(table.c.planned_arrival.is_(None), table.c.planned_arrival, table.c.id)
    ).all()
    stay, reception, task = tables.stay, tables.reception, tables.application_task
    lives = {
        row.member: row
        for row in run(
            select(stay.c.member, stay.c.commune, stay.c.left)
            .join(table, table.c.member == stay.c.member)
            .where(
                stay.c.removed_at.is_(None), stay.c.origin == origin, table.c.status.in_(TOLD), table.c.removed_at.is_(None)
            )
            .order_by(stay.c.arrived, stay.c.id)
        )
    }  # fmt: skip
    received = {
        row.application: row
        for row in run(
            select(reception.c.application, reception.c.on, reception.c.commune).where(
                reception.c.removed_at.is_(None), reception.c.origin == origin
            )
        )
    }
    proposal, listing = tables.proposal, tables.listing
    dwelling = {
        row.application: row.commune
        for row in run(
            select(proposal.c.application, listing.c.commune)
            .join(listing, listing.c.id == proposal.c.listing)
            .where(
                proposal.c.removed_at.is_(None), proposal.c.origin == origin, proposal.c.state == "taken"
            )
            .order_by(proposal.c.created_at, proposal.c.id)
        )
    }  # fmt: skip
    tasks: dict[str, list[Done]] = {}
    for each in run(
        select(task.c.application, task.c.template, task.c.topic, task.c.done_on)
        .where(task.c.removed_at.is_(None), task.c.origin == origin, task.c.template.is_not(None))
        .order_by(task.c.due, task.c.id)
    ):
        tasks.setdefault(each.application, []).append(
            Done(each.template, each.topic or "", each.done_on is not None)
        )
    found = []
    for row in known:
        home, meets = lives.get(row.member), received.get(row.id)
        if home is not None and home.left is not None:
            continue  # gone before the year had passed
        sure = (
            (home.commune if home else "")
            or (meets.commune if meets else "")
            or dwelling.get(row.id, "")
            or ""
        )
        found.append(
            Arrival(
                sure or row.wished_commune or "",
                bool(sure),
                row.status,
                row.planned_arrival,
                meets.on if meets else None,
                tuple(tasks.get(row.id, ())),
            )
        )
    return tuple(found)
