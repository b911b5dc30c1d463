"""Small pictures that a browser can draw."""

import struct
import zlib


def png(colour: tuple[int, int, int] = (40, 90, 200), side: int = 8) -> bytes:
    """A square of one colour, as a PNG file."""
    lines = (b"\0" + bytes(colour) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
