"""Many people write in one base at once, from two servers: what is left is what they would have left one after the other.

Whoever wrote is asked which revision it made; the same actions in that order, by one person alone on a copy of the base, must all be
accepted again and leave the same: figures, imports, calls, sightings, the order of a séance, the signatures and decisions of dossiers,
and the history line by line.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis.model import LOCAL_ACCOUNT, LOCAL_ACTOR
from data import applications, council, register
from data.opening import open_house
from data.register import ContactFields, EventFields, ListingFields
from data.store import Store, current_observations, open_store, record_import, tables
from data.store.move import address_of, move
from tests.data.applications import hands
from tests.data.children import together
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from tests.data.test_store import A, B, cells
from tests.data.writers import TERRITORY, TODAY, clock, open_as_a_server, perform, serve

PROCESSES, THREADS, TURNS = 2, 4, 12
KINDS = {
    "import",
    "undo",
    "call",
    "sighting",
    "view_add",
    "view_move",
    "view_text",
    "event",
    "event_add",
    "sign",
}
SELDOM = {"redo", "decide"}
"""Accepted only after another action on the same thing: an undo, two signatures."""


def prepared(home: Path) -> dict[str, Any]:
    """A base on which all can be done, in `home`; what it holds."""
    store = open_store(empty_home(home), clock=clock)
    numbers = []
    with store.write(LOCAL_ACTOR) as session:
        for value in (1.0, 2.0, 3.0):
            frame = cells((*A, value, "observed"), (*B, value, "observed"))
            numbers.append(record_import(session, frame, kind="file", label=f"fichier {value}"))
    fields = ContactFields("notary", "Étude de la place", "Essay")
    contact = register.add_contact(store, TERRITORY, LOCAL_ACTOR, origin="real", fields=fields).subject
    dwelling = ListingFields("house", "rent", "61156", rooms="4", amount="620")
    listing = register.report_listing(
        store, TERRITORY, LOCAL_ACTOR, TODAY, contact=contact, fields=dwelling
    ).subject
    event = register.add_event(
        store, TERRITORY, LOCAL_ACTOR, TODAY, origin="real", fields=EventFields("meeting", TODAY, "Rencontre")
    ).subject
    pages: list[tuple[str, dict[str, str]]] = [("carte", {}), ("logement", {}), ("reseau", {})]
    briefing = council.create_briefing(store, LOCAL_ACCOUNT, title="Conseil", on=TODAY, views=pages).subject
    with store.read() as session:
        views = [view.id for view in council.briefing(session, LOCAL_ACCOUNT, briefing).views]
    team = hands.people(store)
    dossiers = [hands.receive(store, TERRITORY, applications.by(team["cat"])) for _ in range(2)]
    for one in dossiers:
        hands.walk(store, team, one, "read", "met")
    store.close()
    return {
        "dossiers": dossiers, "team": {name: who.id for name, who in team.items()},
        "imports": numbers, "contact": contact, "listing": listing, "event": event, "briefing": briefing, "views": views,
    }  # fmt: skip


def state(store: Store, base: dict[str, Any]) -> dict[str, Any]:
    """What the base says, without the ids that chance gave to what was added."""
    t, line = tables, tables.application_event
    with store.read() as session:
        ask = session.connection.execute
        names = {id_: label for id_, label in ask(select(t.contact.c.id, t.contact.c.label))}  # noqa: C416
        found = {
            "figures": current_observations(session).drop(columns="import_id").to_dict("records"),
            "imports": ask(select(t.import_.c.label, t.import_.c.actor, t.import_.c.undone_at.is_(None)).order_by(t.import_.c.id)).all(),
            "calls": ask(select(t.call.c.contact, t.call.c.answer, t.call.c.actor).order_by(t.call.c.id)).all(),
            "sightings": ask(select(t.sighting.c.state, t.sighting.c.actor).order_by(t.sighting.c.id)).all(),
            "events": sorted(ask(select(t.event.c.title, t.event.c.on, t.event.c.version)).all()),
            "contacts": sorted(names.values()),
            "history": ask(
                select(t.history.c.actor, t.history.c.entity, t.history.c.action).order_by(t.history.c.id)
            ).all(),
            "dossiers": sorted(ask(select(t.application.c.id, t.application.c.status, t.application.c.version)).all()),
            "lines": ask(
                select(line.c.application, line.c.kind, line.c.actor, line.c.seat, line.c.status).order_by(line.c.id)
            ).all(),
            "revision": session.revision(),
        }  # fmt: skip
        views = council.briefing(session, LOCAL_ACCOUNT, base["briefing"]).views
    found["calls"] = [(names[contact], *rest) for contact, *rest in found["calls"]]
    found["views"] = [
        (view.id if view.id in base["views"] else "", view.page, view.sentence, view.version)
        for view in views
    ]
    return {name: [tuple(row) if not isinstance(row, dict | str) else row for row in rows] if isinstance(rows, list) else rows
            for name, rows in found.items()}  # fmt: skip


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_writers_on_two_servers_leave_what_some_order_of_them_would_have_left(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    base = prepared(tmp_path / "before")
    home, url = Path(shutil.copytree(tmp_path / "before", tmp_path / "home")), ""
    if engine == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        source = address_of(str(home / "zevillage.db"))
        before = open_store(home, clock=clock)
        move(source, address_of(url), before.files, clock=lambda: NOW)
        before.close()
    servers = [(home, url or None, base, seed, THREADS, TURNS) for seed in range(PROCESSES)]
    accepted: list[tuple[int, dict[str, Any]]] = [one for said in together(serve, servers) for one in said]
    accepted.sort(key=lambda one: one[0])

    alone = open_store(tmp_path / "before", clock=clock)
    start = alone.revision()
    # Each accepted action is one commit, no two the same; nothing was committed that nobody was told of.
    assert [revision for revision, _ in accepted] == list(range(start + 1, start + 1 + len(accepted)))
    done = Counter(action["do"] for _, action in accepted)
    # Every kind of action was accepted at least once (but those that need another one before)…
    assert done.keys() | SELDOM == KINDS | SELDOM, done
    assert len(accepted) < PROCESSES * THREADS * TURNS  # … and some were refused, because others came first
    for _, action in accepted:
        perform(alone, base, action)
    left_by_all = open_store(home, url=url or None, clock=clock)
    left = state(left_by_all, base)
    assert left == state(alone, base)
    for dossier, status, _ in left["dossiers"]:
        signed = {
            (who, seat) for one, kind, who, seat, _ in left["lines"] if (one, kind) == (dossier, "sign")
        }
        # The same person signs once, and nothing is decided under one signature, whoever was quicker.
        assert len(signed) == len({who for who, _ in signed})
        assert status == "met" or {seat for _, seat in signed} == {"founder", "councillor"}
    left_by_all.close()
    alone.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_servers_that_open_an_empty_base_together_fill_it_once(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql_url") if engine == "postgresql" else ""
    together(open_as_a_server, [(tmp_path / "home", url)] * 3)
    alone = open_house(TODAY, tmp_path / "alone").store
    filled = open_store(tmp_path / "home", url=url or None, clock=clock)
    found = []
    for store in (alone, filled):
        with store.read() as session:
            count = {
                table.name: session.connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in tables.metadata.sorted_tables
            }
            found.append((count, current_observations(session)["value"].sum()))
        store.close()
    assert found[0] == found[1]
