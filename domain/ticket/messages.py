"""What a message may hold: its text, and the files beside it."""

import re
from collections.abc import Collection, Iterable
from html import unescape

from domain.checks import BODY_LIMIT, NAME_LIMIT, optional_text, required_text
from domain.errors import Invalid
from domain.ids import BlobId
from domain.record import record
from domain.ticket.words import Format

ATTACHMENTS_LIMIT = 50
"""Files beside one message."""

_BLOB = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_UNSAFE_IN_NAMES = re.compile(
    "[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Controls, and marks that turn the direction of reading, so that one name is shown as another."""

_TAG = re.compile(r"<(?!img\b)[^<>]*>", re.IGNORECASE)
_UNSHOWN = re.compile(
    r"<(script|style|title)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)|</?[a-z!][^>]*(?:>|$)",
    re.IGNORECASE | re.DOTALL,
)
"""What of HTML is not for the eye."""


@record
class Attachment:
    """A file beside a message.

    `blob` is the SHA-256 of its bytes (hex), `size` their number, `media_type` what they are by
    their content, `name` what the sender called the file.
    """

    blob: BlobId
    name: str
    media_type: str
    size: int


def message_text(
    text: str, body_format: Format, attachments: Collection[Attachment], field: str = "body"
) -> None:
    """A message says something, or has a file beside it. Raises Invalid."""
    if not attachments:
        required_text(_shown(text) if body_format is Format.HTML else text, field, BODY_LIMIT)
    optional_text(text, field, BODY_LIMIT)


def each_once(given: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """The attachments as given, each file once: the first name counts. Raises Invalid."""
    files: dict[BlobId, Attachment] = {}
    for attachment in given:
        files.setdefault(attachment.blob, attachment)
    once = tuple(files.values())
    if len(once) > ATTACHMENTS_LIMIT:
        raise Invalid(
            f"A message has at most {ATTACHMENTS_LIMIT} attachments.",
            field="attachments",
            limit=ATTACHMENTS_LIMIT,
        )
    for attachment in once:
        _check(attachment)
    return once


def file_name(name: str) -> str:
    """A name that is safe to show and to save under: the last part of a path, at most 200 long.

    What is cut from a long name is its middle, because its end says what kind of file it is. A
    name of which nothing is left is `file`.
    """
    last = re.split(r"[\\/]", name)[-1]
    plain = " ".join(_UNSAFE_IN_NAMES.sub("", last).split()).strip(". ")
    if len(plain) > NAME_LIMIT:
        plain = f"{plain[: NAME_LIMIT - 31]}…{plain[-30:]}"
    return plain or "file"


def excerpt(text: str, written: Format, most: int) -> str:
    """The beginning of a message as one line of plain text, at most so many characters."""
    start = text[: most * 20]  # of HTML, much is not for the eye
    plain = unescape(_UNSHOWN.sub(" ", start)) if written is Format.HTML else start
    line = " ".join(plain.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _check(attachment: Attachment) -> None:
    known = _BLOB.fullmatch(attachment.blob) and _MEDIA_TYPE.fullmatch(attachment.media_type)
    if not known or attachment.size < 1:
        raise Invalid("An attachment names a file that was uploaded.", field="attachments")
    if attachment.name != file_name(attachment.name):
        raise Invalid(
            f"{attachment.name!r} is no name of a file.", field="attachments", name=attachment.name
        )


def _shown(html: str) -> str:
    """What is left of it for the eye: texts, and images as they are written."""
    return unescape(_TAG.sub("", html))
