"""Which rules of an iCalendar (RFC 5545, 3.3.10) are followed when holidays are looked for.

A rule that no day meets, such as every 30 February, is followed to the year 9999 before that is
noticed. So only rules are followed that some day meets within a few decades; these are all that
lists of holidays are known to have.
"""

from collections.abc import Mapping
from typing import Any

_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY"})
_BY_THE_HOUR = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_IN_EVERY_MONTH = 28
_WEEKS_IN_EVERY_MONTH = 4
_WEEKS_IN_A_MONTH = 5


def can_be_followed(rule: Any) -> bool:
    """Whether a rule (an `RRULE` as icalendar gives it) is followed; several of one entry are not.

    Raises ValueError and KeyError for a rule that makes no sense.
    """
    if isinstance(rule, list):
        return False
    if not isinstance(rule, Mapping):
        raise ValueError(f"{rule} is no rule")  # noqa: TRY004 - read like any other bad entry
    if not set(rule) <= _PARTS:
        return False
    (frequency,) = rule["FREQ"]
    if frequency in _BY_THE_HOUR:
        return False
    if frequency not in _FREQUENCIES:
        raise ValueError(f"nothing recurs {frequency}")
    interval = int(rule.get("INTERVAL", [1])[0])
    if interval < 1:
        raise ValueError(f"nothing recurs every {interval} times")
    months = [int(month) for month in rule.get("BYMONTH", ())]
    days = [abs(int(day)) for day in rule.get("BYMONTHDAY", ())]
    weeks = [abs(int(str(day)[:-2] or 0)) for day in rule.get("BYDAY", ())]
    if any(month > len(_DAYS) for month in months) or max(weeks, default=0) > _WEEKS_IN_A_MONTH:
        return False
    if days and (any(weeks) or not _exist(days, months)):
        return False
    if interval == 1:
        return True
    return (
        not (months and frequency != "YEARLY")
        and not (frequency == "DAILY" and (days or weeks))
        and not (frequency == "WEEKLY" and days)
        and max(days, default=0) <= _IN_EVERY_MONTH
        and max(weeks, default=0) <= _WEEKS_IN_EVERY_MONTH
    )


def _exist(days: list[int], months: list[int]) -> bool:
    """Whether one of these months has one of these days."""
    longest = max((_DAYS[month - 1] for month in months), default=max(_DAYS))
    return min(days) <= longest
