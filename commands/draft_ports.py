"""Where drafts are kept: rows that are overwritten, and gone when they were sent."""

from collections.abc import Sequence
from typing import Protocol

from domain.draft import Draft
from domain.ids import BlobId, TicketId, WorkspaceId


class Drafts(Protocol):
    """One draft of a person on a ticket. All methods raise StoreUnavailable (commands.ports)."""

    def keep(
        self, workspace: WorkspaceId, person: str, draft: Draft, seen: int | None
    ) -> Draft | None:
        """Save it over the one of revision `seen` (None: there is none yet), as a new revision.

        None, and nothing saved, when that is not the latest one. `draft.revision` is not looked at.
        """

    def find(self, workspace: WorkspaceId, person: str, ticket: TicketId) -> Draft | None: ...

    def of(self, workspace: WorkspaceId, person: str, limit: int) -> Sequence[Draft]:
        """All drafts of a person, the latest first."""

    def remove(
        self, workspace: WorkspaceId, person: str, ticket: TicketId, revision: int | None = None
    ) -> bool:
        """Remove it, or only that revision of it; False: there was none."""

    def holding(self, workspace: WorkspaceId, blobs: Sequence[BlobId]) -> set[BlobId]:
        """Those of the files that any draft has."""
