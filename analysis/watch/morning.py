"""The watch on one morning, put together from the register's frames: lives by tenure, what is still there, windows, contacts to call.

Frames are those of `data.network`. Dwellings to rent and for sale live by different clocks (days and weeks), so their lives are never
estimated together. The plan of calls ranks on what was answered until the day before: what is told during a call resolves its doubts,
and the line stays in place until the call is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis import french
from analysis.hours import OpeningLike
from analysis.listing import details_text, dwelling_text, terms_text
from analysis.same import once_for_the_same
from analysis.vocabulary import (
    APPLICATION_ENDS,
    APPLICATION_STEPS,
    CALL_ANSWERED,
    SIGHTING_ANSWERS,
    TENURES,
    TOWN_HALL,
)
from analysis.watch.calls import Contact, Doubt, Household, signal_rates
from analysis.watch.life import Lives, coded, estimates, lives_of, still_there
from analysis.watch.matching import energy_ban
from analysis.watch.window import SearchWindow, WindowState, search_window, window_text

CORRESPONDENTS = ("mairie", "notary", "agency")
"""The kinds of contact that the watch calls; another one is called once it signalled a listing."""
HOUSED = frozenset(list(APPLICATION_STEPS)[list(APPLICATION_STEPS).index("housed") :])
"""The steps of a file from which a dwelling is found."""
FADED = 0.05
"""The chance below which a listing is almost certainly gone: it is not asked about any more."""

WINDOW_COLUMNS = ["application", "label", "arrival", "opens", "closes", "days_left", "state", "text"]
_ORDER = [
    WindowState.LATE,
    WindowState.LAST_DAY,
    WindowState.OPEN,
    WindowState.TOO_EARLY,
    WindowState.HOUSED,
]


@dataclass(frozen=True, eq=False)
class Market:
    """`known`: the lives (`life.lives`) of the listings of one origin, with `kind`, `group`, `tenure`; `found`: their estimates by tenure;
    `standing`: the listings that nobody said gone, see `market`.
    """

    known: pd.DataFrame
    found: Mapping[str, Lives]
    standing: pd.DataFrame

    def of(self, tenure: str) -> pd.DataFrame:
        """The lives of the listings of one tenure."""
        return self.known[self.known["tenure"] == tenure].reset_index(drop=True)


def market(
    listings: pd.DataFrame,
    sightings: pd.DataFrame,
    names: Mapping[str, str],
    groups: Mapping[str, Collection[str]],
    today: dt.date,
) -> Market:
    """What is known of the listings on a day. `names`: code → commune; `groups`: name → codes.

    `standing` has all columns of `listings` and `last_seen` (day), `by` (the contact of that sighting), `chance`, `low`, `high` (0 to 1),
    `presence`, `text` (`life.still_there`), `what` (« Maison à louer, Essay, 4 pièces, 95 m², 620 € par mois »), `details` (what else was
    told, `listing.details_text`) and `ban` (why its energy class may not be let today, or empty), the likeliest first.
    """
    told = coded(sightings)
    facts = _facts(listings, {code: name for name, codes in groups.items() for code in codes})
    known = lives_of(told, today)
    place = facts.index.get_indexer(known["listing"])
    known = known[place >= 0].reset_index(drop=True)
    for name in facts.columns:
        known[name] = facts[name].to_numpy()[place[place >= 0]]
    parts = {tenure: known[known["tenure"] == tenure] for tenure in TENURES}
    found = {tenure: estimates(part) for tenure, part in parts.items()}
    # What went is not asked about: most of what was ever seen.
    stand = {tenure: part[part["gone_on"].isna()] for tenure, part in parts.items()}
    chances = [still_there(part, found[tenure], today) for tenure, part in stand.items() if len(part)]
    columns = ["listing", "chance", "low", "high", "presence", "text"]
    chance = pd.concat(chances) if chances else pd.DataFrame(columns=columns)
    open_ones = known[known["gone_on"].isna()][["listing", "last_seen"]].merge(chance, on="listing")
    standing = listings.merge(open_ones, on="listing", how="inner")
    row = told.newest_available()[told.names.get_indexer(standing["listing"])]
    standing["by"] = sightings["contact"].iloc[row].to_numpy()
    words = _words(listings, dict(names), today)
    new = [listing not in words for listing in standing["listing"]]
    for one in standing.loc[new, list(listings.columns)].to_dict("records"):
        words[str(one["listing"])] = (listing_text(one, names), details_text(one), _ban(one, today))  # type: ignore[arg-type]
    for column, name in enumerate(("what", "details", "ban")):
        standing[name] = [words[listing][column] for listing in standing["listing"]]
    standing = standing.sort_values(["chance", "last_seen", "listing"], ascending=[False, False, True])
    return Market(known, found, standing.reset_index(drop=True))


@once_for_the_same
def _facts(listings: pd.DataFrame, group_of: dict[str, str]) -> pd.DataFrame:
    """What lives are told apart by: `kind`, `tenure`, `group`, by listing."""
    group = [group_of.get(code, "") for code in listings["commune"]]
    return listings[["kind", "tenure"]].assign(group=group).set_index(listings["listing"].to_numpy())


@once_for_the_same
def _words(listings: pd.DataFrame, names: dict[str, str], today: dt.date) -> dict[str, tuple[str, str, str]]:
    """What is said of each listing (`what`, `details`, `ban`), filled as they are met: an answer changes none of it."""
    return {}


def _ban(row: Mapping[Hashable, object], today: dt.date) -> str:
    energy = row.get("energy")
    known = energy if isinstance(energy, str) else ""  # missing: nobody told
    return energy_ban(known, today, tenure=str(row["tenure"]), kind=str(row["kind"]))


def listing_text(row: Mapping[str, object], names: Mapping[str, str]) -> str:
    """« Maison à louer, Essay, 4 pièces, 95 m², 620 € par mois » from a row of listings."""

    def told(name: str) -> float | None:
        value = row[name]
        return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]

    place = names.get(str(row["commune"]), "")
    numbers = (told("rooms"), told("surface"), told("rent"), told("price"))
    return _listing_text(str(row["kind"]), str(row["tenure"]), place, *numbers)


@lru_cache(maxsize=20_000)
def _listing_text(
    kind: str,
    tenure: str,
    place: str,
    rooms: float | None,
    surface: float | None,
    rent: float | None,
    price: float | None,
) -> str:
    """Words of a listing; kept, for hundreds that stand are told again after every answer."""
    dwelling = dwelling_text(kind, tenure, rooms, surface, place=place)
    return ", ".join(part for part in (dwelling, terms_text(rent, price)) if part)


def windows(
    applications: pd.DataFrame, numbers: Mapping[str, int], today: dt.date, days: int
) -> pd.DataFrame:
    """The search window of every file with a planned arrival that is not closed, the most pressing first.

    `numbers`: application → its number in the register. Columns `WINDOW_COLUMNS` and those of `applications`; `label` is « Dossier 12 »,
    days are dates, `state` a `WindowState`, `text` its words. Refused, withdrawn and lost files search no more.
    """
    kept = applications[
        applications["planned_arrival"].notna() & ~applications["status"].isin(list(APPLICATION_ENDS))
    ]
    rows = []
    for row in kept.to_dict("records"):
        arrival = pd.Timestamp(row["planned_arrival"]).date()
        window = search_window(arrival, today, days=days, housed=row["status"] in HOUSED)
        rows.append(
            (
                row["application"],
                f"Dossier {numbers[str(row['application'])]}",
                arrival,
                window.opens,
                window.closes,
                window.days_left,
                window.state,
                window_text(window),
            )
        )
    frame = pd.DataFrame(rows, columns=WINDOW_COLUMNS).merge(
        kept.drop(columns="planned_arrival"), on="application", how="left"
    )
    frame["_order"] = [_ORDER.index(WindowState(state)) for state in frame["state"]]
    return frame.sort_values(["_order", "arrival", "application"], ignore_index=True).drop(columns="_order")


def windows_sentence(found: pd.DataFrame, days: int) -> str:
    """« 3 dossiers attendent un logement : 1 fenêtre ouverte et 2 pour qui il est trop tôt. La recherche s'ouvre 8 jours avant… »"""
    rule = f"La recherche s’ouvre {french.counted(days, 'jour', 'jours')} avant l’arrivée"
    counts = found["state"].value_counts()
    searching = len(found) - int(counts.get(WindowState.HOUSED, 0))
    if not searching:
        return f"Personne n’attend de logement avec une date d’arrivée. {rule}."
    late = int(counts.get(WindowState.LATE, 0))
    last = int(counts.get(WindowState.LAST_DAY, 0))
    open_ = int(counts.get(WindowState.OPEN, 0))
    early = int(counts.get(WindowState.TOO_EARLY, 0))
    parts = [
        f"{french.number(late)} en retard" if late else "",
        french.counted(last, "à son dernier jour", "à leur dernier jour") if last else "",
        french.counted(open_, "fenêtre ouverte", "fenêtres ouvertes") if open_ else "",
        f"{french.number(early)} pour qui il est trop tôt" if early else "",
    ]
    who = french.counted(searching, "dossier attend un logement", "dossiers attendent un logement")
    return french.spaced(f"{who} : {french.join(part for part in parts if part)}. {rule}.")


def households(found: pd.DataFrame, names: Mapping[str, str]) -> list[Household]:
    """The files of `windows` as the plan of calls knows them; a wished commune outside the territory is no limit."""
    return [
        Household(
            str(row["application"]),
            SearchWindow(row["opens"], row["closes"], int(row["days_left"]), WindowState(row["state"])),
            frozenset({str(row["wished_commune"])}) if row["wished_commune"] in names else frozenset(),
        )
        for row in found.to_dict("records")
    ]


def correspondents(contacts: pd.DataFrame, listings: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The contacts that the watch calls, with the town halls that the register does not know yet: `contact`, `kind`, `label`, `commune`.

    A town hall of `names` without a contact has the id `TOWN_HALL` and its code, and « Mairie d'Essay » for a label.
    """
    signalled = set(listings["contact"].dropna())
    kept = contacts[contacts["kind"].isin(CORRESPONDENTS) | contacts["contact"].isin(signalled)]
    kept = kept[["contact", "kind", "label", "commune"]]
    here = set(kept.loc[kept["kind"] == "mairie", "commune"])
    missing = [code for code in names if code not in here]
    halls = pd.DataFrame(
        {
            "contact": [f"{TOWN_HALL}{code}" for code in missing],
            "kind": "mairie",
            "label": [f"Mairie {french.of_place(names[code])}" for code in missing],
            "commune": missing,
        }
    )
    return pd.concat([kept, halls], ignore_index=True) if len(kept) else halls


def answers(sightings: pd.DataFrame, calls: pd.DataFrame) -> pd.DataFrame:
    """Who answered when: `contact`, `on`, from sightings that say something (« inconnu » is no answer) and from calls that were answered.

    `calls`: `contact`, `on`, `answer` (`vocabulary.CALL_ANSWERS`).
    """
    told = sightings[sightings["state"].isin(list(SIGHTING_ANSWERS)) & sightings["contact"].notna()]
    called = calls[calls["answer"].isin(CALL_ANSWERED)]
    parts = [part[["contact", "on"]] for part in (told, called) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else told[["contact", "on"]].reset_index(drop=True)


def newest_answers(told: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Of each contact of `answers` the day of its last answer until `today` and of its last one before: `contact`, `on`. All that is asked
    of who answered when, in two rows for one instead of thousands.
    """
    contact, names = pd.factorize(told["contact"])
    day = pd.to_datetime(told["on"]).to_numpy().astype("datetime64[D]").astype(np.int64)
    last_day, never = (today - dt.date(1970, 1, 1)).days, np.iinfo(np.int64).min
    parts = []
    for until in (last_day - 1, last_day):
        here = (day <= until) & (contact >= 0)
        newest = np.full(len(names), never)
        np.maximum.at(newest, contact[here], day[here])
        kept = newest > never
        on = newest[kept].astype("datetime64[D]").astype("datetime64[s]")
        parts.append(pd.DataFrame({"contact": names[kept], "on": on}))
    return pd.concat(parts, ignore_index=True)


def serves(callable_: pd.DataFrame, listings: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Which communes each contact tells about: its own and those of the listings it signalled. `contact`, `commune`, without repeats."""
    told = listings.loc[listings["contact"].isin(callable_["contact"]), ["contact", "commune"]]
    pairs = pd.concat([callable_[["contact", "commune"]], told], ignore_index=True)
    return pairs[pairs["commune"].isin(list(names))].drop_duplicates(ignore_index=True)


def call_contacts(
    callable_: pd.DataFrame,
    listings: pd.DataFrame,
    told: pd.DataFrame,
    calls: pd.DataFrame,
    standing: pd.DataFrame,
    openings: Mapping[str, tuple[OpeningLike, ...]],
    names: Mapping[str, str],
    today: dt.date,
) -> list[Contact]:
    """The contacts as the plan of calls takes them.

    `callable_` of `correspondents`, `told` of `answers`, `calls` in the order they were noted (with `call_back`, ISO text or missing),
    `standing` of `market`; `openings`: the published hours by contact. Answers of
    today do not move a line, and what is told of a listing does not end today's call (see the module). New
    listings are counted since the first that anybody saw.
    """
    last = told[pd.to_datetime(told["on"]) < pd.Timestamp(today)].groupby("contact")["on"].max()
    # « told » is noted with each listing: from the next day on it was a call like another.
    ended = calls[(calls["answer"] != "told") | (pd.to_datetime(calls["on"]) < pd.Timestamp(today))]
    asked_on = ended.groupby("contact")["on"].max()
    newest = ended.drop_duplicates("contact", keep="last").set_index("contact")["call_back"].dropna()
    where, rates = _habits(callable_, listings, dict(names), today)
    asked = standing[(standing["chance"] >= FADED) & standing["contact"].notna()]
    asked = asked[["contact", "listing", "what", "chance"]]
    doubts: dict[str, list[Doubt]] = {}
    for row in asked.to_dict("records"):
        doubt = Doubt(str(row["listing"]), str(row["what"]), float(row["chance"]))
        doubts.setdefault(str(row["contact"]), []).append(doubt)
    return [
        Contact(
            str(row["contact"]),
            str(row["label"]),
            where.get(row["contact"], frozenset()),
            openings.get(str(row["contact"]), ()),
            answered=last[row["contact"]].date() if row["contact"] in last.index else None,
            asked=asked_on[row["contact"]].date() if row["contact"] in asked_on.index else None,
            call_back=dt.datetime.fromisoformat(newest[row["contact"]])
            if row["contact"] in newest.index
            else None,
            doubts=tuple(doubts.get(str(row["contact"]), ())),
            rate=rate,
        )
        for row, rate in zip(callable_.to_dict("records"), rates, strict=True)
    ]


@once_for_the_same
def _habits(
    callable_: pd.DataFrame, listings: pd.DataFrame, names: dict[str, str], today: dt.date
) -> tuple[Mapping[str, frozenset[str]], list[float]]:
    """Where each contact's listings stand, and how many new ones a day it tells of (in the order of `callable_`)."""
    where = serves(callable_, listings, names).groupby("contact")["commune"].agg(frozenset).to_dict()
    counts = listings["contact"].value_counts()
    first = pd.to_datetime(listings["first_seen"]).min()
    watched = max((pd.Timestamp(today) - first).days, 1) if len(listings) else 1
    told = [int(counts.get(contact, 0)) for contact in callable_["contact"]]
    return where, signal_rates(told, float(watched))


def past_arrivals(known: pd.DataFrame, today: dt.date, weeks: int = 52) -> list[dt.date]:
    """The Mondays of the last `weeks` weeks that a backtest may take for arrivals: from 30 days after the first listing was seen.

    None when nothing was seen so long ago.
    """
    if not len(known):
        return []
    first = pd.to_datetime(known["first_seen"]).min().date() + dt.timedelta(days=30)
    monday = today - dt.timedelta(days=today.weekday())
    days = [monday - dt.timedelta(days=7 * week) for week in range(weeks)]
    return [day for day in reversed(days) if day >= first]


def curve_table(found: Lives, days: int) -> pd.DataFrame:
    """The measured curve read at some days, `days` among them: `day`, `still`, `low`, `high` (shares from 0 to 1)."""
    at = np.array(sorted({1, 2, 4, 8, 15, 30, days}), dtype=float)
    still, low, high = found.pooled.stills(at)
    return pd.DataFrame({"day": at.astype(int), "still": still, "low": low, "high": high})
