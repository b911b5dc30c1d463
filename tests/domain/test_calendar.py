"""Business time: windows on the wall clock, real time in between, exact over changes of clocks."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest

from domain.calendar import (
    ALWAYS,
    DAY,
    WHOLE_DAY,
    Calendar,
    NeverClosed,
    NeverOpen,
    Windows,
    weekdays,
)
from domain.wall_clock import first_instant
from tests.domain.any_calendar import week

SEOUL = weekdays("office", "Asia/Seoul", (9, 12), (13, 18))
NIGHT = Calendar(name="night", zone="Europe/Berlin", weekly=(((0, 6 * 3600),),) * 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


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


def test_a_window_may_cross_midnight() -> None:
    """It belongs to the day on which it begins: Friday's goes on into the closed Saturday."""
    nights = ((22 * 3600, 30 * 3600),)
    shift = Calendar(name="shift", zone="Asia/Seoul", weekly=(nights,) * 5 + ((), ()))
    assert shift.is_open(at("2026-03-07T05:59:59+09:00"))
    assert not shift.is_open(at("2026-03-07T06:00+09:00"))
    assert not shift.is_open(at("2026-03-09T05:00+09:00"))
    assert shift.elapsed(at("2026-03-02T00:00+09:00"), at("2026-03-09T00:00+09:00")) == 5 * 8 * 3600
    assert shift.add(at("2026-03-02T23:00+09:00"), 3 * 3600) == at("2026-03-03T02:00+09:00")


def test_a_holiday_is_closed_and_an_exceptional_opening_open() -> None:
    """1 March 2026 is a Sunday: its substitute is Monday, and they work on a Saturday instead."""
    office = Calendar(
        name="office",
        zone="Asia/Seoul",
        weekly=SEOUL.weekly,
        exceptions={date(2026, 3, 2): (), date(2026, 3, 7): ((9 * 3600, 12 * 3600),)},
    )
    monday, week = at("2026-03-02T00:00+09:00"), timedelta(days=7)
    assert office.elapsed(monday, monday + week) == (4 * 8 + 3) * 3600
    assert office.elapsed(monday + week, monday + 2 * week) == 5 * 8 * 3600
    assert office.next_opening(monday) == at("2026-03-03T09:00+09:00")
    assert office.add(at("2026-03-06T17:00+09:00"), 7200) == at("2026-03-07T10:00+09:00")


def test_a_night_shift_ends_on_the_holiday_that_follows_it() -> None:
    nights = ((22 * 3600, 30 * 3600),)
    shift = Calendar(
        name="shift",
        zone="Asia/Seoul",
        weekly=(nights,) * 7,
        exceptions={date(2026, 3, 3): ()},
    )
    assert shift.next_closing(at("2026-03-02T23:00+09:00")) == at("2026-03-03T06:00+09:00")
    assert shift.next_opening(at("2026-03-03T06:00+09:00")) == at("2026-03-04T22:00+09:00")


def test_windows_that_touch_are_one_opening() -> None:
    halves = ((0, 43_200), (43_200, DAY))
    whole = Calendar(name="halves", zone="UTC", weekly=(halves,) * 6 + ((),))
    assert whole.next_closing(at("2026-03-02T00:00Z")) == at("2026-03-08T00:00Z")


def test_the_next_closing_is_now_when_it_is_closed() -> None:
    evening = at("2026-03-06T18:00+09:00")
    assert SEOUL.next_closing(at("2026-03-06T13:00+09:00")) == evening
    assert SEOUL.next_closing(evening) == evening


def test_an_opening_may_last_over_the_new_year() -> None:
    new_year = Calendar(
        name="new year", zone="UTC", weekly=((),) * 7,
        exceptions={date(2026, 12, 31): ((72_000, DAY + 7_200),)},
    )  # fmt: skip
    assert new_year.next_closing(at("2026-12-31T21:00Z")) == at("2027-01-01T02:00Z")
    assert new_year.elapsed(at("2026-01-01T00:00Z"), at("2028-01-01T00:00Z")) == 6 * 3600
    with pytest.raises(NeverOpen):
        new_year.next_opening(at("2027-01-01T02:00Z"))


def test_a_calendar_that_never_closes_says_so() -> None:
    with pytest.raises(NeverClosed):
        ALWAYS.next_closing(at("2026-03-02T00:00Z"))
    halves = ((0, 43_200), (43_200, DAY))
    with pytest.raises(NeverClosed):
        Calendar(name="halves", zone="UTC", weekly=(halves,) * 7).next_closing(
            at("2026-03-02T00:00Z")
        )


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
    "bad",
    [
        ((0, 0),),
        ((5, 3),),
        ((0, 10), (9, 20)),
        ((0, 2 * DAY + 1),),
        ((-1, 5),),
        ((DAY, DAY + 5),),
        ((0, DAY + 5), (DAY - 1, DAY + 6)),
    ],
)
def test_windows_that_make_no_sense_are_refused(bad: Windows) -> None:
    with pytest.raises(ValueError, match="windows"):
        Calendar(name="bad", zone="UTC", weekly=(bad, (), (), (), (), (), ()))
    with pytest.raises(ValueError, match="windows"):
        Calendar(name="bad", zone="UTC", weekly=((),) * 7, exceptions={date(2026, 3, 2): bad})


@pytest.mark.parametrize("day", range(7))
def test_a_window_must_not_reach_into_one_of_the_next_day(day: int) -> None:
    weekly: list[Windows] = [()] * 7
    weekly[day], weekly[(day + 1) % 7] = ((80_000, DAY + 3_600),), ((3_600, 7_200),)
    Calendar(name="they touch", zone="UTC", weekly=week(weekly))
    weekly[(day + 1) % 7] = ((3_599, 7_200),)
    with pytest.raises(ValueError, match="overlap those of the day before"):
        Calendar(name="they overlap", zone="UTC", weekly=week(weekly))


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


def test_always_means_every_day_is_whole() -> None:
    assert ALWAYS.is_always
    assert not SEOUL.is_always
    assert ALWAYS.weekly == (WHOLE_DAY,) * 7
