"""The steps of a dossier: legal walks only, two signatures before a decision, corrections that are entries, whoever tries what."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from analysis.applications.steps import (
    NEXT,
    REASONS,
    SIGNED_STEPS,
    Entry,
    Kind,
    Party,
    State,
    StepError,
    add,
    effective,
    moves,
    party_of,
    reason_text,
    state_of,
)
from analysis.model import Role
from analysis.vocabulary import APPLICATION_ENDS, APPLICATION_STATUSES, ASSESSOR_SEATS
from tests.draws import draws

TODAY = dt.date(2026, 6, 30)
HOLDERS = {"founder": "ann", "councillor": "bob"}
C = Party.COORDINATOR


def day(number: int) -> dt.date:
    return dt.date(2026, 1, 1) + dt.timedelta(number)


def move(step: str, on: int, party: Party = C, author: str = "ann", **other: str) -> Entry:
    return Entry(Kind.MOVE, day(on), author, party, step=step, **other)  # type: ignore[arg-type]


def sign(seat: str, author: str, on: int = 9, note: str = "", party: Party = C) -> Entry:
    return Entry(Kind.SIGN, day(on), author, party, note=note, seat=seat)


def undo(position: int, on: int = 20, party: Party = C, note: str = "erreur") -> Entry:
    return Entry(Kind.CORRECT, day(on), "ann", party, note=note, corrects=position)


MET = (move("received", 0, Party.CANDIDATE, "candidate"), move("read", 2), move("met", 8))
SIGNED = (*MET, sign("founder", "ann"), sign("councillor", "bob"))
ACCEPTED = (*SIGNED, move("accepted", 10, note="Projet solide."))


def refused(
    entries: tuple[Entry, ...], entry: Entry, match: str, holders: dict[str, str] | None = None
) -> None:
    with pytest.raises(StepError, match=match):
        add(entries, entry, TODAY, HOLDERS if holders is None else holders)


def test_every_status_of_the_store_is_a_step_and_nothing_else() -> None:
    assert set(NEXT) - {""} == set(APPLICATION_STATUSES)
    assert set(REASONS) == set(APPLICATION_ENDS)
    order = list(APPLICATION_STATUSES)
    # Forward only: nothing goes round in circles, but by corrections.
    assert all(order.index(after) > order.index(step) for step in NEXT if step for after in NEXT[step])


def test_a_whole_walk() -> None:
    entries: tuple[Entry, ...] = ()
    for entry in (
        *ACCEPTED,
        move("window_planned", 20),
        move("housed", 30),
        move("settled", 40),
        move("welcomed", 60),
        move("one_year", 180),
    ):
        entries = add(entries, entry, TODAY, HOLDERS)
    state = state_of(entries, HOLDERS)
    assert (state.step, state.since, state.closed, state.ended) == ("one_year", day(180), True, False)
    assert dict(state.signed) == HOLDERS
    assert state.reached["met"] == day(8) and next(iter(state.reached)) == "received"


@pytest.mark.parametrize(
    ("history", "entry", "match"),
    [
        ((), move("read", 0), "n’est pas reçu"),
        ((), Entry(Kind.NOTE, day(0), "ann", C, note="bonjour"), "avant la réception"),
        (MET, move("housed", 9), "De « Rencontré » on ne passe pas à « Logé »"),
        (MET, move("nowhere", 9), "n’est pas une étape"),
        (MET, move("accepted", 9, note="oui"), "il manque celle du fondateur et du conseiller"),
        ((*MET, sign("founder", "ann")), move("accepted", 9, note="oui"), "il manque celle du conseiller"),
        ((*MET, sign("founder", "ann")), move("declined", 9, note="non", reason="fragile"), "deux signatures"),
        (SIGNED, move("accepted", 10), "conclusion commune"),
        (SIGNED, move("declined", 10, note="non"), "demande une raison"),
        (SIGNED, move("accepted", 10, note="oui", reason="fragile"), "n’a pas de raison"),
        (SIGNED, move("accepted", 10, Party.CANDIDATE, note="oui"), "par le candidat"),
        (SIGNED, move("declined", 10, Party.CLOCK, note="non", reason="fragile"), "par une horloge"),
        (MET, move("lost", 10, Party.CLOCK, reason="silent"), "par une horloge"),
        (MET, move("lost", 10, reason="fragile"), "logement introuvable à temps"),
        (MET, move("withdrawn", 7, reason="family"), "avant l’étape précédente"),
        (MET, move("withdrawn", 9, author="", reason="family"), "qui l’a écrit"),
        (MET, move("withdrawn", 300, reason="family"), "n’est pas encore passé"),
        (MET, sign("mayor", "ann"), "place d’évaluateur"),
        (MET, sign("councillor", "ann"), "signe comme fondateur"),
        (MET, sign("councillor", "cho"), "à la place du conseiller"),
        (MET, sign("founder", "ann", party=Party.OTHER), "pas à ce profil"),
        ((*MET, sign("founder", "ann")), sign("founder", "cho", note="absente"), "a déjà signé"),
        ((*MET, sign("founder", "cho", note="absente")), sign("councillor", "cho", note="absent"), "deux fois"),
        (MET[:1], sign("founder", "ann"), "lu ou rencontré"),
        (ACCEPTED, move("declined", 12, note="non", reason="fragile"), "ne passe pas"),
        (ACCEPTED, Entry(Kind.PAUSE, day(12), "ann", C, until=day(12)), "date de réveil"),
        (ACCEPTED, Entry(Kind.RESUME, day(12), "ann", C), "pas en pause"),
        (MET, Entry(Kind.NOTE, day(12), "ann", C, note=" "), "Écrivez une note"),
        (MET, Entry(Kind.NOTE, day(12), "x", Party.OTHER, note="vu"), "un coordinateur ou le candidat"),
        (MET, undo(3), "aucune ligne"),
        (MET, undo(-1), "aucune ligne"),
        (MET, undo(1), "Ligne 3 de l’historique"),
        (MET, undo(2, note=""), "pourquoi corriger"),
        (MET, undo(2, party=Party.CANDIDATE), "pas par le candidat"),
        (ACCEPTED, undo(3), "Ligne 6 de l’historique.*deux signatures"),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(history: tuple[Entry, ...], entry: Entry, match: str) -> None:
    refused(history, entry, match)


def test_a_third_person_replaces_an_absent_one_and_says_so() -> None:
    entries = add(MET, sign("councillor", "cho", note="conseiller en congé"), TODAY, HOLDERS)
    entries = add(entries, sign("founder", "ann"), TODAY, HOLDERS)
    entries = add(entries, move("accepted", 10, note="oui"), TODAY, HOLDERS)
    assert state_of(entries, HOLDERS).signed == {"councillor": "cho", "founder": "ann"}


def test_a_correction_is_an_entry_and_can_be_corrected() -> None:
    undone = add(ACCEPTED, undo(5), TODAY, HOLDERS)
    assert len(undone) == 7 and undone[5] == ACCEPTED[5]
    assert state_of(undone).step == "met"
    assert state_of(add(undone, undo(6), TODAY, HOLDERS)).step == "accepted"
    # After the correction the signature may go too, and then there is no way to the decision.
    bare = add(undone, undo(4), TODAY, HOLDERS)
    refused(bare, move("accepted", 21, note="oui"), "celle du conseiller")


def test_a_date_is_corrected_by_an_entry_of_its_own() -> None:
    entry = Entry(Kind.CORRECT, day(20), "ann", C, note="le 7, pas le 8", corrects=2, dated=day(7))
    entries = add(MET, entry, TODAY)
    assert state_of(entries).since == day(7)
    assert MET[2].on == day(8)
    wrong = Entry(Kind.CORRECT, day(20), "ann", C, note="trop tôt", corrects=2, dated=day(1))
    refused(MET, wrong, "avant l’étape précédente")
    # The last word on a date is the one that counts.
    again = Entry(Kind.CORRECT, day(21), "ann", C, note="le 6", corrects=2, dated=day(6))
    assert state_of(add(entries, again, TODAY)).since == day(6)
    refused(
        entries, Entry(Kind.CORRECT, day(22), "ann", C, note="?", corrects=3, dated=day(5)), "on l’annule"
    )


def test_a_pause_sleeps_until_its_day_and_a_move_ends_it() -> None:
    paused = add(ACCEPTED, Entry(Kind.PAUSE, day(12), "ann", C, until=day(40)), TODAY)
    state = state_of(paused)
    assert [state.paused(day(n)) for n in (11, 12, 39, 40)] == [False, True, True, False]
    refused(paused, Entry(Kind.PAUSE, day(20), "ann", C, until=day(50)), "déjà en pause")
    woken = state_of(add(paused, Entry(Kind.RESUME, day(20), "ann", C), TODAY))
    assert woken.pauses == ((day(12), day(20)),)
    assert state_of(add(paused, move("window_planned", 25), TODAY)).pauses == ((day(12), day(25)),)
    lost = add(ACCEPTED, move("lost", 12, reason="housing"), TODAY)
    refused(lost, Entry(Kind.PAUSE, day(13), "ann", C, until=day(40)), "clos")


def test_an_end_is_closed_but_for_a_correction() -> None:
    gone = add(MET, move("withdrawn", 9, Party.CANDIDATE, "candidate", reason="elsewhere"), TODAY)
    state = state_of(gone)
    assert (state.ended, state.closed, state.reason) == (True, True, "elsewhere")
    assert reason_text(state.step, state.reason).replace("\u202f", " ") == "Retiré : a trouvé ailleurs"
    assert reason_text("met", "") == "Rencontré"
    refused(gone, move("accepted", 10, note="oui"), "seule une correction le rouvre")
    assert state_of(add(gone, undo(3), TODAY)).step == "met"


def test_what_each_may_record_now() -> None:
    met, signed = state_of(MET), state_of(SIGNED)
    assert moves(met, C) == ("withdrawn", "lost")
    assert moves(signed, C) == ("accepted", "declined", "withdrawn", "lost")
    assert moves(signed, Party.CANDIDATE) == ("withdrawn",)
    assert moves(State(), Party.CANDIDATE) == ("received",)
    assert moves(signed, Party.CLOCK) == moves(signed, Party.OTHER) == ()
    assert [party_of(role) for role in Role] == [Party.OTHER, Party.OTHER, Party.OTHER, C, C]


# -- random moves by random roles ----------------------------------------------------------------------------

AUTHORS = ("ann", "bob", "cho", "dan")
PARTIES = st.sampled_from(Party)
DAYS = st.integers(0, 170).map(day)
NOTES = st.sampled_from(("", "note"))


class Walk(RuleBasedStateMachine):
    """Everybody tries everything, in any order; what `add` lets through is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()
        self.on = 0

    def attempt(self, entry: Entry) -> None:
        try:
            self.entries = add(self.entries, entry, TODAY, HOLDERS)
        except StepError:
            return
        self.on = min(self.on + 1, 170)

    @rule(
        step=st.sampled_from(sorted(APPLICATION_STATUSES)),
        party=PARTIES,
        author=st.sampled_from(AUTHORS),
        note=NOTES,
    )
    def moved(self, step: str, party: Party, author: str, note: str) -> None:
        reason = next(iter(REASONS[step])) if step in REASONS else ""
        self.attempt(move(step, self.on, party, author, note=note, reason=reason))

    @rule(note=NOTES)
    def forward(self, note: str) -> None:
        """A coordinator's next step, so that the walks go far."""
        following = NEXT[state_of(self.entries).step]
        if following:
            self.moved(following[0], C, "ann", note)

    @rule(
        seat=st.sampled_from(sorted(ASSESSOR_SEATS)),
        party=PARTIES,
        author=st.sampled_from(AUTHORS),
        note=NOTES,
    )
    def signed(self, seat: str, party: Party, author: str, note: str) -> None:
        self.attempt(sign(seat, author, self.on, note, party))

    @rule(at=st.integers(-1, 12), party=PARTIES, dated=st.none() | DAYS)
    def corrected(self, at: int, party: Party, dated: dt.date | None) -> None:
        entry = Entry(Kind.CORRECT, day(self.on), "ann", party, note="x", corrects=at, dated=dated)
        self.attempt(entry)

    @rule(days=st.integers(-1, 40), party=PARTIES)
    def paused(self, days: int, party: Party) -> None:
        self.attempt(Entry(Kind.PAUSE, day(self.on), "ann", party, until=day(self.on + days)))

    @invariant()
    def no_decision_without_two_signatures(self) -> None:
        """Counted here from the lines that are left, not from the state the code keeps."""
        left = [entry for _, entry in effective(self.entries)]
        for position, entry in enumerate(left):
            if entry.kind is Kind.MOVE and entry.step in SIGNED_STEPS:
                before = [each for each in left[:position] if each.kind is Kind.SIGN]
                assert {each.seat for each in before} == set(ASSESSOR_SEATS)
                assert len({each.author for each in before}) == 2
                assert all(each.party is C for each in (*before, entry))

    @invariant()
    def only_legal_steps_in_the_order_of_days(self) -> None:
        walk = [entry for _, entry in effective(self.entries) if entry.kind is Kind.MOVE]
        steps = ["", *(entry.step for entry in walk)]
        assert all(after in NEXT[before] for before, after in itertools.pairwise(steps))
        assert sorted(entry.on for entry in walk) == [entry.on for entry in walk]

    @invariant()
    def nobody_else_moves_and_no_clock_declines(self) -> None:
        for entry in self.entries:
            assert entry.party in (C, Party.CANDIDATE)
            if entry.party is Party.CANDIDATE:
                assert entry.step in ("received", "withdrawn")


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=draws(150), stateful_step_count=40, deadline=None)


def test_the_random_walks_would_reach_a_decision() -> None:
    """The machine's own rules lead to « accepted »: its invariant is not empty."""
    walk = Walk()
    walk.forward("")
    walk.forward("")
    walk.forward("")
    walk.signed("founder", C, "ann", "")
    walk.signed("councillor", C, "bob", "")
    walk.forward("note")
    assert state_of(walk.entries).step == "accepted"
