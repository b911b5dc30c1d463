"""The log's tables in the words of PostgreSQL: batches in, rows out.

The one place that calls the `append` function. Chronodesk's own store and the persistence module
for the `eventsourcing` library both write and read through it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool, PoolTimeout

from adapters.postgres.schema import LOG_SCHEMA
from commands.ports import StoreUnavailable

LAST = 2**63 - 1
"""No version and no position is greater."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """An event to be written: its version in its stream, its topic and its bytes."""

    version: int
    topic: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """Rows for one stream; `expected` None takes the stream as it is."""

    stream: str
    lane: int
    expected: int | None
    rows: Sequence[NewRow]


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's writes: all of them happen, or none. `command_id` None is not remembered."""

    workspace: str
    command_id: UUID | None
    fingerprint: str
    recorded_at: datetime
    writes: Sequence[Write]


@dataclass(frozen=True, slots=True)
class Written:
    """For each write: the stream's version after it and the position of its first event."""

    versions: Sequence[int]
    firsts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The write with this index found its stream at another version."""

    write: int
    actual: int


@dataclass(frozen=True, slots=True)
class Known:
    """The command id is in the log; `same` unless another request had it."""

    same: bool


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


@contextmanager
def available() -> Iterator[None]:
    """Raise StoreUnavailable where the server or the way to it fails."""
    try:
        yield
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
        name = sql.Identifier(schema)
        self._append = sql.SQL(
            "SELECT request, answer, write_at, version, first FROM {}.append("
            "%s::text[], %s::uuid[], %s::text[], %s::timestamptz[], %s::int[], %s::text[],"
            " %s::int[], %s::bigint[], %s::int[], %s::bigint[], %s::text[], %s::bytea[])"
        ).format(name)
        rows = sql.SQL(
            "SELECT lane, position, workspace, stream, version, topic, data, recorded_at,"
            " command_id FROM {}.event "
        ).format(name)
        self._stream = rows + sql.SQL(
            "WHERE workspace = %s AND stream = %s AND version > %s AND version <= %s"
            " ORDER BY version LIMIT %s"
        )
        # One look at the index per stream, whatever the planner thinks of the tables' sizes.
        self._streams = sql.SQL(
            "SELECT found.* FROM unnest(%s::text[], %s::bigint[]) AS wanted (stream, after),"
            " LATERAL (SELECT lane, position, workspace, stream, version, topic, data,"
            " recorded_at, command_id FROM {}.event e WHERE e.workspace = %s"
            " AND e.stream = wanted.stream AND e.version > wanted.after"
            " ORDER BY e.version OFFSET 0) AS found"
        ).format(name)
        self._stream_backwards = rows + sql.SQL(
            "WHERE workspace = %s AND stream = %s AND version > %s AND version <= %s"
            " ORDER BY version DESC LIMIT %s"
        )
        self._page = rows + sql.SQL(
            "WHERE lane = %s AND position > %s AND position <= %s ORDER BY position LIMIT %s"
        )
        self._page_of_topics = rows + sql.SQL(
            "WHERE lane = %s AND position > %s AND position <= %s AND topic = ANY (%s)"
            " ORDER BY position LIMIT %s"
        )
        self._heads = sql.SQL("SELECT lane, head FROM {}.lane ORDER BY lane").format(name)
        self._answer = sql.SQL(
            "SELECT fingerprint, stream, version, lanes, firsts, counts FROM {}.command"
            " WHERE workspace = %s AND command_id = %s"
        ).format(name)

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """A connection of the pool. Raises StoreUnavailable."""
        with available(), self._pool.connection() as connection:
            yield connection

    def append(self, batches: Sequence[Batch]) -> list[Written | Conflict | Known]:
        """Write independent batches in one server call and one transaction."""
        with self.connection() as connection:
            return self.append_on(connection, batches)

    def append_on(
        self, connection: Connection[Any], batches: Sequence[Batch]
    ) -> list[Written | Conflict | Known]:
        """`append` as a part of what else happens on a connection."""
        writes = [write for batch in batches for write in batch.writes]
        rows = [row for write in writes for row in write.rows]
        given = [
            [batch.workspace for batch in batches],
            [batch.command_id for batch in batches],
            [batch.fingerprint for batch in batches],
            [batch.recorded_at for batch in batches],
            [len(batch.writes) for batch in batches],
            [write.stream for write in writes],
            [write.lane for write in writes],
            [write.expected for write in writes],
            [len(write.rows) for write in writes],
            [row.version for row in rows],
            [row.topic for row in rows],
            [row.data for row in rows],
        ]
        answers: dict[int, list[Any]] = {}
        for request, *answer in connection.execute(self._append, given, binary=True):
            answers.setdefault(request, []).append(answer)
        first_write = 1
        outcomes: list[Written | Conflict | Known] = []
        for request, batch in enumerate(batches, start=1):
            outcomes.append(_outcome(answers[request], first_write))
            first_write += len(batch.writes)
        return outcomes

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

    def _rows(self, query: sql.Composed, params: list[Any]) -> list[Row]:
        with self.connection() as connection, connection.cursor(binary=True) as cursor:
            return [Row(*values) for values in cursor.execute(query, params).fetchall()]


def _outcome(answers: list[list[Any]], first_write: int) -> Written | Conflict | Known:
    answer, write, version, _ = answers[0]
    match answer:
        case "accepted":
            return Written(versions=[row[2] for row in answers], firsts=[row[3] for row in answers])
        case "conflict":
            return Conflict(write=write - first_write, actual=version)
        case _:
            return Known(same=answer == "repeated")
