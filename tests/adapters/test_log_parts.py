"""The log's parts are made before they are needed, and whatever is in the way stops no append."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege

from adapters.postgres.log import Batch, Log, NewRow, Write, Written
from adapters.postgres.pool import open_pool
from tests.contracts.requests import HERE, RECORDED_AT, ticket

PART = 2**20
"""Positions in a part."""


@pytest.fixture
def log(database_url: str) -> Iterator[Log]:
    """The log for programs, with the rights that they have."""
    with open_pool(database_url, 1, role="chronodesk_writer") as pool:
        yield Log(pool)


@pytest.fixture
def owner(database_url: str) -> Iterator[Connection[tuple[str]]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def batch(name: object) -> Batch:
    """Two events for a new stream."""
    rows = [NewRow(version, "ticket.tagged@1", b"{}") for version in (1, 2)]
    return Batch(HERE, uuid4(), "", RECORDED_AT, [Write(ticket(name), 0, 0, rows)])


def parts(owner: Connection[tuple[str]]) -> list[str]:
    found = owner.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'chronodesk.event'::regclass ORDER BY 1"
    )
    return [name.removeprefix("chronodesk.") for (name,) in found]


@pytest.mark.parametrize("others", [[], [batch("other")]], ids=["alone", "in a batch"])
def test_a_stream_may_lie_in_two_parts(
    log: Log, owner: Connection[tuple[str]], others: list[Batch]
) -> None:
    assert parts(owner) == ["event_0", "event_1"]
    owner.execute("UPDATE chronodesk.lane SET head = %s", [PART - 2])
    assert log.append([batch(1), *others])[0] == Written([2], [PART - 1], [0])
    assert [row.position for row in log.stream(HERE, ticket(1))] == [PART - 1, PART]
    assert [row.position for row in log.page(0, 0, 2)] == [PART - 1, PART]
    assert parts(owner) == ["event_0", "event_1", "event_2"]
    with pytest.raises(InsufficientPrivilege, match="append-only"):
        owner.execute("DELETE FROM chronodesk.event_2")


def test_who_holds_the_log_keeps_nobody_from_writing(
    log: Log, owner: Connection[tuple[str]]
) -> None:
    """The part ahead of need is then made by a later append."""
    with owner.transaction():
        owner.execute("LOCK TABLE chronodesk.event IN SHARE UPDATE EXCLUSIVE MODE")
        owner.execute("SELECT FROM chronodesk.event")
        with psycopg.connect(owner.info.dsn, autocommit=True) as other:
            other.execute("UPDATE chronodesk.lane SET head = %s", [PART - 2])
        assert log.append([batch(1)]) == [Written([2], [PART - 1], [0])]
    assert parts(owner) == ["event_0", "event_1"]
    owner.execute("UPDATE chronodesk.lane SET head = head + 65535")
    log.append([batch(2)])
    assert parts(owner) == ["event_0", "event_1", "event_2"]
