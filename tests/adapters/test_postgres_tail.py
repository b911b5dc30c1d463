"""No reader at the end of the log misses an event, whatever the writers do."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from adapters.memory import MemoryStore
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from tests.contracts.requests import request, ticket, write
from tests.contracts.tail import Tail, write_much

WRITERS = 16


@pytest.mark.parametrize("lanes", [1, 4])
def test_a_reader_beside_sixteen_writers_sees_every_event_once_and_in_order(
    empty_database_url: str, lanes: int
) -> None:
    migrate(empty_database_url, lanes)
    with (
        open_pool(empty_database_url, WRITERS) as writers,
        open_pool(empty_database_url, 1) as reader,
    ):
        tail = Tail(PostgresStore(reader))
        tail.start()
        written = write_much(
            lambda: PostgresStore(writers), threads=WRITERS, appends=30, streams=40
        )
        tail.finish()
    assert tail.faults == []
    assert tail.error is None
    assert tail.seen == written
    assert len({lane for lane, _ in written}) == lanes


def test_the_same_holds_in_memory() -> None:
    store = MemoryStore(4)
    tail = Tail(store)
    tail.start()
    written = write_much(lambda: store, threads=4, appends=30, streams=10)
    tail.finish()
    assert (tail.faults, tail.error) == ([], None)
    assert tail.seen == written


_A_SEQUENCE_INSTEAD = {
    "    FOR NO KEY UPDATE;": ";",
    "    answer := 'accepted';": (
        "answer := 'accepted'; held.head := nextval('taken') - 1;"
        " PERFORM pg_sleep(random() * 0.01);"
    ),
    "UPDATE lane AS o SET head = head WHERE o.lane = in_lane;": "",
}


def test_the_reader_notices_positions_that_are_taken_in_another_order_than_they_are_committed(
    empty_database_url: str,
) -> None:
    """The classic fault, planted: a sequence in place of the lane's head and lock."""
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute(
            "SELECT pg_get_functiondef('chronodesk.append_one'::regproc)"
        ).fetchone()
        assert found is not None
        faulty = str(found[0])
        for line, fault in _A_SEQUENCE_INSTEAD.items():
            assert line in faulty
            faulty = faulty.replace(line, fault)
        connection.execute("CREATE SEQUENCE chronodesk.taken")
        connection.execute(faulty.encode())
    with open_pool(empty_database_url, 8) as writers, open_pool(empty_database_url, 1) as reader:
        stores = [PostgresStore(writers) for _ in range(8)]  # one alone makes one call at a time
        tail = Tail(PostgresStore(reader))
        tail.start()
        with ThreadPoolExecutor(8) as threads:
            requests = [request(write(ticket(n), 0, "x")) for n in range(200)]
            appends = [stores[n % 8].append for n in range(200)]
            assert len(list(threads.map(lambda to, what: to(what), appends, requests))) == 200
        tail.finish()
    assert tail.faults != []
    assert len(tail.seen) < 200, "a reader that goes on from its position has missed some"
