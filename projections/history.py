"""The history: every row that a ticket ever had, with the span of time in which it held.

Any ticket, and any page of the queue, can be read as it was at an instant of the past. A row holds
from `valid_from` (its `updated_at`, included) to `valid_to` (excluded); None means that it still
holds. When several events took effect at the same instant, the row after the last of them is the
one that held.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.ids import ident_of
from domain.record import record, with_changes
from domain.recorded import Recorded
from domain.ticket.words import Status
from projections.columns import columns_of
from projections.ports import Key, Projection, Reader, Rows, Table
from projections.queue import MOST_COUNTED
from projections.ticket_filter import TicketFilter, conditions, shows_backlog
from projections.ticket_query import (
    CursorKey,
    Order,
    Source,
    TicketPage,
    read_page,
)
from projections.ticket_row import TicketRow
from projections.ticket_row import apply as apply_to_row


@record
class TicketVersion(TicketRow):
    """A ticket after `version` events. `updated_at` and `valid_to` never run backwards.

    `span` says how long the row held, in powers of two: less than two to the `span` seconds.
    """

    valid_to: datetime | None = None
    span: int | None = None


TICKET_VERSION = Table(
    name="ticket_version",
    row=TicketVersion,
    key=("workspace", "ticket", "version"),
    ddl=columns_of(TicketVersion),
    by_stream=True,
    indexes=(
        "(workspace, opened_at, number)",
        "(workspace, updated_at, number)",
        "(workspace, span, updated_at) WHERE backlog",
        "(workspace, span, updated_at) WHERE status = 'resolved'",
        "(workspace, queue, updated_at, number)",
        "(workspace, agent, updated_at, number)",
        "(workspace, number)",
        "(workspace, requester, updated_at, number)",
    ),
)


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The row before the event, which its row replaces."""
    return [(TICKET_VERSION, _key(recorded, recorded.version - 1))]


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """End the row before the event, and begin the one after it at the same instant."""
    before: TicketVersion | None = rows.get(TICKET_VERSION, _key(recorded, recorded.version - 1))
    after = apply_to_row(before, recorded, TicketVersion)
    if after is None:
        return
    if before is not None:
        rows.put(TICKET_VERSION, _ended(before, after.updated_at))
    rows.put(TICKET_VERSION, after)


def _ended(row: TicketVersion, at: datetime) -> TicketVersion:
    seconds = (at - row.updated_at) // timedelta(seconds=1)
    return with_changes(row, valid_to=at, span=seconds.bit_length())


PROJECTION = Projection(
    name="history",
    version=3,
    tables=(TICKET_VERSION,),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)

_COLUMNS = ", ".join(
    [*(name for name in TICKET_VERSION.ddl if name != "span"), "updated_at AS valid_from"]
)
_SELECT = f"SELECT {_COLUMNS} FROM read.ticket_version"  # noqa: S608 - a literal
_HELD = (
    "updated_at <= %(as_of)s AND opened_at <= %(as_of)s"
    " AND (valid_to IS NULL OR valid_to > %(as_of)s)"
)
"""No row begins before its ticket was opened: said for the index that is sorted by opening."""

_LONGEST_SPAN = 40
"""Two to the 40 seconds are 34,000 years."""


def _held_by_span(as_of: datetime) -> tuple[str, dict[str, Any]]:
    """The rows that held at an instant, found by an index on how long rows held.

    A row that held less than 2^n seconds and was there at an instant began less than 2^n seconds
    before it. So each n is a short stretch of the index, of which about half the rows hit.
    """
    begins = {f"begin_{n}": _before(as_of, 2**n) for n in range(_LONGEST_SPAN)}
    stretches = [
        f"(span = {n} AND updated_at > %(begin_{n})s AND updated_at <= %(as_of)s)"
        for n in range(_LONGEST_SPAN)
    ]
    return f"({' OR '.join(['(span IS NULL AND updated_at <= %(as_of)s)', *stretches])})", begins


def _before(instant: datetime, seconds: int) -> datetime:
    try:
        return instant - timedelta(seconds=seconds)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _held(wanted: TicketFilter, as_of: datetime) -> tuple[tuple[str, ...], dict[str, Any]]:
    """What has to hold besides the filter, and its parameters."""
    few = shows_backlog(wanted) or wanted.statuses == (Status.RESOLVED,)
    if not few:  # most tickets are closed, and a closed one's last row holds for good
        return (_HELD,), {"as_of": as_of}
    stretches, begins = _held_by_span(as_of)
    return (_HELD, stretches), {"as_of": as_of, **begins}


def ticket_as_of(reader: Reader, ticket: str, as_of: datetime) -> dict[str, Any] | None:
    """A ticket's row as it was at an instant; None before its opening."""
    found = reader.fetch(
        f"{_SELECT} WHERE ticket = %(ticket)s AND {_HELD}",
        {"ticket": ticket, "as_of": as_of},
    )
    return found[0] if found else None


def ticket_at_version(reader: Reader, ticket: str, version: int) -> dict[str, Any] | None:
    """A ticket's row after its first `version` events, or None."""
    found = reader.fetch(
        f"{_SELECT} WHERE ticket = %(ticket)s AND version = %(version)s",
        {"ticket": ticket, "version": version},
    )
    return found[0] if found else None


def versions(
    reader: Reader, ticket: str, *, after: int = 0, limit: int = 200
) -> list[dict[str, Any]]:
    """A ticket's rows with a version greater than `after`, in order."""
    return reader.fetch(
        f"{_SELECT} WHERE ticket = %(ticket)s AND version > %(after)s"
        " ORDER BY version LIMIT %(limit)s",
        {"ticket": ticket, "after": after, "limit": limit},
    )


def page_as_of(
    reader: Reader,
    as_of: datetime,
    wanted: TicketFilter | None = None,
    order: Order | None = None,
    *,
    after: CursorKey | None = None,
    limit: int = 50,
) -> TicketPage:
    """A page of the queue as it was at an instant; the same as queue.page in all else."""
    order = order or Order()
    wanted = wanted or TicketFilter()
    extra, params = _held(wanted, as_of)
    source = Source(table="read.ticket_version", extra=extra, params=params, columns=_COLUMNS)
    return read_page(reader, source, wanted, order, after=after, limit=limit)


def count_as_of(
    reader: Reader, as_of: datetime, wanted: TicketFilter, at_most: int = MOST_COUNTED
) -> int:
    """How many tickets matched at an instant, counted no further than `at_most`."""
    where, params = conditions(wanted)
    held, of_held = _held(wanted, as_of)
    query = (
        "SELECT count(*) AS n FROM (SELECT FROM read.ticket_version"  # noqa: S608 - literals
        f" WHERE {' AND '.join([*where, *held])} LIMIT %(at_most)s) AS capped"
    )
    found = reader.fetch(query, {**params, **of_held, "at_most": at_most})
    return int(found[0]["n"])


def _key(recorded: Recorded[Any], version: int) -> Key:
    return (recorded.workspace, ident_of(recorded.stream), version)
