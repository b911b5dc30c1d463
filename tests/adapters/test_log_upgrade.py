"""A log in the layout of version 1 moves to the present one without losing or changing a thing."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection

from adapters.postgres.log import Batch, Log, NewRow, Write, Written
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import VERSION, migrate
from adapters.postgres.store import PostgresStore
from tests.contracts.requests import HERE, RECORDED_AT, request, ticket, write

OLD = Path(__file__).with_name("log_in_one_table.sql")
COLUMNS = "lane, position, workspace, stream, version, topic, data, recorded_at, command_id"
FILL = f"""
INSERT INTO old.lane SELECT lane, head FROM chronodesk.lane;
INSERT INTO old.stream SELECT workspace, stream, lane, version FROM chronodesk.stream;
INSERT INTO old.event ({COLUMNS}) SELECT {COLUMNS} FROM chronodesk.recorded;
INSERT INTO old.command SELECT * FROM chronodesk.command;
INSERT INTO old.ticket_number SELECT * FROM chronodesk.ticket_number;
INSERT INTO old.schema_version VALUES (1, 'of that time');
"""
SAME = {
    "recorded": COLUMNS,
    "command": "*",
    "ticket_number": "*",
    "lane": "lane, head",
    "stream": "workspace, stream, lane, version, first_position",
}


@pytest.fixture
def connection(empty_database_url: str) -> Iterator[Connection[tuple[int]]]:
    """Events in three lanes, in the present layout and, in the schema `old`, in the first."""
    migrate(empty_database_url, lanes=3)
    with open_pool(empty_database_url) as pool:
        store = PostgresStore(pool)
        for n in range(40):
            one, other = ticket(n), ticket(f"{n}/other")
            store.append(request(write(one, 0, "a", "b"), write(other, 0, "c")))
            store.append(request(write(other, 1), write(one, 2, "d")))
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA old; SET search_path TO old")
        connection.execute(OLD.read_bytes())
        connection.execute(FILL.encode())
        yield connection


def test_everything_is_there_as_it_was(
    connection: Connection[tuple[int]], empty_database_url: str
) -> None:
    migrate(empty_database_url, schema="old")
    for table, columns in SAME.items():
        one = f"SELECT {columns} FROM old.{table}"
        other = f"SELECT {columns} FROM chronodesk.{table}"
        for query in (f"{one} EXCEPT ALL {other}", f"{other} EXCEPT ALL {one}"):
            assert connection.execute(query.encode()).fetchall() == []
    assert connection.execute("SELECT count(*) = 160 FROM recorded").fetchone() == (True,)
    applied = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    assert applied == (VERSION,)


def test_the_log_goes_on_where_it_was(
    connection: Connection[tuple[int]], empty_database_url: str
) -> None:
    migrate(empty_database_url, schema="old")
    batch = Batch(
        HERE, None, "", RECORDED_AT, [Write(ticket(1), 0, 3, [NewRow(4, "a new topic", b"")])]
    )
    with open_pool(empty_database_url, 1) as pool:
        log = Log(pool, "old")
        (there,) = {row.lane for row in log.stream(HERE, ticket(1))}
        assert log.append([batch]) == [Written([4], [log.heads()[there]], [there])]
        assert [row.version for row in log.stream(HERE, ticket(1))] == [1, 2, 3, 4]
        assert log.page(there, log.heads()[there] - 1, 2)[0].topic == "a new topic"


def test_a_log_that_cannot_move_stays_as_it_is(
    connection: Connection[tuple[int]], empty_database_url: str
) -> None:
    connection.execute("DELETE FROM stream WHERE stream = %s", [ticket(1)])
    before = connection.execute("SELECT count(*) FROM event").fetchall()
    with pytest.raises(psycopg.errors.RaiseException, match="do not match"):
        migrate(empty_database_url, schema="old")
    assert connection.execute("SELECT count(*) FROM event").fetchall() == before
    assert connection.execute("SELECT max(version) FROM schema_version").fetchone() == (1,)
