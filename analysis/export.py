"""The one long table that leaves the house: every indicator, commune and period with status, unit and source."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from analysis.answers import Answer
from analysis.model import CELL_COLUMNS, OBSERVATION_ORDER, Source, Status
from analysis.spreadsheet import guard

COLUMNS = ["commune", "indicator", "period", "value", "status", "unit", "source"]


def long_table(answers: Iterable[tuple[Answer, Source]], *, mark: str = "") -> pd.DataFrame:
    """Columns `COLUMNS`, one row a commune, indicator and period, sorted by indicator, period, commune.

    `value` is a float, NaN unless `status` is ``observed``; a rate is exact, never rounded. `mark` (« démonstration ») is written beside
    the source of every answer whose indicator counts the network's own rows.
    """
    frames = []
    for answer, source in answers:
        note = f" — {mark}" if mark and answer.indicator.kind == "network" else ""
        frames.append(
            answer.cells[CELL_COLUMNS].assign(
                indicator=answer.indicator.id,
                period=answer.vintage.period,
                unit=answer.indicator.unit,
                source=source.citation + note,
            )
        )
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(frames, ignore_index=True)[COLUMNS]
    return table.sort_values(OBSERVATION_ORDER, kind="stable", ignore_index=True)


FRENCH_COLUMNS = ("code_insee", "commune", "indicateur", "millesime", "valeur", "unite", "statut", "source")
STATUSES = {
    "observed": "publié",
    "suppressed": "secret statistique",
    "missing": "non publié",
    "not_imported": "pas encore importé",
}


def french_rows(answer: Answer, source: Source, *, mark: str = "") -> pd.DataFrame:
    """One answer as rows of texts for a French spreadsheet (`FRENCH_COLUMNS`), with decimal commas.

    One row a commune in the order of the answer; a value is empty unless its status is « publié ». `mark` (« démonstration ») is written
    beside the source. Text that a spreadsheet would run as a formula is written behind an apostrophe.
    """
    cited = source.citation + (f" — {mark}" if mark else "")
    return pd.DataFrame(
        [
            (
                guard(str(row.commune)), guard(str(row.name)), guard(answer.indicator.name), guard(answer.vintage.label),
                _plain(row.value).replace(".", ",") if row.status == Status.OBSERVED.value else "",
                guard(answer.indicator.unit), STATUSES[str(row.status)], guard(cited),
            )
            for row in answer.cells.itertuples(index=False)
        ],
        columns=list(FRENCH_COLUMNS),
    )  # fmt: skip


def french_csv(rows: pd.DataFrame) -> str:
    """Rows of `french_rows` as a file: UTF-8 with a byte order mark, `;`, lines as Windows ends them."""
    return "\ufeff" + rows.to_csv(sep=";", index=False, lineterminator="\r\n")


def to_csv(table: pd.DataFrame) -> str:
    """UTF-8 text, `;`, decimal point, `\\n`; whole numbers without « .0 »; an empty value unless observed.

    Text that a spreadsheet would run as a formula is written behind an apostrophe.
    """
    safe = table.copy()
    safe["value"] = [_plain(v) for v in safe["value"]]
    for name in ("commune", "indicator", "period", "status", "unit", "source"):
        safe[name] = [guard(str(text)) for text in safe[name]]
    return safe.to_csv(sep=";", index=False, lineterminator="\n")


def _plain(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))
