"""The honest funnel: how many come how far, how long it takes, how it ends; what is pending is told before successes."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis import french
from analysis.applications import funnel
from analysis.applications.assessment import agreement
from analysis.applications.clocks import answered_sentence, answered_within
from analysis.french import NNBSP
from analysis.vocabulary import (
    APPLICATION_CHANNELS,
    APPLICATION_ENDS,
    APPLICATION_STEPS,
    ASSESSMENT_CRITERIA,
    LOSS_REASONS,
)
from data import applications
from ui import frame, loading, tables
from ui.applications.parts import DossierDesk
from ui.tables import Column

_BY = {"Année de réception": None, "Voie d’entrée": "channel", "Métier": "trade"}


def _published() -> tuple[int, int, str] | None:
    """Received, settled and when, as a third party published both on one day for this territory; None where nobody did."""
    told = loading.milestones().dropna(subset=["value"])
    received = told[(told["series"] == "dossiers") & told["fact"].str.startswith("Dossiers reçus")]
    settled = told[(told["series"] == "reseau") & told["fact"].str.startswith("Installés")]
    both = received.merge(settled, on="date", suffixes=("", "_settled")).sort_values("date")
    if both.empty:
        return None
    last = both.iloc[-1]
    return int(last["value"]), int(last["value_settled"]), str(last["producer"])


def show_funnel(desk: DossierDesk) -> None:
    """Counts, rates with their intervals, times, ends, reasons: for coordinators, who see every count."""
    board = desk.here.board
    if board.empty:
        frame.sentence("Aucun dossier : rien à compter.")
        return
    walks = funnel.paths(desk.here.moves, desk.today)
    published = _published()
    if published is None:
        rate = funnel.success(walks)
        pending = french.counted(len(walks) - rate.of, "dossier en cours", "dossiers en cours")
        frame.sentence(f"{pending}{NNBSP}; installés, parmi les décidés{NNBSP}: {rate.text()}.")
    else:
        frame.sentence(funnel.beside_published(walks, *published))
    by = st.segmented_control(
        "Cohortes", ["Toutes", *_BY], default="Toutes", required=True, key="dossiers:cohortes"
    )
    if by == "Toutes":
        _stages(funnel.funnel(walks), "Tous les dossiers, par étape")
    else:
        _cohorts(desk, walks, str(by))
    _times(desk, walks)
    _ends(desk, walks)
    _reactive(desk)
    _agreement(desk)


def _stages(stages: tuple[funnel.Stage, ...], caption: str) -> None:
    rows = [
        (
            APPLICATION_STEPS[each.step],
            french.number(each.reached),
            french.number(each.pending),
            ", ".join(
                f"{APPLICATION_ENDS[end].lower()} {french.number(n)}" for end, n in each.ended.items() if n
            ),
            each.onward.text() if each.onward.of else "",
        )
        for each in stages
    ]
    heads = ["Étape", "Arrivés là", "Encore là", "Finis là", "Passés plus loin, parmi les décidés"]
    tables.show_table(
        pd.DataFrame(rows, columns=heads),
        [Column(head, head, head in heads[1:3]) for head in heads],
        caption=caption,
    )


def _cohorts(desk: DossierDesk, walks: pd.DataFrame, by: str) -> None:
    column = _BY[by]
    group = None
    if column is not None:
        values = desk.here.board.set_index("application")[column]
        group = values.map(APPLICATION_CHANNELS) if column == "channel" else values
        group = group.fillna("non dit")
    of = (
        walks["received"].dt.year.astype(str)
        if group is None
        else group.reindex(walks.index).fillna("non dit")
    )
    rows = []
    for name, part in walks.groupby(of, sort=True):
        rate = funnel.success(part)
        rows.append((str(name), french.number(len(part)), french.number(len(part) - rate.of), rate.text()))
    heads = [by, "Reçus", "En cours", "Installés, parmi les décidés"]
    tables.show_table(
        pd.DataFrame(rows, columns=heads),
        [Column(head, head, head in heads[1:3]) for head in heads],
        caption=f"Cohortes par {by.lower()}",
    )


def _times(desk: DossierDesk, walks: pd.DataFrame) -> None:
    st.subheader("En combien de temps", anchor=False)
    for step in ("received", "read", "met", "accepted", "window_planned"):
        frame.note(funnel.stay_sentence(funnel.stay(walks, step, desk.today)))
    found = funnel.outcomes(walks, desk.today)
    shares = funnel.cumulative_incidence(found["days"].to_numpy(), found["cause"].to_numpy(dtype=object))
    rows = []
    for cause in funnel.OUTCOMES:
        curve = shares.get(cause)
        if curve is None:
            continue
        cells = []
        for days in (90, 180, 365, 730):
            before = curve[curve["days"] <= days]
            if before.empty:
                cells.append(french.percent(0))
                continue
            last = before.iloc[-1]
            interval = (
                ""
                if pd.isna(last["low"])
                else f" ({french.percent(100 * last['low'])} à {french.percent(100 * last['high'])})"
            )
            cells.append(f"{french.percent(100 * last['share'])}{interval}")
        rows.append(({**APPLICATION_STEPS, **APPLICATION_ENDS}[cause], *cells))
    heads = ["Fin", "à 3 mois", "à 6 mois", "à 1 an", "à 2 ans"]
    tables.show_table(
        pd.DataFrame(rows, columns=heads), [Column(head, head, head in heads[1:]) for head in heads],
        caption="Part des dossiers finis ainsi depuis la réception (Aalen et Johansen ; intervalle à 95 %)",
    )  # fmt: skip


def _ends(desk: DossierDesk, walks: pd.DataFrame) -> None:
    lost = funnel.reasons(walks)
    if lost.empty:
        return
    st.subheader("Ce qui fait perdre des dossiers", anchor=False)
    for reason in dict.fromkeys(lost["reason"]):
        words = LOSS_REASONS.get(reason, reason or "raison non dite")
        frame.note(funnel.without(walks, reason).sentence(words))


def _reactive(desk: DossierDesk) -> None:
    st.subheader("Réactivité", anchor=False)
    rules = desk.territory.following.clocks
    counted = answered_within(_spans(desk), rules, desk.today, desk.here.pauses)
    for step, part in counted.groupby("step", sort=False):
        totals = part[["within", "beyond", "open"]].sum()
        told = answered_sentence(
            int(totals["within"]), int(totals["beyond"]), int(totals["open"]), rules[str(step)]
        )
        frame.note(f"« {APPLICATION_STEPS[str(step)]} ». {told}")
    recent = (
        counted.tail(0)
        if counted.empty
        else counted[counted["month"] >= f"{desk.today.year - 1}-{desk.today.month:02d}"]
    )
    if len(recent):
        shown = pd.DataFrame(
            {
                "Étape": recent["step"].map(APPLICATION_STEPS),
                "Mois": [f"{month[5:]}/{month[:4]}" for month in recent["month"]],
                "Dans l’objectif": recent["within"].map(french.number),
                "Au-delà": recent["beyond"].map(french.number),
                "En cours": recent["open"].map(french.number),
            }
        )
        tables.show_table(
            shown,
            [Column(n, n, n in list(shown)[2:]) for n in shown],
            caption="Réponses des douze derniers mois, par étape et mois d’entrée",
        )


def _spans(desk: DossierDesk) -> pd.DataFrame:
    """One row a stay in a step: `application`, `step`, `entered`, `left`."""
    moves = desk.here.moves.sort_values(["application", "on"], kind="stable")
    left = moves.groupby("application")["on"].shift(-1)
    return moves.assign(entered=moves["on"], left=left)[["application", "step", "entered", "left"]]


def _agreement(desk: DossierDesk) -> None:
    st.subheader("Accord des deux signatures", anchor=False)
    with desk.store.read() as session:
        found = agreement(applications.grids_decided(session, desk.origin))
    for code, kappa in found.items():
        frame.note(f"{french.sentence(ASSESSMENT_CRITERIA[code])}. {kappa.sentence()}")
