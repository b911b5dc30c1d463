"""Reads the histories of tickets in several processes and judges them there, changing nothing.

The log only grows: what is read ends at the heads that the lanes have at the beginning, so a run
sees one state of it without a lock and without a long transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import Connection

from adapters.codec import decode
from adapters.postgres.projection_errors import mapped
from adapters.postgres.projection_fill import Streams
from adapters.processes import crew
from domain.ids import CommandId, StreamId, WorkspaceId, ident_of
from domain.recorded import Recorded
from projections.what_if import Question, Stopped, Tally, TooMuch, compare

HISTORIAN = "chronodesk_historian"
"""The role that may read the log and do nothing else."""

_MOST, _LEAST = 20_000, 1_000
"""Events per range: few enough for progress to be seen and for a stop to be quick."""

_PARTS = 4
"""Ranges per process, unless they would be too small: none is alone at the end for long."""

_PAGE = 5_000
"""Events that are fetched at once."""

_RANGES = """
WITH wanted AS (
    SELECT s.id, s.version, s.first_position
    FROM chronodesk.stream s
    JOIN unnest(%(lanes)s::integer[], %(heads)s::bigint[]) AS goal (lane, head) USING (lane)
    WHERE s.workspace = %(workspace)s AND s.stream LIKE 'ticket:%%'
      AND s.first_position <= goal.head
), running AS (
    SELECT *, div(sum(version) OVER (ORDER BY id) - version, %(share)s) AS n FROM wanted
)
SELECT min(id), max(id), sum(version)::bigint, min(first_position),
       count(*) * 10 < max(id) - min(id)
FROM running GROUP BY n ORDER BY n
"""

_EVENTS = """
SELECT s.stream, e.version, t.name, e.data, e.recorded_at, e.lane, e.position, e.command_id
FROM chronodesk.stream s
JOIN unnest(%(lanes)s::integer[], %(heads)s::bigint[]) AS goal (lane, head) USING (lane)
JOIN chronodesk.event e ON e.stream_id = s.id AND e.position <= goal.head
JOIN chronodesk.topic t ON t.id = e.topic
WHERE s.id BETWEEN %(first)s AND %(last)s AND e.stream_id BETWEEN %(first)s AND %(last)s
  AND e.position >= %(begin)s
  AND s.workspace = %(workspace)s AND s.stream LIKE 'ticket:%%'
ORDER BY s.id, e.version
"""

_Heads = dict[int, int]


class PostgresHistories:
    """projections.what_if.Histories, for the log of one database."""

    def __init__(self, url: str, processes: int, most: int) -> None:
        """`most` is the number of events that one run may read."""
        self._url = url
        self._processes = processes
        self._most = most

    def compare(
        self,
        workspace: WorkspaceId,
        question: Question,
        progress: Callable[[int, int], None],
        stop: Callable[[], bool],
    ) -> Tally:
        """See Histories. Raises ProcessLost, too."""
        heads, ranges = self.ranges(workspace)
        done, total = 0, sum(streams.events for streams in ranges)
        if total > self._most:
            raise TooMuch(
                f"The tickets have {total:,} events, and a run reads {self._most:,} at most."
                " Run chronodesk what-if on the server, which has no such limit."
            )
        whole = Tally()
        progress(0, total)
        processes = max(1, min(self._processes, len(ranges)))
        with crew(processes, Judge, self._url, workspace, heads, question) as judges:
            for streams, tally in zip(ranges, judges.each(ranges), strict=True):
                if stop():
                    raise Stopped
                whole.take(tally, question.keep)
                done += streams.events
                progress(done, total)
        return whole

    def ranges(self, workspace: WorkspaceId) -> tuple[_Heads, Sequence[Streams]]:
        """The heads of the lanes as they are now, and the tickets until there in ranges."""
        with mapped(), historian(self._url) as connection:
            heads = dict(connection.execute("SELECT lane, head FROM chronodesk.lane").fetchall())
            share = sum(heads.values()) // (self._processes * _PARTS)
            found = connection.execute(
                _RANGES,
                {
                    "lanes": list(heads),
                    "heads": list(heads.values()),
                    "workspace": workspace,
                    "share": min(max(share, _LEAST), _MOST),
                },
            ).fetchall()
        return heads, [
            Streams(first=first, last=last, events=events, begin=begin, sparse=sparse)
            for first, last, events, begin, sparse in found
        ]


def historian(url: str) -> Connection[Any]:
    """A connection that cannot write: every transaction is read only, and its role has no right to.

    Who makes SQL of what somebody else gives must not use it, as it sees every workspace.
    """
    connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
    connection.execute(
        "SET default_transaction_read_only = on; SET TIME ZONE 'UTC'; SET jit = off;"
        f" SET work_mem = '32MB'; SET ROLE {HISTORIAN}"
    )
    return connection


class Judge:
    """Compares one range of tickets after the other: what each process does."""

    def __init__(self, url: str, workspace: WorkspaceId, heads: _Heads, question: Question) -> None:
        self._histories = Histories(url, workspace, heads)
        self._question = question

    def __call__(self, streams: Streams) -> Tally:
        """What came of a range. Raises Unavailable."""
        tally = Tally()
        for stream, events in self._histories.of(streams):
            compare(self._question, ident_of(stream), events, tally)
        return tally


class Histories:
    """Reads ranges of tickets, up to the heads that the lanes had."""

    def __init__(self, url: str, workspace: WorkspaceId, heads: _Heads) -> None:
        self._url = url
        self._workspace = workspace
        self._heads = heads

    def of(self, streams: Streams) -> Iterator[tuple[StreamId, Sequence[Recorded[Any]]]]:
        """The tickets of a range, each with its events in their order. Raises Unavailable."""
        with mapped(), historian(self._url) as connection, connection.transaction():
            if not streams.sparse:
                connection.execute("SET LOCAL enable_nestloop = off")
            yield from self._read(connection, streams)

    def _read(
        self, connection: Connection[Any], streams: Streams
    ) -> Iterator[tuple[StreamId, Sequence[Recorded[Any]]]]:
        with connection.cursor("histories", binary=True) as cursor:
            cursor.itersize = _PAGE
            cursor.execute(
                _EVENTS,
                {
                    "lanes": list(self._heads),
                    "heads": list(self._heads.values()),
                    "first": streams.first,
                    "last": streams.last,
                    "begin": streams.begin,
                    "workspace": self._workspace,
                },
            )
            for stream, rows in groupby(cursor, key=itemgetter(0)):
                yield stream, [self._recorded(row) for row in rows]

    def _recorded(self, row: Sequence[Any]) -> Recorded[Any]:
        stream, version, topic, data, recorded_at, lane, position, command = row
        stored = decode(topic, data)
        return Recorded(
            workspace=self._workspace,
            stream=StreamId(stream),
            version=version,
            lane=lane,
            position=position,
            event=stored.event,
            recorded_at=recorded_at,
            command_id=CommandId(command),
            correlation_id=stored.correlation,
        )
