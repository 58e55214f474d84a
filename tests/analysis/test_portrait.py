"""A commune beside the others: ranks with ties and gaps, groups, changes across a break, and no count of people worked out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import portrait
from analysis.answers import Answer, FigureSet, answer
from analysis.desk import Desk, NetworkRows
from analysis.model import Audience, Indicator, Thresholds, Vintage

NAMES = {"A": "Alpha", "B": "Le Beau", "C": "Cé", "D": "Delta", "E": "Epsilon"}
TODAY = dt.date(2026, 5, 12)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def indicator(id_: str = "x", **more: Any) -> Indicator:
    values: dict[str, Any] = {
        "unit": "logements",
        "theme": "Logement",
        "kind": "count",
        "short": "Vacants",
        "name": "Vacants",
    }
    values |= {"vintages": (Vintage("2016", "RP 2016", "s"), Vintage("2022", "RP 2022", "s"))} | more
    return Indicator(id_, **values)


def figures(*rows: tuple[str, str, str, float | str]) -> pd.DataFrame:
    """(indicator, commune, period, value or status)."""
    return pd.DataFrame(
        [
            (i, c, p, v, "observed") if isinstance(v, int | float) else (i, c, p, None, v)
            for i, c, p, v in rows
        ],
        columns=["indicator", "commune", "period", "value", "status"],
    )


def asked(one: Indicator, values: Sequence[float | str | None], period: str = "2022") -> Answer:
    """`values` in the order of `NAMES`; None for a cell that nobody published."""
    rows = [(one.id, c, period, v) for c, v in zip(NAMES, values, strict=True) if v is not None]
    return answer(one, FigureSet(figures(*rows), NAMES), {one.id: one}, period)


# ---------------------------------------------------------------------------------------------------------------- rank


def test_ties_share_a_rank_and_the_next_is_as_far_down_as_there_are_communes_before() -> None:
    found = portrait.ranks(asked(indicator(), [10, 30, 30, 5, 20]))
    assert {c: found[c].rank for c in found} == {"B": 1, "C": 1, "E": 3, "A": 4, "D": 5}
    assert found["B"].text == "la plus forte ex æquo sur 5" and found["E"].text == "3e plus forte sur 5"


def test_figures_that_read_the_same_have_the_same_rank() -> None:
    found = portrait.ranks(asked(indicator(), [6.02, 5.98, 7.4, 6.6, 1]))
    # As shown: 6, 6, 7, 7, 1.
    assert {c: found[c].rank for c in found} == {"C": 1, "D": 1, "A": 3, "B": 3, "E": 5}


def test_where_less_is_better_the_first_is_the_lowest_and_says_so() -> None:
    found = portrait.ranks(asked(indicator(direction="lower"), [10, 30, 30, 5, 20]))
    assert found["D"].text == "la plus faible sur 5"
    assert found["A"].text == "2e plus faible sur 5"
    assert found["C"].text == "la plus forte ex æquo sur 5"


@pytest.mark.parametrize("direction", ["lower", "higher"])
def test_a_rank_is_counted_from_the_nearer_end(direction: str) -> None:
    found = portrait.ranks(asked(indicator(direction=direction), [10, 20, 30, 40, 50]))
    assert [found[code].text for code in "ABCDE"] == [
        "la plus faible sur 5",
        "2e plus faible sur 5",
        f"3e plus {'faible' if direction == 'lower' else 'forte'} sur 5",
        "2e plus forte sur 5",
        "la plus forte sur 5",
    ]


def test_secret_and_missing_have_no_rank_and_do_not_count() -> None:
    found = asked(indicator(), [10, "suppressed", None, 5, 0])
    assert portrait.rank(found, "B") is None and portrait.rank(found, "C") is None
    last = portrait.rank(found, "E")
    assert last is not None and last.text == "la plus faible sur 3 (2 sans chiffre)"  # zero is a figure


def test_one_figure_and_all_equal_are_said_for_what_they_are() -> None:
    alone = portrait.rank(asked(indicator(), [None, None, None, 5, None]), "D")
    assert alone is not None and alone.text == "seul chiffre connu (4 sans chiffre)"
    same = portrait.rank(asked(indicator(), [100, 100, 100, 100, 100]), "D")
    assert same is not None and same.text == "même chiffre dans les 5 communes"


def test_nothing_published_gives_no_rank_to_anybody() -> None:
    assert portrait.ranks(asked(indicator(), [None] * 5)) == {}


@given(
    st.lists(st.one_of(st.none(), st.floats(-30, 30, width=32), st.sampled_from([0, 1, 2, 12.5, -0.05]))),
    st.integers(0, 2),
    st.sampled_from(["lower", "higher", "neutral"]),
)
def test_the_rank_of_one_commune_is_the_one_it_has_among_all(
    values: list[float | None], decimals: int, direction: str
) -> None:
    names = {f"c{n}": f"C{n}" for n in range(len(values) + 1)}
    one = indicator(decimals=decimals, direction=direction)
    rows = [("x", code, "2022", v) for code, v in zip(names, values, strict=False) if v is not None]
    found = answer(one, FigureSet(figures(*rows), names), {"x": one}, "2022")
    every = portrait.ranks(found)
    assert {code: rank for code in names if (rank := portrait.rank(found, code))} == every


# --------------------------------------------------------------------------------------------------------------- cells


def test_a_rate_reads_with_its_counts_and_differs_from_the_territory_as_they_read() -> None:
    count, stock = indicator("v"), indicator("s")
    rate = indicator(
        "r", kind="ratio", unit="%", numerator=("v",), denominator=("s",), scale=100.0, decimals=1
    )
    rows = figures(
        *(("v", c, "2022", v) for c, v in zip("ABCDE", (15, 20, 20, 20, 25), strict=True)),
        *(("s", c, "2022", 233 if c == "A" else 200) for c in "ABCDE"),
    )
    found = answer(rate, FigureSet(rows, NAMES), {i.id: i for i in (count, stock, rate)}, "2022")
    mine = portrait.cell(found, "A")
    assert plain(mine.text) == "6,4 %" and mine.detail == "15 sur 233"
    assert plain(found.total_text()) == "9,7 %"
    assert plain(portrait.gap_text(mine)) == "3,3 points de moins que le territoire"
    with pytest.raises(KeyError):
        portrait.cell(found, "Z")


# ----------------------------------------------------------------------------------------------------------------- past


def past_of(one: Indicator, first: float | str | None, last: float | str | None) -> portrait.Past:
    answers = [asked(one, [v, 1, 1, 1, 1], p) for p, v in (("2016", first), ("2022", last))]
    return portrait.past([portrait.cell(a, "A") for a in answers])


def test_a_change_is_told_in_its_unit_and_in_percent() -> None:
    told = past_of(indicator(unit="habitants"), 155, 143)
    assert plain(told.change) == "−12 habitants (−7,7 %) de RP 2016 à RP 2022"
    assert plain(portrait.vintages_text(told.cells)) == "RP 2016 : 155 habitants → RP 2022 : 143 habitants"


def test_small_bases_have_no_percentage_and_rates_change_by_points() -> None:
    assert plain(past_of(indicator(unit="ventes"), 5, 1).change) == "−4 ventes de RP 2016 à RP 2022"
    share = past_of(indicator(unit="%", kind="published", decimals=1), 2.94, 2.35)
    assert plain(share.change) == "−0,5 point de RP 2016 à RP 2022"  # 2,9 and 2,4, as they read
    assert plain(past_of(indicator(), 30.2, 29.8).change) == "stable de RP 2016 à RP 2022"


def test_a_break_in_the_series_is_never_bridged() -> None:
    vintages = (Vintage("2016", "2016", "s"), Vintage("2022", "2022", "s", break_note="Rupture de série."))
    told = past_of(indicator(vintages=vintages), 40, 100)
    assert [len(part) for part in told.parts] == [1, 1] and told.breaks == ("Rupture de série.",)
    assert told.change == "ne se compare pas (rupture de série)"


def test_unknown_vintages_are_said_and_not_compared() -> None:
    told = past_of(indicator(), "suppressed", 100)
    assert told.change == "" and len(told.known) == 1
    assert "secret statistique" in portrait.vintages_text(told.cells)
    with pytest.raises(ValueError, match="no cell"):
        portrait.past([])


# --------------------------------------------------------------------------------------------------------------- groups

STAYS = [
    ("m1", "A", "2006-03-01", True),
    *((f"a{n}", "A", "2010-01-01", False) for n in range(12)),
    *((f"c{n}", "C", "2010-01-01", False) for n in range(2)),
    *((f"d{n}", "D", "2010-01-01", False) for n in range(14)),
]


def network_indicator(id_: str, **more: Any) -> Indicator:
    return indicator(
        id_, kind="network", unit="membres", theme="Réseau", secrecy="people",
        vintages=(Vintage("2004-12-31", "31/12/2004", "n"), Vintage(TODAY.isoformat(), "12/05/2026", "n")), **more,
    )  # fmt: skip


NO_EVENTS = pd.DataFrame(
    columns=["event", "member", "on", "kind", "commune", "title", "hours", "jobs", "public"]
)
NO_CONTACTS = pd.DataFrame(columns=["contact", "person", "kind", "label", "commune", "public"])


def desk(rows: pd.DataFrame | None = None, *more: Indicator) -> Desk:
    stays = pd.DataFrame(STAYS, columns=["member", "commune", "arrived", "public"])
    stays = stays.assign(arrived=pd.to_datetime(stays["arrived"]), left=pd.NaT)
    listings = pd.DataFrame({"listing": ["l"], "commune": ["B"]})
    sightings = pd.DataFrame({"listing": ["l"], "on": pd.to_datetime(["2026-05-10"]), "state": ["available"]})
    applications = pd.DataFrame(
        {
            "received": pd.to_datetime([]),
            "wished_commune": pd.Series(dtype=object),
            "status": pd.Series(dtype=object),
            "reason": pd.Series(dtype=object),
            "planned_arrival": pd.to_datetime([]),
            "needs": pd.Series(dtype=object),
        }
    )
    entries = (network_indicator("members"), network_indicator("listings_available"), *more)
    network = NetworkRows("real", stays, applications, listings, sightings, NO_EVENTS, NO_CONTACTS)
    return Desk(
        {i.id: i for i in entries}, figures() if rows is None else rows, NAMES, {"Nord": ("A", "B"), "Sud": ("C", "D", "E")},
        Thresholds(11, 3), network, TODAY,
    )  # fmt: skip


def group_total(d: Desk, id_: str, group: str, audience: Audience) -> Answer:
    return portrait.group_answer(
        d, portrait.group_figures(d, group), group, d.answer(id_, None, audience), audience
    )


def test_a_group_sums_its_own_communes_and_says_at_least_where_part_is_secret() -> None:
    one = indicator("x")
    d = desk(figures(("x", "A", "2022", 10), ("x", "B", "2022", "suppressed"), ("x", "C", "2022", 7)), one)
    assert plain(portrait.total_text(group_total(d, "x", "Nord", Audience.PUBLIC))) == "au moins 10 logements"
    assert plain(portrait.total_text(d.answer("x"))) == "au moins 17 logements"


def test_a_median_has_no_group_figure() -> None:
    one = indicator("m", kind="published", no_total="une médiane ne s'additionne pas")
    d = desk(figures(("m", "A", "2022", 10), ("m", "B", "2022", 12)), one)
    assert portrait.total_text(group_total(d, "m", "Nord", Audience.PUBLIC)) == "–"


def test_members_of_a_group_are_those_the_audience_may_see_never_counted_anew() -> None:
    d = desk()
    for audience in Audience:
        protected = d.members(TODAY, audience).groups
        for group in d.groups:
            found = group_total(d, "members", group, audience).total
            row = protected.loc[group]
            assert (found.value is None) == (row["status"] != "observed")
            assert found.value is None or found.value == row["value"]
    assert group_total(d, "members", "Nord", Audience.ANIMATEUR).total.value == 13
    # For the public C's two and whoever covers them are hidden; nothing of Sud may give them back.
    cells = d.answer("members", None, Audience.PUBLIC).cells.set_index("commune")
    assert cells.loc["C", "status"] == "suppressed"


def test_listings_of_a_group_add_up() -> None:
    assert group_total(desk(), "listings_available", "Nord", Audience.PUBLIC).total.value == 1
    assert group_total(desk(), "listings_available", "Sud", Audience.PUBLIC).total.value == 0


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(KeyError):
        portrait.group_figures(desk(), "Est")


# ----------------------------------------------------------------------------------------------------------- the rest


def test_neighbours_go_round_in_the_order_of_an_index() -> None:
    order = portrait.ordered(desk())
    assert order == ["A", "B", "C", "D", "E"]  # « Le Beau » stands at B
    assert portrait.neighbours(order, "A") == ("E", "B") and portrait.neighbours(order, "E") == ("D", "A")


def test_one_more_entry_appears_under_its_theme_and_hidden_ones_do_not() -> None:
    d = desk(None, indicator("new", theme="Nouveau thème"), indicator("off", theme="Logement", on_map=False))
    assert list(portrait.themes(d)) == ["Réseau", "Nouveau thème"]


def test_counts_fold_into_their_rate_only_where_the_rate_has_a_figure() -> None:
    rate = indicator("r", kind="ratio", unit="%", numerator=("v",), denominator=("s",), scale=100.0)
    theme = [indicator("v"), indicator("s"), rate]
    rows = figures(
        ("v", "A", "2022", 1), ("s", "A", "2022", 4), ("v", "B", "2022", "suppressed"), ("s", "B", "2022", 9)
    )
    d = desk(rows, *theme)
    shown = {c: {i.id: portrait.cell(d.answer(i.id), c) for i in theme} for c in "AB"}
    assert portrait.parts_of(theme, shown["A"]) == {"v", "s"}
    assert portrait.parts_of(theme, shown["B"]) == set()


def test_earlier_counts_of_people_are_for_coordinators() -> None:
    members = network_indicator("members")
    assert portrait.has_past(members, Audience.ANIMATEUR)
    assert not portrait.has_past(members, Audience.PUBLIC) and not portrait.has_past(members, Audience.ELU)
    assert portrait.has_past(indicator(), Audience.PUBLIC)
    assert not portrait.has_past(indicator(vintages=(Vintage("2022", "2022", "s"),)), Audience.PUBLIC)
