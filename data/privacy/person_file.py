"""One person's data, whole: what the store holds of them, as JSON and as sections of names and texts in French (article 15 of the GDPR)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from analysis import vocabulary
from analysis.applications.assessment import words_open
from data.applications.assessing import closed_papers, grids
from data.privacy.accesses import accesses
from data.register import name_of
from data.register.operations import LABELS, instant
from data.store import Session, StoreError, tables
from data.store.erasure import about

TITLES: Mapping[str, str] = {
    "person": "Identité et consentement",
    "member": "Membre",
    "stay": "Séjour",
    "application": "Dossier",
    "proposal": "Logement proposé",
    "application_event": "Ligne du dossier",
    "application_assessment": "Grille du dossier",
    "application_task": "Tâche du dossier",
    "application_document": "Pièce du dossier",
    "reception": "Réception",
    "follow_link": "Lien de suivi",
    "farewell": "Fin de conservation",
    "contact": "Acteur",
    "event": "Événement",
    "listing": "Annonce repérée",
    "sighting": "Signalement",
    "call": "Appel de la veille",
}
_LABELS: Mapping[str, str] = {
    **LABELS,
    "created_at": "noté le",
    "removed_at": "retiré le",
    "erased_at": "effacé le",
    "received": "reçu le",
    "project": "projet",
    "wished_commune": "commune souhaitée",
    "status": "étape",
    "planned_arrival": "arrivée prévue",
    "household_size": "taille du foyer",
    "needs": "besoins",
    "reference": "référence dans les fichiers importés",
    "tenure": "location ou vente",
    "rooms": "pièces",
    "surface": "surface (m²)",
    "rent": "loyer (€ par mois)",
    "price": "prix (€)",
    "first_seen": "vue la première fois le",
    "note": "note",
    "state": "état",
    "lon": "longitude",
    "lat": "latitude",
    "actor": "profil",
    "score": "accord avec les besoins (sur 100)",
    "chance": "chance d’être encore là ce jour-là",
    "criterion": "critère",
    "author": "profil",
    "party": "de la part de",
    "seat": "place",
    "marks": "notes",
    "remarks": "remarques",
    "until": "jusqu’au",
    "dated": "redaté au",
    "corrects": "corrige la ligne",
    "size": "taille (octets)",
    "done_by": "fait par",
    "opened_at": "grilles ouvertes",
    "blind": "à l’aveugle",
    "created_by": "fait par le profil",
    "expires_at": "valable jusqu’au",
    "revoked_at": "révoqué",
    "revoked_by": "révoqué par le profil",
    "noticed_on": "prévenu le",
    "mailed": "message parti",
    "put_away_on": "mis de côté le",
    "erase_on": "effacé à partir du",
}
_INTERNAL = {
    "id",
    "origin",
    "version",
    "person",
    "member",
    "application",
    "contact",
    "listing",
    "checksum",
    "template",
    "event",
    "candidacy",
    "applications",
}
_WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("application", "status"): vocabulary.APPLICATION_STATUSES,
    ("application", "channel"): vocabulary.APPLICATION_CHANNELS,
    ("application_event", "status"): vocabulary.APPLICATION_STATUSES,
    ("application_event", "kind"): vocabulary.APPLICATION_ENTRIES,
    ("application_event", "party"): vocabulary.APPLICATION_PARTIES,
    ("application_document", "party"): vocabulary.APPLICATION_PARTIES,
    ("application_assessment", "seat"): vocabulary.ASSESSOR_SEATS,
    ("contact", "kind"): vocabulary.labels(vocabulary.CONTACT_KINDS),
    ("event", "kind"): vocabulary.labels(vocabulary.EVENT_KINDS),
    ("listing", "kind"): vocabulary.DWELLING_KINDS,
    ("listing", "tenure"): vocabulary.capitalised(vocabulary.TENURES),
    ("sighting", "state"): vocabulary.capitalised(vocabulary.SIGHTING_STATES),
    ("proposal", "state"): vocabulary.capitalised(vocabulary.PROPOSAL_STATES),
    ("proposal", "reason"): vocabulary.capitalised(vocabulary.REFUSAL_REASONS),
    ("proposal", "criterion"): vocabulary.capitalised(vocabulary.NEED_CRITERIA),
    ("call", "answer"): vocabulary.capitalised(vocabulary.CALL_ANSWERS),
}


@dataclass(frozen=True)
class PersonFile:
    """All that is held of one person. `content` is what the JSON says; `sections` the same to read: (title, rows of name and text)."""

    person: str
    code: str
    label: str
    content: Mapping[str, Any]
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def json(self) -> str:
        """The content as indented JSON."""
        return json.dumps(self.content, ensure_ascii=False, indent=2, default=str) + "\n"


def everybody(session: Session, origin: str) -> dict[str, str]:
    """Everybody of one register who was not erased, those taken out too: id → what coordinators call them."""
    person = tables.person
    rows = session.connection.execute(
        select(person).where(person.c.origin == origin, person.c.erased_at.is_(None)).order_by(person.c.code)
    ).mappings()
    return {row["id"]: f"{row['name']} ({row['code']})" if row["name"] else row["code"] for row in rows}


def person_file(session: Session, person: str, day: dt.date, viewer: str = "") -> PersonFile:
    """The file of one person on a day, made by `viewer` (a profile's id). Raises StoreError for an unknown person or one who was erased:
    there is nothing to hand out.

    What the assessors of a dossier wrote is in it once both have signed: until then it stays closed to whoever makes the file, who may be
    one of them, and the file says so.
    """
    row = session.get(tables.person, person)
    if row is None:
        raise StoreError(f"Cette personne n’existe pas ({person}).")
    if row["erased_at"] is not None:
        raise StoreError("Les données de cette personne ont été effacées : il n’y a plus rien à exporter.")
    content: dict[str, Any] = {"made_on": day.isoformat(), "pseudonym": row["code"]}
    sections: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    closed = _closed(session, person)
    papers = _closed_papers(session, closed, viewer)
    for name, title in TITLES.items():
        rows = _rows(session, tables.metadata.tables[name], person)
        if name in _BLIND and closed:
            rows = [_blinded(row, name, viewer) for row in rows if row["application"] in closed] + [
                row for row in rows if row["application"] not in closed
            ]
            rows = [row for row in rows if row]
        if name == _PAPER:
            rows = [row | dict.fromkeys(_OF_A_PAPER) if row["id"] in papers else row for row in rows]
        content[name] = rows
        for number, each in enumerate(rows, start=1):
            shown = f"{title} {number}" if len(rows) > 1 else title
            sections.append((shown, _labelled_values(name, each)))
    content["sponsored"] = _sponsored(session, person)
    if content["sponsored"]:
        agreed = [
            (f"Dossier {n}", f"accord du {each['agreed_on']:%d/%m/%Y}")
            for n, each in enumerate(content["sponsored"], 1)
        ]
        sections.append(("Parrain de", tuple(agreed)))
    content["history"] = _history(session, person, viewer if closed else None, papers)
    if closed:
        content["closed"] = _CLOSED
        sections.append(("Ce qui reste fermé", (("Grilles, notes et pièces", _CLOSED),)))
    sections += _history_sections(content["history"])
    looked = accesses(session, person=person, limit=10_000)
    content["accesses"] = [{"at": each.at, "profile": each.actor, "kind": each.kind} for each in looked]
    if looked:
        rows_ = tuple(
            (instant(each.at), f"{vocabulary.ACCESS_KINDS[each.kind]} (profil {each.actor})")
            for each in looked
        )
        sections.append(("Accès à ce dossier", rows_))
    return PersonFile(person, row["code"], str(row["name"] or row["code"]), content, tuple(sections))


def _sponsored(session: Session, person: str) -> list[dict[str, Any]]:
    """The dossiers of which the person agreed to be the sponsor: when, and not whose, which is another person's."""
    file, member = tables.application, tables.member
    rows = session.connection.execute(
        select(file.c.sponsor_agreed_on)
        .join(member, member.c.id == file.c.sponsor)
        .where(member.c.person == person, file.c.removed_at.is_(None), file.c.sponsor_agreed_on.is_not(None))
        .order_by(file.c.sponsor_agreed_on)
    )
    return [{"agreed_on": row.sponsor_agreed_on} for row in rows]


_BLIND = ("application_event", "application_assessment", "application_task")
_PAPER = "application_document"
_CLOSED = (
    "Les deux évaluateurs n’ont pas tous deux signé : ce que l’un a écrit ou ajouté (notes, remarques, tâches, pièces) reste fermé. "
    "Refaites ce fichier après les deux signatures pour le remettre complet."
)


def _closed(session: Session, person: str) -> set[str]:
    """The dossiers of one person whose words are not open yet."""
    table = tables.application
    rows = session.connection.execute(select(table.c.id, table.c.status).where(table.c.person == person))
    return {
        row.id for row in rows if not words_open([grid for grid, _ in grids(session, row.id)], row.status)
    }


def _closed_papers(session: Session, closed: set[str], viewer: str) -> set[str]:
    """The papers of dossiers whose words are not open that whoever makes the file may not read."""
    rows = [session.get(tables.application, application) or {} for application in closed]
    return {paper for row in rows for paper in closed_papers(session, row, viewer)}


_OF_A_PAPER = ("name", "kind", "size", "checksum")
"""What tells of a paper what it is."""


def _blinded(row: Mapping[str, Any], name: str, viewer: str) -> dict[str, Any]:
    """A row without another coordinator's words; empty where nothing of it may be read."""
    kept = dict(row)
    if name == "application_assessment":
        return kept if kept["author"] == viewer else {}
    if name == "application_task":
        return kept if kept["author"] == viewer or kept["template"] else kept | {"title": None}
    return kept if kept["actor"] == viewer or kept["party"] != "coordinator" else kept | {"note": None}


def _rows(session: Session, table: Table, person: str) -> list[dict[str, Any]]:
    query = (
        select(table)
        .where(about(table, tables.metadata.tables, [person]))
        .order_by(*table.primary_key.columns.values())
    )
    found = [dict(row) for row in session.connection.execute(query).mappings()]
    if table is tables.follow_link:  # its id is made of what the link carries
        found = [{name: value for name, value in row.items() if name != "id"} for row in found]
    return found


def _labelled_values(name: str, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_label(column).capitalize(), _text(name, column, value))
        for column, value in row.items()
        if column not in _INTERNAL and value not in (None, "", [], {})
    )


def _label(column: str) -> str:
    return _LABELS.get(column, column)


def _text(table: str, column: str, value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(each) for each in value)
    if isinstance(value, Mapping):
        return " ; ".join(f"{key} : {_text(table, key, each)}" for key, each in value.items())
    if column in ("commune", "wished_commune"):
        return name_of(str(value))
    if column.endswith("_at"):
        return instant(str(value))
    return _WORDS.get((table, column), {}).get(str(value), str(value))


def _history(session: Session, person: str, viewer: str | None, papers: set[str]) -> list[dict[str, Any]]:
    """What the history says of one person; for a `viewer`, without the lines and tasks of others, nor the closed `papers`.

    Whoever undoes what another wrote has not written the words that come back.
    """
    history, texts = tables.history, tables.history_personal
    rows = session.connection.execute(
        select(
            history.c.at,
            history.c.actor,
            history.c.entity,
            history.c.action,
            texts.c.before,
            texts.c.after,
            history.c.entity_id,
        )
        .join(texts, texts.c.history_id == history.c.id)
        .where(texts.c.person == person)
        .order_by(history.c.id)
    ).mappings()
    return [
        {name: value for name, value in row.items() if name != "entity_id"}
        for row in rows
        if (
            viewer is None
            or row["entity"] not in _BLIND
            or (row["actor"] == viewer and row["action"] != "undo")
        )
        and not (row["entity"] == _PAPER and row["entity_id"] in papers)
    ]


def _history_sections(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    sections = []
    for row in rows:
        before, after = row["before"] or {}, row["after"] or {}
        changes = [
            f"{_label(column)} : {_value_text(row['entity'], column, before.get(column))} → {_value_text(row['entity'], column, value)}"
            for column, value in after.items()
            if column not in _INTERNAL and before.get(column) != value and (row["action"] != "add" or value)
        ]
        sections.append(
            (f"{instant(row['at'])}, {TITLES.get(row['entity'], row['entity']).lower()}", " ; ".join(changes))
        )
    return [("Historique", tuple(sections))] if sections else []


def _value_text(entity: str, column: str, value: Any) -> str:
    return "rien" if value in (None, "", [], {}) else _text(entity, column, value)
