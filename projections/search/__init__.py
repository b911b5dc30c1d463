"""The search: tickets by the words in them, requesters by name and address, tickets alike.

What a word is says words.py; rows.py has the tables, apply.py what an event adds to them. Of the
texts themselves nothing is kept here: excerpts are cut from the conversation (excerpts.py).
"""

from projections.ports import Projection
from projections.search.apply import apply, keys
from projections.search.excerpts import Excerpt, Part, excerpts, marked
from projections.search.queries import FoundTicket, requesters, tickets
from projections.search.rows import COMMON_WORD, REQUESTER, SUBJECT, TICKET
from projections.search.similar import Alike, Solution, alike, solutions
from projections.search.subjects import with_candidates
from projections.search.words import asked

__all__ = [
    "PROJECTION",
    "Alike",
    "Excerpt",
    "FoundTicket",
    "Part",
    "Solution",
    "alike",
    "asked",
    "excerpts",
    "marked",
    "requesters",
    "solutions",
    "tickets",
    "with_candidates",
]

PROJECTION = Projection(
    name="search",
    version=1,
    tables=(TICKET, SUBJECT, REQUESTER, COMMON_WORD),
    wants=frozenset({"ticket", "requester"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)
