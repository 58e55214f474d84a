"""docs/guide-import.md says what the code does: its lists and messages are those of today, its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import import_guide
from ui.imports.work import LIMIT

ROOT = Path(__file__).resolve().parents[1]
TEXT = import_guide.GUIDE.read_text("utf-8")


@pytest.mark.parametrize("name", import_guide.PARTS)
def test_each_part_is_what_the_code_says(name: str) -> None:
    assert import_guide.part_of(TEXT, name) == import_guide.PARTS[name](), (
        "docs/guide-import.md is out of date: run `.venv/bin/python -m tools.import_guide`"
    )


def test_pictures_are_there_and_described() -> None:
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", TEXT)
    assert len(pictures) >= 8
    for words, path in pictures:
        assert len(words) > 20
        assert (ROOT / "docs" / path).stat().st_size > 5_000, path


def test_the_page_and_the_reader_refuse_at_the_same_size() -> None:
    settings = (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    assert f"maxUploadSize = {LIMIT}" in settings
    assert import_guide.limits.MAX_BYTES == LIMIT * 2**20
