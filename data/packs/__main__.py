"""`python -m data.packs`: make a pack, look at what it holds.

    python -m data.packs new --epci 200043982 --to ./bazadais
    python -m data.packs new --epci 200012060 --year 2019                        # an EPCI as it was
    python -m data.packs new --departement 61
    python -m data.packs new --communes liste.csv --name "Pays de Bazas"
    python -m data.packs fill ./bazadais lovac.csv base-cc-logement-2022.csv --home ./donnees-bazadais
    python -m data.packs fill ./bazadais --download insee-logement-2022 lovac-2026 --home ./donnees-bazadais
    python -m data.packs addresses
    python -m data.packs migrate ./bazadais --home ./donnees-bazadais            # tells; --confirm does it, --undo takes it back
    python -m data.packs check ./bazadais
    python -m data.packs list

`new` prints the folder of the pack last, alone on its line. What is wrong is said on the error output, in French, and ends with 1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from pathlib import Path

from analysis.answers import FigureSet
from analysis.coverage import Loaded, editions
from analysis.french import file_size, quantity, spaced
from analysis.model import COMMAND_ACTOR
from analysis.vocabulary import RECODING_RULES
from data import packs, reference
from data.catalogue import load_catalogue
from data.catalogue.downloads import Address, addresses
from data.imports.history import imports
from data.opening import REFUSALS, House, open_house
from data.packs import migrate
from data.packs.download import fill_from
from data.packs.figures import read_figures
from data.packs.fill import Filled, fill
from data.packs.make import (
    PackError,
    audit,
    former_told,
    grouped,
    of_communes,
    of_departement,
    of_epci,
    write,
)
from data.packs.passage import summary
from data.store import Store, open_store
from data.store.files import Files
from data.store.opened import DEFAULT_HOME
from data.terminal import Parser, day, leave
from data.territory import load_territory


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data.packs", description="Zevillage : faire un territoire, et voir ce qu'il contient."
    )
    actions = parser.add_subparsers(dest="action", required=True, title="Commandes")
    new = actions.add_parser("new", help="faire un pack : le dossier d'un territoire")
    what = new.add_mutually_exclusive_group(required=True)
    what.add_argument("--epci", metavar="SIREN", help="les communes d'un EPCI, par son SIREN (neuf chiffres)")
    what.add_argument(
        "--departement", metavar="CODE", help="les communes d'un département, par son code (61, 2A, 974)"
    )
    what.add_argument(
        "--communes",
        metavar="FICHIER",
        type=Path,
        help="les communes d'un fichier : une par ligne, code INSEE ou nom",
    )
    new.add_argument(
        "--year",
        metavar="ANNÉE",
        type=int,
        help="avec --epci : ses communes de cette année-là, d'après son SIREN",
    )
    new.add_argument(
        "--groups",
        metavar="QUOI",
        help="les groupes : epci (ceux d'aujourd'hui), aucun, ou une année (les EPCI d'alors)",
    )
    new.add_argument("--name", metavar="NOM", help="le nom du territoire")
    new.add_argument(
        "--to", metavar="DOSSIER", type=Path, help="où l'écrire (sans elle : packs/ du dossier des données)"
    )
    new.add_argument("--today", type=day, default=None, help=argparse.SUPPRESS)
    filling = actions.add_parser(
        "fill", help="publier des fichiers nationaux dans la base d'un pack : ses communes seules"
    )
    filling.add_argument("pack", metavar="PACK", help="un pack livré ou le dossier d'un pack")
    filling.add_argument(
        "files",
        nargs="*",
        metavar="FICHIER",
        type=Path,
        help="les fichiers, tels que leurs producteurs les publient",
    )
    filling.add_argument(
        "--download",
        metavar="NOM",
        nargs="*",
        help="prendre ces fichiers chez leurs producteurs (sans nom : tous ceux de moins de 500 Mo ; la liste : addresses)",
    )
    filling.add_argument(
        "--home",
        metavar="DOSSIER",
        type=Path,
        help="le dossier des données (sans elle : celui de ZEVILLAGE_HOME)",
    )
    filling.add_argument("--today", type=day, default=None, help=argparse.SUPPRESS)
    actions.add_parser(
        "addresses", help="les adresses par lesquelles « fill --download » prend les fichiers des producteurs"
    )
    moving = actions.add_parser(
        "migrate",
        help="passer aux communes d'une autre année : fusions, scissions, noms, codes, EPCI ; dit tout avant de rien faire",
    )
    moving.add_argument("pack", metavar="PACK", help="un pack livré ou le dossier d'un pack")
    moving.add_argument(
        "--to", metavar="ANNÉE", type=int, help="l'année attendue (sans elle : celle des tables de référence)"
    )
    moving.add_argument(
        "--since",
        metavar="ANNÉE",
        type=int,
        help="de quelle année est la liste, si son fichier ne le dit pas (code_year)",
    )
    moving.add_argument(
        "--home",
        metavar="DOSSIER",
        type=Path,
        help="le dossier des données (sans elle : celui de ZEVILLAGE_HOME)",
    )
    what_to_do = moving.add_mutually_exclusive_group()
    what_to_do.add_argument("--confirm", action="store_true", help="le faire, au lieu de seulement le dire")
    what_to_do.add_argument("--undo", action="store_true", help="revenir au fichier et aux chiffres d'avant")
    what_to_do.add_argument(
        "--journal", action="store_true", help="dire ce que chaque chiffre est devenu, une ligne un chiffre"
    )
    check = actions.add_parser("check", help="dire ce qu'un pack contient, et ce qui lui manque")
    check.add_argument(
        "pack",
        nargs="?",
        metavar="PACK",
        help="un pack livré ou un dossier (sans lui : celui de ZEVILLAGE_TERRITORY)",
    )
    actions.add_parser("list", help="les packs livrés avec le projet")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Do what `arguments` ask for; 0, or 1 when something is wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.action == "fill" and not options.files and options.download is None:
        parser.error(
            "il manque les fichiers à publier, ou --download pour les prendre chez leurs producteurs"
        )
    if options.action == "new" and options.year is not None and options.epci is None:
        parser.error("--year va avec --epci")
    try:
        if options.action == "new":
            return _new(options)
        if options.action == "fill":
            return _fill(options)
        if options.action == "migrate":
            return _migrate(options)
        if options.action == "addresses":
            return _addresses()
        if options.action == "check":
            return _check(packs.named(options.pack) if options.pack else packs.current())
        print("\n".join(packs.shipped_ids()))
    except (PackError, *REFUSALS) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _new(options: argparse.Namespace) -> int:
    if options.epci is not None:
        proposal = of_epci(options.epci, options.year)
    elif options.departement is not None:
        proposal = of_departement(options.departement)
    else:
        proposal = of_communes(_lines(options.communes), options.name or options.communes.stem)
    if options.name:
        proposal = proposal.renamed(options.name)
    if options.groups is not None:
        proposal = grouped(proposal, options.groups)
    home = Path(os.environ.get("ZEVILLAGE_HOME", "").strip() or DEFAULT_HOME)
    folder = (options.to or Files(home).pack(proposal.id)).absolute()
    year = (options.today or dt.date.today()).year
    territory = write(proposal, folder, year)
    groups = f", en {quantity(len(territory.groups), 'groupes')}" if territory.groups else ""
    print(spaced(f"{territory.name} : {quantity(len(territory.codes), 'communes')}{groups}."))
    for remark in audit(territory.codes):
        print(f"- {remark}")
    if options.groups is None and (former := former_told(territory.codes)):
        print(f"- {former} Ajoutez --groups et leur année.")
    print(
        spaced(
            f"Pour l'ouvrir : ZEVILLAGE_TERRITORY={folder}, avec un dossier de données à lui dans ZEVILLAGE_HOME."
        )
    )
    print(folder)
    return 0


def _fill(options: argparse.Namespace) -> int:
    today = options.today or dt.date.today()
    house = open_house(today, options.home, packs.named(options.pack))
    failed = 0
    try:
        print(spaced(f"{house.territory.name} : {quantity(len(house.territory.codes), 'communes')}."))
        for done in fill(house, options.files, today):
            failed += _told(done)
        if options.download is not None:
            for address, done in fill_from(house, _wanted(options.download, house), today, _Progress()):
                print(spaced(f"{address.citation} — {address.url} (adresse {address.checked})"))
                failed += _told(done)
    finally:
        house.store.close()
    return 1 if failed else 0


def _told(done: Filled) -> bool:
    """Say what became of one file; whether it failed."""
    if done.number is not None:
        said = f"import n° {done.number}, {quantity(done.cells, 'chiffres')} ({done.what})"
    else:
        said = f"{done.what} — {done.why}" if done.what else done.why
    print(spaced(f"{done.path.name} : {said}"), flush=True)
    for each in done.problems:
        if done.number is None and each.line is not None:
            print(spaced(f"  ligne {each.line} : {each.title} {each.advice}"))
    return done.number is None and done.cells == 0


def _migrate(options: argparse.Namespace) -> int:
    pack = packs.named(options.pack)
    home = options.home or Path(os.environ.get("ZEVILLAGE_HOME", "").strip() or DEFAULT_HOME)
    there = bool(os.environ.get("ZEVILLAGE_DATABASE_URL", "").strip()) or Files(home).database.exists()
    store = open_store(home) if there else None
    try:
        if options.journal:
            return _journal(store)
        if options.undo:
            number, left = migrate.undo(pack, store, COMMAND_ACTOR)
            print(
                spaced(
                    f"{pack.territory} est comme avant"
                    + (f" ; l'import n° {number} est annulé." if number else ".")
                )
            )
            for each in left:
                print(f"- {each}")
            return 0
        made = migrate.plan(pack, options.since, options.to)
        if made is None:
            print(
                spaced(
                    f"Rien à faire : les communes de {pack.folder} sont déjà celles de {reference.year()}."
                )
            )
            return 0
        if store is not None:
            store.belong_to(made.territory.id, made.territory.name)
        print(spaced(f"{made.territory.name} : de {made.since} à {made.year}."))
        for each in made.told or (
            spaced("Aucune de ses communes n'a changé : seule l'année notée dans le fichier change."),
        ):
            print(f"- {each}")
        recoded = migrate.look(store, made.steps) if store is not None else None
        for each in (
            summary(recoded, {each.id: each.name for each in load_catalogue().indicators.values()})
            if recoded
            else ()
        ):
            print(f"- {each}")
        if not options.confirm:
            print(spaced("Rien n'est fait : ajoutez --confirm. Ce qui est fait s'annule par --undo."))
            return 0
        done = migrate.migrate(made, store, COMMAND_ACTOR)
        if done.number is not None:
            print(
                spaced(
                    f"Import n° {done.number}."
                    + (f" Suivent leur commune : {migrate.summary_of_rows(done.rows)}." if done.rows else "")
                )
            )
        if done.profiles:
            told = quantity(done.profiles, "profils")
            print(
                spaced(
                    f"{told} d'une commune disparue : donnez-lui celle d'aujourd'hui sur la page « Administration »."
                )
            )
        print(pack.territory)
    finally:
        if store is not None:
            store.close()
    return 0


def _journal(store: Store | None) -> int:
    """Print what became of each figure, as CSV with semicolons."""
    if store is None:
        raise PackError("Aucune base ici : indiquez le dossier des données par --home.")
    with store.read() as session:
        numbers = [each.id for each in imports(session) if each.kind == migrate.KIND and each.in_force]
        lines = [migrate.journal(session, number) for number in sorted(numbers)]
    print("annee;commune;indicateur;periode;regle;avant;apres;statut")
    for frame in lines:
        for row in frame.itertuples():
            before = " + ".join(f"{code} {value}" for code, value in row.parts.items())
            after = "" if row.value is None or row.value != row.value else row.value
            print(
                f"{row.year};{row.commune};{row.indicator};{row.period};{RECODING_RULES[row.rule]};{before};{after};{row.status}"
            )
    return 0


LARGE = 500_000_000
"""Bytes from which a file is fetched only when somebody names it."""


def _wanted(names: list[str], house: House) -> list[Address]:
    """The addresses of these names for the territory; without any name, of all files that are not very large. Raises PackError."""
    known = addresses()
    if wrong := [name for name in names if name not in known]:
        raise PackError(
            spaced(
                f"Aucune adresse ne s'appelle « {wrong[0]} ». Celles qui sont déclarées : {', '.join(known)}."
            )
        )
    chosen = [known[name] for name in dict.fromkeys(names)] or [
        each for each in known.values() if each.most <= LARGE
    ]
    if not names and (left := [each for each in known.values() if each.most > LARGE]):
        said = ", ".join(f"{each.id} (jusqu'à {file_size(each.most)})" for each in left)
        print(spaced(f"Très grands fichiers, pris seulement si vous les nommez : {said}."))
    return [part for each in chosen for part in each.of(area.code for area in house.territory.departements)]


class _Progress:
    """Says how far a file is on the error output, at each tenth of it, or each 50 Mo where its size is not known."""

    def __init__(self) -> None:
        self._last = ("", -1)

    def __call__(self, address: Address, done: int, of: int | None) -> None:
        """Told by the download."""
        step = (address.id, done * 10 // of if of else done // 50_000_000)
        if step != self._last:
            self._last = step
            whole = f" sur {file_size(of)}" if of else ""
            print(spaced(f"{address.file} : {file_size(done)}{whole}"), file=sys.stderr, flush=True)


def _addresses() -> int:
    for each in addresses().values():
        print(spaced(f"{each.id} : {each.citation}, {each.licence}, {file_size(each.most)} au plus"))
        print(spaced(f"  {each.url} (adresse {each.checked}{', empreinte connue' if each.sha256 else ''})"))
    return 0


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return path.read_text(encoding="cp1252").splitlines()
    except OSError as error:
        raise PackError(spaced(f"Le fichier {path} ne peut pas être lu ({error.strerror}).")) from error


def _check(pack: packs.Pack) -> int:
    territory = load_territory(pack.territory)
    shipped = read_figures(pack, territory)
    catalogue = load_catalogue(sources=shipped.entries.sources, vintages=shipped.entries.vintages)
    figures = FigureSet(shipped.frame, territory.name_of)
    print(
        spaced(
            f"{territory.name} ({territory.id}) : {quantity(len(territory.codes), 'communes')}, dans {pack.folder}"
        )
    )
    for remark in (*audit(territory.codes), former_told(territory.codes)):
        if remark:
            print(f"- {remark}")
    if (made := migrate.plan(pack)) is not None and made.since < made.year:
        print(
            spaced(
                f"- La liste est de {made.since} : « python -m data.packs migrate {pack.folder} » la met au code de {made.year}."
            )
        )
    print()
    for row in editions(catalogue.indicators, catalogue.sources, figures.imported):
        print(spaced(_line(row)))
    return 0


def _line(row: Loaded) -> str:
    loaded = f"chargé : {row.newest_loaded.edition}" if row.newest_loaded else "pas encore importé"
    where = f" — {row.newest_known.url}" if row.newest_known.url and row.state != "chargé" else ""
    known = f" ; dernière édition connue : {row.newest_known.edition}" if row.state != "chargé" else ""
    return f"{row.producer}, {row.title} : {loaded}{known}{where}"


if __name__ == "__main__":
    leave(main)
