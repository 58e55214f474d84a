"""The administration page: the first profile, the others, two administrators at once, the last one, the links of contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.model import SYSTEM_ACTOR, Role
from data import access
from data.access import Profile
from data.store import Store
from tests.pages.screens import Open, words
from ui import clock, loading, sessions

PIN = "204817"


def known() -> dict[str, Profile]:
    with loading.store().read() as session:
        return {profile.label: profile for profile in access.profiles(session)}


def add(label: str, role: Role, **more: str) -> Profile:
    return access.add_profile(loading.store(), SYSTEM_ACTOR, label=label, role=role, **{"pin": PIN, **more})


@pytest.fixture
def seated(fresh: object, monkeypatch: pytest.MonkeyPatch) -> Callable[[Profile], None]:
    """`seated(profile)`: from now on the browser holds the cookie of a session of that profile."""

    def sit(profile: Profile) -> None:
        token = sessions.LOCAL.open(profile.id, profile.pin_mark, clock.instant())
        monkeypatch.setattr("ui.access._cookie", lambda: token)

    return sit


def field(screen: AppTest, label: str, number: int = 0) -> object:
    return [each for each in screen.text_input if each.label == label][number]


def click(screen: AppTest, label: str) -> AppTest:
    button = next(each for each in screen.button if each.label == label)
    button.click().run()
    assert [e.message for e in screen.exception] == []
    return screen


def test_the_first_profile_gets_a_name_and_a_code_then_one_is_asked(open_page: Open) -> None:
    screen = open_page("administration")
    assert "Un seul profil, sans nom ni code" in words(screen)
    field(screen, "Votre nom ou votre fonction").set_value("Claire")  # type: ignore[attr-defined]
    field(screen, "Code PIN").set_value(PIN)  # type: ignore[attr-defined]
    field(screen, "Le même code, une seconde fois").set_value("204818")  # type: ignore[attr-defined]
    click(screen, "Protéger mon profil")
    assert "ne sont pas les mêmes" in words(screen) and known() == {}
    field(screen, "Le même code, une seconde fois").set_value(PIN)  # type: ignore[attr-defined]
    click(screen, "Protéger mon profil")
    assert "est réservée aux administrateurs" in words(screen)
    assert (known()["Claire"].id, known()["Claire"].role) == ("local", Role.ADMIN)


def test_an_administrator_adds_a_profile_and_a_refusal_keeps_what_was_typed(
    open_page: Open, seated: Callable[[Profile], None]
) -> None:
    seated(add("Claire", Role.ADMIN))
    screen = open_page("administration")
    field(screen, "Nom ou fonction").set_value("Paul")  # type: ignore[attr-defined]
    field(screen, "Code PIN").set_value("111111")  # type: ignore[attr-defined]
    click(screen, "Ajouter le profil")
    assert "se devine" in words(screen) and set(known()) == {"Claire"}
    assert field(screen, "Nom ou fonction").value == "Paul"  # type: ignore[attr-defined]
    field(screen, "Code PIN").set_value("135790")  # type: ignore[attr-defined]
    next(s for s in screen.selectbox if s.label == "Rôle").set_value("animateur")
    click(screen, "Ajouter le profil")
    assert "Le profil « Paul » est ajouté" in words(screen)
    assert known()["Paul"].role is Role.ANIMATEUR
    assert "135790" not in words(screen)


def test_a_profile_changed_by_another_administrator_is_said_and_not_overwritten(
    open_page: Open, seated: Callable[[Profile], None]
) -> None:
    seated(add("Claire", Role.ADMIN))
    paul = add("Paul", Role.ELU)
    screen = open_page("administration")
    next(s for s in screen.selectbox if s.label == "Profil").set_value(paul.id).run()
    access.change_profile(loading.store(), SYSTEM_ACTOR, paul.id, seen=paul.version, role=Role.ANALYSTE)
    [s for s in screen.selectbox if s.label == "Rôle"][-1].set_value("animateur")
    click(screen, "Enregistrer le rôle")
    assert "modifié par un autre administrateur" in words(screen)
    assert known()["Paul"].role is Role.ANALYSTE
    [s for s in screen.selectbox if s.label == "Rôle"][-1].set_value("animateur")
    click(screen, "Enregistrer le rôle")  # read again, then meant
    assert known()["Paul"].role is Role.ANIMATEUR


def test_the_last_administrator_stays_and_a_changed_code_ends_the_session(
    open_page: Open, seated: Callable[[Profile], None]
) -> None:
    claire = add("Claire", Role.ADMIN)
    seated(claire)
    screen = open_page("administration")
    click(screen, "Retirer définitivement")
    assert "dernier administrateur" in words(screen) and set(known()) == {"Claire"}
    access.set_pin(loading.store(), SYSTEM_ACTOR, claire.id, "864213")
    assert "est réservée aux administrateurs" in words(screen.run())


def test_a_link_is_shown_once_and_revoked(open_page: Open, seated: Callable[[Profile], None]) -> None:
    seated(add("Claire", Role.ADMIN))
    screen = open_page("administration", section="liens")
    contact = next(s for s in screen.selectbox if s.label == "Correspondant")
    contact.set_value(contact.options[0] if contact.options[0].startswith("demo-") else _first_contact())
    click(screen, "Faire le lien")
    (shown,) = [code.value for code in screen.code if "/signaler?lien=" in code.value]
    link = shown.split("lien=")[1]
    store: Store = loading.store()
    secret = access.server_secret(store.files)
    with store.read() as session:
        visit = access.visit(session, link, secret, clock.instant())
    assert not [code for code in screen.run().code if "lien=" in code.value]
    next(s for s in screen.selectbox if s.label == "Lien en cours").set_value(visit.link).run()
    click(screen, "Révoquer")
    with store.read() as session, pytest.raises(access.LinkRefused, match="révoqué"):
        access.visit(session, link, secret, clock.instant())


def _first_contact() -> str:
    from data import register

    with loading.store().read() as session:
        return next(str(c["id"]) for c in register.contacts(session, "demo") if c["kind"] == "mairie")


def test_what_was_tried_at_the_door_is_listed(open_page: Open, seated: Callable[[Profile], None]) -> None:
    claire = add("Claire", Role.ADMIN)
    with pytest.raises(access.WrongPin):
        access.sign_in(loading.store(), claire.id, "000001", clock.instant())
    seated(claire)
    text = words(open_page("administration", section="connexions"))
    assert "1 dernier passage, dont 1 refusé" in text and "code faux" in text


def test_the_commune_of_a_profile_is_shown_first(open_page: Open, seated: Callable[[Profile], None]) -> None:
    add("Claire", Role.ADMIN)
    code, name = list(loading.territory().name_of.items())[7]
    seated(add("Mairie", Role.ELU, commune=code))
    assert open_page("commune").title[0].value == name


def test_copies_are_made_and_tried_and_the_page_says_since_when_nobody_did(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = open_page("administration")
    assert "Aucune sauvegarde n’a encore été éprouvée" in words(screen), "said on every section"
    screen = open_page("administration", section="sauvegardes")
    assert "Pas encore de copie." in words(screen)
    click(screen, "Faire une copie")
    assert "La copie est faite et vérifiée." in words(screen) and "1 copie dans backups/" in words(screen)
    click(screen, "Éprouver la dernière")
    assert "se restaure entière" in words(screen)
    assert "Dernière sauvegarde éprouvée le" in words(screen) and "Éprouvez-en une" not in words(screen)
    later = clock.instant() + dt.timedelta(days=8)
    monkeypatch.setattr("ui.administration.copies.clock.instant", lambda: later)
    assert "C’est plus de 7 jours. Éprouvez-en une" in words(screen.run())
    monkeypatch.setenv("ZEVILLAGE_COPIES_DAYS", "30")
    assert "Éprouvez-en une" not in words(screen.run())


def test_copies_elsewhere_are_told_and_in_red_when_they_fail(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    usb = tmp_path_factory.mktemp("elsewhere") / "usb"
    usb.mkdir()
    monkeypatch.setenv("ZEVILLAGE_COPIES_TO", str(usb))
    screen = open_page("administration", section="sauvegardes")
    assert f"aucune n’est encore arrivée vers le dossier {usb}" in words(screen)
    click(screen, "Faire une copie")
    assert "La copie est faite et vérifiée." in words(screen)
    assert "la dernière est arrivée le" in words(screen) and "sur le même disque" in words(screen)
    usb.rename(usb.with_name("unplugged"))
    click(screen, "Faire une copie")
    assert "faite et vérifiée ici, mais n’a pas pu être portée ailleurs" in words(screen)
    assert "2 copies dans backups/" in words(screen) and f"Depuis : {usb} n’est pas là" in words(screen.run())


# -- a new territory


def test_a_new_territory_is_found_checked_and_written(fresh: Path, open_page: Open) -> None:
    from data.territory import load_territory

    screen = open_page("administration", section="territoire")
    screen.text_input[0].set_value("bazad").run()
    box = next(each for each in screen.selectbox if each.label == "Territoire")
    assert box.options == ["CC du Bazadais (EPCI 200043982, 31\u00a0communes)"]  # the only one is chosen
    text = words(screen)
    assert "CC du Bazadais : 31 communes." in text and "33113 (Cauvignac)" in text and "Cazats" in text
    next(each for each in screen.button if each.label == "Écrire le pack").click().run()
    assert [each.message for each in screen.exception] == []
    folder = fresh / "packs" / "cc-du-bazadais"
    assert len(load_territory(folder / "territory.toml").codes) == 31
    assert f"ZEVILLAGE_TERRITORY={folder}" in screen.code[0].value
    # Again: what is there is never written over.
    screen.text_input[0].set_value("200043982").run()
    next(each for each in screen.button if each.label == "Écrire le pack").click().run()
    assert "contient déjà un pack" in words(screen).replace("\u202f", " ") or "contient déjà un pack" in str(
        [each.value for each in (*screen.error, *screen.markdown)]
    )


def test_a_new_territory_is_read_from_a_list_with_its_homonyms_asked_about(
    fresh: Path, open_page: Open
) -> None:
    from data import packs
    from data.opening import open_house

    screen = open_page("administration", section="territoire")
    screen.radio[0].set_value("une liste de communes").run()
    screen.text_area[0].set_value("Saint-Denis\n33036 Bazas\n33430\n33036").run()
    told = words(screen).replace("\u202f", " ")
    assert "33430 est un code postal" in told and "Bazas (33036) est déjà ligne 2" in told
    assert not any(each.label == "Écrire le pack" for each in screen.button)
    screen.text_area[0].set_value("Saint-Denis\n33036 Bazas\n61258, 98711").run()
    asked = next(each for each in screen.selectbox if "Saint" in each.label)
    assert "Saint-Denis (Seine-Saint-Denis, 93066)" in asked.options and "À corriger" not in words(screen)
    hostile = "<img src=x onerror=alert(1)> **gras** [x](http://x)"
    screen.text_area[0].set_value(hostile).run()
    shown = " ".join(each.proto.body for each in screen.get("html"))
    assert "&lt;img src=x" in shown and "<img" not in shown
    screen.text_area[0].set_value("Saint-Denis\n33036 Bazas\n61258, 98711").run()
    asked = next(each for each in screen.selectbox if "Saint" in each.label)
    asked.set_value("93066").run()
    text = words(screen)
    assert "4 communes" in text and "Sans contour" in text
    next(each for each in screen.radio if each.label == "Groupes").set_value(0).run()
    field(screen, "Nom du territoire").set_value("Quatre communes").run()  # type: ignore[attr-defined]
    click(screen, "Écrire le pack")
    house = open_house(clock.today(), fresh / "autre", packs.named(str(fresh / "packs" / "quatre-communes")))
    assert house.territory.codes == ("93066", "33036", "61258", "98711") and house.territory.groups == ()
    house.store.close()


def test_groups_of_a_new_territory_are_epcis_of_today_or_of_a_former_year(
    fresh: Path, open_page: Open
) -> None:
    from data.territory import load_territory

    screen = open_page("administration", section="territoire")
    # Unchanged, alone: nothing to choose.
    screen.text_input[0].set_value("bazadais").run()
    assert [each.label for each in screen.radio] == ["D’après"]
    # Of a former EPCI the communes are proposed, under its name and year.
    screen.text_input[0].set_value("petite montagne").run()
    box = next(each for each in screen.selectbox if each.label == "Territoire")
    box.set_value(
        next(each for each in box.options if each == "CC Petite Montagne (EPCI de 2019, 23\u00a0communes)")
    ).run()
    assert "CC Petite Montagne : 23 communes." in words(screen)
    # Of the one it went into, it is a group, with its year.
    screen.text_input[0].set_value("200090579").run()
    ways = next(each for each in screen.radio if each.label == "Groupes")
    assert ways.options[0] == "aucun" and ways.value == 0
    assert "les EPCI de 2019 (4)" in ways.options[1] and "Petite Montagne" in ways.options[1]
    ways.set_value(2019).run()
    assert [each.message for each in screen.exception] == []
    click(screen, "Écrire le pack")
    (folder,) = (fresh / "packs").iterdir()
    groups = load_territory(folder / "territory.toml").groups
    assert "CC Petite Montagne (2019)" in [group.name for group in groups] and len(groups) == 4


def test_nothing_is_proposed_for_what_is_nobodys_name_or_code(open_page: Open) -> None:
    screen = open_page("administration", section="territoire")
    screen.text_input[0].set_value("61170000").run()
    assert "code postal" in screen.info[0].value and not screen.selectbox


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("61", "Orne (département 61"),
        ("33036", "Bazas (commune 33036)"),
        ("papeete", "Papeete (commune 98735)"),
    ],
)
def test_codes_and_names_find_areas_and_communes(typed: str, first: str) -> None:
    from data.packs.make import candidates, proposed

    found = candidates(typed)
    assert any(each.label.startswith(first) for each in found), [each.label for each in found]
    assert all(proposed(each.id).communes for each in found)
