"""The deck of a séance, read by a parser that did not write it: every figure, its source, its fingerprint; nothing asks for anything."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from analysis import palette
from analysis.council import ChartDrawing, Deck, MarkDrawing, Slide
from analysis.model import Audience, Status
from reports.deck import deck_html
from reports.html_chart import chart_figure
from reports.html_map import map_figure, shapes, store, text_width
from reports.html_parts import DeckError
from reports.html_text import address, qr
from reports.map_image import MapImageError
from reports.pictures import Ground
from tests import decks
from tests.draws import draws

GROUND = decks.ground()
HERE = shapes(GROUND)


def tree(content: bytes) -> Any:
    """The parsed document."""
    return html.document_fromstring(content.decode("utf-8"))


def spoken(element: Any) -> str:
    """All that is written or said in an element: its texts and the names given to its parts."""
    said = [*element.itertext(), *element.xpath(".//@aria-label")]
    return re.sub(r"\s+", " ", " ".join(said))


def frames(content: bytes) -> list[Any]:
    """The slides of the views, without the opening and the portraits."""
    return list(tree(content).xpath("//section[starts-with(@id, 'vue-')]"))


def test_every_view_says_its_figures_its_source_and_its_fingerprint() -> None:
    deck = decks.deck()
    found = frames(deck_html(deck, GROUND))
    assert len(found) == len(deck.slides)
    for frame, slide in zip(found, deck.slides, strict=True):
        said = spoken(frame)
        lines = (*slide.sources, *slide.vintages, *slide.secrecy)
        for wanted in (slide.title, slide.sentence, slide.fingerprint, slide.mark, *lines):
            assert re.sub(r"\s+", " ", wanted) in said, wanted
        assert "pour le public" in said and "28/11/2026" in said
        for table in slide.tables:
            cells = [" ".join(row.itertext()) for row in frame.xpath(".//table//tr")]
            for row in (*table.rows, *([table.foot] if table.foot else [])):
                assert " ".join(cell.text for cell in row) in cells
        for drawing in slide.maps:
            labels = frame.xpath(".//*[local-name()='use']/@aria-label")
            assert len(labels) == len(GROUND.contours)
            for code, text in drawing.texts.items():
                assert f"{GROUND.names[code]}\u202f: {text}" in labels
        for chart in slide.charts:
            words = [t.text for t in frame.xpath(".//figure[@class='chart']//*[local-name()='text']")]
            assert [w for w in words if w in ("4", "6", "–")] == ["4", "–", "6"]
            assert chart.description in said and "Pas de chiffre : 2024." in said
    assert "Chiffres figés le 03/12/2026 (révision 12)" in spoken(found[1])


def test_the_opening_says_what_this_is() -> None:
    deck = decks.deck(audience=Audience.ELU)
    said = spoken(tree(deck_html(deck, GROUND)).xpath("//section[contains(@class, 'opening')]")[0])
    for wanted in (deck.title, "3 décembre 2026", deck.territory, "3 vues pour les élus", deck.fingerprint, "démonstration"):  # fmt: skip
        assert wanted in said, wanted


def test_the_policy_lets_its_own_script_and_style_run_and_nothing_else() -> None:
    content = deck_html(decks.deck(), GROUND)
    document = tree(content)
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    for kind in ("script", "style"):
        (only,) = document.xpath(f"//{kind}")
        digest = base64.b64encode(hashlib.sha256(only.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert document.xpath("//@style | //@src | //link | //iframe | //img | //object") == []
    assert [each for each in document.xpath("//@href") if not each.startswith(("#", "http://127.0.0.1:8501/"))] == []  # fmt: skip
    assert not re.search(r"url\(\s*['\"]?(?!#)|@import", content.decode())


def test_the_same_seance_gives_the_same_bytes() -> None:
    assert deck_html(decks.deck(), GROUND) == deck_html(decks.deck(), decks.ground())


def ten() -> Deck:
    """Ten views of the three kinds."""
    return decks.deck(slides=(decks.deck().slides * 4)[:10])


def test_ten_views_and_all_portraits_weigh_less_than_a_megabyte() -> None:
    names = dict(decks.deck().names)
    portraits = {code: decks.map_slide(list(names), names, title=name) for code, name in names.items()}
    assert len(deck_html(ten(), GROUND, portraits)) < 1_000_000
    assert len(deck_html(decks.deck(slides=ten().slides * 6), GROUND)) < 1_000_000


def test_the_contours_stand_once() -> None:
    content = deck_html(ten(), GROUND).decode()
    ids = re.findall(r'<path id="(zv-c\d+)"', content)
    assert len(ids) == len(set(ids)) == len(GROUND.contours)
    one = len(deck_html(decks.deck(slides=ten().slides[:1]), GROUND))
    two = len(deck_html(decks.deck(slides=ten().slides[:1] * 2), GROUND))
    assert two - one < 20_000


def test_no_two_elements_share_an_id_and_every_reference_leads_somewhere() -> None:
    document = tree(deck_html(ten(), GROUND))
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    wanted = {each[1:] for each in document.xpath("//*[local-name()='use']/@href")}
    wanted |= set(re.findall(r"url\(#([\w-]+)\)", " ".join(document.xpath("//@fill"))))
    assert wanted <= set(ids) and "zv-secret" in wanted and "zv-absent" in wanted


def test_a_seance_without_views_is_refused_in_words() -> None:
    with pytest.raises(DeckError, match="La séance « Conseil du 3 décembre » est vide"):
        deck_html(decks.deck(slides=()), GROUND)


def test_without_contours_the_figures_are_still_there() -> None:
    bare = replace(GROUND, contours=GROUND.contours.iloc[:0], around=None, inset=None, outlines=None)
    deck = decks.deck()
    frame = frames(deck_html(deck, bare))[0]
    said = spoken(frame)
    assert "Carte non dessinée" in said and "Sainte-Scolasse-sur-Sarthe" in said
    assert all(text in said for text in deck.slides[0].maps[0].texts.values())


def test_a_map_alone_brings_its_figures_as_a_table() -> None:
    deck = decks.deck()
    slide = replace(deck.slides[0], tables=())
    frame = frames(deck_html(replace(deck, slides=(slide,)), GROUND))[0]
    rows = [" ".join(row.itertext()) for row in frame.xpath(".//tbody/tr")]
    assert len(rows) == 20
    assert any(row.endswith("secret statistique") for row in rows)


def test_a_long_table_is_cut_into_pieces_with_headings_and_loses_no_row() -> None:
    deck = decks.deck()
    table = deck.slides[0].tables[0]
    many = replace(table, rows=table.rows * 19)
    frame = frames(
        deck_html(replace(deck, slides=(replace(deck.slides[0], tables=(many,)),)), GROUND)
    )[0]  # fmt: skip
    pieces = frame.xpath(".//table")
    assert len(pieces) > 10
    assert all(len(piece.xpath(".//thead//th")) == 2 for piece in pieces)
    assert all(len(piece.xpath(".//tr")) <= 18 for piece in pieces)
    assert sum(len(piece.xpath("./tbody/tr")) for piece in pieces) == 380
    assert len(frame.xpath(".//tfoot")) == 1


def test_a_title_of_three_hundred_characters_is_whole() -> None:
    title = "Très long titre " * 18 + "jusqu’au bout"
    frame = frames(deck_html(decks.deck(slides=(decks.chart_slide(title=title),)), GROUND))[0]
    (head,) = frame.xpath(".//h2")
    assert " ".join(head.itertext()) == title
    assert "long-3" in head.get("class")


def test_portraits_follow_their_names_and_are_not_counted() -> None:
    deck = decks.deck()
    codes = list(deck.names)[:3]
    portraits = {code: decks.chart_slide(title=f"Portrait {code}") for code in reversed(codes)}
    document = tree(deck_html(deck, GROUND, portraits))
    names = [" ".join(b.itertext()) for b in document.xpath("//dialog[@id='communes']//button[@data-home]")]
    assert names == [deck.names[code] for code in codes]
    shown = document.xpath("//section[contains(@class, 'portrait')]")
    assert [spoken(s.xpath(".//h2")[0]) for s in shown] == [f"Portrait {code}" for code in codes]
    assert document.xpath("//section[starts-with(@id, 'vue-')]")[-1].get("aria-label").startswith("3 sur 3")
    assert not tree(deck_html(deck, GROUND)).xpath("//dialog[@id='communes']")


def test_notes_wait_for_the_speaker() -> None:
    frame = frames(deck_html(decks.deck(), GROUND))[0]
    assert "Rappeler la réunion de juin." in "".join(frame.xpath("./template")[0].itertext())


def test_why_figures_are_missing_is_on_the_slide() -> None:
    slide = decks.words_slide(problem="L’import de cette vue a été annulé le 2 décembre.", tables=())
    assert "a été annulé" in spoken(frames(deck_html(decks.deck(slides=(slide,)), GROUND))[0])


# -- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("home", "link", "expected"),
    [
        ("http://127.0.0.1:8501", "/carte?a=b", "http://127.0.0.1:8501/carte?a=b"),
        ("https://mairie.fr/zv/", "/carte", "https://mairie.fr/zv/carte"),
        ("", "/carte", ""),
        ("http://x", "", ""),
        ("javascript:alert(1)//", "/x", ""),
        ("http://", "/x", ""),
        ("http://a:99999", "/x", ""),
        ("http://x", "//autre.fr/", "http://x//autre.fr/"),
        ("http://x", "@autre.fr/", ""),
        ("http://x", "/a b", ""),
        ("http://[x", "/a", ""),
    ],
)
def test_only_an_address_of_a_web_server_is_an_address(home: str, link: str, expected: str) -> None:
    assert address(home, link) == expected


def test_a_code_and_a_link_reopen_the_view() -> None:
    deck = decks.deck()
    for frame, slide in zip(frames(deck_html(deck, GROUND)), deck.slides, strict=True):
        (link,) = frame.xpath(".//a[@class='qr']")
        assert link.get("href") == deck.home + slide.link
        assert link.xpath(".//*[local-name()='path']")
    assert tree(deck_html(replace(deck, home=""), GROUND)).xpath("//a[@class='qr']") == []
    assert qr("http://x", "/" + "é" * 3000) == ""


# -- pictures ----------------------------------------------------------------------------------------------------


def test_the_legend_counts_and_the_hatchings_are_those_of_the_screen() -> None:
    assert HERE is not None
    drawing = decks.deck().slides[0].maps[0]
    figure = html.fragment_fromstring(map_figure(drawing, HERE, {}, 3))
    rows = [" ".join(each.itertext()) for each in figure.xpath(".//ul[@class='legend']/li")]
    assert rows == [
        "moins de 7 (6\u00a0communes)", "7 à moins de 14 (7\u00a0communes)", "14 et plus (5\u00a0communes)",
        "secret statistique (1\u00a0commune)", "non publié (1\u00a0commune)", "3 membres", "annonce disponible",
        "Anciennes communautés", "Bursard",
    ]  # fmt: skip
    fills = figure.xpath(".//*[local-name()='use']/@fill")
    assert fills.count("url(#zv-secret)") == 1 and fills.count("url(#zv-absent)") == 1
    assert palette.HATCH in store(HERE) and palette.DOTS in store(HERE)
    (pointed,) = figure.xpath(".//*[local-name()='use'][@class='pointed']")
    assert pointed.get("aria-label") == "Bursard\u202f: 3,5 %"
    assert "Bursard\u202f: 3,5 %" in "".join(figure.xpath(".//p[@class='answer']")[0].itertext())
    radii = sorted(float(r) for r in figure.xpath(".//*[@class='circles']/*/@r"))
    assert radii[1] / radii[0] == pytest.approx(3**0.5, rel=0.01)
    assert "5 km" in spoken(figure) and "N" in figure.xpath(".//*[@class='north']/*/text()")


def test_a_mark_stands_in_its_place_and_says_what_it_is() -> None:
    """Three places whose points of the picture are known another way: the inner points of their communes."""
    assert HERE is not None
    inner = GROUND.contours.to_crs(2154).representative_point().to_crs(4326)
    known = dict(zip(GROUND.contours["code"], inner, strict=True))
    codes = list(known)[::8]
    places = tuple(MarkDrawing(known[code].x, known[code].y, f"Maison à {code}") for code in codes)
    drawing = replace(decks.deck().slides[0].maps[0], places=places)
    figure = html.fragment_fromstring(map_figure(drawing, HERE, {}, 3))
    marks = figure.xpath(".//*[@class='places']/*/*[local-name()='path']")
    assert [each.get("aria-label") for each in marks] == [place.text for place in places]
    for code, mark in zip(codes, marks, strict=True):
        found = re.fullmatch(r"translate\((\S+) (\S+)\)", mark.getparent().get("transform"))
        assert found and (float(found[1]), float(found[2])) == pytest.approx(HERE.points[code], abs=0.2)
    assert "places" not in map_figure(replace(drawing, places=()), HERE, {}, 3)


def test_no_name_covers_another() -> None:
    assert HERE is not None
    drawing = decks.deck().slides[0].maps[0]
    for large, font in ((False, 23.0), (True, 36.0)):
        figure = html.fragment_fromstring(map_figure(drawing, HERE, {}, 3, large=large))
        boxes = []
        for text in figure.xpath(".//*[@class='words']/*[local-name()='text'][not(@class)]"):
            spans = text.xpath("./*")
            wide, high = max(text_width(span.text, font) for span in spans), 1.12 * font * len(spans)
            x, y = float(text.get("x")), float(text.get("y"))
            boxes.append((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
        assert len(boxes) >= (20 if not large else 12)
        for i, a in enumerate(boxes):
            assert a[0] >= -1 and a[2] <= 1001
            for b in boxes[i + 1 :]:
                # Coordinates are whole numbers.
                assert a[2] <= b[0] + 2 or b[2] <= a[0] + 2 or a[3] <= b[1] + 2 or b[3] <= a[1] + 2


BOX, BOWTIE = shapely.box(0.1, 48, 0.2, 48.1), shapely.Polygon([(0, 48), (0.1, 48.1), (0.1, 48), (0, 48.1)])
LINE, POINT = shapely.LineString([(0, 48), (1, 48)]), shapely.Point(0, 48)
ODD = {
    "crosses itself": [BOWTIE, BOX], "a line": [LINE, BOX], "none": [None, BOX], "empty": [shapely.Polygon(), BOX], "alone": [BOX],
    "a hole": [shapely.box(0, 48, 1, 49).difference(BOX), BOX], "overseas": [shapely.box(55.4, -21, 55.5, -20.9)],
}  # fmt: skip


def odd_ground(geometries: list[Any], **more: Any) -> Ground:
    """Communes of any form."""
    codes = [f"c{i}" for i in range(len(geometries))]
    frame = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=geometries, crs=4326)
    return Ground(frame, dict(zip(codes, codes, strict=True)), **more)


@pytest.mark.parametrize("geometries", ODD.values(), ids=list(ODD))
def test_contours_of_any_form_are_drawn(geometries: list[Any]) -> None:
    odd = odd_ground(geometries).contours
    drawn = shapes(odd_ground([BOX], around=odd, inset=odd, outlines=odd))
    assert drawn is not None and "nan" not in store(drawn)
    here = shapes(odd_ground(geometries))
    assert here is not None
    assert all(re.fullmatch(r"(M[-\d. ]+l[-\d. ]+z)+", path) for path in here.paths.values())
    drawing = replace(
        decks.deck().slides[0].maps[0], classes={"c0": 0}, texts={"c0": "x"}, statuses={}, circles=None, commune="c0"
    )  # fmt: skip
    assert "nan" not in map_figure(drawing, here, {}, 3)


def test_what_has_no_area_is_no_contour() -> None:
    assert shapes(odd_ground([POINT, LINE])) is None
    naked = odd_ground([BOX])
    with pytest.raises(MapImageError, match="système de coordonnées"):
        shapes(replace(naked, contours=naked.contours.set_crs(None, allow_override=True)))


def test_names_are_placed_in_the_order_of_the_ground() -> None:
    reverse = dict(reversed(list(GROUND.names.items())))
    here = shapes(replace(GROUND, names=reverse))
    assert here is not None and list(here.names) == list(reverse)


def test_a_colour_that_is_none_is_refused() -> None:
    drawing = replace(decks.deck().slides[0].maps[0], colors=('red" onload="alert(1)', "#41b6c4", "#253494"))
    with pytest.raises(palette.PaletteError):
        map_figure(drawing, HERE, {}, 3)


def chart(**changes: Any) -> ChartDrawing:
    """Two series over two years."""
    given: dict[str, Any] = {
        "kind": "column", "title": "Titre", "unit": "%", "decimals": 1, "categories": ("2021", "2022"),
        "series": (("a", (10.0, -4.0)), ("b", (5.0, 20.0))), "description": "Lu.",
    }  # fmt: skip
    return ChartDrawing(**{**given, **changes})


def words(drawing: ChartDrawing, broad: bool = False) -> list[str]:
    """The texts drawn in a chart."""
    figure = html.fragment_fromstring(chart_figure(drawing, 3, broad=broad))
    return [str(t) for t in figure.xpath(".//*[local-name()='text']/text()")]


@pytest.mark.parametrize("kind", ["column", "bar"])
@pytest.mark.parametrize("broad", [False, True])
def test_bars_write_their_values_and_stand_in_proportion(kind: str, broad: bool) -> None:
    drawing = chart(kind=kind)
    assert {"10,0", "−4,0", "5,0", "20,0", "2021", "2022"} <= set(words(drawing, broad))
    figure = html.fragment_fromstring(chart_figure(drawing, 3, broad=broad))
    side = "height" if kind == "column" else "width"
    sizes = sorted(float(r) for r in figure.xpath(f".//*[local-name()='rect']/@{side}"))
    assert [s / sizes[0] for s in sizes] == pytest.approx([1, 1.25, 2.5, 5], rel=0.02)


def test_stacked_bars_stand_on_each_other() -> None:
    figure = html.fragment_fromstring(
        chart_figure(chart(stacked=True, series=(("a", (10.0, 1.0)), ("b", (5.0, 2.0)))), 3)
    )
    bars = [(float(r.get("x")), float(r.get("y")), float(r.get("height"))) for r in figure.xpath(".//*[local-name()='rect']")]  # fmt: skip
    assert bars[2][0] == bars[0][0] and bars[2][1] + bars[2][2] == pytest.approx(bars[0][1], abs=0.2)


def test_a_line_has_a_gap_where_a_figure_is_missing() -> None:
    figure = html.fragment_fromstring(
        chart_figure(
            chart(kind="line", categories=("1", "2", "3", "4"), series=(("a", (1.0, None, 3.0, 4.0)),)), 3
        )
    )
    pen = figure.xpath(".//*[local-name()='path'][@fill='none']/@d")[0]
    assert pen.count("M") == 2 and pen.count("L") == 1
    assert "Pas de chiffre" in spoken(figure)


def test_what_a_line_is_compared_with_is_broken_and_in_the_key() -> None:
    figure = html.fragment_fromstring(chart_figure(decks.compared_chart(), 3))
    keys = [spoken(each) for each in figure.xpath(".//ul[contains(@class, 'chart-key')]/li")]
    assert keys == ["Part", "Orne (département)", "France"]
    lines = figure.xpath(".//*[local-name()='path'][@class='reference']")
    assert [line.get("d").count("L") for line in lines] == [1, 0] and lines[1].get("d").count("h") == 1
    assert len({line.get("stroke-dasharray") for line in lines}) == 2
    # Of two values, both are on the scale of the figure: France lies lowest.
    lowest = max(float(re.findall(r"[\d.]+", line.get("d"))[1]) for line in lines)
    assert lowest == float(re.findall(r"[\d.]+", lines[1].get("d"))[1])


def test_a_picture_in_a_slide_has_words_for_who_does_not_see_it() -> None:
    for frame in frames(deck_html(decks.deck(), GROUND)):
        for picture in frame.xpath(".//*[local-name()='svg'][contains(@class, 'picture')]"):
            assert len(picture.get("aria-label")) > 30 and picture.get("role") in ("img", "group")
        for table in frame.xpath(".//table"):
            assert spoken(table.xpath("./caption")[0]) and table.xpath("./thead//th[@scope='col']")
        for other in frame.xpath(".//*[local-name()='svg'][not(contains(@class, 'picture'))]"):
            hidden = other.get("aria-hidden") == "true" or other.get("aria-label") or other.getparent().get("aria-label")  # fmt: skip
            assert hidden


def test_words_have_enough_contrast() -> None:
    css = re.sub(r"/\*.*?\*/", "", tree(deck_html(decks.deck(), GROUND)).xpath("//style")[0].text)
    for ink, ground in (("#33404f", "#ffffff"), ("#5b636e", "#eceef1"), ("#6b3a00", "#fff4e0"), ("#c4ccd6", "#16202c")):  # fmt: skip
        assert ink in css
        assert palette.contrast(ink, ground) >= 4.5


def test_a_status_without_words_of_its_own_is_told() -> None:
    deck = decks.deck()
    drawing = replace(deck.slides[0].maps[0], status_labels={Status.SUPPRESSED: "moins de 11 logements"})
    assert "moins de 11 logements (1" in spoken(html.fragment_fromstring(map_figure(drawing, HERE, {}, 3)))


NUMBERS = st.one_of(st.none(), st.floats(-1e9, 1e9), st.sampled_from([float("nan"), float("inf"), 0.0]))


@settings(max_examples=draws(40), deadline=None)
@given(st.data())
def test_any_chart_is_drawn_within_its_picture(data: st.DataObject) -> None:
    kind, count = data.draw(st.sampled_from(["column", "bar", "line"])), data.draw(st.integers(1, 30))
    names = tuple(data.draw(st.lists(st.text(max_size=40), min_size=count, max_size=count)))
    series = tuple(
        (f"s{i}", tuple(data.draw(NUMBERS) for _ in names)) for i in range(data.draw(st.integers(1, 4)))
    )
    drawing = chart(kind=kind, categories=names, series=series, stacked=data.draw(st.booleans()))
    figure = html.fragment_fromstring(chart_figure(drawing, 3, broad=data.draw(st.booleans())))
    (picture,) = figure.xpath(".//*[contains(@class, 'picture')]")
    _, _, width, height = map(float, picture.get("viewbox").split())
    for bar in picture.xpath("./*[local-name()='rect']"):
        x, y, wide, high = (float(bar.get(name)) for name in ("x", "y", "width", "height"))
        assert wide >= 0 and high >= 0 and x >= -1 and x + wide <= width + 1
        assert y >= -1 and y + high <= height + 1
    for text in picture.xpath("./*[local-name()='text']"):
        assert -1 <= float(text.get("x")) <= width + 1 and -1 <= float(text.get("y")) <= height + 1


def slide_of(**changes: Any) -> Slide:
    """A slide of words."""
    return decks.words_slide(**changes)


def test_a_view_without_a_title_has_a_number() -> None:
    frame = frames(deck_html(decks.deck(slides=(slide_of(title=" "),)), GROUND))[0]
    assert spoken(frame.xpath(".//h2")[0]) == "Vue 1"


def test_the_word_source_is_said_once() -> None:
    slide = slide_of(sources=("Source : INSEE, RP 2022.", "Source : ARCEP.", "Source : ARCEP."))
    (line, *_) = frames(deck_html(decks.deck(slides=(slide,)), GROUND))[0].xpath(".//ul[@class='origin']/li")
    assert "".join(line.itertext()) == "Source : INSEE, RP 2022. Source : ARCEP."


def test_long_sources_have_a_place_of_their_own() -> None:
    lines = tuple(
        f"Source : relevé numéro {i}, dont le titre est assez long pour remplir une ligne." for i in range(12)
    )
    deck = decks.deck(
        slides=(decks.map_slide(list(decks.deck().names), dict(decks.deck().names), sources=lines),)
    )
    frame = frames(deck_html(deck, GROUND))[0]
    steps = frame.xpath(".//div[contains(@class, 'step')]")
    assert [spoken(item) for item in steps[-1].xpath(".//li")][:12] == list(lines)
    assert "secret statistique" in spoken(steps[-1])
    foot = spoken(frame.xpath(".//footer")[0])
    assert "Sources : au dernier volet" in foot and deck.slides[0].fingerprint in foot
    assert lines[0] not in foot and "Secret : 1 commune sous secret statistique." in foot


def test_a_source_is_cited_on_its_slide_even_where_all_that_is_said_of_it_is_one_step_below() -> None:
    cited = ("INSEE, Recensement (RP 2022)", "ARCEP, Ma connexion internet (2e trimestre 2026)")
    said = tuple(f"{each}. Millésime : 2026. {'Ce qu’il faut en savoir est long. ' * 12}" for each in cited)
    hidden = tuple(f"Indicateur {i} : 3 communes sous secret statistique." for i in range(20))
    for secrecy, away in ((hidden[:1], "Précisions"), (hidden, "Précisions et secret")):
        slide = decks.map_slide(
            list(decks.deck().names), dict(decks.deck().names), sources=said, cited=cited, secrecy=secrecy
        )
        frame = frames(deck_html(decks.deck(slides=(slide,)), GROUND))[0]
        foot, last = spoken(frame.xpath(".//footer")[0]), spoken(frame.xpath(".//div[@data-step]")[-1])
        assert f"Sources : {cited[0]}. {cited[1]}." in foot and f"{away} : au dernier volet" in foot
        assert "long" not in foot and all(line.strip() in last for line in (*said, *secrecy))
        assert (secrecy[0] in foot) is (len(secrecy) == 1)


def test_years_under_a_chart_of_a_deck_stand_upright() -> None:
    years = (*(str(year) for year in range(1990, 2026)), "12/05/2026")
    drawing = ChartDrawing("column", "T", "membres", 0, years, (("Membres", (1.0,) * 37),), "Un.")
    figure = html.fragment_fromstring(chart_figure(drawing, 3, broad=True))
    words = [text for text in figure.xpath(".//*[local-name()='text']") if text.text in years]
    assert (
        5 < len(words) < 37 and words[0].text == "1990" and not any(text.get("transform") for text in words)
    )


def test_many_lying_bars_stand_in_two_columns_on_one_scale() -> None:
    names = tuple(f"Commune {i}" for i in range(20))
    drawing = chart(kind="bar", categories=names, series=(("a", tuple(float(i + 1) for i in range(20))),))
    figure = html.fragment_fromstring(chart_figure(drawing, 3, broad=True))
    bars = [(float(r.get("x")), float(r.get("width"))) for r in figure.xpath(".//*[local-name()='rect']")]
    assert len({x for x, _ in bars}) == 2
    assert [wide / bars[0][1] for _, wide in bars] == pytest.approx(range(1, 21), rel=0.05)
    assert float(figure.xpath(".//*[contains(@class, 'picture')]/@viewbox")[0].split()[3]) < 560
