"""Personal data on paper: the register of processing, and the file of one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from analysis import french
from reports.document import Block, facts, heading, paragraph, pdf

Section = tuple[str, Sequence[tuple[str, str]]]
"""A title, and names with their texts."""


def processing_pdf(territory: str, responsible: str, sections: Sequence[Section], day: dt.date) -> bytes:
    """The register of processing of a territory, as it stands on `day`."""
    intro = [
        paragraph(french.spaced(f"Article 30 du RGPD. Registre arrêté au {french.date(day)}.")),
        paragraph(french.spaced(responsible)),
    ]
    return _sections(f"Registre des traitements — {territory}", intro, sections, day)


def person_pdf(label: str, territory: str, sections: Sequence[Section], day: dt.date) -> bytes:
    """All that is held of one person, to be handed to that person (article 15 of the GDPR)."""
    text = (
        f"Données personnelles que le réseau {territory} détient au {french.date(day)} au sujet de : {label}. "
        "Vous pouvez les faire corriger ou effacer."
    )
    return _sections("Vos données personnelles", [paragraph(french.spaced(text))], sections, day)


def _sections(title: str, intro: list[Block], sections: Sequence[Section], day: dt.date) -> bytes:
    blocks = list(intro)
    for name, rows in sections:
        blocks += [
            heading(french.spaced(name)),
            facts([(french.spaced(label), french.spaced(text)) for label, text in rows]),
        ]
    return pdf(title, blocks, day)
