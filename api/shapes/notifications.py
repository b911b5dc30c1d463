"""What agents are told of."""

from datetime import datetime

from domain.actor import ActorKind
from domain.record import record
from projections.notifications import NotificationKind


@record
class NotifiedBy:
    """Who did it."""

    kind: ActorKind
    id: str


@record
class Notification:
    """One thing that an agent is told of. `version` is that of the ticket by which it came about.

    `text` is the beginning of what was said, or what a clock reached; empty for other kinds.
    """

    id: str
    kind: NotificationKind
    ticket: str
    number: int
    subject: str
    version: int
    text: str
    by: NotifiedBy
    at: datetime
    read: bool


@record
class Notifications:
    """A page, latest first; `unread` counts all that were not read, up to 1,000."""

    items: tuple[Notification, ...]
    unread: int
    next: str | None


@record
class Unread:
    """How many are left."""

    unread: int
