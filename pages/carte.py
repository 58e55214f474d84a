"""The map of any indicator."""

import streamlit as st

st.title("Carte")
st.write("La carte du territoire.")
