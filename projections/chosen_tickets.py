"""Tickets that are chosen for a bulk: by what they are called, or by a filter."""

from collections.abc import Sequence
from typing import Any

from domain.record import record
from projections.ports import Reader
from projections.search.subjects import with_candidates
from projections.ticket_filter import TicketFilter, conditions

MOST_MATCHING = 10_000
"""A filter that finds more is for no bulk."""


@record
class Chosen:
    """A ticket, and the version that its row shows."""

    ticket: str
    number: int
    version: int


@record
class Matching:
    """The first tickets that a filter finds, by number; how many it finds, and the last one's.

    `tickets` counts no further than MOST_MATCHING and one.
    """

    rows: list[Chosen]
    tickets: int
    last: int | None


def numbered(reader: Reader, numbers: Sequence[int]) -> dict[int, str]:
    """Number to id, of those that the queue has."""
    if not numbers:
        return {}
    found = reader.fetch(
        "SELECT number, ticket FROM read.ticket WHERE number = ANY (%(numbers)s)",
        {"numbers": list(numbers)},
    )
    return {row["number"]: row["ticket"] for row in found}


def matching(
    reader: Reader, wanted: TicketFilter, limit: int, *, after: int = 0, until: int | None = None
) -> Matching:
    """What a filter finds among the numbers after `after`, up to `until` (included)."""
    where, params = conditions(with_candidates(reader, wanted))
    where.append("number > %(number_after)s")
    if until is not None:
        where.append("number <= %(number_until)s")
    params |= {"number_after": after, "number_until": until, "most": MOST_MATCHING + 1}
    found: list[dict[str, Any]] = reader.fetch(
        "WITH found AS MATERIALIZED (SELECT ticket, number, version FROM read.ticket"  # noqa: S608 - conditions are literals
        f" WHERE {' AND '.join(where)} LIMIT %(most)s)"
        " SELECT *, (SELECT count(*) FROM found) AS tickets,"
        " (SELECT max(number) FROM found) AS last"
        " FROM found ORDER BY number LIMIT %(limit)s",
        {**params, "limit": limit},
    )
    if not found:
        return Matching(rows=[], tickets=0, last=None)
    rows = [Chosen(ticket=r["ticket"], number=r["number"], version=r["version"]) for r in found]
    return Matching(rows=rows, tickets=found[0]["tickets"], last=found[0]["last"])
