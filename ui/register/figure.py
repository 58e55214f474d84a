"""One figure corrected by hand."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analysis import french
from analysis.model import Indicator, Status
from data import register
from ui import forms, frame
from ui.forms import Form
from ui.markdown import literal
from ui.register.parts import PAGE, RegisterDesk

STATUSES: Mapping[str, str] = {
    Status.OBSERVED.value: "Une valeur",
    Status.SUPPRESSED.value: "Secret statistique",
    Status.MISSING.value: "Non publié",
}


def show_figure(desk: RegisterDesk, indicators: Mapping[str, Indicator]) -> None:
    """One value of one indicator, what it is today above the form."""
    offered = {i.id: f"{i.theme}, {i.name}" for i in indicators.values() if register.can_be_typed(i)}
    frame.sentence(
        french.spaced(
            "Corriger un seul chiffre, sans fichier : la valeur d'avant reste dessous, et revient si l'on annule."
        )
    )
    what, when, where = st.columns([3, 2, 3])
    chosen = what.selectbox(
        "Indicateur", list(offered), format_func=offered.__getitem__, key=PAGE.key("indicator")
    )
    indicator = indicators[chosen]
    periods = register.periods(indicator)
    period = when.selectbox(
        "Millésime",
        periods,
        format_func=lambda p: indicator.vintage(p).label,
        key=PAGE.key(f"period:{chosen}"),
    )
    commune = where.selectbox(
        "Commune", list(desk.names), format_func=desk.names.__getitem__, key=PAGE.key("figure-commune")
    )
    with desk.store.read() as session:
        now = register.cell(session, chosen, commune, period)
    shown = french.cell(now.value, now.status, indicator.unit, indicator.decimals)
    origin = f" ({now.source})" if now.source else ""
    forms.message(f"Aujourd'hui{french.NNBSP}: {shown}{origin}.", "state")
    form = Form(PAGE, "figure", f"{chosen}:{commune}:{period}")
    form.show_refusal()
    with st.form("registre-figure"):
        left, right = st.columns(2)
        status = left.selectbox(
            "Nouvel état",
            list(STATUSES),
            format_func=STATUSES.__getitem__,
            key=form.key("status", Status.OBSERVED.value),
        )
        value = right.text_input(
            f"Valeur ({literal(indicator.unit)})" if indicator.unit else "Valeur",
            key=form.key("value", ""), placeholder="1 234,5",
        )  # fmt: skip
        reason = form.text(
            "Raison (obligatoire)", "reason", placeholder="qui l'a dit, d'où vient ce chiffre", max_chars=300
        )
        sent = st.form_submit_button("Enregistrer ce chiffre", type="primary", icon=":material/pin:")
    if sent:
        form.run(
            lambda: register.record_value(
                desk.store, desk.territory, desk.actor, indicator=indicator, commune=commune, period=period,
                status=Status(status), value=value, reason=reason,
            )
        )  # fmt: skip
