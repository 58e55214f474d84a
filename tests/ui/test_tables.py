"""Tables: real HTML with its headings, order, bars and words; hostile text stays text."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET
from typing import Any

import pandas as pd
import pytest

from analysis.answers import Answer, Total
from analysis.model import Indicator, Status, Vintage
from analysis.palette import PaletteError
from ui import tables
from ui.tables import Column, html_table, value_html, value_rows

NAN = float("nan")
VINTAGE = Vintage("2022", "RP 2022", "rp2022")
SHARE = Indicator("part", "Part des logements vacants", "%", "logement", "ratio", (VINTAGE,), decimals=1)
HOSTILE = "L'<img src=x onerror=alert(1)>{{1/0}}${7*7}"


def answer(**changes: Any) -> Answer:
    cells = pd.DataFrame(
        [
            ("61001", "Vidai", 17.39, "observed", 8.0, 46.0),
            ("61002", "Le Mêle", 17.2, "observed", 80.0, 465.0),
            ("61003", HOSTILE, NAN, "suppressed", NAN, NAN),
            ("61004", "Buré", 0.0, "observed", 0.0, 90.0),
            ("61005", "Essay", NAN, "missing", NAN, NAN),
        ],
        columns=["commune", "name", "value", "status", "numerator", "denominator"],
    )
    total = Total(10.5, Status.OBSERVED, 3, 5, 386.0, 3660.0)
    return dataclasses.replace(Answer(SHARE, VINTAGE, cells, total), **changes)


def parsed(text: str) -> ET.Element:
    return ET.fromstring(f"<root>{text}</root>")


def texts(row: ET.Element) -> list[str]:
    return ["".join(cell.itertext()) for cell in row]


def test_the_table_has_caption_headings_rows_and_total() -> None:
    root = parsed(value_html(answer(), source="INSEE, Recensement (RP 2022)"))
    table = root.find(".//table")
    assert table is not None
    assert table.findtext("caption") == "Part des logements vacants, RP 2022"
    head = table.findall("thead/tr/th")
    assert [th.get("scope") for th in head] == ["col"] * 4
    assert [th.text for th in head] == ["Commune", "Valeur (%)", "Détail", "Comparaison"]
    body = table.findall("tbody/tr")
    assert [texts(row)[:3] for row in body] == [
        ["Vidai", "17,4\u202f%", "8\xa0sur\xa046"],
        ["Le Mêle", "17,2\u202f%", "80\xa0sur\xa0465"],
        ["Buré", "0,0\u202f%", "0\xa0sur\xa090"],
        ["Essay", "non publié", ""],
        [HOSTILE, "secret statistique", ""],
    ]
    assert all(row[0].tag == "th" and row[0].get("scope") == "row" for row in body)
    foot = table.find("tfoot/tr")
    assert foot is not None
    assert texts(foot)[:3] == ["Territoire", "10,5\u202f%", "386\xa0sur\xa03\u202f660"]
    notes = [p.text for p in root.findall("p")]
    assert notes == ["Source\u202f: INSEE, Recensement (RP 2022). Millésime\u202f: RP 2022. Unité\u202f: %."]
    region = root.find("div")
    assert region is not None
    assert (region.get("role"), region.get("tabindex")) == ("region", "0")


def test_orders() -> None:
    by = {order: value_rows(answer(), order=order)["commune"].tolist() for order in tables.ORDERS}
    assert by["highest"] == ["61001", "61002", "61004", "61005", "61003"]
    assert by["lowest"] == ["61004", "61002", "61001", "61005", "61003"]
    assert by["name"] == [
        "61004",
        "61005",
        "61003",
        "61002",
        "61001",
    ]  # the article of « L'… » and « Le Mêle » is last


def test_no_territory_figure_says_why() -> None:
    total = Total(None, Status.MISSING, 3, 5, reason="une médiane ne s’additionne pas.")
    text = value_html(answer(total=total), source="DGFiP")
    assert "Pas de chiffre pour le territoire\u202f: une médiane ne s’additionne pas." in text
    foot = parsed(text).find(".//tfoot/tr")
    assert foot is not None
    assert texts(foot)[1] == "–"


def test_a_lower_bound_and_a_break_are_told() -> None:
    vintage = dataclasses.replace(VINTAGE, break_note="Rupture de série en 2026.")
    lower = Total(306.0, Status.OBSERVED, 3, 5, at_least=True)
    text = value_html(answer(total=lower, vintage=vintage), source="S")
    assert "au moins 306,0\u202f%" in text
    assert "Rupture de série en 2026." in text


def test_bars_share_one_zero() -> None:
    cells = answer().cells.assign(value=[30.0, -10.0, NAN, 0.0, NAN])
    rows = value_rows(answer(cells=cells)).set_index("commune")
    assert list(rows.loc["61001", ["bar_start", "bar"]].to_numpy()) == [0.25, 0.75]
    assert list(rows.loc["61002", ["bar_start", "bar"]].to_numpy()) == [0.0, 0.25]
    assert list(rows.loc["61003", ["bar_start", "bar"]].to_numpy())[1] == 0.0
    text = value_html(answer(cells=cells), source="S", colors={"61001": "#fee838"})
    bars = re.findall(r'style="(?:margin-left:([\d.]+)%;)?width:([\d.]+)%;background:(#\w+)"', text)
    assert bars == [
        ("25.0", "75.0", "#fee838"),
        ("", "25.0", "#0072b2"),
    ]  # without a margin it starts at the common zero


def test_hostile_text_stays_text() -> None:
    root = parsed(value_html(answer(), source=HOSTILE))
    assert root.findall(".//img") == []
    assert HOSTILE in "".join(root.itertext())
    with pytest.raises(PaletteError):
        value_html(answer(), source="S", colors={"61001": "red;background:url(//x)"})


def test_links_are_http_only() -> None:
    frame = pd.DataFrame(
        {
            "a": ["x", "y", "z"],
            "b": ["1", "2", None],
            "u": ["https://a.example/?q=\"'", "javascript:alert(1)", None],
        }
    )
    root = parsed(
        html_table(frame, [Column("a", "A"), Column("b", "B", link="u")], caption="C", hide_caption=True)
    )
    links = root.findall(".//a")
    assert [link.get("href") for link in links] == ["https://a.example/?q=\"'"]
    assert [texts(row) for row in root.findall(".//tbody/tr")] == [["x", "1"], ["y", "2"], ["z", ""]]
    with pytest.raises(KeyError):
        html_table(frame, [Column("missing", "M")], caption="C")


def test_a_long_table_is_cut_and_says_so() -> None:
    text = value_html(answer(), source="S", limit=2)
    assert len(parsed(text).findall(".//tbody/tr")) == 2
    assert "Les 2 premières lignes sur 5." in text


def test_the_grid_sorts_numbers_and_shows_french() -> None:
    styled = tables.grid_frame(answer())
    assert styled.data["value"].dtype == float
    shown = styled._translate(False, False)["body"][0]
    assert [cell["display_value"] for cell in shown if cell["type"] == "td"][1] == "17,4\u202f%"
    assert styled.data["status"].tolist() == ["", "", "", "non publié", "secret statistique"]
    config = tables.grid_columns(answer())
    assert set(config) == {"name", "value", "bar", "detail", "status"} == set(styled.data.columns)


def test_an_answer_without_any_figure_still_has_its_rows() -> None:
    cells = answer().cells.assign(value=NAN, status="missing", numerator=NAN, denominator=NAN)
    total = Total(None, Status.MISSING, 0, 5, reason="aucune commune : non publié")
    root = parsed(value_html(answer(cells=cells, total=total), source="S"))
    assert [texts(row)[1] for row in root.findall(".//tbody/tr")] == ["non publié"] * 5
    assert len(root.findall(".//thead/tr/th")) == 3  # no denominator, no column for it


FOUR = [Column("name", "Commune"), *(Column(key, key.upper(), numeric=True) for key in "abc")]
ROWS = pd.DataFrame([("Laleu", "1", "", "<b>3</b>")], columns=["name", "a", "b", "c"])


def test_a_table_of_four_columns_may_become_blocks_on_a_phone_and_stays_a_table() -> None:
    text = html_table(ROWS, FOUR, caption="Essai", foot=["Ensemble", "1", "", "3"])
    assert '<table class="zv-table zv-stack" role=table>' in text
    assert '<td role=cell class="n" data-label="A">1</td>' in text
    assert '<td role=cell class="n" data-label="B"></td>' in text
    assert '<td role=cell class="n" data-label="C">&lt;b&gt;3&lt;/b&gt;</td>' in text
    assert text.count("role=row>") == 3 and text.count("role=columnheader") == 4
    assert text.count("role=rowheader") == 2 and text.count("role=rowgroup") == 3


def test_small_tables_wide_tables_and_bars_are_not_stacked() -> None:
    wide = [Column("name", "Commune"), *(Column("a", str(year)) for year in range(2004, 2014))]
    bar = [*FOUR[:3], Column("b", "Comparaison", bar="share")]
    colored = ROWS.assign(share=0.5)
    for columns in (FOUR[:3], wide, bar):
        text = html_table(colored, columns, caption="Essai")
        assert "zv-stack" not in text and "data-label" not in text and "role=cell" not in text


def test_the_line_of_the_chosen_commune_is_marked_in_every_order_and_can_stand_alone() -> None:
    for order in tables.ORDERS:
        root = parsed(value_html(answer(), source="S", order=order, chosen="61004"))
        marked = [row for row in root.iter("tr") if row.get("aria-current")]
        assert [texts(row)[0] for row in marked] == ["Buré"] and marked[0].get("class") == "zv-current"
    assert "aria-current" not in value_html(answer(), source="S", chosen="99999")
    alone = parsed(value_html(answer(), source="S", only="61004"))
    assert [texts(row)[0] for row in alone.findall(".//tbody/tr")] == ["Buré"] and alone.find("p") is None
