"""Where tickets wait for work, under one lead."""

from dataclasses import replace
from typing import Literal, TypeAlias, assert_never

from domain.happened import Happened
from domain.ids import AgentId, QueueId
from domain.record import record


@record
class QueueCreated(Happened):
    """Tickets can wait here from now on."""

    kind: Literal["queue.created"] = "queue.created"
    queue: QueueId
    name: str
    lead: AgentId | None = None


@record
class QueueRenamed(Happened):
    """It has another name; the id, and so its history, stays."""

    kind: Literal["queue.renamed"] = "queue.renamed"
    queue: QueueId
    name: str
    previous: str


@record
class QueueLeadNamed(Happened):
    """Who answers for the queue; None: nobody."""

    kind: Literal["queue.lead_named"] = "queue.lead_named"
    queue: QueueId
    lead: AgentId | None
    previous: AgentId | None


@record
class QueueRetired(Happened):
    """Takes no new tickets; those in it stay until they are done or moved."""

    kind: Literal["queue.retired"] = "queue.retired"
    queue: QueueId


QueueEvent: TypeAlias = QueueCreated | QueueRenamed | QueueLeadNamed | QueueRetired


@record
class Queue:
    """`version` is the number of events folded; 0 means that there is no such queue."""

    version: int = 0
    name: str = ""
    lead: AgentId | None = None
    retired: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0


def evolve(queue: Queue, event: QueueEvent) -> Queue:
    """The queue after `event`; never refuses."""
    return replace(_after(queue, event), version=queue.version + 1)


def _after(queue: Queue, event: QueueEvent) -> Queue:
    match event:
        case QueueCreated(name=name, lead=lead):
            return Queue(name=name, lead=lead)
        case QueueRenamed(name=name):
            return replace(queue, name=name)
        case QueueLeadNamed(lead=lead):
            return replace(queue, lead=lead)
        case QueueRetired():
            return replace(queue, retired=True)
        case _:
            assert_never(event)
