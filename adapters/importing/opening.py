"""The bytes of a history file: plain or gzip, line by line, as much as can be read."""

import zlib
from collections.abc import Iterator
from pathlib import Path

from adapters.importing.mapping import ImportRefused
from domain.record import record

_CHUNK = 1 << 18
_GZIP = 16 + zlib.MAX_WBITS
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

MAX_LINE = 1 << 20
"""Bytes in one line. A longer one is reported and skipped, so that memory stays bounded."""


@record
class Line:
    """One line without its line break. `too_long`: `text` is only the beginning of it."""

    number: int
    text: bytes
    too_long: bool = False
    whole: bool = True


class Opened:
    """A file that is being read. `done` of `total` bytes have been, compressed ones as stored.

    After the last line, `damage` says why the file ended too early, if it did.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done = 0
        self.damage: str | None = None
        try:
            self.total = path.stat().st_size
            with path.open("rb") as file:
                self._magic = file.read(2)
        except OSError as error:
            raise ImportRefused(f"{path} cannot be read: {error.strerror}.") from error
        if self.total == 0:
            raise ImportRefused(f"{path} is empty: there is nothing to import.")
        if self._magic in _UTF16:
            raise ImportRefused(f"{path} is UTF-16; save it as UTF-8 and import that.")

    def chunks(self) -> Iterator[bytes]:
        """The content, decompressed, in pieces. Ends early, with `damage` set, where it must."""
        stored = self._stored()
        yield from self._gunzipped(stored) if self._magic == b"\x1f\x8b" else stored

    def lines(self) -> Iterator[Line]:
        """The content as lines. The last one is not `whole` when the file is cut off in it."""
        number, rest = 0, b""
        skipping = False
        for chunk in self.chunks():
            *whole, rest = (rest + chunk).split(b"\n")
            for text in whole:
                number += 1
                if skipping:
                    skipping = False
                elif len(text) > MAX_LINE:
                    yield Line(number=number, text=text[:100], too_long=True)
                else:
                    yield Line(number=number, text=text.removesuffix(b"\r"))
            if skipping:
                rest = b""
            elif len(rest) > MAX_LINE:
                yield Line(number=number + 1, text=rest[:100], too_long=True)
                rest, skipping = b"", True
        if rest:
            text = rest.removesuffix(b"\r")
            yield Line(number=number + 1, text=text, whole=self.damage is None)

    def _stored(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    self.done += len(chunk)
                    yield chunk
        except OSError as error:
            self.damage = f"reading stopped: {error.strerror}"

    def _gunzipped(self, stored: Iterator[bytes]) -> Iterator[bytes]:
        gunzip = zlib.decompressobj(_GZIP)
        for chunk in stored:
            rest = chunk
            while rest:
                if gunzip.eof:  # a gzip file may have several members
                    if not rest.strip(b"\0"):
                        return
                    gunzip = zlib.decompressobj(_GZIP)
                before = gunzip.copy()
                try:
                    yield gunzip.decompress(rest)
                except zlib.error as error:
                    yield from _salvaged(before, rest)
                    self.damage = f"the compressed data is damaged ({error})"
                    return
                rest = gunzip.unused_data
        if not gunzip.eof:
            self.damage = "the compressed data ends too early"


def _salvaged(gunzip: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    """What can be decompressed of a chunk that has damage somewhere: byte by byte up to it."""
    for index in range(len(chunk)):
        try:
            yield gunzip.decompress(chunk[index : index + 1])
        except zlib.error:
            return
