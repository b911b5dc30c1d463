"""The `eventsourcing` library's own PostgreSQL recorder, with its default settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from bench.load import Load, Work, by_threads

RECORDER = "eventsourcing's PostgresApplicationRecorder"
SUBSCRIPTION = "eventsourcing's PostgresSubscription"

_TOPIC = "bench:Noted"


@contextmanager
def recorder(url: str, connections: int) -> Iterator[PostgresApplicationRecorder]:
    """A recorder of events whose originators have UUIDs, its table made."""
    where = conninfo_to_dict(url)
    with PostgresDatastore(
        dbname=str(where["dbname"]),
        host=str(where["host"]),
        port=str(where["port"]),
        user=str(where["user"]),
        password=str(where.get("password", "")),
        pool_size=connections,
        connect_timeout=60,
    ) as datastore:
        made = PostgresApplicationRecorder(datastore)
        made.create_table()
        yield made


def insert(into: PostgresApplicationRecorder, data: bytes) -> int:
    """One event of a new originator; its position."""
    event = StoredEvent(originator_id=uuid4(), originator_version=0, topic=_TOPIC, state=data)
    positions = into.insert_events([event])
    if not positions:
        raise RuntimeError("The recorder gave no position.")
    return int(positions[0])


def appends(url: str, clients: int, seconds: float, data: bytes) -> Load:
    """Single events from threads of one process."""
    with recorder(url, clients) as opened:

        @contextmanager
        def client(_: int) -> Iterator[Work]:
            yield lambda: insert(opened, data)

        return by_threads(clients, seconds, client)
