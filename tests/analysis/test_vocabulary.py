"""The words of kinds and states: declared once, whole, and kept nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from analysis import vocabulary
from analysis.vocabulary import Term

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    name: table
    for name, table in vars(vocabulary).items()
    if name.isupper() and isinstance(table, Mapping) and name != "FORMER_WORDS"
}


@pytest.mark.parametrize("name", TABLES)
def test_every_code_is_a_plain_word_with_its_french(name: str) -> None:
    for code, word in TABLES[name].items():
        assert code.replace("_", "").isascii() and code == code.lower()
        assert (word.label if isinstance(word, Term) else word).strip()


def test_counted_kinds_have_a_plural() -> None:
    for table in (vocabulary.CONTACT_KINDS, vocabulary.EVENT_KINDS):
        assert all(term.plural for term in table.values())
    assert vocabulary.singulars(vocabulary.CONTACT_KINDS)["notary"] == "notaire"
    assert vocabulary.capitalised(vocabulary.TENURES) == {"rent": "À louer", "sale": "À vendre"}


def test_an_answer_of_a_contact_is_a_state_of_a_sighting() -> None:
    assert set(vocabulary.SIGHTING_ANSWERS) < set(vocabulary.SIGHTING_STATES)
    assert list(vocabulary.APPLICATION_STATUSES)[-3:] == list(vocabulary.APPLICATION_ENDS)


def literal_codes(tree: ast.AST) -> Iterator[tuple[int, frozenset[str]]]:
    """The line and the texts of every dictionary from texts to texts, and of every tuple, list and set of texts.

    The types of the type checker (`Literal[...]`) can be written no other way, and are passed over.
    """
    nodes = list(ast.walk(tree))
    types = {id(node.slice) for node in nodes if isinstance(node, ast.Subscript)}
    for node in nodes:
        items: list[ast.expr | None] = []
        if isinstance(node, ast.Dict) and texts(node.values) is not None:
            items = node.keys
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set)) and id(node) not in types:
            items = list(node.elts)
        if items and (found := texts(items)) is not None:
            yield node.lineno, found  # type: ignore[attr-defined]


def texts(items: Sequence[ast.expr | None]) -> frozenset[str] | None:
    """The texts that `items` are, None when one of them is something else."""
    found = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return frozenset(found) if len(found) == len(items) else None


def test_no_other_module_lists_the_codes_again() -> None:
    wholes = {frozenset(table): name for name, table in TABLES.items()}
    again = [
        f"{file.relative_to(ROOT)}:{line} lists {wholes[found]}"
        for room in ("analysis", "data", "ui", "pages", "reports")
        for file in sorted((ROOT / room).rglob("*.py"))
        if file.name != "vocabulary.py" and "migrations" not in file.parts
        for line, found in literal_codes(ast.parse(file.read_text("utf-8")))
        if found in wholes
    ]
    assert again == []


def test_a_repeated_table_is_seen() -> None:
    source = 'WORDS = {"rent": "loué", "sale": "vendu"}\nKinds = Literal["a", "b"]\nX = ("a", "b")'
    assert [(1, frozenset({"rent", "sale"})), (3, frozenset("ab"))] == sorted(
        literal_codes(ast.parse(source))
    )


def literal_columns(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """Every list and tuple of at least three texts, in its order; the types of the type checker are passed over."""
    nodes = list(ast.walk(tree))
    types = {
        id(node.slice)
        for node in nodes
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal"
    }
    for node in nodes:
        if isinstance(node, (ast.Tuple, ast.List)) and id(node) not in types and len(node.elts) >= 3:
            found = [n.value for n in node.elts if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            if len(found) == len(node.elts):
                yield tuple(found)


def repeated(sources: Mapping[str, str]) -> dict[tuple[str, ...], list[str]]:
    """The column lists that two modules write out, with those modules. `sources`: the text of each module by its name."""
    where: dict[tuple[str, ...], set[str]] = {}
    for name, source in sources.items():
        for columns in literal_columns(ast.parse(source)):
            where.setdefault(columns, set()).add(name)
    return {columns: sorted(names) for columns, names in where.items() if len(names) > 1}


def test_columns_are_declared_in_one_place() -> None:
    # Not read: a migration stays as it was released, and a format declares the columns of a file that somebody else publishes.
    sources = {
        str(file.relative_to(ROOT)): file.read_text("utf-8")
        for room in ("analysis", "data")
        for file in sorted((ROOT / room).rglob("*.py"))
        if not {"migrations", "formats"} & set(file.parts)
    }
    assert repeated(sources) == {}


def test_repeated_columns_are_seen() -> None:
    sources = {"a": 'f[["x", "y", "z"]]', "b": 'K = ("x", "y", "z")', "c": 'L = Literal["x", "y", "z"]'}
    assert repeated(sources) == {("x", "y", "z"): ["a", "b"]}
    assert repeated({"a": 'P = ("x", "y")', "b": 'P = ("x", "y")'}) == {}
