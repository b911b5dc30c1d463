"""A row store and readers on a test's own database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import sleep
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.postgres.pool import open_pool
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.read import PostgresReader
from domain.ids import WorkspaceId
from domain.record import record
from projections import PROJECTIONS
from projections.ports import Feed, Projection, Unavailable
from projections.run import Runner
from tests.projections.log import HOME


@record
class Views:
    url: str
    pool: ConnectionPool[Connection[Any]]
    store: PostgresRowStore

    def reader(self, workspace: WorkspaceId = HOME) -> PostgresReader:
        return PostgresReader(self.pool, workspace)

    def catch_up(
        self, log: Feed, projections: tuple[Projection, ...] = PROJECTIONS, page: int = 2000
    ) -> Runner:
        runner = Runner(log, self.store, projections, page=page)
        while runner.step():
            pass
        return runner

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.pool.connection() as connection:
            return connection.execute(statement).fetchall()


@contextmanager
def views_on(url: str) -> Iterator[Views]:
    with open_pool(url) as pool:
        yield Views(url=url, pool=pool, store=PostgresRowStore(pool))


@contextmanager
def running(runner: Runner) -> Iterator[None]:
    """The runner at work in a thread of its own."""
    stop = Event()
    thread = Thread(target=runner.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(timeout=30)


def eventually(check: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until `check` holds; a database that is away at that moment does not count."""
    for _ in range(round(seconds / 0.05)):
        with suppress(Unavailable):
            if check():
                return
        sleep(0.05)
    raise AssertionError("it never came true")
