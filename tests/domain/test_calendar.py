"""Business time: windows on the wall clock, real time in between, exact over changes of clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import (
    ALWAYS,
    DAY,
    WHOLE_DAY,
    Calendar,
    NeverOpen,
    Windows,
    first_instant,
    weekdays,
)

SEOUL = weekdays("office", "Asia/Seoul", (9, 12), (13, 18))
NIGHT = Calendar(name="night", zone="Europe/Berlin", weekly=(((0, 6 * 3600),),) * 7)

CHANGES = {
    "Europe/Berlin": datetime(2026, 3, 28, tzinfo=UTC),
    "America/New_York": datetime(2026, 10, 31, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, tzinfo=UTC),  # southern, moves by 30 minutes
    "America/St_Johns": datetime(2010, 11, 6, tzinfo=UTC),  # -3:30, one minute past midnight
    "Asia/Kathmandu": datetime(2026, 1, 1, tzinfo=UTC),  # +5:45, no changes
    "Pacific/Apia": datetime(2011, 12, 29, tzinfo=UTC),  # 30 December never was
}
"""Zones, each with a day before its clocks change."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@st.composite
def windows(draw: st.DrawFn) -> Windows:
    edges = sorted(
        draw(st.sets(st.sampled_from([0, DAY, 43_200]) | st.integers(0, DAY), max_size=6))
    )
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    weekly = draw(st.tuples(*[windows()] * 7))
    zone = draw(st.sampled_from(sorted(CHANGES)))
    return Calendar(name="any", zone=zone, weekly=weekly)


@st.composite
def instants(draw: st.DrawFn, calendar: Calendar) -> datetime:
    micros = draw(st.integers(0, 6 * DAY * 1_000_000))
    return CHANGES[calendar.zone] + timedelta(microseconds=micros)


def slowly(calendar: Calendar, begin: datetime, end: datetime) -> int:
    """Open seconds, second by second, from nothing but the wall clock."""
    zone, seconds = ZoneInfo(calendar.zone), 0
    for n in range(int((end - begin).total_seconds())):
        local = (begin + timedelta(seconds=n)).astimezone(zone)
        second = local.hour * 3600 + local.minute * 60 + local.second
        seconds += any(a <= second < b for a, b in calendar.weekly[local.weekday()])
    return seconds


@pytest.mark.parametrize(
    ("calendar", "begin", "end", "hours"),
    [
        (SEOUL, "2026-03-02T09:00+09:00", "2026-03-02T18:00+09:00", 8),
        (SEOUL, "2026-03-02T11:30+09:00", "2026-03-02T13:30+09:00", 1),
        (SEOUL, "2026-03-06T17:00+09:00", "2026-03-09T10:00+09:00", 2),
        (SEOUL, "2026-03-07T00:00+09:00", "2026-03-09T00:00+09:00", 0),
        (SEOUL, "2026-03-02T18:00+09:00", "2026-03-02T09:00+09:00", 0),
        (NIGHT, "2026-03-29T00:00+01:00", "2026-03-29T12:00+02:00", 5),
        (NIGHT, "2026-10-25T00:00+02:00", "2026-10-25T12:00+01:00", 7),
        (ALWAYS, "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 23),
        (SEOUL, "2025-01-01T00:00+09:00", "2026-01-01T00:00+09:00", 261 * 8),
    ],
)
def test_only_open_time_counts(calendar: Calendar, begin: str, end: str, hours: float) -> None:
    assert calendar.elapsed(at(begin), at(end)) == hours * 3600


@pytest.mark.parametrize(
    ("calendar", "begin", "seconds", "end"),
    [
        (SEOUL, "2026-03-02T17:30+09:00", 3600, "2026-03-03T09:30+09:00"),
        (SEOUL, "2026-03-02T17:00+09:00", 3600, "2026-03-02T18:00+09:00"),
        (SEOUL, "2026-03-02T22:00+09:00", 0, "2026-03-02T22:00+09:00"),
        (SEOUL, "2026-03-06T17:59:59.5+09:00", 1, "2026-03-09T09:00:00.5+09:00"),
        (NIGHT, "2026-03-29T01:30+01:00", 3600, "2026-03-29T03:30+02:00"),
        (ALWAYS, "2026-03-28T12:00+01:00", DAY, "2026-03-29T13:00+02:00"),
    ],
)
def test_adding_open_time_leads_over_closed_hours(
    calendar: Calendar, begin: str, seconds: float, end: str
) -> None:
    assert calendar.add(at(begin), seconds) == at(end)


def test_a_window_may_last_until_midnight() -> None:
    late = Calendar(name="late", zone="Asia/Seoul", weekly=(((79_200, DAY),),) * 7)
    assert late.is_open(at("2026-03-02T23:59:59.999999+09:00"))
    assert not late.is_open(at("2026-03-03T00:00+09:00"))
    assert late.elapsed(at("2026-03-02T00:00+09:00"), at("2026-03-04T00:00+09:00")) == 14_400


def test_the_next_opening_is_now_when_it_is_open() -> None:
    monday = at("2026-03-09T09:00+09:00")
    assert SEOUL.next_opening(at("2026-03-06T18:00+09:00")) == monday
    assert SEOUL.next_opening(monday) == monday


def test_a_calendar_that_never_opens_says_so() -> None:
    closed = Calendar(name="closed", zone="UTC", weekly=((),) * 7)
    with pytest.raises(NeverOpen):
        closed.add(at("2026-03-02T00:00Z"), 1)
    with pytest.raises(NeverOpen):
        closed.next_opening(at("2026-03-02T00:00Z"))


def test_time_cannot_be_taken_back() -> None:
    with pytest.raises(ValueError, match="taken back"):
        SEOUL.add(at("2026-03-02T00:00Z"), -1)


@pytest.mark.parametrize(
    "bad", [((0, 0),), ((5, 3),), ((0, 10), (9, 20)), ((0, DAY + 1),), ((-1, 5),)]
)
def test_windows_that_make_no_sense_are_refused(bad: Windows) -> None:
    with pytest.raises(ValueError, match="windows"):
        Calendar(name="bad", zone="UTC", weekly=(bad, (), (), (), (), (), ()))


def test_a_zone_must_exist() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        weekdays("bad", "Mars/Olympus", (9, 18))


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2026, 3, 2), "Asia/Seoul", "2026-03-02T00:00+09:00"),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T01:00-02:00"),  # no midnight
        (date(2024, 11, 3), "America/Havana", "2024-11-03T00:00-04:00"),  # two of them
        (date(2011, 12, 31), "Pacific/Apia", "2011-12-31T00:00+14:00"),  # after a skipped day
    ],
)
def test_a_day_begins_where_the_clocks_say(day: date, zone: str, instant: str) -> None:
    assert first_instant(day, zone) == at(instant)


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_it_agrees_with_counting_every_second(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    begin = data.draw(instants(calendar)).replace(microsecond=0)
    end = begin + timedelta(seconds=data.draw(st.integers(0, 2 * DAY)))
    assert calendar.elapsed(begin, end) == slowly(calendar, begin, end)


@given(st.data())
def test_elapsed_time_adds_up(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    a, b, c = sorted(data.draw(instants(calendar)) for _ in range(3))
    whole = calendar.elapsed(a, c)
    assert round(calendar.elapsed(a, b) + calendar.elapsed(b, c), 6) == round(whole, 6)
    assert 0 <= calendar.elapsed(a, b) <= whole <= (c - a).total_seconds()


@given(st.data(), st.integers(0, 5 * DAY * 1_000_000))
def test_what_was_added_has_elapsed(data: st.DataObject, micros: int) -> None:
    calendar = data.draw(calendars().filter(lambda c: any(c.weekly)))
    begin, seconds = data.draw(instants(calendar)), micros / 1_000_000
    end = calendar.add(begin, seconds)
    assert calendar.elapsed(begin, end) == seconds
    if seconds:
        earlier = end - timedelta(microseconds=1)
        assert calendar.elapsed(begin, earlier) < seconds
    assert calendar.add(begin, seconds + 1) > end


@given(st.data())
def test_the_next_opening_is_open_and_nothing_before_it_is(data: st.DataObject) -> None:
    calendar = data.draw(calendars().filter(lambda c: any(c.weekly)))
    instant = data.draw(instants(calendar))
    opening = calendar.next_opening(instant)
    assert calendar.is_open(opening)
    assert calendar.elapsed(instant, opening) == 0


def test_always_means_every_day_is_whole() -> None:
    assert ALWAYS.is_always
    assert not SEOUL.is_always
    assert ALWAYS.weekly == (WHOLE_DAY,) * 7
