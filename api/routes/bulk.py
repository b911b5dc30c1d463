"""Bulk actions: one command on up to 500 tickets, each with an answer of its own."""

from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.answers import Answer
from api.asked import Asked
from api.asking import IdempotencyKey, command_id
from api.auth.allow import charge
from api.auth.permissions import ALLOWED, Permission
from api.bulk import Bulk, Chosen, bodies
from api.choosing import Choice, Wanted, by_filter, by_name, fault
from api.problems import Problem
from api.reading import Reading, reads
from api.routing import strict_router
from api.saved_views import Filter, asked_of
from api.shapes import headers
from api.shapes.bulk import BulkDone
from api.shapes.naming import answers
from api.ticket_list import Word
from commands import TICKET_COMMANDS
from commands.envelope import TicketCommand
from projections.chosen_tickets import MOST_MATCHING

router = strict_router("tickets")

MOST = 500
"""Tickets of one call."""

TICKETS_PER_REQUEST = 5
"""So many tickets of a bulk count as one request to the limit of requests."""

_NAMES = sorted(
    command.name
    for command in TICKET_COMMANDS
    if issubclass(command, TicketCommand) and not command.is_internal
)

Fields = Annotated[dict[Word, Any], Field(max_length=100)]
CommandName = Annotated[str, WithJsonSchema({"type": "string", "enum": _NAMES})]


class BulkTicket(BaseModel):
    """One ticket of a bulk."""

    model_config = ConfigDict(extra="forbid")

    ticket: Annotated[Word, Field(min_length=1, description="Its id or number.")]
    seen: int | None = Field(
        default=None, ge=0, le=2**53, description="The version that was looked at; null: any."
    )
    fields: Fields = Field(default={}, description="Fields of the command for this ticket alone.")


class BulkBody(BaseModel):
    """`tickets`, or else a `filter` or a `saved` view with the number of tickets that it shows."""

    model_config = ConfigDict(extra="forbid")

    command: CommandName = Field(description="A command on a ticket.", examples=["assign"])
    fields: Fields = Field(
        default={}, description="Fields of the command for all.", examples=[{"agent": "kim"}]
    )
    tickets: list[BulkTicket] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST,
        description="Each at most once.",
        examples=[[{"ticket": "17", "seen": 3}]],
    )
    filter: Filter | None = Field(
        default=None,
        description="Parameters of the list of tickets, each with its values.",
        examples=[{"queue": ["service-desk"], "backlog": ["true"]}],
    )
    saved: Word | None = Field(
        default=None, description="Id of a saved view; a filter besides narrows it."
    )
    expected: int | None = Field(
        default=None,
        ge=0,
        le=MOST_MATCHING,
        description="How many tickets the filter or view finds: when it finds another number, "
        "nothing is done. Left out with a `cursor`.",
    )
    cursor: Annotated[str, StringConstraints(max_length=4_096)] | None = Field(
        default=None, description="`next` of the call before, for the tickets that remained."
    )
    dry_run: bool = Field(default=False, description="Decide and answer, and write nothing.")


@router.post(
    "/bulk",
    summary="One command on many tickets",
    responses=answers(BulkDone, headers=headers.OF_REQUEST),
)
async def bulk(
    request: Request,
    reading: Annotated[Reading, Depends(reads(Permission.WORK))],
    body: BulkBody,
    idempotency_key: IdempotencyKey = None,
) -> Answer:
    """Each ticket gets its own command, and an answer of its own: done, or refused and why.

    What is refused on one ticket is done on the others all the same. Sent again with the same
    `Idempotency-Key`, tickets that had the command get their first answer. A filter is taken as
    the queue shows it: what changed since then is refused, not overwritten. It works on up to 500
    tickets at a time; the same body with `cursor` goes on. Undo is a bulk of `undo`, with each
    ticket's `event`.
    """
    how = _how(request, reading, body.command)
    ident = command_id(idempotency_key)
    choice = await run_in_threadpool(_choice, reading, body, how)
    services, principal = reading.services, reading.principal
    cost = len(choice.chosen) // TICKETS_PER_REQUEST
    charge(services.limits.tokens, principal.token, cost)
    work = Bulk(
        services=services,
        ports=request.state.ports,
        principal=principal,
        how=how,
        ident=ident,
        trace=request.state.trace_id,
        request_id=request.state.request_id,
        dry_run=body.dry_run,
    )
    results, position = await work.done(choice.chosen)
    headers = {"Idempotency-Key": str(ident)}
    if not body.dry_run:
        headers["X-Chronodesk-Position"] = services.signer.seal_position(
            principal.workspace, position
        )
    answer = {
        "id": ident,
        "dry_run": body.dry_run,
        "results": results,
        "done": sum(result.ok for result in results),
        "refused": sum(not result.ok for result in results),
        "remaining": choice.remaining,
        "next": choice.next,
    }
    return Answer(answer, 200, headers)


def _how(request: Request, reading: Reading, name: str) -> Asked:
    how: Asked | None = request.app.state.asks.get(name)
    if how is None or name not in _NAMES:
        raise fault("command", "is no command on a ticket", f"Known are: {', '.join(_NAMES)}.")
    if reading.principal.role not in ALLOWED[how.place.permission]:
        detail = f"The role {reading.principal.role} may not {how.place.permission}."
        raise Problem("forbidden", detail, allowed=sorted(ALLOWED[how.place.permission]))
    return how


def _choice(reading: Reading, body: BulkBody, how: Asked) -> Choice:
    """The tickets with what is asked of each. Raises Problem, RequestValidationError."""
    by_filter_ = body.filter is not None or body.saved is not None
    if by_filter_ == (body.tickets is not None):
        raise fault("tickets", "there are tickets, or a filter or saved view", "Give one of them.")
    if body.tickets is not None:
        if body.expected is not None or body.cursor is not None:
            raise fault("expected", "goes with a filter or saved view", "Leave it out.")
        made = bodies(how, body.fields, [one.fields for one in body.tickets])
        named = [
            Chosen(reference=one.ticket, ticket=None, seen=one.seen, body=with_)
            for one, with_ in zip(body.tickets, made, strict=True)
        ]
        return by_name(reading, named)
    if (body.expected is None) == (body.cursor is None):
        raise fault("expected", "is how many tickets are meant", "Give it, or else a cursor.")
    (shared,) = bodies(how, body.fields, [{}])
    query = dict(asked_of(body.filter or {}), **({"saved": body.saved} if body.saved else {}))
    wanted = Wanted(
        query=query,
        expected=body.expected,
        cursor=body.cursor,
        purpose=(how.command.name, body.fields),
    )
    return by_filter(reading, wanted, shared, MOST)
