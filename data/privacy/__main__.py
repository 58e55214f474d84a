"""``python -m data.privacy daily``: once a day, for the machine's own clock (cron): who is told, who is put away, who is erased.

A dossier goes only after its notice and after the days in which it can be brought back (`data.privacy.farewell`). Messages leave only where
the settings name a relay (`data.mail`) and a public address; who cannot be written to stands in the list of the page.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence

from analysis import french
from analysis.applications.letters import farewell_letter
from analysis.model import COMMAND_ACTOR
from data import access, candidacy, mail, privacy
from data.access import AccessError
from data.mail import MailError
from data.opening import REFUSALS, House, open_house
from data.privacy import Leaving
from data.store import network_origin, tables
from data.terminal import Parser, day, leave


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused (the reason on standard error), 2 misuse."""
    parser = Parser(
        prog="python -m data.privacy", description="Durées de conservation : ce qui est dû chaque jour."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    daily = commands.add_parser(
        "daily", help="prévenir, mettre de côté, effacer ce qui est échu (une fois par jour)"
    )
    daily.add_argument(
        "--date", type=day, default=None, help="le jour (AAAA-MM-JJ), aujourd'hui si rien n'est dit"
    )
    options = parser.parse_args(arguments)
    today = options.date or dt.date.today()
    try:
        house = open_house(today)
        try:
            return _daily(house, today)
        finally:
            house.store.close()
    except (*REFUSALS, AccessError, MailError) as error:
        print(error, file=sys.stderr)
        return 1


def _daily(house: House, today: dt.date) -> int:
    store, keeping = house.store, house.territory.keeping
    writer = _writer(house)
    with store.read() as session:
        origin = network_origin(session)
        known = privacy.leaving(session, origin, keeping, today)
    due = [each.person for each in known if each.state == "due"]
    away = privacy.put_away(store, COMMAND_ACTOR, today, origin=origin, keeping=keeping, persons=due)
    told = privacy.tell(store, COMMAND_ACTOR, today, origin=origin, keeping=keeping, send=writer)
    with store.read() as session:
        over = privacy.due(session, origin, keeping, today)
    gone = [each.person for each in over.persons if each.reason == "candidate"]
    if gone:
        privacy.purge(
            store, COMMAND_ACTOR, origin=origin, keeping=keeping, today=today, persons=gone, files=(),
            confirmation=privacy.CONFIRMATION,
        )  # fmt: skip
    counts = (
        french.counted(len(told), "candidat prévenu", "candidats prévenus"),
        french.counted(len(away), "mis de côté", "mis de côté"),
        french.counted(len(gone), "effacé", "effacés"),
    )
    print(french.spaced(f"{', '.join(counts)}. {writer.sentence}"))
    return 0


class _Writer:
    """Writes to who is told; says whether it could, and counts."""

    def __init__(self, house: House, relay: mail.Relay | None, address: str) -> None:
        self.house, self.relay, self.address = house, relay, address
        self.sent, self.failed = 0, 0

    def __call__(self, leaving: Leaving) -> bool:
        """Write to one person. False where no message can leave, or the relay did not take it."""
        if self.relay is None or not leaving.email:
            return False
        network = self.house.territory.network.name
        letter = farewell_letter(network, leaving.until, self._link(leaving.person))
        try:
            mail.send(self.relay, leaving.email, letter.subject, letter.text)
        except MailError:
            self.failed += 1
            return False
        self.sent += 1
        return True

    def _link(self, person: str) -> str:
        store, table = self.house.store, tables.application
        if not self.address:
            return ""
        with store.read() as session:
            file = session.connection.execute(
                table.select()
                .where(table.c.person == person, table.c.removed_at.is_(None))
                .order_by(table.c.received.desc())
            ).mappings().first()  # fmt: skip
        if file is None:
            return ""
        secret = access.server_secret(store.files)
        return f"{self.address}/suivi?lien={candidacy.give_follow_link(store, COMMAND_ACTOR, file['id'], secret)}"

    @property
    def sentence(self) -> str:
        """How many messages left, and what to do about the others."""
        if self.relay is None:
            return "Aucun relais de courriel n’est réglé (ZEVILLAGE_SMTP_HOST) : la liste est sur la page Données personnelles."
        text = f"{french.counted(self.sent, 'message parti', 'messages partis')}."
        return (
            f"{text} {french.counted(self.failed, 'refusé', 'refusés')} par le relais."
            if self.failed
            else text
        )


def _writer(house: House) -> _Writer:
    return _Writer(house, mail.relay(), os.environ.get("ZEVILLAGE_PUBLIC_URL", "").strip().rstrip("/"))


if __name__ == "__main__":
    leave(main)
