"""Set, retire and restore calendars."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

from commands.envelope import Context
from commands.sla.editing import BookCommand, effective_from, refuse, unless_so
from domain.calendar import Holiday, Windows
from domain.checks import NAME_LIMIT, ident, required_text
from domain.errors import Invalid, NotFound
from domain.ids import CalendarId
from domain.record import record, with_changes
from domain.sla.book import Book, calendar_aspect
from domain.sla.book_events import BookEvent, CalendarRetired, CalendarSet, Opening, Week
from domain.sla.checks import calendar_problems, counts_on, reach_problems
from domain.sla.editions import calendar_edition
from domain.sla.hours import WEEKDAYS, windows_of
from domain.sla.policy import AppliesTo
from domain.ticket.aspects import Aspect


@record
class OpeningHours:
    """A day with hours of its own, such as `10:00-14:00`; with none, it is closed."""

    day: date
    name: str
    windows: tuple[str, ...] = ()


@record
class SetCalendar(BookCommand):
    """A calendar is this from `effective_at` on (default: now).

    `weekly` has the hours of each weekday (`monday` ...) as windows such as `09:00-18:00`; a day
    that is left out is closed. `openings` take the place of a weekday or a holiday.
    """

    name: ClassVar[str] = "set_calendar"
    calendar: CalendarId
    display_name: str
    zone: str
    weekly: Mapping[str, tuple[str, ...]]
    holidays: tuple[Holiday, ...] = ()
    openings: tuple[OpeningHours, ...] = ()
    effective_at: datetime | None = None
    applies_to: AppliesTo = AppliesTo.RUNNING

    def touches(self) -> frozenset[Aspect]:
        return frozenset({calendar_aspect(self.calendar)})


def set_calendar(command: SetCalendar, book: Book, ctx: Context) -> Sequence[BookEvent]:
    ident(command.calendar, "calendar")
    required_text(command.display_name, "display_name", NAME_LIMIT)
    event = CalendarSet(
        calendar=command.calendar,
        name=command.display_name,
        zone=command.zone,
        weekly=_week(command.weekly),
        holidays=command.holidays,
        openings=_openings(command.openings),
        effective_at=effective_from(command.effective_at, ctx.at),
        applies_to=command.applies_to,
        by=ctx.by,
        at=ctx.at,
    )
    return _edited(event, book)


def _edited(event: CalendarSet, book: Book) -> Sequence[BookEvent]:
    held = book.calendar_at(event.calendar, event.effective_at)
    if event.applies_to is AppliesTo.NEW_TICKETS and held is None:
        raise Invalid(
            "The first version of a calendar is for all tickets: there is none that older ones"
            " could keep.",
            field="applies_to",
        )
    refuse(calendar_problems(event))
    refuse(reach_problems(event, book.ahead(event.effective_at)))
    in_order = with_changes(
        event,
        holidays=tuple(sorted(event.holidays, key=lambda one: one.day)),
        openings=tuple(sorted(event.openings, key=lambda one: one.day)),
    )
    retired = event.calendar in book.retired_calendars()
    return unless_so(in_order, None if retired else held, book)


@record
class RetireCalendar(BookCommand):
    """No policy may name it any more; those that did until now keep their judgements."""

    name: ClassVar[str] = "retire_calendar"
    calendar: CalendarId

    def touches(self) -> frozenset[Aspect]:
        return frozenset({calendar_aspect(self.calendar)})


def retire_calendar(command: RetireCalendar, book: Book, ctx: Context) -> Sequence[BookEvent]:
    if command.calendar in book.retired_calendars():
        return []
    _known_calendar(book, command.calendar)
    users = sorted(
        {policy.id for policy in book.ahead(ctx.at) if counts_on(policy, command.calendar)}
    )
    if users:
        raise Invalid(
            f"Policy {', '.join(users)} counts on calendar {command.calendar!r}; change or retire"
            " that first.",
            field="calendar",
            policies=users,
        )
    return [CalendarRetired(calendar=command.calendar, by=ctx.by, at=ctx.at)]


@record
class RestoreCalendar(BookCommand):
    """The calendar is again what it was in an earlier version, from `effective_at` on.

    Version 0 of a built-in calendar is the built-in one.
    """

    name: ClassVar[str] = "restore_calendar"
    calendar: CalendarId
    version: int
    effective_at: datetime | None = None
    applies_to: AppliesTo = AppliesTo.RUNNING

    def touches(self) -> frozenset[Aspect]:
        return frozenset({calendar_aspect(self.calendar)})


def restore_calendar(command: RestoreCalendar, book: Book, ctx: Context) -> Sequence[BookEvent]:
    _known_calendar(book, command.calendar)
    before = calendar_edition(book, command.calendar, command.version)
    if before is None:
        raise NotFound(
            f"Calendar {command.calendar!r} has no version {command.version}.", field="version"
        )
    again = with_changes(
        before,
        effective_at=effective_from(command.effective_at, ctx.at),
        applies_to=command.applies_to,
        by=ctx.by,
        at=ctx.at,
    )
    return _edited(again, book)


def _week(weekly: Mapping[str, tuple[str, ...]]) -> Week:
    for name in weekly:
        if name not in WEEKDAYS:
            known = ", ".join(WEEKDAYS)
            raise Invalid(f"There is no weekday {name!r}; there are {known}.", field="weekly")
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        _day(weekly, name) for name in WEEKDAYS
    )
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday


def _day(weekly: Mapping[str, tuple[str, ...]], name: str) -> Windows:
    try:
        return windows_of(tuple(weekly.get(name, ())))
    except ValueError as error:
        raise Invalid(str(error), field=f"weekly.{name}") from None


def _openings(given: Iterable[OpeningHours]) -> tuple[Opening, ...]:
    openings = []
    for n, one in enumerate(given):
        try:
            windows = windows_of(one.windows)
        except ValueError as error:
            raise Invalid(str(error), field=f"openings[{n}].windows") from None
        openings.append(Opening(day=one.day, name=one.name, windows=windows))
    return tuple(openings)


def _known_calendar(book: Book, calendar: CalendarId) -> None:
    if not book.has_calendar(calendar):
        raise NotFound(f"There is no calendar {calendar!r}.", field="calendar")
