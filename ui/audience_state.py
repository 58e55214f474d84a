"""For whom the screen is set (« Vue pour »): one value on every page of a session, never a narrower circle than the visitor's own."""

from __future__ import annotations

import streamlit as st

from analysis import view
from analysis.model import Audience
from ui import access

NAME = "vue"
_HELD, _PAGE = "tous:vue", "tous:page"


def parameter() -> view.Parameter:
    """« vue » in the address: one of the audiences open to the person at the screen, their own unless said otherwise."""
    circles = [audience.value for audience in access.audiences(access.current_actor())]
    return view.Parameter(NAME, circles[-1], circles)


def key(page: str) -> str:
    """The session's key of the choice on one page."""
    return f"{page}:{NAME}"


def starting_choice(page: str) -> str:
    """What `page` starts from: its own choice when it was the page on screen (a click may just have changed it), else what the last
    page left. Streamlit keeps a widget's value by page: read by a common key, it is a run behind on the next page.
    """
    if st.session_state.get(_PAGE) == page:
        return str(st.session_state.get(key(page), ""))
    return str(st.session_state.get(_HELD, ""))


def hold(page: str, value: str) -> None:
    """Keep what `page` shows, for the next one."""
    st.session_state[_PAGE], st.session_state[_HELD] = page, value


def current() -> Audience:
    """For whom the screen is set. Where the address and the session differ (one of them is a click ahead), the wider circle: what is
    drawn before the page itself, such as the search, never shows more than the page will.
    """
    chosen = st.session_state.get(key(str(st.session_state.get(_PAGE, ""))), "")
    said = (st.query_params.get(NAME, ""), str(st.session_state.get(_HELD, "")), str(chosen))
    circles = list(Audience)
    return min((access.audience_of(each) for each in said), key=circles.index)


def carried() -> dict[str, str]:
    """What a link to another page carries, so that it means the same when it is opened in a tab of its own: empty for one's own circle."""
    now = current()
    return {} if now is access.audience_of("") else {NAME: now.value}
