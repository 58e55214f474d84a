"""The search field at the top of every page: what was typed leads, by links, to communes, pages, indicators, members, actors and listings.

It is a fragment: typing runs the field alone, never the page under it. `static/search.js` adds the keyboard (Ctrl+K, arrows, Enter,
Escape). The words typed stand in no address and no log.
"""

from __future__ import annotations

import datetime as dt
import html

import streamlit as st

from analysis import french, search
from analysis.model import Account, Audience
from analysis.search import Entry, Index, Kind
from analysis.vocabulary import CONTACT_KINDS, TENURES, singulars
from data.register import membership
from ui import access, audience_state, community, loading
from ui.listings import listing_text
from ui.markdown import literal
from ui.navigation import PAGES, Page, may_open

TEXT, PLACE = "recherche:texte", "recherche:lieu"
LIMIT = 8
LONGEST = 80
RESULT_KINDS = {
    Kind.COMMUNE: ("commune", ":material/location_on:"),
    Kind.PAGE: ("page", ":material/web:"),
    Kind.INDICATOR: ("indicateur", ":material/analytics:"),
    Kind.MEMBER: ("membre", ":material/person:"),
    Kind.CONTACT: ("acteur", ":material/contacts:"),
    Kind.LISTING: ("annonce", ":material/home_work:"),
}


def box(page: str) -> None:
    """Draw the field above the page whose address is `page` (without the leading slash). To be called once a run, before the page."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    place = (page, tuple(sorted((name, *values) for name, values in query.items())))
    if st.session_state.get(PLACE) != place and st.session_state.get(TEXT):
        st.session_state[TEXT] = ""  # a result was followed, or the page changed: the field is free again
        # Streamlit 1.67 drops the parameters from the address when a link leads to the page one is on: written again.
        st.query_params.from_dict(query)
    st.session_state[PLACE] = place
    _field()


@st.fragment
def _field() -> None:
    with st.container(key="recherche"):
        typed = st.text_input(
            "Rechercher une commune, un membre, un acteur, une annonce ou une page",
            key=TEXT,
            type="search",
            live="250ms",
            max_chars=LONGEST,
            placeholder="Rechercher (Ctrl+K)",
            label_visibility="collapsed",
        )
        results((typed or "").strip())


def results(typed: str) -> None:
    """The links for what was typed, and how many there are, told to screen readers too."""
    found: tuple[Entry, ...] = ()
    text = ""
    if typed:
        seen_by = audience_state.current()
        index = index_for(access.account(), seen_by)
        found = search.search(index, typed, LIMIT)
        text = count_text(
            len(found), search.count(index, typed) if len(found) == LIMIT else len(found), typed
        )
        if audience_state.carried():
            text = f"{text.rstrip('.')}. Vue pour{french.NNBSP}: {seen_by.label}."
    st.html(f'<p class="zv-found" role="status">{html.escape(text)}</p>')
    if found:
        links(found)
    # Last, so that whoever waits for the results of these words knows that every link above is theirs.
    st.html(f'<span class="zv-searched" data-query="{html.escape(typed)}"></span>')


def links(found: tuple[Entry, ...]) -> None:
    """One link a result, over the page."""
    files = {page.path: page.file for page in PAGES}
    with st.container(key="recherche-resultats", gap=None):
        for entry in found:
            kind, icon = RESULT_KINDS[entry.kind]
            label = f"**{literal(entry.label)}** · {literal(', '.join(t for t in (kind, entry.detail) if t))}"
            query = {**dict(entry.query), **audience_state.carried()}
            st.page_link(files[entry.page], label=label, icon=icon, query_params=query, width="stretch")


def count_text(shown: int, all_: int, typed: str) -> str:
    """« 3 résultats », « 8 premiers résultats sur 23 », or what to try."""
    if not shown:
        if len(typed) < search.MIN_TYPED:
            return "Écrivez au moins deux lettres."
        return f"Aucun résultat pour {french.quoted(typed)}. Essayez un nom de commune, un métier ou un mot du menu."
    if all_ > shown:
        return f"{french.quantity(shown, 'premiers résultats')} sur {french.number(all_)}"
    return french.quantity(shown, "résultats")


def index_for(account: Account, audience: Audience) -> Index:
    """What somebody may find who looks as `audience`, made again only when the store's revision or the day has changed."""
    desk = loading.desk()
    pages = tuple(page.path for page in PAGES if may_open(page, account))
    return _index(desk.revision, desk.today, audience, pages)


@st.cache_resource(show_spinner=False, max_entries=15)
def _index(revision: int, today: dt.date, audience: Audience, pages: tuple[str, ...]) -> Index:
    desk = loading.desk()
    here = community.read(desk)
    shown = [page for page in PAGES if page.path in pages]
    register: dict[str, str] = {}
    if audience is Audience.ANIMATEUR:
        with loading.store().read() as session:
            register = {m.id: m.label for m in membership.members(session, desk.network.origin)}
    private = _first(shown, "registre", "reseau")
    return search.make_index(
        [
            *search.commune_entries(desk.names, desk.groups, _first(shown, "commune", "carte")),
            *[Entry(Kind.PAGE, page.title, "", page.path, (), page.words) for page in shown],
            *[
                Entry(Kind.INDICATOR, i.name, i.theme, "carte", (("indicateur", i.id),), i.words)
                for i in desk.indicators.values()
                if i.on_map
            ],
            *search.member_entries(here.here, desk.names, audience, "reseau", private, register),
            *search.contact_entries(
                desk.network.contacts, here.names, desk.names, singulars(CONTACT_KINDS), audience, "reseau"
            ),
            *search.listing_entries(
                [
                    (str(row.commune), listing_text(row), TENURES.get(str(row.tenure), ""))  # type: ignore[arg-type]
                    for row in desk.listings().itertuples()
                ],
                desk.names,
                "carte",
            ),
        ]
    )


def _first(pages: list[Page], *paths: str) -> str:
    """The first of `paths` that is the address of a page."""
    known = {page.path for page in pages}
    return next(path for path in (*paths, "") if path in known)
