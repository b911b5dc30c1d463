"""Takes steps through the deciders, as the handler of commands does, on states held in memory."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from adapters.simulating.plan import Plan
from commands import COMMANDS
from commands.envelope import Command, Context, TicketNumberNeeded
from commands.ports import Append, NewEvent, StreamWrite
from domain.actor import Actor
from domain.happened import Happened
from domain.ids import (
    DESK_RULES,
    CommandId,
    StreamId,
    TicketId,
    TicketNumber,
    category_of,
    ticket_stream,
)
from domain.record import record
from domain.recorded import Source
from domain.states import FOLDS, fold_stream
from domain.ticket.state import Ticket

SYSTEM = "simulation"


@record
class Step:
    """Somebody asks for something at an instant (UTC)."""

    at: datetime
    by: Actor
    command: Command


class Desk:
    """The states of all streams that are still of interest; tickets are forgotten when done.

    `number` is that of the ticket which will be opened next.
    """

    def __init__(self, plan: Plan, strand: int, recorded_at: datetime) -> None:
        self._plan = plan
        self._recorded_at = recorded_at
        self._ids = _ids(uuid5(plan.namespace, f"strand {strand}"))
        self._states: dict[StreamId, Any] = {}
        self._asked = 0
        self._appends: list[Append] = []
        self.number: TicketNumber | None = None

    def take(self) -> list[Append]:
        """What was decided since this was asked last."""
        taken, self._appends = self._appends, []
        return taken

    def ticket(self, ticket: TicketId) -> Ticket:
        state: Ticket = self._state(ticket_stream(ticket))
        return state

    def forget(self, ticket: TicketId) -> None:
        """Nobody will ask anything of this ticket any more."""
        self._states.pop(ticket_stream(ticket), None)

    def do(self, step: Step) -> CommandId:
        """Decide on `step`, keep the new states and the append; the id of the command.

        Raises a Refused when the decider does.
        """
        self._asked += 1
        return self._do(step, UUID(int=self._ids + self._asked), row=self._asked)

    def found(self, step: Step) -> None:
        """As above, for what all plans of a workspace have in common."""
        self._do(step, uuid5(self._plan.cast_namespace, _digest(step)), row=0)

    def _do(self, step: Step, name: UUID, row: int) -> CommandId:
        command, command_id = step.command, CommandId(name)
        streams = command.writes(command_id)
        states = [self._state(stream) for stream in streams]
        further = (*command.reads(), *command.involves(states[0], ()))
        context = Context(
            by=step.by,
            at=step.at,
            command_id=command_id,
            rules=self._state(DESK_RULES),
            known={stream: self._state(stream) for stream in further},
        )
        decision = self._decide(command, states, context)
        if not isinstance(decision, Mapping):
            decision = {streams[0]: decision}
        versions = {stream: self._state(stream).version for stream in (*streams, *decision)}
        for stream, events in decision.items():
            if events:
                self._states[stream] = fold_stream(stream, events, self._state(stream))
        self._appends.append(
            Append(
                workspace=self._plan.workspace,
                command_id=command_id,
                fingerprint=_digest(step),
                correlation_id=str(command_id),
                recorded_at=self._recorded_at,
                writes=tuple(
                    StreamWrite(
                        stream=stream,
                        expected_version=version,
                        events=self._marked(stream, decision.get(stream, ()), row),
                    )
                    for stream, version in versions.items()
                ),
            )
        )
        return command_id

    def _decide(self, command: Command, states: list[Any], context: Context) -> Any:
        decide = COMMANDS[type(command)]
        try:
            return decide(command, *states, context)
        except TicketNumberNeeded:
            numbered = Context(
                by=context.by,
                at=context.at,
                command_id=context.command_id,
                rules=context.rules,
                known=context.known,
                number=self.number,
            )
            return decide(command, *states, numbered)

    def _marked(
        self, stream: StreamId, events: Iterable[Happened], row: int
    ) -> tuple[NewEvent, ...]:
        """The events with their source: they are told, they did not happen."""
        if category_of(stream) == "ticket":
            number = self._states[stream].number if stream in self._states else 0
            case = f"SIM-{self._plan.seed}-{number}"
        else:
            case = stream
        source = Source(system=SYSTEM, case=case, row=row)
        return tuple(NewEvent(event=event, source=source) for event in events)

    def _state(self, stream: StreamId) -> Any:
        found = self._states.get(stream)
        return FOLDS[category_of(stream)].initial if found is None else found


def _ids(namespace: UUID) -> int:
    """The number of the first of 2**48 UUIDs (version 8: made our own way) that belong together.

    Ids that ascend keep an index on them compact, and are quicker to make than digests.
    """
    made = namespace.int & ~(0xF << 76) | 8 << 76
    return made & ~(2**48 - 1)


def _digest(step: Step) -> str:
    """Of who asks for what. The instant is no part of it, as in commands.fingerprint."""
    asked = [step.command.name, step.command, step.by]
    return hashlib.blake2b(orjson.dumps(asked, default=str), digest_size=16).hexdigest()
