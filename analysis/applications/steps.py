"""The steps of a dossier: who may move it where, what its history says, and which moves are refused.

A history is a sequence of entries in the order they were written. Nothing in it is ever changed: a correction is a new entry that takes an
earlier one away or gives it another day. What counts is what is left after the corrections, and that must be a legal walk by itself: a
signature cannot be taken from under an acceptance. « Retenu » and « Refusé » need the signatures of both seats, by two different authors.

What was decided before this tool, or elsewhere, is *taken over* from a file as it is told, without signatures: such entries come first, are
named so wherever they are shown, and end with the first entry that somebody writes here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from analysis import french
from analysis.french import NNBSP
from analysis.model import Right, Role
from analysis.vocabulary import (
    APPLICATION_ENDS,
    APPLICATION_STATUSES,
    ASSESSOR_SEATS,
    DECLINE_REASONS,
    LOSS_REASONS,
    WITHDRAWAL_REASONS,
)

REASONS: Mapping[str, Mapping[str, str]] = {
    "declined": DECLINE_REASONS,
    "withdrawn": WITHDRAWAL_REASONS,
    "lost": LOSS_REASONS,
}
"""The short list of reasons of each end: code → French words."""

NEXT: Mapping[str, tuple[str, ...]] = {
    "": ("received",),
    "received": ("read", "withdrawn", "lost"),
    "read": ("met", "declined", "withdrawn", "lost"),
    "met": ("accepted", "declined", "withdrawn", "lost"),
    # Who found a dwelling alone needs no search window.
    "accepted": ("window_planned", "housed", "withdrawn", "lost"),
    "window_planned": ("housed", "withdrawn", "lost"),
    "housed": ("settled", "withdrawn", "lost"),
    # Whoever lives here is a newcomer: what ends from now on is a stay, not a dossier.
    "settled": ("welcomed", "one_year"),
    "welcomed": ("one_year",),
    "one_year": (),
    **dict.fromkeys(APPLICATION_ENDS, ()),
}
"""From each step (empty: no dossier yet), the steps that may follow."""

SIGNED_STEPS = ("accepted", "declined")
"""The steps that need both signatures and the common conclusion in words."""
ASSESSED_AT = ("read", "met")
"""The steps at which an assessor may sign."""


class StepError(ValueError):
    """An entry that may not be written. The message is in French."""


class Party(StrEnum):
    """On whose behalf an entry is written."""

    COORDINATOR = "coordinator"
    CANDIDATE = "candidate"
    CLOCK = "clock"
    OTHER = "other"


_PARTY_WORDS: Mapping[Party, str] = {
    Party.COORDINATOR: "un coordinateur",
    Party.CANDIDATE: "le candidat",
    Party.CLOCK: "une horloge",
    Party.OTHER: "ce profil",
}
_CANDIDATE_STEPS = ("received", "withdrawn")


def party_of(role: Role) -> Party:
    """What a profile is to a dossier: a coordinator when it may read people and edit the register, else somebody else."""
    both = {Right.READ_PEOPLE, Right.EDIT_REGISTER}
    return Party.COORDINATOR if both <= role.rights else Party.OTHER


class Kind(StrEnum):
    """What an entry of a history does."""

    MOVE = "move"
    SIGN = "sign"
    PAUSE = "pause"
    RESUME = "resume"
    NOTE = "note"
    CORRECT = "correct"
    TAKEN_OVER = "taken_over"


@dataclass(frozen=True)
class Entry:
    """One line of a dossier's history.

    `on`: the day it happened; `author`: the opaque id of who wrote it; `party`: on whose behalf. A move has `step` and, for an end, a
    `reason` of `REASONS`; a signature has its `seat` of `ASSESSOR_SEATS`; a pause wakes on `until`. A correction names by `corrects` the
    position (0: the first) of the entry that it takes away, or that it gives the day `dated`.
    """

    kind: Kind
    on: dt.date
    author: str
    party: Party
    note: str = ""
    step: str = ""
    reason: str = ""
    seat: str = ""
    until: dt.date | None = None
    corrects: int | None = None
    dated: dt.date | None = None


@dataclass(frozen=True)
class State:
    """Where a dossier stands. `step` is empty before the first entry, `since` the day of the move into it.

    `reached`: day of each move that counts, in order. `signed`: seat → author. `pauses`: (first day, day it wakes) of every pause, the
    wake brought forward by a resumption or a move. `reason`: of its end. `taken_over`: nothing was written here yet, all of it is from
    a file.
    """

    step: str = ""
    since: dt.date | None = None
    reached: Mapping[str, dt.date] = field(default_factory=dict)
    signed: Mapping[str, str] = field(default_factory=dict)
    pauses: tuple[tuple[dt.date, dt.date], ...] = ()
    reason: str = ""
    taken_over: bool = True

    @property
    def ended(self) -> bool:
        """Whether it ended without a newcomer."""
        return self.step in APPLICATION_ENDS

    @property
    def closed(self) -> bool:
        """Whether nothing may follow."""
        return bool(self.step) and not NEXT[self.step]

    @property
    def missing(self) -> tuple[str, ...]:
        """The seats that have not signed."""
        return tuple(seat for seat in ASSESSOR_SEATS if seat not in self.signed)

    def paused(self, today: dt.date) -> bool:
        """Whether it sleeps today; on the day it wakes it does not."""
        return any(start <= today < end for start, end in self.pauses)


def effective(entries: Sequence[Entry]) -> Iterator[tuple[int, Entry]]:
    """(position, entry) of what counts after the corrections, corrections themselves left out. Raises StepError for one that hits nothing.

    A correction that is corrected itself no longer counts: what it took away is back.
    """
    void: set[int] = set()
    dated: dict[int, dt.date] = {}
    # Who corrects stands after what is corrected: from the end, each correction is known to count or not before it is read.
    for position in range(len(entries) - 1, -1, -1):
        entry = entries[position]
        if entry.kind is not Kind.CORRECT:
            continue
        target = entry.corrects
        if target is None or not 0 <= target < position:
            raise StepError(f"La correction de la ligne {position + 1} ne désigne aucune ligne d’avant elle.")
        if entry.dated is not None and entries[target].kind is Kind.CORRECT:
            raise StepError(
                f"La ligne {target + 1} est une correction{NNBSP}: on l’annule, on ne la redate pas."
            )
        if position in void:
            continue
        if entry.dated is None:
            void.add(target)
        else:
            dated.setdefault(target, entry.dated)
    for position, entry in enumerate(entries):
        if position not in void and entry.kind is not Kind.CORRECT:
            yield position, replace(entry, on=dated[position]) if position in dated else entry


def state_of(entries: Sequence[Entry], holders: Mapping[str, str] | None = None) -> State:
    """Where a history leads. Raises StepError, with the line, at the first entry that was not allowed.

    `holders` (seat → author) are the assessors in charge through all of it: somebody else signs in their place only with a note saying
    why. Without them nobody is in charge of a seat.
    """
    state = State()
    last: dt.date | None = None
    for position, entry in effective(entries):
        try:
            state = _after(state, entry, holders or {})
            if entry.kind is Kind.TAKEN_OVER:
                # Files tell the days they know: only what is written here has to follow on them.
                last = max(last or entry.on, entry.on)
            elif entry.kind is Kind.MOVE:
                if last is not None and entry.on < last:
                    raise StepError(
                        f"« {APPLICATION_STATUSES[entry.step]} » le {french.date(entry.on)} est avant l’étape "
                        f"précédente ({french.date(last)}){NNBSP}: corrigez l’une des deux dates."
                    )
                last = entry.on
        except StepError as error:
            raise StepError(f"Ligne {position + 1} de l’historique{NNBSP}: {error}") from None
    for entry in entries:
        if entry.kind is Kind.CORRECT and entry.party is not Party.COORDINATOR:
            raise StepError(
                f"Une correction est écrite par un coordinateur, pas par {_PARTY_WORDS[entry.party]}."
            )
    return state


def add(
    entries: Sequence[Entry], entry: Entry, today: dt.date, holders: Mapping[str, str] | None = None
) -> tuple[Entry, ...]:
    """The history with one more entry. Raises StepError when the entry is not allowed, says nothing or is dated after `today`.

    `holders` are the assessors in charge today: they bind this entry, not those who signed before them.
    """
    for day in (entry.on, entry.dated):
        if day is not None and day > today:
            raise StepError(f"Le {french.date(day)} n’est pas encore passé{NNBSP}: notez ce qui a eu lieu.")
    if entry.kind in (Kind.NOTE, Kind.CORRECT) and not entry.note.strip():
        raise StepError(
            "Écrivez une note" + (f"{NNBSP}: pourquoi corriger." if entry.kind is Kind.CORRECT else ".")
        )
    longer = (*entries, entry)
    state_of(longer)
    if entry.kind is Kind.SIGN:
        _signed(state_of(entries), entry, holders or {})
    return longer


def moves(state: State, party: Party) -> tuple[str, ...]:
    """The steps that `party` may record now, in the order of the list; signatures that are missing are counted."""
    return tuple(
        step
        for step in NEXT[state.step]
        if _may(party, step) and not (step in SIGNED_STEPS and state.missing)
    )


def reason_text(step: str, reason: str) -> str:
    """« Perdu : logement introuvable à temps »; the end alone without a known reason."""
    words = REASONS.get(step, {}).get(reason, "")
    return f"{APPLICATION_STATUSES[step]}{NNBSP}: {words}" if words else APPLICATION_STATUSES[step]


def _may(party: Party, step: str) -> bool:
    return party is Party.COORDINATOR or (party is Party.CANDIDATE and step in _CANDIDATE_STEPS)


def _after(state: State, entry: Entry, holders: Mapping[str, str]) -> State:
    if not entry.author:
        raise StepError("Il manque qui l’a écrit.")
    if entry.kind is Kind.TAKEN_OVER:
        return _taken_over(state, entry)
    if state.taken_over:
        state = replace(state, taken_over=False)
    if entry.kind is Kind.MOVE:
        return _moved(state, entry)
    if not state.step:
        raise StepError(f"Rien ne se note avant la réception{NNBSP}: la première étape est « Reçu ».")
    if entry.kind is Kind.NOTE:
        if entry.party not in (Party.COORDINATOR, Party.CANDIDATE):
            raise StepError(
                f"Une note est écrite par un coordinateur ou le candidat, pas par {_PARTY_WORDS[entry.party]}."
            )
        return state
    if entry.party is not Party.COORDINATOR:
        raise StepError(f"C’est à un coordinateur de le faire, pas à {_PARTY_WORDS[entry.party]}.")
    if entry.kind is Kind.SIGN:
        return _signed(state, entry, holders)
    return _paused(state, entry)


def _moved(state: State, entry: Entry) -> State:
    step = entry.step
    if step not in NEXT or not step:
        raise StepError(
            f"« {step} » n’est pas une étape{NNBSP}: attendu {_listed(APPLICATION_STATUSES.values())}."
        )
    if step not in NEXT[state.step]:
        here = (
            f"De « {APPLICATION_STATUSES[state.step]} »" if state.step else "D’un dossier qui n’est pas reçu"
        )
        allowed = _listed(APPLICATION_STATUSES[each] for each in NEXT[state.step])
        then = f"attendu {allowed}" if allowed else "il est clos, seule une correction le rouvre"
        raise StepError(f"{here} on ne passe pas à « {APPLICATION_STATUSES[step]} »{NNBSP}: {then}.")
    if not _may(entry.party, step):
        raise StepError(
            f"« {APPLICATION_STATUSES[step]} » ne peut être décidé par {_PARTY_WORDS[entry.party]}."
        )
    if step in SIGNED_STEPS:
        if state.missing:
            seats = " et du ".join(ASSESSOR_SEATS[seat] for seat in state.missing)
            raise StepError(
                f"« {APPLICATION_STATUSES[step]} » demande les deux signatures{NNBSP}: il manque celle du {seats}."
            )
        if not entry.note.strip():
            raise StepError(
                f"« {APPLICATION_STATUSES[step]} » demande la conclusion commune{NNBSP}: écrivez-la."
            )
    known = REASONS.get(step, {})
    if known and entry.reason not in known:
        raise StepError(
            f"« {APPLICATION_STATUSES[step]} » demande une raison{NNBSP}: {_listed(known.values())}."
        )
    if entry.reason and not known:
        raise StepError(
            f"« {APPLICATION_STATUSES[step]} » n’a pas de raison à donner{NNBSP}: mettez-la en note."
        )
    return replace(
        state,
        step=step,
        since=entry.on,
        reached={**state.reached, step: entry.on},
        pauses=_woken(state.pauses, entry.on),
        reason=entry.reason,
    )


def _taken_over(state: State, entry: Entry) -> State:
    if not state.taken_over:
        raise StepError(
            f"Ce dossier est suivi ici{NNBSP}: un fichier ne le fait plus avancer, déplacez-le vous-même."
        )
    if entry.party is not Party.OTHER:
        raise StepError("Une reprise est écrite par un import, pas à la main.")
    if entry.step not in NEXT or not entry.step:
        raise StepError(
            f"« {entry.step} » n’est pas une étape{NNBSP}: attendu {_listed(APPLICATION_STATUSES.values())}."
        )
    return replace(
        state,
        step=entry.step,
        since=entry.on,
        reached={**state.reached, entry.step: entry.on},
        reason=entry.reason,
    )


def _signed(state: State, entry: Entry, holders: Mapping[str, str]) -> State:
    seat = entry.seat
    if seat not in ASSESSOR_SEATS:
        raise StepError(
            f"« {seat} » n’est pas une place d’évaluateur{NNBSP}: attendu {_listed(ASSESSOR_SEATS.values())}."
        )
    if state.step not in ASSESSED_AT:
        raise StepError("On signe un dossier lu ou rencontré, avant la décision.")
    if seat in state.signed:
        raise StepError(f"Le {ASSESSOR_SEATS[seat]} a déjà signé{NNBSP}: corrigez d’abord cette ligne.")
    if entry.author in state.signed.values():
        raise StepError("La même personne ne signe pas deux fois un dossier.")
    held = [other for other, holder in holders.items() if holder == entry.author and other != seat]
    if held:
        raise StepError(
            f"Cette personne signe comme {ASSESSOR_SEATS[held[0]]}, pas comme {ASSESSOR_SEATS[seat]}."
        )
    if holders.get(seat, entry.author) != entry.author and not entry.note.strip():
        raise StepError(f"Vous signez à la place du {ASSESSOR_SEATS[seat]}{NNBSP}: dites en note pourquoi.")
    return replace(state, signed={**state.signed, seat: entry.author})


def _paused(state: State, entry: Entry) -> State:
    if entry.kind is Kind.RESUME:
        if not state.paused(entry.on):
            raise StepError(f"Le dossier n’était pas en pause le {french.date(entry.on)}.")
        return replace(state, pauses=_woken(state.pauses, entry.on))
    if state.closed:
        raise StepError(f"Un dossier clos ne se met pas en pause{NNBSP}: plus rien n’y attend.")
    if entry.until is None or entry.until <= entry.on:
        raise StepError(f"Une pause a une date de réveil, après le {french.date(entry.on)}.")
    if state.paused(entry.on):
        raise StepError("Le dossier est déjà en pause.")
    return replace(state, pauses=(*state.pauses, (entry.on, entry.until)))


def _woken(pauses: tuple[tuple[dt.date, dt.date], ...], on: dt.date) -> tuple[tuple[dt.date, dt.date], ...]:
    """The pauses with the one that runs on `on` ended that day."""
    return tuple((start, on if start <= on < end else end) for start, end in pauses)


def _listed(words: Iterable[str]) -> str:
    return french.join([f"« {word} »" for word in words], "ou")
