"""One command on many tickets: each asked for by itself, all at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import uuid5

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from api.asked import Asked
from api.errors import from_refusal
from api.problems import Problem, document
from api.reading import no_ticket
from api.resources import events_for
from api.services import Services
from commands.envelope import Outcome, Request
from commands.ports import AsyncPorts, StoreUnavailable, VersionConflict
from domain.access import Principal
from domain.errors import Refused
from domain.ids import CommandId, TicketId, ident_of, ticket_stream
from domain.position import Position
from domain.record import record
from projections.ports import Unavailable

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 64
"""Commands under way at the same time: enough to share each call to the log, and no crowd."""


@record
class Chosen:
    """A ticket of a bulk: what it was called, which it is, and the version that was looked at.

    `ticket` is None for a number that nobody has.
    """

    reference: str
    ticket: str | None
    seen: int | None = None
    body: BaseModel | None = None


@record
class Result:
    """What became of the command on one ticket."""

    ticket: str
    number: int | None
    ok: bool
    changed: bool = False
    version: int | None = None
    events: Sequence[dict[str, Any]] = ()
    problem: dict[str, Any] | None = None


@record
class Bulk:
    """What all commands of a bulk have in common; `ident` is that of the whole."""

    services: Services
    ports: AsyncPorts
    principal: Principal
    how: Asked
    ident: CommandId
    trace: str | None
    request_id: str
    dry_run: bool

    async def done(self, chosen: Sequence[Chosen]) -> tuple[list[Result], Position]:
        """Ask for each, and say what became of it; where a reader has to be to see all of it.

        Raises StoreUnavailable when the log could not be reached for any of them.
        """
        numbers = await self._numbers(chosen)
        requests = await self._at_once(chosen, self._request, AT_ONCE)
        found = await self._at_once(requests, self._ask, 1 if _crowded(requests) else AT_ONCE)
        late = [n for n, one in enumerate(found) if isinstance(one, VersionConflict)]
        again = await self._at_once([requests[n] for n in late], self._ask, 1)
        for n, one in zip(late, again, strict=True):
            found[n] = one
        if found and all(isinstance(one, StoreUnavailable | Unavailable) for one in found):
            raise StoreUnavailable(str(found[0]))
        position = Position()
        for one in found:
            if isinstance(one, Outcome):
                position = position.joined(one.position)
        results = [
            self._result(one, outcome, numbers.get(one.ticket or ""))
            for one, outcome in zip(chosen, found, strict=True)
        ]
        return results, position

    async def _numbers(self, chosen: Sequence[Chosen]) -> dict[str, int]:
        """Number by id, of tickets that there are.

        All are brought into memory in one call, so that none has to be looked at by itself.
        """
        states, workspace = self.services.handler.states, self.principal.workspace
        streams = [ticket_stream(TicketId(one.ticket)) for one in chosen if one.ticket]
        loaded = await run_in_threadpool(states.load_many, workspace, streams)
        return {
            ident_of(stream): ticket.state.number
            for stream, ticket in loaded.items()
            if ticket.state.exists
        }

    async def _at_once(
        self, of: Sequence[T], work: Callable[[T], Awaitable[R]], most: int
    ) -> list[R | Exception]:
        """What the work on each gave or raised, up to so many under way at a time."""
        room = asyncio.Semaphore(most)

        async def one(item: T) -> R | Exception:
            async with room:
                try:
                    return await work(item)
                except (Refused, Problem, VersionConflict, StoreUnavailable, Unavailable) as error:
                    return error

        return await asyncio.gather(*map(one, of))

    async def _request(self, chosen: Chosen) -> Request:
        """The single command, under an id of its own that is always the same."""
        if chosen.ticket is None:
            raise no_ticket(chosen.reference)
        principal = self.principal
        return Request(
            workspace=principal.workspace,
            command=await self.how.made(self.services, principal, chosen.body, chosen.ticket),
            command_id=CommandId(uuid5(self.ident, chosen.ticket)),
            by=principal.actor,
            seen=chosen.seen,
            correlation_id=self.trace or str(self.ident),
        )

    async def _ask(self, request: Request | Exception) -> Outcome:
        if isinstance(request, Exception):
            raise request
        handler = self.services.handler
        if self.dry_run:
            return await handler.preview_async(request, self.ports)
        return await handler.handle_async(request, self.ports)

    def _result(self, chosen: Chosen, found: Outcome | Exception, number: int | None) -> Result:
        ticket = chosen.ticket or chosen.reference
        if isinstance(found, Outcome):
            return Result(
                ticket=ticket,
                number=number,
                ok=True,
                changed=bool(found.events),
                version=found.version,
                events=events_for(self.principal, found.events),
            )
        problem = self._problem(found)
        address = f"/api/v1/tickets/{ticket}/{self.how.command.name}"
        shown = document(problem.code, problem.detail, address, self.request_id, **problem.details)
        version = problem.details.get("version")
        return Result(
            ticket=ticket,
            number=number,
            ok=False,
            version=version if isinstance(version, int) else None,
            problem=shown,
        )

    def _problem(self, error: Exception) -> Problem:
        """As the command alone would have been refused."""
        match error:
            case Problem():
                return error
            case Refused():
                return from_refusal(error, self.principal)
            case VersionConflict():
                detail = "Others were quicker many times in a row; nothing was written."
                return Problem("too-much-contention", detail)
            case _:
                detail = "The database was away. Send the same again with the same Idempotency-Key."
                return Problem("unavailable", detail)


def _crowded(requests: Sequence[Request | Exception]) -> bool:
    """Whether several write to the same stream, such as a ticket that all are merged into.

    They would only be in each other's way.
    """
    streams = [
        stream
        for request in requests
        if isinstance(request, Request)
        for stream in request.command.writes(request.command_id)
    ]
    return len(set(streams)) < len(streams)


def bodies(
    how: Asked, common: Mapping[str, Any], own: Sequence[Mapping[str, Any]]
) -> list[BaseModel]:
    """The body for each ticket: the common fields with its own ones.

    Raises RequestValidationError that names each fault as `fields.x` or `tickets[3].fields.x`.
    """
    faults: dict[tuple[Any, ...], dict[str, Any]] = {}
    made: list[BaseModel] = []
    shared: BaseModel | None = None
    for n, fields in enumerate(own):
        if not fields and shared is not None:
            made.append(shared)
            continue
        try:
            body = how.wire.model_validate({**common, **fields})
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_context=False):
                place = _place(n, fields, fault["loc"])
                faults.setdefault(place, {**fault, "loc": place})
            if not fields:
                break  # every other ticket without fields of its own has the same faults
        else:
            made.append(body)
            shared = shared if fields else body
    if faults:
        raise RequestValidationError(list(faults.values()))
    return made


def _place(n: int, fields: Mapping[str, Any], loc: tuple[Any, ...]) -> tuple[Any, ...]:
    if loc and loc[0] in fields:
        return ("body", "tickets", n, "fields", *loc)
    return ("body", "fields", *loc)
