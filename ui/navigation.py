"""The pages of the application: one small record each, and Streamlit's navigation built from them.

A new page is a new file in `pages/` and one record here; the menu, the browser walks (English left on screen,
accessibility, network cut) and the links between pages all read this list.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analysis.model import Account, Audience, Right
from data.version import PRODUCT
from ui.settings import STATIC


@dataclass(frozen=True)
class Page:
    """One screen. `path` is its address without the leading slash, empty for the home page.

    `icon` is a Material symbol, drawn from the font that Streamlit serves itself. `audience` is the widest
    circle that may open the page: `PUBLIC` pages are open to everybody; `right`, when there is one, is needed too.
    `words` are more words by which the search finds the page. `group` is the menu that lists it, one of `GROUPS`.
    """

    title: str
    icon: str
    path: str
    file: str
    audience: Audience = Audience.PUBLIC
    words: str = ""
    right: Right | None = None
    group: str = ""

    @property
    def url(self) -> str:
        """The address inside the application: ``"/"`` or ``"/carte"``."""
        return f"/{self.path}"


GROUPS = ("", "Territoire", "Réseau", "Travail", "Données", "Administration")
"""The menus, in order: what belongs together opens in one click, and fifteen pages hold on a laptop. Pages of no group stand alone."""

PAGES: tuple[Page, ...] = (
    Page(
        "Accueil",
        ":material/home:",
        "",
        "pages/accueil.py",
        words="chiffres clés, ma commune, à faire aujourd'hui",
    ),
    Page(
        "Carte",
        ":material/map:",
        "carte",
        "pages/carte.py",
        words="indicateurs, cartographie, télécharger",
        group="Territoire",
    ),
    Page(
        "Commune",
        ":material/location_city:",
        "commune",
        "pages/commune.py",
        words="portrait, mairie, horaires, téléphone",
        group="Territoire",
    ),
    Page(
        "Logement",
        ":material/home_work:",
        "logement",
        "pages/logement.py",
        words="vacance, vides, inoccupés, LOVAC, ventes, prix, annonces, maisons à vendre, à louer, acheter",
        group="Territoire",
    ),
    Page(
        "Haut débit",
        ":material/lan:",
        "haut-debit",
        "pages/haut_debit.py",
        words="fibre, cuivre, ADSL, 4G, télétravail, internet, connexion, wifi, ARCEP",
        group="Territoire",
    ),
    Page(
        "Réseau",
        ":material/hub:",
        "reseau",
        "pages/reseau.py",
        words="membres, annuaire, métiers, fidélité, événements, croissance, isolement, télécentre",
        group="Réseau",
    ),
    Page(
        "Séance",
        ":material/slideshow:",
        "seance",
        "pages/seance.py",
        Audience.ELU,
        "conseil municipal, réunion, présenter, diaporama, projecteur, PowerPoint, PDF, imprimer, ordre du jour",
        group="Travail",
    ),
    Page(
        "Veille",
        ":material/notifications_active:",
        "veille",
        "pages/veille.py",
        Audience.ANIMATEUR,
        "qui appeler ce matin, appels, fenêtres de recherche, annonces encore là, huit jours, couverture, correspondants, location",
        Right.EDIT_REGISTER,
        group="Travail",
    ),
    Page(
        "Dossiers",
        ":material/folder_shared:",
        "dossiers",
        "pages/dossiers.py",
        Audience.ANIMATEUR,
        "candidats, candidatures, étapes, évaluation, signatures, accompagnement, entonnoir, qui attend qui",
        Right.EDIT_REGISTER,
        group="Travail",
    ),
    Page(
        "Registre",
        ":material/edit_note:",
        "registre",
        "pages/registre.py",
        Audience.ANIMATEUR,
        "saisie, historique, annuler",
        Right.EDIT_REGISTER,
        group="Travail",
    ),
    Page(
        "Importer",
        ":material/upload_file:",
        "importer",
        "pages/importer.py",
        Audience.ELU,
        "fichier, CSV, Excel, modèle, publier, annuler un import, historique des imports",
        Right.IMPORT,
        group="Données",
    ),
    Page(
        "Données personnelles",
        ":material/shield_person:",
        "donnees-personnelles",
        "pages/donnees_personnelles.py",
        Audience.ANIMATEUR,
        "RGPD, registre des traitements, consentement, effacer, exporter, journal des accès, conservation",
        Right.EDIT_REGISTER,
        group="Administration",
    ),
    Page(
        "Sources",
        ":material/menu_book:",
        "sources",
        "pages/sources.py",
        words="licences, producteurs, millésimes, INSEE, LOVAC, DVF",
        group="Données",
    ),
    Page(
        "Accessibilité",
        ":material/accessibility_new:",
        "accessibilite",
        "pages/accessibilite.py",
        words="RGAA, handicap, lecteur d'écran, clavier, contraste, défaut",
        group="Données",
    ),
    Page(
        "Administration",
        ":material/admin_panel_settings:",
        "administration",
        "pages/administration.py",
        words="profils, rôles, codes PIN, liens des correspondants, connexions",
        right=Right.ADMINISTER,
        group="Administration",
    ),
)


def page_at(path: str) -> Page:
    """The page at an address (without the leading slash). Raises KeyError when there is none."""
    found = next((page for page in PAGES if page.path == path), None)
    if found is None:
        raise KeyError(path)
    return found


def may_open(page: Page, account: Account) -> bool:
    """Whether somebody may open `page` (circles are nested: public, council, coordinators)."""
    circles = list(Audience)
    return circles.index(account.audience) >= circles.index(page.audience) and account.may(page.right)


def current_page(account: Account) -> StreamlitPage:
    """Draw the top menu with the pages open to `account`; return the page that the address names, open to them or not.

    The others are known but not listed, so that their address answers with a reason instead of « not found »: whether such a page
    is drawn is for the caller to ask (`may_open`).
    """
    shown: dict[str, list[StreamlitPage]] = {group: [] for group in GROUPS}
    listed = [page.group for page in PAGES if may_open(page, account)]
    for page in PAGES:
        visible = may_open(page, account)
        alone = listed.count(page.group) == 1  # a menu of one page is a click for nothing
        shown["" if alone else page.group].append(
            st.Page(
                page.file,
                title=page.title,
                icon=page.icon,
                url_path=page.path,
                default=not page.path,
                visibility="visible" if visible else "hidden",
            )
        )
    # Before the menu: without an icon of its own, the tab would show the page's symbol, fetched from outside.
    st.set_page_config(page_icon=str(STATIC / "icon.svg"), layout="wide")
    asked = st.navigation({group: pages for group, pages in shown.items() if pages}, position="top")
    st.set_page_config(page_title=f"{asked.title} · {PRODUCT}")
    return asked
