"""One route per command, made from the table of commands: a new command needs nothing here."""

import inspect
from collections.abc import Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.answers import Answer
from api.asking import Asking, Envelope
from api.auth.allow import Allow
from api.bodies import body_of, values_of
from api.command_paths import REQUESTER_MAY, Place, place_of
from api.command_route import LONGEST_ID, CommandTable, DocumentedRoute, Receiver, receiver
from api.problems import Problem
from api.reading import Reading, is_ticket_id
from api.routing import strict_router
from api.shapes.commands import commanded
from api.shapes.naming import Responses, answers
from commands.envelope import Command
from domain.access import Principal
from domain.ids import TicketId


def command_routes(
    commands: Mapping[type[Command], Any], prefix: str
) -> tuple[APIRouter, CommandTable]:
    """A documented route for every command in the table, and the quick way to them all.

    The router is to be included under `prefix`.
    """
    router = strict_router("commands", DocumentedRoute)
    receivers: list[tuple[Place, Receiver]] = []
    for command in commands:
        if command.is_internal:
            continue
        place = place_of(command)
        summary, _, description = _documentation(command).partition("\n")
        endpoint = _endpoint(command, place)
        router.add_api_route(
            place.path,
            endpoint,
            methods=["POST"],
            name=command.name,
            operation_id=command.name,
            status_code=201 if place.creates else 200,
            summary=summary,
            description=description.strip(),
            tags=[place.tag],
            responses=_responses(command, place),
        )
        receivers.append((place, endpoint.receive))
    return router, CommandTable(prefix, receivers)


def _responses(command: type[Command], place: Place) -> Responses:
    shapes = commanded(place.category, by_requester=command.name in REQUESTER_MAY)
    if not place.creates:
        return answers(*shapes)
    dry = answers(*shapes, description="What would be answered; nothing is created by a dry run.")
    return answers(*shapes, status=201) | dry


def _documentation(command: type[Command]) -> str:
    """A title, then what the record says. A module of one command is titled by its first line."""
    module = inspect.getmodule(command)
    alone = module is not None and hasattr(module, "decide")
    title = (inspect.getdoc(module) or "").partition("\n")[0].rstrip(".") if alone else ""
    title = title or command.name.replace("_", " ").capitalize()
    return f"{title}\n{inspect.getdoc(command) or ''}"


def _endpoint(command: type[Command], place: Place) -> Any:
    """A function that FastAPI can document, and whose `receive` answers requests."""
    without = frozenset[str]() if place.thing is None else frozenset({place.thing})
    wire = body_of(command, without, _filled_in(command))
    needs_body = any(field.is_required() for field in wire.model_fields.values())

    async def ask(
        envelope: Asking, principal: Principal, body: BaseModel | None, thing: str
    ) -> Answer:
        values = values_of(body if body is not None else wire(), command)
        if principal.is_requester:
            _refuse_what_is_not_theirs(command, principal, body)
        if "requester" in _filled_in(command) and values["requester"] is None:
            values["requester"] = _oneself(principal)
        if place.thing == "ticket":
            values["ticket"] = await _ticket(envelope, principal, thing)
        elif place.thing is not None:
            values[place.thing] = thing
        begun_at = place.path if place.creates else None
        return await envelope.handle(command(**values), principal, begun_at=begun_at)

    endpoint: Any = ask
    endpoint.__name__ = command.name
    endpoint.__signature__ = _signature(place, wire, needs_body=needs_body)
    endpoint.receive = receiver(ask, place, wire, needs_body=needs_body)
    return endpoint


async def _ticket(envelope: Asking, principal: Principal, reference: str) -> TicketId:
    """The ticket that an address names. Raises Problem (not-found)."""
    if is_ticket_id(reference) and not principal.is_requester:
        return TicketId(reference)
    reading = Reading(principal=principal, services=envelope.services, position=None)
    if principal.is_requester:
        return (await run_in_threadpool(reading.ticket, reference))[0]
    return await run_in_threadpool(reading.ticket_id, reference)


def _signature(place: Place, wire: type[BaseModel], *, needs_body: bool) -> Signature:
    """The parameters of a command's route, as FastAPI reads them from a function."""
    keyword = Parameter.KEYWORD_ONLY
    parameters = [
        Parameter("envelope", keyword, annotation=Envelope),
        Parameter(
            "principal", keyword, annotation=Annotated[Principal, Depends(Allow(place.permission))]
        ),
    ]
    if wire.model_fields:
        parameters.append(
            Parameter("body", keyword, annotation=Annotated[wire, Body()])
            if needs_body
            else Parameter("body", keyword, annotation=Annotated[wire | None, Body()], default=None)
        )
    if place.thing is not None:
        also = " or number" if place.thing == "ticket" else ""
        reference = Path(
            alias=place.thing,
            min_length=1,
            max_length=LONGEST_ID,
            description=f"Id{also} of the {place.thing}.",
        )
        parameters.append(Parameter("thing", keyword, annotation=Annotated[str, reference]))
    return Signature(parameters, return_annotation=Answer)


def _filled_in(command: type[Command]) -> frozenset[str]:
    """Fields that a requester need not fill in: who asks is who is signed in."""
    may_be_left_out = command.name == "open_ticket"
    return frozenset({"requester"}) if may_be_left_out else frozenset()


def _oneself(principal: Principal) -> str:
    if principal.is_requester:
        return principal.person
    fault = {
        "in": "body",
        "field": "requester",
        "message": "field required",
        "what_to_do": "Say whose request it is.",
    }
    raise Problem("invalid", "requester: field required.", errors=[fault])


def _refuse_what_is_not_theirs(
    command: type[Command], principal: Principal, body: BaseModel | None
) -> None:
    """A requester fills in what is theirs, and speaks for nobody else."""
    theirs = REQUESTER_MAY[command.name]
    given = body.model_fields_set if body is not None else set()
    foreign = sorted(given - theirs)
    if foreign:
        raise Problem(
            "forbidden",
            f"A requester may not fill in {' and '.join(foreign)}.",
            allowed=sorted(theirs),
        )
    if getattr(body, "requester", None) not in (None, principal.person):
        raise Problem("forbidden", "A requester asks for themselves only.", allowed=[])
