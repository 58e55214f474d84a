"""Where every figure comes from."""

import streamlit as st

st.title("Sources")
st.write("D’où vient chaque chiffre.")
