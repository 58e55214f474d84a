"""The parts of the map page around the map."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from analysis import export, french
from analysis.answers import Answer
from analysis.desk import Desk
from analysis.model import Audience, Indicator, Status
from data.register.listing import KINDS
from data.territory import Territory
from ui import access, frame, import_history, loading, navigation, tables
from ui.choropleth import Choropleth, cell_text
from ui.filters import Filters
from ui.histogram import histogram_html
from ui.legend import Legend, show_legend
from ui.map import Circle, Marker
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


def member_circles(desk: Desk, period: str, audience: Audience) -> tuple[tuple[Circle, ...], float]:
    """Circles of the members present at the network's period nearest to `period`, and the value of the largest circle of all years.

    Coordinators see every member; others those who consented to be public.
    """
    day = desk.network_day(period)
    counts = desk.shown_members(day, audience)
    points = loading.geometry().points
    label = french.date(day)
    circles = tuple(
        Circle(
            code, *points[code], value=float(n), label=f"{french.quantity(n, 'membres présents')} au {label}"
        )
        for code, n in counts.items()
        if n and code in points
    )
    return circles, desk.largest_member_count(audience)


def listing_markers(desk: Desk, period: str) -> tuple[Marker, ...]:
    """The listings seen available lately, whatever the period on show: they only live for days."""
    return tuple(
        Marker(row.lon, row.lat, listing_text(row), "available")
        for row in desk.listings().itertuples()
        if not pd.isna(row.lon)
    )


def listing_text(row: Any) -> str:
    """« Maison, 4 pièces, 95 m², 620 € par mois, vue le 20/11/2026 »."""
    parts = [KINDS.get(row.kind, "Bien")]
    if not pd.isna(row.rooms):
        parts.append(french.quantity(row.rooms, "pièces"))
    if not pd.isna(row.surface):
        parts.append(french.quantity(row.surface, "m²"))
    if not pd.isna(row.rent):
        parts.append(f"{french.quantity(row.rent, '€')} par mois")
    elif not pd.isna(row.price):
        parts.append(french.quantity(row.price, "€"))
    parts.append(f"vu disponible le {french.date(row.last_seen.date())}")
    return ", ".join(parts)


def value_labels(answer: Answer) -> dict[str, str]:
    """The value of each commune, short enough to be written in it."""
    decimals = answer.indicator.decimals
    return {row.commune: french.number(row.value, decimals) for row in answer.observed.itertuples()}


def outline_text(territory: Territory) -> str:
    """The legend's words for the groups' outlines."""
    return "Groupes : " + french.join(group.name for group in territory.groups)


def show_legend_and_warning(legend: Legend, drawing: Choropleth) -> None:
    """The legend and, when the classes are fewer than asked, why."""
    show_legend(legend)
    if drawing.classes.warning:
        frame.note(drawing.classes.warning)
    if len(drawing.answer.indicator.periods) > 1:
        frame.note(
            "Classes communes à tous les millésimes : une couleur veut dire la même chose d'une année à l'autre."
        )


def commune_panel(desk: Desk, filters: Filters, audience: Audience, shown: Sequence[Answer] = ()) -> None:
    """The main figures of the commune that was clicked or chosen; without one, how to choose.

    `shown`: what the map shows, for « Qui a publié quoi » of the commune's figure, to those who may import.
    """
    codes = ["", *sorted(desk.names, key=lambda code: french.sort_key(desk.names[code]))]
    st.selectbox(
        "Commune",
        codes,
        format_func=lambda c: desk.names[c] if c else "Choisir, ou cliquer sur la carte",
        key=filters.key("commune"),
    )
    code = filters["commune"]
    if not code:
        return
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
                f"{each.vintage.label}{bracketed(frame.mark(each, desk))}",
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
            import_history.show_stack(answer.indicator, answer.vintage.period, code, desk.names[code])
    st.page_link(
        "pages/commune.py", label=f"Portrait {french.of_place(desk.names[code])}", icon=":material/location_city:",
        query_params={"commune": code},
    )  # fmt: skip


def bracketed(text: str) -> str:
    """« (text) » after a blank; empty for no text."""
    return f" ({text})" if text else ""


def figures_table(answer: Answer, drawing: Choropleth, desk: Desk) -> None:
    """The same figures as the map, as a sortable table with bars."""
    source = loading.catalogue().source(answer.indicator, answer.vintage.period)
    colors = {
        code: drawing.colors[index] for code, index in drawing.by_code.items() if isinstance(index, int)
    }
    mark = frame.mark(answer, desk)
    tables.value_table(
        answer, source=source.citation + (f" — {mark}" if mark else ""), key="carte:table", colors=colors,
        territory=loading.territory().name,
    )  # fmt: skip


def distribution(drawing: Choropleth) -> None:
    """How the values spread, with the limits of the classes."""
    indicator = drawing.answer.indicator
    if drawing.classes.k:
        st.subheader("Répartition des communes", anchor=False)
        st.html(
            histogram_html(
                drawing.answer.observed["value"],
                drawing.classes,
                drawing.colors,
                unit=indicator.unit,
                decimals=indicator.decimals,
            )
        )


def downloads(
    desk: Desk,
    indicator: Indicator,
    period: str,
    draw: Callable[[Audience], Choropleth],
    paint: Callable[[Choropleth, Audience, Literal["png", "svg"]], bytes],
) -> None:
    """The figures and the picture as files. They are made for the public unless said otherwise, whatever the screen shows.

    `draw` gives the choropleth for an audience, `paint` its picture. Files are made when asked for, not before.
    """
    st.subheader("Télécharger", anchor=False)
    who, *buttons = st.columns([2, 1, 1, 1, 1], vertical_alignment="bottom")
    circles = [a.value for a in access.audiences(access.current_actor())]
    chosen = who.selectbox(
        "Fichiers faits pour", circles, format_func=lambda a: Audience(a).label, key="carte:files"
    )
    audience = access.audience_of(chosen)
    stem = f"{desk_name()}-{indicator.id}-{period}"
    kinds = (
        ("Image PNG", "png", "image/png", lambda: paint(draw(audience), audience, "png")),
        (
            "Image SVG",
            "svg",
            "image/svg+xml",
            lambda: paint(draw(audience), audience, "svg"),
        ),
        ("Tableau CSV", "csv", "text/csv", lambda: csv_file(desk, draw(audience).answer).encode("utf-8")),
        (
            "GeoJSON",
            "geojson",
            "application/geo+json",
            lambda: geojson_file(desk, draw(audience).answer).encode("utf-8"),
        ),
    )
    for column, (label, extension, mime, make) in zip(buttons, kinds, strict=True):
        column.download_button(
            label, access.held(make, audience=audience),
            file_name=f"{stem}.{extension}", mime=mime, on_click="ignore", width="stretch", icon=":material/download:",
            key=f"carte:download:{extension}",
        )  # fmt: skip


def desk_name() -> str:
    """The territory's id, safe in a file name."""
    return loading.territory().id


def cited(desk: Desk, answer: Answer) -> str:
    """The citation of an answer with the demonstration mark where it belongs."""
    source = loading.catalogue().source(answer.indicator, answer.vintage.period)
    return source.citation + (f" — {frame.mark(answer, desk)}" if frame.mark(answer, desk) else "")


def csv_file(desk: Desk, answer: Answer) -> str:
    """The answer as the long table of the exports."""
    source = loading.catalogue().source(answer.indicator, answer.vintage.period)
    return export.to_csv(
        export.long_table([(answer, source)], mark=frame.DEMO if desk.network.is_demo else "")
    )


def geojson_file(desk: Desk, answer: Answer) -> str:
    """The communes' contours with the figures of one answer, as GeoJSON (WGS84). Statuses stand apart from values."""
    from data.territory import geometry

    cells = answer.cells.set_index("commune")
    features = []
    for row in geometry(loading.territory()).itertuples():
        cell = cells.loc[row.code]
        value = float(cell["value"]) if cell["status"] == Status.OBSERVED else None
        properties = {"code": row.code, "nom": row.name, "valeur": value, "statut": str(cell["status"])}
        shape = row.contour.__geo_interface__ if row.contour is not None else None
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    head = {
        "type": "FeatureCollection",
        "indicateur": answer.indicator.name,
        "millesime": answer.vintage.label,
        "unite": answer.indicator.unit,
        "source": cited(desk, answer),
    }
    return json.dumps({**head, "features": features}, ensure_ascii=False)


def circles_title(desk: Desk, audience: Audience) -> str:
    """What the circles count for an audience, and whether these people are generated."""
    title = "Membres présents" if audience is Audience.ANIMATEUR else "Membres publics présents"
    return title + bracketed(frame.network_mark(desk))
