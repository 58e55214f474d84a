"""The presenting window's address: served to whoever was offered it, with a policy of its own, refused in words otherwise."""

from __future__ import annotations

import base64
import hashlib

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from reports.html_parts import DeckError
from tests.loops import completed
from ui import presented
from ui.server.presenter import policy, presenter
from ui.server.shell import Shell

PAGE = "<!doctype html><html lang=fr><script>let a = 1;</script><p>Séance</p></html>".encode()


def fetched(key: str) -> httpx.Response:
    app = Shell(Starlette(routes=[Route(f"{presented.PATH}{{key}}", presenter)]), beside=(presented.PATH,))

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get(f"{presented.PATH}{key}")

    return completed(get())


def test_a_deck_comes_with_a_policy_that_lets_only_its_own_scripts_run() -> None:
    key = presented.offer(None, lambda: PAGE)
    answer = fetched(key)
    assert (answer.status_code, answer.content) == (200, PAGE)
    said = answer.headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    assert (
        f"script-src 'sha256-{digest}'" in said
        and "default-src 'none'" in said
        and "unsafe-inline'; img" in said
    )
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'none'" in policy(b"<p>no script</p>")


def test_an_address_that_nobody_was_offered_says_what_to_do() -> None:
    answer = fetched("guessed")
    assert answer.status_code == 404 and "rouvrez-le depuis la page Séance" in answer.text


def test_a_deck_that_is_no_longer_for_its_visitor_is_refused() -> None:
    def refused() -> bytes:
        raise PermissionError("Ce fichier n’est plus pour vous : rechargez la page.")

    answer = fetched(presented.offer(None, refused))
    assert answer.status_code == 403 and "n’est plus pour vous" in answer.text


def test_a_deck_that_cannot_be_made_says_so_without_a_trace() -> None:
    def broken() -> bytes:
        raise RuntimeError("secret detail")

    answer = fetched(presented.offer(None, broken))
    assert answer.status_code == 500 and "n’a pas pu être fait" in answer.text and "secret" not in answer.text

    def empty() -> bytes:
        raise DeckError("Cette séance est vide : ajoutez une vue.")

    answer = fetched(presented.offer(None, empty))
    assert answer.status_code == 422 and "ajoutez une vue" in answer.text


def test_the_same_page_offers_its_newest_deck_under_one_address_and_old_ones_leave() -> None:
    key = presented.offer(None, lambda: b"old")
    assert presented.offer(key, lambda: b"new") == key
    make = presented.maker(key)
    assert make is not None and make() == b"new"
    for _ in range(300):
        presented.offer(None, lambda: b"x")
    assert presented.maker(key) is None
    assert presented.offer(key, lambda: b"again") != key, "an address that has left is not given out again"
