"""The address that an agenda follows: the windows by number alone, until it is revoked or whoever made it lost the right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import vobject
from starlette.applications import Starlette
from starlette.routing import Route

from analysis.model import LOCAL_ACTOR, Role
from data import access, candidacy
from data.access import AccessError
from tests.homes import copied, forget
from tests.loops import completed
from ui import clock, loading
from ui.logs import scrub
from ui.server.agenda_feed import agenda_feed


@pytest.fixture
def home(tmp_path: Path, demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own with its demonstration."""
    monkeypatch.setenv("ZEVILLAGE_HOME", str(copied(demonstration, tmp_path / "home")))
    monkeypatch.setenv("ZEVILLAGE_TODAY", "2026-05-12T10:30")
    forget()
    yield tmp_path / "home"
    forget()


def made() -> str:
    store = loading.store()
    return access.make_feed(store, LOCAL_ACTOR, access.server_secret(store.files))


def asked(key: str, peer: str = "127.0.0.1", **headers: str) -> httpx.Response:
    app = Starlette(routes=[Route("/agenda/{key}.ics", agenda_feed)])

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(f"/agenda/{key}.ics", headers=headers)

    return completed(get())


def only_feed() -> access.Feed:
    with loading.store().read() as session:
        (found,) = access.feeds(session)
    return found


def test_an_agenda_gets_the_windows_by_number_and_nothing_when_it_has_them(home: Path) -> None:
    key = made()
    answer = asked(key)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
    read = vobject.readOne(answer.text)
    assert len(read.vevent_list) >= 2 and read.refresh_interval.value == "PT4H"
    assert "demo-application" not in answer.text and "Candidat" not in answer.text
    assert asked(key, **{"If-None-Match": answer.headers["etag"]}).status_code == 304
    before = {event.uid.value: event.sequence.value for event in read.vevent_list}
    other = made()  # the store changed: the same events again, under the same names
    again = asked(key, **{"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 200 and other != key
    assert {e.uid.value: e.sequence.value for e in vobject.readOne(again.text).vevent_list} == before


@pytest.mark.parametrize("forge", ["cut", "other secret", "a contact's link", "path"])
def test_an_address_that_was_not_made_here_opens_nothing(home: Path, forge: str) -> None:
    key, store = made(), loading.store()
    if forge == "a contact's link":
        from itsdangerous import Signer

        key = (
            Signer(access.server_secret(store.files), salt="zevillage.contact-link")
            .sign(key.split(".")[0])
            .decode()
        )
    elif forge == "other secret":
        key = access.make_feed(store, LOCAL_ACTOR, "un-autre-secret-assez-long-pour-servir-02")
    else:
        key = key[:-2] if forge == "cut" else "..%2f..%2fsecret"
    answer = asked(key)
    assert answer.status_code == 404 and "BEGIN" not in answer.text


def test_a_revoked_address_says_so(home: Path) -> None:
    key = made()
    access.revoke_feed(loading.store(), LOCAL_ACTOR, only_feed().id)
    answer = asked(key)
    assert answer.status_code == 404 and "a été révoqué" in answer.text
    with pytest.raises(AccessError, match="déjà révoqué"):
        access.revoke_feed(loading.store(), LOCAL_ACTOR, access_id(key))


def access_id(key: str) -> str:
    """The id of the address that carries `key`."""
    import hashlib

    return hashlib.sha256(key.split(".")[0].encode()).hexdigest()


def test_an_address_ends_with_the_right_of_who_made_it(home: Path) -> None:
    store = loading.store()
    admin = access.add_profile(store, LOCAL_ACTOR, label="Claire", role=Role.ADMIN, pin="204817")
    paul = access.add_profile(store, admin.account.actor, label="Paul", role=Role.ANIMATEUR, pin="135790")
    key = access.make_feed(store, paul.account.actor, access.server_secret(store.files))
    assert asked(key).status_code == 200
    access.remove_profile(store, admin.account.actor, paul.id, seen=paul.version)
    answer = asked(key)
    assert answer.status_code == 404 and "n’a plus accès" in answer.text
    assert only_feed().ended
    with pytest.raises(AccessError):
        access.make_feed(store, paul.account.actor, access.server_secret(store.files))


def test_the_database_and_the_log_do_not_hold_the_address(home: Path) -> None:
    key = made()
    number = key.split(".")[0]
    assert number not in str(only_feed()) and len(only_feed().id) == 64
    for file in home.rglob("*.db*"):
        assert number.encode() not in file.read_bytes()
    assert scrub(f"GET /zevillage/agenda/{key}.ics HTTP/1.1") == "GET /zevillage/agenda/… HTTP/1.1"


def test_who_asks_too_often_waits_and_an_agenda_elsewhere_does_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(candidacy.attempts.LIMITS, "agenda", ((1, 3, 100),))
    key = made()
    assert [asked(each).status_code for each in (key, "essai.1", "essai.2", key)] == [200, 404, 404, 429]
    told = asked(key, **{"If-None-Match": "x"})
    assert told.headers["retry-after"] == "3600" and "redemander dans une heure" in told.text
    assert asked(key, peer="192.0.2.7").status_code == 200
    now = clock.instant()
    monkeypatch.setattr(clock, "instant", lambda: now + dt.timedelta(hours=1, seconds=1))
    assert asked(key).status_code == 200
