"""House sales by commune and year, from the rows of the sales that notaries declare, block after block.

A sale is one mutation of nature « Vente » with at least one house, counted once in each commune of its houses, although the file has
a row for each parcel, each nature of land and each outbuilding. Its price per m² divides the price of the whole mutation by the built
surface of its houses, each counted once. Below five priced sales in the year there is no median, « missing ». The shipped figures were
made the same way as far as they show: a median stands exactly where a year has five sales.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.catalogue import Catalogue
from data.imports.dates import read_days
from data.imports.formats.reducing import TerritoryReducer
from data.imports.formats.sales_levels import SalesByLevel
from data.imports.formats.territory_rows import counted, departements
from data.imports.formats.wide import MISSING, NO_ROWS, OBSERVED, vintages
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Problem, Recognition, Table
from data.imports.numbers import read_numbers
from data.imports.wording import problem
from data.reference.lookup import departement_of
from data.territory import Territory

WORKS = ("dgfip_dvf",)
SALES, PRICE = "house_sales", "house_price"
LEAST_SALES = 5
COMPLETE_FROM, COMPLETE_TO = "-01-31", "-12-01"
"""A year is whole where the file has sales of its first month and of its last: files of half a year exist."""
_MOST_PROBLEMS = 20


class HouseSales(TerritoryReducer):
    """Keeps the rows of the territory's house sales, and the first and last day of each year, from blocks."""

    def __init__(
        self, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
    ) -> None:
        super().__init__(recognition, choices, catalogue, territory)
        self._departements = departements(territory)
        self._first: dict[str, str] = {}
        self._last: dict[str, str] = {}
        self._present: set[tuple[str, str]] = set()
        self._houses: list[pd.DataFrame] = []
        self._problems: list[Problem] = []
        self._around = SalesByLevel(territory, _is_whole)

    def add(self, table: Table) -> None:
        """Take the next block."""
        frame = table.frame
        codes = self._commune(frame)
        day_of = self._read_days(frame)
        house = frame[self._of["type_local"]].str.strip() == "Maison"
        sale = frame[self._of["nature"]].str.strip() == "Vente"
        self._take_around(frame, codes, day_of, (house & sale).to_numpy(dtype=bool))
        near = codes.str.slice(0, 3).isin(self._departements) | codes.str.slice(0, 2).isin(self._departements)
        if not near.any():
            return
        days = frame.loc[near, self._of["day"]].map(day_of).astype("str")
        for day in days.dropna().unique():
            self._first[day[:4]] = min(self._first.get(day[:4], day), day)
            self._last[day[:4]] = max(self._last.get(day[:4], day), day)
        years = days.str.slice(0, 4)
        lands = codes[near].map(departement_of)
        self._present |= set(zip(lands[years.notna()], years.dropna(), strict=True))
        house &= codes.isin(list(self._codes))
        self._aside["maisons cédées autrement que par une vente"] += int((house & ~sale).sum())
        kept = (house & sale).to_numpy(dtype=bool)
        if kept.any():
            self._take(frame[kept], table.lines[kept], codes[kept], day_of)

    def _read_days(self, frame: pd.DataFrame) -> dict[str, str]:
        """The days of a block by their text, each read once; without those that are no day."""
        column = self._of["day"]
        days = frame[column].unique()
        read = read_days(pd.Series(days, dtype="str"), np.zeros(len(days), dtype=np.int64), column)
        return {text: day.isoformat() for text, day in zip(days, read.values, strict=True) if day is not None}

    def _take_around(
        self, frame: pd.DataFrame, codes: pd.Series, day_of: dict[str, str], sold: np.ndarray
    ) -> None:
        """The rows of everywhere, for what surrounds the territory."""
        of, places = self._of, self._around.today(codes)
        days = frame[of["day"]].map(day_of).astype("str")
        self._around.seen(places, days)
        if sold.any():
            rows = frame[sold]
            sale, house = self._told_apart(rows)
            self._around.add(places[sold], days[sold], sale, house, rows[of["price"]], rows[of["surface"]])

    def _told_apart(self, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """The words that tell a sale, and a house of it, from another."""
        of = self._of
        identity = (
            ["parcel", "surface", "rooms", "lot"]
            if "key" in of
            else ["section", "plan", "surface", "rooms", "lot"]
        )
        sale = ["key"] if "key" in of else ["day", "disposition", "price", "departement", "commune"]
        return (
            _joined(rows, [of[name] for name in sale if name in of]),
            _joined(rows, [of[name] for name in identity if name in of]),
        )

    def _commune(self, frame: pd.DataFrame) -> pd.Series:
        """INSEE codes: whole in geo-dvf; the département and three digits in DGFiP's files."""
        codes = frame[self._of["commune"]].str.strip()
        if "departement" not in self._of:
            return codes
        land = frame[self._of["departement"]].str.strip().str.zfill(2).str.slice(0, 2)
        return land + codes.str.zfill(3)

    def _take(self, rows: pd.DataFrame, lines: np.ndarray, codes: pd.Series, day_of: dict[str, str]) -> None:
        of = self._of
        price = read_numbers(rows[of["price"]], lines, of["price"], decimal=".")
        surface = read_numbers(rows[of["surface"]], lines, of["surface"], decimal=".")
        days = rows[of["day"]].map(day_of).astype("str")
        undated = days.isna().to_numpy(dtype=bool)
        self._problems += [*price.problems, *surface.problems]
        self._problems += [_undated(int(line), of["day"]) for line in lines[undated]]
        sale, house = self._told_apart(rows)
        self._houses.append(
            pd.DataFrame(
                {
                    "commune": codes.map(self._codes).to_numpy(),
                    "year": days.str.slice(0, 4).to_numpy(),
                    "sale": sale,
                    "house": house,
                    "price": price.values,
                    "surface": surface.values,
                    "line": lines,
                }
            )[~undated]
        )

    def result(self) -> Parsed:
        """Sales and medians of every commune and every year that is over; 0 where the département has sales and the commune none."""
        over = {year for year, day in self._last.items() if _is_whole(year, self._first[year], day)}
        years = sorted(over)
        houses = pd.concat(self._houses, ignore_index=True) if self._houses else _NO_HOUSES
        sales = _sales(houses)
        aside = {reason: count for reason, count in self._aside.items() if count}
        for year in sorted(self._last.keys() - over):
            first, last = ("/".join(reversed(days[year].split("-"))) for days in (self._first, self._last))
            reason = f"ventes de {year}, année incomplète dans ce fichier (ventes du {first} au {last})"
            aside[reason] = int((sales["year"] == year).sum())
        found = {(code, year): part for (code, year), part in sales.groupby(["commune", "year"], sort=False)}
        rows = []
        for code in self._territory.codes:
            for year in years:
                if (departement_of(code), year) not in self._present:
                    continue
                part = found.get((code, year), sales.head(0))
                line = int(part["line"].min()) if len(part) else 0
                known = part["per_m2"].dropna()
                median = float(known.median()) if len(known) >= LEAST_SALES else np.nan
                rows.append((SALES, code, year, float(len(part)), OBSERVED, line))
                rows.append((PRICE, code, year, median, MISSING if np.isnan(median) else OBSERVED, line))
        problems = self._problems[:_MOST_PROBLEMS] or ([] if self._last else [_OUTSIDE])
        if self._last and not years:
            problems.append(_INCOMPLETE)
        cells = pd.DataFrame(rows, columns=CELL_COLUMNS[:6])
        edition = years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}" if years else ""
        periods_given = {(indicator, year) for indicator in (SALES, PRICE) for year in years}
        new, _ = vintages(WORKS, edition, periods_given, self._choices, self._catalogue)
        return Parsed(
            "figures", counted(cells, self._of["price"]), NO_ROWS, tuple(problems), aside, self._of["commune"], "codes", new,
            levels=None if problems else self._around.result(years, (SALES, PRICE), _sales, LEAST_SALES),
        )  # fmt: skip


def _is_whole(year: str, first: str, last: str) -> bool:
    """Whether sales from one day to another (ISO) hold a whole year."""
    return last >= year + COMPLETE_TO and first <= year + COMPLETE_FROM


def _sales(houses: pd.DataFrame) -> pd.DataFrame:
    """One row a sale and commune: `per_m2` is unknown where a house has no surface, or nobody told the price."""
    each_once = houses.drop_duplicates(["commune", "year", "sale", "house"])
    sales = each_once.groupby(["commune", "year", "sale"], sort=False, as_index=False).agg(
        price=("price", "first"), surface=("surface", "sum"), least=("surface", "min"), line=("line", "first"),
        houses=("surface", "size"), measured=("surface", "count"),
    )  # fmt: skip
    usable = (sales["price"] > 0) & (sales["least"] > 0) & (sales["measured"] == sales["houses"])
    return sales.assign(per_m2=(sales["price"] / sales["surface"]).where(usable))


_NO_HOUSES = pd.DataFrame(columns=["commune", "year", "sale", "house", "price", "surface", "line"]).astype(
    {"price": float, "surface": float}
)


def _joined(rows: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """One text of several cells, to tell rows apart."""
    joined = rows[columns[0]].str.strip()
    for column in columns[1:]:
        joined = joined + "|" + rows[column].str.strip()
    return joined.to_numpy()


def _undated(line: int, column: str) -> Problem:
    return problem(
        "not_a_day",
        "La date de cette vente n'est pas lisible.",
        "Attendu : 2025-12-31 ou 31/12/2025.",
        line=line,
        column=column,
    )


_OUTSIDE = problem(
    "outside",
    "Aucune vente de ce fichier n'est dans les départements du territoire.",
    "Importez le fichier du département, ou celui de la France entière.",
)
_INCOMPLETE = problem(
    "incomplete_year",
    "Aucune année de ce fichier n'est complète : il n'a pas de ventes de janvier à décembre.",
    "Prenez le fichier de l'année entière, ou attendez-le : un nombre de ventes de quelques mois passerait pour celui de l'année.",
)
