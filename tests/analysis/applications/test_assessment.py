"""Two grids, blind until both are signed; Cohen's kappa beside published tables and a bootstrap."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.applications.assessment import (
    SCALE,
    Assessment,
    AssessmentError,
    agreement,
    agreement_over_time,
    check,
    differences,
    judged_since,
    kappa,
    kappa_of,
    paper_open,
    visible,
    visible_history,
)
from analysis.applications.steps import Entry, Kind, Party
from analysis.vocabulary import ASSESSMENT_CRITERIA

DAY = dt.date(2026, 5, 12)
MARKS = dict.fromkeys(ASSESSMENT_CRITERIA, 3)


def grid(author: str, seat: str, signed: bool = True, **marks: int) -> Assessment:
    return Assessment(
        author, seat, {**MARKS, **marks}, {"income": f"remarque de {author}"}, DAY if signed else None
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


ANN, BOB = grid("ann", "founder", project=4), grid("bob", "councillor", clients=1, project=3)


# -- blind ---------------------------------------------------------------------------------------------------


def test_nobody_sees_the_other_before_both_have_signed() -> None:
    for grids in ((ANN, replace(BOB, signed=None)), (replace(ANN, signed=None), BOB), (ANN,)):
        assert [each.author for each in visible(grids, "ann")] == ["ann"]
        assert visible(grids, "cho") == ()
    assert visible((ANN, BOB), "ann") == visible((ANN, BOB), "cho") == (ANN, BOB)


def test_one_person_on_both_seats_opens_nothing() -> None:
    other = grid("ann", "councillor")
    assert visible((ANN, other), "cho") == ()
    assert visible((ANN, replace(BOB, seat="founder")), "ann") == (ANN,)


def test_a_history_tells_nothing_of_what_the_other_thinks() -> None:
    day = dt.date(2026, 5, 1)
    entries = (
        Entry(Kind.MOVE, day, "candidate", Party.CANDIDATE, "Bonjour", "received"),
        Entry(Kind.MOVE, day, "bob", Party.COORDINATOR, "je n’y crois pas", "read"),
        Entry(Kind.NOTE, day, "ann", Party.COORDINATOR, "très bien"),
        Entry(Kind.SIGN, day, "bob", Party.COORDINATOR, "note 1 partout", seat="councillor"),
    )
    blind = visible_history(entries, (BOB, replace(ANN, signed=None)), "ann")
    assert [entry.note for entry in blind] == ["Bonjour", "", "très bien", ""]
    assert [replace(entry, note="") for entry in blind] == [replace(entry, note="") for entry in entries]
    assert visible_history(entries, (ANN, BOB), "ann") == entries


def move(step: str, kind: Kind = Kind.MOVE) -> Entry:
    return Entry(kind, DAY, "ann", Party.COORDINATOR, step=step)


def test_a_dossier_is_judged_from_the_first_time_it_was_read() -> None:
    received, read = (move("received"), "10"), (move("read"), "20")
    assert judged_since([received], "received") is None
    assert judged_since([received, (move("withdrawn"), "15")], "withdrawn") is None
    assert judged_since([received, read, (move("met"), "30")], "met") == "20"
    # Taken back to its reception by a correction: whoever read it has read it.
    assert judged_since([received, read, (Entry(Kind.CORRECT, DAY, "ann", Party.COORDINATOR), "25")], "received") == "20"  # fmt: skip
    # Told as read by a file, with a line here or none yet: nothing here was before it.
    assert judged_since([(move("read", Kind.TAKEN_OVER), "40")], "read") == ""
    assert judged_since([], "read") == ""


@pytest.mark.parametrize(
    ("party", "author", "added", "since", "may"),
    [
        (Party.COORDINATOR, "bob", "19", "20", True),
        (Party.COORDINATOR, "bob", "20", "20", False),
        (Party.COORDINATOR, "bob", "21", "20", False),
        (Party.COORDINATOR, "bob", "21", "", False),
        (Party.COORDINATOR, "bob", "21", None, True),
        (Party.COORDINATOR, "ann", "21", "20", True),
        (Party.CANDIDATE, "candidate", "21", "20", True),
        (Party.OTHER, "dan", "21", "20", False),
    ],
)
def test_what_is_judged_is_read_by_all_and_what_is_added_meanwhile_by_its_author(
    party: Party, author: str, added: str, since: str | None, may: bool
) -> None:
    assert paper_open(party, author, added, "ann", since) is may


@given(
    st.dictionaries(st.sampled_from(sorted(ASSESSMENT_CRITERIA)), st.sampled_from(SCALE)),
    st.text(max_size=8),
    st.booleans(),
)
def test_whatever_the_other_marks_a_blind_assessor_reads_the_same(
    marks: dict[str, int], words: str, signed: bool
) -> None:
    """The one who has not signed cannot tell two grids of the other apart."""
    mine = grid("ann", "founder", signed=False)
    other = Assessment("bob", "councillor", {**MARKS, **marks}, {"income": words}, DAY if signed else None)
    assert visible((mine, other), "ann") == visible((mine, BOB), "ann")
    note = Entry(Kind.NOTE, DAY, "bob", Party.COORDINATOR, words)
    assert visible_history((note,), (mine, other), "ann") == (replace(note, note=""),)


def test_disagreements_come_first() -> None:
    found = differences((BOB, ANN))
    assert [(each.criterion, each.apart) for each in found[:3]] == [
        ("clients", 2),
        ("project", 1),
        ("income", 0),
    ]
    assert found[0].marks == {"founder": 3, "councillor": 1}
    assert found[2].remarks == {"founder": "remarque de ann", "councillor": "remarque de bob"}
    with pytest.raises(AssessmentError, match="quand les deux ont signé"):
        differences((ANN, replace(BOB, signed=None)))


@pytest.mark.parametrize(
    ("assessment", "match"),
    [
        (replace(ANN, seat="mayor"), "fondateur ou conseiller"),
        (replace(ANN, marks={**MARKS, "income": 5}), "le revenu : 5 n’est pas une note, attendu de 1 à 4"),
        (replace(ANN, marks={**MARKS, "charm": 3}), "« charm » n’est pas un critère"),
        (replace(ANN, remarks={"charm": "?"}), "« charm »"),
        (replace(ANN, marks={**dict.fromkeys(list(MARKS)[:5], 2)}), "l’accord du foyer et la mobilité"),
    ],
)
def test_a_grid_that_cannot_be_signed(assessment: Assessment, match: str) -> None:
    with pytest.raises(AssessmentError) as error:
        check(assessment)
    assert match in plain(str(error.value))
    check(ANN)


# -- kappa ---------------------------------------------------------------------------------------------------

# Two dermatologists, 88 patients: SAS/STAT user's guide, PROC FREQ, « Skin Condition Data ».
SKIN = np.array([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]], dtype=float)
# Two raters, 100 patients: Fleiss, Statistical Methods for Rates and Proportions (2nd ed., 1981), table 13.1 and § 13.1.
FLEISS = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]], dtype=float)


def test_kappa_of_the_published_tables() -> None:
    skin = kappa_of(SKIN, linear=False)
    assert (skin.value, skin.error) == (pytest.approx(0.3449, abs=5e-5), pytest.approx(0.0724, abs=5e-5))
    assert (skin.low, skin.high) == (pytest.approx(0.2030, abs=5e-5), pytest.approx(0.4868, abs=5e-5))
    assert skin.dossiers == 88
    raters = kappa_of(FLEISS, linear=False)
    assert (raters.value, raters.error) == (pytest.approx(0.68, abs=5e-3), pytest.approx(0.087, abs=1e-3))


def test_with_two_marks_the_weights_change_nothing() -> None:
    table = np.array([[40.0, 9.0], [6.0, 45.0]])
    assert kappa_of(table, linear=True) == kappa_of(table, linear=False)


def test_the_error_of_the_weighted_one_is_that_of_a_bootstrap() -> None:
    draw = np.random.default_rng(20260512)
    found = kappa_of(SKIN, linear=True)
    p = (SKIN / SKIN.sum()).ravel()
    values = [
        kappa_of(draw.multinomial(88, p).reshape(4, 4).astype(float), linear=True).value for _ in range(4000)
    ]
    assert found.error == pytest.approx(np.std(np.array(values, dtype=float)), rel=0.05)
    assert found.value is not None and kappa_of(SKIN, linear=False).value is not None
    # Neighbouring marks agree in part.
    assert found.value > 0.3449


@given(
    st.lists(st.tuples(st.sampled_from(SCALE), st.sampled_from(SCALE)), min_size=1, max_size=40),
    st.booleans(),
)
@example([(1, 3), (3, 1)], True)  # opposite marks: the division gave a last digit below -1
def test_kappa_stays_within_its_bounds_and_does_not_care_who_is_first(
    pairs: list[tuple[int, int]], linear: bool
) -> None:
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    found, turned = kappa(one, other, linear=linear), kappa(other, one, linear=linear)
    assert found.dossiers == len(pairs)
    if found.value is None:
        assert len({*one, *other}) == 1
    else:
        assert turned.value == pytest.approx(found.value)
        assert -1 <= found.value <= 1
        if found.low is not None and found.high is not None:
            assert -1 <= found.low <= found.value <= found.high <= 1


def test_where_there_is_nothing_to_measure() -> None:
    assert plain(kappa([], []).sentence()) == (
        "Pas encore de dossier décidé par deux signatures : l’accord ne se mesure pas."
    )
    assert plain(kappa([3, 3], [3, 3]).sentence()) == (
        "L’accord ne se mesure pas : une seule et même note partout, sur 2 dossiers décidés."
    )
    full = kappa([1, 2, 3], [1, 2, 3])
    assert (full.value, full.low, full.high) == (1, None, None)
    assert (
        plain(full.sentence())
        == "Accord des deux signatures : κ = 1,00, sans intervalle, sur 3 dossiers décidés."
    )
    assert plain(kappa_of(SKIN, linear=False).sentence()) == (
        "Accord des deux signatures : κ = 0,34 (intervalle de confiance à 95 % : 0,20 à 0,49), sur 88 dossiers décidés."
    )
    with pytest.raises(AssessmentError, match="il en faut autant"):
        kappa([1], [1, 2])
    with pytest.raises(AssessmentError, match="5 n’est pas une note"):
        kappa([1], [5])


def test_agreement_counts_dossiers_whose_grids_are_both_signed() -> None:
    found = agreement(
        [(ANN, BOB), (BOB, grid("ann", "founder", clients=1)), (ANN, replace(BOB, signed=None))]
    )
    assert list(found) == list(ASSESSMENT_CRITERIA)
    assert found["clients"].dossiers == 2
    assert found["clients"].value == kappa([3, 1], [1, 1]).value
    assert found["income"].value is None


def test_agreement_over_time_counts_a_dossier_in_the_year_of_its_second_signature() -> None:
    def pair(first: str, second: str, other: int) -> tuple[Assessment, Assessment]:
        ann = replace(ANN, signed=dt.date.fromisoformat(first))
        bob = grid("bob", "councillor", clients=other)
        return ann, replace(bob, signed=dt.date.fromisoformat(second))

    found = agreement_over_time(
        [
            pair("2024-12-30", "2025-01-04", 3),
            pair("2025-03-01", "2025-02-01", 1),
            pair("2023-05-01", "2023-05-02", 2),
        ]
    )
    assert list(found) == list(ASSESSMENT_CRITERIA)
    assert {year: each.dossiers for year, each in found["clients"].items()} == {2023: 1, 2025: 2}
    assert list(found["clients"]) == [2023, 2025]
    assert found["clients"][2025].value == kappa([3, 3], [3, 1]).value
    assert agreement_over_time([(ANN, replace(BOB, blind=False))])["clients"] == {}


def test_a_grid_written_after_the_other_was_seen_is_no_agreement() -> None:
    assert agreement([(ANN, BOB), (ANN, replace(BOB, blind=False))])["clients"].dossiers == 1
