"""Removes files that were brought and never sent."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from commands.blob_ports import Blobs, BlobsUnavailable, Uploads
from commands.draft_ports import Drafts
from commands.ports import Clock
from domain.ids import BlobId, WorkspaceId
from domain.position import Position
from projections import conversation
from projections.ports import Reader, RowStore
from projections.progress import Progress

log = structlog.get_logger("files")

EVERY = timedelta(hours=1)
"""Between rounds of one process."""

_AT_ONCE = 200
_PATIENCE = 5.0
"""Seconds to wait for the timeline to show everything that is in the log."""


def is_complete(rows: RowStore, progress: Progress, head: Callable[[], Position]) -> bool:
    """Whether the timeline shows everything that is in the log by now. Raises Unavailable."""
    name = conversation.PROJECTION.name
    return progress.wait(head(), [name], _PATIENCE) and not rows.parked(name)


class Cleaner:
    """Asks the timeline which files are in messages, and drafts which wait to be.

    Several processes may ask at once.

    A file that a command was about to name was claimed a moment before, so it is not old. Nothing
    is removed while the timeline is behind the log, or could not take some event of it.
    """

    def __init__(
        self,
        uploads: Uploads,
        blobs: Blobs,
        drafts: Drafts,
        clock: Clock,
        reader: Callable[[WorkspaceId], Reader],
        *,
        complete: Callable[[], bool],
        after: timedelta,
    ) -> None:
        """`complete`: see is_complete; `after` so long an unused file is removed."""
        self._uploads = uploads
        self._blobs = blobs
        self._drafts = drafts
        self._clock = clock
        self._reader = reader
        self._complete = complete
        self._after = after
        self._next: datetime | None = None

    def round(self) -> int:
        """Remove what is old and unused, if it is time to look; on how many files it was decided.

        Raises StoreUnavailable and Unavailable.
        """
        now = self._clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + EVERY
        before, settled = now - self._after, 0
        while found := self._uploads.unused(before, _AT_ONCE):
            if not self._complete():
                log.warning("files are not cleaned up: the timeline is not complete")
                break
            done = 0
            for workspace in {workspace for workspace, _ in found}:
                theirs = [blob for place, blob in found if place == workspace]
                done += self._settle(workspace, theirs, before)
            settled += done
            if not done:
                break
        return settled

    def _settle(self, workspace: WorkspaceId, blobs: Sequence[BlobId], before: datetime) -> int:
        sent = conversation.referred(self._reader(workspace), blobs)
        self._uploads.sent(workspace, [blob for blob in blobs if blob in sent])
        held = self._drafts.holding(workspace, [blob for blob in blobs if blob not in sent])
        self._uploads.claim(workspace, list(held), None, self._clock.now())
        left = [blob for blob in blobs if blob not in sent | held]
        return len(sent | held) + sum(self._removed(workspace, blob, before) for blob in left)

    def _removed(self, workspace: WorkspaceId, blob: BlobId, before: datetime) -> bool:
        if not self._uploads.doom(workspace, blob, before):
            return False
        try:
            self._blobs.delete(workspace, blob)
        except BlobsUnavailable as away:
            log.warning("a file was not removed, it will be tried again", error=str(away))
            return False
        self._uploads.forget(workspace, blob)
        return True
