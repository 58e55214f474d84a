"""Coming in, played in Chromium: a PIN on this machine, a real OpenID Connect provider before a network, a contact's link."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from analysis.model import LOCAL_ACTOR, SYSTEM_ACTOR, Role
from data import access, register
from data.store import Store, open_store, tables
from data.store.files import Files
from tests.browser.harness import Served, Watch, free_port, serve, settle
from tests.browser.harness import listed as menu

DEEP = "/registre?onglet=evenements&action=corriger"
PIN = "204817"


def email(name: str, verified: object = True) -> dict[str, object]:
    return {"email": name, "email_verified": verified}


USERS = [
    User(sub="s-elu", claims=email("Elu@Mairie.EXEMPLE.fr")),
    User(sub="s-analyste", claims=email("analyste@exemple.fr")),
    User(sub="s-animateur", claims=email("animateur@exemple.fr")),
    User(sub="s-admin", claims=email("admin@exemple.fr")),
    User(sub="s-inconnu", claims=email("inconnu@exemple.fr")),
    User(sub="s-faux", claims=email("admin@exemple.fr", False)),
]


@dataclass
class Public:
    """A server declared to a network, its identity provider, and its store."""

    served: Served
    provider: str
    store: Store


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    home = tmp_path_factory.mktemp("public")
    store = open_store(home)
    for role, address in (
        (Role.ELU, "elu@mairie.exemple.fr"),
        (Role.ANALYSTE, "analyste@exemple.fr"),
        (Role.ANIMATEUR, "animateur@exemple.fr"),
        (Role.ADMIN, "admin@exemple.fr"),
    ):
        access.add_profile(store, SYSTEM_ACTOR, label=role.value, role=role, email=address)
    port = free_port()
    with run_server_in_thread(user_claims=USERS) as provider:
        address = f"http://127.0.0.1:{provider.server_port}"
        secrets = home / "secrets.toml"
        secrets.write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
            'cookie_secret = "5fJ0-drawn-by-chance-q8Wz-for-this-test-only-K2"\n'
            'client_id = "zevillage"\nclient_secret = "of-the-test-provider"\n'
            f'server_metadata_url = "{address}/.well-known/openid-configuration"\n'
        )
        secrets.chmod(0o600)
        with serve(
            home,
            environ={"ZEVILLAGE_PUBLIC_URL": f"http://127.0.0.1:{port}"},
            port=port,
            options=["--secrets.files", str(secrets)],
        ) as served:
            yield Public(served, address, store)
    store.close()


def come_in(public: Public, page: Page, subject: str, path: str = DEEP) -> None:
    """Ask for a page, sign in as `subject` at the provider, and wait for what comes back."""
    page.goto(public.served.url + path)
    settle(page)
    page.get_by_role("button", name="Se connecter").first.click()
    page.wait_for_url(f"{public.provider}/**")
    page.locator(f"button[value='{subject}']").first.click()
    page.wait_for_url(f"{public.served.url}/**")
    settle(page)


def answer(page: Page) -> str:
    return page.locator(".zv-answer").first.inner_text()


Opened = Callable[..., tuple[Page, Watch]]


@pytest.mark.parametrize(
    ("subject", "opens", "listed"),
    [
        ("s-elu", False, set()),
        ("s-analyste", False, {"Importer"}),
        ("s-animateur", True, {"Importer", "Registre"}),
        ("s-admin", True, {"Importer", "Registre", "Administration"}),
    ],
)
def test_each_role_signs_in_and_finds_its_page_again(
    public: Public, browser: Browser, subject: str, opens: bool, listed: set[str]
) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    come_in(public, page, subject)
    assert page.url == public.served.url + DEEP
    assert {"Importer", "Registre", "Administration"} & menu(page) == listed
    role = subject.removeprefix("s-")
    expect(page.locator(".zv-account").first).to_contain_text(role)
    if opens:
        expect(page.get_by_text("Corriger", exact=True).first).to_be_visible()
    else:
        assert "réservée aux animateurs" in answer(page)
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"] and "zevillage_suite" not in cookies
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{public.provider}/**")  # the provider ends its own session too
    assert "_streamlit_user" not in {cookie["name"] for cookie in context.cookies()}
    page.goto(public.served.url + "/administration")
    settle(page)
    assert "réservée aux administrateurs" in answer(page) and not menu(page) & {
        "Registre",
        "Administration",
    }
    context.close()


@pytest.mark.parametrize(
    ("subject", "said"),
    [("s-inconnu", "aucun profil ne lui correspond"), ("s-faux", "n’a pas vérifié votre adresse")],
)
def test_who_is_unknown_or_unverified_gets_the_public_view_and_the_reason(
    public: Public, browser: Browser, subject: str, said: str
) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    come_in(public, page, subject)
    expect(page.locator(".zv-account").first).to_contain_text(said)
    expect(page.locator(".zv-account").first).to_contain_text("vue publique")
    assert not menu(page) & {"Registre", "Importer", "Administration"}
    context.close()


def test_a_role_taken_away_is_gone_at_the_next_click_and_an_altered_cookie_is_nobody(
    public: Public, browser: Browser
) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    come_in(public, page, "s-animateur", "/registre")
    with public.store.read() as session:
        profile = next(p for p in access.profiles(session) if p.label == "animateur")
    assert profile.subject == "s-animateur"  # bound at the first sign-in
    changed = access.change_profile(
        public.store, SYSTEM_ACTOR, profile.id, seen=profile.version, role=Role.ELU
    )
    page.get_by_text("Événements", exact=True).first.click()
    expect(page.locator(".zv-answer").first).to_contain_text("réservée aux animateurs")
    access.change_profile(public.store, SYSTEM_ACTOR, profile.id, seen=changed.version, role=Role.ANIMATEUR)
    page.goto(public.served.url + "/registre")
    settle(page)
    assert "Registre" in menu(page)
    (cookie,) = [c for c in context.cookies() if c["name"] == "_streamlit_user"]
    middle = len(cookie["value"]) // 2
    swapped = "A" if cookie["value"][middle] != "A" else "B"
    altered = cookie["value"][:middle] + swapped + cookie["value"][middle + 1 :]
    context.add_cookies([{**cookie, "value": altered}])  # type: ignore[list-item]
    page.goto(public.served.url + "/registre")
    settle(page)
    assert "réservée aux animateurs" in answer(page) and "Registre" not in menu(page)
    context.close()


def test_what_travels_to_a_visitor_names_nobody_who_did_not_agree(public: Public, browser: Browser) -> None:
    """Everything the browser is sent for the pages that count people: websocket messages, files, the map's frame."""
    with public.store.read() as session:
        rows = session.connection.execute(
            select(tables.person.c.id, tables.person.c.code, tables.member.c.id)
            .outerjoin(tables.member, tables.member.c.person == tables.person.c.id)
            .where(tables.person.c.consent_public.is_(False))
        ).all()
    hidden = {str(word).encode() for row in rows for word in row if word}
    assert len(hidden) > 400
    received: list[bytes] = []
    context = browser.new_context(locale="fr-FR", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(_bytes(frame)))
    )
    page.on("response", lambda answer: received.append(answer.body()) if "/geo/" in answer.url else None)
    for path in (
        "/",
        "/reseau?section=annuaire&vue=animateur",
        "/reseau?section=evenements",
        "/commune",
        "/carte?indicateur=members",
    ):
        page.goto(public.served.url + path)
        settle(page)
        received += [frame.content().encode() for frame in page.frames if "component" in frame.url]
    travelled = b"\n".join(received)
    assert len(travelled) > 200_000 and b"Logements vacants" in travelled
    words = set(re.findall(rb"[\w-]+(?: \d+)?", travelled))
    assert words & hidden == set()
    context.close()


def _words(travelled: bytes) -> set[bytes]:
    """Words, and words with their number: « demo-person-0001 », « Membre 12 »."""
    return set(re.findall(rb"[\w-]+(?: \d+)?", travelled))


def _bytes(frame: object) -> bytes:
    return frame if isinstance(frame, bytes) else str(frame).encode()


def test_two_coordinators_and_an_analyst_are_three_on_one_machine(
    tmp_path: Path, open_watched: Opened
) -> None:
    store = open_store(tmp_path / "home")
    with serve(tmp_path / "home") as served:
        page, watch = open_watched(served, "/administration")
        assert page.locator(".st-key-compte").count() == 0  # a fresh installation asks nothing
        page.get_by_label("Votre nom ou votre fonction").fill("Claire")
        page.locator("input[type=password]").first.fill(PIN)
        page.get_by_label("Le même code, une seconde fois").fill(PIN)
        page.get_by_role("button", name="Protéger mon profil").click()
        expect(page.locator(".zv-answer").first).to_contain_text("réservée aux administrateurs")
        with store.read() as session:
            (claire,) = access.profiles(session)
        for label, role in (("Paul", Role.ANIMATEUR), ("Zoé", Role.ANALYSTE)):
            access.add_profile(store, claire.account.actor, label=label, role=role, pin=PIN)
        page.goto(served.url + DEEP)
        settle(page)
        page.get_by_role("link", name="Se connecter").first.click()
        page.get_by_label("Profil").select_option("Paul")
        page.locator("input[type=password]").first.fill("111222")
        page.get_by_role("button", name="Entrer").click()
        expect(page.get_by_role("alert")).to_contain_text("n’est pas celui de")
        page.locator("input[type=password]").first.fill(PIN)
        page.get_by_role("button", name="Entrer").click()
        settle(page)
        assert page.url == served.url + DEEP
        expect(page.locator(".zv-account").first).to_contain_text("Paul, animateur")
        (cookie,) = [c for c in page.context.cookies() if c["name"] == "zevillage"]
        assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
        page.get_by_role("button", name="Se déconnecter").click()
        expect(page.get_by_role("link", name="Se connecter").first).to_be_visible()
        # The same cookie again: the session it named is over.
        page.reload()
        settle(page)
        assert "Registre" not in menu(page)
        watch.failed = [each for each in watch.failed if "/connexion" not in each]  # the wrong PIN, 403
        watch.check()
        page.context.close()
    store.close()


def test_a_contact_reports_a_dwelling_from_a_phone(app: Served, browser: Browser) -> None:
    home = app.log.parent
    store = open_store(home)
    with store.read() as session:
        contact = next(c for c in register.contacts(session, "demo") if c["kind"] == "mairie")
    link = access.make_link(
        store, LOCAL_ACTOR, contact["id"], 30, access.server_secret(Files(home)), dt.datetime.now(dt.UTC)
    )
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.headers.get('referer', '')}"))
    page.goto(f"{app.url}/signaler?lien={link}")
    assert page.url == f"{app.url}/signaler"  # the address no longer holds the link
    page.get_by_label("Nombre de pièces").fill("4")
    page.get_by_label("Loyer par mois ou prix").fill("620")
    page.get_by_role("button", name="Signaler ce logement").click()
    expect(page.get_by_role("status")).to_contain_text("est signalé")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # Only the first request ever carried the link, and no Referer did.
    assert [link in each for each in sent].count(True) == 1
    with store.read() as session:
        (newest, *_) = register.entries(session)
    assert newest.title.startswith("Annonce signalée") and "par son lien" in newest.actor
    context.clear_cookies()
    page.goto(f"{app.url}/signaler?lien={link[:-2]}")
    expect(page.get_by_role("alert")).to_contain_text("pas valable")
    assert link.encode() not in app.log.read_bytes()
    context.close()
    store.close()
