"""The main queries find their rows by an index, whatever the size of the tables.

Plans are looked at, not seconds: what reads or sorts a whole table with some thousand rows does so
with a million. And whatever the planner chooses, a page holds what it holds without any index.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.ids import AgentId, QueueId, RequesterId
from domain.sla.book import Book
from domain.sla.clock import ClockState
from domain.ticket.events import (
    TicketAssigned,
    TicketClosed,
    TicketPended,
    TicketQueued,
    TicketResolved,
)
from domain.ticket.words import ClosedBecause, Priority, Status
from projections import history, queue, requester_tickets, sla_board, timers
from projections.ports import Reader
from projections.queue import View
from projections.sla_board import ClockFilter
from projections.ticket_filter import TicketFilter
from projections.ticket_query import Order, Sort
from tests.database import Databases
from tests.projections.log import KIM, Log, minute, opened, replied, said, ticket
from tests.projections.many import multiply
from tests.projections.plans import Other, nodes
from tests.projections.postgres import Views, views_on

NOW = datetime(2026, 3, 3, tzinfo=UTC)
PROJECTIONS = (
    queue.PROJECTION,
    history.PROJECTION,
    sla_board.PROJECTION,
    requester_tickets.PROJECTION,
)
TABLES = {"ticket", "ticket_version", "sla_clock", "sla_ticket", "requester_ticket"}
Ask = Callable[[Reader], Any]


def desk() -> Log:
    """Forty tickets, a few of them open."""
    log = Log()
    ann = RequesterId("ann")
    for n in range(1, 41):
        stream = ticket(f"t{n}")
        log.write(stream, opened(n, n, subject=f"printer {n}", priority=list(Priority)[n % 4]))
        log.write(
            stream,
            TicketQueued(by=KIM, at=minute(60 + n), queue=QueueId(f"q{n % 3}"), previous=None),
            TicketAssigned(by=KIM, at=minute(61 + n), agent=AgentId(f"a{n % 5}"), previous=None),
            replied(f"r{n}", 62 + n),
            said(f"m{n}", 64 + n),
        )
        if n % 8 == 0:
            wake = minute(70 + n)
            log.write(stream, TicketPended(by=KIM, at=minute(65 + n), reason="ask", wake_at=wake))
        if n % 8 > 1:
            log.write(stream, TicketResolved(by=KIM, at=minute(66 + n), requester=ann, code="ok"))
        if n % 8 > 2:
            log.write(stream, TicketClosed(by=KIM, at=minute(67 + n), because=ClosedBecause.TIMER))
    return log


@pytest.fixture(scope="module")
def views(databases: Databases) -> Iterator[Views]:
    with databases.fresh(migrated=False) as url, views_on(url) as made:
        made.catch_up(desk(), PROJECTIONS)
        for projection in PROJECTIONS:
            multiply(made, projection, 300)
        yield made


def tickets(wanted: TicketFilter | None, order: Order | None = None) -> Ask:
    return lambda reader: queue.page(reader, wanted, order)


def past(wanted: TicketFilter | None, order: Order | None = None) -> Ask:
    return lambda reader: history.page_as_of(reader, NOW - timedelta(days=100), wanted, order)


def board(wanted: ClockFilter) -> Ask:
    return lambda reader: sla_board.page(reader, wanted, NOW, Book())


def _asked() -> dict[str, Ask]:
    asked: dict[str, Ask] = {}
    for view in View:
        asked[f"view {view}"] = tickets(queue.filter_of(view, "a1-3"), queue.order_of(view))
    for sort in Sort:
        for descending in (False, True):
            asked[f"{sort} {descending}"] = tickets(None, Order(sort=sort, descending=descending))
    for descending in (False, True):
        by_clock = Order(sort=Sort.DUE_AT, descending=descending)
        asked[f"backlog by clock {descending}"] = tickets(TicketFilter(backlog=True), by_clock)
    for name, wanted in {
        "queue": TicketFilter(queues=("q1-7",)),
        "agent": TicketFilter(agents=("a2-11",)),
        "requester": TicketFilter(requesters=("ann-7",)),
        "pending": TicketFilter(statuses=("pending",)),
    }.items():
        asked[f"tickets of {name}"] = tickets(wanted)
    for view in (View.UNRESOLVED, View.MINE, View.WAITING_FOR_US, View.RECENTLY_RESOLVED):
        asked[f"{view} of the past"] = past(queue.filter_of(view, "a1-3"), queue.order_of(view))
    for state in ClockState:
        asked[f"board {state}"] = board(ClockFilter(states=(state,)))
    return asked | {
        "clocks that are due": lambda r: sla_board.due_clocks(r, NOW, 100),
        "the next clock": sla_board.next_due,
        "ticket by number": lambda r: queue.ticket_by_number(r, 2_001),
        "the past": past(None),
        "a queue of the past": past(TicketFilter(queues=("q1-7",))),
        "a ticket of the past": lambda r: history.ticket_as_of(r, "t3-7", NOW),
        "versions": lambda r: history.versions(r, "t3-7"),
        "board": board(ClockFilter()),
        "board of a queue": board(ClockFilter(queues=("q1-7",))),
        "states of clocks": lambda r: sla_board.counts(r, NOW),
        "counters": lambda r: queue.counters(r, "a1-3"),
        "a requester's tickets": lambda r: requester_tickets.page(r, requester="ann-7"),
        "to be woken": lambda r: timers.due_wake_ups(r, NOW),
        "to be closed": lambda r: timers.due_closings(r, NOW, timedelta(days=1)),
    }


ASKED = _asked()


@pytest.mark.parametrize("name", ASKED)
def test_no_query_reads_or_sorts_a_whole_table(views: Views, name: str) -> None:
    with Other(views.url, plans=True) as reader:
        ASKED[name](reader)
        plans = reader.plans
    assert plans
    for node in (node for plan in plans for node in nodes(plan)):
        whole = node["Node Type"] == "Seq Scan" and node["Relation Name"] in TABLES
        assert not whole, node
        if node["Node Type"] == "Sort":
            assert node["Plan Rows"] < 2_000, node


@pytest.mark.parametrize("name", ASKED)
def test_a_page_holds_the_same_without_indexes(views: Views, name: str) -> None:
    off = ("enable_indexscan = off", "enable_indexonlyscan = off", "enable_bitmapscan = off")
    with Other(views.url, "TIME ZONE 'UTC'", *off) as plain:
        assert ASKED[name](views.reader()) == ASKED[name](plain)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("backlog", [None, True])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_a_gap(
    views: Views, sort: Sort, backlog: bool | None, descending: bool
) -> None:
    """Across the border between tickets with a value to sort by and those without one."""
    order = Order(sort=sort, descending=descending)
    wanted = TicketFilter(backlog=backlog, queues=("q1-7", "q1", "q2"))
    seen: list[int] = []
    after = None
    while True:
        page = queue.page(views.reader(), wanted, order, after=after, limit=37)
        seen += [row["number"] for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == queue.count(views.reader(), wanted)


_HELD = """
SELECT number FROM read.ticket_version
WHERE {which} AND updated_at <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)
"""


@pytest.mark.parametrize(
    ("which", "wanted"),
    [
        ("backlog", TicketFilter(backlog=True)),
        ("status = 'resolved'", TicketFilter(statuses=(Status.RESOLVED,))),
    ],
)
def test_the_past_has_every_row_that_held(views: Views, which: str, wanted: TicketFilter) -> None:
    """At instants at which rows begin and end, and between them."""
    reader = views.reader()
    edges = "SELECT DISTINCT updated_at AS at FROM read.ticket_version ORDER BY 1 LIMIT 5000"
    instants = [row["at"] for row in reader.fetch(edges)][::400]
    for at in [*instants, *(at + timedelta(seconds=7) for at in instants), NOW]:
        held = {row["number"] for row in reader.fetch(_HELD.format(which=which), {"at": at})}
        shown: set[int] = set()
        after, last = None, False
        while not last:
            page = history.page_as_of(reader, at, wanted, after=after, limit=200)
            shown |= {row["number"] for row in page.rows}
            after, last = page.next, page.next is None
        assert shown == held
        assert history.count_as_of(reader, at, wanted) == len(held)
