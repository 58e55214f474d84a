"""Two registers that look the same through the declared list look the same on every screen of the public and the council.

The second register is the first one with its secrets changed: the communes of two hidden cells exchanged, other trades, skills, files,
names, titles and notes for everybody who did not consent. If any screen, chart, hover text or download differed, something else about
people would leave than the declared tables. It holds for what is not yet written too: a new chart only has to be on a page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
import streamlit as st
from streamlit.elements.widgets.button import ButtonMixin
from streamlit.testing.v1 import AppTest

from analysis.council import Slide
from analysis.council_broadband import BROADBAND
from analysis.council_slides import LISTINGS
from analysis.declared import Release
from analysis.desk import Desk
from analysis.model import Account, Actor, Audience, Role
from analysis.sheets import sheet_slides
from data.store import Store, tables
from tests.homes import Template, copied, forget
from tests.pages.conftest import TODAY
from tests.pages.screens import opened
from ui import access, loading, run
from ui.council import compose, portraits, presets
from ui.network.sections import SECTIONS

WRITER = Actor("test", "Test")
PEOPLE = {"61258": 14, "61156": 12, "61051": 2, "61013": 1, "61026": 1, "61068": 0, "61502": 4}
"""Members who did not consent, by commune: some above the public's threshold, some above the council's, some hidden."""
ENOUGH = 2
CHEAP = ("text/csv", "application/geo+json", "text/calendar")
SETTLED = {"x": ("61258",), "yy": ("61156", "61051")}
"""Whose files settled: as many in either register, other people."""
CONSENTING = {"61258": 2, "61051": 1}


def fill(store: Store, secret: str, swap: dict[str, str]) -> None:
    """A real register. `secret` colours everything that only coordinators may know; `swap` exchanges communes of those people."""
    with store.write(WRITER) as session:
        for public, places in ((True, CONSENTING), (False, PEOPLE)):
            for commune, count in places.items():
                for i in range(count):
                    _member(session, public, commune, i, "" if public else secret, {} if public else swap)
        for i, kind in enumerate(["notary", "notary", "agency", "mairie"]):
            word = "" if kind == "mairie" else secret
            session.insert(
                tables.contact,
                {
                    "id": f"k{i}{word}",
                    "origin": "real",
                    "kind": kind,
                    "label": f"Étude {word}{i}",
                    "commune": "61258",
                },
            )
        for i in range(2):
            session.insert(
                tables.event,
                {
                    "id": f"e{i}{secret}",
                    "origin": "real",
                    "member": f"m-False-61051-{i}{secret}",
                    "on": dt.date(2025, 3, 1 + i + len(secret)),
                    "kind": "reception" if secret == "x" else "telecentre",
                    "commune": swap.get("61051", "61051"),
                    "title": f"Accueil {secret}",
                    "hours": 3.0 + len(secret),
                    "jobs": len(secret),
                },
            )


def _member(session: Any, public: bool, commune: str, i: int, secret: str, swap: dict[str, str]) -> None:
    key = f"{public}-{commune}-{i}{secret}"
    session.insert(
        tables.person,
        {
            "id": f"p-{key}",
            "origin": "real",
            "code": f"Membre {key}",
            "name": f"Nom {key}",
            "email": f"a{key}@exemple.fr" if secret else None,
            "consent_public": public,
            "consent_text": "oui" if public else None,
            "consent_on": dt.date(2020, 1, 1) if public else None,
        },
    )
    session.insert(
        tables.member,
        {
            "id": f"m-{key}",
            "origin": "real",
            "person": f"p-{key}",
            "trade": "graphiste" if public else f"métier {secret}",
            "skills": ["web"] if public else [f"savoir {secret}"],
            "trains": public,
        },
    )
    # Same year, another day: the declared list counts by year.
    month = 5 if public else 3 + len(secret)
    session.insert(
        tables.stay,
        {
            "id": f"s-{key}",
            "origin": "real",
            "member": f"m-{key}",
            "commune": swap.get(commune, commune),
            "arrived": dt.date(2019, month, 2),
            "reason": f"raison {secret}" if secret else None,
        },
    )
    if secret:
        session.insert(
            tables.application,
            {
                "id": f"a-{key}",
                "origin": "real",
                "person": f"p-{key}",
                "received": dt.date(2018, month, 3),
                "trade": f"métier {secret}",
                "project": f"projet {secret}",
                "wished_commune": swap.get(commune, commune),
                "status": "settled" if commune in SETTLED[secret] else "declined",
                "household_size": len(secret),
                "reason": secret,
                "planned_arrival": dt.date(2026, 6, len(secret)),
            }
            | _lost(commune, i, secret),
        )


def _lost(commune: str, i: int, secret: str) -> dict[str, Any]:
    """Six files lost for lack of a dwelling in each of two communes: three wanted a house, two a flat, one what few people want."""
    if commune not in ("61258", "61156") or i > 5:
        return {}
    few = {"tenure": "rent", "kind": "house", "rooms": len(secret) + (5 if commune == "61258" else 9)}
    wanted = {"tenure": "rent", "kind": "house" if i < 3 else "apartment", "rooms": 4, "max_rent": 580.0}
    return {"status": "lost", "reason": "housing", "needs": few if i == 5 else wanted}


def drawn(screen: AppTest) -> list[str]:
    """Everything sent to the browser but what names the run itself."""

    def walk(node: Any) -> list[str]:
        children = getattr(node, "children", None)
        proto = "" if getattr(node, "proto", None) is None else str(node.proto)
        found = [
            re.sub(r"deferred_file_id: .*", "", proto)
        ]  # a file made when asked for: `downloads` looks at it
        for child in (children or {}).values():
            found += walk(child)
        return found

    return walk(screen._tree)


SCREENS: list[tuple[str, dict[str, str]]] = [
    ("accueil", {}),
    *(("commune", {"commune": code}) for code in ("61051", "61068", "61258")),
    *(
        ("carte", {"indicateur": name})
        for name in ("members", "members_per_1000", "applications", "vacancy_rate")
    ),
    ("carte", {"indicateur": "members", "millesime": "2024-12-31"}),
    ("carte", {"mode": "croiser", "indicateur": "members", "avec": "vacancy_rate"}),
    ("carte", {"mode": "comparer", "indicateur": "members_per_1000", "avec": "applications"}),
    *(("reseau", {"section": section}) for section in SECTIONS),
    *(("reseau", {"section": "croissance", "croissance": by}) for by in ("commune", "metier")),
    ("logement", {}),
    ("haut_debit", {}),
    ("sources", {}),
]


def downloads(patch: pytest.MonkeyPatch) -> list[bytes]:
    """The content of every download offered, made at once; of pictures and other papers a few of each kind are enough.

    `st.download_button` was bound when Streamlit was imported: changing the class alone would leave what a page calls on `st` itself.
    """
    made: list[bytes] = []
    papers: Counter[str] = Counter()
    original = ButtonMixin.download_button

    def offer(self: Any, label: str, data: Any, *rest: Any, **named: Any) -> bool:
        if not made:  # emptied: another register's turn
            papers.clear()
        kind = str(named.get("mime"))
        if callable(data) and kind not in CHEAP:
            papers[kind] += 1
            data = data if papers[kind] <= ENOUGH else b""
        content = data() if callable(data) else data
        made.append(content.encode() if isinstance(content, str) else bytes(content))
        return original(self, label, data, *rest, **named)

    patch.setattr(ButtonMixin, "download_button", offer)
    patch.setattr(st, "download_button", partial(offer, st._main))
    return made


def test_a_file_offered_on_the_page_itself_is_seen_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made = downloads(monkeypatch)

    def page() -> None:
        import streamlit as st

        st.download_button("Bare", "one", mime="text/csv")
        st.columns(2)[0].download_button("In a column", lambda: b"two", mime="text/csv")
        with st.container():
            st.download_button("Inside", "three", mime="text/csv")

    screen = AppTest.from_function(page).run()
    assert not screen.exception and made == [b"one", b"two", b"three"]
    assert len(screen.get("download_button")) == 3


def prepared(desk: Desk, audience: Audience) -> list[Slide]:
    """What the supports of a séance show to an audience: every view of the ready-made ones, every question of the other screens, three
    portraits, the annual report of two years."""
    made = [
        compose.slide(desk, page, query, audience)
        for id_ in presets.names()
        for page, query in [
            *presets.views(desk, id_, "61051"),
            ("carte", {"indicateur": "members_per_1000", "cercles": "1"}),
            ("veille", {"section": "marche", "offre": "vente"}),
        ]
    ]
    made += [
        compose.slide(desk, page, query, audience)
        for page, query in [
            ("accueil", {}),
            *(("reseau", {"section": section}) for section in SECTIONS),
            *(("reseau", {"section": "croissance", "croissance": by}) for by in ("commune", "metier")),
            ("reseau", {"section": "rejouer", "mois": "2019-04"}),
            ("logement", {"question": LISTINGS}),
            *(("haut-debit", {"question": question}) for question in BROADBAND),
            *(("commune", {"commune": "61051", "question": each}) for each in portraits.questions(desk)),
        ]
    ]
    assert not any(each.problem for each in made)
    made += [
        each for code in ("61051", "61068", "61258") for each in portraits.portrait(desk, code, audience)
    ]
    made += [each for year in (2019, 2025) for each in compose.annual_deck(desk, year, audience).slides]
    return [replace(each, revision=0) for each in made]


ABOUT_PEOPLE = [each for each in SCREENS if each[0] in ("commune", "reseau") or "members" in each[1].values()]
"""The council's screens differ from the public's in counts of people only."""


SHOWN = {Audience.PUBLIC: SCREENS, Audience.ELU: ABOUT_PEOPLE}
REGISTERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("x", {}),
    ("yy", {"61013": "61068", "61068": "61013"}),
)


@dataclass(frozen=True)
class Seen:
    """What one register shows to one audience, and what is declared of it to that audience and to coordinators."""

    screens: list[list[str]]
    files: list[bytes]
    release: Release
    everything: Release
    sheets: dict[str, tuple[Slide, ...]]
    slides: list[Slide]
    communes: int


def enter(patch: pytest.MonkeyPatch, audience: Audience) -> None:
    """Come in as somebody who is no coordinator."""
    role = Role.PUBLIC if audience is Audience.PUBLIC else Role.ELU
    outside = access.Entrance(Account("outside", "Quelqu'un", role), "pin", signed_in=role is not Role.PUBLIC)
    patch.setattr(access, "current", lambda: outside)
    # Files are made for whom the screen is: the account of this test is no profile of the store, and is still there when they are.
    patch.setattr(access, "_as_of_now", lambda who: who)
    assert access.audiences(access.account())[-1] is audience


def look(audience: Audience, made: list[bytes]) -> Seen:
    """What the register on show shows to an audience. `made`: see `downloads`."""
    made.clear()
    screens = [drawn(opened(page, **query)) for page, query in SHOWN[audience]]
    files = list(made)
    with run.as_one():  # as the screens and files of a séance, which ask the store once
        desk = loading.desk()
        assert desk.network.origin == "real"
        return Seen(
            screens,
            files,
            desk.release(audience),
            desk.release(Audience.ANIMATEUR),
            sheet_slides(desk, audience, "x", {}, cite=lambda found: found.indicator.id, contours="x"),
            prepared(desk, audience),
            len(loading.territory().codes),
        )


@pytest.fixture(scope="module")
def seen(
    demonstration_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> dict[Audience, list[Seen]]:
    """What the two registers show to each audience. Each is filled once, and nothing that is kept of the first is left for the second."""
    found: dict[Audience, list[Seen]] = {audience: [] for audience in SHOWN}
    with pytest.MonkeyPatch.context() as patch:
        made = downloads(patch)
        for secret, swap in REGISTERS:
            home = copied(demonstration_template.home, tmp_path_factory.mktemp(f"register-{secret}"))
            patch.setenv("ZEVILLAGE_HOME", str(home))
            patch.setenv("ZEVILLAGE_TODAY", TODAY)
            forget()
            fill(loading.store(), secret, swap)
            for audience in SHOWN:
                enter(patch, audience)
                found[audience].append(look(audience, made))
    forget()
    return found


@pytest.mark.parametrize("audience", SHOWN)
def test_what_only_coordinators_may_know_changes_no_screen(
    seen: dict[Audience, list[Seen]], audience: Audience
) -> None:
    first, second = seen[audience]
    assert first.release.members_here.cells.equals(second.release.members_here.cells)
    assert first.release.members_here.groups.equals(second.release.members_here.groups)
    assert (first.release.members_here.cells["status"] == "suppressed").sum() >= 3
    assert first.release.members_by_year.equals(second.release.members_by_year)
    assert not first.everything.members_here.cells.equals(second.everything.members_here.cells)
    assert first.files and first.files == second.files
    lacking = next(each for each in first.slides if each.link == "/veille?section=manques")
    assert lacking.tables if audience is Audience.ELU else not lacking.tables
    assert len(first.slides) > 30 and first.slides == second.slides
    assert len(first.sheets) == first.communes and first.sheets == second.sheets
    for screen, one, other in zip(SHOWN[audience], first.screens, second.screens, strict=True):
        assert len(one) > 5, screen
        assert one == other, (
            screen,
            next(pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]),
        )
