"""``python -m data.applications digest``: one message a day at most to each coordinator, for the machine's own clock (cron).

What waits for them by name, what nobody answers for, the search windows. Codes only, no name. Messages leave only where the settings name a
relay (`data.mail`); a profile without an address gets none, and nobody does when nothing waits or the register is the demonstration.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from analysis import french
from analysis.applications.clocks import first_things_first
from analysis.applications.digest import Digest, anybody_lines, digest_letter, own_lines
from analysis.applications.letters import Letter
from analysis.model import COMMAND_ACTOR
from analysis.watch.morning import windows
from analysis.watch.window import WindowState
from data import access, candidacy, mail, network, privacy
from data.applications.standing import standing
from data.mail import MailError, Relay
from data.opening import REFUSALS, House, open_house
from data.store import Session, Store, network_origin, tables
from data.terminal import Parser, day, leave

PRESSING = (WindowState.LATE, WindowState.LAST_DAY, WindowState.OPEN)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused or not sent (the reason on standard error), 2 misuse."""
    parser = Parser(prog="python -m data.applications", description="Dossiers : ce qui attend, chaque matin.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    digest = commands.add_parser(
        "digest", help="écrire à chaque coordinateur ce qui l'attend (un message par jour au plus)"
    )
    digest.add_argument(
        "--date", type=day, default=None, help="le jour (AAAA-MM-JJ), aujourd'hui si rien n'est dit"
    )
    options = parser.parse_args(arguments)
    today = options.date or dt.date.today()
    try:
        relay = mail.relay()
        if relay is None:
            raise MailError("Aucun relais de courriel n’est réglé (ZEVILLAGE_SMTP_HOST) : rien n’est parti.")
        house = open_house(today)
        try:
            return _digest(house, relay, today)
        finally:
            house.store.close()
    except (*REFUSALS, MailError) as error:
        print(error, file=sys.stderr)
        return 1


def _digest(house: House, relay: Relay, today: dt.date) -> int:
    store = house.store
    with store.read() as session:
        origin = network_origin(session)
        if origin == "demo":
            print("Ce registre est la démonstration : personne n’est prévenu.")
            return 0
        letters = _letters(session, house, origin, today)
    sent, failed = 0, 0
    for profile, (to, letter) in letters.items():
        if not _claim(store, profile, today):
            continue
        try:
            mail.send(relay, to, letter.subject, letter.text)
        except MailError as error:
            _give_back(store, profile, today)
            print(error, file=sys.stderr)
            failed += 1
        else:
            sent += 1
    print(french.spaced(f"{french.counted(sent, 'message parti', 'messages partis')}."))
    return 1 if failed else 0


def _letters(session: Session, house: House, origin: str, today: dt.date) -> dict[str, tuple[str, Letter]]:
    """Profile → address and message, of those who have an address and for whom something waits."""
    territory = house.territory
    found = standing(session, territory.following.clocks, origin, today, by_id=True)
    codes = dict(zip(found.board["application"], found.board["code"], strict=True))
    waiting = [(str(codes[which]), each) for which, each in first_things_first(found.waits.items())]
    asked = tables.application
    erasures = session.connection.execute(
        select(asked.c.id).where(
            asked.c.origin == origin, asked.c.removed_at.is_(None), asked.c.erasure_asked.is_not(None)
        )
    ).scalars()
    untold = [
        each for each in privacy.leaving(session, origin, territory.keeping, today) if each.state == "untold"
    ]
    anybody = anybody_lines(
        len(candidacy.held(session, origin)),
        [str(codes[which]) for which in found.nobody],
        [str(codes[which]) for which in erasures if which in codes],
        len(untold),
    )
    numbers = network.application_numbers(session, origin)
    open_ = windows(network.applications(session, origin), numbers, today, territory.search_days)
    watch = tuple(
        f"{row['label']}{french.NNBSP}: {row['text']}"
        for row in open_.to_dict("records")
        if row["state"] in PRESSING
    )
    link = os.environ.get("ZEVILLAGE_PUBLIC_URL", "").strip().rstrip("/")
    letters = {}
    for profile in access.profiles(session):
        if profile.id not in found.people or not profile.email:
            continue
        digest = Digest(own_lines(profile.id, waiting, found.people), anybody, watch)
        if not digest.empty:
            letters[profile.id] = (profile.email, digest_letter(territory.network.name, today, digest, link))
    return letters


def _claim(store: Store, profile: str, today: dt.date) -> bool:
    """Take the day's one message to a profile; False where another run, or another machine, took it."""
    try:
        with store.note(COMMAND_ACTOR) as session:
            session.connection.execute(
                tables.digest.insert().values(profile=profile, on=today, at=session.at)
            )
    except IntegrityError:
        return False
    return True


def _give_back(store: Store, profile: str, today: dt.date) -> None:
    """The message did not leave: the next run may try again."""
    table = tables.digest
    with store.note(COMMAND_ACTOR) as session:
        session.connection.execute(delete(table).where(table.c.profile == profile, table.c.on == today))


if __name__ == "__main__":
    leave(main)
