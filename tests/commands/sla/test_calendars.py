"""Calendars are set, retired and restored; refusals name the field that makes no sense."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from commands.sla.calendars import OpeningHours, RestoreCalendar, RetireCalendar, SetCalendar
from commands.sla.editing import FARTHEST
from commands.sla.policies import RetirePolicy
from domain.calendar import Holiday
from domain.errors import Invalid, NotFound
from domain.ids import SLA_BOOK, CalendarId, PolicyId
from domain.sla.book_events import CalendarRetired, CalendarSet, Opening
from domain.sla.policy import AppliesTo, ClockName
from tests.commands.sla.books import asked_twice, book_in, given_book, log_of
from tests.domain.promises import calendar_set, policy_set, promise
from tests.given import NOW, after, command_id, happened

SEOUL = CalendarId("seoul")
FESTIVAL = date(2026, 5, 5)
SET = SetCalendar(
    calendar=SEOUL,
    display_name="Seoul",
    zone="Asia/Seoul",
    weekly={"monday": ("09:00-12:00", "13:00-18:00"), "friday": ("22:00-06:00",)},
    holidays=(Holiday(day=FESTIVAL, name="어린이날"), Holiday(day=date(2026, 3, 1), name="삼일절")),
    openings=(OpeningHours(day=FESTIVAL, name="Fair", windows=("10:00-14:00",)),),
)
WAS_SET = happened(
    CalendarSet,
    calendar=SEOUL,
    name="Seoul",
    zone="Asia/Seoul",
    weekly=(((32_400, 43_200), (46_800, 64_800)), (), (), (), ((79_200, 108_000),), (), ()),
    holidays=(Holiday(day=date(2026, 3, 1), name="삼일절"), Holiday(day=FESTIVAL, name="어린이날")),
    openings=(Opening(day=FESTIVAL, name="Fair", windows=((36_000, 50_400),)),),
    effective_at=NOW,
)
BEFORE = replace(WAS_SET, zone="UTC", effective_at=after(days=-9), at=after(days=-9))
GONE = happened(CalendarRetired, calendar=SEOUL)
GOLD = policy_set(promise(ClockName.FIRST_RESPONSE, 60, "seoul"), ident="gold")


def test_a_calendar_is_set_from_now_on() -> None:
    given_book().when(SET).then(WAS_SET)


def test_or_from_a_later_instant_on() -> None:
    later = after(days=30)
    given_book().when(replace(SET, effective_at=later)).then(replace(WAS_SET, effective_at=later))


def test_a_new_version_may_be_for_new_tickets_alone() -> None:
    new = AppliesTo.NEW_TICKETS
    given_book(BEFORE).when(replace(SET, applies_to=new)).then(replace(WAS_SET, applies_to=new))


def test_the_first_version_is_for_all() -> None:
    command = replace(SET, applies_to=AppliesTo.NEW_TICKETS)
    given_book().when(command).then_refused(Invalid, "first version", field="applies_to")
    to_come = replace(WAS_SET, effective_at=after(days=9))
    given_book(to_come).when(command).then_refused(Invalid, "first version", field="applies_to")


def test_what_is_so_is_not_written_again() -> None:
    given_book(WAS_SET).when(SET).then_nothing()
    given_book(WAS_SET).when(SET, at=after(days=3)).then_nothing()
    given_book(WAS_SET).when(replace(SET, applies_to=AppliesTo.NEW_TICKETS)).then_nothing()


def test_what_is_so_now_but_not_then_is_written() -> None:
    """A version in between would hold by then, although the last one recorded says the same."""
    other = replace(WAS_SET, zone="UTC", effective_at=after(days=10))
    same = replace(SET, effective_at=after(days=11))
    expected = replace(WAS_SET, effective_at=after(days=11), at=after(hours=1))
    given_book(other, WAS_SET).when(same, at=after(hours=1)).then(expected)
    given_book(other, WAS_SET).when(SET, at=after(hours=1)).then_nothing()


def test_for_all_is_more_than_for_new_tickets() -> None:
    for_new = replace(WAS_SET, applies_to=AppliesTo.NEW_TICKETS)
    given_book(BEFORE, for_new).when(SET).then(WAS_SET)


def test_a_retired_calendar_can_be_set_again() -> None:
    given_book(WAS_SET, GONE).when(SET).then(WAS_SET)


@pytest.mark.parametrize(
    ("changes", "field", "saying"),
    [
        ({"calendar": CalendarId("no spaces")}, "calendar", "letters"),
        ({"display_name": " "}, "display_name", "blank"),
        ({"display_name": "x" * 201}, "display_name", "at most 200"),
        ({"zone": "Mars/Olympus"}, "zone", "no time zone 'Mars/Olympus'"),
        ({"weekly": {"moonday": ("09:00-18:00",)}}, "weekly", "no weekday 'moonday'"),
        ({"weekly": {"monday": ("9-5",)}}, "weekly.monday", "write it as 09:00-18:00"),
        ({"weekly": {"monday": ("09:00-09:00",)}}, "weekly.monday", "is empty"),
        (
            {"weekly": {"monday": ("09:00-18:00", "17:00-19:00")}},
            "weekly.monday",
            "The windows 09:00-18:00 and 17:00-19:00 overlap",
        ),
        (
            {"weekly": {"monday": ("22:00-06:00",), "tuesday": ("05:00-09:00",)}},
            "weekly.tuesday",
            "overlaps the 22:00-06:00 of monday",
        ),
        ({"weekly": {}, "openings": ()}, "weekly", "never opens"),
        (
            {"openings": (OpeningHours(day=FESTIVAL, name="Fair", windows=("x",)),)},
            "openings[0].windows",
            "is no window",
        ),
        (
            {"holidays": (Holiday(day=FESTIVAL, name="b"), Holiday(day=date(2026, 1, 1), name=""))},
            "holidays[1].name",
            "has a name",
        ),
        (
            {"holidays": (Holiday(day=FESTIVAL, name="a"), Holiday(day=FESTIVAL, name="b"))},
            "holidays[1].day",
            "twice",
        ),
        ({"effective_at": after(seconds=-1)}, "effective_at", "rejudge_history"),
        ({"effective_at": NOW + FARTHEST + timedelta(days=1)}, "effective_at", "five years"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], field: str, saying: str) -> None:
    given_book().when(replace(SET, **changes)).then_refused(Invalid, saying, field=field)


def test_all_problems_are_told_at_once() -> None:
    command = replace(SET, zone="Nowhere", holidays=(Holiday(day=FESTIVAL, name=""),))
    log = log_of()
    with pytest.raises(Invalid) as refused:
        log.decide(command)
    told: Any = refused.value.details["problems"]
    assert [one["field"] for one in told] == ["zone", "holidays[0].name"]


def test_hours_that_leave_a_policy_without_end_are_refused() -> None:
    fair = OpeningHours(day=date(2026, 6, 1), name="Fair", windows=("10:00-10:01",))
    command = replace(SET, weekly={}, openings=(fair,))
    given_book(WAS_SET, GOLD).when(command).then_refused(Invalid, "'gold'", field="weekly")
    given_book(WAS_SET).when(command).then(
        replace(
            WAS_SET,
            weekly=((),) * 7,
            openings=(Opening(day=date(2026, 6, 1), name="Fair", windows=((36_000, 36_060),)),),
        )
    )


def test_a_calendar_is_retired() -> None:
    given_book(WAS_SET).when(RetireCalendar(calendar=SEOUL)).then(GONE)
    given_book(WAS_SET, GONE).when(RetireCalendar(calendar=SEOUL)).then_nothing()


def test_a_calendar_that_a_policy_counts_on_stays() -> None:
    given_book(WAS_SET, GOLD).when(RetireCalendar(calendar=SEOUL)).then_refused(
        Invalid, "Policy gold counts on calendar 'seoul'", field="calendar", policies=["gold"]
    )


def test_also_when_the_policy_is_still_to_come() -> None:
    later = replace(GOLD, effective_at=after(days=9))
    command = RetireCalendar(calendar=SEOUL)
    given_book(WAS_SET, later).when(command).then_refused(Invalid, "gold", field="calendar")


def test_or_holds_for_older_tickets() -> None:
    elsewhere = policy_set(
        promise(ClockName.FIRST_RESPONSE, 60),
        ident="gold",
        at=after(days=-1),
        applies_to=AppliesTo.NEW_TICKETS,
    )
    command = RetireCalendar(calendar=SEOUL)
    given_book(WAS_SET, GOLD, elsewhere).when(command).then_refused(
        Invalid, "gold", field="calendar"
    )


def test_the_built_in_calendars_are_kept_by_the_built_in_policy() -> None:
    office = RetireCalendar(calendar=CalendarId("office-hours"))
    given_book().when(office).then_refused(Invalid, "default", field="calendar")
    log = log_of()
    log.ask(RetirePolicy(policy=PolicyId("default")))
    assert log.ask(office, command_id=command_id("then")) == {
        SLA_BOOK: [happened(CalendarRetired, calendar=CalendarId("office-hours"))]
    }


@pytest.mark.parametrize(
    "command", [RetireCalendar(calendar=SEOUL), RestoreCalendar(calendar=SEOUL, version=0)]
)
def test_a_calendar_that_is_not_there(command: RetireCalendar | RestoreCalendar) -> None:
    given_book().when(command).then_refused(NotFound, "no calendar 'seoul'", field="calendar")


def test_an_earlier_version_is_restored() -> None:
    restore = RestoreCalendar(calendar=SEOUL, version=1)
    again = replace(BEFORE, effective_at=NOW, at=NOW)
    given_book(BEFORE, WAS_SET).when(restore).then(again)
    given_book(BEFORE, WAS_SET, again).when(restore).then_nothing()
    given_book(BEFORE, GONE).when(restore).then(again)


def test_a_version_for_new_tickets_comes_back_for_all() -> None:
    for_new = replace(BEFORE, applies_to=AppliesTo.NEW_TICKETS)
    restore = RestoreCalendar(calendar=SEOUL, version=1, effective_at=after(days=2))
    again = replace(BEFORE, effective_at=after(days=2), at=NOW)
    given_book(for_new, WAS_SET).when(restore).then(again)
    new = AppliesTo.NEW_TICKETS
    given_book(for_new, WAS_SET).when(replace(restore, applies_to=new)).then(
        replace(again, applies_to=new)
    )


def test_the_built_in_calendar_is_restored_as_version_0() -> None:
    mine = replace(calendar_set("office-hours", hours=(8, 17)), at=after(days=-1))
    log = log_of(mine)
    log.ask(RestoreCalendar(calendar=CalendarId("office-hours"), version=0))
    dated = book_in(log).calendar_at(CalendarId("office-hours"), NOW)
    assert dated is not None
    assert (dated.version, dated.calendar.weekly[0]) == (2, ((32_400, 64_800),))


@pytest.mark.parametrize("version", [-1, 0, 2, 3, 99])
def test_a_version_of_something_else_is_none(version: int) -> None:
    other = calendar_set("other")
    restore = RestoreCalendar(calendar=SEOUL, version=version)
    given_book(WAS_SET, other).when(restore).then_refused(NotFound, "version", field="version")


def test_a_version_that_would_never_open_again_is_not_restored() -> None:
    past = Opening(day=date(2026, 2, 1), name="Fair", windows=((36_000, 50_400),))
    once = replace(BEFORE, weekly=((),) * 7, openings=(past,), effective_at=after(days=-60))
    restore = RestoreCalendar(calendar=SEOUL, version=1)
    given_book(once, WAS_SET).when(restore).then_refused(Invalid, "never opens", field="weekly")


@pytest.mark.parametrize(
    "command",
    [
        SET,
        replace(SET, effective_at=after(days=3)),
        replace(SET, applies_to=AppliesTo.NEW_TICKETS),
        RetireCalendar(calendar=SEOUL),
        RestoreCalendar(calendar=SEOUL, version=1),
    ],
)
def test_asked_twice_it_is_written_once(command: Any) -> None:
    once, again = asked_twice(log_of(BEFORE, replace(BEFORE, zone="Asia/Tokyo")), command)
    assert len(once) == 1
    assert again == []


def test_edits_of_different_calendars_do_not_touch_each_other() -> None:
    other = replace(SET, calendar=CalendarId("busan"))
    assert not SET.touches() & other.touches()
    assert SET.touches() == RetireCalendar(calendar=SEOUL).touches()
    assert SET.touches() == RestoreCalendar(calendar=SEOUL, version=1).touches()
