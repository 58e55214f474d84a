"""Who answered when; silence is never shown as zero."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.watch.coverage import (
    COMMUNE_COLUMNS,
    CONTACT_COLUMNS,
    Heard,
    by_commune,
    by_contact,
    coverage_sentence,
    listings_text,
)

TODAY = dt.date(2026, 6, 16)
CONTACTS = pd.DataFrame(
    [("m1", "Mairie d’Essay"), ("m2", "Mairie de Coulimer"), ("a", "Agence du Perche"), ("m3", "Mairie de Barville")],
    columns=["contact", "label"],
)  # fmt: skip
SERVES = pd.DataFrame(
    [("m1", "61001"), ("m2", "61002"), ("m3", "61003"), ("a", "61002"), ("a", "61001"), ("a", "61001")],
    columns=["contact", "commune"],
)
CODES = ["61003", "61001", "61002", "61004"]


def answers(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["contact", "on"])


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


TOLD = answers(("m1", "2026-06-01"), ("m1", "2026-06-16"), ("m2", "2026-06-08"), ("a", "2026-06-09"), ("m3", "2026-06-17"))  # fmt: skip


def test_the_last_answer_of_each_contact_the_longest_silent_first() -> None:
    table = by_contact(CONTACTS, TOLD, TODAY)
    assert list(table.columns) == CONTACT_COLUMNS
    assert table["contact"].tolist() == ["m3", "m2", "a", "m1"]
    # Eight days ago is silent, seven is not; what is dated tomorrow is not known today.
    assert table["heard"].tolist() == ["never", "silent", "yes", "yes"]
    assert table["days"].tolist()[1:] == [8, 7, 0]
    assert pd.isna(table["last"].iloc[0]) and pd.isna(table["days"].iloc[0])
    assert [plain(text) for text in table["text"]] == [
        "jamais de réponse",
        "dernière réponse il y a 8 jours (08/06/2026)",
        "dernière réponse il y a 7 jours (09/06/2026)",
        "a répondu aujourd’hui",
    ]


def test_a_commune_is_heard_through_any_of_its_contacts() -> None:
    table = by_commune(SERVES, TOLD, CODES, TODAY)
    assert list(table.columns) == COMMUNE_COLUMNS
    assert table["commune"].tolist() == CODES
    assert table["contacts"].tolist() == [1, 2, 2, 0]
    assert table["heard"].tolist() == ["never", "yes", "yes", "nobody"]
    assert table["days"].tolist()[1:3] == [0, 7]
    assert table["text"].iloc[3] == "aucun correspondant"
    assert by_commune(SERVES, TOLD, CODES, TODAY, days=7)["heard"].tolist()[2] == "silent"


def test_nothing_was_ever_said() -> None:
    table = by_commune(SERVES, answers(), CODES, TODAY)
    assert table["heard"].tolist() == ["never", "never", "never", "nobody"]
    assert by_contact(CONTACTS, answers(), TODAY)["heard"].tolist() == ["never"] * 4
    assert by_contact(CONTACTS.iloc[:0], TOLD, TODAY).empty
    nobody = by_commune(SERVES.iloc[:0], TOLD, CODES, TODAY)
    assert nobody["heard"].tolist() == ["nobody"] * 4


@pytest.mark.parametrize(
    ("count", "heard", "days", "text"),
    [
        (2, "yes", 1, "2 annonces connues"),
        (0, "yes", 1, "aucune annonce signalée"),
        (1, "silent", 12, "1 annonce connue, sans nouvelles depuis 12 jours"),
        (0, "silent", 12, "on ne sait pas : sans nouvelles depuis 12 jours"),
        (0, "never", float("nan"), "on ne sait pas : sans nouvelles"),
        (0, "nobody", float("nan"), "on ne sait pas : aucun correspondant"),
        (3, "nobody", float("nan"), "3 annonces connues, aucun correspondant"),
    ],
)
def test_none_is_said_only_where_somebody_answered(count: int, heard: str, days: float, text: str) -> None:
    assert plain(listings_text(count, heard, days)) == text


@given(st.integers(0, 40), st.sampled_from(list(Heard)), st.integers(0, 90))
def test_silence_is_never_zero(count: int, heard: Heard, days: int) -> None:
    text = listings_text(count, heard.value, days)
    assert "logement" not in text
    assert ("aucune annonce" in text) == (heard is Heard.YES and not count)
    assert text.startswith("on ne sait pas") == (heard is not Heard.YES and not count)


def test_the_sentence_names_what_is_not_known() -> None:
    names = {"61001": "Essay", "61002": "Coulimer", "61003": "Barville", "61004": "Le Mêle-sur-Sarthe"}
    table = by_commune(SERVES, TOLD, CODES, TODAY)
    assert plain(coverage_sentence(table, names)) == (
        "2 communes sur 4 ont donné des nouvelles depuis moins de 8 jours ; on ne sait rien de récent de Barville et du Mêle-sur-Sarthe."
    )
    heard = table[table["heard"] == "yes"].head(1)
    assert plain(coverage_sentence(heard, names)) == (
        "1 commune sur 1 a donné des nouvelles depuis moins de 8 jours."
    )


def test_a_silence_of_no_day_is_refused() -> None:
    for call in (
        lambda: by_contact(CONTACTS, TOLD, TODAY, 0),
        lambda: by_commune(SERVES, TOLD, CODES, TODAY, 0),
    ):
        with pytest.raises(ValueError, match="1 jour au moins"):
            call()
