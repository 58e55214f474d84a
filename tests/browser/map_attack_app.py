"""A page where every text that can reach the map is hostile. Run by test_map_attack.py, never by users.

`?unsafe=html` and `?unsafe=jinja` show the same texts through folium's own tooltip, `?unsafe=markdown` as a heading, where they do run.
There is no security policy here on purpose: it would hide a hole of the map.
"""

from __future__ import annotations

import geopandas as gpd
import shapely
import streamlit as st

from analysis.model import Status
from ui.geometry import GeometryRef, geometry_ref
from ui.legend import Legend, LegendClass
from ui.map import Circle, MapSpec, Marker, _BaseMap, show_map
from ui.markdown import literal
from ui.server import shell

app = st.App("app.py", routes=shell.routes())


def hostile(place: str) -> str:
    """A text that tries everything, and tells by `place` where it got through."""
    run = f"document.documentElement.dataset.hit='{place}'"
    return (
        f'{place} <img src=zv-attack-{place} onerror="{run}"> ${{{run}}} `${{{run}}}` '
        f"{{{{1/0}}}} {{% for %}} {{# </script><script>{run}</script> "
        f'\\u003cimg src=zv-attack-{place} onerror=1\\u003e \\" \' " \\n \n '
        f"&lt;img src=zv-attack-{place}&gt; &#123;&#123;1/0}}}} | ~ "
        "\u202f\u00a0 \u202eabc\u202c \u2066def \u2028 "
        f"javascript:{run} __proto__ map_div drawnItems //zevillage é {place}"
    )


def lure(place: str) -> str:
    """What Markdown would make a link, a picture, a colour, code or a formula of, around the hostile text."""
    return (
        f"[lien](http://zv-attack-{place}) ![x](http://zv-attack-{place}/x.png) http://zv-attack-{place}/ www.zv-attack-{place}.fr "
        f":red[x] `x` $x$ **x** a@zv-attack.fr WWW.zv-attack.fr :material/home: :smile: -> <- >= {hostile(place)}"
    )


def layer(name: str, count: int) -> GeometryRef:
    """Squares side by side, one of them under a hostile code, all under hostile names."""
    rows = [
        {"code": hostile("code") if i == 1 else f"0000{i}", "name": hostile(f"{name}{i}")}
        for i in range(count)
    ]
    boxes = [shapely.box(i / 10, 48, (i + 1) / 10, 48.1) for i in range(count)]
    return geometry_ref(name, gpd.GeoDataFrame(rows, geometry=boxes, crs=4326))


def unsafe(kind: str) -> None:
    """What folium and Streamlit do with the same text when nobody stands between."""
    if kind == "markdown":
        st.subheader(lure("subheader"))
        return
    import folium
    from streamlit_folium import st_folium

    text = "{{1/0}}" if kind == "jinja" else hostile("unsafe").split(">")[0] + ">"
    plain = folium.Map(tiles=None, location=[48.05, 0.2], zoom_start=8)
    plain.default_js, plain.default_css = _BaseMap(layer("plain", 1), None).default_js[:1], []
    folium.CircleMarker([48.05, 0.2], tooltip=folium.Tooltip(text, permanent=True)).add_to(plain)
    st_folium(plain, key="unsafe", height=300, returned_objects=[])


def main() -> None:
    """Draw the map with every place attacked."""
    if kind := st.query_params.get("unsafe"):
        unsafe(kind)
        return
    ref = layer("contours", 5)
    spec = MapSpec(
        geometry=ref,
        classes=dict(zip(ref.codes, (0, 1, Status.SUPPRESSED, Status.MISSING, 0), strict=True)),
        colors=("#00204d", "#ffea46"),
        tooltips={code: hostile(f"tooltip{i}") for i, code in enumerate(ref.codes)},
        names={ref.codes[0]: hostile("name")},
        circles=(Circle(ref.codes[1], 0.15, 48.05, 3, hostile("circle")),),
        markers=(Marker(0.35, 48.05, hostile("marker"), "available"),),
        labels={ref.codes[0]: hostile("label")},
        outlines=layer("groups", 2),
        selected=ref.codes[1],
        legend=Legend(
            hostile("head"),
            (LegendClass("#00204d", hostile("class"), 3),),
            suppressed=1,
            missing=1,
            circles_title=hostile("circles"),
            circles=((3.0, hostile("key")),),
            outline=hostile("outline"),
            markers=(("available", hostile("kind")),),
            note=hostile("note"),
        ),
        attribution=hostile("attribution"),
    )
    from ui.legend import show_legend

    number = st.session_state.setdefault("runs", 0)
    st.session_state["runs"] = number + 1
    code = show_map(spec, key="map", height=420, title=hostile("title"))
    if code is not None:
        st.session_state["clicked"] = code
    assert spec.legend is not None
    show_legend(spec.legend, heading=hostile("heading"))
    st.subheader(literal(lure("subheader")))
    st.warning(literal(lure("message")))
    st.button(literal(lure("button")), help=literal(lure("help")))
    st.expander(literal(lure("fold")))
    st.text(f"clicked={st.session_state.get('clicked', '')}")
    st.button("again")


if __name__ == "__main__":
    main()
