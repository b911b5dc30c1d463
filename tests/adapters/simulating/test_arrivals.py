from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.simulating.arrivals import arrivals
from adapters.simulating.hours import BERLIN, EUROPEAN_DAY, KOREAN_DAY, SEOUL, Hours

MONDAY = datetime(2025, 9, 1, tzinfo=UTC)


@given(
    count=st.integers(0, 200),
    minutes=st.integers(1, 60 * 24 * 30),
    seed=st.integers(0, 2**32),
)
def test_exactly_as_many_as_asked_for_in_order_and_within_the_window(
    count: int, minutes: int, seed: int
) -> None:
    end = MONDAY + timedelta(minutes=minutes)
    found = [arrival.at for arrival in arrivals(count, MONDAY, end, Random(seed))]
    assert len(found) == count
    assert all(one <= other for one, other in pairwise(found))
    assert all(MONDAY <= at < end for at in found)


def test_people_write_in_their_mornings_and_hardly_at_night_or_on_sundays() -> None:
    found = list(arrivals(20_000, MONDAY, MONDAY + timedelta(weeks=8), Random(1)))
    hours = Counter(a.at.astimezone(SEOUL).hour for a in found if a.korean)
    assert hours[10] > 3 * hours[12] / 2 > 0
    assert hours[10] > 20 * hours[3]
    days = Counter(a.at.astimezone(BERLIN).weekday() for a in found if not a.korean)
    assert days[0] > days[4] > 3 * days[6]
    assert 0.65 < sum(a.korean for a in found) / len(found) < 0.8


@pytest.mark.parametrize("hours", [KOREAN_DAY, EUROPEAN_DAY])
@given(minutes=st.integers(0, 60 * 24 * 400), seed=st.integers(0, 1_000))
@settings(max_examples=200)
def test_the_next_opening_is_never_before_and_always_open(
    hours: Hours, minutes: int, seed: int
) -> None:
    instant = MONDAY + timedelta(minutes=minutes)
    found = hours.next(instant, Random(seed))
    assert found >= instant
    assert hours.contain(found)
    assert found - instant < timedelta(days=4)
    assert found == instant or not hours.contain(instant)
