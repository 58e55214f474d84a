"""From bytes to UTF-8: which encoding a text file is in, proved or asked, never guessed.

1. A byte order mark decides (UTF-8, UTF-16, UTF-32); the whole file must then decode.
2. Bytes that are valid UTF-8 are UTF-8: French text in another encoding practically never is.
3. Otherwise one byte is one letter, in Windows (cp1252, of which Latin-1 is the part that matters), ISO 8859-15, old Mac or DOS.
   Each byte above 127 is judged between its neighbours, once per distinct context: « commune de Mêle » is French in one of them, and
   « MÍle » or « M╔le » is not. The one reading without an oddity wins; two such readings that differ are asked.
4. A file that mixes UTF-8 with a one-byte encoding is decoded line by line, and each line that differs is listed.

Judging letters by their neighbours is the idea of charset-normalizer (the "mess" of a decoding); here equal candidates are asked.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NoReturn

import numpy as np
import pyarrow as pa

from data.imports.model import Reading, Repair
from data.imports.reading.hints import Hints
from data.imports.reading.say import SHOWN, ask, refuse, repair_of_lines, shown

BOMS: tuple[tuple[bytes, str], ...] = (  # UTF-32 first: its little-endian mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SINGLE: Mapping[str, str] = {
    "cp1252": "Windows (cp1252)",
    "iso8859-15": "ISO 8859-15 (Latin-9)",
    "mac_roman": "ancien Mac (Mac Roman)",
    "cp850": "DOS (cp850)",
}
FEW = 16
"""Bytes above 127 under which valid UTF-8 may still be a coincidence."""
FRENCH_LOWER = "àâäæçéèêëîïôöœùûüÿ"
FRENCH = frozenset(FRENCH_LOWER + FRENCH_LOWER.upper())
SIGNS = frozenset("«»°²³€‘’“”–—…·•\u00a0\u202f\u2009\u2011\u2212§µ×½¼¾ºª®©™±÷£\u00ad")
RARE = frozenset("‰≤≥≈→")
"""Signs of tables that prove UTF-8 where they come out of it; in other encodings their bytes are too common to say anything."""
_HIGH = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True)
class Decoded:
    """`data` is the file as UTF-8 without its byte order mark; `encoding` the codec it was written in."""

    data: bytes
    encoding: str
    bom: bool = False
    repairs: tuple[Repair, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def line_at(raw: bytes, offset: int) -> int:
    """The line of the byte at `offset`, counted as an editor does (CR, LF and CRLF each end one)."""
    return 1 + raw.count(b"\n", 0, offset) + raw.count(b"\r", 0, offset) - raw.count(b"\r\n", 0, offset)


def called(encoding: str) -> str:
    """The encoding as a person may know it."""
    return SINGLE.get(encoding, encoding.upper())


def decode(raw: bytes, hints: Hints = Hints(), first: int = 1) -> Decoded:  # noqa: B008 - frozen
    """`raw` as UTF-8; see the module for how. Repairs count lines from `first`, refusals from 1.

    Raises ImportRefused with the line, or ReadingNeeded.
    """
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _marked(raw, mark, encoding, first)
    nul = raw.find(b"\0")
    if nul >= 0:
        return _without_mark(raw, nul)
    if _valid_utf8(raw):
        return _few_letters(raw, hints)
    try:
        raw.decode("utf-8")  # says where it fails
    except UnicodeDecodeError as error:
        return _single(raw, hints, error, first)
    return Decoded(raw, "utf-8")


def _valid_utf8(raw: bytes) -> bool:
    """Whether `raw` is UTF-8, without making the text: Arrow proves it twenty times faster than Python decodes it."""
    if raw.isascii():
        return True
    offsets = pa.py_buffer(np.array([0, len(raw)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(raw)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _few_letters(raw: bytes, hints: Hints) -> Decoded:
    """Accept valid UTF-8; ask where its few accented letters are not French in UTF-8 but are in another encoding."""
    if raw.isascii() or np.count_nonzero(np.frombuffer(raw, np.uint8) > 127) > FEW:
        return Decoded(raw, "utf-8")
    chosen = hints.encoding or ""
    if chosen in SINGLE:
        return Decoded(raw.decode(chosen).encode("utf-8"), chosen)
    foreign = not any(letter in FRENCH or letter in SIGNS or letter in RARE for letter in raw.decode("utf-8"))
    others = [name for name in SINGLE if not any(oddities(each, name) for each in _contexts(raw))]
    if foreign and others and chosen != "utf-8":
        _ask_encoding(raw, {"utf-8": 1, **dict.fromkeys(others, 0)}, hints)
    return Decoded(raw, "utf-8")


def _marked(raw: bytes, mark: bytes, encoding: str, first: int) -> Decoded:
    body = raw[len(mark) :]
    if encoding == "utf-8":
        if b"\0" in body:
            _nul(body, body.index(b"\0"))
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as error:
            return _mixed(body, error, first, bom=True)
        return Decoded(body, "utf-8", bom=True)
    try:
        text = body.decode(encoding)
        data = text.encode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, "replace").encode("utf-8", "replace")
        refuse(
            "encoding-broken",
            f"Le fichier se dit en {encoding.upper()[:6]} mais un caractère y est incomplet ou impossible.",
            "Le fichier est sans doute coupé : demandez-le de nouveau, ou enregistrez-le en « CSV UTF-8 ».",
            line=line_at(before, len(before)),
            value=body[error.start : error.start + 4].hex(" "),
        )
    if b"\0" in data:
        _nul(data, data.index(b"\0"))
    return Decoded(data, encoding[:6].rstrip("-"), bom=True)


def _without_mark(raw: bytes, nul: int) -> Decoded:
    """Recognise UTF-16 without byte order mark: a NUL beside nearly each letter. Any other NUL is refused."""
    sample = raw[:4096]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if len(raw) % 2 == 0 and len(zeros) > 4 and zeros.count(0) > 0.8 * len(zeros):
            try:
                data = raw.decode(encoding).encode("utf-8")
            except UnicodeError:
                continue
            if b"\0" not in data:
                what = "Fichier en UTF-16 sans marque d'ordre des octets : reconnu à ses octets nuls."
                return Decoded(data, encoding, repairs=(Repair(None, what),))
    _nul(raw, nul)


def _nul(data: bytes, at: int) -> NoReturn:
    start = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
    around = re.split(rb"[\r\n]", data[max(start, at - 10) : at + 10])[0]
    refuse(
        "nul",
        f"Un octet nul se trouve au {at - start + 1}e octet de la ligne : le fichier est abîmé ou n'est pas un texte.",
        "Ouvrez-le dans le logiciel d'où il vient et enregistrez-le de nouveau en « CSV UTF-8 ».",
        line=line_at(data, at),
        value=around.decode("utf-8", "replace"),
    )


# ------------------------------------------------------------------------------------------- one byte, one letter


def oddities(context: bytes, encoding: str) -> int:
    """How many letters of `context` French would not write there; 99 when the encoding has no such letter.

    `context` is a run of bytes above 127 with the byte before and the one after.
    """
    try:
        text = context.decode(encoding)
    except UnicodeDecodeError:
        return 99
    odd = 0
    for i, letter in enumerate(text):
        if letter.isascii():
            continue
        before = text[i - 1] if i else " "
        after = text[i + 1] if i + 1 < len(text) else " "
        odd += not _at_home(letter, before, after)
    return odd


def _contexts(raw: bytes) -> Iterator[bytes]:
    """Each run of bytes above 127 with the byte before it and the one after."""
    for match in _HIGH.finditer(raw):
        yield raw[max(0, match.start() - 1) : match.end() + 1]


def _at_home(letter: str, before: str, after: str) -> bool:
    """Whether French writes `letter` between these two characters."""
    if letter in FRENCH:
        if before.isdigit() and after.isdigit():
            return False
        if letter.islower():  # « dÉ » is not written, « Dé » is
            return not (after.isupper() and before.isalpha())
        return not (before.islower() or (after.islower() and before.isupper()))
    if letter in "’‘":
        return True
    if letter == "\u00a0":
        return not (before.isalpha() and after.isalpha())
    if letter in "°ºª":
        return not (before.islower() and after.islower())
    if letter in SIGNS:
        return not (before.isalpha() and after.isalpha())
    return False


def _single(raw: bytes, hints: Hints, error: UnicodeDecodeError, first: int) -> Decoded:
    if hints.encoding in SINGLE:
        return _decoded(raw, str(hints.encoding), error)
    if utf8_letter(raw) is not None:
        return _mixed(raw, error, first)
    contexts = Counter(_contexts(raw))
    total = sum(contexts.values())
    texts: dict[bytes, str] = {}
    marks: dict[str, int] = {}
    for encoding in SINGLE:
        each = {context: oddities(context, encoding) for context in contexts}
        if max(each.values()) >= 99:
            continue
        signature = "".join(context.decode(encoding) for context in sorted(contexts)).encode()
        if signature in texts:  # the same text under another name: Latin-9 without its eight letters
            continue
        texts[signature] = encoding
        marks[encoding] = sum(each[context] * n for context, n in contexts.items())
    if not marks:
        _decoded(raw, "cp1252", error)
    best = min(marks, key=lambda name: marks[name])
    rivals = [name for name in marks if name != best and marks[name] <= 2 * marks[best]]
    thin = (
        best != "cp1252"
        and "cp1252" in marks
        and (marks["cp1252"] < max(3, total // 3) or not _in_words(contexts, best))
    )
    if marks[best] <= total // 20 and not rivals and not thin:
        return _decoded(raw, best, error)
    _ask_encoding(raw, marks, hints)


def _in_words(contexts: Iterable[bytes], encoding: str) -> bool:
    """Whether some accented letter is next to another letter; symbols alone do not identify an encoding."""
    texts = (context.decode(encoding) for context in contexts)
    return any(
        a.isalpha() and b.isalpha() and (a in FRENCH or b in FRENCH)
        for text in texts
        for a, b in pairwise(text)
    )


def utf8_letter(raw: bytes) -> int | None:
    """Where the first accented letter written in UTF-8 is: a lead byte, then its right number of trail bytes, making a French sign."""
    for match in re.finditer(rb"[\xc3\xc5\xe2\xc2](?:[\x80-\xbf]{1,2})", raw):
        try:
            letter = match.group().decode("utf-8")
        except UnicodeDecodeError:
            continue
        if letter in FRENCH or letter in SIGNS:
            return match.start()
    return None


def _ask_encoding(raw: bytes, marks: Mapping[str, int], hints: Hints) -> NoReturn:
    """Ask which encoding is the right one; `marks` counts the oddities that each makes of the text. All show the same lines."""
    places = list(islice(_different(raw, list(marks)), 3))
    best = min(marks.values())
    first = next(_HIGH.finditer(raw))
    ask(
        "encoding-ambiguous",
        "Les lettres accentuées de ce fichier peuvent se lire de plusieurs façons.",
        "Choisissez la lecture où les noms sont justes (par exemple « L’Haÿ-les-Roses »).",
        [
            Reading(
                hints.but(encoding=name).id,
                called(name),
                tuple((_around(raw, start, at, end, name),) for start, at, end in places),
                marks[name] == best,
            )
            for name in sorted(marks, key=lambda each: marks[each])
        ],
        line=line_at(raw, first.start()),
    )


def _different(raw: bytes, names: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The lines that the encodings read differently, once each: where it starts, where its first such letter is, where it ends."""
    done = 0
    for found in _HIGH.finditer(raw, 0, 2**20):
        if found.start() < done or len({found.group().decode(name, "replace") for name in names}) < 2:
            continue
        start = max(raw.rfind(b"\n", 0, found.start()), raw.rfind(b"\r", 0, found.start())) + 1
        ends = [at for at in (raw.find(b"\n", found.end()), raw.find(b"\r", found.end())) if at >= 0]
        done = min(ends, default=len(raw))
        yield start, found.start(), done


def _around(raw: bytes, start: int, at: int, end: int, encoding: str) -> str:
    """A line as `encoding` reads it; of a long one, what stands around the letter at `at`."""
    if end - start > SHOWN and at - start > SHOWN // 2:
        before = raw[max(start, at - SHOWN // 3) : at].decode(encoding, "ignore")
        return "…" + shown(before + raw[at : min(end, at + SHOWN)].decode(encoding, "ignore"))
    return shown(raw[start:end].decode(encoding, "replace"))


def _decoded(raw: bytes, encoding: str, utf8: UnicodeDecodeError) -> Decoded:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = line_at(raw, error.start)
        refuse(
            "encoding-unknown",
            f"L'octet {raw[error.start]:02x} ne correspond à aucune lettre en {SINGLE.get(encoding, encoding)}, ni en UTF-8.",
            "Ouvrez le fichier dans le logiciel d'où il vient et enregistrez-le en « CSV UTF-8 ».",
            line=line,
            value=raw[max(0, error.start - 10) : error.start + 10].decode("latin-1"),
        )
    return Decoded(text.encode("utf-8"), encoding)


def _mixed(raw: bytes, error: UnicodeDecodeError, first: int, bom: bool = False) -> Decoded:
    """Decode a file that mixes UTF-8 and a one-byte encoding line by line; the lines in the rarer of the two are listed."""
    ends = [match.end() for match in re.finditer(rb"\r\n|\r|\n", raw)]
    if not ends or ends[-1] < len(raw):
        ends.append(len(raw))
    parts: list[bytes] = []
    foreign: list[int] = []
    proper: list[int] = []
    start = 0
    for number, end in enumerate(ends, 1):
        line = raw[start:end]
        if not line.isascii():
            try:
                line.decode("utf-8")
                proper.append(number)
            except UnicodeDecodeError as broken:
                if utf8_letter(line) is not None or any(oddities(each, "cp1252") for each in _contexts(line)):
                    refuse(
                        "encoding-mixed",
                        "Le fichier est en UTF-8, mais cette ligne contient un caractère qui n'en est pas.",
                        "Enregistrez le fichier de nouveau en « CSV UTF-8 », après avoir corrigé les lettres accentuées de cette ligne.",
                        line=number,
                        value=line[max(0, broken.start - 20) : broken.start + 20].decode("utf-8", "replace"),
                    )
                line = line.decode("cp1252").encode("utf-8")
                foreign.append(number)
        parts.append(line)
        start = end
    listed, what = (
        (
            foreign,
            "écrite en Windows (cp1252) dans un fichier en UTF-8 : ses lettres accentuées ont été converties.",
        )
        if len(foreign) <= len(proper)
        else (proper, "écrite en UTF-8 dans un fichier en Windows (cp1252) : lue en UTF-8.")
    )
    encoding = "utf-8" if len(foreign) <= len(proper) else "cp1252"
    return Decoded(
        b"".join(parts), encoding, bom, tuple(repair_of_lines([line + first - 1 for line in listed], what))
    )


def plain(text: str) -> str:
    """`text` in lower case without accents nor outer blanks, for comparing words."""
    folded = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
