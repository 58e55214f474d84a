"""The sections of the housing page: each a question, its answer as a sentence, a picture, the same as a table, its source."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from analysis import french, housing, portrait
from analysis.answers import Answer
from analysis.french import NNBSP
from analysis.model import Audience
from analysis.network import MAX_AGE_DAYS
from ui import charts, frame, housing_charts, loading, panels, portrait_panels, tables
from ui.map import MapSpec, Marker, show_map
from ui.tables import Column

CENSUS, PRIVATE = "vacant_dwellings", "lovac_vacant"


def _answer(indicator: str, period: str | None = None) -> Answer:
    return loading.answer(indicator, period, Audience.PUBLIC)


def _years(indicator: str) -> list[Answer]:
    return [_answer(indicator, p) for p in loading.desk().indicators[indicator].periods]


def _source(desk: loading.Desk, *answers: Answer) -> None:
    """The source of each answer once, its vintage and unit, and the way to the page of sources."""
    lines = dict.fromkeys(
        f"Source{NNBSP}: {panels.cited(desk, a)}. Millésime{NNBSP}: {a.vintage.label}. Unité{NNBSP}: {a.indicator.unit}."
        for a in answers
    )
    for line in lines:
        frame.note(line)
    caveats = dict.fromkeys(loading.catalogue().source(a.indicator, a.vintage.period).caveat for a in answers)
    frame.note(" ".join(text for text in caveats if text))


# ----------------------------------------------------------------------------------------------------------------- stock


def stock(desk: loading.Desk) -> None:
    """What the stock is made of, and how much of it is vacant."""
    st.subheader(f"Combien de logements, et combien sont vacants{NNBSP}?", anchor=False)
    main, second, vacant = (_answer(i) for i in ("main_share", "second_share", "vacancy_rate"))
    frame.sentence(housing.stock_sentence(vacant, [main, second]))
    charts.show(_stock_chart(desk.revision, desk.today), key="logement:stock")
    shares = {
        "main": portrait.cells(main),
        "second": portrait.cells(second),
        "vacant": portrait.cells(vacant),
    }
    total = portrait.cells(_answer("dwellings"))
    rows = pd.DataFrame(
        [
            {
                "name": desk.names[c],
                "total": housing.bare(total[c]),
                **{k: _share(told[c]) for k, told in shares.items()},
            }
            for c in portrait.ordered(desk)
        ]
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
        _answer("dwellings").total_text() or "–",
        *(_total_share(a) for a in (main, second, vacant)),
    ]
    with st.expander("Les mêmes chiffres en tableau", icon=":material/table:"):
        tables.show_table(rows, columns, caption=f"Parc de logements, {vacant.vintage.label}", foot=foot)
    _source(desk, vacant)


def _share(one: portrait.Cell) -> str:
    return f"{one.text} ({one.detail})" if one.detail else one.text


def _total_share(found: Answer) -> str:
    total = found.total
    if total.value is None or total.numerator is None or total.denominator is None:
        return portrait.total_text(found)
    return f"{found.total_text()} ({french.number(total.numerator)} sur {french.number(total.denominator)})"


@st.cache_resource(show_spinner=False, max_entries=3)
def _stock_chart(revision: int, today: dt.date) -> tuple[dict[str, Any], str]:
    parts = (
        ("Résidences principales", "main_share"),
        ("Secondaires ou occasionnels", "second_share"),
        ("Vacants", "vacancy_rate"),
    )
    return charts.kept(housing_charts.stock_chart([(name, _answer(i)) for name, i in parts]))


# ------------------------------------------------------------------------------------------------------------ two counts


def two_counts(desk: loading.Desk) -> None:
    """Census and LOVAC side by side, and the reason they differ."""
    st.subheader(f"Pourquoi deux nombres de logements vacants{NNBSP}?", anchor=False)
    census, private, long = _answer(CENSUS), _answer(PRIVATE), _answer("lovac_vacant_2y")
    rate, private_rate = _answer("vacancy_rate"), _answer("lovac_vacancy_rate")
    frame.sentence(housing.two_counts_sentence(census, private))
    if text := housing.comparable_sentence(census, private):
        frame.note(text)
    columns = [
        Column("name", ""),
        Column("census", "Recensement (INSEE)"),
        Column("private", "LOVAC (Cerema / DGALN)"),
    ]
    tables.show_table(housing.differences(census, private), columns, caption="Ce qui distingue les deux")
    charts.show(_two_counts_chart(desk.revision, desk.today), key="logement:two")
    told = {
        "census": portrait.cells(census), "census_rate": portrait.cells(rate), "private": portrait.cells(private),
        "private_rate": portrait.cells(private_rate), "long": portrait.cells(long),
    }  # fmt: skip
    rows = pd.DataFrame(
        [
            {"name": desk.names[c], **{k: housing.bare(one[c]) for k, one in told.items()}}
            for c in portrait.ordered(desk)
        ]
    )
    columns = [
        Column("name", "Commune"),
        Column("census", f"Recensement, {census.vintage.label}", numeric=True),
        Column("census_rate", "Part", numeric=True),
        Column("private", f"LOVAC, {private.vintage.label}", numeric=True),
        Column("private_rate", "Part du parc privé", numeric=True),
        Column("long", "Dont plus de deux ans", numeric=True),
    ]
    foot = [
        loading.territory().name,
        *(portrait.total_text(a) for a in (census, rate, private, private_rate, long)),
    ]
    tables.show_table(
        rows,
        columns,
        caption="Logements vacants selon les deux sources (nombre de logements, et part)",
        foot=foot,
    )
    frame.note(long.sentence)
    _source(desk, census, private)


@st.cache_resource(show_spinner=False, max_entries=3)
def _two_counts_chart(revision: int, today: dt.date) -> tuple[dict[str, Any], str]:
    pairs = housing.known_pairs(_answer(CENSUS), _answer(PRIVATE))
    return charts.kept(housing_charts.two_counts_chart(pairs))


# ------------------------------------------------------------------------------------------------------- sales and prices


def sales(desk: loading.Desk) -> None:
    """House sales by year."""
    st.subheader(f"Combien de maisons se vendent{NNBSP}?", anchor=False)
    years = _years("house_sales")
    frame.sentence(housing.sales_sentence(years))
    charts.show(_sales_chart(desk.revision, desk.today), key="logement:sales")
    columns = [
        Column("name", "Commune"),
        *(Column(a.vintage.period, a.vintage.label, numeric=True) for a in years),
    ]
    foot = [loading.territory().name, *(portrait.total_text(a) for a in years)]
    with st.expander("Les ventes par commune et par an", icon=":material/table:"):
        tables.show_table(housing.by_year(years), columns, caption="Nombre de ventes de maisons", foot=foot)
    _source(desk, years[-1])


@st.cache_resource(show_spinner=False, max_entries=3)
def _sales_chart(revision: int, today: dt.date) -> tuple[dict[str, Any], str]:
    return charts.kept(housing_charts.sales_chart(_years("house_sales")))


def prices(desk: loading.Desk) -> None:
    """Median prices, never without the number of sales behind, and why the territory has none."""
    st.subheader(f"À quel prix{NNBSP}?", anchor=False)
    medians, counts = _years("house_price"), _years("house_sales")
    frame.sentence(medians[-1].sentence)
    frame.note(
        french.spaced(
            f"Pas de prix médian du territoire : {medians[-1].indicator.no_total}. Au-dessous de 5 ventes dans l'année, pas de médiane "
            f"(« {medians[-1].indicator.missing_note} »). De 5 à {housing.FEW_SALES - 1} ventes, elle bouge beaucoup d'une année à l'autre "
            "(losange creux)."
        )
    )
    charts.show(_price_chart(desk.revision, desk.today), key="logement:prices")
    columns = [
        Column("name", "Commune"),
        *(Column(a.vintage.period, a.vintage.label, numeric=True) for a in medians),
    ]
    with st.expander("Les prix par commune et par an, avec le nombre de ventes", icon=":material/table:"):
        table = housing.price_table(medians, counts)
        tables.show_table(table, columns, caption="Prix médian des maisons au m², et nombre de ventes")
    _source(desk, medians[-1])


@st.cache_resource(show_spinner=False, max_entries=3)
def _price_chart(revision: int, today: dt.date) -> tuple[dict[str, Any], str]:
    return charts.kept(
        housing_charts.price_chart(housing.price_points(_years("house_price"), _years("house_sales")))
    )


# -------------------------------------------------------------------------------------------------------------- listings


def listings(desk: loading.Desk) -> None:
    """What the watch saw to be had these last days: on the map, then as a table."""
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
    rate = _answer("vacancy_rate")
    markers = tuple(
        Marker(row.lon, row.lat, f"{desk.names[row.commune]}{NNBSP}: {panels.listing_text(row)}", "available")
        for row in available.itertuples()
        if not pd.isna(row.lon)
    )
    show_map(
        MapSpec(
            geometry=loading.geometry(), classes=dict.fromkeys(desk.names, 0), colors=(portrait_panels.OTHERS,),
            tooltips={c: f"part vacante {one.text}" for c, one in portrait.cells(rate).items()}, names=desk.names,
            markers=markers, outlines=loading.group_outlines(), attribution=loading.contour_source(),
        ),
        key="logement:map", height=340, title="Annonces disponibles",
    )  # fmt: skip
    columns = [Column("name", "Commune"), *portrait_panels.LISTING_COLUMNS]
    tables.show_table(portrait_panels.listing_rows(desk), columns, caption="Annonces disponibles")
    frame.note(portrait_panels.network_source(desk))
    st.page_link("pages/sources.py", label="D'où viennent les chiffres", icon=":material/menu_book:")
