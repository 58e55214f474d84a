"""Who answered when, by contact and by commune. Silence is not zero: where nobody answered, the number of dwellings is not known.

An answer is anything a contact said: a sighting, « rien de nouveau », a new listing. A call without an answer is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum

import pandas as pd

from analysis import french
from analysis.french import NNBSP
from analysis.model import Status

SILENT_DAYS = 8
"""Days without an answer after which a contact or a commune is silent: by then half and more of what was there is gone."""

RECENT = 3
"""Days since the last answer up to which a commune is drawn in the darker colour."""
CONTACT_COLUMNS = ["contact", "label", "last", "days", "heard", "text"]
COMMUNE_COLUMNS = ["commune", "contacts", "last", "days", "heard", "text"]


class Heard(StrEnum):
    """What is known of a contact or a commune: answered lately, silent for longer, never answered; a commune without any contact."""

    YES = "yes"
    SILENT = "silent"
    NEVER = "never"
    NOBODY = "nobody"


def by_contact(
    contacts: pd.DataFrame, answers: pd.DataFrame, today: dt.date, days: int = SILENT_DAYS
) -> pd.DataFrame:
    """The last answer of each contact, the longest silent first (never answered before all; labels break ties), columns `CONTACT_COLUMNS`.

    `contacts`: `contact`, `label`; `answers`: `contact`, `on` (day or ISO text), in any order, those after `today` left out. `last` is NaT
    and `days` NaN where there is none. Silent from `days` days on: an answer `days` days ago is too old. Raises ValueError for `days` < 1.
    """
    last = _last(answers, today, days).reindex(contacts["contact"])
    frame = pd.DataFrame({"contact": contacts["contact"].to_numpy(), "label": contacts["label"].to_numpy()})
    frame = _judged(frame.assign(last=last.to_numpy()), today, days)
    frame["order"] = frame["label"].map(french.sort_key)
    frame = frame.sort_values(["last", "order"], na_position="first", kind="stable", ignore_index=True)
    return frame[CONTACT_COLUMNS]


def by_commune(
    serves: pd.DataFrame,
    answers: pd.DataFrame,
    codes: Sequence[str],
    today: dt.date,
    days: int = SILENT_DAYS,
) -> pd.DataFrame:
    """The last answer on each commune of `codes`, in their order, columns `COMMUNE_COLUMNS`.

    `serves`: `contact`, `commune`, one row for each commune that a contact tells about (a town hall one, an agency several). A commune is
    heard when one of its contacts is. The rest as in `by_contact`.
    """
    last = _last(answers, today, days)
    pairs = serves[["contact", "commune"]].drop_duplicates()
    pairs = pairs.assign(last=last.reindex(pairs["contact"]).to_numpy())
    told = pairs.groupby("commune")["last"].max().reindex(list(codes))
    counts = pairs.groupby("commune").size().reindex(list(codes), fill_value=0)
    frame = pd.DataFrame(
        {"commune": list(codes), "contacts": counts.to_numpy(dtype=int), "last": told.to_numpy()}
    )
    frame = _judged(frame, today, days)
    nobody = frame["contacts"] == 0
    frame.loc[nobody, "heard"] = Heard.NOBODY.value
    frame.loc[nobody, "text"] = NO_CONTACT
    return frame[COMMUNE_COLUMNS]


def _last(answers: pd.DataFrame, today: dt.date, days: int) -> pd.Series[pd.Timestamp]:
    if days < 1:
        raise ValueError(f"Silence de {days} jours{NNBSP}: donner 1 jour au moins.")
    on = pd.to_datetime(answers["on"])
    told = pd.DataFrame({"contact": answers["contact"], "on": on})[on <= pd.Timestamp(today)]
    return told.groupby("contact")["on"].max()


def _judged(frame: pd.DataFrame, today: dt.date, days: int) -> pd.DataFrame:
    last = pd.to_datetime(frame["last"])
    silence = (pd.Timestamp(today) - last).dt.days
    heard = [
        Heard.NEVER.value if pd.isna(n) else Heard.SILENT.value if n >= days else Heard.YES.value
        for n in silence
    ]
    texts = [_text(n, day) for n, day in zip(silence, last, strict=True)]
    return frame.assign(last=last, days=silence.astype(float), heard=heard, text=texts)


def _text(silence: float, last: pd.Timestamp) -> str:
    if pd.isna(silence):
        return "jamais de réponse"
    if not silence:
        return "a répondu aujourd’hui"
    return f"dernière réponse il y a {french.counted(int(silence), 'jour', 'jours')} ({french.date(last.date())})"


def listings_text(count: int, heard: str, days: float) -> str:
    """What may be said of a commune where `count` listings are known: « aucun » only where somebody answered lately.

    `heard` (`Heard`) and `days` are of its row in `by_commune`. « aucune annonce signalée » when heard; else that nothing is known, with
    what was known before: never « aucun logement ».
    """
    seen = french.counted(count, "annonce connue", "annonces connues")
    since = {
        Heard.SILENT: f"sans nouvelles depuis {french.counted(int(days) if heard == Heard.SILENT else 0, 'jour', 'jours')}",
        Heard.NEVER: "sans nouvelles",
        Heard.NOBODY: NO_CONTACT,
    }
    if heard == Heard.YES:
        return seen if count else "aucune annonce signalée"
    silence = since[Heard(heard)]
    return f"{seen}, {silence}" if count else f"on ne sait pas{NNBSP}: {silence}"


def coverage_classes(communes: pd.DataFrame) -> dict[str, int | Status]:
    """How a map paints each commune of `by_commune`: 0 heard `RECENT` days ago at most, 1 heard before that and not silent yet; hidden
    (hatched) where it is silent or never answered: nothing is known; missing where it has no contact.
    """
    classes: dict[str, int | Status] = {}
    for row in communes.to_dict("records"):
        code = str(row["commune"])
        if row["heard"] == Heard.YES:
            classes[code] = 0 if row["days"] <= RECENT else 1
        else:
            classes[code] = Status.MISSING if row["heard"] == Heard.NOBODY else Status.SUPPRESSED
    return classes


def class_labels(days: int) -> tuple[str, str]:
    """The words of the two classes of `coverage_classes`, silent from `days` days on."""
    return (
        f"depuis {french.counted(RECENT, 'jour', 'jours')} au plus",
        f"depuis moins de {french.counted(days, 'jour', 'jours')}",
    )


NO_NEWS = french.spaced("sans nouvelles : on ne sait pas")
NO_CONTACT = "aucun correspondant"


def coverage_sentence(communes: pd.DataFrame, names: Mapping[str, str], days: int = SILENT_DAYS) -> str:
    """« 14 communes sur 20 ont donné des nouvelles depuis moins de 8 jours ; on ne sait rien de … » from `by_commune`; `names` by code."""
    heard = communes["heard"] == Heard.YES.value
    text = (
        f"{french.counted(int(heard.sum()), 'commune', 'communes')} sur {french.number(len(communes))} "
        f"{'a' if heard.sum() < 2 else 'ont'} donné des nouvelles depuis moins de {french.counted(days, 'jour', 'jours')}"
    )
    silent = sorted((names[code] for code in communes.loc[~heard, "commune"]), key=french.sort_key)
    if not silent:
        return f"{text}."
    return (
        f"{text}{NNBSP}; on ne sait rien de récent {french.join(french.of_place(name) for name in silent)}."
    )
