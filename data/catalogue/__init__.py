"""The catalogue: every source and every indicator, declared once. What an entry says of files is read by `data.catalogue.declared`.

Built-in entries are the TOML files beside this module; analysts' entries are rows of the store with the same fields, given to
`load_catalogue` as mappings. One reader checks both. Indicators that no shipped file feeds (`waiting.toml`) wait for their first
imported vintage; `data.catalogue.editions` says what a new edition of a published work makes of its periods.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from analysis.model import SENTENCE_WORDS, Indicator, Source, Vintage
from data.catalogue.declared import OWN, CatalogueError

HERE = Path(__file__).parent
__all__ = ["HERE", "NETWORK", "Catalogue", "CatalogueError", "load_catalogue"]

NETWORK = "network"
"""The source of what is counted from the register, whose producer is the network of the territory on show."""


@dataclass(frozen=True)
class Catalogue:
    """Indicators and sources by id, in the order of their declaration. `waiting`: indicators that have no figure yet, so no vintage.

    `mixed`: what stands for several sources at once, where a vintage holds figures of more than one (`data.catalogue.mixed`).
    """

    indicators: Mapping[str, Indicator]
    sources: Mapping[str, Source]
    waiting: Mapping[str, Indicator] = field(default_factory=dict)
    mixed: Mapping[str, Source] = field(default_factory=dict)

    def __getitem__(self, indicator: str) -> Indicator:
        return self.indicators[indicator]

    def source(self, indicator: Indicator, period: str | None = None) -> Source:
        """The source of one vintage of `indicator` (the latest when `period` is None)."""
        id_ = indicator.vintage(period).source
        return self.mixed[id_] if id_ in self.mixed else self.sources[id_]

    def editions(self) -> dict[tuple[str, str], Source]:
        """The source of every vintage, by indicator and period."""
        return {
            (each.id, period): self.source(each, period)
            for each in self.indicators.values()
            if each.kind != "network"
            for period in each.periods
        }

    def known(self, indicator: str) -> Indicator | None:
        """An indicator of the catalogue, whether it has figures or waits for them; None when the catalogue does not know it."""
        return self.indicators.get(indicator) or self.waiting.get(indicator)

    def themes(self) -> dict[str, list[Indicator]]:
        """Indicators by theme, both in the order of declaration."""
        themes: dict[str, list[Indicator]] = {}
        for indicator in self.indicators.values():
            themes.setdefault(indicator.theme, []).append(indicator)
        return themes


def load_catalogue(
    directory: Path = HERE,
    *,
    sources: Mapping[str, Mapping[str, Any]] | None = None,
    indicators: Mapping[str, Mapping[str, Any]] | None = None,
    vintages: Iterable[Mapping[str, Any]] = (),
    network_periods: Iterable[tuple[str, str]] = (),
) -> Catalogue:
    """Read `sources.toml` and `indicators.toml` of `directory`, then the analysts' entries given as rows.

    `vintages` are rows with `indicator` and the fields of a Vintage, oldest import first: what imports brought to indicators of the
    catalogue; each lies over a vintage of the same period. An entry of `waiting.toml` joins the indicators with its first one.
    `network_periods` are the (period, label) pairs, oldest first, that the network's own indicators take as vintages: they come from
    the calendar, so the caller gives them. Raises CatalogueError for an unknown field, kind, source, component or indicator.
    """
    shipped_sources = _sources_of(_text(directory / "sources.toml"))
    named = _indicators_of("indicators.toml", _text(directory / "indicators.toml"))
    may_wait = _indicators_of("waiting.toml", _text(directory / "waiting.toml"))
    known_sources = {**shipped_sources, **{id_: _source(id_, row) for id_, row in (sources or {}).items()}}
    calendar = tuple(Vintage(period, label, NETWORK) for period, label in network_periods)
    known = {
        id_: replace(each, vintages=calendar) if each.kind == "network" else each
        for id_, each in {**may_wait, **named}.items()
    }
    known |= {id_: _indicator(id_, row, calendar) for id_, row in (indicators or {}).items()}
    for row in vintages:
        _add_vintage(known, row)
    waiting = {id_: known[id_] for id_ in may_wait if not known[id_].vintages}
    for indicator in known.values():
        _check(indicator, known, known_sources, may_wait=indicator.id in waiting)
    ordered = {id_: known[id_] for id_ in (*named, *(indicators or {}), *may_wait) if id_ not in waiting}
    return Catalogue(ordered, known_sources, waiting)


def _add_vintage(known: dict[str, Indicator], row: Mapping[str, Any]) -> None:
    """Lay one recorded vintage over those of its indicator. Raises CatalogueError for an unknown indicator or field."""
    values = dict(row)
    id_ = str(values.pop("indicator", ""))
    if id_ not in known:
        raise CatalogueError(
            f"Millésime {values.get('period', '')} : l'indicateur « {id_} » n'est pas au catalogue. Annulez l'import qui l'apporte."
        )
    _only_known(f"{id_}, vintages", values, Vintage)
    vintage = Vintage(**values)
    others = [each for each in known[id_].vintages if each.period != vintage.period]
    known[id_] = replace(known[id_], vintages=tuple(sorted([*others, vintage], key=lambda each: each.period)))


def _text(path: Path) -> str:
    """A file of the catalogue; empty where a catalogue has no indicators that wait."""
    return "" if path.name == "waiting.toml" and not path.exists() else path.read_text(encoding="utf-8")


def _rows(name: str, text: str) -> Mapping[str, Mapping[str, Any]]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(
            f"{name} : le fichier n'est pas du TOML valide ({error}). Corrigez-le."
        ) from error


@lru_cache(maxsize=8)
def _sources_of(text: str) -> Mapping[str, Source]:
    """The sources of a file, by its content: the catalogue is asked for at each import, undoing and look at the history of a cell."""
    return {id_: _source(id_, row) for id_, row in _rows("sources.toml", text).items()}


@lru_cache(maxsize=8)
def _indicators_of(name: str, text: str) -> Mapping[str, Indicator]:
    """The indicators of a file, by its content, without what it says of files; those of the network without their calendar."""
    return {
        id_: _indicator(id_, {each: value for each, value in row.items() if each not in OWN}, ())
        for id_, row in _rows(name, text).items()
    }


def _source(id_: str, row: Mapping[str, Any]) -> Source:
    _only_known(id_, row, Source)
    for needed in ("producer", "title", "edition", "licence"):
        if not row.get(needed):
            raise CatalogueError(f"Source « {id_} » : le champ « {needed} » manque. Ajoutez-le.")
    return Source(id=id_, **row)


_CLOSED = {
    name: get_args(hint) for name, hint in get_type_hints(Indicator).items() if get_origin(hint) is Literal
}
"""The words that a field of an entry may hold, of those that hold one of a few."""


def _indicator(id_: str, row: Mapping[str, Any], calendar: tuple[Vintage, ...]) -> Indicator:
    _only_known(id_, row, Indicator)
    _whole(id_, row, Indicator)
    values = dict(row)
    for name, words in _CLOSED.items():
        if name in values and values[name] not in words:
            raise CatalogueError(
                f"Indicateur « {id_} » : {name} = « {values[name]} » est inconnu. Choisissez parmi {', '.join(words)}."
            )
    rows = values.pop("vintages", [])
    for vintage in rows:
        _only_known(f"{id_}, vintages", vintage, Vintage)
        _whole(f"{id_}, vintages", vintage, Vintage)
    vintages = calendar if values["kind"] == "network" else tuple(Vintage(**v) for v in rows)
    for name in ("numerator", "denominator"):
        values[name] = tuple(values.get(name, ()))
    values.setdefault("short", values.get("name", ""))
    return Indicator(id=id_, vintages=vintages, **values)


def _only_known(id_: str, row: Mapping[str, Any], shape: type) -> None:
    known = {f.name for f in fields(shape)} - {"id"}
    for name in row:
        if name not in known:
            raise CatalogueError(
                f"Entrée « {id_} » : le champ « {name} » est inconnu. Champs possibles : {', '.join(sorted(known))}."
            )


def _whole(id_: str, row: Mapping[str, Any], shape: type) -> None:
    """Refuse an entry without a field that `shape` cannot do without; whether an indicator has vintages is asked later (`_check`)."""
    for each in fields(shape):
        if each.default is MISSING and each.name not in ("id", "vintages") and each.name not in row:
            raise CatalogueError(f"Entrée « {id_} » : le champ « {each.name} » manque. Ajoutez-le.")


def _check(
    indicator: Indicator,
    known: Mapping[str, Indicator],
    sources: Mapping[str, Source],
    *,
    may_wait: bool = False,
) -> None:
    if indicator.kind != "network" and not indicator.vintages and not may_wait:
        raise CatalogueError(f"Indicateur « {indicator.id} » : aucun millésime. Ajoutez « vintages ».")
    if list(indicator.periods) != sorted(set(indicator.periods)):
        raise CatalogueError(
            f"Indicateur « {indicator.id} » : les millésimes {', '.join(indicator.periods)} sont en double ou en désordre. "
            "Rangez-les du plus ancien au plus récent."
        )
    if not _names_known_fields(indicator.sentence):
        raise CatalogueError(
            f"Indicateur « {indicator.id} » : la phrase « {indicator.sentence} » ne peut pas être dite. "
            f"Mots possibles entre accolades : {', '.join(sorted(SENTENCE_WORDS))}."
        )
    for vintage in indicator.vintages:
        if vintage.source not in sources:
            raise CatalogueError(
                f"Indicateur « {indicator.id} », millésime {vintage.period} : la source « {vintage.source} » "
                "n'est pas déclarée dans sources.toml."
            )
        if indicator.kind == "change" and not vintage.base_period:
            raise CatalogueError(
                f"Indicateur « {indicator.id} », millésime {vintage.period} : « base_period » manque."
            )
    for component in (*indicator.numerator, *indicator.denominator):
        if component not in known:
            raise CatalogueError(
                f"Indicateur « {indicator.id} » : le composant « {component} » n'est pas un indicateur du catalogue."
            )
        if indicator.kind in ("ratio", "change") and known[component].kind != "count":
            raise CatalogueError(
                f"Indicateur « {indicator.id} » : « {component} » n'est pas un nombre qui s'additionne (kind = count)."
            )
    if indicator.kind == "ratio" and not (indicator.numerator and indicator.denominator):
        raise CatalogueError(
            f"Indicateur « {indicator.id} » : un taux veut « numerator » et « denominator »."
        )
    if indicator.kind == "published" and not indicator.no_total:
        raise CatalogueError(
            f"Indicateur « {indicator.id} » : « no_total » manque, qui dit pourquoi le territoire n'a pas de chiffre."
        )


def _names_known_fields(sentence: str) -> bool:
    """Whether a sentence names, between braces, only what an answer knows."""
    try:
        parts = list(string.Formatter().parse(sentence))
    except ValueError:
        return False
    return all(
        name is None or (name in SENTENCE_WORDS and not form and not conversion)
        for _, name, form, conversion in parts
    )
