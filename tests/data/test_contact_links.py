"""Links of contacts, and what they report: a dwelling, whether it is still there, and nothing else."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from analysis.listing import details_text
from analysis.model import LOCAL_ACTOR, SYSTEM_ACTOR, Actor, Role
from data import access, network, register
from data.access import AccessError, LinkRefused
from data.access.links import PER_DAY, PER_HOUR
from data.register import ContactFields, ListingFields, RegisterError
from data.store import Store, open_store, tables
from data.store.files import SECRET as SECRET_PLACE
from data.store.files import Files
from data.territory import Territory, load_territory

NOW = dt.datetime(2026, 5, 12, 8, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
SECRET = "un-secret-de-test-assez-long-pour-servir-01"
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def territory() -> Territory:
    return load_territory()


@pytest.fixture
def house(store: Store) -> Store:
    return store


def place_of(territory: Territory, number: int) -> tuple[str, str]:
    """The code and the name of one of the territory's communes."""
    return list(territory.name_of.items())[number]


@pytest.fixture
def hall(house: Store, territory: Territory) -> str:
    return town_hall(house, territory)


def town_hall(house: Store, territory: Territory) -> str:
    """The id of a town hall that takes part in the watch."""
    commune = place_of(territory, 0)[1]
    fields = ContactFields("mairie", f"Mairie de {commune}", commune)
    return register.add_contact(house, territory, LOCAL_ACTOR, origin="real", fields=fields).subject


def visit(store: Store, link: str, now: dt.datetime = NOW, secret: str = SECRET) -> access.Visit:
    with store.read() as session:
        return access.visit(session, link, secret, now)


def only_link(store: Store) -> access.Link:
    with store.read() as session:
        (found,) = access.links(session, NOW)
    return found


# -- links -------------------------------------------------------------------------------------------------------


def test_a_link_stands_for_its_contact_until_it_expires(house: Store, hall: str) -> None:
    link = access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)
    found = visit(house, link)
    assert (found.contact, found.kind, found.origin) == (hall, "mairie", "real")
    assert found.actor.id == f"contact:{hall}" and len(found.actor.id) <= 64
    assert visit(house, link, NOW + 29 * DAY).contact == hall
    with pytest.raises(LinkRefused, match="expiré"):
        visit(house, link, NOW + 30 * DAY)


def test_the_database_does_not_hold_what_the_link_carries(house: Store, hall: str) -> None:
    link = access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)
    number = link.split(".")[0]
    with house.read() as session:
        kept = [dict(r) for r in session.connection.execute(select(tables.contact_link)).mappings()]
        told = [dict(r) for r in session.connection.execute(select(tables.history)).mappings()]
    assert number not in str(kept) + str(told) and len(kept[0]["id"]) == 64
    with pytest.raises(LinkRefused):
        visit(house, kept[0]["id"])


@pytest.mark.parametrize("forge", ["cut", "altered", "unsigned", "other secret", "empty", "words", "accents"])
def test_a_forged_link_is_refused(house: Store, hall: str, forge: str) -> None:
    link = access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)
    number, signature = link.rsplit(".", 1)
    forged = {
        "cut": link[:-3],
        "altered": ("A" if link[0] != "A" else "B") + link[1:],
        "unsigned": number,
        "other secret": link,
        "empty": "",
        "words": "../../etc/passwd",
        "accents": f"é{number}.{signature}",
    }[forge]
    with pytest.raises(LinkRefused, match="pas valable"):
        visit(
            house,
            forged,
            secret="un-autre-secret-assez-long-pour-servir-02" if forge == "other secret" else SECRET,
        )


def test_a_revoked_link_and_a_removed_contact_lead_nowhere(house: Store, hall: str) -> None:
    link = access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)
    access.revoke_link(house, LOCAL_ACTOR, only_link(house).id)
    with pytest.raises(LinkRefused, match="révoqué"):
        visit(house, link)
    with pytest.raises(AccessError, match="déjà révoqué"):
        access.revoke_link(house, LOCAL_ACTOR, only_link(house).id)
    again = access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)
    register.remove_contact(house, LOCAL_ACTOR, contact=hall)
    with pytest.raises(LinkRefused, match="plus dans le registre"):
        visit(house, again)
    with pytest.raises(AccessError, match="plus dans le registre"):
        access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)


def test_only_who_keeps_the_register_gives_and_ends_links(house: Store, hall: str) -> None:
    claire = access.add_profile(house, LOCAL_ACTOR, label="Claire", role=Role.ADMIN, pin="204817")
    paul = access.add_profile(house, claire.account.actor, label="Paul", role=Role.ANALYSTE, pin="135790")
    access.make_link(house, claire.account.actor, hall, 30, SECRET, NOW)
    with pytest.raises(AccessError, match="rôle ne le permet pas"):
        access.make_link(house, paul.account.actor, hall, 30, SECRET, NOW)
    with pytest.raises(AccessError, match="rôle ne le permet pas"):
        access.revoke_link(house, paul.account.actor, only_link(house).id)


def test_a_link_serves_so_many_times_an_hour_and_a_day(house: Store, hall: str) -> None:
    access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)
    link = only_link(house).id
    for _ in range(PER_HOUR):
        access.count_use(house, link, NOW)
    with pytest.raises(LinkRefused, match="20 fois en 1 h"):
        access.count_use(house, link, NOW)
    # The store's clock stands still in this test: seen from two hours later, the hour is over and the day is not.
    for _ in range(PER_DAY - PER_HOUR):
        access.count_use(house, link, NOW + dt.timedelta(hours=2))
    with pytest.raises(LinkRefused, match="60 fois en 24 h"):
        access.count_use(house, link, NOW + dt.timedelta(hours=2))
    access.count_use(house, link, NOW + dt.timedelta(hours=25))


# -- the secret --------------------------------------------------------------------------------------------------


def test_the_server_makes_its_secret_once_for_its_account_alone(tmp_path: Path) -> None:
    first = access.server_secret(Files(tmp_path), {})
    assert len(first) >= 32 and access.server_secret(Files(tmp_path), {}) == first
    if os.name == "posix":
        assert (tmp_path / SECRET_PLACE.name).stat().st_mode & 0o777 == 0o600
        (tmp_path / SECRET_PLACE.name).chmod(0o644)
        with pytest.raises(AccessError, match="chmod 600"):
            access.server_secret(Files(tmp_path), {})
    assert access.server_secret(Files(tmp_path), {"ZEVILLAGE_SECRET": SECRET}) == SECRET
    for weak in ("court", "a" * 64):
        with pytest.raises(AccessError, match="trop court ou se devine"):
            access.server_secret(Files(tmp_path), {"ZEVILLAGE_SECRET": weak})


# -- what is reported --------------------------------------------------------------------------------------------


@pytest.fixture
def reporter(house: Store, hall: str) -> Actor:
    return visit(house, access.make_link(house, LOCAL_ACTOR, hall, 30, SECRET, NOW)).actor


def house_to_rent(territory: Territory, **more: str) -> ListingFields:
    return ListingFields(
        **{"kind": "house", "tenure": "rent", "commune": place_of(territory, 0)[0], "rooms": "4", "surface": "95,5",
           "amount": "620", **more}
    )  # fmt: skip


def own(store: Store, contact: str) -> list[register.OwnListing]:
    with store.read() as session:
        return register.own_listings(session, contact)


def test_a_contact_reports_a_dwelling_then_that_it_is_gone(
    house: Store, hall: str, reporter: Actor, territory: Territory
) -> None:
    change = register.report_listing(
        house, territory, reporter, TODAY, contact=hall, fields=house_to_rent(territory)
    )
    with house.read() as session:
        (listing,) = network.listings(session, "real").to_dict("records")
        (sighting,) = network.sightings(session, "real").to_dict("records")
        said = session.connection.execute(select(tables.sighting.c.actor)).scalar_one()
    assert (listing["rooms"], listing["surface"], listing["rent"]) == (4, 95.5, 620)
    assert sighting["state"] == "available" and said == f"contact:{hall}"
    name = place_of(territory, 0)[1]
    assert (
        own(house, hall)[0].text == f"Maison à louer, {name}, 4\u00a0pièces, 96\u00a0m², 620\u00a0€ par mois"
    )
    with pytest.raises(RegisterError, match="déjà signalé"):
        register.report_listing(
            house, territory, reporter, TODAY, contact=hall, fields=house_to_rent(territory)
        )
    with pytest.raises(RegisterError, match="déjà noté"):
        register.report_sighting(
            house, reporter, TODAY, contact=hall, listing=change.subject, state="available"
        )
    register.report_sighting(house, reporter, TODAY + DAY, contact=hall, listing=change.subject, state="gone")
    assert own(house, hall) == []
    with house.read() as session:
        newest = register.entries(session)[0]
    assert newest.title.startswith("Signalement") and "(par son lien)" in newest.actor
    assert any(detail.after == "plus disponible" for detail in newest.details)


def test_a_report_is_undone_like_any_action_on_both_databases(any_store: Store, territory: Territory) -> None:
    hall = town_hall(any_store, territory)
    link = access.make_link(any_store, LOCAL_ACTOR, hall, 30, SECRET, NOW)
    reporter = visit(any_store, link).actor
    access.count_use(any_store, visit(any_store, link).link, NOW)
    change = register.report_listing(
        any_store, territory, reporter, TODAY, contact=hall, fields=house_to_rent(territory)
    )
    undone = register.undo(any_store, change.operation, LOCAL_ACTOR)
    assert own(any_store, hall) == []
    with any_store.read() as session:
        assert network.listings(session, "real").empty
    register.undo(any_store, undone.operation, LOCAL_ACTOR)
    assert len(own(any_store, hall)) == 1
    access.revoke_link(any_store, LOCAL_ACTOR, visit(any_store, link).link)
    with any_store.read() as session:
        assert [found.state for found in access.links(session, NOW)] == ["revoked"]


def test_another_contacts_listing_cannot_be_touched(
    house: Store, hall: str, reporter: Actor, territory: Territory
) -> None:
    other = register.add_contact(
        house,
        territory,
        LOCAL_ACTOR,
        origin="real",
        fields=ContactFields("notary", "Étude", place_of(territory, 1)[0]),
    ).subject
    change = register.report_listing(
        house, territory, reporter, TODAY, contact=hall, fields=house_to_rent(territory)
    )
    for listing in (change.subject, "nothing"):
        with pytest.raises(RegisterError):
            register.report_sighting(house, SYSTEM_ACTOR, TODAY, contact=other, listing=listing, state="gone")
    assert len(own(house, hall)) == 1 and own(house, other) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "castle"}, "quel bien"),
        ({"tenure": ""}, "à louer ou à vendre"),
        ({"commune": ""}, "commune manque"),
        ({"rooms": "3,5"}, "nombre entier"),
        ({"rooms": "400"}, "pas plausible"),
        ({"surface": "grand"}, "n'est pas un nombre"),
        ({"amount": "1.234"}, "deux choses"),
        ({"note": "x" * 301}, "301 caractères"),
        ({"amount": "0"}, "Loyer par mois en euros.: 0 n'est pas plausible"),
        ({"amount": "60 000"}, "60 000 n'est pas plausible"),
        ({"tenure": "sale", "amount": "620"}, "Prix en euros.: 620"),
        ({"tenure": "sale", "amount": "90 000", "charges": "40"}, "celles d'une location"),
        ({"charges": "-5"}, "pas plausible"),
        ({"commune": "61001"}, "n'est pas une commune du territoire"),
        ({"energy": "H"}, "A, B, C, D, E, F, G"),
        ({"connection": "5g"}, "n'est pas de la liste"),
        ({"garden": "oui"}, "n'est pas de la liste"),
        ({"least_months": "1,5"}, "nombre entier"),
        ({"free_from": "demain"}, "n'est pas une date"),
        ({"free_from": "2062-05-12"}, "n'est pas plausible"),
        ({"free_from": "1926-05-12"}, "n'est pas plausible"),
        ({"photos": "javascript:alert(1)"}, "n'est pas l'adresse d'une photo"),
        ({"photos": " ".join(f"https://exemple.fr/{n}" for n in range(7))}, "7 liens"),
        ({"place": "x" * 121}, "121 caractères"),
    ],
)
def test_what_is_mistyped_is_refused_and_nothing_is_kept(
    house: Store, hall: str, reporter: Actor, territory: Territory, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(RegisterError, match=said):
        register.report_listing(
            house, territory, reporter, TODAY, contact=hall, fields=house_to_rent(territory, **wrong)
        )
    assert own(house, hall) == []


def test_a_listing_keeps_all_that_is_told_and_nothing_that_is_not(
    any_store: Store, territory: Territory
) -> None:
    hall = town_hall(any_store, territory)
    told = house_to_rent(
        territory, charges="40", furnished="no", work_room="yes", energy="G", connection="fibre", place="Le Bourg",
        free_from="2026-06-01", photos="https://exemple.fr/a.jpg\nhttps://exemple.fr/b.jpg", least_months="12", pets="no",
    )  # fmt: skip
    register.report_listing(any_store, territory, LOCAL_ACTOR, TODAY, contact=hall, fields=told)
    bare = house_to_rent(territory, rooms="", surface="", amount="")
    change = register.report_listing(any_store, territory, LOCAL_ACTOR, TODAY, contact=hall, fields=bare)
    with any_store.read() as session:
        rows = network.listings(session, "real").set_index("listing")
        entry = register.entries(session, origin="real")[1]
    full, empty = rows.drop(change.subject).iloc[0], rows.loc[change.subject]
    assert (full["charges"], full["furnished"], full["work_room"], full["pets"]) == (40.0, False, True, False)
    assert (full["energy"], full["connection"], full["place"], full["least_months"]) == (
        "G",
        "fibre",
        "Le Bourg",
        12,
    )
    assert full["free_from"] == pd.Timestamp(2026, 6, 1) and pd.isna(full["garden"])
    assert full["photos"] == ["https://exemple.fr/a.jpg", "https://exemple.fr/b.jpg"]
    assert details_text(full.to_dict()) == (
        "charges 40\u00a0€, non meublé, une pièce de travail, sans animaux, classe énergie G, fibre, "
        "12\u00a0mois au moins, libre le 01/06/2026"
    )
    assert details_text(empty.to_dict()) == ""
    details = {detail.label: detail.after for detail in entry.details}
    assert (details["connexion"], details["libre le"], details["meublé"]) == ("fibre", "01/06/2026", "non")


def test_a_correction_keeps_what_it_was_and_is_undone(house: Store, hall: str, territory: Territory) -> None:
    seen = register.report_listing(
        house, territory, LOCAL_ACTOR, TODAY, contact=hall, fields=house_to_rent(territory)
    ).subject
    change = register.correct_listing(
        house, territory, LOCAL_ACTOR, TODAY, listing=seen, fields=house_to_rent(territory, amount="640", energy="D"), seen=1
    )  # fmt: skip
    with house.read() as session:
        said = {d.label: (d.before, d.after) for d in register.entries(session)[0].details}
    assert said == {"loyer": ("620", "640"), "classe énergie": ("rien", "D")}
    with pytest.raises(register.Conflict):
        register.correct_listing(
            house, territory, LOCAL_ACTOR, TODAY, listing=seen, fields=house_to_rent(territory), seen=1
        )
    same = house_to_rent(territory, amount="640", energy="D")
    with pytest.raises(RegisterError, match="Rien n'a changé"):
        register.correct_listing(house, territory, LOCAL_ACTOR, TODAY, listing=seen, fields=same)
    register.undo(house, change.operation, LOCAL_ACTOR)
    with house.read() as session:
        assert network.listings(session, "real")["rent"].tolist() == [620.0]


def test_what_was_not_seen_yet_is_not_said_gone(house: Store, hall: str, territory: Territory) -> None:
    seen = register.report_listing(
        house, territory, LOCAL_ACTOR, TODAY, contact=hall, fields=house_to_rent(territory)
    ).subject
    with pytest.raises(RegisterError, match="Parti le 11/05/2026, avant d'avoir été vu \\(le 12/05/2026\\)"):
        register.report_sighting(house, LOCAL_ACTOR, TODAY - DAY, contact=hall, listing=seen, state="gone")


def test_emptying_the_demonstration_ends_its_links(tmp_path: Path, territory: Territory) -> None:
    from data.demo import CONFIRMATION, empty_demo, ensure_demo

    store = open_store(tmp_path / "home", clock=lambda: NOW)
    ensure_demo(store, territory, TODAY)
    with store.read() as session:
        contact = register.contacts(session, "demo")[0]["id"]
    link = access.make_link(store, LOCAL_ACTOR, contact, 30, SECRET, NOW)
    assert visit(store, link).origin == "demo"
    empty_demo(store, SYSTEM_ACTOR, CONFIRMATION)
    with pytest.raises(LinkRefused):
        visit(store, link)
    store.close()
