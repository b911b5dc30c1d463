"""Filters, sorting and keyset pages over ticket rows, the same for the live queue and the past."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.record import record
from domain.ticket.words import FieldValue, Status
from projections.ports import Reader

MOST_ROWS = 200
"""The longest page."""

WAITING = "waiting_since IS NOT NULL AND status_category = 'active'"
"""SQL: the requester waits for an answer."""

_BACKLOG = frozenset(status for status in Status if status.is_backlog)


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
class TicketFilter:
    """Which tickets to show; whatever is left at its default does not restrict.

    A tuple lists the values of which one must match; None in it stands for "none" (no agent, no
    queue ...). `tags` must all be there. `fields` must all have the given value (None: be empty).
    `text` is looked for in the subject, ignoring case; a number also finds the ticket with it.
    A span of instants includes `_from` and excludes `_until`.
    """

    numbers: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    status_categories: tuple[str, ...] = ()
    backlog: bool | None = None
    requesters: tuple[str, ...] = ()
    organisations: tuple[str | None, ...] = ()
    agents: tuple[str | None, ...] = ()
    teams: tuple[str | None, ...] = ()
    queues: tuple[str | None, ...] = ()
    priorities: tuple[str, ...] = ()
    impacts: tuple[str | None, ...] = ()
    urgencies: tuple[str | None, ...] = ()
    categories: tuple[str | None, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str | None, ...] = ()
    regions: tuple[str | None, ...] = ()
    resolution_codes: tuple[str | None, ...] = ()
    sources: tuple[str | None, ...] = ()
    tags: tuple[str, ...] = ()
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    follower: str | None = None
    waiting: bool | None = None
    text: str | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    updated_from: datetime | None = None
    updated_until: datetime | None = None
    resolved_from: datetime | None = None
    resolved_until: datetime | None = None
    escalation_level_from: int | None = None
    reopened_from: int | None = None


_LISTS = {
    "numbers": "number",
    "statuses": "status",
    "status_categories": "status_category",
    "requesters": "requester",
    "organisations": "organisation",
    "agents": "agent",
    "teams": "team",
    "queues": "queue",
    "priorities": "priority",
    "impacts": "impact",
    "urgencies": "urgency",
    "categories": "category",
    "channels": "channel",
    "languages": "language",
    "regions": "region",
    "resolution_codes": "resolution_code",
    "sources": "source",
}
_BOUNDS = {
    "opened_from": "opened_at >=",
    "opened_until": "opened_at <",
    "updated_from": "updated_at >=",
    "updated_until": "updated_at <",
    "resolved_from": "resolved_at >=",
    "resolved_until": "resolved_at <",
    "escalation_level_from": "escalation_level >=",
    "reopened_from": "reopened >=",
}


@record
class Order:
    """How a page is sorted."""

    sort: Sort = Sort.UPDATED_AT
    descending: bool = True


_BEYOND_BIGINT = 2**63

CursorKey = tuple[Any, int]
"""The sort value and the number of the last ticket of a page: the next one begins after it."""


@record
class TicketPage:
    """`rows` as the reader gave them; `next` is None on the last page."""

    rows: list[dict[str, Any]]
    next: CursorKey | None


def conditions(wanted: TicketFilter) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions over a ticket table and their parameters."""
    where: list[str] = []
    params: dict[str, Any] = {}
    for name, column in _LISTS.items():
        values = getattr(wanted, name)
        if values:
            where.append(_one_of(column, name, values, params))
    for name, comparison in _BOUNDS.items():
        value = getattr(wanted, name)
        if value is not None:
            where.append(f"{comparison} %({name})s")
            params[name] = value
    if shows_backlog(wanted):
        where.append("backlog")  # of statuses, it says the same again: the words of the indexes
    elif wanted.backlog is not None:
        where.append("NOT backlog")
    if wanted.waiting is not None:
        where.append(f"({WAITING})" if wanted.waiting else f"NOT ({WAITING})")
    if wanted.tags:
        where.append("tags @> %(tags)s::text[]")
        params["tags"] = list(wanted.tags)
    if wanted.follower is not None:
        where.append("%(follower)s = ANY (followers)")
        params["follower"] = wanted.follower
    _add_fields(wanted.fields, where, params)
    if wanted.text:
        _add_text(wanted.text, where, params)
    return where, params


@record
class Source:
    """Where a page is read: a table, what has to hold besides the filter, and which columns.

    `backlog_sorts`: the table has indexes of the backlog alone in these orders.
    """

    table: str
    extra: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    columns: str = "*"
    backlog_sorts: frozenset[Sort] = frozenset()


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
    sorted_by = f"{column} {direction}, number {direction}"
    if order.sort not in _NEVER_EMPTY:
        where.append(f"{column} IS {'' if empty else 'NOT '}NULL")
        if empty and order.sort not in _INDEXED_WHEN_EMPTY:
            sorted_by = f"number {direction}"
    if after is not None:
        value, params["after_number"] = after
        if empty:
            where.append(f"number {than} %(after_number)s")
        else:
            where.append(f"({column}, number) {than} (%(after_value)s, %(after_number)s)")
            params["after_value"] = value
    chosen = f"SELECT {source.columns} FROM {source.table} WHERE {' AND '.join(where) or 'true'}"  # noqa: S608 - literals above
    if shows_backlog(wanted) and (empty or order.sort not in source.backlog_sorts):
        # Collected, then sorted: the planner takes the backlog to be spread evenly, and would
        # rather look for it in an index of all tickets, where it may come last.
        chosen = f"SELECT * FROM ({chosen} OFFSET 0) AS backlog"  # noqa: S608 - the same
    query = f"{chosen} ORDER BY {sorted_by} LIMIT %(limit)s"
    return query, {**params, **source.params}


def shows_backlog(wanted: TicketFilter) -> bool:
    """Whether only tickets of the backlog can match."""
    if wanted.backlog is not None:
        return wanted.backlog
    return bool(wanted.statuses) and _BACKLOG.issuperset(wanted.statuses)


def _page_of(rows: list[dict[str, Any]], order: Order, limit: int) -> TicketPage:
    """Cut the row that was asked for beyond the page, and say where the next page begins."""
    shown = rows[:limit]
    if len(rows) <= limit:
        return TicketPage(rows=shown, next=None)
    last = shown[-1]
    return TicketPage(rows=shown, next=(last[_COLUMN[order.sort]], last["number"]))


def _one_of(column: str, name: str, values: Sequence[Any], params: dict[str, Any]) -> str:
    given = [str(v) if isinstance(v, str) else v for v in values if v is not None]
    tests = []
    if len(given) == 1:  # keeps an index on (column, sort order) usable for sorting
        tests.append(f"{column} = %({name})s")
        params[name] = given[0]
    elif given:
        tests.append(f"{column} = ANY (%({name})s)")
        params[name] = given
    if len(given) < len(values):
        tests.append(f"{column} IS NULL")
    return f"({' OR '.join(tests)})"


def _add_fields(fields: Mapping[str, FieldValue], where: list[str], params: dict[str, Any]) -> None:
    for n, (name, value) in enumerate(sorted(fields.items())):
        params[f"field_{n}"] = name
        if value is None:
            where.append(f"coalesce(fields -> %(field_{n})s, 'null') = 'null'::jsonb")
        else:
            where.append(f"fields -> %(field_{n})s = to_jsonb(%(value_{n})s::{_sql_of(value)})")
            params[f"value_{n}"] = value


def _sql_of(value: FieldValue) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "numeric"
        case float():
            return "double precision"
        case _:
            return "text"


def _add_text(text: str, where: list[str], params: dict[str, Any]) -> None:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    params["text"] = f"%{escaped}%"
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and int(number) < _BEYOND_BIGINT:
        params["text_number"] = int(number)
        where.append("(subject ILIKE %(text)s OR number = %(text_number)s)")
    else:
        where.append("subject ILIKE %(text)s")
