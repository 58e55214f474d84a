"""The web server's shell: security headers, the French frame of every page, and the routes beside the pages.

Streamlit draws the pages; this module is what stands around them and knows nothing of their content.

* `middleware()` adds a Content-Security-Policy and its companions to every answer, and hands out Streamlit's
  `index.html` rewritten in French (`lang="fr"`, the scripts of `SCRIPTS`, a French `<noscript>`).
* `routes()` lists what is served beside the pages. Streamlit prefixes its own routes with
  `server.baseUrlPath` but not those of the application: `routes()` does it. To serve something new, add one
  line to `ROUTES`.
* `lifespan` runs the functions of `AT_START` before the first visitor is let in, and `open_store` beside them: their browsers load the
  frame of the page meanwhile, and each run of a page waits for it (`wait_until_open`).

Environment: `ZEVILLAGE_TILES=ign` allows the map's frame, and nothing else, to show the IGN plan.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import delta_generator, file_util
from streamlit.runtime.pages_manager import PagesManager

from ui import loading, logs, presented, settings
from ui import map as maps
from ui.geometry import GEOMETRY_ROUTES
from ui.server import connections, heap, keeper, media, start_checks, state, warming
from ui.server.agenda_feed import agenda_feed
from ui.server.candidacy_page import candidacy_page
from ui.server.door import Door
from ui.server.follow_page import follow_page
from ui.server.presenter import presenter
from ui.server.report_page import report_page, report_worker
from ui.server.sign_in_page import sign_in_page
from ui.settings import STATIC, ShellError, base_path, tile_origin

# ----------------------------------------------------------------------------------------------------------
# Settings


# ----------------------------------------------------------------------------------------------------------
# Policies


def content_policies(index_html: str, tiles: str | None) -> dict[str, str]:
    """The Content-Security-Policy of the three kinds of answers: `page`, `component` and `file`.

    * `page`: scripts from this server only, plus the inline script of Streamlit's page, known by its hash.
    * `component`: the map's frame. folium writes inline scripts; `unsafe-eval` is never allowed. `tiles` is
      the one outside origin that the server's setting may add, for pictures only.
    * `file`: what visitors download or upload (`/media/`): shown, never executed.
    """
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
        for body in re.findall(r"<script>(.*?)</script>", index_html, re.DOTALL)
    )
    shared = (
        "default-src 'none'; base-uri 'self'; object-src 'none'; form-action 'self'; frame-ancestors 'self'"
    )
    page = (
        f"{shared}; connect-src 'self'; frame-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"media-src 'self'; manifest-src 'self'; script-src 'self' {hashes} blob:; "
        "style-src 'self' 'unsafe-inline'"
    )
    images = "img-src 'self' data: blob:" + (f" {tiles}" if tiles else "")
    component = (
        f"{shared}; connect-src 'self'; {images}; font-src 'self' data:; "
        "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
    )
    file = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
    return {"page": page, "component": component, "file": file}


OTHER_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}


# ----------------------------------------------------------------------------------------------------------
# The page's frame

_NOSCRIPT: Final = (
    "<noscript><p>Zevillage a besoin de JavaScript pour s’afficher. Activez-le dans les réglages de votre "
    "navigateur, puis rechargez cette page.</p></noscript>"
)


SCRIPTS: Final = ("fr.js", "ahead.js", "memory.js", "menu.js", "search.js")
"""Our scripts in `static/`, in the order in which the page runs them: French first, before any word is drawn."""

STYLES: Final = ("zevillage.css", "parts.css")
"""Our style sheets in `static/`: sent once with the frame, not with every page."""


PARTS: Final = (
    "TextInput",
    "Html",
    "ButtonGroup",
    "ComponentInstance",
    "PageLink",
    "Selectbox",
    "DownloadButton",
)
"""The parts of Streamlit that nearly every page shows, by the beginnings of their files' names."""


def early_parts(html: str, scripts: Path, parts: Sequence[str] = PARTS) -> list[str]:
    """The files of `parts` in `scripts` (Streamlit's scripts) and all that they import, without those that `html` loads already; sorted.

    Streamlit asks for each only when its first element is there, one after the other: three journeys before the map may begin.
    A part that this version does not have is left out: then it is asked for later, as before.
    """
    found: set[str] = set()
    waiting = [file.name for part in parts for file in scripts.glob(f"{part}.*.js")]
    while waiting:
        name = waiting.pop()
        if name in found or name in html or not (scripts / name).is_file():
            continue
        found.add(name)
        waiting += re.findall(
            r"""(?:from|import)["']\./([\w.-]+\.js)["']""", (scripts / name).read_text("utf-8")
        )
    return sorted(found)


def french_index(html: str, versions: Mapping[str, str], early: Sequence[str] = ()) -> str:
    """Streamlit's `index.html` in French, every address still relative so that a sub-path works.

    `versions`: our scripts and style sheets in their order, each with
    what stands after `?v=`, so that a new release is never mixed with an old cache.

    Raises `ShellError` when the page is not built as expected: a new Streamlit is looked at, not guessed.
    """
    scripts = "".join(
        f'<link rel="stylesheet" href="./app/static/{name}?v={version}">\n    '
        if name.endswith(".css")
        else f'<script src="./app/static/{name}?v={version}"></script>\n    '
        for name, version in versions.items()
    )
    steps: tuple[tuple[str, str], ...] = (
        (r"<html\b[^>]*>", '<html lang="fr">'),
        (r"<title>.*?</title>", "<title>Zevillage</title>"),
        (r'<link rel="shortcut icon"[^>]*>', '<link rel="shortcut icon" href="./app/static/icon.svg" />'),
        # Machine-readable pointer to an interface that this application leaves switched off.
        (r'\s*<!--(?:(?!-->).)*-->\s*<link rel="service-desc"[^>]*>', ""),
        # Before Streamlit's own scripts and not deferred: no English word is ever painted.
        (r"(?=<script\b)", scripts),
        (r"<noscript>.*?</noscript>", _NOSCRIPT),
        (
            r"(?=</head>)",
            "".join(
                f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n    ' for name in early
            ),
        ),
    )
    for pattern, replacement in steps:
        found = re.search(pattern, html, re.DOTALL)
        if found is None:
            raise ShellError(
                f"La page index.html de Streamlit a changé : « {pattern} » n’y est plus. "
                "Adaptez ui/server/shell.py à cette version de Streamlit, ou installez celle de requirements.txt."
            )
        html = html[: found.start()] + replacement + html[found.end() :]
    return html


def french_component(html: bytes) -> bytes:
    """A component's page said to be French, so that a screen reader reads the map's names as French."""
    html = re.sub(rb'<html lang="en"', b'<html lang="fr"', html, count=1)
    return re.sub(rb"<title>[^<]*</title>", b"<title>Zevillage</title>", html, count=1)


@lru_cache(maxsize=1)
def _index_files() -> tuple[bytes, bytes]:
    """Streamlit's `index.html` as installed, and in French."""
    original = (Path(file_util.get_static_dir()) / "index.html").read_bytes()
    versions = {
        name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12] for name in (*SCRIPTS, *STYLES)
    }
    html = original.decode("utf-8")
    early = early_parts(html, Path(file_util.get_static_dir()) / "static" / "js")
    return original, french_index(html, versions, early).encode("utf-8")


# ----------------------------------------------------------------------------------------------------------
# Middleware

# Paths that never answer with index.html. Everywhere else the request's conditions (compression, « only if
# changed », ranges) are put aside, because the answer may have to be replaced whole.
_NEVER_INDEX: Final = ("/static/", "/app/static/", "/media/", "/component/", "/_stcore/")
_CONDITIONS: Final = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range")


class Shell:
    """Plain ASGI middleware (no task of its own, so that it does not slow the websocket down)."""

    def __init__(
        self, app: ASGIApp, base_path: str = "", tiles: str | None = None, beside: tuple[str, ...] = ()
    ) -> None:
        """`base_path` is `""` or `"/sub/path"`; `tiles` the outside origin allowed in the map's frame;
        `beside` the beginnings of the addresses that are no pages.
        """
        self.app = app
        self.base_path = base_path
        self.never_index = _NEVER_INDEX + beside
        self.original, self.french = _index_files()
        self.etag = f'"{hashlib.sha256(self.french).hexdigest()[:16]}"'
        self.policies = content_policies(self.original.decode("utf-8"), tiles)

    def _local_path(self, scope: Scope) -> str:
        path: str = scope["path"]
        for prefix in (scope.get("root_path", ""), self.base_path):
            if prefix and (path == prefix or path.startswith(f"{prefix}/")):
                path = path[len(prefix) :] or "/"
        return path

    def _policy(self, path: str) -> str:
        if path.startswith("/component/"):
            return self.policies["component"]
        return self.policies["file" if path.startswith("/media/") else "page"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; websockets and the lifespan pass untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = self._local_path(scope)
        asked = {name: value for name, value in scope["headers"] if name in (b"if-none-match",)}
        in_frame = path.startswith("/component/") and path.endswith((".html", "/"))
        may_be_html = in_frame or not path.startswith(self.never_index)
        if may_be_html:
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in _CONDITIONS]}

        pending: Message | None = None  # the start of an answer that may be index.html
        body = bytearray()
        unchanged = False  # the visitor already has this file: the body is dropped

        async def send_framed(message: Message) -> None:
            nonlocal pending, unchanged
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not path.startswith(
                    presented.PATH
                ):  # a deck comes with a policy of its own, narrower still
                    headers["Content-Security-Policy"] = self._policy(path)
                for name, value in OTHER_HEADERS.items():
                    headers.setdefault(name, value)
                if path.startswith("/app/static/") and message["status"] == 200:
                    # Vendored files change with a release only; ours are asked for again, for 200 bytes.
                    fresh = "max-age=86400" if path.startswith("/app/static/vendor/") else "no-cache"
                    headers["Cache-Control"] = fresh
                    etag = headers.get("etag")
                    if etag and asked.get(b"if-none-match", b"").decode("latin-1") == etag:
                        unchanged = True
                        message["status"] = 304
                        del headers["content-length"]
                        await send(message)
                        await send({"type": "http.response.body", "body": b"", "more_body": False})
                        return
                if may_be_html and headers.get("content-type", "").startswith("text/html"):
                    pending = message
                    return
            elif message["type"] == "http.response.body":
                if unchanged:
                    return
                if pending is not None:
                    body.extend(message.get("body", b""))
                    if message.get("more_body"):
                        return
                    page = french_component(bytes(body)) if in_frame else bytes(body)
                    await self._send_html(pending, page, scope["method"], asked, send)
                    return
            await send(message)

        await self.app(scope, receive, send_framed)

    async def _send_html(
        self, start: Message, body: bytes, method: str, asked: Mapping[bytes, bytes], send: Send
    ) -> None:
        """Send a held HTML answer, in French when it is Streamlit's page, as it is when it is one of ours."""
        headers = MutableHeaders(scope=start)
        head_of_index = method == "HEAD" and headers.get("content-length") == str(len(self.original))
        if body == self.original or head_of_index:
            headers["ETag"] = self.etag
            headers["Cache-Control"] = "no-cache"
            for name in ("last-modified", "accept-ranges"):
                del headers[name]
            body = self.french
            if asked.get(b"if-none-match", b"").decode("latin-1") == self.etag:
                start["status"] = 304
                del headers["content-length"]
                body = b""
            else:
                headers["Content-Length"] = str(len(body))
            if method == "HEAD":
                body = b""
        elif method != "HEAD" and "content-length" in headers:
            headers["Content-Length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body, "more_body": False})


def middleware() -> list[Middleware]:
    """The middleware of the application, outermost first."""
    beside = tuple(path.split("{")[0] for path, *_ in ROUTES)
    return [
        Middleware(Shell, base_path=base_path(), tiles=tile_origin(), beside=beside),
        Middleware(Door, base_path=base_path()),
    ]


# ----------------------------------------------------------------------------------------------------------
# Routes beside the pages

Endpoint = Callable[[Request], Awaitable[Response] | Response]


async def healthz(request: Request) -> Response:
    """Whether pages answer: 200, or 503 with a reason in one word (`ui.server.state`) while they refuse; for supervisors.

    Waits until the store is open or was refused.
    """
    await to_thread.run_sync(wait_until_open)
    return _said(await to_thread.run_sync(state.STATE.reason))


async def readyz(request: Request) -> Response:
    """Whether this server may take visitors: 503 at once while it starts or while pages refuse; for load balancers."""
    if not _OPEN.is_set():
        return _said("starting")
    return _said(await to_thread.run_sync(state.STATE.reason))


def _said(reason: str) -> Response:
    answer = {"status": "refused", "reason": reason} if reason else {"status": "ok"}
    return JSONResponse(answer, 503 if reason else 200, headers={"Cache-Control": "no-store"})


# What is served beside the pages: address inside the application, function, and the methods beside GET and HEAD.
ROUTES: list[tuple[str, Endpoint, list[str]]] = [
    ("/healthz", healthz, []),
    ("/readyz", readyz, []),
    ("/connexion", sign_in_page, ["POST"]),
    ("/signaler", report_page, ["POST"]),
    ("/signaler-hors-ligne.js", report_worker, []),
    ("/agenda/{key}.ics", agenda_feed, []),
    ("/candidater", candidacy_page, ["POST"]),
    ("/suivi", follow_page, ["POST"]),
    (f"{presented.PATH}{{key}}", presenter, []),
    *((path, endpoint, []) for path, endpoint in GEOMETRY_ROUTES),
]


def routes() -> list[BaseRoute]:
    """The routes of `ROUTES` for Starlette, under the sub-path when there is one."""
    base = base_path()
    return [Route(f"{base}{path}", endpoint, methods=["GET", *more]) for path, endpoint, more in ROUTES]


# ----------------------------------------------------------------------------------------------------------
# Start


_OPEN = threading.Event()
_OPEN.set()  # where no server was started (a test of a page), nobody waits for one


def wait_until_open() -> None:
    """Wait until the store is open and what the first visitors need is computed; called by each run of a page, returns at once later.

    Whoever comes before waits here for all of it together, instead of computing the same beside thirty others.
    """
    _OPEN.wait()


def open_store() -> None:
    """Check the territory and the figures, migrate the store, compute what the first visitors need; then no run of a page waits any more.

    What cannot be trusted is refused here in words, and on every page until it is mended (`loading.refusal`). What nobody foresaw
    goes to the log (`ui.logs`), and each page tries again and shows its reference.
    """
    try:
        with heap.uncollected():
            _open_store()
        heap.WARM.begin()
    finally:
        _OPEN.set()
    keeper.start()


def _open_store() -> None:
    """See `open_store`."""
    if refusal := loading.refusal():
        print(f"\nZevillage refuse de montrer des chiffres.\n{refusal}\n", file=sys.stderr, flush=True)
        return
    if exposed := loading.store().exposed:
        listed = "\n".join(f"- {path}" for path in exposed)
        print(
            "Zevillage : d’autres comptes de cette machine peuvent lire ces fichiers, dont les droits n’ont pas pu être changés. "
            f"Donnez-les au compte qui fait tourner Zevillage.\n{listed}",
            file=sys.stderr, flush=True,
        )  # fmt: skip
    loading.warm_up()
    warming.start()


def _check_settings() -> None:
    """Refuse to start with a setting that says nothing (`ui.settings`)."""
    for read in settings.READ_AT_START:
        read()


def _check_secrets() -> None:
    """Refuse to serve what would not be safe (`ui.server.start_checks`)."""
    try:
        start_checks.check()
    except start_checks.UnsafeStart:
        sys.tracebacklimit = 0  # the process ends here: the last words are the reason, not where it was found
        raise


def _no_console() -> None:
    """Streamlit looks at its first element whether somebody types at a console, and so where each module of the process lies (0.1 s of
    processor): it shall take it for asked.
    """
    delta_generator._use_warning_has_been_displayed = True


# Functions run once, in order, in a thread, before the first visitor is let in; one that raises stops all. What has to be
# read by whoever starts the server comes before the rule that takes the messages of exceptions out of the log.
AT_START: list[Callable[[], None]] = [
    _check_secrets,
    _check_settings,
    media.install,
    connections.install,
    maps.register,
    _no_console,
    logs.install,
]


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Run what must not be served without (checks of the address and the secrets, the log's rule), then open the store beside."""
    # A folder named pages/ makes Streamlit run `pages/carte.py` by itself, without `app.py`, for whoever
    # opens /carte first; only a first call of st.navigation would end that.
    PagesManager.uses_pages_directory = False
    for step in AT_START:
        await to_thread.run_sync(step)
    _OPEN.clear()
    threading.Thread(target=open_store, name="open_store", daemon=True).start()
    yield {}
