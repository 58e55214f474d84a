"""The accessibility statement: the state in law, what was tested and how, what is known not to work, whom to ask.

Nothing is claimed beyond the tests that are named (`tests/ui/test_accessibility.py` holds that they exist): without an audit of all 106
criteria the RGAA 4.1.2 knows one word only, « non conforme ».
"""

from __future__ import annotations

import streamlit as st

from analysis import french
from ui import frame, loading, tables
from ui.tables import Column

STATE = (
    "Zevillage n'est pas déclaré conforme au RGAA 4.1.2 : aucun audit complet de ses 106 critères n'a été fait. "
    "Ce qui a été vérifié, et comment, est dit ici."
)
TESTED: tuple[tuple[str, str, str], ...] = (
    (
        "Chaque page, sans et avec ses choix ouverts",
        "axe-core dans Chromium : aucun défaut grave des règles WCAG 2.2 A et AA",
        "tests/browser/test_walk.py",
    ),
    (
        "Tout se fait au clavier, le focus se voit",
        "parcours au clavier dans Chromium",
        "tests/browser/test_walk.py",
    ),
    (
        "La langue, les titres, les mots en anglais",
        "lecture de chaque écran dans Chromium",
        "tests/browser/test_screens.py",
    ),
    (
        "Chaque carte a son tableau, lisible par un lecteur d'écran",
        "lecture du code produit",
        "tests/ui/test_tables.py",
    ),
    (
        "Le contraste des couleurs, leur distinction par un œil daltonien",
        "calcul sur les palettes",
        "tests/analysis/test_palette.py",
    ),
    ("Le diaporama au clavier, sans serveur", "présentation dans Chromium", "tests/browser/test_deck.py"),
    (
        "Les PDF : langue, titre, balises, textes des images, en-têtes, polices",
        "lecture par pikepdf ; la conformité PDF/UA entière n'est pas vérifiée",
        "tests/reports/test_paper.py",
    ),
    (
        "Le diaporama PowerPoint : ordre de lecture, textes des images, notes",
        "lecture du fichier",
        "tests/reports/test_slides.py",
    ),
)
"""What was tested, how, and the file of the tests."""
KNOWN: tuple[tuple[str, str], ...] = (
    (
        "Le contour d'une commune sur la carte ne reçoit pas le focus du clavier",
        "le tableau à côté donne les mêmes chiffres, et la liste « Commune » choisit comme un clic",
    ),
    (
        "Les repères d'annonces d'une carte, du diaporama aussi, ne reçoivent pas le focus du clavier",
        "la liste « Annonces disponibles » de la page Logement et de chaque support les dit toutes",
    ),
    (
        "Au-delà de 40 communes, le tableau est une grille dessinée, mal lue par un lecteur d'écran",
        "le même tableau est donné dessous en HTML",
    ),
    (
        "Aucun essai n'a été fait avec NVDA, JAWS, VoiceOver ou une plage braille",
        "les règles automatiques ne voient qu'une partie des défauts",
    ),
    ("Les cartes en SVG ou PNG sont des images", "chacune a un texte, et ses chiffres sont dans le tableau"),
    ("Aucun test par des personnes handicapées", "vos remarques sont les bienvenues"),
)
"""What is known not to work or not to be known, and what helps."""


def statement() -> None:
    """The whole statement."""
    frame.sentence(french.spaced(STATE))
    st.subheader("Ce qui a été vérifié", anchor=False)
    rows = [[french.spaced(text) for text in row[:2]] for row in TESTED]
    tables.show_table(
        tables.frame_of(rows, ["what", "how"]), [Column("what", "Quoi"), Column("how", "Comment")],
        caption="Vérifications automatiques", hide_caption=True,
    )  # fmt: skip
    st.subheader("Ce qui ne va pas, ou n'est pas connu", anchor=False)
    rows = [[french.spaced(text) for text in row] for row in KNOWN]
    tables.show_table(
        tables.frame_of(rows, ["what", "help"]), [Column("what", "Défaut"), Column("help", "En attendant")],
        caption="Défauts connus", hide_caption=True,
    )  # fmt: skip
    st.subheader("Signaler un défaut", anchor=False)
    ask = loading.territory().network.ask or "Adressez-vous aux animateurs du réseau."
    frame.note(french.spaced(ask))
    frame.note(
        french.spaced(
            "Sans réponse, vous pouvez saisir le Défenseur des droits : formulaire en ligne, courrier gratuit sans timbre "
            "(Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07) ou téléphone (09 69 39 00 00)."
        )
    )
