"""Drafts in memory, under the same contract as those in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from domain.draft import Draft
from domain.ids import BlobId, TicketId, WorkspaceId


class MemoryDrafts:
    """See commands.draft_ports.Drafts."""

    def __init__(self) -> None:
        self._held: dict[tuple[WorkspaceId, str, TicketId], Draft] = {}
        self._revisions = count(1)

    def keep(
        self, workspace: WorkspaceId, person: str, draft: Draft, seen: int | None
    ) -> Draft | None:
        key = (workspace, person, draft.ticket)
        held = self._held.get(key)
        if (held.revision if held else None) != seen:
            return None
        self._held[key] = replace(draft, revision=next(self._revisions))
        return self._held[key]

    def find(self, workspace: WorkspaceId, person: str, ticket: TicketId) -> Draft | None:
        return self._held.get((workspace, person, ticket))

    def of(self, workspace: WorkspaceId, person: str, limit: int) -> Sequence[Draft]:
        theirs = [draft for key, draft in self._held.items() if key[:2] == (workspace, person)]
        return sorted(theirs, key=lambda draft: (draft.updated_at, draft.revision))[::-1][:limit]

    def remove(
        self, workspace: WorkspaceId, person: str, ticket: TicketId, revision: int | None = None
    ) -> bool:
        held = self._held.get((workspace, person, ticket))
        if held is None or revision not in {None, held.revision}:
            return False
        del self._held[workspace, person, ticket]
        return True

    def holding(self, workspace: WorkspaceId, blobs: Sequence[BlobId]) -> set[BlobId]:
        return {
            file.blob
            for (place, _, _), draft in self._held.items()
            for file in draft.attachments
            if place == workspace and file.blob in blobs
        }
