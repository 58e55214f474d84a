"""The council meeting: what a view of a séance shows, described once for every support.

A séance (`Briefing`) is an ordered list of views. What a view shows on a day is a `Slide`: its sentence, its pictures described as
figures (`MapDrawing`, `ChartDrawing`), its tables, where they come from. Screen, deck, paper, slides and workbook are all made of the
same `Slide`; none of them asks the figures again. A slide is plain values, so that it can be frozen in the store (`to_json`) and read
back (`slide_from_json`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from analysis.model import Audience, Status


@dataclass(frozen=True)
class Cell:
    """One cell of a table: the words on screen and, where it is a figure, the number itself (in the unit of its column)."""

    text: str
    number: float | None = None


@dataclass(frozen=True)
class Column:
    """One column: its heading, and for figures the unit and the decimals with which they are written."""

    heading: str
    numeric: bool = False
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class Table:
    """`rows` have one cell a column; `foot` is the territory's row (empty for none)."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class CircleDrawing:
    """Proportional circles: `values` by commune, the words of their key (value, text; largest first), the value of the scale's end."""

    title: str
    values: Mapping[str, float]
    texts: tuple[tuple[float, str], ...] = ()
    maximum: float = 0.0


@dataclass(frozen=True)
class MarkDrawing:
    """Something that stands at a place (degrees, WGS 84) and not in a commune as a whole: an available listing, with what is said of it."""

    lon: float
    lat: float
    text: str


@dataclass(frozen=True)
class MapDrawing:
    """A map of the territory: what each commune is painted with, and the words around.

    `classes`: commune → rank of its colour; `statuses`: commune → why it has none; `colors` (``#rrggbb``) and `class_labels` by rank.
    `texts`: commune → what is said of it (« 17,4 % (8 sur 46) »). `labels`: commune → what is written in it. `description` reads the
    map aloud. `commune`: the one pointed at, empty for none. `mark`: « démonstration » where something drawn is generated.
    `places`: what stands on the map at a point of its own, in the words of `places_label`.
    """

    title: str
    subtitle: str
    legend_title: str
    unit: str
    classes: Mapping[str, int]
    statuses: Mapping[str, Status]
    colors: tuple[str, ...]
    class_labels: tuple[str, ...]
    status_labels: Mapping[Status, str]
    texts: Mapping[str, str]
    source: str
    day: dt.date
    description: str
    labels: Mapping[str, str] = field(default_factory=dict)
    circles: CircleDrawing | None = None
    outlined: bool = False
    outline_label: str = ""
    named: bool = True
    commune: str = ""
    mark: str = ""
    places: tuple[MarkDrawing, ...] = ()
    places_label: str = ""


@dataclass(frozen=True)
class ChartDrawing:
    """A chart: `series` are names with one value a category (None: no figure). `column`: upright bars, `bar`: lying ones.

    `colors` (``#rrggbb``): one a series where its meaning has a colour of its own (`analysis.palette`); empty for the usual ones.
    `references`: what a chart of lines is compared with, in the shape of `series`, drawn as broken lines without points. Bars are compared
    with bars: categories of their own, after the others.
    """

    kind: Literal["column", "bar", "line"]
    title: str
    unit: str
    decimals: int
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    description: str
    stacked: bool = False
    colors: tuple[str, ...] = ()
    references: tuple[tuple[str, tuple[float | None, ...]], ...] = ()

    @property
    def drawn(self) -> tuple[tuple[str, tuple[float | None, ...]], ...]:
        """The series, then the references."""
        return (*self.series, *self.references)


@dataclass(frozen=True)
class Slide:
    """What one view shows, whole.

    `sentence` is what is read aloud, `generated` the one made from the figures (the same unless somebody wrote another). `sources`,
    `vintages` and `secrecy` are lines to be printed under the figures; `mark` says « démonstration » where something is generated.
    `link` is the address that reopens this view (``/carte?…``), `revision` the store's when the figures were read, `frozen` the day
    on which they were kept (None: they follow the store). `problem` says why the figures of now cannot be shown, empty otherwise.
    `names_people`: whether it names members who agreed to it. They may take that back, so such a view is never kept frozen. `cited`: the
    sources by their citation alone, where `sources` says more of them (unit, vintage, what is to be known); empty where it does not.
    """

    title: str
    sentence: str
    generated: str
    maps: tuple[MapDrawing, ...] = ()
    charts: tuple[ChartDrawing, ...] = ()
    tables: tuple[Table, ...] = ()
    sources: tuple[str, ...] = ()
    vintages: tuple[str, ...] = ()
    secrecy: tuple[str, ...] = ()
    mark: str = ""
    link: str = ""
    note: str = ""
    revision: int = 0
    frozen: dt.date | None = None
    problem: str = ""
    names_people: bool = False
    cited: tuple[str, ...] = ()

    @property
    def short_sources(self) -> tuple[str, ...]:
        """The sources as short as they can be said, for where there is no room for all that `sources` says."""
        return self.cited or self.sources

    @property
    def fingerprint(self) -> str:
        """A short name of the figures (« 3F2A-91C0 »): two papers that carry the same one say the same.

        Made of the figures, their sources and vintages; not of the title, the sentence, the note or the day of printing.
        """
        said: dict[str, Any] = {
            "tables": [
                [
                    [column.heading for column in table.columns],
                    *([cell.text for cell in row] for row in (*table.rows, table.foot)),
                ]
                for table in self.tables
            ],
            "charts": [[chart.categories, chart.drawn] for chart in self.charts],
            "maps": [[sorted(each.texts.items()), sorted(each.classes.items())] for each in self.maps],
            "sources": self.sources,
            "vintages": self.vintages,
        }
        drawn = [
            *(sorted(each.circles.values.items()) for each in self.maps if each.circles),
            *([place.text, place.lon, place.lat] for each in self.maps for place in each.places),
        ]
        if drawn:
            said["drawn"] = drawn
        digest = hashlib.sha256(
            json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
        ).hexdigest()
        return f"{digest[:4]}-{digest[4:8]}".upper()


@dataclass(frozen=True)
class Deck:
    """A séance ready to be put on a support: everything that is printed, in order. `day` is the meeting's, `made` the day of making.

    `home` is the address under which links to the views open, empty when none is known; `names`: commune → name. `year`: of an annual
    report, which no meeting gives its day.
    """

    title: str
    day: dt.date
    made: dt.date
    audience: Audience
    territory: str
    slides: tuple[Slide, ...]
    revision: int = 0
    home: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None

    @property
    def mark(self) -> str:
        """« démonstration » when any view shows something generated."""
        return next((slide.mark for slide in self.slides if slide.mark), "")

    @property
    def fingerprint(self) -> str:
        """A short name of all the figures of the séance, in order."""
        digest = hashlib.sha256("|".join(slide.fingerprint for slide in self.slides).encode()).hexdigest()
        return f"{digest[:4]}-{digest[4:8]}".upper()


def once(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that say something, each once, in order."""
    return tuple(dict.fromkeys(line for line in lines if line))


def to_json(slide: Slide) -> dict[str, Any]:
    """`slide` as plain values, to be kept; `slide_from_json` reads it back."""
    return json.loads(json.dumps(asdict(slide), default=str, ensure_ascii=False))  # type: ignore[no-any-return]


def slide_from_json(kept: Mapping[str, Any]) -> Slide:
    """The slide that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    rest = {k: v for k, v in kept.items() if k not in ("maps", "charts", "tables", "frozen")}
    for name in ("sources", "vintages", "secrecy"):
        rest[name] = tuple(str(line) for line in rest[name])
    # What was frozen before citations were kept apart has none.
    rest["cited"] = tuple(str(line) for line in kept.get("cited", ()))
    return Slide(
        **rest,
        maps=tuple(_map(each) for each in kept["maps"]),
        charts=tuple(_chart(each) for each in kept["charts"]),
        tables=tuple(_table(each) for each in kept["tables"]),
        frozen=dt.date.fromisoformat(kept["frozen"]) if kept["frozen"] else None,
    )


def _map(kept: Mapping[str, Any]) -> MapDrawing:
    rest = dict(kept)
    circles = rest.pop("circles")
    return MapDrawing(
        **rest
        | {
            "statuses": {code: Status(status) for code, status in kept["statuses"].items()},
            "status_labels": {Status(status): text for status, text in kept["status_labels"].items()},
            "colors": tuple(kept["colors"]),
            "class_labels": tuple(kept["class_labels"]),
            "day": dt.date.fromisoformat(kept["day"]),
            # What was frozen before maps had places has none.
            "places": tuple(MarkDrawing(**place) for place in kept.get("places", ())),
            "circles": CircleDrawing(
                circles["title"], circles["values"], tuple((v, t) for v, t in circles["texts"]), circles["maximum"]
            )
            if circles
            else None,
        }
    )  # fmt: skip


def _chart(kept: Mapping[str, Any]) -> ChartDrawing:
    def lines(name: str) -> tuple[tuple[str, tuple[float | None, ...]], ...]:
        # What was frozen before charts had references has none.
        return tuple((each, tuple(values)) for each, values in kept.get(name, ()))

    tuples = {
        "categories": tuple(kept["categories"]),
        "series": lines("series"),
        "colors": tuple(kept.get("colors", ())),
        "references": lines("references"),
    }
    return ChartDrawing(**dict(kept) | tuples)


def _table(kept: Mapping[str, Any]) -> Table:
    def row(cells: Sequence[Mapping[str, Any]]) -> tuple[Cell, ...]:
        return tuple(Cell(**cell) for cell in cells)

    columns = tuple(Column(**column) for column in kept["columns"])
    return Table(kept["caption"], columns, tuple(row(each) for each in kept["rows"]), row(kept["foot"]))


def as_tables(slide: Slide, names: Mapping[str, str]) -> Slide:
    """`slide` with a table in place of each map, for a territory without contours. `names`: name of each commune by code."""
    made = tuple(
        Table(
            drawing.title,
            (Column("Commune"), Column(drawing.legend_title or drawing.title)),
            tuple(
                (Cell(name), Cell(drawing.texts[code]))
                for code, name in names.items()
                if code in drawing.texts
            ),
        )
        for drawing in slide.maps
    )
    return replace(slide, maps=(), tables=(*slide.tables, *(made if not slide.tables else ())))
