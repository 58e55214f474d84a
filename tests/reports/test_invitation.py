"""The invitation on paper: read back with poppler, tags, language and fonts by pikepdf, as the other papers."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pikepdf
import pytest

from reports.invitation import invitation_pdf
from tests.analysis.applications.test_reception import WHOLE
from tests.reports.test_paper import elements, fonts, images, kinds, pages, plain, said

DAY = dt.date(2026, 5, 12)


def test_one_tagged_a4_page_says_what_the_text_says() -> None:
    content = invitation_pdf(WHOLE, made=DAY, territory="Zevillage", demo=True)
    text = plain(said(content))
    for words in (
        "La commune d'Essay et Zevillage vous invitent à la réception de Membre 17 (traduction).",
        "Mardi 2 juin 2026 à 18 h 30",
        "salle du conseil, Essay",
        "Membre 17 se présente",
        "Pour qui, comment.",
        "Merci de dire si vous venez.",
        "n’envoyez pas cette invitation",
        "DÉMONSTRATION",
    ):
        assert words in text, words
    assert pages(content) == 1
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == "fr-FR"
        assert bool(document.Root.MarkInfo.Marked)
        assert document.open_metadata()["dc:title"] == "Invitation"
        assert [float(side) for side in document.pages[0].MediaBox][2:] == pytest.approx(
            [595.3, 841.9], abs=0.2
        )
        assert kinds(document).count("/H1") == 1
        # No picture, so no alternative text is owed.
        assert images(document) == 0 and not [each for each in elements(document) if str(each.S) == "/Figure"]
        assert fonts(document)
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()) for each in fonts(document))


def test_a_real_one_is_not_marked_and_the_same_is_the_same_file() -> None:
    first, again = (invitation_pdf(WHOLE, made=DAY, territory="Zevillage") for _ in range(2))
    assert first == again and "DÉMONSTRATION" not in plain(said(first))


def test_without_its_day_it_is_not_made() -> None:
    with pytest.raises(ValueError, match="Il manque le jour"):
        invitation_pdf(replace(WHOLE, day=None), made=DAY, territory="Zevillage")
