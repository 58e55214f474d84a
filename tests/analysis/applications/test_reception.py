"""The invitation to a reception: its words, and what it lacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from analysis.applications.reception import Invitation, answer_to

WHOLE = Invitation(
    "Zevillage", "Membre 17", "traduction", dt.date(2026, 6, 2), "18:30", "salle du conseil", "Essay",
    "Traduire depuis ici.\n\n Pour qui, comment. ", "Merci de dire si vous venez.",
)  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_text_to_paste_says_who_when_where_and_what() -> None:
    assert plain(WHOLE.text()) == (
        "Invitation\n\nLa commune d'Essay et Zevillage vous invitent à la réception de Membre 17 (traduction).\n\n"
        "Mardi 2 juin 2026 à 18 h 30, salle du conseil, Essay.\n\nTraduire depuis ici.\nPour qui, comment.\n\n"
        "Merci de dire si vous venez.\n"
    )


@pytest.mark.parametrize(
    ("change", "lacking"),
    [({}, ()), ({"day": None, "hour": ""}, ("le jour", "l’heure")), ({"commune": ""}, ("la commune",))],
)
def test_what_is_not_known_yet_is_named(change: dict[str, object], lacking: tuple[str, ...]) -> None:
    assert replace(WHOLE, **change).lacking == lacking  # type: ignore[arg-type]
    assert "None" not in replace(WHOLE, **change).text()  # type: ignore[arg-type]


def test_one_answers_to_the_town_hall_where_it_can_be_reached() -> None:
    assert plain(answer_to("Le Mêle-sur-Sarthe", "02 33 00 00 00", "mairie@exemple.fr")) == (
        "Merci de dire si vous venez : mairie du Mêle-sur-Sarthe, 02 33 00 00 00 ou mairie@exemple.fr."
    )
    assert answer_to("Essay", "", "") == ""
