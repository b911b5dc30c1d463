"""The list of uploads in memory, under the same contract as the one in PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from commands.blob_ports import Upload
from domain.actor import Actor
from domain.ids import BlobId, WorkspaceId

_Key = tuple[WorkspaceId, BlobId, str, str]


@dataclass
class _Held:
    upload: Upload
    arrived: bool = False
    sent: bool = False
    doomed: bool = False

    @property
    def usable(self) -> bool:
        return self.arrived and not self.doomed


class MemoryUploads:
    """See commands.blob_ports.Uploads."""

    def __init__(self) -> None:
        self._held: dict[_Key, _Held] = {}

    def expect(self, upload: Upload) -> bool:
        if any(held.doomed for held in self._of(upload.workspace, upload.blob)):
            return False
        held = self._held.setdefault(_key(upload), _Held(upload))
        used_at = max(held.upload.used_at, upload.used_at)
        held.upload = replace(upload, used_at=used_at)
        return True

    def arrived(self, upload: Upload) -> None:
        self._held[_key(upload)].arrived = True

    def find(self, workspace: WorkspaceId, blob: BlobId, by: Actor) -> Upload | None:
        held = self._held.get((workspace, blob, by.kind, by.id))
        return held.upload if held and held.usable else None

    def claim(
        self, workspace: WorkspaceId, blobs: Sequence[BlobId], by: Actor | None, at: datetime
    ) -> Mapping[BlobId, Upload]:
        claimed: dict[BlobId, Upload] = {}
        for held in self._held.values():
            upload = held.upload
            theirs = by is None or (upload.by.kind, upload.by.id) == (by.kind, by.id)
            wanted = upload.workspace == workspace and upload.blob in blobs
            if wanted and theirs and held.usable:
                held.upload = replace(upload, used_at=max(at, upload.used_at))
                claimed[upload.blob] = held.upload
        return claimed

    def brought(self, workspace: WorkspaceId, by: Actor, since: datetime) -> int:
        return sum(
            held.upload.size
            for (place, _, kind, actor), held in self._held.items()
            if (place, kind, actor) == (workspace, by.kind, by.id) and held.upload.used_at >= since
        )

    def unused(self, before: datetime, limit: int) -> Sequence[tuple[WorkspaceId, BlobId]]:
        named = {(workspace, blob) for workspace, blob, _, _ in self._held}
        return [name for name in named if self._is_unused(*name, before)][:limit]

    def sent(self, workspace: WorkspaceId, blobs: Sequence[BlobId]) -> None:
        for blob in blobs:
            for held in self._of(workspace, blob):
                held.sent = True

    def doom(self, workspace: WorkspaceId, blob: BlobId, before: datetime) -> bool:
        if not self._is_unused(workspace, blob, before):
            return False
        for held in self._of(workspace, blob):
            held.doomed = True
        return True

    def forget(self, workspace: WorkspaceId, blob: BlobId) -> None:
        gone = [key for key, h in self._held.items() if key[:2] == (workspace, blob) and h.doomed]
        for key in gone:
            del self._held[key]

    def _of(self, workspace: WorkspaceId, blob: BlobId) -> Iterable[_Held]:
        return [held for key, held in self._held.items() if key[:2] == (workspace, blob)]

    def _is_unused(self, workspace: WorkspaceId, blob: BlobId, before: datetime) -> bool:
        held = self._of(workspace, blob)
        return bool(held) and not any(one.sent or one.upload.used_at >= before for one in held)


def _key(upload: Upload) -> _Key:
    return upload.workspace, upload.blob, upload.by.kind, upload.by.id
