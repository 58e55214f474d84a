"""The sections of the housing page: each a question, its answer as a sentence, a picture, the same as a table, its source.

The published sections hold no counts of people: they are the same for everybody and are made once by revision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french, housing, palette, portrait
from analysis.answers import Answer
from analysis.council import Table
from analysis.council_slides import (
    LISTINGS,
    levels_by_year,
    levels_tables,
    listings_table,
    whole_parts,
)
from analysis.french import NNBSP
from analysis.model import Audience
from analysis.network import MAX_AGE_DAYS
from ui import charts, frame, loading, tables
from ui.housing.charts import price_chart, sales_chart, stock_chart, two_counts_chart
from ui.listings import listing_text
from ui.map import MapSpec, Marker, show_map
from ui.provenance import cited, network_source
from ui.tables import Column

CENSUS, PRIVATE = "vacant_dwellings", "lovac_vacant"


@dataclass(frozen=True)
class Section:
    """A section ready to be drawn. `short` names it in the choice of questions; `remark` (text) and `before` (a table) stand between
    the sentence and the picture, `table` after it
    (folded under `fold` when there is one), `notes` under the table: sources, vintages, units, caveats."""

    id: str
    question: str
    short: str
    sentence: str
    remark: str
    before: str
    chart: tuple[dict[str, Any], str]
    table: str
    fold: str
    notes: tuple[str, ...]


def show_section(section: Section) -> None:
    """Put a section on the page."""
    st.subheader(section.question, anchor=False)
    frame.sentence(section.sentence)
    if section.remark:
        frame.note(section.remark)
    if section.before:
        st.html(section.before)
    charts.show_chart(section.chart, key=f"logement:{section.id}")
    if section.fold:
        with st.expander(section.fold, icon=":material/table:"):
            st.html(section.table)
    else:
        st.html(section.table)
    for text in section.notes:
        frame.note(text)


def published(desk: loading.Desk) -> tuple[Section, ...]:
    """The stock, the two counts of vacancies, the sales, the prices."""
    return _published(desk.content, desk.today)


@st.cache_resource(show_spinner=False, max_entries=3)
def _published(content: int, today: dt.date) -> tuple[Section, ...]:
    desk = loading.desk()
    return _stock(desk), _two_counts(desk), _sales(desk), _prices(desk)


def _answer(indicator: str, period: str | None = None) -> Answer:
    return loading.answer(indicator, period, Audience.PUBLIC)


def _years(desk: loading.Desk, indicator: str) -> list[Answer]:
    return [_answer(indicator, p) for p in desk.indicators[indicator].periods]


def _sources(desk: loading.Desk, *answers: Answer) -> tuple[str, ...]:
    """The source of each answer once with its vintage and unit, then what is to be known of them."""
    lines = [
        f"Source{NNBSP}: {cited(desk, a)}. Millésime{NNBSP}: {a.vintage.label}. Unité{NNBSP}: {a.indicator.unit}."
        for a in answers
    ]
    caveats = [loading.catalogue().source(a.indicator, a.vintage.period).caveat for a in answers]
    return (*dict.fromkeys(lines), " ".join(dict.fromkeys(text for text in caveats if text)))


def _question(text: str) -> str:
    return f"{text}{NNBSP}?"


# ----------------------------------------------------------------------------------------------------------------- stock


def _stock(desk: loading.Desk) -> Section:
    main, second, vacant = (_answer(i) for i in ("main_share", "second_share", "vacancy_rate"))
    whole = _answer("dwellings")
    cells_of_each = [portrait.cells(a) for a in (main, second, vacant)]
    total = portrait.cells(whole)
    rows = pd.DataFrame(
        [
            (desk.names[c], housing.bare(total[c]), *(_share(cells[c]) for cells in cells_of_each))
            for c in portrait.ordered(desk)
        ],
        columns=["name", "total", "main", "second", "vacant"],
    )
    columns = [
        Column("name", "Commune"),
        Column("total", "Logements", numeric=True),
        Column("main", "Résidences principales", numeric=True),
        Column("second", "Secondaires, occasionnels", numeric=True),
        Column("vacant", "Vacants", numeric=True),
    ]
    foot = [
        loading.territory().name,
        whole.total_text() or "–",
        *(_total_share(a) for a in (main, second, vacant)),
    ]
    parts = (
        ("Résidences principales", main),
        ("Secondaires ou occasionnels", second),
        ("Vacants", vacant),
    )
    return Section(
        "stock",
        _question("Combien de logements, et combien sont vacants"),
        "Parc et vacance",
        housing.stock_sentence(vacant, [main, second]),
        "",
        "",
        charts.kept(stock_chart(parts, whole_parts(desk.references([main, second, vacant])))),
        tables.html_table(rows, columns, caption=f"Parc de logements, {vacant.vintage.label}", foot=foot)
        + around(levels_tables(desk, [[each] for each in (vacant, main, second)])),
        "Les mêmes chiffres en tableau",
        _sources(desk, vacant),
    )


def around(found: Sequence[Table]) -> str:
    """The tables of what surrounds the territory, as HTML; empty where nothing was imported."""
    return "".join(tables.html_slide_table(each) for each in found)


def _share(one: portrait.Cell) -> str:
    return f"{one.text} ({one.detail})" if one.detail else one.text


def _total_share(found: Answer) -> str:
    total = found.total
    if total.value is None or total.numerator is None or total.denominator is None:
        return portrait.total_text(found)
    return f"{found.total_text()} ({french.number(total.numerator)} sur {french.number(total.denominator)})"


# ------------------------------------------------------------------------------------------------------------ two counts


def _two_counts(desk: loading.Desk) -> Section:
    census, private, long = _answer(CENSUS), _answer(PRIVATE), _answer("lovac_vacant_2y")
    answers = (census, _answer("vacancy_rate"), private, _answer("lovac_vacancy_rate"), long)
    cells_of_each = [portrait.cells(a) for a in answers]
    rows = pd.DataFrame(
        [
            (desk.names[c], *(housing.bare(cells[c]) for cells in cells_of_each))
            for c in portrait.ordered(desk)
        ],
        columns=["name", "census", "census_rate", "private", "private_rate", "long"],
    )
    columns = [
        Column("name", "Commune"),
        Column("census", f"Recensement, {census.vintage.label}", numeric=True),
        Column("census_rate", "Part", numeric=True),
        Column("private", f"LOVAC, {private.vintage.label}", numeric=True),
        Column("private_rate", "Part du parc privé", numeric=True),
        Column("long", "Dont plus de deux ans", numeric=True),
    ]
    reasons = [
        Column("name", "Différence"),
        Column("census", "Recensement (INSEE)"),
        Column("private", "LOVAC (Cerema / DGALN)"),
    ]
    return Section(
        "two",
        _question("Pourquoi deux nombres de logements vacants"),
        "Deux comptages",
        housing.two_counts_sentence(census, private),
        housing.comparable_sentence(census, private),
        tables.html_table(housing.differences(census, private), reasons, caption="Ce qui distingue les deux"),
        charts.kept(two_counts_chart(housing.known_pairs(census, private))),
        tables.html_table(
            rows, columns, caption="Logements vacants selon les deux sources (nombre de logements, et part)",
            foot=[loading.territory().name, *(portrait.total_text(a) for a in answers)],
        ),
        "",
        (long.sentence, *_sources(desk, census, private)),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------- sales and prices


def _by_year_columns(years: list[Answer]) -> list[Column]:
    return [
        Column("name", "Commune"),
        *(Column(a.vintage.period, a.vintage.label, numeric=True) for a in years),
    ]


def _sales(desk: loading.Desk) -> Section:
    years = _years(desk, "house_sales")
    foot = [loading.territory().name, *(portrait.total_text(a) for a in years)]
    return Section(
        "sales",
        _question("Combien de maisons se vendent"),
        "Ventes",
        housing.sales_sentence(years),
        "",
        "",
        charts.kept(sales_chart(years)),
        tables.html_table(
            housing.by_year(years), _by_year_columns(years), caption="Nombre de ventes de maisons", foot=foot
        ),
        "Les ventes par commune et par an",
        _sources(desk, years[-1]),
    )


def _prices(desk: loading.Desk) -> Section:
    medians, counts = _years(desk, "house_price"), _years(desk, "house_sales")
    entry = medians[-1].indicator
    why = french.spaced(
        f"Pas de prix médian du territoire : {entry.no_total}. Au-dessous de 5 ventes dans l'année, pas de médiane "
        f"(« {entry.missing_note} »). De 5 à {housing.FEW_SALES - 1} ventes, elle bouge beaucoup d'une année à l'autre (losange creux)."
    )
    return Section(
        "prices",
        _question("À quel prix"),
        "Prix",
        medians[-1].sentence,
        why,
        "",
        charts.kept(price_chart(housing.price_points(medians, counts), medians, desk.references(medians))),
        tables.html_table(
            housing.price_table(medians, counts), _by_year_columns(medians),
            caption="Prix médian des maisons au m², et nombre de ventes",
        ) + around(levels_by_year(desk, medians)),
        "Les prix par commune et par an, avec le nombre de ventes",
        _sources(desk, medians[-1]),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- listings


def questions(shown: tuple[Section, ...]) -> dict[str, str]:
    """The questions of the page: id in the address → words of the choice."""
    return {**{each.id: each.short for each in shown}, LISTINGS: "Annonces"}


def listings(desk: loading.Desk, with_map: bool = True) -> None:
    """What the watch saw to be had these last days: on the map unless told otherwise, then as a table."""
    st.subheader(f"Que peut-on avoir en ce moment{NNBSP}?", anchor=False)
    available = desk.listings()
    available = available[available["commune"].isin(list(desk.names))]
    frame.sentence(housing.listings_sentence(available, MAX_AGE_DAYS))
    if available.empty:
        st.info(
            "La veille note les annonces que voient les mairies, les notaires et les agences. Dès qu'un signalement arrive, elles "
            "s'affichent ici avec leur date.",
            icon=":material/visibility:",
        )
        return
    if with_map:
        _listings_map(desk, available)
    tables.show_slide_table(listings_table(available, desk.names))
    frame.note(network_source(desk))
    frame.sources_link()


def _listings_map(desk: loading.Desk, available: pd.DataFrame) -> None:
    markers = tuple(
        Marker(row.lon, row.lat, f"{desk.names[row.commune]}{NNBSP}: {listing_text(row)}", "available")
        for row in available.itertuples()
        if not pd.isna(row.lon)
    )
    counts = available["commune"].value_counts()
    show_map(
        MapSpec(
            geometry=loading.geometry(), classes=dict.fromkeys(desk.names, 0), colors=(palette.GROUND,),
            tooltips={c: listing_count(int(counts.get(c, 0))) for c in desk.names}, names=desk.names,
            markers=markers, outlines=loading.group_outlines(), attribution=loading.contour_source(),
        ),
        key="logement:map", height=340, title="Annonces disponibles",
    )  # fmt: skip


def listing_count(count: int) -> str:
    """« 2 annonces disponibles », « aucune annonce »."""
    return french.quantity(count, "annonces disponibles") if count else "aucune annonce"
