"""The accessibility statement claims what a test holds, and nothing more."""

from __future__ import annotations

from tests.test_rooms import ROOT
from ui.accessibility import sections


def test_each_claim_names_a_file_of_tests_that_exists() -> None:
    assert [file for _, _, file in sections.TESTED if not (ROOT / file).is_file()] == []


def test_no_conformity_is_claimed_without_an_audit() -> None:
    assert "n'est pas déclaré conforme" in sections.STATE and "aucun audit complet" in sections.STATE
