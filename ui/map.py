"""The map: the only file that knows folium.

Two parts travel to the browser. The base (contours' address, bounds) is the same at each run, so that
streamlit-folium never rebuilds the map; the state (classes, colours, texts, circles…) goes through
``feature_group_to_add``, which only restyles. The drawing itself is static/map/map.js over Leaflet, both
served by the app.

folium renders text a second time as a Jinja template, so a cell ``{{ … }}`` would run Python on the server.
Two locks: every text passes `safe`, and the elements below are rendered once only (their `render` does
nothing).
"""

from __future__ import annotations

import hashlib
import html
import importlib.util
import inspect
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.components.v1.custom_component import CustomComponent
from streamlit.runtime import get_instance

from analysis import french
from analysis.model import Status
from ui import frame, map_templates, tables
from ui.geometry import SVG_LIMIT, GeometryRef
from ui.legend import CIRCLE, Legend, check_color, check_kind, circle_radius, legend_rows
from ui.settings import STATIC, tile_origin

with map_templates.later():
    import folium
    import folium.plugins  # streamlit-folium loads them
    from folium.template import Template

MAX_CLASSES = 10
# Relative to the component's own page, so that a sub-path (server.baseUrlPath) changes nothing.
_SERVED = "../../app/static"
_TEMPLATE_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "\\{}$`"}
_DIGITS = "0123456789"


class MapError(ValueError):
    """The map cannot be drawn as described. The message says which commune and what to do."""


@dataclass(frozen=True)
class Circle:
    """A proportional circle on a commune: area ∝ `value`; a value of 0 draws nothing. `label` is the French
    text on hover.
    """

    code: str
    lon: float
    lat: float
    value: float
    label: str


@dataclass(frozen=True)
class Marker:
    """A listing. `kind` is drawn as a diamond: ``available`` full, ``gone`` empty, ``unknown`` half."""

    lon: float
    lat: float
    label: str
    kind: str


@dataclass(frozen=True)
class MapSpec:
    """What the map shows now.

    `classes` gives each commune its class (index into `colors`) or why it has none (suppressed, missing); a
    code left out is missing. `tooltips` holds the French text of the value, to which the name is added: that
    of the contours, or of `names` where it differs. `labels` are values written in the communes. `circle_max`
    is the value of the largest circle (default: that of `circles`), to be given when several vintages must
    compare. `sentence` and `ranks` (codes, the first ones first) stand
    beside the map in full screen. `background` is "", "plan" or "photo", and counts only where the server
    allows tiles. Maps of one page with the same `sync` (lower-case letters) move and zoom together.
    """

    geometry: GeometryRef
    classes: Mapping[str, int | Status]
    colors: tuple[str, ...]
    tooltips: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    circles: tuple[Circle, ...] = ()
    markers: tuple[Marker, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    show_names: bool = False
    outlines: GeometryRef | None = None
    selected: str | None = None
    background: str = ""
    legend: Legend | None = None
    attribution: str = ""
    circle_max: float | None = None
    sync: str = ""
    sentence: str = ""
    ranks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Steps:
    """A list through which the arrows of the full screen go: `count` entries, the one on show at the place `at` (−1: none of them);
    `go` is told the place that was asked for.
    """

    at: int
    count: int
    go: Callable[[int], None]


def register() -> None:
    """Tell the running server where the map's frame lies, so that browsers may ask for it before the first run that shows a map.

    streamlit-folium tells it itself when it is loaded, but only during a run. It finds its own name by asking where every module of the
    process lies (0.1 s of processor), unless Python knows already whose its file is.
    """
    name = "streamlit_folium"
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return  # what is missing is said by the first map
    file = os.path.abspath(spec.origin)
    inspect.modulesbyfile[os.path.normcase(file)] = name
    frame = CustomComponent(
        f"{name}.st_folium", path=os.path.join(os.path.dirname(file), "frontend/build"), module_name=name
    )
    get_instance().component_registry.register_component(frame)


def safe(text: str) -> str:
    """`text` such that neither Jinja, JavaScript templates nor HTML can read anything in it.

    ``html.escape``, then ``\\ { } $`` and the back-tick as numeric entities. The browser gives the very same
    text back.
    """
    return html.escape(str(text), quote=True).translate(_TEMPLATE_SIGNS)


def show_map(
    spec: MapSpec,
    *,
    key: str,
    height: int,
    title: str,
    on_click: Callable[[str], None] | None = None,
    steps: Steps | None = None,
) -> str | None:
    """Draw the map and return the code of the commune clicked since the last run, None otherwise.

    A click is told once. With `on_click` it is told to that callback instead, before the page runs, which
    saves a second run. `steps` is what the arrows go through in full screen.
    `height` is in pixels; `title` names the frame and heads the full screen.

    A territory without any contour gets a table in its place, and no click. Raises MapError for a class without colour or a circle that
    is not a number, LegendError for a colour that is not ``#rrggbb``.
    """
    bare = {code: name for code, name in spec.names.items() if code not in spec.geometry.points}
    if spec.geometry.empty:
        _as_table(spec, title)
        return None
    if bare:
        listed = french.join(sorted(bare.values(), key=french.sort_key))
        frame.note(f"Sans contour, dans le tableau seulement{french.NNBSP}: {listed}.")
    # Imported here, during a run: imported before the server has started, streamlit-folium registers its
    # component where nobody looks, and says on the error output that it is no run.
    from streamlit_folium import st_folium

    state = state_of(spec, title)
    state["map"] = (
        f"{safe(key)} {spec.geometry.file}"  # which frame of the page may paint it: its classes follow these contours
    )
    if steps is not None and steps.count:
        state["steps"] = [steps.at, steps.count]
    group = _State(state)
    tiles = _tiles(origin) if (origin := tile_origin()) else None

    def clicked() -> None:
        sent = st.session_state.get(key)
        code, place = (
            _take_click(key, sent, spec.geometry),
            _take_step(key, sent, steps.count if steps else 0),
        )
        if code is not None and on_click is not None:
            on_click(code)
        if place is not None and steps is not None:
            steps.go(place)

    answer = st_folium(
        _BaseMap(spec.geometry, tiles),
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=[],  # our own click below; Leaflet's moves and zooms cause no run
        feature_group_to_add=group,
        on_change=clicked if on_click or steps else None,
    )
    return _take_click(key, answer, spec.geometry)


def _as_table(spec: MapSpec, title: str) -> None:
    """What the map would say of each commune, for a territory without any contour."""
    frame.note(
        f"Aucune commune de ce territoire n'a de contour dans la table de référence{french.NNBSP}: un tableau tient lieu de carte."
    )
    names = sorted(spec.names.items(), key=lambda item: french.sort_key(item[1]))
    circles = {circle.code: circle.label for circle in spec.circles}
    rows = [(name, spec.tooltips.get(code) or circles.get(code) or french.DASH) for code, name in names]
    tables.show_table(
        pd.DataFrame(rows, columns=["name", "text"]),
        [tables.Column("name", "Commune"), tables.Column("text", "Valeur")],
        caption=title,
    )


def state_of(spec: MapSpec, title: str) -> dict[str, Any]:
    """The state sent at each change, ready for JSON: codes are never repeated, texts are `safe`.

    Raises MapError as `show_map` says.
    """
    codes = spec.geometry.codes
    if len(spec.colors) > MAX_CLASSES:
        raise MapError(
            f"{len(spec.colors)} classes : la carte en montre {MAX_CLASSES} au plus. Réduisez leur nombre."
        )
    state: dict[str, Any] = {
        "title": safe(title),
        "colors": [check_color(color) for color in spec.colors],
        "classes": "".join(
            _sign(code, spec.classes.get(code, Status.MISSING), len(spec.colors)) for code in codes
        ),
    }
    texts = [spec.tooltips.get(code, "") for code in codes]
    distinct = list(dict.fromkeys(texts))
    if len(texts) > SVG_LIMIT and 2 * len(distinct) < len(texts):
        rank = {text: i for i, text in enumerate(distinct)}
        state["texts"], state["textOf"] = _pack(distinct), [rank[text] for text in texts]
    else:
        state["texts"] = _pack(texts)
    names = {
        safe(code): safe(name)
        for code, name in spec.names.items()
        if spec.geometry.names.get(code, name) != name and code in codes
    }
    if names:
        state["names"] = names
    if any(spec.labels.values()):
        state["labels"] = _pack([spec.labels.get(code, "") for code in codes])
    if spec.show_names:
        state["showNames"] = 1
    if spec.circles:
        state["circles"], state["circleTexts"] = _circles(spec)
        if spec.legend is not None and spec.legend.circle_color != CIRCLE:
            state["circleColor"] = spec.legend.circle_color
    if spec.outlines is not None:
        state["outlines"] = spec.outlines.file
    if spec.markers:
        state["markers"] = [
            (_degree(m.lat), _degree(m.lon), check_kind(m.kind), safe(m.label)) for m in spec.markers
        ]
    if spec.selected is not None and spec.selected in codes:
        state["selected"] = safe(spec.selected)
    if spec.sentence:
        state["sentence"] = safe(spec.sentence)
    if spec.ranks:
        place = {code: i for i, code in enumerate(codes)}
        state["ranks"] = [place[code] for code in spec.ranks if code in place]
    if spec.sync:
        state["sync"] = check_kind(spec.sync)
    if spec.background in ("plan", "photo") and tile_origin():
        state["background"] = spec.background
    if spec.legend is not None:
        state["legend"] = [(*row[:-1], safe(str(row[-1]))) for row in legend_rows(spec.legend)]
    credit = spec.attribution + (" · Fond : IGN" if state.get("background") else "")
    if credit:
        state["attribution"] = safe(credit)
    return state


def _sign(code: str, kind: int | Status, count: int) -> str:
    """One character for a commune: its class, ``s`` for suppressed, ``m`` for missing, ``n`` for not yet imported."""
    if kind is Status.SUPPRESSED:
        return "s"
    if kind is Status.MISSING:
        return "m"
    if kind is Status.NOT_IMPORTED:
        return "n"
    if isinstance(kind, str) or not 0 <= kind < count:
        raise MapError(
            f"Commune {code} : classe « {kind} » sans couleur. Donnez 0 à {count - 1}, secret ou non publié."
        )
    return _DIGITS[int(kind)]


def _circles(spec: MapSpec) -> tuple[list[list[float]], str]:
    """Each circle as [rank of its commune, radius in pixels], with [latitude, longitude] where it does not
    stand on the commune's own point; and their texts. A commune without contour has rank −1 and is named in
    its text.
    """
    rank = {code: i for i, code in enumerate(spec.geometry.codes)}
    for circle in spec.circles:
        if not math.isfinite(circle.value) or circle.value < 0:
            raise MapError(
                f"Commune {circle.code} : cercle de valeur {circle.value}. Donnez un nombre positif ou nul."
            )
    largest = spec.circle_max if spec.circle_max is not None else max(c.value for c in spec.circles)
    drawn = sorted((c for c in spec.circles if c.value > 0), key=lambda c: -c.value)  # small ones on top
    rows: list[list[float]] = []
    for c in drawn:
        at = (_degree(c.lon), _degree(c.lat))
        own = spec.geometry.points.get(c.code) == at
        rows.append([rank.get(c.code, -1), circle_radius(c.value, largest), *(() if own else (at[1], at[0]))])
    texts = [c.label if c.code in rank else f"{spec.names.get(c.code, c.code)}, {c.label}" for c in drawn]
    return rows, _pack(texts)


def _degree(value: float) -> float:
    if not math.isfinite(value):
        raise MapError(
            f"Position {value} : attendu des degrés. Retirez l’objet de la carte ou donnez sa position."
        )
    return round(float(value), 5)


def _pack(texts: Sequence[str]) -> str:
    """Texts as one string: ``|`` between them and ``~`` for the narrow no-break space, both escaped where
    they were text.

    Streamlit sends JSON in ASCII inside JSON: a quote costs two bytes and U+202F six, at each commune and
    each change.
    """
    return "|".join(
        safe(text).replace("|", "&#124;").replace("~", "&#126;").replace("\u202f", "~") for text in texts
    )


def _take_click(key: str, answer: object, geometry: GeometryRef) -> str | None:
    """The code of a click not told yet; what the browser sends is checked, as anybody can send anything."""
    if not isinstance(answer, dict):
        return None
    code, number, key_told = answer.get("code"), answer.get("n"), f"{key}:told"
    if not isinstance(code, str) or code not in geometry.codes or st.session_state.get(key_told) == number:
        return None
    st.session_state[key_told] = number
    return code


def _take_step(key: str, answer: object, count: int) -> int | None:
    """The place among `count` that the arrows of the full screen asked for and that was not told yet; checked like a click.

    A place and not a direction: of keys that come while a run is under way Streamlit tells the last one only.
    """
    if not isinstance(answer, dict):
        return None
    place, number, key_told = answer.get("to"), answer.get("n"), f"{key}:told"
    if type(place) is not int or not 0 <= place < count:
        return None
    if not isinstance(number, int | float) or st.session_state.get(key_told) == number:
        return None
    st.session_state[key_told] = number
    return place


@lru_cache(maxsize=8)
def _versioned(path: str) -> str:
    """The served address of a file of static/, with a digest so that a new release is never mixed with an old
    cache.
    """
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"{_SERVED}/{path}?v={digest}"


@lru_cache(maxsize=1)
def _tiles(origin: str) -> dict[str, dict[str, Any]]:
    """IGN's two backgrounds, from the table of xyzservices; both under the allowed `origin`."""
    from xyzservices import providers

    sources = {"plan": providers.GeoportailFrance.plan, "photo": providers.GeoportailFrance.orthos}
    tiles = {
        kind: {"url": one.build_url(), "maxZoom": int(one.get("max_zoom", 18))}
        for kind, one in sources.items()
    }
    for kind, one in tiles.items():
        if not one["url"].startswith(origin + "/"):
            raise MapError(f"Fond « {kind} » : l’adresse {one['url']} n’est pas sous {origin}.")
    return tiles


class _BaseMap(folium.Map):
    """What never changes while the territory stays the same; one line of JavaScript."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = Zevillage.create({{ this.get_name()|tojson }}, {{ this.base|tojson }});"
        "{% endmacro %}"
    )

    def __init__(
        self,
        geometry: GeometryRef,
        tiles: Mapping[str, Mapping[str, Any]] | None,
    ) -> None:
        super().__init__(tiles=None)
        self.base = {
            "geometry": geometry.file,
            "bounds": geometry.bounds,
            "canvas": len(geometry.codes) > SVG_LIMIT,
            "around": geometry.around,
            "inset": geometry.inset,
            "order": list(geometry.order),
            "tiles": tiles,
        }
        self.default_js = [
            ("leaflet", _versioned("vendor/leaflet/leaflet.js")),
            ("zevillage", _versioned("map/map.js")),
        ]
        self.default_css = [
            ("leaflet_css", _versioned("vendor/leaflet/leaflet.css")),
            ("zevillage_css", _versioned("map/map.css")),
        ]

    def render(self, **kwargs: Any) -> str:
        """Nothing: streamlit-folium reads the script itself, and folium's own pass would run it as a second
        template.
        """
        return ""


class _State(folium.FeatureGroup):
    """The state of the map, dressed as a layer because that is what streamlit-folium sends without a rebuild.

    streamlit-folium hands this text to ``eval``, which our policy forbids; map.js puts a reader of one line
    of JSON in its place, so that what travels at each change is data and never code.
    """

    _template = Template("{% macro script(this, kwargs) %}//zevillage {{ this.json }}{% endmacro %}")

    def __init__(self, state: Mapping[str, Any]) -> None:
        super().__init__()
        self.json = json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def render(self, **kwargs: Any) -> str:
        """Nothing, for the same reason as the base map."""
        return ""
