"""French wording, checked on what a reader of an official page expects."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import french
from analysis.model import Status

N = "\u202f"
B = "\u00a0"


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1234.5, 1, f"1{N}234,5"),
        (6245, 0, f"6{N}245"),
        (1234567.891, 2, f"1{N}234{N}567,89"),
        (-3.5, 1, "−3,5"),
        (-0.04, 1, "0,0"),
        (-0.0, 0, "0"),
        (0.125, 2, "0,13"),
        (10.45, 1, "10,5"),
        (2.5, 0, "3"),
        (999.95, 1, f"1{N}000,0"),
        (np.float64(17.35), 1, "17,4"),
        (np.int64(3660), 0, f"3{N}660"),
        (1e-7, 1, "0,0"),
        (1e21, 0, N.join(["1"] + ["000"] * 7)),
    ],
)
def test_number(value: float, decimals: int, expected: str) -> None:
    assert french.number(value, decimals) == expected


@pytest.mark.parametrize("value", [None, math.nan, math.inf, "12"])
def test_number_refuses_what_is_not_one(value: object) -> None:
    with pytest.raises(french.TextError, match="n’est pas un nombre"):
        french.number(value)  # type: ignore[arg-type]


@given(st.integers(-(10**16), 10**16), st.integers(0, 3))
def test_a_whole_float_reads_as_the_integer_does(value: int, decimals: int) -> None:
    assert french.number(float(value), decimals) == french.number(int(float(value)), decimals)


@given(st.floats(-1e12, 1e12), st.integers(0, 4))
def test_number_reads_back_within_half_a_unit(value: float, decimals: int) -> None:
    text = french.number(value, decimals)
    back = float(text.replace(N, "").replace(",", ".").replace("−", "-"))
    assert "−" not in text or back < 0
    assert abs(back - value) <= 0.5 * 10**-decimals + 1e-6 * abs(value)


def test_percent_signed_and_quantity() -> None:
    assert french.percent(10.546) == f"10,5{N}%"
    assert french.percent(100, 0) == f"100{N}%"
    assert french.signed(12) == "+12"
    assert french.signed(-3.55, 1) == "−3,6"
    assert french.signed(0.02, 1) == "0,0"
    assert french.quantity(386, "logements") == f"386{B}logements"
    assert french.quantity(10.546, "%", 1) == f"10,5{N}%"
    assert french.quantity(1450, "€/m²") == f"1{N}450{B}€/m²"
    assert french.quantity(12, "") == "12"


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected"),
    [
        (1, "logements vacants", 0, "logement vacant"),
        (0, "locaux", 0, "local"),
        (1.5, "membres pour 1 000 habitants", 1, "membre pour 1 000 habitants"),
        (1.96, "points", 1, "points"),  # shown as 2,0: plural
        (1, "mois", 0, "mois"),
        (1, "bureaux", 0, "bureau"),
        (-1, "points de pourcentage", 0, "point de pourcentage"),
        (1, "habitants", 0, "habitant"),
        (1, "ventes de maisons", 0, "vente de maisons"),
        (2, "dossiers", 0, "dossiers"),
    ],
)
def test_units_agree_with_the_number_shown(value: float, unit: str, decimals: int, expected: str) -> None:
    assert french.quantity(value, unit, decimals).split(B, 1)[1] == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, "0 octet"), (840, "840 octets"), (1000, "1,0 Ko"), (3_240_000, "3,2 Mo"), (6_000_000_000, "6,0 Go")],
)
def test_sizes_of_files(size: int, expected: str) -> None:
    assert french.file_size(size).replace("\u00a0", " ") == expected


def test_plural() -> None:
    forms = [french.plural(n, "logement", "logements") for n in (0, 1, 1.5, 1.99, 2, 80, -1, -2)]
    assert forms == ["logement"] * 4 + ["logements"] * 2 + ["logement", "logements"]


def test_cell_tells_missing_suppressed_and_zero_apart() -> None:
    assert french.cell(0, Status.OBSERVED, "logements") == f"0{B}logement"
    assert french.cell(None, Status.SUPPRESSED, "logements") == "secret statistique"
    assert french.cell(None, Status.MISSING, "logements") == "non publié"
    assert french.cell(math.nan, Status.OBSERVED, "logements") == "non publié"
    assert french.status_text(Status.OBSERVED) == ""


def test_dates() -> None:
    assert french.date("2026-05-12") == french.date(dt.date(2026, 5, 12)) == "12/05/2026"
    assert french.date(dt.datetime(2026, 5, 12, 8, 30)) == "12/05/2026"
    assert french.date("2026-05-12T08:30:00") == "12/05/2026"
    assert french.long_date("2026-05-01") == f"1er{B}mai{B}2026"
    assert french.long_date("2004-12-31") == f"31{B}décembre{B}2004"
    assert french.period("2022") == "2022"
    assert french.period("2011-05") == f"mai{B}2011"
    assert french.period("2026-06-30") == "30/06/2026"
    assert french.period("2021/2025") == "2021–2025"


@pytest.mark.parametrize("value", ["2026-02-30", "12/05/2026", "", "2026-13", "2026-05-12x"])
def test_dates_refuse_what_is_none(value: str) -> None:
    with pytest.raises(french.TextError, match="AAAA-MM-JJ"):
        french.period(value) if len(value) == 7 else french.date(value)


@pytest.mark.parametrize(
    ("name", "at", "of", "index"),
    [
        (
            "Le Mêle-sur-Sarthe",
            "au Mêle-sur-Sarthe",
            "du Mêle-sur-Sarthe",
            "Mêle-sur-Sarthe (Le)",
        ),
        (
            "Les Ventes-de-Bourse",
            "aux Ventes-de-Bourse",
            "des Ventes-de-Bourse",
            "Ventes-de-Bourse (Les)",
        ),
        ("La Mesnière", "à La Mesnière", "de La Mesnière", "Mesnière (La)"),
        ("La Ferté-Macé", "à La Ferté-Macé", "de La Ferté-Macé", "Ferté-Macé (La)"),
        ("L'Aigle", "à L'Aigle", "de L'Aigle", "Aigle (L')"),
        ("L’Aigle", "à L’Aigle", "de L’Aigle", "Aigle (L')"),
        ("Essay", "à Essay", "d'Essay", "Essay"),
        ("Vidai", "à Vidai", "de Vidai", "Vidai"),
        ("Aunay-les-Bois", "à Aunay-les-Bois", "d'Aunay-les-Bois", "Aunay-les-Bois"),
        ("Écouché", "à Écouché", "d'Écouché", "Écouché"),
        ("Œuilly", "à Œuilly", "d'Œuilly", "Œuilly"),
        ("Yvetot", "à Yvetot", "d'Yvetot", "Yvetot"),
        ("Héloup", "à Héloup", "d'Héloup", "Héloup"),
        ("Hauterive", "à Hauterive", "de Hauterive", "Hauterive"),
        ("Aux Marais", "aux Marais", "des Marais", "Marais (Aux)"),
        ("Lestrem", "à Lestrem", "de Lestrem", "Lestrem"),
        ("Laleu", "à Laleu", "de Laleu", "Laleu"),
    ],
)
def test_places(name: str, at: str, of: str, index: str) -> None:
    assert (french.at_place(name), french.of_place(name), french.index_name(name)) == (
        at,
        of,
        index,
    )


def test_liaison_of_insee_decides_before_h() -> None:
    assert french.of_place("Honfleur", liaison=0) == "de Honfleur"
    assert french.of_place("Hautefort", liaison=1) == "d'Hautefort"
    assert french.of_place("Le Havre", liaison=2) == "du Havre"


def test_sorting_moves_the_article_and_ignores_accents() -> None:
    names = [
        "Vidai",
        "Les Ventes-de-Bourse",
        "Le Mêle-sur-Sarthe",
        "Essay",
        "Buré",
        "L'Aigle",
        "Bures",
        "Échauffour",
        "Marchemaisons",
    ]
    assert sorted(names, key=french.sort_key) == [
        "L'Aigle",
        "Buré",
        "Bures",
        "Échauffour",
        "Essay",
        "Marchemaisons",
        "Le Mêle-sur-Sarthe",
        "Les Ventes-de-Bourse",
        "Vidai",
    ]
    assert french.sort_key("Saint-Léger") != french.sort_key("Saint Léger")


def test_join_sentence_quoted() -> None:
    assert french.join([]) == ""
    assert french.join(["a"]) == "a"
    assert french.join(["a", "b"]) == "a et b"
    assert french.join(iter(["a", "b", "c"])) == "a, b et c"
    assert french.join(["a", "b"], "ou") == "a ou b"
    assert french.sentence("à Essay, DVF") == "À Essay, DVF"
    assert french.sentence("") == ""
    assert french.quoted("démonstration") == f"«{N}démonstration{N}»"
    assert [french.ordinal(1), french.ordinal(1, True), french.ordinal(2)] == [
        "1er",
        "1re",
        "2e",
    ]


def test_plain_blanks_become_narrow_where_french_wants_them() -> None:
    assert french.spaced("Oui : « non » ; 5 % !") == "Oui\u202f: «\u202fnon\u202f»\u202f; 5\u202f%\u202f!"
    assert french.spaced("a:b, 12 h 30") == "a:b, 12 h 30"
    assert french.spaced("Où ? À Essay ?") == "Où\u202f? À Essay\u202f?"


@pytest.mark.parametrize(
    "text", ["Où ? « Là » ; 5 % !", "Où\u202f? «\u202fLà » : 5\u202f%", "Essay, le bourg"]
)
def test_narrow_blanks_already_there_are_neither_doubled_nor_lost(text: str) -> None:
    once = french.spaced(text)
    assert french.spaced(once) == once
    assert once.replace("\u202f", " ") == text.replace("\u202f", " ")
    assert all(blank not in once for blank in (" ?", " ;", " :", " %", " !", " »", "« "))


def test_a_unit_that_is_a_complement_keeps_its_number() -> None:
    assert french.quantity(0, "pour 1 000 habitants", 1) == "0,0\u00a0pour 1 000 habitants"
