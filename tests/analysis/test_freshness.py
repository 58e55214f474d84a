"""« Données au … » is the newest day of what is in force, never after today."""

import datetime as dt

from analysis.freshness import data_day, data_day_text

DAY = dt.date


def test_the_newest_of_imports_and_rows_wins() -> None:
    today = DAY(2026, 5, 12)
    assert data_day([DAY(2026, 5, 1)], [DAY(2026, 4, 1), DAY(2026, 5, 3)], today) == DAY(2026, 5, 3)
    assert data_day([DAY(2026, 5, 4)], [DAY(2026, 5, 3)], today) == DAY(2026, 5, 4)
    assert data_day([DAY(2026, 5, 4)], [], today) == DAY(2026, 5, 4)


def test_never_after_today_and_nothing_without_data() -> None:
    assert data_day([DAY(2030, 1, 1)], [], DAY(2026, 5, 12)) == DAY(2026, 5, 12)
    assert data_day([], [], DAY(2026, 5, 12)) is None
    assert data_day_text(None) == "Aucune donnée dans la base"
    assert data_day_text(DAY(2026, 5, 1)) == "Données au 01/05/2026"
