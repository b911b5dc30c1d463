"""The queue: every ticket as it is now, in pages, with the counters of the predefined views."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from domain.ids import ident_of
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.words import Priority, Status
from projections.columns import columns_of
from projections.ports import Key, Projection, Reader, Rows, Table
from projections.search.subjects import with_candidates
from projections.ticket_filter import TicketFilter, conditions
from projections.ticket_query import (
    CursorKey,
    Order,
    Sort,
    Source,
    TicketPage,
    read_page,
)
from projections.ticket_row import TicketRow
from projections.ticket_row import apply as apply_to_row
from projections.ticket_words import TICKET_WORD, count_words

MOST_COUNTED = 10_000
"""A count over an arbitrary filter stops here: a person reads "10,000+" just as well."""

TICKET = Table(
    name="ticket",
    row=TicketRow,
    key=("workspace", "ticket"),
    ddl=columns_of(TicketRow),
    by_stream=True,
    indexes=(
        "(workspace, number)",
        "(workspace, updated_at, number)",
        "(workspace, opened_at, number)",
        "(workspace, requester, updated_at, number)",
        "(workspace, organisation, updated_at, number) WHERE organisation IS NOT NULL",
        "(workspace, status, updated_at, number)",
        "(workspace, status, number)",
        "(workspace, priority_rank, number)",
        "(workspace, subject, number)",
        "(workspace, agent, number)",
        "(workspace, queue, number)",
        "(workspace, resolved_at, number) WHERE resolved_at IS NOT NULL",
        "(workspace, last_requester_message_at, number)",
        "(workspace, waiting_since, number) WHERE waiting_since IS NOT NULL",
        "(workspace, wake_at, number) WHERE wake_at IS NOT NULL",
        "(workspace, waiting_since, number) WHERE backlog AND waiting_since IS NOT NULL",
        "(workspace, resolved_at, number) WHERE status = 'resolved'",
        "(workspace, priority_rank, number) WHERE backlog",
        "(workspace, opened_at, number) WHERE backlog",
        "(workspace, updated_at, number) WHERE backlog",
        "(workspace, queue, priority_rank, number) WHERE backlog",
        "(workspace, agent, priority_rank, number) WHERE backlog",
        "(workspace, wake_at) WHERE backlog AND wake_at IS NOT NULL AND NOT status_imported",
        "(workspace, resolved_at, number) WHERE status = 'resolved' AND NOT status_imported",
    ),
)


@record
class TicketCount:
    """How many tickets share these values; an empty queue stands for none."""

    workspace: str
    status: str
    queue: str
    priority: str
    waiting: bool
    unassigned: bool
    tickets: int


TICKET_COUNT = Table(
    name="ticket_count",
    row=TicketCount,
    key=("workspace", "status", "queue", "priority", "waiting", "unassigned"),
    ddl=columns_of(TicketCount),
    summed=("tickets",),
)


@record
class AgentTicketCount:
    """How many tickets of a status an agent has.

    Apart from TicketCount: agents times queues would be nearly as many counters as open tickets.
    """

    workspace: str
    agent: str
    status: str
    tickets: int


AGENT_TICKET_COUNT = Table(
    name="agent_ticket_count",
    row=AgentTicketCount,
    key=("workspace", "agent", "status"),
    ddl=columns_of(AgentTicketCount),
    summed=("tickets",),
)


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The ticket's own row."""
    return [(TICKET, _key(recorded))]


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Put the ticket's new row, and move it from one counter to another."""
    before: TicketRow | None = rows.get(TICKET, _key(recorded))
    after = apply_to_row(before, recorded, TicketRow)
    if after is None:
        return
    rows.put(TICKET, after)
    count_words(rows, before, after)
    if before is None or _counter(before) != _counter(after):
        if before is not None:
            _count(rows, before, -1)
        _count(rows, after, 1)


PROJECTION = Projection(
    name="queue",
    version=4,
    tables=(TICKET, TICKET_COUNT, AGENT_TICKET_COUNT, TICKET_WORD),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)


class View(StrEnum):
    """The views every desk has; `filter_of` says what each shows."""

    UNRESOLVED = "unresolved"
    UNASSIGNED = "unassigned"
    MINE = "mine"
    URGENT = "urgent"
    WAITING_FOR_US = "waiting_for_us"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    RECENTLY_RESOLVED = "recently_resolved"


@record
class Counters:
    """Exact numbers of tickets; `by_queue` counts the backlog, under "" where there is no queue."""

    views: dict[View, int]
    by_queue: dict[str, int]


def filter_of(view: View, agent: str | None = None) -> TicketFilter:
    """What a view shows; `agent` is whose own tickets MINE means."""
    match view:
        case View.UNRESOLVED:
            return TicketFilter(backlog=True)
        case View.UNASSIGNED:
            return TicketFilter(backlog=True, agents=(None,))
        case View.MINE:
            return TicketFilter(backlog=True, agents=(agent,))
        case View.URGENT:
            return TicketFilter(backlog=True, priorities=(Priority.URGENT,))
        case View.WAITING_FOR_US:
            return TicketFilter(backlog=True, waiting=True)
        case View.PENDING:
            return TicketFilter(statuses=(Status.PENDING,))
        case View.ON_HOLD:
            return TicketFilter(statuses=(Status.ON_HOLD,))
        case View.RECENTLY_RESOLVED:
            return TicketFilter(statuses=(Status.RESOLVED,))


def order_of(view: View) -> Order:
    """How a view is sorted unless the reader wants otherwise."""
    match view:
        case View.RECENTLY_RESOLVED:
            return Order(sort=Sort.RESOLVED_AT, descending=True)
        case View.WAITING_FOR_US:
            return Order(sort=Sort.WAITING_SINCE, descending=False)
        case _:
            return Order(sort=Sort.PRIORITY, descending=False)


def page(
    reader: Reader,
    wanted: TicketFilter | None = None,
    order: Order | None = None,
    *,
    after: CursorKey | None = None,
    limit: int = 50,
) -> TicketPage:
    """A page of tickets as they are now. Raises ValueError for a limit out of bounds."""
    order = order or Order()
    source = _BY_CLOCK if order.sort is Sort.DUE_AT else _SOURCE
    wanted = with_candidates(reader, wanted or TicketFilter())
    found = read_page(reader, source, wanted, order, after=after, limit=limit)
    for row in found.rows if source is _BY_CLOCK else ():
        del row["due_at"], row["due_number"]
    return found


_SOURCE = Source(
    table="read.ticket",
    backlog_sorts=frozenset({Sort.PRIORITY, Sort.OPENED_AT, Sort.UPDATED_AT, Sort.WAITING_SINCE}),
)
_BY_CLOCK = Source(
    table="(SELECT t.*, s.due_at, s.number AS due_number FROM read.ticket t"
    " LEFT JOIN read.sla_ticket s USING (ticket)) AS ticket",
    backlog_sorts=frozenset({Sort.DUE_AT}),
    number="due_number",
)
"""The board's rows are in the order of their clocks; of a finished ticket none goes on."""


def ticket(reader: Reader, ident: str) -> dict[str, Any] | None:
    """A ticket's row by id, or None."""
    found = reader.fetch("SELECT * FROM read.ticket WHERE ticket = %(ticket)s", {"ticket": ident})
    return found[0] if found else None


def tickets(reader: Reader, idents: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The rows of several tickets by id; those that have none are left out."""
    found = reader.fetch(
        "SELECT * FROM read.ticket WHERE ticket = ANY (%(tickets)s)", {"tickets": list(idents)}
    )
    return {row["ticket"]: row for row in found}


def ticket_by_number(reader: Reader, number: int) -> dict[str, Any] | None:
    """A ticket's row by its number, or None."""
    found = reader.fetch("SELECT * FROM read.ticket WHERE number = %(n)s LIMIT 1", {"n": number})
    return found[0] if found else None


def count(reader: Reader, wanted: TicketFilter, at_most: int = MOST_COUNTED) -> int:
    """How many tickets match, counted no further than `at_most`."""
    where, params = conditions(with_candidates(reader, wanted))
    query = (
        "SELECT count(*) AS n FROM (SELECT FROM read.ticket"  # noqa: S608 - conditions are literals
        f" WHERE {' AND '.join(where) or 'true'} LIMIT %(at_most)s) AS capped"
    )
    return int(reader.fetch(query, {**params, "at_most": at_most})[0]["n"])


def counters(reader: Reader, agent: str | None = None) -> Counters:
    """The exact counter of every view; MINE counts the tickets of `agent`."""
    cells = reader.fetch(_CELLS, {"agent": agent or "", "backlog": _BACKLOG, "alive": _ALIVE})
    views = dict.fromkeys(View, 0)
    by_queue: dict[str, int] = {}
    for cell in cells:
        n = int(cell["n"])
        if cell["mine"]:
            views[View.MINE] += n
        elif cell["queue"] is not None:
            by_queue[cell["queue"]] = n
        elif cell["status"] == Status.RESOLVED:
            views[View.RECENTLY_RESOLVED] += n
        else:
            for view, counts in (
                (View.UNRESOLVED, True),
                (View.UNASSIGNED, cell["unassigned"]),
                (View.URGENT, cell["priority"] == Priority.URGENT),
                (View.WAITING_FOR_US, cell["waiting"]),
                (View.PENDING, cell["status"] == Status.PENDING),
                (View.ON_HOLD, cell["status"] == Status.ON_HOLD),
            ):
                views[view] += n if counts else 0
    return Counters(views=views, by_queue={q: n for q, n in sorted(by_queue.items()) if n})


_BACKLOG = [status.value for status in Status if status.is_backlog]
_ALIVE = [*_BACKLOG, Status.RESOLVED.value]
_CELLS = """
WITH alive AS (SELECT * FROM read.ticket_count WHERE status = ANY (%(alive)s))
SELECT status, priority, waiting, unassigned, NULL AS queue, false AS mine,
       sum(tickets)::bigint AS n
FROM alive GROUP BY 1, 2, 3, 4
UNION ALL
SELECT NULL, NULL, NULL, NULL, queue, false, sum(tickets)::bigint
FROM alive WHERE status = ANY (%(backlog)s) GROUP BY queue
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, true, coalesce(sum(tickets), 0)::bigint
FROM read.agent_ticket_count WHERE agent = %(agent)s AND status = ANY (%(backlog)s)
"""


def _key(recorded: Recorded[Any]) -> Key:
    return (recorded.workspace, ident_of(recorded.stream))


def _counter(row: TicketRow) -> tuple[str, str, str, str, bool]:
    waiting = row.waiting_since is not None and row.status_category == "active"
    return (row.queue or "", row.agent or "", row.status, row.priority, waiting)


def _count(rows: Rows, row: TicketRow, tickets: int) -> None:
    queue, agent, status, priority, waiting = _counter(row)
    rows.add(
        TICKET_COUNT,
        TicketCount(
            workspace=row.workspace,
            status=status,
            queue=queue,
            priority=priority,
            waiting=waiting,
            unassigned=not agent,
            tickets=tickets,
        ),
    )
    if agent:
        mine = AgentTicketCount(
            workspace=row.workspace, agent=agent, status=status, tickets=tickets
        )
        rows.add(AGENT_TICKET_COUNT, mine)
