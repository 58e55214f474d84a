"""Rules on what is typed: texts, addresses, days, numbers. Each gives the value to keep or raises RegisterError."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence

from analysis.french import spaced
from data.register.errors import RegisterError

EARLIEST = dt.date(1900, 1, 1)
AHEAD = dt.timedelta(days=366)  # how far a known departure or an event may lie ahead
_EMAIL = re.compile(r"[^\s@<>\"',;:()]+@[^\s@<>\"',;:()]+\.[^\s@<>\"',;:()]{2,}")
_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)?")


def day_text(day: dt.date) -> str:
    """« 12/05/2026 »."""
    return f"{day:%d/%m/%Y}"


def text(value: str | None, field: str, *, most: int = 200, needed: str = "") -> str | None:
    """A line of text without control characters, None when empty; `needed` is the message when it may not be."""
    kept = "".join(" " if c.isspace() else c for c in value or "" if c.isspace() or c.isprintable())
    kept = re.sub(r" {2,}", " ", kept).strip()
    if not kept:
        if needed:
            raise RegisterError(needed, field=field, value=value)
        return None
    if len(kept) > most:
        raise RegisterError(
            f"Ce texte a {len(kept)} caractères, {most} au plus sont gardés.",
            field=field,
            value=kept[:60],
            advice="Raccourcissez-le.",
        )
    return kept


def email(value: str | None) -> str | None:
    """An e-mail address, None when empty."""
    kept = text(value, "email")
    if kept is not None and not _EMAIL.fullmatch(kept):
        raise RegisterError(
            f"« {kept[:60]} » n'est pas une adresse électronique.",
            field="email",
            value=kept,
            advice="Exemple : prenom.nom@exemple.fr",
        )
    return kept


_PHONE = r"\(?\+?[\d\s.()/-]+"


def phone(value: str | None) -> str | None:
    """A telephone number as typed, None when empty; refused unless it has 8 to 15 digits."""
    kept = text(value, "phone", most=40)
    if kept is None:
        return None
    digits = re.sub(r"\D", "", kept)
    if not re.fullmatch(_PHONE, kept) or not 8 <= len(digits) <= 15:
        raise RegisterError(
            f"« {kept[:40]} » n'est pas un numéro de téléphone.",
            field="phone",
            value=kept,
            advice="Exemple : 02 33 00 00 00 ou +33 6 00 00 00 00",
        )
    return kept


def website(value: str | None) -> str | None:
    """An http or https address, None when empty; « https:// » is added where no scheme was typed.

    Raises RegisterError for anything that `is_website` does not believe.
    """
    kept = text(value, "website")
    if any(unicodedata.category(c) == "Cf" for c in value or ""):
        # Taking the signs out would keep another address than the one that was shown.
        raise RegisterError(
            "Cette adresse de site contient des signes invisibles, qui la font lire autrement qu'elle ne mène.",
            field="website",
            value=kept,
            advice="Tapez-la au clavier, par exemple : https://exemple.fr",
        )
    if kept is None:
        return None
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", kept):
        kept = f"https://{kept}"
    if not is_website(kept):
        raise RegisterError(
            f"« {kept[:60]} » n'est pas l'adresse d'un site.",
            field="website",
            value=kept,
            advice="Exemple : https://exemple.fr",
        )
    return kept


def is_website(address: str) -> bool:
    """Whether an http or https address leads where a reader believes it leads.

    No user part (https://www.exemple.fr@ailleurs.fr leads to ailleurs.fr), no backslash (browsers read it as a slash), no blank, no
    sign that is invisible or turns the direction of writing round.
    """
    if not re.fullmatch(
        r"https?://[^\s/?#@\\<>\"']+\.[^\s/?#@\\<>\"']{2,}([/?#][^\s\\<>\"']*)?", address, re.IGNORECASE
    ):
        return False
    return all(c.isprintable() for c in address)


def words(value: str | Iterable[str] | None, field: str) -> list[str]:
    """Separate words or expressions, « traduction, relecture » or a list; no repetition, order kept."""
    parts: Sequence[str | None] = re.split(r"[,;\n]", value) if isinstance(value, str) else list(value or ())
    kept = [part for part in (text(part, field, most=60) for part in parts) if part]
    return list(dict.fromkeys(kept))


def past_day(value: dt.date | None, field: str, today: dt.date, what: str, advice: str = "") -> dt.date:
    """A day that has come. Raises RegisterError when it is missing, in the future or before 1900."""
    day = _day(value, field, what)
    if day > today:
        raise RegisterError(
            f"{what} : le {day_text(day)} est dans le futur (nous sommes le {day_text(today)}).",
            field=field,
            value=day_text(day),
            advice=advice or "Corrigez la date, ou revenez ce jour-là.",
        )
    return day


def near_day(value: dt.date | None, field: str, today: dt.date, what: str) -> tuple[dt.date, str]:
    """A day that has come or that is planned within a year, and the warning that goes with the latter (or empty)."""
    day = _day(value, field, what)
    if day > today + AHEAD:
        raise RegisterError(
            f"{what} : le {day_text(day)} est à plus d'un an.",
            field=field,
            value=day_text(day),
            advice="Vérifiez l'année.",
        )
    warning = f"{what} : le {day_text(day)} est à venir ; d'ici là, rien ne change dans les comptes."
    return day, spaced(warning) if day > today else ""


def _day(value: dt.date | None, field: str, what: str) -> dt.date:
    if value is None:
        raise RegisterError(f"{what} : la date manque.", field=field, advice="Choisissez-la.")
    day = value.date() if isinstance(value, dt.datetime) else value
    if day < EARLIEST:
        raise RegisterError(
            f"{what} : {day.year} est trop ancien.",
            field=field,
            value=day_text(day),
            advice="Vérifiez l'année.",
        )
    return day


def number(value: str, field: str) -> float:
    """« 1 234,5 » → 1234.5. A point before exactly three digits is refused: it could mean thousands.

    Raises RegisterError for anything but one finite number below a billion.
    """
    compact = re.sub(r"[\s\u00a0\u202f]", "", value or "")
    spaces_ok = re.fullmatch(
        r"[-−]?\d{1,3}(?:[\s\u00a0\u202f]\d{3})*(?:[.,]\d+)?|[-−]?\d+(?:[.,]\d+)?", (value or "").strip()
    )
    if not _NUMBER.fullmatch(compact) or not spaces_ok or (not compact.isascii() and "−" not in compact):
        raise RegisterError(
            f"« {(value or '')[:40]} » n'est pas un nombre.",
            field=field,
            value=value,
            advice="Écrivez par exemple 1 234,5 ; pour un chiffre secret ou non publié, choisissez-le au-dessus.",
        )
    if re.search(r"\.\d{3}$", compact):
        raise RegisterError(
            f"« {value} » peut vouloir dire deux choses (milliers ou décimales).",
            field=field,
            value=value,
            advice="Écrivez une virgule pour les décimales, une espace pour les milliers.",
        )
    found = float(compact.replace("−", "-").replace(",", "."))
    if abs(found) >= 1e9:
        raise RegisterError(f"« {value} » est trop grand.", field=field, value=value, advice="Vérifiez-le.")
    return found


# -- two writings of one person -------------------------------------------------------------------------------


def name_key(name: str | None) -> str:
    """A name without accents, case, punctuation or order: « DUPONT Marie » and « Marie Dupont » have one key."""
    folded = (name or "").casefold().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join(sorted(re.findall(r"\w+", plain)))


def email_key(address: str | None) -> str:
    """An address without case."""
    return (address or "").strip().casefold()


def phone_key(number_: str | None) -> str:
    """The digits of a number, a French one in its national form: « +33 (0)6 … » and « 06 … » have one key."""
    digits = re.sub(r"[^\d+]", "", number_ or "")
    national = re.sub(r"^(?:\+33|0033)0?", "0", digits)
    return national.lstrip("+")


def dialled(number_: str) -> str:
    """What a telephone dials for a number in any French spelling, empty for what is none: « +33 (0)6 12… » and « 06.12… » are « 0612… »,
    one of another country keeps its « + ».
    """
    if not re.fullmatch(_PHONE, number_.strip()):
        return ""
    key = phone_key(number_)
    if not 8 <= len(key) <= 15:
        return ""
    return key if key.startswith("0") or "+" not in number_ else f"+{key}"
