"""What makes a calendar or a policy one that clocks can be judged by.

Each check gives what is wrong, with where it is (`promises[0].targets.high.seconds`) and what to
do; nothing when all is well. What an event of the book says has passed all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.calendar import DAY, Calendar, NeverOpen
from domain.conditions import Problem
from domain.conditions import problems as condition_problems
from domain.ids import CalendarId
from domain.sla.book_events import CalendarSet, PolicySet, Week
from domain.sla.eras import calendar_of
from domain.sla.hours import WEEKDAYS, said
from domain.sla.policy import ClockName, Policy, Promise, Step
from domain.ticket.rules import HIGHEST_LEVEL
from domain.ticket.words import Category

MOST_DAYS = 2_000
"""Holidays and openings of one calendar: those of a lifetime."""

MOST_PROMISES = 50
MOST_STEPS = 20
LONGEST_TARGET = 10 * 366 * 24 * 3600
"""In seconds. It would be due in ten years at the earliest."""

HORIZON = timedelta(days=20 * 366)
"""What a clock may reach lies within so much time of the instant from which on it is promised.

Each due instant is reckoned from a table of every year before it; one in thousands of years would
hold up all that looks at clocks.
"""

LONGEST_NAME = 60
MOST_SHARE = 10.0
HIGHEST_RANK = 1_000_000
_OF_THE_MACHINE = frozenset({"localtime", "posixrules"})
_YEARS = f"{HORIZON.days // 366} years"
_PAUSES = (Category.WAITING_REQUESTER, Category.WAITING_THIRD_PARTY)

CalendarAt = Callable[[CalendarId], Calendar | None]
"""The calendar of that id as it will be when the policy takes effect."""


def calendar_problems(event: CalendarSet) -> list[Problem]:
    """What is wrong with a version of a calendar."""
    found = list(_zone_problems(event.zone))
    found += _night_problems(event.weekly)
    found += _day_problems("holidays", [one.day for one in event.holidays])
    found += _day_problems("openings", [one.day for one in event.openings])
    for n, holiday in enumerate(event.holidays):
        if not holiday.name.strip():
            found.append(Problem(at=f"holidays[{n}].name", message="A holiday has a name."))
    if found:
        return found
    try:
        calendar = calendar_of(event)
    except ValueError as error:
        return [Problem(at="weekly", message=_sentence(error))]
    try:
        calendar.next_opening(event.effective_at)
    except (NeverOpen, OverflowError):
        message = "It never opens: no clock on it would ever run out. Give it at least one window."
        return [Problem(at="weekly", message=message)]
    return []


def counts_on(policy: Policy, calendar: CalendarId) -> bool:
    """Whether a target of the policy is counted on that calendar."""
    return any(
        target.calendar == calendar
        for promise in policy.promises
        for target in promise.targets.values()
    )


def reach_problems(event: CalendarSet, policies: Iterable[Policy]) -> list[Problem]:
    """Which of the policies would be due beyond the horizon on this version of a calendar."""
    calendar = calendar_of(event)
    found: dict[str, Problem] = {}
    for policy in policies:
        if not counts_on(policy, event.calendar):
            continue
        longest = max(
            point
            for promise in policy.promises
            for target in promise.targets.values()
            if target.calendar == event.calendar
            for point in (target.seconds, *(step.point(target.seconds) for step in promise.steps))
        )
        if not _reaches(calendar, event.effective_at, longest):
            message = (
                f"Policy {policy.id!r} counts on it, and something of it would not be due within"
                f" {_YEARS}: it opens too little."
            )
            found[policy.id] = Problem(at="weekly", message=message)
    return list(found.values())


def _reaches(calendar: Calendar, effective_at: datetime, seconds: float) -> bool:
    """Whether so many open seconds after `effective_at` lie within the horizon."""
    try:
        horizon = effective_at + HORIZON
        if calendar.elapsed(effective_at, horizon) < seconds:
            return False
        calendar.add(effective_at, seconds)
    except (NeverOpen, OverflowError):
        return False
    return True


def _zone_problems(zone: str) -> Iterator[Problem]:
    if zone in _OF_THE_MACHINE:
        message = f"{zone!r} is another zone on each machine; give an IANA name such as Asia/Seoul."
        yield Problem(at="zone", message=message)
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"There is no time zone {zone!r}; give an IANA name such as Asia/Seoul."
        yield Problem(at="zone", message=message)


def _night_problems(weekly: Week) -> Iterator[Problem]:
    """Windows that go on into the next day and meet one there."""
    for n, windows in enumerate(weekly):
        before = weekly[n - 1]
        if windows and before and before[-1][1] - DAY > windows[0][0]:
            message = (
                f"Its {said(windows[:1])} overlaps the {said(before[-1:])} of {WEEKDAYS[n - 1]},"
                " which ends on this day; they may touch, but not share time."
            )
            yield Problem(at=f"weekly.{WEEKDAYS[n]}", message=message)


def _day_problems(field: str, days: Sequence[date]) -> Iterator[Problem]:
    if len(days) > MOST_DAYS:
        yield Problem(at=field, message=f"At most {MOST_DAYS:,} days are kept, not {len(days):,}.")
    seen: set[date] = set()
    for n, day in enumerate(days):
        if day in seen:
            yield Problem(at=f"{field}[{n}].day", message=f"{day} is there twice.")
        seen.add(day)


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}." if text else "The windows make no sense."


def policy_problems(event: PolicySet, calendar_at: CalendarAt) -> list[Problem]:
    """What is wrong with a version of a policy."""
    found = [
        Problem(at=f"condition.{problem.at}".rstrip("."), message=problem.message)
        for problem in condition_problems(event.condition)
    ]
    if not 0 <= event.rank <= HIGHEST_RANK:
        found.append(Problem(at="rank", message=f"A rank is 0 to {HIGHEST_RANK:,}."))
    if not event.promises:
        found.append(
            Problem(at="promises", message="It promises nothing; give one clock at least.")
        )
    if len(event.promises) > MOST_PROMISES:
        found.append(Problem(at="promises", message=f"At most {MOST_PROMISES} are kept."))
    found += _clashes(event.promises)
    for n, promise in enumerate(event.promises):
        found += _promise_problems(f"promises[{n}]", promise, event.effective_at, calendar_at)
    return found


def _clashes(promises: Sequence[Promise]) -> Iterator[Problem]:
    seen: set[tuple[ClockName, str | None]] = set()
    for n, promise in enumerate(promises):
        if promise.queues and promise.clock is not ClockName.HANDLING:
            message = "Only the handling clock is for single queues; use a condition instead."
            yield Problem(at=f"promises[{n}].queues", message=message)
        for queue in promise.queues or (None,):
            if (promise.clock, queue) in seen:
                of = "" if queue is None else f" for queue {queue}"
                message = f"The {promise.clock} clock is promised twice{of}; keep one of them."
                yield Problem(at=f"promises[{n}].clock", message=message)
            seen.add((promise.clock, queue))


def _promise_problems(
    at: str, promise: Promise, effective_at: datetime, calendar_at: CalendarAt
) -> Iterator[Problem]:
    if not promise.targets:
        yield Problem(at=f"{at}.targets", message="Give a target for one priority at least.")
    for category in sorted(promise.pauses):
        if category not in _PAUSES:
            message = (
                f"A clock pauses while waiting ({' or '.join(_PAUSES)}), not while {category}."
            )
            yield Problem(at=f"{at}.paused_in", message=message)
    if promise.counts_resolved and promise.clock is not ClockName.TOTAL_RESOLUTION:
        message = "Only the total resolution goes on after it was resolved."
        yield Problem(at=f"{at}.counts_resolved", message=message)
    for priority, target in promise.targets.items():
        place = f"{at}.targets.{priority}"
        if not 0 < target.seconds <= LONGEST_TARGET:
            message = f"A target is over 0 and at most {LONGEST_TARGET:,} seconds (ten years)."
            yield Problem(at=f"{place}.seconds", message=message)
            continue
        calendar = calendar_at(target.calendar)
        if calendar is None:
            message = f"There is no calendar {target.calendar!r}; set it first, or name another."
            yield Problem(at=f"{place}.calendar", message=message)
            continue
        if not _reaches(calendar, effective_at, target.seconds):
            message = (
                f"Calendar {target.calendar!r} is not open for so long within {_YEARS};"
                " it would be due beyond that, or never."
            )
            yield Problem(at=f"{place}.seconds", message=message)
            continue
        for n, step in enumerate(promise.steps):
            point = step.point(target.seconds)
            if point > target.seconds and not _reaches(calendar, effective_at, point):
                message = (
                    f"Calendar {target.calendar!r} is not open for so long within {_YEARS};"
                    f" the {priority} priority would reach it beyond that, or never."
                )
                yield Problem(at=f"{at}.steps[{n}]", message=message)
    yield from _steps_problems(f"{at}.steps", promise)


def _steps_problems(at: str, promise: Promise) -> Iterator[Problem]:
    if len(promise.steps) > MOST_STEPS:
        yield Problem(at=at, message=f"At most {MOST_STEPS} steps are kept.")
    names: set[str] = set()
    shortest = min((target.seconds for target in promise.targets.values()), default=0.0)
    for n, step in enumerate(promise.steps):
        place = f"{at}[{n}]"
        if not step.name.strip() or len(step.name) > LONGEST_NAME or step.name == "breach":
            message = f"A step has a name of 1 to {LONGEST_NAME} characters; `breach` is taken."
            yield Problem(at=f"{place}.name", message=message)
        elif step.name in names:
            yield Problem(at=f"{place}.name", message=f"There are two steps {step.name!r}.")
        names.add(step.name)
        yield from _step_problems(place, step, shortest)


def _step_problems(at: str, step: Step, shortest: float) -> Iterator[Problem]:
    given = [name for name in ("share", "before", "after") if getattr(step, name) is not None]
    if len(given) != 1:
        message = "Say when, by one of share (of the target), before and after (in seconds)."
        yield Problem(at=at, message=message)
    if step.share is not None and not 0 < step.share <= MOST_SHARE:
        yield Problem(at=f"{at}.share", message=f"A share is over 0 and at most {MOST_SHARE:g}.")
    if step.before is not None and not 0 < step.before < shortest:
        message = "It has to lie inside the shortest target: more than 0 seconds, less than that."
        yield Problem(at=f"{at}.before", message=message)
    if step.after is not None and not 0 <= step.after <= LONGEST_TARGET:
        yield Problem(at=f"{at}.after", message=f"0 to {LONGEST_TARGET:,} seconds after it is due.")
    if step.level is not None and not 1 <= step.level <= HIGHEST_LEVEL:
        yield Problem(at=f"{at}.level", message=f"A level is 1 to {HIGHEST_LEVEL}.")
