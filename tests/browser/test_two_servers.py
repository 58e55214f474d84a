"""Two servers on one PostgreSQL database: what somebody does on one is there at the next click on the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from analysis.model import SYSTEM_ACTOR, Role
from data import access
from data.imports import templates
from data.store import open_store
from tests.browser.harness import Watch, serve, settle
from tests.browser.test_importer import drop, publish, step
from tests.browser.test_registre import choose, click, done


def act(page: Page, name: str) -> None:
    """Take another part of the page."""
    page.get_by_role("radio", name=name, exact=True).click()
    settle(page)


def test_each_server_shows_at_the_next_click_what_was_done_on_the_other(
    tmp_path: Path, postgresql_url: str, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    on = {"ZEVILLAGE_DATABASE_URL": postgresql_url}
    home = tmp_path / "shared"  # on a folder that both see, as docs/guide-serveurs.md asks
    with serve(home, environ=on) as one, serve(home, environ=on) as two:
        here, first = open_watched(one, "/registre")
        there, second = open_watched(two, "/registre")
        counted = here.get_by_text("membres inscrits").inner_text()
        assert there.get_by_text("membres inscrits").inner_text() == counted

        here.get_by_label("Nom", exact=True).fill("Zoé Essai")
        choose(here, "Commune", "Essay")
        click(here, "Ajouter le membre")
        done(here, "Zoé Essai")
        more = here.get_by_text("membres inscrits").inner_text()
        assert more != counted

        act(there, "Historique")
        expect(there.get_by_text("Zoé Essai").first).to_be_visible()
        line = there.get_by_test_id("stHorizontalBlock").filter(has_text="Ajout d'un membre").last
        line.get_by_role("button", name="Annuler").click()
        settle(there)
        done(there, "Annulation")

        act(here, "Historique")
        expect(here.get_by_text("Annulation (ajout d'un membre)").first).to_be_visible()
        act(here, "Membres")
        assert here.get_by_text("membres inscrits").inner_text() == counted
        _a_file_goes_on_with_the_other_server(here, there, one.url, two.url)
        first.check()
        second.check()
        here.context.close()
        there.context.close()


def _a_file_goes_on_with_the_other_server(here: Page, there: Page, one: str, two: str) -> None:
    """Dropped on one server and left half way, taken up and published on the other; its original is handed out by the first."""
    name, content = templates.sample()
    changed = content.replace(b"61026;Barville;s;s;s", b"61026;Barville;120;9;s")
    here.goto(f"{one}/importer")
    settle(here)
    drop(here, name, changed)
    step(here, "Continuer")
    there.goto(f"{two}/importer")
    settle(there)
    there.get_by_role("button", name="Reprendre").click()
    settle(there)
    expect(there.get_by_role("heading", name="Que veut dire chaque colonne")).to_be_visible()
    publish(there)
    here.goto(f"{one}/importer?onglet=historique")
    settle(here)
    with here.expect_download() as taken:
        here.get_by_role("button", name="Fichier d'origine").first.click()
    assert taken.value.path().read_bytes() == changed


def test_whoever_goes_out_on_one_server_is_out_on_the_other_and_a_restart_ends_no_session(
    tmp_path: Path, postgresql_url: str, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    on = {"ZEVILLAGE_DATABASE_URL": postgresql_url}
    with serve(tmp_path / "one", environ=on) as one:
        store = open_store(tmp_path / "one", url=postgresql_url)
        access.add_profile(store, SYSTEM_ACTOR, label="Claire", role=Role.ADMIN, pin="204817")
        store.close()
        here, _ = open_watched(one, "/connexion?suite=/registre", wait=False)
        here.get_by_label("Code PIN").fill("204817")
        here.get_by_role("button", name="Entrer").click()
        expect(here.get_by_text("membres inscrits")).to_be_visible()
    # The same browser: a cookie is for the name of the machine, whatever the port.
    with serve(tmp_path / "one", environ=on) as one, serve(tmp_path / "two", environ=on) as two:
        here.goto(f"{one.url}/registre")
        there = here.context.new_page()
        there.goto(f"{two.url}/registre")
        for page in (here, there):
            expect(page.get_by_text("membres inscrits")).to_be_visible()
            settle(page)
        here.get_by_role("button", name="Se déconnecter").click()
        expect(here.get_by_text("Connectez-vous avec un profil qui y a droit")).to_be_visible()
        there.get_by_role("radio", name="Historique", exact=True).click()
        expect(there.get_by_text("Connectez-vous avec un profil qui y a droit")).to_be_visible()
        expect(there.get_by_text("membres inscrits")).not_to_be_visible()
        here.context.close()
