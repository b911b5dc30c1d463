"""Ask for what follows when a clock reaches a step of its promise, or runs out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from commands.envelope import Request
from commands.sla.take_step import TakeSlaStep
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, PolicyId, QueueId, TicketId, WorkspaceId
from domain.record import record
from domain.sla.book import Book
from domain.sla.policy import ClockName

NAME, VERSION = "announce_clocks", 1

_NAMESPACE = UUID("0c4f7d2e-5b1a-5c9e-9d53-7e2f6a1b8c44")


@record
class DueClock:
    """A clock that has something to be announced; `watch_at` is its true instant (UTC).

    `version` is that of the ticket at which this was seen, `policy` the one that judges it.
    """

    ticket: TicketId
    version: int
    clock: ClockName
    instance: int
    policy: PolicyId
    policy_version: int
    watch_at: datetime


class DueClocks(Protocol):
    """A read model that knows when clocks are due; it may be late, never early."""

    def due(self, workspace: WorkspaceId, now: datetime, limit: int) -> Sequence[DueClock]:
        """Up to `limit` clocks with something to be announced before `now`, oldest first."""

    def next_at(self, workspace: WorkspaceId, since: datetime | None = None) -> datetime | None:
        """When the next clock (not before `since`) has something to be announced.

        None: as things stand, never.
        """


def request(workspace: WorkspaceId, due: DueClock, book: Book) -> Request:
    """The request for one clock.

    Its command id says at which version of the ticket what was seen, so that several workers, or
    one after a crash, ask for the same thing once.
    """
    seen = f"{workspace}/{due.ticket}/{due.version}/{due.clock}/{due.instance}"
    return Request(
        workspace=workspace,
        command=TakeSlaStep(
            ticket=due.ticket,
            clock=due.clock,
            instance=due.instance,
            queues=_queues(book, due),
        ),
        command_id=CommandId(
            uuid5(_NAMESPACE, f"{seen}/{due.watch_at.isoformat()}/{book.version}/{VERSION}")
        ),
        by=Actor(kind=ActorKind.RULE, id=NAME, rule_version=VERSION),
    )


def _queues(book: Book, due: DueClock) -> tuple[QueueId, ...]:
    """The queues that the policy's steps may move a ticket to."""
    policy = book.policy_version(due.policy, due.policy_version)
    promises = () if policy is None else policy.promises
    return tuple(
        sorted({step.queue for p in promises for step in p.steps if step.queue is not None})
    )
