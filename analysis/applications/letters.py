"""What is written to candidates and coordinators by e-mail, and what a candidate is told to expect. Words only: who sends is elsewhere.

An e-mail is a postcard: it names nobody but its reader, and says nothing of a household or a project.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from analysis import french
from analysis.vocabulary import APPLICATION_TOLD


@dataclass(frozen=True)
class Letter:
    """One message: its subject, and its text in lines."""

    subject: str
    text: str


def _letter(subject: str, *parts: str) -> Letter:
    return Letter(french.spaced(subject), french.spaced("\n\n".join(part for part in parts if part)) + "\n")


def code_letter(network: str, code: str, hours: int) -> Letter:
    """The code that confirms an address."""
    return _letter(
        f"{network} : votre code est {code[:3]} {code[3:]}",
        f"Votre code : {code[:3]} {code[3:]}",
        f"Tapez-le sur la page où vous remplissez votre dossier. Il est valable {hours} heures, et le dernier envoyé compte seul.",
        "Vous n’avez rien demandé ? Ne faites rien : sans ce code, aucun message ne partira plus à cette adresse.",
    )


def received_letter(network: str, link: str, next_steps: Sequence[str], keeping: str) -> Letter:
    """The acknowledgement: the link of the follow-up page, and what happens next."""
    return _letter(
        f"{network} : votre dossier est reçu",
        "Bonjour,",
        f"Votre dossier est reçu. Suivez-le ici, complétez-le ou retirez-le :\n{link}",
        "Ce lien est pour vous seul : qui l’a lit votre dossier.",
        "La suite :\n" + "\n".join(f"- {each}" for each in next_steps),
        keeping,
    )


def what_comes_next(read_by: dt.date | None, held: bool) -> tuple[str, ...]:
    """What happens after a dossier was received, and when. `read_by`: the last day of the target of the reading, None without a clock.

    `held`: a coordinator looks first whether it is a real one, because no address was confirmed.
    """
    until = f" au plus tard le {french.long_date(read_by)}" if read_by is not None else ""
    first = (
        f"Un animateur vérifie que ce dossier est bien le vôtre, puis il est lu{until}."
        if held
        else f"Votre dossier est lu{until}, par les deux animateurs eux-mêmes."
    )
    return tuple(
        french.spaced(each)
        for each in (
            first,
            "Une rencontre vous est proposée, ou l’on vous dit pourquoi non : jamais une machine ne refuse un dossier.",
            "Chaque étape est datée sur votre page de suivi ; vous pouvez y ajouter une pièce ou retirer votre dossier.",
        )
    )


def keeping_sentence(years: int) -> str:
    """How long a dossier is kept, as its author reads it."""
    return french.spaced(
        f"Votre dossier est gardé {french.counted(years, 'an', 'ans')} après votre dernier contact avec nous, puis effacé. "
        "Il l’est avant si vous le demandez."
    )


def farewell_letter(network: str, until: dt.date, link: str) -> Letter:
    """Notice that a dossier is going to be put away, and how to keep it."""
    return _letter(
        f"{network} : votre dossier sera bientôt effacé",
        "Bonjour,",
        "Vous nous avez envoyé un dossier, et nous n’avons plus de vos nouvelles. "
        f"Il sera mis de côté le {french.long_date(until)}, puis effacé.",
        f"Vous voulez le garder ? Dites-le ici :\n{link}"
        if link
        else "Vous voulez le garder ? Répondez à ce message, ou appelez-nous.",
        "Sinon, vous n’avez rien à faire.",
    )


def told(step: str) -> str:
    """What a candidate reads of a step (a code of `vocabulary.APPLICATION_STATUSES`). Raises KeyError for any other."""
    return APPLICATION_TOLD[step]
