"""Files in memory, under the same contract as those on a disk."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from commands.blob_ports import BlobsUnavailable
from domain.ids import BlobId, WorkspaceId


class MemoryBlobs:
    """See commands.blob_ports.Blobs."""

    def __init__(self) -> None:
        self._held: dict[tuple[WorkspaceId, BlobId], bytes] = {}

    def put(self, workspace: WorkspaceId, blob: BlobId, content: BinaryIO) -> None:
        content.seek(0)
        whole = content.read()
        if hashlib.sha256(whole).hexdigest() != blob:
            raise BlobsUnavailable("The content is not what its name says.")
        self._held[workspace, blob] = whole

    def size(self, workspace: WorkspaceId, blob: BlobId) -> int | None:
        held = self._held.get((workspace, blob))
        return None if held is None else len(held)

    def read(
        self, workspace: WorkspaceId, blob: BlobId, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        held = self._held[workspace, blob]
        end = len(held) if length is None else start + length
        return iter([held[start:end]])

    def delete(self, workspace: WorkspaceId, blob: BlobId) -> None:
        self._held.pop((workspace, blob), None)
