"""House sales of what surrounds a territory, read sale by sale while a file goes by: their number, and a median that is one.

A median of a level cannot be made of the medians of its communes, so every house sale of the file is kept until its end, as numbers and
without its words: some forty bytes a house (a year of France has fewer than half a million). The rules are those of communes
(`house_sales`): a sale counts once in each commune of its houses, and below `LEAST_SALES` priced sales there is no median.

A département counts in a year where its own sales run from January to December; a commune of it without a sale has 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.model import LEVEL_COLUMNS, Status
from data.imports.formats.levels import LevelSums
from data.territory import Territory

KEY = ["commune", "year", "sale", "house"]
"""What tells a house of a sale from another: position of the commune, year, and what the rows' own words hash to."""


class SalesByLevel:
    """Takes the house sales of a file block after block; `whole_year` says of the first and last day whether they hold a year."""

    def __init__(self, territory: Territory, whole_year: Callable[[str, str, str], bool]) -> None:
        self._sums = LevelSums(territory, least=0)
        self._whole_year = whole_year
        self._first: dict[tuple[str, str], str] = {}
        self._last: dict[tuple[str, str], str] = {}
        self._houses: list[pd.DataFrame] = []

    def seen(self, places: npt.NDArray[np.int64], days: pd.Series) -> None:
        """Take the days (ISO, missing where unreadable) of rows of any kind and the positions of their communes (`today`)."""
        good = (places >= 0) & days.notna().to_numpy(dtype=bool)
        pairs = pd.DataFrame(
            {"departement": self._sums.departements[places[good]], "day": days[good].to_numpy(dtype=object)}
        ).drop_duplicates()
        pairs["year"] = pairs["day"].str.slice(0, 4)
        ends = pairs.groupby(["departement", "year"])["day"].agg(["min", "max"])
        for key, first, last in ends.itertuples(name=None):
            self._first[key] = min(self._first.get(key, first), first)
            self._last[key] = max(self._last.get(key, last), last)

    def today(self, codes: pd.Series) -> npt.NDArray[np.int64]:
        """The position of today's commune of each row, -1 for none: each code is looked up once."""
        numbers, codes_of_block = pd.factorize(codes)
        return self._sums.today(codes_of_block)[numbers]

    def add(
        self, places: npt.NDArray[np.int64], days: pd.Series, sales: npt.NDArray[np.object_], houses: npt.NDArray[np.object_],
        prices: pd.Series, surfaces: pd.Series,
    ) -> None:  # fmt: skip
        """Take rows of houses sold: `sales` and `houses` are the words that tell one from another, prices in euros, surfaces in m²."""
        good = (places >= 0) & days.notna().to_numpy(dtype=bool)
        if not good.any():
            return
        block = pd.DataFrame(
            {
                "commune": places[good].astype(np.int32),
                "year": days[good].str.slice(0, 4).astype(np.int16).to_numpy(),
                "sale": pd.util.hash_array(sales[good].astype(object), categorize=False),
                "house": pd.util.hash_array(houses[good].astype(object), categorize=False),
                "price": _numbers(prices[good]),
                "surface": _numbers(surfaces[good]),
            }
        )
        self._houses.append(block.drop_duplicates(KEY))

    def result(
        self,
        years: list[str],
        indicators: tuple[str, str],
        sales_of: Callable[[pd.DataFrame], pd.DataFrame],
        least: int,
    ) -> pd.DataFrame | None:
        """Figures of levels (`LEVEL_COLUMNS`) of `years`: the counts and the medians, called `indicators`. `sales_of`: one row a sale and
        commune with its `per_m2`, of the rows of houses. None for a file that holds no level whole.
        """
        if not self._houses or not years:
            return None
        houses = pd.concat(self._houses, ignore_index=True)
        counted, median = indicators
        medians = []
        for year in years:
            over = [land for land, each in self._last if each == year and self._is_over(land, year)]
            told = np.isin(self._sums.departements, over)
            # Year by year: several years at once would take as many times the memory.
            of_year = sales_of(houses[houses["year"] == int(year)].assign(line=0))
            at = of_year["commune"].to_numpy(dtype=np.int64)
            counts = np.bincount(at, minlength=len(self._sums.codes))
            self._sums.whole((counted, year), counts, told)
            prices = of_year["per_m2"].to_numpy(dtype=np.float64)
            priced = ~np.isnan(prices) & told[at]
            at, prices = at[priced], prices[priced]
            for level, area, mask in self._sums.areas(told):
                mine = prices[mask[at]]
                known = len(mine) >= least
                medians.append(
                    (median, year, level, area, float(np.median(mine)) if known else None,
                     (Status.OBSERVED if known else Status.MISSING).value, int((mask & told).sum()), 0, int(mask.sum()))
                )  # fmt: skip
        sums = self._sums.result()
        parts = [
            each
            for each in (sums, pd.DataFrame(medians, columns=LEVEL_COLUMNS))
            if each is not None and len(each)
        ]
        return (
            pd.concat([each.astype({"value": float}) for each in parts], ignore_index=True) if parts else None
        )

    def _is_over(self, land: str, year: str) -> bool:
        return self._whole_year(year, self._first[land, year], self._last[land, year])


def _numbers(texts: pd.Series) -> npt.NDArray[np.float64]:
    """Numbers as both writings of DVF give them (« 91000,00 », « 91000.5 »), NaN for anything else: the territory's own rows are read and
    told cell by cell, those of elsewhere only counted."""
    plain = texts.str.strip().str.replace(",", ".", regex=False)
    return pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
