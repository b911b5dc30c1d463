"""Set, retire and restore policies."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from commands.envelope import Context
from commands.sla.editing import BookCommand, effective_from, refuse, unless_so, version_of
from domain.calendar import Calendar
from domain.checks import NAME_LIMIT, ident, required_text
from domain.conditions import Condition, Problem
from domain.errors import NotFound
from domain.ids import CalendarId, PolicyId, QueueId, StreamId, queue_stream
from domain.record import record, with_changes
from domain.sla.book import Book, policy_aspect
from domain.sla.book_events import BookEvent, PolicyRetired, PolicySet
from domain.sla.checks import policy_problems
from domain.sla.policy import AppliesTo, Options, Promise
from domain.ticket.aspects import Aspect


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
    refuse([*_policy_problems(event, book), *_queue_problems(command.promises, ctx)])
    return unless_so(event, book)


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
    if not any(policy.id == command.policy for policy in book.ahead(at)):
        return []
    return [
        PolicyRetired(
            policy=command.policy,
            effective_at=at,
            applies_to=command.applies_to,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class RestorePolicy(BookCommand):
    """The policy is again what it was in an earlier version, from `effective_at` on."""

    name: ClassVar[str] = "restore_policy"
    policy: PolicyId
    version: int
    effective_at: datetime | None = None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({policy_aspect(self.policy)})


def restore_policy(command: RestorePolicy, book: Book, ctx: Context) -> Sequence[BookEvent]:
    held = version_of(book, command.version)
    if not isinstance(held, PolicySet) or held.policy != command.policy:
        raise NotFound(
            f"Policy {command.policy!r} has no version {command.version}.", field="version"
        )
    again = with_changes(
        held, effective_at=effective_from(command.effective_at, ctx.at), by=ctx.by, at=ctx.at
    )
    refuse(_policy_problems(again, book))
    return unless_so(again, book)


def _policy_problems(event: PolicySet, book: Book) -> list[Problem]:
    retired = book.retired_calendars()

    def calendar_at(calendar: CalendarId) -> Calendar | None:
        dated = None if calendar in retired else book.calendar_at(calendar, event.effective_at)
        return None if dated is None else dated.calendar

    return policy_problems(event, calendar_at)


def _queues(promises: Sequence[Promise]) -> list[QueueId]:
    steps = (step.queue for promise in promises for step in promise.steps)
    named = {queue for promise in promises for queue in promise.queues}
    return sorted(named | {queue for queue in steps if queue is not None})


def _queue_problems(promises: Sequence[Promise], ctx: Context) -> list[Problem]:
    unknown = {queue for queue in _queues(promises) if not ctx.known[queue_stream(queue)].exists}
    found = []
    for n, promise in enumerate(promises):
        if unknown & set(promise.queues):
            names = ", ".join(sorted(unknown & set(promise.queues)))
            message = f"There is no queue {names}."
            found.append(Problem(at=f"promises[{n}].queues", message=message))
        for m, step in enumerate(promise.steps):
            if step.queue in unknown:
                at = f"promises[{n}].steps[{m}].queue"
                found.append(Problem(at=at, message=f"There is no queue {step.queue!r}."))
    return found
