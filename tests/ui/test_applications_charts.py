"""The pictures of the funnel: what they draw is in their data, and is said in words."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis.applications.funnel import STEPS, cumulative_incidence, funnel, paths, stay
from analysis.applications.tables import end_words
from ui.applications.charts import ONWARD, OVER, PENDING, ends_chart, funnel_chart, stay_chart

TODAY = dt.date(2026, 6, 30)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def walks() -> pd.DataFrame:
    rows = [(name, "received", "2026-06-01", "") for name in "abcd"]
    rows += [("a", step, "2026-06-11", "") for step in STEPS[1:]]
    rows += [("b", "declined", "2026-06-21", "fragile"), ("c", "read", "2026-06-06", "")]
    return paths(pd.DataFrame(rows, columns=["application", "step", "on", "reason"]), TODAY)


def test_those_who_wait_are_drawn_before_those_who_went_on() -> None:
    chart, text = funnel_chart(funnel(walks()))
    spec = chart.to_dict()
    drawn = spec["datasets"][spec["data"]["name"]]
    by_step = {(row["etape"], row["sort"]): row["nombre"] for row in drawn}
    assert [row["sort"] for row in sorted(drawn[:3], key=lambda row: row["ordre"])] == [PENDING, ONWARD, OVER]
    assert [by_step["Reçu", kind] for kind in (PENDING, ONWARD, OVER)] == [1, 2, 1]
    # Who stands at the last step has arrived.
    assert [by_step["Un an sur place", kind] for kind in (PENDING, ONWARD, OVER)] == [0, 1, 0]
    assert plain(text).startswith("Dossiers arrivés à chaque étape : Reçu, 4 dont 1 encore là ; Lu, 2")


def test_a_step_is_left_day_by_day_and_an_empty_one_says_so() -> None:
    chart, text = stay_chart(stay(walks(), "received", TODAY))
    spec = chart.to_dict()
    drawn = next(rows for rows in spec["datasets"].values() if "still" in rows[0])
    assert [(row["days"], row["still"]) for row in drawn] == [
        (0, 1),
        (5, 0.75),
        (10, 0.5),
        (20, 0.25),
        (29, 0.25),
    ]
    assert plain(text).endswith("après 29 jours, 25 %.")
    none = paths(
        pd.DataFrame([("x", "received", "2026-06-01", "")], columns=["application", "step", "on", "reason"]),
        TODAY,
    )
    assert plain(stay_chart(stay(none, "met", TODAY))[1]) == "Aucun dossier n’est passé par « Rencontré »."


def test_ends_rise_beside_each_other_and_none_says_so() -> None:
    found = cumulative_incidence([10.0, 20.0, 29.0, 29.0], ["settled", "declined", "", ""])
    chart, text = ends_chart(found, end_words())
    rows = next(rows for rows in chart.to_dict()["datasets"].values() if any("issue" in row for row in rows))
    assert {(row["issue"], row["days"], row["share"]) for row in rows if row["days"]} == {
        ("Installé", 10, 0.25), ("Installé", 20, 0.25), ("Refusé", 10, 0), ("Refusé", 20, 0.25)
    }  # fmt: skip
    assert plain(text).endswith("Installé, 25 % ; Refusé, 25 %.")
    assert ends_chart({}, end_words())[1] == "Aucun dossier n’est encore installé, refusé, retiré ou perdu."
