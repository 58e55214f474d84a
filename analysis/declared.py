"""The declared list of tables: all that the public and the council learn about people who did not consent.

`DECLARED` names the tables and `release` makes them all at once for one audience, protected together: what one of
them hides no other gives back. Nothing else about such people leaves (screens, hover, downloads, charts, sliders,
rates, portraits, search); what is shown one by one is shown of people who agreed to it (`analysis.community`).

Some tables share a figure. The members present today close the territory's years and are the sum of the communes;
the files received by year and by wished commune have one total; those lost for lack of housing stand in four
tables. Where one table has to hide the shared figure, the others hide it too. `tests/analysis/test_attack.py` works the
list as a whole: by differences, by linear programming over all equations and the rule's own inequalities, and by listing
every small register that looks the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis import community
from analysis.community import Tally
from analysis.lacks import HousingFiles, housing_files
from analysis.model import Audience, Status, Thresholds
from analysis.network import (
    applications_by_commune,
    applications_by_year,
    growth,
    hidden_of,
    members_by_commune,
)
from analysis.outcomes import Outcomes, outcomes
from analysis.outcomes import answered as answered_steps
from analysis.secrecy import OBSERVED, SUPPRESSED, Protected

Dimension = Literal[
    "territoire", "année", "commune", "groupe", "nature", "bien", "issue", "raison", "cohorte", "étape"
]


@dataclass(frozen=True)
class DeclaredTable:
    """One table of the list. `field` is where `Release` holds it; `by` are its dimensions; `gives` the figures derived from it."""

    title: str
    field: str
    by: tuple[Dimension, ...]
    gives: str = ""


DECLARED: tuple[DeclaredTable, ...] = (
    DeclaredTable("Membres présents, arrivées et départs", "members_by_year", ("territoire", "année")),
    DeclaredTable(
        "Membres présents, à la dernière date", "members_here", ("commune",), "membres pour 1 000 habitants"
    ),
    DeclaredTable("Membres présents, à la dernière date", "members_here", ("groupe",)),
    DeclaredTable(
        "Dossiers reçus, dans l'année et depuis le début", "applications_by_year", ("territoire", "année")
    ),
    DeclaredTable("Dossiers reçus depuis le début, par commune souhaitée", "applications_here", ("commune",)),
    DeclaredTable(
        "Dossiers qui attendent un logement, perdus faute de logement, autres", "searching", ("territoire",)
    ),
    DeclaredTable("Dossiers perdus faute de logement depuis le début, par bien voulu", "lacks", ("bien",)),
    DeclaredTable(
        "Dossiers perdus faute de logement depuis le début, par commune souhaitée", "lacks_here", ("commune",)
    ),
    DeclaredTable(
        "Dossiers perdus faute de logement depuis le début, par commune souhaitée et par bien voulu",
        "lacks_in",
        ("commune", "bien"),
    ),
    DeclaredTable(
        "Dossiers en cours, installés, finis sans installation, depuis le début",
        "fates",
        ("territoire",),
        "part des installés parmi les décidés",
    ),
    DeclaredTable("Dossiers finis sans installation, depuis le début", "ends", ("issue",)),
    DeclaredTable("Dossiers finis sans installation, depuis le début", "reasons", ("issue", "raison")),
    DeclaredTable(
        "Dossiers en cours, installés, finis sans installation",
        "cohorts",
        ("cohorte",),
        "part des installés parmi les décidés",
    ),
    DeclaredTable(
        "Réponses données dans l'objectif et au-delà, depuis le début", "answered", ("étape",), "part à temps"
    ),
    DeclaredTable("Acteurs du réseau, à la dernière date", "contacts", ("nature",)),
    DeclaredTable(
        "Événements depuis le début", "events", ("nature",), "heures données et emplois déclarés, au moins"
    ),
)
"""The list, in the order of the documentation."""


@dataclass(frozen=True)
class Rows:
    """The register's rows that are counted (columns: see `data.network`), of one origin."""

    stays: pd.DataFrame
    applications: pd.DataFrame
    contacts: pd.DataFrame
    events: pd.DataFrame


@dataclass(frozen=True)
class Release:
    """The tables of the list as one audience may see them.

    `members_here`: communes, groups and total today; `members_by_year`: see `analysis.network.growth`;
    `applications_here`: files received until today by wished commune; `applications_by_year`: see
    `analysis.network.applications_by_year`; `searching`, `lacks`, `lacks_here` and `lacks_in`: see `analysis.lacks.HousingFiles`;
    `fates`, `ends`, `reasons` and `cohorts`: see `analysis.outcomes.Outcomes`; `contacts` and `events`: see `analysis.community`.
    """

    audience: Audience
    members_here: Protected
    members_by_year: pd.DataFrame
    applications_here: Protected
    applications_by_year: pd.DataFrame
    searching: Protected
    lacks: Protected
    lacks_here: Protected
    lacks_in: pd.DataFrame
    fates: Protected
    ends: Protected
    reasons: pd.DataFrame
    cohorts: pd.DataFrame
    contacts: Tally
    events: Tally

    @property
    def housing(self) -> HousingFiles:
        """The tables of dossiers and housing, together."""
        return HousingFiles(self.searching, self.lacks, self.lacks_here, self.lacks_in)

    @property
    def outcomes(self) -> Outcomes:
        """The tables of how dossiers end, together."""
        return Outcomes(self.fates, self.ends, self.reasons, self.cohorts)


def release(
    rows: Rows,
    codes: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    first_year: int,
    today: dt.date,
    audience: Audience,
    thresholds: Thresholds,
) -> Release:
    """Every table of the list for `audience`. `codes` are the territory's communes, `groups` disjoint parts of them."""
    here, years = members(rows.stays, codes, groups, first_year, today, audience, thresholds)
    files_here, files_by_year = applications(
        rows.applications, codes, first_year, today, audience, thresholds
    )
    until = files_by_year["cumulative"].iloc[-1]
    housing = housing_files(
        rows.applications,
        files_here,
        None if files_here.total is None or pd.isna(until) else float(until),
        codes,
        today,
        audience,
        thresholds,
    )
    ended = outcomes(rows.applications, housing, files_by_year, today, audience, thresholds)
    return Release(
        audience=audience,
        members_here=here,
        members_by_year=years,
        applications_here=files_here,
        applications_by_year=files_by_year,
        searching=housing.searching,
        lacks=housing.lacks,
        lacks_here=housing.lacks_here,
        lacks_in=housing.lacks_in,
        fates=ended.fates,
        ends=ended.ends,
        reasons=ended.reasons,
        cohorts=ended.cohorts,
        contacts=community.contacts(rows.contacts, audience, thresholds),
        events=community.events(rows.events, today, audience, thresholds),
    )


def answered(counts: pd.DataFrame, found: Release, thresholds: Thresholds) -> pd.DataFrame:
    """The table of the list that needs the history of dossiers: see `analysis.outcomes.answered`, beside the rest of the release."""
    return answered_steps(counts, found.outcomes, found.audience, thresholds)


def members(
    stays: pd.DataFrame,
    codes: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    first_year: int,
    today: dt.date,
    audience: Audience,
    thresholds: Thresholds,
) -> tuple[Protected, pd.DataFrame]:
    """(communes with groups and total today, territory by year), protected together: both hold today's count."""
    here = members_by_commune(stays, codes, today, audience, thresholds, groups=groups)
    years = growth(stays, first_year, today, audience, thresholds, codes=codes, hide_last=here.total is None)
    if here.total is not None and years["status"].iloc[-1] == SUPPRESSED:
        here = hidden_of(here)
    return here, years


def applications(
    rows: pd.DataFrame,
    codes: Sequence[str],
    first_year: int,
    today: dt.date,
    audience: Audience,
    thresholds: Thresholds,
) -> tuple[Protected, pd.DataFrame]:
    """(files by wished commune until today, files by year), protected together: both hold the total since the launch."""
    here = applications_by_commune(rows, codes, today, audience, thresholds)
    years = applications_by_year(rows, first_year, today, audience, thresholds)
    if here.total is not None and years["cumulative_status"].iloc[-1] == SUPPRESSED:
        here = hidden_of(here)
    elif here.total is None and years["cumulative_status"].iloc[-1] == OBSERVED:
        years = years.assign(
            received=np.nan, status=SUPPRESSED, cumulative=np.nan, cumulative_status=SUPPRESSED
        )
    return here, years


def at_year(found: Protected, by_year: pd.DataFrame, on: dt.date, column: str) -> Protected:
    """What the list says of an earlier day: no commune and no group, the total where that day ends a declared year.

    `found` gives the keys and the consenting people of that day; `column` is the year's (``present``, ``cumulative``).
    """
    row = by_year.loc[by_year["period"] == on.isoformat(), column]
    hidden = hidden_of(found)
    if row.empty or pd.isna(row.iloc[0]):
        return hidden
    return Protected(hidden.cells, hidden.groups, float(row.iloc[0]), Status.OBSERVED, hidden.total_public)
