"""The council meeting: séances, their views in order, and what is taken along."""

import re

from analysis import view
from ui import briefings, frame, gate, loading
from ui.council import handover, sections
from ui.filters import Filters


def main() -> None:
    """Draw the page."""
    gate.require("seance")
    desk = loading.desk()
    filters = Filters("seance", [view.Parameter("seance", pattern=re.compile(r"[0-9a-f-]{1,64}"))])
    frame.header("Séance", desk)
    filters.warn()
    frame.sentence(
        "Ce qui sera montré au conseil, dans l'ordre, avec les mêmes chiffres sur tous les supports."
    )
    sections.done()
    briefing = sections.choose(filters, briefings.on_screen())
    sections.create(desk, first=briefing is None)
    if briefing is not None:
        sections.head(briefing)
        sections.views(desk, briefing)
        handover.show(desk, briefing)
    handover.sheets(desk)
    handover.annual(desk)
    filters.publish()


main()
