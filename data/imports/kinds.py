"""The network's own kinds of records, each declared once: its template, its Table Schema and its format follow from these entries.

Fields have the names of the columns that the register and the store use; titles are what people read and write. The words of the
choices are those of the screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analysis import vocabulary
from analysis.french import spaced
from data.imports.model import Kind

FieldType = Literal["text", "words", "email", "day", "whole", "number", "yes_no", "choice", "commune"]


@dataclass(frozen=True)
class Field:
    """One column of a template. `choices`: code → word, for a choice. `least`: the smallest number that makes sense."""

    name: str
    title: str
    type: FieldType
    about: str
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    least: float | None = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "about", spaced(self.about))


@dataclass(frozen=True)
class RecordKind:
    """One kind of record. `keys`: fields that tell which record a row is, the first whose cells are all filled; same key, update.

    `goes_with`: a field that is yes (or filled) needs the others. `examples` are rows of texts by field name, of which the first field
    starts with « EXEMPLE »: the import sets such rows aside.
    """

    id: Kind
    name: str
    about: str
    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    goes_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examples: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "about", spaced(self.about))

    @property
    def place(self) -> Field | None:
        """The field that tells the commune, None for a record without one."""
        return next((each for each in self.fields if each.type == "commune"), None)


EXAMPLE_MARK = "EXEMPLE"

_CONTACT_WORDS = vocabulary.labels(vocabulary.CONTACT_KINDS)
_EVENT_WORDS = vocabulary.labels(vocabulary.EVENT_KINDS)
_TENURE_WORDS = vocabulary.capitalised(vocabulary.TENURES)
_STATE_WORDS = vocabulary.capitalised(vocabulary.SIGHTING_STATES)

_PERSON = (
    Field("name", "Nom", "text", "Nom de la personne. Facultatif ; jamais montré sans consentement."),
    Field("email", "Adresse électronique", "email", "Par exemple prenom.nom@exemple.fr."),
    Field("phone", "Téléphone", "text", "Par exemple 02 33 00 00 00 ou +33 6 00 00 00 00."),
)
_SITE = Field("website", "Site", "text", "Adresse d'un site, par exemple https://exemple.fr.")

MEMBERS = RecordKind(
    "members",
    "Membres",
    "Les télétravailleurs installés dans le territoire, une ligne par séjour dans une commune.",
    (
        Field("code", "Référence", "text", "Votre référence du membre, la même d'un fichier à l'autre : « Membre 12 ».", required=True),
        *_PERSON,
        _SITE,
        Field("commune", "Commune", "commune", "Commune du séjour : nom ou code INSEE (01004), pas le code postal.", required=True),
        Field("arrived", "Arrivée", "day", "Jour de l'arrivée dans la commune.", required=True),
        Field("left", "Départ", "day", "Jour du départ ; rien tant que le membre y habite."),
        Field("reason", "Motif du départ", "text", "Par exemple : retour en ville."),
        Field("trade", "Métier", "text", "Par exemple : traduction."),
        Field("skills", "Compétences", "words", "Séparées par des virgules : anglais, technique."),
        Field("trains", "Forme d'autres membres", "yes_no", "oui ou non."),
        Field("consent_public", "Consent à l'annuaire public", "yes_no", "oui seulement avec la date et le texte accepté."),
        Field("consent_on", "Date du consentement", "day", "Jour où le membre a accepté."),
        Field("consent_text", "Texte accepté", "text", "Le texte que le membre a accepté, en entier."),
    ),
    (("code", "arrived"),),
    {"consent_public": ("consent_on", "consent_text")},
    (
        {"code": "EXEMPLE 1", "name": "Camille Exemple", "commune": "{commune}", "arrived": "01/09/2025", "trade": "traduction",
         "skills": "anglais, technique", "trains": "non", "consent_public": "oui", "consent_on": "15/09/2025",
         "consent_text": "J'accepte de figurer dans l'annuaire public du réseau."},
        {"code": "EXEMPLE 2", "commune": "{code}", "arrived": "12/03/2024", "left": "30/06/2025", "reason": "retour en ville",
         "trade": "graphisme", "trains": "oui", "consent_public": "non"},
    ),
)  # fmt: skip

APPLICATIONS = RecordKind(
    "applications",
    "Dossiers",
    "Les dossiers de candidats, une ligne par dossier, dans son état d'aujourd'hui.",
    (
        Field("code", "Référence du dossier", "text", "La même d'un fichier à l'autre : « Dossier 2026-07 ».", required=True),
        *_PERSON,
        Field("received", "Reçu le", "day", "Jour de réception du dossier.", required=True),
        Field("status", "État", "choice", "Où en est le dossier.", required=True, choices=vocabulary.APPLICATION_STATUSES),
        Field("trade", "Métier", "text", "Par exemple : développement web."),
        Field("project", "Projet", "text", "Quelques phrases. Donnée personnelle : pour les animateurs seulement."),
        Field("wished_commune", "Commune souhaitée", "commune", "Nom ou code INSEE ; rien sans souhait."),
        Field("planned_arrival", "Arrivée prévue", "day", "Jour prévu de l'arrivée : il ouvre la fenêtre de recherche."),
        Field("household_size", "Personnes du foyer", "whole", "Nombre de personnes, par exemple 3.", least=1),
        Field("need_tenure", "Cherche", "choice", "À louer ou à vendre.", choices=_TENURE_WORDS),
        Field("need_kind", "Type de bien cherché", "choice", "Maison, appartement…", choices=vocabulary.DWELLING_KINDS),
        Field("need_rooms", "Pièces cherchées", "whole", "Nombre de pièces, par exemple 4.", least=1),
        Field("need_office", "Bureau nécessaire", "yes_no", "oui ou non."),
        Field("need_max_rent", "Loyer maximal (€ par mois)", "number", "Par exemple 620."),
        Field("need_max_price", "Prix maximal (€)", "number", "Par exemple 120\u202f000."),
        Field("reason", "Motif de la fin", "text", "Pour un dossier refusé, retiré ou perdu."),
    ),
    (("code",),),
    {},
    (
        {"code": "EXEMPLE 1", "received": "02/02/2026", "status": "Rencontré", "trade": "développement web",
         "project": "Sites pour artisans", "wished_commune": "{commune}", "planned_arrival": "01/07/2026", "household_size": "3",
         "need_tenure": "À louer", "need_kind": "Maison", "need_rooms": "4", "need_office": "oui", "need_max_rent": "620"},
        {"code": "EXEMPLE 2", "received": "15/11/2025", "status": "Retiré", "trade": "rédaction", "reason": "a trouvé ailleurs"},
    ),
)  # fmt: skip

CONTACTS = RecordKind(
    "contacts",
    "Acteurs et correspondants",
    "Mairies, notaires, agences, élus et associations, une ligne par acteur.",
    (
        Field("label", "Organisme ou fonction", "text", "Jamais le nom d'une personne : « Mairie », « Étude notariale ».", required=True),
        Field("kind", "Nature", "choice", "Ce qu'est l'acteur.", required=True, choices=_CONTACT_WORDS),
        Field("commune", "Commune suivie", "commune", "Nom ou code INSEE.", required=True),
        *_PERSON,
        _SITE,
    ),
    (("kind", "label", "commune"),),
    {},
    (
        {"label": "EXEMPLE : mairie", "kind": "Mairie", "commune": "{commune}", "phone": "02 33 00 00 00"},
        {"label": "EXEMPLE : étude notariale", "kind": "Notaire", "commune": "{code}", "email": "etude@exemple.fr"},
    ),
)  # fmt: skip

LISTINGS = RecordKind(
    "listings",
    "Annonces repérées",
    "Les logements et locaux vus sur le marché par la veille, une ligne par bien.",
    (
        Field("code", "Référence de l'annonce", "text", "La même d'un fichier à l'autre : « A-2026-014 ».", required=True),
        Field("commune", "Commune", "commune", "Nom ou code INSEE.", required=True),
        Field("kind", "Type de bien", "choice", "Maison, appartement…", required=True, choices=vocabulary.DWELLING_KINDS),
        Field("tenure", "Offre", "choice", "À louer ou à vendre.", required=True, choices=_TENURE_WORDS),
        Field("first_seen", "Vue le", "day", "Premier jour où l'annonce a été vue.", required=True),
        Field("rooms", "Pièces", "whole", "Par exemple 4.", least=1),
        Field("surface", "Surface (m²)", "number", "Par exemple 95."),
        Field("rent", "Loyer (€ par mois)", "number", "Par exemple 620."),
        Field("price", "Prix (€)", "number", "Par exemple 120\u202f000."),
        Field("charges", "Charges (€ par mois)", "number", "Pour une location, par exemple 40."),
        Field("furnished", "Meublé", "yes_no", "oui, non, ou rien si personne ne l'a dit."),
        Field("work_room", "Pièce de travail", "yes_no", "Une pièce pour travailler : oui ou non."),
        Field("garden", "Jardin", "yes_no", "oui ou non."),
        Field("pets", "Animaux acceptés", "yes_no", "oui ou non."),
        Field("least_months", "Durée minimale (mois)", "whole", "La plus courte que veut le propriétaire, par exemple 12.", least=1),
        Field("energy", "Classe énergie", "choice", "Du diagnostic de performance énergétique.",
              choices={each: each for each in vocabulary.ENERGY_CLASSES}),
        Field("connection", "Connexion", "choice", "Ce que le bien a, d'après qui le montre.",
              choices=vocabulary.capitalised(vocabulary.CONNECTIONS)),
        Field("place", "Lieu", "text", "Lieu-dit ou rue, sans nom de personne."),
        Field("free_from", "Libre le", "day", "Jour à partir duquel on peut y entrer."),
        Field("photos", "Photos", "text", "Adresses de photos, séparées par des espaces."),
        Field("contact", "Correspondant", "text", "L'organisme qui l'a signalée, comme dans le fichier des acteurs."),
        Field("lon", "Longitude", "number", "En degrés, par exemple 0,3558 ; facultative.", least=-180),
        Field("lat", "Latitude", "number", "En degrés, par exemple 48,5087 ; facultative.", least=-90),
        Field("note", "Remarque", "text", "Sans nom de personne."),
    ),
    (("code",),),
    {"lon": ("lat",), "lat": ("lon",)},
    (
        {"code": "EXEMPLE 1", "commune": "{commune}", "kind": "Maison", "tenure": "À louer", "first_seen": "03/11/2026", "rooms": "4",
         "surface": "95", "rent": "620"},
        {"code": "EXEMPLE 2", "commune": "{code}", "kind": "Local de travail", "tenure": "À vendre", "first_seen": "20/10/2026",
         "price": "45 000"},
    ),
)  # fmt: skip

SIGHTINGS = RecordKind(
    "sightings",
    "Signalements",
    "Ce que la veille a vu d'une annonce un jour donné, une ligne par observation.",
    (
        Field("listing", "Référence de l'annonce", "text", "La référence du fichier des annonces.", required=True),
        Field("on", "Vu le", "day", "Jour de l'observation.", required=True),
        Field("state", "État de l'annonce", "choice", "Disponible, parti ou inconnu.", required=True, choices=_STATE_WORDS),
        Field("contact", "Correspondant", "text", "L'organisme qui l'a vu, comme dans le fichier des acteurs."),
        Field("note", "Remarque", "text", "Sans nom de personne."),
    ),
    (("listing", "on"),),
    {},
    (
        {"listing": "EXEMPLE 1", "on": "10/11/2026", "state": "Disponible"},
        {"listing": "EXEMPLE 1", "on": "17/11/2026", "state": "Parti"},
    ),
)  # fmt: skip

EVENTS = RecordKind(
    "events",
    "Événements",
    "Rencontres, réceptions, formations, télécentres, retombées et emplois déclarés, une ligne par événement.",
    (
        Field("title", "Intitulé", "text", "Par exemple : Rencontre du réseau.", required=True),
        Field("on", "Date", "day", "Jour de l'événement.", required=True),
        Field("kind", "Nature de l'événement", "choice", "Ce qui s'est passé.", required=True, choices=_EVENT_WORDS),
        Field("commune", "Commune", "commune", "Nom ou code INSEE ; facultative."),
        Field("member", "Membre", "text", "La référence du membre concerné, comme dans le fichier des membres."),
        Field("hours", "Heures données", "number", "Heures données par des bénévoles, par exemple 2,5."),
        Field("jobs", "Emplois déclarés", "whole", "Nombre d'emplois, par exemple 1."),
    ),
    (("on", "kind", "title", "commune"),),
    {},
    (
        {"title": "EXEMPLE : rencontre du réseau", "on": "04/10/2026", "kind": "Rencontre", "commune": "{commune}", "hours": "2,5"},
        {"title": "EXEMPLE : emplois déclarés", "on": "31/12/2025", "kind": "Emplois déclarés", "jobs": "1"},
    ),
)  # fmt: skip

RECORD_KINDS: Mapping[str, RecordKind] = {
    each.id: each for each in (MEMBERS, APPLICATIONS, LISTINGS, SIGHTINGS, CONTACTS, EVENTS)
}
