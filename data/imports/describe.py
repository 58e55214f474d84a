"""The guide of the formats, written from the formats themselves: `python -m data.imports.describe > docs/guide-import-formats.md`.

A test compares the file with what this writes, so that the guide cannot say something else than the program.
"""

from __future__ import annotations

from analysis.french import spaced
from data.catalogue import Catalogue, load_catalogue
from data.imports.formats import FORMATS, by_id, meaning_label
from data.imports.formats.base import FILE_PERIOD, IGNORE, Example, Format
from data.imports.kinds import RECORD_KINDS, RecordKind
from data.imports.templates import TYPE_WORDS

HEAD = """# Les fichiers que Zevillage reconnaît

Cette page est écrite par le programme (`python -m data.imports.describe`), d'après les formats eux-mêmes. Les noms de colonnes changent à
chaque édition : l'année y est reconnue, et la page « Importer » dit quelle édition elle a vue. Chaque tableau montre un exemple ; les
colonnes de tous les autres indicateurs sont reprises aussi (`columns` de `data/catalogue/indicators.toml`). Celles d'aucun sont laissées de
côté ; chacune peut être reprise à la main.

Un chiffre secret (`s`, `[ND]`) et un chiffre que personne n'a publié (`nd`, `-`, `///`, rien) restent deux choses différentes, et ne
deviennent jamais un zéro. Une part n'est calculée que si une règle écrite dit par quoi diviser (`data/catalogue/editions.toml`).
"""


def markdown() -> str:
    """The whole guide."""
    catalogue = load_catalogue()
    published = [each for each in FORMATS if each.kind == "figures"]
    parts = [HEAD, "## Fichiers publiés\n", *(described(each, catalogue) for each in published)]
    parts += ["## Fiches du réseau\n", _RECORDS, *(_kind(each) for each in RECORD_KINDS.values())]
    return "\n".join(spaced(part) for part in parts)


_RECORDS = """Chaque nature de fiche a trois modèles sur la page « Importer » : un classeur avec des listes, un CSV et un schéma (Table
Schema). Une colonne marquée * est obligatoire, l'ordre est libre. Les lignes d'exemple, qui commencent par EXEMPLE, sont laissées de côté.
"""


def described(each: Format, catalogue: Catalogue) -> str:
    """One published format in Markdown: its name, what is read of it, the columns of its first example that gives figures."""
    lines = [f"### {each.name}\n", f"{each.about}\n"]
    if each.reducer is not None:
        lines.append("Peut être plus gros que la mémoire : il est lu par blocs, et coupé au territoire.\n")
    example = next((one for one in each.examples if one.cells), None)
    if example is not None and each.headers:
        lines += ["| colonne de l'exemple | sens |", "|---|---|", *_rows(each, example, catalogue), ""]
    return "\n".join(lines)


def _rows(each: Format, example: Example, catalogue: Catalogue) -> list[str]:
    """The columns of which the example says what they give: a column that an indicator takes from now on leaves the guide as it is."""
    _, columns = each.read(example.columns)
    said = {meaning for meaning, *_ in example.cells}
    said |= {f"{meaning.partition('@')[0]}@{FILE_PERIOD}" for meaning in said}
    return [
        f"| `{name}` | {meaning_label(columns[name], catalogue)} |"
        for name in example.columns
        if (meaning := columns.get(name, IGNORE)) != IGNORE and ("@" not in meaning or meaning in said)
    ]


def _kind(kind: RecordKind) -> str:
    key = " et ".join(f"« {field.title} »" for field in kind.fields if field.name in kind.keys[0])
    lines = [
        f"### {by_id(kind.id).name}\n",
        f"{kind.about} Une ligne déjà connue (même {key}) est mise à jour.\n",
        "| colonne | ce qu'on y écrit | explication |",
        "|---|---|---|",
    ]
    for field in kind.fields:
        words = ", ".join(field.choices.values()) or TYPE_WORDS[field.type]
        lines.append(f"| {field.title}{' *' if field.required else ''} | {words} | {field.about} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(markdown(), end="")
