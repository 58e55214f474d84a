"""The list is the only way out: who may count people, and that the list is what the release holds. `test_attack.py` attacks it."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

from analysis import declared
from analysis.declared import DECLARED, Release
from tests.test_rooms import ROOMS, ROOT, imported, sources

COUNTING = {
    "analysis/declared.py",  # the list itself
    "analysis/network.py",  # one table each, for the list and for coordinators
    "analysis/community.py",
    "analysis/lacks.py",
    "analysis/outcomes.py",
    "analysis/desk.py",  # asks the list; before today, by commune, for coordinators only
}
ROWS_OF_PEOPLE = {"stays", "applications", "contacts", "events"}
READING_ROWS = {
    # Who consented, one by one (`analysis.community.seen`), or whether the register holds anything at all.
    "ui/community.py": {"stays", "events"},
    # Whether there is anything to show, and nothing more.
    "ui/network/outcome.py": {"events", "contacts"},
    "ui/search.py": {"contacts"},
}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _of(name: str, module: str) -> bool:
    """Whether an imported name is a module or something of it: `analysis.network_words` is nothing of `analysis.network`."""
    return name == module or name.startswith(f"{module}.")


def test_the_list_names_every_field_of_the_release_and_nothing_else() -> None:
    # One table needs the history of dossiers, which the release is not made of: it is made beside it, by the same rules.
    assert callable(declared.answered)
    held = {f.name for f in fields(Release)} - {"audience"}
    assert {table.field for table in DECLARED} == held | {"answered"}
    assert all(table.title and table.by for table in DECLARED)


def test_only_the_list_counts_people() -> None:
    counting = {
        _name(file)
        for room in ("pages", "ui", "reports", "analysis", "data")
        for file in sources(room)
        for name in imported(file.read_text("utf-8"))
        if (_of(name, "analysis.secrecy") and name.split(".")[-1] not in ("OBSERVED", "SUPPRESSED"))
        or (_of(name, "analysis.network") and name.split(".")[-1] != "MAX_AGE_DAYS")
    } - {"analysis/secrecy.py"}  # fmt: skip
    # members_on and joined_spells select and join rows that the caller may see; they count nobody.
    rows_only = {"analysis/retention.py"}
    assert counting - rows_only <= COUNTING


def test_only_the_modules_named_here_touch_rows_of_people() -> None:
    """`….network.stays` and its like outside of analysis; a new reader is added here after a look at what it shows to whom."""
    found: dict[str, set[str]] = {}
    for room in set(ROOMS) - {"analysis", "data"}:
        for file in sources(room):
            source = file.read_text("utf-8")
            for node in ast.walk(ast.parse(source)) if "network" in source else ():
                if (
                    isinstance(node, ast.Attribute)
                    and node.attr in ROWS_OF_PEOPLE
                    and isinstance(node.value, ast.Attribute)
                    and node.value.attr == "network"
                ):
                    found.setdefault(_name(file), set()).add(node.attr)
    assert found == READING_ROWS
