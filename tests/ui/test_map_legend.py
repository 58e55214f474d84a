"""The legend says every class, every count and every sign, and only as text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from data import packs
from data.territory import Group, load_territory
from ui.legend import (
    MAX_RADIUS,
    Legend,
    LegendClass,
    circle_key,
    circle_radius,
    legend_html,
    legend_rows,
    outline_text,
)

FULL = Legend(
    "Part des logements vacants (%)",
    (LegendClass("#00204d", "2,0 à moins de 5,0", 1), LegendClass("#ffea46", "5,0 à 17,4", 12)),
    suppressed=3,
    missing=0,
    circles_title="Télétravailleurs",
    circles=((8.0, "8"), (2.0, "2")),
    outline="limites",
    markers=(("available", "annonce"),),
    note="INSEE",
)


class Words(HTMLParser):
    """Text and tags of a fragment."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def parsed(legend: Legend) -> Words:
    words = Words()
    words.feed(legend_html(legend))
    return words


def test_classes_suppressed_and_missing_are_said_with_their_counts() -> None:
    assert parsed(FULL).text == [
        "Part des logements vacants (%)",
        "2,0 à moins de 5,0 (1\u00a0commune)",
        "5,0 à 17,4 (12\u00a0communes)",
        "secret statistique (3\u00a0communes)",
        "non publié (aucune commune)",
        "Télétravailleurs",
        "8",
        "2",
        "annonce",
        "limites",
        "INSEE",
    ]


def test_a_status_that_does_not_occur_is_left_out_when_not_counted() -> None:
    rows = legend_rows(Legend("Titre", (LegendClass("#00204d", "1"),)))
    assert [row[0] for row in rows] == ["head", "class"]


def test_hostile_text_stays_text() -> None:
    words = parsed(Legend("<img src=x onerror=1>", (LegendClass("#00204d", "</li><script>x</script>", 1),)))
    assert not {"img", "script"} & set(words.tags)
    assert "<img src=x onerror=1>" in "".join(words.text)


def test_the_key_uses_the_maps_own_scale() -> None:
    """A circle of the key and a circle of the map of the same value have the same radius."""
    rows = {row[2]: row[1] for row in legend_rows(FULL) if row[0] == "circle"}
    assert rows == {"8": MAX_RADIUS, "2": circle_radius(2, 8)}
    assert circle_radius(2, 8) == MAX_RADIUS / 2
    assert circle_radius(0, 8) == circle_radius(3, 0) == 0


@pytest.mark.parametrize(
    ("top", "values"), [(0, []), (1, [1]), (3, [3]), (8, [5, 1]), (40, [20, 5, 1]), (1234, [1000, 250, 1])]
)
def test_the_key_shows_round_values_that_the_map_reaches(top: float, values: list[float]) -> None:
    assert [value for value, _ in circle_key(top)] == values


@pytest.mark.parametrize(
    ("drawn", "values"), [(0, []), (1, [1]), (2, [2, 1]), (6, [6, 2, 1]), (40, [40, 13, 1])]
)
def test_the_key_begins_with_the_largest_circle_drawn(drawn: float, values: list[float]) -> None:
    assert [value for value, _ in circle_key(50, drawn=drawn)] == values


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (2, "Groupes : Groupe 1 et Groupe 2"),
        (6, "Groupes : Groupe 1, Groupe 2, Groupe 3, Groupe 4, Groupe 5 et Groupe 6"),
        (15, "Limites des 15\u00a0groupes de communes"),
    ],
)
def test_many_groups_are_counted_in_the_legend_instead_of_named(count: int, text: str) -> None:
    here = load_territory(packs.SHIPPED.territory)
    groups = tuple(Group(f"g{n}", f"Groupe {n}", here.codes[:1]) for n in range(1, count + 1))
    assert outline_text(replace(here, groups=groups)) == text
