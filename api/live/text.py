"""Server-sent events as text (WHATWG HTML, 9.2): what goes over the wire."""

from typing import Any

from api.answers import dump

RETRY = 2_000
"""Milliseconds until a browser connects again."""


def event_text(event: str, data: Any, position: str | None = None) -> bytes:
    """An event. With `position` that is where a reader who got it goes on from."""
    ident = b"" if position is None else b"id: " + position.encode() + b"\n"
    # JSON from `dump` has no line breaks.
    return b"%bevent: %b\ndata: %b\n\n" % (ident, event.encode(), dump(data))


def opening_text(position: str) -> bytes:
    """The beginning of a stream: no event, but a position to go on from."""
    return b"retry: %d\nid: %b\n\n" % (RETRY, position.encode())


def heartbeat_text(position: str) -> bytes:
    """A comment, so that nobody in between takes the connection for dead.

    The position moves on although nothing was for this reader.
    """
    return b": \nid: %b\n\n" % position.encode()
