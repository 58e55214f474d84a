"""What screens and paper show of the funnel: counts in their places, dashes where nothing is known."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis.applications import tables
from analysis.applications.assessment import Kappa
from analysis.applications.clocks import Rule, answered_within
from analysis.applications.funnel import (
    ENDS,
    STEPS,
    cohorts,
    cumulative_incidence,
    funnel,
    paths,
    reasons,
    stay,
)
from analysis.vocabulary import APPLICATION_STEPS

TODAY = dt.date(2026, 6, 30)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def walks() -> pd.DataFrame:
    rows = [
        ("a", "received", "2026-06-01", ""),
        ("a", "read", "2026-06-04", ""),
        ("a", "met", "2026-06-10", ""),
        ("a", "declined", "2026-06-20", "fragile"),
        ("b", "received", "2026-06-01", ""),
        ("b", "lost", "2026-06-15", "métier sans lien"),
        ("c", "received", "2026-06-22", ""),
        ("d", "received", "2025-05-05", ""),
        *[("d", step, "2025-06-05", "") for step in STEPS[1:7]],
        ("e", "received", "2026-06-02", ""),
        ("e", "lost", "2026-06-12", ""),
    ]
    return paths(pd.DataFrame(rows, columns=["application", "step", "on", "reason"]), TODAY)


def test_each_step_has_its_counts_and_the_rate_of_those_who_are_known() -> None:
    rows = tables.stage_rows(funnel(walks())).set_index("step")
    assert rows.loc["Reçu", ["reached", "pending", *ENDS]].tolist() == ["5", "1", "0", "0", "2"]
    assert plain(rows.loc["Reçu", "onward"]) == "50 % (15 % à 85 %)"
    assert rows.loc["Un an sur place", "onward"] == "–" and rows.loc["Installé", "pending"] == "1"


def test_a_cohort_counts_those_under_way_in_neither_part() -> None:
    rows = tables.cohort_rows(cohorts(walks())).set_index("cohort")
    assert rows.loc["2026", ["received", "pending", "settled"]].tolist() == ["4", "1", "0"]
    assert plain(rows.loc["2026", "rate"]).startswith("0 % (0 % à") and plain(
        rows.loc["2025", "rate"]
    ).startswith("100 % (")
    by = cohorts(walks(), pd.Series({"a": "mail", "b": "mail", "d": "phone"}))
    named = tables.cohort_rows(by, {"mail": "Courrier", "phone": "Téléphone"})
    assert named["cohort"].tolist() == ["non indiqué", "Courrier", "Téléphone"]
    assert named["received"].tolist() == ["2", "2", "1"]


def test_half_and_three_quarters_leave_a_step_on_a_day_or_are_not_known() -> None:
    found = [stay(walks(), step, TODAY) for step in ("received", "met", "welcomed")]
    rows = tables.stay_rows(found)
    assert rows["step"].tolist() == ["Reçu", "Rencontré"]  # nobody was welcomed: no line
    # Left « Reçu » after 3, 10, 14 and 31 days; one is there since 8, no longer counted after them.
    received = rows.iloc[0]
    assert (received["dossiers"], received["open"]) == ("5", "1")
    assert plain(received["half"]) == "14 jours" and plain(received["quarter"]) == "31 jours"


def test_a_reason_is_told_by_its_code_or_as_it_was_written() -> None:
    lost = tables.reason_rows(reasons(walks()), "lost")
    assert sorted(lost["reason"]) == ["Métier sans lien", "Raison non dite"]
    declined = tables.reason_rows(reasons(walks(), "declined"), "declined")
    assert declined.to_numpy().tolist() == [["Projet trop fragile", APPLICATION_STEPS["met"], "1"]]


def test_answers_within_the_target_by_step_and_month() -> None:
    rules = {"received": Rule("received", 3, 5, 8, "la lecture")}
    stays = tables.spans(walks())
    first = stays[stays["application"] == "a"].set_index("step")
    assert first.loc["met", "left"] == pd.Timestamp("2026-06-20") and "declined" not in stays["step"].tolist()
    answered = answered_within(stays, rules, TODAY)
    rows = tables.answered_rows(answered)
    # June: one within 3 working days, two later, and one that waits beyond them.
    shown = [[plain(cell) for cell in row] for row in rows.to_numpy().tolist()]
    assert shown[0] == ["Reçu", "juin 2026", "1", "3", "0", "25 %"]
    assert [row[1] for row in shown] == ["juin 2026", "mai 2025"]
    assert tables.answered_totals(answered, rules) == [("received", rules["received"], 1, 4, 0)]
    assert tables.answered_totals(answered_within(stays.head(0), rules, TODAY), rules) == []


def test_agreement_without_an_interval_or_a_dossier_is_a_dash() -> None:
    rows = tables.agreement_rows(
        {
            "project": Kappa(18, 0.42, 0.16, 0.1, 0.74),
            "clients": Kappa(4, 1.0, None, None, None),
            "income": Kappa(0, None, None, None, None),
        }
    )
    assert [[plain(cell) for cell in row] for row in rows.to_numpy().tolist()] == [
        ["Le projet", "0,42", "0,10 à 0,74", "18"],
        ["Les clients", "1,00", "–", "4"],
        ["Le revenu", "–", "–", "0"],
    ]


def test_a_published_funnel_needs_both_figures_of_one_date() -> None:
    columns = ["date", "fact", "value", "producer"]
    both = [
        ("2004-10-06", "Dossiers reçus depuis le lancement", 70.0, "Un mensuel"),
        ("2007-05-24", "Dossiers reçus depuis le lancement", 150.0, "Un quotidien, 24 mai 2007"),
        ("2007-05-24", "Installés dans l'Orne", 6.0, "Un quotidien, 24 mai 2007"),
        ("2008-11", "Projet d'extension", float("nan"), "Un élu"),
    ]
    assert tables.published(pd.DataFrame(both, columns=columns)) == (
        150,
        6,
        "Un quotidien, 24 mai 2007",
    )
    assert tables.published(pd.DataFrame(both[:1], columns=columns)) is None
    assert tables.published(pd.DataFrame(columns=columns)) is None


def test_ends_are_told_after_three_months_to_two_years() -> None:
    found = cumulative_incidence([10.0, 100.0, 800.0, 800.0], ["settled", "declined", "", ""])
    rows = tables.end_rows(found).set_index("end")
    assert rows.index.tolist() == ["Installé", "Refusé"]
    assert plain(rows.loc["Refusé", "90"]) == "0 %"
    assert plain(rows.loc["Refusé", "180"]).startswith("25 % (")
    assert rows.loc["Installé", "90"] == rows.loc["Installé", "730"]
