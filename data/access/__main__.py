"""``python -m data.access``: profiles and roles on the command line, the way back in when a code is lost.

::

    python -m data.access list
    python -m data.access add "Claire" --role admin --pin
    python -m data.access role "Claire" animateur
    python -m data.access pin "Claire"
    python -m data.access unlock "Claire"
    python -m data.access close "Claire"
    python -m data.access remove "Claire"
    python -m data.access links
    python -m data.access link "Mairie d'Essay" --days 90
    python -m data.access revoke "Mairie d'Essay"

A PIN is never an argument, which other accounts of the machine could read: it is typed, or comes on the standard input.
"""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import os
import sys
from collections.abc import Sequence

from analysis import french
from analysis.model import SYSTEM_ACTOR, Role
from analysis.vocabulary import LINK_STATES
from data import access, register
from data.access import AccessError, Profile, sessions
from data.register.operations import instant
from data.store import Store, StoreError, network_origin, open_store
from data.terminal import Parser, leave

ROLES = [role.value for role in Role if role is not Role.PUBLIC]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 refused (the reason on standard error), 2 misuse."""
    options = _parser().parse_args(arguments)
    try:
        store = open_store()
        try:
            return _run(store, options)
        finally:
            store.close()
    except (AccessError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> Parser:
    parser = Parser(prog="python -m data.access", description="Profils, rôles et codes.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    commands.add_parser("list", help="les profils, leur rôle et leurs moyens d’entrer")
    add = commands.add_parser("add", help="ajouter un profil")
    add.add_argument("label", metavar="NOM")
    add.add_argument("--role", choices=ROLES, required=True)
    add.add_argument("--commune", default="", metavar="CODE", help="code INSEE de la commune")
    add.add_argument(
        "--pin", action="store_true", help="demander un code PIN (sinon lu sur l’entrée standard)"
    )
    add.add_argument("--email", default="", help="adresse que le fournisseur d’identité vérifie")
    add.add_argument("--issuer", default="", help="fournisseur d’identité, avec --subject")
    add.add_argument("--subject", default="", help="identifiant chez ce fournisseur")
    role = commands.add_parser("role", help="changer un rôle")
    role.add_argument("label", metavar="NOM")
    role.add_argument("role", choices=ROLES)
    for name, words in (
        ("pin", "donner un autre code PIN"),
        ("unlock", "lever l’attente après des codes faux"),
        ("close", "fermer ses sessions ouvertes par code PIN, sur tous les serveurs"),
        ("remove", "retirer un profil"),
    ):
        commands.add_parser(name, help=words).add_argument("label", metavar="NOM")
    free = commands.add_parser("free", help="délier un profil de son identité, pour une autre adresse")
    free.add_argument("label", metavar="NOM")
    free.add_argument("email")
    commands.add_parser("links", help="les liens des correspondants")
    link = commands.add_parser("link", help="donner un lien à un correspondant du registre")
    link.add_argument("contact", metavar="CORRESPONDANT")
    link.add_argument("--days", type=int, default=90, metavar="JOURS")
    revoke = commands.add_parser("revoke", help="révoquer tous les liens en cours d’un correspondant")
    revoke.add_argument("contact", metavar="CORRESPONDANT")
    return parser


def _run(store: Store, options: argparse.Namespace) -> int:
    if options.command == "list":
        _list(store)
    elif options.command == "add":
        _add(store, options)
    elif options.command in ("links", "link", "revoke"):
        _links(store, options)
    else:
        _change(store, options, _named(store, options.label))
    return 0


def _list(store: Store) -> None:
    with store.read() as session:
        known = access.profiles(session)
        last = {a.who: a.at for a in reversed(access.attempts(session, 1000)) if a.outcome == "ok"}
    if access.nobody_has_a_pin(known):
        print("Sur cet ordinateur : un seul profil, sans nom ni code.")
    for profile in known:
        ways = [
            *(["code PIN"] if profile.pin_mark else []),
            *([profile.email] if profile.email else []),
            *([f"{profile.issuer} {profile.subject}"] if profile.subject else []),
        ]
        seen = f"dernière entrée {instant(last[profile.id])}" if profile.id in last else "jamais entré"
        print(
            f"{profile.label} : {profile.role.label}{f' ({profile.commune})' if profile.commune else ''}, {', '.join(ways)}, {seen}"
        )


def _add(store: Store, options: argparse.Namespace) -> None:
    made = access.add_profile(
        store, SYSTEM_ACTOR, label=options.label, role=Role(options.role), pin=_asked_pin() if options.pin else "",
        email=options.email, issuer=options.issuer, subject=options.subject, commune=options.commune,
    )  # fmt: skip
    print(f"Profil « {made.label} » ajouté : {made.role.label}.")


def _change(store: Store, options: argparse.Namespace, profile: Profile) -> None:
    if options.command == "role":
        access.change_profile(store, SYSTEM_ACTOR, profile.id, seen=profile.version, role=Role(options.role))
        print(f"« {profile.label} » est maintenant {Role(options.role).label}.")
    elif options.command == "pin":
        access.set_pin(store, SYSTEM_ACTOR, profile.id, _asked_pin())
        print(f"« {profile.label} » a un nouveau code ; l’attente éventuelle est levée.")
    elif options.command == "unlock":
        access.unlock(store, SYSTEM_ACTOR, profile.id)
        print(f"« {profile.label} » peut réessayer tout de suite.")
    elif options.command == "close":
        ended = french.counted(sessions.end_all(store, profile.id), "session fermée", "sessions fermées")
        print(f"« {profile.label} » : {ended}.")
    elif options.command == "free":
        access.free_identity(store, SYSTEM_ACTOR, profile.id, options.email)
        print(
            f"« {profile.label} » sera lié à la prochaine identité dont l’adresse vérifiée est {options.email}."
        )
    else:
        access.remove_profile(store, SYSTEM_ACTOR, profile.id, seen=profile.version)
        print(f"« {profile.label} » ne peut plus entrer.")


def _links(store: Store, options: argparse.Namespace) -> None:
    now = dt.datetime.now(dt.UTC)
    with store.read() as session:
        known = access.links(session, now)
        contacts = register.contacts(session, network_origin(session))
    if options.command == "links":
        for link in known:
            print(
                f"{link.label} : {LINK_STATES[link.state]}, donné {instant(link.created_at)}, expire {instant(link.expires_at)}"
            )
        return
    wanted = options.contact.strip().casefold()
    found = [c for c in contacts if wanted in (c["label"].casefold(), c["id"])]
    if len(found) != 1:
        raise AccessError(
            f"{len(found)} correspondants du registre s’appellent « {options.contact} » : il en faut un."
        )
    contact = found[0]["id"]
    if options.command == "link":
        token = access.make_link(
            store, SYSTEM_ACTOR, contact, options.days, access.server_secret(store.files), now
        )
        print(f"{os.environ.get('ZEVILLAGE_PUBLIC_URL', '').rstrip('/')}/signaler?lien={token}")
        return
    valid = [link for link in known if link.contact == contact and link.state == "valid"]
    for link in valid:
        access.revoke_link(store, SYSTEM_ACTOR, link.id)
    print(f"{len(valid)} lien(s) révoqué(s).")


def _named(store: Store, label: str) -> Profile:
    with store.read() as session:
        known = access.profiles(session)
    for profile in known:
        if profile.label.casefold() == label.strip().casefold() or profile.id == label:
            return profile
    names = ", ".join(p.label for p in known) or "aucun"
    raise AccessError(f"Aucun profil ne s’appelle « {label} ». Profils : {names}.", field="label")


def _asked_pin() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    pin = getpass.getpass("Code PIN (6 à 12 chiffres) : ")
    if getpass.getpass("Le même, une seconde fois : ") != pin:
        raise AccessError("Les deux codes ne sont pas les mêmes : rien n’est enregistré.", field="pin")
    return pin


if __name__ == "__main__":
    leave(main)
