"""The contact's form as a phone's script uses it: written once however often it comes, dated by the server, refused in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from analysis.model import LOCAL_ACTOR
from data import access, network, register
from data.access.links import PER_HOUR
from data.register import RegisterError
from tests.homes import copied, forget
from tests.loops import completed
from ui import clock, loading
from ui.server.report_page import COOKIE, owner_of, report_page, written_on

NOW = dt.datetime(2026, 5, 12, 10, 30)
KEY = "0123456789abcdef0123456789abcdef"
HOUSE = {"bien": "house:rent", "commune": "61156", "pieces": "4", "montant": "620"}


@pytest.fixture
def link(tmp_path: Path, demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A home of its own with its demonstration, and the link of one of its town halls."""
    monkeypatch.setenv("ZEVILLAGE_HOME", str(copied(demonstration, tmp_path / "home")))
    monkeypatch.setenv("ZEVILLAGE_TODAY", "2026-05-12T10:30")
    forget()
    store = loading.store()
    with store.read() as session:
        contact = next(c for c in register.contacts(session, "demo") if c["kind"] == "mairie")
    secret = access.server_secret(store.files)
    made = access.make_link(store, LOCAL_ACTOR, contact["id"], 30, secret, clock.instant())
    yield made
    forget()


def visitor(link: str) -> access.Visit:
    store = loading.store()
    with store.read() as session:
        return access.visit(session, link, access.server_secret(store.files), clock.instant())


def sent(
    link: str, fields: Mapping[str, str], *, script: bool = True, origin: str = "http://test"
) -> httpx.Response:
    app = Starlette(routes=[Route("/signaler", report_page, methods=["GET", "POST"])])
    headers = {"Origin": origin, "Accept": "application/json" if script else "text/html"}

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://test", cookies={COOKIE: link}
        ) as client:
            if not fields:
                return await client.get("/signaler", headers=headers)
            return await client.post("/signaler", data=dict(fields), headers=headers)

    return completed(post())


def by_phone(link: str, key: str = KEY, **fields: str) -> httpx.Response:
    told = {"cle": key, "pour": owner_of(visitor(link)), "attente": "3", "telephone": "2026-05-12"}
    return sent(link, {**told, **fields})


def said(answer: httpx.Response) -> str:
    text: str = answer.json()["texte"]
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")


def own(link: str) -> int:
    with loading.store().read() as session:
        listings = network.listings(session, "demo")
    return int((listings["contact"] == visitor(link).contact).sum())


def test_what_comes_twice_is_written_once_and_gets_the_same_answer(link: str) -> None:
    before = own(link)
    first, again = by_phone(link, **HOUSE), by_phone(link, **HOUSE)
    assert (first.status_code, again.status_code, own(link)) == (200, 200, before + 1)
    assert (
        said(first)
        == said(again)
        == "Merci. Le logement est signalé : les animateurs le voient dès maintenant."
    )
    other = by_phone(link, "f" * 32, **{**HOUSE, "montant": "640"})
    assert (other.status_code, own(link)) == (200, before + 2)
    with loading.store().read() as session:
        operation = register.entries(session, limit=1)[0].operation
    register.undo(loading.store(), operation, LOCAL_ACTOR)
    assert by_phone(link, "f" * 32, **{**HOUSE, "montant": "640"}).status_code == 200
    assert own(link) == before + 1  # taken back by a coordinator: the phone does not bring it again


def test_an_answer_on_a_listing_comes_once_too(link: str) -> None:
    by_phone(link, **HOUSE)
    with loading.store().read() as session:
        listing = register.own_listings(session, visitor(link).contact)[0].id
    for _ in range(2):
        answer = by_phone(link, "a" * 32, annonce=listing, etat="gone")
        assert (answer.status_code, said(answer)) == (200, "Merci. C'est noté : plus disponible.")
    page = sent(link, {}, script=False).text
    assert "Ce que sont devenus vos signalements" in page and "Partie le 12/05/2026" in page


def test_what_waited_on_the_phone_is_dated_when_it_was_typed_by_the_servers_clock(link: str) -> None:
    answer = by_phone(link, attente=str(2 * 24 * 3600), telephone="2026-05-13", **HOUSE)
    assert "Noté au 10/05/2026, le jour où vous l'avez écrit." in said(answer)
    assert (
        "Votre téléphone se croit à une autre date : c'est celle du serveur, le 12/05/2026, qui compte."
        in said(answer)
    )
    with loading.store().read() as session:
        listing = network.listings(session, "demo").set_index("listing")
        newest = register.own_listings(session, visitor(link).contact)
    assert dt.date(2026, 5, 10) in {listing.loc[one.id, "first_seen"].date() for one in newest}


@pytest.mark.parametrize(
    ("typed", "on", "words"),
    [
        ({}, NOW.date(), ""),
        ({"attente": "-5", "telephone": "hier"}, NOW.date(), ""),
        ({"attente": "37800"}, dt.date(2026, 5, 12), ""),  # since midnight
        ({"attente": "37860"}, dt.date(2026, 5, 11), "Noté au 11/05/2026"),
        ({"attente": "0", "telephone": "2026-05-11"}, NOW.date(), "autre date"),
        ({"attente": "9" * 12}, NOW.date(), ""),  # no number of seconds
    ],
)
def test_the_day_of_a_signal(typed: dict[str, str], on: dt.date, words: str) -> None:
    day, told = written_on(typed, NOW)
    assert day == on and words in told and bool(words) == bool(told)


def test_what_waited_too_long_says_nothing_of_today() -> None:
    with pytest.raises(RegisterError, match="plus de 60 jours"):
        written_on({"attente": str(61 * 24 * 3600)}, NOW)


def test_what_is_wrong_is_told_and_what_may_come_later_is_told_apart(link: str) -> None:
    before = own(link)
    wrong = by_phone(link, **{**HOUSE, "montant": "60000"})
    assert wrong.status_code == 422 and "n'est pas plausible" in said(wrong)
    assert by_phone(link, "court", **HOUSE).status_code == 422
    other = sent(link, {**HOUSE, "cle": KEY, "pour": "another"})
    assert other.status_code == 409 and "sous un autre lien" in said(other)
    elsewhere = sent(
        link, {**HOUSE, "cle": KEY, "pour": owner_of(visitor(link))}, origin="https://ailleurs.example"
    )
    assert elsewhere.status_code == 403 and "rouvrez votre lien" in said(elsewhere)
    assert own(link) == before
    for _ in range(PER_HOUR):
        access.count_use(loading.store(), visitor(link).link, clock.instant())
    often = by_phone(link, **HOUSE)
    assert often.status_code == 429 and "attendez un peu" in said(often)
    pour = owner_of(visitor(link))
    access.revoke_link(loading.store(), LOCAL_ACTOR, visitor(link).link)
    revoked = sent(link, {**HOUSE, "cle": KEY, "pour": pour})
    assert revoked.status_code == 403 and "a été révoqué" in said(revoked)
    assert "a été révoqué" in sent(link, {}, script=False).text
    assert sent("", {**HOUSE, "cle": KEY}).status_code == 403


def test_without_a_script_it_is_a_form_like_any_other(link: str) -> None:
    before = own(link)
    answer = sent(link, HOUSE, script=False)
    assert answer.status_code == 200 and "Le logement est signalé" in answer.text and own(link) == before + 1
    page = sent(link, {}, script=False).text
    assert 'src="/app/static/report.js"' in page and "Reçue" in page
    refused = sent(link, {**HOUSE, "montant": "0"}, script=False)
    assert refused.status_code == 422 and 'value="0"' in refused.text
