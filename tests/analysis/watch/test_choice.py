"""Which dwelling for whom on one morning: who is asked for, what waits for an answer, what others have, the best for all."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.watch.choice import (
    Choice,
    choice,
    choice_sentence,
    fitting_share,
    need_of,
    offer_of,
    rows_together,
    with_schools,
)
from analysis.watch.matching import MUST, match
from analysis.watch.morning import windows
from tests.draws import draws

TODAY = dt.date(2026, 5, 12)
NAMES = {"61051": "Boitron", "61156": "Essay", "61215": "Laleu"}
PROPOSAL_COLUMNS = ["proposal", "application", "listing", "on", "state", "reason", "criterion", "needs", "score", "chance"]  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def file(id_: str, days: int = 4, **more: Any) -> dict[str, Any]:
    return {
        "application": id_, "status": "accepted", "planned_arrival": TODAY + dt.timedelta(days=days),
        "wished_commune": None, "needs": None, "trade": "traduction",
    } | more  # fmt: skip


def house(id_: str, **more: Any) -> dict[str, Any]:
    return {
        "listing": id_, "commune": "61156", "kind": "house", "tenure": "rent", "rooms": 4.0, "rent": 600.0, "price": None,
        "chance": 0.8,
    } | more  # fmt: skip


def proposal(application: str, listing: str, state: str = "proposed", **more: Any) -> dict[str, Any]:
    return {
        "proposal": f"o-{application}-{listing}", "application": application, "listing": listing, "on": pd.Timestamp(TODAY),
        "state": state, "reason": None, "criterion": None, "needs": {"needs": {}}, "score": 90.0, "chance": 0.8,
    } | more  # fmt: skip


def made(
    files: list[dict[str, Any]],
    offered: list[dict[str, Any]],
    proposals: list[dict[str, Any]] | None = None,
    gone: list[dict[str, Any]] | None = None,
) -> Choice:
    rows = pd.DataFrame(files)
    rows["planned_arrival"] = pd.to_datetime(rows["planned_arrival"])
    found = windows(rows, {row["application"]: n for n, row in enumerate(files, start=1)}, TODAY, 8)
    listings = pd.DataFrame([*offered, *(gone or [])], columns=list(house("x")))
    return choice(
        found, pd.DataFrame(offered, columns=list(house("x"))), listings, pd.DataFrame(proposals or [], columns=PROPOSAL_COLUMNS),
        NAMES, {id_: id_ for id_ in listings["listing"]}, TODAY, 8,
    )  # fmt: skip


def test_needs_of_a_file_as_they_are_matched() -> None:
    need = need_of(
        "a", {"tenure": "sale", "kind": "house", "rooms": 4, "max_price": 90000, "office": True, "must": ["rent"]}, "61156",
        TODAY, NAMES,
    )  # fmt: skip
    assert (need.tenure, need.kinds, need.rooms, need.cost, need.work_room) == (
        "sale",
        {"house"},
        4,
        90000,
        True,
    )
    assert (need.communes, need.must, need.arrival) == ({"61156"}, {"rent"}, TODAY)
    # The communes of the needs go first; one outside the territory is no wish here; nothing said is to rent, with the usual limits.
    assert need_of("a", {"communes": ["61215", "75056"]}, "61156", None, NAMES).communes == {"61215"}
    bare = need_of("a", None, "75056", None, NAMES)
    assert (bare.tenure, bare.communes, bare.must, bare.cost) == ("rent", frozenset(), MUST, None)


def test_what_a_frame_does_not_tell_of_a_listing_is_unknown() -> None:
    offer = offer_of(house("l", rooms=float("nan"), rent=float("nan")))
    assert (offer.rooms, offer.rent, offer.charges, offer.pets, offer.free_from) == (None,) * 5
    assert offer.energy == ""
    told = offer_of(
        house("l", charges=50.0, energy="g", pets=False, least_months=12.0, free_from=pd.Timestamp(2026, 6, 1), work_room=True)
    )  # fmt: skip
    assert (told.cost, told.energy, told.pets, told.least_months, told.free_from, told.work_room) == (
        650, "g", False, 12, dt.date(2026, 6, 1), True,
    )  # fmt: skip


def test_only_households_whose_window_is_open_are_given_dwellings() -> None:
    found = made(
        [file("now"), file("soon", 20), file("late", -2), file("in", status="settled")], [house("l")]
    )
    assert [one.application for one in found.households] == ["late", "now"]
    assert [label for label, *_ in found.early] == ["Dossier 2"]
    assert (
        plain(choice_sentence(found))
        == "2 foyers cherchent un logement et la répartition en propose un à 1 sur 2."
    )
    alone = made([file("now")], [house("l")])
    assert plain(choice_sentence(alone)) == "1 foyer cherche un logement et une annonce lui est proposée."
    quiet = made([file("soon", 20)], [])
    assert (
        plain(choice_sentence(quiet))
        == "Personne ne cherche en ce moment ; 1 foyer attend que sa fenêtre s'ouvre."
    )
    assert rows_together(quiet) == []


def test_what_waits_for_an_answer_is_offered_to_nobody_else_who_is_told_why() -> None:
    small = {"rooms": 3, "max_rent": 650}
    found = made(
        [file("a", needs=small), file("b", needs={**small, "office": True})],
        [house("l"), house("m", rooms=2.0)],
        [proposal("a", "l", needs={"needs": {"rooms": 2}, "wished_commune": "61156", "planned_arrival": "2026-05-16"})],
    )  # fmt: skip
    first, second = found.households
    assert [held.pair.listing.listing for held in first.open] == ["l"]
    assert first.open[0].pair.need.rooms == 2 and first.open[0].changed
    assert first.pairs == second.pairs == ()
    # Half of the work room's weight: nobody told whether there is one.
    assert [(listing, plain(why)) for listing, why in second.elsewhere] == [
        ("l", "proposée au Dossier 1 le 12/05/2026 (accord 90 sur 100 ; ici 92)")
    ]
    assert second.none is not None and plain(second.none.reasons[0]) == "nombre de pièces : 1 annonce écartée"
    assert found.together.pairs == ()
    assert plain(choice_sentence(found)) == (
        "2 foyers cherchent un logement, 1 attend une réponse et aucune annonce ne convient aux autres."
    )


def test_a_listing_that_another_took_is_told_for_the_days_of_a_window() -> None:
    taken = proposal("in", "g", "taken")
    for days, told in ((8, True), (9, False)):
        taken["on"] = pd.Timestamp(TODAY - dt.timedelta(days=days))
        found = made([file("a"), file("in", status="housed")], [], [taken], [house("g", chance=1.0)])
        assert bool(found.households[0].elsewhere) is told
    assert plain(made([file("a"), file("in", status="housed")], [], [proposal("in", "g", "taken")], [house("g")])
                 .households[0].elsewhere[0][1]).startswith("prise par le Dossier 2 le 12/05/2026 (accord 90")  # fmt: skip


def test_each_refusal_has_its_own_consequences() -> None:
    files = [file("a", needs={"office": True}), file("b")]
    offers = [house("l"), house("m"), house("n")]
    no_room = [each | {"work_room": False} for each in offers]
    found = made(files, offers, [proposal("a", "l", "refused", reason="family")])
    assert [p.listing.listing for p in found.households[0].pairs] == ["m", "n"]
    assert [p.listing.listing for p in found.households[1].pairs] == ["l", "m", "n"]
    why = plain(found.households[0].refused[0][1])
    assert why == "Refusée par le foyer. L'annonce n'est plus proposée à ce foyer ; elle le reste aux autres."
    unsuitable = proposal("a", "l", "refused", reason="unsuitable", criterion="work_room")
    rows = pd.DataFrame(files)
    rows["planned_arrival"] = pd.to_datetime(rows["planned_arrival"])
    found = choice(
        windows(rows, {"a": 1, "b": 2}, TODAY, 8), pd.DataFrame(no_room), pd.DataFrame(no_room),
        pd.DataFrame([unsuitable], columns=PROPOSAL_COLUMNS), NAMES, {}, TODAY, 8,
    )  # fmt: skip
    assert found.households[0].pairs == () and len(found.households[1].pairs) == 3
    # Gone is told by a sighting: a listing that stands again after it is offered again, also to who said so.
    again = made(files, offers, [proposal("a", "l", "refused", reason="gone")])
    assert [p.listing.listing for p in again.households[0].pairs] == ["l", "m", "n"]


@settings(max_examples=draws(40), deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(400, 800)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 6), st.integers(300, 900), st.floats(0.05, 1)), min_size=1, max_size=5),
    st.sets(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=4),
)
def test_the_assignment_is_the_best_of_all_and_gives_nothing_refused_or_held(
    families: list[tuple[int, int]], offers: list[tuple[int, int, float]], refused: set[tuple[int, int]]
) -> None:
    files = [
        file(f"a{i}", needs={"rooms": rooms, "max_rent": rent}) for i, (rooms, rent) in enumerate(families)
    ]
    rows = [
        house(f"l{j}", rooms=float(rooms), rent=float(rent), chance=chance)
        for j, (rooms, rent, chance) in enumerate(offers)
    ]
    barred = {(f"a{i}", f"l{j}") for i, j in refused if i < len(files) and j < len(rows)}
    said = [proposal(a, b, "refused", reason="owner") for a, b in sorted(barred)]
    found = made(files, rows, said)
    needs = [need_of(f["application"], f["needs"], None, f["planned_arrival"], NAMES) for f in files]

    def worth(i: int, j: int) -> float:
        pair = match(needs[i], offer_of(rows[j]), TODAY)
        return 0.0 if (f"a{i}", f"l{j}") in barred else pair.value

    wide = max(len(files), len(rows))
    best = max(
        sum(worth(i, j) for i, j in enumerate(order) if i < len(files) and j < len(rows))
        for order in permutations(range(wide))
    )
    assert found.together.total == pytest.approx(best)
    assert found.together.total >= found.ranking.total - 1e-12
    assert not {(a, b) for a, b, _ in found.together.pairs} & barred
    for one in found.households:
        shown = [(p.value, p.listing.listing) for p in one.pairs]
        assert shown == sorted(shown, key=lambda each: (-each[0], each[1]))
        assert (one.none is None) == bool(one.pairs)
        assert not {(one.application, listing) for _, listing in shown} & barred


def test_a_school_is_judged_by_the_import_and_said_not_imported_without_it() -> None:
    need = need_of("a", {"school": True, "must": ["school"]}, None, None, NAMES)
    rows = pd.DataFrame([house("in"), house("out", commune="61215"), house("unsaid", commune="61051")])

    def judged(schools: dict[str, bool] | None) -> list[tuple[bool, str]]:
        offers = [offer_of(row) for row in with_schools(rows, schools).to_dict("records")]
        pairs = [match(need, each, TODAY) for each in offers]
        return [(p.possible, plain(" ".join((*p.reasons, *p.against, *p.to_check)))) for p in pairs]

    known = judged({"61156": True, "61215": False})
    assert [possible for possible, _ in known] == [True, False, True]
    assert "une école dans la commune" in known[0][1] and "pas d'école dans la commune" in known[1][1]
    assert "école à vérifier" in known[2][1]
    for possible, text in judged(None):
        assert possible and "école : pas encore importé" in text
    assert fitting_share(
        need, with_schools(rows, {"61156": True, "61215": False, "61051": False}), TODAY
    ) == (1 / 3, 3)
