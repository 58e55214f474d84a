"""Needs against listings: limits, preferences, reasons, refusals, what would have to give, and the best for all."""

import datetime as dt
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.watch.matching import (
    MUST,
    WEIGHTS,
    Listing,
    Match,
    Need,
    Refusal,
    RefusalReason,
    after,
    assignment,
    comparison_sentence,
    consequence_text,
    energy_ban,
    lacks,
    lacks_sentence,
    match,
    one_after_the_other,
    ranked,
    values,
    why_none,
)

TODAY = dt.date(2026, 6, 16)
HOUSE = Listing("h", "61001", "house", rooms=4, rent=600, work_room=True, school=True, speed=300, energy="D")
NEED = Need("f", kinds=frozenset({"house"}), rooms=4, cost=650, communes=frozenset({"61001"}))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def judged(need: Need = NEED, **changes: object) -> Match:
    return match(need, replace(HOUSE, **changes), TODAY)  # type: ignore[arg-type]


def asks(**changes: object) -> Need:
    return replace(NEED, **changes)  # type: ignore[arg-type]


# -- one pair ------------------------------------------------------------------------------------------------


def test_a_house_that_has_everything() -> None:
    pair = judged(asks(work_room=True, school=True, speed=100.0, arrival=dt.date(2026, 6, 24)))
    assert pair.possible
    assert pair.score == 100
    assert [plain(text) for text in pair.reasons] == [
        "à louer",
        "maison",
        "4 pièces pour 4 demandées",
        "600 € par mois pour 650 € au plus",
        "une pièce pour travailler",
        "une école dans la commune",
        "300 Mbit/s pour 100 demandés",
        "commune souhaitée",
        "libre à l’arrivée",
    ]
    assert pair.against == pair.to_check == ()


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"tenure": "sale", "price": 90_000.0}, "à vendre"),
        ({"rooms": 3}, "3 pièces pour 4 demandées"),
        ({"rent": 651.0}, "651 € par mois pour 650 € au plus"),
        ({"charges": 60.0}, "660 € par mois pour 650 € au plus"),
        ({"free_from": dt.date(2026, 6, 25)}, "libre le 25/06/2026, après l’arrivée"),
    ],
)
def test_a_hard_limit_missed_makes_it_impossible(changes: dict[str, object], against: str) -> None:
    pair = judged(asks(arrival=dt.date(2026, 6, 24)), **changes)
    assert not pair.possible
    assert pair.score == pair.value == 0
    assert against in [plain(text) for text in pair.against]


@pytest.mark.parametrize(
    ("need", "changes", "text"),
    [
        ({}, {"commune": "61002"}, "hors des communes souhaitées"),
        ({}, {"kind": "apartment"}, "appartement"),
        ({"work_room": True}, {"work_room": False}, "pas de pièce pour travailler"),
        ({"school": True}, {"school": False}, "pas d’école dans la commune"),
        ({"speed": 400.0}, {}, "300 Mbit/s pour 400 demandés"),
    ],
)
def test_a_preference_missed_lowers_the_score_and_a_limit_forbids(
    need: dict[str, object], changes: dict[str, object], text: str
) -> None:
    pair = judged(asks(**need), **changes)
    assert pair.possible
    assert 0 < pair.score < 100
    assert [plain(one) for one in pair.against] == [text]
    (criterion,) = [one.criterion for one in pair.judged if one.met == "no"]
    assert not judged(asks(**need, must=MUST | {criterion}), **changes).possible


@pytest.mark.parametrize(
    ("need", "changes", "text"),
    [
        ({}, {"rooms": None}, "nombre de pièces à demander"),
        ({}, {"rent": None}, "loyer ou prix à demander"),
        ({"work_room": True}, {"work_room": None}, "pièce pour travailler à demander"),
        ({"school": True}, {"school": None}, "école à vérifier"),
        ({"speed": 30.0}, {"speed": None}, "débit internet à vérifier"),
        ({"pets": True}, {}, "animaux à demander au propriétaire"),
        ({}, {"least_months": 12}, "le propriétaire veut 12 mois au moins : durée à demander au foyer"),
    ],
)
def test_what_nobody_told_is_to_be_checked_and_forbids_nothing(
    need: dict[str, object], changes: dict[str, object], text: str
) -> None:
    pair = judged(asks(**need), **changes)
    assert pair.possible
    assert [plain(one) for one in pair.to_check] == [text]
    assert pair.against == ()


def test_the_owner_wants_no_pets() -> None:
    assert judged(pets=False).possible
    pair = judged(asks(pets=True), pets=False)
    assert not pair.possible
    assert pair.against == ("le propriétaire refuse les animaux",)
    assert judged(asks(pets=True), pets=True).score == judged().score


def test_the_owner_wants_a_year() -> None:
    assert judged(asks(months=12), least_months=12).possible
    pair = judged(asks(months=6), least_months=12)
    assert not pair.possible
    assert [plain(text) for text in pair.against] == ["le propriétaire veut 12 mois au moins"]


def test_a_rent_a_little_above_a_wish_costs_little_and_a_fifth_above_all() -> None:
    soft = asks(must=frozenset())
    scores = [judged(soft, rent=rent).score for rent in (650.0, 663.0, 700.0, 780.0, 900.0)]
    assert scores[0] == 100
    assert scores == sorted(scores, reverse=True)
    assert scores[1] > 95
    assert scores[3] == scores[4]


def test_who_should_have_arrived_already_takes_what_is_free_today() -> None:
    late = asks(arrival=dt.date(2026, 6, 1))
    assert judged(late, free_from=dt.date(2026, 5, 1)).possible
    assert judged(late, free_from=TODAY).possible
    assert not judged(late, free_from=dt.date(2026, 6, 17)).possible


def test_a_house_for_sale_is_judged_by_its_price() -> None:
    buys = asks(tenure="sale", cost=120_000.0)
    pair = judged(buys, tenure="sale", price=115_000.0, rent=None, energy="G")
    assert pair.possible
    assert "115 000 € pour 120 000 € au plus" in [plain(text) for text in pair.reasons]
    assert not judged(buys, tenure="sale", price=125_000.0).possible


PLACES = st.sampled_from(["61001", "61002", "61003"])
NEEDS = st.builds(
    Need,
    application=st.just("f"),
    tenure=st.sampled_from(["rent", "sale"]),
    kinds=st.frozensets(st.sampled_from(["house", "apartment"])),
    rooms=st.none() | st.integers(1, 6),
    cost=st.none() | st.floats(300, 900),
    work_room=st.booleans(),
    school=st.booleans(),
    speed=st.none() | st.floats(1, 1000),
    communes=st.frozensets(PLACES),
    arrival=st.none() | st.dates(dt.date(2026, 5, 1), dt.date(2026, 9, 1)),
    pets=st.booleans(),
    months=st.none() | st.integers(1, 24),
    must=st.frozensets(st.sampled_from(list(WEIGHTS))),
)
LISTINGS = st.builds(
    Listing,
    listing=st.uuids().map(str),
    commune=PLACES,
    kind=st.sampled_from(["house", "apartment", "workplace"]),
    tenure=st.sampled_from(["rent", "sale"]),
    rooms=st.none() | st.integers(1, 6),
    rent=st.none() | st.floats(300, 900),
    work_room=st.none() | st.booleans(),
    school=st.none() | st.booleans(),
    speed=st.none() | st.floats(0, 1000),
    energy=st.sampled_from(["", "A", "D", "F", "G"]),
    free_from=st.none() | st.dates(dt.date(2026, 5, 1), dt.date(2026, 9, 1)),
    pets=st.none() | st.booleans(),
    least_months=st.none() | st.integers(1, 24),
    chance=st.floats(0, 1),
)


@given(NEEDS, LISTINGS)
def test_scores_keep_their_limits_and_every_criterion_has_words(need: Need, listing: Listing) -> None:
    pair = match(need, listing, TODAY)
    assert 0 <= pair.score <= 100
    assert (pair.score > 0) == pair.possible
    assert 0 <= pair.value <= listing.chance
    texts = (*pair.reasons, *pair.against, *pair.to_check)
    assert len(texts) == len(pair.judged)
    assert all(texts)
    # Asking for less never lowers what is possible.
    assert match(replace(need, must=frozenset()), listing, TODAY).possible >= pair.possible


# -- energy --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("energy", "on", "banned"),
    [
        ("G", "2024-12-31", False), ("G", "2025-01-01", True), ("g", "2026-06-16", True),
        ("F", "2027-12-31", False), ("F", "2028-01-01", True),
        ("E", "2033-12-31", False), ("E", "2034-01-01", True),
        ("D", "2040-01-01", False), ("", "2040-01-01", False),
    ],
)  # fmt: skip
def test_classes_that_may_not_be_let(energy: str, on: str, banned: bool) -> None:
    assert bool(energy_ban(energy, dt.date.fromisoformat(on))) == banned


def test_the_ban_is_for_dwellings_to_let_and_says_so() -> None:
    assert plain(energy_ban("G", TODAY)) == (
        "classe énergie G : ne peut plus être louée depuis le 1er janvier 2025 (loi Climat et résilience)"
    )
    assert not energy_ban("G", TODAY, tenure="sale")
    assert not energy_ban("G", TODAY, kind="workplace")
    pair = judged(energy="G")
    assert not pair.possible
    assert len(pair.against) == 1 and pair.against[0].startswith("classe énergie G")


def test_the_day_of_the_lease_decides_not_today() -> None:
    assert judged(asks(arrival=dt.date(2027, 12, 20)), energy="F").possible
    assert not judged(asks(arrival=dt.date(2028, 1, 2)), energy="F").possible
    assert not judged(asks(must=frozenset()), energy="F", free_from=dt.date(2028, 1, 1)).possible


# -- refusals ------------------------------------------------------------------------------------------------


def possible(state: object, need: Need, listing: Listing) -> bool:
    return bool(ranked(need, [listing], TODAY, state.barred)) and listing in state.listings  # type: ignore[attr-defined]


@pytest.mark.parametrize("reason", list(RefusalReason))
def test_each_refusal_has_its_own_consequences(reason: RefusalReason) -> None:
    other = replace(NEED, application="g")
    state = after([NEED, other], [HOUSE], [Refusal("h", "f", reason)])
    assert state.needs == (NEED, other)
    assert not possible(state, NEED, HOUSE)
    assert possible(state, other, HOUSE) == (reason is not RefusalReason.GONE)


def test_what_did_not_suit_is_a_limit_of_that_family_from_then_on() -> None:
    other = replace(NEED, application="g")
    far = replace(HOUSE, listing="far", commune="61002")
    assert match(NEED, far, TODAY).possible
    state = after([NEED, other], [far], [Refusal("x", "f", RefusalReason.UNSUITABLE, "commune")])
    assert not match(state.needs[0], far, TODAY).possible
    assert match(state.needs[1], far, TODAY).possible
    # The other reasons leave the needs as they are, whatever they name.
    same = after([NEED], [far], [Refusal("x", "f", RefusalReason.FAMILY, "commune")])
    assert same.needs == (NEED,)


def test_an_unknown_criterion_is_refused() -> None:
    with pytest.raises(ValueError, match="« vue » inconnu"):
        after([NEED], [HOUSE], [Refusal("h", "f", RefusalReason.UNSUITABLE, "vue")])


def test_consequences_in_words() -> None:
    texts = {reason: plain(consequence_text(Refusal("h", "f", reason))) for reason in RefusalReason}
    assert texts[RefusalReason.GONE] == "L’annonce est partie pour tous les foyers."
    assert "le propriétaire" in texts[RefusalReason.OWNER]
    assert all("aux autres" in texts[r] for r in RefusalReason if r is not RefusalReason.GONE)
    rooms = consequence_text(Refusal("h", "f", RefusalReason.UNSUITABLE, "rooms"))
    assert plain(rooms).endswith("le critère « nombre de pièces » devient une limite pour lui.")


# -- one household -------------------------------------------------------------------------------------------


def test_ranking_weighs_score_and_chance() -> None:
    sure = replace(HOUSE, listing="sure", commune="61002", chance=0.9)
    doubtful = replace(HOUSE, listing="doubtful", chance=0.4)
    gone = replace(HOUSE, listing="gone", chance=0.0)
    small = replace(HOUSE, listing="small", rooms=2)
    found = ranked(NEED, [doubtful, gone, small, sure], TODAY)
    assert [pair.listing.listing for pair in found] == ["sure", "doubtful"]
    assert [pair.listing.listing for pair in ranked(NEED, [doubtful, sure], TODAY, frozenset({("f", "sure")}))] == ["doubtful"]  # fmt: skip


def test_nothing_is_said_where_something_is_possible() -> None:
    assert why_none(NEED, [HOUSE], TODAY) is None


def test_why_there_is_no_match_and_what_would_have_to_give() -> None:
    listings = [
        replace(HOUSE, listing="1", rent=690.0),
        replace(HOUSE, listing="2", rent=720.0),
        replace(HOUSE, listing="3", rooms=3),
        replace(HOUSE, listing="4", rooms=3, rent=800.0),
        replace(HOUSE, listing="5", energy="G"),
        replace(HOUSE, listing="6"),
    ]
    found = why_none(NEED, listings, TODAY, frozenset({("f", "6")}))
    assert found is not None
    assert [plain(text) for text in found.reasons] == [
        "loyer ou prix : 3 annonces écartées",
        "nombre de pièces : 2 annonces écartées",
        "classe énergie : 1 annonce écartée",
        "1 annonce déjà refusée",
    ]
    assert [(one.criteria, one.listings) for one in found.concessions] == [
        (("rent",), 1),
        (("rooms",), 1),
        (("rooms", "rent"), 1),
    ]
    assert [plain(one.text) for one in found.concessions] == [
        "1 annonce possible avec 690 € au lieu de 650 €",
        "1 annonce possible avec 3 pièces au lieu de 4",
        "1 annonce possible avec 3 pièces au lieu de 4 et avec 800 € au lieu de 650 €",
    ]


def test_concessions_of_other_kinds_and_none_that_is_not_theirs_to_make() -> None:
    need = asks(must=MUST | {"commune", "work_room"}, work_room=True, pets=True, arrival=TODAY, months=6)
    listings = [
        replace(HOUSE, listing="1", commune="61002", pets=True),
        replace(HOUSE, listing="2", free_from=dt.date(2026, 7, 1), pets=True),
        replace(HOUSE, listing="3", free_from=dt.date(2026, 7, 15), pets=True),
        replace(HOUSE, listing="4", pets=False),
        replace(HOUSE, listing="5", rooms=2, chance=0.0, pets=True),
    ]
    found = why_none(need, listings, TODAY)
    assert found is not None
    assert sorted(plain(one.text) for one in found.concessions) == [
        "1 annonce possible avec une entrée le 01/07/2026",
        "1 annonce possible sans exiger « commune »",
    ]
    nothing = why_none(need, [], TODAY)
    assert nothing is not None
    assert nothing.reasons == ("aucune annonce n’est connue",)
    assert nothing.concessions == ()


@given(NEEDS, st.lists(LISTINGS, max_size=6))
def test_every_concession_opens_what_it_says(need: Need, listings: list[Listing]) -> None:
    found = why_none(need, listings, TODAY)
    pairs = ranked(need, listings, TODAY)
    assert (found is None) == bool(pairs)
    if found:
        assert all(one.listings >= 1 for one in found.concessions)
        sizes = [len(one.criteria) for one in found.concessions]
        assert sizes == sorted(sizes)


# -- several households --------------------------------------------------------------------------------------


def people(count: int) -> list[Need]:
    return [replace(NEED, application=f"f{n}") for n in range(count)]


def houses(count: int) -> list[Listing]:
    return [replace(HOUSE, listing=f"h{n}") for n in range(count)]


def brute_force(worth: np.ndarray) -> float:
    """The greatest total over all ways of giving each household one listing or none."""
    rows, columns = worth.shape
    if rows > columns:
        return brute_force(worth.T)
    return max(
        (sum(worth[i, j] for i, j in enumerate(chosen)) for chosen in permutations(range(columns), rows)),
        default=0.0,
    )


@given(
    st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(
        lambda shape: arrays(float, shape, elements=st.just(0.0) | st.floats(0.01, 1))
    )
)
def test_assignment_equals_brute_force_up_to_seven_by_seven(worth: np.ndarray) -> None:
    needs, listings = people(worth.shape[0]), houses(worth.shape[1])
    found = assignment(needs, listings, worth)
    assert found.total == pytest.approx(brute_force(worth))
    ranking = one_after_the_other(needs, listings, worth)
    assert ranking.total <= found.total + 1e-9
    for proposal in (found, ranking):
        assert all(value > 0 for *_, value in proposal.pairs)
        assert (
            len({a for a, *_ in proposal.pairs})
            == len({h for _, h, _ in proposal.pairs})
            == len(proposal.pairs)
        )


def test_together_is_better_than_one_after_the_other() -> None:
    """The first takes what only the second could live in."""
    needs = [
        replace(NEED, application="free", communes=frozenset()),
        replace(NEED, application="bound", must=MUST | {"commune"}),
    ]
    listings = [replace(HOUSE, listing="here"), replace(HOUSE, listing="there", commune="61002", chance=0.9)]
    worth = values(needs, listings, TODAY)
    assert worth == pytest.approx(np.array([[1.0, 0.9], [1.0, 0.0]]))
    together = assignment(needs, listings, worth)
    ranking = one_after_the_other(needs, listings, worth)
    assert [(a, h) for a, h, _ in together.pairs] == [("free", "there"), ("bound", "here")]
    assert [(a, h) for a, h, _ in ranking.pairs] == [("free", "here")]
    assert plain(comparison_sentence(together, ranking)) == (
        "En répartissant ensemble : 2 foyers, total 1,9 ; l’un après l’autre : 1 foyer, total 1,0."
    )


def test_barred_pairs_are_worth_nothing_and_nobody_is_no_mistake() -> None:
    worth = values(people(2), houses(1), TODAY, frozenset({("f0", "h0")}))
    assert worth.tolist() == [[0.0], [1.0]]
    for needs, listings in ((people(2), []), ([], houses(2)), ([], [])):
        empty = values(needs, listings, TODAY)
        assert assignment(needs, listings, empty).pairs == ()
        assert one_after_the_other(needs, listings, empty).pairs == ()


# -- what the territory lacks --------------------------------------------------------------------------------


def test_what_the_territory_lacked_by_kind_rooms_and_rent() -> None:
    lost = [
        *[replace(NEED, application=str(n), cost=cost) for n, cost in enumerate((580.0, 600.0, 560.0))],
        replace(NEED, application="4", kinds=frozenset(), rooms=None, cost=None),
        replace(NEED, application="5", tenure="sale", cost=118_000.0, communes=frozenset({"61002"})),
    ]
    assert [plain(one.text) for one in lacks(lost)] == [
        "3 maisons de 4 pièces sous 600 €",
        "1 logement",
        "1 maison de 4 pièces à vendre sous 120 000 €",
    ]
    assert plain(lacks_sentence(lacks(lost, least=3))) == "Il a manqué 3 maisons de 4 pièces sous 600 €."
    assert [one.count for one in lacks(lost, commune="61002")] == [1]
    assert lacks_sentence(lacks([])) == ""
