"""What a bulk answers with: what became of the command on each ticket."""

from typing import Annotated, Any

from pydantic import WithJsonSchema

from api.shapes.events import TicketEvent
from domain.ids import CommandId
from domain.record import record

Problem = Annotated[dict[str, Any], WithJsonSchema({"$ref": "#/components/schemas/Problem"})]


@record
class BulkResult:
    """What became of the command on one ticket: the events it caused, or why it was refused.

    `number` is null for a ticket that is not there, `version` for one that was not looked at.
    """

    ticket: str
    number: int | None
    ok: bool
    changed: bool
    version: int | None
    events: tuple[TicketEvent, ...]
    problem: Problem | None


@record
class BulkDone:
    """The results in the order of the tickets, and how many were done and refused.

    `remaining` tickets of the filter are left for further calls, each with the `next` cursor.
    """

    id: CommandId
    dry_run: bool
    results: tuple[BulkResult, ...]
    done: int
    refused: int
    remaining: int
    next: str | None
