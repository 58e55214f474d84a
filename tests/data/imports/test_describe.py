"""The guide of the formats says what the formats say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.catalogue import load_catalogue
from data.imports import describe
from data.imports.formats import FORMATS, ColumnPattern, emploi
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


def test_a_column_that_an_indicator_takes_from_now_on_leaves_the_guide_as_it_is() -> None:
    column, catalogue = "P22_ACTOCC15P_MARCHE", load_catalogue()
    assert column in emploi.FORMAT.examples[0].columns
    taken = ColumnPattern(r"P(?P<yy>\d\d)_ACTOCC15P_MARCHE", "workers_on_foot@{year}")
    more = replace(emploi.FORMAT, headers=(*emploi.FORMAT.headers, taken))
    assert more.read([column, *emploi.FORMAT.examples[0].columns])[1][column] == "workers_on_foot@2022"
    assert describe.described(more, catalogue) == describe.described(emploi.FORMAT, catalogue)
