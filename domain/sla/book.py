"""The book of a workspace: every version of its calendars and policies, and from when each holds.

It is the fold of the stream `sla:book`. What holds at an instant is looked up in it; so an edit
changes what comes after it and nothing before, and `known_at` gives the book as it was then.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from operator import attrgetter
from typing import assert_never

from domain.calendar import Calendar
from domain.conditions import Attributes, matches
from domain.ids import CalendarId, PolicyId
from domain.record import record
from domain.sla.book_events import (
    BookEvent,
    CalendarRetired,
    CalendarSet,
    EditTookEffect,
    HistoryRejudged,
    PolicyRetired,
    PolicySet,
)
from domain.sla.eras import (
    DatedCalendar,
    DatedPolicy,
    Era,
    Versions,
    chosen_for,
    laid_out,
    takes,
)
from domain.sla.policy import ClockName, Policy, Promise, Target
from domain.ticket.aspects import Aspect
from domain.ticket.words import Priority


@record
class Term:
    """What judges one clock at an instant: a policy's promise, its target and the calendar."""

    policy: Policy
    promise: Promise
    target: Target
    calendar: Calendar
    calendar_version: int

    @property
    def names(self) -> tuple[PolicyId, int, CalendarId, int, float]:
        """What tells this term from another."""
        target = self.target
        return (
            self.policy.id,
            self.policy.version,
            target.calendar,
            self.calendar_version,
            target.seconds,
        )


@record
class Book:
    """`version` is the number of `events` folded; with 0 the built-in policy holds (starter.py).

    The version of a calendar or a policy is that of the event which set it.
    """

    version: int = 0
    events: tuple[BookEvent, ...] = ()
    _seen: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    # ── What holds when ──────────────────────────────────────────────────────────────────────

    def term_of(
        self,
        policy: Policy,
        clock: ClockName,
        attributes: Attributes,
        queue: str | None,
        *,
        at: datetime,
        opened_at: datetime,
    ) -> Term | None:
        """What judges a clock of a ticket at `at`; None when the policy promises nothing.

        `queue` is the one that the clock is about, if it is about one.
        """
        promise = policy.promise(clock, queue)
        if promise is None:
            return None
        target = promise.targets.get(Priority(str(attributes["priority"])))
        if target is None:
            return None
        held = self._era(at).calendars.get(target.calendar, ())
        for dated in held:
            if takes(dated, opened_at):
                return Term(
                    policy=policy,
                    promise=promise,
                    target=target,
                    calendar=dated.calendar,
                    calendar_version=dated.version,
                )
        return None

    def policy(self, attributes: Attributes, at: datetime, opened_at: datetime) -> Policy | None:
        """The first policy whose condition holds for a ticket that was opened then."""
        for policy in self._era(at).ranked(opened_at):
            if matches(policy.condition, attributes):
                return policy
        return None

    def policy_in_force(self, policy: PolicyId, at: datetime, opened_at: datetime) -> Policy | None:
        """The version of a policy that a ticket opened then goes by; None when it is retired."""
        chosen = chosen_for(self._era(at).policies.get(policy, ()), opened_at)
        return None if chosen is None else chosen.policy

    def version_at(self, at: datetime) -> int:
        """The version of the latest event in the book whose effective instant is `at`."""
        edits = ((n, e) for n, e in enumerate(self.events, 1) if not isinstance(e, EditTookEffect))
        return max((n for n, e in edits if touches(e) == at), default=0)

    def awaited(self, now: datetime) -> Sequence[int]:
        """Versions of edits whose instant has come, of which the book does not say so yet."""
        told = {event.edit for event in self.events if isinstance(event, EditTookEffect)}
        return [
            version
            for version, event in enumerate(self.events, 1)
            if isinstance(event, CalendarSet | PolicySet | PolicyRetired)
            and event.at < event.effective_at <= now
            and version not in told
        ]

    def calendar_version(self, calendar: CalendarId, version: int) -> Calendar | None:
        """A version of a calendar, whether it holds or not."""
        return self._indexed().calendars.get(calendar, {}).get(version)

    def boundaries(self, after: datetime, until: datetime) -> Sequence[datetime]:
        """Instants in (after, until] at which something else begins to hold, ascending."""
        instants, _ = self._timeline()
        return instants[bisect_right(instants, after) : bisect_right(instants, until)]

    def policies_at(self, at: datetime) -> Sequence[Policy]:
        """The policies that a ticket opened at `at` is matched with, in their order."""
        return self._era(at).ranked(at)

    def policy_at(self, policy: PolicyId, at: datetime) -> DatedPolicy | None:
        """The version of a policy, or its retirement, that a ticket opened at `at` meets."""
        return next(iter(self._era(at).policies.get(policy, ())), None)

    def calendar_at(self, calendar: CalendarId, at: datetime) -> DatedCalendar | None:
        """The version of a calendar that a ticket opened at `at` is judged by."""
        return next(iter(self._era(at).calendars.get(calendar, ())), None)

    def policy_version(self, policy: PolicyId, version: int) -> Policy | None:
        """A version of a policy, whether it holds or not."""
        versions = self._indexed().policies.get(policy, {})
        return versions.get(version)

    def promised_at(self, at: datetime) -> frozenset[ClockName]:
        """Clocks that any policy in force promises: no ticket begins another one then.

        So a promise that is new to the desk does not reach back to tickets that are open already.
        """
        return self._era(at).promised

    # ── What there is ────────────────────────────────────────────────────────────────────────

    def has_calendar(self, calendar: CalendarId) -> bool:
        """Whether there is or was such a calendar."""
        return bool(self._indexed().calendars.get(calendar))

    def has_policy(self, policy: PolicyId) -> bool:
        """Whether there is or was such a policy."""
        return bool(self._indexed().policies.get(policy))

    def retired_calendars(self) -> frozenset[CalendarId]:
        """Calendars that were retired and not set again."""
        gone: set[CalendarId] = set()
        for event in self.events:
            match event:
                case CalendarRetired(calendar=calendar):
                    gone.add(calendar)
                case CalendarSet(calendar=calendar):
                    gone.discard(calendar)
                case _:
                    pass
        return frozenset(gone)

    def ahead(self, at: datetime) -> Sequence[Policy]:
        """The versions of policies that any ticket goes by at `at` or later."""
        instants, eras = self._timeline()
        return tuple(
            dated.policy
            for era in eras[bisect_right(instants, at) :]
            for candidates in era.policies.values()
            for dated in candidates
            if dated.policy is not None
        )

    # ── What it was ──────────────────────────────────────────────────────────────────────────

    def known_at(self, instant: datetime) -> "Book":
        """The book as it was known at an instant: without what was recorded later."""
        return self.first(self.version_known_at(instant))

    def version_known_at(self, instant: datetime) -> int:
        """How many of its events were recorded by an instant."""
        return bisect_right(self.events, instant, key=attrgetter("at"))

    def first(self, version: int) -> "Book":
        """The book after its first `version` events."""
        if version == self.version:
            return self
        books: dict[int, Book] = self._seen.setdefault("books", {})  # type: ignore[assignment]
        if version not in books:
            books[version] = Book(version=version, events=self.events[:version])
        return books[version]

    # ── How it is looked up ──────────────────────────────────────────────────────────────────

    def _era(self, at: datetime) -> Era:
        instants, eras = self._timeline()
        return eras[bisect_right(instants, at)]

    def _timeline(self) -> "tuple[list[datetime], list[Era]]":
        found = self._seen.get("timeline")
        if found is None:
            found = self._seen["timeline"] = laid_out(self.events)
        return found  # type: ignore[return-value]

    def _indexed(self) -> "Versions":
        found = self._seen.get("index")
        if found is None:
            found = self._seen["index"] = Versions(self.events)
        return found  # type: ignore[return-value]


def touches(event: BookEvent) -> datetime:
    """The instant from which on an event of the book changes what holds."""
    match event:
        case CalendarSet() | PolicySet() | PolicyRetired():
            return event.effective_at
        case HistoryRejudged(since=since):
            return since
        case CalendarRetired(at=at) | EditTookEffect(at=at):
            return at
        case _:
            assert_never(event)


def part_of(event: BookEvent) -> Aspect:
    """What of the book an event changes: two edits of different things commute."""
    match event:
        case CalendarSet(calendar=calendar) | CalendarRetired(calendar=calendar):
            return calendar_aspect(calendar)
        case PolicySet(policy=policy) | PolicyRetired(policy=policy):
            return policy_aspect(policy)
        case HistoryRejudged() | EditTookEffect():
            return HISTORY
        case _:
            assert_never(event)


HISTORY = Aspect("judged history")


def calendar_aspect(calendar: CalendarId) -> Aspect:
    """One calendar."""
    return Aspect(f"calendar {calendar}")


def policy_aspect(policy: PolicyId) -> Aspect:
    """One policy."""
    return Aspect(f"policy {policy}")


def evolve(book: Book, event: BookEvent) -> Book:
    """The book after `event`; never refuses."""
    return Book(version=book.version + 1, events=(*book.events, event))


def fold(events: Iterable[BookEvent]) -> Book:
    """The book after all its events."""
    held = tuple(events)
    return Book(version=len(held), events=held)
