"""What all edits of the book have in common."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from commands.envelope import Command
from domain.conditions import Problem
from domain.errors import Invalid
from domain.ids import SLA_BOOK, CommandId, StreamId
from domain.record import record, with_changes
from domain.sla.book import Book
from domain.sla.book_events import BookEvent, CalendarSet, PolicySet
from domain.sla.eras import DatedCalendar, DatedPolicy
from domain.sla.policy import AppliesTo

FARTHEST = timedelta(days=5 * 366)
"""How far ahead an edit may take effect."""

MOST_EDITS = 10_000
"""Of one book: it is looked at with every ticket."""


@record
class BookCommand(Command):
    """A command on the book of the workspace."""

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (SLA_BOOK,)


def effective_from(wanted: datetime | None, now: datetime) -> datetime:
    """When an edit takes effect; now, unless a later instant is given. Raises Invalid."""
    if wanted is None:
        return now
    if wanted < now:
        raise Invalid(
            "An edit holds from now on, or from a later instant. To judge the past by it, set it"
            " and then record a re-judgement (rejudge_history).",
            field="effective_at",
        )
    if wanted > now + FARTHEST:
        raise Invalid("An edit takes effect within five years.", field="effective_at")
    return wanted


def refuse(problems: Sequence[Problem]) -> None:
    """Raise Invalid with all that is wrong, led by the first."""
    if problems:
        first = problems[0]
        more = [{"field": one.at, "message": one.message} for one in problems]
        raise Invalid(first.message, field=first.at, problems=more)


def unless_so(
    event: CalendarSet | PolicySet, held: DatedCalendar | DatedPolicy | None, book: Book
) -> Sequence[BookEvent]:
    """The edit; nothing when it says what holds at its effective instant, `held`, anyway."""
    if held is not None and _says_the_same(event, held, book):
        return []
    if book.version >= MOST_EDITS:
        raise Invalid(f"A book has at most {MOST_EDITS:,} edits.", field="effective_at")
    return [event]


def _says_the_same(
    event: CalendarSet | PolicySet, held: DatedCalendar | DatedPolicy, book: Book
) -> bool:
    if held.version == 0:
        return False  # what somebody sets is theirs, also when it was built in
    if held.applies_to is AppliesTo.NEW_TICKETS and event.applies_to is AppliesTo.RUNNING:
        return False
    before = book.events[held.version - 1]
    if not isinstance(before, CalendarSet | PolicySet):
        return False  # it was retired
    return event == with_changes(
        before,
        effective_at=event.effective_at,
        applies_to=event.applies_to,
        by=event.by,
        at=event.at,
    )
