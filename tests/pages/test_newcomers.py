"""What a mayor reads of who arrives in the commune: how far it is, and nothing of who it is."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analysis.applications.newcomers import TOLD
from analysis.model import SYSTEM_ACTOR, Account, Role
from data.store import tables
from tests.homes import forget
from tests.pages.screens import Open
from tests.pages.screens import words as raw_words
from ui import access, audience_state, loading

ESSAY, LALEU = "61156", "61215"
MAYOR = Account("mairie-essay", "Mairie d'Essay", Role.ELU, ESSAY)
SECRETS = (
    "Zoé Quidam",
    "zoe@exemple.fr",
    "0233000001",
    "zythologue",
    "Brasser à distance",
    "Cliente Zeta",
    "Salle Zéphyr",
    "Invitée Zita",
)
"""Everything of the newcomer that a mairie does not read: name, ways to reach it, trade, project, clients, what the reception is about."""

Sit = Callable[[Account], None]


def words(screen: AppTest) -> str:
    return html.unescape(raw_words(screen)).replace("’", "'").replace("\u202f", " ").replace("\u00a0", " ")


def everything(screen: AppTest) -> str:
    """All that is sent to the browser, hidden or not."""

    def walk(node: Any) -> list[str]:
        proto = getattr(node, "proto", None)
        children = getattr(node, "children", None) or {}
        return [str(proto)] + [text for child in children.values() for text in walk(child)]

    return " ".join(walk(screen._tree))


@pytest.fixture
def sit(home: Path, monkeypatch: pytest.MonkeyPatch) -> Sit:
    def sit(who: Account) -> None:
        entrance = access.Entrance(who, "pin", signed_in=who.role is not Role.PUBLIC)
        monkeypatch.setattr(access, "current", lambda: entrance)

    return sit


@pytest.fixture
def arriving(fresh: Path) -> str:
    """A newcomer housed in Essay, of whom the store holds much; the others of the demonstration have arrived since long."""
    store = loading.store()
    with store.write(SYSTEM_ACTOR) as session:
        table, run = tables.application, session.connection.execute
        one = (
            run(table.select().where(table.c.status == "housed", table.c.origin == "demo")).mappings().first()
        )
        assert one is not None
        run(table.update().where(table.c.status.in_(TOLD), table.c.id != one["id"]).values(status="one_year"))
        person = tables.person
        run(
            person.update()
            .where(person.c.id == one["person"])
            .values(name=SECRETS[0], email=SECRETS[1], phone=SECRETS[2])
        )
        run(
            table.update()
            .where(table.c.id == one["id"])
            .values(
                trade=SECRETS[3],
                project=SECRETS[4],
                clients=SECRETS[5],
                wished_commune=LALEU,
                planned_arrival=dt.date(2026, 5, 18),
            )
        )
        session.insert(
            tables.reception,
            {
                "id": "r1",
                "origin": "demo",
                "application": one["id"],
                "on": dt.date(2026, 6, 3),
                "commune": ESSAY,
                "place": SECRETS[6],
                "invited": [SECRETS[7]],
                "presentation": SECRETS[4],
            },
        )
    return str(one["id"])  # fmt: skip


def test_a_mayor_follows_who_arrives_without_a_word_on_who_it_is(
    arriving: str, sit: Sit, open_page: Open
) -> None:
    sit(MAYOR)
    screen = open_page("commune", commune=ESSAY)
    text = words(screen)
    assert "Les arrivants" in text and "Arrivant 1" in text and "Arrivant 2" not in text
    assert "À Essay : 1 arrivant" in text and "prochaine arrivée le 18/05/2026" in text
    for name, told in (("Étape", "Logé"), ("Arrivée", "le 18/05/2026"), ("Réception", "le 03/06/2026")):
        assert f"<dt>{name}</dt><dd>{told}</dd>" in text
    assert "<dt>Inscriptions</dt>" in text and "démonstration" in text
    home = open_page("accueil")
    assert "À Essay : 1 arrivant" in words(home) and "Les arrivants de la commune" in everything(home)
    for page in (screen, home):
        sent = everything(page)
        assert not [secret for secret in SECRETS if secret in sent]
        assert arriving not in sent and "Candidat " not in sent


def test_nobody_else_follows_them(arriving: str, sit: Sit, open_page: Open) -> None:
    """Neither the mayor elsewhere, nor another mayor, nor an official of no commune, nor the public, nor a page shown to the public."""
    looks: list[tuple[Account, dict[str, str]]] = [
        (MAYOR, {"commune": LALEU}),
        (MAYOR, {"commune": ESSAY, audience_state.NAME: "public"}),
        (Account("mairie-laleu", "Mairie de Laleu", Role.ELU, LALEU), {"commune": ESSAY}),
        (Account("elu", "Conseiller", Role.ELU), {"commune": ESSAY}),
        (Account("", "Visiteur", Role.PUBLIC, ESSAY), {"commune": ESSAY}),
    ]
    for who, query in looks:
        sit(who)
        screen = open_page("commune", **query)
        if wider := query.get(audience_state.NAME):
            assert next(box for box in screen.selectbox if box.label == "Vue pour").value == wider
        assert "arrivant" not in words(screen).casefold(), (who, query)


def test_an_empty_register_has_nobody_arriving(emptied: Path, sit: Sit, open_page: Open) -> None:
    sit(MAYOR)
    assert "À Essay : aucun arrivant pour le moment." in words(open_page("commune", commune=ESSAY))
    assert "À Essay : aucun arrivant pour le moment." in words(open_page("accueil"))


def test_on_a_second_territory(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sit: Sit, open_page: Open
) -> None:
    file = tmp_path / "territory.toml"
    file.write_text(
        'id = "ailleurs"\nname = "Ailleurs"\ncommunes = ["50218", "50147"]\n[network]\nname = "Ailleurs"\nfirst_year = 2020\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("ZEVILLAGE_TERRITORY", str(file))
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "elsewhere"))
    forget()
    sit(Account("mairie", "Mairie", Role.ELU, "50218"))
    text = words(open_page("commune", commune="50218"))
    assert "Les arrivants" in text
    assert re.search(r": (aucun arrivant pour le moment|\d+ arrivants? ;)", text)
