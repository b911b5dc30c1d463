"""Do to a ticket all that a macro says: every step, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from commands.assign import Assign
from commands.configuration.macro_steps import STEPS, Applying, command_of, commands_of
from commands.configuration.owned import require_own
from commands.configuration.trying import WITH_VARIABLES
from commands.envelope import Context, Decision, TicketCommand
from commands.move_to_queue import MoveToQueue
from domain.actor import Actor
from domain.configuration.macro import Macro
from domain.configuration.variables import Scene, render
from domain.errors import Invalid, Refused, StepRefused
from domain.happened import Happened
from domain.ids import (
    AgentId,
    CommandId,
    MacroId,
    StreamId,
    agent_stream,
    derived,
    macro_stream,
    organisation_stream,
    queue_stream,
    requester_stream,
    team_stream,
    ticket_stream,
)
from domain.people.agent import Agent
from domain.record import record
from domain.states import fold_stream
from domain.ticket.aspects import Aspect
from domain.ticket.events import AppliedStep, MacroApplied
from domain.ticket.rules import require
from domain.ticket.state import Ticket
from domain.ticket.words import Format

WHAT_IT_SAYS = Aspect("parts of the ticket that its steps change")
"""Stands for what only the macro knows."""


_EVER = datetime.min.replace(tzinfo=UTC)
"""What a step reads and overwrites does not depend on the instant."""


@record
class ApplyMacro(TicketCommand):
    """Each step is decided as if it had been asked for by itself, after those before it.

    One that is refused refuses all; one that would change nothing is skipped. What its steps
    overwrite, it overwrites.
    """

    name: ClassVar[str] = "apply_macro"
    macro: MacroId

    def reads(self) -> tuple[StreamId, ...]:
        return (macro_stream(self.macro),)

    def leads_to(self, by: Actor, known: Mapping[StreamId, Any]) -> tuple[StreamId, ...]:
        ticket: Ticket = known[ticket_stream(self.ticket)]
        commands = _commands(self, known, by)
        wanted = [stream for command in commands for stream in command.reads()]
        wanted += [stream for command in commands for stream in command.involves(ticket, ())]
        if any(command.name in WITH_VARIABLES for command in commands):
            wanted += _scenery(ticket, by, commands, known)
        return tuple(wanted)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({WHAT_IT_SAYS})

    def overwrites(self, by: Actor, known: Mapping[StreamId, Any]) -> frozenset[Aspect]:
        touched = (command.touches() for command in _commands(self, known, by))
        return frozenset[Aspect]().union(*touched)


def decide(command: ApplyMacro, ticket: Ticket, ctx: Context) -> Decision:
    macro: Macro = ctx.known[macro_stream(command.macro)]
    require_own(macro, "macro", command.macro, ctx)
    if macro.retired:
        raise Invalid(f"Macro {command.macro!r} is retired.", field="macro")
    require(ticket, command.name)
    stream = ticket_stream(command.ticket)
    done: list[AppliedStep] = []
    written: dict[StreamId, list[Happened]] = {stream: []}
    known = {**ctx.known, stream: ticket}
    for n, _ in enumerate(macro.steps):
        decision = _step(n, macro, command, replace(ctx, known=known))
        for changed, events in decision.items():
            written.setdefault(changed, []).extend(events)
            known[changed] = fold_stream(changed, events, known[changed])
        name = str(macro.steps[n]["command"])
        done.append(AppliedStep(command=name, events=len(decision.get(stream, ()))))
    if _as_before(ticket, known[stream]):
        return []
    applied = MacroApplied(
        macro=command.macro,
        macro_version=macro.version,
        name=macro.name,
        steps=tuple(done),
        by=ctx.by,
        at=ctx.at,
    )
    return {**written, stream: [applied, *written[stream]]}


def _step(
    n: int, macro: Macro, command: ApplyMacro, ctx: Context
) -> Mapping[StreamId, Sequence[Happened]]:
    """The events of a step, per stream; `ctx.known` is what the steps before it left."""
    stream, place = ticket_stream(command.ticket), f"steps[{n}]"
    ticket: Ticket = ctx.known[stream]
    # A command derives ids from its own: each step has one of its own to derive from.
    own = replace(ctx, command_id=CommandId(UUID(derived(ctx.command_id, place))))
    try:
        step = command_of(macro.steps[n], place, _applying(command, ctx))
        step = _with_values(step, ticket, ctx)
        decision = STEPS[type(step)](step, ticket, own)
    except Refused as refused:
        raise _refused(n, macro, refused) from refused
    return decision if isinstance(decision, Mapping) else {stream: decision}


def _refused(n: int, macro: Macro, refused: Refused) -> StepRefused:
    name = str(macro.steps[n].get("command"))
    details = dict(refused.details)
    field = str(details.pop("field", "command"))
    details.pop("problems", None)
    return StepRefused(
        f"Step {n + 1} of {macro.name!r} ({name}) was refused, so none was taken. "
        f"{refused.message}",
        **details,
        field=field if field.startswith("steps[") else f"steps[{n}].{field}",
        step=n,
        step_command=name,
        step_code=refused.code,
    )


def _applying(command: ApplyMacro, ctx: Context) -> Applying:
    return Applying(ticket=command.ticket, me=AgentId(ctx.by.id), at=ctx.at)


def _with_values(step: TicketCommand, ticket: Ticket, ctx: Context) -> TicketCommand:
    """The step with its variables filled in, as the ticket stands."""
    name = WITH_VARIABLES.get(step.name)
    if name is None:
        return step
    as_html = getattr(step, "format", Format.TEXT) is Format.HTML
    text = render(getattr(step, name), _scene(ticket, ctx), as_html=as_html)
    filled_in: dict[str, Any] = {name: text}
    return replace(step, **filled_in)


def _commands(command: ApplyMacro, known: Mapping[StreamId, Any], by: Actor) -> list[TicketCommand]:
    """The steps as commands, as far as they are any."""
    macro: Macro = known[macro_stream(command.macro)]
    return commands_of(macro.steps, Applying(ticket=command.ticket, me=AgentId(by.id), at=_EVER))


def _scenery(
    ticket: Ticket, by: Actor, steps: Sequence[TicketCommand], known: Mapping[StreamId, Any]
) -> list[StreamId]:
    """Who and what a text may speak of, on the ticket as it is and as the steps leave it."""
    agents = {ticket.agent, AgentId(by.id)}
    queues, teams = {ticket.queue}, {ticket.team}
    for step in steps:
        match step:
            case Assign(agent=agent, team=team):
                agents.add(agent)
                home = known.get(agent_stream(agent), Agent()).home if agent else None
                teams |= {team, home}
            case MoveToQueue(queue=queue):
                queues.add(queue)
            case _:
                pass
    return [
        requester_stream(ticket.requester),
        *(organisation_stream(one) for one in (ticket.organisation,) if one),
        *(agent_stream(one) for one in sorted(filter(None, agents))),
        *(team_stream(one) for one in sorted(filter(None, teams))),
        *(queue_stream(one) for one in sorted(filter(None, queues))),
    ]


def _scene(ticket: Ticket, ctx: Context) -> Scene:
    known = ctx.known
    around = {
        "organisation": ticket.organisation and known[organisation_stream(ticket.organisation)],
        "assignee": ticket.agent and known[agent_stream(ticket.agent)],
        "team": ticket.team and known[team_stream(ticket.team)],
        "queue": ticket.queue and known[queue_stream(ticket.queue)],
    }
    return Scene(
        ticket=ticket,
        requester=known[requester_stream(ticket.requester)],
        agent=known[agent_stream(AgentId(ctx.by.id))],
        **{name: state for name, state in around.items() if state},
    )


def _as_before(before: Ticket, after: Ticket) -> bool:
    """Steps that take each other back come to nothing."""
    return replace(after, version=before.version) == before
