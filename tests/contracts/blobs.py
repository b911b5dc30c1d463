"""What every place for files does."""

import hashlib
import io

import pytest

from commands.blob_ports import Blobs, BlobsUnavailable
from domain.ids import BlobId, WorkspaceId

HERE, THERE = WorkspaceId("here"), WorkspaceId("there")
LONG = bytes(range(256)) * 4_000  # a megabyte, of several pieces


def name_of(content: bytes) -> BlobId:
    return BlobId(hashlib.sha256(content).hexdigest())


def kept(blobs: Blobs, content: bytes, workspace: WorkspaceId = HERE) -> BlobId:
    blob = name_of(content)
    blobs.put(workspace, blob, io.BytesIO(content))
    return blob


class BlobsContract:
    @pytest.fixture
    def blobs(self) -> Blobs:
        raise NotImplementedError

    @pytest.mark.parametrize("content", [b"x", LONG], ids=["short", "long"])
    def test_what_was_put_is_read_as_it_was(self, blobs: Blobs, content: bytes) -> None:
        blob = kept(blobs, content)
        assert blobs.size(HERE, blob) == len(content)
        assert b"".join(blobs.read(HERE, blob)) == content

    def test_the_same_content_is_kept_once_and_stays_as_it_is(self, blobs: Blobs) -> None:
        blob = kept(blobs, b"again")
        assert kept(blobs, b"again") == blob
        assert b"".join(blobs.read(HERE, blob)) == b"again"

    def test_content_is_read_from_its_beginning(self, blobs: Blobs) -> None:
        content = io.BytesIO(b"from here")
        content.seek(5)
        blob = name_of(b"from here")
        blobs.put(HERE, blob, content)
        assert b"".join(blobs.read(HERE, blob)) == b"from here"

    @pytest.mark.parametrize(
        ("start", "length"), [(0, 10), (255, 2), (300_000, 600_000), (1_023_990, 100), (5, None)]
    )
    def test_a_part_is_read_by_where_it_begins_and_how_long_it_is(
        self, blobs: Blobs, start: int, length: int | None
    ) -> None:
        blob = kept(blobs, LONG)
        part = b"".join(blobs.read(HERE, blob, start, length))
        assert part == (LONG[start:] if length is None else LONG[start : start + length])

    def test_what_was_never_put_is_not_there(self, blobs: Blobs) -> None:
        missing = name_of(b"never")
        assert blobs.size(HERE, missing) is None
        with pytest.raises(KeyError):
            blobs.read(HERE, missing)

    def test_workspaces_share_nothing(self, blobs: Blobs) -> None:
        blob = kept(blobs, b"ours")
        assert blobs.size(THERE, blob) is None
        blobs.delete(THERE, blob)
        assert blobs.size(HERE, blob) == 4

    def test_what_was_deleted_is_gone_and_may_come_again(self, blobs: Blobs) -> None:
        blob = kept(blobs, b"gone")
        blobs.delete(HERE, blob)
        blobs.delete(HERE, blob)
        assert blobs.size(HERE, blob) is None
        kept(blobs, b"gone")
        assert b"".join(blobs.read(HERE, blob)) == b"gone"

    def test_content_under_another_s_name_is_not_kept(self, blobs: Blobs) -> None:
        blob = name_of(b"this")
        with pytest.raises(BlobsUnavailable):
            blobs.put(HERE, blob, io.BytesIO(b"that"))
        assert blobs.size(HERE, blob) is None
