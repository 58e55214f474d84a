"""Nothing is silently wrong: random tables in random dialects with random damage are read exactly, or repaired with the line of each
repair, or asked with the truth among the answers, or refused.

Every run draws the same examples (`derandomize`), so that the suite is deterministic. While developing:
``READING_EXAMPLES=20000 READING_SEED=1 pytest tests/data/imports/test_reading_property.py``.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import openpyxl
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from data.imports.model import ImportRefused, ReadingNeeded, Repair, Table
from data.imports.reading import read_bytes
from data.imports.reading.shapes import shapes
from tests.draws import draws

EXAMPLES = int(os.environ.get("READING_EXAMPLES", "250"))
FREE = "READING_SEED" in os.environ

PROFILE = settings(
    max_examples=draws(EXAMPLES),
    derandomize=not FREE,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


def seeded(test: Callable[..., None]) -> Callable[..., None]:
    """The seed asked for by the environment, when developing."""
    return seed(int(os.environ["READING_SEED"]))(test) if FREE else test


# ------------------------------------------------------------------------------------------------ tables and dialects

WORDS = [
    "Aunay-les-Bois", "Le Mêle-sur-Sarthe", "Saint-Aubin-d'Appenai", "Bures", "Buré", "L'Orée-d'Écouves", "Essay", "s", "nd",
    "", "Sainte-Scolasse", "Œuvre", "12, rue des Forges", 'Gîte "La Grange"', "a;b", "a|b", "Mme Çelik", "Noël & fils",
    "'entre'", '5" de long', " devant", "derrière ", "été 2024 : bilan", "deux\nlignes", "trois\r\nlignes; oui", "=1+1",
    "NULL", "€ 12", "l’eau", "x\ty", "«\u00a0dit\u00a0»", "À voir", "n° 4", "\ufeffmarque", "-", "///", "#REF!", "100 %",
    "~", "a^b", "Total", "Source", "ÇA", "ÉCOUCHÉ",
]  # fmt: skip
NUMBERS = [
    "0", "12", "1 234", "1\u202f234,5", "7973.37", "50,0", "-3", "1e5", "61013", "01001", "2A004", "2024", "31/12/2025",
    "2025-12-31", "", "s",
]  # fmt: skip
NAMES = [
    "code", "nom", "CODGEO_25", "LIBGEO", "pp_vacant_25", "P21_LOG", "taux, en %", "Population (hab)", "Année", "2019", "2020",
    "statut", "Logements vacants; total", "n° d'ordre", "date|heure", "Métier", "valeur",
]  # fmt: skip
ALPHABET = "abcéèêàçôÉÀœ’ '\"-;,|\t\n.:~^0159€«»\u00a0#"
SEPARATORS = [";", ",", "\t", "|", "^", "~", ":"]
ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-32", "mac_roman"]

texts = st.one_of(st.sampled_from(WORDS), st.text(ALPHABET, max_size=8))
numbers = st.one_of(st.sampled_from(NUMBERS), st.integers(0, 99_999).map(str))


@dataclass
class Piece:
    """A record as written, and the row it is (None for what is not data)."""

    text: str
    row: list[str] | None = None


@dataclass
class File:
    """A file under way: what it says and how it is written."""

    names: list[str]
    pieces: list[Piece]
    separator: str
    end: str
    quoting: str
    top: Piece = field(default_factory=lambda: Piece(""))
    notes: list[str] = field(default_factory=list)

    def cell(self, text: str) -> str:
        """One cell as this dialect writes it."""
        special = any(each in text for each in (self.separator, "\n", "\r")) or text.startswith(
            ('"', "\ufeff")
        )
        if self.quoting == "all" or special or (self.quoting == "strict" and '"' in text):
            return '"' + text.replace('"', '""') + '"'
        return text

    def record(self, cells: list[str]) -> str:
        """One record as this dialect writes it."""
        return self.separator.join(self.cell(each) for each in cells)

    def content(self, final: bool) -> str:
        """The whole text."""
        return self.end.join(piece.text for piece in self.pieces) + (self.end if final else "")

    def lines(self) -> dict[int, list[str]]:
        """Line → row, for each row of data."""
        out = {}
        line = 1
        for piece in self.pieces:
            if piece.row is not None:
                out[line] = piece.row
            line += len(re.findall(r"\r\n|\r|\n", piece.text)) + 1
        return out


@st.composite
def files(draw: st.DrawFn) -> File:
    """A clean file: one header, then rows."""
    width = draw(st.integers(2, 6))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=width, max_size=width, unique=True))
    kinds = draw(st.lists(st.sampled_from([texts, numbers]), min_size=width, max_size=width))
    rows = draw(st.lists(st.tuples(*kinds).map(list), min_size=1, max_size=10))
    out = File(
        names,
        [],
        draw(st.sampled_from(SEPARATORS)),
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
        draw(st.sampled_from(["all", "strict", "lax"])),
    )
    out.top = Piece(out.record(names))
    out.pieces = [out.top, *(Piece(out.record(row), row) for row in rows)]
    return out


def encoded(text: str, encoding: str) -> tuple[bytes, str]:
    """`text` in `encoding`, or in UTF-8 where the encoding lacks a letter."""
    try:
        return text.encode(encoding), encoding
    except UnicodeEncodeError:
        return text.encode("utf-8"), "utf-8"


# ------------------------------------------------------------------------------------------------------------ damage


def at(draw: st.DrawFn, file: File) -> int:
    """The place of one of the rows of data."""
    return draw(st.sampled_from([i for i, piece in enumerate(file.pieces) if piece.row is not None]))


def preamble(draw: st.DrawFn, file: File) -> None:
    lines = draw(
        st.sampled_from(
            [
                ["Tableau des communes"],
                ["Données ARCEP", ""],
                ["# généré le 12/05/2024"],
                ["Avertissement, lire la notice"],
            ]
        )
    )
    file.pieces[:0] = [Piece(each) for each in lines]


def notes(draw: st.DrawFn, file: File) -> None:
    lines = draw(
        st.sampled_from(
            [
                ["Source : INSEE, RP 2021"],
                ["", "Champ : communes de l'Orne"],
                ["* estimation"],
                ["", "Lecture : en 2019; 3 logements"],
            ]
        )
    )
    file.pieces += [Piece(each) for each in lines]


def trailing(draw: st.DrawFn, file: File) -> None:
    for piece in file.pieces:
        piece.text += file.separator


def trailing_one(draw: st.DrawFn, file: File) -> None:
    file.pieces[at(draw, file)].text += file.separator


def blank(draw: st.DrawFn, file: File) -> None:
    file.pieces.insert(
        at(draw, file), Piece(draw(st.sampled_from(["", file.separator * (len(file.names) - 1)])))
    )


def repeated(draw: st.DrawFn, file: File) -> None:
    file.pieces.insert(at(draw, file), Piece(file.top.text))


def short(draw: st.DrawFn, file: File) -> None:
    piece = file.pieces[at(draw, file)]
    assert piece.row is not None
    keep = draw(st.integers(1, len(file.names) - 1))
    piece.text = file.record(piece.row[:keep])


def long(draw: st.DrawFn, file: File) -> None:
    file.pieces[at(draw, file)].text += file.separator + draw(st.sampled_from(["5", "reste", "1,5"]))


def merged(draw: st.DrawFn, file: File) -> None:
    piece = file.pieces[at(draw, file)]
    assert piece.row is not None
    j = draw(st.integers(0, len(file.names) - 2))
    cells = [*piece.row[:j], piece.row[j] + piece.row[j + 1], *piece.row[j + 2 :]]
    piece.text = file.record(cells)


def bare(draw: st.DrawFn, file: File) -> None:
    """A separator inside a cell that nobody quoted."""
    piece = file.pieces[at(draw, file)]
    assert piece.row is not None
    j = draw(st.integers(0, len(file.names) - 1))
    cells = [file.cell(each) for each in piece.row]
    cells[j] = "a" + file.separator + "b"
    piece.text = file.separator.join(cells)


def opened(draw: st.DrawFn, file: File) -> None:
    piece = file.pieces[at(draw, file)]
    assert piece.row is not None
    j = draw(st.integers(0, len(file.names) - 1))
    cells = [file.cell(each) for each in piece.row]
    cells[j] = '"' + cells[j]
    piece.text = file.separator.join(cells)


def closed(draw: st.DrawFn, file: File) -> None:
    piece = file.pieces[at(draw, file)]
    assert piece.row is not None
    j = draw(st.integers(0, len(file.names) - 1))
    cells = [file.cell(each) for each in piece.row]
    cells[j] = f'"{cells[j]}" dit'
    piece.text = file.separator.join(cells)


def cut(draw: st.DrawFn, file: File) -> None:
    """The file stops in the middle of its last row."""
    piece = file.pieces[-1]
    if piece.row is not None and file.separator in piece.text[1:]:
        piece.text = piece.text[: draw(st.integers(1, piece.text.rindex(file.separator)))]
    file.notes.append("cut")


def headless(draw: st.DrawFn, file: File) -> None:
    rows = [piece.row for piece in file.pieces if piece.row]
    if re.fullmatch(r"\d{5}", rows[0][0]) or any(re.fullmatch(r"\d{3}|\d{5}", cell) for cell in rows[0]):
        file.pieces = [piece for piece in file.pieces if piece.row]


def doubled(draw: st.DrawFn, file: File) -> None:
    file.names[-1] = file.names[0]
    file.top.text = file.record(file.names)


def spaced(draw: st.DrawFn, file: File) -> None:
    file.names = [f" {each} " for each in file.names]
    file.top.text = file.record(file.names)


def told(draw: st.DrawFn, file: File) -> None:
    file.pieces.insert(0, Piece(f"sep={file.separator}"))


def total(draw: st.DrawFn, file: File) -> None:
    """A last row that adds the others up: set aside and listed, or kept exactly where « Total » is a value like another."""
    row = ["Total", *["99"] * (len(file.names) - 1)]
    file.pieces.append(Piece(file.record(row), row))


def crossed(draw: st.DrawFn, file: File) -> None:
    """A quote lost at the end of one row, another at the start of a later one: the rows between could vanish in a cell."""
    rows = [i for i, piece in enumerate(file.pieces) if piece.row is not None]
    first = file.pieces[rows[0]]
    last = file.pieces[rows[-1]]
    # A last cell that is, begins or ends with a quote would be a cell written properly: nothing to notice.
    if first is not last and first.row and last.row and '"' not in first.row[-1][:1] + first.row[-1][-1:]:
        first.text = file.separator.join([*first.row[:-1], '"' + first.row[-1]])
        last.text = file.separator.join([last.row[0] + '"', *last.row[1:]])


def nul(draw: st.DrawFn, file: File) -> None:
    piece = file.pieces[at(draw, file)]
    middle = len(piece.text) // 2
    piece.text = piece.text[:middle] + "\0" + piece.text[middle:]


DAMAGE = [
    preamble, notes, trailing, trailing_one, blank, repeated, short, long, merged, bare, opened, closed, cut, headless, doubled, spaced,
    told, total, crossed, nul,
]  # fmt: skip


ROWWISE = {trailing_one, short, long, merged, bare, opened, closed, cut, crossed, trailing}


# ------------------------------------------------------------------------------------------------------------ judging


def mentioned(repairs: tuple[Repair, ...]) -> set[int]:
    """Every line that a repair names, runs included."""
    out: set[int] = set()
    for repair in repairs:
        if repair.line:
            out.add(repair.line)
        for first, last in re.findall(r"[Ll]ignes (\d+) à (\d+)", repair.what):
            out.update(range(int(first), int(last) + 1))
        out.update(int(each) for each in re.findall(r"[Ll]ignes? (\d+)", repair.what))
        out.update(int(each) for each in re.findall(r"Lignes \d+ et (\d+)", repair.what))
    return out


def wrong(table: Table, file: File) -> str:
    """What is silently wrong with `table`; empty when nothing is."""
    said = mentioned(table.repairs) | {each.line for each in table.problems if each.line}
    truth = file.lines()
    names = list(file.names)
    got = table.frame.columns.tolist()
    if got != names and not (
        table.dialect.header_line in said or any("colonne" in r.what for r in table.repairs)
    ):
        return f"names {got} for {names}"
    if len(got) != len(names) and not any("colonne" in r.what for r in table.repairs):
        return f"{len(got)} columns for {len(names)}"
    seen = set()
    for line, cells in zip(table.lines.tolist(), table.frame.to_numpy().tolist(), strict=True):
        seen.add(line)
        if line in said:
            continue
        if line not in truth:
            return f"line {line}: {cells} is not a row"
        if cells != truth[line] and not ("cut" in file.notes and line == max(truth)):
            return f"line {line}: {cells} for {truth[line]}"
    lost = [line for line in truth if line not in seen and line not in said]
    return f"lines {lost} lost" if lost else ""


def answers(raw: bytes, reading: str | None = None, depth: int = 0) -> list[Table]:
    """The tables that a person can obtain by answering the questions."""
    try:
        return [read_bytes(raw, reading=reading)]
    except ReadingNeeded as error:
        if depth == 3:
            return []
        return [table for each in error.readings for table in answers(raw, each.id, depth + 1)]
    except ImportRefused:
        return []


@seeded
@PROFILE
@given(file=files(), encoding=st.sampled_from(ENCODINGS), final=st.booleans())
def test_a_clean_table_is_exact_or_the_truth_is_among_the_answers(
    file: File, encoding: str, final: bool
) -> None:
    raw, encoding = encoded(file.content(final), encoding)
    try:
        table = read_bytes(raw)
    except ReadingNeeded:
        tables = answers(raw)
        assert not tables or "" in [wrong(each, file) for each in tables]
    except ImportRefused:
        pass
    else:
        assert wrong(table, file) == ""


@seeded
@PROFILE
@given(data=st.data(), file=files(), encoding=st.sampled_from(ENCODINGS), final=st.booleans())
def test_a_damaged_table_is_never_silently_wrong(
    data: st.DataObject, file: File, encoding: str, final: bool
) -> None:
    damage = data.draw(st.lists(st.sampled_from(DAMAGE), min_size=1, max_size=2, unique=True))
    for each in (
        damage if len(ROWWISE & set(damage)) < 2 else damage[:1]
    ):  # two in one row could undo each other
        each(cast(st.DrawFn, data.draw), file)
    raw, _ = encoded(file.content(final and cut not in damage), encoding)
    try:
        table = read_bytes(raw)
    except ImportRefused:
        return
    problem = wrong(table, file)
    assert problem == "", (problem, [each.__name__ for each in damage], raw, [r.what for r in table.repairs])


@seeded
@PROFILE
@given(data=st.data(), file=files(), encoding=st.sampled_from(ENCODINGS), final=st.booleans())
def test_no_answer_to_a_question_is_refused(
    data: st.DataObject, file: File, encoding: str, final: bool
) -> None:
    data.draw(st.sampled_from(DAMAGE))(cast(st.DrawFn, data.draw), file)
    raw, _ = encoded(file.content(final), encoding)
    try:
        read_bytes(raw)
    except ReadingNeeded as error:
        readings = error.readings
    except ImportRefused:
        return
    else:
        return
    assert len(readings) > 1
    for each in readings:
        with contextlib.suppress(ReadingNeeded):
            read_bytes(raw, reading=each.id)


SHAPED = [
    st.sampled_from(["Aunay-les-Bois", "Le Mêle", "Bures", "Essay", "Saint 2", "s", "", "A"]),
    st.integers(0, 999).map(str),
    st.integers(0, 99).map(lambda n: f"61{n:03d}"),
    st.integers(1, 28).map(lambda n: f"2024-03-{n:02d}"),
    st.integers(0, 23).map(lambda n: f"{n}h30"),
    st.integers(0, 9).map(lambda n: f"https://exemple.fr/{n}"),
    st.sampled_from(["12,5", "1 234", "", "nd", "7.25"]),
    st.sampled_from(["oui", "non", "", "12", "a, b"]),
]


@st.composite
def rows_of_shapes(draw: st.DrawFn) -> list[list[str]]:
    """Rows of which each column has cells of one kind, or nearly."""
    columns = draw(st.lists(st.sampled_from(SHAPED), min_size=2, max_size=6))
    return draw(st.lists(st.tuples(*columns).map(list), min_size=4, max_size=16))


@seeded
@settings(PROFILE, max_examples=draws(4 * EXAMPLES))
@given(
    data=st.data(),
    rows=rows_of_shapes(),
    separator=st.sampled_from([";", ",", "\t"]),
    how=st.sampled_from(["lost", "run together", "more", "bare", "quoted"]),
)
def test_a_row_that_lost_or_gained_a_separator_is_put_right_exactly_or_set_aside(
    data: st.DataObject, rows: list[list[str]], separator: str, how: str
) -> None:
    width = len(rows[0])
    at = data.draw(st.integers(0, len(rows) - 1))
    j = data.draw(st.integers(0, width - 1))
    truth = list(rows[at])
    others = shapes([row for i, row in enumerate(rows) if i != at], width)
    if not all(
        shape.fits(cell) and (cell or shape.optional) for shape, cell in zip(others, truth, strict=True)
    ):
        return  # a cell unlike all the others of its column, in the very row that is damaged, is beyond any proof
    file = File([f"nom_{j}" for j in range(width)], [], separator, "\n", "strict")
    cells = [file.cell(each) for each in truth]
    if how == "lost":
        truth[j] = ""
        del cells[j]
    elif how == "run together" and j:
        cells[j - 1 : j + 1] = [cells[j - 1] + cells[j]]
    elif how == "more":
        cells.insert(j, "")
    elif how == "bare" and truth[j]:
        truth[j] += f"{separator} bas"
        cells[j] += f"{separator} bas"
    elif how == "quoted" and j:
        cells[j - 1 : j + 1] = [cells[j - 1] + f'"{truth[j]}{separator} ""bas"""']
        truth[j] += f'{separator} "bas"'
    if not any(truth) or not others[j].fits(truth[j]):  # an empty line that ends the file is no row
        return
    lines = [file.record(file.names), *(file.record(row) for row in rows)]
    lines[at + 1] = separator.join(cells)
    raw = ("\n".join(lines) + "\n").encode()
    try:
        table = read_bytes(raw)
    except ImportRefused:
        return
    if len(table.frame.columns) != width:
        assert table.repairs  # an empty column without a name, or another separator: said
        return
    got = dict(zip(table.lines.tolist(), table.frame.to_numpy().tolist(), strict=True))
    aside = {each.line for each in table.problems} | mentioned(
        tuple(each for each in table.repairs if re.search("vide, ignorée|total|titres", each.what))
    )
    for line, row in enumerate(rows, 2):
        if line not in aside:
            assert got[line] == (truth if line == at + 2 else row), (
                raw,
                how,
                [r.what for r in table.repairs],
            )


cell_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=12)
cell_values = st.one_of(
    cell_texts, st.integers(-(10**14), 10**14), st.integers(-(10**9), 10**9).map(lambda n: n / 8)
)


@seeded
@settings(PROFILE, max_examples=draws(EXAMPLES // 5))
@given(
    rows=st.lists(st.tuples(st.just("61013"), cell_values, cell_values), min_size=1, max_size=6),
    title=st.sampled_from(["", "Tableau des communes"]),
    gap=st.integers(0, 2),
)
def test_a_workbook_is_exact_or_says_so(
    rows: list[tuple[str, str | float, str | float]], title: str, gap: int
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    first = 1 + gap
    if title:
        sheet.cell(1, 1, title)
        first += 1
    for j, name in enumerate(("code", "nom", "valeur"), 1):
        sheet.cell(first, j, name)
    for i, row in enumerate(rows, first + 1):
        for j, value in enumerate(row, 1):
            cell = sheet.cell(i, j)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # « =1+1 » is text here
    out = io.BytesIO()
    book.save(out)
    try:
        table = read_bytes(out.getvalue(), name="f.xlsx")
    except ImportRefused:
        return
    said = mentioned(table.repairs)
    got = dict(zip(table.lines.tolist(), table.frame.to_numpy().tolist(), strict=True))
    for line, row in enumerate(rows, first + 1):
        if line in said:
            continue
        for written, value in zip(got[line], row, strict=True):
            assert written == value if isinstance(value, str) else float(written) == value
