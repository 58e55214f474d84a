"""Housing: the stock and its vacancies, why there are two counts of them, sales, prices, and what may be had today."""

from ui import frame, housing_panels, loading


def main() -> None:
    """Draw the page: one question a section."""
    desk = loading.desk()
    frame.header("Logement", desk)
    housing_panels.stock(desk)
    housing_panels.two_counts(desk)
    housing_panels.sales(desk)
    housing_panels.prices(desk)
    housing_panels.listings(desk)


main()
