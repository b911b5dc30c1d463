"""Two processes decide on states in memory which the other one makes out of date."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.store import PostgresStore
from commands import COMMANDS
from commands.add_note import AddNote
from commands.assign import Assign
from commands.envelope import Command, Request
from commands.handle import Handler
from commands.merge import Merge
from commands.open_ticket import OpenTicket
from commands.people.agent import RegisterAgent
from commands.people.requester import RegisterRequester
from commands.rename import Rename
from commands.unmerge import Unmerge
from domain.actor import Actor, ActorKind
from domain.errors import Refused
from domain.ids import AgentId, CommandId, RequesterId, TicketId, category_of
from domain.states import FOLDS
from domain.ticket.events import TicketAssigned, TicketMerged, TicketRenamed
from projections import PROJECTIONS
from tests.contracts.requests import HERE
from tests.rig.world import Scenario, World

TICKETS = 3
DECIDED = "a decision stands on the state that was there before it"
KIM = Actor(kind=ActorKind.AGENT, id="kim")
"""Who asks for everything."""


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def processes(world: World) -> None:
    """A few tickets that all threads of two processes assign, rename, merge and part again."""
    numbers = PostgresNumbers(world.pool(2))
    handlers = [Handler(world.recording(4), numbers, _Clock(), COMMANDS) for _ in range(2)]
    ids = count(1)

    def ask(handler: Handler, random: Random, command: Command) -> str:
        command_id = CommandId(UUID(int=random.getrandbits(128), version=4))
        next(ids)
        try:
            done = handler.handle(
                Request(workspace=HERE, command=command, command_id=command_id, by=KIM)
            )
        except Refused:
            return ""
        return done.stream.partition(":")[2]

    first = world.random_of("desk")
    for agent in ("kim", "lee", "max"):
        ask(handlers[0], first, RegisterAgent(agent=AgentId(agent), display_name=agent))
    ann = RequesterId("ann")
    ask(handlers[0], first, RegisterRequester(requester=ann, display_name="Ann"))
    tickets = [
        TicketId(ask(handlers[0], first, OpenTicket(requester=ann, subject=f"Printer {n}")))
        for n in range(TICKETS)
    ]

    def work(n: int) -> None:
        random = world.random_of(n)
        for _ in range(10 * world.effort):
            ask(handlers[n % 2], random, _command(random, tickets))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    world.operations += next(ids)
    world.catch_up(*PROJECTIONS)
    for detail in _groundless(PostgresStore(world.pool(1))):
        world.find(DECIDED, detail)
    for projection in PROJECTIONS if world.effort > 1 else PROJECTIONS[:1]:
        world.verify(projection)
    world.catch_up()


def _command(random: Random, tickets: list[TicketId]) -> Command:
    ticket, other = random.sample(tickets, 2)
    return random.choice(
        (
            Assign(ticket=ticket, agent=AgentId(random.choice(("kim", "lee", "max")))),
            Assign(ticket=ticket, agent=AgentId(random.choice(("kim", "lee", "max")))),
            Rename(ticket=ticket, subject=f"Printer {random.randrange(100)}"),
            AddNote(ticket=ticket, body="It smokes."),
            Merge(ticket=ticket, into=other),
            Unmerge(ticket=ticket),
        )
    )


def _groundless(store: PostgresStore) -> Iterator[str]:
    """Events that say of the state before them what it was not."""
    states: dict[str, Any] = {}
    for lane in store.lanes():
        for recorded in store.page(lane, 0, 100_000):
            fold = FOLDS[category_of(recorded.stream)]
            state = states.get(recorded.stream, fold.initial)
            match recorded.event:
                case TicketAssigned(previous=previous) if previous != state.agent:
                    yield f"{recorded.stream}@{recorded.version}: {previous} was {state.agent}"
                case TicketRenamed(subject=subject) if subject == state.subject:
                    yield f"{recorded.stream}@{recorded.version}: it had that name already"
                case TicketMerged() if state.merged_into is not None:
                    yield f"{recorded.stream}@{recorded.version}: it was merged already"
            states[recorded.stream] = fold.evolve(state, recorded.event)


SCENARIOS = (Scenario("two processes decide", processes),)
