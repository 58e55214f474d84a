"""The network in words: what its page and the views of a séance both say of members, actors and events that an audience may see.

Nothing is counted for others here: frames and tallies come in as `analysis.community`, `analysis.proximity` and `analysis.presence` give
them for one audience.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis import french, palette
from analysis.community import Tally, sees_all
from analysis.french import NBSP, NNBSP
from analysis.model import Audience, Status
from analysis.presence import Timeline
from analysis.vocabulary import CONTACT_KINDS

GROWTH_BY = {"annee": "par année", "commune": "par commune", "metier": "par métier"}
"""How the growth may be counted: id in the address → words."""
RADII = {"0": "dans la même commune", **{km: f"à {km}{NBSP}km ou moins" for km in ("5", "10", "20")}}
"""How near two members may have to be: kilometres in the address → words."""

PRESENTED = (("join", "Comment le rejoindre"), ("ask", "À qui s'adresser"))
"""What the territory's file says of the network beside what it is: field → title."""


def members(audience: Audience) -> str:
    """What counted people are called: « membres » when all are counted, « membres publics » when only those who consented are."""
    return "membres" if sees_all(audience) else "membres publics"


def counting(audience: Audience, consenting: int) -> str:
    """Which members a figure counts. `consenting`: the members present who agreed to be in the directory."""
    if sees_all(audience):
        return "Tous les membres sont comptés."
    return french.spaced(
        f"Pour {audience.label}, seuls comptent les membres qui ont accepté de paraître dans l'annuaire "
        f"({french.quantity(consenting, 'présents')} aujourd'hui) ; les autres ne figurent que dans les effectifs du territoire, "
        "à la section Croissance."
    )


def nobody_sentence(audience: Audience) -> str:
    """Why there is nobody whom `audience` may see one by one."""
    return (
        "Aucun membre n'est présent."
        if sees_all(audience)
        else "Aucun membre présent n'a accepté de paraître."
    )


# -- over time -------------------------------------------------------------------------------------------------


def spread_sentence(counts: pd.DataFrame, noun: str, who: str = "membres") -> str:
    """How many communes or trades have members now, which lead, and how many had some ten years before.

    `counts`: one row a date, one column a name; `noun` names the columns in the plural, `who` the counted people.
    """
    now = counts.iloc[-1]
    day = counts.index[-1]
    there = int((now > 0).sum())
    if not there:
        return f"Aucun {french.singular(who)} présent au {french.date(day)}."
    leading = sorted(now.items(), key=lambda pair: (-int(pair[1]), french.sort_key(str(pair[0]))))[:2]
    names = french.join([f"{name} ({french.number(int(n))})" for name, n in leading if n])
    text = f"{french.quantity(int(now.sum()), f'{who} présents')} dans {french.quantity(there, noun)} ; en tête : {names}."
    if len(counts) > 10:
        before = counts.iloc[-11]
        places = french.quantity(int((before > 0).sum()), noun)
        text += f" En {counts.index[-11].year}, ils étaient {french.number(int(before.sum()))} dans {places}."
    return french.spaced(text)


def ordered(counts: pd.DataFrame, names: Mapping[str, str] | None) -> pd.DataFrame:
    """The columns of `counts` in the order of a reader: communes (`names`: code → name) by name, trades the most frequent first."""
    if names is not None:
        order = sorted(counts.columns, key=lambda code: french.sort_key(names[code]))
        return counts[order].rename(columns=dict(names))
    return counts[
        sorted(counts.columns, key=lambda name: (-int(counts[name].iloc[-1]), french.sort_key(name)))
    ]


@dataclass(frozen=True)
class Past:
    """Whether members live, or have lived, in a commune: the colour on the map, the words of its key, the word of the table."""

    color: str
    legend: str
    word: str


# Told apart in grey too: colour, words of the legend, word of the table.
PASTS = (
    Past(palette.NEVER_HERE, "aucun {} jusqu'ici", "jamais"),
    Past(palette.ONCE_HERE, "un {} y a vécu", "auparavant"),
    Past(palette.STILL_HERE, "{} présent", "présent"),
)
"""By rank: nobody until now, once, now. `legend` is completed with what one counted person is called."""


def past_rank(count: int, ever: bool) -> int:
    """The rank in `PASTS` of a commune with `count` members, where one has `ever` lived."""
    return 2 if count else 1 if ever else 0


def step_sentence(timeline: Timeline, at: int, who: str = "membres") -> str:
    """« En mai 2011 : 14 membres présents dans 9 communes, 3 de plus qu'un an avant »."""
    counts = timeline.counts.iloc[at]
    day: dt.date = timeline.counts.index[at]
    total, places = int(counts.sum()), int((counts > 0).sum())
    when = french.sentence(f"en {french.period(f'{day:%Y-%m}')}")
    if not total:
        gone = timeline.ever.iloc[at].any()
        return f"{when}{NNBSP}: {f'plus aucun {french.singular(who)} présent' if gone else f'aucun {french.singular(who)} encore'}."
    text = f"{when}{NNBSP}: {french.quantity(total, f'{who} présents')} dans {french.quantity(places, 'communes')}"
    if at < 12:
        return f"{text}."
    change = total - int(timeline.counts.iloc[at - 12].sum())
    if change:
        return f"{text}, {french.number(abs(change))} de {'plus' if change > 0 else 'moins'} qu'un an avant."
    return f"{text}, comme un an avant."


# -- who is there ----------------------------------------------------------------------------------------------


def directory_sentence(public: pd.DataFrame) -> str:
    """How many members are in the directory (rows of `analysis.community.directory`), in how many trades, and how many train."""
    training, trades = int(public["trains"].sum()), public["trade"].nunique()
    return french.spaced(
        f"{french.quantity(len(public), 'membres')} {french.plural(len(public), 'figure', 'figurent')} à l'annuaire, dans "
        f"{french.quantity(trades, 'métiers')} ; {french.number(training)} {french.plural(training, 'forme', 'forment')} les autres."
    )


def near_sentence(found: pd.DataFrame, where: str, who: str, *, declared: bool = True) -> str:
    """How many pairs of complementary trades are near (`analysis.proximity.near_pairs`). `where`: of `RADII`; `who`: the counted people;
    `declared`: whether the territory has a table of such trades.
    """
    if not declared:
        return "Ce territoire n'a pas de table des métiers complémentaires."
    if found.empty:
        return "Aucun des métiers présents n'en complète un autre dans la table des métiers complémentaires."
    near = int(found["count"].sum())
    if not near:
        return f"Aucun membre n'a {where} un membre d'un métier complémentaire."
    best = found.iloc[0]
    return french.spaced(
        f"{french.quantity(near, 'paires')} de {who} de métiers complémentaires {where} ; "
        f"en tête : {best['first']} et {best['second']} ({french.number(int(best['count']))})."
    )


def isolation_sentence(found: pd.DataFrame, names: Mapping[str, str], who: str) -> str:
    """How many have another one in their commune, how far the most isolated is, how far half of them are from a telecentre.

    `found`: rows of `analysis.proximity.isolation`; `names`: commune → name; `who`: the counted people, in the plural.
    """
    one = french.singular(who)
    together = int((found["km"] == 0).sum())
    text = (
        f"{french.number(together)} {who if together > 1 else one} sur {french.number(len(found))} "
        f"{french.plural(together, 'a', 'ont')} un autre {one} dans leur commune"
    )
    far = found[found["km"] > 0]
    if len(far):
        alone = far.iloc[0]
        text += f" ; le plus isolé, {french.at_place(names[alone['commune']])}, est à {distance(alone['km'])} du plus proche"
    if found["telecentre_km"].notna().any():
        half = float(found["telecentre_km"].median())
        text += f" ; un membre sur deux est à {distance(half) if half else '0 km'} ou plus d'un télécentre"
    return french.spaced(f"{text}.")


def apart(one: str, other: str, km: float) -> str:
    """« Essay et Boitron, 6,2 km »; « Essay, même commune »."""
    if km == 0:
        return f"{one}, même commune"
    return f"{one} et {other}, {distance(km)}"


def distance(km: float) -> str:
    """« 6,2 km », « même commune » at 0, « – » where there is none."""
    if pd.isna(km):
        return french.DASH
    return "même commune" if km == 0 else f"{french.number(km, 1)}{NBSP}km"


# -- around the members ----------------------------------------------------------------------------------------


def contacts_sentence(tally: Tally) -> str:
    """« 26 acteurs : 20 mairies, 3 notaires et 3 agences immobilières. »"""
    counted = [
        french.quantity(row.value, CONTACT_KINDS[row.kind].plural)
        for row in tally.table.rename(columns={"count": "value"}).itertuples()
        if row.status == Status.OBSERVED and row.value
    ]
    named = french.join(counted)
    if tally.total is None:
        return french.spaced(
            f"{named or 'Aucune mairie'} ; les autres acteurs sont trop peu nombreux pour être comptés ici."
        )
    total = french.quantity(tally.total, "acteurs")
    if not tally.partial:
        return french.spaced(f"{total} : {named}.")
    return french.spaced(
        f"{total}{f', dont {named}' if named else ''} ; le détail des autres est trop petit pour être montré."
    )


def contact_name(
    label: str,
    person: str,
    commune: str,
    audience: Audience,
    known: Mapping[str, str],
    communes: Mapping[str, str],
) -> str:
    """What a contact is called: its label to coordinators, its own name when it agreed (`known`: person → name), the institution
    otherwise. `communes`: code → name.
    """
    if sees_all(audience):
        return label
    if person in known:
        return known[person]
    return f"Mairie {french.of_place(communes[commune])}" if commune in communes else "Mairie"


def events_sentence(tally: Tally, budget: int | None = None) -> str:
    """« 132 événements et 520 heures données depuis 2005, pour un budget de 0 € ; 24 emplois déclarés. » `budget`: euros a year."""
    hours, jobs = float(tally.table["hours"].sum()), int(tally.table["jobs"].sum())
    count = tally.total if tally.total is not None else float(tally.known)
    low = "au moins " if tally.partial else ""
    since = f" depuis {pd.Timestamp(tally.listed['on'].min()).year}" if len(tally.listed) else ""
    head = "" if tally.total is not None else "au moins "
    spent = ""
    if budget is not None:
        spent = f", pour un budget de {french.quantity(budget, '€')}" + (" par an" if budget else "")
    return french.spaced(
        french.sentence(
            f"{head}{french.quantity(count, 'événements')} et {low}{french.quantity(hours, 'heures données')}{since}{spent} ; "
            f"{low}{french.quantity(jobs, 'emplois déclarés')}."
        )
    )


def counts_texts(tally: Tally) -> list[str]:
    """The count of each kind, in words where it may not be shown."""
    return [
        french.cell(n, Status(status))
        for n, status in zip(tally.table["count"], tally.table["status"], strict=True)
    ]


def total_text(tally: Tally) -> str:
    """All kinds together, in words where that may not be shown."""
    return french.number(tally.total) if tally.total is not None else french.status_text(Status.SUPPRESSED)


def at_least(value: float, unit: str, low: bool) -> str:
    """« 12 heures », « au moins 12 heures », « – » for nothing."""
    if not value:
        return french.status_text(Status.SUPPRESSED) if low else french.DASH
    text = french.quantity(value, unit, int(value % 1 > 0))
    return f"au moins {text}" if low else text
