"""The kind of a file, found from its content. The extension is only compared with it, and a difference is listed."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping

from data.imports.model import ImportRefused, Repair
from data.imports.reading.archive import BROKEN, refuse_password
from data.imports.reading.say import refuse

CONTAINER_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "csv": ("un texte en colonnes (CSV)", (".csv", ".tsv", ".txt", ".tab", ".dat", "")),
    "xlsx": ("un classeur Excel (xlsx)", (".xlsx", ".xlsm", ".xltx")),
    "ods": ("un classeur LibreOffice (ods)", (".ods", ".ots")),
    "xls": ("un ancien classeur Excel (xls)", (".xls", ".xlt", ".xlsb")),
    "zip": ("une archive ZIP", (".zip",)),
    "gz": ("un fichier compressé GZ", (".gz",)),
    "parquet": ("un fichier Parquet", (".parquet", ".geoparquet", ".parq")),
    "dbf": ("une table dBase (dbf)", (".dbf",)),
    "geojson": ("un fichier GeoJSON", (".geojson", ".json")),
    "json": ("un fichier JSON", (".json", ".ndjson", ".jsonl")),
    "gpkg": ("un GeoPackage", (".gpkg",)),
}
OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "un document PDF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (b"7z\xbc\xaf\x27\x1c", "une archive 7z"),
    (b"Rar!", "une archive RAR"),
    (b"BZh", "une archive BZ2"),
    (b"\xfd7zXZ", "une archive XZ"),
    (b"{\\rtf", "un document RTF"),
    (b"\x7fELF", "un programme"),
    (b"MZ\x90", "un programme"),
)
_MARKUP = re.compile(
    rb"<(?:!|\?xml|/?(?:html|head|body|meta|style|title|script|link|table|tr|td|div|p|br|span|center|font|form)[\s/>])|mime-version:"
)
_FEATURES = re.compile(rb'"f\0*e\0*a\0*t\0*u\0*r\0*e\0*s\0*"[\s\0]*:[\s\0]*\[')
_JSON_OBJECT = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*"\s*:')
_JSON_LIST = re.compile(rb"\[\s*[{\[\]]")
_SAVE_AS = (
    "Beaucoup d'exports nommés .xls en sont. S'il contient un tableau, ouvrez-le dans Excel ou LibreOffice, "
    "enregistrez-le en .xlsx et déposez cette copie."
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind(raw: bytes) -> str:
    """The kind of `raw`, a key of `CONTAINER_KINDS`. Raises ImportRefused for what holds no table."""
    head = raw[:4096]
    for magic, what in OTHERS:
        if head.startswith(magic):
            _not_a_table(what)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(raw)
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(OLE):
        return _ole(raw)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if is_dbf(raw):
        return "dbf"
    if raw[257:262] == b"ustar":
        _not_a_table("une archive TAR")
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or head.count(0) > 0.3 * len(head)
    text = head.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n").lower()
    if _MARKUP.match(text):
        _not_a_table("une page web ou un document XML", _SAVE_AS)
    if text.startswith((b"id;p", b"table\r\n0,1", b"table\n0,1")):
        _not_a_table("un ancien format d'échange de tableur (SYLK ou DIF)", _SAVE_AS)
    if _JSON_OBJECT.match(text):
        return "geojson" if _FEATURES.search(raw) else "json"
    if _JSON_LIST.match(text):
        return "json"
    controls = sum(byte < 32 and byte not in (9, 10, 13) for byte in head)
    if controls > max(8, len(head) // 10) and not wide:
        _not_a_table("un fichier binaire")
    return "csv"


def _not_a_table(
    what: str,
    advice: str = "Déposez le tableau lui-même : CSV, Excel (xlsx), LibreOffice (ods), ou un ZIP qui en contient un.",
) -> None:
    refuse("not-a-table", f"Le fichier est {what}, pas un tableau.", advice)


def _zipped(raw: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            names = set(book.namelist())
            if "mimetype" in names and "content.xml" in names:
                if "META-INF/manifest.xml" in names and b"encryption-data" in _start(
                    book, "META-INF/manifest.xml", 2**20
                ):
                    refuse_password()
                if b"spreadsheet" not in _start(book, "mimetype", 200):
                    _not_a_table("un document LibreOffice sans feuille de calcul")
                return "ods"
            if "[Content_Types].xml" in names:
                if any(name.startswith("xl/") and name.endswith("workbook.bin") for name in names):
                    return "xls"
                if any(name.startswith(("word/", "ppt/", "visio/")) for name in names):
                    _not_a_table("un document Word ou PowerPoint")
                return "xlsx"
    except ImportRefused:
        raise
    except BROKEN:
        pass  # said with its cause when the archive is opened
    return "zip"


def _start(book: zipfile.ZipFile, name: str, size: int) -> bytes:
    """The first `size` bytes of a member; `read()` without a size would inflate a compression bomb whole."""
    with book.open(name) as stream:
        return stream.read(size)


def _ole(raw: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        refuse_password()
    if "WordDocument".encode("utf-16-le") in raw[: 2**20] or "PowerPoint Document".encode("utf-16-le") in raw:
        _not_a_table("un document Word ou PowerPoint")
    return "xls"


def is_dbf(raw: bytes) -> bool:
    """dBase has no magic: its version, date, header and record lengths must agree with the file's size."""
    if len(raw) < 65 or raw[0] not in (0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5):
        return False
    month, day = raw[2], raw[3]
    records = int.from_bytes(raw[4:8], "little")
    header, record = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    if not (month <= 12 and day <= 31 and header >= 65 and record >= 2):
        return False
    return raw[header - 1 : header] == b"\r" or abs(header + records * record - len(raw)) <= 2


def extension(name: str) -> str:
    """The extension of a file's name, in lower case with its dot."""
    return posixpath.splitext(name.replace("\\", "/").lower())[1]


def compared(name: str, found: str) -> tuple[Repair, ...]:
    """The repair to list when the extension is not that of the content."""
    ending = extension(name)
    what, endings = CONTAINER_KINDS[found]
    known = {each for _, more in CONTAINER_KINDS.values() for each in more}
    if ending in endings or ending not in known:
        return ()
    return (
        Repair(
            None, f"Le fichier se nomme «\u00a0{ending}\u00a0» mais son contenu est {what} : lu comme tel."
        ),
    )
