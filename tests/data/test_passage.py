"""What communes become from one year to another, and their figures: small worlds made here, and laws that hold for any of them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model import OBSERVATION_COLUMNS, OBSERVATION_KEY
from data import reference
from data.packs.passage import DROPPED, MOVED, SUMMED, recode, since_when, steps, summary
from data.reference import Passage
from tests.draws import draws

KINDS = {"dwellings": "count", "vacant": "count", "price": "published"}
WORLD = {"99001": "Le Bourg", "99002": "La Plaine", "99003": "Le Mont", "99004": "Le Val"}


def cells(*rows: tuple[str, str, str, float | str]) -> pd.DataFrame:
    """Cells of (indicator, commune, period, value or status)."""
    frame = pd.DataFrame(
        [
            (i, c, p, None if isinstance(v, str) else v, v if isinstance(v, str) else "observed")
            for i, c, p, v in rows
        ],
        columns=OBSERVATION_COLUMNS,
    )
    frame["value"] = frame["value"].astype("float64")
    return frame


def told(frame: pd.DataFrame) -> dict[tuple[str, str, str], float | str]:
    """The cells of a frame by key: the value, or the status without one."""
    return {
        (row.indicator, row.commune, row.period): row.value if row.status == "observed" else row.status
        for row in frame.itertuples()
    }


def test_a_merger_of_communes_of_the_territory_sums_counts_and_drops_medians() -> None:
    merger = Passage(2027, "merged", "99002", "La Plaine", "99001", "Bourg-et-Plaine")
    (step,) = steps(
        WORLD, 2026, [merger, Passage(2027, "renamed", "99001", "Le Bourg", "99001", "Bourg-et-Plaine")]
    )
    assert list(step.after.items()) == [
        ("99001", "Bourg-et-Plaine"),
        ("99003", "Le Mont"),
        ("99004", "Le Val"),
    ]
    assert (
        step.parts == {"99001": ("99001", "99002")} and step.moves == {"99002": "99001"} and step.apart == {}
    )
    before = cells(
        ("dwellings", "99001", "2022", 100.5), ("dwellings", "99002", "2022", 20.25), ("dwellings", "99003", "2022", 7.0),
        ("vacant", "99001", "2022", "suppressed"), ("vacant", "99002", "2022", 4.0),
        ("vacant", "99001", "2021", 4.0), ("vacant", "99002", "2021", "missing"),
        ("vacant", "99002", "2020", 4.0),
        ("price", "99001", "2025", 1500.0), ("price", "99002", "2025", 900.0), ("price", "99002", "2024", 800.0),
    )  # fmt: skip
    recoded = recode(before, [step], KINDS)
    assert told(recoded.cells) == {
        ("dwellings", "99001", "2022"): 120.75,
        ("vacant", "99001", "2022"): "suppressed",
        ("vacant", "99001", "2021"): "missing",
        ("price", "99001", "2025"): "missing",  # covers the median of the seat alone
    }
    assert [recoded.count(rule) for rule in (MOVED, SUMMED, DROPPED)] == [0, 3, 3]
    (line,) = recoded.journal[recoded.journal["indicator"] == "dwellings"].to_dict("records")
    assert (
        line["parts"] == {"99001": 100.5, "99002": 20.25} and line["value"] == 120.75 and line["year"] == 2027
    )
    said = " ".join(summary(recoded, {"price": "Prix médian"})).replace("\u202f", " ")
    assert "3 chiffres additionnés." in said and "Prix médian" in said


def test_another_code_keeps_every_figure_also_medians() -> None:
    (step,) = steps(WORLD, 2026, [Passage(2027, "recoded", "99003", "Le Mont", "98003", "Le Mont")])
    assert list(step.after) == ["99001", "99002", "98003", "99004"] and "change de code" in step.told[0]
    recoded = recode(
        cells(("price", "99003", "2025", 900.0), ("vacant", "99003", "2022", "suppressed")), [step], KINDS
    )
    assert told(recoded.cells) == {
        ("price", "98003", "2025"): 900.0,
        ("vacant", "98003", "2022"): "suppressed",
    }
    assert set(recoded.journal["rule"]) == {MOVED}


def test_a_split_drops_the_figures_of_the_whole_and_says_so() -> None:
    (step,) = steps(WORLD, 2026, [Passage(2027, "split", "99001", "Le Bourg", "99009", "Le Hameau")])
    assert list(step.after)[:2] == ["99001", "99009"] and step.left == {"99009": "99001"}
    assert any("ne se partage pas" in each for each in step.told)
    recoded = recode(
        cells(("dwellings", "99001", "2022", 100.0), ("dwellings", "99002", "2022", 5.0)), [step], KINDS
    )
    assert told(recoded.cells) == {("dwellings", "99001", "2022"): "missing"}
    assert recoded.journal["rule"].tolist() == [DROPPED]


@pytest.mark.parametrize(
    "merger",
    [
        Passage(2027, "merged", "99050", "Ailleurs", "99001", "Le Bourg"),  # a neighbour joins one of ours
        Passage(2027, "merged", "99001", "Le Bourg", "99050", "Ailleurs"),  # one of ours joins a neighbour
    ],
)
def test_a_merger_with_a_commune_of_elsewhere_leaves_no_figure_of_a_part(merger: Passage) -> None:
    (step,) = steps(WORLD, 2026, [merger])
    assert set(step.apart) == {merger.code_after} and "n'était pas du territoire" in " ".join(step.told)
    recoded = recode(cells(("dwellings", "99001", "2022", 100.0)), [step], KINDS)
    assert "observed" not in set(recoded.cells["status"]) and recoded.count(DROPPED) == 1
    assert len(recoded.cells) == (
        1 if merger.code_after == "99001" else 0
    )  # nothing of the neighbour's was here to be covered


def test_names_and_epcis_are_told_and_change_no_figure() -> None:
    passages = [
        Passage(2027, "renamed", "99004", "Le Val", "99004", "Le Val-Fleuri"),
        Passage(2027, "epci", "99003", "Le Mont", "99003", "Le Mont", "200000001", "CC du Bourg", "", ""),
        Passage(2027, "merged", "99060", "Loin", "99061", "Plus loin"),
    ]
    (step,) = steps(WORLD, 2026, passages)
    assert step.after["99004"] == "Le Val-Fleuri" and step.parts == {} and len(step.told) == 2
    assert "CC du Bourg avant, aucun désormais" in step.told[1]
    assert recode(cells(("dwellings", "99004", "2022", 1.0)), [step], KINDS).cells.empty


def test_several_years_follow_one_another_and_others_are_passed_over() -> None:
    passages = [
        Passage(2028, "recoded", "99001", "Bourg", "97001", "Bourg"),
        Passage(2027, "merged", "99002", "La Plaine", "99001", "Bourg"),
        Passage(2026, "merged", "99003", "Le Mont", "99004", "Le Val"),
        Passage(2029, "merged", "99088", "Loin", "99089", "Plus loin"),
    ]
    done = steps(WORLD, 2026, passages)
    assert [step.year for step in done] == [2027, 2028] and list(done[-1].after) == [
        "97001",
        "99003",
        "99004",
    ]
    recoded = recode(
        cells(("dwellings", "99001", "2022", 3.0), ("dwellings", "99002", "2022", 4.0)), done, KINDS
    )
    assert told(recoded.cells) == {("dwellings", "97001", "2022"): 7.0}
    assert recoded.journal["rule"].tolist() == [SUMMED, MOVED]


def test_where_a_file_does_not_say_its_year_the_communes_that_are_gone_do() -> None:
    passages = [
        Passage(2025, "merged", "99002", "", "99001", ""),
        Passage(2026, "recoded", "99003", "", "98003", ""),
    ]
    assert since_when(["99001", "99002", "99003"], passages, 2027) == 2024
    assert since_when(["99003"], passages, 2027) == 2025
    assert since_when(["99001"], passages, 2027) == 2027


def test_a_commune_that_leads_nowhere_is_told_as_lost() -> None:
    (step,) = steps(WORLD, 2026, [Passage(2027, "gone", "99004", "Le Val", "", "")])
    assert step.lost == ("99004",) and "99004" not in step.after


# -- laws


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str], list[Passage], pd.DataFrame]:
    """Communes, some of which merge into others or change code over two years, and counts of some of them."""
    codes = [f"990{n:02}" for n in range(draw(st.integers(2, 7)))]
    names = {code: f"Commune {code}" for code in codes}
    passages: list[Passage] = []
    here = list(codes)
    for year in (2027, 2028):
        for code in list(here):
            what = draw(st.sampled_from(["stays", "stays", "merged", "recoded"]))
            if what == "merged" and len(here) > 1:
                seat = draw(st.sampled_from([each for each in here if each != code]))
                if any(each.year == year and seat in (each.code,) for each in passages) or any(
                    each.year == year and each.code_after == code for each in passages
                ):
                    continue
                passages.append(Passage(year, "merged", code, names[code], seat, f"Commune {seat}"))
                here.remove(code)
            elif what == "recoded" and not any(
                each.year == year and code in (each.code, each.code_after) for each in passages
            ):
                new = f"{year % 100}{code[2:]}"
                passages.append(Passage(year, "recoded", code, names.get(code, code), new, f"Commune {new}"))
                names[new] = f"Commune {new}"
        for each in [each for each in passages if each.year == year and each.kind == "recoded"]:
            if each.code in here and not any(
                p.year == year and p.kind == "merged" and p.code_after == each.code for p in passages
            ):
                here[here.index(each.code)] = each.code_after
            else:
                passages.remove(each)
    rows = [
        (
            "dwellings",
            code,
            "2022",
            draw(st.one_of(st.integers(0, 10**6).map(float), st.sampled_from(["suppressed", "missing"]))),
        )
        for code in codes
        if draw(st.booleans()) or draw(st.booleans())
    ]
    return {code: names[code] for code in codes}, passages, cells(*rows)


@settings(max_examples=draws(60), deadline=None)
@given(worlds())
def test_no_count_is_lost_and_none_comes_out_of_nothing(
    world: tuple[dict[str, str], list[Passage], pd.DataFrame],
) -> None:
    names, passages, before = world
    done = steps(names, 2026, passages)
    recoded = recode(before, done, KINDS)
    after = pd.concat([before, recoded.cells], ignore_index=True).drop_duplicates(
        OBSERVATION_KEY, keep="last"
    )
    here = list(done[-1].after) if done else list(names)
    shown = after[after["commune"].isin(here) & (after["status"] == "observed")]["value"].sum()
    of = {code: code for code in names}
    for step in done:
        of = {code: step.moves.get(now, now) for code, now in of.items()}
    assert set(of.values()) == set(here)
    whole = {new: before[before["commune"].isin([code for code in of if of[code] == new])] for new in here}
    expected = sum(
        frame["value"].sum()
        for new, frame in whole.items()
        if len(frame) == sum(target == new for target in of.values())
        and (frame["status"] == "observed").all()
    )
    assert shown == pytest.approx(expected)
    # Whatever was laid is of a commune that is there, once a key, and every figure that moved is in the journal.
    assert set(recoded.cells["commune"]) <= set(here) and not recoded.cells.duplicated(OBSERVATION_KEY).any()
    touched = set(before[before["commune"].isin([code for step in done for code in step.moves])]["commune"])
    assert touched <= {code for parts in recoded.journal["parts"] for code in parts}


# -- the passages of France that come with the tables


def test_real_passages_are_those_that_the_official_code_announced() -> None:
    known = {(each.year, each.kind, each.code, each.code_after): each for each in reference.passages()}
    assert known[2025, "recoded", "12076", "12218"].name_after == "Conques-en-Rouergue"
    assert known[2025, "split", "15141", "15031"].name_after == "Celles"
    assert known[2024, "merged", "16355", "16097"].name == "Saint-Sulpice-de-Cognac"
    assert known[2026, "renamed", "12083", "12083"].name_after == "Cransac-les-Thermes"
    assert known[2024, "epci", "58238", "58238"].epci_name_after == "CA de Nevers"
    newest = [each for each in known.values() if each.year == reference.year()]
    assert {each.code_after for each in newest} <= set(reference.commune_names())
    # What is gone leads where the tables say that its code leads today, unless it was made again since.
    for each in known.values():
        if each.kind in ("merged", "recoded") and each.code not in reference.commune_names():
            assert reference.resolve(each.code) is not None, each
