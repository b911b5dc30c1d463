"""What each event adds to the conversation."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from domain.ids import ident_of
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
    TicketRequesterChanged,
    TicketResolved,
    TicketSplit,
    TicketUnmerged,
)
from domain.ticket.words import Format
from projections.conversation.rows import (
    ABSORBED,
    ATTACHED,
    ENTRY,
    MOVED,
    THREAD,
    Absorbed,
    Attached,
    Entry,
    EntryKind,
    Moved,
    Thread,
)
from projections.ports import Key, Rows, Table
from projections.ticket_row import effective_at

_COLUMNS = frozenset(
    {"by", "at", "undoes", "kind", "message", "requester", "body", "channel", "format",
     "attachments", "mentions"}
)  # fmt: skip
"""Fields of events that have a column of their own, or are left out."""

_CHANGED: dict[type[Any], frozenset[str]] = {TicketRequesterChanged: frozenset({"requester"})}
"""Of those the fields that are what an event tells, and not whom it is about."""

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
    """Add the event's entry with its files; note merges and splits."""
    event, workspace, ticket = recorded.event, recorded.workspace, ident_of(recorded.stream)
    thread: Thread | None = rows.get(THREAD, (workspace, ticket))
    at = effective_at(thread.at if thread else None, event.at)
    rows.put(THREAD, Thread(workspace=workspace, ticket=ticket, at=at))
    entry = _entry(recorded, ticket, at)
    rows.put(ENTRY, entry)
    for attached in _files_of(entry):
        rows.put(ATTACHED, attached)
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


def _entry(recorded: Recorded[Any], ticket: str, at: datetime) -> Entry:
    event = recorded.event
    besides = _COLUMNS - _CHANGED.get(type(event), frozenset())
    details = {
        f.name: value
        for f in fields(event)
        if f.name not in besides and (value := getattr(event, f.name)) not in (None, (), {})
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
        format=getattr(event, "format", Format.TEXT),
        attachments=getattr(event, "attachments", ()),
        mentions=getattr(event, "mentions", ()),
        details=details,
    )


def _files_of(entry: Entry) -> Iterable[Attached]:
    for file in entry.attachments:
        yield Attached(
            workspace=entry.workspace,
            ticket=entry.ticket,
            version=entry.version,
            blob=file.blob,
            public=entry.public,
            message=entry.message,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
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
