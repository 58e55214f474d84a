"""The door of the web server: which names it answers to, who may upload how much, and the way back after signing in.

`Door` is a plain ASGI middleware inside `ui.server.Shell`, so that its own answers carry the policies too.

* A request for another host name than ours is refused: a page on another site can make a browser ask *this machine* under its own
  name (DNS rebinding), and would then read what the local profile may see.
* So is a websocket opened by a page of another address, another port of the same machine included. A reverse proxy that passes the name
  without its port (nginx's `$host`) is understood for the declared public address; elsewhere the page would stay blank, so that the first
  refusal is said on the error output.
* Uploads are refused unless the session's role may import, and stopped at the byte above its limit, which is also that of all its
  files together; what a visitor leaves behind goes with the connection (`ui.uploads`).
* `/auth/login` keeps, for ten minutes, the page of ours from which it was asked in an HttpOnly cookie; the identity provider's
  answer, which Streamlit sends to the home page, goes there instead. Only pages of `ui.navigation.PAGES` are ever kept.
* Cookies are marked Secure when the declared public address is https.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import place, uploads
from ui.navigation import PAGES

WAY_BACK: Final = "zevillage_suite"
WAY_BACK_SECONDS: Final = 600
LONGEST_WAY_BACK: Final = 1500
LONGEST_NAME: Final = 255  # bytes: a longer name is no file's, and asking the system for one is an error
_UPLOAD: Final = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+/?")
_CLOSED: Final = ("/_stcore/metrics",)  # says how the server is used, to anybody
_ALIVE: Final = ("/healthz", "/readyz", "/_stcore/health")  # for supervisors, which ask by number

WRONG_HOST: Final = (
    "Zevillage ne répond pas à ce nom d’hôte. Pour l’ouvrir à un réseau, déclarez son adresse dans "
    "ZEVILLAGE_PUBLIC_URL et faites transmettre l’en-tête Host par le serveur mandataire (voir docs/guide-connexion.md).\n"
)
OTHER_ORIGIN: Final = (
    "Zevillage a refusé la liaison d’une page ouverte à une autre adresse que celle qui lui est transmise : cette page reste vide. Si "
    "c’est la vôtre, le serveur mandataire change l’en-tête Host : il doit le transmettre avec le port (nginx : proxy_set_header Host "
    "$http_host;), et ZEVILLAGE_PUBLIC_URL doit être l’adresse du navigateur. Voyez docs/guide-installation.md."
)
NO_UPLOAD: Final = "Ce profil ne peut pas envoyer de fichier.\n"
TOO_MANY: Final = "Trop de fichiers à la fois : rechargez la page, puis déposez-les un par un.\n"
FORM: Final = 64 * 1024
TOO_LARGE: Final = "Ce fichier dépasse la taille permise.\n"


def own_page(target: str, base: str = "") -> str:
    """`target` when it is the address of a page of ours, with or without parameters; the home page's address otherwise.

    Nothing that leads elsewhere passes: no scheme, no host, no backslash, no control character, no page that is not ours.
    """
    home = f"{base}/"
    if not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > LONGEST_WAY_BACK:
        return home
    if any(ord(c) < 0x21 or ord(c) == 0x7F or c == "\\" for c in target):
        return home
    parts = urlsplit(target)
    path = parts.path.removeprefix(base).strip("/") if base else parts.path.strip("/")
    if parts.scheme or parts.netloc or path not in {page.path for page in PAGES}:
        return home
    return f"{base}/{path}" + (f"?{quote(parts.query, safe='=&%+,.;:-_~')}" if parts.query else "")


class Door:
    """See the module. `find_place` is asked at each request: settings and secrets may be read late."""

    def __init__(
        self, app: ASGIApp, base_path: str = "", find_place: Callable[[], place.Place] = place.read
    ) -> None:
        self.app = app
        self.base_path = base_path
        self.find_place = find_place
        self._told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        where = self.find_place()
        scope = with_port(scope, where)
        headers = Headers(scope=scope)
        path = scope["path"].removeprefix(self.base_path) or "/"
        if not place.allowed(where, headers.get("host")) and path not in _ALIVE:
            await _refuse(scope, receive, send, 421, WRONG_HOST)
        elif path.startswith(_CLOSED) or any(
            len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in path.split("/")
        ):
            await _refuse(scope, receive, send, 404, "")
        elif scope["type"] == "websocket":
            # Streamlit lets pages of any port of this machine in, which on one machine would have every right.
            if headers.get("origin") and not same_site(headers):
                if not self._told:  # once: anybody may make it happen again
                    self._told = True
                    print(f"\n{OTHER_ORIGIN}\n", file=sys.stderr, flush=True)
                await _refuse(scope, receive, send, 403, "")
            else:
                try:
                    await self.app(scope, receive, send)
                finally:
                    uploads.sweep()
        elif (found := _UPLOAD.fullmatch(path)) and scope["method"] in ("PUT", "POST"):
            await self._upload(found[1], headers, scope, receive, send)
        else:
            await self.app(scope, receive, self._marked(path, headers, where, send))

    async def _upload(
        self, session: str, headers: Headers, scope: Scope, receive: Receive, send: Send
    ) -> None:
        limit = uploads.limit(session)
        if not limit:
            await _refuse(scope, receive, send, 403, NO_UPLOAD)
            return
        # The form around the file takes some room of its own.
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > uploads.room(session) + FORM:
            await _refuse(scope, receive, send, 413, TOO_LARGE if int(declared) > limit + FORM else TOO_MANY)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            size = len(message.get("body", b""))
            taken += size
            uploads.coming(session, size)
            # The connection is said to be lost: what came so far is thrown away.
            return message if uploads.room(session) + FORM >= 0 else {"type": "http.disconnect"}

        try:
            await self.app(scope, counted, send)
        finally:
            uploads.coming(session, -taken)

    def _marked(self, path: str, headers: Headers, where: place.Place, send: Send) -> Send:
        """`send`, with the way back kept or taken, and cookies marked."""
        secure = where.url.startswith("https://")

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if path == "/auth/login":
                    self._keep_way_back(headers, answer)
                elif path == "/oauth2callback" and message["status"] in (302, 303, 307):
                    self._take_way_back(headers, answer)
                if secure:
                    _mark_secure(message)
            await send(message)

        return marked

    def _keep_way_back(self, headers: Headers, answer: MutableHeaders) -> None:
        referer = urlsplit(headers.get("referer", ""))
        if referer.netloc and referer.netloc == headers.get("host"):
            target = own_page(referer.path + (f"?{referer.query}" if referer.query else ""), self.base_path)
            answer.append("set-cookie", self._cookie(quote(target, safe=""), WAY_BACK_SECONDS))

    def _take_way_back(self, headers: Headers, answer: MutableHeaders) -> None:
        kept = cookie_of(headers, WAY_BACK)
        if kept and answer.get("location") == f"{self.base_path}/":
            answer["location"] = own_page(unquote(kept), self.base_path)
            answer.append("set-cookie", self._cookie("", 0))

    def _cookie(self, value: str, seconds: int) -> str:
        return f"{WAY_BACK}={value}; Path={self.base_path or '/'}; Max-Age={seconds}; HttpOnly; SameSite=Lax"


def with_port(scope: Scope, where: place.Place) -> Scope:
    """A request whose Host is the name of the declared public address without its port, as some proxies pass it on: with the port.

    Whatever else Host says stays as it is.
    """
    public = urlsplit(where.url).netloc
    name = public.rpartition(":")[0]
    if not name or Headers(scope=scope).get("host", "").lower() != name.lower():
        return scope
    headers = [
        (key, public.encode("latin-1") if key == b"host" else value) for key, value in scope["headers"]
    ]
    return {**scope, "headers": headers}


def cookie_of(headers: Headers, name: str) -> str:
    """The value of one cookie of a request, empty without it."""
    cookies: SimpleCookie = SimpleCookie()
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                cookies[name] = value
    return cookies[name].value if name in cookies else ""


def same_site(headers: Headers) -> bool:
    """Whether a form was sent from a page of this very server, by what the browser itself says."""
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers.get("host")


def _mark_secure(message: Message) -> None:
    message["headers"] = [
        (
            name,
            value + b"; Secure"
            if name.lower() == b"set-cookie" and b"secure" not in value.lower()
            else value,
        )
        for name, value in message["headers"]
    ]


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse(text, status, headers={"Cache-Control": "no-store"})(scope, receive, send)
