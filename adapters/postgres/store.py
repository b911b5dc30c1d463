"""The event store on PostgreSQL: commands' appends in, recorded events out.

It stands on the same layer (log.py) as the persistence module for the `eventsourcing` library in
recorder/, and not on that module: see docs/decisions/0001-lanes-and-append.md.
"""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from threading import Condition
from typing import Any, assert_never

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.codec import decode, encode, kind_and_version
from adapters.lanes import lane_of
from adapters.postgres.bell import Bell
from adapters.postgres.log import (
    Batch,
    Conflict,
    Known,
    Log,
    NewRow,
    Row,
    Write,
    Written,
    available,
)
from commands.ports import Append, Appended, VersionConflict
from domain.errors import CommandIdReused
from domain.ids import CommandId, StreamId, TicketNumber, WorkspaceId
from domain.position import Position
from domain.recorded import Recorded

POLL = 0.05
"""Seconds between looks at the lanes' heads while waiting: how late another process's events may
be noticed. Those of this process are noticed at once, and so are the others with a bell."""


class PostgresStore:
    """commands.ports.EventStore and projections.ports.Feed. Safe to share between threads."""

    def __init__(self, pool: ConnectionPool[Connection[Any]], bell: Bell | None = None) -> None:
        """`pool` is one of `open_pool`; the log's schema must be there (see `migrate`).

        With a `bell`, readers in other processes are woken, too.
        """
        self._log = Log(pool)
        self._lanes: tuple[int, ...] = ()
        self._appended = Condition()
        self._wakes = 0
        self._bell = bell
        if bell is not None:
            bell.listen(self._wake)

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────

    def append(self, request: Append) -> Appended:
        """Write one request; see EventStore."""
        outcome = self._append([request])[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def append_many(self, requests: Sequence[Append]) -> list[Appended | VersionConflict]:
        """Write independent requests in one transaction; see EventStore."""
        outcomes = []
        for outcome in self._append(requests):
            if isinstance(outcome, CommandIdReused):
                raise outcome
            outcomes.append(outcome)
        return outcomes

    def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        """The first answer to a command id; see EventStore."""
        answer = self._log.answer(workspace, command_id)
        if answer is None:
            return None
        if answer.fingerprint != fingerprint:
            raise _reused(command_id)
        places = list(zip(answer.lanes, answer.firsts, answer.counts, strict=True))
        return Appended(
            stream=StreamId(answer.stream),
            version=answer.version,
            events=tuple(
                _recorded(row)
                for lane, first, count in places
                if count
                for row in self._log.page(lane, first - 1, count)
            ),
            position=_position(places),
            repeated=True,
        )

    def _append(
        self, requests: Sequence[Append]
    ) -> list[Appended | VersionConflict | CommandIdReused]:
        batches = [self._batch(request) for request in requests]
        try:
            outcomes = self._log.append(batches)
        except psycopg.errors.UniqueViolation:
            # The same command id was being written in other lanes; it is there now.
            outcomes = self._log.append(batches)
        self._wake()
        if self._bell is not None:
            self._bell.ring()
        return [
            self._result(request, batch, outcome)
            for request, batch, outcome in zip(requests, batches, outcomes, strict=True)
        ]

    def _batch(self, request: Append) -> Batch:
        lanes = len(self.lanes())
        return Batch(
            workspace=request.workspace,
            command_id=request.command_id,
            fingerprint=request.fingerprint,
            recorded_at=request.recorded_at,
            writes=[
                Write(
                    stream=write.stream,
                    lane=lane_of(request.workspace, write.stream, lanes),
                    expected=write.expected_version,
                    rows=[
                        NewRow(
                            version,
                            *encode(
                                new.event,
                                request.correlation_id,
                                request.causation_id,
                                new.source,
                            ),
                        )
                        for version, new in enumerate(write.events, write.expected_version + 1)
                    ],
                )
                for write in request.writes
            ],
        )

    def _result(
        self, request: Append, batch: Batch, outcome: Written | Conflict | Known
    ) -> Appended | VersionConflict | CommandIdReused:
        match outcome:
            case Conflict(write=write, actual=actual):
                lost = request.writes[write]
                return VersionConflict(lost.stream, lost.expected_version, actual)
            case Known(same=False):
                return _reused(request.command_id)
            case Known():
                answer = self.answered(request.workspace, request.command_id, request.fingerprint)
                assert answer is not None  # noqa: S101 - the log has just said that it is there
                return answer
            case Written():
                return _appended(request, batch, outcome)
            case _:
                assert_never(outcome)

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────

    def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        """Events of a stream; see EventStore."""
        return tuple(_recorded(row) for row in self._log.stream(workspace, stream, after))

    def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        """Events of several streams; see EventStore."""
        rows = self._log.streams(workspace, after.items())
        return {
            StreamId(stream): tuple(_recorded(row) for row in found)
            for stream, found in groupby(rows, key=attrgetter("stream"))
        }

    def lanes(self) -> Sequence[int]:
        """The lanes of the log; their number never changes while programs run."""
        if not self._lanes:
            self._lanes = tuple(self._log.heads())
        return self._lanes

    def page(self, lane: int, after: int, limit: int) -> Sequence[Recorded[Any]]:
        """A page of a lane; see Feed."""
        return [_recorded(row) for row in self._log.page(lane, after, limit)]

    def head(self) -> Position:
        """The last position of every lane."""
        return Position.of(self._log.heads())

    def wait(self, beyond: Position, timeout: float) -> bool:
        """Wait up to `timeout` seconds for any lane to be past `beyond`."""
        deadline = time.monotonic() + timeout
        while True:
            wakes = self._wakes  # before looking, so that no wake after the look is overlooked
            if not self.head().covered_by(beyond):
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._appended:
                self._appended.wait_for(partial(self._woken_since, wakes), min(left, POLL))

    def _woken_since(self, wakes: int) -> bool:
        return self._wakes != wakes

    def _wake(self) -> None:
        with self._appended:
            self._wakes += 1
            self._appended.notify_all()


class PostgresNumbers:
    """commands.ports.Numbers."""

    def __init__(self, pool: ConnectionPool[Connection[Any]]) -> None:
        """`pool` is one of `open_pool`."""
        self._pool = pool

    def next(self, workspace: WorkspaceId) -> TicketNumber:
        """The next number of a workspace."""
        return TicketNumber(self.take(workspace, 1)[0])

    def take(self, workspace: WorkspaceId, count: int) -> range:
        """Reserve `count` consecutive numbers. Raises StoreUnavailable.

        They are on disk when they are given: a program may hold one while the server crashes and
        comes back, and write its ticket only then.
        """
        with available(), self._pool.connection() as connection:
            found = connection.execute(
                "INSERT INTO chronodesk.ticket_number AS n (workspace, last) VALUES (%s, %s)"
                " ON CONFLICT (workspace) DO UPDATE SET last = n.last + excluded.last"
                " RETURNING last",
                [workspace, count],
            ).fetchone()
        last = int(found[0]) if found else 0
        return range(last - count + 1, last + 1)


def _reused(command_id: CommandId) -> CommandIdReused:
    return CommandIdReused(
        f"The command id {command_id} was given to another request. Make a new one for each.",
        command_id=str(command_id),
    )


def _appended(request: Append, batch: Batch, outcome: Written) -> Appended:
    places = [
        (write.lane, first, len(write.rows))
        for write, first in zip(batch.writes, outcome.firsts, strict=True)
    ]
    return Appended(
        stream=request.writes[0].stream,
        version=outcome.versions[0],
        events=tuple(
            Recorded(
                workspace=request.workspace,
                stream=asked.stream,
                version=row.version,
                lane=write.lane,
                position=first + n,
                event=new.event,
                recorded_at=request.recorded_at,
                command_id=request.command_id,
                correlation_id=request.correlation_id,
                causation_id=request.causation_id,
                schema_version=kind_and_version(row.topic)[1],
                source=new.source,
            )
            for asked, write, first in zip(
                request.writes, batch.writes, outcome.firsts, strict=True
            )
            for n, (new, row) in enumerate(zip(asked.events, write.rows, strict=True))
        ),
        position=_position(places),
    )


def _position(places: Sequence[tuple[int, int, int]]) -> Position:
    """The last position of each lane, from (lane, first position, count) entries."""
    lanes: dict[int, int] = {}
    for lane, first, count in places:
        lanes[lane] = max(lanes.get(lane, 0), first + count - 1)
    return Position.of(lanes)


def _recorded(row: Row) -> Recorded[Any]:
    stored = decode(row.topic, row.data)
    return Recorded(
        workspace=WorkspaceId(row.workspace),
        stream=StreamId(row.stream),
        version=row.version,
        lane=row.lane,
        position=row.position,
        event=stored.event,
        recorded_at=row.recorded_at,
        command_id=CommandId(row.command_id),  # type: ignore[arg-type]
        correlation_id=stored.correlation,
        causation_id=stored.causation,
        schema_version=kind_and_version(row.topic)[1],
        source=stored.source,
    )
