"""Random requests: whatever is sent to the server, it answers without an error of its own, changes nothing and goes on."""

from __future__ import annotations

import http.client
import random
import socket
import string
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from data.opening import open_house
from tests.browser.harness import serve
from tests.corpus import CORPUS
from tests.faults.conftest import Tally
from tests.faults.test_killed import TODAY, content
from ui.navigation import PAGES

SEED = 15
METHODS = ("GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW")
PLACES = (
    *(f"/{page.path}" for page in PAGES), "/healthz", "/readyz", "/connexion", "/signaler", "/app/static/fr.js", "/static/", "/media/",
    "/geo/", "/component/streamlit_folium.st_folium/index.html", "/_stcore/health", "/_stcore/stream", "/_stcore/upload_file/a/b",
    "/_stcore/host-config", "/_stcore/metrics", "/auth/login", "/auth/logout", "/oauth2callback", "/presenter/", "/..",
    "/../../etc/passwd", "/%2e%2e/%2e%2e/pyproject.toml",
)  # fmt: skip
HEADERS = (
    "Range", "Cookie", "Origin", "Referer", "If-None-Match", "Content-Type", "Accept-Encoding", "X-Forwarded-For", "Upgrade",
    "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Transfer-Encoding", "Expect", "Authorization",
)  # fmt: skip


def text(chance: random.Random) -> str:
    """Something hostile, or letters drawn by chance."""
    if chance.random() < 0.5:
        return chance.choice(list(CORPUS.values()))
    return "".join(chance.choices(string.printable, k=chance.choice((1, 8, 60, 3000))))


def quoted(words: str, safe: str = "") -> str:
    """A part of an address that says `words`, whatever they hold."""
    return quote(words.encode("utf-8", "surrogatepass"), safe=safe)


def request(chance: random.Random) -> tuple[str, str, dict[str, str], bytes]:
    """A method, an address, headers and a body."""
    path = chance.choice(PLACES)
    if chance.random() < 0.5:
        path += "/" * chance.randrange(3) + quoted(text(chance), "/%" if chance.random() < 0.3 else "")
    if chance.random() < 0.6:
        pairs = [(text(chance)[:20], text(chance)) for _ in range(chance.randrange(4))]
        path += "?" + "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)
    headers = {
        name: "".join(c for c in text(chance) if 31 < ord(c) < 256 and ord(c) != 127)
        for name in chance.sample(HEADERS, chance.randrange(5))
    }
    body = chance.randbytes(chance.choice((0, 0, 0, 10, 5000)))
    return chance.choice(METHODS), path[:8000], headers, body


def ask(port: int, chance: random.Random) -> str:
    """Send one request; the kind of its answer (« 4xx »), « closed » where the server hung up."""
    if chance.random() < 0.05:  # no HTTP at all
        with closing(socket.create_connection(("127.0.0.1", port), 20)) as raw:
            raw.sendall(chance.randbytes(chance.randrange(1, 400)) + b"\r\n\r\n")
            raw.shutdown(socket.SHUT_WR)
            answer = raw.recv(100)
        return f"{answer[9:10].decode()}xx" if answer.startswith(b"HTTP/1.1 ") else "closed"
    method, path, headers, body = request(chance)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body or None, headers)
        answer_ = connection.getresponse()
        answer_.read(200_000)
        return (
            f"{answer_.status // 100}xx"
            if answer_.status < 500
            else f"{answer_.status} {method} {path[:200]} {headers}"
        )
    except (http.client.HTTPException, ConnectionError):
        return "closed"
    finally:
        connection.close()


def memory(pid: int) -> float:
    """Megabytes that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks for /proc")
def test_random_requests_meet_no_error_and_change_nothing(
    tmp_path: Path, cases: Callable[[int, int], int], tally: Tally
) -> None:
    home = tmp_path / "home"
    open_house(TODAY, home).store.close()
    count, chance = cases(400, 10_000), random.Random(SEED)
    with serve(home, environ={"ZEVILLAGE_TODAY": TODAY.isoformat()}) as served:
        port = int(served.origin.rpartition(":")[2])
        for _ in range(100):
            ask(port, chance)
        before, old = memory(served.process.pid), content(home / "zevillage.db")
        kinds = Counter(ask(port, chance) for _ in range(count))
        after = memory(served.process.pid)
        wrong = {
            kind: times for kind, times in kinds.items() if kind not in ("2xx", "3xx", "4xx", "1xx", "closed")
        }
        assert wrong == {}
        assert kinds["2xx"] > count // 20 and kinds["4xx"] > count // 20, kinds
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"ok"}'
        connection.close()
        assert "Traceback" not in served.log.read_text("utf-8", "replace")
    assert content(home / "zevillage.db") == old
    told = ", ".join(f"{kind} {times}" for kind, times in sorted(kinds.items()))
    tally(
        "random requests", f"{count} ({told})", f"no 5xx, no trace, nothing changed; {after - before:+.0f} MB"
    )
