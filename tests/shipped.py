"""The figures of the pack that comes with the project, as the application reads them."""

from __future__ import annotations

import pandas as pd

from data.packs import SHIPPED
from data.packs.figures import read_figures
from data.territory import load_territory


def shipped_figures() -> pd.DataFrame:
    """One long frame (columns `analysis.model.OBSERVATION_COLUMNS`)."""
    return read_figures(SHIPPED, load_territory(SHIPPED.territory)).frame
