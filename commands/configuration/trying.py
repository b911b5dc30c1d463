"""Tries the steps of a macro when it is saved, by their own deciders."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from commands.configuration.macro_steps import (
    ME,
    STEPS,
    Applying,
    command_of,
    commands_of,
    names_of,
)
from commands.envelope import Context, TicketCommand
from domain.configuration.field import Fields
from domain.configuration.macro import MacroStep
from domain.configuration.variables import check_variables
from domain.errors import Invalid, Refused
from domain.ids import FIELDS, AgentId, RequesterId, StreamId, TicketId, agent_stream
from domain.people.agent import Agent
from domain.ticket.rules import ALLOWED_FROM, HIGHEST_LEVEL
from domain.ticket.state import Ticket
from domain.ticket.words import Status

STEPS_LIMIT = 30

WITH_VARIABLES = {"reply": "body", "add_note": "body"}
"""The field of a step that may hold variables."""

_SOME = TicketId("some-ticket")
_SOON = Applying(ticket=_SOME, me=ME, at=datetime.min.replace(tzinfo=UTC))
_ANYBODY = Agent(version=1, name="Whoever applies it", active=True)


def read_by(steps: Sequence[MacroStep]) -> tuple[StreamId, ...]:
    """What has to be looked at to try these steps."""
    commands = commands_of(steps, _SOON)
    streams = dict.fromkeys(stream for command in commands for stream in command.reads())
    return (FIELDS, *(stream for stream in streams if stream not in (FIELDS, agent_stream(ME))))


def try_steps(steps: Sequence[MacroStep], ctx: Context) -> None:
    """Refuse steps that could be taken on no ticket; the refusal names the place.

    Whether one can be taken after those before it, a ticket tells when it comes to it.
    """
    if not 1 <= len(steps) <= STEPS_LIMIT:
        raise Invalid(f"A macro has 1 to {STEPS_LIMIT} steps.", field="steps", limit=STEPS_LIMIT)
    known = replace(ctx, known={**ctx.known, agent_stream(ME): _ANYBODY})
    for n, step in enumerate(steps):
        place = f"steps[{n}]"
        command = command_of(step, place, Applying(ticket=_SOME, me=ME, at=ctx.at))
        if (field := WITH_VARIABLES.get(command.name)) is not None:
            check_variables(getattr(command, field), f"{place}.{field}")
        try:
            STEPS[type(command)](command, _ticket_for(command, known), known)
        except Refused as refused:
            raise _at(place, command, refused) from refused


def _at(place: str, command: TicketCommand, refused: Refused) -> Refused:
    """The refusal of a step's own decider, with the place of what is wrong."""
    details = dict(refused.details)
    name = str(details.pop("field", "")).split(".")[0]
    of_step = name in names_of(type(command))
    details.pop("problems", None)
    return type(refused)(refused.message, **details, field=f"{place}.{name}" if of_step else place)


def _ticket_for(command: TicketCommand, ctx: Context) -> Ticket:
    """A ticket on which nothing speaks against the command but the command itself."""
    allowed = ALLOWED_FROM[command.name]
    fields: Fields = ctx.known[FIELDS]
    return Ticket(
        version=1,
        status=Status.OPEN if Status.OPEN in allowed else min(allowed),
        requester=RequesterId("somebody"),
        agent=AgentId("somebody"),
        subject="\0",
        escalation_level=HIGHEST_LEVEL if command.name == "deescalate" else 0,
        fields=tuple((name, "filled in") for name in fields.missing({})),
    )
