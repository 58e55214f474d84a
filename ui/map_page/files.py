"""The files of the map page: the figures and the picture, made when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, TypedDict

import pandas as pd
import streamlit as st

from analysis import bivariate, export, view
from analysis.answers import Answer
from analysis.bivariate import Crossing
from analysis.desk import Desk
from analysis.model import Audience, Status
from data.territory import departement_outline, geometry, group_outlines, surroundings
from ui import access, choropleth, frame, loading
from ui.choropleth import Choropleth
from ui.circles import circles_title, counts_members, largest_drawn, member_circles
from ui.filters import Chosen, Filters
from ui.legend import circle_key, outline_text
from ui.map_page import modes, parts
from ui.provenance import cited

if TYPE_CHECKING:
    import geopandas as gpd


Maker = tuple[str, str, str, Callable[[Audience], bytes]]
"""A file offered: the words of its button, its ending, its media type, and what makes it for an audience."""


def offer(key: str, stem: str, shown: Audience, makers: Sequence[Maker]) -> None:
    """Buttons for files of what is on screen, for the same audience (`shown`) unless another is chosen. Made when asked for, not before.

    `key` tells two rows of buttons of one page apart; `stem` is the file's name without its ending.
    """
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
        return modes.draw(loading.answer(indicator.id, period, audience), chosen, audience, shared=shared)

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


class Ground(TypedDict):
    """What a picture shows beside its figures: names of communes in the order in which they are written, the communes around, the area."""

    names: dict[str, str] | None
    around: gpd.GeoDataFrame
    inset: gpd.GeoDataFrame


def ground(desk: Desk, with_names: bool) -> Ground:
    """The ground of every picture of the territory, as on screen."""
    here, layer = loading.territory(), loading.geometry()
    names = {layer.codes[rank]: desk.names[layer.codes[rank]] for rank in layer.order}
    return {
        "names": names if with_names else None,
        "around": surroundings(here),
        "inset": departement_outline(here),
    }


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
    if filters.on("cercles") and not counts_members(indicator):
        period = answer.vintage.period
        drawn, largest = member_circles(desk, period, audience)
        counts = desk.shown_members(desk.network_day(period), audience)
        circles = Circles(
            {c: float(n) for c, n in counts.items()},
            circles_title(desk, audience, period),
            circle_key(largest, drawn=largest_drawn(drawn)),
            largest,
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
        **ground(desk, filters.on("noms")),
        description=answer.sentence,
        demo=desk.network.is_demo and (indicator.kind == "network" or circles is not None),
        fmt=fmt,
    )


def crossing_files(desk: Desk, filters: Filters, crossing: Crossing, shown: Audience) -> None:
    """The files of two crossed indicators: the picture in nine colours, both figures and the cell of each commune."""
    outlined = filters.on("groupes")
    ids = [(one.indicator.id, one.vintage.period) for one in (crossing.first, crossing.second)]

    def crossed(audience: Audience) -> Crossing:
        first, second = (loading.answer(id_, period, audience) for id_, period in ids)
        return bivariate.cross(first, second)

    def painted(fmt: Literal["png", "svg"], audience: Audience) -> bytes:
        return crossing_picture(desk, crossed(audience), fmt, outlined=outlined)

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


def crossing_picture(
    desk: Desk, crossing: Crossing, fmt: Literal["png", "svg"], *, outlined: bool = True
) -> bytes:
    """Two crossed indicators on paper: nine colours, the code of its cell written in each commune."""
    from reports.map_image import map_image

    here = loading.territory()
    levels = range(bivariate.LEVELS)
    cells = [(a, b) for b in levels for a in levels]
    rows = list(crossing.cells.itertuples())
    both = (crossing.first, crossing.second)
    marks = dict.fromkeys(frame.mark(answer, desk) for answer in both)
    return map_image(
        geometry(here),
        {row.commune: bivariate.LEVELS * int(row.second) + int(row.first) for row in rows if row.cell},
        [bivariate.color(a, b) for a, b in cells],
        class_labels=[f"{bivariate.code(a, b)}, {bivariate.words(a, b)}" for a, b in cells],
        title=" et ".join(answer.indicator.short for answer in both),
        subtitle=f"{here.name}, {' et '.join(dict.fromkeys(answer.vintage.label for answer in both))}",
        legend_title="Case de chaque commune",
        source=" ; ".join(dict.fromkeys(cited(desk, answer) for answer in both)),
        date=desk.today,
        statuses={row.commune: Status(row.status) for row in rows if not row.cell},
        outlines=group_outlines(here) if outlined and here.groups else None,
        outline_label=outline_text(here) if here.groups else "",
        labels={row.commune: row.cell for row in rows if row.cell},
        **ground(desk, with_names=False),
        description=crossing.sentence,
        demo=any(marks),
        fmt=fmt,
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
