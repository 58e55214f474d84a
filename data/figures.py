"""What a pack publishes beside its figures: milestones, and when copper closes; and how a file that cannot be used is told."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from data.packs import SHIPPED


class FiguresError(ValueError):
    """A shipped file that cannot be used: the message gives file, line, column, value and what to do."""

    def __init__(self, file: str, line: int, column: str, value: str, problem: str, advice: str) -> None:
        self.file, self.line, self.column, self.value = file, line, column, value
        where = f"{file}, ligne {line}" + (f", colonne « {column} »" if column else "")
        what = f", valeur « {value} »" if value else ""
        super().__init__(f"{where}{what} : {problem} {advice}")


MILESTONE_COLUMNS = ["date", "precision", "series", "fact", "value", "unit", "producer", "url"]


def load_milestones(path: Path = SHIPPED.milestones) -> pd.DataFrame:
    """The published milestones of the network, one row each, oldest first; `value` is a float or NaN. No row where there is no file.

    Columns: `date` (ISO, at its own precision), `precision` (day, month, year), `series`, `fact`, `value`, `unit`, `producer`, `url`.
    """
    if not path.exists():
        return pd.DataFrame(columns=MILESTONE_COLUMNS, dtype=str).assign(value=pd.Series(dtype="float64"))
    frame = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    if list(frame.columns) != MILESTONE_COLUMNS:
        raise FiguresError(
            path.name,
            1,
            "",
            ";".join(frame.columns),
            "l'en-tête a changé.",
            f"Attendu : {';'.join(MILESTONE_COLUMNS)}.",
        )
    values = pd.to_numeric(frame["value"].where(frame["value"] != ""), errors="coerce")
    bad = frame.index[(frame["value"] != "") & values.isna()]
    if len(bad):
        raise FiguresError(
            path.name,
            int(bad[0]) + 2,
            "value",
            frame.loc[bad[0], "value"],
            "ce n'est pas un nombre.",
            "Écrivez un nombre ou rien.",
        )
    return frame.assign(value=values).sort_values("date", kind="stable", ignore_index=True)


CLOSURE_FILE, CLOSURE_COLUMN = "arcep_2026-06-30.csv", "fermeture_cuivre"
NO_CLOSING_DATE = "n"


def load_copper_closure(
    known_codes: Collection[str], path: Path = SHIPPED.figures / CLOSURE_FILE
) -> dict[str, str | None]:
    """When copper closes, by commune: an ISO day, or None where the file says that there is no closing date yet (``n``).

    It is a text and no figure, so it stands beside the observations. A commune that the file does not hold is absent from the result:
    nothing is known of it, as where there is no file. `known_codes` are the INSEE codes of today's communes of France. Raises
    FiguresError at the first cell that is neither ``n`` nor a day, at an unknown code and at a commune given twice.
    """
    found: dict[str, str | None] = {}
    if not path.exists():
        return found
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, delimiter=";")
        header = next(reader, [])
        for name in ("code_insee", CLOSURE_COLUMN):
            if name not in header:
                raise FiguresError(
                    path.name, 1, name, "", "la colonne manque.", "Rétablissez l'en-tête publié."
                )
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(header):
                raise FiguresError(
                    path.name, line, "", "", f"{len(cells)} cellules au lieu de {len(header)}.", "Corrigez la ligne."
                )  # fmt: skip
            record = dict(zip(header, cells, strict=True))
            code, text = record["code_insee"], record[CLOSURE_COLUMN]
            if code not in known_codes or code in found:
                problem = (
                    "la commune figure déjà plus haut." if code in found else "aucune commune actuelle ne le porte."
                )  # fmt: skip
                raise FiguresError(
                    path.name, line, "code_insee", code, problem, "Corrigez le code (5 caractères)."
                )
            found[code] = None if text == NO_CLOSING_DATE else _closing_day(path, line, text)
    return found


def _closing_day(path: Path, line: int, text: str) -> str:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):  # fromisoformat also reads weeks and days without hyphens
            return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise FiguresError(
        path.name, line, CLOSURE_COLUMN, text, "ce n'est ni « n » (pas encore de date) ni une date.",
        "Écrivez n ou AAAA-MM-JJ, par exemple 2028-01-31.",
    )  # fmt: skip
