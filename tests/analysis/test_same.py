"""An answer is given again for the same objects and for no others."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis.same import SLOTS, once_for_the_same


def test_the_same_frame_is_one_object_and_days_and_dictionaries_are_the_same_when_equal() -> None:
    asked: list[int] = []

    @once_for_the_same
    def counted(frame: pd.DataFrame, day: dt.date, names: dict[str, str]) -> int:
        asked.append(len(frame))
        return len(frame)

    frame = pd.DataFrame({"a": [1, 2]})
    for _ in range(3):
        assert counted(frame, dt.date(2026, 5, 12), {"61156": "Essay"}) == 2
    assert asked == [2]
    counted(frame.copy(), dt.date(2026, 5, 12), {"61156": "Essay"})
    counted(frame, dt.date(2026, 5, 13), {"61156": "Essay"})
    counted(frame, dt.date(2026, 5, 12), {"61156": "Laleu"})
    assert asked == [2, 2, 2, 2]
    counted(frame, dt.date(2026, 5, 12), {"61156": "Essay"})
    assert len(asked) == SLOTS


def test_only_a_few_answers_are_remembered() -> None:
    asked: list[int] = []

    @once_for_the_same
    def seen(number: int) -> int:
        asked.append(number)
        return number

    for number in range(SLOTS + 1):
        seen(number)
    seen(0)
    assert asked == [*range(SLOTS + 1), 0]
