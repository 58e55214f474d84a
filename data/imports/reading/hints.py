"""What a person answered when a file could be read in two ways: the id of a `Reading`, which is a set of constraints."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.imports.reading.say import refuse

NO_HEADER = 0


@dataclass(frozen=True)
class Hints:
    """Constraints on reading; None where nobody decided. `header` is the line of the column names, `NO_HEADER` for none.

    `header_lines`: how many lines make up the names; 0 when the names do not belong to the columns, which are then numbered.
    `quote` and `separator` may be empty text: none. `strays`: how to read a quote in the middle of a cell that could begin a quoted cell
    (`STRAYS`). `spans`: how to read a cell over several lines that could be several rows (`SPANS`).
    """

    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    header: int | None = None
    header_lines: int = 1
    strays: str | None = None
    spans: str | None = None

    def but(self, **changes: str | int | None) -> Hints:
        """These hints with one more answer."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def id(self) -> str:
        """The hints as text, for `Reading.id`; `parse` is its inverse."""
        parts = []
        if self.encoding is not None:
            parts.append(f"encoding={self.encoding}")
        if self.separator is not None:
            parts.append(f"separator={self.separator.encode().hex()}")
        if self.quote is not None:
            parts.append(f"quote={self.quote.encode().hex()}")
        if self.header is not None:
            parts.append(f"header={self.header}")
        if self.header_lines != 1:
            parts.append(f"header_lines={self.header_lines}")
        if self.strays is not None:
            parts.append(f"strays={self.strays}")
        if self.spans is not None:
            parts.append(f"spans={self.spans}")
        return "&".join(parts)

    @staticmethod
    def parse(text: str | None) -> Hints:
        """The hints that `id` wrote; ImportRefused when the text is something else (it may come from an address)."""
        hints = Hints()
        for part in (text or "").split("&") if text else ():
            name, _, value = part.partition("=")
            try:
                if name == "encoding" and value in ENCODINGS:
                    hints = hints.but(encoding=value)
                elif name == "strays" and value in STRAYS:
                    hints = hints.but(strays=value)
                elif name == "spans" and value in SPANS:
                    hints = hints.but(spans=value)
                elif name in ("separator", "quote"):
                    hints = hints.but(**{name: bytes.fromhex(value).decode()})
                elif name in ("header", "header_lines"):
                    hints = hints.but(**{name: int(value)})
                else:
                    raise ValueError(name)
            except ValueError:
                refuse(
                    "reading-unknown",
                    f"« {text} » n'est pas une lecture proposée pour ce fichier.",
                    "Choisissez l'une des lectures proposées, ou déposez de nouveau le fichier.",
                )
        return hints


ENCODINGS = frozenset({"utf-8", "cp1252", "mac_roman", "iso8859-15", "cp850", "utf-16", "utf-32", "repaired"})
STRAYS = frozenset({"cut", "text", "aside"})
"""``cut``: a separator is missing before it; ``text``: it is a character of the cell; ``aside``: nobody knows, the row is an error."""
SPANS = frozenset({"whole", "each"})
"""``whole``: one cell; ``each``: every line is a row, and those that cannot be read alone are errors."""
