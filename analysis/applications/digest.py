"""The morning's message to one coordinator: what waits for them by name, what waits for anybody, the watch. Codes only, never a name.

« Quelqu'un s'en occupe » is no answer: what nobody answers for stands under everybody's eyes, in everybody's message.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis import french
from analysis.applications.clocks import Ring, Waiting
from analysis.applications.letters import Letter
from analysis.french import NNBSP


@dataclass(frozen=True)
class Digest:
    """`own`: lines about what waits for this person; `anybody`: for no one in particular; `watch`: windows and calls."""

    own: tuple[str, ...] = ()
    anybody: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say: then nothing is sent."""
        return not (self.own or self.anybody or self.watch)


def own_lines(
    profile: str, waiting: Iterable[tuple[str, Waiting]], names: Mapping[str, str]
) -> tuple[str, ...]:
    """What waits for one profile: (code, waiting) of the dossiers whose clock has reached its target, in their order.

    `waiting`: `who` holds ids of profiles; `names`: id → the name on screen. A clock that is still in time says nothing here.
    """
    return tuple(
        f"{code}{NNBSP}: {replace(each, who=tuple(names.get(one, one) for one in each.who)).sentence()}"
        for code, each in waiting
        if profile in each.who and each.ring in (Ring.DUE, Ring.REMINDER, Ring.LATE)
    )


def anybody_lines(
    held: int, unowned: Sequence[str], erasures: Sequence[str], leaving: int
) -> tuple[str, ...]:
    """What no one in particular answers for. `unowned`, `erasures`: codes; `held`: candidacies to look at; `leaving`: people to tell."""
    lines = []
    if held:
        lines.append(f"{french.counted(held, 'candidature', 'candidatures')} à vérifier")
    if unowned:
        lines.append(f"Personne ne répond de{NNBSP}: {french.join(unowned)}. Nommez qui s’en occupe")
    lines += [f"{code}{NNBSP}: effacement demandé par le candidat" for code in erasures]
    if leaving:
        lines.append(
            f"{french.counted(leaving, 'candidat', 'candidats')} à prévenir avant l’effacement de leurs données"
        )
    return tuple(lines)


def digest_letter(network: str, day: dt.date, found: Digest, link: str) -> Letter:
    """The message of a day. `link`: the address of the application, empty where none is declared."""
    parts = [f"{network}, le {french.long_date(day)}."]
    for title, lines in (
        ("Vous êtes attendu", found.own),
        ("Personne en particulier n’en répond", found.anybody),
        ("La veille du logement", found.watch),
    ):
        if lines:
            parts.append(f"{title}{NNBSP}:\n" + "\n".join(f"- {line}" for line in lines))
    if link:
        parts.append(f"Ouvrir Zevillage{NNBSP}: {link}")
    parts.append("Un seul message par jour, et aucun quand rien n’attend.")
    many = len(found.own)
    head = (
        f"{french.counted(many, 'dossier ou tâche vous attend', 'dossiers ou tâches vous attendent')}"
        if many
        else "ce qui attend aujourd’hui"
    )
    return Letter(french.spaced(f"{network} : {head}"), french.spaced("\n\n".join(parts)) + "\n")
