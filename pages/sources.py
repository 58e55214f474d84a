"""Where every figure comes from: producer, edition, licence, unit, caveat, and what is published, secret or missing."""

from ui import frame, loading
from ui.filters import Filters
from ui.sources import sections


def main() -> None:
    """Draw the page."""
    desk, catalogue = loading.desk(), loading.catalogue()
    filters = Filters("sources", sections.parameters(catalogue))
    frame.header("D'où viennent les chiffres", desk)
    filters.warn()
    sections.summary(catalogue)
    sections.editions(desk, catalogue, filters["source"])
    sections.state(desk)
    sections.contours(desk)
    filters.publish()


main()
