"""What can be said of how a clock came to stand where it stands; explain.py finds it out."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.calendar import Windows
from domain.ids import CalendarId, PolicyId
from domain.record import record, with_changes
from domain.sla.policy import ClockName


class Entry(StrEnum):
    """Why seconds were added to a clock, or taken from it."""

    COUNTED = "counted"
    COUNTED_LATER = "counted_later"
    """Nothing was promised then; a promise that came later counts it."""
    TAKEN_OVER = "taken_over"
    """Of the ticket that was merged into this one, or that this one follows."""
    GIVEN_BACK = "given_back"
    """What was taken over, after the tickets were parted again."""
    WHILE_RESOLVED = "while_resolved"
    """Before a reopening; the policy counts it."""
    RESTARTED = "restarted"
    """All that was counted, as the clock began anew."""
    CORRECTED = "corrected"
    """What an undone event had made of the time: it counts as if that had not happened."""


@record
class Cause:
    """An event of the ticket, or else of the book (`book_version`).

    `reason` is its own text, `undoes` the version of the event that it takes back.
    """

    kind: str
    by: str
    version: int | None = None
    book_version: int | None = None
    about: str | None = None
    reason: str | None = None
    undoes: int | None = None


@record
class Segment:
    """`seconds` that were open from `begin` until `end`, below zero when taken away.

    `total` are all up to this one. The last `total` is the time that the clock has counted.
    """

    entry: Entry
    begin: datetime
    end: datetime
    seconds: float
    total: float
    calendar: CalendarId
    calendar_version: int


@record
class Stop:
    """The clock stood still from `begin` until `end` (None: still does)."""

    state: str
    begin: datetime
    end: datetime | None
    cause: Cause | None


@record
class DayApart:
    """A day on which a calendar has other hours than on that weekday; without windows: closed."""

    day: date
    name: str
    windows: Windows


@record
class Ruling:
    """What judges from an instant on, and why just that: `attributes` are those that were asked.

    `weekly` are the opening hours from Monday on, in seconds of the day; `windows` says them.
    `days_apart` are those of the time in which it judged.
    """

    at: datetime
    target: float
    priority: str
    policy: PolicyId
    policy_name: str
    policy_version: int
    policy_since: datetime | None
    condition: str
    attributes: Mapping[str, Any]
    calendar: CalendarId
    calendar_name: str
    calendar_version: int
    calendar_since: datetime | None
    zone: str
    weekly: tuple[Windows, ...]
    windows: str
    days_apart: tuple[DayApart, ...]
    paused_in: tuple[str, ...]


@record
class Line:
    """One thing that was done to the clock, or that it reached; what it had counted by then."""

    at: datetime
    what: str
    elapsed: float
    target: float | None
    step: str | None = None
    old_target: float | None = None
    cause: Cause | None = None


@record
class Explanation:
    """All there is to know of one clock at one instant. Spans are in seconds."""

    clock: ClockName
    instance: int
    queue: str | None
    state: str
    instant: datetime
    zone: str
    elapsed: float
    target: float | None
    exceeded: float | None
    due_at: datetime | None
    rulings: tuple[Ruling, ...]
    segments: tuple[Segment, ...]
    stops: tuple[Stop, ...]
    lines: tuple[Line, ...]


BREACHED, STEP = "breached", "step"
"""What a line says that no Reason does."""


def without_words(told: Explanation) -> Explanation:
    """The same without what people wrote as the reason of what they did."""
    return with_changes(
        told,
        stops=tuple(with_changes(stop, cause=_silent(stop.cause)) for stop in told.stops),
        lines=tuple(with_changes(line, cause=_silent(line.cause)) for line in told.lines),
    )


def _silent(cause: Cause | None) -> Cause | None:
    return None if cause is None else with_changes(cause, reason=None)
