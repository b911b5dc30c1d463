"""What surrounds a command: who asks, when, under which id - and what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from domain.actor import Actor
from domain.desk.rules import DeskRules
from domain.happened import Happened
from domain.ids import CommandId, StreamId, TicketId, TicketNumber, WorkspaceId, ticket_stream
from domain.position import Position
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.aspects import Aspect

Decision: TypeAlias = Sequence[Happened] | Mapping[StreamId, Sequence[Happened]]
"""Events for the first stream a command writes, or events per stream. Empty: nothing changes."""


class TicketNumberNeeded(Exception):
    """A decision opens a ticket: decide again with `Context.number` filled in."""


@record
class Command:
    """What a person or a system asks for. `name` is its public name, in the API and in refusals."""

    name: ClassVar[str]
    needs_history: ClassVar[bool] = False
    is_internal: ClassVar[bool] = False
    """Asked for by the system alone: it has no address at the front door."""

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        """Streams that are loaded, given to `decide` in this order, and may be written."""
        raise NotImplementedError

    def begins(self, command_id: CommandId) -> frozenset[StreamId]:
        """Those of `writes` that are named after the command id.

        Only this very command can have written them before, and the log knows its id: they are
        taken to be empty without a look.
        """
        return frozenset()

    def reads(self) -> tuple[StreamId, ...]:
        """Streams whose state `decide` looks at through `Context.known` without writing them."""
        return ()

    def involves(self, state: Any, history: Sequence[Recorded[Any]]) -> tuple[StreamId, ...]:
        """Further streams that only the first one tells: looked at, and perhaps written.

        `state` and `history` are those of the first stream; the history is empty unless the
        command needs it. Their states are in `Context.known`.
        """
        return ()

    def leads_to(self, by: Actor, known: Mapping[StreamId, Any]) -> tuple[StreamId, ...]:
        """Further streams that only the `known` states of those before tell, and who asks.

        Asked again with their states, until it names none that is new.
        """
        return ()

    def asked(self) -> Mapping[str, Any] | None:
        """What was asked for, of a command whose fields hold what was looked up for it.

        A repeat is recognised by it, though another look-up may find something else. None: the
        fields say it themselves.
        """
        return None

    def touches(self) -> frozenset[Aspect]:
        """What this command overwrites in the first stream.

        Changes of these that the caller has not seen refuse it; everything else commutes and is
        decided again on the newer state.
        """
        return frozenset()

    def overwrites(self, by: Actor, known: Mapping[StreamId, Any]) -> frozenset[Aspect]:
        """What it `touches`, for a command that knows only by the `known` states and who asks."""
        return self.touches()


@record
class TicketCommand(Command):
    """A command on one existing ticket."""

    ticket: TicketId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (ticket_stream(self.ticket),)


@record
class Context:
    """Everything a decision may know besides the command and the state it changes.

    `known` holds the states of the streams that the command `reads` or `involves`, by stream id.
    `history` holds the events of the first stream, for commands that need it. `number` is set
    when asked for.
    """

    by: Actor
    at: datetime
    command_id: CommandId
    rules: DeskRules = DeskRules()
    number: TicketNumber | None = None
    known: Mapping[StreamId, Any] = field(default_factory=dict)
    history: tuple[Recorded[Any], ...] = ()

    def ticket_number(self) -> TicketNumber:
        if self.number is None:
            raise TicketNumberNeeded
        return self.number


@record
class Request:
    """A command with its envelope.

    `seen` is the version of the first stream that the caller based the command on (None: whatever
    it is now). `correlation_id` groups what belongs together; it defaults to the command id.
    """

    workspace: WorkspaceId
    command: Command
    command_id: CommandId
    by: Actor
    seen: int | None = None
    correlation_id: str | None = None
    causation_id: str | None = None


@record
class Outcome:
    """The answer to a command.

    `events` is empty when the command would have changed nothing. `repeated` says that this
    command id was answered before and that this is the first answer again. `version` is the
    version of the first stream after it; `position` is what a reader must have reached to see it.
    `state` is the first stream's state at that version; None when repeated.
    """

    stream: StreamId
    version: int
    events: tuple[Recorded[Any], ...]
    position: Position
    repeated: bool = False
    state: Any = None
