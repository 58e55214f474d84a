"""Opening the house: the territory is checked, the store migrated and filled, everything known is read at one revision.

Screens and command lines open through here, so that both meet the same refusals and the same figures.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from analysis.model import SYSTEM_ACTOR, Indicator, Status, Vintage
from data import network, packs, reference
from data.catalogue import NETWORK, Catalogue, CatalogueError, load_catalogue
from data.catalogue.mixed import with_mixed
from data.demo import ensure_demo
from data.figures import CLOSURE_FILE, FiguresError, load_copper_closure
from data.packs import SHIPPED, Pack
from data.packs.figures import read_figures
from data.privacy import remove_marked_originals
from data.store import (
    Session,
    Store,
    StoreError,
    current_levels,
    current_observations,
    ensure_shipped,
    live_entries,
    network_origin,
    open_store,
    tables,
)
from data.territory import Territory, TerritoryError, levels, load_territory

REFUSALS = (TerritoryError, FiguresError, CatalogueError, StoreError)
"""What can stop the start; each says where and what to do, in French."""

SHIPPED_LABEL = "Chiffres publiés livrés avec le territoire"


@dataclass(frozen=True)
class House:
    """An opened store, the territory it is about and the pack that says so."""

    territory: Territory
    store: Store
    pack: Pack = SHIPPED


def open_house(today: dt.date, home: Path | None = None, pack: Pack | None = None) -> House:
    """Check the territory and the shipped figures, open the store, record the shipped figures, fill the demonstration if nothing is there.

    `pack` is the one on show unless another is given. A store of another territory is refused, unless the variable
    ``ZEVILLAGE_TERRITORY_CHANGE`` names the id of this one.
    Raises any of `REFUSALS`.
    """
    pack = pack or packs.current()
    territory = load_territory(pack.territory)
    shipped = read_figures(pack, territory)
    load_copper_closure(
        reference.commune_names().keys(), pack.figures / CLOSURE_FILE
    )  # shown as text beside the figures: refused like them
    store = open_store(home)
    try:
        asked = os.environ.get("ZEVILLAGE_TERRITORY_CHANGE", "").strip()
        store.belong_to(territory.id, territory.name, take_over=asked == territory.id)
    except StoreError:
        store.close()
        raise
    if len(shipped.frame):
        ensure_shipped(store, shipped.frame, shipped.checksum, SHIPPED_LABEL, SYSTEM_ACTOR, shipped.entries)
    ensure_demo(store, territory, today)
    remove_marked_originals(store)
    return House(territory, store, pack)


def first_year(house: House) -> int:
    """Where the calendar of the network on show begins: the year that the territory declares, or the first one of a demonstration, which
    begins some years before a network of this year (`data.demo.demo_of`).
    """
    declared = house.territory.network.first_year
    with house.store.read() as session:
        if network_origin(session) == "real":
            return declared
        for day in (tables.application.c.received, tables.stay.c.arrived):
            first = session.connection.execute(
                select(func.min(day)).where(day.table.c.origin == "demo")
            ).scalar_one()
            declared = min(declared, first.year) if first else declared
    return declared


_FIGURES = (tables.import_, tables.observation, tables.catalogue_entry)
_LEVELS = (tables.import_, tables.level_figure)


def read_all(house: House, network_periods: Iterable[tuple[str, str]]) -> tuple[Catalogue, dict[str, Any]]:
    """The catalogue and what a desk needs, read in one snapshot: a figure never comes without its entry.

    The second part are the arguments of `analysis.desk.Desk`, except today; `network` as its arguments. `network_periods`: see
    `data.catalogue.load_catalogue`. What nobody wrote in since is what was read the last time. Raises CatalogueError.
    """
    periods = tuple(network_periods)
    with house.store.read() as session:

        def figures() -> tuple[pd.DataFrame, Catalogue]:
            cells = current_observations(session)
            return cells, _on_show(read_catalogue(session, periods, cells), cells, house.territory)

        observations, catalogue = session.keep(("figures", house.territory.id, periods), _FIGURES, figures)
        origin = network_origin(session)
        return catalogue, {
            "indicators": catalogue.indicators,
            "sources": catalogue.sources,
            "observations": observations,
            "names": house.territory.name_of,
            "groups": {group.name: group.codes for group in house.territory.groups},
            "thresholds": house.territory.thresholds,
            "network": {"origin": origin, **network.load(session, origin)},
            "levels": session.keep("levels", _LEVELS, lambda: current_levels(session)),
            "around": levels(house.territory),
        }


def _on_show(catalogue: Catalogue, observations: pd.DataFrame, territory: Territory) -> Catalogue:
    """The catalogue as one territory sees it: its own network as a source, and of each indicator the vintages that it has.

    Where none of an indicator is imported, all stay, to say what is to be imported; where an older edition than the newest one known was
    imported, that one is shown instead of an empty newest one.
    """
    here = observations[observations["commune"].isin(territory.codes)]
    stored = set(here[["indicator", "period"]].drop_duplicates().itertuples(index=False, name=None))
    network = replace(catalogue.sources[NETWORK], producer=territory.network.name)
    shown = {id_: _with_stored(each, stored) for id_, each in catalogue.indicators.items()}
    return replace(catalogue, indicators=shown, sources={**catalogue.sources, NETWORK: network})


def _with_stored(indicator: Indicator, stored: Collection[tuple[str, str]]) -> Indicator:
    """`indicator` with the vintages whose figures are all among `stored`, pairs of an indicator and a period; itself when there is none."""
    if indicator.kind == "network":
        return indicator

    def whole(vintage: Vintage) -> bool:
        if indicator.kind in ("count", "published") or vintage.published:
            return (indicator.id, vintage.period) in stored
        parts = [(id_, vintage.period) for id_ in indicator.numerator]
        if indicator.kind == "change":
            parts += [(id_, vintage.base_period) for id_ in indicator.numerator]
        parts += [(id_, vintage.denominator_period or vintage.period) for id_ in indicator.denominator]
        return all(part in stored for part in parts)

    kept = tuple(each for each in indicator.vintages if whole(each))
    return replace(indicator, vintages=kept) if kept and len(kept) < len(indicator.vintages) else indicator


def read_catalogue(
    session: Session,
    network_periods: Iterable[tuple[str, str]] = (),
    observations: pd.DataFrame | None = None,
) -> Catalogue:
    """The built-in catalogue and the entries that imports brought, those of imports in force; each vintage with the sources of its figures.

    `observations` is `current_observations(session)` where the caller has it already. Raises CatalogueError.
    """
    entries = live_entries(session)
    catalogue = load_catalogue(
        sources=entries.sources,
        indicators=entries.indicators,
        vintages=entries.vintages,
        network_periods=network_periods,
    )
    if not entries.layers:
        return catalogue
    cells = current_observations(session) if observations is None else observations
    cells = cells[cells["status"] != Status.MISSING.value]
    shown = cells.groupby(["indicator", "period", "import_id"]).size()
    counted = ((str(id_), str(period), int(number), int(n)) for (id_, period, number), n in shown.items())
    return with_mixed(catalogue, load_catalogue(), entries.layers, counted)
