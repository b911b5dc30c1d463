"""Attempts are counted one at a time, in however many threads and processes they are made."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.postgres.attempts import PostgresAttempts
from adapters.postgres.pool import open_pool
from adapters.postgres.tokens import migrate_access
from domain.ids import WorkspaceId
from domain.lockout import Counted, Subject, Tally

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DESK = WorkspaceId("default")
KIM = Subject(kind=Counted.ACCOUNT, workspace=DESK, name="kim@example.com")
HERE = Subject(kind=Counted.ADDRESS, workspace="", name="203.0.113.7")


@pytest.fixture
def attempts(database_url: str) -> Iterator[PostgresAttempts]:
    migrate_access(database_url)
    migrate_access(database_url)  # as every further process does
    with open_pool(database_url, 8) as pool:
        yield PostgresAttempts(pool)


def one_more(known: Mapping[Subject, Tally]) -> Mapping[Subject, Tally]:
    return {
        subject: Tally(
            level=known[subject].level + 1 if subject in known else 1,
            last_at=NOON,
            locked_until=NOON + timedelta(seconds=15),
        )
        for subject in (KIM, HERE)
    }


def levels(attempts: PostgresAttempts) -> dict[Subject, float]:
    return {subject: tally.level for subject, tally in attempts.locked(DESK, NOON)}


def test_none_of_many_at_once_is_lost(attempts: PostgresAttempts) -> None:
    both = [(KIM, HERE), (HERE, KIM)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: attempts.change(both[n % 2], NOON, one_more), range(80)))
    assert levels(attempts) == {KIM: 80, HERE: 80}


def test_what_is_left_out_is_forgotten_and_what_fails_changes_nothing(
    attempts: PostgresAttempts,
) -> None:
    attempts.change((KIM, HERE), NOON, one_more)

    def fail(known: Mapping[Subject, Tally]) -> Mapping[Subject, Tally]:
        assert set(known) == {KIM, HERE}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        attempts.change((KIM, HERE), NOON, fail)
    assert levels(attempts) == {KIM: 1, HERE: 1}
    attempts.change((KIM, HERE), NOON, lambda known: {HERE: known[HERE]})
    assert levels(attempts) == {HERE: 1}
    assert attempts.forget(HERE)
    assert not attempts.forget(HERE)


def test_only_what_is_locked_now_and_here_is_listed(attempts: PostgresAttempts) -> None:
    attempts.change((KIM, HERE), NOON, one_more)
    assert attempts.locked(DESK, NOON + timedelta(seconds=15)) == []
    assert [subject for subject, _ in attempts.locked(WorkspaceId("another"), NOON)] == [HERE]


def test_who_has_not_tried_for_long_leaves_no_row_behind(attempts: PostgresAttempts) -> None:
    attempts.change((KIM, HERE), NOON, one_more)
    late = NOON + timedelta(days=31)
    attempts.change((HERE,), late, lambda known: {HERE: replace(known[HERE], last_at=late)})
    assert levels(attempts) == {HERE: 1}
