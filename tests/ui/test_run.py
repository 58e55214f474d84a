"""What is asked once: in a run (tests/pages/test_reads.py), and in a block that makes a file outside one."""

from __future__ import annotations

from ui import run


def test_a_block_asks_once_and_the_next_one_asks_again() -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [run.once("x", ask), run.once("x", ask)] == [1, 2], "outside a block, each time"
    with run.as_one():
        assert [run.once("x", ask), run.once("x", ask)] == [3, 3]
        run.forget()
        assert run.once("x", ask) == 4
    with run.as_one():
        assert run.once("x", ask) == 5
