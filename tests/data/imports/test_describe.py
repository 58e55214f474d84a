"""The guide of the formats says what the formats say."""

from __future__ import annotations

from pathlib import Path

from data.imports import describe
from data.imports.formats import FORMATS
from data.imports.kinds import RECORD_KINDS

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide-import-formats.md"


def test_the_guide_is_the_one_that_the_program_writes() -> None:
    assert GUIDE.read_text(encoding="utf-8") == describe.markdown(), (
        "Écrivez-le à nouveau : python -m data.imports.describe > docs/guide-import-formats.md"
    )


def test_the_guide_names_every_format_and_every_column_of_the_templates() -> None:
    text = describe.markdown()
    assert [each.name for each in FORMATS if each.name not in text] == []
    assert [
        f.title for kind in RECORD_KINDS.values() for f in kind.fields if f"| {f.title}" not in text
    ] == []
