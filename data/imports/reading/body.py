"""From records to the table. Rows that are not data are removed and listed; rows that cannot be read with certainty are refused by line.

`square` makes ragged records as wide as the table; `finish` works on whole columns and serves every reader: empty rows, the header
once more, totals, notes after the table, unnamed or equal column names, cells over the limit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.french import counted
from data.imports.model import ImportRefused, Problem, Reading, Repair
from data.imports.reading import shapes
from data.imports.reading.encoding import plain
from data.imports.reading.header import Header, filled
from data.imports.reading.hints import NO_HEADER, Hints
from data.imports.reading.limits import MAX_CELL
from data.imports.reading.records import Record, too_long
from data.imports.reading.say import ask, problem, refuse, repair_of_lines, shown
from data.imports.reading.values import is_missing, is_value, is_year

Columns = list[pa.ChunkedArray]
Lines = npt.NDArray[np.int64]

_AS_READ = pd.StringDtype("pyarrow", na_value=np.nan)
"""The text of a file stays where Arrow read it: a national one has a million rows, unlike the frames made of it (`analysis`)."""

_NOTE = re.compile(
    r"\s*(?:\*|\(\d+\)|©|(?:sources?|notes?|champ|lecture|legende|nb|n\.b\.|remarques?|attention|avertissement|precisions?|"
    r"donnees|mise a jour|avertissements?|definitions?|s|nd|unites?|perimetre|geographie|publication)\s*[:=(]|"
    r"(?:sources?|champ|lecture)\s*$)"
)
_TOTAL = re.compile(r"(?:sous[- ]?total|totaux|total|ensemble)(?:\s.*|\s*:.*)?")
_TOTAL_START = r"(?i)^\s*(?:sous[- ]?tota|tota|ensemble)"
MAX_PROBLEMS = 200
MAX_RAGGED = 20_000
"""Rows with too few or too many cells beyond which the file is refused: it is not a table with accidents."""
LAST = 20
"""Rows at the end that may be notes."""


@dataclass
class Found:
    """A table under way: its columns, the line of each row, what was put right, what was set aside."""

    columns: Columns
    lines: Lines
    repairs: list[Repair] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """The rows that were set aside, each an error with its line."""


def square(
    rows: Sequence[Record],
    header: Header,
    separator: str,
    hints: Hints,
    *,
    cut: bool = False,
    last: bool = True,
) -> Found:
    """Records of any width as columns of the header's. `cut`: the file ends without a line end; `last`: these are its last rows.

    Notes after the table are set aside and listed. A row with too few or too many cells is put right where the shapes of the columns prove
    how (`shapes`), which is listed; else it is set aside as a problem. Raises ImportRefused when most rows are, or the file is cut.
    """
    repairs: list[Repair] = []
    kept = [record for record in rows if len(record[1])]
    blank = [line for line, cells in rows if not len(cells)]
    if kept and blank:
        end = kept[-1][0] if last else blank[-1] + 1  # nothing is said of those that end the file
        repairs += repair_of_lines([line for line in blank if line < end], "ligne vide, ignorée.")
    width = _table_width(kept, header, hints)
    if last:
        kept = without_notes(kept, blank, width, repairs)
    whole = [cells for _, cells in kept if len(cells) == width]
    ragged = len(kept) - len(whole)
    if ragged > MAX_RAGGED:
        raise ImportRefused(
            [_ragged(line, cells, width, header) for line, cells in kept if len(cells) != width][
                :MAX_PROBLEMS
            ]
        )
    columns_look = shapes.shapes(whole, width) if ragged else []
    problems: list[Problem] = []
    out: list[Sequence[str]] = []
    lines: list[int] = []
    trimmed: list[int] = []
    for i, (line, cells) in enumerate(kept):
        if len(cells) != width:
            if i == len(kept) - 1 and last and cut and len(cells) < width:
                raise ImportRefused([*problems, _short(line, cells, width, True)][-MAX_PROBLEMS:])
            row = None if _entangled(cells) else _put_right(cells, columns_look, separator)
            if row is None:
                problems.append(_ragged(line, cells, width, header))
                continue
            if list(cells[:width]) == row:
                trimmed.append(line)
            else:
                repairs += _put_right_in_words(line, cells, row, header)
            cells = row
        out.append(cells)
        lines.append(line)
    if problems and (width < 2 or 2 * len(problems) > len(kept)):  # a title alone above a table has one cell
        raise ImportRefused(problems[:MAX_PROBLEMS])
    repairs += repair_of_lines(trimmed, "séparateurs en trop à la fin, retirés.")
    columns = [pa.chunked_array([pa.array(column, pa.large_string())]) for column in zip(*out, strict=True)]
    if not out:
        columns = [pa.chunked_array([], pa.large_string()) for _ in range(width)]
    return Found(columns, np.asarray(lines, np.int64), repairs, problems)


def _put_right(cells: Sequence[str], columns: Sequence[shapes.Shape], separator: str) -> list[str] | None:
    """The repaired row where the shapes of the columns allow exactly one repair (`shapes`), else None."""
    if len(cells) < len(columns):
        return shapes.completed(cells, columns)
    return shapes.reduced(cells, columns, separator)


def _entangled(cells: Sequence[str]) -> bool:
    """Whether a cell holds a quote or a line break: then the row may have another fault than its number of cells, and is not repaired."""
    return any('"' in cell or "\n" in cell or "\r" in cell for cell in cells)


def _put_right_in_words(line: int, cells: Sequence[str], row: Sequence[str], header: Header) -> list[Repair]:
    """The repairs of one row, in French: the columns in which an empty cell was added, or after which one was removed."""
    rest = list(cells)
    at: list[int] = []
    for j, cell in enumerate(row):
        if len(cells) < len(row):
            if rest and rest[0] == cell:
                rest.pop(0)
            else:
                at.append(j)
        else:
            while rest.pop(0) != cell:
                at.append(j)
    which = ", ".join(_column_called(header, j) for j in at)
    if len(cells) < len(row):
        what = "cellule manquante, lue vide" if len(at) == 1 else "cellules manquantes, lues vides"
        return [Repair(line, f"Ligne {line} : {what} d'après la forme des colonnes : {which}.")]
    what = "séparateur en trop, retiré" if len(cells) == len(row) + 1 else "séparateurs en trop, retirés"
    return [Repair(line, f"Ligne {line} : {what} d'après la forme des colonnes, devant {which}.")]


def _column_called(header: Header, j: int) -> str:
    name = header.names[j] if j < len(header.names) else ""
    return f"«\u00a0{shown(name)}\u00a0»" if name else f"la colonne n°\u00a0{j + 1}"


def _table_width(rows: Sequence[Record], header: Header, hints: Hints) -> int:
    """The number of columns: the header's, or more where rows end with additional separators and a person has confirmed the names.

    Raises ImportRefused when names and cells do not pair, ReadingNeeded when they may be shifted.
    """
    named = named_width(header)
    written = len(header.names)
    if not rows:
        return written
    widths, counts = np.unique([len(cells) for _, cells in rows], return_counts=True)
    usual = int(widths[np.argmax(counts)])
    if usual in (written, 1):
        return written
    if usual > written:
        extra = next(((line, cells) for line, cells in rows if filled(cells[written:])), None)
        if extra is None:
            if hints.header is None and header.line:
                _ask_shifted(header, [cells for _, cells in rows], hints, usual)
            return usual
        if sum(bool(filled(cells[written:])) for _, cells in rows) * 2 > len(rows):
            _mismatch(header, written, extra[0], len(extra[1]))
        return written
    if usual >= named:
        return usual
    if counts.max() * 2 > len(rows):
        line = next(line for line, cells in rows if len(cells) == usual)
        _mismatch(header, written, line, usual)
    return written


def _mismatch(header: Header, names: int, line: int, cells: int) -> None:
    advice = "Donnez un titre à chaque colonne, avec le même nombre de séparateurs à chaque ligne."
    if cells > names:
        advice += ' Si le séparateur se trouve dans des nombres (12,5), entourez-les de guillemets : "12,5".'
    refuse(
        "header-mismatch",
        f"La ligne de titres (ligne {header.line}) a {counted(names, 'nom', 'noms')}, "
        f"les lignes ont {counted(cells, 'cellule', 'cellules')}.",
        advice,
        line=line,
    )


def without_notes(
    rows: list[Record], blank: Sequence[int], width: int, repairs: list[Repair]
) -> list[Record]:
    """The rows without the notes that follow the table, which are listed."""
    empty = set(blank)
    end = len(rows)
    notes: list[Record] = []
    while end > 1:
        line, cells = rows[end - 1]
        if not filled(cells):
            end -= 1
            notes.append((line, cells))
            continue
        above = rows[end - 2]
        apart = line - 1 in empty or not filled(above[1])
        if not _is_note(cells, width, apart):
            break
        notes.append((line, cells))
        end -= 1
    while notes and not filled(notes[-1][1]):
        notes.pop()
        end += 1
    for line, cells in reversed(notes):
        if filled(cells):
            text = " ; ".join(cell for cell in cells if cell)
            repairs.append(
                Repair(line, f"Ligne {line} : note après le tableau, mise de côté (« {shown(text)} »).")
            )
        else:
            repairs.append(Repair(line, f"Ligne {line} : ligne vide, ignorée."))
    return rows[:end]


def _is_note(cells: Sequence[str], width: int, apart: bool) -> bool:
    texts = [cell for cell in cells if cell.strip()]
    if width < 2 or not texts[0] or is_value(texts[0]) or not cells[0].strip():
        return False
    if _NOTE.match(plain(texts[0])):
        prose = all(cell[0] == " " for cell in texts[1:])  # the separators are the commas of a sentence
        words = not any(is_value(cell) for cell in texts[1:]) and (len(texts) < width or ":" in texts[0])
        return prose or words
    return len(texts) == 1 and width > 2 and apart and " " in texts[0].strip()


def _fits(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """For each column the kind of its cells: ``value``, ``text``, or empty when both occur."""
    kinds = []
    for j in range(width):
        filled_cells = [row[j] for row in rows[:500] if not is_missing(row[j])]
        share = (
            sum(is_value(cell) or is_year(cell) for cell in filled_cells) / len(filled_cells)
            if filled_cells
            else 0.5
        )
        kinds.append("value" if share >= 0.9 else "text" if share <= 0.1 else "")
    return kinds


def _agrees(cells: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether each cell is of its column's kind: then the cells of a short row stand in their own columns and the last ones are missing."""
    for cell, kind in zip(cells, kinds, strict=False):
        value = is_value(cell) or is_year(cell)
        if is_missing(cell) or not kind:
            continue
        if value != (kind == "value"):
            return False
    return True


def named_width(header: Header) -> int:
    """How many columns there are up to the last one that has a name."""
    named = len(header.names)
    while named and not header.names[named - 1]:
        named -= 1
    return named


def ask_if_shifted(found: Found, header: Header, hints: Hints) -> None:
    """Ask when a column without a name holds cells and the last named column holds none: the header may have a separator too many."""
    named = named_width(header)
    if hints.header is not None or not header.line or named > len(found.columns) or all(header.names[:named]):
        return
    if not len(found.lines) or not named or _holds(found.columns[named - 1]):
        return
    if any(
        _holds(column) for name, column in zip(header.names[:named], found.columns, strict=False) if not name
    ):
        rows = [[column[i].as_py() for column in found.columns] for i in range(min(3, len(found.lines)))]
        _ask_shifted(header, rows, hints, len(found.columns))


def _holds(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py())


def _ask_shifted(header: Header, rows: Sequence[Sequence[str]], hints: Hints, width: int) -> None:
    """Ask whether the names belong to the columns below them, or are shifted by one separator too many or too few."""
    some = [tuple(shown(cell) for cell in cells[:8]) for cells in rows[:3]]
    names = tuple(shown(name) for name in [*header.names, *[""] * width][: min(8, width)])
    ask(
        "header-shifted",
        f"Les titres (ligne {header.line}) et les lignes n'ont pas leurs séparateurs aux mêmes places : un titre a pu glisser.",
        "Vérifiez que chaque titre est au-dessus de sa colonne ; sinon, corrigez la ligne de titres ou lisez sans elle.",
        [
            Reading(
                hints.but(header=header.line).id, "Chaque titre est au-dessus de sa colonne", (names, *some)
            ),
            Reading(
                hints.but(header=header.line, header_lines=0).id,
                "Les titres ont glissé : colonnes nommées par leur numéro",
                (tuple(f"colonne {j + 1}" for j in range(len(names))), *some),
            ),
        ],
        line=header.line,
    )


def set_moved_aside(found: Found, header: Header) -> None:
    """Set aside rows with a cell in the unnamed last columns, in files whose lines all end with separators.

    An unquoted separator inside a cell has moved the cells after it to the right. A row whose cells are all of their column's kind is
    kept: what follows is a remark in words. Raises ImportRefused when most rows are moved.
    """
    named = named_width(header)
    if not 0 < named < len(found.columns):
        return
    beyond = np.zeros(len(found.lines), bool)
    for column in found.columns[named:]:
        beyond |= pc.not_equal(pc.utf8_trim_whitespace(column), "").to_numpy()
    if not beyond.any():
        return
    inside = [column.filter(pa.array(~beyond)).slice(0, 500).to_pylist() for column in found.columns[:named]]
    kinds = _fits(list(zip(*inside, strict=True)), named)
    moved: dict[int, Problem] = {}
    for i in np.flatnonzero(beyond).tolist():
        cells = [column[i].as_py() for column in found.columns]
        if any(is_value(cell) or is_year(cell) for cell in cells[named:]) or not _agrees(
            cells[:named], kinds
        ):
            moved[i] = _long(int(found.lines[i]), cells, named, header)
    if not moved:
        return
    first = next(iter(moved))
    if 2 * len(moved) > len(found.lines):
        _mismatch(header, named, int(found.lines[first]), len(found.columns))
    keep = np.ones(len(found.lines), bool)
    keep[list(moved)] = False
    found.columns, found.lines = _take(found.columns, found.lines, keep)
    found.problems += moved.values()


def _ragged(line: int, cells: Sequence[str], width: int, header: Header) -> Problem:
    return _short(line, cells, width, False) if len(cells) < width else _long(line, cells, width, header)


def _short(line: int, cells: Sequence[str], width: int, final: bool) -> Problem:
    title = f"La ligne a {counted(len(cells), 'cellule', 'cellules')} au lieu de {width}."
    advice = "Ajoutez le séparateur qui manque, même devant une cellule vide : 01004;;12."
    if final:
        title += " Le fichier semble coupé : c'est sa dernière ligne, et elle n'a pas de fin."
        advice = "Demandez de nouveau le fichier complet, ou retirez cette ligne."
    return problem("row-short", title, advice, line=line, value=" | ".join(cells))


def _long(line: int, cells: Sequence[str], width: int, header: Header) -> Problem:
    return problem(
        "row-long",
        f"La ligne a {counted(len(cells), 'cellule', 'cellules')} au lieu de {width} : un séparateur est en trop, ou dans une cellule.",
        'Entourez la cellule de guillemets : "Bourg; mairie". Dans un nombre, écrivez la virgule décimale entre guillemets ou un point.',
        line=line,
        column=header.names[width - 1] if width <= len(header.names) else "",
        value=" | ".join(cells[width - 1 :]),
    )


# -------------------------------------------------------------------------------------------------- whole columns


def finish(
    found: Found, header: Header, hints: Hints, *, cut: bool = False, more: bool = False, last: bool = True
) -> tuple[pd.DataFrame, Lines, list[Repair]]:
    """The frame, the line of each row, and everything that was put right, from columns as wide as the table.

    `cut`: these are only some of the columns, so that empty rows and totals cannot be recognised. `more`: a later block of the same table,
    which may turn out empty; `last`: the table ends here, and notes may follow it. Totals are looked for in a whole table only.
    """
    columns, lines, repairs = found.columns, found.lines, [*header.repairs, *found.repairs]
    _too_long(columns, lines, header)
    names = [*header.names, *[""] * (len(columns) - len(header.names))][: len(columns)]
    raw = [*header.raw, *[""] * (len(columns) - len(header.raw))][: len(columns)]
    if last and not cut:
        columns, lines = _without_last_notes(columns, lines, repairs)
    if not cut:
        columns, lines = _without_empty(columns, lines, repairs)
    if header.raw and len(lines):
        if not more and hints.header is None:
            _ask_first_repeated(columns, lines, raw, header, hints)
        columns, lines = _without_repeats(columns, lines, raw, repairs)
        columns, lines = _without_repeats(columns, lines, names, repairs)
        _refuse_other_order(columns, lines, names)
    if last and not (cut or more):
        columns, lines = _without_totals(columns, lines, repairs)
    names, columns = _named(names, columns, header.line, repairs)
    if hints.header is None:
        _header_among_values(names, columns, lines, header, hints)
    if not len(lines) and not more:
        refuse(
            "no-rows",
            "Le fichier n'a que sa ligne de titres, aucune donnée.",
            "Demandez le fichier complet ; dans un classeur, choisissez une autre feuille.",
            line=header.line or None,
        )
    frame = pa.table(columns, names=names).to_pandas(types_mapper={pa.large_string(): _AS_READ}.get)
    return frame, lines, sorted(repairs, key=lambda each: each.line or 0)


def _too_long(columns: Columns, lines: Lines, header: Header) -> None:
    for j, column in enumerate(columns):
        if len(column) and (pc.max(pc.binary_length(column)).as_py() or 0) > MAX_CELL:
            lengths = pc.utf8_length(column).to_numpy()
            if lengths.max() > MAX_CELL:
                i = int(np.argmax(lengths > MAX_CELL))
                named = header.names[j] if j < len(header.names) and header.names[j] else f"n°\u00a0{j + 1}"
                too_long(int(lines[i]), named, column[i].as_py())


def _take(columns: Columns, lines: Lines, keep: npt.NDArray[np.bool_]) -> tuple[Columns, Lines]:
    mask = pa.array(keep)
    return [column.filter(mask) for column in columns], lines[keep]


def _equal(columns: Columns, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which rows equal `texts`: compared column after column, stopping at the first column where no row is equal."""
    rows = np.ones(len(columns[0]), bool)
    for column, text in zip(columns, texts, strict=True):
        rows &= pc.equal(column, pa.scalar(text, pa.large_string())).to_numpy()
        if not rows.any():
            break
    return rows


def _without_empty(columns: Columns, lines: Lines, repairs: list[Repair]) -> tuple[Columns, Lines]:
    if len(columns) < 2 or not len(lines):
        return columns, lines
    empty = _equal(columns, [""] * len(columns))
    if not empty.any():
        return columns, lines
    repairs += repair_of_lines([int(line) for line in lines[empty]], "ligne vide, ignorée.")
    return _take(columns, lines, ~empty)


def _without_last_notes(columns: Columns, lines: Lines, repairs: list[Repair]) -> tuple[Columns, Lines]:
    """The table without notes at its end whose commas gave them as many cells as the table has columns."""
    end = len(lines)
    tail = min(end - 1, LAST)
    for _ in range(tail):
        cells = [column[end - 1].as_py() for column in columns]
        if not filled(cells) or not _is_note(cells, len(columns), False):
            break
        end -= 1
        text = " ; ".join(cell for cell in cells if cell)
        repairs.append(
            Repair(
                int(lines[end]),
                f"Ligne {lines[end]} : note après le tableau, mise de côté («\u00a0{shown(text)}\u00a0»).",
            )
        )
    return (
        ([column.slice(0, end) for column in columns], lines[:end]) if end < len(lines) else (columns, lines)
    )


def _without_repeats(
    columns: Columns, lines: Lines, raw: Sequence[str], repairs: list[Repair]
) -> tuple[Columns, Lines]:
    """The table without repetitions of the header among its rows (several files put end to end), with or without a byte order mark."""
    again = _equal(columns, raw)
    marked = pc.starts_with(columns[0], "\ufeff").to_numpy()
    if marked.any():
        again |= marked & _equal([pc.utf8_ltrim(columns[0], "\ufeff"), *columns[1:]], raw)
    if not again.any():
        return columns, lines
    repairs += repair_of_lines([int(line) for line in lines[again]], "ligne de titres répétée, ignorée.")
    return _take(columns, lines, ~again)


def _ask_first_repeated(
    columns: Columns, lines: Lines, raw: Sequence[str], header: Header, hints: Hints
) -> None:
    """Ask when the first row repeats the header word for word: the header is there twice, or there is none and two rows are equal."""
    first = [column.slice(0, 1) for column in columns]
    marked = first[0][0].as_py().startswith("\ufeff")
    if marked:
        first[0] = pc.utf8_ltrim(first[0], "\ufeff")
    if not _equal(first, raw).any():
        return
    rows = [tuple(shown(c[i].as_py()) for c in columns[:8]) for i in range(min(3, len(lines)))]
    names = tuple(shown(each) for each in raw[:8])
    numbers = tuple(f"colonne {j + 1}" for j in range(len(names)))
    ask(
        "header-twice",
        f"La ligne {lines[0]} répète mot pour mot la ligne de titres (ligne {header.line}).",
        "Dites si les titres y sont deux fois, ou si ce sont deux lignes de données semblables, sans titres.",
        [
            Reading(
                hints.but(header=header.line).id,
                f"Titres à la ligne {header.line}, répétés à la ligne {lines[0]}",
                (names, *rows[1:]),
            ),
            Reading(
                hints.but(header=NO_HEADER).id,
                "Pas de ligne de titres, deux lignes semblables",
                (numbers, names, *rows),
            ),
        ],
        line=int(lines[0]),
    )


def _refuse_other_order(columns: Columns, lines: Lines, names: Sequence[str]) -> None:
    """Refuse a second header whose columns are in another order: the rows under it would be read in the wrong columns."""
    wanted = sorted(name for name in names if name)
    if len(wanted) < 2:
        return
    for i in np.flatnonzero(pc.is_in(columns[0], pa.array(wanted, pa.large_string())).to_numpy()).tolist():
        cells = [column[i].as_py().strip() for column in columns]
        if sorted(cell for cell in cells if cell) == wanted:
            refuse(
                "header-changed",
                "Une seconde ligne de titres donne les colonnes dans un autre ordre.",
                "Deux fichiers ont été mis bout à bout : déposez-les l'un après l'autre.",
                line=int(lines[i]),
                value=" ; ".join(cells),
            )


def _without_totals(columns: Columns, lines: Lines, repairs: list[Repair]) -> tuple[Columns, Lines]:
    """The table without its totals: rows whose first text (column 1, or 2 when 1 is empty) is « Total … » and its kind, at most one in ten.

    More than that is a dimension of a long table (« Ensemble » beside « Hommes » and « Femmes »), and stays.
    """
    if len(columns) < 2 or not len(lines):
        return columns, lines
    found: dict[int, str] = {}
    for j in (0, 1):
        hits = pc.match_substring_regex(columns[j], _TOTAL_START).to_numpy()
        for i in np.flatnonzero(hits).tolist() if hits.sum() <= 1 + len(lines) // 5 else ():
            text = columns[j][i].as_py()
            free = j == 0 or not columns[0][i].as_py().strip()
            if free and _TOTAL.fullmatch(plain(text)):
                found[i] = text
    if not found or len(found) > 1 + len(lines) // 10 or len(found) == len(lines):
        return columns, lines
    keep = np.ones(len(lines), bool)
    for i, text in sorted(found.items()):
        keep[i] = False
        repairs.append(
            Repair(int(lines[i]), f"Ligne {lines[i]} : ligne de total (« {shown(text)} »), mise de côté.")
        )
    return _take(columns, lines, keep)


def _named(names: list[str], columns: Columns, line: int, repairs: list[Repair]) -> tuple[list[str], Columns]:
    """Distinct names: columns with neither name nor cells are removed, unnamed ones numbered, equal names numbered too; each is listed."""
    empty = [
        j
        for j, (written, column) in enumerate(zip(names, columns, strict=True))
        if not written and (not len(column) or not pc.any(pc.not_equal(column, "")).as_py())
    ]
    named, renamed = named_apart(names, line, empty)
    repairs += renamed
    if empty:
        which = ", ".join(str(j + 1) for j in empty)
        what = "La colonne vide et sans nom" if len(empty) == 1 else "Les colonnes vides et sans nom"
        repairs.append(
            Repair(
                line or None, f"{what} (n°\u00a0{which}) : {'ignorée' if len(empty) == 1 else 'ignorées'}."
            )
        )
    return named, [column for j, column in enumerate(columns) if j not in empty]


def named_apart(
    names: Sequence[str], line: int, without: Sequence[int] = ()
) -> tuple[list[str], list[Repair]]:
    """The names of the columns not in `without`, each one there and different: unnamed ones are numbered; both are listed."""
    where = line or None
    repairs: list[Repair] = []
    kept: list[str] = []
    for j, written in enumerate(names):
        if j in without:
            continue
        if not written:
            written = f"colonne {j + 1}"
            repairs.append(
                Repair(where, f"La colonne n°\u00a0{j + 1} n'a pas de nom : nommée «\u00a0{written}\u00a0».")
            )
        kept.append(written)
    taken, seen = set(kept), set[str]()
    out = []
    for written in kept:
        text = written
        if written in seen:
            again = 2
            while (text := f"{written} ({again})") in taken | seen:
                again += 1
            repairs.append(
                Repair(
                    where,
                    f"Deux colonnes se nomment «\u00a0{shown(written)}\u00a0» : la suivante devient «\u00a0{shown(text)}\u00a0».",
                )
            )
        seen.add(text)
        out.append(text)
    return out, repairs


def _header_among_values(
    names: Sequence[str], columns: Columns, lines: Lines, header: Header, hints: Hints
) -> None:
    """Ask when a column's name is also one of its values: the first row may be data."""
    if not header.line or not len(lines):
        return
    for j, (name, column) in enumerate(zip(header.raw, columns, strict=False)):
        if not name or is_missing(name) or len(name) < 2:
            continue
        hits = pc.equal(column, pa.scalar(name, pa.large_string()))
        if pc.any(hits).as_py():
            first = int(lines[int(np.argmax(hits.to_numpy()))])
            rows = [tuple(shown(c[i].as_py()) for c in columns[:8]) for i in range(min(3, len(lines)))]
            ask(
                "header-missing",
                f"« {shown(name)} » est à la fois le titre de la colonne n°\u00a0{j + 1} et une de ses valeurs (ligne {first}).",
                "Dites si la première ligne porte les titres ou des données.",
                [
                    Reading(
                        hints.but(header=header.line).id,
                        f"Titres à la ligne {header.line}",
                        (tuple(names[:8]), *rows),
                    ),
                    Reading(
                        hints.but(header=NO_HEADER).id,
                        "Pas de ligne de titres",
                        (tuple(header.raw[:8]), *rows),
                    ),
                ],
                line=header.line,
            )
