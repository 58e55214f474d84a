"""Where this server stands: on one machine, or before a network. Decides who is believed without being asked.

On the loopback address whoever sits at the machine is believed (see `ui.access`). That is only safe while nobody else can come
through, so a visitor counts as local when all of this holds: the server listens on a loopback address, no public address is
declared, the visitor's own address is a loopback one, the name asked for (Host) is too, and no reverse proxy has left its mark.
Everywhere else, who is not identified gets the public view.

Environment: `ZEVILLAGE_PUBLIC_URL` declares the address by which others reach this server (https://zevillage.exemple.fr).
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
PROXY_MARKS = frozenset(
    {
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-real-ip",
    }
)
"""What a reverse proxy adds to the requests that it passes on."""


@dataclass(frozen=True)
class Place:
    """What the settings say. `url`: the declared public address, empty for none; `names`: the host names that may be asked for, None
    for any; `identity`: whether an identity provider is configured.
    """

    loopback: bool
    url: str
    names: frozenset[str] | None
    identity: bool

    @property
    def one_machine(self) -> bool:
        """Whether the settings say that this server is for one machine."""
        return self.loopback and not self.url


def read(environ: Mapping[str, str] = os.environ) -> Place:
    """The place as the environment, `.streamlit/config.toml` and the secrets describe it now."""
    url = environ.get("ZEVILLAGE_PUBLIC_URL", "").strip().rstrip("/")
    address = str(config.get_option("server.address") or "")
    loopback = is_loopback(address)
    more = {str(name).strip().lower() for name in config.get_option("server.allowedHosts") or ()}
    names: frozenset[str] | None
    if url:
        names = frozenset({(urlsplit(url).hostname or "").lower(), *more})
    elif loopback:
        names = frozenset({*LOOPBACK_NAMES, address.lower(), *more})
    else:
        names = frozenset(more) or None
    return Place(loopback, url, None if names and "*" in names else names, has_identity())


@cache
def auth_section() -> Mapping[str, object]:
    """The section `[auth]` of the secrets, empty when there is none. Read once: a change needs a new start, as the checks of the start do.

    Streamlit would look for the files again at each question while there is none.
    """
    if not secrets_singleton.load_if_toml_exists():
        return {}
    section = secrets_singleton.get("auth")
    return dict(section) if isinstance(section, Mapping) else {}


def has_identity() -> bool:
    """Whether an identity provider is configured."""
    return bool(auth_section())


def is_loopback(address: str | None) -> bool:
    """Whether an address or a name is this machine's own. Any name but « localhost » is not: it may lead anywhere."""
    text = (address or "").strip("[]").lower()
    if text in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return False


def host_name(host: str | None) -> str:
    """The name in a Host header, without its port; empty when it is none."""
    try:
        return (urlsplit(f"//{host or ''}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def allowed(place: Place, host: str | None) -> bool:
    """Whether this server answers to the name in a Host header: what a page on another site can point here does not count."""
    if place.names is None:
        return True
    name = host_name(host)
    return any(
        name == known or (known.startswith("*.") and name.endswith(known[1:])) for known in place.names
    )


def is_local(place: Place, peer: str | None, host: str | None, headers: Iterable[str]) -> bool:
    """Whether a visitor is at this machine. `peer`: their address, `headers`: the names of what they sent."""
    marked = PROXY_MARKS & {name.lower() for name in headers}
    return place.one_machine and is_loopback(peer) and is_loopback(host_name(host)) and not marked


def origin() -> str:
    """Scheme, host and port by which this server is reached: the declared address, else the one in the browser."""
    parts = urlsplit(read().url or st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}"


def visitor_address(place: Place, peer: str | None, forwarded: str) -> str:
    """The address a visitor comes from, as far as it can be known: to count by, never to believe.

    `forwarded`: the header X-Forwarded-For. It is read only behind a declared address and from a machine of ours, which added the last part
    itself; what stands before was written by whoever likes.
    """
    if place.url and _is_private(peer):
        last = forwarded.rpartition(",")[2].strip().strip("[]")
        with suppress(ValueError):
            return str(ipaddress.ip_address(last))
    return peer or ""


def _is_private(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_private
    except ValueError:
        return False
