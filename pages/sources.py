"""Where every figure comes from: producer, edition, licence, unit, caveat, and what is published, secret or missing."""

from ui import frame, loading
from ui.sources import sections


def main() -> None:
    """Draw the page."""
    desk, catalogue = loading.desk(), loading.catalogue()
    frame.header("D'où viennent les chiffres", desk)
    sections.summary(catalogue)
    sections.editions(desk, catalogue)
    sections.contours(desk)


main()
