"""The history of the register in sentences: who, when, what, before → after. Newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analysis import vocabulary
from analysis.french import spaced, trimmed
from analysis.listing import needs_text
from analysis.model import Audience, Status
from data.register import listing, people
from data.register.authors import author
from data.register.operations import ENTITY, LABELS, TABLES, Line, instant, lines_between, undone_by
from data.register.places import name_of
from data.store import Session, tables

OPERATION_KINDS: Mapping[str, str] = {
    "member_add": "Ajout d'un membre",
    "member_return": "Retour d'un membre",
    "member_move": "Déménagement",
    "member_correct": "Correction d'un membre",
    "stay_correct": "Correction d'un séjour",
    "member_leave": "Départ",
    "member_remove": "Retrait d'un membre",
    "consent_give": "Consentement donné",
    "consent_withdraw": "Consentement retiré",
    "event_add": "Ajout d'un événement",
    "event_correct": "Correction d'un événement",
    "event_remove": "Retrait d'un événement",
    "contact_add": "Ajout d'un acteur",
    "contact_correct": "Correction d'un acteur",
    "contact_remove": "Retrait d'un acteur",
    "listing_add": "Annonce signalée",
    "listing_correct": "Correction d'une annonce",
    "listing_pair": "Doublon d'annonces tranché",
    "sighting_add": "Signalement",
    "call_add": "Appel de la veille",
    "needs_set": "Besoins d'un foyer",
    "proposal_add": "Logement proposé",
    "proposal_take": "Logement pris",
    "proposal_refuse": "Logement refusé",
    "proposal_free": "Proposition retirée",
    "application_add": "Nouveau dossier",
    "application_change": "Dossier corrigé",
    "application_move": "Étape d'un dossier",
    "application_sign": "Signature d'un dossier",
    "application_note": "Note d'un dossier",
    "application_pause": "Pause d'un dossier",
    "application_resume": "Reprise d'un dossier",
    "application_correct": "Correction de l'historique d'un dossier",
    "application_task_add": "Tâche d'un dossier",
    "application_task_done": "Tâche d'un dossier faite",
    "application_task_change": "Tâche d'un dossier modifiée",
    "application_checklist": "Accompagnement d'un dossier",
    "application_document_add": "Pièce ajoutée à un dossier",
    "application_document_remove": "Pièce d'un dossier retirée",
    "application_erasure_asked": "Effacement demandé par un candidat",
    "application_double": "Double de dossiers jugé",
    "application_duty": "Responsable d'une étape",
    "application_sponsor": "Parrain d'un dossier",
    "application_member": "Dossier installé, nouveau membre",
    "reception_change": "Réception d'un arrivant",
    "value_set": "Chiffre saisi",
    "remark_add": "Remarque sur un chiffre",
    "remark_remove": "Retrait d'une remarque",
    "briefing_add": "Nouvelle séance",
    "briefing_change": "Séance modifiée",
    "briefing_remove": "Retrait d'une séance",
    "briefing_view_add": "Vue ajoutée à une séance",
    "briefing_view_change": "Vue d'une séance modifiée",
    "briefing_view_move": "Vues d'une séance changées de place",
    "briefing_view_freeze": "Chiffres d'une vue figés",
    "briefing_view_thaw": "Vue d'une séance rendue vivante",
    "briefing_view_remove": "Vue retirée d'une séance",
    "import": "Import d'un fichier",
    "recode": "Passage à un autre découpage communal",
    "undo": "Annulation",
}
"""The words on screen of the kinds of operation."""


_DAYS = {
    "arrived", "left", "on", "consent_on", "first_seen", "free_from", "received", "since",
    "paused_until", "planned_arrival", "due", "done_on", "erasure_asked", "sponsor_agreed_on",
}  # fmt: skip

_KIND_WORDS = {
    "event": vocabulary.labels(vocabulary.EVENT_KINDS),
    "listing": vocabulary.DWELLING_KINDS,
    "contact": vocabulary.labels(vocabulary.CONTACT_KINDS),
}

_ON_THE_DOSSIER = {
    "application_event",
    "application_assessment",
    "application_task",
    "application_document",
    "application_double",
}
"""What is told on the dossier's own page, for who may read it there: words of one assessor stay closed to the other."""

_HIDDEN = {
    "id",
    "origin",
    "person",
    "member",
    "version",
    "created_at",
    "erased_at",
    "last_contact",
    "code",
    "contact",
    "listing",
    "other",
    "actor",
    "briefing",
    "query",
    "application",
    "score",
    "chance",
    "owner",
    "sponsor",
    "opened_at",
    "event",
}


@dataclass(frozen=True)
class Detail:
    """One thing that changed: its name, what it was and what it became, as texts to show literally."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One operation as a reader meets it. `undone`: the operation that undid it, None while it stands.

    `title` holds no personal data but, for coordinators, the person's name; `origin` is empty for a figure.
    """

    operation: int
    at: str
    actor: str
    kind: str
    title: str
    details: tuple[Detail, ...]
    origin: str
    undone: int | None
    undoes: int | None

    @property
    def when(self) -> str:
        """« le 12/05/2026 à 14:02 »."""
        return instant(self.at)


def entries(
    session: Session,
    *,
    audience: Audience = Audience.ANIMATEUR,
    origin: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    limit: int = 20,
    names: Mapping[str, str] | None = None,
) -> list[Entry]:
    """The newest operations first, at most `limit`, older than operation `before` when given.

    `origin` keeps one register (figures belong to both), `subject` one row's id. `names`: indicator id → name.
    What was said of a person is told to coordinators only.
    """
    history = tables.history
    wanted = select(history).where(history.c.entity == ENTITY)
    if subject is not None:
        wanted = wanted.where(history.c.entity_id == subject)
    if before is not None:
        wanted = wanted.where(history.c.id < before)
    if origin is not None:
        wanted = wanted.where(history.c.after["origin"].as_string().in_((origin, "")))
    rows = session.connection.execute(wanted.order_by(history.c.id.desc()).limit(limit)).mappings().all()
    undone = undone_by(session)
    return [_entry(session, dict(row), undone, audience, names or {}) for row in rows]


def entry(session: Session, operation: int, names: Mapping[str, str] | None = None) -> Entry:
    """One operation, for coordinators. Raises KeyError when there is none."""
    row = session.get(tables.history, operation)
    if row is None or row["entity"] != ENTITY:
        raise KeyError(operation)
    return _entry(session, row, undone_by(session), Audience.ANIMATEUR, names or {})


def _entry(
    session: Session,
    row: Mapping[str, Any],
    undone: Mapping[int, int],
    audience: Audience,
    names: Mapping[str, str],
) -> Entry:
    facts = row["after"] or {}
    personal = audience is Audience.ANIMATEUR
    undoes = int(facts["undoes"]) if "undoes" in facts else None
    title = OPERATION_KINDS.get(row["action"], row["action"])
    if undoes is not None:
        title = f"{_undo_title(session, undoes)}"
    if "import" in facts:
        about, details = _import(session, int(facts["import"]), personal)
        return _entry_of(session, row, f"{title} : {about}" if about else title, details, undone)
    about = (
        _figure_title(facts["figure"], names) if "figure" in facts else _about(session, facts, row, personal)
    )
    lines = [
        line
        for line in lines_between(session, int(facts["first"]), row["id"] - 1)
        if line.entity in TABLES and line.entity not in _ON_THE_DOSSIER and (personal or not line.personal)
    ]
    details = _figure_details(facts, undoes is not None) if "figure" in facts else _details(lines)
    if any(line.erased for line in lines):
        details = [Detail("données personnelles", "effacées", "effacées")]
    elif personal and facts.get("separate_from"):
        details.append(Detail("doublon proposé", "", "déclaré personne différente"))
    elif personal and facts.get("same_as"):
        details.append(Detail("doublon proposé", "", "déclaré même personne"))
    return _entry_of(session, row, f"{title} : {about}" if about else title, details, undone)


def _entry_of(
    session: Session, row: Mapping[str, Any], title: str, details: Sequence[Detail], undone: Mapping[int, int]
) -> Entry:
    facts = row["after"] or {}
    return Entry(
        operation=row["id"],
        at=row["at"],
        actor=author(session, row["actor"]),
        kind=row["action"],
        title=spaced(title),
        details=tuple(details),
        origin=facts.get("origin", ""),
        undone=undone.get(row["id"]),
        undoes=int(facts["undoes"]) if "undoes" in facts else None,
    )


def _import(session: Session, number: int, personal: bool) -> tuple[str, list[Detail]]:
    """Which file came in, and how many records it added and changed: a file may hold a thousand."""
    file, import_ = tables.import_file, tables.import_
    row = session.connection.execute(
        select(import_.c.label, file.c.effects)
        .outerjoin(file, file.c.import_id == import_.c.id)
        .where(import_.c.id == number)
    ).first()
    if row is None:
        return "", []
    words = (("added", "enregistrements ajoutés"), ("changed", "enregistrements modifiés"))
    details = [
        Detail(word, "", str(row.effects[name])) for name, word in words if (row.effects or {}).get(name)
    ]
    return (row.label if personal else "", details)


def _undo_title(session: Session, number: int) -> str:
    """« Annulation (Déménagement) »; an undone undo does the thing again: « Rétablissement (Déménagement) »."""
    again = False
    row = session.get(tables.history, number)
    while row is not None and row["action"] == "undo":
        again = not again
        row = session.get(tables.history, int((row["after"] or {})["undoes"]))
    what = OPERATION_KINDS.get(row["action"], row["action"]).lower() if row is not None else "?"
    return f"{'Rétablissement' if again else 'Annulation'} ({what})"


def _about(session: Session, facts: Mapping[str, Any], row: Mapping[str, Any], personal: bool) -> str:
    table = TABLES.get(facts.get("table", ""))
    found = None if table is None else session.get(table, row["entity_id"])
    if table is None or found is None:
        return ""
    if table is tables.event:
        day = f"{found['on']:%d/%m/%Y}"
        return (
            f"{found['title']}, {day}"
            if personal
            else f"{vocabulary.EVENT_KINDS[found['kind']].label}, {day}"
        )
    if table is tables.contact:
        return str(found["label"]) if personal else vocabulary.CONTACT_KINDS[found["kind"]].label
    if table is tables.listing:
        return listing.described(found)
    if table is tables.remark:
        return name_of(found["commune"])
    if table is tables.proposal:
        dwelling = session.get(tables.listing, found["listing"])
        what = listing.described(dwelling) if dwelling is not None else "annonce"
        file = session.get(tables.application, found["application"]) if personal else None
        who = session.get(tables.person, file["person"]) if file is not None else None
        return f"{what} ({people.label(who)})" if who is not None else what
    if table is tables.briefing:
        return str(found["title"])
    if table is tables.application_duty:
        words = {**vocabulary.APPLICATION_STATUSES, **vocabulary.ASSESSOR_SEATS}
        return words[found["duty"]]
    person = found if table is tables.person else session.get(tables.person, found["person"])
    if person is None:
        return ""
    return people.label(person) if personal else str(person["code"])


def _details(lines: Sequence[Line]) -> list[Detail]:
    found = []
    for line in lines:
        before, after = dict(line.before or {}), dict(line.after or {})
        if line.action == "add":
            # « No » is told of a dwelling (not furnished); elsewhere it is only what nobody ticked.
            said = line.entity in ("listing", "listing_pair")
            empty: tuple[object, ...] = (None, []) if said else (None, [], False)
            after = {name: value for name, value in after.items() if value not in empty}
        for name in after:
            if name in _HIDDEN or (name == "needs" and line.entity == "proposal"):
                continue
            if name == "removed_at" and line.entity not in ("member", "event", "contact", "stay"):
                continue
            was, now = shown(name, before.get(name), line), shown(name, after.get(name), line)
            if line.action == "add":
                was = ""
            if was != now or line.action != "add":
                found.append(Detail(_label(name, line), was, now))
    return found


def _label(name: str, line: Line) -> str:
    if name == "removed_at":
        return {"member": "membre", "stay": "séjour", "event": "événement", "contact": "acteur"}[line.entity]
    return LABELS.get(name, name)


def shown(name: str, value: Any, line: Line | None = None) -> str:
    """One value of the history in French words."""
    if name == "removed_at":
        return "en place" if value is None else "retiré"
    if value is None or value == []:
        return "rien"
    if name == "frozen":
        return "figés"
    if name == "audience":
        return Audience(value).label
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name in ("commune", "wished_commune"):
        return name_of(value)
    if name == "connection":
        return vocabulary.CONNECTIONS.get(value, value)
    if name == "other_wishes":
        return ", ".join(name_of(code) for code in value)
    if name == "channel":
        return vocabulary.APPLICATION_CHANNELS.get(value, value)
    if name == "household":
        return "renseigné"
    if name in _DAYS:
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    if name == "kind" and line is not None:
        words = _KIND_WORDS.get(line.entity, _KIND_WORDS["contact"])
        return words.get(value, value)
    if name == "answer":
        return vocabulary.CALL_ANSWERS.get(value, value)
    if name == "call_back":
        return f"{dt.datetime.fromisoformat(value):%d/%m/%Y à %H:%M}"
    if name == "state" and line is not None and line.entity == "proposal":
        return vocabulary.PROPOSAL_STATES.get(value, value)
    if name in ("state", "tenure"):
        return {**vocabulary.SIGHTING_STATES, **vocabulary.SIGHTING_ANSWERS, **vocabulary.TENURES}.get(
            value, value
        )
    if name == "status":
        return vocabulary.APPLICATION_STATUSES.get(value, value)
    if name == "reason" and line is not None and line.entity == "proposal":
        return vocabulary.REFUSAL_REASONS.get(value, value)
    if name == "criterion":
        return vocabulary.NEED_CRITERIA.get(value, value)
    if isinstance(value, Mapping):
        return needs_text(value, {code: name_of(code) for code in value.get("communes", ())})
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, float):
        return trimmed(value, 6)
    return str(value)


def figure_text(cell: Mapping[str, Any], decimals: int = 6) -> str:
    """« 80 », « secret statistique » or « non publié »."""
    if cell["value"] is not None:
        return trimmed(float(cell["value"]), decimals)
    return "secret statistique" if cell["status"] == Status.SUPPRESSED.value else "non publié"


def _figure_title(figure: Mapping[str, Any], names: Mapping[str, str]) -> str:
    indicator = figure["indicator"]
    return f"{names.get(indicator, indicator)}, {name_of(figure['commune'])}, {figure['period']}"


def _figure_details(facts: Mapping[str, Any], undoing: bool) -> list[Detail]:
    figure = facts["figure"]
    # Published counts of the census have decimals that nobody shows; what was typed is shown as typed.
    before, after = figure_text(figure["before"], figure["decimals"]), figure_text(figure["after"])
    if undoing:
        return [Detail("saisie", after, "retirée" if facts.get("of") != "undo" else "rétablie")]
    return [Detail("valeur", before, after), Detail("raison", "", str(figure["reason"]))]
