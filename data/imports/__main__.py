"""The command line of imports: the same chain, the same refusals and the same words as the page. See `docs/guide-import-commande.md`.

::

    python -m data.imports check FILE [--kind K] [--sheet S] [--period P] [--choices FILE.json] [--json]
    python -m data.imports publish FILE [the same] [--good-rows-only] [--clear-absent]
    python -m data.imports list [--json]
    python -m data.imports undo ID [--shipped]
    python -m data.imports redo ID

It ends with 0 when all is clean, 1 when the file has errors or was refused, 2 for misuse.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.model import COMMAND_ACTOR
from data.imports import choices as choices_json
from data.imports import history, pipeline, telling
from data.imports.formats import FORMATS, possible_meanings
from data.imports.model import Choices, Draft, ImportRefused, NothingChanges, Progress
from data.imports.publish import publish
from data.imports.wording import problem
from data.opening import REFUSALS, House, open_house, read_catalogue
from data.terminal import Parser, day, leave

CLEAN, REFUSED, MISUSE = 0, 1, 2
KNOWN = tuple(each.id for each in FORMATS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; see the module's docstring for what it ends with."""
    options = _parser().parse_args(arguments)
    today = options.date or dt.date.today()
    try:
        house = open_house(today)
        if options.command in ("check", "publish"):
            return _file(house, options, today)
        if options.command == "list":
            return _list(house, options.json)
        return _change(house, options)
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("Interrompu : rien n'a été modifié.", file=sys.stderr)
        return REFUSED


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data.imports", description="Importer un fichier, voir et annuler les imports."
    )
    parser.add_argument(
        "--date",
        type=day,
        default=None,
        help="jour à prendre pour aujourd'hui (AAAA-MM-JJ)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    for name, about in (
        ("check", "dire ce que le fichier changerait, sans rien écrire"),
        ("publish", "publier le fichier s'il est sans erreur"),
    ):
        one = commands.add_parser(name, help=about)
        one.add_argument("file", type=Path, metavar="FICHIER")
        one.add_argument(
            "--kind", metavar="FORMAT", help="le format, s'il n'est pas celui qui est reconnu d'abord"
        )
        one.add_argument(
            "--sheet", metavar="FEUILLE", help="la feuille du classeur, ou le fichier de l'archive"
        )
        one.add_argument(
            "--reading", metavar="LECTURE", help="la lecture à prendre quand deux sont possibles"
        )
        one.add_argument(
            "--period", metavar="PÉRIODE", help="l'année ou le jour des chiffres, si le fichier ne le dit pas"
        )
        one.add_argument(
            "--choices",
            type=Path,
            metavar="CHOIX.json",
            help="tous les choix, tels que « list --json » les redonne",
        )
        one.add_argument(
            "--commune", action="append", type=_pair, default=[], metavar="TEXTE=CODE",
            help="la commune d'un texte du fichier (rien après = : laisser ces lignes de côté) ; autant de fois qu'il faut",
        )  # fmt: skip
        one.add_argument(
            "--person", action="append", type=_pair, default=[], metavar="RÉFÉRENCE=PERSONNE",
            help="de qui est la fiche : une personne proposée par --json, ou « separate » pour quelqu'un d'autre",
        )  # fmt: skip
        one.add_argument("--json", action="store_true", help="répondre en JSON")
        one.add_argument("--good-rows-only", action="store_true", help="laisser de côté les lignes en erreur")
        one.add_argument(
            "--clear-absent", action="store_true",
            help="noter « non publié » ce qu'un fichier précédent disait et que celui-ci ne dit plus",
        )  # fmt: skip
    listed = commands.add_parser("list", help="les imports, du plus récent au plus ancien")
    listed.add_argument("--json", action="store_true", help="répondre en JSON")
    for name, about in (("undo", "annuler un import"), ("redo", "rétablir un import annulé")):
        one = commands.add_parser(name, help=about)
        one.add_argument("id", type=_number, metavar="NUMÉRO")
        if name == "undo":
            one.add_argument(
                "--shipped", action="store_true", help="annuler aussi les chiffres livrés avec le territoire"
            )
        one.add_argument("--json", action="store_true", help="répondre en JSON")
    return parser


def _number(text: str) -> int:
    """The number of an import, as `list` gives it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise argparse.ArgumentTypeError(f"« {text} » : écrivez un numéro d'import, par exemple 2")
    return int(text)


def _pair(text: str) -> tuple[str, str]:
    """« Bures=61067 » → (Bures, 61067)."""
    name, equals, value = text.rpartition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"« {text} » : écrivez par exemple Bures=61067")
    return name, value.strip()


# -- a file ----------------------------------------------------------------------------------------------------


def _file(house: House, options: argparse.Namespace, today: dt.date) -> int:
    try:
        chosen = _choices(options)
    except (OSError, ValueError) as error:
        why = _unreadable(error) if isinstance(error, OSError) else error
        print(f"{options.choices} : {why}", file=sys.stderr)
        return MISUSE
    if chosen.kind is not None and chosen.kind not in KNOWN:
        print(
            f"« {chosen.kind} » n'est pas un format. Choisissez parmi : {', '.join(KNOWN)}.", file=sys.stderr
        )
        return MISUSE
    if not options.file.is_file():
        what = IsADirectoryError() if options.file.is_dir() else FileNotFoundError()
        print(f"{options.file} : {_unreadable(what)}", file=sys.stderr)
        return MISUSE
    with house.store.read() as session:
        catalogue = read_catalogue(session)
    progress = _progress()
    try:
        draft = pipeline.prepare(
            options.file, name=options.file.name, choices=chosen, house=house, catalogue=catalogue, today=today, progress=progress
        )  # fmt: skip
    except OSError as error:
        print(f"{options.file} : {_unreadable(error)}", file=sys.stderr)
        return MISUSE
    draft = _as_asked(draft)
    number, verdict = None, REFUSED if _refused(draft) else CLEAN
    if options.command == "publish" and verdict == CLEAN:
        try:
            number = publish(house, COMMAND_ACTOR, draft, options.file, today=today, progress=progress)
        except NothingChanges:
            pass  # what was asked is already so
        except ImportRefused as refused:
            draft, verdict = replace(draft, problems=(*draft.problems, *refused.problems)), REFUSED
    if options.json:
        _print_json({**telling.draft_json(draft), "import": number, "ok": verdict == CLEAN})
    else:
        brought = draft.parsed.new if draft.parsed is not None else ()
        print(telling.draft_text(draft, pipeline.with_new(catalogue, brought)))
        if options.command == "publish":
            print(telling.published(draft, number, refused=verdict == REFUSED))
    return verdict


def _unreadable(error: OSError) -> str:
    """Why a file cannot be read, in French."""
    match error:
        case FileNotFoundError():
            return "ce fichier n'existe pas."
        case IsADirectoryError():
            return "c'est un dossier, donnez un fichier."
        case PermissionError():
            return "vous n'avez pas le droit de lire ce fichier."
    return f"ce fichier ne se lit pas ({error.strerror or error})."


def _as_asked(draft: Draft) -> Draft:
    """The draft, refused where the file is not what the choices say: nobody is there to see what it was taken for instead."""
    found, table = draft.recognition, draft.table
    if found is None or table is None:
        return draft
    problems = []
    if draft.choices.kind not in (None, found.format):
        possible = ", ".join(each.format for each in draft.recognitions)
        problems.append(
            problem(
                "other_kind",
                f"Ce fichier n'a pas les colonnes du format « {draft.choices.kind} ».",
                f"Retirez --kind, ou choisissez parmi : {possible}.",
                value=draft.choices.kind,
            )
        )
    meanings = possible_meanings(found)
    for column, meaning in draft.choices.columns.items():
        if column not in table.frame.columns:
            problems.append(
                problem(
                    "other_column",
                    "Les choix nomment une colonne que ce fichier n'a pas.",
                    f"Corrigez son nom, par exemple « {table.frame.columns[0]} », ou retirez-la des choix.",
                    column=column,
                )
            )
        elif meaning not in meanings and "@" not in meaning:
            problems.append(
                problem(
                    "other_meaning",
                    "Les choix donnent à cette colonne un sens que ce format n'a pas.",
                    f"Écrivez un indicateur et son millésime (lovac_stock@2024), ou un mot parmi : {', '.join(meanings)}.",
                    column=column,
                    value=meaning,
                )
            )
    return replace(draft, problems=tuple(problems), diff=None) if problems else draft


def _choices(options: argparse.Namespace) -> Choices:
    """The choices of the file, then those of the options over them. Raises OSError, ValueError."""
    chosen = Choices()
    if options.choices is not None:
        try:
            body = json.loads(options.choices.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise ValueError("ce n'est pas du JSON écrit en UTF-8.") from error
        except json.JSONDecodeError as error:
            raise ValueError(
                f"ce n'est pas du JSON (ligne {error.lineno}, colonne {error.colno})."
            ) from error
        if not isinstance(body, dict):
            raise ValueError("un objet JSON est attendu.")
        chosen = choices_json.from_json(body)
    given = {
        name: getattr(options, name)
        for name in ("kind", "sheet", "reading", "period", "good_rows_only", "clear_absent")
        if getattr(options, name)
    }
    return replace(
        chosen,
        **given,
        communes={**chosen.communes, **dict(options.commune)},
        people={**chosen.people, **dict(options.person)},
    )


def _refused(draft: Draft) -> bool:
    """Whether nothing of the draft may be published."""
    return draft.diff is None or not pipeline.can_compare(draft)


def _progress() -> Progress | None:
    """Progress on the terminal of somebody who waits; nothing in a script's output."""
    if not sys.stderr.isatty():
        return None

    def tell(share: float, what: str) -> None:
        done = f"\r{share:4.0%} {what:<40}" if share < 1 else "\r" + " " * 50 + "\r"
        print(done, end="", file=sys.stderr, flush=True)

    return tell


# -- the history -----------------------------------------------------------------------------------------------


def _list(house: House, as_json: bool) -> int:
    with house.store.read() as session:
        records = history.imports(session)
    if as_json:
        _print_json({"imports": [telling.record_json(each) for each in records]})
    else:
        for record in records:
            print(telling.record_line(record))
    return CLEAN


def _change(house: House, options: argparse.Namespace) -> int:
    if options.command == "undo" and not options.shipped and (shipped := _shipped(house, options.id)):
        print(shipped, file=sys.stderr)
        return REFUSED
    change = history.undo if options.command == "undo" else history.redo
    outcome = change(house.store, COMMAND_ACTOR, options.id)
    if options.json:
        _print_json(telling.outcome_json(outcome))
    else:
        print(telling.outcome_text(outcome, undone=options.command == "undo"))
    return CLEAN


def _shipped(house: House, number: int) -> str:
    """Why the shipped figures are not taken away by a slip of the hand; empty for another import."""
    with house.store.read() as session:
        records = history.imports(session)
    if not any(each.id == number and each.kind == "shipped" and each.in_force for each in records):
        return ""
    return (
        f"L'import n° {number} contient les chiffres livrés avec le territoire : les annuler vide la carte partout où aucun fichier ne les "
        f"remplace. Rien n'a été modifié. Pour le faire : python -m data.imports undo {number} --shipped"
    )


def _print_json(body: dict[str, Any]) -> None:
    print(json.dumps(body, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    leave(main)
