"""Places where files are kept, by their content: a folder, a store that speaks S3, memory."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.blobs.folder import FolderBlobs
from commands.blob_ports import Blobs


def blobs_in(folder: Path, s3: Mapping[str, Any]) -> Blobs:
    """The place that `s3` describes (the arguments of S3Blobs), or the folder when that is empty.

    What speaks S3 is loaded only where it is used.
    """
    if not s3:
        return FolderBlobs(folder)
    from adapters.blobs.s3 import S3Blobs

    return S3Blobs(**s3)
