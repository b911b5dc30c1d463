"""One route per command, made from the table of commands: a new command needs nothing here."""

import inspect
from functools import cache
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path
from pydantic import BaseModel

from api.answers import Answer
from api.asked import Asked
from api.asking import Asking, Envelope
from api.auth.allow import Allow
from api.command_paths import REQUESTER_MAY, Place
from api.command_route import LONGEST_ID, DocumentedRoute, Known, receiver
from api.routing import strict_router
from api.shapes import headers
from api.shapes.commands import COMMANDED, OwnTicketCommanded
from api.shapes.naming import Responses, answers
from commands.envelope import Command
from domain.access import Principal


@cache
def command_routes(asks: tuple[Asked, ...]) -> tuple[APIRouter, list[Known]]:
    """A documented route for every command, and what a CommandTable knows of them.

    They hold nothing of an application, and are the same for each one that a process has.
    """
    router = strict_router("commands", DocumentedRoute)
    known: list[Known] = []
    for how in asks:
        command, place = how.command, how.place
        summary, _, description = _documentation(command).partition("\n")
        endpoint = _endpoint(how)
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
        known.append(Known(path=place.path, thing=place.thing, receive=endpoint.receive))
    return router, known


def _responses(command: type[Command], place: Place) -> Responses:
    shape = COMMANDED[place.category]
    own = (OwnTicketCommanded,) if command.name in REQUESTER_MAY else ()
    if not place.creates:
        return answers(shape, to_requesters=own, headers=headers.OF_COMMAND)
    dry = "What would be answered; nothing is created by a dry run."
    return {
        **answers(shape, status=201, to_requesters=own, headers=headers.OF_CREATION),
        **answers(shape, to_requesters=own, description=dry, headers=headers.OF_COMMAND),
    }


def _documentation(command: type[Command]) -> str:
    """A title, then what the record says. A module of one command is titled by its first line."""
    module = inspect.getmodule(command)
    alone = module is not None and hasattr(module, "decide")
    title = (inspect.getdoc(module) or "").partition("\n")[0].rstrip(".") if alone else ""
    title = title or command.name.replace("_", " ").capitalize()
    return f"{title}\n{inspect.getdoc(command) or ''}"


def _endpoint(how: Asked) -> Any:
    """A function that FastAPI can document, and whose `receive` answers requests."""
    place, needs_body = how.place, how.needs_body

    async def ask(
        envelope: Asking, principal: Principal, body: BaseModel | None, thing: str
    ) -> Answer:
        command = await how.made(envelope.services, principal, body, thing)
        return await envelope.handle(
            command,
            principal,
            ident=None if place.about is None else getattr(command, place.about),
            begun_at=place.path if place.creates else None,
        )

    endpoint: Any = ask
    endpoint.__name__ = how.command.name
    endpoint.__signature__ = _signature(place, how.wire, needs_body=needs_body)
    endpoint.receive = receiver(ask, place, how.wire, needs_body=needs_body)
    return endpoint


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
