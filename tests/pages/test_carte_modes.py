"""The modes of the map page: in the address, with their sentences, legends, tables and sources, for every audience."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.bivariate import COLORS
from analysis.model import Audience
from analysis.palette import simulate
from tests.pages.screens import Open, words
from ui.markdown import literal

MODES = ("simple", "croise", "cote", "animation")


def box(screen: AppTest, label: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return next(b for b in screen.selectbox if b.label == label)


def test_two_indicators_are_crossed_with_their_legend_table_and_sources(open_page: Open) -> None:
    screen = open_page("carte", mode="croise")
    text = words(screen)
    assert "4 communes sur 20 sont dans la classe haute des deux indicateurs" in text
    assert "Le Mêle-sur-Sarthe, Le Ménil-Broût, Sainte-Scolasse-sur-Sarthe et Vidai" in text
    legend = text.split('class="zv-cross"')[1].split("</table>")[0]
    counts = [int(n) for n in re.findall(r"</b> (\d+) communes?</td>", legend)]
    assert len(counts) == 9 and sum(counts) == 20
    assert all(color in legend for row in COLORS for color in row)
    assert legend.count('scope="row"') == 3 and legend.count('scope="col"') == 4
    assert (
        "Part des logements vacants, RP 2022 (%)" in legend and "Part de la fibre, 30/06/2026 (%)" in legend
    )
    assert "17,4 % (8 sur 46)" in text and "C3" in text
    assert "INSEE, Recensement de la population" in text and "ARCEP, Ma connexion internet" in text
    assert "ne disent pas que l&#x27;un cause l&#x27;autre" in text


def test_the_second_indicator_comes_from_the_address_and_is_never_the_first(open_page: Open) -> None:
    screen = open_page("carte", mode="croise", avec="lovac_vacancy_rate")
    assert "Il manque au moins un des deux chiffres à 12 communes" in words(screen)
    assert "secret statistique pour l&#x27;un ou l&#x27;autre (12 communes)" in words(screen)
    second = box(screen, "Deuxième indicateur")
    assert box(screen, "Indicateur").value not in second.options
    box(screen, "Indicateur").select("lovac_vacancy_rate").run()
    assert not screen.exception
    assert box(screen, "Deuxième indicateur").value == "ftth_share"


def test_members_crossed_for_the_public_show_no_cell_and_are_marked(open_page: Open) -> None:
    for audience, hidden in (("public", True), ("animateur", False)):
        text = words(open_page("carte", mode="croise", indicateur="members", vue=audience))
        assert ("secret statistique pour" in text) is hidden
        assert "— démonstration" in text


def test_two_vintages_stand_in_the_order_of_time_with_their_change(open_page: Open) -> None:
    screen = open_page("carte", mode="cote", indicateur="house_sales", millesime="2021", millesime2="2025")
    text = words(screen)
    assert "Ventes de maisons, 2021 et 2025 : en hausse dans" in text
    assert "pour le territoire, 115 ventes puis 65 ventes" in text
    assert [s.value for s in screen.subheader] == [
        "Ventes de maisons, 2021",
        "Ventes de maisons, 2025",
        "Télécharger",
    ]
    legends = [part.split("</ul>")[0] for part in text.split("Ventes de maisons (ventes)</p>")[1:]]
    ranges = [re.findall(r"<span>(.*?) \(\d+ communes?\)", legend) for legend in legends]
    assert len(ranges) == 2 and ranges[0] == ranges[1] and len(ranges[0]) > 2
    turned = words(
        open_page("carte", mode="cote", indicateur="house_sales", millesime="2025", millesime2="2021")
    )
    assert "Ventes de maisons, 2021 et 2025 : en hausse dans" in turned


def test_a_break_is_said_and_nothing_is_called_a_rise(open_page: Open) -> None:
    for mode in ("cote", "animation"):
        screen = open_page("carte", mode=mode, indicateur="share_30m")
        assert any("Rupture de série" in w.value for w in screen.warning), mode
        assert "en hausse" not in words(screen)


def test_an_indicator_of_one_vintage_stands_beside_another_one(open_page: Open) -> None:
    screen = open_page("carte", mode="cote")
    assert [s.value for s in screen.subheader] == [
        "Part des logements vacants, RP 2022",
        literal("Part de la fibre, 30/06/2026"),
        "Télécharger",
    ]
    text = words(screen)
    assert "386 logements sur 3 660" in text and "4 317 locaux sur 4 791" in text and "Écart" not in text


def test_the_animation_tells_who_published_the_figure_of_the_step(open_page: Open) -> None:
    screen = open_page("carte", mode="animation", indicateur="house_sales", millesime="2021", commune="61258")
    assert "Qui a publié quoi" in [each.label for each in screen.expander]
    assert "Ventes de maisons, 2021, Le Mêle-sur-Sarthe" in words(screen)
    screen.button(key="carte:animation:play").click().run()
    assert "Qui a publié quoi" not in [each.label for each in screen.expander]


def test_the_animation_steps_and_keeps_its_vintage_in_the_address(open_page: Open) -> None:
    screen = open_page("carte", mode="animation", indicateur="house_sales", millesime="2021")
    assert "115 maisons ont été vendues en 2021" in words(screen)
    assert "Classes communes à tous les millésimes" in words(screen)
    screen.button(key="carte:animation:on").click().run()
    assert screen.select_slider[0].value == "2022" and "vendues en 2022" in words(screen)
    assert screen.query_params["millesime"] == "2022"
    screen.button(key="carte:animation:back").click().run()
    screen.button(key="carte:animation:back").click().run()
    assert screen.select_slider[0].value == "2021"
    screen.select_slider[0].set_value("2025").run()
    assert "65 maisons ont été vendues en 2025" in words(screen)
    assert "millesime" not in screen.query_params


def test_playing_goes_on_from_the_first_vintage_and_stops_when_asked(open_page: Open) -> None:
    screen = open_page("carte", mode="animation", indicateur="house_sales")
    screen.button(key="carte:animation:play").click().run()
    assert screen.select_slider[0].value == "2021" and screen.select_slider[0].disabled
    assert screen.button(key="carte:animation:play").label == "Arrêter"
    screen.button(key="carte:animation:play").click().run()
    assert [slider.disabled for slider in screen.select_slider] == [False]
    assert [e.message for e in screen.exception] == []


def test_one_vintage_cannot_be_played_and_others_are_named(open_page: Open) -> None:
    screen = open_page("carte", mode="animation")
    assert any("un seul millésime" in i.value for i in screen.caption) and not screen.info
    assert not screen.select_slider and "386 logements" in words(screen)
    offered = screen.selectbox(key="carte:indicateur").options
    assert any("Ventes de maisons" in text for text in offered)
    assert not any(
        "Part de la fibre" in text or "meilleure technologie est la fibre" in text for text in offered
    )
    screen.button(key="carte:animation:to:house_sales").click().run()
    assert screen.select_slider[0].value == "2025"
    assert not any("un seul millésime" in i.value for i in screen.caption)


@pytest.mark.parametrize("mode", MODES)
def test_the_vision_redraws_map_legend_and_table_and_says_so(open_page: Open, mode: str) -> None:
    seen = words(open_page("carte", mode=mode, vision="protanopia"))
    plain = words(open_page("carte", mode=mode))
    color = COLORS[0][2] if mode == "croise" else "#ffffcc"
    assert color in plain and color not in seen and simulate(color, "protanopia") in seen
    assert "Simulation : Protanopie (rouge)" in seen and "Simulation :" not in plain


def test_modes_are_left_and_found_again(open_page: Open) -> None:
    screen = open_page("carte", mode="croise", millesime2="2021", avec="house_sales")
    for mode in ("animation", "cote", "simple", "animation", "croise"):
        screen.segmented_control(key="carte:mode").set_value(mode).run()
        assert [e.message for e in screen.exception] == [], mode
        assert screen.query_params.get("mode", "simple") == mode
        assert "Source" in words(screen)


@pytest.mark.parametrize("mode", MODES)
def test_an_empty_network_is_drawn_in_every_mode(emptied: Path, open_page: Open, mode: str) -> None:
    text = words(open_page("carte", mode=mode, indicateur="members"))
    assert "Démonstration" not in text and "démonstration" not in text


def test_an_unknown_mode_is_ignored_and_said(open_page: Open) -> None:
    screen = open_page("carte", mode="{{1/0}}", vision="aigle")
    assert any("2 réglages inconnus" in w.value for w in screen.warning) and "386 logements" in words(screen)


@pytest.mark.parametrize(
    ("mode", "stems"),
    [
        ("simple", ["part-des-logements-vacants-rp-2022"]),
        ("animation", ["ventes-de-maisons-2025"]),
        ("cote", ["part-des-logements-vacants-rp-2022", "part-de-la-fibre-30-06-2026"]),
        ("croise", ["part-des-logements-vacants-rp-2022-et-part-de-la-fibre-30-06-2026"]),
    ],
)
def test_every_mode_has_its_files_for_whom_the_screen_is(
    open_page: Open, mode: str, stems: list[str]
) -> None:
    chosen = {"indicateur": "house_sales"} if mode == "animation" else {}
    screen = open_page("carte", mode=mode, vue="elu", **chosen)
    assert [e.message for e in screen.exception] == []
    choices = [box for box in screen.selectbox if box.label == "Fichiers faits pour"]
    assert [box.value for box in choices] == ["elu"] * len(stems)
    buttons = screen.get("download_button")
    assert len(buttons) == len(stems) * (3 if mode == "croise" else 4)
    names = {button.proto.url.rsplit("/", 1)[-1] for button in buttons if button.proto.url}
    assert not names or all(any(stem in name for stem in stems) for name in names)


def test_a_crossing_leaves_as_a_picture_and_a_table_with_its_cells(open_page: Open) -> None:
    from analysis import bivariate
    from reports.pictures import map_picture
    from ui import loading, map_views
    from ui.filters import Chosen
    from ui.map_page import files

    open_page("carte", mode="croise")
    desk = loading.desk()
    chosen = Chosen({p.name: p.default for p in map_views.parameters(desk)})
    crossing = bivariate.cross(
        *(loading.answer(i, None, Audience.PUBLIC) for i in ("vacancy_rate", "ftth_share"))
    )
    drawing = map_views.crossing_drawing(desk, crossing, chosen)
    svg = map_picture(drawing, map_views.ground(), "svg").decode("utf-8")
    assert "Part des logements vacants et Part de la fibre" in svg and "ARCEP" in svg and "INSEE" in svg
    lines = files.crossing_csv(desk, crossing).split("\r\n")
    assert lines[0].endswith(";source;case") and len([line for line in lines if ";Laleu;" in line]) == 2


def test_circles_say_their_day_wait_to_be_asked_and_never_repeat_the_colours(open_page: Open) -> None:
    assert "Membres présents au" not in words(open_page("carte"))
    asked = words(open_page("carte", cercles="1"))
    assert "Membres présents au 31/12/2022 (démonstration)" in asked
    same = words(open_page("carte", indicateur="members", cercles="1"))
    assert "Membres présents au 12/05/2026 (démonstration)" not in same
