"""Business time adds up, whatever the calendar and however its clocks are changed."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import (
    DAY,
)
from tests.domain.any_calendar import calendars, instants
from tests.domain.examples import examples
from tests.domain.slow_calendar import reads_open, slowly


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_it_agrees_with_counting_every_second_of_two_days(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    begin = data.draw(instants(calendar)).replace(microsecond=0)
    end = begin + timedelta(seconds=data.draw(st.integers(0, 2 * DAY)))
    assert calendar.elapsed(begin, end) == slowly(calendar, begin, end)


@examples(20)
@given(st.data())
def test_it_agrees_with_counting_every_second(data: st.DataObject) -> None:
    """Of an hour or two, around whatever the calendar or the zone does then."""
    calendar = data.draw(calendars())
    begin = data.draw(instants(calendar)).replace(microsecond=0)
    end = begin + timedelta(seconds=data.draw(st.integers(0, 2 * 3600)))
    assert calendar.elapsed(begin, end) == slowly(calendar, begin, end)


@examples(100)
@given(st.data())
def test_more_time_is_never_less_open_time(data: st.DataObject) -> None:
    """Nor is more open time over earlier."""
    calendar = data.draw(calendars().filter(lambda c: any(c.weekly)))
    a, b, c = sorted(data.draw(instants(calendar)) for _ in range(3))
    assert calendar.elapsed(a, b) <= calendar.elapsed(a, c)
    assert calendar.elapsed(b, c) <= calendar.elapsed(a, c)
    less, more = sorted(data.draw(st.lists(st.floats(0, 10_000), min_size=2, max_size=2)))
    assert calendar.add(a, less) <= calendar.add(a, more)
    assert calendar.add(a, less) <= calendar.add(b, less)


@examples(100)
@given(st.data())
def test_elapsed_time_adds_up(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    a, b, c = sorted(data.draw(instants(calendar)) for _ in range(3))
    whole = calendar.elapsed(a, c)
    assert round(calendar.elapsed(a, b) + calendar.elapsed(b, c), 6) == round(whole, 6)
    assert 0 <= calendar.elapsed(a, b) <= whole <= (c - a).total_seconds()


@examples(100)
@given(st.data())
def test_what_was_added_has_elapsed(data: st.DataObject) -> None:
    calendar = data.draw(calendars().filter(lambda c: any(c.weekly)))
    begin = data.draw(instants(calendar))
    most = calendar.elapsed(begin, begin + timedelta(days=400))
    seconds = data.draw(st.integers(0, int(most) * 1_000_000)) / 1_000_000
    end = calendar.add(begin, seconds)
    assert calendar.elapsed(begin, end) == seconds
    if seconds:
        earlier = end - timedelta(microseconds=1)
        assert calendar.elapsed(begin, earlier) < seconds
    assert calendar.add(begin, seconds + 1) > end


@examples(100)
@given(st.data())
def test_the_next_opening_is_open_and_nothing_before_it_is(data: st.DataObject) -> None:
    calendar = data.draw(calendars().filter(lambda c: any(c.weekly)))
    instant = data.draw(instants(calendar))
    opening = calendar.next_opening(instant)
    assert calendar.is_open(opening)
    assert calendar.elapsed(instant, opening) == 0


@examples(100)
@given(st.data())
def test_whether_it_is_open_is_what_the_wall_clock_reads(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    instant = data.draw(instants(calendar))
    assert calendar.is_open(instant) == reads_open(calendar, instant, ZoneInfo(calendar.zone))


@examples(100)
@given(st.data())
def test_the_next_closing_is_closed_and_all_before_it_is_open(data: st.DataObject) -> None:
    calendar = data.draw(calendars().filter(lambda c: not all(c.weekly)))
    instant = data.draw(instants(calendar))
    closing = calendar.next_closing(instant)
    assert not calendar.is_open(closing)
    assert calendar.elapsed(instant, closing) == (closing - instant).total_seconds()
