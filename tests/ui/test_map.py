"""What the map sends: classes, texts and circles, exact and harmless, and nothing that grows."""

from __future__ import annotations

import html
import inspect
import json
import math
from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from analysis.model import Status
from ui import map as maps
from ui.geometry import GeometryRef, geometry_ref
from ui.legend import MAX_RADIUS, Legend, LegendClass, LegendError
from ui.map import (
    Circle,
    MapError,
    MapSpec,
    Marker,
    _BaseMap,
    _pack,
    _State,
    _take_click,
    _take_step,
    safe,
    state_of,
)


def layer(count: int = 3) -> GeometryRef:
    rows = [{"code": f"0000{i}", "name": f"Commune {i}"} for i in range(count)]
    boxes = [shapely.box(i, 48, i + 1, 49) for i in range(count)]
    return geometry_ref("carres", gpd.GeoDataFrame(rows, geometry=boxes, crs=4326))


def spec(**more: object) -> MapSpec:
    ref = layer()
    base: dict[str, object] = {
        "geometry": ref,
        "classes": {"00000": 0, "00001": Status.SUPPRESSED},
        "colors": ("#00204d", "#ffea46"),
        "tooltips": {"00000": "10,5\u202f%", "00001": "secret statistique"},
    }
    return MapSpec(**{**base, **more})  # type: ignore[arg-type]


@given(st.text())
def test_safe_holds_no_sign_that_a_template_reads_and_gives_the_text_back(text: str) -> None:
    """No brace, dollar, back-tick, backslash, angle bracket or quote is left; one decoding undoes it."""
    kept = safe(text)
    assert not set(kept) & set("\\{}$`<>\"'")
    # html.unescape also maps C0/C1 controls and NUL, which it never meets as entities here.
    assert html.unescape(kept) == text


@given(st.lists(st.text(), min_size=1))
def test_packed_texts_come_apart_again(texts: list[str]) -> None:
    """The separators never stand in a text."""
    packed = _pack(texts)
    assert [html.unescape(one.replace("~", "\u202f")) for one in packed.split("|")] == texts


def test_missing_suppressed_and_zero_are_three_things() -> None:
    """A commune left out is missing; class 0 is a class."""
    state = state_of(spec(), "Carte")
    assert state["classes"] == "0sm"
    assert state["texts"] == "10,5~%|secret statistique|"


def test_codes_and_known_names_are_not_sent_again() -> None:
    """What the browser has already does not travel at each change."""
    sent = json.dumps(state_of(spec(names={"00000": "Commune 0", "00001": "Autre"}), "Carte"))
    assert "00000" not in sent
    assert "Commune 0" not in sent
    assert state_of(spec(names={"00001": "Autre"}), "Carte")["names"] == {"00001": "Autre"}


def test_areas_of_circles_are_proportional_and_zero_draws_nothing() -> None:
    """Four times the value is twice the radius; the largest comes first, so that small ones stay on top."""
    values = (2.0, 8.0, 0.0)
    circles = tuple(Circle(f"0000{i}", 0.5, 48.5, value, "") for i, value in enumerate(values))
    drawn = state_of(spec(circles=circles), "Carte")["circles"]
    assert [row[:2] for row in drawn] == [[1, MAX_RADIUS], [0, MAX_RADIUS / 2]]
    shared = state_of(spec(circles=circles, circle_max=32.0), "Carte")["circles"]
    assert shared[0][1] == MAX_RADIUS / 2


def test_a_circle_says_where_it_stands_unless_it_is_the_communes_own_point() -> None:
    lon, lat = layer().points["00001"]
    circles = (Circle("00001", lon, lat, 3, "3|4"), Circle("00000", 0.25, 48.75, 1, "1"))
    state = state_of(spec(circles=circles), "Carte")
    assert [row[2:] for row in state["circles"]] == [[], [48.75, 0.25]]
    assert state["circleTexts"] == "3&#124;4|1"
    outside = spec(circles=(Circle("61001", 2.0, 47.0, 3, "3"),), names={"61001": "Alençon"})
    state = state_of(outside, "Carte")
    assert state["circles"] == [[-1, MAX_RADIUS, 47.0, 2.0]]
    assert state["circleTexts"] == "Alençon, 3"


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_a_circle_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(MapError, match="00000"):
        state_of(spec(circles=(Circle("00000", 0.5, 48.5, value, ""),)), "Carte")


def test_a_class_without_colour_is_refused_by_name() -> None:
    with pytest.raises(MapError, match="00002"):
        state_of(spec(classes={"00002": 2}), "Carte")
    with pytest.raises(MapError, match="observed"):
        state_of(spec(classes={"00002": Status.OBSERVED}), "Carte")


@pytest.mark.parametrize("color", ["red", "#fff", "#00204d;background:url(//x)", "url(#a)"])
def test_only_plain_colours_reach_the_page(color: str) -> None:
    with pytest.raises(LegendError):
        state_of(spec(colors=(color,)), "Carte")
    with pytest.raises(LegendError):
        Legend("", (LegendClass(color, ""),))


def test_a_marker_kind_is_a_word() -> None:
    with pytest.raises(LegendError):
        state_of(spec(markers=(Marker(0.5, 48.5, "", 'x" onload="'),)), "Carte")


def test_a_selected_commune_out_of_the_territory_is_left_out() -> None:
    assert "selected" not in state_of(spec(selected="61001"), "Carte")
    assert state_of(spec(selected="00002"), "Carte")["selected"] == "00002"


def test_a_background_needs_the_servers_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZEVILLAGE_TILES", raising=False)
    assert "background" not in state_of(spec(background="plan"), "Carte")
    monkeypatch.setenv("ZEVILLAGE_TILES", "ign")
    assert state_of(spec(background="plan"), "Carte")["background"] == "plan"
    assert "background" not in state_of(spec(background="http://x"), "Carte")


def test_what_changes_leaves_the_base_alone() -> None:
    """streamlit-folium rebuilds the map when the base script changes: it holds no class, text or title."""
    from streamlit_folium import generate_leaflet_string

    ref = layer()
    scripts = {generate_leaflet_string(_BaseMap(ref, None)) for _ in range(3)}
    assert len(scripts) == 1
    assert ref.file in scripts.pop()


def test_the_state_travels_as_one_line_of_json() -> None:
    """map.js reads one line; nothing of it is run."""
    from streamlit_folium import generate_leaflet_string

    state = state_of(spec(tooltips={"00000": "deux\nlignes {{1/0}} \u2028"}), "Carte\n")
    sent = generate_leaflet_string(_State(state), base_id="feature_group_0")
    mark, _, line = sent.partition(" ")
    assert mark == "//zevillage"
    assert "\n" not in line
    assert json.loads(line) == json.loads(json.dumps(state))


def test_twenty_communes_weigh_less_than_ten_kilobytes() -> None:
    """The budget of a change at 20 communes, with values, circles, labels and legend."""
    ref = layer(20)
    text = "17,4\u202f% (8\u00a0logements sur 46)"
    full = MapSpec(
        ref,
        dict.fromkeys(ref.codes, 0),
        ("#00204d",) * 5,
        dict.fromkeys(ref.codes, text),
        circles=tuple(Circle(code, 0.5, 48.5, 3, "3\u00a0télétravailleurs") for code in ref.codes),
        labels=dict.fromkeys(ref.codes, "17,4\u202f%"),
        legend=Legend("Part", tuple(LegendClass("#00204d", text, 4) for _ in range(5)), 1, 1),
    )
    assert len(json.dumps(json.dumps(state_of(full, "Part des logements vacants")))) < 10_000


def test_a_click_is_told_once_and_only_for_a_commune_of_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the browser sends is checked: anybody can send anything."""
    import streamlit

    monkeypatch.setattr(streamlit, "session_state", {})
    ref = layer()
    assert _take_click("carte", {"code": "00001", "n": 7}, ref) == "00001"
    assert _take_click("carte", {"code": "00001", "n": 7}, ref) is None
    assert _take_click("carte", {"code": "00001", "n": 8}, ref) == "00001"
    for forged in ({"code": "61001", "n": 9}, {"code": ["00001"], "n": 9}, {"n": 9}, "00001", None, {}):
        assert _take_click("carte", forged, ref) is None


def test_an_arrow_of_the_full_screen_is_told_once_and_anything_else_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Checked like a click: the page goes to a place of its own list, and nowhere else."""
    import streamlit

    monkeypatch.setattr(streamlit, "session_state", {})
    assert _take_step("carte", {"to": 3, "n": 7}, 5) == 3
    assert _take_step("carte", {"to": 3, "n": 7}, 5) is None
    assert _take_step("carte", {"to": 0, "n": 8}, 5) == 0
    for forged in (
        None,
        "next",
        {"to": 5, "n": 9},
        {"to": -1, "n": 9},
        {"to": True, "n": 9},
        {"to": 1.5, "n": 9},
        {"to": [1], "n": 9},
        {"to": 1},
        {"to": 1, "n": "9"},
        {"to": 1, "n": {"a": 1}},
        {"code": "00001", "n": 9},
    ):
        assert _take_step("carte", forged, 5) is None
    assert _take_step("carte", {"to": 0, "n": 9}, 0) is None


def test_the_full_screen_gets_the_sentence_and_the_ranks_by_place() -> None:
    """Texts are sent once, with the tooltips; a commune without contour has no place."""
    state = state_of(spec(sentence="10 sur 20 {{ 7*7 }}", ranks=("00002", "00000", "99999")), title="t")
    assert state["ranks"] == [2, 0]
    assert state["sentence"] == safe("10 sur 20 {{ 7*7 }}") and "{" not in state["sentence"]


def test_the_frame_that_is_told_beforehand_is_the_one_of_the_component(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import streamlit_folium

    told: list[object] = []
    runtime = SimpleNamespace(component_registry=SimpleNamespace(register_component=told.append))
    monkeypatch.setattr(maps, "get_instance", lambda: runtime)
    monkeypatch.setattr(inspect, "modulesbyfile", {})
    maps.register()
    assert told == [streamlit_folium._component_func]
    assert inspect.modulesbyfile == {inspect.getabsfile(streamlit_folium): "streamlit_folium"}
