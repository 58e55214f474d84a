"""What the session keeps of the forms of one page is not another page's affair."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def two_pages() -> None:
    """What two pages of one session do, one after the other, and what each reads afterwards."""
    import streamlit as st

    from data.register import RegisterError
    from ui import forms

    one, other = forms.Page("registre"), forms.Page("administration")
    one.snapshot("member:1", "as opened")
    one.refuse(RegisterError("refusé ici", field="name", value=""), "add")
    other.snapshot("profile:2", "as opened there")
    other.forget_outcome()
    st.text(one.snapshot("member:1", "changed by somebody else"))
    st.text(other.snapshot("profile:2", "changed by somebody else"))
    st.text(str(one.refusal("add") is not None))
    st.text(str(other.refusal("add") is not None))
    other.forget_snapshot()
    st.text(one.snapshot("member:1", "changed by somebody else"))
    st.text(other.snapshot("profile:2", "as it stands now"))
    first, second = (forms.Form(page, "add") for page in (one, other))
    st.text(str(first.prefix != second.prefix and first.refused is None))


def test_two_pages_keep_their_forms_apart() -> None:
    screen = AppTest.from_function(two_pages).run()
    assert not screen.exception
    assert [each.value for each in screen.text] == [
        "as opened",
        "as opened there",
        "True",
        "False",
        "as opened",
        "as it stands now",
        "True",
    ]
