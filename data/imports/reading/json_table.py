"""JSON read like a table: an array of objects, alone or under one key, or one object a line (NDJSON). One object is one row.

Numbers stay as they are written (`1.10`), `null` and an absent key are an empty cell, the second is listed. Objects and arrays inside
an object are refused with their line and path: no cell could hold them. GeoJSON is read by `typed`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from analysis.french import counted
from data.imports.model import Repair, SheetNeeded
from data.imports.reading.body import Found, finish
from data.imports.reading.encoding import decode
from data.imports.reading.header import Header
from data.imports.reading.hints import Hints
from data.imports.reading.limits import MAX_COLUMNS, MAX_JSON, MAX_SHEET_CELLS
from data.imports.reading.parts import Parts
from data.imports.reading.say import excerpt, problem, refuse, repair_of_lines, shown

_BLANK = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ADVICE = 'Un tableau est une liste d\'objets, par exemple [{"code": "01004", "logements": 84}].'


class Twice(ValueError):
    """A key that an object has twice."""


@dataclass(frozen=True)
class _Rows:
    """Objects of one array, with the line on which each begins, and the path of the array."""

    path: str
    lines: list[int]
    objects: list[dict[str, Any]]


def json_text(value: Any) -> str:
    """A value of JSON as a cell; numbers are already text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    return str(value)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of `pairs`. Raises Twice for a key that comes twice: one of its values would be lost."""
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Twice(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return out


class _Text:
    """A JSON text read value by value, with the line of each value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self._counted = 0
        self._line = 1
        self._decoder = json.JSONDecoder(
            object_pairs_hook=once, parse_float=str, parse_int=str, parse_constant=_not_json
        )

    def skip(self) -> str:
        """Skip blanks; the next character, empty at the end of the text."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.text[self.at : self.at + 1]

    def line(self) -> int:
        """The line of the place reached."""
        self._line += len(_LINE_END.findall(self.text, self._counted, self.at))
        self._counted = self.at
        return self._line

    def take(self, sign: str) -> bool:
        """Whether `sign` comes next; if so it is consumed."""
        found = self.skip() == sign
        self.at += found
        return found

    def value(self) -> Any:
        """The value that comes next. Raises ImportRefused with its line."""
        self.skip()
        line = self.line()
        try:
            value, self.at = self._decoder.raw_decode(self.text, self.at)
        except Twice as error:
            refuse(
                "json-twice",
                f"La clé «\u00a0{shown(str(error))}\u00a0» est écrite deux fois dans le même objet.",
                "Gardez l'une des deux valeurs, ou enregistrez le tableau en CSV UTF-8.",
                line=line,
                column=str(error),
            )
        except _NotJson as error:
            refuse(
                "json-broken",
                f"« {error} » n'est pas une valeur de JSON.",
                "Écrivez null pour un chiffre qui manque.",
                line=line,
                value=str(error),
            )
        except json.JSONDecodeError as error:
            _broken(error.lineno)
        except RecursionError:
            refuse(
                "json-broken", "Le JSON est imbriqué sans fin.", "Déposez un tableau, ou un CSV.", line=line
            )
        return value

    def rows(self, path: str) -> _Rows:
        """The array of objects that comes next."""
        lines: list[int] = []
        objects: list[dict[str, Any]] = []
        self.take("[")
        while not self.take("]"):
            if objects and not self.take(","):
                _broken(self.line())
            self.skip()
            lines.append(self.line())
            objects.append(_object(self.value(), lines[-1], f"{path}[{len(objects)}]"))
        return _Rows(path, lines, objects)


class _NotJson(ValueError):
    """NaN or Infinity, which Python writes and JSON does not have."""


def _not_json(text: str) -> NoReturn:
    raise _NotJson(text)


def _broken(line: int) -> NoReturn:
    refuse("json-broken", "Le JSON est coupé ou abîmé.", "Téléchargez-le de nouveau.", line=line)


def _object(value: Any, line: int, path: str) -> dict[str, Any]:
    """`value` if it is an object of plain values."""
    if not isinstance(value, dict):
        refuse(
            "not-a-table",
            f"Ce JSON n'est pas une liste d'objets : {path} n'en est pas un.",
            _ADVICE,
            line=line,
        )
    for name, each in value.items():
        if isinstance(each, dict | list):
            what = "un objet" if isinstance(each, dict) else "une liste"
            refuse(
                "json-nested",
                f"{path}.{shown(name)} contient {what} : une cellule ne peut pas le contenir.",
                "Enregistrez un tableau à plat, une valeur par clé, ou un CSV.",
                line=line,
                column=name,
            )
    return value


def read(raw: bytes, sheet: str | None, hints: Hints) -> Parts:
    """The table of a JSON text. `sheet` names the key whose array is read, where several hold one.

    Raises ImportRefused with the line, SheetNeeded, or ReadingNeeded for a text whose encoding nobody can tell.
    """
    if len(raw) > MAX_JSON:
        refuse(
            "too-big",
            f"Le JSON pèse {len(raw) // 2**20} Mo, au plus {MAX_JSON // 2**20} Mo.",
            "Un tableau de cette taille se lit en CSV ou en Parquet.",
        )
    text = decode(raw, hints)
    repairs = list(text.repairs)
    source = _Text(text.data.decode("utf-8"))
    sheets: tuple[str, ...] = ()
    key = ""
    if source.skip() == "[":
        rows = source.rows("")
        if source.skip():
            _broken(source.line())
    else:
        first = _members(_Text(source.text))
        if first is None:
            rows = _one_a_line(source)
        else:
            tables, others = first
            sheets = tuple(tables)
            key = _chosen(tables, sheet)
            rows = tables[key]
            repairs += _left(key, sheets, others)
    return _parts(rows, repairs, text.encoding, text.bom, key, sheets)


def _members(text: _Text) -> tuple[dict[str, _Rows], list[str]] | None:
    """The arrays of objects of the one object that `text` is, by key, and its other keys; None for several objects, one a line."""
    tables: dict[str, _Rows] = {}
    others: list[str] = []
    text.take("{")
    while not text.take("}"):
        if (tables or others) and not text.take(","):
            _broken(text.line())
        if text.skip() != '"':
            _broken(text.line())
        line = text.line()
        name = text.value()
        if name in tables or name in others:
            refuse(
                "json-twice",
                f"La clé « {shown(name)} » est écrite deux fois.",
                _ADVICE,
                line=line,
                column=name,
            )
        if not text.take(":"):
            _broken(text.line())
        if text.skip() == "[" and re.match(r"\[\s*\{", text.text[text.at : text.at + 1000]):
            tables[name] = text.rows(name)
        else:
            text.value()
            others.append(name)
    if text.skip():
        return None
    if not tables:
        refuse(
            "not-a-table",
            "Ce JSON n'est pas un tableau : aucune de ses clés ne contient une liste d'objets.",
            _ADVICE,
        )
    return tables, others


def _one_a_line(text: _Text) -> _Rows:
    """One object a line; nothing else may stand between them."""
    lines: list[int] = []
    objects: list[dict[str, Any]] = []
    while text.skip():
        line = text.line()
        if lines and line == lines[-1]:
            _broken(line)
        value = text.value()
        lines.append(line)
        objects.append(_object(value, line, f"[{len(objects)}]"))
    return _Rows("", lines, objects)


def _chosen(tables: dict[str, _Rows], sheet: str | None) -> str:
    if sheet in tables:
        return str(sheet)
    if len(tables) == 1:
        return next(iter(tables))
    found = problem(
        "sheet-needed",
        "Ce JSON contient plusieurs tableaux.",
        "Choisissez celui à lire.",
        value=" ; ".join(tables),
    )
    raise SheetNeeded(
        found, list(tables), {name: excerpt(_excerpt_rows(rows)) for name, rows in tables.items()}
    )


def _excerpt_rows(rows: _Rows) -> Iterator[list[str]]:
    names = list(dict.fromkeys(name for each in rows.objects[:5] for name in each))
    yield names
    for each in rows.objects[:5]:
        yield [json_text(each.get(name)) for name in names]


def _left(key: str, sheets: tuple[str, ...], others: list[str]) -> list[Repair]:
    """The repair that lists the keys beside the array that is read."""
    left = [*(each for each in sheets if each != key), *others]
    if not left:
        return []
    which = ", ".join(f"«\u00a0{shown(each)}\u00a0»" for each in left[:12]) + ("…" if len(left) > 12 else "")
    return [
        Repair(
            None, f"Seule la liste «\u00a0{shown(key)}\u00a0» est lue ; à côté d'elle, mis de côté : {which}."
        )
    ]


def _parts(
    rows: _Rows, repairs: list[Repair], encoding: str, bom: bool, key: str, sheets: tuple[str, ...]
) -> Parts:
    names: dict[str, None] = {}
    for each in rows.objects:
        names.update(dict.fromkeys(each))
        if len(names) > MAX_COLUMNS:
            refuse(
                "too-many-columns",
                f"Les objets ont plus de {counted(MAX_COLUMNS, 'clé', 'clés')} différentes.",
                "Gardez les clés utiles.",
            )
    if not rows.objects or not names:
        refuse("no-rows", "Le JSON ne contient aucune donnée.", _ADVICE)
    if len(names) * len(rows.objects) > MAX_SHEET_CELLS:
        refuse("sheet-too-big", "La table serait démesurée.", "Gardez les objets et les clés utiles.")
    absent = [line for line, each in zip(rows.lines, rows.objects, strict=True) if len(each) < len(names)]
    repairs += repair_of_lines(absent, "une clé absente de l'objet, lue vide.")
    columns = []
    for name in names:
        cells = [json_text(each.get(name)) for each in rows.objects]
        try:
            name.encode()
            columns.append(pa.chunked_array([pa.array(cells, pa.large_string())]))
        except UnicodeEncodeError:
            line = next(
                (line for line, each in zip(rows.lines, cells, strict=True) if _half(each)), rows.lines[0]
            )
            refuse(
                "json-broken",
                "Un texte du JSON contient la moitié d'un caractère (\\ud83d).",
                "Demandez-le de nouveau.",
                line=line,
                column=name.encode("utf-8", "replace").decode(),
            )
    header = Header((), tuple(names), 0, 1)
    found = Found(columns, np.asarray(rows.lines, np.int64), repairs)
    frame, lines, done = finish(found, header, Hints(header=0))
    return Parts(frame, lines, tuple(done), "json", encoding, bom, header_line=0, sheet=key, sheets=sheets)


def _half(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)
