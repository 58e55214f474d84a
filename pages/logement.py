"""Housing: the stock and its vacancies, why there are two counts of them, sales, prices, and what may be had today."""

from ui import frame, loading
from ui.filters import Filters
from ui.housing import sections


def main() -> None:
    """Draw the page: one question a section."""
    desk = loading.desk()
    filters = Filters("logement", [])
    frame.header("Logement", desk)
    filters.warn()
    for section in sections.published(desk):
        sections.show_section(section)
    sections.listings(desk)
    filters.publish()


main()
