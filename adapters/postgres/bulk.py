"""Whole histories into the log: events by COPY, one decision for thousands of requests.

See docs/decisions/0010-bulk-writing.md.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

from adapters.lanes import lane_of
from adapters.postgres.append_call import Batch, Conflict, Fenced, Known, NewRow, Outcome, Write
from adapters.postgres.appending import conflict, reused
from adapters.postgres.arrays import BigIntegers, Integers, Texts, Uuids
from adapters.postgres.bell import Bell
from adapters.postgres.log import Layout, Log
from adapters.postgres.schema import LOG_SCHEMA
from commands.ports import LanesChanged, Packed, Receipt, VersionConflict
from domain.errors import CommandIdReused
from domain.ids import CommandId, StreamId, WorkspaceId

LOADER = "chronodesk_loader"
"""The role that may bring histories."""

_ATTEMPTS = 3
"""Once more after the lanes were changed, and once more after another writer was quicker."""

_AT_ONCE = 500
"""Requests in one call of `append`, where each has to be decided by itself."""

_PATIENCE = "SET LOCAL idle_in_transaction_session_timeout = '10s'"
"""Others wait while lanes are locked: a program that stopped in between loses them."""

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_ROW = Struct(">hiqiqiqiqiiihi16si")
"""The eight fields of an event, each with its length; of the last one, the data, only that."""

_COLUMNS = "position, stream_id, version, recorded_at, lane, topic, command_id, data"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class PostgresBulkStore:
    """commands.ports.BulkStore. Not safe to share between threads."""

    def __init__(
        self,
        pool: ConnectionPool[Connection[Any]],
        bell: Bell | None = None,
        schema: str = LOG_SCHEMA,
    ) -> None:
        """`pool` is one of `open_pool` with the role LOADER, or of the log's owner.

        With a `bell`, readers are woken after each call.
        """
        self._log = Log(pool, schema)
        self._bell = bell
        self._layout: Layout | None = None
        name = sql.Identifier(schema)
        self._begin = sql.SQL(
            "SELECT outcome, answered, w_first, w_id, w_in, names FROM {}.begin_history("
            "%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
        ).format(name)
        self._copy = sql.SQL("COPY {}.event (" + _COLUMNS + ") FROM STDIN (FORMAT BINARY)").format(
            name
        )
        self._finish = sql.SQL("SELECT {}.finish_history()").format(name)

    def append_history(self, requests: Sequence[Packed]) -> list[Receipt | VersionConflict]:
        """Write packed requests; see BulkStore."""
        if not requests:
            return []
        for left in reversed(range(_ATTEMPTS)):
            try:
                outcomes = self._written(requests)
                break
            except (LanesChanged, psycopg.errors.UniqueViolation):
                # The lanes are others now; or in this moment somebody wrote one of the commands,
                # to other lanes. Nothing was written, and nothing was decided from memory.
                self._layout = None
                if not left:
                    raise
        if self._bell is not None:
            self._bell.ring()
        receipts = []
        for outcome in outcomes:
            if isinstance(outcome, CommandIdReused):
                raise outcome
            receipts.append(outcome)
        return receipts

    def _written(
        self, requests: Sequence[Packed]
    ) -> Sequence[Receipt | VersionConflict | CommandIdReused]:
        """Write all at once, or if one does not fit, one by one in the same transaction.

        The locks of all lanes are then held from the beginning: taken one call after the other,
        they might be waited for in a circle.
        """
        layout = self._known_layout()
        with self._log.connection() as connection, connection.transaction():
            connection.execute(_PATIENCE)
            receipts = self._all_at_once(connection, requests, layout)
            if receipts is not None:
                return receipts
            batches = [_batch(packed, layout.open_lanes) for packed in requests]
            outcomes = self._one_by_one(connection, batches, layout)
        return [
            self._receipt(packed, batch, outcome)
            for packed, batch, outcome in zip(requests, batches, outcomes, strict=True)
        ]

    def _all_at_once(
        self, connection: Connection[Any], requests: Sequence[Packed], layout: Layout
    ) -> list[Receipt] | None:
        """Write all of them; None if one does not fit, and then nothing was written."""
        writes = [(n, write) for n, packed in enumerate(requests, 1) for write in packed.writes]
        streams: dict[tuple[WorkspaceId, StreamId], int] = {}  # their places, from 1
        places = [
            streams.setdefault((requests[n - 1].workspace, write.stream), len(streams) + 1)
            for n, write in writes
        ]
        topics = dict.fromkeys(topic for _, write in writes for topic, _ in write.events)
        given = [
            layout.epoch,
            Texts.of([packed.workspace for packed in requests]),
            Uuids.of([UUID(bytes=packed.command) for packed in requests]),
            Texts.of([packed.fingerprint for packed in requests]),
            Texts.of([workspace for workspace, _ in streams]),
            Texts.of([stream for _, stream in streams]),
            Integers.of([lane_of(*names, layout.open_lanes) for names in streams]),
            Integers.of([n for n, _ in writes]),
            Integers.of(places),
            BigIntegers.of([write.expected_version for _, write in writes]),
            Integers.of([len(write.events) for _, write in writes]),
            Texts.of(list(topics)),
        ]
        ((outcome, answered, firsts, ids, lanes, names),) = connection.execute(
            self._begin, given, binary=True
        )
        match outcome:
            case "fenced":
                raise LanesChanged
            case "unfit":
                return None
            case _:
                pass
        numbers = dict(zip(topics, names or (), strict=True))
        with connection.cursor().copy(self._copy) as copy:
            copy.write(_rows(requests, zip(firsts, ids, lanes, strict=True), numbers))
        connection.execute(self._finish)
        return [
            _written(packed) if before is None else Receipt(version=before, repeated=True)
            for packed, before in zip(requests, answered, strict=True)
        ]

    def _one_by_one(
        self, connection: Connection[Any], batches: Sequence[Batch], layout: Layout
    ) -> list[Outcome]:
        """Let `append` decide on each."""
        outcomes: list[Outcome] = []
        for start in range(0, len(batches), _AT_ONCE):
            part = batches[start : start + _AT_ONCE]
            outcomes += self._log.append_on(connection, part, layout.epoch)
            if isinstance(outcomes[-1], Fenced):
                raise LanesChanged
        return outcomes

    def _receipt(
        self, packed: Packed, batch: Batch, outcome: Outcome
    ) -> Receipt | VersionConflict | CommandIdReused:
        match outcome:
            case Conflict():
                return conflict(batch, outcome)
            case Known(same=True):
                answer = self._log.answer(packed.workspace, UUID(bytes=packed.command))
                assert answer is not None  # noqa: S101 - the log has just said that it is there
                return Receipt(version=answer.version, repeated=True)
            case Known():
                return reused(CommandId(UUID(bytes=packed.command)))
            case _:
                return _written(packed)

    def _known_layout(self) -> Layout:
        if self._layout is None:
            self._layout = self._log.layout()
        return self._layout


def _written(packed: Packed) -> Receipt:
    first = packed.writes[0]
    return Receipt(version=first.expected_version + len(first.events))


def _batch(packed: Packed, lanes: int) -> Batch:
    return Batch(
        workspace=packed.workspace,
        command_id=UUID(bytes=packed.command),
        fingerprint=packed.fingerprint,
        recorded_at=packed.recorded_at,
        writes=[
            Write(
                stream=write.stream,
                lane=lane_of(packed.workspace, write.stream, lanes),
                expected=write.expected_version,
                rows=[
                    NewRow(version, topic, data)
                    for version, (topic, data) in enumerate(
                        write.events, write.expected_version + 1
                    )
                ],
            )
            for write in packed.writes
        ],
    )


def _rows(
    requests: Sequence[Packed],
    places: Iterable[tuple[int | None, int, int]],
    topics: dict[str, int],
) -> bytes:
    """The events as COPY takes them.

    `places` has for each write its first position (None: it is not written), its stream's id and
    its lane; `topics` has the ids of topics.
    """
    parts = [_HEADER]
    place = iter(places)
    row = _ROW.pack
    for _, command, _, recorded_at, writes in requests:
        at = (recorded_at - _EPOCH) // _MICROSECOND
        for _, expected, events in writes:
            first, stream, lane = next(place)
            if first is None:
                continue
            for nth, (topic, data) in enumerate(events):
                number, version = topics[topic], expected + 1 + nth
                parts.append(
                    row(8, 8, first + nth, 8, stream, 8, version, 8, at, 4, lane, 2, number,
                        16, command, len(data))
                )  # fmt: skip
                parts.append(data)
    parts.append(_TRAILER)
    return b"".join(parts)
