"""What every keeper of read marks does, and each of them doing it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.memory_read_marks import MemoryReadMarks
from adapters.postgres.pool import open_pool
from adapters.postgres.read_marks import PostgresReadMarks
from adapters.postgres.uploads import migrate_content
from commands.ports import StoreUnavailable
from commands.read_mark_ports import Marks, ReadMarks
from domain.ids import WorkspaceId

HERE, THERE = WorkspaceId("here"), WorkspaceId("there")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class ReadMarksContract:
    @pytest.fixture
    def marks(self) -> ReadMarks:
        raise NotImplementedError

    def test_who_has_read_nothing_has_no_marks(self, marks: ReadMarks) -> None:
        assert marks.of(HERE, "kim") == Marks(single={})
        assert not marks.of(HERE, "kim").is_read("a", NOON)

    def test_single_ones_are_read(self, marks: ReadMarks) -> None:
        marks.read(HERE, "kim", {"a": NOON, "b": NOON + SECOND})
        marks.read(HERE, "kim", {"a": NOON})
        marks.read(HERE, "kim", {})
        held = marks.of(HERE, "kim")
        assert held == Marks(single={"a": NOON, "b": NOON + SECOND})
        assert held.is_read("a", NOON)
        assert not held.is_read("c", NOON)
        assert marks.of(HERE, "lee") == marks.of(THERE, "kim") == Marks(single={})

    def test_everything_up_to_an_instant_is_read_and_needs_no_single_marks(
        self, marks: ReadMarks
    ) -> None:
        marks.read(HERE, "kim", {"before": NOON, "after": NOON + SECOND})
        marks.read(HERE, "lee", {"before": NOON})
        marks.read_until(HERE, "kim", NOON)
        held = marks.of(HERE, "kim")
        assert held == Marks(until=NOON, single={"after": NOON + SECOND})
        assert held.is_read("whichever", NOON)
        assert held.is_read("after", NOON + SECOND)
        assert not held.is_read("other", NOON + SECOND)
        marks.read(HERE, "kim", {"old": NOON - SECOND})
        marks.read_until(HERE, "kim", NOON - SECOND)
        assert marks.of(HERE, "kim") == held, "nothing that was read becomes unread"
        assert marks.of(HERE, "lee") == Marks(single={"before": NOON})


class TestMemoryReadMarks(ReadMarksContract):
    @pytest.fixture
    def marks(self) -> MemoryReadMarks:
        return MemoryReadMarks()


class TestPostgresReadMarks(ReadMarksContract):
    @pytest.fixture
    def marks(self, empty_database_url: str) -> Iterator[PostgresReadMarks]:
        migrate_content(empty_database_url)
        with open_pool(empty_database_url, 2) as pool:
            yield PostgresReadMarks(pool)

    def test_a_database_that_is_away_is_called_that(self, empty_database_url: str) -> None:
        with open_pool(empty_database_url, 1) as pool:
            closed = PostgresReadMarks(pool)
        with pytest.raises(StoreUnavailable):
            closed.of(HERE, "kim")
