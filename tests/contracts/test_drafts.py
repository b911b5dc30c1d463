"""Every place for drafts there is, under the one contract."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from adapters.memory_drafts import MemoryDrafts
from adapters.postgres.drafts import PostgresDrafts
from adapters.postgres.pool import open_pool
from adapters.postgres.uploads import migrate_content
from commands.ports import StoreUnavailable
from tests.contracts.drafts import FULL, HERE, DraftsContract, kept


class TestMemoryDrafts(DraftsContract):
    @pytest.fixture
    def drafts(self) -> MemoryDrafts:
        return MemoryDrafts()


class TestPostgresDrafts(DraftsContract):
    @pytest.fixture
    def drafts(self, empty_database_url: str) -> Iterator[PostgresDrafts]:
        migrate_content(empty_database_url)
        with open_pool(empty_database_url, 4) as pool:
            yield PostgresDrafts(pool)

    def test_of_two_devices_at_the_same_time_one_saves(self, drafts: PostgresDrafts) -> None:
        seen = None
        for n in range(10):
            texts = [replace(FULL, body=f"{n} {device}") for device in "ab"]
            with ThreadPoolExecutor(2) as pool:
                saved = list(pool.map(lambda d, s=seen: drafts.keep(HERE, "kim", d, s), texts))
            (winner,) = [draft for draft in saved if draft is not None]
            assert drafts.find(HERE, "kim", FULL.ticket) == winner
            seen = winner.revision

    def test_a_database_that_is_away_is_called_that(self, empty_database_url: str) -> None:
        with open_pool(empty_database_url, 1) as pool:
            closed = PostgresDrafts(pool)
        with pytest.raises(StoreUnavailable):
            kept(closed, FULL)
        with pytest.raises(StoreUnavailable):
            closed.find(HERE, "kim", FULL.ticket)
