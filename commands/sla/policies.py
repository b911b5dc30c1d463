"""Set, retire and restore policies."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from commands.envelope import Context
from commands.sla.editing import BookCommand, effective_from, refuse, unless_so
from domain.calendar import Calendar
from domain.checks import NAME_LIMIT, ident, required_text
from domain.conditions import Condition, Problem
from domain.errors import NotFound
from domain.ids import CalendarId, PolicyId, QueueId, StreamId, queue_stream
from domain.record import record, with_changes
from domain.recorded import Recorded
from domain.sla.book import Book, policy_aspect
from domain.sla.book_events import BookEvent, PolicyRetired, PolicySet
from domain.sla.checks import CalendarAt, policy_problems
from domain.sla.editions import policy_edition
from domain.sla.eras import DatedPolicy
from domain.sla.policy import AppliesTo, Options, Promise
from domain.ticket.aspects import Aspect

_END = datetime.max.replace(tzinfo=UTC)


@record
class SetPolicy(BookCommand):
    """A policy is this from `effective_at` on (default: now).

    Policies are tried by `rank`, the lowest first; the first whose condition holds is the one.
    """

    name: ClassVar[str] = "set_policy"
    policy: PolicyId
    display_name: str
    rank: int
    condition: Condition
    promises: tuple[Promise, ...]
    options: Options = Options()
    effective_at: datetime | None = None
    applies_to: AppliesTo = AppliesTo.RUNNING

    def reads(self) -> tuple[StreamId, ...]:
        return tuple(map(queue_stream, _queues(self.promises)))

    def touches(self) -> frozenset[Aspect]:
        return frozenset({policy_aspect(self.policy)})


def set_policy(command: SetPolicy, book: Book, ctx: Context) -> Sequence[BookEvent]:
    ident(command.policy, "policy")
    required_text(command.display_name, "display_name", NAME_LIMIT)
    event = PolicySet(
        policy=command.policy,
        name=command.display_name,
        rank=command.rank,
        condition=command.condition,
        promises=command.promises,
        options=command.options,
        effective_at=effective_from(command.effective_at, ctx.at),
        applies_to=command.applies_to,
        by=ctx.by,
        at=ctx.at,
    )
    return _edited(event, book, ctx)


def _edited(event: PolicySet, book: Book, ctx: Context) -> Sequence[BookEvent]:
    refuse([*_policy_problems(event, book), *_queue_problems(event.promises, ctx)])
    # What is usual is written down: it stays what was meant when another thing becomes usual.
    promises = tuple(with_changes(one, paused_in=one.pauses) for one in event.promises)
    event = with_changes(event, promises=promises)
    return unless_so(event, book.policy_at(event.policy, event.effective_at), book)


@record
class RetirePolicy(BookCommand):
    """It matches no ticket any more from `effective_at` on (default: now)."""

    name: ClassVar[str] = "retire_policy"
    policy: PolicyId
    effective_at: datetime | None = None
    applies_to: AppliesTo = AppliesTo.RUNNING

    def touches(self) -> frozenset[Aspect]:
        return frozenset({policy_aspect(self.policy)})


def retire_policy(command: RetirePolicy, book: Book, ctx: Context) -> Sequence[BookEvent]:
    if not book.has_policy(command.policy):
        raise NotFound(f"There is no policy {command.policy!r}.", field="policy")
    at = effective_from(command.effective_at, ctx.at)
    # A version that was to come later does not bring it back: it is retired there once more.
    instants = (at, *book.boundaries(at, _END))
    back = [
        instant
        for instant in instants
        if (held := book.policy_at(command.policy, instant)) is not None
        and instant in (at, held.effective_at)
        and not _is_retired(held, command.applies_to)
    ]
    return [
        PolicyRetired(
            policy=command.policy,
            effective_at=instant,
            applies_to=command.applies_to,
            by=ctx.by,
            at=ctx.at,
        )
        for instant in back
    ]


def _is_retired(held: DatedPolicy, applies_to: AppliesTo) -> bool:
    return held.policy is None and (
        held.applies_to is AppliesTo.RUNNING or applies_to is AppliesTo.NEW_TICKETS
    )


@record
class RestorePolicy(BookCommand):
    """The policy is again what it was in an earlier version, from `effective_at` on.

    Version 0 of a built-in policy is the built-in one.
    """

    name: ClassVar[str] = "restore_policy"
    policy: PolicyId
    version: int
    effective_at: datetime | None = None
    applies_to: AppliesTo = AppliesTo.RUNNING

    def involves(self, state: Any, history: Sequence[Recorded[Any]]) -> tuple[StreamId, ...]:
        before = policy_edition(state, self.policy, self.version)
        return () if before is None else tuple(map(queue_stream, _queues(before.promises)))

    def touches(self) -> frozenset[Aspect]:
        return frozenset({policy_aspect(self.policy)})


def restore_policy(command: RestorePolicy, book: Book, ctx: Context) -> Sequence[BookEvent]:
    if not book.has_policy(command.policy):
        raise NotFound(f"There is no policy {command.policy!r}.", field="policy")
    before = policy_edition(book, command.policy, command.version)
    if before is None:
        raise NotFound(
            f"Policy {command.policy!r} has no version {command.version}.", field="version"
        )
    again = with_changes(
        before,
        effective_at=effective_from(command.effective_at, ctx.at),
        applies_to=command.applies_to,
        by=ctx.by,
        at=ctx.at,
    )
    return _edited(again, book, ctx)


def _policy_problems(event: PolicySet, book: Book) -> list[Problem]:
    """What is wrong with it at its effective instant, or when a calendar changes after that."""
    for instant in (event.effective_at, *book.boundaries(event.effective_at, _END)):
        found = policy_problems(
            with_changes(event, effective_at=instant), _calendars(book, instant)
        )
        if found:
            return found
    return []


def _calendars(book: Book, at: datetime) -> CalendarAt:
    retired = book.retired_calendars()

    def calendar_at(calendar: CalendarId) -> Calendar | None:
        dated = None if calendar in retired else book.calendar_at(calendar, at)
        return None if dated is None else dated.calendar

    return calendar_at


def _queues(promises: Sequence[Promise]) -> list[QueueId]:
    steps = (step.queue for promise in promises for step in promise.steps)
    named = {queue for promise in promises for queue in promise.queues}
    return sorted(named | {queue for queue in steps if queue is not None})


def _queue_problems(promises: Sequence[Promise], ctx: Context) -> list[Problem]:
    found = []
    for n, promise in enumerate(promises):
        for m, queue in enumerate(promise.queues):
            if not ctx.known[queue_stream(queue)].exists:
                at = f"promises[{n}].queues[{m}]"
                found.append(Problem(at=at, message=f"There is no queue {queue!r}."))
        for m, step in enumerate(promise.steps):
            if step.queue is None:
                continue
            at, known = f"promises[{n}].steps[{m}].queue", ctx.known[queue_stream(step.queue)]
            if not known.exists:
                found.append(Problem(at=at, message=f"There is no queue {step.queue!r}."))
            elif known.retired:
                message = f"Queue {step.queue!r} is retired: no ticket can be moved to it."
                found.append(Problem(at=at, message=message))
    return found
