"""The database itself keeps the log append-only, and gives its writer no more than it needs."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege

from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from tests.contracts.requests import HERE, request, tags, ticket, write

CHANGES = {
    "event": "UPDATE chronodesk.event SET data = ''",
    "one event": "UPDATE chronodesk.event SET topic = topic WHERE position = 1",
    "no event": "UPDATE chronodesk.event SET topic = topic WHERE false",
    "event gone": "DELETE FROM chronodesk.event",
    "all events gone": "TRUNCATE chronodesk.event",
    "all gone": "TRUNCATE chronodesk.lane CASCADE",
    "event in its part": "UPDATE chronodesk.event_0 SET data = ''",
    "part emptied": "TRUNCATE chronodesk.event_1",
    "topic": "UPDATE chronodesk.topic SET name = 'other'",
    "stream gone": "DELETE FROM chronodesk.stream",
    "lane gone": "DELETE FROM chronodesk.lane",
    "event by merge": (
        "MERGE INTO chronodesk.event e USING (VALUES (1)) v (n) ON e.position = v.n"
        " WHEN MATCHED THEN DELETE"
    ),
    "event by upsert": (
        "INSERT INTO chronodesk.event SELECT * FROM chronodesk.event"
        " ON CONFLICT (lane, position) DO UPDATE SET data = ''"
    ),
    "command": "UPDATE chronodesk.command SET fingerprint = ''",
    "command gone": "DELETE FROM chronodesk.command",
    "all commands gone": "TRUNCATE chronodesk.command",
}
BEYOND_APPENDING = CHANGES | {
    "part of its own": "SELECT chronodesk.make_parts(9)",
    "another lane": "INSERT INTO chronodesk.lane VALUES (7)",
    "stream in another lane": "UPDATE chronodesk.stream SET lane = 0",
    "lane of another number": "UPDATE chronodesk.lane SET lane = 5",
    "numbers gone": "DELETE FROM chronodesk.ticket_number",
    "triggers off": "ALTER TABLE chronodesk.event DISABLE TRIGGER ALL",
    "triggers gone": "DROP TRIGGER append_only ON chronodesk.event",
    "table gone": "DROP TABLE chronodesk.event",
    "table of its own": "CREATE TABLE chronodesk.mine ()",
    "triggers asleep": "SET session_replication_role = replica",
}


@pytest.fixture
def written(database_url: str) -> Iterator[str]:
    """A database with two events of one command; they must be there after each test."""
    with open_pool(database_url, 2) as pool:
        store = PostgresStore(pool)
        store.append(request(write(ticket(1), 0, "a", "b")))
        before = store.load(HERE, ticket(1))
        yield database_url
        assert store.load(HERE, ticket(1)) == before
        assert tags(before) == ["a", "b"]


def _refused(connection: Connection[Any], statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())
    connection.rollback()


def test_nobody_changes_the_log_its_owner_included(written: str) -> None:
    with psycopg.connect(written) as owner:
        for statement in CHANGES.values():
            _refused(owner, statement)


def test_nor_in_a_session_that_turned_triggers_off(written: str) -> None:
    with psycopg.connect(written, options="-c session_replication_role=replica") as owner:
        for statement in CHANGES.values():
            _refused(owner, statement)


def test_the_refusal_says_what_to_do_instead(written: str) -> None:
    with (
        psycopg.connect(written) as owner,
        pytest.raises(InsufficientPrivilege, match=r"append-only.*\n.*compensating event"),
    ):
        owner.execute(CHANGES["event gone"].encode())


def test_the_writer_may_append_and_nothing_else(written: str) -> None:
    with psycopg.connect(written) as connection:
        connection.execute("SET ROLE chronodesk_writer")
        connection.commit()
        for statement in BEYOND_APPENDING.values():
            _refused(connection, statement)
    with open_pool(written, 1, role="chronodesk_writer") as pool:
        answer = PostgresStore(pool).append(request(write(ticket(2), 0, "c")))
        assert answer.events[0].position == 3
        assert PostgresNumbers(pool).take(HERE, 5) == range(1, 6)
        assert PostgresNumbers(pool).next(HERE) == 6


def test_others_see_nothing_of_the_log(written: str) -> None:
    """Neither its tables, nor its functions: they would have to be granted."""
    with psycopg.connect(written, autocommit=True) as owner:
        role = sql.Identifier("chronodesk_test_stranger")
        owner.execute(sql.SQL("DROP ROLE IF EXISTS {}; CREATE ROLE {}").format(role, role))
        try:
            owner.execute(sql.SQL("SET ROLE {}").format(role))
            _refused(owner, "SELECT FROM chronodesk.event")
            _refused(owner, "SELECT 'chronodesk.event'::regclass")
        finally:
            owner.execute(sql.SQL("RESET ROLE; DROP ROLE {}").format(role))
