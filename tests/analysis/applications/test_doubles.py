"""Dossiers that may be one: the same address, the same name and trade, however they are spelled."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.applications.doubles import COLUMNS, doubles


def dossiers(*rows: tuple[str, str | None, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["application", "email", "name", "trade"])


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("a@ex.fr", "Candidat 1", "graphisme"), ("A@EX.FR ", "Candidat 2", "conseil"), "même adresse"),
        (("a@ex.fr", "Zoé Lefèvre-Roy", "Graphisme"), ("", "ROY LEFEVRE, zoe", "graphisme"), "même nom et même métier"),
        (("a@ex.fr", "Candidat 1", "conseil"), ("a@ex.fr", "candidat 1", "Conseil"), "même adresse et même nom et même métier"),
        (("a@ex.fr", "Candidat 1", "conseil"), ("b@ex.fr", "Candidat 1", "graphisme"), None),
        (("", "Candidat 1", ""), ("", "Candidat 1", ""), None),
        ((None, None, None), (None, None, None), None),
    ],
)  # fmt: skip
def test_what_makes_a_double(
    one: tuple[str | None, ...], other: tuple[str | None, ...], why: str | None
) -> None:
    found = doubles(dossiers(("2", *one), ("1", *other)))  # type: ignore[arg-type]
    assert list(found.columns) == COLUMNS
    assert found.to_numpy().tolist() == ([["1", "2", why]] if why else [])


def test_three_alike_are_three_pairs_and_those_judged_come_no_more() -> None:
    frame = dossiers(
        ("c", "x@ex.fr", "Candidat 3", "conseil"), ("a", "x@ex.fr", "Candidat 1", "conseil"), ("b", "x@ex.fr", "Candidat 3", "conseil")
    )  # fmt: skip
    assert [tuple(row) for row in doubles(frame)[["application", "other"]].to_numpy()] == [
        ("b", "c"),
        ("a", "b"),
        ("a", "c"),
    ]
    left = doubles(frame, [("c", "b"), ("a", "c")])
    assert left.to_numpy().tolist() == [["a", "b", "même adresse"]]
    # Nothing is merged: the dossiers are as they were.
    assert len(frame) == 3 and doubles(frame.iloc[:0]).empty
