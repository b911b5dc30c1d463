"""A book as it would be, had some of its calendars and policies always been others."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias, assert_never

from domain.record import with_changes
from domain.sla.book import Book, fold, part_of
from domain.sla.book_events import (
    BookEvent,
    CalendarRetired,
    CalendarSet,
    EditTookEffect,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
)
from domain.sla.eras import BEGINNING, policy_of
from domain.sla.policy import AppliesTo, ClockName
from domain.sla.starter import STARTER
from domain.ticket.aspects import Aspect

Edit: TypeAlias = CalendarSet | CalendarRetired | PolicySet | PolicyRetired
"""As an event of the book; from when it holds does not matter."""


_END = datetime.max.replace(tzinfo=UTC)


def as_if(book: Book, edits: Sequence[Edit], now: datetime) -> Book:
    """The book in which each edited calendar or policy has always been what its edit says.

    Everything else keeps its versions and their numbers, and holds from when it did.
    """
    for edit in edits:
        book = without(book, part_of(edit))
    return fold([*book.events, *(_always(edit, now) for edit in edits)])


def without(book: Book, gone: Aspect) -> Book:
    """The book without what it says of a calendar or a policy."""
    return fold(
        # An event that says nothing keeps the place, so that versions stay what they are.
        EditTookEffect(edit=0, by=event.by, at=event.at)
        if not isinstance(event, HistoryRejudged | EditTookEffect) and part_of(event) == gone
        else event
        for event in book.events
    )


def touched(edits: Sequence[Edit]) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the policies and of the calendars that are edited."""
    policies, calendars = set(), set()
    for edit in edits:
        match edit:
            case CalendarSet(calendar=calendar) | CalendarRetired(calendar=calendar):
                calendars.add(str(calendar))
            case PolicySet(policy=policy) | PolicyRetired(policy=policy):
                policies.add(str(policy))
            case _:
                assert_never(edit)
    return frozenset(policies), frozenset(calendars)


def alike_from(before: Book, after: Book, policies: frozenset[str]) -> datetime | None:
    """From when on tickets that meet none of the edited `policies` get the same clocks; or None.

    A clock begins to be followed when any policy promises it, so an edit may start one for a ticket
    that it does not match. That matters only where another policy might promise that clock later;
    or for the first response, on which the next one depends.
    """
    others = [STARTER] if STARTER.id not in policies else []
    others += [
        policy_of(event, n)
        for n, event in enumerate(before.events, 1)
        if isinstance(event, PolicySet) and event.policy not in policies
    ]
    matters = {promise.clock for policy in others for promise in policy.promises}
    matters.add(ClockName.FIRST_RESPONSE)
    instants = {BEGINNING}
    for book in (before, after):
        instants.update(book.boundaries(BEGINNING, _END))
    alike: datetime | None = None
    for at in sorted(instants):
        if before.promised_at(at) & matters != after.promised_at(at) & matters:
            alike = None
        elif alike is None:
            alike = at
    return alike


def _always(edit: Edit, now: datetime) -> BookEvent:
    match edit:
        case CalendarSet() | PolicySet() | PolicyRetired():
            applies = AppliesTo.RUNNING
            return with_changes(edit, effective_at=BEGINNING, applies_to=applies, at=now)
        case CalendarRetired():
            return with_changes(edit, at=now)
        case _:
            assert_never(edit)
