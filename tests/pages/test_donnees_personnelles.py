"""The page on personal data: for coordinators, nothing erased without its word, looks logged, names in no file name."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from streamlit.elements.widgets.button import ButtonMixin
from streamlit.testing.v1 import AppTest

from analysis.model import Account, Role
from data import privacy
from data.store import tables
from tests.pages.screens import Open, words
from ui import access, loading

PAGE = "donnees_personnelles"


def buttons(screen: AppTest, label: str) -> Any:
    return next(button for button in screen.button if button.label == label)


def chosen(open_page: Open, index: int = 3) -> tuple[AppTest, str]:
    """The screen with one person of the demonstration chosen, and that person's id."""
    screen = open_page(PAGE, section="personne")
    box = next(b for b in screen.selectbox if b.label == "Personne")
    with loading.store().read() as session:
        person = sorted(privacy.everybody(session, "demo"))[index]
    box.set_value(person).run()
    return screen, person


@pytest.mark.parametrize("section", ["traitements", "durees", "personne", "acces", "effacements"])
def test_every_part_opens_with_its_sentence(open_page: Open, section: str) -> None:
    screen = open_page(PAGE, section=section)
    assert "zv-answer" in words(screen)


def test_the_register_of_processing_is_on_screen_with_the_territorys_delays(open_page: Open) -> None:
    text = words(open_page(PAGE))
    assert "10 traitements de données personnelles" in text
    assert "2 ans après le dernier contact" in text and "30 jours" in text
    assert "Mesures prises à la demande de la personne" in text


def test_others_than_coordinators_are_told_that_the_page_is_not_for_them(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in (Role.PUBLIC, Role.ELU, Role.ANALYSTE):
        monkeypatch.setattr(
            access,
            "current",
            lambda role=role: access.Entrance(Account("x", "X", role), "pin", role is not Role.PUBLIC),
        )
        text = words(open_page(PAGE, section="personne"))
        assert "est réservée" in text and "Candidat" not in text


def test_a_file_is_shown_logged_once_and_handed_out_under_a_name_that_names_nobody(
    open_page: Open, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Any] = {}
    original = ButtonMixin.download_button

    def offer(self: Any, label: str, data: Any, *rest: Any, **named: Any) -> bool:
        offered[named["file_name"]] = data
        return original(self, label, data, *rest, **named)

    monkeypatch.setattr(ButtonMixin, "download_button", offer)
    screen, person = chosen(open_page)
    screen.run()
    with loading.store().read() as session:
        row = session.get(tables.person, person)
        assert [each.kind for each in privacy.accesses(session, person=person)] == ["view"]
    assert row is not None and row["code"] in words(screen)
    assert set(offered) == {"donnees-personnelles-2026-05-12.json", "donnees-personnelles-2026-05-12.pdf"}
    content = json.loads(offered["donnees-personnelles-2026-05-12.json"]())
    assert content["person"][0]["id"] == person
    with pikepdf.open(io.BytesIO(offered["donnees-personnelles-2026-05-12.pdf"]())) as pdf:
        assert str(pdf.Root.Lang).startswith("fr")
        assert pdf.Root.MarkInfo.Marked
    with loading.store().read() as session:
        assert [each.kind for each in privacy.accesses(session, person=person)] == [
            "export",
            "export",
            "view",
        ]


def test_erasing_asks_for_its_word_and_the_person_is_gone_from_the_page(open_page: Open) -> None:
    screen, person = chosen(open_page)
    with loading.store().read() as session:
        label = privacy.everybody(session, "demo")[person]
    field = next(t for t in screen.text_input if t.label.startswith("Pour confirmer"))
    field.set_value("oui").run()
    buttons(screen, "Effacer définitivement").click().run()
    assert "Rien n" in words(screen) and "EFFACER" in words(screen)
    next(t for t in screen.text_input if t.label.startswith("Pour confirmer")).set_value("EFFACER")
    buttons(screen, "Effacer définitivement").click().run()
    assert "1 personne effacée" in words(screen)
    with loading.store().read() as session:
        assert label not in privacy.everybody(session, "demo").values()
    assert "1 personne effacée" in words(open_page(PAGE, section="effacements"))


def test_what_is_due_is_shown_before_it_is_erased_and_some_can_be_kept(open_page: Open) -> None:
    screen = open_page(PAGE, section="durees")
    with loading.store().read() as session:
        before = privacy.due(session, "demo", loading.territory().keeping, loading.desk().today)
    assert len(before.persons) > 2, "the demonstration has old candidates"
    assert "ont dépassé leur durée de conservation" in words(screen)
    screen.multiselect[0].set_value([before.persons[0].person])
    next(t for t in screen.text_input if t.label.startswith("Pour confirmer")).set_value("EFFACER")
    buttons(screen, "Effacer définitivement").click().run()
    assert f"{len(before.persons) - 1} personnes effacées" in words(screen)
    with loading.store().read() as session:
        after = privacy.due(session, "demo", loading.territory().keeping, loading.desk().today)
    assert [each.person for each in after.persons] == [before.persons[0].person]


def test_the_members_list_and_a_members_file_are_logged(open_page: Open) -> None:
    screen = open_page("registre", action="corriger")
    box = next(b for b in screen.selectbox if b.label == "Membre")
    box.set_value(_first_member()).run()
    with loading.store().read() as session:
        kinds = [each.kind for each in privacy.accesses(session)]
    assert kinds.count("list") == 1 and kinds.count("view") == 1


def _first_member() -> str:
    with loading.store().read() as session:
        return str(session.frame(tables.member.select().order_by(tables.member.c.id))["id"].iloc[0])
