"""Ministère de l'Éducation nationale, annuaire de l'éducation: the schools that are open, by commune.

A commune without a school is in no row of the file. It has 0 where the file is surely of its whole département: one that names a school in
each of the ten largest communes of it, which no extract of a few communes does. Elsewhere nothing is said of it.
"""

from __future__ import annotations

import pandas as pd

from data import reference
from data.catalogue import Catalogue
from data.imports.formats.base import ColumnPattern, Example, Format, in_one_block
from data.imports.formats.reducing import TerritoryReducer
from data.imports.formats.territory_rows import counted, departements
from data.imports.formats.wide import NO_ROWS, OBSERVED, no_period, vintages
from data.imports.headings import fold
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Recognition, Table
from data.imports.wording import problem
from data.reference.lookup import departement_of
from data.territory import Territory

SCHOOLS = "open_schools"
SCHOOL, OPEN = "ecole", "ouvert"
"""What the file says of a school (neither a collège nor a lycée nor an office) and of one that is open, whatever the accents and case."""
LARGEST = 10
"""The largest communes of a département, each of which has a school."""


class Reducer(TerritoryReducer):
    """Schools by commune, from blocks; the same one twice counts once."""

    def __init__(
        self, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
    ) -> None:
        super().__init__(recognition, choices, catalogue, territory)
        self._departements = departements(territory)
        self._schools: dict[str, set[str]] = {}
        self._line: dict[str, int] = {}
        self._elsewhere: set[str] = set()
        self._first = 0
        self._latest = ""

    def add(self, table: Table) -> None:
        """Take the next block."""
        frame, of = table.frame, self._of
        self._first = self._first or (int(table.lines[0]) if len(frame) else 0)
        if (updated := of.get("updated")) in frame.columns and len(frame):
            self._latest = max(self._latest, str(frame[updated].max())[:10])
        place = frame[of["commune"]].str.strip()
        near = place.map(departement_of).isin(self._departements).to_numpy(dtype=bool)
        kind = frame[of["school_kind"]].map(fold)
        open_ = pd.Series(True, index=frame.index)
        if of.get("open_state") in frame.columns:
            open_ = frame[of["open_state"]].map(fold) == OPEN
        inside = place.map(self._codes)
        for position in frame.index[near]:
            commune = inside[position]
            told = isinstance(commune, str)
            if told:
                self._line.setdefault(commune, int(table.lines[frame.index.get_loc(position)]))
            if kind[position] != SCHOOL:
                self._aside["établissements qui ne sont pas des écoles"] += told
            elif not open_[position]:
                self._aside["écoles qui ne sont pas dites ouvertes"] += told
            elif told:
                self._schools.setdefault(commune, set()).add(str(frame.at[position, of["uai"]]).strip())
            else:
                self._elsewhere.add(place[position])

    def result(self) -> Parsed:
        """The number of open schools at the file's day."""
        day = self._choices.period or self._latest
        problems = [] if len(day) == 10 else [no_period()]
        whole = self._whole_departements()
        told = [code for code in self._territory.codes if code in self._line or departement_of(code) in whole]
        if not told:
            problems.append(_OUTSIDE)
        rows = [
            (SCHOOLS, code, day, float(len(self._schools.get(code, ()))), OBSERVED, self._line.get(code, self._first))
            for code in told
        ]  # fmt: skip
        cells = pd.DataFrame(rows if not problems else [], columns=CELL_COLUMNS[:6])
        given = {(SCHOOLS, day)} if len(cells) else set()
        new, _ = vintages(FORMAT.works, day, given, self._choices, self._catalogue)
        aside = {reason: count for reason, count in self._aside.items() if count}
        return Parsed(
            "figures", counted(cells, self._of["school_kind"]), NO_ROWS, tuple(problems), aside, self._of["commune"], "codes", new
        )  # fmt: skip

    def _whole_departements(self) -> frozenset[str]:
        """The départements of the territory of which the file is surely whole."""
        named = {reference.resolve(code) for code in self._elsewhere} | set(self._schools)
        people = reference.communes(contours=False)[["code", "departement", "population"]]
        people = people[people["departement"].isin(self._departements)]
        largest = people.sort_values(["population", "code"], ascending=[False, True]).groupby("departement")
        return frozenset(str(name) for name, part in largest if set(part["code"].head(LARGEST)) <= named)


_OUTSIDE = problem(
    "outside",
    "Aucun établissement de ce fichier n'est dans le territoire.",
    "Importez l'annuaire de toute la France, ou celui du département entier.",
)

_COLUMNS = (
    "identifiant_de_l_etablissement", "nom_etablissement", "type_etablissement", "code_commune", "nom_commune", "etat", "date_maj_ligne",
)  # fmt: skip


FORMAT = Format(
    id="men_annuaire",
    name="Éducation nationale, annuaire de l'éducation",
    about="Écoles maternelles, élémentaires et primaires ouvertes, publiques et privées, par commune (ministère de l'Éducation nationale).",
    headers=(
        ColumnPattern(r"identifiant_de_l_etablissement", "uai", 3, required=True),
        ColumnPattern(r"type_etablissement", "school_kind", 3, required=True),
        ColumnPattern(r"code_commune", "commune", 2, required=True),
        ColumnPattern(r"etat", "open_state", 1),
        ColumnPattern(r"date_maj_ligne", "updated", 1),
        ColumnPattern(r"nom_etablissement", "ignore", 1),
    ),
    parse=in_one_block(Reducer),
    works=("men_annuaire",),
    counts=(SCHOOLS,),
    edition=lambda columns, table: "",
    reducer=Reducer,
    examples=(
        Example(
            _COLUMNS,
            (
                ("0610001A", "Ecole primaire", "Ecole", "61258", "Le Mêle-sur-Sarthe", "OUVERT", "2026-10-05"),
                ("0610002B", "Ecole maternelle", "École", "61258", "Le Mêle-sur-Sarthe", "OUVERT", "2026-09-05"),
                ("0610002B", "Ecole maternelle", "École", "61258", "Le Mêle-sur-Sarthe", "OUVERT", "2026-09-05"),
                ("0610003C", "Collège", "Collège", "61258", "Le Mêle-sur-Sarthe", "OUVERT", "2026-09-05"),
                ("0610004D", "Ecole primaire", "Ecole", "61156", "Essay", "FERME", "2026-09-05"),
                ("0750001E", "Ecole primaire", "Ecole", "75056", "Paris", "OUVERT", "2026-09-05"),
            ),
            cells=(("open_schools@2026-10-05", "61258", 2), ("open_schools@2026-10-05", "61156", 0)),
        ),
        Example(
            _COLUMNS[:4],
            (("0610001A", "Ecole primaire", "Ecole", "61258"),),
            problems=("no_period",),
        ),
    ),
    counter_examples=(
        ("numero_ecole", "denomination_principale", "code_commune", "nombre_total_eleves"),
        ("code_commune", "type_etablissement"),
    ),
)  # fmt: skip
