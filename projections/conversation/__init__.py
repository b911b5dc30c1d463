"""The conversation: everything that was said and done on a ticket, as one timeline.

A merged ticket's entries show in its target while it is merged; messages that were split off show
in the new ticket as well, and stay marked where they came from. The log of who said what where is
never rewritten: merging and splitting only change which entries a ticket shows.

An entry's files are found by entry (rows.ENTRY) and by file (rows.ATTACHED): the first is for the
reader of a conversation, the second says who may open a file, and that somebody still can.
"""

from projections.conversation.apply import apply, keys
from projections.conversation.queries import (
    MOST_ENTRIES,
    Place,
    files,
    referred,
    said,
    speakers,
    timeline,
)
from projections.conversation.rows import (
    ABSORBED,
    ATTACHED,
    ENTRY,
    MOVED,
    THREAD,
    Entry,
    EntryKind,
    Thread,
)
from projections.ports import Projection

__all__ = [
    "MOST_ENTRIES",
    "PROJECTION",
    "THREAD",
    "Entry",
    "EntryKind",
    "Place",
    "Thread",
    "files",
    "referred",
    "said",
    "speakers",
    "timeline",
]

PROJECTION = Projection(
    name="conversation",
    version=3,
    tables=(THREAD, ENTRY, ATTACHED, ABSORBED, MOVED),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)
