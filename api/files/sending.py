"""Sending a file to a browser: in parts if it asks for them, and so that it cannot do anything."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from api.problems import Problem
from commands.blob_ports import Blobs
from domain.ids import BlobId, WorkspaceId

_SHOWN = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "text/plain"}
)
"""What a browser may show by itself: pixels and plain text. All else is saved to a disk."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PLAIN_NAME = re.compile(r"[^A-Za-z0-9._ -]")


def send(
    blobs: Blobs,
    workspace: WorkspaceId,
    blob: BlobId,
    *,
    name: str,
    media_type: str,
    asked: Mapping[str, str],
) -> Response:
    """The answer to a request for a file; `asked` are the request's headers.

    A name stands for its content for ever, so it is fetched once. Raises Problem (not-found,
    bad-range) and BlobsUnavailable.
    """
    size = blobs.size(workspace, blob)
    if size is None:
        raise Problem("not-found", "The file is not in the store any more.")
    tag = f'"{blob}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Vary": "Authorization, Cookie",
    }
    if tag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers |= {
        "Accept-Ranges": "bytes",
        "Content-Disposition": _disposition(media_type, name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        # As it is: compressed on the way, a part would not be the part that was asked for.
        "Content-Encoding": "identity",
    }
    part = _part(asked, tag, size)
    start, length = part or (0, size)
    headers["Content-Length"] = str(length)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    try:
        content = blobs.read(workspace, blob, start, length)
    except KeyError:
        raise Problem("not-found", "The file is not in the store any more.") from None
    kind = f"{media_type}; charset=utf-8" if media_type == "text/plain" else media_type
    return StreamingResponse(content, 200 if part is None else 206, headers, kind)


def _part(asked: Mapping[str, str], tag: str, size: int) -> tuple[int, int] | None:
    """Where the part begins and how long it is; None: everything. Raises Problem (bad-range)."""
    found = _RANGE.fullmatch(asked.get("range", "").strip())
    if found is None or asked.get("if-range", tag) != tag or not (found[1] or found[2]):
        return None  # several ranges, or other units: the standard lets a server send all of it
    if found[1]:
        start, end = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        start, end = max(0, size - int(found[2])), size - 1
    if start > end or start >= size:
        raise Problem(
            "bad-range",
            f"The file has {size} bytes.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, end - start + 1


def _disposition(media_type: str, name: str) -> str:
    how = "inline" if media_type in _SHOWN else "attachment"
    plain = _PLAIN_NAME.sub("_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
