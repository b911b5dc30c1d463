"""Create queues, name their leads, retire them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from commands.envelope import Command, Context
from commands.known import active_agent, refuse_again, require_known
from domain.checks import NAME_LIMIT, ident, required_text
from domain.ids import AgentId, CommandId, QueueId, StreamId, agent_stream, queue_stream
from domain.people.queue import (
    Queue,
    QueueCreated,
    QueueEvent,
    QueueLeadNamed,
    QueueRenamed,
    QueueRetired,
    evolve,
)
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect


@record
class QueueCommand(Command):
    """A command on one queue."""

    queue: QueueId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (queue_stream(self.queue),)


@record
class CreateQueue(QueueCommand):
    name: ClassVar[str] = "create_queue"
    display_name: str
    lead: AgentId | None = None

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.lead is None else (agent_stream(self.lead),)


def create(command: CreateQueue, queue: Queue, ctx: Context) -> Sequence[QueueEvent]:
    created = QueueCreated(
        queue=command.queue, name=command.display_name, lead=command.lead, by=ctx.by, at=ctx.at
    )
    if queue.exists:
        if replace(queue, version=1) == evolve(Queue(), created):
            return []
        refuse_again(command, "queue", command.queue)
    ident(command.queue, "queue")
    required_text(command.display_name, "display_name", NAME_LIMIT)
    if command.lead is not None:
        active_agent(ctx, command.lead, "lead")
    return [created]


@record
class RenameQueue(QueueCommand):
    name: ClassVar[str] = "rename_queue"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(QueueRenamed)})


def rename(command: RenameQueue, queue: Queue, ctx: Context) -> Sequence[QueueEvent]:
    require_known(queue, "queue", command.queue)
    if command.display_name == queue.name:
        return []
    required_text(command.display_name, "display_name", NAME_LIMIT)
    return [
        QueueRenamed(
            queue=command.queue,
            name=command.display_name,
            previous=queue.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class NameQueueLead(QueueCommand):
    """None: no lead."""

    name: ClassVar[str] = "name_queue_lead"
    lead: AgentId | None

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.lead is None else (agent_stream(self.lead),)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(QueueLeadNamed)})


def name_lead(command: NameQueueLead, queue: Queue, ctx: Context) -> Sequence[QueueEvent]:
    require_known(queue, "queue", command.queue)
    if command.lead == queue.lead:
        return []
    if command.lead is not None:
        active_agent(ctx, command.lead, "lead")
    return [
        QueueLeadNamed(
            queue=command.queue, lead=command.lead, previous=queue.lead, by=ctx.by, at=ctx.at
        )
    ]


@record
class RetireQueue(QueueCommand):
    """For good: an old figure that names the queue must never mean a new one."""

    name: ClassVar[str] = "retire_queue"


def retire(command: RetireQueue, queue: Queue, ctx: Context) -> Sequence[QueueEvent]:
    require_known(queue, "queue", command.queue)
    if queue.retired:
        return []
    return [QueueRetired(queue=command.queue, by=ctx.by, at=ctx.at)]
