"""The honest funnel: how many come how far, in how long, how it ends, what a reason has cost, and how reactive we are.

For coordinators: it counts one dossier at a time, which the declared tables do not allow for anybody else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analysis import french
from analysis.applications import tables as rows
from analysis.applications.assessment import Kappa, agreement, agreement_over_time
from analysis.applications.clocks import Rule, answered_sentence, answered_within
from analysis.applications.funnel import (
    STEPS,
    beside_published,
    cohort_of,
    cohorts,
    cumulative_incidence,
    funnel,
    outcomes,
    paths,
    reasons,
    stay,
    stay_sentence,
    success,
    without,
)
from analysis.vocabulary import APPLICATION_CHANNELS, APPLICATION_ENDS, APPLICATION_STEPS, ASSESSMENT_CRITERIA
from data import applications
from ui import charts, frame, loading, questions, tables
from ui.applications.charts import ends_chart, funnel_chart, stay_chart
from ui.applications.controls import FUNNEL
from ui.applications.parts import DossierDesk
from ui.filters import Filters
from ui.provenance import network_source
from ui.tables import Column

STAGES = [
    Column("step", "Étape"),
    Column("reached", "Arrivés jusque-là", numeric=True),
    Column("pending", "Encore là", numeric=True),
    *(Column(end, f"{word}s", numeric=True) for end, word in APPLICATION_ENDS.items()),
    Column("onward", "Passent à la suite", numeric=True),
]
COHORTS = [
    Column("received", "Reçus", numeric=True),
    Column("pending", "En cours", numeric=True),
    Column("settled", "Installés", numeric=True),
    Column("rate", "Installés parmi les décidés", numeric=True),
]
STAYS = [
    Column("step", "Étape"),
    Column("dossiers", "Dossiers passés", numeric=True),
    Column("open", "Encore là", numeric=True),
    Column("half", "La moitié en sort en", numeric=True),
    Column("quarter", "Les trois quarts en", numeric=True),
]
ENDED = [
    Column("end", "Issue"),
    *(Column(str(days), f"à {label}", numeric=True) for days, label in rows.HORIZONS.items()),
]
WHY = [
    Column("reason", "Raison"),
    Column("step", "À l’étape"),
    Column("count", "Dossiers", numeric=True),
]
ANSWERED = [
    Column("month", "Entrés en"),
    Column("step", "Étape"),
    Column("within", "À temps", numeric=True),
    Column("beyond", "Au-delà", numeric=True),
    Column("open", "Pas encore au terme", numeric=True),
    Column("share", "À temps, sur les connus", numeric=True),
]
AGREEMENT = [
    Column("of", "Critère"),
    Column("kappa", "κ", numeric=True),
    Column("span", f"Intervalle à {rows.LEVEL}", numeric=True),
    Column("dossiers", "Dossiers", numeric=True),
]
OVER_TIME = [Column("of", "Année de la seconde signature"), *AGREEMENT[1:]]
BY: Mapping[str, str] = {"year": "Année de réception", "channel": "Origine", "trade": "Métier"}
EVERYTHING, UNKNOWN = "*", "non indiqué"
MONTHS = 12
"""Months of reactivity shown."""


@dataclass(frozen=True, eq=False)
class Walks:
    """What the funnel is asked of. `walks`: see `funnel.paths`; `known`: `channel` and `trade` by application.

    `agreement`: kappa by criterion; `over_time`: the same by year.
    """

    walks: pd.DataFrame
    known: pd.DataFrame
    pauses: Mapping[str, tuple[tuple[dt.date, dt.date], ...]]
    agreement: Mapping[str, Kappa]
    over_time: Mapping[str, Mapping[int, Kappa]]


@st.cache_resource(show_spinner=False, max_entries=4)
def _read(revision: int, today: dt.date, origin: str) -> Walks | None:
    """Every dossier's walk, once a revision; None where there is no dossier."""
    with loading.store().read() as session:
        known = applications.groups(session, origin)
        if known.empty:
            return None
        decided = applications.grids_decided(session, origin)
        moves = applications.moves(session, origin)
        asleep = applications.pauses(session, origin)
    return Walks(paths(moves, today), known, asleep, agreement(decided), agreement_over_time(decided))


def show_funnel(desk: DossierDesk, filters: Filters) -> None:
    """Counts, rates with their intervals, times, ends, reasons: for coordinators, who see every count. One question is open at a time, and
    all of them are on paper.
    """
    found = _read(loading.revision(), desk.today, desk.origin)
    if found is None:
        frame.sentence("Aucun dossier : rien à compter.")
        return
    by, groups, words = _by(found)
    walks, name = _chosen(found.walks, by, groups, words)
    published = rows.published(loading.milestones())
    frame.sentence(beside_published(walks, *published) if published and not name else _alone(walks, name))
    chosen = questions.choose(filters, FUNNEL, "Partie de l’entonnoir")
    with questions.section("arrivees", chosen):
        _stages(walks)
    with questions.section("cohortes", chosen):
        _cohorts(found.walks, by, groups, words)
    with questions.section("durees", chosen):
        _times(walks, desk.today)
    with questions.section("raisons", chosen):
        _reasons(walks)
    with questions.section("reactivite", chosen):
        _reactive(walks, found.pauses, desk.territory.following.clocks, desk.today)
    with questions.section("accord", chosen):
        _agreement(found.agreement, found.over_time)
    frame.note(network_source(loading.desk()))
    frame.use_print_style()


def _stages(walks: pd.DataFrame) -> None:
    st.subheader(french.spaced("Jusqu’où vont-ils ?"), anchor=False)
    stages = funnel(walks)
    charts.show_chart(funnel_chart(stages), key="dossiers:entonnoir")
    tables.show_table(
        rows.stage_rows(stages), STAGES, caption="Étape par étape",
        notes=[
            french.spaced(
                f"« Passent à la suite » : parmi ceux dont la réponse est connue, avec l’intervalle de Wilson à {rows.LEVEL}. "
                "Ceux qui attendent encore ne sont comptés ni comme réussites ni comme échecs."
            )
        ],
    )  # fmt: skip


def _alone(walks: pd.DataFrame, name: str) -> str:
    """Our own rate, pending ones first, where nobody published another. `name`: of the group that is counted alone, empty for all."""
    rate = success(walks)
    pending = french.counted(len(walks) - rate.of, "dossier en cours", "dossiers en cours")
    head = f"{french.sentence(name)}{french.NNBSP}: " if name else ""
    return f"{head}{pending}{french.NNBSP}; installés, parmi les décidés{french.NNBSP}: {rate.text()}."


def _by(found: Walks) -> tuple[str, pd.Series, Mapping[str, str]]:
    """By what dossiers are grouped, the group of each one, and the groups' names on screen."""
    by = st.segmented_control(
        "Selon", list(BY), format_func=BY.__getitem__, default="year", required=True, key="dossiers:funnel:by"
    )
    words: Mapping[str, str] = {}
    if by == "channel":
        words = {code: french.sentence(text) for code, text in APPLICATION_CHANNELS.items()}
    return by, cohort_of(found.walks, None if by == "year" else found.known[by]), words


def _chosen(
    walks: pd.DataFrame, by: str, groups: pd.Series, words: Mapping[str, str]
) -> tuple[pd.DataFrame, str]:
    """The dossiers that the page counts: all, or those of one group, whose name goes with them."""
    names = sorted(groups.unique(), key=lambda each: french.sort_key(words.get(each, each)))
    one = st.selectbox(
        "Compter",
        [EVERYTHING, *names],
        format_func=lambda each: (
            "Tous les dossiers" if each == EVERYTHING else words.get(each, each) or UNKNOWN
        ),
        key=f"dossiers:funnel:of:{by}",
    )
    if one == EVERYTHING:
        return walks, ""
    return walks[(groups == one).to_numpy()], words.get(one, one) or UNKNOWN


def _cohorts(walks: pd.DataFrame, by: str, groups: pd.Series, words: Mapping[str, str]) -> None:
    st.subheader("Selon l’année, l’origine, le métier", anchor=False)
    tables.show_table(
        rows.cohort_rows(cohorts(walks, groups), words, UNKNOWN).rename(columns={"cohort": "name"}),
        [Column("name", BY[by]), *COHORTS], caption=f"Dossiers selon{french.NBSP}: {BY[by].lower()}",
    )  # fmt: skip


def _times(walks: pd.DataFrame, today: dt.date) -> None:
    st.subheader(french.spaced("En combien de temps ?"), anchor=False)
    steps = STEPS[:-1]
    stays = {step: stay(walks, step, today) for step in steps}
    chosen = st.selectbox(
        "Étape", steps, format_func=APPLICATION_STEPS.__getitem__, key="dossiers:funnel:step"
    )
    frame.sentence(stay_sentence(stays[chosen]))
    charts.show_chart(stay_chart(stays[chosen]), key="dossiers:sejour")
    tables.show_table(
        rows.stay_rows(list(stays.values())), STAYS, caption="Durée de chaque étape, en jours",
        notes=[
            french.spaced(
                "Les dossiers encore à l’étape comptent jusqu’à aujourd’hui (estimation de Kaplan et Meier) : "
                "les laisser de côté ferait croire que tout va plus vite."
            )
        ],
    )  # fmt: skip
    ended = outcomes(walks, today)
    incidence = cumulative_incidence(
        ended["days"].to_numpy(dtype=float), ended["cause"].to_numpy(dtype=object)
    )
    charts.show_chart(ends_chart(incidence, rows.end_words()), key="dossiers:issues")
    tables.show_table(
        rows.end_rows(incidence), ENDED, caption="Part des dossiers finis ainsi depuis la réception",
        notes=[
            french.spaced(
                "Installé, refusé, retiré, perdu : ces issues s’excluent, chacune est estimée à côté des autres "
                f"(Aalen et Johansen, intervalle à {rows.LEVEL})."
            )
        ],
    )  # fmt: skip


def _reasons(walks: pd.DataFrame) -> None:
    st.subheader("Pourquoi cela s’arrête", anchor=False)
    shown = False
    for end, word in APPLICATION_ENDS.items():
        why = reasons(walks, end)
        if why.empty:
            continue
        shown = True
        tables.show_table(rows.reason_rows(why, end), WHY, caption=f"{word}s")
    if not shown:
        frame.sentence("Aucun dossier n’est refusé, retiré ou perdu.")
    for reason in dict.fromkeys(str(each) for each in reasons(walks)["reason"] if each):
        frame.note(without(walks, reason).sentence(rows.reason_words("lost", reason)))


def _reactive(
    walks: pd.DataFrame,
    pauses: Mapping[str, tuple[tuple[dt.date, dt.date], ...]],
    rules: Mapping[str, Rule],
    today: dt.date,
) -> None:
    st.subheader(french.spaced("Répondons-nous à temps ?"), anchor=False)
    answered = answered_within(rows.spans(walks), rules, today, pauses)
    totals = rows.answered_totals(answered, rules)
    if not totals:
        frame.sentence("Aucun dossier n’est passé par une étape qui a une horloge.")
        return
    for step, rule, within, beyond, pending in totals:
        frame.named(APPLICATION_STEPS[step], answered_sentence(within, beyond, pending, rule))
    first = (pd.Timestamp(today).to_period("M") - (MONTHS - 1)).strftime("%Y-%m")
    recent = answered[answered["month"] >= first]
    if len(recent):
        tables.show_table(
            rows.answered_rows(recent), ANSWERED, caption=f"Sur les {MONTHS} derniers mois, en jours ouvrés"
        )


def _agreement(found: Mapping[str, Kappa], over_time: Mapping[str, Mapping[int, Kappa]]) -> None:
    st.subheader(french.spaced("Les deux signatures sont-elles d’accord ?"), anchor=False)
    if not any(each.dossiers for each in found.values()):
        frame.sentence(next(iter(found.values())).sentence())
        return
    tables.show_table(
        rows.agreement_rows(found), AGREEMENT,
        caption="Accord par critère (κ de Cohen, notes voisines accordées en partie)",
        notes=[
            french.spaced("1 : toujours d’accord ; 0 : pas plus que le hasard. Seules les grilles signées à l’aveugle comptent.")
        ],
    )  # fmt: skip
    one = st.selectbox(
        "Accord au fil du temps sur",
        list(over_time),
        format_func=_criterion,
        key="dossiers:funnel:criterion",
    )
    tables.show_table(
        rows.agreement_rows({str(year): each for year, each in over_time[one].items()}), OVER_TIME,
        caption=french.spaced(f"Accord au fil du temps : {_criterion(one).lower()}"),
        notes=["Sur peu de dossiers l’intervalle est large\u202f: des intervalles qui se recouvrent ne disent pas que l’accord a changé."],
    )  # fmt: skip


def _criterion(name: str) -> str:
    return french.sentence(ASSESSMENT_CRITERIA[name])
