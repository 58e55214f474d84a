"""Housing: the stock and its vacancies, why there are two counts of them, sales, prices, and what may be had today."""

from ui import frame, housing_panels, loading


def main() -> None:
    """Draw the page: one question a section."""
    desk = loading.desk()
    frame.header("Logement", desk)
    for section in housing_panels.published(desk):
        housing_panels.show(section)
    housing_panels.listings(desk)


main()
