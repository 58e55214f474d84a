"""The dictionary of `static/fr.js` against the installed Streamlit: no word of an older release stays."""

from __future__ import annotations

import re
import string
from functools import cache
from pathlib import Path

import streamlit
import streamlit_folium

from ui.markdown import literal

SCRIPT = (Path(__file__).resolve().parents[2] / "static" / "fr.js").read_text("utf-8")
ENTRY = re.compile(r'^\s{4}"((?:[^"\\]|\\.)*)":\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)

# Put together by Streamlit from pieces, so that the whole never stands in its source.
COMPOSED = re.compile(
    r"^Press (Ctrl\+|⌘\+)?Enter to (apply|submit form)$|^The page that you have requested|^View "
)


@cache
def shipped() -> str:
    """All that Streamlit and the map's component may write: their scripts and their Python."""
    root = Path(streamlit.__file__).parent
    texts = [file.read_text("utf-8", "replace") for file in (root / "static" / "static" / "js").glob("*.js")]
    python = (root / "elements" / "exception.py").read_text("utf-8")
    folium = Path(streamlit_folium.__file__).read_text("utf-8")
    return "\n".join([*texts, re.sub(r'"\s*\n\s*"', "", python), folium])


def words() -> dict[str, str]:
    """The dictionary, read from the script."""
    body = SCRIPT.split("const WORDS = {", 1)[1].split("\n  };", 1)[0]
    return dict(ENTRY.findall(body))


def test_the_whole_dictionary_is_read() -> None:
    body = SCRIPT.split("const WORDS = {", 1)[1].split("\n  };", 1)[0]
    assert len(words()) == len(re.findall(r'^    "', body, re.MULTILINE))
    assert len(words()) > 150


def test_each_word_still_stands_in_streamlit() -> None:
    text = shipped()
    gone = [word for word in words() if word not in text and not COMPOSED.match(word)]
    gone = [word for word in gone if word != "streamlit_folium.st_folium"]
    assert gone == []


def test_french_is_typeset_and_differs() -> None:
    same = {"Logo", "Notifications", "Format", "Dollar", "Euro", "Yen", "Minimum", "Maximum"}
    assert {english for english, french in words().items() if english == french} <= same
    assert not [french for french in words().values() if "'" in french or "..." in french]


def test_every_mark_that_a_label_escapes_is_taken_back_before_it_is_read_aloud() -> None:
    marks = re.search(r"const spoken = .*/\\\\\(\[(.+)\]\)/g", SCRIPT)
    assert marks is not None
    taken_back = set(re.sub(r"\\(.)", r"\1", marks[1]))
    assert taken_back == {mark for mark in string.punctuation if literal(mark) != mark}
