"""Each wrong password makes the next one wait, up to a bound, and time forgives."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.lockout import Backoff, Tally

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BACKOFF = Backoff(free=5, first=15 * SECOND, most=900 * SECOND, forgets=timedelta(hours=1))


def tries_without_pause(attempts: int, now: datetime = NOON) -> Tally:
    """The tally after so many, each as soon as it was taken."""
    tally = BACKOFF.after_attempt(None, now)
    for _ in range(attempts - 1):
        now += tally.wait(now)
        tally = BACKOFF.after_attempt(tally, now)
    return tally


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        (1, 0),
        (4, 0),
        (5, 15),
        (6, 30),
        (7, 60),
        (8, 120),
        (9, 240),
        (10, 480),
        (11, 900),
        (50, 900),
    ],
)
def test_the_wait_doubles_up_to_a_bound(attempts: int, seconds: int) -> None:
    tally = tries_without_pause(attempts)
    assert tally.wait(tally.last_at) == seconds * SECOND


def test_an_attempt_is_forgotten_in_an_hour() -> None:
    four = tries_without_pause(4)
    assert BACKOFF.after_attempt(four, NOON).locked_until is not None
    assert BACKOFF.after_attempt(four, NOON + timedelta(hours=1)).locked_until is None
    long_after = BACKOFF.after_attempt(tries_without_pause(50), NOON + timedelta(days=3))
    assert long_after.level == 1


def test_a_clock_that_was_set_back_forgives_nothing_and_adds_nothing() -> None:
    earlier = BACKOFF.after_attempt(tries_without_pause(4), NOON - timedelta(days=9))
    assert earlier.level == 5


def test_success_opens_what_the_attempt_itself_locked_and_nothing_else() -> None:
    locked = tries_without_pause(7)
    mine = BACKOFF.after_success(locked, forgiven=2, attempt_at=locked.last_at)
    assert (mine.locked_until, mine.level) == (None, locked.level - 2)
    theirs = BACKOFF.after_success(locked, forgiven=20, attempt_at=locked.last_at - SECOND)
    assert (theirs.locked_until, theirs.level) == (locked.locked_until, 0)


backoffs = st.builds(
    lambda free, first, times, forgets: Backoff(
        free=free, first=first * SECOND, most=first * times * SECOND, forgets=forgets * SECOND
    ),
    free=st.integers(1, 40),
    first=st.integers(1, 100),
    times=st.integers(1, 1_000),
    forgets=st.integers(60, 100_000),
)


@given(backoffs, st.lists(st.sampled_from([0, 0, 0, 1, 60, 5_000]), min_size=70, max_size=70))
def test_however_one_tries_there_are_few_tries(backoff: Backoff, pauses: list[int]) -> None:
    """Free ones at first, then no more than waiting and forgetting allow."""
    tally, now = None, NOON
    for tried, pause in enumerate(pauses, start=1):
        now += pause * SECOND
        wait = tally.wait(now) if tally is not None else timedelta(0)
        now += wait
        tally = backoff.after_attempt(tally, now)
        passed = now - NOON
        doublings = math.ceil(math.log2(backoff.most / backoff.first)) + 1
        allowed = backoff.free + doublings + passed / backoff.most + passed / backoff.forgets
        assert tried <= allowed + 1e-6
        assert tally.wait(now) <= backoff.most


@given(backoffs, st.integers(1, 60))
def test_who_waits_as_long_as_told_is_not_told_to_wait(backoff: Backoff, attempts: int) -> None:
    tally, now = None, NOON
    for _ in range(attempts):
        tally = backoff.after_attempt(tally, now)
        assert not tally.wait(now + tally.wait(now))
        now += tally.wait(now)
