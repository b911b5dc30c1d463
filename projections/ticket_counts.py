"""Counts the tickets of many filters at once, however many tickets there are.

A count over any filter cannot be kept as a sum. So of each kind of filter no more than so many
tickets are looked at: those that an index finds by a part of the filter. As long as that is all of
them the count is exact, beyond it is what was found so far.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.record import record
from projections.ports import Reader
from projections.search.subjects import with_candidates
from projections.ticket_filter import TicketFilter, conditions, renamed

MOST_LOOKED_AT = 20_000
"""Tickets per kind of filter: a person reads "123+" just as well, and does not wait."""

_BY_INDEX = (
    *("tickets", "numbers", "requesters", "organisations", "statuses", "backlog", "agents"),
    *("queues", "resolved_from", "resolved_until", "opened_from", "opened_until"),
    *("updated_from", "updated_until"),
)
"""The parts of a filter by which an index finds tickets."""


@record
class TicketCount:
    """`tickets` is exact unless `capped`: then there are so many or more."""

    tickets: int
    capped: bool


def counts(
    reader: Reader, wanted: Sequence[TicketFilter], most: int = MOST_LOOKED_AT
) -> list[TicketCount]:
    """How many tickets match each filter, in one query. At most `most` are looked at for each."""
    wanted = [with_candidates(reader, one) for one in wanted]
    kinds: dict[str, list[int]] = {}
    for n, one in enumerate(wanted):
        kinds.setdefault(repr(_by_index(one)), []).append(n)
    if not kinds:
        return []
    parts, params = [], dict[str, Any](most=most)
    for kind, numbers in enumerate(kinds.values()):
        part, values = _part(kind, [(n, wanted[n]) for n in numbers])
        parts.append(part)
        params |= values
    row = reader.fetch(f"SELECT * FROM {' CROSS JOIN '.join(parts)}", params)[0]  # noqa: S608 - literals
    capped = {
        n: row[f"looked_at_{kind}"] >= most
        for kind, numbers in enumerate(kinds.values())
        for n in numbers
    }
    return [TicketCount(tickets=int(row[f"n{n}"]), capped=capped[n]) for n in range(len(wanted))]


def _by_index(wanted: TicketFilter) -> TicketFilter:
    return TicketFilter(**{name: getattr(wanted, name) for name in _BY_INDEX})


def _part(kind: int, of_a_kind: Iterable[tuple[int, TicketFilter]]) -> tuple[str, dict[str, Any]]:
    """A look at the tickets that one index finds, and a count of those that match each filter."""
    columns, params = [f"count(*) AS looked_at_{kind}"], dict[str, Any]()
    by_index: tuple[list[str], dict[str, Any]] = ([], {})
    for n, wanted in of_a_kind:
        where, values = renamed(conditions(wanted), f"f{n}_")
        columns.append(f"count(*) FILTER (WHERE {' AND '.join(where) or 'true'}) AS n{n}")
        params |= values
        by_index = renamed(conditions(_by_index(wanted)), f"k{kind}_")
    where, values = by_index
    latest = "" if where else " ORDER BY updated_at DESC"
    some = f"SELECT * FROM read.ticket WHERE {' AND '.join(where) or 'true'}{latest}"  # noqa: S608 - literals
    counted = f"SELECT {', '.join(columns)} FROM ({some} LIMIT %(most)s) AS found"  # noqa: S608 - the same
    return f"({counted}) AS kind_{kind}", params | values
