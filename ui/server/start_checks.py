"""What is checked before the first visitor is let in: the public address, and the secrets that a sign-in rests on.

What could let the wrong person in stops the start; what only narrows what is served is said and goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from streamlit import config

from data.access import AccessError
from data.access.secret import is_weak, refuse_if_others_read
from ui import place

GUIDE = "Voyez docs/guide-connexion.md."
NEEDED = ("redirect_uri", "cookie_secret")
OF_A_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
CALLBACK = "/oauth2callback"
_PLACEHOLDERS = ("xxx", "change", "remplacez", "secret", "example", "exemple", "votre")


class UnsafeStart(RuntimeError):
    """The server would not be safe: the message lists everything that is wrong, and what to do."""


def check() -> None:
    """Refuse an unsafe start, and say on standard error what is served to whom. Raises UnsafeStart."""
    where = place.read()
    auth = place.auth_section()
    wrong = refusals(
        where, auth, secret_files(), _options(), base=str(config.get_option("server.baseUrlPath") or "")
    )
    if wrong:
        raise UnsafeStart(
            "Zevillage ne démarre pas :\n" + "\n".join(f"- {each}" for each in wrong) + f"\n{GUIDE}"
        )
    if not where.one_machine and not where.identity:
        print(
            "Zevillage : aucune connexion n’est configurée, seule la vue publique est servie. " + GUIDE,
            file=sys.stderr, flush=True,
        )  # fmt: skip


def _options() -> dict[str, object]:
    names = ("server.enableXsrfProtection", "server.enableCORS", "server.trustedUserHeaders")
    return {name: config.get_option(name) for name in names}


def secret_files() -> list[Path]:
    """The files from which secrets are read, those that exist."""
    return [
        path
        for name in config.get_option("secrets.files") or ()
        if (path := Path(str(name)).expanduser()).is_file()
    ]


def refusals(
    where: place.Place,
    auth: Mapping[str, object],
    files: Iterable[Path],
    options: Mapping[str, object],
    base: str = "",
) -> list[str]:
    """Everything that would make the server unsafe, in French; empty when nothing would.

    `auth`: the section `[auth]` of the secrets; `options`: settings of the server by name; `base`: its sub-path.
    """
    wrong = [*_address(where.url)]
    if options.get("server.trustedUserHeaders"):
        wrong.append(
            "server.trustedUserHeaders est défini : n’importe qui pourrait se donner une identité. Retirez ce réglage."
        )
    if not auth:
        return wrong
    for name in ("server.enableXsrfProtection", "server.enableCORS"):
        if not options.get(name, True):
            wrong.append(f"{name} est à false : la connexion ne serait plus protégée. Remettez true.")
    wrong += [*_secrets(auth), *_providers(auth), *_redirect(where.url, auth, base)]
    for path in files:
        try:
            refuse_if_others_read(path)
        except AccessError as error:
            wrong.append(str(error))
    return wrong


def _address(url: str) -> Iterable[str]:
    if not url:
        return
    parts = urlsplit(url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.username
    ):
        yield f"ZEVILLAGE_PUBLIC_URL vaut « {url} » : écrivez l’adresse seule, par exemple https://zevillage.exemple.fr"
    elif parts.scheme == "http" and not place.is_loopback(parts.hostname):
        yield "ZEVILLAGE_PUBLIC_URL commence par http:// : une connexion s’y lirait en clair. Servez Zevillage en https."


def _secrets(auth: Mapping[str, object]) -> Iterable[str]:
    for name in NEEDED:
        if not auth.get(name):
            yield f"[auth] {name} manque dans secrets.toml."
    secret = str(auth.get("cookie_secret") or "")
    if secret and (is_weak(secret) or any(word in secret.lower() for word in _PLACEHOLDERS)):
        yield (
            "[auth] cookie_secret est trop court ou se devine : il faut au moins 32 caractères au hasard. "
            'Par exemple : python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )


def _providers(auth: Mapping[str, object]) -> Iterable[str]:
    named = {
        name: value for name, value in auth.items() if isinstance(value, Mapping) and name != "client_kwargs"
    }
    if any(auth.get(key) for key in OF_A_PROVIDER):
        named["[auth]"] = auth
    if not named:
        yield "[auth] ne nomme aucun fournisseur d’identité : client_id, client_secret et server_metadata_url manquent."
    if named and "[auth]" not in named:
        yield (
            "[auth] nomme ses fournisseurs par section : Zevillage n’en connaît qu’un. Écrivez client_id, client_secret et "
            "server_metadata_url directement sous [auth]."
        )
    for name, provider in named.items():
        for key in OF_A_PROVIDER:
            if not provider.get(key):
                yield f"{name} : {key} manque dans secrets.toml."
        metadata = urlsplit(str(provider.get("server_metadata_url") or ""))
        if metadata.hostname and metadata.scheme != "https" and not place.is_loopback(metadata.hostname):
            yield f"{name} : server_metadata_url doit commencer par https://."


def _redirect(url: str, auth: Mapping[str, object], base: str) -> Iterable[str]:
    given = str(auth.get("redirect_uri") or "")
    if not given:
        return
    if not url:
        yield "Une connexion est configurée et ZEVILLAGE_PUBLIC_URL manque : déclarez l’adresse publique, celle de redirect_uri."
        return
    folder = base.strip("/")
    expected = "/".join(part for part in (url, folder, CALLBACK.strip("/")) if part)
    if given != expected:
        yield f"[auth] redirect_uri vaut « {given} » : il doit être {expected}"
