"""A séance of three views, made by hand with known figures, on which every support is tested."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from analysis.council import (
    Cell,
    ChartDrawing,
    CircleDrawing,
    Column,
    Deck,
    MapDrawing,
    MarkDrawing,
    Slide,
    Table,
)
from analysis.model import Audience, Status
from data import packs
from data.territory import (
    Territory,
    departement_outline,
    geometry,
    group_outlines,
    load_territory,
    surroundings,
)
from reports.pictures import Ground

DAY = dt.date(2026, 12, 3)
SOURCE = "INSEE, Recensement de la population (RP 2022)"
PLACES = (
    MarkDrawing(0.3455, 48.5105, "Maison, 4 pièces, 620 € par mois"),
    MarkDrawing(0.2435, 48.5410, "Appartement, 45 m²"),
)
"""Two listings, at points of their own."""


@functools.cache
def _here() -> Territory:
    """The territory that comes with the application, read once, whichever pack a test has on show."""
    return load_territory(packs.SHIPPED.territory)


@functools.cache
def ground() -> Ground:
    """The ground of the territory that comes with the application, read once as the application does: not to be changed."""
    here = _here()
    contours = geometry(here)
    return Ground(
        contours,
        dict(zip(contours["code"], contours["name"], strict=True)),
        group_outlines(here),
        surroundings(here),
        departement_outline(here),
    )


def map_slide(codes: list[str], names: dict[str, str], **changes: Any) -> Slide:
    """A choropleth with its table: the first commune is secret, the second not published, the others 1,5 to n,5 %."""
    values = {code: rank + 1.5 for rank, code in enumerate(codes[2:])}
    texts = {code: f"{value:.1f} %".replace(".", ",") for code, value in values.items()}
    said = {codes[0]: "secret statistique", codes[1]: "non publié", **texts}
    drawing = MapDrawing(
        title="Part des logements vacants",
        subtitle="Zevillage, RP 2022",
        legend_title="Logements vacants",
        unit="%",
        classes={code: min(2, int(value // 7)) for code, value in values.items()},
        statuses={codes[0]: Status.SUPPRESSED, codes[1]: Status.MISSING},
        colors=("#ffffcc", "#41b6c4", "#253494"),
        class_labels=("moins de 7", "7 à moins de 14", "14 et plus"),
        status_labels={},
        texts=said,
        source=SOURCE,
        day=DAY,
        description="La part est la plus forte à la dernière commune.",
        circles=CircleDrawing("Membres", {codes[2]: 3.0, codes[3]: 1.0}, ((3.0, "3 membres"),), 3.0),
        outlined=True,
        outline_label="Anciennes communautés",
        commune=codes[4],
        mark="démonstration",
        places=PLACES,
        places_label="annonce disponible",
    )
    rows = tuple((Cell(names[code]), Cell(said[code], values.get(code))) for code in codes)
    table = Table(
        "Part des logements vacants, RP 2022",
        (Column("Commune"), Column("Part des logements vacants (%)", numeric=True, unit="%", decimals=1)),
        rows,
        (Cell("Zevillage"), Cell("10,5 %", 10.5)),
    )
    given: dict[str, Any] = {
        "title": "Logements vacants",
        "sentence": "386 logements sur 3 660 sont vacants (10,5 %).",
        "generated": "386 logements sur 3 660 sont vacants (10,5 %).",
        "maps": (drawing,),
        "tables": (table,),
        "sources": (f"{SOURCE}. Contours : IGN.",),
        "vintages": ("RP 2022",),
        "secrecy": ("1 commune sous secret statistique.",),
        "mark": "démonstration",
        "link": "/carte?indicateur=vacancy_rate",
        "note": "Rappeler la réunion de juin.",
        "revision": 12,
    }
    return Slide(**{**given, **changes})


def chart_slide(**changes: Any) -> Slide:
    """Members by year, with one year unknown."""
    chart = ChartDrawing(
        "column",
        "Membres présents au 31 décembre",
        "membres",
        0,
        ("2023", "2024", "2025"),
        (("Membres présents", (4.0, None, 6.0)),),
        "Quatre membres en 2023, six en 2025.",
    )
    table = Table(
        "Membres présents au 31 décembre",
        (Column("Année"), Column("Membres présents", numeric=True, unit="membres")),
        (
            (Cell("2023"), Cell("4", 4.0)),
            (Cell("2024"), Cell("non publié")),
            (Cell("2025"), Cell("6", 6.0)),
        ),
    )
    given: dict[str, Any] = {
        "title": "Le réseau grandit",
        "sentence": "Le réseau compte 6 membres.",
        "generated": "Le réseau compte 6 membres à la fin de 2025.",
        "charts": (chart,),
        "tables": (table,),
        "sources": ("Registre du réseau, au 12/05/2026 — démonstration.",),
        "vintages": ("2025",),
        "mark": "démonstration",
        "link": "/reseau",
        "revision": 12,
        "frozen": DAY,
    }
    return Slide(**{**given, **changes})


def compared_chart() -> ChartDrawing:
    """A line beside what surrounds it, known at both dates or at one."""
    return ChartDrawing(
        "line", "Part des logements vacants", "%", 1, ("RP 2016", "RP 2022"), (("Part", (9.5, 10.5)),), "De 9,5 % à 10,5 %.",
        references=(("Orne (département)", (9.0, 9.8)), ("France", (None, 8.1))),
    )  # fmt: skip


def words_slide(**changes: Any) -> Slide:
    """A sentence alone, negative figures and a phone number in its table."""
    table = Table(
        "Évolution et contact",
        (Column("Commune"), Column("Évolution (%)", numeric=True, unit="%", decimals=1), Column("Téléphone")),
        ((Cell("Essay"), Cell("-3,5 %", -3.5), Cell("+33 2 33 00 00 00")),),
    )
    given: dict[str, Any] = {
        "title": "À retenir",
        "sentence": "La population baisse de 3,5 %.",
        "generated": "La population baisse de 3,5 %.",
        "tables": (table,),
        "sources": (SOURCE + ".",),
        "vintages": ("RP 2022",),
        "link": "/accueil",
        "revision": 12,
    }
    return Slide(**{**given, **changes})


def deck(**changes: Any) -> Deck:
    """The séance: a map, a chart, words."""
    here = _here()
    names = dict(here.name_of)
    given: dict[str, Any] = {
        "title": "Conseil du 3 décembre",
        "day": DAY,
        "made": dt.date(2026, 11, 28),
        "audience": Audience.PUBLIC,
        "territory": here.name,
        "slides": (map_slide(list(names), names), chart_slide(), words_slide()),
        "revision": 12,
        "home": "http://127.0.0.1:8501",
        "names": names,
    }
    return Deck(**{**given, **changes})


def sheet(code: str, names: dict[str, str], **changes: Any) -> Deck:
    """The two-page sheet of one commune: key figures and where it lies, its past in two charts, its town hall."""
    numeric = [Column(each, numeric=True) for each in (names[code], "Groupe", "Territoire")]
    rows = tuple(
        (
            Cell(f"Indicateur {i}"),
            Cell(f"{i},5 %", i + 0.5),
            Cell("8,0 %", 8.0),
            Cell("10,5 %", 10.5),
            Cell("2e"),
        )
        for i in range(14)
    )
    figures = Table("Chiffres clés", (Column("Indicateur"), *numeric, Column("Rang")), rows)
    locator = MapDrawing(
        title="Où se trouve la commune",
        subtitle="",
        legend_title="Commune",
        unit="",
        classes={code: 0},
        statuses=dict.fromkeys(set(names) - {code}, Status.MISSING),
        colors=("#0072b2",),
        class_labels=(names[code],),
        status_labels={Status.MISSING: "autres communes du territoire"},
        texts={code: names[code]},
        source="IGN",
        day=DAY,
        description=f"{names[code]} dans son territoire.",
        named=False,
    )
    inhabitants = ChartDrawing(
        "line",
        "Population",
        "habitants",
        0,
        ("2012", "2017", "2022"),
        (("Habitants", (310.0, 305.0, 298.0)),),
        "De 310 à 298 habitants.",
    )
    said = (
        ("Adresse", "1 place de la Mairie"),
        ("Téléphone", "+33 2 33 00 00 00"),
        ("Ouverture", "mardi de 9 h à 12 h"),
    )
    hall = Table(
        "Mairie", (Column("Quoi"), Column("Coordonnées")), tuple((Cell(a), Cell(b)) for a, b in said)
    )
    key = f"{names[code]} compte 298 habitants."
    slides = (
        words_slide(title="Chiffres clés", sentence=key, maps=(locator,), tables=(figures,)),
        chart_slide(title="Évolution", charts=(inhabitants, *chart_slide().charts), tables=()),
        words_slide(
            title="La mairie", sentence="Ouverte le mardi.", tables=(hall,), link=f"/portrait?commune={code}"
        ),
    )
    return deck(**{"title": names[code], "slides": slides, **changes})


def sheets() -> dict[str, Deck]:
    """The sheets of all communes, by code."""
    names = dict(_here().name_of)
    return {code: sheet(code, names) for code in names}
