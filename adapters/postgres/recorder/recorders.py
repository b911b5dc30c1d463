"""The library's recorders: stored events in and out of the log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from threading import Event
from typing import Any, assert_never
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)
from psycopg import Connection, sql

from adapters.postgres.log import Batch, Conflict, Fenced, Known, NewRow, Row, Write, Written
from adapters.postgres.recorder.datastore import LANE, Datastore, errors_in_library_words
from adapters.postgres.recorder.subscription import LogSubscription

WORKSPACE = ""
"""The library knows no workspaces: everything of an application is in the one without a name."""

_ATTEMPTS = 3
"""Times that a write is tried before the database counts as away."""


class _Recorder:
    def __init__(self, datastore: Datastore) -> None:
        self.datastore = datastore


class LogAggregateRecorder(_Recorder, AggregateRecorder):
    """Events of aggregates."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Write all events or none. Raises IntegrityError when one of their versions is taken."""
        self._insert(stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Events of an aggregate with versions greater than `gt`, up to `lte`."""
        with errors_in_library_words():
            rows = self.datastore.log.stream(
                WORKSPACE,
                str(originator_id),
                after=-1 if gt is None else gt,  # the library lets a stream begin at version 0
                until=lte,
                limit=limit,
                newest_first=desc,
            )
        return [
            StoredEvent(
                originator_id=self.datastore.originator_id(row.stream),
                originator_version=row.version,
                topic=row.topic,
                state=row.data,
            )
            for row in rows
        ]

    def _insert(
        self, stored_events: Sequence[StoredEvent], tracking: Tracking | None = None
    ) -> list[int]:
        """Write events, and how far another application was processed, in one transaction.

        The positions of the events. A write whose answer got lost is asked for again under the
        same id, so that what was written is neither written twice nor taken for a conflict.
        """
        if not stored_events:
            if tracking is not None:
                with self.datastore.connection() as connection:
                    _move(connection, self.datastore.schema, tracking)
            return []
        batch = _batch(stored_events)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._append(batch, tracking)
            except OperationalError:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _append(self, batch: Batch, tracking: Tracking | None) -> list[int]:
        log = self.datastore.log
        with self.datastore.connection() as connection:
            if tracking is None:
                (outcome,) = log.append_on(connection, [batch])
            else:
                with connection.transaction():
                    (outcome,) = log.append_on(connection, [batch])
                    if isinstance(outcome, Written):  # if known, it was moved together with it
                        _move(connection, self.datastore.schema, tracking)
        match outcome:
            case Written(firsts=given):
                firsts = given
            case Known():
                with errors_in_library_words():
                    answer = log.answer(WORKSPACE, _id_of(batch))
                firsts = answer.firsts if answer else ()
            case Conflict(write=write, actual=actual):
                raise IntegrityError(
                    f"{batch.writes[write].stream} is at version {actual}, which these events do"
                    " not follow."
                )
            case Fenced():
                raise OperationalError(f"The log of this application has no lane {LANE}.")
            case _:
                assert_never(outcome)
        return [
            first + n
            for write, first in zip(batch.writes, firsts, strict=True)
            for n in range(len(write.rows))
        ]


class LogApplicationRecorder(LogAggregateRecorder, ApplicationRecorder):
    """Events of aggregates, and all of them in one sequence without a gap."""

    def __init__(self, datastore: Datastore) -> None:
        super().__init__(datastore)
        self._subscribed: set[Event] = set()

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """As above; gives the positions of the events."""
        with self._waking():
            return self._insert(stored_events)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Up to `limit` events at the positions from `start` to `stop`, in order."""
        after = 0 if start is None else start - inclusive_of_start
        with errors_in_library_words():
            rows = self.datastore.log.page(LANE, after, limit, stop, topics)
        return [self._notification(row) for row in rows]

    def max_notification_id(self) -> int | None:
        """The position of the last event, None when there is none."""
        with errors_in_library_words():
            return self.datastore.log.heads().get(LANE) or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Events after position `gt`, and those to come."""
        return LogSubscription(
            self, gt, topics, wakes=self._subscribed.add, forgets=self._subscribed.discard
        )

    def _notification(self, row: Row) -> Notification:
        return Notification(
            originator_id=self.datastore.originator_id(row.stream),
            originator_version=row.version,
            topic=row.topic,
            state=row.data,
            id=row.position,
        )

    @contextmanager
    def _waking(self) -> Iterator[None]:
        yield
        for event in tuple(self._subscribed):
            event.set()


class LogTrackingRecorder(_Recorder, TrackingRecorder):
    """How far other applications were processed."""

    def insert_tracking(self, tracking: Tracking) -> None:
        """Move on. Raises IntegrityError when it was there or further already."""
        with self.datastore.connection() as connection:
            self.insert_tracking_on(connection, tracking)

    def insert_tracking_on(self, connection: Connection[Any], tracking: Tracking) -> None:
        """The same in the transaction of a connection: for read models that keep more than this."""
        _move(connection, self.datastore.schema, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """The last position of that application that was processed."""
        table = sql.Identifier(self.datastore.schema, "tracking")
        with self.datastore.connection() as connection:
            found = connection.execute(
                sql.SQL("SELECT notification_id FROM {} WHERE application = %s").format(table),
                [application_name],
            ).fetchone()
        return found[0] if found else None


class LogProcessRecorder(LogTrackingRecorder, LogApplicationRecorder, ProcessRecorder):
    """Events together with what they were made from: each is processed once."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Write events and `tracking`, if given, both or none. Raises IntegrityError."""
        tracking: Tracking | None = kwargs.get("tracking")
        with self._waking():
            return self._insert(stored_events, tracking)


def _batch(stored_events: Sequence[StoredEvent]) -> Batch:
    """One write for each run of consecutive events of an aggregate, so that their order stays.

    The log checks that a write follows what is before it, so that a gap begins a write of its own.
    """

    def run(placed: tuple[int, StoredEvent]) -> tuple[str, int]:
        place, event = placed
        return str(event.originator_id), event.originator_version - place

    return Batch(
        workspace=WORKSPACE,
        command_id=uuid4(),
        fingerprint="",
        recorded_at=datetime.now(UTC),
        writes=[
            Write(
                stream=stream,
                lane=LANE,
                expected=None,
                rows=[NewRow(s.originator_version, s.topic, s.state) for _, s in placed],
            )
            for (stream, _), placed in groupby(enumerate(stored_events), key=run)
        ],
    )


def _id_of(batch: Batch) -> UUID:
    assert batch.command_id is not None  # noqa: S101 - `_batch` gives one
    return batch.command_id


def _move(connection: Connection[Any], schema: str, tracking: Tracking) -> None:
    moved = connection.execute(
        sql.SQL(
            "INSERT INTO {} AS known VALUES (%s, %s) ON CONFLICT (application) DO UPDATE"
            " SET notification_id = excluded.notification_id"
            " WHERE known.notification_id < excluded.notification_id"
        ).format(sql.Identifier(schema, "tracking")),
        [tracking.application_name, tracking.notification_id],
    )
    if moved.rowcount == 0:
        raise IntegrityError(
            f"{tracking.application_name} was processed up to {tracking.notification_id}, or"
            " further, before."
        )
