"""What lies around a territory on its map: neighbours, the département, another territory, one without contour."""

from __future__ import annotations

import dataclasses

from data import reference
from data.territory import departement_outline, load_territory, surroundings


def test_the_communes_around_are_those_of_the_box_without_the_territory_s() -> None:
    territory = load_territory()
    found = surroundings(territory)
    assert not set(found["code"]) & set(territory.codes)
    assert {"Sées", "Alençon", "Buré", "Blèves"} <= set(found["name"])  # Blèves lies in another département
    assert found["name"].iloc[0] == "Alençon"  # the most people first
    # The towns that people steer by: by their official population, from 2,000 inhabitants on.
    towns = set(found.loc[found["town"], "name"])
    assert {"Alençon", "Sées"} <= towns and not {"Blèves", "Buré"} & towns
    assert found["contour"].notna().all() and found.crs.to_epsg() == 4326


def test_a_box_at_sea_and_a_territory_without_contour_have_nothing_around() -> None:
    assert len(reference.communes_within((-40.0, 40.0, -39.9, 40.1))) == 0
    assert len(surroundings(dataclasses.replace(load_territory(), bounds=None))) == 0


def test_communes_within_a_box_are_those_whose_contour_meets_it() -> None:
    box = reference.contour_bounds(["61502"])
    assert box is not None
    found = reference.communes_within(box)
    assert {"61502", "61026", "61412"} <= set(found["code"])
    assert list(found["code"]) == sorted(found["code"])


def test_the_departement_is_one_outline_without_holes() -> None:
    outline = departement_outline(load_territory())
    assert list(outline["name"]) == ["Orne"]
    assert all(not part.interiors for part in outline["contour"].iloc[0].geoms)
