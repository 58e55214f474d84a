"""The floor at one visitor: one list and one line of text. What no page of Streamlit can be quicker than."""

import streamlit as st

app = st.App("app.py")

OPTIONS = ("Population", "Superficie", "Densité")


def main() -> None:
    """One list, and what was chosen in it."""
    st.text(st.selectbox("Indicateur", OPTIONS))


if __name__ == "__main__":
    main()
