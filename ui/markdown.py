"""The one way by which text of others reaches what Streamlit reads as Markdown: headings, labels, helps, messages.

A backslash before every mark is not enough: addresses (http://…, www.…, a@b.fr), icons (:material/home:) and arrows (->) are looked for
again in the text that is left once backslashes are gone. There an invisible word joiner (U+2060) stands between two of their signs.
"""

from __future__ import annotations

import re

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!|<>~:$&@/="})
_FOUND_AGAIN = re.compile(r"(?<=:)(?=//|\w)|(?<=www)(?=\.)|(?=@)|(?<=[-<>~=])(?=[-<>=])", re.IGNORECASE)


def literal(text: str) -> str:
    """`text` such that Markdown shows it letter for letter: no link, picture, icon, formula, heading or list; blanks become one space."""
    return _FOUND_AGAIN.sub("\u2060", " ".join(text.split())).translate(_MARKS)
