"""Naming a column of numbers: from what the analyst says to catalogue entries, refused with the field that is wrong.

A second file of the same indicator (same name) brings a vintage to the entry that exists, so that vintages line up on the map.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from analysis.model import Indicator, Kind, Palette, Source, Vintage
from data.catalogue import Catalogue
from data.imports.headings import named_a_share, never_adds_up
from data.imports.model import ImportRefused, NewIndicator, NewVintage, Problem
from data.imports.wording import problem

LONGEST_ID = 40  # an indicator's id travels in addresses
THEME = "Autres indicateurs"
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)-(\d\d))?")


@dataclass(frozen=True)
class Publication:
    """Where the figures of a file come from, as the analyst says."""

    producer: str
    title: str
    licence: str
    edition: str = ""
    url: str = ""
    caveat: str = ""


@dataclass(frozen=True)
class Named:
    """What one column of numbers is. `kind`: ``count`` adds up, ``published`` is a rate or a median without its counts, ``change``
    a balance or a change, published too, that may be negative.

    `unit` in the plural (« écoles »), `noun` its singular when it is not the unit without its s. `period`: a year or an ISO day.
    """

    column: str
    name: str
    unit: str
    period: str
    kind: Literal["count", "published", "change"] = "count"
    decimals: int = 0
    direction: Literal["higher", "lower", "neutral"] = "neutral"
    theme: str = THEME
    no_total: str = ""


_KIND_AND_PALETTE: Mapping[str, tuple[Kind, Palette]] = {
    "count": ("count", "sequential"),
    "published": ("published", "sequential"),
    "change": ("published", "diverging"),
}
"""Kind and palette in the catalogue: a diverging palette has both sides of zero."""


@dataclass(frozen=True)
class Rate:
    """A rate computed from two counts: `scale` × `numerator` / `denominator`, named columns or indicators of the catalogue.

    `denominator_period` is said when it is not the numerator's.
    """

    name: str
    unit: str
    numerator: str
    denominator: str
    scale: float = 100.0
    decimals: int = 1
    direction: Literal["higher", "lower", "neutral"] = "neutral"
    theme: str = THEME
    denominator_period: str = ""


@dataclass(frozen=True)
class Naming:
    """`columns` (column → meaning) and `new` (entries to record), both for `Choices`."""

    columns: dict[str, str]
    new: tuple[NewIndicator | NewVintage, ...]


def name_columns(
    columns: list[Named], publication: Publication, catalogue: Catalogue, rates: list[Rate] | None = None
) -> Naming:
    """The catalogue entries of `columns` and of the `rates` between them.

    Raises ImportRefused, with one problem per field that is missing or wrong (`Problem.column` names the field).
    """
    problems = [
        *_publication_problems(publication),
        *(p for each in columns for p in _column_problems(settled(each), catalogue)),
    ]
    if problems:
        raise ImportRefused(problems)
    columns = [settled(each) for each in columns]
    source = _source(publication, max(each.period for each in columns))
    meanings: dict[str, str] = {}
    new: dict[str, NewIndicator | NewVintage] = {}
    ids: dict[str, tuple[str, str]] = {}
    for each in columns:
        vintage = Vintage(each.period, _label(each.period), source.id)
        id_ = _id(each.name)
        known, kind, palette = catalogue.known(id_), *_KIND_AND_PALETTE[each.kind]
        meanings[each.column] = f"{id_}@{each.period}"
        ids[each.column] = (id_, each.period)
        if known is not None:
            new[f"{id_}@{each.period}"] = NewVintage(source, id_, vintage)
            continue
        no_total = (
            each.no_total.strip()
            or "la source donne ce chiffre par commune, sans les nombres qui le composent"
        )
        new[f"{id_}@{each.period}"] = NewIndicator(
            source,
            Indicator(
                id=id_,
                name=each.name.strip(),
                unit=each.unit.strip(),
                theme=each.theme.strip() or THEME,
                kind=kind,
                vintages=(vintage,),
                short=each.name.strip(),
                decimals=each.decimals,
                direction=each.direction,
                palette=palette,
                no_total=no_total if kind == "published" else "",
                noun=_noun(each.unit),
                sentence=_sentence(kind, each.unit),
            ),
        )
    counts = {each.column: ids[each.column] for each in columns if each.kind == "count"}
    for rate in rates or []:
        entry = _rate(rate, counts, source, catalogue)
        new[f"{rate.name}@"] = entry
    return Naming(meanings, tuple(new.values()))


def settled(each: Named) -> Named:
    """`each` as it can be published: a percentage, a rate or an index is taken as it is, whatever was chosen, and never adds up."""
    if each.kind != "count" or not (never_adds_up(each.unit) or named_a_share(each.column, each.name)):
        return each
    return replace(each, kind="published", decimals=max(each.decimals, 1))


def _rate(
    rate: Rate, ids: dict[str, tuple[str, str]], source: Source, catalogue: Catalogue
) -> NewIndicator | NewVintage:
    problems = []
    for field, text in (("numerator", rate.numerator), ("denominator", rate.denominator)):
        if text not in ids and ((known := catalogue.known(text)) is None or known.kind != "count"):
            problems.append(
                problem(
                    "naming",
                    "Un taux veut deux nombres qui s'additionnent.",
                    "Choisissez une colonne nommée comme un nombre, ou un nombre du catalogue.",
                    column=field,
                    value=text,
                )
            )
    if not rate.name.strip():
        problems.append(_missing("name", "le nom du taux", "Part des écoles rurales"))
    if problems:
        raise ImportRefused(problems)
    numerator, period = ids.get(rate.numerator, (rate.numerator, ""))
    denominator, below = ids.get(rate.denominator, (rate.denominator, ""))
    known_numerator, known_denominator = catalogue.known(numerator), catalogue.known(denominator)
    period = period or (known_numerator.periods[-1] if known_numerator else "")
    below = rate.denominator_period or below or (known_denominator.periods[-1] if known_denominator else "")
    vintage = Vintage(period, _label(period), source.id, denominator_period=below if below != period else "")
    id_ = _id(rate.name)
    if (known := catalogue.known(id_)) is not None:
        if (known.numerator, known.denominator, known.scale) != ((numerator,), (denominator,), rate.scale):
            raise ImportRefused([_differs(known, "calculé autrement", "name", rate.name)])
        return NewVintage(source, id_, vintage)
    if taken := _taken(rate.name, catalogue):
        raise ImportRefused(taken)
    return NewIndicator(
        source,
        Indicator(
            id=id_,
            name=rate.name.strip(),
            unit=rate.unit.strip() or "%",
            theme=rate.theme.strip() or THEME,
            kind="ratio",
            vintages=(vintage,),
            short=rate.name.strip(),
            numerator=(numerator,),
            denominator=(denominator,),
            scale=rate.scale,
            decimals=rate.decimals,
            direction=rate.direction,
            sentence="{num} sur {den} ({value}) ; la part est la plus forte {top}.",
        ),
    )


def _sentence(kind: str, unit: str) -> str:
    escaped = unit.strip().replace("{", "{{").replace("}", "}}")
    if kind == "count":
        return f"{{value}} {escaped} ; les communes qui en comptent le plus sont {{top_names}}."
    return "Le chiffre est publié dans {covered} communes sur {of} ; il est le plus élevé {top}."


def _noun(unit: str) -> str:
    words = unit.strip().split()
    head = words[0] if words else ""
    return head[:-1] if head.endswith("s") and len(head) > 3 else ""


def _id(name: str) -> str:
    """A stable id of a name, for addresses: letters without accents, digits and underscores; two long names never share one."""
    slug = f"a_{_slug(name)}"
    if len(slug) <= LONGEST_ID:
        return slug
    mark = hashlib.sha256(slug.encode()).hexdigest()[:6]
    return f"{slug[: LONGEST_ID - len(mark) - 1].rstrip('_')}_{mark}"


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return re.sub(r"[^a-z0-9]+", "_", "".join(c for c in folded if not unicodedata.combining(c))).strip("_")


def _label(period: str) -> str:
    year, _, rest = period.partition("-")
    return f"{rest[3:]}/{rest[:2]}/{year}" if rest else year


def _source(publication: Publication, period: str) -> Source:
    edition = publication.edition.strip() or _label(period)
    slug = _slug(f"{publication.producer} {publication.title} {edition}")
    return Source(
        id=f"a_{slug}"[:64],
        producer=publication.producer.strip(),
        title=publication.title.strip(),
        edition=edition,
        licence=publication.licence.strip(),
        reference=period,
        url=publication.url.strip(),
        caveat=publication.caveat.strip(),
    )


def _missing(field: str, what: str, example: str) -> Problem:
    return problem("naming", f"Il manque {what}.", f"Écrivez-le, par exemple : {example}.", column=field)


def _publication_problems(publication: Publication) -> list[Problem]:
    needed: list[tuple[str, str, str, str]] = [
        ("producer", publication.producer, "le producteur des chiffres", "Préfecture du département"),
        ("title", publication.title, "le titre de la publication", "Carte scolaire"),
        ("licence", publication.licence, "la licence", "Licence Ouverte 2.0, ou « non publiée »"),
    ]
    problems = [_missing(field, what, example) for field, value, what, example in needed if not value.strip()]
    if publication.url.strip() and not WEB_ADDRESS.fullmatch(publication.url.strip()):
        problems.append(
            problem(
                "naming",
                "L'adresse de la publication n'est pas celle d'un site.",
                "Écrivez-la entière, par exemple https://www.insee.fr, ou laissez le champ vide.",
                column="url",
                value=publication.url,
            )
        )
    return problems


def _column_problems(each: Named, catalogue: Catalogue) -> list[Problem]:
    where = f"(colonne « {each.column} »)"
    problems = []
    if not _slug(each.name):
        problems.append(_missing("name", f"le nom de l'indicateur {where}", "Écoles primaires"))
    if not each.unit.strip():
        problems.append(_missing("unit", f"l'unité {where}", "écoles"))
    problems += _other_indicator(each, catalogue)
    if not is_period(each.period):
        problems.append(
            problem(
                "naming",
                f"Le millésime n'est ni une année ni un jour {where}.",
                "Écrivez 2025 ou 2025-12-31.",
                column="period",
                value=each.period,
            )
        )
    return problems


def _other_indicator(each: Named, catalogue: Catalogue) -> list[Problem]:
    """A name that is taken: of the catalogue, or of an indicator named before with another unit or nature."""
    where, known = f"(colonne « {each.column} »)", catalogue.known(_id(each.name))
    if known is None:
        return _taken(each.name, catalogue, where)
    kind, palette = _KIND_AND_PALETTE[each.kind]
    # The colour family of the catalogue (« lack ») is no nature: only whether figures fall on both sides of zero is.
    both_sides = known.palette == "diverging"
    if (known.unit.casefold(), known.kind, both_sides) == (
        each.unit.strip().casefold(),
        kind,
        palette == "diverging",
    ):
        return []
    return [
        _differs(
            known, f"en « {known.unit} », avec une autre unité ou une autre nature", "unit", each.unit, where
        )
    ]


def _taken(name: str, catalogue: Catalogue, where: str = "") -> list[Problem]:
    """A name that another entry of the catalogue bears, under another id."""
    if not any(_slug(known.name) == _slug(name) for known in catalogue.indicators.values()):
        return []
    return [
        problem(
            "naming",
            f"« {name.strip()} » est déjà un indicateur du catalogue {where}".strip() + ".",
            f"Choisissez un autre nom, par exemple « {name.strip()} (mairie) ».",
            column="name",
            value=name,
        )
    ]


def _differs(known: Indicator, how: str, field: str, value: str, where: str = "") -> Problem:
    """The same name for something else than what it names already."""
    return problem(
        "naming",
        f"« {known.name} » existe déjà, {how} {where}".strip() + ".",
        f"Dites la même chose pour ajouter un millésime à « {known.name} », ou choisissez un autre nom.",
        column=field,
        value=value,
    )


def is_period(text: str) -> bool:
    """Whether `text` is a year or an ISO day that exists, as periods are written."""
    match = _PERIOD.fullmatch(text)
    if match is None or not 1800 <= int(match[1]) <= 2200:
        return False
    try:
        dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True
