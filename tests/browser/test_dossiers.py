"""Dossiers in Chromium: one from a phone to the reception, signed blind by two, told to a mayor; and a walk of the page's sections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from analysis.model import SYSTEM_ACTOR, Role
from analysis.vocabulary import ASSESSMENT_CRITERIA
from data import access, applications
from data.demo import CONFIRMATION, empty_demo
from data.opening import open_house
from data.store import Store
from tests.browser.english import english_left
from tests.browser.harness import Served, serve, settle
from tests.browser.test_candidater import PHONE, TODAY, next_step
from tests.browser.test_registre import choose, click, done
from tests.browser.test_screens import FITS
from ui.applications.controls import SECTIONS

PIN = "204817"
LAPTOP: ViewportSize = {"width": 1366, "height": 900}
PEOPLE = {"Ann": Role.ADMIN, "Bob": Role.ANIMATEUR, "Maire d’Essay": Role.ELU}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Store]]:
    """A server with a real register and nobody in it, a founder (Ann), a councillor (Bob) and a mayor, who come in with a code."""
    home: Path = tmp_path_factory.mktemp("dossiers")
    store = open_house(dt.date.fromisoformat(TODAY), home).store
    empty_demo(store, SYSTEM_ACTOR, CONFIRMATION)
    known = {
        name: access.add_profile(
            store, SYSTEM_ACTOR, label=name, role=role, pin=PIN, commune="61156" if role is Role.ELU else ""
        )
        for name, role in PEOPLE.items()
    }
    duties = {"founder": "Ann", "councillor": "Bob", "received": "Ann", "read": "Ann", "accepted": "Bob"}
    hand = applications.by(known["Ann"].account)
    for duty, name in duties.items():
        applications.set_duty(store, hand, origin="real", duty=duty, profile=known[name].id)
    with serve(home, environ={"ZEVILLAGE_TODAY": TODAY}) as served:
        yield served, store
    store.close()


def come_in(browser: Browser, served: Served, who: str, path: str) -> Page:
    """Somebody's own window, signed in with a code, at `path`."""
    page = browser.new_context(viewport=LAPTOP, locale="fr-FR").new_page()
    page.goto(f"{served.url}/connexion?suite={path}")
    page.get_by_label("Profil").select_option(who)
    page.locator("input[type=password]").fill(PIN)
    page.get_by_role("button", name="Entrer").click()
    settle(page)
    expect(page.locator(".zv-account").first).to_contain_text(who)
    return page


def at(page: Page, served: Served, path: str) -> None:
    page.goto(served.url + path)
    settle(page)


def sent_from_a_phone(browser: Browser, served: Served) -> tuple[Page, str]:
    """The form filled on a phone; that phone, and the link of the follow-up page."""
    phone = browser.new_context(viewport=PHONE, locale="fr-FR").new_page()
    phone.goto(f"{served.url}/candidater")
    phone.get_by_role("button", name="Commencer").click()
    phone.get_by_label("Votre projet").fill("Un atelier de traduction, près de la forêt.")
    phone.get_by_label("au plus tôt").fill("1er septembre 2026")
    next_step(phone, 2)
    phone.get_by_label("Votre métier").fill("traduction")
    phone.get_by_label("Vos clients").fill("Des éditeurs, à Paris.")
    phone.get_by_label("vivre aujourd’hui").select_option("yes")
    next_step(phone, 3)
    phone.get_by_label("Adultes").fill("2")
    phone.get_by_label("Date de naissance").fill("14/03/2019")
    phone.get_by_label("d’accord").select_option("agreed")
    phone.get_by_label("Commune souhaitée").select_option(label="Essay")
    next_step(phone, 4)
    phone.get_by_label("Prénom et nom").fill("Candidate Premiere")
    phone.get_by_label("Téléphone").fill("06 00 00 00 00")
    phone.get_by_label("J’accepte").check()
    phone.get_by_role("button", name="Envoyer mon dossier").click()
    expect(phone.get_by_role("status")).to_contain_text("Votre dossier est reçu")
    return phone, phone.locator("p.link a").get_attribute("href") or ""


def moved(page: Page, step: str, note: str = "") -> None:
    """Note the next step, in the first tab of a dossier."""
    choose(page, "Étape", step)
    if note:
        page.get_by_label("Conclusion commune").fill(note)
    click(page, "Noter cette étape")
    done(page, "Étape d'un dossier")


def signed(page: Page, mark: int, remark: str) -> None:
    """Fill in one's own grid and sign it, in the second tab of a dossier."""
    page.get_by_role("tab", name="Évaluation").click()
    for words in ASSESSMENT_CRITERIA.values():
        group = page.get_by_role("radiogroup", name=f"{words[:1].upper()}{words[1:]}")
        group.locator("label").nth(mark - 1).click()
    page.get_by_label("Remarque sur le projet").fill(remark)
    click(page, "Signer")
    done(page, "Signature d'un dossier")


def test_from_a_phone_to_the_reception_with_two_assessors_and_a_mayor(
    team: tuple[Served, Store], browser: Browser
) -> None:
    served, store = team
    phone, link = sent_from_a_phone(browser, served)

    ann = come_in(browser, served, "Ann", "/registre?onglet=candidatures")
    click(ann, "Prendre ce dossier")
    expect(ann.get_by_role("status").filter(has_text="Le dossier est pris")).to_be_visible()
    at(ann, served, "/dossiers")
    click(ann, "Candidate Premiere")
    here = ann.url.removeprefix(served.url)
    phone.goto(link)
    expect(phone.locator("main")).to_contain_text("il attend d’être lu")
    moved(ann, "Lu")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("une rencontre va vous être proposée")
    moved(ann, "Rencontré")

    # Blind: Bob sees that Ann has signed, and nothing of what she wrote, before he has signed himself.
    signed(ann, 4, "remarque d’Ann")
    bob = come_in(browser, served, "Bob", here)
    bob.get_by_role("tab", name="Évaluation").click()
    expect(bob.get_by_text("Fondateur : signé")).to_be_visible()
    assert "remarque d’Ann" not in bob.content()
    signed(bob, 2, "remarque de Bob")
    bob.get_by_role("tab", name="Évaluation").click()
    for words in ("Les deux grilles diffèrent sur 7 critères sur 7", "remarque d’Ann", "remarque de Bob"):
        expect(bob.get_by_text(words).first).to_be_visible()

    bob.get_by_role("tab", name="Où il en est").click()
    moved(bob, "Retenu", "Un projet solide.")
    phone.reload()
    assert not {"remarque", "solide"} & set(phone.locator("main").inner_text().split())
    bob.get_by_role("tab", name="Accompagnement").click()
    click(bob, "Mettre l’accompagnement à jour")
    done(bob, "Accompagnement d'un dossier")
    bob.get_by_role("tab", name="Où il en est").click()
    for step in ("Fenêtre", "Logé", "Installé"):
        moved(bob, step)

    # The mayor reads how far it is, and nothing of who it is.
    mayor = come_in(browser, served, "Maire d’Essay", "/commune")
    at(mayor, served, "/commune?commune=61156")
    expect(mayor.get_by_text("1 arrivant").first).to_be_visible()
    expect(mayor.get_by_text("Installé", exact=True).first).to_be_visible()
    told, hidden = (
        mayor.content(),
        ("Candidate Premiere", "Candidat 1", "traduction", "remarque d’Ann", "solide"),
    )
    assert [word for word in hidden if word in told] == []

    at(ann, served, here)
    ann.get_by_role("tab", name="Accompagnement").click()
    ann.get_by_text("La personne a été interrogée et l’accepte").click()
    click(ann, "En faire un membre")
    done(ann, "nouveau membre")
    ann.get_by_role("tab", name="Accompagnement").click()
    ann.get_by_role("group", name="Jour").get_by_role("spinbutton").first.click()
    ann.keyboard.type("12052026")
    ann.get_by_label("Compte rendu, après").fill("Une belle soirée.")
    click(ann, "Enregistrer la réception")
    done(ann, "Réception d'un arrivant")
    with store.read() as session:
        moves = applications.moves(session, "real")
        reception = applications.reception(session, str(moves["application"].iloc[0]))
    assert moves["step"].tolist() == [
        "received", "read", "met", "accepted", "window_planned", "housed", "settled", "welcomed",
    ]  # fmt: skip
    assert reception is not None and reception.event is not None
    at(ann, served, "/reseau?section=evenements")
    expect(
        ann.get_by_text("Réception d’un nouvel arrivant").or_(ann.get_by_text("Réception")).first
    ).to_be_visible()
    assert english_left(ann) == []
    for each in (phone, ann, bob, mayor):
        each.context.close()


def _one_question_open_and_all_printed(page: Page) -> None:
    """On a laptop the funnel is a page and a half, and another of its questions one click away; on paper it is whole."""
    heads = ("Jusqu’où vont-ils", "En combien de temps", "Les deux signatures sont-elles d’accord")
    shown = [page.get_by_role("heading", name=re.compile(f"^{head}")) for head in heads]
    page.get_by_role("radio", name="En combien de temps").click()
    page.wait_for_url("**question=durees*")
    settle(page)
    expect(shown[1]).to_be_visible()
    assert shown[0].count() == shown[2].count() == 0, "out of reach of a screen reader"
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    assert height < LAPTOP["height"] * 3, height
    page.emulate_media(media="print")
    for each in shown:
        expect(each).to_be_visible()
    page.emulate_media(media="screen")


def test_every_section_fits_a_laptop_and_a_phone_and_the_board_goes_by_keyboard(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/dossiers")
    for key, (name, question) in SECTIONS.items():
        page.get_by_role("radio", name=name, exact=True).click()
        page.wait_for_url("**/dossiers" if key == "jour" else f"**section={key}*")
        settle(page)
        expect(page.get_by_role("heading", name=question.replace(" ?", ""))).to_be_visible()
        for size in (PHONE, LAPTOP):
            page.set_viewport_size(size)
            page.wait_for_function(FITS)
        assert page.get_by_test_id("stException").count() == 0
        assert english_left(page) == []
        if key == "entonnoir":
            _one_question_open_and_all_printed(page)
        if key == "etapes":
            card = page.locator("[class*='st-key-dossiers-open-card'] button").first
            label = card.inner_text()
            page.get_by_role("radio", name=name, exact=True).focus()
            while not card.evaluate("e => e === document.activeElement"):
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name=label.split(",")[0])).to_be_visible()
            settle(page)
            for tab in page.get_by_role("tab").all():
                tab.click()
                for size in (PHONE, LAPTOP):
                    page.set_viewport_size(size)
                    page.wait_for_function(FITS)
            assert english_left(page) == []
            page.get_by_role("button", name="Tous les dossiers").click()
            expect(page.get_by_role("heading", name=question.replace(" ?", ""))).to_be_visible()
        if key == "liste":
            choose(page, "Étape", "Perdu")
            page.wait_for_url("**etape=lost*")
            settle(page)
            choose(page, "Étape", "Toutes")
