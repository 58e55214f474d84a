"""The door of the web server: host names, who is local, the way back after signing in, uploads."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from analysis.model import Role
from tests.loops import completed
from ui import uploads
from ui.place import Place, allowed, host_name, is_local, is_loopback
from ui.server import door
from ui.server.door import Door, own_page

LOOPBACK = Place(True, "", frozenset({"127.0.0.1", "localhost", "::1"}), False)
PUBLIC = Place(True, "https://zevillage.exemple.fr", frozenset({"zevillage.exemple.fr"}), True)
NOW = dt.datetime(2026, 5, 12, 8, 0, tzinfo=dt.UTC)


# -- who is local ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "[::1]:8501", "LOCALHOST.:8501"])
def test_whoever_sits_at_the_machine_is_local(host: str) -> None:
    assert is_local(LOOPBACK, "127.0.0.1", host, ["host", "user-agent"])


@pytest.mark.parametrize(
    ("where", "peer", "host", "headers"),
    [
        (PUBLIC, "127.0.0.1", "127.0.0.1", []),  # a public address is declared
        (Place(False, "", None, False), "127.0.0.1", "127.0.0.1", []),  # listens to the network
        (LOOPBACK, "192.0.2.7", "127.0.0.1", []),  # somebody else's machine
        (LOOPBACK, "127.0.0.1", "evil.example", []),  # a page that points a name at this machine
        (LOOPBACK, "127.0.0.1", "localhost.evil.example", []),
        (LOOPBACK, "127.0.0.1", "", []),
        (LOOPBACK, "127.0.0.1", "127.0.0.1", ["X-Forwarded-For"]),  # through a reverse proxy
        (LOOPBACK, "127.0.0.1", "127.0.0.1", ["via"]),
    ],
)
def test_nobody_else_is_local(where: Place, peer: str, host: str, headers: list[str]) -> None:
    assert not is_local(where, peer, host, headers)


def test_a_proxy_that_leaves_no_mark_cannot_be_told_from_who_sits_here() -> None:
    """What docs/security.md and the home page warn of; a declared public address ends it."""
    bare = ["host", "connection"]  # what nginx's `proxy_pass http://localhost:8501` sends by itself
    assert is_local(LOOPBACK, "127.0.0.1", "localhost:8501", bare)
    assert not is_local(LOOPBACK, "127.0.0.1", "localhost:8501", [*bare, "x-forwarded-for"])
    assert not is_local(PUBLIC, "127.0.0.1", "localhost:8501", bare)


def test_names_and_addresses_of_this_machine() -> None:
    assert [is_loopback(a) for a in ("127.9.9.9", "::1", "localhost", "0.0.0.0", "", None, "exemple.fr")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip
    assert (
        host_name("Exemple.FR:443") == "exemple.fr" and host_name("[::1]:1") == "::1" and host_name("[") == ""
    )


def test_only_declared_names_are_answered() -> None:
    assert allowed(PUBLIC, "zevillage.exemple.fr:443") and not allowed(PUBLIC, "127.0.0.1")
    assert not allowed(LOOPBACK, "evil.example") and not allowed(LOOPBACK, None)
    wide = Place(False, "", frozenset({"*.exemple.fr"}), False)
    assert allowed(wide, "a.exemple.fr") and not allowed(wide, "exemple.fr.evil.example")


# -- the middleware ----------------------------------------------------------------------------------------------


def ask(
    path: str, *, where: Place = LOOPBACK, method: str = "GET", base: str = "", body: tuple[bytes, ...] = (b"",),
    answer: tuple[int, list[tuple[bytes, bytes]]] = (200, []), kind: str = "http", **headers: str,
) -> tuple[int, dict[str, str], list[str], int]:  # fmt: skip
    """One request through the door: status, headers, cookies set, bytes that came through."""
    sent: list[Message] = []
    taken = 0

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal taken
        while method != "GET":
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            taken += len(message["body"])
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": answer[0], "headers": list(answer[1])})
        await send({"type": "http.response.body", "body": b""})

    pieces = [{"type": "http.request", "body": b, "more_body": i < len(body) - 1} for i, b in enumerate(body)]

    async def receive() -> Any:
        return pieces.pop(0) if kind == "http" else {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    given = {"host": "127.0.0.1:8501", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": kind, "path": base + path, "method": method,
        "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
    }  # fmt: skip
    completed(Door(application, base, lambda: where)(scope, receive, send))
    if not sent:
        return 0, {}, [], taken
    if kind == "websocket" and sent[0]["type"] == "websocket.close":
        return int(sent[0]["code"]), {}, [], taken
    pairs = [(n.decode().lower(), v.decode()) for n, v in sent[0]["headers"]]
    return sent[0]["status"], dict(pairs), [v for n, v in pairs if n == "set-cookie"], taken


def test_another_host_name_is_refused_on_every_kind_of_request() -> None:
    assert ask("/carte", host="evil.example")[0] == 421
    assert ask("/_stcore/stream", kind="websocket", host="evil.example")[0] == 1008
    assert ask("/_stcore/stream", kind="websocket")[0] == 200
    assert ask("/_stcore/stream", kind="websocket", origin="http://127.0.0.1:8501")[0] == 200
    for origin in ("http://127.0.0.1:3000", "http://localhost:8501", "https://evil.example", "null"):
        assert ask("/_stcore/stream", kind="websocket", origin=origin)[0] == 1008, origin
    assert ask("/healthz", where=PUBLIC)[0] == 200 and ask("/carte", where=PUBLIC)[0] == 421
    assert ask("/_stcore/metrics")[0] == 404
    assert ask("/app/static/" + "é" * 127)[0] == 200 and ask("/app/static/" + "é" * 128)[0] == 404


def test_a_proxy_that_loses_the_port_is_understood_for_the_declared_address_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    public = Place(True, "https://zevillage.example:8443", frozenset({"zevillage.example"}), False)

    def stream(origin: str, host: str, where: Place = public) -> int:
        return ask("/_stcore/stream", kind="websocket", origin=origin, host=host, where=where)[0]

    for host in ("zevillage.example", "Zevillage.example", "zevillage.example:8443"):
        assert stream("https://zevillage.example:8443", host) == 200, host
    assert capsys.readouterr().err == ""
    for origin in (
        "https://zevillage.example",
        "https://zevillage.example:9999",
        "https://evil.example:8443",
    ):
        assert stream(origin, "zevillage.example") == 1008, origin
    assert "proxy_set_header Host $http_host" in capsys.readouterr().err
    whole = "zevillage.example:9999"
    assert stream(f"https://{whole}", whole) == 200, "another port of ours, passed on whole"
    plain = Place(True, "https://zevillage.example", frozenset({"zevillage.example"}), False)
    assert stream("https://zevillage.example", "zevillage.example", plain) == 200


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/carte?indicateur=members&vue=public", "/carte?indicateur=members&vue=public"),
        ("/", "/"),
        ("/registre", "/registre"),
        ("/nulle-part", "/"),
        ("//evil.example/carte", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/carte", "/"),
        ("javascript:alert(1)", "/"),
        ("/carte\r\nSet-Cookie: a=b", "/"),
        ("/carte?x=" + "y" * 3000, "/"),
        ("/auth/logout", "/"),
        ("/carte/../registre", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_leads_to_a_page_of_ours_or_home(target: str, kept: str) -> None:
    assert own_page(target) == kept
    assert own_page(
        "/base" + target if target.startswith("/") and not target.startswith("//") else target, "/base"
    ) in (
        "/base" + kept,
        "/base/",
    )


@pytest.mark.parametrize("base", ["", "/zevillage/essai"])
def test_the_page_from_which_one_signs_in_comes_back_after_the_provider(base: str) -> None:
    host = "zevillage.exemple.fr"
    page = f"{base}/carte?indicateur=members"
    _, _, cookies, _ = ask("/auth/login", where=PUBLIC, base=base, host=host, referer=f"https://{host}{page}")
    assert len(cookies) == 1
    for mark in ("HttpOnly", "SameSite=Lax", "Secure", "Max-Age=600"):
        assert mark in cookies[0]
    cookie = cookies[0].split(";")[0]
    home = (302, [(b"location", f"{base}/".encode())])
    _, headers, cookies, _ = ask(
        "/oauth2callback", where=PUBLIC, base=base, host=host, cookie=cookie, answer=home
    )
    assert headers["location"] == page
    assert "Max-Age=0" in cookies[0]


def test_another_sites_page_and_a_forged_cookie_lead_home() -> None:
    host = "zevillage.exemple.fr"
    assert ask("/auth/login", where=PUBLIC, host=host, referer="https://evil.example/carte")[2] == []
    for forged in ("https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2Fcarte%0d%0aX: y"):
        _, headers, _, _ = ask(
            "/oauth2callback", where=PUBLIC, host=host, cookie=f"{door.WAY_BACK}={forged}", answer=(302, [(b"location", b"/")]),
        )  # fmt: skip
        assert headers["location"] == "/"


def test_uploads_stop_at_the_limit_of_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"analyst": 100_000}
    monkeypatch.setattr(uploads, "_LIMITS", OrderedDict(limits))
    path = "/_stcore/upload_file/{}/1"
    assert ask(path.format("visitor"), method="PUT", body=(b"x",))[0] == 403
    assert ask(path.format("analyst"), method="PUT", body=(b"x" * 90_000,))[::3] == (200, 90_000)
    assert ask(path.format("analyst"), method="PUT", content_length="900000")[0] == 413
    # Who lies about the length is cut off.
    status, _, _, taken = ask(path.format("analyst"), method="PUT", body=(b"x" * 90_000,) * 5)
    assert status == 0 and taken <= 100_000 + 64 * 1024


class Kept:
    """Streamlit's runtime, with what it keeps of uploads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, active: set[str]) -> None:
        self.uploaded_file_mgr = MemoryUploadedFileManager("/_stcore/upload_file")
        self.active = active
        monkeypatch.setattr(uploads.runtime, "exists", lambda: True)
        monkeypatch.setattr(uploads.runtime, "get_instance", lambda: self)

    def is_active_session(self, session: str) -> bool:
        return session in self.active

    def add(self, session: str, name: str, size: int) -> None:
        self.uploaded_file_mgr.add_file(session, UploadedFileRec(name, "f.csv", "text/csv", b"x" * size))

    def sizes(self) -> dict[str, int]:
        return {
            s: sum(len(f.data) for f in files.values())
            for s, files in self.uploaded_file_mgr.file_storage.items()
        }


def test_the_files_of_one_session_have_a_limit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(monkeypatch, {"analyst", "other"})
    monkeypatch.setattr(uploads, "_LIMITS", OrderedDict(analyst=200_000, other=200_000))
    path = "/_stcore/upload_file/{}/1"
    kept.add("analyst", "1", 150_000)
    assert ask(path.format("analyst"), method="PUT", body=(b"x" * 60_000,))[::3] == (200, 60_000)
    assert ask(path.format("analyst"), method="PUT", content_length="190000")[0] == 413
    status, *_ = ask(path.format("analyst"), method="PUT", body=(b"x" * 60_000,) * 3)
    assert status == 0
    # Another session's room is its own, and what was refused takes none.
    assert ask(path.format("other"), method="PUT", body=(b"x" * 190_000,))[0] == 200
    assert uploads.room("analyst") == 50_000
    kept.uploaded_file_mgr.remove_file("analyst", "1")
    assert uploads.room("analyst") == 200_000


def test_files_that_come_at_the_same_time_share_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_LIMITS", OrderedDict(analyst=200_000))
    uploads.coming("analyst", 190_000)  # another file, half of which has come
    try:
        assert ask("/_stcore/upload_file/analyst/2", method="PUT", body=(b"x" * 100_000,))[0] == 0
    finally:
        uploads.coming("analyst", -190_000)
    assert ask("/_stcore/upload_file/analyst/2", method="PUT", body=(b"x" * 100_000,))[0] == 200
    assert uploads.room("analyst") == 200_000


def test_what_a_visitor_leaves_goes_with_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(monkeypatch, {"here", "gone"})
    kept.add("here", "1", 10)
    kept.add("gone", "1", 20)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        kept.active.discard("gone")  # as Streamlit does when the websocket has ended

    async def nothing(*_: Any) -> Any:
        return None

    scope: Scope = {"type": "websocket", "path": "/_stcore/stream", "headers": [(b"host", b"localhost")]}
    completed(Door(served, find_place=lambda: LOOPBACK)(scope, nothing, nothing))
    assert kept.sizes() == {"here": 10}


def test_only_roles_that_import_may_upload() -> None:
    assert {role for role in Role if uploads.limit_of(role)} == {Role.ANALYSTE, Role.ANIMATEUR, Role.ADMIN}
    assert uploads.limit("a session that nobody knows") == 0
