"""What is taken along to the meeting: the presenting window, the supports as files, the words of the notice of meeting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from analysis import french, view
from analysis.council import Deck
from analysis.desk import Desk
from analysis.model import Audience
from data.council import Briefing
from reports.html_parts import DeckError
from reports.web_page import iframe_snippet
from ui import access, forms, frame, loading, map_views, presented, press, run, settings
from ui import sheets as communes
from ui.council import compose, portraits, supports

_KEY = "seance:presented"


def show(desk: Desk, briefing: Briefing) -> None:
    """The ways to take a séance along. Nothing for an empty one."""
    st.subheader("Emporter", anchor=False)
    if not briefing.views:
        frame.note("Ajoutez au moins une vue : les supports se font ensuite d’un clic.")
        return
    make = _maker(desk, briefing)
    stem = f"seance-{briefing.on.isoformat()}-{view.slug(briefing.title)[:60] or 'conseil'}"
    _present(briefing, make)
    with st.container(horizontal=True, gap="small", key="seance-fichiers"):
        for support in supports.SUPPORTS:
            st.download_button(
                support.name, access.guarded(partial(_made, support, make), audience=briefing.audience),
                file_name=f"{stem}{support.tail}.{support.ending}", mime=support.mime, on_click="ignore", icon=support.icon,
                key=f"seance:file:{support.id}",
            )  # fmt: skip
    frame.note(french.spaced("Tous les supports disent les mêmes chiffres : chacun porte la même empreinte."))
    _notice(briefing)
    _on_a_site(briefing)


def _on_a_site(briefing: Briefing) -> None:
    """The few words of HTML that show the web page inside another one, for the address where it was put."""
    with st.expander("Sur un site", icon=":material/code:"):
        frame.note(
            "Déposez le fichier « Page web » sur votre site, puis donnez ici son adresse : le code à coller s’affiche dessous."
        )
        url = st.text_input(
            "Adresse de la page déposée", key="seance:site", placeholder="https://www.exemple.fr/seance.html"
        )
        if url:
            try:
                st.code(iframe_snippet(url.strip(), briefing.title), language="html", wrap_lines=True)
            except DeckError as error:
                forms.message(str(error), "alert")


def _maker(desk: Desk, briefing: Briefing) -> Callable[[], Deck]:
    """The séance as it is on screen now. Made when a file is asked for, with the figures that the page showed."""
    home = _home()
    return lambda: compose.deck(desk, briefing, home)


def _home() -> str:
    """The address under which this installation was opened; empty when the browser does not say."""
    url = st.context.url or ""
    return url.split("/seance")[0].rstrip("/") if "/seance" in url else ""


def _made(support: supports.Support, make: Callable[[], Deck]) -> bytes:
    with run.as_one():
        deck = make()
        return support.make(deck, map_views.ground(), lambda: portraits.every(loading.desk(), deck.audience))


def _present(briefing: Briefing, make: Callable[[], Deck]) -> None:
    deck = next((each for each in supports.SUPPORTS if each.id == "deck"), None)
    if deck is None:
        return
    key = presented.offer(
        st.session_state.get(_KEY), access.guarded(partial(_made, deck, make), audience=briefing.audience)
    )
    st.session_state[_KEY] = key
    st.link_button(
        "Présenter", f"{settings.base_path()}{presented.PATH}{key}", icon=":material/slideshow:", type="primary",
        help="S’ouvre dans une autre fenêtre ; une fois ouvert, le diaporama n’a plus besoin du serveur ni d’internet.",
    )  # fmt: skip


def annual(desk: Desk) -> None:
    """The annual report of the network, for the year and the circle chosen."""
    with st.expander("Rapport annuel du réseau", icon=":material/calendar_month:"):
        years = list(range(desk.today.year, desk.first_year - 1, -1))
        when, who, *files = st.columns([2, 2, 2, 2], vertical_alignment="bottom")
        # The last whole year is the one that is reported on.
        year = when.selectbox("Année", years, index=min(1, len(years) - 1), key="seance:annual:year")
        circles = [each.value for each in access.audiences(access.account())]
        audience = access.audience_of(
            str(
                who.selectbox(
                    "Rapport fait pour",
                    circles,
                    format_func=lambda a: Audience(a).label,
                    key="seance:annual:audience",
                )
            )
        )
        for place, (name, ending, mime, make) in zip(files, _REPORTS, strict=True):
            place.download_button(
                name, access.guarded(partial(_report, int(year or years[0]), audience, make), audience=audience),
                file_name=f"rapport-annuel-{year}.{ending}", mime=mime, on_click="ignore", icon=":material/download:",
                key=f"seance:annual:{ending}", width="stretch",
            )  # fmt: skip


def sheets(desk: Desk) -> None:
    """The sheets of all communes, two pages each, as one file."""
    with st.expander("Fiches des communes", icon=":material/folder_zip:"):
        frame.note(
            french.spaced(
                f"Deux pages A4 par commune, {french.quantity(len(desk.names), 'fiches')} dans un seul fichier ZIP."
            )
        )
        who, file = st.columns([2, 2], vertical_alignment="bottom")
        circles = [each.value for each in access.audiences(access.account())]
        chosen = who.selectbox(
            "Fiches faites pour",
            circles,
            format_func=lambda a: Audience(a).label,
            key="seance:sheets:audience",
        )
        audience = access.audience_of(str(chosen))
        file.download_button(
            "Fiches (ZIP)", access.guarded(partial(_sheets, audience), audience=audience), file_name="fiches-des-communes.zip",
            mime="application/zip", on_click="ignore", icon=":material/download:", key="seance:sheets:zip",
        )  # fmt: skip


def _sheets(audience: Audience) -> bytes:
    with run.as_one():
        return press.make("sheets", communes.decks(loading.desk(), audience), map_views.ground())


_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_REPORTS: tuple[tuple[str, str, str, Callable[[Deck, int], bytes]], ...] = (
    (
        "PDF",
        "pdf",
        "application/pdf",
        lambda deck, year: press.make("annual", deck, map_views.ground(), year),
    ),
    (
        "PowerPoint",
        "pptx",
        _PPTX,
        lambda deck, _year: press.make("slides", deck, map_views.ground(), loading.store().files.template),
    ),
)


def _report(year: int, audience: Audience, make: Callable[[Deck, int], bytes]) -> bytes:
    with run.as_one():
        return make(compose.annual_deck(loading.desk(), year, audience), year)


def _notice(briefing: Briefing) -> None:
    """The line of the agenda, to be pasted; nothing is sent."""
    with st.expander("Pour la convocation", icon=":material/mail:"):
        frame.note("À copier dans l’ordre du jour ou dans un message ; rien n’est envoyé.")
        link = f"{_home()}/seance?seance={briefing.id}" if _home() else ""
        st.code(notice(briefing, loading.territory().name, link), language=None, wrap_lines=True)


def notice(briefing: Briefing, territory: str, link: str) -> str:
    """The words of the notice of meeting: the line of the agenda, and where the deck is."""
    lines = [
        french.spaced(f"Ordre du jour du {french.long_date(briefing.on)} : {briefing.title} ({territory})."),
        french.spaced(
            f"{french.counted(len(briefing.views), 'vue préparée', 'vues préparées')} pour {briefing.audience.label}."
        ),
    ]
    if link:
        lines.append(french.spaced(f"Le diaporama : {link}"))
    return "\n".join(lines)
