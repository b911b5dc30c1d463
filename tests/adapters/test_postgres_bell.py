"""Readers in other processes hear of an append long before they would look."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event, Timer
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest

from adapters.postgres import bell as bells
from adapters.postgres import store as stores
from adapters.postgres.bell import Bell
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from tests.contracts.requests import request, ticket, write
from tests.projections.postgres import eventually

Make = Callable[[], PostgresStore]


@pytest.fixture
def process(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes a store that shares nothing with the others but the database, and looks rarely."""
    monkeypatch.setattr(stores, "POLL", 30.0)
    with ExitStack() as stack:

        def make() -> PostgresStore:
            pool = stack.enter_context(open_pool(database_url, 2, role="chronodesk_writer"))
            return PostgresStore(pool, stack.enter_context(Bell(database_url)))

        yield make


def test_a_reader_in_another_process_is_woken(process: Make) -> None:
    here, elsewhere = process(), process()
    for n in range(3):
        writing = Timer(0.05, here.append, [request(write(ticket(n), 0, "x"))])
        started = monotonic()
        writing.start()
        assert elsewhere.wait(elsewhere.head(), timeout=60)
        assert monotonic() - started < 25, "seconds: by itself it looks after 30"
        writing.join()


def test_it_is_woken_again_after_the_server_closed_the_connections(
    process: Make, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "RETRY", 0.05)
    here, elsewhere = process(), process()
    here.append(request(write(ticket(1), 0, "x")))
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    sleep(0.2)  # until the farewells have arrived
    writing = Timer(0.3, here.append, [request(write(ticket(2), 0, "x"))])
    writing.start()
    started = monotonic()
    assert elsewhere.wait(elsewhere.head(), timeout=60)
    assert monotonic() - started < 25, "seconds: by itself it looks after 30"
    writing.join()


def test_many_appends_share_a_notification(database_url: str) -> None:
    heard: list[float] = []
    with Bell(database_url) as bell, Bell(database_url) as listening:
        ready = Event()
        listening.listen(ready.set)
        while not ready.wait(0.02):
            bell.ring()
        listening.listen(lambda: heard.append(monotonic()))
        started = monotonic()
        for _ in range(2_000):
            bell.ring()
            sleep(0.000_05)
        eventually(lambda: bool(heard))
        sleep(0.1)
    assert len(heard) <= (monotonic() - started) / bells.PAUSE + 2


def test_a_bell_that_rings_for_years_remembers_none_of_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[psycopg.Connection[Any]] = []
    connect = psycopg.connect

    def kept(url: str, **settings: Any) -> psycopg.Connection[Any]:
        made.append(connect(url, **settings))
        return made[-1]

    monkeypatch.setattr(psycopg, "connect", kept)
    heard: list[float] = []
    with Bell(database_url) as bell:
        bell.listen(lambda: heard.append(monotonic()))

        def often() -> bool:
            bell.ring()
            return len(heard) > 20

        eventually(often)
    assert not made[0]._notifies_backlog


def test_a_bell_without_a_server_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "RETRY", 0.01)
    with Bell("postgresql://127.0.0.1:1/none") as bell:
        for _ in range(100_000):
            bell.ring()
        started = monotonic()
    assert monotonic() - started < 60
