"""What somebody has begun to write on a ticket. Nothing of it is in the log until it is sent."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from domain.ids import AgentId, TicketId
from domain.record import record
from domain.ticket.messages import Attachment
from domain.ticket.words import Status

NextStatus: TypeAlias = Literal[Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.RESOLVED]
"""What a reply can leave a ticket in."""


class DraftKind(StrEnum):
    """What it will be when it is sent."""

    REPLY = "reply"
    NOTE = "note"


@record
class Draft:
    """A person's one draft on a ticket. `next_status` is what a reply will leave the ticket.

    `revision` names what was saved and is never used again, not even by a later draft on the same
    ticket: a device that has seen another one cannot overwrite it unknowingly.
    """

    ticket: TicketId
    kind: DraftKind
    body: str = ""
    next_status: NextStatus | None = None
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[AgentId, ...] = ()
    revision: int
    updated_at: datetime
