"""``python -m data.demo fill|empty|status``: the demonstration network on the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analysis.model import LOCAL_ACTOR
from data.demo import CONFIRMATION, counts, demo_of, empty_demo, fill_demo
from data.store import Store, StoreError, open_store
from data.terminal import Parser, day, leave
from data.territory import load_territory

NAMES = {
    "person": "personnes (pseudonymes)",
    "member": "membres",
    "stay": "séjours",
    "application": "dossiers",
    "application_event": "lignes de dossiers",
    "application_assessment": "grilles de dossiers",
    "application_task": "tâches de dossiers",
    "application_document": "pièces de dossiers",
    "application_double": "doubles de dossiers jugés",
    "application_duty": "responsables d’étapes",
    "reception": "réceptions",
    "contact": "correspondants",
    "listing": "annonces repérées",
    "listing_pair": "décisions sur des doublons d’annonces",
    "sighting": "signalements",
    "call": "appels de la veille",
    "proposal": "logements proposés",
    "event": "événements",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 refused, 2 misuse."""
    parser = Parser(prog="python -m data.demo", description="Le réseau de démonstration.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="fill|empty|status")
    fill = commands.add_parser("fill", help="remplir la base avec la démonstration")
    fill.add_argument("--date", type=day, default=None, help="jour où elle s’arrête (AAAA-MM-JJ)")
    empty = commands.add_parser("empty", help="vider la démonstration, après une sauvegarde")
    empty.add_argument(
        "--confirmer",
        nargs="?",
        const=CONFIRMATION,
        default="",
        metavar=CONFIRMATION,
        help="sans quoi rien n’est effacé",
    )
    empty.add_argument(
        "--sauvegarde", type=Path, default=None, metavar="DOSSIER", help="où garder la sauvegarde"
    )
    commands.add_parser("status", help="dire quel réseau est montré")
    options = parser.parse_args(arguments)
    try:
        store = open_store()
        try:
            return _run(store, options)
        finally:
            store.close()
    except (StoreError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(store: Store, options: argparse.Namespace) -> int:
    if options.command == "fill":
        network = demo_of(load_territory(), options.date or date.today())
        _print("Démonstration en place :", fill_demo(store, network, LOCAL_ACTOR))
    elif options.command == "empty":
        if not options.confirmer:
            print(
                "Rien n’a été effacé. Pour vider la démonstration (une sauvegarde est gardée) :\n"
                "  python -m data.demo empty --confirmer",
                file=sys.stderr,
            )
            return 2
        copy = empty_demo(store, LOCAL_ACTOR, options.confirmer, options.sauvegarde)
        print(f"Démonstration vidée. Sauvegarde : {copy}")
    else:
        shown = store.network_origin()
        print("Réseau montré : " + ("la démonstration" if shown == "demo" else "le réseau réel"))
        with store.read() as session:
            for origin, title in (("demo", "Démonstration :"), ("real", "Réseau réel :")):
                _print(title, counts(session, origin))
    return 0


def _print(title: str, rows: dict[str, int]) -> None:
    print(title)
    for table, count in rows.items():
        print(f"  {count:>6}  {NAMES[table]}")


if __name__ == "__main__":
    leave(main)
