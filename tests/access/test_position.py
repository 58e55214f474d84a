"""Where people who did not agree live is in nothing that travels to the public: move them all, and not one byte changes."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import case, select

from analysis.model import SYSTEM_ACTOR, Role
from data.demo import ensure_demo
from data.store import open_store, tables
from data.territory import load_territory
from tests.access.conftest import TODAY, forget, open_page, sent
from ui.network.sections import SECTIONS

ADDRESSES: list[tuple[str, dict[str, str]]] = [
    ("accueil", {}),
    ("carte", {"indicateur": "members", "cercles": "1", "valeurs": "1"}),
    ("carte", {"indicateur": "applications", "valeurs": "1"}),
    ("commune", {}),
    ("logement", {}),
    *[("reseau", {"section": section}) for section in SECTIONS],
]
ASIDE = re.compile(rb"[0-9a-f]{32}$|^\n[\x80-\xff]*[\x00-\x7f]")
"""The number, drawn at each run, under which a file can be asked for, and how long a text is."""


def shown() -> dict[str, list[bytes]]:
    """What travels to the public for each address."""
    forget()
    return {
        f"{page} {query}": [ASIDE.sub(b"", piece) for piece in sent(open_page(page, Role.PUBLIC, query))]
        for page, query in ADDRESSES
    }


def move_everybody_hidden(home: Path) -> int:
    """Put each stay and event of who did not agree into the next commune of the same group; how many rows changed.

    Wishes of candidates stay: their counts by commune reach the public's threshold, and may be shown. So the count of files on a
    commune's page and map stays too: what is hidden of it depends on the files alone.
    """
    territory = load_territory()
    following = {
        code: group.codes[(i + 1) % len(group.codes)]
        for group in territory.groups
        for i, code in enumerate(group.codes)
    }
    store = open_store(home)
    person, member = tables.person, tables.member
    hidden = select(person.c.id).where(person.c.consent_public.is_(False))
    members = select(member.c.id).where(member.c.person.in_(hidden))
    moved = 0
    with store.write(SYSTEM_ACTOR) as session:
        for table, column, whose in (
            (tables.stay, tables.stay.c.commune, tables.stay.c.member.in_(members)),
            (tables.event, tables.event.c.commune, tables.event.c.member.in_(members)),
        ):
            changed = session.connection.execute(
                table.update()
                .where(whose, column.in_(following))
                .values({column: case(following, value=column)})
            )
            moved += changed.rowcount
    store.close()
    return moved


def test_the_public_sees_the_same_wherever_they_live(network: Path) -> None:
    store = open_store(network)
    ensure_demo(store, load_territory(), TODAY)
    store.close()
    before = shown()
    assert move_everybody_hidden(network) > 50
    after = shown()
    # The counts of the groups and of the territory are the same by construction; everything else must be too.
    changed = {
        address: next(((a, b) for a, b in zip(before[address], after[address], strict=False) if a != b), None)
        for address in before
        if before[address] != after[address]
    }
    assert changed == {}
    assert sum(map(len, before.values())) > 100
