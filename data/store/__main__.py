"""Copies of the database: `python -m data.store backup [FILE]`, `restore FILE`, `check [FILE]`, `rehearse`, and `move FROM TO`.

A restore keeps what was there aside, also when it cannot be read, and says in counts what came back (`data.store.restore`). It works
while the application runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from analysis import french
from data.store import StoreError, elsewhere, inventory, open_store, safekeeping
from data.store.inventory import LABELS, Inventory
from data.store.move import address_of, move
from data.store.opened import locate, utc_now
from data.store.restore import Restored, restore
from data.terminal import Parser, leave

CONFIRMATION = "RESTAURER"
REPLACEMENT = "REMPLACER"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when it was refused (the reason on standard error), 2 for misuse."""
    parser = Parser(
        prog="python -m data.store", description="Zevillage : sauvegarder, vérifier et restaurer la base."
    )
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
    bring.add_argument(
        "--autre-territoire",
        action="store_true",
        help="accepter la sauvegarde d’un autre territoire que celui de la base",
    )
    look = commands.add_parser("check", help="vérifier la base, ou une copie, et dire ce qu’elle contient")
    look.add_argument("file", nargs="?", type=Path, metavar="FICHIER", help="par défaut : la base")
    commands.add_parser("rehearse", help="restaurer la dernière copie dans un dossier à part et comparer")
    carry = commands.add_parser(
        "move", help="porter toute la base vers une autre, entre SQLite et PostgreSQL"
    )
    carry.add_argument("source", metavar="DE", help="fichier .db, sqlite:///… ou postgresql://…")
    carry.add_argument("target", metavar="VERS", help="une base vide : fichier .db ou postgresql://…")
    carry.add_argument(
        "--confirm",
        default="",
        metavar=REPLACEMENT,
        help=f"écrire {REPLACEMENT} : remplacer ce que l’arrivée contient",
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "restore":
            print(_restore(options.file, options.confirm, options.autre_territoire))
        elif options.command == "check":
            print(_check(options.file))
        elif options.command == "rehearse":
            print(_rehearse())
        elif options.command == "move":
            print(_move(options.source, options.target, options.confirm))
        else:
            print(_backup(options.file))
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _backup(to: Path | None) -> str:
    places = elsewhere.read() if to is None else ()
    store = open_store()
    sent: list[elsewhere.Sent] = []
    try:
        if to is None:
            (path, gone), along = safekeeping.make(store), None
            sent = elsewhere.send(store, path, places)
        else:
            path, gone = store.backup(to), 0
            along = store.take_along(path)
    finally:
        store.close()
    words = f"Base copiée dans {path}, copie vérifiée."
    if gone:
        words += f" {french.counted(gone, 'copie ancienne retirée', 'copies anciennes retirées')}."
    if wrong := [f"Vers {each.label} : {each.error}" for each in sent if each.error]:
        raise elsewhere.NotSent("\n".join([words, "Elle n’a pas pu être portée ailleurs.", *wrong]))
    for each in sent:
        words += f" Portée vers {each.label} et relue."
        if each.same_disk:
            words += " Attention : c’est le même disque que celui de la base."
    if along is not None:
        originals, papers = along
        files = french.counted(originals, "fichier d’origine", "fichiers d’origine")
        if papers:
            files += f", {french.counted(papers, 'papier de dossier', 'papiers de dossiers')}"
        words += f" À côté : le registre des effacements et {files}, à garder avec elle."
    return (
        f"{words} Elle contient des données personnelles : gardez-la comme le registre. "
        "Une personne effacée ensuite le sera de nouveau si cette copie est remise en place par « restore » ou à sa main."
    )


def _restore(file: Path, word: str, other_territory: bool) -> str:
    if word != CONFIRMATION:
        raise StoreError(
            f"La base actuelle serait remplacée. Pour le faire : --confirm {CONFIRMATION}. Une copie en est prise avant."
        )
    return told(restore(file, other_territory=other_territory))


def _check(file: Path | None) -> str:
    files, address = locate()
    if file is None and address.get_backend_name() != "sqlite":
        raise StoreError(
            "Cette base est tenue par un serveur PostgreSQL : vérifiez-la avec les outils du serveur."
        )
    path = file or Path(str(address.database))
    if not path.is_file():
        raise StoreError(f"Le fichier {path} n’existe pas : indiquez une base ou une copie.")
    found = inventory.take(path)
    orphans = inventory.orphans(path)
    if orphans:
        raise StoreError(
            f"{path} : {french.counted(orphans, 'ligne se réfère', 'lignes se réfèrent')} à une autre qui n’existe pas. "
            "Restaurez une copie plus ancienne, ou signalez-le."
        )
    lines = [f"{path} est entière (schéma {found.schema}).", *table(None, found, None)]
    if file is None:
        wrong = sum(not files.is_intact(checksum) for checksum in found.originals)
        lines.append(
            f"Fichiers d’origine : {len(found.originals) - wrong} entiers, {wrong} absents ou changés."
        )
        lost = sum(files.read_paper(checksum) is None for checksum in found.papers)
        lines.append(f"Papiers des dossiers : {len(found.papers) - lost} entiers, {lost} absents ou changés.")
    return "\n".join(lines)


def _rehearse() -> str:
    files, _ = locate()
    copy, held = safekeeping.rehearse(files, utc_now())
    return "\n".join(
        [f"La copie {copy.path.name} se restaure entière ; c’est noté.", *table(None, held, None)]
    )


def _move(source: str, target: str, word: str) -> str:
    if word not in ("", REPLACEMENT):
        raise StoreError(f"Pour remplacer ce que la base d’arrivée contient : --confirm {REPLACEMENT}.")
    files, _ = locate()
    to = address_of(target)
    done = move(address_of(source), to, files, replace=word == REPLACEMENT, clock=utc_now)
    aside = f" Ce qu’elle contenait est dans {done.aside}." if done.aside else ""
    moved = Inventory(done.rows, last_change=done.last_change)
    return "\n".join(
        [
            f"Base portée dans {to.render_as_string(hide_password=True)}, comptée table par table ; celle de départ n’a pas changé.{aside}",
            "Arrêtez Zevillage, indiquez la nouvelle adresse dans ZEVILLAGE_DATABASE_URL et redémarrez : ce qui serait écrit entre-temps "
            "dans l’ancienne base n’y serait pas. Les fichiers d’origine restent dans ZEVILLAGE_HOME.",
            "",
            *table(None, moved, None),
        ]
    )


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
        f"Papiers des dossiers : {done.papers_there} en place, {done.papers_back} rapportés, {done.papers_missing} absents.",
        "",
        *table(done.before, done.after, ("avant", "après")),
    ]
    return "\n".join(lines)


def table(before: Inventory | None, after: Inventory, heads: tuple[str, str] | None) -> list[str]:
    """Two inventories side by side, one line a table that holds something in either; « ? » where nothing could be counted.

    Without `heads`, the second alone.
    """
    names = [n for n, label in LABELS.items() if label and n != "observation"]
    names = sorted(
        (n for n in names if _rows(before, n) or _rows(after, n)), key=lambda n: french.sort_key(LABELS[n])
    )
    cells = [("", *heads)] if heads else []
    cells += [
        (LABELS[n].capitalize(), _number(before, n), _number(after, n)) for n in ("observation", *names)
    ]
    cells.append(("Dernière modification", _last(before), _last(after)))
    if heads is None:
        cells = [(name, "", last) for name, _, last in cells]
    widths = [max(len(row[i]) for row in cells) for i in range(3)]
    lines = []
    for name, *numbers in cells:
        shown = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True) if width]
        lines.append("  ".join([name.ljust(widths[0]), *shown]))
    return lines


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
