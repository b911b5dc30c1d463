"""What clocks reach is written down once, with its true instant, whoever watches, however late."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest

from adapters.clock import SetClock
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from api.watcher import DueByBoard, Watcher
from commands import COMMANDS
from commands.assign import Assign
from commands.envelope import Command, Outcome, Request
from commands.handle import Handler
from commands.open_ticket import OpenTicket
from commands.people.agent import JoinTeam, RegisterAgent
from commands.people.queue import CreateQueue
from commands.people.requester import RegisterRequester
from commands.people.team import CreateTeam
from commands.ports import Append, NewEvent, StoreUnavailable, StreamWrite
from commands.reply import Reply
from commands.states import States
from domain.actor import Actor, ActorKind
from domain.conditions import ALWAYS as EVERY_TICKET
from domain.ids import (
    SLA_BOOK,
    AgentId,
    CalendarId,
    CommandId,
    PolicyId,
    QueueId,
    RequesterId,
    TeamId,
    TicketId,
    ident_of,
    ticket_stream,
)
from domain.record import record
from domain.sla.book_events import PolicySet
from domain.sla.policy import ClockName, Options, Promise, Recipient, Step, Target
from domain.ticket.words import Priority
from projections import sla_board
from tests.projections.log import HOME
from tests.projections.postgres import Views, views_on

KIM = Actor(kind=ActorKind.AGENT, id="kim")
ANN = Actor(kind=ActorKind.REQUESTER, id="ann")
START = datetime.now(UTC).replace(microsecond=0)
MINUTE = 60.0
STEPS = (
    Step(name="half", share=0.5, notify=(Recipient.ASSIGNEE,)),
    Step(name="soon", before=5 * MINUTE, priority=Priority.HIGH),
    Step(
        name="late",
        after=10 * MINUTE,
        notify=(Recipient.QUEUE_LEAD, Recipient.MANAGER),
        queue=QueueId("experts"),
        level=2,
    ),
)


def minute(n: float) -> datetime:
    return START + timedelta(minutes=n)


@record
class House:
    """A desk that promises a first response within half an hour, round the clock."""

    views: Views
    store: PostgresStore
    clock: SetClock
    handler: Handler

    def ask(self, command: Command, by: Actor = KIM) -> Outcome:
        asked = Request(workspace=HOME, command=command, command_id=CommandId(uuid4()), by=by)
        return self.handler.handle(asked)

    def opens(self) -> TicketId:
        opening = OpenTicket(requester=RequesterId("ann"), subject="Fire", queue=QueueId("first"))
        return TicketId(ident_of(self.ask(opening, ANN).stream))

    def watcher(self, handler: Handler | None = None) -> Watcher:
        def reached() -> Any:
            return self.views.store.positions(sla_board.PROJECTION.name)

        board = DueByBoard(self.views.reader)
        return Watcher(handler or self.handler, self.clock, board, lambda: [HOME], reached)

    def catch_up(self) -> None:
        self.views.catch_up(self.store, (sla_board.PROJECTION,))

    def at(self, n: float, *watchers: Watcher) -> None:
        """What is written at that minute, until there is no more."""
        self.clock.instant = minute(n)
        with ThreadPoolExecutor(4) as hands:
            for _ in range(3):
                self.catch_up()
                for watcher in watchers or (self.watcher(),):
                    watcher.round(hands)

    def said(self, ticket: TicketId, prefix: str = "") -> list[Any]:
        events = [r.event for r in self.store.load(HOME, ticket_stream(ticket))]
        return [e for e in events if type(e).__name__.startswith(prefix)]

    def kinds(self, ticket: TicketId) -> list[tuple[str, datetime]]:
        return [(type(e).__name__, e.at) for e in self.said(ticket)[1:]]


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    with ExitStack() as stack:
        views = stack.enter_context(views_on(database_url))
        views.store.prepare(sla_board.PROJECTION, [0])
        pool = stack.enter_context(open_pool(database_url))
        store, clock = PostgresStore(pool), SetClock(START)
        handler = Handler(store, PostgresNumbers(pool), clock, COMMANDS)
        house = House(views=views, store=store, clock=clock, handler=handler)
        promises_half_an_hour(store)
        for command in (
            RegisterAgent(agent=AgentId("kim"), display_name="Kim"),
            RegisterAgent(agent=AgentId("lee"), display_name="Lee"),
            CreateTeam(team=TeamId("line"), display_name="Line", lead=AgentId("lee")),
            JoinTeam(agent=AgentId("kim"), team=TeamId("line")),
            CreateQueue(queue=QueueId("first"), display_name="First", lead=AgentId("kim")),
            CreateQueue(queue=QueueId("experts"), display_name="Experts"),
            RegisterRequester(requester=RequesterId("ann"), display_name="Ann"),
        ):
            house.ask(command)
        yield house


def promises_half_an_hour(store: PostgresStore) -> None:
    always = CalendarId("24x7")
    policy = PolicySet(
        policy=PolicyId("gold"),
        name="Gold",
        rank=1,
        condition=EVERY_TICKET,
        promises=(
            Promise(
                clock=ClockName.FIRST_RESPONSE,
                targets={p: Target(seconds=30 * MINUTE, calendar=always) for p in Priority},
                steps=STEPS,
            ),
        ),
        options=Options(),
        effective_at=START,
        by=KIM,
        at=START,
    )
    store.append(
        Append(
            workspace=HOME,
            command_id=CommandId(uuid4()),
            fingerprint="test",
            correlation_id="test",
            recorded_at=START,
            writes=(
                StreamWrite(stream=SLA_BOOK, expected_version=0, events=(NewEvent(event=policy),)),
            ),
        )
    )


def test_each_step_is_written_at_its_instant_with_what_follows_from_it(house: House) -> None:
    ticket = house.opens()
    house.ask(Assign(ticket=ticket, agent=AgentId("kim"), team=TeamId("line")))
    watcher = house.watcher()
    house.at(14, watcher)
    assert house.kinds(ticket)[1:] == []
    house.at(15, watcher)
    assert house.kinds(ticket)[1:] == [], "what happens at the instant itself comes first"
    house.at(15.01, watcher)
    assert house.kinds(ticket)[1:] == [
        ("SlaWarningRaised", minute(15)),
        ("AgentNotified", minute(15.01)),
    ]
    house.at(26, watcher)
    assert house.kinds(ticket)[3:] == [
        ("SlaWarningRaised", minute(25)),
        ("TicketPrioritised", minute(26)),
    ]
    house.at(31, watcher)
    assert house.kinds(ticket)[5:] == [("SlaBreached", minute(30))]
    house.at(41, watcher)
    assert house.kinds(ticket)[6:] == [
        ("SlaEscalated", minute(40)),
        ("AgentNotified", minute(41)),
        ("AgentNotified", minute(41)),
        ("TicketQueued", minute(41)),
        ("TicketEscalated", minute(41)),
    ]
    told = [(e.agent, e.role) for e in house.said(ticket, "AgentNotified")]
    assert told == [("kim", "assignee"), ("kim", "queue_lead"), ("lee", "manager")]
    actors = {(e.by.kind, e.by.id, e.by.rule_version) for e in house.said(ticket)[2:]}
    assert actors == {(ActorKind.RULE, "gold", 1)}
    house.at(500, watcher)
    assert len(house.said(ticket)) == 12


def test_after_hours_without_a_watcher_everything_is_late_and_true(house: House) -> None:
    tickets = [house.opens() for _ in range(5)]
    house.at(600)
    for ticket in tickets:
        said = [e for e in house.said(ticket) if type(e).__name__.startswith("Sla")]
        assert [e.at for e in said] == [minute(15), minute(25), minute(30), minute(40)]


def test_many_watchers_write_everything_once(house: House) -> None:
    tickets = [house.opens() for _ in range(20)]
    house.clock.instant = minute(45)
    house.catch_up()
    stop = Event()
    watchers = [Thread(target=house.watcher(another(house)).run, args=[stop]) for _ in range(4)]
    for thread in watchers:
        thread.start()
    written = eventually(
        lambda: all(len(house.said(ticket, "Sla")) == 4 for ticket in tickets), house.catch_up
    )
    stop.set()
    for thread in watchers:
        thread.join()
    assert written
    for ticket in tickets:
        said = [(type(e).__name__, e.at) for e in house.said(ticket, "Sla")]
        assert len(set(said)) == len(said) == 4


def another(house: House) -> Handler:
    """As in another process: it knows nothing of what the others do."""
    return Handler(
        house.store,
        PostgresNumbers(house.views.pool),
        house.clock,
        COMMANDS,
        States(house.store),
    )


def eventually(check: Callable[[], bool], meanwhile: Callable[[], None]) -> bool:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        meanwhile()
        if check():
            return True
        sleep(0.02)
    return False


class LosesItsAnswers(Handler):
    """The log has what was asked for, and nobody hears of it: a crash after the commit."""

    def handle(self, request: Request) -> Outcome:
        super().handle(request)
        raise StoreUnavailable("gone")


def test_a_crash_after_the_commit_doubles_nothing(house: House) -> None:
    ticket = house.opens()
    house.clock.instant = minute(31)
    house.catch_up()
    numbers = PostgresNumbers(house.views.pool)
    crashing = house.watcher(LosesItsAnswers(house.store, numbers, house.clock, COMMANDS))
    with ThreadPoolExecutor(2) as hands, pytest.raises(StoreUnavailable):
        crashing.round(hands)
    assert len(house.said(ticket, "Sla")) == 3
    # Its view has not moved yet, and it asks for the same again.
    with ThreadPoolExecutor(2) as hands:
        assert house.watcher().round(hands) == 1
    house.at(32)
    assert len(house.said(ticket, "Sla")) == 3


def test_what_was_answered_meanwhile_is_not_breached(house: House) -> None:
    ticket = house.opens()
    house.at(26)
    house.clock.instant = minute(29)
    house.catch_up()
    house.ask(Reply(ticket=ticket, body="On our way."))  # the board has not seen it
    house.clock.instant = minute(31)
    with ThreadPoolExecutor(2) as hands:
        house.watcher().round(hands)
    assert house.said(ticket, "SlaBreached") == []


def test_a_breach_that_nobody_saw_is_told_though_the_answer_came(house: House) -> None:
    ticket = house.opens()
    house.clock.instant = minute(35)
    house.ask(Reply(ticket=ticket, body="Sorry for the delay."))
    house.at(40)
    (breach,) = house.said(ticket, "SlaBreached")
    assert breach.at == minute(30)
    assert house.said(ticket, "TicketPrioritised") == [], "it needs nobody's attention any more"


def test_how_late_it_was_can_be_measured(house: House) -> None:
    house.opens()
    late: list[float] = []

    def reached() -> Any:
        return house.views.store.positions(sla_board.PROJECTION.name)

    board = DueByBoard(house.views.reader)
    watcher = Watcher(house.handler, house.clock, board, lambda: [HOME], reached, late=late.append)
    house.at(31, watcher)
    assert sorted(late) == [1 * MINUTE, 6 * MINUTE, 16 * MINUTE]


def test_a_quiet_desk_is_asked_for_nothing(house: House) -> None:
    house.opens()
    house.catch_up()
    asked = []

    class Counting(DueByBoard):
        def next_at(self, workspace: Any, since: datetime | None = None) -> datetime | None:
            asked.append(workspace)
            return super().next_at(workspace, since)

    def reached() -> Any:
        return house.views.store.positions(sla_board.PROJECTION.name)

    board = Counting(house.views.reader)
    watcher = Watcher(house.handler, house.clock, board, lambda: [HOME], reached)
    with ThreadPoolExecutor(2) as hands:
        assert [watcher.round(hands) for _ in range(10)] == [0] * 10
    assert asked == [HOME]
