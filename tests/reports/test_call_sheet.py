"""This morning's calls on paper: read back with poppler, tags and language by pikepdf."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pytest

from reports.call_sheet import MOST, Asked, SheetCall, call_sheet
from tests.reports.test_paper import kinds, pages, plain, said

DAY = dt.date(2026, 5, 12)


def call(n: int, listings: int = 3) -> SheetCall:
    return SheetCall(
        f"Correspondant {n} (mairie, Essay)",
        "02 33 00 00 00",
        "Ouverte maintenant, jusqu’à 12 h",
        "1 foyer cherche ici, première arrivée dans 5 jours ; sans nouvelles depuis 6 jours.",
        tuple(
            Asked(f"Maison à louer, Essay, {k} pièces, 620 € par mois", "loué")
            for k in range(1, listings + 1)
        ),
        "Du nouveau depuis le 06/05/2026 ?",
    )


def made(count: int, *, demo: bool = True) -> bytes:
    return call_sheet(
        [call(n) for n in range(count)], sentence="3 appels.", day=DAY, territory="Zevillage", demo=demo
    )


def test_each_contact_has_why_what_to_ask_and_boxes() -> None:
    content = made(3)
    text = plain(said(content))
    assert "Appels de la veille, 12 mai 2026" in text
    assert "1. Correspondant 0 (mairie, Essay)" in text and "3. Correspondant 2" in text
    assert "02 33 00 00 00" in text and "1 foyer cherche ici" in text
    for words, times in (
        ("toujours là", 9),
        ("loué", 9),
        ("rien de nouveau", 3),
        ("pas de réponse", 3),
        ("rappeler le", 3),
    ):
        assert text.count(words) == times, words
    assert "Du nouveau depuis le 06/05/2026" in text
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == "fr-FR"
        assert bool(document.Root.MarkInfo.Marked)
        assert kinds(document).count("/H1") == 3


def test_a_morning_fits_on_two_pages_and_the_rest_is_named() -> None:
    content = made(MOST)
    assert pages(content) <= 3
    longer = plain(said(made(MOST + 5)))
    assert "Les suivants (5)" in longer and f"Correspondant {MOST + 4} (mairie, Essay)" in longer
    assert longer.count("rien de nouveau") == MOST


@pytest.mark.parametrize("demo", [True, False])
def test_generated_calls_are_marked_and_real_ones_are_not(demo: bool) -> None:
    text = plain(said(made(1, demo=demo)))
    assert ("ne les appelez pas" in text) is demo
    assert ("DÉMONSTRATION" in text) is demo


def test_a_morning_without_a_call_says_so_and_the_same_morning_is_the_same_file() -> None:
    assert "Personne à appeler" in said(
        call_sheet([], sentence="Personne à appeler.", day=DAY, territory="Z")
    )
    assert made(2) == made(2)
