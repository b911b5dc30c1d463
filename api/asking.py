"""A command on its way from HTTP to the handler and back."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest

from api.answers import Answer
from api.problems import Problem
from api.reading import services_of
from api.resources import events_for, ticket_resource
from api.services import Services
from commands.envelope import Command, Outcome, Request
from commands.ports import AsyncPorts
from domain.access import Principal
from domain.ids import CommandId, category_of, ident_of
from domain.record import record

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A UUID of your making, one per request: sent again, the request gets its "
        "first answer. Made here when you send none.",
        max_length=100,
        examples=["6f0c7a52-7f0e-4a8e-9a39-0f6f1de0c7a1"],
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of what you looked at, or `*` for whatever it is now. Required "
        "for commands that overwrite something.",
        max_length=100,
        examples=["*"],
    ),
]
DryRun = Annotated[
    bool,
    Query(
        description="Decide, answer what would be answered, and write nothing: the events have the "
        "versions that they would get, a ticket that would be opened has the number 0."
    ),
]


@record
class Asking:
    """The envelope of a request. `seen` is None for "whatever it is now".

    With `dry_run`, what is asked for is decided and not done.
    """

    services: Services
    ports: AsyncPorts
    command_id: CommandId
    if_match: str | None
    trace: str | None
    dry_run: bool = False

    def seen(self, command: Command) -> int | None:
        """The version the caller looked at.

        Raises Problem (if-match-required) for a command that overwrites without saying so.
        """
        if self.if_match is None:
            touched = sorted(command.touches())
            if touched:
                raise Problem(
                    "if-match-required",
                    f"{command.name!r} changes the {' and the '.join(touched)}: say in If-Match "
                    "which version you looked at.",
                    touches=touched,
                )
            return None
        if self.if_match.strip() == "*":
            return None
        return _version(self.if_match)

    async def handle(
        self,
        command: Command,
        principal: Principal,
        *,
        ident: str | None = None,
        begun_at: str | None = None,
    ) -> Answer:
        """Ask the handler, and give its outcome. Raises what the handler raises.

        `ident`: the id of what the command is about, unless only its stream tells. `begun_at`: the
        collection in which the command begins something.
        """
        request = Request(
            workspace=principal.workspace,
            command=command,
            command_id=self.command_id,
            by=principal.actor,
            seen=self.seen(command),
            correlation_id=self.trace,
        )
        handler = self.services.handler
        ask = handler.preview_async if self.dry_run else handler.handle_async
        outcome = await ask(request, self.ports)
        state = outcome.state
        if state is None:
            states = self.services.handler.states
            state = (
                await run_in_threadpool(states.load, principal.workspace, outcome.stream)
            ).state
        ident = ident or ident_of(outcome.stream)
        return self._answer(outcome, state, principal, ident=ident, begun_at=begun_at)

    def _answer(
        self,
        outcome: Outcome,
        state: Any,
        principal: Principal,
        *,
        ident: str,
        begun_at: str | None,
    ) -> Answer:
        body: dict[str, Any] = {
            "id": ident,
            "version": outcome.version,
            "changed": bool(outcome.events),
            "events": events_for(principal, outcome.events),
            "dry_run": self.dry_run,
        }
        if category_of(outcome.stream) == "ticket":
            body["ticket"] = ticket_resource(ident, state, principal)
        headers = {"Idempotency-Key": str(self.command_id)}
        if outcome.repeated:
            headers["Idempotent-Replayed"] = "true"
        if self.dry_run:
            return Answer(body, 200, headers)
        headers["ETag"] = f'"{outcome.version}"'
        headers["X-Chronodesk-Position"] = self.services.signer.seal_position(
            principal.workspace, outcome.position
        )
        if begun_at is not None:
            headers["Location"] = f"/api/v1{begun_at}/{ident}"
        return Answer(body, 200 if begun_at is None else 201, headers)


async def asking(
    request: HttpRequest,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the address
) -> Asking:
    """The envelope as it came. Raises Problem for one that is not well-formed."""
    return Asking(
        services=services_of(request),
        ports=request.state.ports,
        command_id=command_id(idempotency_key),
        if_match=if_match,
        trace=request.state.trace_id,
        dry_run=dry_run,
    )


Envelope = Annotated[Asking, Depends(asking)]


def command_id(text: str | None) -> CommandId:
    """What an Idempotency-Key names, or a new one. Raises Problem for one that is no UUID."""
    if text is None:
        return CommandId(uuid4())
    try:
        given = UUID(text)
    except ValueError:
        given = None
    if given is None or str(given) != text.lower():
        raise _bad_header("Idempotency-Key", "is not a UUID", "Send a UUID, such as of uuid4().")
    return CommandId(given)


def _version(if_match: str) -> int:
    digits = if_match.strip().removeprefix('"').removesuffix('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):  # noqa: PLR2004 - below 2**53
        raise _bad_header("If-Match", "is no version", 'Send the ETag as it came, such as "7".')
    return int(digits)


def _bad_header(name: str, message: str, remedy: str) -> Problem:
    fault = {"in": "header", "field": name, "message": message, "what_to_do": remedy}
    return Problem("invalid", f"{name}: {message}. {remedy}", errors=[fault])
