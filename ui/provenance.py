"""Where figures come from: the register or a published source, cited, and who published a figure."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analysis import french
from analysis.answers import Answer
from analysis.desk import Desk
from analysis.french import NBSP, NNBSP
from analysis.model import LOCAL_ACTOR, SYSTEM_ACTOR, Audience, Indicator
from analysis.vocabulary import IMPORT_KINDS
from data import reference
from data.catalogue import NETWORK, Catalogue
from data.figures import CLOSURE_FILE
from data.imports import history
from data.imports.formats import FORMATS
from data.imports.history import ImportRecord, Layer
from ui import access, audience_state, clock, frame, loading, tables
from ui.tables import Column


def cited(desk: Desk, answer: Answer) -> str:
    """The citation of an answer with the demonstration mark where it belongs."""
    source = loading.catalogue().source(answer.indicator, answer.vintage.period)
    return source.citation + (f" — {frame.mark(answer, desk)}" if frame.mark(answer, desk) else "")


def plain_citation(answer: Answer) -> str:
    """The citation of an answer as the catalogue gives it, for a paper that marks « démonstration » once for a whole view."""
    return loading.catalogue().source(answer.indicator, answer.vintage.period).citation


def published_answers(catalogue: Catalogue) -> list[Answer]:
    """The answers that say what each edition publishes for how many communes: the six last vintages of every indicator."""
    return [
        loading.answer(each.id, period, Audience.PUBLIC)
        for each in catalogue.indicators.values()
        for period in each.periods[-6:]
    ]


def network_source(desk: loading.Desk) -> str:
    """The register cited, with the day and the demonstration mark."""
    source = loading.catalogue().sources[NETWORK]
    mark = f" — {frame.DEMO}" if desk.network.is_demo else ""
    return f"Source{NNBSP}: {source.citation}, au {french.date(desk.today)}{mark}."


def copper_source(desk: Desk) -> str:
    """Where the dates of the closing of copper come from, and what they mean."""
    source = loading.catalogue().source(desk.indicators["best_copper"])
    return (
        f"{source.producer}, fermeture du cuivre ({source.edition}). Donnée en texte (date ou « n »{NNBSP}: pas encore de "
        f"date), lue dans {CLOSURE_FILE}. Un local « au cuivre » perdra sa ligne à la fermeture{NNBSP}: la fibre ou une autre technologie "
        "doit y arriver avant."
    )


def town_hall_source() -> str:
    """Where the addresses and hours of town halls come from, and what to do before going there."""
    package = next(i for i in reference.manifest()["inputs"] if "town halls" in i["used_for"])
    return (
        f"Source{NNBSP}: données publiques réunies par {package['package']} {package['version']}, date non indiquée. "
        "Horaires d'une semaine ordinaire : appelez avant de vous déplacer."
    )


ANY = "indicator"
"""The format of a file that no publication announces: the analyst names its columns."""


def who(actor: str) -> str:
    """An author in words."""
    own = {LOCAL_ACTOR.id: LOCAL_ACTOR.label, SYSTEM_ACTOR.id: SYSTEM_ACTOR.label}
    return own.get(actor) or access.label_of(actor)


def when(at: str) -> str:
    """« 12/05/2026 à 14:05 », in the town halls' time."""
    moment = dt.datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(ZoneInfo(clock.TOWN_HALL_ZONE))
    return f"{moment:%d/%m/%Y} à {moment:%H:%M}"


def source_label(record: ImportRecord) -> str:
    """What an import was taken for; its label when it comes from no file of a known format."""
    known = next((each.name for each in FORMATS if each.id == record.format and each.id != ANY), "")
    return publication(known, record.edition) if known else record.label


def stack(indicator: Indicator, period: str, commune: str) -> list[tuple[Indicator, str, tuple[Layer, ...]]]:
    """The imports under a figure of the map: of its own cell, or of each count that a rate is made of (with its period)."""
    vintage = indicator.vintage(period)
    known = loading.catalogue().indicators
    parts = [(indicator, period)]
    if indicator.kind in ("ratio", "change") and not vintage.published:
        parts = [(known[part], period) for part in indicator.numerator]
        parts += [(known[part], vintage.denominator_period or period) for part in indicator.denominator]
        if indicator.kind == "change" and vintage.base_period:
            parts += [(known[part], vintage.base_period) for part in indicator.numerator]
    with loading.store().read() as session:
        return [
            (entry, when_, history.who_published(session, entry.id, commune, when_)) for entry, when_ in parts
        ]


def show_stack(indicator: Indicator, period: str, commune: str, name: str) -> None:
    """« Qui a publié quoi » under the commune chosen on the map."""
    if indicator.kind == "network":
        return
    with st.expander("Qui a publié quoi"):
        for entry, when_, layers in stack(indicator, period, commune):
            label = next((v.label for v in entry.vintages if v.period == when_), french.period(when_))
            if not layers:
                frame.note(f"{entry.name}, {label}{NNBSP}: rien n'est publié pour cette commune.")
                continue
            rows = [
                (
                    f"n°{NBSP}{each.record.id}, {state(each)}",
                    french.cell(each.value, each.status, "", entry.decimals),
                    f"{layer_label(each)}{NNBSP}; {who(each.record.actor)}, {when(each.record.at)}",
                )
                for each in layers
            ]
            tables.show_table(
                pd.DataFrame(rows, columns=["id", "value", "who"]),
                [
                    Column("id", "Import"),
                    Column("value", "Valeur", numeric=True),
                    Column("who", "Source, et qui l'a publiée"),
                ],
                caption=f"{entry.name}, {label}, {name}",
            )
            top = next((each for each in layers if each.shown), layers[0])
            st.page_link(
                "pages/importer.py", label=f"Voir ou annuler l'import n°{NBSP}{top.record.id}", icon=":material/history:",
                query_params={"onglet": "historique", "import": str(top.record.id), **audience_state.carried()},
            )  # fmt: skip


def layer_label(layer: Layer) -> str:
    """Where the figure of one layer comes from: for a shipped one, the publication and that it came with the application."""
    if layer.record.kind == "shipped":
        return f"{layer.source}, {IMPORT_KINDS['shipped']}"
    return source_label(layer.record)


def state(layer: Layer) -> str:
    """Whether a layer's value is the one on the map."""
    if layer.shown:
        return "affichée"
    return "recouverte" if layer.record.in_force else "annulée"


def publication(name: str, edition: str) -> str:
    """A format and its edition as one name: « LOVAC 2025 », « INSEE, comparateur de territoires, RP 2022 »."""
    if not edition:
        return name
    proper_words = {word for word in re.findall(r"[^\W\d_]{4,}", name) if word[0].isupper()}
    return edition if any(word in edition for word in proper_words) else f"{name}, {edition}"
