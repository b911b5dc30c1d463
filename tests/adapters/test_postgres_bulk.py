"""What guards the way by which whole histories come."""

from collections.abc import Iterator
from threading import Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from adapters.packing import pack
from adapters.postgres import bulk
from adapters.postgres.bulk import LOADER, PostgresBulkStore
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from adapters.postgres.verify import verify_log
from commands.ports import Packed
from tests.contracts.requests import HERE, request, tags, ticket, write
from tests.projections.postgres import eventually


@pytest.fixture
def url(empty_database_url: str) -> str:
    migrate(empty_database_url, lanes=2)
    return empty_database_url


@pytest.fixture
def store(url: str) -> Iterator[PostgresBulkStore]:
    with open_pool(url, 1, role=LOADER) as pool:
        yield PostgresBulkStore(pool)


def some(count: int = 5) -> list[Packed]:
    return [pack(request(write(ticket(uuid4()), 0, "a", "b"))) for _ in range(count)]


def rows(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT lane, position, stream, version FROM chronodesk.recorded ORDER BY 1, 2"
        ).fetchall()


@pytest.mark.parametrize(
    "fault",
    ["another command", "another stream", "a version is skipped", "a position is skipped"],
)
def test_other_events_than_announced_are_refused(
    fault: str, url: str, store: PostgresBulkStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append_history(some())
    before = rows(url)
    plan = bulk._ROW

    class Faulty:
        calls = 0

        def pack(self, *fields: Any) -> bytes:
            self.calls += 1
            given = list(fields)
            if self.calls == 4:
                match fault:
                    case "a version is skipped":
                        given[6] += 1
                    case "a position is skipped":
                        given[2] += 1_000
                    case "another stream":
                        given[4] += 1_000
                    case _:
                        given[14] = uuid4().bytes
            return plan.pack(*given)

    monkeypatch.setattr(bulk, "_ROW", Faulty())
    with pytest.raises((psycopg.errors.DataException, psycopg.errors.UniqueViolation)):
        store.append_history(some())
    monkeypatch.undo()
    assert rows(url) == before
    store.append_history(some())
    assert verify_log(url, lambda *_: None) == []


def test_a_call_reads_no_more_of_the_log_the_longer_that_is(url: str) -> None:
    calls, events = 40, 50
    with open_pool(url, 1, role=LOADER) as pool:
        store = PostgresBulkStore(pool)
        for _ in range(calls):
            store.append_history(some(events // 2))
    with psycopg.connect(url, autocommit=True) as connection:

        def read() -> int:
            found = connection.execute(
                "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_user_tables"
                " WHERE relname LIKE 'event%'"
            ).fetchone()
            return 0 if found is None else int(found[0])

        eventually(lambda: read() >= events * calls)  # a connection tells what it did at its end
        assert read() <= 3 * events * calls


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {}.event SET version = version",
        "DELETE FROM {}.event",
        "TRUNCATE {}.event",
        "UPDATE {}.lane SET head = 0",
        "INSERT INTO {}.stream VALUES (1, 1, 1, 0, 'here', 'ticket:1')",
        "INSERT INTO {}.command SELECT * FROM {}.command",
    ],
)
def test_who_brings_histories_changes_nothing_else(
    statement: str, url: str, store: PostgresBulkStore
) -> None:
    store.append_history(some())
    with open_pool(url, 1, role=LOADER) as pool, pool.connection() as connection:
        name = sql.Identifier("chronodesk")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL(statement).format(name, name))


@pytest.mark.parametrize("step", ["begin_history", "finish_history"])
def test_the_writer_has_no_part_in_it(step: str, url: str) -> None:
    with open_pool(url, 1, role="chronodesk_writer") as pool, pool.connection() as connection:
        found = connection.execute(
            "SELECT bool_or(has_function_privilege(oid, 'EXECUTE'))"
            " FROM pg_proc WHERE proname = %s",
            [step],
        ).fetchone()
        assert found == (False,)


def test_tables_of_the_session_that_somebody_else_made_are_not_read(url: str) -> None:
    with open_pool(url, 1, role=LOADER) as pool:
        with pool.connection() as connection:
            connection.execute("CREATE TEMPORARY TABLE waiting_write (write integer)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="somebody else"):
            PostgresBulkStore(pool).append_history(some())


def test_online_appends_and_histories_share_the_lanes(url: str, store: PostgresBulkStore) -> None:
    """Both write at once; nothing is lost and no position is given twice."""
    with open_pool(url, 2, role="chronodesk_writer") as pool:
        online = PostgresStore(pool)

        def append() -> None:
            for n in range(40):
                online.append(request(write(ticket("online"), n, str(n))))

        beside = Thread(target=append)
        beside.start()
        for _ in range(10):
            store.append_history(some(20))
        beside.join()
        assert tags(online.load(HERE, ticket("online"))) == [str(n) for n in range(40)]
    assert len(rows(url)) == 40 + 10 * 40
    assert verify_log(url, lambda *_: None) == []
