"""given(*events).when(command).then(*events): what the rules say, without a store.

    given(OPENED, RESOLVED).when(Reopen(ticket=TICKET, reason="Again")).then(
        happened(TicketReopened, reason="Again")
    )

Expectations are exact: these events, in this order, with these fields, and nothing in any other
stream. A command that touches several tickets is expected with `then_in({stream: [events]})`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from commands import COMMANDS
from commands.envelope import Command, Context, TicketNumberNeeded
from domain.actor import Actor, ActorKind
from domain.errors import Refused
from domain.happened import Happened
from domain.ids import (
    DESK_RULES,
    AgentId,
    CommandId,
    EventId,
    OrganisationId,
    QueueId,
    RequesterId,
    StreamId,
    TeamId,
    TicketId,
    TicketNumber,
    WorkspaceId,
    agent_stream,
    event_id,
    organisation_stream,
    queue_stream,
    requester_stream,
    team_stream,
    ticket_stream,
)
from domain.people.agent import AgentDeactivated, AgentRegistered
from domain.people.organisation import OrganisationRegistered
from domain.people.queue import QueueCreated, QueueRetired
from domain.people.requester import RequesterRegistered
from domain.people.team import TeamCreated, TeamRetired
from domain.recorded import Recorded
from domain.states import fold_stream
from domain.ticket.aspects import Aspect
from domain.ticket.events import TicketOpened
from domain.ticket.state import Ticket
from tests.macros import macros

WORKSPACE = WorkspaceId("default")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

KIM = Actor(kind=ActorKind.AGENT, id="kim")
LEE = Actor(kind=ActorKind.AGENT, id="lee")
MINA = Actor(kind=ActorKind.REQUESTER, id="mina")
BOT = Actor(kind=ActorKind.RULE, id="bot", rule_version=3)

TICKET = TicketId("t-1")
OTHER = TicketId("t-2")
COMMAND = CommandId(UUID("00000000-0000-0000-0000-00000000c0de"))

E = TypeVar("E", bound=Happened)


def happened(event: Callable[..., E], *, by: Actor = KIM, at: datetime = NOW, **fields: Any) -> E:
    """An event by Kim at NOW unless said otherwise."""
    return event(by=by, at=at, **fields)


def event_of(version: int, ticket: TicketId = TICKET) -> EventId:
    """The id of a ticket's event, counted from 1."""
    return event_id(WORKSPACE, ticket_stream(ticket), version)


def after(**delay: float) -> datetime:
    """NOW plus days=, hours=, minutes= ..."""
    return NOW + timedelta(**delay)


OPENED = happened(
    TicketOpened,
    by=MINA,
    number=TicketNumber(1),
    requester=RequesterId("mina"),
    subject="The printer is on fire",
    description="Since this morning.",
)

PEOPLE: Mapping[StreamId, Sequence[Happened]] = {
    team_stream(TeamId("first-line")): [
        happened(TeamCreated, team=TeamId("first-line"), name="First line")
    ],
    team_stream(TeamId("experts")): [happened(TeamCreated, team=TeamId("experts"), name="Experts")],
    team_stream(TeamId("gone-team")): [
        happened(TeamCreated, team=TeamId("gone-team"), name="Gone"),
        happened(TeamRetired, team=TeamId("gone-team")),
    ],
    agent_stream(AgentId("kim")): [
        happened(AgentRegistered, agent=AgentId("kim"), name="Kim", teams=(TeamId("first-line"),))
    ],
    agent_stream(AgentId("lee")): [
        happened(
            AgentRegistered,
            agent=AgentId("lee"),
            name="Lee",
            teams=(TeamId("experts"), TeamId("first-line")),
        )
    ],
    agent_stream(AgentId("gone")): [
        happened(AgentRegistered, agent=AgentId("gone"), name="Gone"),
        happened(AgentDeactivated, agent=AgentId("gone"), reason="Left."),
    ],
    queue_stream(QueueId("hardware")): [
        happened(QueueCreated, queue=QueueId("hardware"), name="Hardware")
    ],
    queue_stream(QueueId("billing")): [
        happened(QueueCreated, queue=QueueId("billing"), name="Billing")
    ],
    queue_stream(QueueId("gone-queue")): [
        happened(QueueCreated, queue=QueueId("gone-queue"), name="Gone"),
        happened(QueueRetired, queue=QueueId("gone-queue")),
    ],
    organisation_stream(OrganisationId("acme")): [
        happened(OrganisationRegistered, organisation=OrganisationId("acme"), name="Acme")
    ],
    requester_stream(RequesterId("mina")): [
        happened(RequesterRegistered, requester=RequesterId("mina"), name="Mina", language="ko")
    ],
    requester_stream(RequesterId("juno")): [
        happened(
            RequesterRegistered,
            requester=RequesterId("juno"),
            name="Juno",
            organisation=OrganisationId("acme"),
            region="emea",
        )
    ],
    **macros(KIM, LEE, NOW),
}
"""Who is there in every test: agents kim, lee and gone, requesters mina and juno ..."""


@dataclass
class Log:
    """Streams of events in memory, and commands decided on them by the real deciders."""

    streams: dict[StreamId, list[Happened]] = field(
        default_factory=lambda: {stream: list(events) for stream, events in PEOPLE.items()}
    )
    numbers: int = 0

    def state(self, stream: StreamId) -> Any:
        return fold_stream(stream, self.streams.get(stream, ()))

    def ticket(self, ticket: TicketId = TICKET) -> Ticket:
        state: Ticket = self.state(ticket_stream(ticket))
        return state

    def history(self, stream: StreamId) -> tuple[Recorded[Any], ...]:
        return tuple(
            Recorded(
                workspace=WORKSPACE,
                stream=stream,
                version=version,
                lane=0,
                position=version,
                event=event,
                recorded_at=event.at,
                command_id=COMMAND,
                correlation_id=str(COMMAND),
            )
            for version, event in enumerate(self.streams.get(stream, ()), start=1)
        )

    def decide(
        self,
        command: Command,
        *,
        by: Actor = KIM,
        at: datetime = NOW,
        command_id: CommandId = COMMAND,
    ) -> dict[StreamId, list[Happened]]:
        """The events per stream, empty ones left out. Raises a Refused."""
        streams = command.writes(command_id)
        history = self.history(streams[0]) if command.needs_history else ()
        known = self._known(command, by, command_id)
        context = Context(
            by=by,
            at=at,
            command_id=command_id,
            rules=self.state(DESK_RULES),
            known=known,
            history=history,
        )
        states = [self.state(stream) for stream in streams]
        decide = COMMANDS[type(command)]
        try:
            decision = decide(command, *states, context)
        except TicketNumberNeeded:
            self.numbers += 1
            context = replace(context, number=TicketNumber(1000 + self.numbers))
            decision = decide(command, *states, context)
        if not isinstance(decision, Mapping):
            decision = {streams[0]: decision}
        return {stream: list(events) for stream, events in decision.items() if events}

    def _known(self, command: Command, by: Actor, command_id: CommandId) -> dict[StreamId, Any]:
        """The states of all that the command looks at."""
        streams = command.writes(command_id)
        history = self.history(streams[0]) if command.needs_history else ()
        involved = command.involves(self.state(streams[0]), history)
        known = {s: self.state(s) for s in (*streams, *command.reads(), *involved)}
        while further := set(command.leads_to(by, known)) - known.keys():
            known |= {stream: self.state(stream) for stream in further}
        return known

    def overwritten(self, command: Command, by: Actor = KIM) -> frozenset[Aspect]:
        """What the command overwrites, as things stand."""
        return command.overwrites(by, self._known(command, by, COMMAND))

    def ask(self, command: Command, **how: Any) -> dict[StreamId, list[Happened]]:
        """Decide, and append what was decided."""
        decision = self.decide(command, **how)
        for stream, events in decision.items():
            self.streams.setdefault(stream, []).extend(events)
        return decision


@dataclass
class When:
    """What a command led to: events per stream, or a refusal."""

    stream: StreamId
    decision: dict[StreamId, list[Happened]] = field(default_factory=dict)
    refusal: Refused | None = None

    def then(self, *events: Happened) -> None:
        """These events in the first stream of the command, and nothing anywhere else."""
        self.then_in({self.stream: list(events)})

    def then_in(self, expected: Mapping[StreamId, Sequence[Happened]]) -> None:
        """These events in these streams, and nothing anywhere else."""
        self._not_refused()
        assert self.decision == {stream: list(events) for stream, events in expected.items()}

    def then_nothing(self) -> None:
        self._not_refused()
        assert self.decision == {}

    def then_refused(self, refusal: type[Refused], saying: str = "", **details: object) -> None:
        """Refused by exactly this type, with these details among others."""
        assert self.refusal is not None, f"not refused, but decided {self.decision}"
        assert type(self.refusal) is refusal, repr(self.refusal)
        assert saying in self.refusal.message
        given = {name: self.refusal.details.get(name) for name in details}
        assert given == details

    def _not_refused(self) -> None:
        if self.refusal is not None:
            raise AssertionError(f"refused: {self.refusal.message}") from self.refusal


@dataclass
class Given:
    log: Log

    def and_given(self, stream: StreamId, *events: Happened) -> "Given":
        """Events of another stream, after those it has."""
        self.log.streams.setdefault(stream, []).extend(events)
        return self

    def when(
        self,
        command: Command,
        *,
        by: Actor = KIM,
        at: datetime = NOW,
        command_id: CommandId = COMMAND,
    ) -> When:
        stream = command.writes(command_id)[0]
        try:
            decision = self.log.decide(command, by=by, at=at, command_id=command_id)
        except Refused as refusal:
            return When(stream, refusal=refusal)
        return When(stream, decision=decision)


def given(*events: Happened) -> Given:
    """These events of TICKET, and the people of PEOPLE."""
    return Given(Log()).and_given(ticket_stream(TICKET), *events)


def command_id(name: str) -> CommandId:
    """A command id that differs for each name."""
    return CommandId(uuid5(COMMAND, name))
