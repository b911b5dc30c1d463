"""The list of uploads in memory, under the same contract as the one in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from commands.blob_ports import Upload
from domain.actor import Actor
from domain.ids import BlobId, WorkspaceId

_Key = tuple[WorkspaceId, BlobId, str, str]


class MemoryUploads:
    """See commands.blob_ports.Uploads."""

    def __init__(self) -> None:
        self._held: dict[_Key, Upload] = {}

    def put(self, upload: Upload) -> None:
        key = _key(upload.workspace, upload.blob, upload.by)
        before = self._held.get(key, upload)
        self._held[key] = replace(upload, used_at=max(before.used_at, upload.used_at))

    def find(self, workspace: WorkspaceId, blob: BlobId, by: Actor) -> Upload | None:
        return self._held.get(_key(workspace, blob, by))

    def claim(
        self, workspace: WorkspaceId, blobs: Sequence[BlobId], by: Actor | None, at: datetime
    ) -> Mapping[BlobId, Upload]:
        claimed: dict[BlobId, Upload] = {}
        for key, upload in self._held.items():
            theirs = by is None or key == _key(workspace, upload.blob, by)
            if upload.workspace == workspace and upload.blob in blobs and theirs:
                self._held[key] = replace(upload, used_at=max(at, upload.used_at))
                claimed.setdefault(upload.blob, self._held[key])
        return claimed


def _key(workspace: WorkspaceId, blob: BlobId, by: Actor) -> _Key:
    return workspace, blob, by.kind, by.id
