"""Which lane a stream belongs to: one rule for every store, stable for ever."""

import hashlib

from domain.ids import StreamId, WorkspaceId


def lane_of(workspace: WorkspaceId, stream: StreamId, lanes: int) -> int:
    """The lane (0 to `lanes` - 1) of a stream.

    The first eight bytes of SHA-256 modulo the number of lanes: every implementation of SHA-256
    agrees, which no database's or language's own hash function promises.
    """
    if lanes == 1:
        return 0
    digest = hashlib.sha256(f"{workspace}/{stream}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % lanes
