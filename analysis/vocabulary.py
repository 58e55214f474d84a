"""The kinds, states and tenures of the network's records, and their French words: declared once.

The store checks its columns against these codes, the register and the imports read and write these words, screens and searches show
them. The order is that of every list on screen. Adding a code here changes what the store accepts: it needs a migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Term:
    """One code in French. `label`: in a form, a list or a file; `plural`: when counted (« 3 notaires »); `singular`: for one of them
    in a sentence, empty where nothing uses it.
    """

    label: str
    plural: str = ""
    singular: str = ""


def labels(terms: Mapping[str, Term]) -> Mapping[str, str]:
    """Code → word, for forms and lists."""
    return MappingProxyType({code: term.label for code, term in terms.items()})


def plurals(terms: Mapping[str, Term]) -> Mapping[str, str]:
    """Code → word in the plural, for counts."""
    return MappingProxyType({code: term.plural for code, term in terms.items()})


def singulars(terms: Mapping[str, Term]) -> Mapping[str, str]:
    """Code → word for one of them in a sentence."""
    return MappingProxyType({code: term.singular for code, term in terms.items()})


def capitalised(words: Mapping[str, str]) -> Mapping[str, str]:
    """The same words as the beginning of a sentence: « À louer »."""
    return MappingProxyType({code: word[:1].upper() + word[1:] for code, word in words.items()})


CONTACT_KINDS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "mairie": Term("Mairie", "mairies", "mairie"),
        "elected": Term("Élu·e", "élus", "élu"),
        "association": Term("Association", "associations", "association"),
        "notary": Term("Notaire", "notaires", "notaire"),
        "agency": Term("Agence immobilière", "agences immobilières", "agence immobilière"),
        "other": Term("Autre", "autres acteurs", "acteur"),
    }
)
"""Who takes part in the network beside its members."""

INSTITUTIONS: Final = ("mairie",)
"""The kinds of contact that are public bodies, and so never personal data."""

TOWN_HALL: Final = "mairie:"
"""What the id of a town hall begins with that the reference knows and the register does not; the commune's code follows."""

EVENT_KINDS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "meeting": Term("Rencontre", "rencontres"),
        "reception": Term("Réception d'accueil", "réceptions d'accueil"),
        "training": Term("Formation", "ateliers et formations"),
        "telecentre": Term("Télécentre", "télécentres"),
        "spin_off": Term("Retombée", "projets nés du réseau"),
        "jobs": Term("Emplois déclarés", "déclarations d'emplois"),
        "other": Term("Autre", "autres événements"),
    }
)
"""What the network brings about."""

DWELLING_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "house": "Maison",
        "apartment": "Appartement",
        "workplace": "Local de travail",
        "other": "Autre bien",
    }
)
"""What a listing offers, and what a candidate looks for."""

FORMER_WORDS: Final[Mapping[str, str]] = MappingProxyType({"Autre": "other"})
"""Words of templates that were filled in before a label changed: files that hold them are still read."""

TENURES: Final[Mapping[str, str]] = MappingProxyType({"rent": "à louer", "sale": "à vendre"})

TENURE_WISHES: Final[Mapping[str, str]] = MappingProxyType({"rent": "louer", "sale": "acheter"})
"""The same, said by who looks for a dwelling."""

YES_NO: Final[Mapping[str, str]] = MappingProxyType({"yes": "oui", "no": "non"})
"""What a form asks where « nobody told » is an answer too: neither of them."""

ENERGY_CLASSES: Final = tuple("ABCDEFG")
"""The classes of an energy diagnosis (DPE), best first."""

CONNECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fibre": "fibre",
        "copper": "ADSL ou VDSL",
        "mobile": "4G ou 5G fixe",
        "satellite": "satellite",
        "none": "aucune connexion",
    }
)
"""What internet a dwelling has, as whoever shows it says: not what is eligible at its address."""

SIGHTING_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"available": "disponible", "gone": "parti", "unknown": "inconnu"}
)
"""What one observation of a listing says."""

SIGHTING_ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {"available": "toujours disponible", "gone": "plus disponible"}
)
"""The same as a contact answers it: « inconnu » is no answer."""

CALL_ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nothing_new": "rien de nouveau",
        "told": "a répondu sur une annonce",
        "no_answer": "n’a pas répondu",
        "call_back": "à rappeler",
    }
)
"""What became of a call of the watch; the first two are answers of the contact."""

CALL_ANSWERED: Final = ("nothing_new", "told")
"""The answers of a call that are news: the contact is not silent."""

NEED_CRITERIA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tenure": "à louer ou à vendre",
        "kind": "type de bien",
        "rooms": "nombre de pièces",
        "rent": "loyer ou prix",
        "work_room": "pièce de travail",
        "school": "école",
        "speed": "débit internet",
        "commune": "commune",
        "date": "date d’entrée",
    }
)
"""What a household may ask of a dwelling."""

PROPOSAL_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"proposed": "proposé", "taken": "pris par le foyer", "refused": "refusé", "freed": "libéré"}
)
"""What became of a dwelling that was proposed to a household."""

REFUSAL_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "family": "refusée par le foyer",
        "owner": "refusée par le propriétaire",
        "unsuitable": "ne convient pas",
        "gone": "partie",
    }
)
"""Why a proposal came to nothing, said of an annonce; each has consequences of its own."""

APPLICATION_STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "received": "Reçu",
        "read": "Lu",
        "met": "Rencontré",
        "accepted": "Retenu",
        "window_planned": "Fenêtre de recherche fixée",
        "housed": "Logé",
        "settled": "Installé",
        "welcomed": "Accueilli",
        "one_year": "Un an sur place",
    }
)
"""The steps of a dossier, in their order."""

RECEPTION_CLOCKS: Final[Mapping[str, str]] = MappingProxyType(
    {"reception_date": "Date de la réception", "reception_summary": "Compte rendu de la réception"}
)
"""What the reception of a newcomer waits for beside its own day, each with a clock of its own."""

APPLICATION_ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {"declined": "Refusé", "withdrawn": "Retiré", "lost": "Perdu"}
)
"""How a dossier ends without a newcomer."""

APPLICATION_STATUSES: Final[Mapping[str, str]] = MappingProxyType({**APPLICATION_STEPS, **APPLICATION_ENDS})

APPLICATION_CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "form": "formulaire du site",
        "mail": "courrier ou courriel",
        "phone": "téléphone",
        "meeting": "rencontre",
        "member": "par un membre",
        "town_hall": "par une mairie",
        "file": "fichier repris",
    }
)
"""How a dossier came in."""

APPLICATION_ENTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "move": "étape",
        "sign": "signature",
        "pause": "pause",
        "resume": "reprise",
        "note": "note",
        "correct": "correction",
        "taken_over": "repris d’un fichier",
    }
)
"""What a line of a dossier's history is."""

APPLICATION_PARTIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "coordinator": "un coordinateur",
        "candidate": "le candidat",
        "clock": "une horloge",
        "other": "ce profil",
    }
)
"""On whose behalf a line of a dossier's history is written."""

APPLICATION_TOLD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "received": "Reçu : il attend d’être lu",
        "read": "Lu : une rencontre va vous être proposée",
        "met": "Rencontré : les deux animateurs donnent leur avis",
        "accepted": "Retenu : nous vous accompagnons",
        "window_planned": "La recherche d’un logement a sa date",
        "housed": "Un logement est trouvé",
        "settled": "Installé : bienvenue",
        "welcomed": "Accueilli par la commune",
        "one_year": "Un an sur place",
        "declined": "Refusé",
        "withdrawn": "Retiré à votre demande",
        "lost": "Clos",
    }
)
"""A step as its candidate reads it: where the dossier stands and what follows, never why."""

DECLINE_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fragile": "projet trop fragile",
        "no_clients": "pas de clients à distance",
        "not_remote": "métier qui ne s’exerce pas à distance",
        "household": "désaccord dans le foyer",
        "other": "autre raison",
    }
)
"""Why the two assessors say no."""

WITHDRAWAL_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "elsewhere": "a trouvé ailleurs",
        "family": "raisons familiales",
        "postponed": "projet reporté",
        "too_long": "réponse trop longue à venir",
        "other": "autre raison",
    }
)
"""Why a candidate goes."""

LOSS_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "housing": "logement introuvable à temps",
        "connection": "connexion insuffisante",
        "school": "pas de place à l’école ou de garde",
        "partner_work": "pas de travail pour le conjoint",
        "silent": "sans nouvelles",
        "other": "autre raison",
    }
)
"""Why the territory lost a candidate nobody had declined."""

ASSESSOR_SEATS: Final[Mapping[str, str]] = MappingProxyType(
    {"founder": "fondateur", "councillor": "conseiller"}
)
"""The two who assess a dossier and sign: one signature each."""

ASSESSMENT_CRITERIA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "project": "le projet",
        "clients": "les clients",
        "income": "le revenu",
        "fit": "l’accord avec le réseau",
        "autonomy": "l’autonomie",
        "household": "l’accord du foyer",
        "mobility": "la mobilité",
    }
)
"""What the two assessors mark, in the order of their grid."""

ASSESSMENT_HELPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "project": "Le projet est-il réfléchi, chiffré, déjà commencé ?",
        "clients": "Combien de clients à distance, depuis quand, et qui ne partiront pas avec le déménagement ?",
        "income": "Le foyer vit-il de cette activité, ou d’autre chose en attendant ?",
        "fit": "Qu’apporte ce métier aux membres d’ici, et qu’y trouve-t-il ?",
        "autonomy": "Sait-il travailler seul, loin d’une ville et d’un employeur ?",
        "household": "Tout le foyer veut-il venir, et y trouvera-t-il sa place ?",
        "mobility": "Permis, voiture, déplacements chez les clients : est-ce tenable d’ici ?",
    }
)
"""What helps to mark each criterion, where a territory says nothing else."""

ACCOMPANIMENT_TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "school": "école",
        "registrations": "inscriptions",
        "housing": "logement",
        "fibre": "connexion",
        "workplace": "lieu de travail",
        "sponsor": "parrain",
        "associations": "associations",
        "papers": "papiers du déménagement",
    }
)
"""What the tasks of a household's accompaniment are about."""

IMPORT_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "shipped": "livré avec le territoire",
        "file": "fichier importé",
        "manual": "saisi à la main",
        "demo": "démonstration",
        "recoded": "recodé après un changement de communes",
    }
)
"""How figures or records came in."""

RECODING_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "moved": "repris sous le nouveau code",
        "summed": "additionné",
        "dropped": "laissé de côté",
    }
)
"""What becomes of a figure when its commune changes."""

IMPORT_CONTENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "figures": "chiffres",
        "members": "membres",
        "applications": "dossiers",
        "listings": "annonces repérées",
        "sightings": "signalements",
        "contacts": "acteurs",
        "events": "événements",
    }
)
"""What an import brought."""

LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "epci": "intercommunalité",
        "departement": "département",
        "region": "région",
        "france": "France",
        "peers": "communes semblables",
    }
)
"""What a commune and a territory are compared with, from the nearest to the widest."""

ACCESS_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "list": "liste consultée",
        "view": "dossier consulté",
        "change": "dossier modifié",
        "export": "dossier exporté",
        "erase": "dossier effacé",
    }
)
"""What was done with one person's file."""

LINK_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"valid": "en cours", "expired": "expiré", "revoked": "révoqué"}
)
"""Whether a contact's link still opens its form."""
