"""Folds a range of streams into the tables of a copy, by COPY: what each process of a load does."""

import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import psycopg
from psycopg import Connection, sql

from adapters.postgres.appending import recorded
from adapters.postgres.copy_text import shapes
from adapters.postgres.log import Row
from adapters.postgres.projection_batch import put_aside
from adapters.postgres.projection_errors import mapped
from domain.ids import WorkspaceId
from domain.position import Position
from domain.record import record
from domain.recorded import Recorded
from projections.advance import reason_of
from projections.folding import Folded, fold
from projections.ports import Projection, RowsRefused, Table, Unavailable

Events = Sequence[Recorded[Any]]

_PAGE = 2_000
"""Events that are fetched at once."""

_SPILL = 20_000
"""Rows that are kept at most, besides those of one stream: some dozens of megabytes."""

_EVENTS = """
SELECT e.lane, e.position, s.workspace, s.stream, e.version, t.name, e.data, e.recorded_at,
       e.command_id
FROM chronodesk.stream s
JOIN unnest(%(lanes)s::integer[], %(heads)s::bigint[]) AS goal (lane, head) USING (lane)
JOIN chronodesk.event e ON e.stream_id = s.id AND e.position <= goal.head
JOIN chronodesk.topic t ON t.id = e.topic
WHERE s.id BETWEEN %(first)s AND %(last)s AND e.stream_id BETWEEN %(first)s AND %(last)s
  AND e.position >= %(begin)s AND split_part(s.stream, ':', 1) = ANY (%(wants)s)
ORDER BY s.id, e.version
"""

_STREAM = """
SELECT e.lane, e.position, s.workspace, s.stream, e.version, t.name, e.data, e.recorded_at,
       e.command_id
FROM chronodesk.stream s
JOIN chronodesk.event e ON e.stream_id = s.id AND e.position >= s.first_position
JOIN chronodesk.topic t ON t.id = e.topic
WHERE s.workspace = %(workspace)s AND s.stream = %(stream)s
ORDER BY e.version
"""

_IS_STILL_THERE = """
SELECT FROM chronodesk.projection WHERE schema = %s AND since = %s FOR KEY SHARE
"""

_UNSTORABLE = (RowsRefused, OverflowError, ValueError, struct.error)
"""A value that no column can hold, found by the server or while it is encoded."""


@record
class Copy:
    """Where to load: the schema of a copy, since when it is there, and how far the log is read."""

    schema: str
    since: datetime
    until: Position


@record
class Streams:
    """A range of streams by id, about how many events they have, and where those begin.

    With `sparse`, most streams in that range belong to others.
    """

    first: int
    last: int
    events: int
    begin: int
    sparse: bool


def sums_of(table: Table) -> str:
    """The table that takes the differences of a `summed` one until they are added up."""
    return f"{table.name}_sums" if table.summed else table.name


def connect(url: str) -> Connection[Any]:
    """A connection for a load: commits do not wait for the disk, times are in UTC."""
    connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
    connection.execute(
        "SET synchronous_commit = off; SET TIME ZONE 'UTC'; SET jit = off; SET work_mem = '32MB'"
    )
    return connection


class Fill:
    """Loads one range after the other, each in a transaction of its own."""

    def __init__(self, url: str, projection: Projection, copy: Copy) -> None:
        self._url = url
        self._projection = projection
        self._copy = copy
        self._said: dict[WorkspaceId, Any] = {}

    def __call__(self, streams: Streams) -> int:
        """Load a range; its number of events. Raises Unavailable, RowsRefused."""
        with mapped(), connect(self._url) as connection, connection.transaction():
            # Whoever drops the copy waits for this; and once it is dropped, nothing is written to
            # another that may have its name by now.
            named = [self._copy.schema, self._copy.since]
            if connection.execute(_IS_STILL_THERE, named).rowcount == 0:
                raise CopyGone(
                    f"The copy {self._copy.schema} was dropped while it was loaded. What readers"
                    " see is as it was; begin the rebuild again."
                )
            if not streams.sparse:
                connection.execute("SET LOCAL enable_nestloop = off")
            return self._load(connection, streams)

    def _load(self, connection: Connection[Any], streams: Streams) -> int:
        done = 0
        held: list[tuple[Events, Folded]] = []
        size = 0
        self._said = {}
        for events in self._read(connection, streams):
            folded = fold(self._projection, events, beside=self._beside)
            held.append((events, folded))
            size += sum(map(len, folded.rows.values()))
            done += len(events)
            if size >= _SPILL:
                self._write(connection, held)
                held, size = [], 0
        self._write(connection, held)
        return done

    def _read(self, connection: Connection[Any], streams: Streams) -> Iterator[Events]:
        """The events of each stream."""
        with connection.cursor("streams", binary=True) as cursor:
            cursor.itersize = _PAGE
            cursor.execute(
                _EVENTS,
                {
                    "lanes": [lane for lane, _ in self._copy.until.lanes],
                    "heads": [head for _, head in self._copy.until.lanes],
                    "first": streams.first,
                    "last": streams.last,
                    "begin": streams.begin,
                    "wants": sorted(self._projection.wants),
                },
            )
            events = (recorded(Row(*values)) for values in cursor)
            for _, of_one in groupby(events, key=attrgetter("workspace", "stream")):
                yield list(of_one)

    def _write(self, connection: Connection[Any], held: Sequence[tuple[Events, Folded]]) -> None:
        """Write what streams came to; the event that no table can hold is found and parked."""
        if not held:
            return
        try:
            with connection.transaction():
                self._copy_in(connection, [folded for _, folded in held])
        except Unavailable:
            raise
        except _UNSTORABLE as refused:
            if len(held) > 1:
                middle = len(held) // 2
                self._write(connection, held[:middle])
                self._write(connection, held[middle:])
            else:
                self._without(connection, held[0][0], refused)

    def _without(self, connection: Connection[Any], events: Events, refused: Exception) -> None:
        """Write as many events of a stream as can be written; park the others."""
        fits, fails = 0, len(events)
        reason = reason_of(refused)
        while fails - fits > 1:
            middle = (fits + fails) // 2
            try:
                with connection.transaction(force_rollback=True):
                    some = fold(self._projection, events[:middle], beside=self._beside)
                    self._copy_in(connection, [some])
                fits = middle
            except _UNSTORABLE as again:
                fails, reason = middle, reason_of(again)
        rest = fold(self._projection, events, refused=(fits, reason), beside=self._beside)
        self._copy_in(connection, [rest])

    def _beside(self, workspace: WorkspaceId) -> Any:
        """What the stream beside says now, read once per range.

        Over a connection of its own: the range is in the middle of being read.
        """
        beside = self._projection.beside
        if beside is None:
            raise LookupError(f"{self._projection.name} has no stream beside")
        if workspace not in self._said:
            with mapped(), connect(self._url) as connection:
                named = {"workspace": workspace, "stream": beside.stream}
                found = connection.execute(_STREAM, named, binary=True).fetchall()
                events = [recorded(Row(*values)) for values in found]
                self._said[workspace] = beside.fold(events)
        return self._said[workspace]

    def _copy_in(self, connection: Connection[Any], held: Sequence[Folded]) -> None:
        with mapped():
            for table in self._projection.tables:
                rows = [row for folded in held for row in folded.rows[table.name]]
                if rows:
                    _copy_rows(connection, self._copy.schema, table, rows)
            parked = [parked for folded in held for parked in folded.parked]
            if parked:
                put_aside(connection, self._copy.schema, parked)


class CopyGone(Exception):
    """The copy that was being loaded is not there any more."""


def _copy_rows(connection: Connection[Any], schema: str, table: Table, rows: Sequence[Any]) -> None:
    values: Callable[[Any], tuple[Any, ...]] = attrgetter(*table.ddl)
    shaped = shapes(table.ddl)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(schema, sums_of(table)), sql.SQL(", ").join(map(sql.Identifier, table.ddl))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            given = list(values(row))
            for place, shape in shaped:
                if given[place] is not None:
                    given[place] = shape(given[place])
            copy.write_row(given)
