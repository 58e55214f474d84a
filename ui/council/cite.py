"""How the views of a séance cite what they show."""

from __future__ import annotations

from analysis import french
from analysis.council_slides import Cite
from analysis.desk import Desk
from ui.provenance import cited, network_source


def citing(desk: Desk) -> Cite:
    """The citation of an answer, with « démonstration » where it belongs."""
    return lambda found: cited(desk, found)


def register(desk: Desk) -> str:
    """The register cited, without the word that supports put before their sources."""
    return network_source(desk).removeprefix(f"Source{french.NNBSP}: ")
