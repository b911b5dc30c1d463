"""Holidays from outside: public ones by country and region, and lists kept as iCalendar.

Both give days with a name, which a calendar then keeps as exceptions of its own: what a library or
a feed says later changes nothing that was judged.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

import holidays as public
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from adapters.holiday_rules import can_be_followed
from domain.calendar import Holiday
from domain.errors import Invalid
from domain.record import record

FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_YEARS = 50
"""Of one question: a calendar that is asked about the next ten is far ahead."""

MOST_BYTES = 1_000_000
MOST_DAYS = 10_000
"""Of one list: more than a lifetime of holidays."""

_LONGEST = timedelta(days=366)

EARLIEST_START = 1800
MOST_STEPS = 1_000_000
"""Days that the rules of one list may run over: what they leave out has to be looked at too."""


@record
class Found:
    """Holidays of an iCalendar by date.

    `left_out` names the entries that are none: they have a time of day, were cancelled, last over
    a year, or recur by a rule that is not followed (holiday_rules.py).
    """

    holidays: tuple[Holiday, ...]
    left_out: tuple[str, ...] = ()


def countries() -> dict[str, tuple[str, ...]]:
    """ISO 3166 codes of the countries whose public holidays are known, and of their regions."""
    return {
        country: tuple(regions)
        for country, regions in sorted(
            public.list_supported_countries(include_aliases=False).items()
        )
    }


def public_holidays(
    country: str, first_year: int, last_year: int, *, region: str | None = None, language: str = ""
) -> tuple[Holiday, ...]:
    """Public holidays of the years from `first_year` to `last_year`, substitute days included.

    `country` and `region` are ISO 3166 codes, such as KR, or DE and BY. Names are in `language`
    (ISO 639) where the library has it, else in the country's own. Raises Invalid.
    """
    _check_years(first_year, last_year)
    known = countries()
    if country not in known:
        raise Invalid(
            f"No public holidays are known for {country!r}; give an ISO 3166 code such as KR.",
            field="country",
        )
    if region is not None and region not in known[country]:
        regions = ", ".join(known[country]) or "none"
        raise Invalid(
            f"{country} has no region {region!r} of its own holidays; there are: {regions}.",
            field="region",
        )
    years = range(first_year, last_year + 1)
    spoken = public.country_holidays(country)
    # Left to itself, the library takes the language of the machine.
    names = language if language in spoken.supported_languages else spoken.default_language
    found = public.country_holidays(country, subdiv=region, years=years, language=names)
    return tuple(Holiday(day=day, name=name) for day, name in sorted(found.items()))


def from_icalendar(data: bytes, first_year: int, last_year: int) -> Found:
    """The whole-day entries of an iCalendar (RFC 5545), recurring ones on each of their days.

    Days of the years from `first_year` to `last_year` are given, each once. Raises Invalid.
    """
    _check_years(first_year, last_year)
    if len(data) > MOST_BYTES:
        raise Invalid(f"The list is larger than {MOST_BYTES:,} bytes.", field="file")
    try:
        calendar = Calendar.from_ical(data)
        entries = [entry for entry in calendar.walk("VEVENT") if isinstance(entry, Event)]
        days: dict[date, str] = {}
        left_out = []
        steps = 0
        for entry in entries:
            name = " ".join(str(entry.get("SUMMARY", "")).split()) or "holiday"
            spans = _days(entry)
            if spans is None:
                left_out.append(name)
                continue
            if "RRULE" in entry:
                steps += (last_year + 1 - spans[0].year) * 366
                if steps > MOST_STEPS:
                    raise Invalid("The list has too many rules, or too old ones.", field="file")
            for day in _recurring(entry, spans, first_year, last_year):
                days.setdefault(day, name)
                if len(days) > MOST_DAYS:
                    raise Invalid(f"The list has over {MOST_DAYS:,} days.", field="file")
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, OverflowError) as error:
        raise Invalid(
            f"The file is no iCalendar that can be read: {error}. Export it again as .ics.",
            field="file",
        ) from error
    found = tuple(Holiday(day=day, name=name) for day, name in sorted(days.items()))
    return Found(holidays=found, left_out=tuple(left_out))


def _check_years(first_year: int, last_year: int) -> None:
    if not FIRST_YEAR <= first_year <= last_year <= LAST_YEAR:
        raise Invalid(
            f"Years run from {FIRST_YEAR} to {LAST_YEAR}, the first one first.", field="years"
        )
    if last_year - first_year >= MOST_YEARS:
        raise Invalid(f"Ask for at most {MOST_YEARS} years at once.", field="years")


def _days(entry: Event) -> tuple[date, timedelta] | None:
    """The first day of a whole-day entry and how long it is; None for any other entry."""
    begins = _given(entry, "DTSTART")
    if not _is_day(begins) or str(entry.get("STATUS", "")).upper() == "CANCELLED":
        return None
    ends = _given(entry, "DTEND")
    length = ends - begins if _is_day(ends) else _given(entry, "DURATION") or timedelta(days=1)
    rule = entry.get("RRULE")
    if rule is not None and not (begins.year >= EARLIEST_START and can_be_followed(rule)):
        return None
    if not timedelta() < length <= _LONGEST:
        return None
    return begins, length


def _given(entry: Event, name: str) -> Any:
    found = entry.get(name)
    return None if found is None else found.dt


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _recurring(
    entry: Event, span: tuple[date, timedelta], first_year: int, last_year: int
) -> Iterator[date]:
    """The days of an entry in these years, on every date that it recurs on."""
    begins, length = span
    left_out = {day for exdate in _several(entry, "EXDATE") for day in _dates(exdate)}
    starts: Iterable[date] = [begins]
    if (rule := entry.get("RRULE")) is not None:
        # Whole days have no zone; a rule whose end has one is read as of that day.
        count = int(rule.pop("COUNT", [last_year * 366])[0])
        text = rule.to_ical().decode().replace("Z", "")
        first = datetime(begins.year, begins.month, begins.day)  # noqa: DTZ001 - a day, no instant
        ahead = datetime(last_year + 1, 1, 1)  # noqa: DTZ001
        back = datetime(first_year, 1, 1) - _LONGEST  # noqa: DTZ001
        if "UNTIL" not in rule:
            text += f";UNTIL={ahead:%Y%m%d}"
        recurring = takewhile(ahead.__ge__, islice(rrulestr(text, dtstart=first), count))
        starts = [at.date() for at in recurring if at >= back]
    also = [day for rdate in _several(entry, "RDATE") for day in _dates(rdate)]
    for start in [*starts, *also]:
        if start in left_out:
            continue
        for nth in range(-(-length // timedelta(days=1))):
            day = start + timedelta(days=nth)
            if first_year <= day.year <= last_year:
                yield day


def _several(entry: Event, name: str) -> list[Any]:
    found = entry.get(name)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _dates(listed: Any) -> Iterator[date]:
    for each in listed.dts:
        at = each.dt
        yield (
            at.astimezone(UTC).date()
            if isinstance(at, datetime) and at.tzinfo
            else (at.date() if isinstance(at, datetime) else at)
        )
