"""Séances beside every screen: which there are, which one is being prepared, and « Ajouter à la séance »."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

import streamlit as st

from analysis import french
from analysis.model import Account, Audience
from data import council
from data.council import Briefing
from data.register import RegisterError
from data.store import StoreError
from ui import access, audience_state, clock, loading
from ui.markdown import literal

_CURRENT, _TOLD = "seance:current", "seance:told"
LABEL = "Ajouter à la séance"


def read(who: Account) -> tuple[Briefing, ...]:
    """The séances that `who` may read, the latest meeting first."""
    return _read(loading.revision(), who)


@st.cache_resource(show_spinner=False, max_entries=12)
def _read(revision: int, who: Account) -> tuple[Briefing, ...]:
    with loading.store().read() as session:
        return council.briefings(session, who)


def on_screen() -> tuple[Briefing, ...]:
    """The séances that may stand on this screen: none for a narrower circle than the one for which it is set."""
    circles = list(Audience)
    widest = circles.index(audience_state.current())
    return tuple(each for each in read(access.account()) if circles.index(each.audience) <= widest)


def current(known: tuple[Briefing, ...]) -> Briefing | None:
    """The séance that views are added to: the one last opened or made here, else the next meeting, else the last one; None for none."""
    chosen = st.session_state.get(_CURRENT)
    found = next((each for each in known if each.id == chosen), None)
    coming = [each for each in known if each.on >= clock.today()]
    return found or (coming[-1] if coming else known[0] if known else None)


def choose(id_: str) -> None:
    """Make a séance the one that views are added to."""
    st.session_state[_CURRENT] = id_


Query = Mapping[str, str] | Callable[[], Mapping[str, str]] | None
"""What decides a view: the parameters of its address, what gives them at the click, or None for what the address holds then."""


def offer(page: str, query: Query = None, *, key: str = "") -> None:
    """The button that adds what is on screen to the séance, and then the way to it. Nothing for those who prepare none.

    `query` decides the view; without it, what the address holds at the click, as the page itself would read it again.
    """
    who = access.account()
    if not council.may_prepare(who):
        return
    place = current(on_screen())
    words = (
        f"{LABEL}{french.NNBSP}: {place.title}"
        if place
        else "Aucune séance n’est encore préparée : une nouvelle s’ouvre."
    )
    name = f"seance:add:{page}:{key}"
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"seance-offre-{page}-{key or 'ici'}"
    ):
        st.button(
            LABEL, key=name, icon=":material/playlist_add:", help=literal(words), on_click=_add, args=(page, query, name),
        )  # fmt: skip
        told = st.session_state.get(_TOLD)
        if told and told[0] == name:
            st.html(f'<p class="zv-source" role="status">{html.escape(told[1])}</p>', width="content")
            st.page_link(
                "pages/seance.py", label="Ouvrir la séance", icon=":material/slideshow:", query_params=audience_state.carried()
            )  # fmt: skip


def _add(page: str, query: Query, name: str) -> None:
    """Keep the view, in the séance being prepared or in a new one."""
    who, store = access.account(), loading.store()
    given = query() if callable(query) else query
    wanted = dict(given) if given is not None else _address()
    try:
        place = current(on_screen())
        if place is None:
            made = council.create_briefing(
                store, who, title=f"Séance du {french.date(clock.today())}", on=clock.today()
            )
            choose(made.subject)
            title, before = f"Séance du {french.date(clock.today())}", 0
            target = made.subject
        else:
            title, before, target = place.title, len(place.views), place.id
        council.add_view(store, who, target, page, wanted)
    except (RegisterError, StoreError) as error:
        st.session_state[_TOLD] = (name, str(error))
        return
    st.session_state[_TOLD] = (
        name, f"Ajoutée à {french.quoted(title)} ({french.quantity(before + 1, 'vues')})."
    )  # fmt: skip


def _address() -> dict[str, str]:
    """What the address holds, without « vue »: a séance has an audience of its own."""
    names = (name for name in st.query_params if name != audience_state.NAME)
    return {name: st.query_params[name] for name in names}
