"""One route per command, made from the table of commands: a new command needs nothing here."""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Body, Depends, Path
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.answers import Answer
from api.asking import Asking, Envelope
from api.auth.allow import Allow
from api.bodies import body_of, values_of
from api.command_paths import REQUESTER_MAY, Place, place_of
from api.problems import Problem
from api.reading import Reading, is_ticket_id
from api.routing import strict_router
from commands.envelope import Command
from domain.access import Principal
from domain.ids import TicketId

Endpoint: TypeAlias = Callable[..., Coroutine[Any, Any, Answer]]

_LONGEST_ID = 200


def command_routes(commands: Mapping[type[Command], Any]) -> APIRouter:
    """A router with a route for every command in the table."""
    router = strict_router("commands")
    for command in commands:
        place = place_of(command)
        summary, _, description = _documentation(command).partition("\n")
        router.add_api_route(
            place.path,
            _endpoint(command, place),
            methods=["POST"],
            name=command.name,
            operation_id=command.name,
            status_code=201 if place.creates else 200,
            summary=summary,
            description=description.strip(),
            tags=[place.tag],
        )
    return router


def _documentation(command: type[Command]) -> str:
    """A title, then what the record says. A module of one command is titled by its first line."""
    module = inspect.getmodule(command)
    alone = module is not None and hasattr(module, "decide")
    title = (inspect.getdoc(module) or "").partition("\n")[0].rstrip(".") if alone else ""
    title = title or command.name.replace("_", " ").capitalize()
    return f"{title}\n{inspect.getdoc(command) or ''}"


def _endpoint(command: type[Command], place: Place) -> Endpoint:
    without = frozenset[str]() if place.thing is None else frozenset({place.thing})
    wire = body_of(command, without, _filled_in(command))

    async def ask(
        envelope: Asking, principal: Principal, body: BaseModel | None = None, thing: str = ""
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
        return await envelope.handle(command(**values), principal, created=place.creates)

    ask.__name__ = command.name
    _sign(ask, place, wire)
    return ask


async def _ticket(envelope: Asking, principal: Principal, reference: str) -> TicketId:
    """The ticket that an address names. Raises Problem (not-found)."""
    if is_ticket_id(reference) and not principal.is_requester:
        return TicketId(reference)
    reading = Reading(principal=principal, services=envelope.services, position=None)
    if principal.is_requester:
        return (await run_in_threadpool(reading.ticket, reference))[0]
    return await run_in_threadpool(reading.ticket_id, reference)


def _sign(
    ask: Callable[..., Coroutine[Any, Any, Answer]], place: Place, wire: type[BaseModel]
) -> None:
    """Give FastAPI the parameters of this command's route: it reads them from the signature."""
    needs_body = any(field.is_required() for field in wire.model_fields.values())
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
            max_length=_LONGEST_ID,
            description=f"Id{also} of the {place.thing}.",
        )
        parameters.append(Parameter("thing", keyword, annotation=Annotated[str, reference]))
    ask.__signature__ = Signature(parameters, return_annotation=Answer)  # type: ignore[attr-defined]


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
