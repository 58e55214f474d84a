"""What of the known publications is loaded: whole, in part, older than the newest one, not at all."""

from analysis.coverage import editions
from analysis.model import Indicator, Source, Vintage

SOURCES = {
    "a_2025": Source("a_2025", "P", "A", "A 2025", "L", "2025"),
    "a_2026": Source("a_2026", "P", "A", "A 2026", "L", "2026"),
    "b": Source("b", "P", "B", "B", "L", "2025"),
}


def _count(id_: str, *vintages: tuple[str, str]) -> Indicator:
    made = tuple(Vintage(period, period, source) for period, source in vintages)
    return Indicator(id_, id_, "u", "T", "count", made)


INDICATORS = {
    "one": _count("one", ("2025", "a_2025"), ("2026", "a_2026")),
    "two": _count("two", ("2026", "a_2026")),
    "three": _count("three", ("2025", "b")),
}


def states(*imported: tuple[str, str]) -> list[tuple[str, str]]:
    return [(row.title, row.state) for row in editions(INDICATORS, SOURCES, imported)]


def test_each_work_is_told_once_by_its_newest_edition() -> None:
    assert states() == [("A", "pas encore importé"), ("B", "pas encore importé")]
    assert states(("one", "2025")) == [("A", "plus ancien"), ("B", "pas encore importé")]
    assert states(("one", "2026"), ("three", "2025")) == [("A", "en partie"), ("B", "chargé")]
    assert states(("one", "2026"), ("two", "2026"))[0] == ("A", "chargé")
