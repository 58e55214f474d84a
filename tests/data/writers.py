"""People who write in one base at the same time: what each does, drawn by chance from a seed, and in which order the store let them in."""

from __future__ import annotations

import datetime as dt
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.model import Account, Actor, Role
from data import applications, council, register
from data.imports import history
from data.opening import open_house
from data.register import EventFields, RegisterError
from data.store import StoreError, WriteSession, open_store, record_import
from data.store.opened import Store
from data.territory import load_territory
from tests.data.applications.hands import marks

NOW = dt.datetime(2026, 5, 12, 10, 30)
TODAY = NOW.date()
TERRITORY = load_territory()
HALLS = ("mairie:61156", "mairie:61224")
CELLS = ("61224", "61006", "61156")
Action = dict[str, Any]


def clock() -> dt.datetime:
    """Everybody writes at one instant: the order is the store's alone."""
    return NOW.replace(tzinfo=dt.UTC)


def draw(chance: random.Random, base: dict[str, Any], who: str) -> Action:
    """One action of `who` on what `base` holds (see `tests/data/test_concurrency.py`)."""
    kinds: dict[str, Any] = {
        "import": lambda: {"cells": [[c, float(chance.randrange(100))] for c in chance.sample(CELLS, 2)]},
        "undo": lambda: {"import": chance.choice(base["imports"])},
        "redo": lambda: {"import": chance.choice(base["imports"])},
        "call": lambda: {
            "contact": chance.choice([base["contact"], *HALLS]),
            "answer": chance.choice(("no_answer", "nothing_new")),
        },
        "sighting": lambda: {"state": chance.choice(("available", "gone"))},
        "view_add": lambda: {"page": chance.choice(("carte", "reseau", "logement"))},
        "view_move": lambda: {"view": chance.choice(base["views"]), "to": chance.randrange(4)},
        "view_text": lambda: {
            "view": chance.choice(base["views"]),
            "sentence": f"Phrase {chance.randrange(1000)}",
            "seen": chance.choice((None, 1, 2)),
        },
        "event": lambda: {
            "title": f"Rencontre {chance.randrange(1000)}",
            "seen": chance.choice((None, 1, 2)),
        },
        "sign": lambda: {
            "dossier": chance.choice(base["dossiers"]),
            "as": chance.choice((("ann", "founder"), ("bob", "councillor"))),
            "mark": chance.randrange(1, 5),
        },
        "decide": lambda: {
            "dossier": chance.choice(base["dossiers"]),
            "step": chance.choice(("accepted", "declined")),
        },
        "event_add": lambda: {"day": chance.randrange(1, 6)},
    }
    do = chance.choice(list(kinds))
    return {"do": do, "who": who, **kinds[do]()}


def perform(store: Store, base: dict[str, Any], action: Action) -> None:
    """Do it, as a screen would. Raises RegisterError, StoreError when it is refused."""
    actor, account = Actor(action["who"], ""), Account(action["who"], "", Role.ADMIN)
    do = action["do"]
    if do == "import":
        rows = [("vacant", commune, "2022", value, "observed") for commune, value in action["cells"]]
        frame = pd.DataFrame(rows, columns=["indicator", "commune", "period", "value", "status"])
        with store.write(actor) as session:
            record_import(session, frame, kind="file", label=f"de {action['who']}")
    elif do in ("undo", "redo"):
        (history.undo if do == "undo" else history.redo)(store, actor, action["import"])
    elif do == "call":
        register.report_call(store, TERRITORY, actor, NOW, contact=action["contact"], answer=action["answer"])
    elif do == "sighting":
        register.report_sighting(
            store, actor, TODAY, contact=base["contact"], listing=base["listing"], state=action["state"]
        )
    elif do == "view_add":
        council.add_view(store, account, base["briefing"], action["page"], {})
    elif do == "view_move":
        council.move_view(store, account, action["view"], action["to"])
    elif do == "view_text":
        council.change_view(store, account, action["view"], seen=action["seen"], sentence=action["sentence"])
    elif do == "sign":
        name, seat = action["as"]
        applications.sign(
            store, hand(base, name), TODAY, application=action["dossier"], seat=seat, marks=marks(action["mark"]), remarks={}
        )  # fmt: skip
    elif do == "decide":
        applications.conclude(
            store, hand(base, "cat"), TODAY, application=action["dossier"], step=action["step"], conclusion="Ensemble.",
            reason="fragile" if action["step"] == "declined" else "",
        )  # fmt: skip
    elif do == "event":
        fields = EventFields("meeting", TODAY, action["title"])
        register.correct_event(
            store, TERRITORY, actor, TODAY, event=base["event"], fields=fields, seen=action["seen"]
        )
    else:
        fields = EventFields("meeting", dt.date(2026, 3, action["day"]), "Rencontre du mois")
        register.add_event(store, TERRITORY, actor, TODAY, origin="real", fields=fields)


def hand(base: dict[str, Any], name: str) -> applications.Hand:
    """One of the coordinators of the base."""
    return applications.by(Account(base["team"][name], name.title(), Role.ANIMATEUR))


class Turns:
    """The revision that the last transaction of this thread made."""

    def __init__(self, store: Store) -> None:
        self._made = threading.local()
        plain = store.write

        @contextmanager
        def write(actor: Actor) -> Iterator[WriteSession]:
            self._made.revision = None
            with plain(actor) as session:
                yield session
                revision = session.revision()
            self._made.revision = revision

        store.write = write  # type: ignore[method-assign]

    def made(self) -> int:
        """See the class."""
        return int(self._made.revision)


def serve(
    parent: Connection, home: Path, url: str | None, base: dict[str, Any], seed: int, threads: int, turns: int
) -> None:
    """One server's worth of them, once told to: tells of each action that was accepted the revision that it made and the action itself."""
    store = open_store(home, url=url, clock=clock)
    order = Turns(store)
    accepted: list[tuple[int, Action]] = []
    broken: list[BaseException] = []

    def work(number: int) -> None:
        who = f"{seed}-{number}"
        chance = random.Random(who)
        try:
            for _ in range(turns):
                action = draw(chance, base, who)
                try:
                    perform(store, base, action)
                except RegisterError:
                    continue
                except StoreError as error:
                    if "L’écriture a échoué" in str(error):  # not a refusal: the database gave up
                        raise
                    continue
                accepted.append((order.made(), action))
        except BaseException as error:
            broken.append(error)
            raise

    everybody = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    parent.send("here")
    parent.recv()
    for one in everybody:
        one.start()
    for one in everybody:
        one.join()
    store.close()
    parent.send(accepted)
    if broken:
        raise broken[0]


def open_as_a_server(parent: Connection, home: Path, url: str) -> None:
    """Once told to, open the house where the settings of a server say that it is."""
    os.environ |= {"ZEVILLAGE_HOME": str(home), "ZEVILLAGE_DATABASE_URL": url}
    parent.send("here")
    parent.recv()
    open_house(TODAY).store.close()
