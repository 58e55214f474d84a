"""Small pictures in tables: what is drawn, what is not, and that nothing but our own pictures passes."""

import base64
import datetime as dt
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pandas as pd
import pytest

from data.territory import geometry, load_territory
from ui.portrait import sections
from ui.portrait.locator import locator_picture
from ui.portrait.sparks import PREFIX, spark, years
from ui.tables import Column, html_table

SVG = "{http://www.w3.org/2000/svg}"


def drawing(address: str) -> ET.Element:
    assert address.startswith(PREFIX)
    return ET.fromstring(base64.b64decode(address.removeprefix(PREFIX)))


def test_a_line_joins_what_compares_and_a_break_cuts_it() -> None:
    joined = drawing(spark([[(2016.5, 155.0), (2022.5, 143.0)]]))
    assert len(joined.findall(f"{SVG}polyline")) == 1 and not joined.findall(f"{SVG}path")
    cut = drawing(spark([[(2019.7, 40.0)], [(2026.5, 100.0)]]))
    assert not cut.findall(f"{SVG}polyline") and len(cut.findall(f"{SVG}path")) == 1


def test_a_missing_value_interrupts_the_line() -> None:
    found = drawing(spark([[(2021.5, 1.0), (2022.5, 2.0), (2023.5, None), (2024.5, 3.0), (2025.5, 3.0)]]))
    assert len(found.findall(f"{SVG}polyline")) == 2 and len(found.findall(f"{SVG}circle")) == 4


def test_up_is_more_and_equal_values_are_flat() -> None:
    points = drawing(spark([[(2016, 1.0), (2022, 2.0)]])).findall(f"{SVG}circle")
    assert float(points[0].attrib["cy"]) > float(points[1].attrib["cy"])
    flat = drawing(spark([[(2016, 2.0), (2022, 2.0)]])).findall(f"{SVG}circle")
    assert flat[0].attrib["cy"] == flat[1].attrib["cy"]


def test_one_value_is_no_line() -> None:
    assert spark([[(2022.5, 3.0)]]) == "" and spark([[(2021.5, None), (2022.5, 1.0)]]) == ""


def test_periods_stand_where_they_fell() -> None:
    assert years("2022") == 2022.5
    assert years("2026-06-30") == pytest.approx(2026.5, abs=0.01)


@pytest.mark.parametrize(
    "picture", ['x" onerror="alert(1)', "https://example.org/x.png", "data:text/html;base64,AAAA"]
)
def test_a_table_shows_no_picture_but_ours(picture: str) -> None:
    frame = pd.DataFrame({"name": ["a"], "text": ["t"], "spark": [picture]})
    columns = [Column("name", "Nom"), Column("text", "Texte", image="spark")]
    assert "<img" not in html_table(frame, columns, caption="c")
    ours = html_table(frame.assign(spark=spark([[(1, 1.0), (2, 2.0)]])), columns, caption="c")
    assert ours.count("<img") == 1 and 'alt=""' in ours


def test_the_locator_draws_every_commune_and_colours_one() -> None:
    territory = load_territory()
    paths = drawing(locator_picture(geometry(territory), territory.codes[7])).findall(f"{SVG}path")
    assert len(paths) == len(territory.codes)
    assert [p.attrib["fill"] for p in paths].count(paths[-1].attrib["fill"]) == 1
    assert locator_picture(geometry(territory)[:0], territory.codes[0]) == ""


# ------------------------------------------------------------------------------------------------------------- town hall


@dataclass(frozen=True)
class Row:
    phone: str | None = "02 33 28 53 43"
    email: str | None = "mairie@exemple.fr"
    website: str | None = None
    address: str = "Rue du Lavoir\n61170 Laleu"
    opening_hours: str = '[{"day_from":4,"day_to":4,"ranges":[["14:00","18:00"]]}]'


MONDAY = dt.datetime(2026, 6, 15, 10, 0)


def test_the_town_hall_can_be_called_written_to_and_found_open() -> None:
    text = sections.town_hall_html(vars(Row()), MONDAY)
    assert 'href="tel:0233285343"' in text and 'href="mailto:mairie@exemple.fr"' in text
    assert "Fermée, ouvre jeudi à 14\u00a0h" in text and "Rue du Lavoir<br>61170 Laleu" in text


def test_what_is_not_published_is_not_shown() -> None:
    bare = vars(Row(phone=None, email=None, opening_hours="[]"))
    text = sections.town_hall_html(bare, MONDAY)
    assert "Horaires non publiés" in text and "tel:" not in text and "None" not in text and "nan" not in text
    assert "Aucune coordonnée" in sections.town_hall_html(None, MONDAY)


def test_hostile_text_of_a_town_hall_becomes_no_link_and_no_markup() -> None:
    row = Row("<b>1</b>", 'a@b.fr?bcc=x"><script>', "javascript:alert(1)", "<img src=x onerror=alert(1)>")
    text = sections.town_hall_html(vars(row), MONDAY)
    assert "<script" not in text and "<img" not in text and "<b>" not in text
    assert "href" not in text


def test_what_a_line_is_compared_with_is_broken_and_on_its_scale() -> None:
    found = drawing(spark([[(2016.5, 9.0), (2022.5, 10.0)]], [(2016.5, 8.0), (2022.5, 8.5)]))
    broken, own = found.findall(f"{SVG}polyline")
    assert broken.get("stroke-dasharray") and not own.get("stroke-dasharray")
    lowest = [float(line.get("points", "").split()[0].split(",")[1]) for line in (broken, own)]
    assert lowest[0] > lowest[1], "eight is drawn below nine"
    alone = drawing(spark([[(2016.5, 9.0), (2022.5, 10.0)]], [(2022.5, 8.5)]))
    assert len(alone.findall(f"{SVG}polyline")) == 2
