"""Every row store there is, under the one contract."""

from collections.abc import Iterator

import pytest

from adapters.memory_leases import MemoryLeases
from adapters.memory_rows import MemoryRowStore
from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projections import PostgresRowStore
from tests.contracts.library import LIBRARY, Stand
from tests.contracts.row_store import RowStoreContract


class TestMemoryRowStore(RowStoreContract):
    @pytest.fixture
    def stand(self) -> Stand:
        now = [1_000.0]

        def pass_time(seconds: float) -> None:
            now[0] += seconds

        store = MemoryRowStore(lambda: now[0])
        store.prepare(LIBRARY, [0])
        return Stand(
            store=store,
            worker=lambda name: MemoryLeases(store.ledger, name, 3),
            pass_time=pass_time,
        )


class TestPostgresRowStore(RowStoreContract):
    @pytest.fixture
    def stand(self, database_url: str) -> Iterator[Stand]:
        with open_pool(database_url) as pool:

            def pass_time(seconds: float) -> None:
                """Nobody can move the database's clock; what it is compared with can be moved."""
                with pool.connection() as connection:
                    for table, instants in (
                        ("projection_lease", ("taken_at", "expires_at")),
                        ("projection_worker", ("since", "expires_at")),
                    ):
                        for instant in instants:
                            connection.execute(
                                f"UPDATE chronodesk.{table} SET {instant} = {instant}"
                                " - make_interval(secs => %s)",
                                [seconds],
                            )

            store = PostgresRowStore(pool)
            store.prepare(LIBRARY, [0])
            yield Stand(
                store=store,
                worker=lambda name: PostgresLeases(pool, name, 3),
                pass_time=pass_time,
            )
