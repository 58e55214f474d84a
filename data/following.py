"""How a territory follows its dossiers: the clocks of the steps, what the marks of the grid mean, the tasks of the accompaniment.

All of it is in the territory's pack: `[[clocks]]` and `[school]` in its file, `[grid]` and `[[tasks]]` there or in `grid.toml` and
`checklist.toml`; what it leaves out is `DEFAULT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.applications.clocks import ClockError, Rule
from analysis.applications.household import Grouping, HouseholdError, Template
from analysis.applications.school import ZONES
from analysis.vocabulary import ASSESSMENT_CRITERIA, ASSESSMENT_HELPS

KNOWN_KEYS: Mapping[str, Sequence[str]] = {
    "clocks": ("step", "target", "reminder", "late", "for_what"),
    "grid": ("scale", *ASSESSMENT_CRITERIA),
    "tasks": ("id", "topic", "label", "days", "needs"),
    "school": ("zone", "groupings"),
}
"""The tables of the territory's file, and their keys."""
MARKS = 4

_CLOCKS = (
    Rule("received", 3, 5, 8, "la lecture"),
    Rule("read", 10, 12, 15, "la rencontre"),
    Rule("met", 5, 7, 10, "les deux signatures et la conclusion"),
    Rule("accepted", 15, 20, 30, "la date d’arrivée"),
    Rule("window_planned", 40, 50, 60, "le logement"),
    Rule("housed", 15, 20, 30, "l’installation"),
    Rule("settled", 20, 25, 40, "la réception"),
    Rule("reception_date", 5, 8, 12, "la date de la réception"),
    Rule("reception_summary", 3, 5, 10, "le compte rendu de la réception"),
)
_SCALE = ("fragile", "à consolider", "solide", "très solide")
_TASKS = (
    Template("watch", "housing", "Ouvrir la fenêtre de recherche dans la veille", -8, ("no_dwelling",)),
    Template("fibre", "fibre", "Commander la fibre", -30, ("no_fibre",)),
    Template("school", "school", "Inscrire les enfants à l’école ({school})", -45, ("school",)),
    Template("childcare", "school", "Chercher une garde", -60, ("childcare",)),
    Template("workplace", "workplace", "Trouver un lieu de travail", -20, ("workplace",)),
    Template("sponsor", "sponsor", "Nommer un parrain parmi les membres", -20),
    Template("partner", "sponsor", "Présenter le conjoint au réseau", 15, ("partner",)),
    Template("electoral", "registrations", "S’inscrire sur les listes électorales", 20),
    Template("health", "registrations", "Déclarer un médecin traitant", 30),
    Template("associations", "associations", "Présenter les associations {of_commune}", 20),
    Template("address", "papers", "Déclarer le changement d’adresse", 10),
    Template("business", "papers", "Transférer l’adresse de l’entreprise", 30, ("business",)),
    Template("car", "papers", "Changer l’adresse de la carte grise", 30, ("car",)),
)


@dataclass(frozen=True)
class Following:
    """`clocks` by step; `scale`: what each mark means, lowest first; `helps` by criterion; `tasks` in the order of the file.

    `zone`: that of its school holidays, empty where the file names none; `groupings`: communes that share a school.
    """

    clocks: Mapping[str, Rule] = field(
        default_factory=lambda: {rule.step: rule for rule in _CLOCKS}, hash=False
    )
    scale: tuple[str, ...] = _SCALE
    helps: Mapping[str, str] = field(default_factory=lambda: dict(ASSESSMENT_HELPS), hash=False)
    tasks: tuple[Template, ...] = _TASKS
    zone: str = ""
    groupings: tuple[Grouping, ...] = ()


DEFAULT = Following()

Refuse = Callable[[str, object, str], None]
"""Note a mistake: the table of the file, the value, what is wrong."""


def following_of(data: Mapping[str, Any], refuse: Refuse) -> Following:
    """What a territory's file says, each mistake told to `refuse`."""
    clocks: dict[str, Rule] = {}
    for row in _rows(data, "clocks", refuse):
        try:
            rule = Rule(
                *(
                    row.get(key, 0 if key in ("target", "reminder", "late") else "")
                    for key in KNOWN_KEYS["clocks"]
                )
            )
        except (ClockError, TypeError) as error:
            refuse("clocks", row.get("step", ""), str(error))
            continue
        if not isinstance(rule.for_what, str) or not rule.for_what.strip():
            refuse("clocks", rule.step, "dites ce qui est attendu (for_what).")
        elif rule.step in clocks:
            refuse("clocks", rule.step, "cette étape a déjà une horloge.")
        clocks[rule.step] = rule
    tasks: dict[str, Template] = {}
    for row in _rows(data, "tasks", refuse):
        try:
            days = row.get("days")
            if not isinstance(days, int) or isinstance(days, bool) or not -365 <= days <= 730:
                raise HouseholdError(
                    f"Tâche « {row.get('id', '')} » : « days » est un nombre entier de jours, de -365 à 730."
                )
            template = Template(
                str(row.get("id", "")),
                str(row.get("topic", "")),
                str(row.get("label", "")),
                days,
                tuple(row.get("needs", ())),
            )
        except HouseholdError as error:
            refuse("tasks", row.get("id", ""), str(error))
            continue
        if not template.id or template.id in tasks:
            refuse("tasks", template.id, "chaque tâche a un « id » à elle.")
        tasks[template.id] = template
    grid = data.get("grid", {})
    scale = DEFAULT.scale
    helps = dict(DEFAULT.helps)
    if isinstance(grid, Mapping):
        if "scale" in grid:
            told = grid["scale"]
            if (
                isinstance(told, list)
                and len(told) == MARKS
                and all(isinstance(each, str) and each.strip() for each in told)
            ):
                scale = tuple(told)
            else:
                refuse("grid", told, f"« scale » est une liste de {MARKS} textes, du plus bas au plus haut.")
        for criterion in ASSESSMENT_CRITERIA:
            text = grid.get(criterion, helps[criterion])
            if isinstance(text, str) and text.strip():
                helps[criterion] = text
            else:
                refuse("grid", text, f"« {criterion} » est un texte qui aide à noter.")
    zone, groupings = _school(data.get("school", {}), refuse)
    return Following(
        clocks or DEFAULT.clocks, scale, helps, tuple(tasks.values()) or DEFAULT.tasks, zone, groupings
    )


def _school(table: object, refuse: Refuse) -> tuple[str, tuple[Grouping, ...]]:
    if not isinstance(table, Mapping):
        refuse("school", "", "« school » est une table [school].")
        return "", ()
    zone = table.get("zone", "")
    if zone not in ("", *ZONES):
        refuse("school", zone, f"« zone » est la zone des vacances scolaires : {', '.join(ZONES)}.")
        zone = ""
    groupings = []
    listed = table.get("groupings", [])
    for row in listed if isinstance(listed, list) else [listed]:
        told = row if isinstance(row, Mapping) else {}
        name, listed_here = told.get("name"), told.get("communes")
        communes = listed_here if isinstance(listed_here, list) else []
        sound = communes and all(isinstance(each, str) for each in communes)
        if not isinstance(name, str) or not name.strip() or not sound:
            refuse("school", name or "", "un regroupement a un nom (name) et des codes (communes).")
        else:
            groupings.append(Grouping(name.strip(), tuple(communes)))
    return str(zone), tuple(groupings)


def _rows(data: Mapping[str, Any], name: str, refuse: Refuse) -> list[Mapping[str, Any]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        refuse(name, "", f"« {name} » est une suite de tables [[{name}]].")
        return []
    return list(rows)
