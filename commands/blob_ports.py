"""Where files are kept: bytes under their hash, and the list of who brought which.

The log says which file a message has; that somebody uploaded one is no event of a ticket.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.actor import Actor
from domain.ids import BlobId, WorkspaceId
from domain.record import record


@record
class Upload:
    """A file that somebody brought: what it is by its content, and how they call it.

    `used_at` is when it was brought or last put beside a message.
    """

    workspace: WorkspaceId
    blob: BlobId
    by: Actor
    name: str
    media_type: str
    size: int
    used_at: datetime


class Uploads(Protocol):
    """The list of files that were uploaded. All methods raise StoreUnavailable (commands.ports)."""

    def put(self, upload: Upload) -> None:
        """Remember it; who uploads the same content again renames their own."""

    def find(self, workspace: WorkspaceId, blob: BlobId, by: Actor) -> Upload | None:
        """What this person uploaded."""

    def claim(
        self, workspace: WorkspaceId, blobs: Sequence[BlobId], by: Actor | None, at: datetime
    ) -> Mapping[BlobId, Upload]:
        """Those of the files that were uploaded, used `at` this instant.

        By this person, or by anybody (None).
        """
