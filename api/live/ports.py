"""What the live streams need besides the log: messages that nobody keeps, and who is where."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from domain.ids import TicketId, WorkspaceId
from domain.presence import Present

Heard = Callable[[WorkspaceId, str | None, str, Any], None]
"""Takes the workspace, the person (None: everybody who works here), the event, and its data."""


class Announcements(Protocol):
    """Messages to people who have a live stream open now, in whichever process that is.

    Nothing is kept: who is not there, or is cut off in that moment, does not get it. So a message
    says that something can be read elsewhere; whoever connects reads that first.
    """

    def tell(self, workspace: WorkspaceId, person: str | None, event: str, data: Any) -> None:
        """Send `event` to all streams of a person, on all devices; None: of everybody on the staff.

        `person` is the id of an agent; a requester gets nothing this way. `data` is what
        `api.answers.dump` takes, up to about 250 KB. Raises nothing when the database is away.
        """

    def listen(self, heard: Heard, missed: Callable[[], None]) -> None:
        """Give every message of every process to `heard`, from a thread of its own.

        `missed` is called when some may have been lost. For one listener.
        """


class Presences(Protocol):
    """Who is on which ticket. What is not renewed ends by itself. All methods raise Unavailable."""

    def come(
        self,
        workspace: WorkspaceId,
        ticket: TicketId,
        who: Present,
        connection: str,
    ) -> bool:
        """Be there for another while; `connection` names the window. Whether that is a change.

        `who.since` counts only when the connection is new.
        """

    def go(self, workspace: WorkspaceId, ticket: TicketId, person: str, connection: str) -> bool:
        """Leave; False when it was not there."""

    def on(
        self, workspace: WorkspaceId, tickets: Collection[TicketId] | None = None
    ) -> Mapping[TicketId, Sequence[Present]]:
        """The people on each of the tickets (None: on any), see `domain.presence.together`."""

    def expire(self) -> Collection[tuple[WorkspaceId, TicketId]]:
        """Forget whose time is over; the tickets that they were on. One caller gets each."""
