"""Documents on paper: tagged, in French, and no text of theirs runs."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pytest

from analysis.model import Keeping
from data import privacy
from reports.document import Block, facts, heading, paragraph, pdf, printable, table
from reports.personal import person_pdf, processing_pdf

DAY = dt.date(2026, 5, 12)


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def tags(document: pikepdf.Pdf) -> list[str]:
    """The kinds of the elements of the structure, in reading order."""
    found: list[str] = []

    def walk(node: pikepdf.Object) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S))
            if "/K" in node:
                walk(node.K)

    walk(document.Root.StructTreeRoot.K)
    return found


def test_a_document_is_tagged_titled_dated_and_french() -> None:
    blocks = [heading("Un"), paragraph("Bonjour."), facts([("Nom", "Ève")]), heading("Deux", 2),
              table("Légende", ["Commune", "Nombre"], [["Essay", "3"], ["Boitron", ""]])]  # fmt: skip
    with opened(pdf("Essai", blocks, DAY)) as document:
        assert str(document.Root.Lang) == "fr-FR"
        assert bool(document.Root.MarkInfo.Marked)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as meta:
            assert meta["dc:title"] == "Essai"
            assert meta["pdfuaid:part"] == "1"
            assert meta["xmp:CreateDate"].startswith("2026-05-12")
        kinds = tags(document)
        assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Caption"} <= set(kinds)
        assert kinds.count("/TH") == 2 and kinds.count("/TD") == 4
        for page in document.pages:
            for font in page.Resources.Font.values():  # type: ignore[union-attr]
                assert "/FontFile" in str(font.DescendantFonts[0].FontDescriptor.keys()), (
                    "every font is embedded"
                )


def test_the_same_document_is_the_same_file() -> None:
    assert pdf("Essai", [paragraph("a")], DAY) == pdf("Essai", [paragraph("a")], DAY)


@pytest.mark.parametrize("title", ["", "  "])
def test_a_document_without_title_is_refused(title: str) -> None:
    with pytest.raises(ValueError, match="title"):
        pdf(title, [], DAY)


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        table("x", ["a", "b"], [["1"]])


def test_what_is_printed_hides_nothing() -> None:
    assert printable("a\u202eb\u0000c\u200dd\ne\tf") == "abcd e f"
    assert printable("1\u202f234 €") == "1\u202f234 €"


def test_the_register_of_processing_and_a_persons_file_are_printed_whole() -> None:
    entries = privacy.processing(Keeping())
    register = processing_pdf("Zevillage", "Mairie", [(each.name, each.rows) for each in entries], DAY)
    with opened(register) as document:
        kinds = tags(document)
        assert kinds.count("/H1") == len(entries)
        assert kinds.count("/P") >= 7 * len(entries)
    with opened(person_pdf("Ève Roy", "Zevillage", [("Séjour", [("Commune", "Essay")])], DAY)) as document:
        assert document.open_metadata()["dc:title"] == "Vos données personnelles"


def test_an_empty_document_is_one() -> None:
    assert Block("paragraph").rows == ()
    assert opened(pdf("Vide", [], DAY)).pages
