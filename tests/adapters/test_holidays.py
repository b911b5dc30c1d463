"""Holidays from a library and from iCalendar: the days, their names, and what is refused."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.holidays import Found, countries, from_icalendar, public_holidays
from domain.calendar import closed_on, weekdays
from domain.errors import Invalid


def ics(*entries: str) -> bytes:
    events = "".join(f"BEGIN:VEVENT\r\n{entry}\r\nEND:VEVENT\r\n" for entry in entries)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


def days(found: Found) -> list[str]:
    return [f"{holiday.day} {holiday.name}" for holiday in found.holidays]


def test_korean_holidays_have_their_substitute_days() -> None:
    found = {h.day: h.name for h in public_holidays("KR", 2026, 2026, language="en_US")}
    assert found[date(2026, 3, 1)] == "Independence Movement Day"
    assert found[date(2026, 3, 2)].startswith("Alternative holiday")  # the first was a Sunday
    assert found[date(2026, 2, 17)] == "Korean New Year"
    assert date(2026, 3, 3) not in found


@pytest.mark.parametrize("language", ["", "xx"])
def test_names_are_in_the_countrys_own_language_unless_asked(language: str) -> None:
    found = {h.day: h.name for h in public_holidays("KR", 2027, 2027, language=language)}
    assert found[date(2027, 5, 5)] == "어린이날"


def test_regions_have_days_of_their_own() -> None:
    everywhere = {h.day for h in public_holidays("DE", 2026, 2026)}
    bavaria = {h.day for h in public_holidays("DE", 2026, 2026, region="BY")}
    assert date(2026, 1, 6) in bavaria - everywhere
    assert "BY" in countries()["DE"]


@pytest.mark.parametrize(
    ("country", "region", "years", "field"),
    [
        ("XX", None, (2026, 2026), "country"),
        ("kr", None, (2026, 2026), "country"),
        ("DE", "ZZ", (2026, 2026), "region"),
        ("KR", None, (2027, 2026), "years"),
        ("KR", None, (2000, 2100), "years"),
        ("KR", None, (1, 2026), "years"),
    ],
)
def test_what_is_not_known_is_refused(
    country: str, region: str | None, years: tuple[int, int], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        public_holidays(country, *years, region=region)
    assert refused.value.details["field"] == field


def test_a_calendar_is_closed_on_them() -> None:
    holidays = closed_on(public_holidays("KR", 2026, 2026))
    office = weekdays("office", "Asia/Seoul", (9, 18))
    seoul = type(office)(name="seoul", zone=office.zone, weekly=office.weekly, exceptions=holidays)
    friday = datetime(2026, 2, 27, 9, 0, tzinfo=UTC)  # 18 o'clock in Seoul
    assert office.next_opening(friday) == datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    assert seoul.next_opening(friday) == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("SUMMARY:Founding day\r\nDTSTART;VALUE=DATE:20260504", ["2026-05-04 Founding day"]),
        (
            "SUMMARY:Stocktaking\r\nDTSTART;VALUE=DATE:20260504\r\nDTEND;VALUE=DATE:20260506",
            ["2026-05-04 Stocktaking", "2026-05-05 Stocktaking"],
        ),
        (
            "SUMMARY:Every year\r\nDTSTART;VALUE=DATE:20201224\r\nRRULE:FREQ=YEARLY",
            ["2026-12-24 Every year", "2027-12-24 Every year"],
        ),
        (
            "SUMMARY:Until\r\nDTSTART;VALUE=DATE:20201224\r\nRRULE:FREQ=YEARLY;UNTIL=20261231T000000Z",
            ["2026-12-24 Until"],
        ),
        (
            "DTSTART;VALUE=DATE:20201224\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20261224",
            ["2027-12-24 holiday"],
        ),
        (
            "SUMMARY:And then\r\nDTSTART;VALUE=DATE:20260105\r\nRDATE;VALUE=DATE:20260107,20270108",
            ["2026-01-05 And then", "2026-01-07 And then", "2027-01-08 And then"],
        ),
        (
            "SUMMARY:New Year\r\nDTSTART;VALUE=DATE:20251231\r\nDURATION:P2D",
            ["2026-01-01 New Year"],
        ),
        ("DTSTART;VALUE=DATE:20260504", ["2026-05-04 holiday"]),
    ],
)
def test_whole_days_of_an_icalendar(entry: str, expected: list[str]) -> None:
    assert days(from_icalendar(ics(entry), 2026, 2027)) == expected


def test_what_is_no_holiday_is_left_out_by_name() -> None:
    found = from_icalendar(
        ics(
            "SUMMARY:Meeting\r\nDTSTART:20260504T090000Z",
            "SUMMARY:Called off\r\nDTSTART;VALUE=DATE:20260504\r\nSTATUS:CANCELLED",
            "SUMMARY:설날\r\nDTSTART;VALUE=DATE:20260217",
        ),
        2026,
        2026,
    )
    assert days(found) == ["2026-02-17 설날"]
    assert found.left_out == ("Meeting", "Called off")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no calendar",
        b"\xff\xfe\x00",
        ics("DTSTART;VALUE=DATE:20269999"),
        ics("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SOMETIMES"),
        b"x" * 1_000_001,
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        from_icalendar(data, 2026, 2026)
    assert refused.value.details["field"] == "file"


def test_a_list_without_end_is_refused() -> None:
    daily = [f"DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:{n}" for n in range(2)]
    with pytest.raises(Invalid, match="over 10,000 days"):
        from_icalendar(ics(*daily), 2026, 2060)


@given(st.binary(max_size=60) | st.text(max_size=60).map(ics))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(Invalid):
        for holiday in from_icalendar(data, 2026, 2026).holidays:
            assert holiday.day.year == 2026


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=24",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=2MO;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    ],
)
def test_a_rule_that_may_never_be_met_is_left_out_at_once(rule: str) -> None:
    entry = f"SUMMARY:Never\r\nDTSTART;VALUE=DATE:20260101\r\nRRULE:{rule}"
    assert from_icalendar(ics(entry), 2026, 2030) == Found(holidays=(), left_out=("Never",))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=1TU", ["2028-11-07"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20260228", ["2026-01-30", "2026-02-27"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;COUNT=2", ["2026-01-02", "2026-01-16"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29"]),
    ],
)
def test_rules_that_lists_of_holidays_have_are_followed(rule: str, expected: list[str]) -> None:
    entry = f"SUMMARY:x\r\nDTSTART;VALUE=DATE:20260101\r\nRRULE:{rule}"
    if "YEARLY;INTERVAL" in rule:
        entry = entry.replace("20260101", "20241105")
    found = from_icalendar(ics(entry), 2026, 2030)
    assert [f"{holiday.day}" for holiday in found.holidays] == expected


def test_rules_that_would_take_long_are_refused() -> None:
    entry = "SUMMARY:x\r\nDTSTART;VALUE=DATE:18000101\r\nRRULE:FREQ=DAILY"
    with pytest.raises(Invalid, match="too many rules"):
        from_icalendar(ics(*[entry] * 20), 2026, 2030)
