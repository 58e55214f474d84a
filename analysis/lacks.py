"""What the territory lacks: dossiers lost because no dwelling was found in time, by what they wanted and where.

They are counts of people: the public and the council get them through `analysis.declared` only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis import french
from analysis.french import NNBSP
from analysis.model import Audience, Status, Thresholds
from analysis.network import hidden_of
from analysis.secrecy import OBSERVED, Protected, protect
from analysis.vocabulary import APPLICATION_ENDS, APPLICATION_STEPS, LOSS_REASONS
from analysis.watch.choice import need_of
from analysis.watch.matching import Lack, Need, lack_of, lacks

NO_HOUSING = ("housing", LOSS_REASONS["housing"])
"""How a dossier says that no dwelling was found in time: the code, or its words as files bring them."""
_NO_WISH = ""
_HOUSED = list(APPLICATION_STEPS)[list(APPLICATION_STEPS).index("housed") :]
FIRST = 4
"""Dwellings named in the sentence; the table has them all."""
SEARCHING, LOST, OTHERS = "searching", "lost", "others"


@dataclass(frozen=True)
class HousingFiles:
    """Dossiers and housing as one audience may see them.

    `searching`: cells `SEARCHING` (an arrival is planned and no dwelling found yet), `LOST` (for lack of a dwelling), `OTHERS`; their
    total is that of all files. `lacks`: the lost ones by what they wanted (`Lack.key`). `lacks_here`: the lost ones by wished commune;
    those without a wish in the total only. `lacks_in`: both at once, columns `commune`, `lack` (`Lack.key`) and `value`: of each commune
    that it holds every lost file is told.
    """

    searching: Protected
    lacks: Protected
    lacks_here: Protected
    lacks_in: pd.DataFrame


def lost_files(applications: pd.DataFrame) -> pd.DataFrame:
    """The rows of files lost because no dwelling was found in time."""
    return applications[(applications["status"] == "lost") & applications["reason"].isin(NO_HOUSING)]


def needs_of(files: pd.DataFrame, names: Sequence[str]) -> list[Need]:
    """What files wanted. `names` are the codes of the territory: other communes are no wish here."""
    known = dict.fromkeys(names, "")
    return [
        need_of(
            str(row.get("application", "")),
            row["needs"] if isinstance(row["needs"], Mapping) else None,
            None if pd.isna(row["wished_commune"]) else str(row["wished_commune"]),
            None,
            known,
        )
        for row in files.to_dict("records")
    ]


def housing_files(
    applications: pd.DataFrame,
    here: Protected,
    total: float | None,
    codes: Sequence[str],
    today: dt.date,
    audience: Audience,
    thresholds: Thresholds,
) -> HousingFiles:
    """The four tables, protected together and with the tables of files.

    `here`: files by wished commune as the audience sees them; `total`: files received until today, None when that is hidden. How many
    were lost stands in three of them: where one has to hide it, all are hidden. A commune's losses are among its files: where a shown count
    would tell about a hidden count of files, or leave too few others, the table by commune is hidden.
    """
    threshold = thresholds.of(audience)
    files = applications[pd.to_datetime(applications["received"]) <= pd.Timestamp(today)]
    lost = lost_files(files)
    waiting = (files["planned_arrival"].notna() & ~files["status"].isin([*APPLICATION_ENDS, *_HOUSED])).sum()
    counts = pd.Series({SEARCHING: int(waiting), LOST: len(lost)})
    counts[OTHERS] = len(files) - int(counts.sum())
    searching = protect(counts, None, threshold)

    wanted = pd.Series([lacks([need])[0].key for need in needs_of(lost, codes)], dtype=object)
    by_lack = wanted.value_counts().sort_index().astype(int)
    by_lack.index = pd.Index(by_lack.index, dtype=object)
    lacking = protect(by_lack, None, threshold)

    wished = lost["wished_commune"].astype(object)
    wished = wished.where(wished.isin(list(codes)), _NO_WISH)
    # A commune that nobody ever wished for has no loss: it is no cell that could cover another one.
    empty = here.cells.index[(here.cells["status"] == OBSERVED) & (here.cells["value"] == 0)]
    row = [code for code in (*codes, _NO_WISH) if code not in set(empty)]
    places = protect(wished.value_counts().reindex(row, fill_value=0).astype(int), None, threshold)
    cells = places.cells.drop(index=_NO_WISH).reindex(list(codes))
    cells.loc[empty, ["value", "status", "public"]] = [0.0, OBSERVED, 0]
    lacks_here = Protected(cells, places.groups, places.total, places.total_status, places.total_public)

    shown = cells["status"].eq(OBSERVED) & cells["value"].gt(0)
    files_here = here.cells.reindex(cells.index)
    # What is left of a commune's files is a count of people too.
    left = (files_here["value"] - cells["value"])[shown]
    if not files_here["status"][shown].eq(OBSERVED).all() or (left.gt(0) & left.lt(threshold)).any():
        lacks_here = hidden_of(lacks_here)
    hides = (
        total is None
        or np.isnan(searching.cells.loc[LOST, "value"])
        or lacking.total is None
        or places.total is None
    )
    if hides:
        searching, lacking, lacks_here = hidden_of(searching), hidden_of(lacking), hidden_of(lacks_here)
        if threshold > 1:
            # Which dwellings were wanted says by how many rows there are that somebody wanted them.
            lacking = Protected(
                lacking.cells.iloc[:0], lacking.groups, None, Status.SUPPRESSED, lacking.total_public
            )
    return HousingFiles(
        searching, lacking, lacks_here, _by_both(wished, wanted, lacking, lacks_here, threshold)
    )


def _by_both(
    wished: pd.Series[Any],
    wanted: pd.Series[Any],
    lacking: Protected,
    places: Protected,
    threshold: int,
) -> pd.DataFrame:
    """`HousingFiles.lacks_in`. `wished`, `wanted`: commune and `Lack.key` of each lost file.

    A commune is told whole or not at all: when its own count is shown, and each dwelling that somebody wanted there was wanted by enough
    people there, and is shown for the territory. What is left of a dwelling elsewhere is a count of people too: where it would be small,
    no commune is told.
    """
    cells = pd.DataFrame({"commune": wished.to_numpy(), "lack": wanted.to_numpy()}).value_counts()
    table = cells.rename("value").reset_index().sort_values(["commune", "lack"], ignore_index=True)
    table = table[table["commune"] != _NO_WISH]
    if threshold > 1:
        shown = lacking.cells.index[lacking.cells["status"] == OBSERVED]
        small = (table["value"] < threshold) | ~table["lack"].isin(shown)
        open_ = places.cells.index[places.cells["status"] == OBSERVED]
        table = table[~table["commune"].isin(table.loc[small, "commune"]) & table["commune"].isin(open_)]
        told = table.groupby("lack")["value"].sum()
        left = lacking.cells["value"].reindex(told.index) - told
        if places.total is None or (left.gt(0) & left.lt(threshold)).any():
            table = table.iloc[:0]
    return table.reset_index(drop=True)


def shown_lacks(found: HousingFiles) -> list[Lack]:
    """What may be told of what was wanted, the most wanted first."""
    cells = found.lacks.cells
    told = cells[cells["status"] == OBSERVED]
    rows = [lack_of(str(key), int(value)) for key, value in told["value"].items()]
    return sorted(rows, key=lambda one: (-one.count, one.text))


def lacks_in(found: HousingFiles, commune: str) -> list[Lack]:
    """What may be told of what was lacking in one commune, the most wanted first; empty where nothing was, or nothing may be told."""
    rows = found.lacks_in[found.lacks_in["commune"] == commune]
    told = [lack_of(str(row.lack), int(row.value)) for row in rows.itertuples()]
    return sorted(told, key=lambda one: (-one.count, one.text))


def commune_lacks_text(found: HousingFiles, commune: str, place: str) -> str:
    """« Essay : il a manqué 3 maisons de 4 pièces sous 600 €. » to a mayor, or that too few files were lost there to be told.

    `place`: the commune's name.
    """
    count = found.lacks_here.cells["value"].get(commune)
    head = f"{place}{NNBSP}: "
    if count == 0:
        return f"{head}aucun foyer qui voulait y vivre n’a été perdu faute de logement."
    if count is None or np.isnan(count):
        return f"{head}foyers perdus faute de logement, s’il y en a, trop peu nombreux pour être publiés."
    told = lacks_in(found, commune)
    if told:
        return f"{head}il a manqué {french.join([one.text for one in told])}."
    lost = french.counted(int(count), "foyer perdu", "foyers perdus")
    return f"{head}{lost} faute de logement{NNBSP}; les biens voulus sont trop divers pour être dits."


def lacks_text(found: HousingFiles) -> str:
    """« 5 foyers perdus faute de logement : il a manqué 3 maisons de 4 pièces sous 600 € ; 2 de plus, trop peu demandés. »"""
    if found.lacks.total is None:
        return french.spaced("Foyers perdus faute de logement : trop peu pour être publiés.")
    lost = int(found.lacks.total)
    if not lost:
        return "Aucun foyer n’a été perdu faute de logement."
    head = f"{french.counted(lost, 'foyer perdu', 'foyers perdus')} faute de logement"
    told = shown_lacks(found)
    hidden = lost - sum(one.count for one in told)
    if not told:
        return f"{head}{NNBSP}: aucun bien n’a manqué assez souvent pour être publié."
    rest = f"{NNBSP}; {french.number(hidden)} de plus, trop peu demandés pour être dits" if hidden else ""
    first = [one.text for one in told[:FIRST]]
    if len(told) > FIRST:
        first.append(f"{french.number(sum(one.count for one in told[FIRST:]))} autres biens")
    return f"{head}{NNBSP}: il a manqué {french.join(first)}{rest}."


def searching_text(found: HousingFiles) -> str:
    """« 3 dossiers attendent un logement. », or that there are too few to be told."""
    value = found.searching.cells.loc[SEARCHING, "value"]
    if np.isnan(value):
        return french.spaced("Dossiers qui attendent un logement : trop peu pour être publiés.")
    if not value:
        return "Aucun dossier n’attend un logement."
    return f"{french.counted(int(value), 'dossier attend', 'dossiers attendent')} un logement."
