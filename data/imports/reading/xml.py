"""XML of workbooks through expat: streamed, no document type, no entity of the file's own."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO
from xml.parsers import expat

from data.imports.reading.say import refuse

CHUNK = 2**18


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
        refuse(
            "workbook-broken",
            f"Le classeur est abîmé (contenu illisible à la ligne {error.lineno} de l'une de ses parties).",
            "Ouvrez-le dans un tableur et enregistrez-le de nouveau.",
        )


def _doctype(*_: object) -> None:
    refuse(
        "workbook-doctype",
        "Le classeur contient une déclaration interdite (DOCTYPE).",
        "Ouvrez-le dans un tableur et enregistrez-le de nouveau.",
    )


def elements(book: zipfile.ZipFile, part: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The elements of a small part, by local name, with their attributes."""
    found: list[tuple[str, Mapping[str, str]]] = []
    with book.open(part) as stream:
        parse(
            stream,
            lambda name, attributes: found.append((name.rpartition(":")[2], attributes)),
            lambda name: None,
            lambda text: None,
        )
    return iter(found)
