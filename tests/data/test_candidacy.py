"""Candidacies in the store: what is checked, resumed, confirmed, counted and swept. The pages that show them are in `tests/pages`."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from analysis.model import SYSTEM_ACTOR
from analysis.vocabulary import APPLICATION_STATUSES, APPLICATION_TOLD
from data import candidacy
from data.candidacy import AnswersRefused, CandidacyError, NoDraft, TooOften, drafts
from data.candidacy.answers import day, email, phone
from data.register import RegisterError
from data.store import Store, stamp, tables
from data.territory import Territory, load_territory

NOW = dt.datetime(2026, 5, 12, 8, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
SECRET = "un-secret-de-test-assez-long-pour-servir-01"
ANSWERS = (
    {"project": "Un atelier"},
    {"trade": "traduction", "clients": "À Paris", "income": "yes"},
    {"adults": "1", "agreement": "alone"},
    {"name": "Candidate Premiere", "email": "candidate@exemple.fr", "consent": "yes"},
)


@pytest.fixture(scope="module")
def territory() -> Territory:
    return load_territory()


def filled(store: Store, territory: Territory) -> str:
    number = candidacy.start(store, "real")
    for step, typed in enumerate(ANSWERS, start=1):
        candidacy.save(store, number, step, typed, territory, TODAY)
    return number


def draft(store: Store, number: str, now: dt.datetime = NOW) -> candidacy.Draft:
    with store.read() as session:
        return candidacy.resume(session, number, now)


def aged(store: Store, **values: object) -> None:
    with store.note(SYSTEM_ACTOR) as session:
        session.connection.execute(update(tables.candidacy).values(**values))


# -- what is typed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("01/09/2027", dt.date(2027, 9, 1)),
        ("1.9.27", dt.date(2027, 9, 1)),
        (" 1er septembre 2027 ", dt.date(2027, 9, 1)),
        ("le 12 août 2027", dt.date(2027, 8, 12)),
        ("12 FÉVR. 2027", dt.date(2027, 2, 12)),
        ("2027-09-01", dt.date(2027, 9, 1)),
        ("01 09 2027", dt.date(2027, 9, 1)),
        ("", None),
    ],
)
def test_a_day_is_read_in_any_french_spelling(typed: str, found: dt.date | None) -> None:
    assert day(typed, "arrival_from") == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("septembre", "ne se lit pas|n’est pas une date"),
        ("12 jui 2027", "n’est pas un mois"),
        ("12 brumaire 2027", "n’est pas un mois"),
        ("09/31/2027", "n’existe pas"),
        ("29/02/2027", "n’existe pas"),
    ],
)
def test_a_day_that_is_none_is_refused_with_an_example(typed: str, said: str) -> None:
    with pytest.raises(RegisterError, match=said):
        day(typed, "arrival_from")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("prenom.nom", "il manque l’arobase"),
        ("prenom.nom(at)exemple.fr", "Est-ce prenom.nom@exemple.fr"),
        ("prenom.nom arobase exemple point fr", "Est-ce prenom.nom@exemple.fr"),
        ("prenom.nom@exemple,fr", "Est-ce prenom.nom@exemple.fr"),
        ("prenom nom@exemple.fr", "Est-ce prenomnom@exemple.fr"),
        ("prénom@exemple.fr", "ni accent ni cédille"),
        ("prenom@exemple", "il manque la fin"),
        ("prenom@@exemple.fr", "plusieurs arobases"),
        ("prenom..nom@exemple.fr", "un point est de trop"),
    ],
)
def test_an_address_that_is_none_is_explained(typed: str, said: str) -> None:
    with pytest.raises(RegisterError, match=said):
        email(typed)


def test_addresses_and_numbers_that_are_good_are_kept() -> None:
    assert email(" Prenom.Nom+zev@Exemple.FR ") == "Prenom.Nom+zev@Exemple.FR" and email("") is None
    for good in ("06 00 00 00 00", "06.00.00.00.00", "0600000000", "+33 6 00 00 00 00", "+33 (0)6 00 00 00 00", "0033600000000",
                 "06‑00‑00‑00‑00", "tél : 06 00 00 00 00", "+44 20 7946 0000", "06/00/00/00/00"):  # fmt: skip
        assert phone(good) is not None, good


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("O6 00 00 00 00", "écrivez le chiffre 0"),
        ("06 00 00 00", "il en manque"),
        ("06 00 00 00 00 0", "il y en a trop"),
        ("+33 6 00 00 00", "il en manque"),
        ("6 00 00 00 00", "le 0 du début"),
        ("mon numéro", "n'est pas un numéro"),
    ],
)
def test_a_number_that_is_none_is_explained(typed: str, said: str) -> None:
    with pytest.raises(RegisterError, match=said):
        phone(typed)


def problems_of(step: int, typed: dict[str, str], territory: Territory) -> tuple[candidacy.Problem, ...]:
    try:
        candidacy.check_step(step, typed, territory, TODAY)
    except AnswersRefused as error:
        return error.problems
    return ()


@given(st.dictionaries(st.sampled_from(candidacy.NAMES), st.text(max_size=60)))
def test_nothing_typed_breaks_the_form(territory: Territory, typed: dict[str, str]) -> None:
    for step in candidacy.STEPS:
        found = problems_of(step.number, typed, territory)
        assert {problem.field for problem in found} <= {question.name for question in step.questions}
        assert all(problem.message for problem in found)


def test_one_of_the_two_ways_of_answering_is_enough(territory: Territory) -> None:
    reach = {"name": "Candidate Premiere", "consent": "yes"}
    for more in ({"phone": "06 00 00 00 00"}, {"email": "a@exemple.fr"}):
        candidacy.check_step(4, reach | more, territory, TODAY)
    with pytest.raises(AnswersRefused, match="une adresse électronique ou un téléphone"):
        candidacy.check_step(4, reach, territory, TODAY)


def test_every_step_of_a_dossier_is_told_to_its_candidate() -> None:
    assert list(APPLICATION_TOLD) == list(APPLICATION_STATUSES)


# -- on its way ----------------------------------------------------------------------------------------------------


def test_a_candidacy_is_found_again_by_its_number_alone(any_store: Store, territory: Territory) -> None:
    number = candidacy.start(any_store, "real")
    candidacy.save(any_store, number, 1, ANSWERS[0], territory, TODAY)
    shown = candidacy.spaced_number(number)
    assert draft(any_store, candidacy.read_number(f" {shown.lower()} ")).answers["project"] == "Un atelier"
    assert candidacy.read_link(candidacy.signed_number(number, SECRET), SECRET) == number
    with pytest.raises(NoDraft, match="modifié"):
        candidacy.read_link(candidacy.signed_number(number, SECRET), SECRET[::-1])
    with any_store.read() as session:
        rows = session.connection.execute(select(tables.candidacy)).mappings().all()
    assert number not in str(rows)


def test_what_is_wrong_is_kept_too(store: Store, territory: Territory) -> None:
    number = candidacy.start(store, "real")
    with pytest.raises(AnswersRefused, match="est passé"):
        candidacy.save(
            store, number, 1, {"project": "Un atelier", "arrival_from": "01/01/2020"}, territory, TODAY
        )
    found = draft(store, number)
    assert found.answers["arrival_from"] == "01/01/2020" and found.step == 0


def test_no_cache_is_emptied_by_a_form_under_way(store: Store, territory: Territory) -> None:
    with store.read() as session:
        before = session.revision()
    number = filled(store, territory)
    with store.read() as session:
        assert session.revision() == before
    candidacy.send(store, number, territory, TODAY)
    with store.read() as session:
        assert session.revision() == before + 1


def test_what_nobody_finished_goes_after_thirty_days(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    late = NOW + candidacy.KEPT + dt.timedelta(seconds=1)
    assert draft(store, number, NOW + candidacy.KEPT).step == 4
    with pytest.raises(NoDraft, match="30 jours"):
        draft(store, number, late)
    aged(store, changed_at=stamp(NOW - candidacy.KEPT - dt.timedelta(seconds=1)))
    candidacy.start(store, "real")
    with store.read() as session:
        assert len(session.frame(select(tables.candidacy))) == 1


def test_a_candidacy_that_was_sent_does_not_change(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    first = candidacy.send(store, number, territory, TODAY)
    assert candidacy.send(store, number, territory, TODAY + dt.timedelta(days=1)) == first
    with pytest.raises(CandidacyError, match="déjà envoyé"):
        candidacy.save(store, number, 1, ANSWERS[0], territory, TODAY)


def test_a_day_that_passed_meanwhile_is_said_at_the_sending(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    candidacy.save(store, number, 1, {**ANSWERS[0], "arrival_from": "13/05/2026"}, territory, TODAY)
    with pytest.raises(AnswersRefused, match="est passé"):
        candidacy.send(store, number, territory, TODAY + dt.timedelta(days=2))


# -- the code ------------------------------------------------------------------------------------------------------


def test_a_code_confirms_the_address_it_was_sent_to(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    old, code = candidacy.make_code(store, number, SECRET), candidacy.make_code(store, number, SECRET)
    if old != code:
        with pytest.raises(CandidacyError, match="Ce n’est pas le code"):
            candidacy.confirm_address(store, number, old, SECRET)
    candidacy.confirm_address(store, number, f"{code[:3]} {code[3:]}", SECRET)
    assert draft(store, number).email_confirmed
    candidacy.save(store, number, 4, {**ANSWERS[3], "email": "autre@exemple.fr"}, territory, TODAY)
    assert not draft(store, number).email_confirmed


def test_a_code_wears_out_and_grows_old(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    code = candidacy.make_code(store, number, SECRET)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(drafts.CODE_TRIES):
        with pytest.raises(CandidacyError, match="Ce n’est pas le code"):
            candidacy.confirm_address(store, number, wrong, SECRET)
    with pytest.raises(CandidacyError, match="Trop de codes faux"):
        candidacy.confirm_address(store, number, code, SECRET)
    fresh = candidacy.make_code(store, number, SECRET)
    aged(store, code_at=stamp(NOW - candidacy.CODE_KEPT - dt.timedelta(seconds=1)))
    with pytest.raises(CandidacyError, match="n’est plus valable"):
        candidacy.confirm_address(store, number, fresh, SECRET)


def test_who_types_faster_than_anybody_waits_for_a_coordinator(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    candidacy.confirm_address(store, number, candidacy.make_code(store, number, SECRET), SECRET)
    sent = candidacy.send(store, number, territory, TODAY)
    assert not candidacy.goes_straight(store, sent.id)
    with store.read() as session:
        assert "robot" in candidacy.held(session, "real")[0].why


def test_who_takes_the_time_and_confirms_goes_straight(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    aged(store, created_at=stamp(NOW - dt.timedelta(minutes=8)))
    candidacy.confirm_address(store, number, candidacy.make_code(store, number, SECRET), SECRET)
    sent = candidacy.send(store, number, territory, TODAY)
    assert candidacy.goes_straight(store, sent.id)


def test_one_that_is_set_aside_leaves_no_answer(store: Store, territory: Territory) -> None:
    number = filled(store, territory)
    sent = candidacy.send(store, number, territory, TODAY)
    candidacy.set_aside(store, SYSTEM_ACTOR, sent.id)
    with store.read() as session:
        assert candidacy.held(session, "real") == []
        assert (session.get(tables.candidacy, sent.id) or {})["answers"] is None
    with pytest.raises(CandidacyError, match="n’attend plus"):
        candidacy.take_in(store, territory, TODAY, sent.id)


# -- limits --------------------------------------------------------------------------------------------------------


def test_limits_are_counted_by_address_and_for_all_and_end(store: Store) -> None:
    one = candidacy.visitor("192.0.2.7", SECRET, TODAY)
    for _ in range(8):
        candidacy.count(store, "start", one, NOW)
    with pytest.raises(TooOften, match="une heure"):
        candidacy.count(store, "start", one, NOW)
    candidacy.count(store, "start", one, NOW + dt.timedelta(hours=1, seconds=1))
    for number in range(71):
        candidacy.count(store, "start", candidacy.visitor(f"198.51.100.{number}", SECRET, TODAY), NOW)
    with pytest.raises(TooOften, match="très demandé"):
        candidacy.count(store, "start", candidacy.visitor("203.0.113.1", SECRET, TODAY), NOW)


def test_no_address_is_kept(store: Store) -> None:
    one = candidacy.visitor("192.0.2.7", SECRET, TODAY)
    candidacy.count(store, "start", one, NOW)
    with store.read() as session:
        kept = str(session.connection.execute(select(tables.candidacy_attempt)).all())
    assert "192.0.2.7" not in kept and one != candidacy.visitor(
        "192.0.2.7", SECRET, TODAY + dt.timedelta(days=1)
    )
