"""A candidacy on its way: begun, kept as one goes, resumed on another device, its address confirmed, sent.

What leads back to it is a number of twelve letters and figures, to be copied by hand, or the same number signed, in a link. The database
keeps its hash. Nothing here raises the revision: no screen shows a candidacy that is not sent.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from itsdangerous import BadSignature, Signer
from sqlalchemy import delete, select, update

from analysis.model import SYSTEM_ACTOR
from data.candidacy.answers import LAST, as_typed, check_all, check_step
from data.candidacy.errors import AnswersRefused, CandidacyError, NoDraft
from data.register import checks
from data.register.people import new_id
from data.store import Session, Store, WriteSession, stamp, tables
from data.territory import Territory

SALT: Final = "zevillage.candidacy"
LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1 or I: a number is copied by hand."""
LENGTH: Final = 12  # 32^12 is 2^60, and an address may try fifty a day
KEPT: Final = dt.timedelta(days=30)
"""How long a candidacy that nobody finished is kept, from the last time it was touched."""
CODE_KEPT: Final = dt.timedelta(hours=24)  # a code that dies before its message is read helps nobody
CODE_TRIES: Final = 5
FASTEST: Final = dt.timedelta(seconds=10)
"""Who sends four steps faster is probably a robot: the candidacy waits for a coordinator, whatever it confirmed."""


@dataclass(frozen=True)
class Draft:
    """A candidacy as its author finds it again. `step`: the last one left without a mistake, 0 at first. `answers`: as typed, by name.

    `sent_on`: the day it was sent, None before. `application`: the dossier that was made of it, empty before.
    """

    id: str
    origin: str
    step: int
    answers: Mapping[str, str]
    code_sent: bool
    email_confirmed: bool
    sent_on: dt.date | None
    application: str

    @property
    def sent(self) -> bool:
        """Whether it was sent: nothing is typed in it any more."""
        return self.sent_on is not None


def spaced_number(number: str) -> str:
    """« 4F7K-9Q2M-XH3B »: as it is shown."""
    return "-".join(number[place : place + 4] for place in range(0, LENGTH, 4))


def read_number(typed: str) -> str:
    """The number in what somebody typed, whatever the case, the blanks and the dashes. Raises NoDraft when there is none."""
    number = re.sub(r"[\s._-]+", "", typed).upper()
    if len(number) != LENGTH or set(number) - set(LETTERS):
        raise NoDraft(
            f"« {typed.strip()[:30]} » n’est pas un numéro de reprise : il a {LENGTH} lettres ou chiffres, "
            "par exemple 4F7K-9Q2M-XH3B, sans 0, O, 1 ni I."
        )
    return number


def signed_number(number: str, secret: str) -> str:
    """The number as the text of a link."""
    return Signer(secret, salt=SALT).sign(number).decode()


def read_link(text: str, secret: str) -> str:
    """The number in a link. Raises NoDraft when it is incomplete or was altered."""
    try:
        return Signer(secret, salt=SALT).unsign(text.encode("ascii", "replace")).decode("ascii")
    except (BadSignature, UnicodeDecodeError):
        raise NoDraft(
            "Ce lien de reprise est incomplet ou a été modifié : recopiez-le entièrement, ou tapez le numéro."
        ) from None


def start(store: Store, origin: str) -> str:
    """Begin a candidacy; its number, to be shown to its author. What nobody finished in thirty days goes on the same occasion."""
    number = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    with store.note(SYSTEM_ACTOR) as session:
        sweep(session, store.clock())
        session.connection.execute(
            tables.candidacy.insert().values(
                id=new_id(), origin=origin, number=_hash(number), answers={}, step=0,
                created_at=session.at, changed_at=session.at,
            )
        )  # fmt: skip
    return number


def sweep(session: WriteSession, now: dt.datetime) -> int:
    """Delete the candidacies that nobody finished in thirty days; how many."""
    table = tables.candidacy
    old = table.c.changed_at < stamp(now - KEPT)
    return session.connection.execute(delete(table).where(table.c.sent_on.is_(None), old)).rowcount


def resume(session: Session, number: str, now: dt.datetime) -> Draft:
    """The candidacy with this number. Raises NoDraft when there is none, or when it was left for thirty days."""
    table = tables.candidacy
    row = session.connection.execute(select(table).where(table.c.number == _hash(number))).mappings().first()
    if row is None or row["changed_at"] < stamp(now - KEPT) or row["set_aside_at"] is not None:
        raise NoDraft(
            f"Aucun dossier en cours ne porte ce numéro. Un dossier laissé en chemin est gardé {KEPT.days} jours : "
            "vérifiez le numéro, ou commencez un nouveau dossier."
        )
    return _draft(row)


def _draft(row: Mapping[Any, Any]) -> Draft:
    return Draft(
        row["id"],
        row["origin"],
        row["step"],
        dict(row["answers"] or {}),
        row["code"] is not None,
        row["email_confirmed"],
        row["sent_on"],
        row["application"] or "",
    )


def save(
    store: Store, number: str, step: int, typed: Mapping[str, str], territory: Territory, today: dt.date
) -> Draft:
    """Keep what was typed in one step, right or wrong, then check it; the candidacy as it is now.

    Raises AnswersRefused after keeping, NoDraft, CandidacyError when it was sent already (from another device).
    """
    if not 1 <= step <= LAST:
        raise CandidacyError("Cette étape n’existe pas : reprenez le dossier depuis le début.")
    with store.note(SYSTEM_ACTOR) as session:
        draft = _open(session, number, store.clock())
        kept = as_typed(typed, step)
        answers = {**draft.answers, **kept}
        refused: AnswersRefused | None = None
        reached = max(draft.step, step)
        try:
            check_step(step, answers, territory, today)
        except AnswersRefused as error:
            refused, reached = error, min(draft.step, step - 1)
        values: dict[str, Any] = {"answers": answers, "step": reached}
        if answers.get("email") != draft.answers.get("email"):
            values |= {"code": None, "code_at": None, "code_tries": 0, "email_confirmed": False}
        _keep(session, draft.id, values)
    if refused is not None:
        raise refused
    return resume_now(store, number)


def resume_now(store: Store, number: str) -> Draft:
    """`resume` by the store's own clock."""
    with store.read() as session:
        return resume(session, number, store.clock())


def _open(session: Session, number: str, now: dt.datetime) -> Draft:
    draft = resume(session, number, now)
    if draft.sent:
        raise CandidacyError(
            "Ce dossier est déjà envoyé : il ne se modifie plus ici. Suivez-le par votre lien de suivi."
        )
    return draft


def _keep(session: WriteSession, id_: str, values: Mapping[str, Any]) -> None:
    table = tables.candidacy
    session.connection.execute(update(table).where(table.c.id == id_).values(**values, changed_at=session.at))


# -- the address -------------------------------------------------------------------------------------------------


def make_code(store: Store, number: str, secret: str) -> str:
    """A new code of six digits for the address typed, to be sent there; the one before no longer counts. Raises NoDraft, CandidacyError."""
    with store.note(SYSTEM_ACTOR) as session:
        draft = _open(session, number, store.clock())
        code = f"{secrets.randbelow(10**6):06d}"
        hashed = _code_hash(draft, code, secret)
        _keep(session, draft.id, {"code": hashed, "code_at": session.at, "code_tries": 0})
    return code


def confirm_address(store: Store, number: str, typed: str, secret: str) -> None:
    """Note that whoever types the code reads the messages of the address. Raises CandidacyError for a wrong, old or worn-out code."""
    table, wrong = tables.candidacy, ""
    with store.note(SYSTEM_ACTOR) as session:
        draft = _open(session, number, store.clock())
        row = session.connection.execute(select(table).where(table.c.id == draft.id)).mappings().one()
        if row["code"] is None or row["code_at"] < stamp(store.clock() - CODE_KEPT):
            wrong = "Ce code n’est plus valable : demandez-en un autre."
        elif row["code_tries"] >= CODE_TRIES:
            wrong = "Trop de codes faux : demandez-en un autre."
        elif hmac.compare_digest(row["code"], _code_hash(draft, re.sub(r"\D", "", typed), secret)):
            _keep(session, draft.id, {"email_confirmed": True, "code": None})
        else:
            _keep(session, draft.id, {"code_tries": row["code_tries"] + 1})
            wrong = "Ce n’est pas le code envoyé : relisez le message, le plus récent s’il y en a plusieurs."
    if wrong:
        raise CandidacyError(wrong)


def _code_hash(draft: Draft, code: str, secret: str) -> str:
    said = f"{SALT} {draft.id} {checks.email_key(draft.answers.get('email'))} {code}"
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


# -- sending -------------------------------------------------------------------------------------------------------


def send(store: Store, number: str, territory: Territory, today: dt.date) -> Draft:
    """Send the candidacy: from now on coordinators see it. Sending it twice is sending it once. Raises AnswersRefused, NoDraft."""
    with store.write(SYSTEM_ACTOR) as session:
        draft = resume(session, number, store.clock())
        if not draft.sent:
            check_all(draft.answers, territory, today)
            _keep(session, draft.id, {"sent_on": today, "step": LAST, "hurried": _hurried(session, draft.id)})
    return resume_now(store, number)


def _hurried(session: WriteSession, id_: str) -> bool:
    """Whether four steps were filled in faster than anybody types."""
    row = session.get(tables.candidacy, id_) or {}
    begun = dt.datetime.fromisoformat(row["created_at"].replace("Z", "+00:00"))
    return dt.datetime.fromisoformat(session.at.replace("Z", "+00:00")) - begun < FASTEST


def _hash(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()
