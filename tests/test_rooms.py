"""Who may import whom, read from the source itself: the table of `docs/architecture.md`."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ROOMS: dict[str, set[str]] = {
    "app": {"ui"},
    "pages": {"ui", "analysis", "data", "reports"},
    "ui": {"analysis", "data", "reports"},
    "reports": {"analysis"},
    "data": {
        "analysis.applications",
        "analysis.model",
        "analysis.french",
        "analysis.listing",
        "analysis.spreadsheet",
        "analysis.vocabulary",
    },
    "analysis": set(),
}
# Doors, not rooms: a command line puts the two together, as `app.py` does for the screen.
DOORS: dict[str, set[str]] = {
    "data/__main__.py": {"analysis", "data"},
    "data/applications/__main__.py": {"analysis", "data"},
    "data/packs/__main__.py": {"analysis", "data"},
}
EVERYTHING = {*ROOMS, "tests", "benchmarks", "tools"}

SCREEN = {"streamlit", "streamlit_folium", "folium", "branca", "starlette", "altair"}
# Libraries a room must never know. `reports` draws with matplotlib, `ui` with Streamlit.
FORBIDDEN: dict[str, set[str]] = {
    "analysis": SCREEN
    | {"sqlalchemy", "alembic", "matplotlib", "sqlite3", "requests", "urllib", "os", "time"},
    "data": SCREEN,
    "reports": SCREEN | {"sqlalchemy", "alembic"},
    "pages": {"streamlit_folium", "folium", "branca", "sqlalchemy", "starlette"},
}
MAP_LIBRARIES = {"folium", "streamlit_folium", "branca"}
# Calls by which a pure function would read a file or the clock.
IMPURE_CALLS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "read_parquet", "read_file",
    "today", "now", "utcnow", "getenv",
}  # fmt: skip


def sources(room: str) -> list[Path]:
    """The Python files of a room (`app` is one file)."""
    if room == "app":
        return [ROOT / "app.py"]
    return sorted((ROOT / room).rglob("*.py"))


@functools.cache
def import_statements(source: str) -> tuple[tuple[ast.Import | ast.ImportFrom, bool], ...]:
    """The import statements of a source, wherever they stand, and whether each is of its first level.

    What stands in a `with` of the first level runs there and then, and is of the first level too. A source is read once for
    all the tests that ask who imports whom.
    """
    tree = ast.parse(source)
    open_, level = list(tree.body), set()
    while open_:
        level.add(each := open_.pop())
        open_ += each.body if isinstance(each, ast.With) else []
    return tuple(
        (node, node in level) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
    )


def imported(source: str, own_package: tuple[str, ...] = ()) -> Iterator[str]:
    """Every module that a source imports, dotted; `from a.b import c` gives `a.b` and `a.b.c`.

    Imports inside functions and under TYPE_CHECKING count too. `own_package` resolves relative imports.
    """
    for node, _ in import_statements(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        else:
            parts = list(own_package[: len(own_package) - node.level + 1]) if node.level else []
            module = ".".join([*parts, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{module}.{alias.name}"


def crossings(
    source: str, room: str, own_package: tuple[str, ...] = (), doors: set[str] | None = None
) -> list[str]:
    """The imports of `source` that `room` may not make. `doors` replaces what the room may know."""
    known = ROOMS[room] if doors is None else doors
    found = []
    for name in imported(source, own_package):
        top = name.split(".")[0]
        if top in EVERYTHING and top != room:
            allowed = any(name == door or name.startswith(f"{door}.") for door in known)
            if not allowed:
                found.append(name)
        elif top in FORBIDDEN.get(room, set()):
            found.append(name)
    return found


# A wing of `ui/` is a folder: what one screen needs. What two screens need lies beside the folders, for all.
WINGS = sorted(folder.name for folder in (ROOT / "ui").iterdir() if (folder / "__init__.py").is_file())
# Who may know a wing, beside itself and the page that opens it: the door starts the server.
WING_DOORS = {"app.py": {"server"}}


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_what_it_may_know(room: str) -> None:
    files = sources(room)
    assert files, f"the room {room} is empty"
    wrong = {}
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        found = crossings(file.read_text("utf-8"), room, Path(name).parent.parts, DOORS.get(name))
        if found:
            wrong[name] = found
    assert wrong == {}


def wings_of(source: str) -> set[str]:
    """The wings of `ui/` that a source imports."""
    return {
        parts[1]
        for name in imported(source)
        if len(parts := name.split(".")) > 1 and parts[0] == "ui" and parts[1] in WINGS
    }


def test_there_are_wings() -> None:
    assert {"server", "map_page", "network", "imports", "register"} <= set(WINGS)


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_never_imports_another(wing: str) -> None:
    others = {
        file.relative_to(ROOT).as_posix(): found
        for file in sorted((ROOT / "ui" / wing).rglob("*.py"))
        if (found := wings_of(file.read_text("utf-8")) - {wing})
    }
    assert others == {}


def test_what_screens_share_knows_no_wing() -> None:
    knowing = {
        file.name: found
        for file in sorted((ROOT / "ui").glob("*.py"))
        if (found := wings_of(file.read_text("utf-8")))
    }
    assert knowing == {}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_that_nobody_opens_is_a_mistake(wing: str) -> None:
    doors = [ROOT / "app.py", *sources("pages")]
    assert any(wing in wings_of(file.read_text("utf-8")) for file in doors)


PAGE_LINES = 60
"""A page is a title, what is asked, one question and what shows it: more is logic, and belongs to its wing."""


@pytest.mark.parametrize("page", [file.name for file in sources("pages")])
def test_a_page_holds_no_logic(page: str) -> None:
    tree = ast.parse((ROOT / "pages" / page).read_text("utf-8"))
    functions = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)) and hasattr(node, "name")
    ]
    assert functions == ["main"]
    assert len((ROOT / "pages" / page).read_text("utf-8").splitlines()) <= PAGE_LINES


def test_only_the_map_knows_the_map_library() -> None:
    knowing = {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in sources(room)
        if {name.split(".")[0] for name in imported(file.read_text("utf-8"))} & MAP_LIBRARIES
    }
    assert knowing == {"ui/map.py"}


def test_analysis_reads_no_file_and_no_clock() -> None:
    impure = [
        f"{file.relative_to(ROOT)}:{call.lineno} {name}"
        for file in sources("analysis")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and (name := getattr(call.func, "attr", getattr(call.func, "id", ""))) in IMPURE_CALLS
    ]
    assert impure == []


@pytest.mark.parametrize(
    ("source", "room", "expected"),
    [
        ("import streamlit as st", "analysis", ["streamlit"]),
        ("def f():\n    from data import store", "analysis", ["data.store"]),
        ("from analysis import answers, vocabulary", "data", ["analysis.answers"]),
        ("from analysis.model import View\nfrom analysis import model", "data", []),
        ("from ui import tables\nimport analysis.answers", "pages", []),
        ("import folium", "pages", ["folium"]),
        ("from pages import carte", "ui", ["pages.carte"]),
        ("from .errors import StoreError\nfrom ..territory import Territory", "data", []),
    ],
)
def test_the_reader_of_imports_sees_what_crosses(source: str, room: str, expected: list[str]) -> None:
    assert crossings(source, room, (room, "store")) == expected


# -- circles ---------------------------------------------------------------------------------------------------

# A module of ours imported inside a function, and why: what costs a visitor half a second, and nothing else.
LATE: dict[tuple[str, str], str] = {}


def module_name(file: Path) -> str:
    """`ui/map_page/modes.py` is `ui.map_page.modes`; a package is named by its folder."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for room in ROOMS for file in sources(room)}


def imports_of(module: str, source: str, known: Iterable[str]) -> tuple[set[str], set[str]]:
    """The modules among `known` that a source imports: on its first level, and anywhere deeper.

    Deeper is inside a function, a class or a condition, `if TYPE_CHECKING` among them: what hides a circle from Python does not
    hide it from a reader.
    """
    known = set(known)
    first: set[str] = set()
    deeper: set[str] = set()
    for node, on_first_level in import_statements(source):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif node.module and not node.level:
            # `from a import b` reads the module a.b where there is one, else the package a.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else node.module for name in names]
        found = {name for name in names if name in known} - {module}
        (first if on_first_level else deeper).update(found)
    return first, deeper


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other, directly or by a detour, sorted.

    A module lies in a circle when it can be reached from itself; two lie in the same one when each reaches the other.
    """
    reach: dict[str, set[str]] = {}
    for start in graph:
        found: set[str] = set()
        open_ = list(graph[start])
        while open_:
            if (module := open_.pop()) not in found:
                found.add(module)
                open_ += graph.get(module, ())
        reach[start] = found
    groups = {
        tuple(sorted(other for other in reach[each] if each in reach.get(other, ())))
        for each in graph
        if each in reach[each]
    }
    return sorted(map(list, groups))


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {}
    for module, file in MODULES.items():
        first, deeper = imports_of(module, file.read_text("utf-8"), MODULES)
        graph[module] = first | deeper
    assert len(graph) > 200
    assert circles(graph) == []


def test_no_import_hides_inside_a_function() -> None:
    late = {
        (module, name)
        for module, file in MODULES.items()
        for name in imports_of(module, file.read_text("utf-8"), MODULES)[1]
    }
    assert late == set(LATE)


def test_circles_are_found() -> None:
    known = ["a", "a.b", "c", "d"]
    assert imports_of("c", "from a import b\ndef f():\n    from a import name\n    import d", known) == (
        {"a.b"},
        {"a", "d"},
    )
    assert imports_of(
        "c",
        "with d.held():\n    from a import b\n    with d.held():\n        def f():\n            import d",
        known,
    ) == (
        {"a.b"},
        {"d"},
    )
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]
    assert circles({"a": {"b"}, "b": set()}) == []


# -- the page that shows the house -----------------------------------------------------------------------------


def test_the_page_of_the_house_names_files_that_exist() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    named = {
        name
        for name in re.findall(r"`([\w/.-]+/[\w/.-]*)`", page)
        if name.split("/")[0] in EVERYTHING | {"docs", "static"}
    }
    assert len(named) > 30
    assert sorted(name for name in named if "X" not in name and not (ROOT / name).exists()) == []


def test_the_page_of_the_house_names_every_wing_and_what_lies_beside() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    drawn = set(re.findall(r"\w+", page[page.index("ui/\n") : page.index("A wing is one screen's")]))
    there = {file.stem for file in (ROOT / "ui").rglob("*.py") if file.stem != "__init__"}
    assert sorted((there | set(WINGS)) - drawn) == []


def test_nothing_that_runs_at_a_user_s_rests_on_an_assert() -> None:
    """What data can reach is refused in words; what cannot happen is held by the types."""
    asserts = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in sources(room)
        if "assert" in (source := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assert)
    ]
    assert asserts == []
