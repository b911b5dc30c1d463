"""Files in a folder: written beside, made durable, then renamed into their place."""

import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from commands.blob_ports import BlobsUnavailable, NoRoom
from domain.ids import BlobId, WorkspaceId

PIECE = 256 * 1024
"""Bytes that are read at once."""

_ABANDONED = 86_400
"""Seconds after which nobody writes to a file any more that was begun."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FolderBlobs:
    """See commands.blob_ports.Blobs. Several processes may use the folder at once.

    A file is at `<workspace>/<first two digits>/<blob>`: with a million files, a folder has 4,000.
    What a crash leaves half-written is in `.incoming`, and goes when a later process begins.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is made with the first file."""
        self._folder = folder
        self._incoming = folder / ".incoming"
        self._looked = False

    def put(self, workspace: WorkspaceId, blob: BlobId, content: BinaryIO) -> None:
        place = self._place(workspace, blob)
        if place.exists():
            return
        with _explained():
            place.parent.mkdir(parents=True, exist_ok=True)
            self._make_ready()
            descriptor, name = tempfile.mkstemp(dir=self._incoming)
            try:
                with os.fdopen(descriptor, "wb") as written:
                    _copy(content, written, blob)
                    written.flush()
                    os.fsync(written.fileno())
                Path(name).rename(place)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
            _make_durable(place.parent)
            _make_durable(place.parent.parent)

    def size(self, workspace: WorkspaceId, blob: BlobId) -> int | None:
        with _explained():
            try:
                return self._place(workspace, blob).stat().st_size
            except FileNotFoundError:
                return None

    def read(
        self, workspace: WorkspaceId, blob: BlobId, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        with _explained():
            try:
                content = self._place(workspace, blob).open("rb")
            except FileNotFoundError:
                raise KeyError(blob) from None
            content.seek(start)
        return _pieces(content, length)

    def delete(self, workspace: WorkspaceId, blob: BlobId) -> None:
        with _explained():
            self._place(workspace, blob).unlink(missing_ok=True)

    def _make_ready(self) -> None:
        if not self._looked:
            self._incoming.mkdir(parents=True, exist_ok=True)
            for left in self._incoming.iterdir():
                if left.stat().st_mtime < time.time() - _ABANDONED:
                    left.unlink(missing_ok=True)
            self._looked = True

    def _place(self, workspace: WorkspaceId, blob: BlobId) -> Path:
        return self._folder / workspace / blob[:2] / blob


def _copy(content: BinaryIO, written: BinaryIO, blob: BlobId) -> None:
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(PIECE):
        digest.update(piece)
        written.write(piece)
    if digest.hexdigest() != blob:
        raise BlobsUnavailable("The content is not what its name says.")


def _pieces(content: BinaryIO, length: int | None) -> Iterator[bytes]:
    left = length
    with content:
        while left is None or left > 0:
            with _explained():
                piece = content.read(PIECE if left is None else min(PIECE, left))
            if not piece:
                return
            if left is not None:
                left -= len(piece)
            yield piece


def _make_durable(folder: Path) -> None:
    """A renamed file survives a power cut once the folder that names it is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom(str(error)) from error
        raise BlobsUnavailable(str(error)) from error
