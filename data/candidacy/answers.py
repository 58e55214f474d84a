"""What a candidate is asked, in four short steps, and what is wrong with an answer, said where it was typed.

Answers are kept as they were typed, right or wrong: nothing that somebody wrote on a phone is lost because a date was mistyped. They are
checked when a step is left and once more, whole, when the candidacy is sent.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.french import spaced
from analysis.vocabulary import DWELLING_KINDS, TENURES, YES_NO
from data.candidacy.errors import AnswersRefused, Problem
from data.register import RegisterError, checks
from data.territory import Territory

LONGEST_TEXT, LONGEST_LINE = 4000, 200
FARTHEST: Final = dt.timedelta(days=3 * 366)
"""How far ahead an arrival may lie: a wish for later is a wish to be called again later."""

OLDEST_CHILD: Final = dt.timedelta(days=26 * 366)
"""Who is older counts among the adults."""

INCOMES: Final[Mapping[str, str]] = {
    "yes": "Oui, entièrement",
    "partly": "En partie",
    "not_yet": "Pas encore",
}
AGREEMENTS: Final[Mapping[str, str]] = {
    "alone": "Je viens seul·e",
    "agreed": "Oui, nous en avons parlé et nous sommes d’accord",
    "talking": "Nous en parlons encore",
}


@dataclass(frozen=True)
class Question:
    """One field. `kind`: line, long, choice, day, days (several), whole, email, tel or tick; `options`: code → words of a choice.

    `needed`: what is said when there is no answer, empty where none is asked for; `fill`: the browser's own word for what it may fill in;
    `empty`: the words of no choice, where one may be left out.
    """

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    needed: str = ""
    most: int = LONGEST_LINE
    options: Mapping[str, str] | None = None
    fill: str = "off"
    empty: str = "Sans préférence"


@dataclass(frozen=True)
class Step:
    """One screen of the form."""

    number: int
    title: str
    questions: tuple[Question, ...]


CONSENT: Final = (
    "J’accepte que les animateurs du réseau lisent ce dossier, le gardent et m’en parlent. "
    "Je peux le suivre, le retirer ou le faire effacer à tout moment par mon lien de suivi."
)

STEPS: Final = (
    Step(
        1,
        "Votre projet",
        (
            Question(
                "project", "Votre projet, en quelques phrases", "long",
                hint="Ce que vous voulez faire ici, et pourquoi ici.",
                needed="Dites en quelques mots ce que vous voulez faire : c’est ce qui sera lu en premier.",
                most=LONGEST_TEXT,
            ),
            Question(
                "arrival_from", "Arrivée souhaitée, au plus tôt (facultatif)", "day", hint="Par exemple 01/09/2027."
            ),
            Question("arrival_until", "Arrivée souhaitée, au plus tard (facultatif)", "day"),
        ),
    ),
    Step(
        2,
        "Votre métier et vos clients",
        (
            Question(
                "trade", "Votre métier", hint="Par exemple : traduction, développement web, graphisme.",
                needed="Écrivez votre métier, en un ou deux mots.", most=64,
            ),
            Question(
                "clients", "Vos clients", "long",
                hint="Où sont-ils ? Comment travaillez-vous avec eux à distance ? Aucun nom n’est demandé.",
                needed="Dites où sont vos clients : le réseau accueille des métiers qui s’exercent à distance.",
                most=2000,
            ),
            Question(
                "income", "Votre activité vous fait-elle vivre aujourd’hui ?", "choice", options=INCOMES,
                needed="Choisissez une réponse ; aucune n’écarte un dossier à elle seule.",
            ),
        ),
    ),
    Step(
        3,
        "Votre foyer et vos souhaits",
        (
            Question("adults", "Adultes dans le foyer, vous compris", "whole", needed="Écrivez un nombre, au moins 1."),
            Question(
                "births", "Date de naissance de chaque enfant (facultatif)", "days",
                hint="Pour l’école et la garde, séparées par des virgules : 14/03/2019, 02/11/2022.",
            ),
            Question(
                "agreement", "Votre foyer est-il d’accord ?", "choice", options=AGREEMENTS, needed="Choisissez une réponse."
            ),
            Question("commune", "Commune souhaitée", "choice", hint="Vous pourrez changer d’avis."),
            Question("tenure", "Vous cherchez un logement…", "choice", options=TENURES),
            Question("kind", "De quelle sorte ?", "choice", options=DWELLING_KINDS),
            Question("rooms", "Nombre de pièces, au moins (facultatif)", "whole"),
            Question("office", "Faut-il une pièce pour travailler ?", "choice", options=YES_NO, empty="Je ne sais pas encore"),
            Question("car", "Avez-vous une voiture ?", "choice", options=YES_NO, empty="Je ne sais pas encore"),
            Question("wishes", "Autre chose à savoir (facultatif)", "long", most=600),
        ),
    ),
    Step(
        4,
        "Vos coordonnées et votre accord",
        (
            Question(
                "name", "Prénom et nom", needed="Écrivez votre prénom et votre nom : c’est une rencontre qui suivra.",
                fill="name",
            ),
            Question("email", "Adresse électronique", "email", fill="email"),
            Question(
                "phone", "Téléphone", "tel", fill="tel", most=40,
                hint="L’une des deux suffit : il faut pouvoir vous répondre.",
            ),
            Question(
                "consent", CONSENT, "tick", needed="Sans votre accord, personne ne peut lire ce dossier : cochez la case."
            ),
        ),
    ),
)  # fmt: skip
"""The form. A new question is one line here; the page draws it and the check of its kind holds."""

LAST: Final = len(STEPS)
NAMES: Final = tuple(question.name for step in STEPS for question in step.questions)
_MOST: Final = {question.name: question.most for step in STEPS for question in step.questions}


def as_typed(typed: Mapping[str, str], step: int) -> dict[str, str]:
    """What was typed in one step, cut at twice the length that is taken: a robot's novel fills no disk, an answer too long is not lost."""
    return {
        question.name: typed.get(question.name, "").replace("\r\n", "\n").replace("\0", "")[: 2 * _MOST[question.name]]
        for question in STEPS[step - 1].questions
    }  # fmt: skip


def check_step(step: int, answers: Mapping[str, str], territory: Territory, today: dt.date) -> dict[str, Any]:
    """The answers of one step as values, None where there is none. Raises AnswersRefused with everything that is wrong.

    Days are `datetime.date` (several: a tuple), whole numbers `int`, ticks `bool`, everything else text; a choice is its code.
    """
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for question in STEPS[step - 1].questions:
        options = territory.name_of if question.name == "commune" else question.options
        try:
            found[question.name] = _value(question, answers.get(question.name, ""), options)
        except RegisterError as error:
            problems.append(Problem(question.name, str(error)))
        else:
            if found[question.name] in (None, False) and question.needed:
                problems.append(Problem(question.name, spaced(question.needed)))
    for check in _TOGETHER.get(step, ()):
        problems += check(found, today)
    if problems:
        raise AnswersRefused(problems)
    return found


def check_all(answers: Mapping[str, str], territory: Territory, today: dt.date) -> dict[str, Any]:
    """The answers of all steps as values. Raises AnswersRefused."""
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for step in STEPS:
        try:
            found |= check_step(step.number, answers, territory, today)
        except AnswersRefused as error:
            problems += error.problems
    if problems:
        raise AnswersRefused(problems)
    return found


def step_of(field: str) -> int:
    """The step in which an answer is given."""
    return next(step.number for step in STEPS if any(q.name == field for q in step.questions))


# -- one answer ------------------------------------------------------------------------------------------------


def _value(question: Question, typed: str, options: Mapping[str, str] | None) -> Any:
    match question.kind:
        case "long":
            return _long(typed, question)
        case "choice":
            return _choice(typed, question, options or {})
        case "day":
            return day(typed, question.name)
        case "days":
            return _births(typed)
        case "whole":
            return _whole(typed, question.name)
        case "email":
            return email(typed)
        case "tel":
            return phone(typed)
        case "tick":
            return typed == "yes"
    return checks.text(typed, question.name, most=question.most)


def _long(typed: str, question: Question) -> str | None:
    """Several lines of text, without control characters."""
    lines = (checks.text(line, question.name, most=2 * question.most) or "" for line in typed.splitlines())
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(kept) > question.most:
        raise RegisterError(
            f"Ce texte a {len(kept)} caractères, {question.most} au plus sont lus : raccourcissez-le.",
            field=question.name,
        )
    return kept or None


def _choice(typed: str, question: Question, options: Mapping[str, str]) -> str | None:
    if typed and typed not in options:
        raise RegisterError("Choisissez une réponse de la liste.", field=question.name, value=typed[:40])
    return typed or None


def _whole(typed: str, field: str) -> int | None:
    kept = typed.strip()
    if not kept:
        return None
    low = 1 if field in ("adults", "rooms") else 0
    if not re.fullmatch(r"[0-9]{1,2}", kept) or not low <= int(kept) <= 20:
        raise RegisterError(
            f"« {kept[:20]} » ne se lit pas : écrivez un nombre de {low} à 20, en chiffres.", field=field
        )
    return int(kept)


def _births(typed: str) -> tuple[dt.date, ...] | None:
    """The days in a list, between commas, semicolons, « et » or on lines of their own; None when there is none."""
    parts = [part for part in re.split(r"[,;\n]|\bet\b", typed) if part.strip()]
    if len(parts) > 12:
        raise RegisterError(f"{len(parts)} dates : 12 au plus.", field="births")
    return tuple(found for part in parts if (found := day(part, "births")) is not None) or None


_MONTHS: Final = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip


def day(typed: str, field: str) -> dt.date | None:
    """A day in any French spelling (01/09/2027, 1.9.27, 1er septembre 2027, 2027-09-01), None when empty. Raises RegisterError.

    The day comes before the month, always; a year of two digits is of this century.
    """
    plain = _plain(typed)
    if not plain:
        return None
    said = f"« {typed.strip()[:30]} »"
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", plain):
        year, month, number = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})", plain):
        number, month, year = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(?:le )?(\d{1,2})(?:er)? ([a-z]{3,9})\.? (\d{4})", plain):
        named = [place for place, name in enumerate(_MONTHS, 1) if name.startswith(found[2])]
        if len(named) != 1:
            raise RegisterError(
                f"{said} : « {found[2]} » n’est pas un mois. Écrivez par exemple 01/09/2027.", field=field
            )
        number, month, year = int(found[1]), named[0], int(found[3])
    else:
        raise RegisterError(
            f"{said} n’est pas une date qui se lit. Écrivez le jour, le mois et l’année, par exemple 01/09/2027.",
            field=field,
        )
    try:
        return dt.date(year + 2000 if year < 100 else year, month, number)
    except ValueError:
        raise RegisterError(
            f"{said} : ce jour n’existe pas. Le jour vient avant le mois, par exemple 01/09/2027.",
            field=field,
        ) from None


def _plain(text: str) -> str:
    """Small letters without accents, single blanks."""
    folded = unicodedata.normalize("NFKD", text.strip().casefold())
    return re.sub(r"\s+", " ", "".join(c for c in folded if not unicodedata.combining(c)))


def email(typed: str) -> str | None:
    """An e-mail address, None when empty. Raises RegisterError with what is probably wrong and, where it can be told, the address meant."""
    kept = re.sub(r"^mailto:", "", typed.strip(), flags=re.IGNORECASE)
    if not kept:
        return None
    said = f"« {kept[:60]} »"
    meant = re.sub(r"\s*(?:\(at\)|\[at\]|\(arobase\)|\barobase\b|\(a\))\s*", "@", kept, flags=re.IGNORECASE)
    meant = re.sub(r"\s+(?:point|dot)\s+|\s*\((?:point|dot)\)\s*", ".", meant, flags=re.IGNORECASE)
    meant = re.sub(r"\s+", "", meant).replace(",", ".").rstrip(".;")
    if kept.count("@") == 0 and meant.count("@") == 0:
        why = "il manque l’arobase (@)"
    elif meant.count("@") > 1:
        why = "il y a plusieurs arobases (@)"
    elif not meant.isascii():
        why = "une adresse n’a ni accent ni cédille"
    elif ".." in meant or meant.startswith(".") or ".@" in meant or "@." in meant:
        why = "un point est de trop"
    elif "." not in meant.partition("@")[2]:
        why = "il manque la fin, par exemple .fr ou .com"
    else:
        why = ""
    if why:
        raise RegisterError(
            f"{said} n’est pas une adresse électronique : {why}. Exemple : prenom.nom@exemple.fr",
            field="email",
        )
    if meant != kept:
        try:
            checks.email(meant)
        except RegisterError:
            pass
        else:
            raise RegisterError(
                f"{said} n’est pas une adresse électronique. Est-ce {meant} ? Écrivez-la ainsi.",
                field="email",
            )
    return checks.email(kept)


def phone(typed: str) -> str | None:
    """A telephone number as typed, None when empty. Raises RegisterError; the digits of a French one are counted, however it is written."""
    kept = typed.strip()
    if re.search(r"[oO]", kept) and re.fullmatch(r"[\doO\s+().-]+", kept):
        raise RegisterError(
            f"« {kept[:40]} » contient la lettre O : écrivez le chiffre 0.", field="phone", value=kept
        )
    # A blank that is no blank, a dash that is no dash: what a phone's keyboard or a paste puts between digits.
    kept = re.sub(r"[\u2010-\u2015\u2212]", "-", kept)
    kept = re.sub(r"^(?:t[eé]l\.?|t[eé]l[eé]phone)\s*:?\s*", "", kept, flags=re.IGNORECASE)
    found = checks.phone(kept)
    if found is None:
        return None
    digits = checks.phone_key(found)
    if digits.startswith("0") and not digits.startswith("00") and len(digits) != 10:
        many = "il en manque" if len(digits) < 10 else "il y en a trop"
        raise RegisterError(
            f"« {found} » a {len(digits)} chiffres : un numéro français en a 10, {many}. Exemple : 06 00 00 00 00",
            field="phone",
            value=found,
        )
    if re.match(r"[1-9]", digits) and len(digits) == 9 and not found.startswith("+"):
        raise RegisterError(
            f"« {found} » a 9 chiffres : il manque sans doute le 0 du début.", field="phone", value=found
        )
    return found


# -- answers that must go together -------------------------------------------------------------------------------


def _arrival(found: Mapping[str, Any], today: dt.date) -> list[Problem]:
    first, last = found.get("arrival_from"), found.get("arrival_until")
    wrong = []
    for field, value in (("arrival_from", first), ("arrival_until", last)):
        if value is None:
            continue
        if value < today:
            wrong.append(
                Problem(field, f"Le {checks.day_text(value)} est passé : nous sommes le {checks.day_text(today)}.")
            )  # fmt: skip
        elif value > today + FARTHEST:
            wrong.append(
                Problem(field, f"Le {checks.day_text(value)} est dans plus de trois ans : vérifiez l’année.")
            )
    if first is not None and last is not None and first > last and not wrong:
        message = (
            f"Au plus tôt le {checks.day_text(first)} et au plus tard le {checks.day_text(last)} : "
            "la première date doit précéder la seconde."
        )
        wrong.append(Problem("arrival_until", message))
    return [Problem(each.field, spaced(each.message)) for each in wrong]


def _reachable(found: Mapping[str, Any], today: dt.date) -> list[Problem]:
    # Absent from `found`: it was refused for another reason, said already.
    if found.get("email", "") is None and found.get("phone", "") is None:
        message = "Écrivez une adresse électronique ou un téléphone : il faut pouvoir vous répondre."
        return [Problem("email", message)]
    return []


def _household(found: Mapping[str, Any], today: dt.date) -> list[Problem]:
    for birth in found.get("births") or ():
        if not today - OLDEST_CHILD <= birth <= today + dt.timedelta(days=300):
            message = f"Le {checks.day_text(birth)} n’est pas la date de naissance d’un enfant du foyer : vérifiez l’année."
            return [Problem("births", spaced(message))]
    if found.get("agreement") == "alone" and (found.get("adults") or 1) > 1:
        message = (
            "Vous venez seul·e, et le foyer compte plusieurs adultes : corrigez l’une des deux réponses."
        )
        return [Problem("agreement", spaced(message))]
    return []


_Check = Callable[[Mapping[str, Any], dt.date], list[Problem]]
_TOGETHER: Final[Mapping[int, tuple[_Check, ...]]] = {1: (_arrival,), 3: (_household,), 4: (_reachable,)}
