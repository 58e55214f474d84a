"""Profiles, PINs and identities: what is accepted, what is refused and why, and the way back in."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from analysis.model import LOCAL_ACTOR, SYSTEM_ACTOR, Actor, Right, Role
from data import access
from data.access import AccessError, LastAdmin, Profile, StaleProfile, TooSoon, WrongPin
from data.access import pin as pins
from data.access.__main__ import main
from data.store import Store, open_store, tables
from tests.data.stores import empty_home

START = dt.datetime(2026, 5, 12, 8, 0, tzinfo=dt.UTC)
ISSUER = "https://id.exemple.fr"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = open_store(empty_home(tmp_path / "home"), clock=clock)
    yield store
    store.close()


@pytest.fixture
def claire(house: Store) -> Profile:
    return access.add_profile(house, LOCAL_ACTOR, label="Claire", role=Role.ADMIN, pin="204817")


def actor_of(profile: Profile) -> Actor:
    return profile.account.actor


def known(store: Store) -> dict[str, Profile]:
    with store.read() as session:
        return {profile.label: profile for profile in access.profiles(session)}


# -- profiles and roles ------------------------------------------------------------------------------------------


def test_each_role_may_do_all_that_the_one_before_it_may() -> None:
    roles = list(Role)
    for narrower, wider in itertools.pairwise(roles):
        assert narrower.rights <= wider.rights
    assert {role for role in Role if Right.READ_PEOPLE in role.rights} == {Role.ANIMATEUR, Role.ADMIN}
    assert {role for role in Role if Right.IMPORT in role.rights} == {
        Role.ANALYSTE,
        Role.ANIMATEUR,
        Role.ADMIN,
    }
    assert {role for role in Role if Right.ADMINISTER in role.rights} == {Role.ADMIN}


def test_the_first_pin_is_that_of_the_unnamed_profile_which_keeps_its_history_and_administers(
    house: Store,
) -> None:
    with house.read() as session:
        assert access.nobody_has_a_pin(access.profiles(session))
    with pytest.raises(AccessError, match="doit être administrateur"):
        access.add_profile(house, LOCAL_ACTOR, label="Paul", role=Role.ANIMATEUR, pin="204817")
    first = access.add_profile(house, LOCAL_ACTOR, label="Claire", role=Role.ADMIN, pin="204817")
    assert first.id == LOCAL_ACTOR.id
    with house.read() as session:
        assert not access.nobody_has_a_pin(access.profiles(session))
    second = access.add_profile(house, actor_of(first), label="Paul", role=Role.ANALYSTE, pin="135790")
    assert second.id != first.id and len(known(house)) == 2


def test_only_who_administers_at_that_moment_writes_about_profiles(house: Store, claire: Profile) -> None:
    paul = access.add_profile(house, actor_of(claire), label="Paul", role=Role.ANIMATEUR, pin="135790")
    for act in (
        lambda: access.add_profile(house, actor_of(paul), label="Zoé", role=Role.ELU, pin="864213"),
        lambda: access.change_profile(house, actor_of(paul), paul.id, seen=paul.version, role=Role.ADMIN),
        lambda: access.set_pin(house, actor_of(paul), claire.id, "864213"),
        lambda: access.unlock(house, actor_of(paul), paul.id),
    ):
        with pytest.raises(AccessError, match="Seul un administrateur"):
            act()
    assert set(known(house)) == {"Claire", "Paul"}


def test_two_administrators_at_once_the_second_is_told_and_nothing_is_lost(
    house: Store, claire: Profile
) -> None:
    paul = access.add_profile(house, actor_of(claire), label="Paul", role=Role.ADMIN, pin="135790")
    zoe = access.add_profile(house, actor_of(claire), label="Zoé", role=Role.ELU, pin="864213")
    access.change_profile(house, actor_of(claire), zoe.id, seen=zoe.version, role=Role.ANALYSTE)
    with pytest.raises(StaleProfile, match="modifié par un autre administrateur"):
        access.change_profile(house, actor_of(paul), zoe.id, seen=zoe.version, role=Role.ANIMATEUR)
    assert known(house)["Zoé"].role is Role.ANALYSTE
    with house.read() as session:
        last = access.role_changes(session)[0]
    assert (last.actor, last.profile, last.before, last.after) == (claire.id, zoe.id, "elu", "analyste")


def test_the_last_administrator_neither_goes_nor_steps_down(house: Store, claire: Profile) -> None:
    access.add_profile(house, actor_of(claire), label="Paul", role=Role.ADMIN, email="paul@exemple.fr")
    # Paul comes in by an identity only: on this machine Claire is the last one.
    for act in (
        lambda: access.remove_profile(house, actor_of(claire), claire.id, seen=claire.version),
        lambda: access.change_profile(house, actor_of(claire), claire.id, seen=claire.version, role=Role.ELU),
    ):
        with pytest.raises(LastAdmin, match="dernier administrateur"):
            act()
    access.set_pin(house, actor_of(claire), known(house)["Paul"].id, "135790")
    gone = access.change_profile(house, actor_of(claire), claire.id, seen=claire.version, role=Role.ELU)
    assert gone.role is Role.ELU
    with pytest.raises(AccessError, match="ne l’êtes pas ou plus"):
        access.add_profile(house, actor_of(claire), label="Zoé", role=Role.ELU, pin="864213")


def test_who_is_removed_leaves_a_name_and_nothing_to_come_in_with(house: Store, claire: Profile) -> None:
    paul = access.add_profile(
        house, actor_of(claire), label="Paul", role=Role.ELU, pin="135790", email="Paul@Exemple.fr"
    )
    access.remove_profile(house, actor_of(claire), paul.id, seen=paul.version)
    with house.read() as session:
        row = session.get(tables.profile, paul.id)
        told = str([dict(r) for r in session.connection.execute(select(tables.history)).mappings()])
    assert row is not None
    assert row["label"] == "Paul" and not any(row[c] for c in ("pin", "email", "issuer", "subject"))
    # The history can never be changed, so it holds neither names nor addresses nor hashes.
    assert not any(word in told for word in ("Paul", "exemple.fr", "argon2"))
    again = access.add_profile(house, actor_of(claire), label="Paul", role=Role.ELU, email="paul@exemple.fr")
    assert again.email == "paul@exemple.fr"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"pin": "1234"}, "6 à 12 chiffres"),
        ({"pin": "abcdef"}, "6 à 12 chiffres"),
        ({"pin": "٤٥٦٧٨٩"}, "6 à 12 chiffres"),
        ({"pin": "111111"}, "se devine"),
        ({"pin": "123456"}, "se devine"),
        ({"pin": "987654"}, "se devine"),
        ({"email": "paul"}, "adresse électronique"),
        ({"email": "CLAIRE@exemple.fr"}, "déjà celle"),
        ({"label": " claire ", "pin": "864213"}, "déjà pris"),
        ({"label": "\u202e", "pin": "864213"}, "nom du profil manque"),
        ({"subject": "42"}, "donnez les deux"),
        ({}, "pas de moyen d’entrer"),
    ],
)
def test_what_a_profile_may_not_hold_is_refused_with_the_reason(
    house: Store, wrong: dict[str, str], said: str
) -> None:
    access.add_profile(
        house, LOCAL_ACTOR, label="Claire", role=Role.ADMIN, pin="204817", email="Claire@exemple.fr"
    )
    with pytest.raises(AccessError, match=said):
        access.add_profile(house, SYSTEM_ACTOR, **{"label": "Paul", "role": Role.ELU, **wrong})  # type: ignore[arg-type]
    assert set(known(house)) == {"Claire"}


# -- PINs --------------------------------------------------------------------------------------------------------


def test_a_pin_is_kept_as_argon2id_and_comes_in(
    house: Store, monkeypatch: pytest.MonkeyPatch, pins_of_the_application: Callable[[], PasswordHasher]
) -> None:
    monkeypatch.setattr(pins, "_hasher", pins_of_the_application)
    claire = access.add_profile(house, LOCAL_ACTOR, label="Claire", role=Role.ADMIN, pin="204817")
    with house.read() as session:
        row = session.get(tables.profile, claire.id)
    assert row is not None and "204817" not in row["pin"]
    assert row["pin"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # the parameters of RFC 9106
    with pytest.raises(WrongPin):
        access.sign_in(house, claire.id, "204 818", START)
    assert access.sign_in(house, claire.id, "204 817", START).id == claire.id


def test_ten_wrong_pins_make_one_wait_longer_each_time_and_never_for_ever(
    house: Store, claire: Profile, clock: Clock
) -> None:
    waits: list[int] = []
    for tried in range(10):
        with pytest.raises(WrongPin, match="n’est pas celui de"):
            access.sign_in(house, claire.id, "000001", clock.now)
        if tried >= 2:
            with pytest.raises(
                TooSoon, match="attendez encore"
            ) as soon:  # the right PIN is not even looked at
                access.sign_in(house, claire.id, "204817", clock.now)
            clock.wait(soon.value.seconds)
            waits.append(soon.value.seconds)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640]
    assert pins.wait_after(1000) == pins.LONGEST_WAIT == 900
    assert access.sign_in(house, claire.id, "204817", clock.now).id == claire.id
    with pytest.raises(WrongPin):  # and counting starts again
        access.sign_in(house, claire.id, "000001", clock.now)


def test_the_wait_survives_a_restart_and_a_clock_set_back_and_ends_on_the_command_line(
    house: Store, claire: Profile, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        with pytest.raises(WrongPin):
            access.sign_in(house, claire.id, "000001", clock.now)
    again = open_store(tmp_path / "home", clock=clock)
    with pytest.raises(TooSoon):
        access.sign_in(again, claire.id, "204817", clock.now)
    with pytest.raises(TooSoon) as soon:
        access.sign_in(again, claire.id, "204817", clock.now - dt.timedelta(days=3))
    assert soon.value.seconds == 5
    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path / "home"))
    assert main(["unlock", "claire"]) == 0
    assert access.sign_in(again, claire.id, "204817", clock.now).id == claire.id
    again.close()


def test_wrong_pins_at_one_instant_are_all_counted(house: Store, claire: Profile) -> None:
    refused: list[type] = []

    def guess() -> None:
        try:
            access.sign_in(house, claire.id, "000001", START)
        except AccessError as error:
            refused.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (refused.count(WrongPin), refused.count(TooSoon)) == (3, 5)


def test_what_is_tried_at_the_door_empties_no_cache_and_is_kept(house: Store, claire: Profile) -> None:
    before = house.revision()
    with pytest.raises(WrongPin):
        access.sign_in(house, claire.id, "000001", START)
    access.sign_in(house, claire.id, "204817", START)
    assert house.revision() == before
    with house.read() as session:
        assert [(a.who, a.outcome) for a in access.attempts(session)] == [
            (claire.id, "ok"),
            (claire.id, "wrong"),
        ]


def test_an_unknown_profile_and_one_without_a_pin_are_refused_alike(house: Store, claire: Profile) -> None:
    paul = access.add_profile(house, actor_of(claire), label="Paul", role=Role.ELU, email="p@exemple.fr")
    for who in ("nobody", paul.id, ""):
        with pytest.raises(AccessError, match="Choisissez un profil"):
            access.sign_in(house, who, "204817", START)


# -- identities --------------------------------------------------------------------------------------------------


def claims(**more: object) -> dict[str, object]:
    return {"iss": ISSUER, "sub": "42", "email": "Zoe.Dupont@EXEMPLE.fr", "email_verified": True, **more}


@pytest.fixture
def zoe(house: Store) -> Profile:
    return access.add_profile(house, SYSTEM_ACTOR, label="Zoé", role=Role.ELU, email="zoe.dupont@exemple.fr")


def found(house: Store, **more: object) -> access.Found:
    identity = access.identity_of(claims(**more))
    assert identity is not None
    return access.find_profile(list(known(house).values()), identity)


def test_a_verified_address_in_capitals_binds_its_profile_once_then_the_subject_decides(
    house: Store, zoe: Profile
) -> None:
    first = found(house)
    assert first.why == "bind" and first.profile == zoe
    identity = access.identity_of(claims())
    assert identity is not None
    access.bind_identity(house, zoe, identity)
    assert found(house, email="zoe@ailleurs.fr", email_verified=False).why == "ok"
    # The address was given to somebody else in the meantime: that is not Zoé.
    assert found(house, sub="43") == access.Found(None, "other")
    access.free_identity(house, SYSTEM_ACTOR, zoe.id, "Zoe.Dupont@exemple.fr")
    assert found(house, sub="43").why == "bind"


@pytest.mark.parametrize(
    "alike",
    ["\uff5aoe.dupont@exemple.fr", "zoe.dup\u1d52nt@exemple.fr", "zoe.dupont@exemp\u2113e.fr", "zo\u0435.dupont@exemple.fr",
     "zoe.dupont@exemple.fr\u200b"],
)  # fmt: skip
def test_an_address_that_only_looks_like_another_is_another(house: Store, zoe: Profile, alike: str) -> None:
    assert found(house, email=alike).why == "unknown"


def test_no_capital_of_another_alphabet_becomes_a_letter_of_an_address(house: Store) -> None:
    access.add_profile(house, SYSTEM_ACTOR, label="Karl", role=Role.ELU, email="karl@exemple.fr")
    assert found(house, email="\u212aarl@exemple.fr").why == "unknown"  # the kelvin sign
    assert found(house, email="KARL@exemple.fr").why == "bind"


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5, [True]])
def test_an_address_that_is_not_verified_opens_nothing(house: Store, zoe: Profile, verified: object) -> None:
    assert found(house, email_verified=verified) == access.Found(None, "unverified")
    without = {k: v for k, v in claims().items() if k != "email_verified"}
    identity = access.identity_of(without)
    assert identity is not None and access.find_profile(list(known(house).values()), identity).profile is None


def test_the_same_subject_at_another_provider_is_somebody_else(house: Store) -> None:
    access.add_profile(house, SYSTEM_ACTOR, label="Zoé", role=Role.ELU, issuer=ISSUER, subject="42")
    assert found(house).why == "ok"
    assert found(house, iss="https://autre.exemple.fr").why == "unknown"


@pytest.mark.parametrize("broken", [{}, {"iss": ISSUER}, {"iss": ISSUER, "sub": ""}, {"iss": 1, "sub": "42"}])
def test_claims_that_name_nobody_are_nobody(broken: dict[str, object]) -> None:
    assert access.identity_of(broken) is None


# -- command line ------------------------------------------------------------------------------------------------


def test_the_command_line_makes_changes_and_removes_profiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setenv("ZEVILLAGE_HOME", str(tmp_path))

    def run(*arguments: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out + said.err

    assert run("add", "Claire", "--role", "admin", "--pin", typed="204817\n")[0] == 0
    assert run("add", "Paul", "--role", "analyste", "--email", "PAUL@exemple.fr")[0] == 0
    code, said = run("list")
    assert code == 0 and "Paul : analyste, paul@exemple.fr, jamais entré" in said
    assert run("role", "paul", "animateur") == (0, "« Paul » est maintenant animateur.\n")
    assert run("pin", "Claire", typed="864213\n")[0] == 0
    code, said = run("remove", "Claire")
    assert code == 1 and "dernier administrateur" in said
    assert run("role", "Personne", "elu")[0] == 1
    assert run("remove", "Paul")[0] == 0
    with pytest.raises(SystemExit) as misuse:
        run("role", "Claire", "roi")
    assert misuse.value.code == 2
