"""The contact's form on a phone that loses its connection: what is typed waits there, says so, and arrives once."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from analysis.model import LOCAL_ACTOR
from data import access, network, register
from data.store import Store, open_store
from data.store.files import Files
from tests.browser.harness import Served


@dataclass
class Phone:
    """A phone that opened a contact's link."""

    page: Page
    store: Store
    contact: str
    base: str
    link: str

    def listings(self) -> int:
        """How many listings the store has of this contact."""
        with self.store.read() as session:
            rows = network.listings(session, "demo")
        return int((rows["contact"] == self.contact).sum())

    def signal(self, rent: str) -> None:
        """Fill the form in and send it."""
        self.page.get_by_label("Nombre de pièces").fill("4")
        self.page.get_by_label("Loyer par mois ou prix").fill(rent)
        self.page.get_by_role("button", name="Signaler ce logement").click()

    def revoke(self) -> None:
        """End the links of the contact."""
        with self.store.read() as session:
            mine = [
                k
                for k in access.links(session, dt.datetime.now(dt.UTC))
                if k.contact == self.contact and k.state == "valid"
            ]
        for link in mine:
            access.revoke_link(self.store, LOCAL_ACTOR, link.id)


def opened(app: Served, browser: Browser) -> Iterator[Phone]:
    home = app.log.parent
    store = open_store(home)
    with store.read() as session:
        contact = next(c for c in register.contacts(session, "demo") if c["kind"] == "mairie")["id"]
    link = access.make_link(
        store, LOCAL_ACTOR, contact, 30, access.server_secret(Files(home)), dt.datetime.now(dt.UTC)
    )
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    page = context.new_page()
    address = f"{app.url}/signaler?lien={link}"
    page.goto(address)
    phone = Phone(page, store, contact, app.url, address)
    yield phone
    phone.revoke()
    context.close()
    store.close()


@pytest.fixture
def phone(app: Served, browser: Browser) -> Iterator[Phone]:
    """A phone at the application's form."""
    yield from opened(app, browser)


@pytest.fixture
def phone_under_sub_path(app_under_sub_path: Served, browser: Browser) -> Iterator[Phone]:
    """A phone at the form of an application behind a sub-path."""
    yield from opened(app_under_sub_path, browser)


def test_what_is_typed_without_a_connection_waits_on_the_phone_and_arrives_once(phone: Phone) -> None:
    page, before = phone.page, phone.listings()
    waiting = page.locator("#attente")
    page.context.set_offline(True)
    phone.signal("501")
    expect(waiting).to_contain_text("1 signalement est en attente sur ce téléphone")
    expect(waiting).to_contain_text("pas de connexion")
    expect(waiting).to_contain_text("Maison à louer, 4 pièces, 501 €")
    phone.signal("502")
    expect(waiting).to_contain_text("2 signalements sont en attente sur ce téléphone")
    assert phone.listings() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.set_offline(False)
    expect(waiting).to_contain_text("Le logement est signalé")
    expect(waiting).not_to_contain_text("en attente")
    assert phone.listings() == before + 2
    expect(page.locator("#annonces")).to_contain_text("502")
    page.reload()
    expect(page.locator("#attente")).to_be_empty()
    assert phone.listings() == before + 2


class Wire:
    """A line between a browser and the application that can be cut. Chromium's own « offline » is not held over a navigation."""

    def __init__(self, port: int) -> None:
        self.cut = False
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if self.cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                if self.cut:
                    break
                other.sendall(piece)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Answer nobody any more."""
        self._server.close()


def test_the_page_itself_opens_without_a_connection_once_it_was_opened_with_one(
    phone: Phone, browser: Browser
) -> None:
    wire = Wire(int(phone.base.rpartition(":")[2]))
    base, before = f"http://127.0.0.1:{wire.port}", phone.listings()
    link = phone.link.replace(phone.base, base)
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    phone.page = page = context.new_page()
    page.goto(link)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # it is ready once it has kept the page
    wire.cut = True
    page.reload()
    expect(page.get_by_text("Sans connexion, vos annonces ne sont pas montrées.")).to_be_visible()
    phone.signal("508")
    expect(page.locator("#attente")).to_contain_text("1 signalement est en attente")
    page.goto(link)
    expect(page.locator("#attente")).to_contain_text("1 signalement est en attente")
    assert phone.listings() == before
    other = context.new_page()
    with pytest.raises(Error, match="ERR_"):
        other.goto(link[:-1])  # not the link that it was opened with
    other.close()
    wire.cut = False
    page.get_by_role("button", name="Réessayer maintenant").click()
    expect(page.locator("#attente")).to_contain_text("Le logement est signalé")
    expect(page.locator("#annonces")).to_contain_text("508")
    assert phone.listings() == before + 1
    phone.revoke()
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("révoqué")
    wire.cut = True
    with pytest.raises(Error, match="ERR_"):
        page.goto(f"{base}/signaler")  # nothing of it is kept
    context.close()
    wire.close()


def test_an_answer_that_was_lost_on_its_way_back_is_not_written_twice(phone: Phone) -> None:
    page, before = phone.page, phone.listings()

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()  # the server has it
            route.abort()
        else:
            route.continue_()

    page.route("**/signaler", lose)
    phone.signal("503")
    expect(page.locator("#attente")).to_contain_text("le serveur ne répond pas")
    assert phone.listings() == before + 1
    page.unroute("**/signaler")
    page.reload()  # what waits is still there, and goes
    expect(page.locator("#attente")).to_contain_text("Le logement est signalé")
    assert phone.listings() == before + 1


def test_a_wrong_number_comes_back_to_be_corrected(phone: Phone) -> None:
    page, before = phone.page, phone.listings()
    phone.signal("60000")
    expect(page.get_by_role("alert")).to_contain_text("n'est pas plausible")
    page.get_by_role("button", name="Corriger").click()
    expect(page.get_by_label("Loyer par mois ou prix")).to_have_value("60000")
    phone.signal("504")
    expect(page.locator("#attente")).to_contain_text("Le logement est signalé")
    assert phone.listings() == before + 1


def test_a_link_revoked_meanwhile_says_so_and_nothing_is_lost(phone: Phone) -> None:
    page, before = phone.page, phone.listings()
    phone.revoke()
    phone.signal("505")
    expect(page.locator("#attente")).to_contain_text("Ce lien a été révoqué")
    expect(page.locator("#attente")).to_contain_text("1 signalement est en attente")
    assert phone.listings() == before
    link = access.make_link(
        phone.store,
        LOCAL_ACTOR,
        phone.contact,
        30,
        access.server_secret(phone.store.files),
        dt.datetime.now(dt.UTC),
    )
    page.goto(f"{phone.base}/signaler?lien={link}")
    expect(page.locator("#attente")).to_contain_text("Le logement est signalé")
    assert phone.listings() == before + 1


def test_a_phone_a_day_late_is_told_that_the_servers_date_counts(phone: Phone) -> None:
    phone.page.clock.set_fixed_time(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    phone.signal("506")
    expect(phone.page.locator("#attente")).to_contain_text("c’est celle du serveur")


def test_behind_a_sub_path_a_listing_is_said_gone(phone_under_sub_path: Phone) -> None:
    phone = phone_under_sub_path
    phone.signal("507")
    expect(phone.page.locator("#attente")).to_contain_text("Le logement est signalé")
    phone.page.get_by_role("button", name="Plus disponible, Maison à louer").first.click()
    expect(phone.page.locator("#attente")).to_contain_text("C'est noté")
    expect(phone.page.locator("#annonces")).to_contain_text("Partie le")
