"""A row store and readers on a test's own database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.read import PostgresReader
from domain.ids import WorkspaceId
from domain.record import record
from projections import PROJECTIONS
from projections.ports import Feed, Projection
from projections.run import Runner
from tests.projections.log import HOME


@record
class Views:
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
    with ConnectionPool(url, min_size=1, max_size=8, timeout=5) as pool:
        yield Views(pool=pool, store=PostgresRowStore(pool))
