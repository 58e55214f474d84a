"""Home: what this is."""

import streamlit as st

st.title("Zevillage")
st.write("Le tableau de bord d’un territoire rural qui accueille des télétravailleurs indépendants.")
