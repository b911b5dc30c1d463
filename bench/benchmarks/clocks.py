"""Breaches written down after their instant, and the watcher's cost, beside many running clocks.

All tickets are open and have two clocks that run. Most come due tomorrow or later; some, one after
the other, while it is measured.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import quantiles
from threading import Event, Thread
from uuid import uuid4

import psycopg

from adapters.packing import pack
from adapters.processes import cores
from api.services import Services
from api.watcher import TICK
from api.wiring.histories import bulk_store
from bench.context import Bench
from bench.desk import REQUESTER, WORKSPACE, people, services
from bench.figure import Figure, at_most
from commands.envelope import Request
from commands.ports import Append, NewEvent, StreamWrite
from commands.sla.policies import SetPolicy
from commands.sla.rejudge import RejudgeHistory
from domain.actor import Actor, ActorKind
from domain.conditions import ALWAYS as EVERY_TICKET
from domain.ids import (
    CalendarId,
    CommandId,
    PolicyId,
    RequesterId,
    TicketId,
    TicketNumber,
    ticket_stream,
)
from domain.sla.policy import ClockName, Promise, Target
from domain.ticket.events import TicketOpened
from domain.ticket.words import Priority
from projections import sla_board
from projections.rebuild import rebuild
from projections.run import Runner

_DAY = timedelta(days=1)
_PROMISED = 30 * _DAY
_RATE = 20  # clocks that come due in a second
_BATCH = 2_000  # tickets that are written together
_AHEAD = 3.0  # seconds from the writing of tickets until the first of them is due
_BY = Actor(kind=ActorKind.REQUESTER, id=REQUESTER)


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    window = bench.scale.watched
    with services(url) as opened:
        people(opened)
        _promise(opened)
        tickets = bench.scale.clocks // 2
        bench.say(f"clocks: {tickets:,} open tickets are written")
        tomorrow = datetime.now(UTC) + _DAY
        _write(opened, [tomorrow + timedelta(seconds=n) for n in range(tickets)])
        bench.say(f"clocks: the board of {tickets:,}")
        rebuild(sla_board.PROJECTION, opened.feed, opened.rows, loader=opened.loader(cores()))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE single (at timestamptz, late interval)")
        idle: list[float] = []
        bare: list[float] = []
        late: list[list[float]] = []
        plain: list[list[float]] = []
        for _ in range(bench.scale.rounds):
            bench.say(f"clocks: {window:g} s in which nothing is due, then in which some are")
            with watching(opened) as spent:
                time.sleep(window)
            idle.append(spent[0] / window)
            bare.append(_polling(url, window) / window)
            first = datetime.now(UTC) + timedelta(seconds=_AHEAD)
            due = [first + timedelta(seconds=n / _RATE) for n in range(int(window * _RATE))]
            with watching(opened):
                written = _write(opened, due)
                plain.append(_sleeping(url, due))
                late.append(_lateness(opened, written))
    named = f"{bench.scale.clocks:,} running clocks"
    yield Figure(
        name="clocks.late",
        what=f"breach written after its instant, {named}, p99",
        unit="ms",
        values=[_p99(one) for one in late],
        yardstick="a bare program that sleeps until the instant, inserts and commits a row",
        yardsticks=[_p99(one) for one in plain],
        aims=(at_most(1_000, "p99_ms"),),
        p99_ms=_p99([ms for one in late for ms in one]),
        yardstick_p99_ms=_p99([ms for one in plain for ms in one]),
    )
    yield Figure(
        name="clocks.idle",
        what=f"share of a core that the idle watcher takes, {named}",
        unit="share",
        values=idle,
        yardstick="a bare program that asks for the next instant as often",
        yardsticks=bare,
        aims=(at_most(0.02, "value"),),
    )


def _promise(opened: Services) -> None:
    """Thirty days to answer and sixty to resolve, round the clock, for older tickets as well."""
    always = CalendarId("24x7")
    seconds = _PROMISED.total_seconds()
    command = SetPolicy(
        policy=PolicyId("bench"),
        display_name="Bench",
        rank=1,
        condition=EVERY_TICKET,
        promises=tuple(
            Promise(
                clock=clock,
                targets={p: Target(seconds=seconds * times, calendar=always) for p in Priority},
            )
            for clock, times in ((ClockName.FIRST_RESPONSE, 1), (ClockName.RESOLUTION, 2))
        ),
    )
    opened.handler.handle(
        Request(workspace=WORKSPACE, command=command, command_id=CommandId(uuid4()), by=_BY)
    )
    opened.handler.handle(
        Request(
            workspace=WORKSPACE,
            command=RejudgeHistory(since=datetime(2020, 1, 1, tzinfo=UTC), reason="As of old."),
            command_id=CommandId(uuid4()),
            by=_BY,
        )
    )


def _write(opened: Services, due: list[datetime]) -> list[TicketId]:
    """Open tickets whose first response is due at these instants."""
    tickets = [TicketId(str(uuid4())) for _ in due]
    with bulk_store(opened) as store:
        numbers = map(TicketNumber, opened.numbers.take(WORKSPACE, len(due)))
        batch = []
        for ticket, number, at in zip(tickets, numbers, due, strict=True):
            batch.append(pack(_opening(ticket, number, at - _PROMISED)))
            if len(batch) == _BATCH:
                store.append_history(batch)
                batch = []
        store.append_history(batch)
    return tickets


def _opening(ticket: TicketId, number: TicketNumber, at: datetime) -> Append:
    event = TicketOpened(
        number=number, requester=RequesterId(REQUESTER), subject="Printer is broken", by=_BY, at=at
    )
    return Append(
        workspace=WORKSPACE,
        command_id=CommandId(uuid4()),
        fingerprint="bench",
        correlation_id="bench",
        recorded_at=datetime.now(UTC),
        writes=(
            StreamWrite(
                stream=ticket_stream(ticket), expected_version=0, events=(NewEvent(event=event),)
            ),
        ),
    )


@contextmanager
def watching(opened: Services) -> Iterator[list[float]]:
    """A board that is kept and a watcher at work; at the end, the watcher's seconds of a core."""
    stop, spent = Event(), [0.0]

    def watch() -> None:
        begun = time.thread_time()
        opened.watcher.run(stop)
        spent[0] = time.thread_time() - begun

    # The other views have nothing to do with it, and half a million tickets to catch up with.
    runner = Runner(opened.feed, opened.rows, (sla_board.PROJECTION,))
    threads = [Thread(target=watch), Thread(target=partial(runner.run, stop))]
    for thread in threads:
        thread.start()
    try:
        yield spent
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _polling(url: str, seconds: float) -> float:
    """Seconds of a core for a bare look as often as the watcher looks."""
    begun, ends = time.thread_time(), time.monotonic() + seconds
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < ends:
            connection.execute(
                "SELECT min(watch_at) FROM read.sla_clock WHERE watch_at IS NOT NULL"
            ).fetchone()
            time.sleep(TICK)
    return time.thread_time() - begun


def _sleeping(url: str, due: list[datetime]) -> list[float]:
    """Milliseconds after each instant at which a bare program has written a row about it."""
    late = []
    with psycopg.connect(url, autocommit=True) as connection:
        for at in due:
            time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))
            connection.execute("INSERT INTO single VALUES (%s, now() - %s)", [at, at])
            late.append((datetime.now(UTC) - at).total_seconds() * 1_000)
    return late


def _lateness(opened: Services, tickets: list[TicketId]) -> list[float]:
    """Milliseconds from each ticket's due instant to when the log had the breach."""
    ends = time.monotonic() + 60
    late: dict[TicketId, float] = {}
    while len(late) < len(tickets):
        if time.monotonic() > ends:
            raise RuntimeError(f"{len(tickets) - len(late)} breaches were not written.")
        for ticket in tickets:
            if ticket not in late:
                events = opened.store.load(WORKSPACE, ticket_stream(ticket), after=1)
                if events:
                    taken = events[0].recorded_at - events[0].event.at
                    late[ticket] = taken.total_seconds() * 1_000
        time.sleep(0.1)
    return list(late.values())


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[-1] if len(values) > 1 else values[0]
