"""The parts of docs/guide-import.md that the code knows: formats, templates, limits, messages; and the pictures of its screens.

    .venv/bin/python -m tools.import_guide             write the parts anew
    .venv/bin/python -m tools.import_guide --pictures  draw the screens anew too (needs the tests' browser)

A test compares the guide with what this module says. The messages are not copied: each bad file below is read, and what the reader
answers is printed.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import Workbook

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from data.imports.checks import RULES  # noqa: E402 - the project is found beside this script
from data.imports.formats import FORMATS, parse, recognise  # noqa: E402
from data.imports.kinds import RECORD_KINDS  # noqa: E402
from data.imports.model import Choices, ImportRefused, Problem  # noqa: E402
from data.imports.reading import limits, read_table  # noqa: E402
from data.territory import load_territory  # noqa: E402

GUIDE = ROOT / "docs" / "guide-import.md"
_NNBSP = "\u202f"


def formats() -> str:
    """The published formats, as the first screen lists them."""
    rows = [f"| {each.name} | {each.about} |" for each in FORMATS if each.kind == "figures"]
    return "\n".join(["| fichier | ce qui en est lu |", "|---|---|", *rows])


def templates() -> str:
    """Our own templates and what they cannot do without."""
    rows = []
    for kind in RECORD_KINDS.values():
        needed = ", ".join(field.title for field in kind.fields if field.required)
        rows.append(f"| {kind.name} | {kind.about} | {needed} |")
    return "\n".join(["| modèle | à quoi il sert | colonnes obligatoires |", "|---|---|---|", *rows])


def checks() -> str:
    """The rules that the rows of a file are held against, for figures and for records."""
    titles = (("Pour les chiffres", True), ("Pour les fiches du réseau", False))
    parts = []
    for title, figures in titles:
        rules = [f"- {rule.about}" for rule in RULES if ("figures" in rule.kinds) == figures]
        parts.append("\n".join([f"{title} :".replace(" :", f"{_NNBSP}:"), "", *rules]))
    return "\n\n".join(parts)


def number(value: int) -> str:
    """« 131 072 »."""
    return f"{value:,}".replace(",", _NNBSP)


def sizes() -> str:
    """The sizes beyond which a file is refused."""
    mega = 2**20
    rows = (
        ("un fichier déposé sur la page", f"{limits.MAX_BYTES // mega} Mo"),
        ("ce qu'une archive ou un classeur contient une fois ouvert", f"{limits.MAX_INFLATED // mega} Mo"),
        ("les fichiers d'une archive", number(limits.MAX_MEMBERS)),
        ("les colonnes d'un tableau", number(limits.MAX_COLUMNS)),
        ("les caractères d'une cellule", number(limits.MAX_CELL)),
        ("les lignes avant les noms de colonnes", number(limits.MAX_PREAMBLE)),
    )
    return "\n".join(["| quoi | au plus |", "|---|---|", *(f"| {what} | {most} |" for what, most in rows)])


# -- messages --------------------------------------------------------------------------------------------------


def _workbook(*rows: tuple[str, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("fichier.csv", b"0" * (limits.RATIO_FROM + 2**20))
    return out.getvalue()


BAD: Mapping[str, Callable[[], tuple[str, bytes]]] = {
    "fichier vide": lambda: ("vide.csv", b""),
    "image, programme ou autre fichier sans tableau": lambda: ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    "archive ZIP coupée": lambda: ("coupee.zip", _bomb()[:4000]),
    "archive piégée, énorme une fois ouverte": lambda: ("bombe.zip", _bomb()),
    "classeur sans tableau": lambda: ("vide.xlsx", _workbook()),
    "tableau trop large": lambda: (
        "large.csv",
        (";".join(f"c{n}" for n in range(limits.MAX_COLUMNS + 1)) + "\n" + ";".join(["1"] * (limits.MAX_COLUMNS + 1))).encode(),
    ),
    "cellule démesurée": lambda: ("cellule.csv", b"code;valeur\n61001;" + b"x" * (limits.MAX_CELL + 1) + b"\n"),
    "ARCEP, débits qui comptent le satellite": lambda: ("commune_debit.csv", _example("arcep_speed_satellite")),
    "La Poste, codes postaux": lambda: ("laposte_hexasmal.csv", _example("laposte_hexasmal")),
}  # fmt: skip
"""Bad files, each with what the guide calls it."""


def _example(format_id: str) -> bytes:
    """The first example of a format, as a CSV."""
    example = next(each for each in FORMATS if each.id == format_id).examples[0]
    return "\n".join(";".join(row) for row in (example.columns, *example.rows)).encode("utf-8")


def answer(name: str, content: bytes) -> Problem:
    """What a bad file is answered. Raises AssertionError when it is not refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fichier"
        path.write_bytes(content)
        try:
            table = read_table(path, name=name)
        except ImportRefused as refused:
            return refused.problems[0]
    from data.catalogue import load_catalogue

    territory = load_territory()
    parsed = parse(table, recognise(table, territory)[0], Choices(), load_catalogue(), territory)
    wrong = [each for each in parsed.problems if each.severity == "error" and each.line is None]
    assert wrong, f"{name} is taken"
    return wrong[0]


def messages() -> str:
    """Each bad file, what is said of it and what to do."""
    rows = []
    for what, make in BAD.items():
        said = answer(*make())
        rows.append(f"| {what} | {_cell(said.title)} | {_cell(said.advice)} |")
    return "\n".join(["| fichier | message | que faire |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    """A message as one cell; how small the trapped archive was packed depends on the machine's zlib and is left out."""
    return (
        re.sub(r"\d[\d\s]{2,} fois sa taille", "… fois sa taille", text)
        .replace("|", "\\|")
        .replace("\n", " ")
    )


PARTS: Mapping[str, Callable[[], str]] = {
    "formats": formats,
    "modeles": templates,
    "controles": checks,
    "limites": sizes,
    "messages": messages,
}


def part_of(text: str, name: str) -> str:
    """What stands in the guide between the marks of a part. Raises AttributeError when the marks are missing."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
    if found is None:
        raise AttributeError(f"docs/guide-import.md lacks the marks of « {name} »")
    return found[1]


def written(text: str) -> str:
    """The guide with every part made anew."""
    for name, make in PARTS.items():
        part_of(text, name)
        body = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
        text = re.sub(rf"<!-- {name} -->\n.*?\n<!-- /{name} -->", lambda _: body, text, flags=re.DOTALL)  # noqa: B023
    return text


def main() -> None:
    """Write the guide's parts, and its pictures when asked."""
    parser = argparse.ArgumentParser(description="Parts and pictures of docs/guide-import.md")
    parser.add_argument("--pictures", action="store_true", help="draw the screens anew")
    if parser.parse_args().pictures:
        from tools.import_pictures import draw

        draw(ROOT / "docs" / "images")
    GUIDE.write_text(written(GUIDE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
