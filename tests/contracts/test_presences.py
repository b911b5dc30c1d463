"""All presences there are, under the one contract."""

from collections.abc import Iterator

import pytest

from adapters.memory_live import MemoryPresences
from adapters.postgres.pool import open_pool
from adapters.postgres.presence import PostgresPresences, migrate_live
from tests.contracts.presences import LIFE, PresencesContract, Room


class TestMemoryPresences(PresencesContract):
    @pytest.fixture
    def room(self) -> Room:
        now = [1_000.0]

        def pass_time(seconds: float) -> None:
            now[0] += seconds

        return Room(there=MemoryPresences(lambda: now[0], LIFE), pass_time=pass_time)


class TestPostgresPresences(PresencesContract):
    @pytest.fixture
    def room(self, empty_database_url: str) -> Iterator[Room]:
        migrate_live(empty_database_url)
        with open_pool(empty_database_url, 2) as pool:

            def pass_time(seconds: float) -> None:
                """Nobody can move the database's clock; what it is compared with can be moved."""
                with pool.connection() as connection:
                    connection.execute(
                        "UPDATE live.presence"
                        " SET expires_at = expires_at - make_interval(secs => %s)",
                        [seconds],
                    )

            yield Room(there=PostgresPresences(pool, LIFE), pass_time=pass_time)
