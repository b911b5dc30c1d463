"""Every place for files there is, under the one contract; and what each does when it fails."""

import errno
import io
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from adapters.blobs.folder import FolderBlobs
from adapters.blobs.memory import MemoryBlobs
from adapters.blobs.s3 import S3Blobs
from commands.blob_ports import BlobsUnavailable, NoRoom
from tests.contracts.blobs import HERE, BlobsContract, kept, name_of

KEYS = {"access_key": "test", "secret_key": "test", "region": "us-east-1"}


class TestMemoryBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self) -> MemoryBlobs:
        return MemoryBlobs()


class TestFolderBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> FolderBlobs:
        return FolderBlobs(tmp_path / "blobs")

    def test_a_full_disk_is_called_that_and_leaves_nothing(
        self, blobs: FolderBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(NoRoom):
                kept(blobs, b"too much")
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        kept(blobs, b"too much")

    def test_a_folder_that_cannot_be_written_is_called_that(
        self, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(descriptor: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(os, "fsync", broken)
        with pytest.raises(BlobsUnavailable):
            kept(blobs, b"anything")

    def test_a_folder_that_cannot_be_made_is_called_that(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(BlobsUnavailable):
            kept(FolderBlobs(tmp_path / "file" / "blobs"), b"x")

    def test_what_a_crash_left_half_written_goes_after_a_day(self, tmp_path: Path) -> None:
        kept(FolderBlobs(tmp_path), b"x")
        old, new = tmp_path / ".incoming" / "old", tmp_path / ".incoming" / "new"
        for path in (old, new):
            path.touch()
        os.utime(old, (time.time() - 90_000, time.time() - 90_000))
        kept(FolderBlobs(tmp_path), b"y")
        assert (old.exists(), new.exists()) == (False, True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        running.stop()


class TestS3Blobs(BlobsContract):
    @pytest.fixture
    def blobs(self, server: str, request: pytest.FixtureRequest) -> S3Blobs:
        bucket = f"b{abs(hash(request.node.nodeid))}"
        self.client(server).create_bucket(Bucket=bucket)
        return S3Blobs(bucket, prefix="desk/", endpoint=server, **KEYS)

    def client(self, server: str) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=server,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def test_a_file_is_under_the_prefix_and_its_workspace(self, server: str) -> None:
        self.client(server).create_bucket(Bucket="looked-at")
        blob = kept(S3Blobs("looked-at", prefix="desk/", endpoint=server, **KEYS), b"here I am")
        listed = self.client(server).list_objects_v2(Bucket="looked-at")["Contents"]
        assert [found["Key"] for found in listed] == [f"desk/here/{blob[:2]}/{blob}"]

    def test_a_store_that_is_away_is_called_that(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
            away = S3Blobs("any", endpoint=f"http://127.0.0.1:{taken.getsockname()[1]}", **KEYS)
            blob = name_of(b"x")
            for ask in (
                lambda: away.put(HERE, blob, io.BytesIO(b"x")),
                lambda: away.size(HERE, blob),
                lambda: away.read(HERE, blob),
                lambda: away.delete(HERE, blob),
            ):
                with pytest.raises(BlobsUnavailable):
                    ask()

    def test_a_bucket_that_is_not_there_is_called_that(self, server: str) -> None:
        with pytest.raises(BlobsUnavailable):
            kept(S3Blobs("no-such-bucket", endpoint=server, **KEYS), b"x")
