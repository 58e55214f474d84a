"""Behind nginx as the guide sets it up: TLS, two ports, a sub-path, a sign-in, a file of 2 MB, a painted page; one server of two lost."""

from __future__ import annotations

import functools
import http.server
import re
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, Page, Playwright, expect

from analysis.model import SYSTEM_ACTOR, Role
from data import access
from data.store import open_store
from tests import nginx
from tests.browser import chromium
from tests.browser.harness import CHROMIUM_ARGS, free_port, serve, settle
from tests.deploy.conftest import DEPLOY, NAME, site
from ui.server.shell import ROUTES

BIG = b"commune;remarque\n" + b"61241;" + b"x" * 70 + b"\n61194;" + b"y" * 70 + b"\n"
BIG += b"".join(
    b"61%03d;%s\n" % (n % 500, b"une remarque sans interet, pour le poids de la ligne" * 2)
    for n in range(19_000)
)
"""A table of 2 MB."""
ANALYST = "s-analyste"


@pytest.fixture(scope="module")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """A Chromium for which the address of the shipped files is this machine."""
    path = chromium.find()
    assert path, "no Chromium: run `python -m tests.browser.chromium`"
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
    arguments = [each for each in CHROMIUM_ARGS if "host-resolver" not in each]
    launched = playwright_driver.chromium.launch(executable_path=path, args=[*arguments, rules])
    yield launched
    launched.close()


@contextmanager
def installed(folder: Path, shipped: str, base: str) -> Iterator[tuple[list[int], int, Path]]:
    """The application behind nginx on two ports, the first one its declared address, with an identity provider; ports and home."""
    home = folder / "home"
    store = open_store(home)
    access.add_profile(store, SYSTEM_ACTOR, label="Analyste", role=Role.ANALYSTE, email="analyste@exemple.fr")
    store.close()
    (first, second, plain, app) = (free_port() for _ in range(4))
    public = f"https://{NAME}:{first}"
    user = User(sub=ANALYST, claims={"email": "analyste@exemple.fr", "email_verified": True})
    with ExitStack() as stack:
        provider = stack.enter_context(run_server_in_thread(user_claims=[user]))
        secrets = home / "secrets.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "{public}{base}/oauth2callback"\n'
            'cookie_secret = "5fJ0-drawn-by-chance-q8Wz-for-this-test-only-K2"\n'
            'client_id = "zevillage"\nclient_secret = "of-the-test-provider"\n'
            f'server_metadata_url = "http://127.0.0.1:{provider.server_port}/.well-known/openid-configuration"\n'
        )
        secrets.chmod(0o600)
        stack.enter_context(
            serve(
                home, base, environ={"ZEVILLAGE_PUBLIC_URL": public}, port=app,
                options=["--secrets.files", str(secrets)],
            )
        )  # fmt: skip
        web = folder / "nginx"
        web.mkdir()
        stack.enter_context(nginx.running(web, site(web, shipped, [first, second], plain, app), first))
        yield [first, second], plain, home


@pytest.mark.browser
@pytest.mark.usefixtures("needs_nginx")
@pytest.mark.parametrize(
    ("shipped", "base"), [("zevillage.conf", ""), ("zevillage-sous-chemin.conf", "/zevillage")]
)
def test_a_page_is_painted_on_two_ports_and_a_file_of_2_mb_comes_in(
    tmp_path: Path, browser: Browser, shipped: str, base: str
) -> None:
    with installed(tmp_path, shipped, base) as (ports, plain, home):
        for port in ports:  # the declared address, then another port of the same name: neither stays blank
            context = browser.new_context(ignore_https_errors=True, locale="fr-FR")
            page = context.new_page()
            page.goto(f"https://{NAME}:{port}{base or '/'}")
            settle(page)
            expect(page.locator("h1").first).to_be_visible()
            page.goto(f"https://{NAME}:{port}{base}/carte")
            settle(page)
            frame = page.frame_locator("iframe").first
            expect(frame.locator("path.leaflet-interactive").nth(19)).to_be_attached()
            assert page.url.startswith(f"https://{NAME}:{port}{base}/")
            context.close()
        context = browser.new_context(ignore_https_errors=True, locale="fr-FR")
        page = context.new_page()
        sign_in(page, f"https://{NAME}:{ports[0]}{base}")
        page.locator("input[type=file]").set_input_files(
            {"name": "remarques.csv", "mimeType": "text/csv", "buffer": BIG}
        )
        expect(page.get_by_text("remarques.csv").first).to_be_visible()
        settle(page)
        kept = list((home / "uploads").rglob("fichier"))
        assert [path.read_bytes() == BIG for path in kept] == [True] and len(BIG) > 2_000_000
        secure = {c["name"]: c.get("secure") for c in context.cookies()}
        assert secure and all(secure.values()), secure
        context.close()
        for keyed in ("/agenda/a-key.ics", "/signaler?lien=a-key", "/media/a-key.csv", "/presenter/a-key"):
            knock(ports[0], base + keyed)
        log = (tmp_path / "nginx" / "zevillage.log").read_text("utf-8")
        assert "a-key" not in log
        assert f"GET {base}/carte 200" in log and "127.0.0.1" not in log and "?" not in log
        if not base:
            assert redirected(plain) == f"https://{NAME}/carte?x=1"
    assert (tmp_path / "nginx" / "error.log").read_text("utf-8") == ""


@functools.cache
def blind() -> ssl.SSLContext:
    """Trust of a self-signed certificate, made once: each reads all the authorities of the system."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def knock(port: int, path: str) -> None:
    """Ask for an address, whatever the answer."""
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", headers={"Host": f"{NAME}:{port}"})
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(request, context=blind(), timeout=60).close()


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/importer")
    settle(page)
    page.get_by_role("button", name="Se connecter").first.click()
    page.wait_for_url("http://127.0.0.1:*/**")
    page.locator(f"button[value='{ANALYST}']").first.click()
    page.wait_for_url(f"{url}/importer")
    settle(page)


class Stay(urllib.request.HTTPRedirectHandler):
    """Tell where an answer leads instead of going there."""

    def redirect_request(self, *_given: object) -> None:
        """Never."""


def redirected(port: int) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/carte?x=1", headers={"Host": NAME})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(Stay).open(request, timeout=20)
    answer.value.close()
    return str(answer.value.headers["Location"])


@pytest.mark.usefixtures("needs_nginx")
@pytest.mark.parametrize("name", ["zevillage.conf", "zevillage-sous-chemin.conf", "zevillage-repliques.conf"])
def test_nginx_takes_the_shipped_files(tmp_path: Path, name: str) -> None:
    assert "test is successful" in nginx.check(tmp_path, site(tmp_path, name, [443], 80))
    text = (DEPLOY / "nginx" / name).read_text("utf-8")
    # nginx takes no directive twice from a file and its snippet without saying so: each location must include the snippet.
    keyed = {path.split("{")[0].strip("/") for path, *_ in ROUTES if "{" in path} - {
        "geo"
    }  # contours are no secret
    listed = re.search(r"location ~ \^(?:/zevillage)?/\((.+)\)", text)
    assert listed and keyed <= {each.strip("/$") for each in listed[1].split("|")}
    assert text.count("proxy_pass") == text.count("include snippets/zevillage-proxy.conf;") > 0


class Replica(http.server.BaseHTTPRequestHandler):
    """A server that says which one it is."""

    def do_GET(self) -> None:
        """Answer with the port."""
        body = str(self.server.server_port).encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: object) -> None:
        """Nothing on the test's output."""


@pytest.mark.usefixtures("needs_nginx")
def test_a_visit_stays_with_its_server_and_goes_to_the_other_one_when_that_is_lost(tmp_path: Path) -> None:
    replicas = {}
    for _ in range(2):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Replica)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        replicas[str(server.server_port)] = server
    a, b = replicas
    port, plain = free_port(), free_port()
    text = site(tmp_path, "zevillage-repliques.conf", [port], plain)
    text = text.replace("10.0.0.11:8501", f"127.0.0.1:{a}").replace("10.0.0.12:8501", f"127.0.0.1:{b}")

    def ask(cookie: str = "") -> tuple[str, str]:
        request = urllib.request.Request(
            f"https://127.0.0.1:{port}/", headers={"Host": NAME, "Cookie": cookie}
        )
        with urllib.request.urlopen(request, context=blind(), timeout=20) as answer:
            return answer.read().decode(), answer.headers.get("Set-Cookie", "")

    try:
        with nginx.running(tmp_path, text, port):
            came = [ask() for _ in range(40)]
            assert {who for who, _ in came} == {a, b}, "new visits are shared"
            for who, said in came[:10]:
                cookie = said.split(";")[0]
                assert cookie == f"zevillage_serveur={'a' if who == a else 'b'}"
                assert re.search("HttpOnly; Secure; SameSite=Lax", said)
                assert [ask(cookie) for _ in range(3)] == [(who, "")] * 3, "and then stay"
            assert ask("zevillage_serveur=evil")[0] in (a, b)
            replicas[a].shutdown()
            replicas[a].server_close()
            assert [ask(f"zevillage_serveur={name}")[0] for name in "aab"] == [b, b, b]
    finally:
        for server in replicas.values():
            server.shutdown() if server.socket.fileno() != -1 else None
            server.server_close()


def test_the_proxy_is_told_the_limit_of_the_application() -> None:
    snippet = (DEPLOY / "nginx" / "zevillage-proxy.conf").read_text("utf-8")
    limit = re.search(
        r"maxUploadSize = (\d+)", (DEPLOY.parent / ".streamlit" / "config.toml").read_text("utf-8")
    )
    allowed = re.search(r"client_max_body_size (\d+)m;", snippet)
    assert limit and allowed and int(allowed[1]) == int(limit[1]) + 1  # the form around the file
