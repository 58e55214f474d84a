"""The register of processing (article 30 of the GDPR): one entry a purpose, its delays those of the territory."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis.model import Keeping

PATH = Path(__file__).with_name("processing.toml")

SECURITY = (
    "Base lisible du seul compte qui fait tourner l'application ; droits par rôle ; secret statistique ; journal des accès ; "
    "effacement dans la base, ses copies et les fichiers importés ; messages du serveur sans donnée personnelle."
)


@dataclass(frozen=True)
class Processing:
    """One entry. `rows` are its fields as names and texts, in French; `tables` are those of the store that it is about."""

    id: str
    name: str
    purpose: str
    basis: str
    people: str
    data: str
    recipients: str
    kept: str
    tables: tuple[str, ...]

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """What the article asks for, in its order."""
        return (
            ("Finalité", self.purpose),
            ("Base légale", self.basis),
            ("Personnes concernées", self.people),
            ("Données", self.data),
            ("Destinataires", self.recipients),
            ("Durée de conservation", self.kept),
            ("Mesures de sécurité", SECURITY),
        )


def processing(keeping: Keeping, path: Path = PATH) -> tuple[Processing, ...]:
    """The entries, in the order of the file, with the delays of `keeping`. Raises KeyError for a missing field or an unknown delay."""
    with path.open("rb") as file:
        rows = tomllib.load(file)["entries"]
    delays = asdict(keeping)
    return tuple(
        Processing(**{**row, "kept": row["kept"].format(**delays), "tables": tuple(row["tables"])})
        for row in rows
    )


def responsible(path: Path = PATH) -> str:
    """Who answers for the register: a sentence that the structure replaces."""
    with path.open("rb") as file:
        return str(tomllib.load(file)["responsible"])
