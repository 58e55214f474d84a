"""Anybody tries anything in the real store: no decision without two signatures, and nobody reads the other's mark before both stand.

What must hold is read from the rows themselves, not from what the code says of them.
"""

from __future__ import annotations

import datetime as dt
import inspect
import itertools
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from analysis.applications.steps import NEXT, REASONS, SIGNED_STEPS
from analysis.model import LOCAL_ACTOR
from analysis.vocabulary import APPLICATION_STATUSES, ASSESSOR_SEATS
from data import applications, network, privacy, register
from data.applications import by, candidate, documents, following
from data.register import Change, RegisterError
from data.store import Session, open_store, tables
from data.territory import load_territory
from tests.data.applications.hands import TODAY, marks, people, receive, rewrite_others
from tests.data.conftest import NOW
from tests.data.stores import empty_home
from tests.draws import draws
from tests.faults.conftest import LONG

COORDINATORS = ("ann", "bob", "cat")
WHO = st.sampled_from((*COORDINATORS, "dan", "candidate"))
SEATS = st.sampled_from(sorted(ASSESSOR_SEATS))
TERRITORY = load_territory()


READINGS = [
    (each, parameters)
    for name in applications.__all__
    if inspect.isfunction(each := getattr(applications, name))
    and next(iter(parameters := inspect.signature(each).parameters), "") == "session"
]
"""Whatever reads dossiers for a screen or a file: all that `data.applications` offers."""


class _Undo(Exception):
    """What was tried on the rows is taken back."""


class Anybody(RuleBasedStateMachine):
    """One dossier, three coordinators, an analyst and its candidate; every word that somebody writes names who wrote it."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(empty_home(Path(self.folder.name) / "home"), clock=lambda: NOW)
        self.team = people(self.store)
        self.application = "d" * 32
        self.numbers = itertools.count()
        self.done: list[Change] = []
        receive(self.store, TERRITORY, candidate(self.application), application=self.application)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def hand(self, who: str) -> applications.Hand:
        return candidate(self.application) if who == "candidate" else by(self.team[who])

    def words(self, who: str) -> str:
        return f"secret-{who}-{next(self.numbers)}"

    def attempt(self, write: Callable[[], Change]) -> None:
        try:
            self.done.append(write())
        except RegisterError:
            return

    @rule(who=WHO, step=st.sampled_from(sorted(APPLICATION_STATUSES)))
    def moves(self, who: str, step: str) -> None:
        reason = next(iter(REASONS[step])) if step in REASONS else ""
        self.attempt(
            lambda: applications.move(
                self.store, self.hand(who), TODAY, application=self.application, step=step, note=self.words(who), reason=reason
            )
        )  # fmt: skip

    @rule()
    def goes_far(self) -> None:
        """The whole way at once where it is open, so that what follows a decision is tried too."""
        for step in ("read", "met"):
            self.moves("ann", step)
        self.signs("ann", "founder", 4, False)
        self.signs("bob", "councillor", 1, False)
        for step in ("accepted", "housed", "settled"):
            self.moves("bob", step)

    @rule(who=st.sampled_from(COORDINATORS), place=st.integers(0, 1))
    def moves_on(self, who: str, place: int) -> None:
        following = NEXT[str(self.row()["status"])]
        if following:
            self.moves(who, following[min(place, len(following) - 1)])

    @rule(who=WHO, seat=SEATS, mark=st.sampled_from((1, 2, 3, 4)), why=st.booleans())
    def signs(self, who: str, seat: str, mark: int, why: bool) -> None:
        self.attempt(
            lambda: applications.sign(
                self.store, self.hand(who), TODAY, application=self.application, seat=seat, marks=marks(mark),
                remarks={"project": self.words(who)}, note=self.words(who) if why else "",
            )
        )  # fmt: skip

    @rule(who=WHO, seat=SEATS)
    def drafts(self, who: str, seat: str) -> None:
        try:
            applications.save_grid(
                self.store, self.hand(who), application=self.application, seat=seat, marks={"project": 2},
                remarks={"clients": self.words(who)},
            )  # fmt: skip
        except RegisterError:
            return

    @rule(who=WHO)
    def notes(self, who: str) -> None:
        self.attempt(
            lambda: applications.note(
                self.store, self.hand(who), TODAY, application=self.application, text=self.words(who)
            )
        )

    @rule(who=WHO)
    def plans(self, who: str) -> None:
        self.attempt(
            lambda: applications.add_task(
                self.store, self.hand(who), application=self.application, title=self.words(who)
            )
        )

    @rule(who=WHO, place=st.integers(0, 5))
    def plans_otherwise(self, who: str, place: int) -> None:
        with self.store.read() as session:
            known = applications.tasks_due(session, "real", "")
        if known:
            self.attempt(
                lambda: applications.change_task(
                    self.store,
                    self.hand(who),
                    task=known[place % len(known)].id,
                    title=self.words(who),
                    due=None,
                )
            )

    @rule(who=WHO)
    def adds_paper(self, who: str) -> None:
        """What a coordinator files before anybody judges is what is judged, and says nothing; later it may say what they think."""
        name = self.words(who) if self.was_read() or who == "candidate" else f"piece-{next(self.numbers)}"
        self.attempt(
            lambda: documents.add_paper(
                self.store, self.hand(who), TODAY, application=self.application, name=f"{name}.pdf",
                content=f"%PDF-1.7\n% {name}\n%%EOF\n".encode(),
            )
        )  # fmt: skip

    @rule(who=WHO, place=st.integers(0, 5))
    def takes_paper_out(self, who: str, place: int) -> None:
        with self.store.read() as session:
            known = self.papers(session)
        if known:
            paper = known[place % len(known)]
            self.attempt(lambda: documents.remove_paper(self.store, self.hand(who), paper=paper))

    @rule(who=WHO, place=st.integers(0, 12), dated=st.none() | st.integers(0, 30))
    def corrects(self, who: str, place: int, dated: int | None) -> None:
        lines = self.events()
        day = None if dated is None else TODAY - dt.timedelta(dated)
        self.attempt(
            lambda: applications.correct(
                self.store, self.hand(who), TODAY, application=self.application, line=lines[place % len(lines)]["id"],
                note=self.words(who), dated=day,
            )
        )  # fmt: skip

    @rule(who=WHO, days=st.integers(-1, 20))
    def pauses(self, who: str, days: int) -> None:
        until = TODAY + dt.timedelta(days)
        self.attempt(
            lambda: applications.pause(
                self.store, self.hand(who), TODAY, application=self.application, until=until
            )
        )

    @rule(who=WHO, agreed=st.booleans())
    def becomes_member(self, who: str, agreed: bool) -> None:
        consent = register.Consent("D’accord", TODAY) if agreed else None
        self.attempt(
            lambda: applications.make_member(
                self.store,
                TERRITORY,
                self.hand(who),
                TODAY,
                application=self.application,
                commune="Essay",
                consent=consent,
            )
        )

    @rule(who=st.sampled_from(COORDINATORS), place=st.integers(0, 20))
    def undoes(self, who: str, place: int) -> None:
        if self.done:
            number = self.done[place % len(self.done)].operation
            self.attempt(lambda: applications.undo(self.store, number, self.hand(who).actor))

    # -- what must hold

    def row(self) -> dict[str, Any]:
        with self.store.read() as session:
            row = session.get(tables.application, self.application)
        assert row is not None
        return row

    def events(self) -> list[dict[str, Any]]:
        event = tables.application_event
        with self.store.read() as session:
            rows = session.connection.execute(
                select(event).where(event.c.removed_at.is_(None)).order_by(event.c.id)
            )
            return [dict(row) for row in rows.mappings()]

    def was_read(self) -> bool:
        """Whether anybody ever moved it to where it is judged, also when that was undone since."""
        event = tables.application_event
        with self.store.read() as session:
            steps = set(session.connection.execute(select(event.c.status)).scalars())
        return bool(steps - {"received", "declined", "withdrawn", "lost"})

    def papers(self, session: Session) -> list[str]:
        paper = tables.application_document
        return list(session.connection.execute(select(paper.c.id).order_by(paper.c.id)).scalars())

    def paper_of(self, session: Session, paper: str, viewer: str) -> str:
        """What the viewer gets who asks for a paper itself."""
        try:
            return repr(documents.read_paper(session, self.store, paper, viewer))
        except RegisterError as error:
            return repr(error.args)

    def standing(self) -> list[dict[str, Any]]:
        """The lines that no correction took away, worked out anew: a correction that is corrected itself does not count."""
        rows = self.events()
        void: set[object] = set()
        for row in reversed(rows):
            if row["kind"] == "correct" and row["id"] not in void and row["dated"] is None:
                void.add(row["corrects"])
        return [row for row in rows if row["id"] not in void and row["kind"] != "correct"]

    @invariant()
    def no_decision_without_two_signatures(self) -> None:
        rows = self.standing()
        status = rows[-1]["status"] if rows else ""
        moves = [place for place, row in enumerate(rows) if row["kind"] == "move"]
        for place in moves:
            if rows[place]["status"] in SIGNED_STEPS:
                signed = [row for row in rows[:place] if row["kind"] == "sign"]
                assert {row["seat"] for row in signed} == set(ASSESSOR_SEATS)
                assert len({row["actor"] for row in signed}) == 2
                assert {row["party"] for row in signed} == {"coordinator"}
        assert self.row()["status"] == (rows[moves[-1]]["status"] if moves else status)

    @invariant()
    def no_member_without_consent(self) -> None:
        with self.store.read() as session:
            everybody = register.members(session, "real")
        assert all(each.consent_public and each.consent_text and each.consent_on for each in everybody)
        if everybody:
            assert self.row()["status"] in applications.HERE

    def blind(self) -> bool:
        signed = [row for row in self.standing() if row["kind"] == "sign"]
        return len({row["actor"] for row in signed}) < 2

    @invariant()
    def nobody_reads_the_other_before_both_signed(self) -> None:
        if not self.blind():
            return
        with self.store.read() as session:
            person = str(self.row()["person"])
            for viewer in COORDINATORS:
                me = self.team[viewer].id
                told = " ".join(
                    (
                        repr(applications.dossier(session, self.application, me)),
                        repr(applications.tasks_due(session, "real", me)),
                        repr(applications.grids_decided(session, "real")),
                        privacy.person_file(session, person, TODAY, me).json(),
                        repr(register.entries(session, limit=200)),
                        *(self.paper_of(session, paper, me) for paper in self.papers(session)),
                    )
                )
                others = [f"secret-{other}-" for other in COORDINATORS if other != viewer]
                assert [each for each in others if each in told] == []

    @rule(viewer=st.sampled_from(COORDINATORS))
    def reads_the_same_whatever_the_others_think(self, viewer: str) -> None:
        """Marks are four figures, which stand everywhere: so the others' are changed, and all that is told must stay as it was."""
        if not self.blind():
            return
        me, others = self.team[viewer].id, [each for each in COORDINATORS if each != viewer]
        with suppress(_Undo), self.store.note(LOCAL_ACTOR) as session:
            before = self.everything(session, me)
            rewrite_others(session, me, "|".join(f"secret-{each}-" for each in others))
            assert self.everything(session, me) == before
            raise _Undo

    def everything(self, session: Session, me: str) -> str:
        """Every reading of dossiers that there is, the person's file, the history of the register, the frames of the network, what the
        candidate reads.
        """
        known = {
            "session": session, "application": self.application, "origin": "real", "viewer": me, "actor": me, "today": TODAY,
            "rules": TERRITORY.following.clocks,
        }  # fmt: skip
        told: list[object] = [
            each(**{name: known[name] for name, given in parameters.items() if given.default is given.empty})
            for each, parameters in READINGS
        ]
        person = privacy.person_file(session, str(self.row()["person"]), TODAY, me)
        told += [person.json(), person.sections, register.entries(session, limit=200)]
        told += network.load(session, "real").values()
        told += [network.application_events(session, "real"), network.proposals(session, "real")]
        told += [following.told_of(session, self.application, TODAY, TERRITORY.keeping)]
        told += [self.paper_of(session, paper, me) for paper in self.papers(session)]
        return "\n".join(each.to_csv() if isinstance(each, pd.DataFrame) else repr(each) for each in told)

    @invariant()
    def history_only_grows(self) -> None:
        with self.store.read() as session:
            ids = list(
                session.connection.execute(
                    select(tables.application_event.c.id).order_by(tables.application_event.c.id)
                ).scalars()
            )
        assert ids[: len(getattr(self, "before", []))] == getattr(self, "before", [])
        self.before = ids


TestAnybody = Anybody.TestCase
TestAnybody.settings = settings(
    max_examples=60 if LONG else draws(6),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
