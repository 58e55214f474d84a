"""XML of workbooks through expat: streamed, no document type, no entity of the file's own."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO, NoReturn
from xml.parsers import expat

from data.imports.reading.say import refuse, shown

CHUNK = 2**18
MAX_ELEMENTS = 100_000
"""Of the small parts (relations, sheets, styles): a workbook has at most 65,490 cell formats."""


class Enough(Exception):
    """Raised by a handler: what was wanted has been read."""


def parse(
    stream: IO[bytes],
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> None:
    """Feed `stream` to the handlers. Raises ImportRefused for XML that is broken or declares a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _doctype
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        broken(f"contenu illisible à la ligne {error.lineno} de l'une de ses parties")


def _doctype(*_: object) -> None:
    refuse(
        "workbook-doctype",
        "Le classeur contient une déclaration interdite (DOCTYPE).",
        "Ouvrez-le dans un tableur et enregistrez-le de nouveau.",
    )


def elements(book: zipfile.ZipFile, part: str, *wanted: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The elements of a small part whose local name is `wanted`, with their attributes. Raises ImportRefused for too many of them."""
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in wanted:
            found.append((local, attributes))
            if len(found) > MAX_ELEMENTS:
                broken("une de ses parties est démesurée")

    with book.open(part) as stream:
        parse(stream, start, lambda name: None, lambda text: None)
    return iter(found)


def broken(what: str, *, line: int | None = None) -> NoReturn:
    """Refuse a workbook whose parts contradict each other or the format; `what`: what is wrong, in French."""
    refuse(
        "workbook-broken",
        f"Le classeur est abîmé ({what}).",
        "Ouvrez-le dans un tableur et enregistrez-le de nouveau.",
        line=line,
    )


def whole(text: str, most: int) -> int:
    """A position or count read from the file, from 1. Raises ImportRefused when it is not a number, or above `most`."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        broken(f"«\u00a0{shown(text)}\u00a0» n'est pas une place")
    return int(text)
