"""Lists by the clock beside each ticket: sorted by when it runs out, filtered by its state."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.ids import AgentId, RequesterId
from domain.sla.book import Book
from domain.sla.clock import ClockState
from domain.ticket.events import TicketAssigned, TicketPended, TicketResolved
from domain.ticket.words import Priority
from projections import queue, search, sla_board
from projections.sla_board import NextClock, next_clocks
from projections.ticket_filter import TicketFilter
from projections.ticket_query import Order, Sort
from tests.database import Databases
from tests.projections.log import KIM, Log, minute, opened, replied, ticket
from tests.projections.postgres import Views, views_on

YEAR = 365.0 * 24 * 60
"""In minutes."""

LATER = 200 * YEAR
"""When some tickets are opened: their clocks run, those of the others are late, whenever this runs.
"""

RUNNING, BREACHED, PAUSED = ClockState.RUNNING, ClockState.BREACHED, ClockState.PAUSED


@pytest.fixture(scope="module")
def desk(databases: Databases) -> Iterator[Views]:
    """Fifty tickets whose clocks run, stand still, are late, or have ended."""
    log = Log()
    for n in range(1, 51):
        at = LATER if n % 5 == 0 else n * 37 % 50
        stream = ticket(f"t{n}")
        log.write(stream, opened(n, at, priority=list(Priority)[n % 4]))
        if n % 2:
            agent = AgentId(f"a{n % 3}")
            log.write(stream, TicketAssigned(agent=agent, previous=None, by=KIM, at=minute(at + 1)))
        if n % 3 == 0:
            log.write(stream, replied("r", at + 2))
        if n % 7 == 0:
            log.write(stream, TicketPended(reason="asked", by=KIM, at=minute(at + 3)))
        if n % 11 == 0:
            done = TicketResolved(requester=RequesterId("ann"), code="x", by=KIM, at=minute(at + 4))
            log.write(stream, done)
    projections = (queue.PROJECTION, sla_board.PROJECTION, search.PROJECTION)
    with databases.fresh(migrated=False) as url, views_on(url) as made:
        made.catch_up(log, projections)
        yield made


def clocks(desk: Views) -> dict[str, NextClock]:
    names = [f"t{n}" for n in range(1, 51)]
    return next_clocks(desk.reader(), names, minute(100 * YEAR), Book())


def walked(desk: Views, wanted: TicketFilter | None, order: Order) -> list[int]:
    numbers: list[int] = []
    after: Any = None
    while True:
        page = queue.page(desk.reader(), wanted, order, after=after, limit=7)
        for row in page.rows:
            assert "due_at" not in row
            assert "due_number" not in row
        numbers += [row["number"] for row in page.rows]
        after = page.next
        if after is None:
            return numbers


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "wanted", [None, TicketFilter(backlog=True), TicketFilter(agents=("a1", None)),
               TicketFilter(text="printer")],
)  # fmt: skip
def test_pages_are_sorted_by_what_runs_out_next(
    desk: Views, wanted: TicketFilter | None, descending: bool
) -> None:
    of_ticket = clocks(desk)
    rows = queue.page(desk.reader(), wanted, limit=200).rows
    due = {
        row["number"]: of_ticket[row["ticket"]].due_at if row["ticket"] in of_ticket else None
        for row in rows
    }
    filled = sorted(
        (n for n, at in due.items() if at is not None),
        key=lambda n: (due[n], n),
        reverse=descending,
    )
    empty = sorted((n for n, at in due.items() if at is None), reverse=descending)
    assert filled
    assert empty
    assert walked(desk, wanted, Order(sort=Sort.DUE_AT, descending=descending)) == filled + empty


@pytest.mark.parametrize(
    "states", [(RUNNING,), (BREACHED,), (PAUSED,), (None,), (RUNNING, None), (PAUSED, BREACHED)]
)
def test_a_list_of_clocks_in_a_state(desk: Views, states: tuple[Any, ...]) -> None:
    of_ticket = clocks(desk)
    expected = {
        n
        for n in range(1, 51)
        if (of_ticket[f"t{n}"].state if f"t{n}" in of_ticket else None) in states
    }
    assert expected
    wanted = TicketFilter(sla=states)
    assert set(walked(desk, wanted, Order())) == expected
    assert queue.count(desk.reader(), wanted) == len(expected)


def test_a_list_of_what_runs_out_in_a_span(desk: Views) -> None:
    of_ticket = clocks(desk)
    instants = sorted(one.due_at for one in of_ticket.values() if one.due_at is not None)
    begin, end = instants[5], instants[15]
    expected = {
        int(name[1:])
        for name, one in of_ticket.items()
        if one.due_at is not None and begin <= one.due_at < end
    }
    wanted = TicketFilter(due_from=begin, also=TicketFilter(due_until=end))
    assert set(walked(desk, wanted, Order(sort=Sort.DUE_AT, descending=False))) == expected
