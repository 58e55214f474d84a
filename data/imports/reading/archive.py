"""ZIP and GZ archives, read as untrusted input. Members are read in memory; their names are never used as paths.

A ZIP is refused on the sizes that its directory declares, before anything is inflated. If those sizes are false, `zipfile` stops at the
declared size and the checksum fails. A GZ declares no reliable size: its output is counted while it is inflated.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from data.imports.model import ImportRefused, Repair, SheetNeeded
from data.imports.reading.encoding import plain
from data.imports.reading.limits import MAX_INFLATED, MAX_MEMBERS, MAX_RATIO, RATIO_FROM
from data.imports.reading.say import problem, refuse, shown

TABLES = (
    ".csv",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xlsm",
    ".ods",
    ".xls",
    ".parquet",
    ".dbf",
    ".geojson",
    ".json",
    ".ndjson",
    ".jsonl",
    ".gpkg",
)
ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
METADATA = ("meta", "varmod", "dictionnaire", "lisez", "readme", "lire", "doc", "notice", "variables", "dico")
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, LookupError, ValueError, RuntimeError,
)  # fmt: skip
"""What `zipfile` and its decompressors raise for damaged bytes (`NotImplementedError` is a `RuntimeError`)."""
CHUNK = 2**20
JOIN = " › "
"""Between a member and one of its sheets, where a workbook inside an archive holds several."""


@contextmanager
def guarded() -> Iterator[None]:
    """Turn the exceptions of a damaged archive or workbook part (index out of range, invalid number) into ImportRefused."""
    try:
        yield
    except ImportRefused:
        raise
    except BROKEN as error:
        if "password" in str(error) or "encrypted" in str(error):
            refuse_password()
        unknown = isinstance(error, NotImplementedError)
        if isinstance(error, RuntimeError) and not unknown:
            raise
        refuse(
            "archive-broken",
            "L'archive utilise une compression inconnue." if unknown else "Le fichier est coupé ou abîmé.",
            "Téléchargez-le de nouveau ; s'il s'ouvre chez vous, enregistrez-le de nouveau et déposez cette copie.",
        )


def refuse_password() -> None:
    """Refuse a file that only opens with a password."""
    refuse(
        "password",
        "Le fichier est protégé par un mot de passe.",
        "Ouvrez-le, retirez le mot de passe (Fichier, Informations, Protéger) et enregistrez-le de nouveau.",
    )


def refuse_bomb(size: int, packed: int) -> None:
    """Refuse a compression bomb: `packed` bytes that would become `size` bytes (limits: `limits`)."""
    times = f"{size // max(packed, 1):,}".replace(",", "\u202f")
    refuse(
        "bomb",
        f"Une fois décompressé, le fichier ferait au moins {size // 2**20} Mo, {times} fois sa taille : il est refusé sans être ouvert.",
        f"Vérifiez d'où il vient. Un tableau ne dépasse guère 60 fois sa taille, et {MAX_INFLATED // 2**20} Mo ; "
        "un grand fichier publié s'importe par la ligne de commande.",
    )


def opened(raw: bytes) -> zipfile.ZipFile:
    """The archive in `raw`, its declared sizes checked and nothing inflated. Raises ImportRefused."""
    with guarded():
        book = zipfile.ZipFile(io.BytesIO(raw))
    check(book.infolist(), len(raw), MAX_INFLATED)
    return book


def check(members: list[zipfile.ZipInfo], packed: int, limit: int) -> None:
    """Refuse encrypted members, too many of them, and declared sizes over `limit` or out of proportion with `packed`."""
    if any(member.flag_bits & 1 for member in members):
        refuse_password()
    if len(members) > MAX_MEMBERS:
        refuse(
            "archive-members",
            f"L'archive contient {len(members)} fichiers, au plus {MAX_MEMBERS}.",
            "Déposez seulement le fichier utile.",
        )
    size = sum(member.file_size for member in members)
    if size > limit or (size > RATIO_FROM and size > MAX_RATIO * packed):
        refuse_bomb(size, packed)


def choose(
    book: zipfile.ZipFile, asked: str | None
) -> tuple[zipfile.ZipInfo, str | None, tuple[Repair, ...]]:
    """The member to read, the sheet asked inside it, and what was left aside.

    Raises SheetNeeded where several members are tables, ImportRefused where none is, or where a name is an absolute path or contains `..`.
    """
    for each in book.infolist():
        parts = each.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            refuse(
                "archive-path",
                f"L'archive contient un nom de fichier interdit («\u00a0{shown(each.filename)}\u00a0»).",
                "Décompressez-la chez vous et déposez le fichier lui-même.",
            )
    members = [each for each in book.infolist() if not each.is_dir() and not _hidden(each.filename)]
    tables = [each for each in members if each.filename.lower().endswith(TABLES)]
    if not tables:
        if any(each.filename.lower().endswith(ARCHIVES) for each in members):
            refuse(
                "archive-nested",
                "L'archive contient une autre archive.",
                "Décompressez-la chez vous et déposez le fichier lui-même.",
            )
        if len(members) != 1:
            refuse(
                "archive-empty",
                "L'archive ne contient aucun tableau.",
                f"Fichiers acceptés : {', '.join(TABLES)}.",
            )
        tables = members
    if asked is not None:
        for each in tables:
            if asked == each.filename or asked.startswith(each.filename + JOIN):
                return each, asked[len(each.filename + JOIN) :] or None, _left(members, each)
    data = [each for each in tables if not _is_metadata(each.filename)] or tables
    if len(data) == 1:
        return data[0], asked, _left(members, data[0])
    ordered = [each.filename for each in [*data, *(each for each in tables if each not in data)]]
    title = "L'archive contient plusieurs tableaux."
    raise SheetNeeded(problem("sheet-needed", title, "Choisissez le fichier à lire."), ordered)


def _left(members: list[zipfile.ZipInfo], chosen: zipfile.ZipInfo) -> tuple[Repair, ...]:
    others = [f"«\u00a0{shown(each.filename)}\u00a0»" for each in members if each is not chosen]
    if not others:
        return ()
    text = f"Fichier «\u00a0{shown(chosen.filename)}\u00a0» lu dans l'archive ; laissés de côté : {', '.join(others)}."
    return (Repair(None, text),)


def _hidden(name: str) -> bool:
    return (
        name.startswith("__MACOSX/") or posixpath.basename(name).startswith(".") or name.endswith("Thumbs.db")
    )


def _is_metadata(name: str) -> bool:
    return plain(posixpath.basename(name)).startswith(METADATA)


def member(book: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one member, never more than it declares."""
    with (
        guarded(),
        book.open(info) as stream,
    ):  # in pieces: read() alone inflates all of a member that lies about its size
        return b"".join(iter(lambda: stream.read(CHUNK), b""))


def gunzip(raw: bytes) -> bytes:
    """What a GZ holds (all its members). Raises ImportRefused for a bomb, a cut or a damaged file."""
    out: list[bytes] = []
    size = 0
    rest = raw
    with guarded():
        while rest:
            unpack = zlib.decompressobj(wbits=31)
            piece = unpack.decompress(rest, CHUNK)
            while True:
                out.append(piece)
                size += len(piece)
                used = len(raw) - len(unpack.unconsumed_tail) - len(unpack.unused_data)
                if size > MAX_INFLATED or (size > RATIO_FROM and size > MAX_RATIO * used):
                    refuse_bomb(size, used)
                if unpack.eof:
                    break
                if not unpack.unconsumed_tail and not piece:
                    raise EOFError
                piece = unpack.decompress(unpack.unconsumed_tail, CHUNK)
            rest = unpack.unused_data.lstrip(b"\0")
            if rest and not rest.startswith(b"\x1f\x8b"):
                raise EOFError
    return b"".join(out)
