"""The last line of a screen says the version; `tests/browser/test_screens.py` looks at every page's."""

from __future__ import annotations

import pytest

from data.version import version_line
from tests.pages.screens import Open


def test_a_page_ends_with_the_version(open_page: Open) -> None:
    assert version_line() in open_page("accueil").get("html")[-1].proto.body


def test_so_does_the_screen_that_shows_no_figure(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.loading.refusal", lambda: "fichier abîmé, ligne 3")
    screen = open_page("accueil")
    assert "ligne 3" in screen.get("html")[1].proto.body
    assert version_line() in screen.get("html")[-1].proto.body
