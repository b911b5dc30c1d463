"""The log's tables in the words of PostgreSQL: batches in, rows out.

The one place that calls the `append` function. Chronodesk's own store and the persistence module
for the `eventsourcing` library both write and read through it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool, PoolTimeout

from adapters.postgres.append_call import (
    Batch,
    Check,
    Conflict,
    Fenced,
    Known,
    NewRow,
    Outcome,
    Write,
    Written,
    append_call,
    append_outcomes,
)
from adapters.postgres.schema import LOG_SCHEMA
from commands.ports import StoreUnavailable

__all__ = [
    "Answer",
    "Batch",
    "Check",
    "Conflict",
    "Fenced",
    "Known",
    "Layout",
    "Log",
    "NewRow",
    "Outcome",
    "Row",
    "Write",
    "Written",
    "append_call",
    "append_outcomes",
    "available",
]

LAST = 2**63 - 1
"""No version and no position is greater."""

# Rows name their stream and topic by a look at an index each, whatever the planner thinks of the
# tables' sizes: OFFSET 0 keeps it from reading all streams. No part of the log is looked into that
# is older than the stream.
_ROWS = sql.SQL(
    "SELECT e.lane, e.position, s.workspace, s.stream, e.version, t.name, e.data, e.recorded_at,"
    " e.command_id FROM {found},"
    " LATERAL (SELECT name FROM {schema}.topic WHERE id = e.topic OFFSET 0) AS t ORDER BY {order}"
)
_OF_STREAM = sql.SQL(
    "(SELECT * FROM {schema}.stream WHERE workspace = %s AND stream = %s) AS s,"
    " LATERAL (SELECT * FROM {schema}.event"
    " WHERE stream_id = s.id AND position >= s.first_position"
    " AND version > %s AND version <= %s ORDER BY {order} LIMIT %s) AS e"
)
_OF_STREAMS = sql.SQL(
    "unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS w (stream, after, n),"
    " LATERAL (SELECT * FROM {schema}.stream"
    " WHERE workspace = %s AND stream = w.stream OFFSET 0) AS s,"
    " LATERAL (SELECT * FROM {schema}.event"
    " WHERE stream_id = s.id AND position >= s.first_position AND version > w.after OFFSET 0) AS e"
)
_OF_LANE = sql.SQL(
    "(SELECT * FROM {schema}.event WHERE lane = %s AND position > %s AND position <= %s"
    " ORDER BY position LIMIT %s) AS e,"
    " LATERAL (SELECT * FROM {schema}.stream WHERE id = e.stream_id OFFSET 0) AS s"
)
_OF_LANE_AND_TOPICS = sql.SQL(
    "(SELECT * FROM {schema}.event WHERE lane = %s AND position > %s AND position <= %s"
    " AND topic = ANY (ARRAY(SELECT id FROM {schema}.topic WHERE name = ANY (%s)))"
    " ORDER BY position LIMIT %s) AS e,"
    " LATERAL (SELECT * FROM {schema}.stream WHERE id = e.stream_id OFFSET 0) AS s"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it is stored."""

    lane: int
    position: int
    workspace: str
    stream: str
    version: int
    topic: str
    data: bytes
    recorded_at: datetime
    command_id: UUID | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command id was answered: see sql/04_command.sql."""

    fingerprint: str
    stream: str
    version: int
    lanes: list[int]
    firsts: list[int]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class Layout:
    """The lanes of a log: all of them are read, new streams go to the first `open_lanes` of them.

    `epoch` changes when they do.
    """

    lanes: tuple[int, ...]
    open_lanes: int
    epoch: int


@contextmanager
def available() -> Iterator[None]:
    """Raise StoreUnavailable where the server or the way to it fails."""
    try:
        yield
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise StoreUnavailable(f"The database takes no writes now: {error}") from error
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        raise StoreUnavailable(f"The database cannot be reached: {error}") from error


class Log:
    """Reads and writes one log, which is one schema. Safe to share between threads.

    Methods raise StoreUnavailable when the server cannot be reached; after an append it is then
    unknown whether it was written.
    """

    def __init__(self, pool: ConnectionPool[Connection[Any]], schema: str = LOG_SCHEMA) -> None:
        """`pool` gives connections in autocommit mode, so that an append is one server call."""
        self._pool = pool
        self._schema = schema
        name = sql.Identifier(schema)
        self._stream = _rows(schema, _OF_STREAM, "version")
        self._stream_backwards = _rows(schema, _OF_STREAM, "version DESC")
        self._streams = _rows(schema, _OF_STREAMS, "n, version")
        self._page = _rows(schema, _OF_LANE, "position")
        self._page_of_topics = _rows(schema, _OF_LANE_AND_TOPICS, "position")
        self._heads = sql.SQL("SELECT lane, head FROM {}.lane ORDER BY lane").format(name)
        self._layout = sql.SQL("SELECT lane, open, epoch FROM {}.lane ORDER BY lane").format(name)
        self._answer = sql.SQL(
            "SELECT fingerprint, stream, version, lanes, firsts, counts FROM {}.command"
            " WHERE workspace = %s AND command_id = %s"
        ).format(name)

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """A connection of the pool. Raises StoreUnavailable."""
        with available(), self._pool.connection() as connection:
            yield connection

    def append(self, batches: Sequence[Batch], epoch: int | None = None) -> list[Outcome]:
        """Write independent batches in one server call and one transaction.

        With `epoch`, all are answered Fenced unless the layout still has it.
        """
        with self.connection() as connection:
            return self.append_on(connection, batches, epoch)

    def append_on(
        self, connection: Connection[Any], batches: Sequence[Batch], epoch: int | None = None
    ) -> list[Outcome]:
        """`append` as a part of what else happens on a connection."""
        if not batches:
            return []
        query, params = append_call(batches, epoch, schema=self._schema)
        with connection.cursor(binary=True) as cursor:
            return append_outcomes(batches, cursor.execute(query, params).fetchall())

    def layout(self) -> Layout:
        """The lanes as they are now."""
        with self.connection() as connection:
            found = connection.execute(self._layout).fetchall()
        return Layout(
            lanes=tuple(lane for lane, _, _ in found),
            open_lanes=sum(is_open for _, is_open, _ in found),
            epoch=max(epoch for _, _, epoch in found),
        )

    def stream(
        self,
        workspace: str,
        stream: str,
        after: int = 0,
        until: int | None = None,
        *,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Row]:
        """Events of a stream with versions greater than `after` and up to `until`, in order."""
        query = self._stream_backwards if newest_first else self._stream
        until = LAST if until is None else until
        return self._rows(query, [workspace, stream, after, until, limit])

    def streams(self, workspace: str, after: Iterable[tuple[str, int]]) -> list[Row]:
        """Events of several streams, of each those after a version; stream by stream, in order."""
        names, versions = zip(*after, strict=True)
        return self._rows(self._streams, [list(names), list(versions), workspace])

    def page(
        self,
        lane: int,
        after: int,
        limit: int,
        until: int | None = None,
        topics: Sequence[str] = (),
    ) -> list[Row]:
        """Up to `limit` events of a lane at positions after `after` and up to `until`, in order.

        With `topics`, only events of these.
        """
        until = LAST if until is None else until
        if topics:
            return self._rows(self._page_of_topics, [lane, after, until, list(topics), limit])
        return self._rows(self._page, [lane, after, until, limit])

    def heads(self) -> dict[int, int]:
        """The position of the last event of every lane."""
        with self.connection() as connection:
            return dict(connection.execute(self._heads).fetchall())

    def answer(self, workspace: str, command_id: UUID) -> Answer | None:
        """What a command id was answered, if anything."""
        with (
            self.connection() as connection,
            connection.cursor(row_factory=class_row(Answer)) as cursor,
        ):
            return cursor.execute(self._answer, [workspace, command_id]).fetchone()

    def _rows(self, query: bytes, params: list[Any]) -> list[Row]:
        with self.connection() as connection, connection.cursor(binary=True) as cursor:
            return [Row(*values) for values in cursor.execute(query, params).fetchall()]


def _rows(schema: str, found: sql.SQL, order: LiteralString) -> bytes:
    """The query for rows of the log that `found` finds as `e`, and their streams as `s`."""
    name, by = sql.Identifier(schema), sql.SQL(order)
    return _ROWS.format(found=found.format(schema=name, order=by), schema=name, order=by).as_bytes()
