"""Damage that no program of ours can do, done by hand: each kind is found and named."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from adapters.postgres.bulk import PostgresBulkStore
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from adapters.postgres.verify import MOST, verify_log
from adapters.simulating.plan import Plan
from adapters.simulating.simulate import simulate
from adapters.simulating.write import write
from domain.ids import WorkspaceId
from tests.contracts.requests import request, ticket
from tests.contracts.requests import write as stream_write

START = datetime(2025, 9, 1, tzinfo=UTC)

DAMAGE = {
    "an event is gone": (
        """DELETE FROM event WHERE position = (SELECT min(position) FROM event
           WHERE version = 2 AND stream_id IN (SELECT stream_id FROM event WHERE version = 3))""",
        {
            "positions of a lane have no gap",
            "versions of a stream have no gap and follow the log's order",
            "a command id points to its events, and they to it",
        },
    ),
    "the last event is gone": (
        "DELETE FROM event WHERE position = (SELECT max(position) FROM event)",
        {
            "a lane's head is its last position",
            "a stream's version, lane and beginning are those of its events",
            "a command id points to its events, and they to it",
        },
    ),
    "the head runs ahead": (
        "UPDATE lane SET head = head + 1",
        {"a lane's head is its last position"},
    ),
    "a stream's version runs ahead": (
        "UPDATE stream SET version = version + 1 WHERE stream = 'queue:network'",
        {"a stream's version, lane and beginning are those of its events"},
    ),
    "a stream is forgotten": (
        "DELETE FROM stream WHERE stream = 'queue:network'",
        {
            "a stream's version, lane and beginning are those of its events",
            "a command's answer names a version that its stream has reached",
            "a command id points to its events, and they to it",
        },
    ),
    "a command id is forgotten": (
        "DELETE FROM command WHERE stream = 'queue:network'",
        {"a command id points to its events, and they to it"},
    ),
    "an event belongs to another command": (
        "UPDATE event SET command_id = gen_random_uuid() WHERE position = 150",
        {"a command id points to its events, and they to it"},
    ),
    "bytes are broken": (
        "UPDATE event SET data = 'x'::bytea || data WHERE position = 150",
        {"every event can be read"},
    ),
    "a kind is unknown": (
        """INSERT INTO topic VALUES (999, 'ticket.exploded@1');
           UPDATE event SET topic = 999 WHERE position = 150""",
        {"every event can be read"},
    ),
    "a ticket number is given twice": (
        """UPDATE event SET data = convert_to(
             regexp_replace(convert_from(data, 'UTF8'), '"number":[0-9]+', '"number":1'), 'UTF8')
           WHERE topic IN (SELECT id FROM topic WHERE name LIKE 'ticket.opened@%')""",
        {"a ticket number is given once"},
    ),
    "the counter of ticket numbers was set back": (
        "UPDATE ticket_number SET last = 1",
        {"the next ticket number is free"},
    ),
    "a version is there twice": (
        """INSERT INTO event
           SELECT l.head + 1, stream_id, version, recorded_at, e.lane, topic, command_id, data
           FROM event AS e, lane AS l WHERE e.position = 150;
           UPDATE lane SET head = head + 1""",
        {
            "versions of a stream have no gap and follow the log's order",
            "a command id points to its events, and they to it",
        },
    ),
    "a kind has no name": (
        "UPDATE event SET topic = 999 WHERE position = 150",
        {"an event's topic has a name"},
    ),
    "a stream is in another lane": (
        """INSERT INTO lane VALUES (1);
           UPDATE stream SET lane = 1 WHERE stream = 'queue:network'""",
        {
            "a stream is in the lane that its name says, if the lanes were never changed",
            "a stream's version, lane and beginning are those of its events",
        },
    ),
    "a stream begins later than it says": (
        "UPDATE stream SET first_position = 1 WHERE stream = 'queue:network'",
        {"a stream's version, lane and beginning are those of its events"},
    ),
    "the order of a stream is turned round": (
        """UPDATE event SET version = 3 - version WHERE version IN (1, 2)
           AND stream_id = (SELECT stream_id FROM event WHERE version = 2 LIMIT 1)""",
        {"versions of a stream have no gap and follow the log's order"},
    ),
}


_WITHOUT_GUARDS = """
DO $$
DECLARE
    guard record;
BEGIN
    FOR guard IN SELECT tgrelid::regclass AS kept FROM pg_trigger WHERE tgname = 'append_only' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER append_only', guard.kept);
    END LOOP;
    DROP INDEX event_0_stream_id_version_idx;
END $$;
"""


@pytest.fixture
def log(database_url: str) -> str:
    """The URL of a log with a few simulated tickets."""
    plan = Plan(
        workspace=WorkspaceId("default"),
        tickets=20,
        seed=1,
        start=START,
        end=START + timedelta(days=5),
    )
    with open_pool(database_url) as pool:
        told = simulate(plan, PostgresNumbers(pool), START)
        write(PostgresBulkStore(pool), told, lambda *_: None)
    return database_url


def damage(url: str, statement: str) -> None:
    """Change what may not be changed, as a superuser can."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path TO chronodesk")
        connection.execute(_WITHOUT_GUARDS)
        connection.execute(sql.SQL(statement))


def test_an_undamaged_log_has_no_fault(log: str) -> None:
    seen: list[tuple[int, int]] = []
    assert verify_log(log, lambda done, total: seen.append((done, total))) == []
    assert seen[-1][0] == seen[-1][1] > 100


def test_a_log_of_several_lanes_has_no_fault(empty_database_url: str) -> None:
    migrate(empty_database_url, lanes=5)
    with open_pool(empty_database_url) as pool:
        store = PostgresStore(pool)
        for n in range(40):
            store.append(request(stream_write(ticket(n), 0, "a")))
        assert all(store.log.heads().values())
    assert verify_log(empty_database_url) == []


def test_an_empty_log_has_no_fault(database_url: str) -> None:
    assert verify_log(database_url) == []


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_found_and_named(log: str, what: str) -> None:
    statement, rules = DAMAGE[what]
    damage(log, statement)
    found = verify_log(log)
    assert {fault.rule for fault in found} == rules
    assert all(fault.place and fault.detail for fault in found)


def test_a_thousand_faults_are_told_in_a_few_lines(log: str) -> None:
    damage(log, "UPDATE event SET data = 'x'")
    assert len(verify_log(log)) == MOST
