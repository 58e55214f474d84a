"""What the network says of itself beside its rows: people as they agreed to be named, trades that complete each other, telecentres.

Names leave here for people who consented to be public and for nobody else; consent that is withdrawn, and a person who is erased,
are gone at the next reading.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
from sqlalchemy import false, or_, select

from data import reference
from data.packs import SHIPPED
from data.register.checks import is_website
from data.store import Session, tables

ASKED = ("fibre", "fast", "any")
"""What a trade may ask of its connection."""
TELECENTRE_COLUMNS = ["commune", "opened", "producer", "url"]


class CommunityError(ValueError):
    """A shipped table of the network cannot be used; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Complement:
    """Two trades that complete each other, and why, in French."""

    first: str
    second: str
    reason: str


def people(session: Session, origin: str) -> pd.DataFrame:
    """One row a person of one origin who is a member or consented: `person`, `code` (the pseudonym), `public` (consent in force), `shown`
    and `website`. Candidates and contacts, of whom there may be thousands, are not read.

    `shown` is the name of who consented (the pseudonym where no name is known), empty for everybody else, and so is `website`, also
    where an earlier version kept an address that misleads (`data.register.checks.is_website`).
    Raises ValueError for an origin that is neither real nor demo.
    """
    if origin not in tables.ORIGINS:
        raise ValueError(f"origin must be one of {tables.ORIGINS}, not {origin!r}")
    table = tables.person
    frame = session.frame(
        select(
            table.c.id.label("person"),
            table.c.code,
            table.c.name,
            table.c.website,
            table.c.consent_public,
            table.c.erased_at,
        )
        .where(
            table.c.origin == origin,
            table.c.removed_at.is_(None),
            or_(table.c.consent_public != false(), table.c.id.in_(select(tables.member.c.person))),
        )
        .order_by(table.c.id)
    )
    public = frame["consent_public"].astype(bool) & frame["erased_at"].isna()
    named = frame["name"].where(frame["name"].notna() & (frame["name"] != ""), frame["code"])
    return pd.DataFrame(
        {
            "person": frame["person"],
            "code": frame["code"],
            "public": public,
            "shown": named.where(public, ""),
            "website": [
                site if shown and isinstance(site, str) and is_website(site) else ""
                for site, shown in zip(frame["website"], public, strict=True)
            ],
        }
    )


@lru_cache(maxsize=4)
def complements(path: Path = SHIPPED.trades) -> tuple[Complement, ...]:
    """The pairs of complementary trades, in the order of the file; none where there is no file.

    Raises CommunityError for an entry without two different trades and a reason, and for a pair given twice.
    """
    if not path.exists():
        return ()
    with path.open("rb") as file:
        rows = tomllib.load(file).get("pairs", [])
    found: list[Complement] = []
    seen: set[frozenset[str]] = set()
    for number, row in enumerate(rows, start=1):
        trades, reason = row.get("trades", []), row.get("reason", "")
        key = frozenset(str(trade).casefold() for trade in trades)
        if len(trades) != 2 or len(key) != 2 or not reason or key in seen:
            raise CommunityError(
                f"{path.name}, paire {number}, « {trades} » : attendu deux métiers différents, une raison, et une seule fois chaque paire."
            )
        seen.add(key)
        found.append(Complement(str(trades[0]), str(trades[1]), str(reason)))
    return tuple(found)


@lru_cache(maxsize=4)
def connections_asked(path: Path = SHIPPED.trades) -> dict[str, str]:
    """What trades ask of their connection, by trade in lower case: a code of `analysis.watch.connection.LEVELS`, as the file's table
    `connection` says; empty where there is none. Not to be changed: it is shared.

    Raises CommunityError for another code.
    """
    if not path.exists():
        return {}
    with path.open("rb") as file:
        rows = tomllib.load(file).get("connection", {})
    for trade, level in rows.items():
        if level not in ASKED:
            raise CommunityError(
                f"{path.name}, table connection, « {trade} » : « {level} » n'existe pas, attendu {', '.join(ASKED)}."
            )
    return {str(trade).casefold(): str(level) for trade, level in rows.items()}


@lru_cache(maxsize=4)
def telecentres(path: Path = SHIPPED.telecentres) -> pd.DataFrame:
    """The telecentres whose opening was published: `commune` (INSEE code, in or out of the territory), `name`, `opened` (ISO month),
    `producer`, `url`. Whether one is still open is not published. Not to be changed: the frame is shared.
    No row where there is no file.

    Raises CommunityError for another heading or a code that is that of no commune.
    """
    if not path.exists():
        return pd.DataFrame(columns=[*TELECENTRE_COLUMNS, "name"], dtype=str)
    frame = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    if list(frame.columns) != TELECENTRE_COLUMNS:
        raise CommunityError(f"{path.name}, ligne 1 : l'en-tête attendu est {';'.join(TELECENTRE_COLUMNS)}.")
    names = reference.commune_names()
    for line, code in enumerate(frame["commune"], start=2):
        if code not in names:
            raise CommunityError(
                f"{path.name}, ligne {line}, « {code} » : aucune commune n'a ce code INSEE. Corrigez-le."
            )
    return frame.assign(name=[names[code] for code in frame["commune"]])


def commune_points(codes: frozenset[str]) -> dict[str, tuple[float, float]]:
    """A point inside each commune (longitude, latitude in degrees), also outside the territory; none for one without contour."""
    contours = reference.communes(sorted(codes)).set_index("code").geometry.dropna()
    points = contours.representative_point()
    return {str(code): (float(point.x), float(point.y)) for code, point in points.items()}
