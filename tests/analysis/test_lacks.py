"""What the territory lacks, counted by hand, for each audience. `test_attack.py` attacks the tables together with all others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from analysis.declared import applications as files_tables
from analysis.lacks import (
    HousingFiles,
    commune_lacks_text,
    housing_files,
    lacks_text,
    lost_files,
    searching_text,
    shown_lacks,
)
from analysis.model import Audience, Thresholds
from analysis.watch.matching import lack_of

TODAY = dt.date(2026, 5, 12)
LIMITS = Thresholds(public=11, council=3)
HOUSE = {"tenure": "rent", "kind": "house", "rooms": 4, "max_rent": 580.0}
FLAT = {"tenure": "rent", "kind": "apartment", "rooms": 2, "max_rent": 400.0}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def files(*groups: tuple[int, dict[str, Any]]) -> pd.DataFrame:
    """So many files of each kind."""
    base = dict.fromkeys(["received", "wished_commune", "status", "reason", "planned_arrival", "needs"])
    base |= {"received": TODAY, "status": "declined"}
    rows = [base | changes for count, changes in groups for _ in range(count)]
    frame = pd.DataFrame(rows, columns=list(base))
    return frame.assign(received=pd.to_datetime(frame["received"]))


def lost(
    needs: dict[str, Any] | None = HOUSE, commune: str | None = "a", reason: str = "housing"
) -> dict[str, Any]:
    return {"status": "lost", "reason": reason, "needs": needs, "wished_commune": commune}


def made(frame: pd.DataFrame, audience: Audience = Audience.ANIMATEUR) -> HousingFiles:
    here, years = files_tables(frame, ["a", "b", "c"], 2026, TODAY, audience, LIMITS)
    until = years["cumulative"].iloc[-1]
    total = None if here.total is None or pd.isna(until) else float(until)
    return housing_files(frame, here, total, ["a", "b", "c"], TODAY, audience, LIMITS)


def test_a_file_is_lost_for_lack_of_a_dwelling_by_the_code_or_by_its_words() -> None:
    frame = files(
        (1, lost()),
        (2, lost(reason="logement introuvable à temps")),
        (4, lost(reason="silent")),
        (1, {"reason": "housing"}),
    )
    assert len(lost_files(frame)) == 3


def test_coordinators_read_every_lack_and_every_commune() -> None:
    frame = files(
        (3, lost()), (1, lost(HOUSE | {"max_rent": 600.0})), (1, lost(FLAT, "b")), (2, lost(None, None)),
        (2, {"status": "window_planned", "planned_arrival": TODAY}), (1, {"status": "housed", "planned_arrival": TODAY}), (9, {}),
    )  # fmt: skip
    found = made(frame)
    assert found.searching.cells["value"].to_dict() == {"searching": 2, "lost": 7, "others": 10}
    assert found.lacks_here.cells["value"].to_dict() == {"a": 4, "b": 1, "c": 0}
    assert plain(lacks_text(found)) == (
        "7 foyers perdus faute de logement : il a manqué 4 maisons de 4 pièces sous 600 €, 2 logements et "
        "1 appartement de 2 pièces sous 400 €."
    )
    assert plain(searching_text(found)) == "2 dossiers attendent un logement."


def test_the_council_reads_what_three_or_more_wanted_and_how_many_besides() -> None:
    frame = files(
        (7, lost()), (2, lost(FLAT, "b")), (2, lost(None, "b")), (5, lost(FLAT | {"rooms": 3}, "b")),
        (6, {"status": "accepted", "planned_arrival": TODAY}), (40, {"wished_commune": "a"}), (30, {"wished_commune": "b"}),
    )  # fmt: skip
    found = made(frame, Audience.ELU)
    assert found.lacks.total == 16
    assert [(one.count, one.rooms) for one in shown_lacks(found)] in ([(7, 4)], [(7, 4), (5, 3)])
    assert "il a manqué 7 maisons de 4 pièces sous 600 €" in plain(lacks_text(found))
    assert "de plus, trop peu demandés pour être dits" in plain(lacks_text(found))
    assert searching_text(found).startswith("6")
    # The public's threshold is 11: 16 are told, and of no single dwelling.
    outside = made(frame, Audience.PUBLIC)
    assert shown_lacks(outside) == [] or all(one.count >= 11 for one in shown_lacks(outside))


def test_few_losses_are_told_to_nobody_outside_and_none_is_told() -> None:
    few = made(files((2, lost()), (40, {"wished_commune": "a"})), Audience.ELU)
    assert plain(lacks_text(few)) == "Foyers perdus faute de logement : trop peu pour être publiés."
    assert few.lacks.cells.empty and few.lacks_here.cells["value"].isna().all()
    nobody = made(files((40, {"wished_commune": "a"})))
    assert plain(lacks_text(nobody)) == "Aucun foyer n'a été perdu faute de logement."
    assert plain(searching_text(nobody)) == "Aucun dossier n'attend un logement."
    assert plain(lacks_text(made(files()))) == "Aucun foyer n'a été perdu faute de logement."


def test_a_commune_s_losses_are_hidden_where_few_other_files_are_left() -> None:
    """5 of 6 files for « a » were lost: shown beside the 6, the 5 would tell that one was not."""
    frame = files(
        (5, lost()), (1, {"wished_commune": "a"}), (5, lost(commune="b")), (30, {"wished_commune": "b"}),
        (30, {"wished_commune": "c"}),
    )  # fmt: skip
    found = made(frame, Audience.ELU)
    assert found.lacks.total == 10
    assert found.lacks_here.cells["value"].isna().all()


def told_by_both(found: HousingFiles) -> dict[tuple[str, str], int]:
    rows = found.lacks_in
    return {(row.commune, row.lack): int(row.value) for row in rows.itertuples()}


MANY = ((40, {"wished_commune": "a"}), (40, {"wished_commune": "b"}), (40, {"wished_commune": "c"}))
"""Other files, so that what is left of a commune's files is never few."""


def test_a_mayor_reads_what_was_lacking_in_the_commune_whole_or_not_at_all() -> None:
    frame = files(
        (4, lost()),
        (3, lost(FLAT)),
        (4, lost(FLAT, "b")),
        (2, lost(HOUSE, "b")),
        (2, lost(HOUSE, "c")),
        *MANY,
    )
    council = made(frame, Audience.ELU)
    # In « b » two only wanted a house: nothing of « b » by dwelling. Of houses 4 are left elsewhere, of flats 4.
    assert told_by_both(council) == {("a", "house|rent|4|600"): 4, ("a", "apartment|rent|2|400"): 3}
    assert plain(commune_lacks_text(council, "a", "Essay")) == (
        "Essay : il a manqué 4 maisons de 4 pièces sous 600 € et 3 appartements de 2 pièces sous 400 €."
    )
    assert plain(commune_lacks_text(council, "b", "Laleu")).startswith(
        "Laleu : 6 foyers perdus faute de logement ; les biens voulus sont trop divers"
    ) or plain(commune_lacks_text(council, "b", "Laleu")).endswith("trop peu nombreux pour être publiés.")
    own = made(frame)
    assert len(told_by_both(own)) == 5
    assert (
        plain(commune_lacks_text(own, "c", "Bures"))
        == "Bures : il a manqué 2 maisons de 4 pièces sous 600 €."
    )
    assert told_by_both(made(frame, Audience.PUBLIC)) == {}


def test_no_commune_is_told_where_few_of_a_dwelling_would_be_left_elsewhere() -> None:
    """Of 5 houses « a » lacked 4: told, one would be left, and « b », « c » hold it."""
    frame = files((4, lost()), (1, lost(HOUSE, "b")), (3, lost(FLAT, "b")), (3, lost(FLAT, "c")), *MANY)
    assert told_by_both(made(frame, Audience.ELU)) == {}


def test_nobody_lost_in_a_commune_is_said_so() -> None:
    text = plain(commune_lacks_text(made(files((3, lost()), *MANY)), "b", "Laleu"))
    assert text == "Laleu : aucun foyer qui voulait y vivre n'a été perdu faute de logement."


@pytest.mark.parametrize("key", ["house|rent|4|600", "|sale||90000", "|rent||"])
def test_a_lack_is_read_again_from_its_key(key: str) -> None:
    assert lack_of(key, 2).key == key


def test_the_sentence_names_the_first_ones_and_counts_the_rest() -> None:
    frame = files(*((n, lost(HOUSE | {"rooms": n})) for n in range(1, 7)))
    assert plain(lacks_text(made(frame))).endswith("3 maisons de 3 pièces sous 600 € et 3 autres biens.")
