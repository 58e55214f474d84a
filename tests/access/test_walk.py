"""Page × role × address × file: what each role gets, and that nothing about people who did not agree is in what travels."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analysis.model import SYSTEM_ACTOR, Right, Role
from data import access
from data.store import open_store
from tests.access.conftest import MARKS, claims, forget, open_page, sent
from tests.pages.screens import words
from ui.applications.controls import SECTIONS as DOSSIERS
from ui.navigation import PAGES, may_open
from ui.network.sections import SECTIONS
from ui.watch.controls import SECTIONS as WATCH

EVERYBODY = set(Role)
COORDINATORS = {Role.ANIMATEUR, Role.ADMIN}
WHO = {
    "": EVERYBODY,
    "carte": EVERYBODY,
    "commune": EVERYBODY,
    "logement": EVERYBODY,
    "haut-debit": EVERYBODY,
    "reseau": EVERYBODY,
    "sources": EVERYBODY,
    "accessibilite": EVERYBODY,
    "seance": {Role.ELU, Role.ANALYSTE, *COORDINATORS},
    "veille": COORDINATORS,
    "dossiers": COORDINATORS,
    "registre": COORDINATORS,
    "donnees-personnelles": COORDINATORS,
    "importer": {Role.ANALYSTE, *COORDINATORS},
    "administration": {Role.ADMIN},
}
"""Who may open which page: a new page is not shown to anybody by accident."""

ADDRESSES: list[tuple[str, dict[str, str]]] = [
    ("accueil", {}),
    ("accueil", {"commune": "61481", "vue": "animateur"}),
    ("carte", {"indicateur": "members", "vue": "animateur", "cercles": "1", "annonces": "1", "valeurs": "1"}),
    ("carte", {"indicateur": "applications", "vue": "animateur", "mode": "animation"}),
    ("commune", {"vue": "animateur"}),
    ("logement", {}),
    ("sources", {}),
    *[("reseau", {"section": section, "vue": "animateur"}) for section in SECTIONS],
    ("seance", {"vue": "animateur"}),
    *[("veille", {"section": section}) for section in WATCH],
    *[("dossiers", {"section": section}) for section in DOSSIERS],
    ("registre", {"onglet": "membres"}),
    ("registre", {"onglet": "historique", "vue": "animateur"}),
    ("donnees_personnelles", {"section": "personne"}),
    ("importer", {"onglet": "historique"}),
    ("administration", {"section": "liens"}),
]
NARROW = [Role.PUBLIC, Role.ANALYSTE]  # an analyst may see all that the council may


def test_every_page_is_declared_and_opens_to_whom_it_is_declared_for() -> None:
    from analysis.model import Account

    assert {page.path for page in PAGES} == set(WHO)
    for page in PAGES:
        assert {role for role in Role if may_open(page, Account("x", "x", role))} == WHO[page.path], page.path


@pytest.mark.parametrize("role", list(Role))
def test_the_address_of_a_page_answers_with_the_page_or_with_the_reason(
    register_of_people: Path, role: Role
) -> None:
    for page in PAGES:
        screen = open_page(Path(page.file).stem, role)
        refused = "est réservée" in words(screen)
        assert refused == (role not in WHO[page.path]), (page.path, role)
        if refused:
            assert len(screen.get("html")) <= 2 and not screen.dataframe and not screen.text_input


@pytest.mark.parametrize("role", NARROW)
def test_nothing_about_who_did_not_agree_travels_to_a_narrow_role(
    register_of_people: Path, role: Role
) -> None:
    seen_consenting = False
    for page, query in ADDRESSES:
        pieces = b"\n".join(sent(open_page(page, role, query)))
        found = [mark for mark in MARKS.hidden if mark.lower().encode() in pieces.lower()]
        assert found == [], (page, query)
        seen_consenting |= MARKS.consenting.encode() in pieces
    assert seen_consenting  # so the walk does see names


def test_the_same_walk_finds_the_marks_for_a_coordinator(register_of_people: Path) -> None:
    pieces = b"".join(b"\n".join(sent(open_page(page, Role.ANIMATEUR, query))) for page, query in ADDRESSES)
    found = {mark for mark in MARKS.hidden if mark.lower().encode() in pieces.lower()}
    assert {"Zqsecrete", "zqmetierdiscret", "Zqcorrespondante"} <= found


@pytest.mark.parametrize("role", list(Role))
def test_the_home_page_tells_the_morning_to_coordinators_alone(register_of_people: Path, role: Role) -> None:
    screen = open_page("accueil", role)
    told = "Ouvrir la veille du logement" in [link.proto.label for link in screen.get("page_link")]
    assert told == (role in COORDINATORS)
    assert told == ("À appeler d’abord" in words(screen))
    assert told != any("Rien à faire pour l'instant" in each.value for each in screen.info)


def test_a_narrower_role_finds_nobody_by_the_search_even_after_a_coordinator_warmed_the_caches(
    register_of_people: Path,
) -> None:
    from ui.search import TEXT

    for role, finds in (
        (Role.ANIMATEUR, True),
        (Role.PUBLIC, False),
        (Role.ELU, False),
        (Role.ANALYSTE, False),
    ):
        # AppTest runs the home page alone: the field is of app.py, which a run of the main script draws.
        screen = open_page("accueil", role)
        screen.text_input(key=TEXT).set_value("zqsecrete").run()
        labels = [link.proto.label for link in screen.get("page_link") if link.proto.label.startswith("**")]
        assert any("Zqsecrete" in label for label in labels) == finds, role


def test_a_link_for_coordinators_shows_the_public_what_the_public_may_see(register_of_people: Path) -> None:
    asked = sent(open_page("reseau", Role.PUBLIC, {"section": "annuaire", "vue": "animateur"}))
    plain = sent(open_page("reseau", Role.PUBLIC, {"section": "annuaire"}))
    warned = [piece for piece in asked if "réglage".encode() in piece]
    assert len(warned) == 1 and [piece for piece in asked if piece not in warned] == plain


def test_what_is_told_of_an_unknown_an_unverified_and_an_expired_identity(register_of_people: Path) -> None:
    store = open_store(register_of_people)
    access.add_profile(store, SYSTEM_ACTOR, label="Zoé", role=Role.ADMIN, email="zoe@exemple.fr")
    store.close()
    day_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).timestamp()
    cases: list[tuple[dict[str, object], str]] = [
        (claims(Role.ADMIN, sub="nobody"), "aucun profil ne lui correspond"),
        (claims(Role.ADMIN, sub="nobody", email="ZOE@exemple.fr", email_verified=False), "n’a pas vérifié"),
        (claims(Role.ADMIN, iat=day_ago), "session est terminée"),
        (claims(Role.ADMIN, iat="yesterday"), "pas dit qui vous êtes"),
        ({"is_logged_in": "yes", "iss": "https://id.exemple.fr", "sub": "admin", "iat": day_ago}, ""),
        ({"email": "zoe@exemple.fr", "email_verified": True}, ""),
    ]
    for user, said in cases:
        screen = open_page("accueil", None, user=user)
        assert said in words(screen), user
        assert "est réservée" in words(open_page("registre", None, user=user)), user
    right = claims(Role.ADMIN, sub="new", email="ZOE@Exemple.fr", email_verified=True)
    assert "est réservée" not in words(open_page("administration", None, user=right))


def test_a_role_taken_away_counts_at_the_next_run(register_of_people: Path) -> None:
    screen = open_page("registre", Role.ANIMATEUR)
    assert "est réservée" not in words(screen)
    store = open_store(register_of_people)
    with store.read() as session:
        profile = next(p for p in access.profiles(session) if p.subject == "animateur")
    access.change_profile(store, SYSTEM_ACTOR, profile.id, seen=profile.version, role=Role.ELU)
    assert "est réservée aux animateurs" in words(screen.run())
    store.close()


def test_before_a_network_without_identity_everybody_has_the_public_view_and_is_told(
    register_of_people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.place.auth_section", dict)
    screen = open_page("accueil", Role.ADMIN)
    assert "Aucune connexion n’est configurée" in words(screen)
    for page in PAGES:
        if WHO[page.path] != EVERYBODY:
            assert "Ce serveur ne sert que la vue publique" in words(
                open_page(Path(page.file).stem, Role.ADMIN)
            )


def test_files_made_later_are_refused_to_who_lost_the_role(
    register_of_people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.model import VISITOR, Audience
    from ui import access as screen_access

    store = open_store(register_of_people)
    with store.read() as session:
        profile = next(p for p in access.profiles(session) if p.subject == "animateur")
    monkeypatch.setattr(screen_access, "account", lambda: profile.account)
    people = screen_access.guarded(lambda: b"people", right=Right.READ_PEOPLE)
    counts = screen_access.guarded(lambda: b"counts", audience=Audience.ANIMATEUR)
    public = screen_access.guarded(lambda: b"public")
    assert (people(), counts(), public()) == (b"people", b"counts", b"public")
    access.change_profile(store, SYSTEM_ACTOR, profile.id, seen=profile.version, role=Role.ELU)
    for make in (people, counts):
        with pytest.raises(PermissionError):
            make()
    assert public() == b"public"
    monkeypatch.setattr(screen_access, "account", lambda: VISITOR)
    with pytest.raises(PermissionError):
        screen_access.guarded(lambda: b"", audience=Audience.ELU)()
    store.close()


def test_files_made_later_are_refused_when_the_session_is_over(
    register_of_people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui import access as screen_access
    from ui import sessions

    store = open_store(register_of_people)
    with store.read() as session:
        known = {p.subject: p for p in access.profiles(session)}
    profile = known["animateur"]
    monkeypatch.setattr(screen_access, "account", lambda: profile.account)
    now = dt.datetime.now(dt.UTC)
    # With a PIN: gone out, in another tab perhaps.
    token = sessions.LOCAL.open(profile.id, profile.pin_mark, now)
    monkeypatch.setattr(screen_access, "_is_local", lambda where: True)
    monkeypatch.setattr(screen_access, "_cookie", lambda: "of before")  # nobody is asked here yet
    assert screen_access.guarded(lambda: b"people", right=Right.READ_PEOPLE)() == b"people"
    monkeypatch.setattr(screen_access, "_cookie", lambda: token)
    access.set_pin(store, SYSTEM_ACTOR, known["admin"].id, "204817")
    people = screen_access.guarded(lambda: b"people", right=Right.READ_PEOPLE)
    public = screen_access.guarded(lambda: b"public")
    assert people() == b"people"
    sessions.LOCAL.close(token)
    with pytest.raises(PermissionError):
        people()
    assert public() == b"public"
    # With an identity: signed in for longer than a session lasts when the button is pressed.
    monkeypatch.setattr(screen_access, "_is_local", lambda where: False)
    monkeypatch.setattr(
        screen_access.st, "user", type("User", (), {"to_dict": lambda self: claims(Role.ANIMATEUR)})()
    )
    people = screen_access.guarded(lambda: b"people", right=Right.READ_PEOPLE)
    assert people() == b"people"
    monkeypatch.setattr(
        screen_access.clock, "instant", lambda: now + sessions.LONGEST + dt.timedelta(minutes=1)
    )
    with pytest.raises(PermissionError):
        people()
    store.close()


def test_an_export_is_public_unless_said_otherwise(
    register_of_people: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    from data.__main__ import main

    assert main(["export", "--date", "2026-05-12"]) == 0
    written = capsysbinary.readouterr().out
    assert b"vacancy_rate" in written or b"vacan" in written
    assert not [mark for mark in MARKS.hidden if mark.lower().encode() in written.lower()]
    forget()
