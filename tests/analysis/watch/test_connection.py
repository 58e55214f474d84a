"""« Télétravaillable ? »: what was said of the dwelling, else the commune's premises, and the telecentre as plan B."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.vocabulary import CONNECTIONS
from analysis.watch.connection import BEST, ENOUGH, LEVELS, Workable, plan_b, workable
from data.community import ASKED

ESSAY = {"fibre": 90.0, "copper": 6.0, "mobile": 3.0, "satellite": 1.0}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def test_every_level_judges_every_connection_and_the_pack_may_name_each() -> None:
    assert set(ENOUGH) == set(LEVELS) == set(ASKED)
    assert all(set(found) == set(CONNECTIONS) for found in ENOUGH.values())
    assert set(BEST.values()) < set(CONNECTIONS)


@pytest.mark.parametrize(
    ("level", "connection", "chances", "text"),
    [
        ("fibre", "fibre", (1, 1), "oui : fibre"),
        ("fibre", "copper", (0, 0), "non : ADSL ou VDSL"),
        ("fast", "mobile", (0, 1), "à essayer : 4G ou 5G fixe, le débit varie d'une adresse à l'autre"),
        ("any", "copper", (1, 1), "oui : ADSL ou VDSL"),
        ("any", "none", (0, 0), "non : aucune connexion"),
    ],
)
def test_what_was_said_of_the_dwelling_goes_first(
    level: str, connection: str, chances: tuple[float, float], text: str
) -> None:
    found = workable(level, connection, ESSAY, "Essay")
    assert (found.low, found.high) == chances and plain(found.text) == text


def test_else_it_is_one_of_the_commune_s_premises() -> None:
    found = workable("fast", None, ESSAY, "Essay")
    assert (found.low, found.high) == (0.9, 0.99)
    assert (
        plain(found.text)
        == "90 à 99 chances sur 100 : 90 locaux sur 100 ont la fibre à Essay, connexion à demander"
    )
    assert plain(workable("fibre", None, ESSAY, "Essay").text).startswith("90 chances sur 100 : ")
    assert workable("any", None, {"fibre": 7.0}, "Essay").sure


@pytest.mark.parametrize("premises", [None, {}, {"fibre": 0.0}])
def test_without_published_premises_nothing_is_known(premises: dict[str, float] | None) -> None:
    assert workable("fast", None, premises, "Essay") == Workable(
        None, None, "on ne sait pas, connexion à demander"
    )


@given(st.dictionaries(st.sampled_from(list(BEST.values())), st.floats(0, 1e5), min_size=1))
def test_what_asks_less_is_never_less_likely(premises: dict[str, float]) -> None:
    found = [workable(level, None, premises, "x") for level in ("any", "fast", "fibre")]
    if found[0].low is None:
        return
    for less, more in pairwise(found):
        assert less.low >= more.low and less.high >= more.high  # type: ignore[operator]
    assert all(0 <= each.low <= each.high <= 1 + 1e-9 for each in found)  # type: ignore[operator]


def test_the_telecentre_is_the_plan_b_of_a_dwelling_that_is_not_sure() -> None:
    unsure = workable("fast", None, ESSAY, "Essay")
    assert plain(plan_b(unsure, "Boitron", 6.4)) == "sinon, télécentre le plus proche : Boitron, à 6 km"
    assert (
        plain(plan_b(unsure, "Boitron", 0.0, here=True))
        == "sinon, télécentre le plus proche : dans la commune (Boitron)"
    )
    assert plan_b(unsure, None, None) == "" == plan_b(workable("fast", "fibre", None, "x"), "Boitron", 6.4)
