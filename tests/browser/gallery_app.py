"""Every Streamlit element that a page may use, in one script, behind the application's own shell.

The words on it are French; whatever English shows is Streamlit's.
"""

import datetime

import altair as alt
import pandas as pd
import streamlit as st

from analysis.model import Role
from ui import uploads
from ui.server import shell

app = st.App("app.py", routes=shell.routes(), middleware=shell.middleware())

if __name__ == "__main__":
    uploads.allow(
        Role.ANALYSTE
    )  # the door takes files from a session that the page let in, as `ui.access` does
    frame = pd.DataFrame({"Commune": ["Vidai", "Essay", "Bursard"], "Logements": [46, 260, 107]})
    st.title("Galerie")
    st.dataframe(frame, width="stretch")
    st.data_editor(frame, num_rows="dynamic", key="editeur")
    st.altair_chart(
        alt.Chart(frame).mark_bar().encode(x=alt.X("Commune", title="Commune"), y="Logements"),
        alt="Trois barres",
    )
    st.selectbox("Indicateur", ["Logement", "Fibre"], index=None, help="Ce que la carte montre")
    st.multiselect("Communes", ["Vidai", "Essay", "Bursard"])
    st.file_uploader("Fichier à lire", type=["csv", "xlsx"])
    st.file_uploader("Fichiers à lire", accept_multiple_files=True)
    st.date_input("Jour", datetime.date(2026, 5, 12), format="DD/MM/YYYY")
    st.date_input(
        "Du… au…", (datetime.date(2026, 5, 1), datetime.date(2026, 5, 12)), format="DD/MM/YYYY", key="periode"
    )
    st.time_input("Heure", datetime.time(9, 30))
    st.number_input("Seuil", 0, 100, 11)
    st.text_input("Nom", key="nom")
    st.text_input("Mot secret", type="password")
    st.text_area("Note")
    st.slider("Année", 2004, 2026, 2022)
    st.radio("Méthode", ["Quantiles", "Seuils naturels"])
    st.segmented_control("Public", ["Tous", "Les élus"])
    st.toggle("Valeurs écrites")
    st.tabs(["Carte", "Tableau"])[0].write("Un onglet")
    with st.popover("Réglages"):
        st.write("Ici")
    with st.expander("Détails"):
        st.code("python -m data export")
    with st.form("dossier"):
        st.text_input("Adresse")
        st.form_submit_button("Envoyer")
    st.download_button("Télécharger", "x", "x.csv")

    @st.dialog("Vider la démonstration ?")
    def confirm() -> None:
        """A dialog with its closing button."""
        st.write("Une copie est gardée.")

    if st.button("Ouvrir le dialogue"):
        confirm()
    if st.button("Échouer"):
        raise RuntimeError("secret message")
    if st.button("Prévenir"):
        st.toast("C’est fait", icon=":material/check:")
