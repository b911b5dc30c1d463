"""Damage that no program of ours can do, done by hand: each kind is found and named."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from adapters.postgres.bulk import PostgresBulkStore
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresNumbers
from adapters.postgres.verify import MOST, verify_log
from adapters.simulating.plan import Plan
from adapters.simulating.simulate import simulate
from adapters.simulating.write import write
from domain.ids import WorkspaceId

START = datetime(2025, 9, 1, tzinfo=UTC)

DAMAGE = {
    "an event is gone": (
        """DELETE FROM event WHERE position = (SELECT min(position) FROM event
           WHERE version = 2 AND stream IN (SELECT stream FROM event WHERE version = 3))""",
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
            "a stream's version is that of its last event",
            "a command id points to its events, and they to it",
        },
    ),
    "the head runs ahead": (
        "UPDATE lane SET head = head + 1",
        {"a lane's head is its last position"},
    ),
    "a stream's version runs ahead": (
        "UPDATE stream SET version = version + 1 WHERE stream = 'queue:network'",
        {"a stream's version is that of its last event"},
    ),
    "a stream is forgotten": (
        "DELETE FROM stream WHERE stream = 'queue:network'",
        {
            "a stream's version is that of its last event",
            "a command's answer names a version that its stream has reached",
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
        "UPDATE event SET topic = 'ticket.exploded@1' WHERE position = 150",
        {"every event can be read"},
    ),
    "a ticket number is given twice": (
        """UPDATE event SET data = convert_to(
             regexp_replace(convert_from(data, 'UTF8'), '"number":[0-9]+', '"number":1'), 'UTF8')
           WHERE topic LIKE 'ticket.opened@%'""",
        {"a ticket number is given once"},
    ),
    "the counter of ticket numbers was set back": (
        "UPDATE ticket_number SET last = 1",
        {"the next ticket number is free"},
    ),
    "the order of a stream is turned round": (
        """UPDATE event SET version = 3 - version WHERE version IN (1, 2)
           AND stream = (SELECT stream FROM event WHERE version = 2 LIMIT 1)""",
        {"versions of a stream have no gap and follow the log's order"},
    ),
}


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
        connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
        connection.execute("ALTER TABLE command DISABLE TRIGGER ALL")
        connection.execute("ALTER TABLE event DROP CONSTRAINT event_workspace_stream_version_key")
        connection.execute(sql.SQL(statement))


def test_an_undamaged_log_has_no_fault(log: str) -> None:
    seen: list[tuple[int, int]] = []
    assert verify_log(log, lambda done, total: seen.append((done, total))) == []
    assert seen[-1][0] == seen[-1][1] > 100


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
