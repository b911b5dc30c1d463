"""The board shows the clocks that the judge of clocks sees, and finds those that matter."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain.happened import Happened
from domain.ids import AgentId, QueueId, RequesterId
from domain.record import with_changes
from domain.sla import judge
from domain.sla.book import Book
from domain.sla.clock import Clock, ClockState
from domain.sla.policy import ClockName
from domain.ticket.events import TicketAssigned, TicketPended, TicketResolved
from domain.ticket.words import Priority
from projections import sla_board
from projections.sla_board import ClockFilter, counts, page
from projections.sla_board.rows import CLOCK, TICKET
from projections.sla_board.state_text import from_text, track_from_text
from tests import given as house
from tests.projections.kept import applied
from tests.projections.log import KIM, Log, minute, opened, replied, ticket
from tests.projections.postgres import Views
from tests.strategies import histories

URGENT: dict[str, Any] = {"priority": Priority.URGENT}
NOW = minute(60)


def resolved(at: float) -> Happened:
    return TicketResolved(requester=RequesterId("ann"), code="fixed", by=KIM, at=minute(at))


def pended(at: float) -> Happened:
    return TicketPended(reason="asked", by=KIM, at=minute(at))


def assigned(at: float) -> Happened:
    return TicketAssigned(agent=AgentId("kim"), previous=None, by=KIM, at=minute(at))


@pytest.fixture
def desk(views: Views) -> Views:
    """Urgent tickets: half an hour to answer, four to resolve, round the clock."""
    log = Log()
    log.write(ticket("met"), opened(1, **URGENT), replied("a", 10), resolved(50))
    log.write(ticket("late"), opened(2, 5, **URGENT), assigned(6))
    log.write(ticket("waits"), opened(3, 20, **URGENT, queue=QueueId("first")), pended(30))
    log.write(ticket("runs"), opened(4, 40, **URGENT, queue=QueueId("first")))
    views.catch_up(log, (sla_board.PROJECTION,))
    return views


def shown(desk: Views, **wanted: Any) -> list[tuple[str, str, str]]:
    rows = page(desk.reader(), ClockFilter(**wanted), NOW, Book()).rows
    return [(row.ticket, row.clock.name.value, row.clock.state.value) for row in rows]


def test_clocks_in_the_order_in_which_they_come_due(desk: Views) -> None:
    assert shown(desk) == [
        ("met", "first_response", "met"),
        ("late", "first_response", "breached"),
        ("waits", "first_response", "breached"),
        ("runs", "first_response", "running"),
        ("met", "resolution", "met"),
        ("late", "resolution", "running"),
        ("runs", "resolution", "running"),
        ("waits", "resolution", "paused"),
    ]


def test_the_board_can_be_narrowed(desk: Views) -> None:
    running, first = (ClockState.RUNNING,), (ClockName.FIRST_RESPONSE,)
    assert [r[0] for r in shown(desk, states=running, clocks=first)] == ["runs"]
    assert [r[0] for r in shown(desk, states=(ClockState.BREACHED,))] == ["late", "waits"]
    assert {r[0] for r in shown(desk, agents=("kim",))} == {"late"}
    assert {r[0] for r in shown(desk, agents=(None,), queues=("first",))} == {"waits", "runs"}


def test_pages_follow_each_other(desk: Views) -> None:
    seen: list[tuple[str, str]] = []
    after, more = None, True
    while more:
        found = page(desk.reader(), ClockFilter(), NOW, Book(), after=after, limit=3)
        seen += [(row.ticket, row.clock.name.value) for row in found.rows]
        after, more = found.next, found.next is not None
    assert seen == [row[:2] for row in shown(desk)]
    with pytest.raises(ValueError, match="page"):
        page(desk.reader(), ClockFilter(), NOW, Book(), limit=0)


def test_a_clock_goes_on_without_an_event(desk: Views) -> None:
    def first_response(now: datetime) -> Clock:
        wanted = ClockFilter(clocks=(ClockName.FIRST_RESPONSE,), queues=("first",))
        rows = page(desk.reader(), wanted, now, Book()).rows
        return next(row.clock for row in rows if row.ticket == "runs")

    assert first_response(NOW).elapsed == 20 * 60
    assert first_response(NOW).remaining == 10 * 60
    assert first_response(minute(71)).state is ClockState.BREACHED
    assert first_response(minute(71)).breached_at == minute(70)


def test_how_many_clocks_are_in_each_state(desk: Views) -> None:
    first = counts(desk.reader(), NOW)[ClockName.FIRST_RESPONSE]
    assert first == {
        ClockState.RUNNING: 1,
        ClockState.PAUSED: 0,
        ClockState.MET: 1,
        ClockState.BREACHED: 2,
        ClockState.CANCELLED: 0,
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories(steps=16))
def test_rows_hold_what_the_judge_of_clocks_sees(history: tuple[house.Log, datetime]) -> None:
    made, last = history
    now = last + timedelta(hours=5)
    for stream in (s for s in made.streams if s.startswith("ticket:")):
        events = made.history(stream)
        tables = applied(sla_board.PROJECTION, events, [2, 5])
        (row,) = tables[TICKET.name].values()
        state, _ = from_text(str(row.state), Book())
        over = [
            track_from_text(clock.body, Book())
            for clock in tables[CLOCK.name].values()
            if clock.body is not None
        ]
        tracks = {track.key: track for track in (*over, *state.tracks)}
        whole = with_changes(state, tracks=tuple(tracks.values()))
        read = {(c.name, c.instance): c for c in judge.reading(whole, Book(), now)}
        judged = judge.clocks(events, Book(), now)
        assert read == {(clock.name, clock.instance): clock for clock in judged}
        assert len(tables[CLOCK.name]) == len(judged)
