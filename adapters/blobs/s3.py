"""Files in a store that speaks S3: of Amazon, MinIO, Ceph, Garage, and others."""

import contextlib
import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from adapters.blobs.folder import PIECE
from commands.blob_ports import BlobsUnavailable, NoRoom
from domain.ids import BlobId, WorkspaceId

_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_FULL = frozenset({"507", "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull"})
_SECONDS_TO_CONNECT, _SECONDS_TO_ANSWER = 3, 20


class S3Blobs:
    """See commands.blob_ports.Blobs. A file is at `<prefix><workspace>/<first two digits>/<blob>`.

    An object is there when all of it was written: that is the store's own promise.
    """

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        endpoint: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
    ) -> None:
        """Without keys, those of the environment, of ~/.aws or of the machine's role are used."""
        self._bucket = bucket
        self._prefix = prefix
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                connect_timeout=_SECONDS_TO_CONNECT,
                read_timeout=_SECONDS_TO_ANSWER,
                retries={"max_attempts": 2, "mode": "standard"},
                # Not every store knows the newer checksums; the content is checked here.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, workspace: WorkspaceId, blob: BlobId, content: BinaryIO) -> None:
        digest, size = hashlib.sha256(), 0
        content.seek(0)
        while piece := content.read(PIECE):
            digest.update(piece)
            size += len(piece)
        if digest.hexdigest() != blob:
            raise BlobsUnavailable("The content is not what its name says.")
        if self.size(workspace, blob) == size:
            return
        content.seek(0)
        with _explained():
            self._client.put_object(
                **self._object(workspace, blob), Body=content, ContentLength=size
            )

    def size(self, workspace: WorkspaceId, blob: BlobId) -> int | None:
        with _explained():
            try:
                found = self._client.head_object(**self._object(workspace, blob))
            except ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise
        size: int = found["ContentLength"]
        return size

    def read(
        self, workspace: WorkspaceId, blob: BlobId, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        end = "" if length is None else start + length - 1
        part = {} if start == 0 and length is None else {"Range": f"bytes={start}-{end}"}
        with _explained():
            try:
                found = self._client.get_object(**self._object(workspace, blob), **part)
            except ClientError as error:
                if _code(error) in _MISSING:
                    raise KeyError(blob) from None
                raise
        return _pieces(found["Body"])

    def delete(self, workspace: WorkspaceId, blob: BlobId) -> None:
        with _explained():
            self._client.delete_object(**self._object(workspace, blob))

    def _object(self, workspace: WorkspaceId, blob: BlobId) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{workspace}/{blob[:2]}/{blob}"}


def _pieces(body: Any) -> Iterator[bytes]:
    with _explained(), contextlib.closing(body):
        yield from body.iter_chunks(PIECE)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if _code(error) in _FULL or str(status) in _FULL:
            raise NoRoom(str(error)) from error
        raise BlobsUnavailable(str(error)) from error
    except BotoCoreError as error:
        raise BlobsUnavailable(str(error)) from error
