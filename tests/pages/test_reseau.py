"""The network's own page: nine questions, three audiences, with data and empty, and the steps of the replay."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.pages.screens import Open, words

SECTIONS = [
    "croissance", "rejouer", "fidelite", "annuaire", "metiers", "isolement", "acteurs", "dossiers", "evenements",
]  # fmt: skip
AUDIENCES = ["public", "elu", "animateur"]


def answer(text: str) -> str:
    """The first sentence of the page that answers, without its tags."""
    return re.sub("<[^>]+>", "", re.findall(r'<p class="zv-answer">(.*?)</p>', text)[0])


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_question_is_answered_by_a_sentence_its_table_and_its_source(
    open_page: Open, section: str, audience: str
) -> None:
    screen = open_page("reseau", section=section, vue=audience)
    text = words(screen)
    assert answer(text).endswith(".")
    assert re.search(r"<caption[^>]*>.+?</caption>", text)
    assert re.search(
        r"(\(registre tenu par les animateurs\), au 12/05/2026|Sources : registre du réseau) — démonstration",
        text,
    )
    assert screen.subheader[0].value.replace("\u202f", " ").endswith(" ?")
    assert list(screen.warning) == []


def test_a_stranger_reads_what_the_network_is_how_to_join_it_and_whom_to_ask(open_page: Open) -> None:
    text = words(open_page("reseau", vue="public"))  # an installation without profiles, set for the public
    assert "réseau de proximité de télétravailleurs indépendants" in answer(text)
    assert "Comment le rejoindre" in text and "Envoyez un dossier" in text
    assert "À qui s'adresser" in text.replace("&#x27;", "'") and "mairie de la commune" in text


def test_the_address_opens_the_question_and_a_wrong_one_is_said(open_page: Open) -> None:
    screen = open_page("reseau", section="fidelite", vue="elu", rayon="3")
    assert "Combien de temps" in screen.subheader[0].value
    assert "seuls comptent les membres qui ont accepté" in words(screen)
    assert "un réglage inconnu" in screen.warning[0].value


def test_the_curve_says_its_interval_and_who_is_censored(open_page: Open) -> None:
    text = words(open_page("reseau", section="fidelite"))
    assert re.search(
        r"Après 5 ans, \d+ % des membres sont encore là \(intervalle de confiance à 95 % : \d+ % à \d+ %\)",
        text,
    )
    assert re.search(r"Kaplan–Meier sur \d+ séjours : \d+ départs, \d+ séjours en cours", text)


def test_the_replay_counts_what_the_register_says_that_month(open_page: Open) -> None:
    from analysis.network import members_on
    from ui import loading

    text = words(open_page("reseau", section="rejouer", mois="2011-05"))
    desk = loading.desk()
    here = members_on(desk.network.stays, dt.date(2011, 5, 31))
    assert len(here) > 5
    assert f"En mai 2011 : {len(here)} membres présents dans {here['commune'].nunique()} communes" in answer(
        text
    )
    counted = [int(n) for n in re.findall(r'<th scope="row"[^>]*>[^<]*</th><td[^>]*>(\d+)</td>', text)]
    assert len(counted) == len(desk.names)
    assert sum(counted) == len(here)


def test_the_buttons_of_the_replay_start_stop_and_go_back(open_page: Open) -> None:
    screen = open_page("reseau", section="rejouer", mois="2024-01")
    assert screen.button(key="reseau:rejouer:play").label == "Rejouer"
    screen.button(key="reseau:rejouer:play").click().run()
    assert screen.button(key="reseau:rejouer:play").label == "Arrêter"
    screen.button(key="reseau:rejouer:first").click().run()
    assert screen.button(key="reseau:rejouer:play").label == "Rejouer"
    assert answer(words(screen)).startswith("En janvier 2004")
    screen.select_slider[0].set_value("2026-05").run()
    screen.button(key="reseau:rejouer:play").click().run()
    assert answer(words(screen)).startswith("En janvier 2004")  # from the end it starts again


@pytest.mark.parametrize("audience", ["public", "elu"])
def test_nobody_who_did_not_consent_is_named_counted_apart_or_placed(open_page: Open, audience: str) -> None:
    from ui import community, loading

    screen = open_page("reseau", section="annuaire", vue=audience)
    desk = loading.desk()
    here = community.read(desk).here
    hidden = here[~here["public"]]
    assert len(hidden) > 5
    shown = words(screen)
    for section in ("isolement", "metiers", "acteurs", "evenements"):
        shown += words(open_page("reseau", section=section, vue=audience))
    for code in hidden["code"]:
        assert not re.search(rf"\b{code}\b", shown)
    public = int(here["public"].sum())
    assert f"{public} membres figurent à l&#x27;annuaire" in words(
        screen
    ) or f"{public} membres figurent" in words(screen)
    isolation = words(open_page("reseau", section="isolement", vue=audience))
    assert f"membres publics sur {public}" in answer(isolation)


def test_consent_withdrawn_empties_the_line_at_the_next_look(open_page: Open) -> None:
    from analysis.model import LOCAL_ACTOR
    from data.store import tables
    from ui import community, loading

    before = open_page("reseau", section="annuaire", vue="public")
    here = community.read(loading.desk()).here
    who = here[here["public"]].iloc[0]
    assert f">{who['shown']}<" in words(before)
    with loading.store().write(LOCAL_ACTOR) as session:
        session.connection.execute(
            tables.person.update().where(tables.person.c.code == who["code"]).values(consent_public=False)
        )
    before.run()
    assert f">{who['shown']}<" not in words(before)


def test_filters_of_the_directory_narrow_it_and_say_when_nobody_is_left(open_page: Open) -> None:
    from ui import community, loading

    screen = open_page("reseau", section="annuaire")
    here = community.read(loading.desk()).here
    public = here[here["public"]]
    trade = public["trade"].value_counts().index[0]
    screen.selectbox(key="reseau:metier").select(trade).run()
    caption = re.findall(r"Annuaire : (\d+) membres?", words(screen))
    assert int(caption[0]) == int((public["trade"] == trade).sum())
    other = next(s for skills in public.loc[public["trade"] != trade, "skills"] for s in skills)
    if not any(other in skills for skills in public.loc[public["trade"] == trade, "skills"]):
        screen.selectbox(key="reseau:competence").select(other).run()
        assert "Aucun membre ne répond" in screen.info[0].value


@pytest.mark.parametrize("audience", ["animateur", "public"])
@pytest.mark.parametrize("section", SECTIONS)
def test_an_empty_register_says_what_to_do_next(
    emptied: Path, open_page: Open, section: str, audience: str
) -> None:
    screen = open_page("reseau", section=section, vue=audience)
    assert answer(words(screen)).endswith(".")
    assert re.match("Inscrivez|Recueillez|Notez", screen.info[0].value)
    assert "démonstration" not in words(screen)


def test_the_demonstration_counts_its_contacts_and_events_whole(open_page: Open) -> None:
    from ui import loading

    text = words(open_page("reseau", section="acteurs"))
    desk = loading.desk()
    assert answer(text).startswith(f"{len(desk.network.contacts)} acteurs")
    events = desk.network.events
    past = events[pd.to_datetime(events["on"]) <= pd.Timestamp(desk.today)]
    told = answer(words(open_page("reseau", section="evenements")))
    assert told.startswith(f"{len(past)} événements et {int(past['hours'].sum())} heures données")
    assert "pour un budget de 0 €" in told
