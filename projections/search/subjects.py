"""Finds the tickets whose subject holds a text, for lists that look for one."""

from dataclasses import replace

from projections.ports import Reader
from projections.search.words import grams
from projections.ticket_filter import TicketFilter, number_in

MOST = 2_000
"""Where more subjects hold a text, the order of the list leads to them quickly enough."""

_NOBODY = ""
"""An id that no ticket has."""


def with_candidates(reader: Reader, wanted: TicketFilter) -> TicketFilter:
    """The same filter, which says also which few tickets can match, where an index knows them.

    That is for the queue as it is now. A text of one or two letters is in no index, unless these
    are of a script that is indexed in pairs.
    """
    also = None if wanted.also is None else with_candidates(reader, wanted.also)
    wanted = wanted if also is wanted.also else replace(wanted, also=also)
    if not wanted.text:
        return wanted
    found = _candidates(reader, wanted.text)
    if found is None:
        return wanted
    tickets = tuple(found) or (_NOBODY,)
    if not wanted.tickets:
        return replace(wanted, tickets=tickets)
    return replace(wanted, also=TicketFilter(tickets=tickets, also=wanted.also))


def _candidates(reader: Reader, text: str) -> list[str] | None:
    """Ids of tickets whose subject may hold a text, or which have that number; None: too many."""
    wanted = grams(text)
    if not wanted:
        return None
    rows = reader.fetch(
        _CANDIDATES, {"grams": sorted(wanted), "number": number_in(text), "most": MOST + 1}
    )
    return None if len(rows) > MOST else [row["ticket"] for row in rows]


_CANDIDATES = """
SELECT ticket FROM read.search_ticket WHERE number = %(number)s::bigint
UNION ALL
(SELECT ticket FROM read.search_subject WHERE grams @> %(grams)s::integer[] LIMIT %(most)s)
"""
