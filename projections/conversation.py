"""The conversation: everything that was said and done on a ticket, as one timeline.

A merged ticket's entries show in its target while it is merged; messages that were split off show
in the new ticket as well, and stay marked where they came from. The log of who said what where is
never rewritten: merging and splitting only change which entries a ticket shows.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.ids import ident_of
from domain.record import record
from domain.recorded import Recorded
from domain.ticket.events import (
    FollowUpRequested,
    MessageReceived,
    NoteAdded,
    ReplySent,
    TicketAbsorbed,
    TicketCancelled,
    TicketClosed,
    TicketMerged,
    TicketOpened,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketSplit,
    TicketUnmerged,
)
from projections.columns import columns_of
from projections.ports import Key, Projection, Reader, Rows, Table
from projections.ticket_row import effective_at

MOST_ENTRIES = 500
"""The longest page."""


class EntryKind(StrEnum):
    """How an entry is drawn."""

    OPENING = "opening"
    MESSAGE = "message"
    REPLY = "reply"
    NOTE = "note"
    EVENT = "event"


@record
class Entry:
    """One line of a timeline. `body` is what was said, `details` the fields of any other event.

    `public` entries are shown to the requester, without their details. `at` never runs backwards
    within a ticket. `occurred_at` is the event's own instant.
    """

    workspace: str
    ticket: str
    version: int
    at: datetime
    occurred_at: datetime
    kind: str
    event: str
    public: bool
    message: str | None
    actor_kind: str
    actor: str
    channel: str | None
    body: str | None
    details: dict[str, Any]


@record
class Thread:
    """The last entry of a ticket, which the next one may not precede."""

    workspace: str
    ticket: str
    at: datetime


@record
class Absorbed:
    """A ticket that was merged into `target`.

    It was from the first instant in `spans` to the second, and again from the third to the fourth.
    An odd number of instants: it is merged now.
    """

    workspace: str
    target: str
    source: str
    spans: tuple[datetime, ...]


@record
class Moved:
    """A message of `source` that is handled in `into_ticket` since `at`."""

    workspace: str
    source: str
    message: str
    into_ticket: str
    at: datetime


ENTRY = Table(
    name="conversation_entry",
    row=Entry,
    key=("workspace", "ticket", "version"),
    ddl=columns_of(Entry),
    indexes=("(workspace, ticket, message) WHERE message IS NOT NULL",),
)
THREAD = Table(
    name="conversation_thread",
    row=Thread,
    key=("workspace", "ticket"),
    ddl=columns_of(Thread),
    by_stream=True,
)
ABSORBED = Table(
    name="conversation_absorbed",
    row=Absorbed,
    key=("workspace", "target", "source"),
    ddl=columns_of(Absorbed),
    by_stream=True,
)
MOVED = Table(
    name="conversation_moved",
    row=Moved,
    key=("workspace", "source", "message"),
    ddl=columns_of(Moved),
    indexes=("(workspace, into_ticket)",),
)

_ENVELOPE = {"by", "at", "undoes", "kind", "message", "requester", "body", "channel"}
_SHOWN_TO_REQUESTER = (
    TicketOpened,
    MessageReceived,
    ReplySent,
    FollowUpRequested,
    TicketResolved,
    TicketReopened,
    TicketClosed,
    TicketCancelled,
    TicketMerged,
    TicketUnmerged,
)


def keys(recorded: Recorded[Any]) -> Iterable[tuple[Table, Key]]:
    """The thread, and the merge that an event begins or ends."""
    ticket = (recorded.workspace, ident_of(recorded.stream))
    yield THREAD, ticket
    if isinstance(recorded.event, TicketAbsorbed | TicketReleased):
        yield ABSORBED, (*ticket, recorded.event.source)


def apply(recorded: Recorded[Any], rows: Rows) -> None:
    """Add the event's entry; note merges and splits."""
    event, workspace, ticket = recorded.event, recorded.workspace, ident_of(recorded.stream)
    thread: Thread | None = rows.get(THREAD, (workspace, ticket))
    at = effective_at(thread.at if thread else None, event.at)
    rows.put(THREAD, Thread(workspace=workspace, ticket=ticket, at=at))
    rows.put(ENTRY, _entry(recorded, ticket, at))
    match event:
        case TicketAbsorbed(source=source) | TicketReleased(source=source):
            held: Absorbed | None = rows.get(ABSORBED, (workspace, ticket, source))
            merged = held or Absorbed(workspace=workspace, target=ticket, source=source, spans=())
            if (len(merged.spans) % 2 == 1) != isinstance(event, TicketAbsorbed):
                rows.put(ABSORBED, replace(merged, spans=(*merged.spans, at)))
        case TicketSplit(into=into, messages=messages):
            for message in messages:
                rows.put(
                    MOVED,
                    Moved(
                        workspace=workspace,
                        source=ticket,
                        message=message,
                        into_ticket=into,
                        at=at,
                    ),
                )
        case _:
            pass  # an entry is all there is to it


PROJECTION = Projection(
    name="conversation",
    version=1,
    tables=(THREAD, ENTRY, ABSORBED, MOVED),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)

Place = tuple[datetime, str, int]
"""`at`, `ticket` and `version` of the last entry of a page: the next one begins after it."""

_COLUMNS = (
    "e.ticket, e.version, e.at, e.occurred_at, e.kind, e.event, e.public, e.message,"
    " e.actor_kind, e.actor, e.channel, e.body, e.details"
)
_TIMELINE = f"""
WITH RECURSIVE shown (ticket) AS (
    SELECT %(ticket)s::text
    UNION
    SELECT a.source FROM read.conversation_absorbed a JOIN shown ON a.target = shown.ticket
    WHERE (SELECT count(*) FROM unnest(a.spans) AS t WHERE t <= %(as_of)s) %% 2 = 1
), entry AS (
    SELECT {_COLUMNS}, m.into_ticket AS moved_to
    FROM shown JOIN read.conversation_entry e USING (ticket)
    LEFT JOIN read.conversation_moved m
        ON m.source = e.ticket AND m.message = e.message AND m.at <= %(as_of)s
    UNION ALL
    SELECT {_COLUMNS}, NULL
    FROM shown JOIN read.conversation_moved m ON m.into_ticket = shown.ticket
        AND m.at <= %(as_of)s AND m.source NOT IN (SELECT ticket FROM shown)
    JOIN read.conversation_entry e ON e.ticket = m.source AND e.message = m.message
)
SELECT * FROM entry WHERE at <= %(as_of)s {{more}} ORDER BY at, ticket, version LIMIT %(limit)s
"""  # noqa: S608 - literals above


def timeline(
    reader: Reader,
    ticket: str,
    *,
    public_only: bool = False,
    as_of: datetime | None = None,
    at_version: int | None = None,
    after: Place | None = None,
    limit: int = 100,
) -> tuple[list[dict[str, Any]], Place | None]:
    """A page of the timeline, oldest first, and where the next one begins (None: nowhere).

    `public_only` is the requester's view: no notes, no internal events, no details. `as_of` shows
    it as it was at an instant; `at_version` leaves out the ticket's own entries after a version.
    Raises ValueError for a limit out of bounds.
    """
    if not 1 <= limit <= MOST_ENTRIES:
        raise ValueError(f"a page has 1 to {MOST_ENTRIES} entries, not {limit}")
    params: dict[str, Any] = {
        "ticket": ticket,
        "as_of": as_of or "infinity",
        "limit": limit + 1,
    }
    more = ""
    if public_only:
        more += " AND public"
    if at_version is not None:
        more += " AND (ticket <> %(ticket)s OR version <= %(at_version)s)"
        params["at_version"] = at_version
    if after is not None:
        more += " AND (at, ticket, version) > (%(at)s, %(after_ticket)s, %(after_version)s)"
        params["at"], params["after_ticket"], params["after_version"] = after
    found = reader.fetch(_TIMELINE.format(more=more), params)
    shown = found[:limit]
    if public_only:
        for entry in shown:
            entry["details"] = {}
    last = shown[-1] if len(found) > limit else None
    return shown, (last["at"], last["ticket"], last["version"]) if last else None


def _entry(recorded: Recorded[Any], ticket: str, at: datetime) -> Entry:
    event = recorded.event
    details = {
        f.name: value
        for f in fields(event)
        if f.name not in _ENVELOPE and (value := getattr(event, f.name)) not in (None, (), {})
    }
    body = getattr(event, "body", None)
    if isinstance(event, TicketOpened):
        body = details.pop("description", None) or None
    return Entry(
        workspace=recorded.workspace,
        ticket=ticket,
        version=recorded.version,
        at=at,
        occurred_at=event.at,
        kind=_kind(event),
        event=event.kind,
        public=isinstance(event, _SHOWN_TO_REQUESTER),
        message=getattr(event, "message", None),
        actor_kind=event.by.kind,
        actor=event.by.id,
        channel=getattr(event, "channel", None),
        body=body,
        details=details,
    )


def _kind(event: Any) -> EntryKind:
    match event:
        case TicketOpened():
            return EntryKind.OPENING
        case MessageReceived():
            return EntryKind.MESSAGE
        case ReplySent():
            return EntryKind.REPLY
        case NoteAdded():
            return EntryKind.NOTE
        case _:
            return EntryKind.EVENT
