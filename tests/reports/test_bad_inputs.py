"""What a séance must survive, on every paper: nothing to show, long titles, many views, a disk without room."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from pptx import Presentation

from analysis.council import Deck
from reports.press import MAKERS
from tests import decks

SIX = ("deck", "slides", "workbook", "pdf", "poster", "page")
LONG = ("Le logement vacant, la fibre et le réseau dans les vingt communes " * 5)[:300]
ROOT = Path(__file__).resolve().parents[2]


def given(name: str, deck: Deck) -> tuple[Any, ...]:
    """What the maker `name` is given beside its deck."""
    return {"deck": (deck, decks.ground(), {}), "workbook": (deck,)}.get(name, (deck, decks.ground()))


def whole(name: str, content: bytes) -> str:
    """The text of a file of ours, read by a library that did not write it; a file cut short does not open."""
    if name in ("deck", "page"):
        assert content.rstrip().endswith(b"</html>")
        return content.decode("utf-8")
    if name in ("pdf", "poster"):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return str(pdf.docinfo.get("/Title", ""))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
    if name == "slides":
        shown = Presentation(io.BytesIO(content)).slides
        notes = [slide.notes_slide.notes_text_frame.text for slide in shown if slide.has_notes_slide]
        texts = [shape.text_frame.text for slide in shown for shape in slide.shapes if shape.has_text_frame]
        return " ".join([*texts, *notes])
    book = openpyxl.load_workbook(io.BytesIO(content))
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.parametrize("name", SIX)
def test_an_empty_seance_is_refused_in_words(name: str) -> None:
    with pytest.raises(Exception, match="vue") as refused:
        MAKERS[name](*given(name, replace(decks.deck(), slides=())))
    assert type(refused.value).__module__.startswith("reports."), "an error of ours, told under the button"


@pytest.mark.parametrize("name", SIX)
def test_a_title_of_300_characters_is_whole(name: str) -> None:
    deck = decks.deck()
    slides = tuple(replace(slide, title=LONG) for slide in deck.slides)
    said = whole(name, MAKERS[name](*given(name, replace(deck, title=LONG, slides=slides))))
    assert "".join(LONG.split()) in "".join(said.split()).replace("&#39;", "'")


@pytest.mark.parametrize("name", ["deck", "page"])
def test_sixty_views_on_a_page(name: str) -> None:
    deck = decks.deck()
    many = tuple(replace(deck.slides[at % len(deck.slides)], title=f"Vue numéro {at}") for at in range(60))
    said = whole(name, MAKERS[name](*given(name, replace(deck, slides=many))))
    assert all(f"Vue numéro {at}<" in said for at in range(60))


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    open(sys.argv[1], "wb").write(b"x" * 100_000)
except OSError:
    print("full")
from tests.reports.test_bad_inputs import SIX, MAKERS, decks, given, whole
for name in SIX:
    whole(name, MAKERS[name](*given(name, decks.deck())))
    print(name)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_papers_are_whole_where_nothing_can_be_written_and_leave_nothing(tmp_path: Path) -> None:
    """Every paper is made in memory: a disk without room neither cuts one short nor keeps a piece of it."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "probe")], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.stdout.split() == ["full", *SIX], done.stderr[-2000:]
    assert [each for each in scratch.rglob("*") if each.is_file()] == []
