"""Lists in PostgreSQL's binary form, made at a fifth of psycopg's own cost.

psycopg looks at every element to find its type. Here the type is known, and a list of numbers is
one call of `struct`. A value of these classes is the finished bytes, so that dumping is nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from struct import Struct, pack
from typing import ClassVar
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_NULL = pack(">i", -1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class _Array(bytes):
    """The bytes of a one-dimensional array; `oids` are those of the array and its elements."""

    oids: ClassVar[tuple[int, int]]

    @classmethod
    def _of(cls, count: int, elements: bytes, *, nulls: bool = False) -> "_Array":
        if not count:
            return cls(pack(">3i", 0, 0, cls.oids[1]))
        return cls(pack(">5i", 1, nulls, cls.oids[1], count, 1) + elements)


class _Numbers(_Array):
    """Numbers of one width, by `struct`'s letter for it."""

    letter: ClassVar[str]

    @classmethod
    def of(cls, values: Sequence[int | None]) -> "_Array":
        """The array of `values`; None is null."""
        if None in values:
            one = Struct(f">i{cls.letter}")
            parts = [_NULL if v is None else one.pack(one.size - 4, v) for v in values]
            return cls._of(len(values), b"".join(parts), nulls=True)
        flat: list[int | None] = [Struct(f">{cls.letter}").size] * (2 * len(values))
        flat[1::2] = values
        return cls._of(len(values), _layout(cls.letter, len(values)).pack(*flat))


class Integers(_Numbers):
    """Of type integer[]."""

    oids = (1007, 23)
    letter = "i"


class BigIntegers(_Numbers):
    """Of type bigint[]."""

    oids = (1016, 20)
    letter = "q"


class Instants(_Array):
    """Of type timestamptz[]."""

    oids = (1185, 1184)

    @classmethod
    def of(cls, values: Iterable[datetime]) -> "_Array":
        """The array of `values`, which know their time zone."""
        since = [(value - _EPOCH) // _MICROSECOND for value in values]
        return cls(_with_oid(BigIntegers.of(since), cls.oids[1]))


class Uuids(_Array):
    """Of type uuid[]."""

    oids = (2951, 2950)

    @classmethod
    def of(cls, values: Sequence[UUID | None]) -> "_Array":
        """The array of `values`; None is null."""
        size = pack(">i", 16)
        parts = [_NULL if value is None else size + value.bytes for value in values]
        return cls._of(len(values), b"".join(parts), nulls=None in values)


class Blobs(_Array):
    """Of type bytea[]."""

    oids = (1001, 17)

    @classmethod
    def of(cls, values: Sequence[bytes]) -> "_Array":
        """The array of `values`."""
        parts = [part for value in values for part in (len(value).to_bytes(4, "big"), value)]
        return cls._of(len(values), b"".join(parts))


class Texts(_Array):
    """Of type text[]."""

    oids = (1009, 25)

    @classmethod
    def of(cls, values: Sequence[str]) -> "_Array":
        """The array of `values`. Raises psycopg.DataError for one that PostgreSQL cannot hold."""
        blobs = [value.encode() for value in values]
        if any(b"\0" in blob for blob in blobs):
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return cls(_with_oid(Blobs.of(blobs), cls.oids[1]))


def _with_oid(array: bytes, element: int) -> bytes:
    """The same elements under the name of another type."""
    return array[:8] + pack(">i", element) + array[12:]


@cache
def _layout(letter: str, count: int) -> Struct:
    return Struct(">" + f"i{letter}" * count)


def _register(kind: type[_Array]) -> None:
    class Finished(Dumper):
        format = Format.BINARY
        oid = kind.oids[0]

        def dump(self, obj: Buffer) -> Buffer:
            return obj

    psycopg.adapters.register_dumper(kind, Finished)


for _kind in (Integers, BigIntegers, Instants, Uuids, Blobs, Texts):
    _register(_kind)
