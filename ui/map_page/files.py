"""The files of the map page: the figures and the picture, made when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

import streamlit as st

from analysis import export
from analysis.answers import Answer
from analysis.desk import Desk
from analysis.model import Audience, Indicator, Status
from data.territory import geometry, group_outlines
from ui import access, choropleth, frame, loading
from ui.choropleth import Choropleth
from ui.circles import circles_title, member_circles
from ui.filters import Chosen
from ui.legend import circle_key, outline_text
from ui.map_page import parts
from ui.provenance import cited


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
            label, access.guarded(make, audience=audience),
            file_name=f"{stem}.{extension}", mime=mime, on_click="ignore", width="stretch", icon=":material/download:",
            key=f"carte:download:{extension}",
        )  # fmt: skip


def desk_name() -> str:
    """The territory's id, safe in a file name."""
    return loading.territory().id


def csv_file(desk: Desk, answer: Answer) -> str:
    """The answer as the long table of the exports."""
    source = loading.catalogue().source(answer.indicator, answer.vintage.period)
    return export.to_csv(
        export.long_table([(answer, source)], mark=frame.DEMO if desk.network.is_demo else "")
    )


def geojson_file(desk: Desk, answer: Answer) -> str:
    """The communes' contours with the figures of one answer, as GeoJSON (WGS84). Statuses stand apart from values."""
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


def picture(
    desk: loading.Desk,
    drawing: choropleth.Choropleth,
    filters: Chosen,
    audience: Audience,
    fmt: Literal["png", "svg"],
) -> bytes:
    """The map on paper: the same classes, circles, outlines and values as on screen."""
    # matplotlib takes half a second to load: only when a picture is asked for.
    from reports.map_image import Circles, map_image

    answer, here = drawing.answer, loading.territory()
    indicator = answer.indicator
    circles = None
    if filters.on("cercles"):
        _, largest = member_circles(desk, answer.vintage.period, audience)
        counts = desk.shown_members(desk.network_day(answer.vintage.period), audience)
        key = tuple((v, t) for v, t in circle_key(largest))
        circles = Circles(
            {c: float(n) for c, n in counts.items()}, circles_title(desk, audience), key, largest
        )
    return map_image(
        geometry(here),
        {code: index for code, index in drawing.by_code.items() if not isinstance(index, Status)},
        drawing.colors,
        class_labels=drawing.labels,
        title=indicator.name,
        subtitle=f"{here.name}, {answer.vintage.label}",
        unit=indicator.unit,
        legend_title=indicator.short,
        source=cited(desk, answer),
        date=desk.today,
        statuses={code: status for code, status in drawing.by_code.items() if isinstance(status, Status)},
        status_labels={Status.MISSING: indicator.missing_note} if indicator.missing_note else None,
        circles=circles,
        outlines=group_outlines(here) if filters.on("groupes") and here.groups else None,
        outline_label=outline_text(here) if here.groups else "",
        labels=parts.value_labels(answer) if filters.on("valeurs") else None,
        description=answer.sentence,
        demo=desk.network.is_demo and (indicator.kind == "network" or circles is not None),
        fmt=fmt,
    )
