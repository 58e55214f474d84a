"""What a person decided about two listings: one house signalled twice, or two houses. Nothing is merged: the decision stands beside them.

From the next reading on, two listings that are one are read as the one seen first (`data.network.listings`), with the sightings of
both; the decision is undone like any action.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from analysis.model import Actor
from data.register.errors import RegisterError
from data.register.operations import Change, operation, row_of
from data.register.people import new_id
from data.store import Session, Store, tables


def judge_duplicate(store: Store, actor: Actor, *, listing: str, other: str, same: bool) -> Change:
    """Keep whether two listings are one house. Raises RegisterError for a listing that is not there, and where it was decided already."""
    if listing == other:
        raise RegisterError("Choisissez deux annonces.", field="other", value=other)
    first, second = sorted((listing, other))
    with operation(store, actor, "listing_pair") as current:
        rows = [row_of(current.session, tables.listing, each, "Cette annonce") for each in (first, second)]
        if rows[0]["origin"] != rows[1]["origin"]:
            raise RegisterError(
                "L'une de ces annonces est de démonstration, l'autre non.", field="other", value=other
            )
        current.facts["origin"] = rows[0]["origin"]
        if frozenset((first, second)) in decided(current.session, rows[0]["origin"]):
            raise RegisterError(
                "Quelqu'un a déjà décidé pour ces deux annonces.",
                advice="Voyez l'historique : sa décision s'annule d'un clic.",
            )
        row = {
            "id": new_id(), "origin": rows[0]["origin"], "listing": first, "other": second, "same": same,
        }  # fmt: skip
        current.session.insert(tables.listing_pair, row)
        current.subject = ("listing", listing)
    return current.change


def decided(session: Session, origin: str) -> set[frozenset[str]]:
    """The pairs of listings that a person has judged, one way or the other."""
    table = tables.listing_pair
    rows = session.connection.execute(
        select(table.c.listing, table.c.other).where(table.c.origin == origin, table.c.removed_at.is_(None))
    )
    return {frozenset((one, other)) for one, other in rows}


def judged_of(session: Session, listing: str) -> list[tuple[str, bool]]:
    """The listings that one was compared with, and whether it is the same house."""
    table = tables.listing_pair
    rows = session.connection.execute(
        select(table.c.listing, table.c.other, table.c.same)
        .where(or_(table.c.listing == listing, table.c.other == listing), table.c.removed_at.is_(None))
        .order_by(table.c.created_at, table.c.id)
    )
    return [(other if one == listing else one, bool(same)) for one, other, same in rows]
