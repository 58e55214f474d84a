"""Find English on a page: every visible text and every spoken attribute, in all frames.

The list holds frequent English words that are no French words (« file », « sort », « pin », « menu » are both
and stand aside), and every phrase that `static/fr.js` is meant to replace. What people or data say is skipped
where the page marks it (`data-user-text`, `notranslate`, a `lang` other than French).
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Frame, Page

FRENCH_SCRIPT = Path(__file__).resolve().parents[2] / "static" / "fr.js"

# Left out, because they are French too or written alike: on, or, but, an, in, all, date, page, option…
_WORDS = """
about above account actions added again allowed already also and any app apply are asc ascending
back been before below between both browse browser button by can cancel cannot change changed check
choose clear click close closed collapse column columns complete connect connected connecting
connection contains copied copy could count create created custom data days decrement deep default
delete deploy descending details disabled disconnected display does done download downloaded drag
drop each edit empty enable encountered enter error errors expand failed false fetch fields filter
first following found from fullscreen go have heading help here hide hour hours how increment into
invalid is it its keep keyboard last learn less load loaded loading logout lost make match matches
month months more must name new next not number of older only open opened other our out over
password per please press previous print query read ready record refresh reload remove request rerun
result results retry return row rows running save scroll search see select selected send settings
share should show showing sidebar sign size skip some something sorry sorted start started stop
stopped streamlit submit success than that the their them then there these they this time timed to
toggle tooltip true try unable undefined unknown until update updated upload uploaded use used user
value values view wait warning was we week weeks went were what when where which while width will
with without year years yes you your
"""
ENGLISH = frozenset(_WORDS.split())

# Strings that are names, not words.
NAMES = re.compile(
    r"Streamlit|Leaflet|Open ?Data|data\.gouv\.fr|Creative Commons|OpenStreetMap|Okabe-Ito|Google Chrome",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-zÀ-ÿœŒ]+(?:['’-][A-Za-zÀ-ÿœŒ]+)*")

# Runs in each frame; returns [kind, text] pairs.
COLLECT = """() => {
    const skipped = "script, style, noscript, template, [data-testid$='Icon'], [data-user-text]," +
        " [data-testid='stIconMaterial'], .notranslate, [lang]:not([lang^='fr']):not(html)";
    const found = [];
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        if (!element || element.closest(skipped)) continue;
        if (node.nodeType === Node.TEXT_NODE) {
            const text = node.data.trim();
            if (text && element.checkVisibility({ visibilityProperty: true })) found.push(["text", text]);
        } else {
            for (const name of ["aria-label", "aria-description", "title", "placeholder", "alt"]) {
                const value = node.getAttribute(name)?.trim();
                if (value) found.push([name, value]);
            }
        }
    }
    return found;
}"""


def phrases(script: str | None = None) -> frozenset[str]:
    """The English phrases that `static/fr.js` replaces."""
    text = FRENCH_SCRIPT.read_text(encoding="utf-8") if script is None else script
    words = text.split("const WORDS = {", 1)[1].split("\n  };", 1)[0]
    pairs = re.findall(r'^\s{4}"((?:[^"\\]|\\.)*)":\s*"((?:[^"\\]|\\.)*)"', words, re.MULTILINE)
    return frozenset(english for english, french in pairs if english != french)


def english_words(text: str) -> list[str]:
    """The English words of one text; empty when it is French, a name, a number or a code."""
    bare = NAMES.sub(" ", text)
    words = [word.lower() for word in _WORD.findall(bare)]
    return [word for word in words if word in ENGLISH] + re.findall(r"\b\d+(?:st|nd|rd|th)\b", bare)


def english_left(page: Page, replaced: frozenset[str] | None = None) -> list[str]:
    """Each English text still on the page, as `kind: text (words)`, from the page and all its frames."""
    known = phrases() if replaced is None else replaced
    left = []
    for frame in page.frames:
        left += [
            f"{kind}: {text[:120]!r} {words or ''}"
            for kind, text in _collect(frame)
            if (words := english_words(text)) or " ".join(text.split()) in known
        ]
    return sorted(set(left))


def _collect(frame: Frame) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text in frame.evaluate(COLLECT)]
