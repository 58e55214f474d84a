"""The accessibility statement, with its real state."""

from ui import frame, loading
from ui.accessibility import sections
from ui.filters import Filters


def main() -> None:
    """Draw the page."""
    filters = Filters("accessibilite", [])
    frame.header("Accessibilité", loading.desk())
    filters.warn()
    sections.statement()
    filters.publish()


main()
