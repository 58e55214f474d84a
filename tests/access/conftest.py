"""A server before a network: a register of distinctive people, a profile for each role, and the screen as each of them gets it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analysis.model import LOCAL_ACTOR, SYSTEM_ACTOR, Role
from data import access, register
from data.opening import open_house
from data.register import Consent, ContactFields, EventFields, PersonFields, Work
from data.store import Store, open_store, tables
from data.territory import load_territory
from tests.homes import SharedHome, Template, forget, wants_its_own

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 5, 12)
ISSUER = "https://id.exemple.fr"
PUBLIC_URL = "https://zevillage.exemple.fr"


@dataclass(frozen=True)
class Marks:
    """Words that stand in one place of the register only. `hidden`: never for the public, the council or an analyst."""

    consenting: str = "Zqconsentante"
    hidden: tuple[str, ...] = (
        "Zqsecrete", "zqsecrete@exemple.fr", "0233998877", "zqmetierdiscret", "Zqsavoir", "Zqcorrespondante",
        "zqcorrespondante@exemple.fr", "Zqcandidate", "zqprojet", "Zqraison", "Zqnoteprivee",
    )  # fmt: skip


MARKS = Marks()


def fill(store: Store) -> None:
    """A consenting member, one who is not, a candidate and a contact, each of them with everything that can be written."""
    territory = load_territory()
    codes = list(territory.name_of)
    arrived = dt.date(2020, 3, 1)
    shown = register.add_member(
        store, territory, LOCAL_ACTOR, TODAY, origin="real", commune=codes[0], arrived=arrived,
        person=PersonFields(name=MARKS.consenting), work=Work(trade="illustration"), consent=Consent("J'accepte.", arrived),
    )  # fmt: skip
    del shown
    hidden = register.add_member(
        store, territory, LOCAL_ACTOR, TODAY, origin="real", commune=codes[1], arrived=arrived,
        person=PersonFields(name="Zqsecrete Dupont", email="zqsecrete@exemple.fr", phone="0233998877"),
        work=Work(trade="zqmetierdiscret", skills=("Zqsavoir",)),
    )  # fmt: skip
    member = hidden.subject
    register.add_event(
        store, territory, LOCAL_ACTOR, TODAY, origin="real",
        fields=EventFields("spin_off", dt.date(2024, 5, 2), "Retombée de Zqsecrete", codes[1], member),
    )  # fmt: skip
    contact = register.add_contact(
        store, territory, LOCAL_ACTOR, origin="real", fields=ContactFields("mairie", "Mairie du lieu", codes[2]),
        person=PersonFields(name="Zqcorrespondante Martin", email="zqcorrespondante@exemple.fr"),
    ).subject  # fmt: skip
    with store.write(LOCAL_ACTOR) as session:
        session.insert(
            tables.person,
            {"id": "p-candidate", "origin": "real", "code": "Candidat 1", "name": "Zqcandidate"},
        )
        session.insert(
            tables.application,
            {"id": "a-candidate", "origin": "real", "person": "p-candidate", "received": TODAY, "trade": "zqmetierdiscret",
             "project": "zqprojet", "wished_commune": codes[3], "status": "declined", "reason": "Zqraison"},
        )  # fmt: skip
        session.insert(
            tables.listing,
            {"id": "l-1", "origin": "real", "contact": contact, "commune": codes[2], "kind": "house", "tenure": "rent",
             "first_seen": TODAY, "note": "Zqnoteprivee"},
        )  # fmt: skip
        session.insert(
            tables.sighting,
            {"origin": "real", "listing": "l-1", "contact": contact, "on": TODAY, "state": "available", "actor": LOCAL_ACTOR.id,
             "note": "Zqnoteprivee"},
        )  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def copies_of_these_people(known_copies: None) -> None:
    """`known_copies`, for every test here: what one role's screens left in the caches meets the next role's, as on a server."""


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder whose server is declared to a network and has an identity provider; caches of other tests forgotten."""
    declare(monkeypatch, tmp_path)
    forget()
    yield tmp_path
    forget()


def declare(patch: pytest.MonkeyPatch, home: Path) -> None:
    """The settings of a server before a network, its store in `home`."""
    patch.setenv("ZEVILLAGE_HOME", str(home))
    patch.setenv("ZEVILLAGE_TODAY", TODAY.isoformat())
    patch.setenv("ZEVILLAGE_PUBLIC_URL", PUBLIC_URL)
    patch.setattr("ui.place.auth_section", lambda: {"client_id": "zevillage"})


@pytest.fixture(scope="session")
def people_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A home with the register of `fill` and one profile for each role, to be copied."""
    home = tmp_path_factory.mktemp("template-people")
    store = open_store(home)
    fill(store)
    for role in Role:
        if role is not Role.PUBLIC:
            access.add_profile(
                store, SYSTEM_ACTOR, label=role.value, role=role, issuer=ISSUER, subject=role.value
            )
    store.close()
    opened = open_house(
        TODAY, home
    ).store  # with the published figures: a test that only looks then writes nothing
    revision = opened.revision()
    opened.close()
    return Template(home, revision)


@pytest.fixture(scope="module")
def shared(people_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedHome]:
    """The home of the tests of a module that only look (`tests/homes.py`)."""
    yield SharedHome(people_template, lambda: tmp_path_factory.mktemp("shared"))
    forget()


@pytest.fixture
def register_of_people(request: pytest.FixtureRequest, people_template: Template) -> Iterator[Path]:
    """`network` with the register of `fill` and one profile for each role: the test's own when it patches the application."""
    if wants_its_own(request.fixturenames, ("network",)):
        yield people_template.copy(request.getfixturevalue("network"), patched=True)
        return
    shared: SharedHome = request.getfixturevalue("shared")
    with shared.looked_at() as home, pytest.MonkeyPatch.context() as patch:
        declare(patch, home)
        yield home


def claims(role: Role | None, **more: object) -> dict[str, object]:
    """What `st.user` holds for somebody of a role; nobody for None."""
    if role in (None, Role.PUBLIC):
        return {"is_logged_in": False}
    now = dt.datetime.now(dt.UTC).timestamp()
    return {"is_logged_in": True, "iss": ISSUER, "sub": role.value, "iat": now, **more}


Open = Callable[..., AppTest]


def open_page(
    page: str, role: Role | None, query: dict[str, str] | None = None, user: dict[str, object] | None = None
) -> AppTest:
    """The screen that somebody of `role` gets at a page's address. `page`: its file's name."""
    screen = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    screen.user = claims(role) if user is None else user
    if page != "accueil":
        screen.switch_page(f"pages/{page}.py")
    for name, value in (query or {}).items():
        screen.query_params[name] = value
    screen.run()
    assert [e.message for e in screen.exception] == []
    return screen


def sent(screen: AppTest) -> list[bytes]:
    """Every element that was sent for a screen, as it travels."""
    found: list[bytes] = []

    def visit(node: Any) -> None:
        proto = getattr(node, "proto", None)
        if proto is not None and hasattr(proto, "SerializeToString"):
            found.append(proto.SerializeToString(deterministic=True))
        for child in getattr(node, "children", {}).values():
            visit(child)

    visit(screen._tree)
    return found
