"""All announcements there are, under the one contract, and what PostgreSQL's do in trouble."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from adapters.memory_live import MemoryAnnouncements
from adapters.postgres import announcements as module
from adapters.postgres.announcements import PostgresAnnouncements
from adapters.postgres.pool import open_pool
from api.live.ports import Announcements
from tests.contracts.announcements import HERE, AnnouncementsContract, Processes, all_listening


class TestMemoryAnnouncements(AnnouncementsContract):
    @pytest.fixture
    def processes(self) -> Processes:
        @contextlib.contextmanager
        def several(count: int) -> Iterator[Sequence[Announcements]]:
            board: list[Any] = []
            yield [MemoryAnnouncements(board) for _ in range(count)]

        return several


@contextlib.contextmanager
def on_postgres(url: str, count: int) -> Iterator[Sequence[PostgresAnnouncements]]:
    with contextlib.ExitStack() as stack:
        pools = [stack.enter_context(open_pool(url, 1)) for _ in range(count)]
        yield [stack.enter_context(PostgresAnnouncements(pool, url)) for pool in pools]


class TestPostgresAnnouncements(AnnouncementsContract):
    @pytest.fixture
    def processes(self, empty_database_url: str) -> Processes:
        return lambda count: on_postgres(empty_database_url, count)

    def test_who_was_cut_off_is_told_that_something_may_be_missing(
        self, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "RETRY", 0.05)
        with on_postgres(empty_database_url, 2) as (here, there):
            ear = all_listening([here, there])[1]
            with psycopg.connect(empty_database_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            ear.wait(lambda: ear.missed >= 1)
            here.tell(HERE, None, "again", None)
            ear.until("again")

    def test_telling_without_a_server_does_no_harm(
        self, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with open_pool(empty_database_url, 1) as pool:
            here = PostgresAnnouncements(pool, empty_database_url)
        here.tell(HERE, None, "nobody hears it", None)  # the pool is closed

    def test_what_is_far_too_long_is_refused(self, empty_database_url: str) -> None:
        with on_postgres(empty_database_url, 1) as (here,), pytest.raises(ValueError, match="most"):
            here.tell(HERE, None, "long", "x" * 400_000)

    def test_a_message_whose_beginning_was_missed_is_left_out(self) -> None:
        parts = module._parts([HERE, None, "long", "x" * 20_000])
        whole = module._Whole()
        assert [whole.take(part) for part in parts[1:]] == [None, None]
        assert [whole.take(part) for part in parts][:-1] == [None, None]
