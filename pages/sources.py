"""Where every figure comes from: producer, edition, licence, unit, caveat, and what is published, secret or missing."""

from ui import briefings, frame, loading
from ui.filters import Filters
from ui.sources import sections


def main() -> None:
    """Draw the page."""
    desk, catalogue = loading.desk(), loading.catalogue()
    filters = Filters("sources", sections.parameters(catalogue))
    frame.header("D'où viennent les chiffres", desk)
    filters.warn()
    sections.summary(catalogue)
    briefings.offer("sources", {"question": "editions"}, key="editions")
    sections.editions(desk, catalogue, filters["source"])
    sections.state(desk)
    briefings.offer("sources", {"question": "charge"}, key="charge")
    sections.contours(desk)
    filters.publish()


main()
