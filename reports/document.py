"""A plain document on paper: title, headings, paragraphs, facts and tables, as a tagged PDF/UA in French.

Everything that is printed goes to typst as data (`sys.inputs`), never as its markup, so no text of a register can run there. typst
refuses to write a PDF/UA without a title or with a heading level left out.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst


@dataclass(frozen=True)
class Block:
    """One part of a document.

    `kind`: ``heading`` (`text`, `level` 1 to 3), ``paragraph`` (`text`), ``facts`` (`rows` of name and value) or ``table`` (`header`,
    `rows` of as many cells, `text` its caption).
    """

    kind: str
    text: str = ""
    level: int = 1
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())


def heading(text: str, level: int = 1) -> Block:
    """A heading; « – » when there is nothing to print, which a tagged document may not have."""
    return Block("heading", text if printable(text).strip() else "–", level)


def paragraph(text: str) -> Block:
    """A paragraph."""
    return Block("paragraph", text)


def facts(rows: Sequence[tuple[str, str]]) -> Block:
    """Names with their values, one below the other."""
    return Block("facts", rows=tuple(rows))


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """A table with its caption. Raises ValueError when a row has not as many cells as the header."""
    if any(len(row) != len(header) for row in rows):
        raise ValueError("every row of a table has as many cells as its header")
    return Block("table", caption, header=tuple(header), rows=tuple(tuple(row) for row in rows))


_TEMPLATE = """
#let given = json(bytes(sys.inputs.document))
#set document(title: given.title, author: given.author, date: datetime(year: given.day.at(0), month: given.day.at(1), day: given.day.at(2)))
#set text(lang: "fr", region: "FR", size: 10.5pt)
#set page(paper: "a4", margin: (x: 2cm, y: 2.2cm), numbering: "1 / 1")
#set par(justify: false, leading: 0.65em)
#set heading(numbering: none)
#show heading: set block(above: 1.4em, below: 0.7em)
#show figure: set block(breakable: true)
#show figure.where(kind: table): set figure.caption(position: top)
#title(given.title)
#for block in given.blocks {
  if block.kind == "heading" { heading(level: block.level, block.text) }
  else if block.kind == "paragraph" { par(block.text) }
  else if block.kind == "facts" {
    for row in block.rows { par(hanging-indent: 1em)[#strong(row.at(0) + "\\u{202f}:") #row.at(1)] }
  } else {
    figure(
      kind: table, supplement: none, numbering: none, caption: align(left, block.text),
      table(
        columns: block.header.map(_ => 1fr), align: left, stroke: 0.5pt + luma(60%), inset: 5pt,
        table.header(..block.header.map(cell => strong(cell))),
        ..block.rows.flatten(),
      ),
    )
  }
}
"""


def pdf(title: str, blocks: Sequence[Block], day: dt.date, author: str = "Zevillage") -> bytes:
    """The document as PDF/UA-1, dated `day`. Raises ValueError without a title."""
    if not title.strip():
        raise ValueError("a document needs a title")
    content = {
        "title": printable(title),
        "author": printable(author),
        "day": [day.year, day.month, day.day],
        "blocks": [all_printable(asdict(block)) for block in blocks],
    }
    return compile_pdf(_TEMPLATE, json.dumps(content, ensure_ascii=False))


@lru_cache(maxsize=4)
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    """The fonts of typst, of the system and of `folders`, looked for once a process: typst would look through them at each document."""
    import typst

    return typst.Fonts(font_paths=list(folders))


_LACKING = re.compile(r'the text `"(.+?)"` could not be displayed')
_UNKNOWN = "□"


def compile_pdf(
    template: str, content: str, *, standards: Sequence[str] = ("ua-1",), font_paths: Sequence[str] = ()
) -> bytes:
    """The PDF that `template` makes of `content` (JSON, its `sys.inputs.document`), held to `standards`; `font_paths`: folders of fonts
    beside those of typst and the system.

    A character that no font has (PDF/UA refuses it) is printed as its plainer form, or as an empty square. Raises typst.TypstError.
    """
    import typst  # a page that prints nothing need not load it

    held: Any = list(standards)
    fonts = _fonts(tuple(font_paths))
    while True:
        try:
            return bytes(
                typst.compile(
                    template.encode(),
                    format="pdf",
                    sys_inputs={"document": content},
                    pdf_standards=held,
                    font_paths=fonts,
                )
            )
        except typst.TypstError as error:
            lacking = _LACKING.search(str(error))
            mended = content
            for character in lacking[1] if lacking else "":
                if not character.isascii():
                    plain = unicodedata.normalize("NFKC", character)
                    # A sign of JSON or of a picture's XML would change what the content is.
                    kept = plain.isascii() and plain.isprintable() and not set(plain) & set('"\\<>&')
                    mended = mended.replace(character, plain if kept else _UNKNOWN)
            if mended == content:
                raise
            content = mended


def printable(text: str) -> str:
    """`text` without control and bidirectional characters, which would hide or turn round what is printed; line ends become blanks."""
    # Nearly every text is as it should be, and a deck asks ten thousand times.
    if text.replace("\u202f", " ").replace("\xa0", " ").isprintable():
        return text
    kept = ("" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") else c for c in _breaks(text))
    return "".join(kept)


def _breaks(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def all_printable(value: object) -> object:
    """`value` with every text in it made `printable`."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, (list, tuple)):
        return [all_printable(each) for each in value]
    if isinstance(value, dict):
        return {key: all_printable(each) for key, each in value.items()}
    return value
