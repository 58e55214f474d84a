"""Operations: what one click changed, as one line of the history that names the lines it is made of.

An operation's own line holds opaque ids and numbers only, so it may stay when a person is erased: what was
said stands in the lines it names, and those about a person can be erased. Undoing puts every row back as it
was, provided that nobody changed it since, and is an operation itself.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Date, Table, func, select

from analysis.french import spaced
from analysis.model import Actor
from data.register import dossier
from data.register.authors import author
from data.register.errors import CannotUndo, Conflict, RegisterError
from data.store import (
    Session,
    StaleRow,
    Store,
    WriteSession,
    network_origin,
    redo_import,
    tables,
    undo_import,
)

ENTITY = "register"
TABLES: Mapping[str, Table] = {
    table.name: table for table in (*tables.NETWORK, tables.remark, *tables.COUNCIL)
}


@dataclass(frozen=True)
class Change:
    """What was done. `operation` is its number in the history, to undo it; `subject` the row it is about.

    `touched`: the rows that changed, as (table, id). `warnings`: what the person should know, in French.
    """

    operation: int
    kind: str
    subject: str
    touched: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()


@dataclass
class Operation:
    """An operation being written. Set `subject` (table and id) before it ends; `facts` go into its line."""

    session: WriteSession
    kind: str
    first: int
    subject: tuple[str, str] = ("", "")
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    done: Change | None = None

    @property
    def change(self) -> Change:
        """The change, once the operation has ended. Raises RuntimeError before."""
        if self.done is None:
            raise RuntimeError("the operation has not ended")
        return self.done


@contextmanager
def operation(store: Store, actor: Actor, kind: str, origin: str = "") -> Iterator[Operation]:
    """One transaction that ends as one operation, or as nothing when the block raises."""
    with store.write(actor) as session, operation_in(session, kind, origin) as current:
        yield current


@contextmanager
def operation_in(session: WriteSession, kind: str, origin: str = "") -> Iterator[Operation]:
    """One operation within a transaction that does more."""
    if origin and origin not in tables.ORIGINS:
        raise ValueError(f"origin must be one of {tables.ORIGINS}, not {origin!r}")
    last = session.connection.execute(select(func.max(tables.history.c.id))).scalar()
    current = Operation(session, kind, int(last or 0))
    yield current
    table, subject = current.subject
    after = {"first": current.first + 1, "origin": origin, "table": table, **current.facts}
    number = session.record(ENTITY, subject, current.kind, None, after)
    touched = tuple(dict.fromkeys((line.entity, line.entity_id) for line in _lines(session, after, number)))
    current.done = Change(
        number, current.kind, subject, touched, tuple(spaced(each) for each in current.warnings)
    )


@dataclass(frozen=True)
class Line:
    """One line of the history with what it said, wherever that stands. `erased`: it was about a person, and is gone."""

    id: int
    entity: str
    entity_id: str
    action: str
    import_id: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    personal: bool
    erased: bool


def lines_between(session: Session, first: int, last: int) -> list[Line]:
    """The lines numbered from `first` to `last`, both included, in order."""
    history, personal = tables.history, tables.history_personal
    rows = session.connection.execute(
        select(
            history,
            personal.c.history_id.label("said"),
            personal.c.before.label("said_before"),
            personal.c.after.label("said_after"),
        )
        .outerjoin(personal, personal.c.history_id == history.c.id)
        .where(history.c.id >= first, history.c.id <= last)
        .order_by(history.c.id)
    ).mappings()
    found = []
    for row in rows:
        about_person = row["said"] is not None
        before = row["said_before"] if about_person else row["before"]
        after = row["said_after"] if about_person else row["after"]
        gone = not about_person and before is None and after is None and row["entity"] in TABLES
        found.append(
            Line(
                row["id"], row["entity"], row["entity_id"], row["action"], row["import_id"], before, after, about_person, gone
            )
        )  # fmt: skip
    return found


def _lines(session: Session, header: Mapping[str, Any], number: int) -> list[Line]:
    found = lines_between(session, int(header["first"]), number - 1)
    return [line for line in found if line.entity != ENTITY]


def origins(session: Session) -> tuple[str, bool]:
    """The network that the screens show (``real`` or ``demo``), and whether a demonstration is there."""
    demo = session.connection.execute(
        select(tables.meta.c.id).where(
            tables.meta.c.demo_filled_at.is_not(None), tables.meta.c.demo_emptied_at.is_(None)
        )
    ).first()
    return network_origin(session), demo is not None


# -- reading rows and versions ---------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A value as the history holds it."""
    return json.loads(json.dumps(value, default=str, ensure_ascii=False))


def row_of(session: Session, table: Table, row_id: str, what: str) -> dict[str, Any]:
    """A row that is there and was not removed; RegisterError otherwise. `what` is its French name, with article."""
    row = session.get(table, row_id)
    if row is None or row.get("removed_at") is not None:
        raise RegisterError(
            f"{what} n'est plus dans le registre.",
            value=row_id,
            advice="Quelqu'un l'a peut-être retiré : voyez l'historique.",
        )
    return row


def change_row(
    current: Operation,
    table: Table,
    row: Mapping[str, Any],
    changes: Mapping[str, Any],
    seen: int | None,
    who: str,
) -> bool:
    """Change what differs in a row just read; whether anything did. `seen` is the version on the caller's screen.

    Raises Conflict when the row moved on since `seen`.
    """
    different = {name: value for name, value in changes.items() if row[name] != value}
    if seen is not None and row["version"] != seen:
        raise conflict(current.session, table, row, who)
    if not different:
        return False
    try:
        current.session.update(table, row["id"], different, version=row["version"])
    except StaleRow as error:  # pragma: no cover - writers stand in line
        raise conflict(current.session, table, row, who) from error
    return True


def conflict(session: Session, table: Table, row: Mapping[str, Any], who: str) -> Conflict:
    """The error for a row that changed since it was read, saying by whom, when and what."""
    history = tables.history
    last = session.connection.execute(
        select(history.c.id, history.c.at, history.c.actor)
        .where(history.c.entity == table.name, history.c.entity_id == row["id"])
        .order_by(history.c.id.desc())
        .limit(1)
    ).first()
    by = ""
    if last is not None:
        line = lines_between(session, last.id, last.id)[0]
        names = [LABELS[name] for name in line.after or {} if name in LABELS]
        what = f" : {', '.join(names)}" if names else ""
        by = f" ({author(session, last.actor)}, {instant(last.at)}{what})"
    return Conflict(who, by, row)


def instant(at: str) -> str:
    """« le 12/05/2026 à 14:02 », in the machine's time zone, from the ISO text of the history."""
    local = dt.datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone()
    return f"le {local:%d/%m/%Y} à {local:%H:%M}"


LABELS: Mapping[str, str] = {
    "name": "nom",
    "code": "désignation",
    "email": "adresse électronique",
    "phone": "téléphone",
    "website": "site",
    "consent_public": "consentement",
    "consent_text": "texte du consentement",
    "consent_on": "date du consentement",
    "last_contact": "dernier contact",
    "trade": "métier",
    "skills": "savoir-faire",
    "trains": "forme d'autres membres",
    "commune": "commune",
    "arrived": "arrivée",
    "left": "départ",
    "reason": "raison",
    "kind": "nature",
    "label": "désignation",
    "on": "date",
    "title": "intitulé",
    "hours": "heures données",
    "jobs": "emplois déclarés",
    "tenure": "offre",
    "rooms": "pièces",
    "surface": "surface en m²",
    "rent": "loyer",
    "price": "prix",
    "first_seen": "première fois vue le",
    "charges": "charges",
    "furnished": "meublé",
    "work_room": "pièce de travail",
    "garden": "jardin",
    "pets": "animaux acceptés",
    "least_months": "durée minimale en mois",
    "energy": "classe énergie",
    "connection": "connexion",
    "place": "lieu",
    "free_from": "libre le",
    "photos": "photos",
    "same": "même bien",
    "state": "état du bien",
    "answer": "réponse",
    "call_back": "à rappeler le",
    "note": "note",
    "text": "remarque",
    "audience": "public visé",
    "position": "place",
    "page": "écran",
    "query": "réglages",
    "sentence": "phrase",
    "speaker_note": "note de l'orateur",
    "frozen": "chiffres figés",
    "indicator": "indicateur",
    "period": "période",
    "score": "accord sur 100",
    "chance": "chance d’être encore là",
    "criterion": "critère",
    "received": "reçu le",
    "erasure_asked": "effacement demandé le",
    "project": "projet",
    "clients": "clients",
    "wished_commune": "commune souhaitée",
    "other_wishes": "autres communes souhaitées",
    "status": "étape",
    "since": "à cette étape depuis le",
    "paused_until": "en pause jusqu'au",
    "planned_arrival": "arrivée prévue",
    "household_size": "taille du foyer",
    "household": "foyer",
    "needs": "besoins",
    "channel": "voie d'entrée",
    "owner": "qui en répond",
    "sponsor": "parrain",
    "sponsor_agreed_on": "accord du parrain, le",
    "due": "échéance",
    "done_on": "fait le",
    "hour": "heure",
    "invited": "invités",
    "presentation": "présentation",
    "summary": "compte rendu",
    "removed_at": "état",
}
"""The words on screen of the columns whose changes the history lists."""


# -- undo ------------------------------------------------------------------------------------------------------


def header_of(session: Session, number: int) -> dict[str, Any]:
    """The line of one operation; RegisterError when there is none."""
    row = session.get(tables.history, number)
    if row is None or row["entity"] != ENTITY:
        raise RegisterError(f"L'action n° {number} n'est pas dans l'historique du registre.", value=number)
    return row


def undone_by(session: Session) -> dict[int, int]:
    """Operation → the operation that undid it, for those that stand undone now."""
    history = tables.history
    rows = session.connection.execute(
        select(history.c.id, history.c.after)
        .where(history.c.entity == ENTITY, history.c.action == "undo")
        .order_by(history.c.id.desc())
    ).all()
    undone: dict[int, int] = {}
    for number, after in rows:  # newest first: an undo that was itself undone no longer counts
        if number not in undone:
            undone.setdefault(int(after["undoes"]), number)
    return undone


def undo(store: Store, number: int, actor: Actor) -> Change:
    """Put back what operation `number` changed. Undoing an undo does it again.

    Raises CannotUndo, changing nothing, when it was undone already, when a row it touched changed since (the
    later operation is named), when something new depends on what it added, or when the person was erased. An
    import puts back what it can; what it must leave is told in the warnings.
    """
    with store.write(actor) as session:
        return undo_in(session, number)


def undo_in(session: WriteSession, number: int) -> Change:
    """`undo` within a transaction that does more."""
    with operation_in(session, "undo") as current:
        header = header_of(session, number)
        if number in undone_by(session):
            raise CannotUndo("Cette action est déjà annulée.", value=number)
        facts = header["after"] or {}
        current.subject = (facts.get("table", ""), header["entity_id"])
        current.facts = {"undoes": number, "of": header["action"], "origin": facts.get("origin", "")}
        current.facts |= {name: facts[name] for name in ("figure", "import") if name in facts}
        lines = _lines(session, facts, number)
        own = {(line.entity, line.entity_id) for line in lines}
        staying = _with_their_owner(session, lines) if "import" in facts else set()
        for line in reversed(lines):
            if "import" not in facts:
                _revert(session, line, own)
                continue
            try:  # a file of many people: who was changed since stays, the others go back
                if (line.entity, line.entity_id) in staying:
                    raise CannotUndo("La ligne reste avec sa fiche, qui a changé depuis.")
                _revert(session, line, set())
            except CannotUndo as error:
                current.warnings.append(f"{_line_label(session, line)} : {error.message}")
        _check_members(session, own)
        _check_dossiers(session, own)
    return current.change


def _line_label(session: Session, line: Line) -> str:
    """« séjour de Membre 12 »: a line of the history without personal data."""
    row = dict(session.get(TABLES[line.entity], line.entity_id) or {})
    member = session.get(tables.member, row["member"]) if row.get("member") else None
    person = line.entity_id if line.entity == "person" else row.get("person") or (member or {}).get("person")
    who = session.get(tables.person, person) if person else None
    what = _ONE.get(line.entity, line.entity)
    return f"{what} de « {who['code']} »" if who is not None else what


_OWNER = {"stay": "member", "application_event": "application", "sighting": "listing"}
"""What tells nothing alone, and what it tells something of: a member without a stay would count nowhere."""


def _with_their_owner(session: Session, lines: Sequence[Line]) -> set[tuple[str, str]]:
    """The rows that these lines added to a row of theirs that somebody changed since: they stay with it."""
    rows = [
        (line, row)
        for line in lines
        if line.action == "add"
        and line.entity in TABLES
        and (row := session.get(TABLES[line.entity], line.entity_id)) is not None
    ]
    changed = {
        (line.entity, line.entity_id)
        for line, row in rows
        if line.entity in _OWNER.values() and _changed(row, _added(line))
    }
    return {
        (line.entity, line.entity_id)
        for line, row in rows
        if (owner := _OWNER.get(line.entity)) and (owner, row[owner]) in changed
    }


def _added(line: Line) -> dict[str, Any]:
    """What the row of a line that added it holds as long as nobody changes it."""
    return {**(line.after or {}), "removed_at": None}


def _changed(row: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The columns of `row` that do not hold any more what the history wrote."""
    return [
        name
        for name, value in after.items()
        if name not in ("version", "created_at") and plain(row[name]) != value
    ]


_ONE = {
    "person": "coordonnées",
    "member": "membre",
    "stay": "séjour",
    "application": "dossier",
    "application_event": "ligne du dossier",
    "application_assessment": "grille du dossier",
    "application_task": "tâche du dossier",
    "application_document": "pièce du dossier",
    "application_double": "double jugé",
    "application_duty": "responsable d'une étape",
    "reception": "réception",
    "contact": "acteur",
    "event": "événement",
    "listing": "annonce",
    "listing_pair": "doublon d'annonces",
    "sighting": "signalement",
    "call": "appel",
    "proposal": "proposition de logement",
    "briefing": "séance",
    "briefing_view": "vue de la séance",
}


def _revert(session: WriteSession, line: Line, own: set[tuple[str, str]]) -> None:
    if line.entity == "import":
        (redo_import if line.action == "undo" else undo_import)(session, int(line.entity_id))
        return
    table = TABLES[line.entity]
    if line.erased:
        raise CannotUndo(
            "Cette action ne peut plus être annulée : les données de la personne ont été effacées depuis."
        )
    row = session.get(table, line.entity_id)
    if row is None:
        raise CannotUndo("Cette action ne peut plus être annulée : la ligne a été effacée de la base.")
    after = dict(line.after or {})
    if line.action == "add":
        after = _added(line)
        back: dict[str, Any] = {"removed_at": session.at}
        _refuse_if_used(session, table, line, own)
    else:
        back = {name: _typed(table, name, value) for name, value in (line.before or {}).items()}
        if "removed_at" not in after:
            after |= {"removed_at": None}
    if changed := _changed(row, after):
        named = sorted({LABELS.get(n, n) for n in changed})
        raise CannotUndo(
            f"La ligne a changé depuis ({', '.join(named)}){_later(session, line)}.",
            advice="Annulez d'abord cette action plus récente, ou corrigez la ligne.",
        )
    session.update(table, line.entity_id, back, action="undo")


def _typed(table: Table, column: str, value: Any) -> Any:
    if value is not None and isinstance(table.c[column].type, Date):
        return dt.date.fromisoformat(value)
    return value


def _later(session: Session, line: Line) -> str:
    """« , par l'action n° 12 du 12/05/2026 à 14:02 »: the newest operation that touched the line's row."""
    history = tables.history
    newest = session.connection.execute(
        select(func.max(history.c.id)).where(
            history.c.entity == line.entity, history.c.entity_id == line.entity_id
        )
    ).scalar()
    by = session.connection.execute(
        select(history.c.id, history.c.at)
        .where(history.c.entity == ENTITY, history.c.id > newest)
        .order_by(history.c.id)
        .limit(1)
    ).first()
    return f" par l'action n° {by.id}, {instant(by.at)}" if by is not None else ""


def _refuse_if_used(session: Session, table: Table, line: Line, own: set[tuple[str, str]]) -> None:
    """An added row cannot go while something else refers to it."""
    for other in tables.NETWORK:
        for column in other.c:
            if not any(key.column.table is table for key in column.foreign_keys):
                continue
            users = session.connection.execute(
                select(other.c.id).where(column == line.entity_id, other.c.removed_at.is_(None))
            ).scalars()
            found = [user for user in users if (other.name, str(user)) not in own]
            if found:
                raise CannotUndo(
                    f"D'autres lignes s'y rapportent depuis ({_NAMES.get(other.name, other.name)} : {len(found)}).",
                    advice="Annulez ou retirez-les d'abord.",
                )


_NAMES = {
    "member": "membre",
    "stay": "séjours",
    "application": "dossiers",
    "application_event": "lignes de dossiers",
    "application_assessment": "grilles de dossiers",
    "application_task": "tâches de dossiers",
    "application_document": "pièces de dossiers",
    "application_double": "doubles jugés",
    "reception": "réceptions",
    "contact": "acteurs",
    "event": "événements",
    "listing": "annonces",
    "listing_pair": "décisions sur des doublons",
    "sighting": "signalements",
    "call": "appels",
    "proposal": "propositions de logement",
}


def _check_members(session: Session, touched: set[tuple[str, str]]) -> None:
    """After an undo the stays of every member touched still follow one another, and hang on a member that is there."""
    stay, member = tables.stay, tables.member
    ids = {row_id for entity, row_id in touched if entity == "stay"}
    owners = set(session.connection.execute(select(stay.c.member).where(stay.c.id.in_(ids))).scalars())
    for owner in owners:
        rows = session.connection.execute(
            select(stay.c.arrived, stay.c.left).where(stay.c.member == owner, stay.c.removed_at.is_(None))
        ).all()
        row = session.get(member, owner)
        if rows and row is not None and row["removed_at"] is not None:
            raise CannotUndo("Ce membre a été retiré depuis.", advice="Annulez d'abord son retrait.")
        if overlap([(each.arrived, each.left) for each in rows]) is not None:
            raise CannotUndo(
                "Deux séjours du même membre se chevaucheraient.",
                advice="Annulez d'abord le séjour plus récent.",
            )


def _check_dossiers(session: WriteSession, touched: set[tuple[str, str]]) -> None:
    """After an undo the history of every dossier touched is still a legal walk, and the dossier says where it leads."""
    event = tables.application_event
    ids = [int(row_id) for entity, row_id in touched if entity == event.name]
    owners = session.connection.execute(select(event.c.application).where(event.c.id.in_(ids))).scalars()
    for owner in dict.fromkeys(owners):
        try:
            dossier.settle(session, owner)
        except RegisterError as error:
            raise CannotUndo(error.message, advice="Annulez d'abord ce qui en dépend.") from error


def overlap(
    stays: Sequence[tuple[dt.date, dt.date | None]],
) -> tuple[tuple[dt.date, dt.date | None], tuple[dt.date, dt.date | None]] | None:
    """The first two stays (arrival, departure or None) that share a day; a departure's day is free. None when none do."""
    ordered = sorted(stays, key=lambda each: (each[0], each[1] or dt.date.max))
    for earlier, later in itertools.pairwise(ordered):
        if earlier[1] is None or later[0] < earlier[1]:
            return earlier, later
    return None
