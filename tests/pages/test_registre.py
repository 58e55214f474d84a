"""The register's page: each form writes, says what it did and takes it back; refusals keep what was typed."""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path

from streamlit.testing.v1 import AppTest

from data import register
from tests.pages.screens import Open
from tests.pages.screens import words as raw_words
from ui import loading

HOSTILE = "<img src=x onerror=alert(1)> {{1/0}} **gras** :red[x]"


def words(screen: AppTest) -> str:
    """What is read on the screen, with plain blanks and apostrophes."""
    return html.unescape(raw_words(screen))


def typed(screen: AppTest, label: str, value: str) -> None:
    next(w for w in screen.text_input if w.label == label).set_value(value)


def chosen(screen: AppTest, label: str, value: object) -> None:
    next(w for w in screen.selectbox if w.label == label).set_value(value)


def dated(screen: AppTest, label: str, value: dt.date) -> None:
    next(w for w in screen.date_input if w.label == label).set_value(value)


def click(screen: AppTest, label: str) -> AppTest:
    next(b for b in screen.button if b.label == label).click()
    screen.run()
    assert [e.message for e in screen.exception] == []
    return screen


def members(origin: str = "demo") -> list[register.Member]:
    with loading.store().read() as session:
        return register.members(session, origin)


def pick(screen: AppTest, member: register.Member) -> AppTest:
    screen.session_state[f"registre:member:{'demo' if member.id.startswith('demo') else 'real'}"] = member.id
    screen.run()
    return screen


def present() -> register.Member:
    return next(m for m in members() if m.running is not None and m.last is not None and len(m.stays) == 1)


def test_the_demonstration_can_be_tried_and_stays_marked(open_page: Open) -> None:
    screen = open_page("registre")
    text = words(screen)
    assert "Vous modifiez la démonstration" in text
    before = len(members())
    chosen(screen, "Commune", "61156")
    typed(screen, "Nom", "Ève Roy")
    click(screen, "Ajouter le membre")
    assert "C'est fait. Ajout d'un membre : Ève Roy" in words(screen)
    assert len(members()) == before + 1
    assert loading.store().network_origin() == "demo"
    click(screen, "Annuler")
    assert "Annulation (ajout d'un membre) : Ève Roy" in words(screen)
    assert len(members()) == before
    click(screen, "Rétablir")
    assert len(members()) == before + 1


def test_the_first_real_entry_is_announced_and_replaces_the_demonstration(open_page: Open) -> None:
    screen = open_page("registre", registre="reel")
    assert "le réseau de démonstration ne sera plus affiché" in words(screen)
    assert "Démonstration</strong>" in words(screen)
    chosen(screen, "Commune", "61156")
    click(screen, "Ajouter le membre")
    assert "Démonstration</strong>" not in words(screen)
    assert loading.store().network_origin() == "real"
    click(screen, "Annuler")
    assert "Démonstration</strong>" in words(screen)
    assert loading.store().network_origin() == "demo"


def test_an_empty_register_says_what_to_do(emptied: Path, open_page: Open) -> None:
    for tab in ("membres", "evenements", "acteurs", "chiffre", "historique"):
        assert words(open_page("registre", onglet=tab))
    screen = open_page("registre", action="depart")
    assert "Commencez par « Ajouter »" in words(screen)
    assert "Rien n'a encore été saisi" in words(open_page("registre", onglet="historique"))


def test_a_refusal_says_why_and_keeps_what_was_typed(open_page: Open) -> None:
    screen = open_page("registre")
    typed(screen, "Nom", HOSTILE)
    typed(screen, "Téléphone", "beaucoup")
    click(screen, "Ajouter le membre")
    assert "n'est pas un numéro de téléphone" in words(screen)
    assert next(w for w in screen.text_input if w.label == "Nom").value == HOSTILE
    typed(screen, "Téléphone", "")
    chosen(screen, "Commune", "61156")
    click(screen, "Ajouter le membre")
    shown = " ".join(e.proto.body for e in screen.get("html"))
    assert "&lt;img src=x onerror=alert(1)&gt; {{1/0}} **gras** :red[x]" in shown
    assert "<img" not in shown
    assert next(w for w in screen.text_input if w.label == "Nom").value == ""


def test_a_move_outside_is_offered_as_a_departure(open_page: Open) -> None:
    member = present()
    screen = pick(open_page("registre", action="demenager"), member)
    typed(screen, "Autre commune", "Alençon")
    click(screen, "Enregistrer le déménagement")
    assert "n'est pas une commune du territoire" in words(screen)
    click(screen, "Enregistrer plutôt un départ")
    reason = next(w for w in screen.text_input if w.label == "Raison (facultative)")
    assert reason.value == "installation à Alençon (hors du territoire)"
    click(screen, "Enregistrer le départ")
    last = next(m for m in members() if m.id == member.id).last
    assert last is not None
    assert (last.left, last.reason) == (dt.date(2026, 5, 12), "installation à Alençon (hors du territoire)")


def test_a_departure_before_the_arrival_is_refused(open_page: Open) -> None:
    member = present()
    screen = pick(open_page("registre", action="depart"), member)
    dated(screen, "Jour du départ", dt.date(2001, 1, 1))
    click(screen, "Enregistrer le départ")
    assert "précède l'arrivée" in words(screen)
    assert next(m for m in members() if m.id == member.id).running is not None


def test_the_same_person_is_asked_about_before_saving(open_page: Open) -> None:
    screen = open_page("registre")
    for _ in range(2):
        chosen(screen, "Commune", "61156")
        typed(screen, "Nom", "Ève Roy")
        click(screen, "Ajouter le membre")
    assert "semble déjà connue" in words(screen)
    assert sum(m.name == "Ève Roy" for m in members()) == 1
    chosen(screen, "Est-ce la même personne\u202f?", register.SEPARATE)
    click(screen, "Ajouter le membre")
    assert "déclaré personne différente" in words(screen)
    assert sum(m.name == "Ève Roy" for m in members()) == 2


def test_consent_withdrawn_on_another_screen_is_said_and_nothing_typed_is_lost(open_page: Open) -> None:
    member = next(m for m in members() if m.consent_public)
    mine = pick(open_page("registre", action="corriger"), member)
    typed(mine, "Téléphone", "02 33 00 00 00")
    other = pick(open_page("registre", action="consentement"), member)
    click(other, "Retirer le consentement")
    click(mine, "Enregistrer la correction")
    text = words(mine)
    assert "vient d'être modifié ailleurs" in text
    assert "consentement" in text
    assert "non public, sans consentement" in text  # the newest state is on screen
    assert next(w for w in mine.text_input if w.label == "Téléphone").value == "02 33 00 00 00"
    assert next(m for m in members() if m.id == member.id).phone is None
    click(mine, "Enregistrer la correction")
    now = next(m for m in members() if m.id == member.id)
    assert (now.phone, now.consent_public) == ("02 33 00 00 00", False)


def test_a_second_look_does_not_undo_what_another_screen_corrected(open_page: Open) -> None:
    member = present()
    mine = pick(open_page("registre", action="corriger"), member)
    typed(mine, "Téléphone", "02 33 00 00 00")
    other = pick(open_page("registre", action="corriger"), member)
    typed(other, "Adresse électronique", "m@exemple.fr")
    click(other, "Enregistrer la correction")
    click(mine, "Enregistrer la correction")
    assert next(w for w in mine.text_input if w.label == "Adresse électronique").value == "m@exemple.fr"
    typed(other, "Métier", "luthier")  # once more, before the first screen tries again
    click(other, "Enregistrer la correction")
    click(mine, "Enregistrer la correction")
    assert "vient d'être modifié ailleurs" in words(mine)
    click(mine, "Enregistrer la correction")
    now = next(m for m in members() if m.id == member.id)
    assert (now.email, now.phone, now.trade) == ("m@exemple.fr", "02 33 00 00 00", "luthier")


def test_an_event_corrected_on_another_screen_keeps_both_corrections(open_page: Open) -> None:
    with loading.store().read() as session:
        event = register.events(session, "demo")[0]["id"]
    screens = [open_page("registre", onglet="evenements", action="corriger") for _ in range(2)]
    for screen in screens:
        screen.session_state["registre:event:demo"] = event
        screen.run()
    typed(screens[0], "Intitulé", "Rencontre à la ferme")
    click(screens[0], "Corriger l'événement")
    typed(screens[1], "Heures données", "7,5")
    click(screens[1], "Corriger l'événement")
    assert "vient d'être modifié ailleurs" in words(screens[1])
    click(screens[1], "Corriger l'événement")
    with loading.store().read() as session:
        row = next(e for e in register.events(session, "demo") if e["id"] == event)
    assert (row["title"], row["hours"]) == ("Rencontre à la ferme", 7.5)


def test_events_and_actors_are_added_and_taken_back(open_page: Open) -> None:
    screen = open_page("registre", onglet="evenements")
    typed(screen, "Intitulé", "Rencontre des blogueurs")
    typed(screen, "Heures données", "4,5")
    click(screen, "Ajouter l'événement")
    assert "Ajout d'un événement : Rencontre des blogueurs" in words(screen)
    assert "heures données : 4,5" in words(screen)
    click(screen, "Annuler")
    with loading.store().read() as session:
        assert "Rencontre des blogueurs" not in [e["title"] for e in register.events(session, "demo")]
    screen = open_page("registre", onglet="acteurs")
    chosen(screen, "Nature", "association")
    chosen(screen, "Commune suivie", "61156")
    typed(screen, "Organisme ou fonction", "Les Amis du bocage")
    click(screen, "Ajouter l'acteur")
    with loading.store().read() as session:
        assert "Les Amis du bocage" in [c["label"] for c in register.contacts(session, "demo")]


def test_one_figure_is_typed_told_before_and_after_and_taken_back(open_page: Open) -> None:
    screen = open_page("registre", onglet="chiffre")
    chosen(screen, "Indicateur", "dwellings")
    chosen(screen, "Commune", "61156")
    screen.run()
    with loading.store().read() as session:
        before = register.cell(session, "dwellings", "61156", "2022")
    typed(screen, "Valeur (logements)", "300")
    click(screen, "Enregistrer ce chiffre")
    assert "La raison manque" in words(screen)
    typed(screen, "Raison (obligatoire)", "appel de la mairie")
    click(screen, "Enregistrer ce chiffre")
    assert before.value is not None
    assert f"valeur : {before.value:.0f} → 300" in words(screen)
    assert "Saisie à la main : Logements, Essay, 2022 (appel de la mairie)" in words(screen)
    click(screen, "Annuler")
    with loading.store().read() as session:
        assert register.cell(session, "dwellings", "61156", "2022") == before


def test_history_undoes_a_line_or_says_why_not(open_page: Open) -> None:
    member = present()
    screen = pick(open_page("registre", action="demenager"), member)
    assert member.running is not None
    chosen(screen, "Commune", "61156" if member.running.commune != "61156" else "61215")
    click(screen, "Enregistrer le déménagement")
    screen = pick(open_page("registre", action="depart"), member)
    click(screen, "Enregistrer le départ")
    screen = open_page("registre", onglet="historique")
    assert "Départ : " in words(screen)
    assert "Déménagement : " in words(screen)
    undo = [b for b in screen.button if b.label == "Annuler"]
    undo[1].click()
    screen.run()
    assert "La ligne a changé depuis" in words(screen)
    click(screen, "Annuler")
    assert "Annulation (départ)" in words(screen)
    assert next(m for m in members() if m.id == member.id).running is not None
