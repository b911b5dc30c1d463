"""A handler on a log in memory, for tests of how commands are handled."""

from adapters.clock import SetClock
from adapters.memory import MemoryNumbers, MemoryStore
from commands import COMMANDS
from commands.envelope import Command, Outcome, Request
from commands.handle import Handler
from commands.open_ticket import OpenTicket
from commands.people.agent import RegisterAgent
from commands.people.requester import RegisterRequester
from domain.actor import Actor
from domain.ids import AgentId, RequesterId, TicketId, ident_of, ticket_stream
from domain.ticket.events import TicketEvent
from domain.ticket.state import Ticket, fold
from tests.given import KIM, NOW, WORKSPACE, command_id


class Desk:
    """A handler on an empty log, with the people that the tests need."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.store = store or MemoryStore()
        self.clock = SetClock(NOW)
        self.numbers = MemoryNumbers()
        self.handler = Handler(self.store, self.numbers, self.clock, COMMANDS)
        self.asked = 0
        self.ask(RegisterRequester(requester=RequesterId("mina"), display_name="Mina"))
        self.ask(RegisterAgent(agent=AgentId("kim"), display_name="Kim"))

    def ask(
        self,
        command: Command,
        *,
        seen: int | None = None,
        name: str | None = None,
        by: Actor = KIM,
    ) -> Outcome:
        self.asked += 1
        return self.handler.handle(
            Request(
                workspace=WORKSPACE,
                command=command,
                command_id=command_id(name or f"command {self.asked}"),
                by=by,
                seen=seen,
            )
        )

    def open(self) -> TicketId:
        outcome = self.ask(OpenTicket(requester=RequesterId("mina"), subject="Help"))
        return TicketId(ident_of(outcome.stream))

    def events(self, ticket: TicketId) -> list[TicketEvent]:
        return [r.event for r in self.store.load(WORKSPACE, ticket_stream(ticket))]

    def ticket(self, ticket: TicketId) -> Ticket:
        return fold(self.events(ticket))
