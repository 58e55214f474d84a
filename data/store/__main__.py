"""Copies of the database: `python -m data.store backup [FILE]` and `python -m data.store restore FILE`.

A restore keeps what was there aside, also when it cannot be read, and says in counts what came back (`data.store.restore`). It works
while the application runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from analysis import french
from data.store import StoreError, open_store
from data.store.inventory import LABELS, Inventory
from data.store.restore import Restored, restore
from data.terminal import Parser, leave

CONFIRMATION = "RESTAURER"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when it was refused (the reason on standard error), 2 for misuse."""
    parser = Parser(prog="python -m data.store", description="Zevillage : sauvegarder et restaurer la base.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    save = commands.add_parser("backup", help="copier la base, même pendant que l’application tourne")
    save.add_argument(
        "file", nargs="?", type=Path, metavar="FICHIER", help="par défaut : dans backups/, daté"
    )
    bring = commands.add_parser("restore", help="remettre une sauvegarde en place")
    bring.add_argument("file", type=Path, metavar="FICHIER")
    bring.add_argument(
        "--confirm", default="", metavar=CONFIRMATION, help=f"écrire {CONFIRMATION} : la base est remplacée"
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "restore":
            print(_restore(options.file, options.confirm))
        else:
            print(_backup(options.file))
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _backup(to: Path | None) -> str:
    store = open_store()
    try:
        path = store.backup(to or store.files.backup(f"zevillage-{store.stamp()}"))
        along = store.take_along(path) if to is not None else None
    finally:
        store.close()
    words = f"Base copiée dans {path}."
    if along is not None:
        files = french.counted(along, "fichier d’origine", "fichiers d’origine")
        words += f" À côté : le registre des effacements et {files}, à garder avec elle."
    return (
        f"{words} Elle contient des données personnelles : gardez-la comme le registre. "
        "Une personne effacée ensuite le sera de nouveau si cette copie est remise en place par « restore » ou à sa main."
    )


def _restore(file: Path, word: str) -> str:
    if word != CONFIRMATION:
        raise StoreError(
            f"La base actuelle serait remplacée. Pour le faire : --confirm {CONFIRMATION}. Une copie en est prise avant."
        )
    return told(restore(file))


_STATES = {
    "whole": "La base d’avant est dans {aside}.",
    "damaged": "La base d’avant était endommagée : elle est gardée telle quelle dans {aside}. "
    "Elle peut nommer des personnes effacées : supprimez-la quand vous n’en avez plus besoin.",
    "empty": "La base d’avant était vide.",
    "missing": "Il n’y avait pas de base.",
}


def told(done: Restored) -> str:
    """What a restore did, in French: where the old base is, and the counts before and after."""
    lines = [
        f"Sauvegarde remise en place. {_STATES[done.state].format(aside=done.aside)}",
        f"Effacements rejoués : {done.erased_again} (le registre des effacements en compte {done.in_ledger}).",
        f"Fichiers d’origine : {done.originals_there} en place, {done.originals_back} rapportés, {done.originals_missing} absents.",
        "",
        *table(done.before, done.after, ("avant", "après")),
    ]
    return "\n".join(lines)


def table(before: Inventory | None, after: Inventory, heads: tuple[str, str]) -> list[str]:
    """Two inventories side by side, one line a table that holds something in either; « ? » where nothing could be counted."""
    names = [n for n, label in LABELS.items() if label and n not in ("observation",)]
    names = sorted((n for n in names if _rows(before, n) or _rows(after, n)), key=LABELS.__getitem__)
    cells = [("", *heads)]
    cells += [
        (LABELS[n].capitalize(), _number(before, n), _number(after, n)) for n in ("observation", *names)
    ]
    cells.append(("Dernière modification", _last(before), _last(after)))
    widths = [max(len(row[i]) for row in cells) for i in range(3)]
    return [f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}}".rstrip() for a, b, c in cells]


def _rows(found: Inventory | None, name: str) -> int:
    return 0 if found is None else found.rows.get(name, 0)


def _number(found: Inventory | None, name: str) -> str:
    return "?" if found is None else french.number(_rows(found, name))


def _last(found: Inventory | None) -> str:
    if found is None:
        return "?"
    return f"{found.last_change[:10]} {found.last_change[11:16]} UTC" if found.last_change else "aucune"


if __name__ == "__main__":
    leave(main)
