"""The importer's page: from a file to the map in five steps, back and forth, refusals, two analysts at once, undo and redo."""

from __future__ import annotations

import datetime as dt
import html
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from analysis.model import SYSTEM_ACTOR
from data.imports import history, templates
from data.store import current_observations, tables
from tests.data.imports import published
from tests.pages.screens import Open
from tests.pages.screens import words as raw_words
from ui import loading
from ui.imports import changes
from ui.imports import file as import_file
from ui.imports import work as import_work

SAMPLE_NAME, SAMPLE = templates.sample()
HOSTILE = "../../<img src=x onerror=alert(1)> {{1/0}}.csv"
CODES = ("61026", "61156", "61258")
SCHOOLS = b"code_insee;ecoles;eleves\r\n61026;1;24\r\n61156;2;61\r\n61258;0;0\r\n75056;600;120000\r\n"


def words(screen: AppTest) -> str:
    """What is read on the screen, with plain blanks and apostrophes."""
    return html.unescape(raw_words(screen))


def settled(screen: AppTest) -> AppTest:
    """The screen once the work beside the page is over (a browser asks again by itself)."""
    screen.run()
    for _ in range(60):
        if not any(b.key in ("importer:cancel", "importer:cancel-publish") for b in screen.button):
            break
        screen.run()
    assert [e.message for e in screen.exception] == []
    return screen


def upload(screen: AppTest, name: str, content: bytes) -> AppTest:
    screen.file_uploader[0].upload(name, content, "text/csv")
    return settled(screen)


def click(screen: AppTest, key: str) -> AppTest:
    screen.button(key=key).click()
    return settled(screen)


def on(screen: AppTest, steps: int = 1) -> AppTest:
    for _ in range(steps):
        click(screen, "importer:on")
    return screen


def current() -> pd.DataFrame:
    with loading.store().read() as session:
        return current_observations(session)


def values(frame: pd.DataFrame) -> pd.DataFrame:
    """What the map shows, whichever import it comes from."""
    return frame.drop(columns="import_id").reset_index(drop=True)


def changed_sample() -> bytes:
    """The published LOVAC file, one commune's secret replaced by figures."""
    return SAMPLE.replace(b"61026;Barville;s;s;s", b"61026;Barville;120;9;s")


def publish_sample(screen: AppTest) -> AppTest:
    upload(screen, "lovac.csv", changed_sample())
    on(screen, 3)
    return click(screen, "importer:publish")


def test_the_first_screen_offers_the_file_the_templates_and_a_sample(open_page: Open) -> None:
    screen = open_page("importer")
    text = words(screen)
    assert "Quel fichier voulez-vous mettre sur la carte" in text
    assert "LOVAC" in text
    assert [b.label for b in screen.button if b.disabled] == [
        "2 · Reconnu comme", "3 · Colonnes", "4 · Contrôles", "5 · Ce qui va changer",
    ]  # fmt: skip
    labels = [e.proto.label for e in screen.get("download_button")]
    assert labels == ["Excel", "CSV", "Schéma", "Fichier d'exemple"]


def test_an_empty_history_says_what_the_map_shows(open_page: Open) -> None:
    text = words(open_page("importer", onglet="historique"))
    assert "Aucun fichier n'a encore été importé" in text
    assert "livré avec le territoire" in text


def test_figures_recoded_for_a_new_year_are_told_and_undone_like_an_import(open_page: Open) -> None:
    from analysis.model import LOCAL_ACTOR
    from data.packs import migrate
    from data.packs.passage import steps
    from data.reference import Passage
    from data.register.operations import operation

    before = values(current())
    merger = Passage(2027, "merged", "61156", "Essay", "61215", "Laleu")
    with operation(loading.store(), LOCAL_ACTOR, "recode") as made:
        migrate.lay(made, steps(loading.territory().name_of, 2026, [merger]), 2026, 2027)
    screen = open_page("importer", onglet="historique")
    text = words(screen)
    assert "recodé après un changement de communes" in text and "de 2026 à 2027" in text
    assert "additionné" in text and "laissé de côté" in text and "(61156)" in text
    assert any("Ce que les chiffres sont devenus" in each.label for each in screen.expander)
    click(screen, f"importer:undo:{max(record.id for record in records())}")
    assert values(current()).equals(before)


def test_the_shipped_figures_are_taken_away_by_a_second_click_only(open_page: Open) -> None:
    screen = open_page("importer", onglet="historique")
    assert "La carte sera vide partout où aucun fichier importé ne remplace ces chiffres." in words(screen)
    assert screen.button(key="importer:undo:1").label == "Annuler les chiffres livrés"
    before = current()
    click(screen, "importer:undo:1")
    assert current().empty
    click(screen, "importer:undo:1")
    assert len(before) and values(current()).equals(values(before))


def test_a_file_goes_through_the_steps_to_the_map_and_undo_restores_the_store(open_page: Open) -> None:
    screen = open_page("importer")
    before = values(current())
    upload(screen, "lovac.csv", changed_sample())
    assert "« lovac.csv » est reconnu comme : LOVAC 2025 (20 lignes, 5 colonnes)" in words(screen)
    on(screen)
    assert "5 colonnes sur 5 sont comprises" in words(screen)
    on(screen)
    assert "20 lignes du fichier concernent le territoire : aucune erreur" in words(screen)
    on(screen)
    assert "Publier ce fichier modifie 2 valeurs et en laisse 58 telles quelles" in words(screen)
    assert values(current()).equals(before)  # nothing is written before the last click
    click(screen, "importer:publish")
    assert "« lovac.csv » est publié : 2 valeurs modifiées" in words(screen)
    now = current().set_index(["indicator", "commune", "period"])
    assert now.loc[("lovac_vacant", "61026", "2025-01-01"), "value"] == 9.0

    elsewhere = open_page("carte", indicateur="lovac_vacancy_rate", commune="61026")
    assert "Qui a publié quoi" in [e.label for e in elsewhere.expander]
    stack = words(elsewhere)
    assert "LOVAC 2025" in stack
    assert "logements vacants du parc privé (LOVAC 2025), livré avec le territoire" in stack
    assert "affichée" in stack
    assert "recouverte" in stack

    past = open_page("importer", onglet="historique")
    assert "1 fichier importé" in words(past)
    number = max(record.id for record in records())
    click(past, f"importer:undo:{number}")
    assert f"Import n° {number} annulé : 2 valeurs ont été modifiées" in words(past)
    assert values(current()).equals(before)
    click(past, f"importer:undo:{number}")
    assert f"Import n° {number} rétabli" in words(past)
    assert not values(current()).equals(before)


def records() -> tuple[history.ImportRecord, ...]:
    with loading.store().read() as session:
        return history.imports(session)


def test_the_same_file_twice_changes_nothing(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, SAMPLE_NAME, SAMPLE)
    on(screen, 3)
    assert "Publier ce fichier ne change rien : 60 valeurs sont identiques" in words(screen)
    assert screen.button(key="importer:publish").disabled


def test_going_back_and_forth_loses_nothing(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, "lovac.csv", changed_sample())
    on(screen)
    screen.selectbox(key="importer:column:pp_vacant_plus_2ans_25").set_value("ignore")
    settled(screen)
    assert "4 colonnes sur 5 sont comprises ; 1 est laissée de côté" in words(screen)
    click(screen, "importer:step:fichier")
    assert "« lovac.csv »" in words(screen)
    on(screen, 1)
    click(screen, "importer:step:colonnes")
    assert screen.selectbox(key="importer:column:pp_vacant_plus_2ans_25").value == "ignore"
    click(screen, "importer:step:changements")
    assert "modifie 2 valeurs et en laisse 38 telles quelles" in words(screen)


def name_schools(screen: AppTest) -> AppTest:
    """Fill the form that names a file's own indicator."""
    return fill(
        screen,
        {
            "Nom de ecoles": "Écoles <b>{{1/0}}</b>",
            "Unité de ecoles": "écoles",
            "Millésime de ecoles": "2025",
            "Nom de eleves": "Élèves",
            "Unité de eleves": "élèves",
            "Millésime de eleves": "2025",
        },
    )


def fill(screen: AppTest, columns: dict[str, str]) -> AppTest:
    """Fill the form with what the columns are, and its source."""
    typed = {**columns, "Producteur": "Rectorat", "Titre de la publication": "Carte scolaire"}
    for widget in screen.text_input:
        if widget.label in typed:
            widget.set_value(typed[widget.label])
    next(w for w in screen.selectbox if w.label == "Licence").set_value("Licence Ouverte 2.0")
    next(b for b in screen.button if b.label == "Nommer ces colonnes").click()
    return settled(screen)


def test_any_indicator_is_named_then_on_the_map_and_undone(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, "ecoles.csv", SCHOOLS)
    on(screen)
    next(b for b in screen.button if b.label == "Nommer ces colonnes").click()
    settled(screen)
    assert "Aucune colonne n'est nommée" in words(screen)
    name_schools(screen)
    on(screen)
    assert "1 ligne laissée de côté : hors du territoire" in words(screen)
    on(screen)
    assert "ajoute 6 valeurs" in words(screen)
    click(screen, "importer:publish")
    named = next(i for i in loading.desk().indicators.values() if i.name == "Écoles <b>{{1/0}}</b>")
    answer = loading.answer(named.id, None, _public())
    assert (answer.total.value, answer.vintage.label) == (3.0, "2025")
    assert "Rectorat, Carte scolaire" in loading.catalogue().source(named).citation
    assert "3 écoles" in words(open_page("carte", indicateur=named.id))
    # A household with children reads in its dossier where they are; nobody imported a file of doctors.
    with loading.store().write(SYSTEM_ACTOR) as session:
        table = tables.application
        one = session.connection.execute(select(table.c.id)).scalars().first()
        family = {
            "wished_commune": "61156",
            "planned_arrival": dt.date(2026, 8, 1),
            "household": {"births": ["2018-03-01"]},
        }
        session.connection.execute(table.update().where(table.c.id == one).values(family))
    fit = words(open_page("dossiers", dossier=str(one)))
    assert (
        "Une école : dans la commune (Écoles <b>{{1/0}}</b>, 2025)." in fit
        and "Un médecin : pas encore importé." in fit
    )
    past = open_page("importer", onglet="historique")
    click(past, f"importer:undo:{max(record.id for record in records())}")
    assert named.id not in loading.desk().indicators


def _public() -> Any:
    from analysis.model import Audience

    return Audience.PUBLIC


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vide.csv", b"", "vide"),
        ("photo.jpg", bytes(range(256)) * 40, "ne peut pas être lu"),
        ("sans_commune.csv", b"a;b\n1;2\n3;4\n", "commune"),
        (HOSTILE, changed_sample(), "« ../../<img src=x onerror=alert(1)> {{1/0}}.csv »"),
    ],
)
def test_bad_files_and_names_are_said_and_change_nothing(
    open_page: Open, fresh: Path, name: str, content: bytes, said: str
) -> None:
    screen = open_page("importer")
    before = loading.store().revision()
    upload(screen, name, content)
    assert said in words(screen).casefold() or said in words(screen)
    assert "<img" not in " ".join(e.proto.body for e in screen.get("html"))
    assert loading.store().revision() == before
    spooled = [path for path in (fresh / "uploads").rglob("*") if path.is_file()]
    assert {path.name for path in spooled} <= {"fichier", "suite.json"}, "names of ours"


def test_a_file_put_aside_leaves_nothing_behind(open_page: Open, fresh: Path) -> None:
    screen = publish_sample(open_page("importer"))
    assert list((fresh / "uploads").iterdir()) == []
    click(screen, "importer:again")
    assert "Quel fichier voulez-vous" in words(screen)
    upload(screen, "un.csv", SAMPLE)
    click(screen, "importer:step:fichier")
    upload(screen, "deux.csv", SAMPLE)
    assert len(list((fresh / "uploads").iterdir())) == 1


def test_rows_with_errors_are_left_out_only_by_a_choice_that_is_recorded(open_page: Open) -> None:
    screen = open_page("importer")
    upload(
        screen, "lovac.csv", changed_sample().replace(b"61051;Boitron;s;15;s", b"61051;Boitron;s;beaucoup;s")
    )
    on(screen, 2)
    text = words(screen)
    assert "1 erreur" in text
    assert "beaucoup" in text
    assert screen.button(key="importer:on").disabled
    screen.checkbox(key="importer:good-only").check()
    settled(screen)
    on(screen)
    assert "modifie 2 valeurs et en laisse 55 telles quelles" in words(screen)
    click(screen, "importer:publish")
    assert "les lignes correctes seulement" in words(open_page("importer", onglet="historique"))


def test_a_second_analyst_reads_the_differences_again_when_the_first_has_published(open_page: Open) -> None:
    mine, theirs = open_page("importer"), open_page("importer")
    for screen in (mine, theirs):
        upload(screen, "lovac.csv", changed_sample())
        on(screen, 3)
    click(theirs, "importer:publish")
    assert "est publié" in words(theirs)
    before = loading.store().revision()
    click(mine, "importer:publish")
    assert "Quelqu'un d'autre a publié entre-temps" in words(mine)
    assert "Publier ce fichier ne change rien" in words(mine)
    assert loading.store().revision() == before


def test_an_unknown_import_is_said(open_page: Open) -> None:
    assert "L'import n° 4242 n'existe pas" in words(
        open_page("importer", **{"onglet": "historique", "import": "4242"})
    )


def test_undoing_tells_which_figures_stay_because_a_newer_import_replaces_them(open_page: Open) -> None:
    publish_sample(open_page("importer"))
    first = max(record.id for record in records())
    screen = open_page("importer")
    upload(
        screen, "corrige.csv", changed_sample().replace(b"61026;Barville;120;9;s", b"61026;Barville;121;9;s")
    )
    on(screen, 3)
    click(screen, "importer:publish")
    past = open_page("importer", **{"onglet": "historique", "import": str(first)})
    assert f"L'import n° {first} est en vigueur" in words(past)
    assert "60 valeurs recouvertes par un import plus récent" in [plain(e.label) for e in past.expander]
    click(past, f"importer:undo:{first}")
    assert "0 valeur a été modifiée ; 60 valeurs ne bougent pas, un import plus récent les remplace" in words(
        past
    )
    assert "n° 3" in words(past)
    assert (
        current().set_index(["indicator", "commune", "period"]).loc[("lovac_stock", "61026", "2024"), "value"]
        == 121.0
    )


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def members_file() -> bytes:
    """The template of members, its examples made real."""
    return templates.csv("members").replace(b"EXEMPLE", b"REF")


def as_role(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    from analysis.model import Account, Role
    from ui import access

    entrance = access.Entrance(Account("p1", "Analyste", Role(role)), "pin", True)
    monkeypatch.setattr(access, "current", lambda: entrance)


def test_an_analyst_publishes_figures_but_no_records_of_people(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_role(monkeypatch, "analyste")
    screen = publish_sample(open_page("importer"))
    assert "est publié" in words(screen)
    click(screen, "importer:again")
    upload(screen, "membres.csv", members_file())
    assert "Seuls les animateurs peuvent les publier" in words(screen)
    assert [b.label for b in screen.button if b.key == "importer:on"] == []
    assert screen.button(key="importer:step:changements").disabled


def test_records_of_people_are_published_by_coordinators_and_their_file_is_kept_from_analysts(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = open_page("importer")
    upload(screen, "membres.csv", members_file())
    on(screen, 3)
    text = words(screen)
    assert "Publier ce fichier ajoute 2 fiches" in text
    assert "Camille" not in text
    click(screen, "importer:publish")
    assert loading.store().network_origin() == "real"
    labels = [e.proto.label for e in open_page("importer", onglet="historique").get("download_button")]
    assert labels == ["Fichier d'origine"]
    told = words(open_page("importer", onglet="historique"))
    assert "membres.csv" in told and "2 ajoutées" in told
    as_role(monkeypatch, "analyste")
    past = open_page("importer", onglet="historique")
    assert [e.proto.label for e in past.get("download_button")] == []
    # A file's name may name somebody, and how many came in is a count of people that no declared table gives.
    told = words(past)
    assert "membres.csv" not in told and "2 fiches" not in told and "ajoutées" not in told
    assert "réservé aux animateurs" in told
    number = max(record.id for record in records())
    assert [b for b in past.button if b.key == f"importer:undo:{number}"] == []


@pytest.mark.parametrize("role", ["public", "elu"])
def test_the_page_is_for_those_who_import(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    as_role(monkeypatch, role)
    screen = open_page("importer")
    assert len(screen.file_uploader) == 0
    assert "réservée aux analystes et aux animateurs" in words(screen)
    carte = open_page("carte", indicateur="lovac_vacancy_rate", commune="61026")
    assert "Qui a publié quoi" not in [e.label for e in carte.expander]


class Gate:
    """Stands in for a slow step: lets the work go on when the test says so."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self.work, self.open, self.reached = work, threading.Event(), threading.Event()

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        self.reached.set()
        assert self.open.wait(30)
        if more.get("progress") is not None:
            more["progress"](0.9, "Enregistrement")
        return self.work(*arguments, **more)


def test_a_long_reading_shows_progress_and_can_be_cancelled(
    open_page: Open, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(import_work.prepare)
    monkeypatch.setattr(import_work, "prepare", gate)
    monkeypatch.setattr(import_work, "QUICK", 0.05)
    screen = open_page("importer")
    screen.file_uploader[0].upload("lovac.csv", SAMPLE, "text/csv")
    screen.run()
    assert "en cours de lecture" in words(screen)
    screen.button(key="importer:cancel").click()
    screen.run()
    gate.open.set()
    assert "Quel fichier voulez-vous" in words(settled(screen))
    assert list((fresh / "uploads").iterdir()) == []


def test_a_publication_that_is_cancelled_changes_nothing_and_can_be_asked_again(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(changes.publish)
    screen = open_page("importer")
    upload(screen, "lovac.csv", changed_sample())
    on(screen, 3)
    before = loading.store().revision()
    monkeypatch.setattr(changes, "publish", gate)
    monkeypatch.setattr(changes, "QUICK", 0.05)
    screen.button(key="importer:publish").click()
    screen.run()
    assert "La publication est en cours" in words(screen)
    screen.button(key="importer:cancel-publish").click()
    screen.run()
    gate.open.set()
    settled(screen)
    assert "Publication annulée : rien n'a changé" in words(screen)
    assert loading.store().revision() == before
    click(screen, "importer:publish")
    assert "est publié" in words(screen)


def test_a_full_disk_is_said_and_nothing_is_kept(
    open_page: Open, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(name: str, content: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(import_file, "take", full)
    screen = open_page("importer")
    screen.file_uploader[0].upload("lovac.csv", SAMPLE, "text/csv")
    screen.run()
    assert "n'a pas pu être gardé sur le serveur" in words(screen)
    assert "Libérez de la place" in words(screen)


def test_a_file_that_defeats_the_program_does_not_take_the_page_down(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any, **more: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(import_work, "prepare", broken)
    screen = open_page("importer")
    upload(screen, "lovac.csv", SAMPLE)
    assert "Ce fichier a fait échouer le programme. Rien n'a changé." in words(screen)
    click(screen, "importer:failed")
    assert "Quel fichier voulez-vous" in words(screen)


def test_an_ambiguous_commune_is_chosen_once_and_remembered(open_page: Open) -> None:
    file = b"commune;ecoles\r\nNulle Part les Oies;3\r\nLe Mele sur Sarthe;1\r\n"
    screen = open_page("importer")
    for attempt in range(2):
        upload(screen, f"ecoles{attempt}.csv", file.replace(b";1", f";{attempt + 1}".encode()))
        on(screen)
        fill(screen, {"Nom de ecoles": "Écoles", "Unité de ecoles": "écoles", "Millésime de ecoles": "2025"})
        on(screen)
        if attempt == 0:
            assert "1 commune à vérifier" in words(screen)
            assert screen.button(key="importer:on").disabled
            screen.selectbox(key="importer:place:Nulle Part les Oies").set_value("61156")
            settled(screen)
        else:
            assert "commune à vérifier" not in words(screen)
        on(screen)
        click(screen, "importer:publish")
        if attempt == 0:
            click(screen, "importer:again")
    chosen = [record.choices for record in records() if record.choices]
    assert chosen[-1] is not None and chosen[-1]["communes"] == {"Nulle Part les Oies": "61156"}


# -- questions that only the person can answer -------------------------------------------------------------------

SPEEDS = b"code_insee;nom_com;nbr;type;date;inel_hd;elig_thd30;elig_thd1g\r\n61258;;607;all;2026-09-30;4;600;583\r\n"
FIBRE = b"INSEE_COM;NOM_COM;ftth;Locaux\r\n61258;Le M\xc3\xaale-sur-Sarthe;500;520\r\n"


def test_speeds_of_an_unknown_network_are_asked_for_and_nothing_is_chosen_beforehand(open_page: Open) -> None:
    screen = upload(open_page("importer"), "export.csv", SPEEDS)
    assert "Rien ne dit si ces débits sont ceux des réseaux filaires" in words(screen)
    which = screen.radio(key="importer:kind")
    assert which.value is None
    which.set_value("arcep_speed_premises")
    settled(screen)
    assert screen.radio(key="importer:kind").value == "arcep_speed_premises"
    assert "Rien ne dit" not in words(screen)
    on(screen, 3)
    click(screen, "importer:publish")
    assert (
        current()
        .set_index(["indicator", "commune", "period"])
        .loc[("premises_30m", "61258", "2026-09-30"), "value"]
        == 600
    )


def test_a_file_without_a_date_asks_for_it(open_page: Open) -> None:
    screen = upload(open_page("importer"), "communes.csv", FIBRE)
    assert "Le fichier ne dit pas à quelle date ses chiffres valent" in words(screen)
    screen.text_input(key="importer:period").set_value("30 septembre")
    settled(screen)
    assert "ni une année ni un jour" in words(screen)
    screen.text_input(key="importer:period").set_value("2026-09-30")
    settled(screen)
    assert "ni une année" not in words(screen) and "ne dit pas à quelle date" not in words(screen)
    on(screen, 3)
    click(screen, "importer:publish")
    assert (
        current()
        .set_index(["indicator", "commune", "period"])
        .loc[("ftth_premises", "61258", "2026-09-30"), "value"]
        == 500
    )


def test_an_indicator_that_waited_for_its_first_file_is_on_the_map_and_in_the_sources_at_once(
    open_page: Open,
) -> None:
    wired = published.arcep_wired()
    assert "wired_share_1g" not in loading.catalogue().indicators
    screen = upload(open_page("importer"), wired.name, wired.content)
    on(screen, 3)
    click(screen, "importer:publish")
    shown = words(open_page("carte", indicateur="wired_share_1g"))
    assert "4 317 locaux sur 4 791 sont éligibles à 1 Gbit/s par un réseau filaire" in shown.replace(
        "\u202f", " "
    )
    assert "ARCEP, Ma connexion internet (2e trimestre 2026)" in shown
    assert "réseaux filaires" in words(open_page("sources"))


def test_two_plausible_readings_are_shown_and_the_choice_can_be_taken_back(open_page: Open) -> None:
    screen = upload(
        open_page("importer"), "deux.csv", b"code_insee,nb;ecoles\n61026,1;2\n61156,3;4\n61258,5;6\n"
    )
    text = words(screen)
    assert "Laquelle de ces lectures est la bonne" in text
    assert "peut se lire de 2 façons" in text
    assert "61026,1" in text and "1;2" in text
    buttons = [b for b in screen.button if (b.key or "").startswith("importer:reading:")]
    assert (
        len({b.label for b in buttons}) == len(buttons) == 2
    )  # read aloud, each says which reading it chooses
    click(screen, str(buttons[1].key))
    assert "séparateur virgule" in words(screen)
    click(screen, "importer:reading-again")
    assert "Laquelle de ces lectures est la bonne" in words(screen)


def test_a_workbook_asks_which_sheet(open_page: Open) -> None:
    book, out = Workbook(), io.BytesIO()
    for n, title in enumerate(("2024 <b>", "2025")):
        sheet = book.active if n == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        for row in (("code_insee", "ecoles"), ("61026", n), ("61156", n + 1)):
            sheet.append(row)
    book.save(out)
    screen = upload(open_page("importer"), "ecoles.xlsx", out.getvalue())
    assert "contient 2 tableaux" in words(screen)
    tables = [each.proto.body for each in screen.get("html") if "<table" in each.proto.body]
    assert ["2024 &lt;b&gt;" in each for each in tables] == [True, False]
    assert "code_insee" in tables[1] and "61156" in tables[1] and "2025" in tables[1]
    screen.radio(key="importer:sheet-asked").set_value("2025")
    settled(screen)
    assert "feuille « 2025 »" in words(screen)


def test_a_rate_over_a_count_of_the_catalogue_never_appears_without_its_denominator(open_page: Open) -> None:
    screen = upload(open_page("importer"), "ecoles.csv", SCHOOLS)
    on(screen)
    name_schools(screen)
    next(w for w in screen.text_input if w.label == "Nom du taux").set_value("Écoles pour mille habitants")
    next(w for w in screen.selectbox if w.label == "Numérateur").set_value("ecoles")
    next(b for b in screen.button if b.label == "Ajouter ce taux").click()
    settled(screen)
    assert "Un taux veut deux nombres" in words(screen)
    next(w for w in screen.selectbox if w.label == "Dénominateur").set_value("population_rp")
    next(w for w in screen.selectbox if w.label == "Exprimé").set_value(1000.0)
    next(b for b in screen.button if b.label == "Ajouter ce taux").click()
    settled(screen)
    on(screen, 2)
    click(screen, "importer:publish")
    rate = next(i for i in loading.desk().indicators.values() if i.name == "Écoles pour mille habitants")
    cells = loading.answer(rate.id, None, _public()).cells.set_index("commune")
    people = loading.answer("population_rp", "2022", _public()).cells.set_index("commune")
    assert cells.at["61156", "value"] == pytest.approx(2000 / people.at["61156", "value"])
    assert cells.at["61156", "denominator"] == people.at["61156", "value"]


def test_a_file_of_five_hundred_columns_stays_a_page(open_page: Open) -> None:
    heads = ";".join(
        ["code_insee", *(f"colonne tres longue et presque pareille numero {n}" for n in range(500))]
    )
    rows = "\r\n".join(f"{code};" + ";".join(["1"] * 500) for code in CODES)
    screen = upload(open_page("importer"), "large.csv", f"{heads}\r\n{rows}\r\n".encode())
    on(screen)
    assert "1 colonne sur 501 est comprise ; 500 attendent que vous disiez ce qu'elles comptent" in words(
        screen
    )
    assert len(screen.selectbox) < 40
    screen.multiselect(key="importer:to-name").set_value(["colonne tres longue et presque pareille numero 7"])
    settled(screen)
    assert len([w for w in screen.text_input if w.label.startswith("Nom de")]) == 1


def test_a_percentage_is_proposed_as_it_is_and_asked_about_when_it_may_be_a_fraction(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, "vacance.csv", b"code_insee;taux vacance 2024\n61026;0,0573\n61156;0,4\n61258;1\n")
    on(screen)
    assert next(w for w in screen.selectbox if w.label.startswith("Nature")).value == "published"
    assert next(w for w in screen.text_input if w.label.startswith("Millésime")).value == "2024"
    fill(screen, {"Unité de taux vacance 2024": "%", "Nom de taux vacance 2024": "Vacance observée"})
    on(screen)
    text = plain(words(screen))
    assert "la plus forte est 1. Dites si 1 veut dire 100 % ou 1 %." in text
    assert screen.button(key="importer:on").disabled
    screen.radio(key="importer:fractions:taux vacance 2024").set_value("times_100")
    settled(screen)
    on(screen)
    click(screen, "importer:publish")
    named = next(i for i in loading.desk().indicators.values() if i.name == "Vacance observée")
    answer = loading.answer(named.id, None, _public())
    assert answer.total.value is None  # never a sum of percentages
    assert "5,73 %" in plain(words(open_page("carte", indicateur=named.id, commune="61026")))
    past = plain(words(open_page("importer", onglet="historique")))
    assert "Vacance observée (vacance.csv)" in past and "fractions de 1, multipliées par 100" in past
    assert "N'importe quel indicateur" not in past


def test_lines_of_one_commune_are_added_up_or_counted_by_choice(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, "ecoles.csv", SCHOOLS + b"61156;1;10\r\n")
    on(screen)
    name_schools(screen)
    on(screen)
    assert "plusieurs lignes dans ce fichier" in words(screen)
    assert screen.button(key="importer:on").disabled
    screen.radio(key="importer:lines:ecoles").set_value("sum")
    settled(screen)
    screen.radio(key="importer:lines:eleves").set_value("lines")
    settled(screen)
    on(screen)
    click(screen, "importer:publish")
    cells = current().set_index(["indicator", "commune", "period"])["value"]
    assert sorted(
        cells.xs(("61156", "2025"), level=("commune", "period"))[lambda s: s.index.str.startswith("a_")]
    ) == [2, 3]
    past = plain(words(open_page("importer", onglet="historique")))
    assert "les lignes d’une même commune sont additionnées" in past.replace("'", "’")


MEMBERS = (
    "Référence *;Nom;Adresse électronique;Téléphone;Commune *;Arrivée *;Remarque\r\n"
    "Membre 412;Camille Exemple;camille@exemple.fr;02 33 00 00 00;61156;01/02/2024;écrire à camille@exemple.fr\r\n"
).encode()


def test_previews_name_nobody_and_the_demonstration_that_goes_is_said_first(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, "membres.csv", MEMBERS)
    for _ in range(4):
        text = words(screen)
        assert "Camille" not in text and "camille@" not in text and "02 33 00" not in text
        if not any(b.key == "importer:on" for b in screen.button):
            break
        on(screen)
    text = plain(words(screen))
    assert "Ce qui va changer" in text
    assert "ne seront plus montrés" in text and "membres" in text
    click(screen, "importer:publish")
    from data.store import tables

    with loading.store().read() as session:
        codes = session.connection.execute(
            tables.person.select().where(tables.person.c.origin == "real")
        ).mappings().all()  # fmt: skip
    assert [row["code"] for row in codes] == ["Membre 412"]  # the file's own pseudonym
    past = plain(words(open_page("importer", onglet="historique")))
    assert "1 fiche, de 1 ligne du fichier" in past and "0 fiche" not in past


def test_a_refused_file_offers_another_and_a_useless_one_a_way_on(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, "vide.csv", b"")
    click(screen, "importer:another")
    assert "Quel fichier voulez-vous" in words(screen)
    upload(screen, SAMPLE_NAME, SAMPLE)
    assert "ne sert pas" not in words(screen)
    on(screen, 3)
    assert "Voir sur la carte" in " ".join(link.proto.label for link in screen.get("page_link"))
    click(screen, "importer:another")
    assert "Quel fichier voulez-vous" in words(screen)


def test_columns_that_a_known_format_does_not_read_are_listed(open_page: Open) -> None:
    screen = open_page("importer")
    lines = [line + b";x" for line in SAMPLE.splitlines()]
    upload(screen, "lovac.csv", b"\n".join([lines[0].replace(b";x", b";zone"), *lines[1:]]))
    assert "1 colonne ne sert pas : zone." in plain(words(screen))


def test_an_anomaly_is_headed_by_its_line_also_on_a_phone(open_page: Open) -> None:
    screen = open_page("importer")
    upload(screen, "lovac.csv", SAMPLE.replace(b"61051;Boitron;s;15;s", b"61051;Boitron;s;beaucoup;s"))
    on(screen, 2)
    assert ">Ligne 4</th>" in plain(raw_words(screen))


def test_the_lists_of_anomalies_count_anew_once_a_commune_is_settled(open_page: Open) -> None:
    """A list that keeps its identity keeps the words that it showed: « Tout (6) » stood over three anomalies."""
    screen = open_page("importer")
    upload(
        screen,
        "lovac.csv",
        SAMPLE.replace(b"61051;", b"61999;").replace(b"61026;Barville;s;s;s", b"61026;Barville;s;trop;s"),
    )
    on(screen, 2)

    def severity() -> Any:
        return next(w for w in screen.selectbox if w.label == "Gravité")

    before = severity()
    screen.button(key="importer:confirm:61999").click()
    settled(screen)
    assert severity().options[0] != before.options[0] and severity().key != before.key
