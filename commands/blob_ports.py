"""Where files are kept: bytes under their hash, and the list of who brought which.

The log says which file a message has; that somebody uploaded one is no event of a ticket. A file
that is in no message after a while is removed: it is doomed first, from where nobody can claim it
any more, then its bytes go, then the list forgets it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, Protocol

from domain.actor import Actor
from domain.ids import BlobId, WorkspaceId
from domain.record import record


class BlobsUnavailable(Exception):
    """The place where files are kept cannot be reached, or fails; nothing was kept."""


class NoRoom(Exception):
    """There is no room for another file; nothing was kept."""


class Blobs(Protocol):
    """Bytes under their SHA-256, in hex. Methods raise BlobsUnavailable.

    What is there is whole: it is read under its name only after all of it was written down.
    """

    def put(self, workspace: WorkspaceId, blob: BlobId, content: BinaryIO) -> None:
        """Keep the content, from its beginning; nothing to do when it is there. Raises NoRoom."""

    def size(self, workspace: WorkspaceId, blob: BlobId) -> int | None:
        """How many bytes there are; None: it is not there."""

    def read(
        self, workspace: WorkspaceId, blob: BlobId, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """The content in pieces, from `start` on and so many bytes (None: all).

        It is opened before the first piece is asked for. Raises KeyError when it is not there.
        """

    def delete(self, workspace: WorkspaceId, blob: BlobId) -> None:
        """Remove it, if it is there."""


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

    def expect(self, upload: Upload) -> bool:
        """A file is about to be kept; False: one of that content is being removed right now.

        Who brings the same content again renames their own. What was expected and never came is
        removed like anything that nobody used.
        """

    def arrived(self, upload: Upload) -> None:
        """It is kept: from now on it can be found and claimed."""

    def find(self, workspace: WorkspaceId, blob: BlobId, by: Actor) -> Upload | None:
        """What this person uploaded."""

    def claim(
        self, workspace: WorkspaceId, blobs: Sequence[BlobId], by: Actor | None, at: datetime
    ) -> Mapping[BlobId, Upload]:
        """Those of the files that were uploaded, used `at` this instant.

        By this person, or by anybody (None).
        """

    def brought(self, workspace: WorkspaceId, by: Actor, since: datetime) -> int:
        """Bytes of the files that this person brought or used since then."""

    def unused(self, before: datetime, limit: int) -> Sequence[tuple[WorkspaceId, BlobId]]:
        """Files that nobody has used since `before` and that are not known to be in a message."""

    def sent(self, workspace: WorkspaceId, blobs: Sequence[BlobId]) -> None:
        """They are in messages: they stay."""

    def doom(self, workspace: WorkspaceId, blob: BlobId, before: datetime) -> bool:
        """Let nobody claim it any more; False: it was used since `before`, or it stays."""

    def forget(self, workspace: WorkspaceId, blob: BlobId) -> None:
        """What was doomed is gone."""
