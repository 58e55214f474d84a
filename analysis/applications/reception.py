"""The invitation to a newcomer's reception: the same words on paper and as text to paste."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from analysis import french
from analysis.french import NNBSP


@dataclass(frozen=True)
class Invitation:
    """What is said to those invited. `day` None while none is fixed, `hour` as « 18:30 » or empty, `commune` its name with the article.

    `who`: the newcomer as invited people read it; `presentation`: what the newcomer will present, in lines; `answer`: whom to tell that
    one comes, empty when nobody is known.
    """

    network: str
    who: str
    trade: str
    day: dt.date | None
    hour: str = ""
    place: str = ""
    commune: str = ""
    presentation: str = ""
    answer: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        """What an invitation cannot do without and this one lacks, in French."""
        needed = (("le jour", self.day), ("l’heure", self.hour), ("la commune", self.commune))
        return tuple(word for word, told in needed if not told)

    @property
    def hosts(self) -> str:
        """« La commune d’Essay et Zevillage vous invitent à la réception de Membre 17 (traduction). »"""
        commune = f"La commune {french.of_place(self.commune)}" if self.commune else "La commune"
        trade = f" ({self.trade})" if self.trade else ""
        return french.spaced(
            f"{commune} et {self.network} vous invitent à la réception de {self.who}{trade}."
        )

    @property
    def when(self) -> str:
        """« mardi 2 juin 2026 à 18 h 30 »; empty without a day."""
        if self.day is None:
            return ""
        at = f" à {self.hour.replace(':', f'{NNBSP}h{NNBSP}')}" if self.hour else ""
        return f"{french.WEEKDAYS[self.day.weekday()]} {french.long_date(self.day)}{at}"

    @property
    def where(self) -> str:
        """« salle du conseil, Essay »."""
        return ", ".join(part for part in (self.place, self.commune) if part)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The presentation, one text a line that says something."""
        return tuple(line.strip() for line in self.presentation.splitlines() if line.strip())

    def text(self) -> str:
        """The invitation to paste into a message."""
        parts = ["Invitation", self.hosts]
        parts.append(french.sentence(", ".join(part for part in (self.when, self.where) if part)) + ".")
        if self.paragraphs:
            parts.append("\n".join(self.paragraphs))
        if self.answer:
            parts.append(self.answer)
        return "\n\n".join(part for part in parts if part != ".") + "\n"


def answer_to(commune: str, phone: str, email: str) -> str:
    """« Merci de dire si vous venez : mairie d’Essay, 02 33 00 00 00. »; empty where the town hall cannot be reached."""
    reach = " ou ".join(part for part in (phone, email) if part)
    if not reach:
        return ""
    return french.spaced(f"Merci de dire si vous venez : mairie {french.of_place(commune)}, {reach}.")
