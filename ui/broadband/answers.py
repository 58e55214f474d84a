"""What the broadband page shows, computed once a revision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analysis.answers import Answer
from analysis.council import Table
from analysis.council_slides import levels_tables, whole_parts
from analysis.model import Audience
from analysis.telework import SHARES, Verdict, best_technologies, verdicts
from data import reference
from data.figures import CLOSURE_FILE, load_copper_closure
from ui import loading
from ui.broadband.charts import evolution_chart, technology_chart
from ui.charts import kept


@dataclass(frozen=True)
class Broadband:
    """What the page shows at one revision. `best` is that of `best_technologies`; `closures` that of `load_copper_closure`; `around_…`: the
    tables of what surrounds the territory, none where nothing was imported."""

    fibre: Answer
    before: Answer
    after: Answer
    best: pd.DataFrame
    verdicts: tuple[Verdict, ...]
    closures: dict[str, str | None]
    technologies: tuple[dict[str, Any], str]
    evolution: tuple[dict[str, Any], str]
    around_technologies: tuple[Table, ...]
    around_evolution: tuple[Table, ...]


def read() -> Broadband:
    """Everything the page shows, computed again only when the store's revision or the day has changed."""
    desk = loading.desk()
    return _read(desk.content, desk.today)


@st.cache_resource(show_spinner=False, max_entries=3)
def _read(content: int, today: dt.date) -> Broadband:
    desk = loading.desk()
    fibre = loading.answer("ftth_share", None, Audience.PUBLIC)
    periods = desk.indicators["share_30m"].periods
    before, after = (loading.answer("share_30m", p, Audience.PUBLIC) for p in (periods[0], periods[-1]))
    best = best_technologies(desk.figures, fibre.vintage.period)
    shares = [loading.answer(each, fibre.vintage.period, Audience.PUBLIC) for each in SHARES]
    return Broadband(
        fibre,
        before,
        after,
        best,
        verdicts(best, loading.territory().telework),
        load_copper_closure(reference.commune_names().keys(), loading.house().pack.figures / CLOSURE_FILE),
        kept(technology_chart(best, whole_parts(desk.references(shares)))),
        kept(evolution_chart(before, after, desk.references([before, after]))),
        levels_tables(desk, [[each] for each in shares]),
        levels_tables(desk, [[after]]),
    )
