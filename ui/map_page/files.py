"""The files of the map page: the figures and the picture, made when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st

from analysis import bivariate, export, view
from analysis.answers import Answer
from analysis.bivariate import Crossing
from analysis.desk import Desk
from analysis.model import Audience, Status
from data.territory import geometry
from reports.pictures import map_picture
from ui import access, choropleth, frame, loading, map_views
from ui.choropleth import Choropleth
from ui.filters import Chosen, Filters
from ui.provenance import cited

if TYPE_CHECKING:
    pass


Maker = tuple[str, str, str, Callable[[Audience], bytes]]
"""A file offered: the words of its button, its ending, its media type, and what makes it for an audience."""


def offer(key: str, stem: str, shown: Audience, makers: Sequence[Maker]) -> None:
    """Buttons for files of what is on screen, for the same audience (`shown`) unless another is chosen. Made when asked for, not before.

    `key` tells two rows of buttons of one page apart; `stem` is the file's name without its ending.
    """
    if loading.geometry().empty:  # no picture without a contour
        makers = [each for each in makers if each[1] == "csv"]
    who, *buttons = st.columns([2, *[1] * len(makers)], vertical_alignment="bottom")
    circles = [a.value for a in access.audiences(access.current_actor())]
    # Another audience on screen is another choice: what was picked for the one before does not follow.
    chosen = who.selectbox(
        "Fichiers faits pour", circles, index=circles.index(shown.value), format_func=lambda a: Audience(a).label,
        key=f"carte:files:{key}:{shown.value}",
    )  # fmt: skip
    audience = access.audience_of(chosen)
    for column, (label, ending, mime, make) in zip(buttons, makers, strict=True):
        column.download_button(
            label, access.guarded(partial(make, audience), audience=audience),
            file_name=f"{stem}.{ending}", mime=mime, on_click="ignore", width="stretch", icon=":material/download:",
            key=f"carte:download:{key}:{ending}",
        )  # fmt: skip


def answer_files(
    desk: Desk, filters: Filters, answer: Answer, shown: Audience, *, key: str = "", shared: bool = False
) -> None:
    """The files of one answer on the map: its picture, its figures. `shared`: whether its classes are those of all its vintages."""
    chosen = filters.values()
    indicator, period = answer.indicator, answer.vintage.period

    def drawn(audience: Audience) -> Choropleth:
        return map_views.draw(loading.answer(indicator.id, period, audience), chosen, audience, shared=shared)

    def painted(fmt: Literal["png", "svg"], audience: Audience) -> bytes:
        return picture(desk, drawn(audience), chosen, audience, fmt)

    offer(
        key,
        stem(answer),
        shown,
        (
            ("Image PNG", "png", "image/png", partial(painted, "png")),
            ("Image SVG", "svg", "image/svg+xml", partial(painted, "svg")),
            ("Tableau CSV", "csv", "text/csv", lambda a: csv_file(desk, drawn(a).answer).encode("utf-8")),
            (
                "GeoJSON",
                "geojson",
                "application/geo+json",
                lambda a: geojson_file(desk, drawn(a).answer).encode("utf-8"),
            ),
        ),
    )


def stem(answer: Answer) -> str:
    """« part-des-logements-vacants-rp-2022 »: what a file holds, as its name."""
    return f"{view.slug(answer.indicator.short)}-{view.slug(answer.vintage.label)}"


def csv_file(desk: Desk, answer: Answer) -> str:
    """The answer as a table in French, for a spreadsheet: one row a commune, its name beside its code."""
    source = loading.catalogue().source(answer.indicator, answer.vintage.period)
    return export.french_csv(export.french_rows(answer, source, mark=frame.mark(answer, desk)))


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
    return map_picture(map_views.answer_drawing(desk, drawing, filters, audience), map_views.ground(), fmt)


def crossing_files(desk: Desk, filters: Filters, crossing: Crossing, shown: Audience) -> None:
    """The files of two crossed indicators: the picture in nine colours, both figures and the cell of each commune."""
    chosen = filters.values()
    ids = [(one.indicator.id, one.vintage.period) for one in (crossing.first, crossing.second)]

    def crossed(audience: Audience) -> Crossing:
        first, second = (loading.answer(id_, period, audience) for id_, period in ids)
        return bivariate.cross(first, second)

    def painted(fmt: Literal["png", "svg"], audience: Audience) -> bytes:
        return map_picture(
            map_views.crossing_drawing(desk, crossed(audience), chosen), map_views.ground(), fmt
        )

    offer(
        "",
        f"{stem(crossing.first)}-et-{stem(crossing.second)}",
        shown,
        (
            ("Image PNG", "png", "image/png", partial(painted, "png")),
            ("Image SVG", "svg", "image/svg+xml", partial(painted, "svg")),
            ("Tableau CSV", "csv", "text/csv", lambda a: crossing_csv(desk, crossed(a)).encode("utf-8")),
        ),
    )


def crossing_csv(desk: Desk, crossing: Crossing) -> str:
    """Both figures of each commune, one row a figure, and its cell in the last column."""
    tables = [
        export.french_rows(
            answer,
            loading.catalogue().source(answer.indicator, answer.vintage.period),
            mark=frame.mark(answer, desk),
        )
        for answer in (crossing.first, crossing.second)
    ]
    cells = dict(zip(crossing.cells["commune"], crossing.cells["cell"], strict=True))
    rows = pd.concat(tables, ignore_index=True)
    return export.french_csv(rows.assign(case=[cells.get(code, "") for code in rows["code_insee"]]))
