"""Which tickets a condition holds for, before a policy with it is set."""

import json

from domain.conditions import Condition, matches
from domain.record import record
from projections.ports import Reader

_PAGE = 5_000
MOST = 200_000
"""Tickets that are looked at, the latest first: a preview is to be quick, and says how far it went.
"""


@record
class BoardTicket:
    """A ticket as far as it is needed to know it again."""

    ticket: str
    number: int
    queue: str | None
    priority: str


@record
class Preview:
    """`matched` of the `looked_at` tickets fulfil the condition; the latest of them are listed."""

    matched: int
    looked_at: int
    tickets: list[BoardTicket]


def preview(reader: Reader, condition: Condition, limit: int) -> Preview:
    """What the condition holds for, among tickets that are not over; up to `limit` listed."""
    found: list[BoardTicket] = []
    matched = looked_at = 0
    before: int | None = None
    while looked_at < MOST:
        rows = reader.fetch(_LIVE, {"before": before, "limit": _PAGE})
        for row in rows:
            attributes = json.loads(row["attributes"])
            attributes["tags"] = tuple(attributes["tags"])
            if matches(condition, attributes):
                matched += 1
                if len(found) < limit:
                    found.append(
                        BoardTicket(
                            ticket=row["ticket"],
                            number=row["number"],
                            queue=row["queue"],
                            priority=row["priority"],
                        )
                    )
        looked_at += len(rows)
        if len(rows) < _PAGE:
            break
        before = rows[-1]["number"]
    return Preview(matched=matched, looked_at=looked_at, tickets=found)


_LIVE = """
SELECT ticket, number, queue, priority, state::json ->> 'a' AS attributes
FROM read.sla_ticket
WHERE live AND number < coalesce(%(before)s, 9223372036854775807)
ORDER BY number DESC LIMIT %(limit)s
"""
