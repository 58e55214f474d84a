"""Two servers on one PostgreSQL database: what somebody does on one is there at the next click on the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.harness import Watch, serve, settle
from tests.browser.test_registre import choose, click, done


def act(page: Page, name: str) -> None:
    """Take another part of the page."""
    page.get_by_role("radio", name=name, exact=True).click()
    settle(page)


def test_each_server_shows_at_the_next_click_what_was_done_on_the_other(
    tmp_path: Path, postgresql_url: str, open_watched: Callable[..., tuple[Page, Watch]]
) -> None:
    on = {"ZEVILLAGE_DATABASE_URL": postgresql_url}
    with serve(tmp_path / "one", environ=on) as one, serve(tmp_path / "two", environ=on) as two:
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
        first.check()
        second.check()
        here.context.close()
        there.context.close()
