"""A file on its way in: hashed while it comes, never whole in memory."""

import contextlib
import errno
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO, cast

from starlette.concurrency import run_in_threadpool

from commands.blob_ports import BlobsUnavailable, NoRoom
from domain.ids import BlobId

IN_MEMORY = 1024 * 1024
"""Bytes up to which a file is not written to a temporary one."""

_PIECE = 256 * 1024
"""Bytes that are handed to a thread at once."""


class Incoming:
    """The bytes that have come, in a temporary file that nobody else can open."""

    def __init__(self, content: BinaryIO) -> None:
        self.content = content
        self.size = 0
        self._digest = hashlib.sha256()

    @property
    def blob(self) -> BlobId:
        """The name of what has come so far."""
        return BlobId(self._digest.hexdigest())

    async def take(self, stream: AsyncIterator[bytes]) -> None:
        """Take everything in. Raises NoRoom when the temporary file finds none."""
        held = bytearray()
        async for piece in stream:
            held += piece
            if len(held) >= _PIECE:
                await run_in_threadpool(self._write, bytes(held))
                held.clear()
        self._write(bytes(held))

    def _write(self, piece: bytes) -> None:
        self._digest.update(piece)
        self.size += len(piece)
        try:
            self.content.write(piece)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise NoRoom(str(error)) from error
            raise BlobsUnavailable(str(error)) from error


@contextlib.contextmanager
def incoming() -> Iterator[Incoming]:
    """A place for the bytes of one file; they are gone when the block is left."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as content:
        yield Incoming(cast("BinaryIO", content))
