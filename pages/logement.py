"""Housing: the stock and its vacancies, why there are two counts of them, sales, prices, and what may be had today."""

from ui import frame, loading
from ui.housing import sections


def main() -> None:
    """Draw the page: one question a section."""
    desk = loading.desk()
    frame.header("Logement", desk)
    for section in sections.published(desk):
        sections.show_section(section)
    sections.listings(desk)


main()
