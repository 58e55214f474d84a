"""The main figures of the commune that was clicked or chosen."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analysis import french
from analysis.answers import Answer
from analysis.desk import Desk
from analysis.model import Audience
from ui import access, audience_state, frame, loading, navigation, provenance, remarks, tables
from ui.choropleth import cell_text
from ui.filters import Filters
from ui.tables import Column

MAIN_FIGURES = (
    "population",
    "members",
    "vacancy_rate",
    "ftth_share",
    "no_transport_share",
    "house_sales",
    "median_income",
)


def commune_panel(desk: Desk, filters: Filters, audience: Audience, shown: Sequence[Answer] = ()) -> None:
    """The choice of a commune, and its main figures."""
    commune_choice(desk, filters)
    commune_figures(desk, filters, audience, shown)


def commune_choice(desk: Desk, filters: Filters) -> None:
    """The commune that was clicked or chosen; without one, how to choose."""
    codes = ["", *sorted(desk.names, key=lambda code: french.sort_key(desk.names[code]))]
    st.selectbox(
        "Commune",
        codes,
        format_func=lambda c: desk.names[c] if c else "Choisir, ou cliquer sur la carte",
        **filters.widget("commune"),
    )


def commune_figures(desk: Desk, filters: Filters, audience: Audience, shown: Sequence[Answer] = ()) -> None:
    """The main figures of the commune that was clicked or chosen; nothing without one.

    `shown`: what the map shows: who may say that a figure is not what they see says so beside it, and those who may import
    read « Qui a publié quoi ».
    """
    code = filters["commune"]
    if not code:
        return
    for answer in shown:
        remarks.show_of_figure(desk, answer.indicator, answer.vintage.period, code)
    rows = []
    for id_ in MAIN_FIGURES:
        if id_ not in desk.indicators:
            continue
        each = loading.answer(id_, None, audience)
        row = next(r for r in each.cells.itertuples() if r.commune == code)
        rows.append(
            (
                each.indicator.short,
                cell_text(each, row),
                f"{each.vintage.label}{frame.bracketed(frame.mark(each, desk))}",
            )
        )
    table = pd.DataFrame(rows, columns=["name", "value", "label"])
    columns = [
        Column("name", "Indicateur"),
        Column("value", "Valeur", numeric=True),
        Column("label", "Millésime"),
    ]
    tables.show_table(table, columns, caption=desk.names[code])
    if navigation.may_open(navigation.page_at("importer"), access.account()):
        for answer in shown:
            provenance.show_stack(answer.indicator, answer.vintage.period, code, desk.names[code])
    st.page_link(
        "pages/commune.py", label=f"Portrait {french.of_place(desk.names[code])}", icon=":material/location_city:",
        query_params={"commune": code, **audience_state.carried()},
    )  # fmt: skip
