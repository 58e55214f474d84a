"""A séance on paper, read back with libraries that did not write it: pikepdf for what a PDF is, poppler for what it says."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst

from analysis.council import Cell, Column, Deck, Slide, Table
from reports.document import compile_pdf
from reports.paper import (
    PaperError,
    annual_report_pdf,
    commune_sheets_zip,
    document_pdf,
    sheet_name,
    sheet_pdf,
)
from reports.pictures import Ground
from tests import codes, decks, office
from tests.corpus import CORPUS
from tests.test_corpus import RUNS_IN_PDF, _names


@pytest.fixture(scope="module")
def ground() -> Ground:
    return decks.ground()


@pytest.fixture(scope="module")
def a4(ground: Ground) -> bytes:
    return document_pdf(decks.deck(), ground)


@pytest.fixture(scope="module")
def poster(ground: Ground) -> bytes:
    return document_pdf(decks.deck(), ground, paper="a3-poster")


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def pages(content: bytes) -> int:
    with opened(content) as document:
        return len(document.pages)


def said(content: bytes) -> str:
    """All the text of a PDF, blanks and line ends alike."""
    if shutil.which("pdftotext") is None and not os.environ.get("CI"):
        pytest.skip("poppler's pdftotext is not installed")
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return plain(done.stdout.decode())


def plain(text: str) -> str:
    """`text` without what a PDF leaves out: breaks inside words, kinds of blanks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text.replace("\u200b", "")))


def elements(document: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """The elements of the structure, in reading order."""
    open_: list[Any] = [document.Root.StructTreeRoot.K]
    while open_:
        node = open_.pop()
        if isinstance(node, pikepdf.Array):
            open_ += list(node)[::-1]  # type: ignore[call-overload]
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield node
            if "/K" in node:
                open_.append(node.K)


def kinds(document: pikepdf.Pdf) -> list[str]:
    return [str(each.S) for each in elements(document)]


def images(document: pikepdf.Pdf) -> int:
    """The pictures of pixels in a PDF."""
    return sum(
        isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image" for each in document.objects
    )


def fonts(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [
        each
        for each in document.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
    ]


@pytest.mark.parametrize("kind", ["a4", "poster"])
def test_a_paper_says_what_it_claims(kind: str, request: pytest.FixtureRequest) -> None:
    """Language, title, tags, alternative texts, header cells, embedded fonts, the standards it declares: no more is claimed."""
    with opened(request.getfixturevalue(kind)) as document:
        assert str(document.Root.Lang) == "fr-FR"
        assert bool(document.Root.MarkInfo.Marked) and bool(document.Root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as meta:
            assert meta["dc:title"] == "Conseil du 3 décembre"
            assert (meta["pdfuaid:part"], meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("1", "3", "A")
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
        tags = kinds(document)
        assert {"/H1", "/P", "/Table", "/TH", "/TD", "/Caption", "/Figure", "/Link"} <= set(tags)
        figures = [each for each in elements(document) if str(each.S) == "/Figure"]
        alts = [str(each.get("/Alt", "")) for each in figures]
        assert all(alts)
        assert any("plus forte à la dernière commune" in alt for alt in alts)
        assert "Quatre membres en 2023, six en 2025." in alts
        assert sum(alt.startswith("Code QR") for alt in alts) == 3
        assert images(document) == 0, "maps, charts and codes are drawings"
        assert fonts(document)
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()) for each in fonts(document))


@pytest.mark.parametrize("kind", ["a4", "poster"])
def test_every_view_has_its_figures_its_source_and_its_fingerprint(
    kind: str, request: pytest.FixtureRequest
) -> None:
    text = said(request.getfixturevalue(kind))
    deck = decks.deck()
    for slide in deck.slides:
        wanted = [
            slide.title,
            slide.sentence,
            slide.fingerprint,
            *slide.sources,
            *slide.vintages,
            *slide.secrecy,
        ]
        for table in slide.tables:
            wanted += [cell.text for row in (*table.rows, table.foot) for cell in row]
            wanted += [table.caption, *(column.heading for column in table.columns)]
        for drawing in slide.maps:
            wanted += [
                drawing.subtitle,
                drawing.legend_title,
                *drawing.class_labels,
                "Anciennes communautés",
                "3 membres",
            ]
        wanted += [deck.home + slide.link]
        assert [each for each in wanted if plain(each) not in text] == []
    for each in (
        deck.fingerprint,
        "Pour le public",
        "DÉMONSTRATION",
        "3 décembre 2026",
        "28 novembre 2026",
        "5 km",
    ):
        assert plain(each) in text, each
    assert "Rappeler la réunion de juin" not in text, "the speaker's note is the speaker's"
    assert "figés le 03/12/2026" in text


def test_a_document_has_contents_and_page_numbers(a4: bytes) -> None:
    text = said(a4)
    assert pages(a4) == 4
    assert all(re.search(rf"\b{page} ?/ ?4\b", text) for page in range(1, 5))
    with opened(a4) as document:
        assert "/TOC" in kinds(document)
        assert len(document.Root.Outlines) > 0


def test_the_map_is_drawn_and_its_names_are_text(a4: bytes) -> None:
    text = said(a4)
    assert "Sainte-Scolasse-sur-Sarthe" in text
    assert text.count("Part des logements vacants") == 3, (
        "title, caption and heading of a column: the map writes none"
    )


def test_a_long_table_repeats_its_header(ground: Ground) -> None:
    rows = tuple((Cell(f"Commune {i}"), Cell(str(i), float(i))) for i in range(200))
    table = Table("Deux cents lignes", (Column("Commune"), Column("Rang", numeric=True)), rows)
    slide = decks.words_slide(tables=(table,))
    content = document_pdf(decks.deck(slides=(slide,)), ground)
    count = pages(content)
    assert count >= 4
    text = said(content)
    assert text.count("Commune Rang") == count - 1
    assert "Commune 199" in text
    with opened(content) as document:
        tags = kinds(document)
        assert tags.count("/TH") == 2, "what is repeated is no second header"
        assert tags.count("/TD") == 400


def test_the_same_seance_gives_the_same_file(a4: bytes, ground: Ground) -> None:
    assert document_pdf(decks.deck(), ground) == a4


def test_a_seance_without_views_is_refused(ground: Ground) -> None:
    for kind in ("a4", "a3-poster"):
        with pytest.raises(PaperError, match="La séance est vide"):
            document_pdf(decks.deck(slides=()), ground, paper=kind)  # type: ignore[arg-type]
    with pytest.raises(PaperError, match="Papier inconnu"):
        document_pdf(decks.deck(), ground, paper="a5")  # type: ignore[arg-type]


def test_a_picture_without_description_stops_the_making(ground: Ground) -> None:
    chart = replace(decks.chart_slide().charts[0], description=" \u200b")
    with pytest.raises(
        PaperError, match="Le graphique « Membres présents au 31 décembre » n’a pas de description"
    ):
        document_pdf(decks.deck(slides=(decks.chart_slide(charts=(chart,)),)), ground)
    names = dict(decks.deck().names)
    slide = decks.map_slide(list(names), names)
    lacking = replace(slide, maps=(replace(slide.maps[0], description=""),))
    with pytest.raises(PaperError, match="La carte « Part des logements vacants » n’a pas de description"):
        document_pdf(decks.deck(slides=(lacking,)), ground)


def test_typst_itself_refuses_a_picture_without_alternative_text() -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    template = (
        f'#set document(title: "x")\n#set text(lang: "fr")\n#title()\n#image(bytes("{svg}"), format: "svg")'
    )
    with pytest.raises(typst.TypstError, match="alt"):
        compile_pdf(template, "{}", standards=("ua-1", "a-3a"))


def long_deck() -> Deck:
    """A title, a sentence and a caption as long as they may be."""
    long = "Les logements vacants du territoire et leur évolution depuis dix ans, " * 15
    slides = tuple(
        replace(slide, title=long[:300], sentence=long[:1000], secrecy=(long[:200],))
        for slide in decks.deck().slides
    )
    return decks.deck(title=long[:300], slides=slides)


@pytest.mark.parametrize("kind", ["a4", "a3-poster"])
def test_titles_as_long_as_they_may_be(kind: Any, ground: Ground) -> None:
    deck = long_deck()
    content = document_pdf(deck, ground, paper=kind)
    text = said(content)
    assert text.count(plain(deck.slides[0].title.strip())) >= 3
    assert text.count(plain(deck.slides[0].sentence.strip())) == 3
    assert kind == "a4" or pages(content) == 1


def test_a_poster_holds_six_views_a_page(ground: Ground) -> None:
    drawn, chart, words = decks.deck().slides
    slides = (drawn, *(chart, words) * 3)
    for count, wanted in ((1, 1), (2, 1), (4, 1), (6, 1), (7, 2)):
        content = document_pdf(decks.deck(slides=slides[:count]), ground, paper="a3-poster")
        assert pages(content) == wanted
        with opened(content) as document:
            left, bottom, right, top = map(float, document.pages[0].MediaBox)  # type: ignore[arg-type]
            assert (round(right - left), round(top - bottom)) == (1191, 842), "A3, landscape"
            assert kinds(document).count("/H1") == count


def words_at(content: bytes) -> list[tuple[int, str, float, float, float]]:
    """The words of a PDF: page, text, left, top and bottom in points."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    found = []
    for page, text in enumerate(done.stdout.decode().split("<page ")[1:]):
        for left, top, bottom, word in re.findall(
            r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<', text
        ):
            found.append((page, word, float(left), float(top), float(bottom)))
    return found


def test_a_view_a_little_too_long_is_set_closer_instead_of_leaving_its_foot_alone(ground: Ground) -> None:
    whole = decks.map_slide(list(ground.names), dict(ground.names), sentence="Une phrase. " * 12)
    scales = {}
    for rows, wanted in ((0, 2), (4, 2), (9, 2), (40, 3)):
        more = tuple((Cell(f"Lieu {i}"), Cell(str(i), float(i))) for i in range(rows))
        table = replace(whole.tables[0], rows=whole.tables[0].rows + more)
        content = document_pdf(decks.deck(slides=(replace(whole, tables=(table,)),)), ground)
        assert pages(content) == wanted, rows
        if shutil.which("pdftotext") is not None or os.environ.get("CI"):
            scales[rows] = next(
                end for page, word, *_, end in words_at(content) if page == 1 and word == "km"
            )
    if scales:
        assert scales[9] < scales[4] == scales[0] == scales[40], "a smaller map only where that spares a page"


def test_no_key_of_a_poster_runs_into_the_sources(ground: Ground) -> None:
    """Where six frames are too low for a map, its key of nine classes and long sources, a page has three high ones."""
    if shutil.which("pdftotext") is None and not os.environ.get("CI"):
        pytest.skip("poppler's pdftotext is not installed")
    slide = decks.deck().slides[0]
    drawing = replace(
        slide.maps[0], colors=("#ffffcc",) * 9, class_labels=tuple(f"Case {i} de la grille" for i in range(9)),
        places_label="dernierdelaclef",
    )  # fmt: skip
    sources = tuple(
        f"Producteur {i}, une publication dont le titre est long, édition de 2026." for i in range(5)
    )
    each = replace(slide, maps=(drawing,), sources=sources, tables=())
    content = document_pdf(decks.deck(slides=(each,) * 6), ground, paper="a3-poster")
    assert pages(content) == 2
    keys: dict[tuple[int, int], float] = {}
    feet: dict[tuple[int, int], float] = {}
    for page, word, left, top, bottom in words_at(content):
        frame = (page, int(left / 1190.6 * 3))
        if word == "dernierdelaclef":
            keys[frame] = bottom
        elif word == "Sources":
            feet[frame] = min(top, feet.get(frame, top))
    assert len(keys) == 6 and keys.keys() == feet.keys()
    assert all(keys[frame] <= feet[frame] for frame in keys)


def test_many_lying_bars_are_a_table_on_a_small_frame_of_a_poster(ground: Ground) -> None:
    names = tuple(f"Commune {i}" for i in range(20))
    drawing = replace(
        decks.chart_slide().charts[0], kind="bar", categories=names, series=(("Avant", (1.0,) * 20), ("Après", (77.0,) * 20))
    )  # fmt: skip
    crowd = decks.chart_slide(charts=(drawing,), tables=())
    text = said(document_pdf(decks.deck(slides=(crowd, *decks.deck().slides)), ground, paper="a3-poster"))
    assert "Catégorie" in text and text.count("Avant") == 1 and len(re.findall(r"\b77\b", text)) == 20


def test_a_poster_keeps_the_first_rows_of_a_long_table_and_says_so(ground: Ground) -> None:
    rows = tuple((Cell(f"Ligne {i} fin"),) for i in range(300))
    # Written in letters at which the sources are cited in short: those lines say it too.
    slide = decks.words_slide(
        title="Très longue", tables=(Table("x", (Column("Ligne"),), rows),), cited=("INSEE (RP 2022)",)
    )
    content = document_pdf(decks.deck(slides=(decks.chart_slide(), slide)), ground, paper="a3-poster")
    text = said(content)
    kept = [i for i in range(300) if f"Ligne {i} fin" in text]
    assert kept == list(range(len(kept))) and 5 <= len(kept) < 300
    assert re.search(rf"Premières lignes du tableau\s*: {len(kept)} sur 300", text)
    assert slide.fingerprint in text, "the figures are those of the whole view"
    assert "Premières lignes" not in said(document_pdf(decks.deck(slides=(slide,)), ground)), (
        "the A4 holds them all"
    )


def test_a_view_too_long_for_a_poster_is_named(ground: Ground) -> None:
    slide = decks.words_slide(title="Trop longue", sentence="Un mot encore. " * 600, tables=())
    with pytest.raises(PaperError, match="La vue « Trop longue » ne tient pas sur la page"):
        document_pdf(decks.deck(slides=(decks.chart_slide(), slide)), ground, paper="a3-poster")


def test_sixty_views(ground: Ground) -> None:
    slides = [decks.chart_slide(title=f"Vue numéro {i}") for i in range(60)]
    content = document_pdf(decks.deck(slides=tuple(slides)), ground)
    text = said(content)
    assert all(f"Vue numéro {i}" in text for i in range(60))
    assert pages(content) >= 61


def test_sixty_views_on_posters(ground: Ground) -> None:
    slides = tuple(decks.words_slide(title=f"Vue numéro {i}", link="") for i in range(60))
    content = document_pdf(decks.deck(slides=slides), ground, paper="a3-poster")
    assert pages(content) == 10
    text = said(content)
    assert all(f"Vue numéro {i}" in text for i in range(60))


def hostile(slide: Slide, text: str) -> Slide:
    """`slide` with `text` in every place."""
    tables = tuple(
        replace(
            table,
            caption=text,
            columns=tuple(replace(column, heading=text) for column in table.columns),
            rows=tuple(tuple(replace(cell, text=text) for cell in row) for row in table.rows[:3]),
        )
        for table in slide.tables
    )
    maps = tuple(
        replace(
            each, title=text, subtitle=text, legend_title=text, unit=text, source=text, description=f"x {text}",
            class_labels=(text,) * len(each.class_labels), outline_label=text, mark=text, labels=dict.fromkeys(each.classes, text),
            places=tuple(replace(place, text=text) for place in each.places), places_label=text,
        )
        for each in slide.maps
    )  # fmt: skip
    charts = tuple(
        replace(
            each, title=text, unit=text, description=f"x {text}", categories=(text,) * 3, series=((text, (1.0, None, 2.0)),)
        )
        for each in slide.charts
    )  # fmt: skip
    return replace(
        slide, title=text, sentence=text, tables=tables, maps=maps, charts=charts, sources=(text,), vintages=(text,),
        secrecy=(text,), mark=text, link=text, problem=text,
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore:Glyph")  # no font draws every sign of the corpus
def test_hostile_text_runs_nothing_and_is_printed(ground: Ground) -> None:
    texts = [text for name, text in CORPUS.items() if name not in ("long", "empty", "blank")]
    slides = decks.deck().slides
    # Every text once in a view, by turns with a map, a chart and a table: a map for each would only take time.
    attacked = tuple(
        hostile(slides[0] if number % 9 == 0 else slides[1 + number % 2], text)
        for number, text in enumerate([*texts, CORPUS["long"][:300]])
    )
    deck = decks.deck(title=CORPUS["typst"], territory=CORPUS["script"], slides=attacked)
    content = document_pdf(deck, ground)
    with opened(content) as document:
        assert not _names(document) & RUNS_IN_PDF, "no script, no action, no address"
    text = said(content)
    for name in ("jinja", "typst", "script", "formula", "path", "xml"):
        assert plain(CORPUS[name]) in text, name


def test_only_addresses_of_this_application_are_links(ground: Ground) -> None:
    links = [
        "javascript:alert(1)",
        "//zv-attack.fr/x",
        "https://zv-attack.fr",
        "carte",
        "/carte?a=b",
        '/x"><script>',
        "",
    ]
    slides = tuple(decks.words_slide(link=link) for link in links)
    with opened(document_pdf(decks.deck(slides=slides), ground)) as document:
        found = {
            str(each.A.URI)
            for page in document.pages
            for each in page.get("/Annots", [])
            if "/URI" in each.get("/A", {})
        }
    assert found == {"http://127.0.0.1:8501/carte?a=b"}


def test_the_codes_on_paper_are_read_as_the_addresses_of_the_views(
    a4: bytes, poster: bytes, tmp_path: Path
) -> None:
    if shutil.which("pdftoppm") is None and not os.environ.get("CI"):
        pytest.skip("poppler's pdftoppm is not installed")
    deck = decks.deck()
    for name, paper in (("a4", a4), ("poster", poster)):
        (tmp_path / name).mkdir()
        pictures = office.pictures(paper, tmp_path / name, dpi=110)
        found = [code for picture in pictures for code in codes.read(picture.read_bytes())]
        assert sorted(found) == sorted(deck.home + slide.link for slide in deck.slides)


def test_a_seance_without_an_address_has_no_code(ground: Ground) -> None:
    with opened(document_pdf(decks.deck(home=""), ground)) as document:
        assert not [e for e in elements(document) if str(e.get("/Alt", "")).startswith("Code QR")]


def test_a_map_without_its_table_still_writes_its_figures(ground: Ground) -> None:
    slide = replace(decks.deck().slides[0], tables=())
    text = said(document_pdf(decks.deck(slides=(slide,)), ground))
    assert [each for each in slide.maps[0].texts.values() if plain(each) not in text] == []


def test_figures_that_cannot_be_shown_are_said(ground: Ground) -> None:
    slide = decks.words_slide(problem="L’import de cette vue a été annulé.")
    assert "L’import de cette vue a été annulé." in said(document_pdf(decks.deck(slides=(slide,)), ground))


# -- sheets of communes -----------------------------------------------------------------------------------------


def test_twenty_sheets_of_two_pages_each(ground: Ground) -> None:
    sheets = decks.sheets()
    content = commune_sheets_zip(sheets, ground)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(sheets) == len(set(names))
        assert {"fiche-essay.pdf", "fiche-mele-sur-sarthe-le.pdf"} & set(names) >= {"fiche-essay.pdf"}
        for name, deck in zip(names, sheets.values(), strict=True):
            sheet = archive.read(name)
            assert pages(sheet) == 2, name
            text = said(sheet)
            for slide in deck.slides:
                assert slide.fingerprint in text
            assert plain(deck.title) in text


def test_a_full_sheet_still_has_two_pages(ground: Ground) -> None:
    deck = next(iter(decks.sheets().values()))
    crowded = replace(deck, slides=(deck.slides[0], *deck.slides[1:], deck.slides[2]))
    assert pages(sheet_pdf(crowded, ground)) == 2
    assert pages(sheet_pdf(replace(deck, slides=deck.slides[:1]), ground)) == 2
    with pytest.raises(PaperError, match="ne tient pas sur la page"):
        sheet_pdf(replace(deck, slides=(deck.slides[0], *deck.slides[1:] * 9)), ground)


def test_no_sheet_is_refused(ground: Ground) -> None:
    with pytest.raises(PaperError, match="Aucune fiche"):
        commune_sheets_zip({}, ground)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Essay", "fiche-essay.pdf"),
        ("Saint-Aubin-d'Appenai", "fiche-saint-aubin-d-appenai.pdf"),
        ("Le Ménil-Broût", "fiche-le-menil-brout.pdf"),
        ("../../etc/passwd", "fiche-etc-passwd.pdf"),
        ("\u202e", "fiche-commune.pdf"),
    ],
)
def test_a_sheet_is_named_after_its_commune(name: str, wanted: str) -> None:
    assert sheet_name(name) == wanted


def test_two_communes_of_one_name_have_two_sheets(ground: Ground) -> None:
    deck = next(iter(decks.sheets().values()))
    same = replace(ground, names={"1": "Saint-Léger", "2": "Saint-Léger"})
    with zipfile.ZipFile(io.BytesIO(commune_sheets_zip({"1": deck, "2": deck}, same))) as archive:
        assert archive.namelist() == ["fiche-saint-leger.pdf", "fiche-saint-leger-2.pdf"]


# -- the annual report ------------------------------------------------------------------------------------------


def test_the_annual_report_is_titled_with_its_year(ground: Ground) -> None:
    content = annual_report_pdf(decks.deck(title="Réseau de Zevillage"), ground, 2025)
    with opened(content) as document, document.open_metadata() as meta:
        assert plain(meta["dc:title"]) == "Rapport annuel 2025 : Réseau de Zevillage"
    text = said(content)
    assert "Le réseau grandit" in text and decks.deck().fingerprint in text
    assert "Rapport de l’année 2025" in text and "Séance du" not in text
