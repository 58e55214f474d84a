"""What is published, secret, missing or not yet imported, for each indicator and vintage."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.answers import Answer
from analysis.model import Status

COLUMNS = [
    "indicator",
    "name",
    "unit",
    "period",
    "label",
    "source",
    "published",
    "suppressed",
    "missing",
    "not_imported",
    "of",
]


def coverage(answers: Iterable[Answer]) -> pd.DataFrame:
    """One row an answer, columns `COLUMNS`; the counts are numbers of communes and add up to `of`."""
    rows = []
    for answer in answers:
        counts = answer.cells["status"].value_counts()
        rows.append(
            {
                "indicator": answer.indicator.id,
                "name": answer.indicator.name,
                "unit": answer.indicator.unit,
                "period": answer.vintage.period,
                "label": answer.vintage.label,
                "source": answer.vintage.source,
                "published": int(counts.get(Status.OBSERVED.value, 0)),
                "suppressed": int(counts.get(Status.SUPPRESSED.value, 0)),
                "missing": int(counts.get(Status.MISSING.value, 0)),
                "not_imported": int(counts.get(Status.NOT_IMPORTED.value, 0)),
                "of": len(answer.cells),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)
