"""What `append` is told has to fit together, and what it does never waits in a circle."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from adapters.lanes import lane_of
from adapters.postgres.append_call import append_call
from adapters.postgres.arrays import BigIntegers, Integers
from adapters.postgres.bulk import LOADER, PostgresBulkStore
from adapters.postgres.lanes import Lanes
from adapters.postgres.log import Batch, Log, NewRow, Write, Written
from adapters.postgres.pool import open_pool
from adapters.postgres.verify import verify_log
from commands.ports import Packed, PackedWrite, VersionConflict
from domain.ids import StreamId
from tests.contracts.requests import HERE, RECORDED_AT, ticket

PLACE = {"w_request": 11, "w_version": 14, "w_events": 15, "e_write": 16, "e_nth": 17}
"""Of the parameters that a lie is told about."""


@pytest.fixture
def log(database_url: str) -> Iterator[Log]:
    with open_pool(database_url, 4, role="chronodesk_writer") as pool:
        yield Log(pool)


def batch(stream: StreamId, expected: int = 0, events: int = 1, lane: int = 0) -> Batch:
    rows = [NewRow(expected + n + 1, "ticket.tagged@1", b"{}") for n in range(events)]
    return Batch(HERE, uuid4(), "", RECORDED_AT, [Write(stream, lane, expected, rows)])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("w_events", Integers.of([5, 2])),
        ("w_events", Integers.of([1, 1])),
        ("w_events", Integers.of([-2, 2])),
        ("w_version", BigIntegers.of([100, 1])),
        ("w_request", Integers.of([1, 1])),
        ("e_write", Integers.of([1, 1, 2])),
        ("e_nth", Integers.of([0, 0, 5])),
    ],
    ids=range(7),
)
def test_what_does_not_fit_together_is_refused(
    log: Log, database_url: str, name: str, told: bytes
) -> None:
    log.append([batch(ticket(1))])
    query, params = append_call([batch(ticket(2)), batch(ticket(3), events=2)], None)
    given: list[Any] = list(params)
    given[PLACE[name]] = told
    with log.connection() as connection, pytest.raises(psycopg.errors.DataException):
        connection.execute(query, given, binary=True)
    for n in range(4, 8):
        assert log.append([batch(ticket(n))]) == [Written([1], [n - 2], [0])]
    faults = {fault.rule for fault in verify_log(database_url, lambda *_: None)}
    assert faults == {"every event can be read"}, "they hold nothing, and nothing else is wrong"


def test_an_append_reads_no_more_streams_the_more_there_are(log: Log, database_url: str) -> None:
    """Also by a plan that was made, and statistics that were taken, when there was one stream."""
    with open_pool(database_url, 1, role="chronodesk_writer") as pool:
        early = Log(pool)
        early.append([batch(ticket(0))])
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE chronodesk.stream")
        early.append([batch(ticket(0), 1), batch(ticket(1))])
        early.append([batch(ticket(0), 2), batch(ticket(1), 1)])
        for n in range(20):
            log.append([batch(ticket(100 * n + m)) for m in range(2, 102)])
        before = _read(database_url)
        with early.connection() as connection:
            connection.execute("SELECT pg_stat_force_next_flush()")
        early.append([batch(ticket(0), 3), batch(ticket(1), 2)])
        with early.connection() as connection:
            connection.execute("SELECT pg_stat_force_next_flush()")
        assert _read(database_url) - before < 50


def _read(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'stream'"
        ).fetchone()
    return int(found[0]) if found else 0


def test_histories_that_do_not_fit_and_commands_do_not_wait_in_a_circle(database_url: str) -> None:
    """Histories go to the higher lane first; commands write to both lanes."""
    Lanes(database_url).set(2)
    of_lane: dict[int, list[StreamId]] = {0: [], 1: []}
    for n in range(2_600):
        of_lane[lane_of(HERE, ticket(n), 2)].append(ticket(n))
    odd, *streams = [*of_lane[1][:601], *of_lane[0][:600]]
    failures: list[Exception] = []
    stop = Event()

    def command(log: Log) -> None:
        while not stop.is_set():
            writes = [
                Write(ticket(uuid4()), lane, 0, [NewRow(1, "ticket.tagged@1", b"{}")])
                for lane in (0, 1)
            ]
            try:
                log.append([Batch(HERE, uuid4(), "", RECORDED_AT, writes)])
            except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
                failures.append(error)
                return

    with (
        open_pool(database_url, 2, role=LOADER) as loading,
        open_pool(database_url, 2, role="chronodesk_writer") as writing,
    ):
        bulk = PostgresBulkStore(loading)
        threads = [Thread(target=command, args=(Log(writing),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            for version in range(3):
                told = [_packed(stream, version) for stream in streams]
                outcomes = bulk.append_history([_packed(odd, 9), *told])
                assert [isinstance(one, VersionConflict) for one in outcomes].count(True) == 1
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    assert failures == []


def _packed(stream: StreamId, expected: int) -> Packed:
    write = PackedWrite(stream, expected, (("ticket.tagged@1", b"{}"),))
    return Packed(HERE, uuid4().bytes, "", RECORDED_AT, (write,))
