"""DVF, the sales that notaries declare: house sales and the median price by commune and year, from geo-dvf or from DGFiP's own files.

A sale is one mutation of nature « Vente » with at least one house, counted once in each commune of its houses, although the file has
a row for each parcel, each nature of land and each outbuilding. Its price per m² divides the price of the whole mutation by the built
surface of its houses, each counted once. Below five priced sales in the year there is no median, « missing ». The shipped figures were
made the same way as far as they show: a median stands exactly where a year has five sales.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from data.catalogue import Catalogue
from data.imports.dates import read_days
from data.imports.formats.base import Example, Format, Header, row
from data.imports.formats.territory_rows import counted, departements, todays_codes
from data.imports.formats.wide import MISSING, NO_ROWS, OBSERVED, meanings, vintages
from data.imports.model import CELL_COLUMNS, Choices, Parsed, Problem, Recognition, Table
from data.imports.numbers import read_numbers
from data.territory import Territory

SALES, PRICE = "house_sales", "house_price"
LEAST_SALES = 5
COMPLETE_FROM = "-12-01"  # a year whose last sale of the file is older is not over
_MOST_PROBLEMS = 20


class Reducer:
    """Keeps the rows of the territory's house sales, and the last day of each year, from blocks."""

    def __init__(
        self, recognition: Recognition, choices: Choices, catalogue: Catalogue, territory: Territory
    ) -> None:
        self._recognition, self._choices, self._catalogue, self._territory = (
            recognition,
            choices,
            catalogue,
            territory,
        )
        self._of = {meaning: column for column, meaning in meanings(recognition, choices).items()}
        self._codes = todays_codes(territory.codes)
        self._departements = departements(territory)
        self._last: dict[str, str] = {}
        self._houses: list[pd.DataFrame] = []
        self._aside: Counter[str] = Counter()
        self._problems: list[Problem] = []

    def add(self, table: Table) -> None:
        """Take the next block."""
        frame = table.frame
        codes = self._commune(frame)
        near = codes.str.slice(0, 3).isin(self._departements) | codes.str.slice(0, 2).isin(self._departements)
        if not near.any():
            return
        day_column = self._of["day"]
        days = frame.loc[near, day_column].unique()
        read = read_days(pd.Series(days, dtype="str"), np.zeros(len(days), dtype=np.int64), day_column)
        day_of = {
            text: day.isoformat() for text, day in zip(days, read.values, strict=True) if day is not None
        }
        for day in day_of.values():
            self._last[day[:4]] = max(self._last.get(day[:4], ""), day)
        house = codes.isin(list(self._codes)) & (frame[self._of["type_local"]].str.strip() == "Maison")
        sale = frame[self._of["nature"]].str.strip() == "Vente"
        self._aside["maisons cédées autrement que par une vente"] += int((house & ~sale).sum())
        kept = (house & sale).to_numpy(dtype=bool)
        if kept.any():
            self._take(frame[kept], table.lines[kept], codes[kept], day_of)

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
        days = rows[of["day"]].map(day_of)
        undated = days.isna().to_numpy(dtype=bool)
        self._problems += [*price.problems, *surface.problems]
        self._problems += [_undated(int(line), of["day"]) for line in lines[undated]]
        identity = (
            ["parcel", "surface", "rooms", "lot"]
            if "key" in of
            else ["section", "plan", "surface", "rooms", "lot"]
        )
        sale = ["key"] if "key" in of else ["day", "disposition", "price", "departement", "commune"]
        self._houses.append(
            pd.DataFrame(
                {
                    "commune": codes.map(self._codes).to_numpy(),
                    "year": days.str.slice(0, 4).to_numpy(),
                    "sale": _joined(rows, [of[name] for name in sale if name in of]),
                    "house": _joined(rows, [of[name] for name in identity if name in of]),
                    "price": price.values,
                    "surface": surface.values,
                    "line": lines,
                }
            )[~undated]
        )

    def result(self) -> Parsed:
        """Sales and medians of every commune and every year that is over; 0 where the département has sales and the commune none."""
        years = sorted(self._last)
        for year in [year for year in years if self._last[year] < year + COMPLETE_FROM]:
            years.remove(year)
            day = "/".join(reversed(self._last[year].split("-")))
            self._aside[f"année {year}, incomplète dans ce fichier (dernière vente le {day})"] += 1
        houses = pd.concat(self._houses, ignore_index=True) if self._houses else _NO_HOUSES
        priced = houses.drop_duplicates(["commune", "year", "sale", "house"])
        sales = priced.groupby(["commune", "year", "sale"], sort=False).agg(
            price=("price", "first"), surface=("surface", "sum"), least=("surface", "min"), line=("line", "first"),
            houses=("surface", "size"), measured=("surface", "count"),
        )  # fmt: skip
        usable = (sales["price"] > 0) & (sales["least"] > 0) & (sales["measured"] == sales["houses"])
        sales["per_m2"] = (sales["price"] / sales["surface"]).where(usable)
        rows = []
        for code in self._territory.codes:
            for year in years:
                found = (
                    sales.loc[(code, year)]
                    if (code, year) in sales.index.droplevel("sale")
                    else sales.head(0)
                )
                line = int(found["line"].min()) if len(found) else 0
                known = found["per_m2"].dropna()
                median = float(known.median()) if len(known) >= LEAST_SALES else np.nan
                rows.append((SALES, code, year, float(len(found)), OBSERVED, line))
                rows.append((PRICE, code, year, median, MISSING if np.isnan(median) else OBSERVED, line))
        problems = self._problems[:_MOST_PROBLEMS] + ([] if self._last else [_OUTSIDE])
        if self._last and not years:
            problems.append(_INCOMPLETE)
        cells = pd.DataFrame(rows, columns=CELL_COLUMNS[:6])
        edition = years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}" if years else ""
        held = {(indicator, year) for indicator in (SALES, PRICE) for year in years}
        new, _ = vintages(GEO, edition, held, self._choices, self._catalogue)
        aside = {reason: count for reason, count in self._aside.items() if count}
        return Parsed(
            "figures", counted(cells, self._of["price"]), NO_ROWS, tuple(problems), aside, self._of["commune"], "codes", new
        )  # fmt: skip


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
    return Problem(
        "not_a_day",
        "La date de cette vente n'est pas lisible.",
        "Attendu : 2025-12-31 ou 31/12/2025.",
        line,
        column,
    )


_OUTSIDE = Problem(
    "outside",
    "Aucune vente de ce fichier n'est dans les départements du territoire.",
    "Importez le fichier du département, ou celui de la France entière.",
)
_INCOMPLETE = Problem(
    "incomplete_year",
    "Aucune année de ce fichier n'est complète : ses ventes s'arrêtent avant décembre.",
    "Attendez la livraison suivante : un nombre de ventes de quelques mois passerait pour celui de l'année.",
)


def _parse(
    format_: Format,
    table: Table,
    recognition: Recognition,
    choices: Choices,
    catalogue: Catalogue,
    territory: Territory,
) -> Parsed:
    reducer = Reducer(recognition, choices, catalogue, territory)
    reducer.add(table)
    return reducer.result()


_GEO_COLUMNS = row(
    "id_mutation;date_mutation;nature_mutation;valeur_fonciere;code_commune;code_departement;id_parcelle;lot1_numero;type_local;"
    "surface_reelle_bati;nombre_pieces_principales;nature_culture"
)
_RAW_COLUMNS = row(
    "No disposition;Date mutation;Nature mutation;Valeur fonciere;Code departement;Code commune;Section;No plan;1er lot;Type local;"
    "Surface reelle bati;Nombre pieces principales"
)

GEO = Format(
    id="dvf_geo",
    name="DVF, demandes de valeurs foncières géolocalisées",
    about="Ventes de maisons et prix médian au m² par commune et par année, d'après geo-dvf. Lu par blocs.",
    headers=(
        Header(r"id_mutation", "key", 3, required=True),
        Header(r"date_mutation", "day", 2, required=True),
        Header(r"nature_mutation", "nature", 2, required=True),
        Header(r"valeur_fonciere", "price", 2, required=True),
        Header(r"code_commune", "commune", 2, required=True),
        Header(r"type_local", "type_local", 2, required=True),
        Header(r"surface_reelle_bati", "surface", 2, required=True),
        Header(r"nombre_pieces_principales", "rooms", 0),
        Header(r"id_parcelle", "parcel", 0),
        Header(r"lot1_numero", "lot", 0),
    ),
    parse=_parse,
    works=("dgfip_dvf",),
    edition=lambda columns, table: "",
    reducer=Reducer,
    examples=(
        Example(
            _GEO_COLUMNS,
            (
                *(
                    (f"2025-{n}", "2025-03-01", "Vente", str(90000 + 1000 * n), "61258", "61", f"p{n}", "", "Maison", "100", "4", land)
                    for n in range(5)
                    for land in ("sols", "jardins")
                ),
                ("2025-0", "2025-03-01", "Vente", "90000", "61258", "61", "p0", "", "Dépendance", "", "0", "sols"),
                ("2025-7", "2025-12-20", "Vente", "80000", "61156", "61", "q1", "", "Maison", "80", "4", "sols"),
                ("2025-8", "2025-06-20", "Échange", "80000", "61156", "61", "q2", "", "Maison", "80", "4", "sols"),
                ("2026-1", "2026-05-02", "Vente", "80000", "61156", "61", "q3", "", "Maison", "80", "4", "sols"),
            ),
            cells=(
                ("house_sales@2025", "61258", 5),
                ("house_price@2025", "61258", 920),
                ("house_sales@2025", "61156", 1),
                ("house_price@2025", "61156", "missing"),
                ("house_sales@2025", "61502", 0),
            ),
        ),
    ),
    counter_examples=(_RAW_COLUMNS, ("id_mutation", "date_mutation", "valeur_fonciere")),
)  # fmt: skip

RAW = Format(
    id="dvf_dgfip",
    name="DVF, demandes de valeurs foncières (fichier de la DGFiP)",
    about="Ventes de maisons et prix médian au m² par commune et par année, d'après les fichiers de la DGFiP. Lu par blocs.",
    headers=(
        Header(r"Date mutation", "day", 2, required=True),
        Header(r"Nature mutation", "nature", 2, required=True),
        Header(r"Valeur fonciere", "price", 2, required=True),
        Header(r"Code departement", "departement", 2, required=True),
        Header(r"Code commune", "commune", 2, required=True),
        Header(r"Type local", "type_local", 2, required=True),
        Header(r"Surface reelle bati", "surface", 2, required=True),
        Header(r"No disposition", "disposition", 1),
        Header(r"Nombre pieces principales", "rooms", 0),
        Header(r"Section", "section", 0),
        Header(r"No plan", "plan", 0),
        Header(r"1er lot", "lot", 0),
    ),
    parse=_parse,
    works=("dgfip_dvf",),
    edition=lambda columns, table: "",
    reducer=Reducer,
    examples=(
        Example(
            _RAW_COLUMNS,
            (
                *(("1", f"0{n}/03/2025", "Vente", f"9{n}000,00", "61", "258", "AB", str(n), "", "Maison", "100", "4") for n in range(1, 6)),
                ("1", "01/03/2025", "Vente", "91000,00", "61", "258", "AB", "1", "", "Dépendance", "0", "0"),
                ("1", "23/12/2025", "Vente", "150000,50", "61", "156", "ZC", "9", "", "Maison", "120", "5"),
            ),
            cells=(
                ("house_sales@2025", "61258", 5),
                ("house_price@2025", "61258", 930),
                ("house_sales@2025", "61156", 1),
                ("house_price@2025", "61156", "missing"),
            ),
        ),
    ),
    counter_examples=(_GEO_COLUMNS,),
)  # fmt: skip
