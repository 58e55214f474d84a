"""Names leave for who consented; the shipped tables of trades and telecentres are checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from analysis.model import LOCAL_ACTOR
from data.community import (
    CommunityError,
    commune_points,
    complements,
    connections_asked,
    people,
    telecentres,
)
from data.store import Store, tables


def fill(store: Store) -> None:
    common = {"origin": "real", "email": "secret@example.org", "website": "https://example.org"}
    with store.write(LOCAL_ACTOR) as session:
        session.insert_many(
            tables.person,
            [
                {"id": "yes", "code": "Membre 1", "name": "Ada", "consent_public": True, **common},
                {"id": "no", "code": "Membre 2", "name": "Bob", "consent_public": False, **common},
                {"id": "anonymous", "code": "Membre 3", "name": None, "consent_public": True, **common},
                {"id": "candidate", "code": "Candidat 1", "name": "Cléo", "consent_public": False, **common},
            ],
        )
        for person in ("yes", "no", "anonymous"):
            session.insert(tables.member, {"id": f"m-{person}", "origin": "real", "person": person})


def test_only_who_consented_has_a_name(store: Store) -> None:
    fill(store)
    with store.read() as session:
        found = people(session, "real").set_index("person")
        assert people(session, "demo").empty
    assert found["shown"].to_dict() == {"yes": "Ada", "no": "", "anonymous": "Membre 3"}
    assert found.loc["no", "website"] == ""
    assert "secret@example.org" not in found.to_string()
    assert "Bob" not in found.to_string()
    assert "candidate" not in found.index  # nobody shows them in the network


def test_an_erased_person_and_a_withdrawn_consent_have_no_name_any_more(store: Store) -> None:
    fill(store)
    with store.write(LOCAL_ACTOR) as session:
        table = tables.person
        session.connection.execute(table.update().where(table.c.id == "yes").values(consent_public=False))
        session.connection.execute(
            table.update().where(table.c.id == "anonymous").values(erased_at="2026-01-01")
        )
    with store.read() as session:
        assert (people(session, "real")["shown"] == "").all()


def test_an_unknown_origin_is_refused(store: Store) -> None:
    with store.read() as session, pytest.raises(ValueError, match="origin"):
        people(session, "both")


def test_the_shipped_pairs_are_of_different_trades_and_give_a_reason() -> None:
    pairs = complements()
    assert len(pairs) > 10
    assert all(pair.first != pair.second and pair.reason for pair in pairs)


@pytest.mark.parametrize(
    "row",
    [
        '{ trades = ["web"], reason = "x" }',
        '{ trades = ["web", "Web"], reason = "x" }',
        '{ trades = ["web", "text"] }',
        '{ trades = ["a", "b"], reason = "x" }, { trades = ["B", "a"], reason = "y" }',
    ],
)
def test_a_wrong_pair_is_refused(tmp_path: Path, row: str) -> None:
    path = tmp_path / "trades.toml"
    path.write_text(f"pairs = [{row}]", encoding="utf-8")
    with pytest.raises(CommunityError, match=r"trades\.toml, paire"):
        complements(path)


def test_published_telecentres_stand_in_communes_that_exist() -> None:
    found = telecentres()
    assert found["name"].tolist() == ["Boitron", "Bellême"]
    points = commune_points(frozenset(found["commune"]))
    for lon, lat in points.values():
        assert 0.2 < lon < 0.6
        assert 48.3 < lat < 48.6


def test_a_telecentre_nowhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "telecentres.csv"
    path.write_text("commune;opened;producer;url\n61170;2010;x;y\n00000;2010;x;y\n", encoding="utf-8")
    with pytest.raises(CommunityError, match="ligne 3"):
        telecentres(path)
    path.write_text("code;opened\n", encoding="utf-8")
    with pytest.raises(CommunityError, match="ligne 1"):
        telecentres(path)


@pytest.mark.parametrize(
    "site", ["https://exemple.fr@ailleurs.example", "https://a.fr/\u202ex", "javascript:alert(1)//a.fr"]
)
def test_an_address_that_misleads_is_not_shown_though_it_was_kept_once(store: Store, site: str) -> None:
    fill(store)
    with store.write(LOCAL_ACTOR) as session:
        session.connection.execute(
            update(tables.person).where(tables.person.c.id == "yes").values(website=site)
        )
    with store.read() as session:
        found = people(session, "real").set_index("person")["website"]
    assert found.to_dict() == {"yes": "", "no": "", "anonymous": "https://example.org"}


def test_what_trades_ask_of_a_connection_is_read_or_refused(tmp_path: Path) -> None:
    assert connections_asked()["vidéo"] == "fibre" and connections_asked()["traduction"] == "any"
    assert connections_asked(tmp_path / "none.toml") == {}
    path = tmp_path / "trades.toml"
    path.write_text('[connection]\n"Vidéo" = "fast"\n', encoding="utf-8")
    assert connections_asked(path) == {"vidéo": "fast"}
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[connection]\n"vidéo" = "quick"\n', encoding="utf-8")
    with pytest.raises(CommunityError, match="quick"):
        connections_asked(wrong)
