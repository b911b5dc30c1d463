"""The rows of the conversation: entries and their files, and which tickets show them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.record import record
from domain.ticket.messages import Attachment
from projections.columns import columns_of
from projections.ports import Table


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

    `format` is how the body was written; HTML is as it came, and safe for nobody's screen yet.

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
    format: str
    attachments: tuple[Attachment, ...]
    mentions: tuple[str, ...]
    details: dict[str, Any]


@record
class Attached:
    """A file of an entry; `public` and `message` are those of the entry."""

    workspace: str
    ticket: str
    version: int
    blob: str
    public: bool
    message: str | None
    name: str
    media_type: str
    size: int


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
ATTACHED = Table(
    name="conversation_attached",
    row=Attached,
    key=("workspace", "ticket", "version", "blob"),
    ddl=columns_of(Attached),
    indexes=("(workspace, blob)",),
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
