"""The library's own way to a read model: its recorder, its subscription, its ProjectionRunner.

The events of a Chronodesk log are copied into the library's table, and a projection of the library
keeps all views of Chronodesk at once: for each event one transaction with the rows and the
tracking, as its documentation has it. Pure functions, tables and statements are Chronodesk's own,
so that both do the same work and come to the same rows.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, cast
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, StoredEvent, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from adapters.codec import decode, kind_and_version
from adapters.postgres.projection_copies import schema_of
from adapters.postgres.projection_rows import RowWriter
from bench.desk import WORKSPACE
from bench.load import Load
from domain.ids import CommandId, StreamId, WorkspaceId, category_of
from domain.recorded import Recorded
from projections import PROJECTIONS
from projections.ports import Build
from projections.rows import BatchRows

NAME = "eventsourcing's ProjectionRunner, one commit per event"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TABLE = "desklog_events"
"""The name that the library gives to the table of an application called DeskLog."""


class Log(Mapper[str]):
    """Reads what `copy_log` wrote."""

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """What a Chronodesk projection is given; the notification's id is the position."""
        state = stored_event.state
        stored = decode(stored_event.topic, state[24:])
        return Recorded(
            workspace=WORKSPACE,
            stream=StreamId(str(stored_event.originator_id)),
            version=stored_event.originator_version,
            lane=0,
            position=stored_event.id,  # type: ignore[attr-defined]
            event=stored.event,
            recorded_at=_EPOCH + timedelta(microseconds=int.from_bytes(state[:8])),
            command_id=CommandId(UUID(bytes=state[8:24])),
            correlation_id=stored.correlation,
            causation_id=stored.causation,
            schema_version=kind_and_version(stored_event.topic)[1],
            source=stored.source,
        )


class DeskLog(Application[str]):
    """The log, as an application of the library."""

    def construct_mapper(self) -> Mapper[str]:
        return Log(self.construct_transcoder())


class Views(PostgresTrackingRecorder):
    """The tables of all projections, and how far they are."""

    def keep(self, recorded: Recorded[Any], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            connection = cast("Connection[Any]", _Tuples(cursor.connection))
            for projection in PROJECTIONS:
                if category_of(recorded.stream) in projection.wants:
                    writer = RowWriter(connection, schema_of(projection, Build.LIVE))
                    rows = BatchRows(projection, writer.read, _load)
                    rows.prefetch([recorded])
                    projection.apply(recorded, rows)
                    for change in rows.changes():
                        writer.write(change)
            self._insert_tracking(cursor, tracking)


def _load(workspace: WorkspaceId, stream: StreamId, *, after: int = 0) -> tuple[Any, ...]:
    """No workspace here has calendars or policies of its own."""
    del workspace, stream, after
    return ()


class _Tuples:
    """The library's connections give rows as dictionaries; our statements expect tuples."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: Any, params: Sequence[Any]) -> Any:
        return self._connection.cursor(row_factory=tuple_row).execute(query, params)


class Desk(Projection[Views]):
    """All views of a desk."""

    name = "desk"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.keep(domain_event, tracking)


def copy_log(url: str, most: int) -> int:
    """The first `most` events into the library's table; how many there were."""
    application = DeskLog(_environment(url))  # it makes its table
    application.close()
    with psycopg.connect(url, autocommit=True) as connection:
        done = connection.execute(
            f"INSERT INTO {_TABLE} (originator_id, originator_version, topic, state)"
            " SELECT stream, version, topic,"
            " int8send((extract(epoch FROM recorded_at) * 1000000)::bigint)"
            " || uuid_send(command_id) || data"
            " FROM chronodesk.recorded ORDER BY lane, position LIMIT %s",
            [most],
        )
        return done.rowcount


def run(url: str, events: int) -> Load:
    """From the first event to so many; the clock runs from the first to the last commit."""
    finished = Event()
    instants: list[float] = []

    class Timed(Views):
        def keep(self, recorded: Recorded[Any], tracking: Tracking) -> None:
            if not instants:
                instants.append(time.perf_counter())
            super().keep(recorded, tracking)
            if tracking.notification_id == events:
                instants.append(time.perf_counter())
                finished.set()

    with ProjectionRunner(
        application_class=DeskLog, projection_class=Desk, view_class=Timed, env=_environment(url)
    ) as runner:
        while not finished.wait(0.05) and not runner.is_interrupted.is_set():
            pass
    begun, ended = instants
    return Load(count=events, seconds=ended - begun)


def _environment(url: str) -> dict[str, str]:
    where = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(where["dbname"]),
        "POSTGRES_HOST": str(where["host"]),
        "POSTGRES_PORT": str(where["port"]),
        "POSTGRES_USER": str(where["user"]),
        "POSTGRES_PASSWORD": str(where.get("password", "")),
        "ORIGINATOR_ID_TYPE": "text",
    }
