"""Lost connections, lost answers, a lost server: nothing is lost, and nothing is written twice."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from commands.ports import StoreUnavailable
from tests.contracts.requests import HERE, request, tags, ticket, write

ONE = ticket(1)


def test_a_connection_that_is_killed_in_an_append_writes_nothing_and_the_next_one_works(
    database_url: str,
) -> None:
    asked = request(write(ONE, 0, "a"))
    with (
        open_pool(database_url, 2) as pool,
        psycopg.connect(database_url, autocommit=True) as other,
        ThreadPoolExecutor(1) as thread,
    ):
        store = PostgresStore(pool)
        assert store.layout().lanes == (0,)
        with other.transaction():
            other.execute("SELECT FROM chronodesk.lane FOR NO KEY UPDATE")
            waiting = thread.submit(store.append, asked)
            _kill(other, _waiting_for_a_lane(other))
            with pytest.raises(StoreUnavailable):
                waiting.result(timeout=60)
        assert store.load(HERE, ONE) == ()
        answer = store.append(asked)
        assert (answer.version, answer.repeated) == (1, False)


def test_idle_connections_that_were_killed_are_not_noticed_by_anybody(database_url: str) -> None:
    with (
        open_pool(database_url, 3) as pool,
        psycopg.connect(database_url, autocommit=True) as other,
    ):
        store = PostgresStore(pool)
        store.append(request(write(ONE, 0, "a")))
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert tags(store.load(HERE, ONE)) == ["a"]
        assert store.append(request(write(ONE, 1, "b"))).version == 2


def test_a_command_given_to_two_servers_at_once_is_written_once(empty_database_url: str) -> None:
    """Also when each of them meant another stream, in another lane: no common lock helps there."""
    migrate(empty_database_url, lanes=4)
    with open_pool(empty_database_url, 8) as pool, ThreadPoolExecutor(8) as threads:
        stores = [PostgresStore(pool) for _ in range(8)]
        for n in range(20):
            first = request(write(ticket(f"{n}/0"), 0, "x"))
            asked = [
                request(write(ticket(f"{n}/{i}"), 0, "x"), command=first.command_id)
                for i in range(8)
            ]
            answers = list(threads.map(PostgresStore.append, stores, asked))
            assert len({answer.events for answer in answers}) == 1
            assert [answer.repeated for answer in answers].count(False) == 1


def test_several_processes_make_the_tables_at_once(empty_database_url: str) -> None:
    program = (
        "import sys; from adapters.postgres.schema import migrate; migrate(sys.argv[1], lanes=2)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, empty_database_url]) for _ in range(4)
    ]
    assert [process.wait(timeout=60) for process in started] == [0] * 4
    with open_pool(empty_database_url, 1) as pool:
        assert list(PostgresStore(pool).lanes()) == [0, 1]


def test_making_the_tables_again_changes_nothing(database_url: str) -> None:
    with open_pool(database_url, 1) as pool:
        PostgresStore(pool).append(request(write(ONE, 0, "a")))
    migrate(database_url, lanes=7)
    with open_pool(database_url, 1) as pool:
        store = PostgresStore(pool)
        assert list(store.lanes()) == [0], "a stream stays in its lane for ever"
        assert tags(store.load(HERE, ONE)) == ["a"]


@pytest.mark.slow
def test_a_server_that_was_restarted_is_found_again(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg")
    with server:
        url = server.url
        migrate(url)
        with open_pool(url, 4) as pool:
            store = PostgresStore(pool)
            store.append(request(write(ONE, 0, "a")))
            server.stop()
            asked = request(write(ONE, 1, "b"))
            with pytest.raises(StoreUnavailable):
                store.append(asked)
            server.start()
            assert server.url == url
            assert store.append(asked).version == 2
            assert tags(store.load(HERE, ONE)) == ["a", "b"]


def _waiting_for_a_lane(connection: psycopg.Connection[tuple[int]]) -> int:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database() AND query LIKE '%append%'"
        ).fetchone()
        if found is not None:
            return found[0]
        connection.execute("SELECT pg_stat_clear_snapshot()")
        sleep(0.01)
    raise AssertionError("nobody waits for the lane")


def _kill(connection: psycopg.Connection[tuple[int]], pid: int) -> None:
    connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
