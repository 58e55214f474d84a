"""The fit with the network in words: who is near, how alone, which connection, what is needed; never a mark."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import pandas as pd
import pytest

from analysis.applications.fit import Fit, Found, Surroundings, fit
from analysis.model import Status
from analysis.telework import Level, Verdict


@dataclass(frozen=True)
class Pair:
    first: str
    second: str
    reason: str


def members(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["member", "commune", "trade"])


NAMES = {"61001": "Alpha", "61002": "Le Bourg", "61003": "Gamma", "61004": "Delta"}
# A degree of latitude is 111.2 km: 5.6, 11.1 km north of the first; the last has no point.
POINTS = {"61001": (0.3, 48.6), "61002": (0.3, 48.65), "61003": (0.3, 48.7)}
AROUND = Surroundings(
    NAMES,
    POINTS,
    members(("a", "61002", "Graphisme"), ("b", "61003", "imprimerie"), ("c", "61003", "imprimerie"), ("d", "61003", None)),
    (Pair("Graphisme", "Imprimerie", "l’un dessine, l’autre tire"), Pair("conseil", "graphisme", "image"), Pair("x", "y", "z")),
    ("61003",),
    (
        Verdict("61001", "Alpha", Level.GOOD, Status.OBSERVED, "80 locaux sur 100 ont la fibre", "2 locaux n’ont que le satellite"),
        Verdict("61002", "Le Bourg", None, Status.MISSING, "pas de verdict : non publié", ""),
    ),
    {
        "une école": Found(("61001", "61003"), "Écoles, 2025"), "un médecin": Found(("61004",)), "une crèche": Found(()),
        "des commerces": None,
    },
)  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def told(found: Fit) -> tuple[list[str], dict[str, list[str]]]:
    return [plain(text) for text in found.trade], {
        commune: [plain(text) for text in texts] for commune, texts in found.communes.items()
    }


def test_a_whole_dossier() -> None:
    trade, communes = told(
        fit(
            "graphisme",
            ["61001", "61002"],
            AROUND,
            ("une école", "un médecin", "une crèche", "des commerces"),
        )
    )
    assert trade == [
        "Graphisme : 1 membre l’exerce déjà, dont au moins un au Bourg.",
        "Complète « Imprimerie » (l’un dessine, l’autre tire) : 2 membres, le plus proche à Gamma, à 6 km du Bourg.",
        "Complète « conseil » (image), que personne n’exerce encore parmi les membres connus.",
    ]
    assert communes["61001"] == [
        "À Alpha : pas de membre connu dans la commune ; le plus proche est au Bourg, à 6 km.",
        "Télécentre le plus proche : à Gamma, à 11 km.",
        "Connexion : débit bon dans l’ensemble, 80 locaux sur 100 ont la fibre ; 2 locaux n’ont que le satellite. L’adresse décide.",
        "Une école : dans la commune (Écoles, 2025).",
        "Un médecin : lieu non connu.",
        "Une crèche : aucun lieu dans le territoire.",
        "Des commerces : pas encore importé.",
    ]
    assert communes["61002"][0] == "Au Bourg : 1 membre dans la commune."
    assert communes["61002"][2] == "Connexion : pas de verdict : non publié."
    assert communes["61002"][3].startswith("Une école : à ")


def test_a_new_trade_without_wishes_nor_neighbours() -> None:
    trade, communes = told(fit("traduction", [], AROUND))
    assert trade == ["Traduction : métier nouveau, aucun des membres connus ne l’exerce."]
    assert communes == {}
    trade, _ = told(fit("imprimerie", [], AROUND))
    assert trade == [
        "Imprimerie : 2 membres l’exercent déjà.",
        "Complète « Graphisme » (l’un dessine, l’autre tire) : 1 membre.",
    ]
    assert told(fit(" ", ["61001"], AROUND))[0] == [
        "Métier non dit : ce qu’il apporterait au réseau ne se voit pas encore."
    ]


def test_what_is_not_known_is_said() -> None:
    empty = Surroundings(NAMES, POINTS, members())
    assert told(fit("conseil", ["61004"], empty))[1]["61004"] == [
        "À Delta : pas de membre connu dans la commune ; aucun dont on sache la distance.",
        "Aucun télécentre connu.",
        "Connexion : pas de verdict connu.",
    ]
    with pytest.raises(KeyError):
        fit("conseil", ["61999"], empty)
    with pytest.raises(KeyError, match="une piscine"):
        fit("conseil", ["61001"], AROUND, ("une piscine",))


def test_only_the_members_given_are_told_of() -> None:
    """Whom the reader may see is decided before: a member who is left out moves no sentence."""
    seen = replace(AROUND, members=AROUND.members[AROUND.members["member"] != "a"])
    trade, communes = told(fit("graphisme", ["61002"], seen))
    assert trade[0] == "Graphisme : métier nouveau, aucun des membres connus ne l’exerce."
    assert (
        communes["61002"][0]
        == "Au Bourg : pas de membre connu dans la commune ; le plus proche est à Gamma, à 6 km."
    )


def test_there_is_no_mark_to_decide_by() -> None:
    assert {field.name for field in fields(Fit)} == {"trade", "communes"}
    found = fit("graphisme", ["61001"], AROUND)
    assert all(isinstance(text, str) for texts in (found.trade, *found.communes.values()) for text in texts)
