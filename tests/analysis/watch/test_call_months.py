"""The call list at work: months of which only the choice of whom to call differs. The long run is `python -m benchmarks watch`."""

import pytest

from benchmarks.watch import DAYS, WARM_UP, by_the_list, month, months, oldest_first, world


def test_a_seed_makes_one_world() -> None:
    assert world(3) == world(3)
    assert world(3) != world(4)
    one = world(3)
    assert all(WARM_UP < family.arrives <= WARM_UP + DAYS for family in one.families)
    assert len(one.communes) == len(one.openings) == 24


def test_the_list_houses_more_than_calling_the_longest_silent() -> None:
    """Twenty months: the mean of the differences is above 0 by its whole 95 % interval."""
    ours, oldest, more, half = months(20)
    assert ours - oldest == pytest.approx(more)
    assert more - half > 0


def test_nobody_housed_twice_and_never_more_than_came() -> None:
    for choose in (by_the_list, oldest_first):
        housed, came = month(1, choose)
        assert 0 < housed <= came == len(world(1).families)
