"""Sorting and keyset pages over ticket rows, the same for the live queue and the past."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from domain.record import record
from projections.ports import Reader
from projections.ticket_filter import TicketFilter, conditions, names_tickets, shows_backlog

MOST_ROWS = 200
"""The longest page."""


class Sort(StrEnum):
    """What a page can be sorted by. Ties are ordered by ticket number, in the same direction.

    Empty values come last in both directions. Ascending priority begins with the most urgent.
    """

    NUMBER = "number"
    OPENED_AT = "opened_at"
    UPDATED_AT = "updated_at"
    PRIORITY = "priority"
    STATUS = "status"
    SUBJECT = "subject"
    REQUESTER = "requester"
    AGENT = "agent"
    QUEUE = "queue"
    WAITING_SINCE = "waiting_since"
    RESOLVED_AT = "resolved_at"
    WAKE_AT = "wake_at"
    LAST_REQUESTER_MESSAGE_AT = "last_requester_message_at"
    DUE_AT = "due_at"
    """When the clock that comes due next runs out, or ran out: of the queue as it is now."""


_COLUMN = {sort: sort.value for sort in Sort} | {Sort.PRIORITY: "priority_rank"}
_NEVER_EMPTY = {
    Sort.NUMBER,
    Sort.OPENED_AT,
    Sort.UPDATED_AT,
    Sort.PRIORITY,
    Sort.STATUS,
    Sort.SUBJECT,
    Sort.REQUESTER,
}

_INDEXED_WHEN_EMPTY = {Sort.AGENT, Sort.QUEUE}
"""Of these the index knows tickets without a value, in the order of their numbers."""


@record
class Order:
    """How a page is sorted."""

    sort: Sort = Sort.UPDATED_AT
    descending: bool = True


CursorKey = tuple[Any, int]
"""The sort value and the number of the last ticket of a page: the next one begins after it."""


@record
class TicketPage:
    """`rows` as the reader gave them; `next` is None on the last page."""

    rows: list[dict[str, Any]]
    next: CursorKey | None


@record
class Source:
    """Where a page is read: a table, what has to hold besides the filter, and which columns.

    `backlog_sorts`: the table has indexes of the backlog alone in these orders. `number` is the
    column that these have behind the value, if it is not the ticket's own.
    """

    table: str
    extra: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    columns: str = "*"
    backlog_sorts: frozenset[Sort] = frozenset()
    number: str = "number"


def read_page(
    reader: Reader,
    source: Source,
    wanted: TicketFilter,
    order: Order,
    *,
    after: CursorKey | None,
    limit: int,
) -> TicketPage:
    """A page of tickets. Raises ValueError when `limit` is not between 1 and MOST_ROWS.

    Tickets without a value to sort by are a query of their own, made when the others are used up:
    so each of the two begins in an index right behind the cursor, however deep the page is.
    """
    if not 1 <= limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} rows, not {limit}")
    rows: list[dict[str, Any]] = []
    if after is None or after[0] is not None:
        query, params = _part(source, wanted, order, after=after, empty=False)
        rows = reader.fetch(query, {**params, "limit": limit + 1})
        after = None
    if order.sort not in _NEVER_EMPTY and len(rows) <= limit:
        query, params = _part(source, wanted, order, after=after, empty=True)
        rows += reader.fetch(query, {**params, "limit": limit + 1 - len(rows)})
    return _page_of(rows, order, limit)


def _part(
    source: Source, wanted: TicketFilter, order: Order, *, after: CursorKey | None, empty: bool
) -> tuple[str, dict[str, Any]]:
    """The tickets after a key that have a value to sort by, or those that have none."""
    where, params = conditions(wanted)
    where += source.extra
    column = _COLUMN[order.sort]
    direction, than = ("DESC", "<") if order.descending else ("ASC", ">")
    sorted_by = f"{column} {direction}, {source.number} {direction}"
    if order.sort not in _NEVER_EMPTY:
        where.append(f"{column} IS {'' if empty else 'NOT '}NULL")
        if empty and order.sort not in _INDEXED_WHEN_EMPTY:
            sorted_by = f"number {direction}"
    if after is not None:
        value, params["after_number"] = after
        if empty:
            where.append(f"number {than} %(after_number)s")
        else:
            place = f"({column}, {source.number})"
            where.append(f"{place} {than} (%(after_value)s, %(after_number)s)")
            params["after_value"] = value
    chosen = f"SELECT {source.columns} FROM {source.table} WHERE {' AND '.join(where) or 'true'}"  # noqa: S608 - literals above
    few = shows_backlog(wanted) and (empty or order.sort not in source.backlog_sorts)
    if few or names_tickets(wanted):
        # Collected, then sorted: the planner takes the few to be spread evenly, and would rather
        # look for them in an index of all tickets, where they may come last.
        chosen = f"SELECT * FROM ({chosen} OFFSET 0) AS few"  # noqa: S608 - the same
    query = f"{chosen} ORDER BY {sorted_by} LIMIT %(limit)s"
    return query, {**params, **source.params}


def _page_of(rows: list[dict[str, Any]], order: Order, limit: int) -> TicketPage:
    """Cut the row that was asked for beyond the page, and say where the next page begins."""
    shown = rows[:limit]
    if len(rows) <= limit:
        return TicketPage(rows=shown, next=None)
    last = shown[-1]
    return TicketPage(rows=shown, next=(last[_COLUMN[order.sort]], last["number"]))
