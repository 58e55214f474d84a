"""Which dwelling for whom, as people decide it: what a household needs, what was proposed to it, what became of that.

The needs of a proposal are those of the day it was made: what changes later does not change why it was chosen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis.applications.steps import Kind, Party
from analysis.model import Actor
from analysis.vocabulary import (
    APPLICATION_ENDS,
    APPLICATION_STEPS,
    DWELLING_KINDS,
    NEED_CRITERIA,
    REFUSAL_REASONS,
    TENURES,
)
from data.register import checks, dossier
from data.register.errors import RegisterError
from data.register.operations import Change, Operation, change_row, operation, row_of
from data.register.people import new_id
from data.register.places import commune_of
from data.store import Session, Store, WriteSession, tables
from data.territory import Territory

LIMITS: Mapping[str, tuple[str, float, float, str]] = {
    "rooms": ("Nombre de pièces", 1, 30, "4"),
    "max_rent": ("Loyer charges comprises par mois en euros", 1, 20_000, "620"),
    "max_price": ("Prix en euros", 1_000, 10_000_000, "128 000"),
    "speed": ("Débit en Mbit/s", 1, 10_000, "30"),
    "months": ("Durée du séjour en mois", 1, 600, "12"),
}
"""By need: its words, the least and the most that are plausible, an example."""
_WHOLE = ("rooms", "months")
_HOUSED = list(APPLICATION_STEPS)[list(APPLICATION_STEPS).index("housed") :]


@dataclass(frozen=True)
class NeedFields:
    """What is typed of a household's needs; numbers are as typed and may be empty. `cost`: the rent with charges, or the price, at most.

    `communes` are INSEE codes or names; `must` names the hard limits among `NEED_CRITERIA`, the others are preferences.
    """

    tenure: str = "rent"
    kind: str = ""
    rooms: str = ""
    cost: str = ""
    office: bool = False
    school: bool = False
    speed: str = ""
    communes: tuple[str, ...] = ()
    pets: bool = False
    months: str = ""
    must: tuple[str, ...] = ("tenure", "rooms", "rent", "date")

    def checked(self, territory: Territory) -> dict[str, Any]:
        """The needs to keep, by name; None or False where nothing is asked. Raises RegisterError."""
        if self.tenure not in TENURES:
            raise RegisterError("Dites si le foyer veut louer ou acheter.", field="tenure", value=self.tenure)
        if self.kind and self.kind not in DWELLING_KINDS:
            raise RegisterError("Ce type de bien n'existe pas.", field="kind", value=self.kind)
        unknown = [one for one in self.must if one not in NEED_CRITERIA]
        if unknown:
            raise RegisterError("Ce critère n'existe pas.", field="must", value=", ".join(unknown))
        amount = "max_rent" if self.tenure == "rent" else "max_price"
        return {
            "tenure": self.tenure,
            "kind": self.kind or None,
            "rooms": _number(self.rooms, "rooms"),
            "max_rent": None,
            "max_price": None,
            amount: _number(self.cost, amount),
            "office": self.office,
            "school": self.school,
            "speed": _number(self.speed, "speed"),
            "communes": sorted({commune_of(territory, one) for one in self.communes}),
            "pets": self.pets,
            "months": _number(self.months, "months"),
            "must": [one for one in NEED_CRITERIA if one in self.must],
        }


def needs_of(session: Session, application: str) -> dict[str, Any] | None:
    """A file's `needs` (a mapping), `wished_commune` and `version`; None when it is not there any more."""
    row = session.get(tables.application, application)
    if row is None or row["removed_at"] is not None:
        return None
    return {"needs": row["needs"] or {}, "wished_commune": row["wished_commune"], "version": row["version"]}


def set_needs(
    store: Store,
    territory: Territory,
    actor: Actor,
    *,
    application: str,
    fields: NeedFields,
    seen: int | None = None,
) -> Change:
    """Keep what a household needs; what else is known of its needs stays. `seen`: the file's version on the caller's screen.

    Raises RegisterError, also where nothing differs, and Conflict when somebody changed the file meanwhile.
    """
    values = fields.checked(territory)
    with operation(store, actor, "needs_set") as current:
        row = _open_file(current.session, application)
        current.facts["origin"] = row["origin"]
        current.subject = ("application", application)
        known = row["needs"] or {}
        needs = {**known, **values}
        needs = {name: value for name, value in needs.items() if value not in (None, False, [])}
        needs["must"] = values["must"]  # no hard limit at all is a choice too
        if needs == known:
            raise RegisterError("Ces besoins sont déjà ceux du dossier.", advice="Rien n'a changé.")
        change_row(current, tables.application, row, {"needs": needs}, seen, "Ce dossier")
    return current.change


def propose(
    store: Store, actor: Actor, today: dt.date, *, application: str, listing: str, score: float, chance: float
) -> Change:
    """Propose a listing to a household. `score` (0 to 100) and `chance` (0 to 1, still there) are those on the screen of who decides.

    The household's needs are kept with it as they are now. A listing is proposed to one household at a time. Raises RegisterError for a
    file that is closed or housed, and for a listing that is proposed, taken or said gone.
    """
    with operation(store, actor, "proposal_add") as current:
        file = _open_file(current.session, application)
        _free_listing(current.session, listing, file["origin"])
        row = _row(file, listing, today, "proposed") | {"score": float(score), "chance": float(chance)}
        current.facts["origin"] = file["origin"]
        current.subject = ("proposal", current.session.insert(tables.proposal, row))
    return current.change


def take(store: Store, actor: Actor, today: dt.date, *, proposal: str) -> Change:
    """The household takes what was proposed to it: it is housed, the listing is gone for all, its other proposals are freed.

    All of it is one change, undone together. Raises RegisterError where the proposal is not open, or the household was not accepted yet.
    """
    with operation(store, actor, "proposal_take") as current:
        row = _open_proposal(current.session, proposal)
        file = _open_file(current.session, row["application"])
        current.facts["origin"] = row["origin"]
        current.subject = ("proposal", proposal)
        current.session.update(tables.proposal, proposal, {"state": "taken"}, version=row["version"])
        _gone(current, row["listing"], row["origin"], today, actor)
        table = tables.proposal
        others = current.session.connection.execute(
            select(table.c.id).where(
                table.c.application == row["application"],
                table.c.state == "proposed",
                table.c.removed_at.is_(None),
            )
        ).scalars()
        for other in list(others):
            current.session.update(table, other, {"state": "freed"})
        if file["status"] not in _HOUSED:
            dossier.begin(current.session, file["id"])
            event = {
                "origin": row["origin"],
                "application": file["id"],
                "on": today,
                "status": "housed",
                "actor": actor.id,
                "kind": Kind.MOVE.value,
                "party": Party.COORDINATOR.value,
            }
            current.session.insert(tables.application_event, event)
            dossier.settle(current.session, file["id"])
    return current.change


def refuse(
    store: Store,
    actor: Actor,
    today: dt.date,
    *,
    application: str,
    listing: str,
    reason: str,
    criterion: str = "",
) -> Change:
    """Note that a listing comes to nothing for a household, whether it was proposed to it or only spoken of.

    `reason`: a code of `REFUSAL_REASONS`; `criterion` (of `NEED_CRITERIA`) says what does not suit, for ``unsuitable`` alone. ``gone`` is a
    sighting too: the listing is gone for all. Raises RegisterError.
    """
    if reason not in REFUSAL_REASONS:
        raise RegisterError(
            "Dites pourquoi ce logement n'est pas retenu.", field="reason", value=reason, advice="Choisissez une raison."
        )  # fmt: skip
    if criterion and (reason != "unsuitable" or criterion not in NEED_CRITERIA):
        raise RegisterError("Ce critère ne va pas avec la raison.", field="criterion", value=criterion)
    with operation(store, actor, "proposal_refuse") as current:
        file = _open_file(current.session, application)
        row_of(current.session, tables.listing, listing, "Cette annonce")
        current.facts["origin"] = file["origin"]
        table = tables.proposal
        last = (
            current.session.connection.execute(
                select(table)
                .where(
                    table.c.application == application,
                    table.c.listing == listing,
                    table.c.removed_at.is_(None),
                )
                .order_by(table.c.created_at.desc(), table.c.id)
            )
            .mappings()
            .first()
        )
        why = {"state": "refused", "reason": reason, "criterion": criterion or None}
        if last is not None and last["state"] == "proposed":
            current.session.update(table, last["id"], why, version=last["version"])
            current.subject = ("proposal", last["id"])
        elif last is not None and last["state"] == "refused":
            raise RegisterError(
                "Ce logement est déjà refusé pour ce dossier.", advice="Rien n'a été ajouté une seconde fois."
            )
        else:
            row = _row(file, listing, today, "refused") | why
            current.subject = ("proposal", current.session.insert(table, row))
        if reason == "gone":
            _gone(current, listing, file["origin"], today, actor)
    return current.change


def free(store: Store, actor: Actor, *, proposal: str) -> Change:
    """Take a proposal back without a refusal: the listing may be proposed to others, and to the same household again."""
    with operation(store, actor, "proposal_free") as current:
        row = _open_proposal(current.session, proposal)
        current.facts["origin"] = row["origin"]
        current.subject = ("proposal", proposal)
        current.session.update(tables.proposal, proposal, {"state": "freed"}, version=row["version"])
    return current.change


def frozen_needs(file: Mapping[str, Any]) -> dict[str, Any]:
    """What a proposal keeps of a file (a row of `application`): its needs, the commune it wishes, the day it means to arrive."""
    arrival = file["planned_arrival"]
    return {
        "needs": dict(file["needs"] or {}),
        "wished_commune": file["wished_commune"],
        "planned_arrival": arrival.isoformat() if arrival else None,
    }


def _row(file: Mapping[str, Any], listing: str, today: dt.date, state: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "origin": file["origin"],
        "application": file["id"],
        "listing": listing,
        "on": today,
        "state": state,
        "needs": frozen_needs(file),
    }


def _open_file(session: Session, application: str) -> dict[str, Any]:
    file = row_of(session, tables.application, application, "Ce dossier")
    if file["status"] in APPLICATION_ENDS or file["status"] in _HOUSED:
        word = {**APPLICATION_STEPS, **APPLICATION_ENDS}[file["status"]].lower()
        raise RegisterError(
            f"Ce dossier ne cherche plus de logement (étape : {word}).",
            advice="Si c'est une erreur, corrigez d'abord son étape.",
        )
    return file


def _open_proposal(session: Session, proposal: str) -> dict[str, Any]:
    row = row_of(session, tables.proposal, proposal, "Cette proposition")
    if row["state"] != "proposed":
        raise RegisterError(
            "Cette proposition n'est plus en cours.",
            advice="Quelqu'un y a répondu entre-temps : voyez où elle en est sur la page.",
        )
    return row


def _free_listing(session: Session, listing: str, origin: str) -> None:
    """Refuse a listing that somebody else was quicker with, or that is gone."""
    row = row_of(session, tables.listing, listing, "Cette annonce")
    if row["origin"] != origin:
        raise RegisterError("Cette annonce n'est pas du même registre que le dossier.", field="listing")
    table = tables.proposal
    held = session.connection.execute(
        select(table.c.state).where(
            table.c.listing == listing, table.c.state.in_(("proposed", "taken")), table.c.removed_at.is_(None)
        )
    ).first()
    if held is not None:
        what = "déjà prise par un foyer" if held.state == "taken" else "déjà proposée à un foyer"
        raise RegisterError(
            f"Cette annonce est {what}.", advice="Attendez sa réponse, ou reprenez d'abord cette proposition."
        )
    if _last_state(session, listing) == "gone":
        raise RegisterError("Cette annonce est partie.", advice="Choisissez-en une autre.")


def _last_state(session: Session, listing: str) -> str | None:
    table = tables.sighting
    return session.connection.execute(  # type: ignore[no-any-return]
        select(table.c.state)
        .where(table.c.listing == listing, table.c.removed_at.is_(None), table.c.state != "unknown")
        .order_by(table.c.on.desc(), table.c.id.desc())
        .limit(1)
    ).scalar()


def _gone(current: Operation, listing: str, origin: str, today: dt.date, actor: Actor) -> None:
    """A sighting of ours: nobody has to call for it any more."""
    session: WriteSession = current.session
    if _last_state(session, listing) != "gone":
        row = {"origin": origin, "listing": listing, "on": today, "state": "gone", "actor": actor.id}
        session.insert(tables.sighting, row)


def _number(typed: str, name: str) -> int | float | None:
    if not typed.strip():
        return None
    words, least, most, example = LIMITS[name]
    try:
        found = checks.number(typed, name)
    except RegisterError as error:
        raise RegisterError(
            f"{words} : {error.message}", field=name, value=typed, advice=f"Par exemple {example}."
        ) from error
    if not least <= found <= most or (name in _WHOLE and found != int(found)):
        whole = "un nombre entier, " if name in _WHOLE else ""
        raise RegisterError(
            f"{words} : {typed.strip()[:20]} n'est pas plausible.", field=name, value=typed,
            advice=f"Attendu {whole}de {least:.0f} à {most:.0f}, par exemple {example}.",
        )  # fmt: skip
    return int(found) if found == int(found) else found
