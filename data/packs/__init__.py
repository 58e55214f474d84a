"""Packs: a pack is a folder that holds everything that is particular to one territory, and nothing else stands elsewhere.

======================  ==================================================================================================
``territory.toml``      the communes, their groups, the network's name and words, the thresholds (`data.territory`); required
``figures/``            published files in their producers' own columns (`data.figures`)
``milestones.csv``      what was published about the network, with its sources (`data.figures.load_milestones`)
``telecentres.csv``     telecentres whose opening was published (`data.community.telecentres`)
``trades.toml``         trades that complete each other (`data.community.complements`)
``checklist.toml``      the tasks of the accompaniment, ``[[tasks]]`` (`data.following`)
``grid.toml``           what the marks of the assessors mean, ``[grid]`` (`data.following`)
======================  ==================================================================================================

All but the first may be absent: the screens then say nothing of the matter, never what another pack says of it. The packs that come
with the project lie beside this module; a pack may lie anywhere. ``ZEVILLAGE_TERRITORY`` names the one on show.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
VARIABLE = "ZEVILLAGE_TERRITORY"
DEFAULT = "zevillage"
TERRITORY = "territory.toml"


@dataclass(frozen=True)
class Pack:
    """One pack by its territory file; what else it holds lies in the same folder. Nothing is read here."""

    territory: Path

    @property
    def folder(self) -> Path:
        """The folder of the pack."""
        return self.territory.parent

    @property
    def figures(self) -> Path:
        """The folder of its published files, which may not exist."""
        return self.territory.with_name("figures")

    @property
    def milestones(self) -> Path:
        """The published milestones of its network, a file that may not exist."""
        return self.territory.with_name("milestones.csv")

    @property
    def telecentres(self) -> Path:
        """The telecentres whose opening was published, a file that may not exist."""
        return self.territory.with_name("telecentres.csv")

    @property
    def trades(self) -> Path:
        """The trades that complete each other, a file that may not exist."""
        return self.territory.with_name("trades.toml")

    @property
    def following(self) -> dict[str, Path]:
        """How its dossiers are followed: table → the file that holds it, which may not exist."""
        return {
            "tasks": self.territory.with_name("checklist.toml"),
            "grid": self.territory.with_name("grid.toml"),
        }


SHIPPED = Pack(HERE / DEFAULT / TERRITORY)
"""The pack that comes with the project."""


def shipped_ids() -> tuple[str, ...]:
    """The ids of the packs that lie beside this module, sorted."""
    return tuple(sorted(each.parent.name for each in HERE.glob(f"*/{TERRITORY}")))


def named(value: str) -> Pack:
    """The pack that `value` names: the id of one that lies here, the folder of another, or a territory file. It may not exist."""
    if value in shipped_ids():
        return Pack(HERE / value / TERRITORY)
    path = Path(value)
    return Pack(path / TERRITORY if path.is_dir() else path)


def current(environ: Mapping[str, str] = os.environ) -> Pack:
    """The pack on show: that of ``ZEVILLAGE_TERRITORY``, else the one that comes with the project."""
    value = environ.get(VARIABLE, "").strip()
    return named(value) if value else SHIPPED
