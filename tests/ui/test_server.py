"""The shell around the pages: policy, French frame, caching, sub-path."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send
from streamlit import delta_generator, file_util
from streamlit.proto.Components_pb2 import ComponentInstance
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.loops import completed
from ui.server import shell

VERSIONS = {"fr.js": "v1", "ahead.js": "v5", "memory.js": "v2", "menu.js": "v4", "search.js": "v3"}
INDEX = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")


class Answer:
    """An ASGI answer: status, headers (lower case) and body."""

    def __init__(self, messages: list[Message]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body = b"".join(message.get("body", b"") for message in messages[1:])


def ask(
    response: Response | Callable[[Scope], Response],
    path: str = "/",
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    **options: Any,
) -> Answer:
    """Send one request through the shell to an application that answers `response`."""
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        answer = response if isinstance(response, Response) else response(scope)
        await answer(scope, receive, send)

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    completed(shell.Shell(application, **options)(scope, receive, send))
    return Answer(sent)


def test_index_is_french_before_streamlits_scripts_and_every_address_stays_relative() -> None:
    html = shell.french_index(INDEX, VERSIONS)
    assert re.search(r"<html[^>]*>", html).group() == '<html lang="fr">'  # type: ignore[union-attr]
    assert html.count("fr.js") == 1
    assert html.index('src="./app/static/fr.js?v=v1"') < html.index("index.")
    assert re.search(r"<script\b[^>]*>", html).group().startswith('<script src="./app/')  # type: ignore[union-attr]
    assert "You need to enable JavaScript" not in html
    assert "JavaScript" in html
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert addresses
    assert all(address.startswith("./") for address in addresses), addresses


def test_our_scripts_come_first_in_their_order_each_with_its_version() -> None:
    html = shell.french_index(INDEX, VERSIONS)
    sources = re.findall(r'<script\b[^>]*?src="([^"]+)"', html)
    ours = [f"./app/static/{name}?v={version}" for name, version in VERSIONS.items()]
    assert sources[:5] == ours and not any("app/static" in source for source in sources[5:])
    assert list(VERSIONS) == list(shell.SCRIPTS)
    assert all((shell.STATIC / name).is_file() for name in shell.SCRIPTS)
    assert all((shell.STATIC / name).is_file() for name in shell.STYLES)
    # What is served holds the digest of what is on the disk: a changed script gets another address.
    served = ask(HTMLResponse(INDEX), "/").body.decode()
    for name in shell.SCRIPTS:
        digest = hashlib.sha256((shell.STATIC / name).read_bytes()).hexdigest()[:12]
        assert f'src="./app/static/{name}?v={digest}"' in served
    assert list(re.findall(r'rel="stylesheet" href="./app/static/([a-z]+\.css)\?v=', served)) == list(
        shell.STYLES
    )


def test_the_state_of_a_map_stands_where_our_script_looks_for_it() -> None:
    way = [
        ForwardMsg.DELTA_FIELD_NUMBER,
        Delta.NEW_ELEMENT_FIELD_NUMBER,
        Element.COMPONENT_INSTANCE_FIELD_NUMBER,
        ComponentInstance.JSON_ARGS_FIELD_NUMBER,
    ]
    begin, end = ForwardMsg.NEW_SESSION_FIELD_NUMBER, ForwardMsg.SCRIPT_FINISHED_FIELD_NUMBER
    script = (shell.STATIC / "ahead.js").read_text("utf-8")
    assert f"const STATE = {way};" in script and f"const BEGIN = {begin}, END = {end};" in script


@pytest.mark.parametrize("piece", ["<title>Streamlit</title>", "<noscript>", '<html lang="en">'])
def test_an_index_of_another_make_is_refused(piece: str) -> None:
    with pytest.raises(shell.ShellError, match=r"index\.html de Streamlit a changé"):
        shell.french_index(INDEX.replace(piece, ""), VERSIONS)


def test_policy_knows_the_inline_script_by_its_hash_and_no_other_address() -> None:
    policies = shell.content_policies(INDEX, None)
    inline = re.search(r"<script>(.*?)</script>", INDEX, re.DOTALL).group(1)  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}' blob:;" in policies["page"]
    # The rewritten page still holds that very script.
    assert f"<script>{inline}</script>" in shell.french_index(INDEX, VERSIONS)
    for policy in policies.values():
        assert "unsafe-eval" not in policy
        assert "http" not in policy
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'self'" in policy
    assert "'unsafe-inline'" not in policies["page"].split("style-src")[0]
    assert "script-src" not in policies["file"]


def test_the_tiles_setting_opens_one_address_for_pictures_in_the_map_only() -> None:
    tiles = shell.tile_origin({"ZEVILLAGE_TILES": "ign"})
    policies = shell.content_policies(INDEX, tiles)
    directives = dict(part.strip().split(" ", 1) for part in policies["component"].split(";"))
    assert directives.pop("img-src") == "'self' data: blob: https://data.geopf.fr"
    assert "geopf" not in str(directives)
    assert "geopf" not in policies["page"] + policies["file"]


@pytest.mark.parametrize("value", ["", "none", " NONE "])
def test_no_tiles_by_default(value: str) -> None:
    assert shell.tile_origin({"ZEVILLAGE_TILES": value}) is None
    assert shell.tile_origin({}) is None


def test_unknown_tiles_are_refused_with_what_is_possible() -> None:
    with pytest.raises(shell.ShellError, match=r"« osm ».*none, ign"):
        shell.tile_origin({"ZEVILLAGE_TILES": "osm"})


@pytest.mark.parametrize("path", ["/", "/carte", "/nulle-part", "/carte/encore"])
def test_every_page_gets_the_french_index(path: str) -> None:
    answer = ask(HTMLResponse(INDEX), path)
    assert answer.status == 200
    assert b'<html lang="fr">' in answer.body
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["permissions-policy"]


def test_index_is_asked_for_whole_and_kept_by_the_visitor() -> None:
    seen: list[Any] = []

    def index(scope: Scope) -> Response:
        seen.extend(name for name, _ in scope["headers"])
        return HTMLResponse(INDEX)

    conditions = {"Accept-Encoding": "gzip", "If-None-Match": '"old"', "Range": "bytes=0-9", "Cookie": "a=b"}
    first = ask(index, "/carte", headers=conditions)
    assert seen == [b"cookie"]
    again = ask(index, "/carte", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_head_of_a_page_says_the_length_of_the_page() -> None:
    head = ask(HTMLResponse(INDEX), "/", method="HEAD")
    assert head.body == b""
    assert head.headers["content-length"] == ask(HTMLResponse(INDEX), "/").headers["content-length"]


def test_our_own_answers_pass_as_they_are() -> None:
    form = ask(HTMLResponse("<html lang='fr'><p>Formulaire</p></html>"), "/formulaire")
    assert form.body == b"<html lang='fr'><p>Formulaire</p></html>"
    geometry = ask(
        lambda scope: JSONResponse([name.decode() for name, _ in scope["headers"]]),
        "/geo/x.json",
        headers={"Accept-Encoding": "gzip"},
        beside=("/geo/",),
    )
    assert geometry.body == b'["accept-encoding"]'


def test_policies_follow_the_kind_of_answer_also_under_a_sub_path() -> None:
    policies = shell.content_policies(INDEX, None)
    for base in ("", "/zevillage"):
        for path, kind in (
            ("/carte", "page"),
            ("/component/streamlit_folium.st_folium/index.html", "component"),
            ("/media/abc.html", "file"),
            ("/healthz", "page"),
        ):
            answer = ask(Response("x", media_type="text/plain"), base + path, base_path=base)
            assert answer.headers["content-security-policy"] == policies[kind], base + path


def test_a_frame_says_that_it_is_french() -> None:
    html = '<!doctype html><html lang="en" style="x"><head><title>Streamlit Component</title></head></html>'
    answer = ask(HTMLResponse(html), "/component/streamlit_folium.st_folium/index.html")
    assert b'<html lang="fr" style="x">' in answer.body
    assert b"<title>Zevillage</title>" in answer.body
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_static_files_are_asked_for_again_and_not_sent_again() -> None:
    def script(scope: Scope) -> Response:
        return Response("let a;", media_type="text/javascript", headers={"ETag": '"e1"'})

    first = ask(script, "/app/static/fr.js")
    assert first.headers["cache-control"] == "no-cache"
    again = ask(script, "/app/static/fr.js", headers={"If-None-Match": '"e1"'})
    assert (again.status, again.body) == (304, b"")
    changed = ask(script, "/app/static/fr.js", headers={"If-None-Match": '"e0"'})
    assert (changed.status, changed.body) == (200, b"let a;")
    assert "max-age" in ask(script, "/app/static/vendor/leaflet/leaflet.js").headers["cache-control"]


def test_the_parts_of_nearly_every_page_are_asked_for_with_the_frame() -> None:
    folder = Path(file_util.get_static_dir()) / "static" / "js"
    early = shell.early_parts(INDEX, folder)
    assert {name.split(".")[0] for name in early} >= set(shell.PARTS), "Streamlit renamed its parts"
    assert all((folder / name).is_file() and name not in INDEX for name in early)
    page = shell.french_index(INDEX, VERSIONS, early)
    head = page[: page.index("</head>")]
    assert [
        name
        for name in early
        if f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' not in head
    ] == []


def test_a_part_brings_what_it_imports_and_one_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "List.a1.js").write_text(
        'import{o as e}from"./shared.b2.js";import"./loaded.c3.js";let a=import("./late.d4.js")'
    )
    (tmp_path / "shared.b2.js").write_text('import{x}from"./List.a1.js"')
    (tmp_path / "loaded.c3.js").write_text("")
    html = '<script src="./static/js/loaded.c3.js"></script>'
    assert shell.early_parts(html, tmp_path, ("List", "Gone")) == ["List.a1.js", "shared.b2.js"]


def test_routes_follow_the_sub_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/healthz" in [getattr(route, "path", "") for route in shell.routes()]
    monkeypatch.setattr("ui.settings.config.get_option", lambda name: "/zevillage/essai/")
    paths = [getattr(route, "path", "") for route in shell.routes()]
    assert "/zevillage/essai/healthz" in paths
    assert all(path.startswith("/zevillage/essai/") for path in paths)


def test_start_runs_its_steps_in_order_and_stops_at_the_first_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    def fail() -> None:
        raise shell.ShellError("code inconnu")

    async def start() -> None:
        async with shell.lifespan(None):
            done.append("open")

    monkeypatch.setattr(shell, "open_store", shell._OPEN.set)
    monkeypatch.setattr(shell, "AT_START", [lambda: done.append("first"), lambda: done.append("second")])
    completed(start())
    assert done == ["first", "second", "open"]
    done.clear()
    monkeypatch.setattr(shell, "AT_START", [lambda: done.append("first"), fail])
    with pytest.raises(shell.ShellError, match="code inconnu"):
        completed(start())
    assert done == ["first"]


def test_the_first_element_asks_for_no_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        delta_generator, "_use_warning_has_been_displayed", False
    )  # raises where Streamlit has it no more

    def asked() -> bool:
        raise AssertionError("it was asked")

    monkeypatch.setattr(delta_generator.env_util, "is_repl", asked)
    assert shell._no_console in shell.AT_START
    shell._no_console()
    delta_generator._maybe_print_use_warning()
    delta_generator._use_warning_has_been_displayed = False
    with pytest.raises(AssertionError, match="it was asked"):
        delta_generator._maybe_print_use_warning()


def test_pages_and_supervisors_wait_while_the_store_is_being_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    may_open, done = threading.Event(), []

    def opening() -> None:
        assert may_open.wait(60)
        done.append("opened")

    def page() -> None:
        shell.wait_until_open()
        done.append("page")

    async def start() -> None:
        async with shell.lifespan(None):
            done.append("door")
            run = threading.Thread(target=page)
            run.start()
            health = asyncio.create_task(shell.healthz(Request({"type": "http"})))
            await asyncio.sleep(0)
            may_open.set()
            assert (await health).status_code == 200
            await asyncio.to_thread(run.join)

    monkeypatch.setattr(shell, "AT_START", [])
    monkeypatch.setattr(shell, "_open_store", opening)
    monkeypatch.setattr(shell.heap.WARM, "begin", lambda: done.append("warm"))
    completed(start())
    assert done == ["door", "opened", "warm", "page"]
    assert gc.isenabled()


def test_nobody_waits_for_ever_for_a_store_that_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr(shell, "_open_store", fail)
    shell._OPEN.clear()
    with pytest.raises(ValueError, match="unforeseen"):
        shell.open_store()
    shell.wait_until_open()  # returns
    assert gc.isenabled()
