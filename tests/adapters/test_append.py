"""One call of the log for many requests does what a call for each of them would have done."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.postgres.log import (
    Batch,
    Check,
    Conflict,
    Known,
    Log,
    NewRow,
    Write,
    Written,
    append_call,
)
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from tests.contracts.requests import RECORDED_AT

STREAMS = {"a": 0, "b": 1, "c": 0}
"""Few streams and their lanes, so that requests meet."""

IDS = [UUID(int=n) for n in range(6)]


@pytest.fixture
def logs(empty_database_url: str) -> Iterator[tuple[Log, Log]]:
    """Two logs of two lanes, each in a schema of its own."""
    with open_pool(empty_database_url, 2) as pool:
        for schema in ("one", "other"):
            migrate(empty_database_url, 2, schema=schema)
        yield Log(pool, "one"), Log(pool, "other")


@pytest.fixture
def log(logs: tuple[Log, Log]) -> Log:
    return logs[0]


def write(stream: str, expected: int | None, events: int = 1) -> Write:
    """Rows that follow the expected version."""
    rows = [
        NewRow((expected or 0) + n, f"topic {n}", f"{stream}{n}".encode())
        for n in range(1, events + 1)
    ]
    return Write(stream, STREAMS[stream], expected, rows)


def batch(
    *writes: Write,
    checks: tuple[Check, ...] = (),
    command: UUID | None = None,
    fingerprint: str = "same",
    workspace: str = "here",
) -> Batch:
    """A request with an id of its own unless it is given one."""
    return Batch(workspace, command or uuid4(), fingerprint, RECORDED_AT, writes, checks)


# ── The same as one by one ───────────────────────────────────────────────────────────────────────

_VERSIONS = st.none() | st.integers(0, 4)
_WRITES = st.builds(write, st.sampled_from(list(STREAMS)), _VERSIONS, st.integers(0, 2))
_CHECKS = st.builds(Check, st.sampled_from(list(STREAMS)), st.integers(0, 3))
_REQUESTS = st.lists(
    st.builds(
        lambda writes, checks, command, fingerprint: batch(
            *writes, checks=tuple(checks), command=command, fingerprint=fingerprint
        ),
        st.lists(_WRITES, min_size=1, max_size=3),
        st.just([]) | st.lists(_CHECKS, max_size=2),
        st.sampled_from(IDS),
        st.sampled_from(["same", "same", "other"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(requests=_REQUESTS)
def test_many_in_one_call_are_answered_as_one_by_one(
    logs: tuple[Log, Log], requests: list[Batch]
) -> None:
    workspace = str(uuid4())
    asked = [replace(request, workspace=workspace) for request in requests]
    one, other = logs
    assert one.append(asked) == [other.append([request])[0] for request in asked]
    for stream in STREAMS:
        found = one.stream(workspace, stream, after=-1)
        assert found == other.stream(workspace, stream, after=-1)
        versions = [row.version for row in found]
        assert versions == list(range(versions[0], versions[-1] + 1)) if versions else True
    assert one.heads() == other.heads()
    for command in IDS:
        assert one.answer(workspace, command) == other.answer(workspace, command)


def test_later_requests_of_a_call_see_what_earlier_ones_did(log: Log) -> None:
    command = uuid4()
    assert log.append(
        [
            batch(write("a", 0), command=command),
            batch(write("a", 0)),
            batch(write("b", 0), write("a", 2)),
            batch(write("b", 0), write("a", 1, events=2)),
            batch(write("a", 0), command=command),
            batch(write("a", 0), command=command, fingerprint="other"),
            batch(write("a", 3)),
        ]
    ) == [
        Written([1], [1], [0]),
        Conflict(write=0, actual=1, stream="a"),
        Conflict(write=1, actual=1, stream="a"),
        Written([1, 3], [1, 2], [1, 0]),
        Known(same=True),
        Known(same=False),
        Written([4], [4], [0]),
    ]


# ── Checks ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("others", [[], [batch(write("c", 0))]], ids=["alone", "in a batch"])
def test_what_was_only_looked_at_must_be_as_it_was_seen(log: Log, others: list[Batch]) -> None:
    log.append([batch(write("a", 0))])
    stale = batch(write("b", 0), checks=(Check("c", 0), Check("a", 0)))
    assert log.append([stale, *others])[0] == Conflict(write=2, actual=1, stream="a")
    assert log.stream("here", "b") == []
    fresh = batch(write("b", 0), checks=(Check("a", 1), Check("nobody", 0)))
    assert log.append([fresh])[0] == Written([1], [1], [1])
    assert [row.stream for row in log.page(1, 0, 9)] == ["b"], "a check writes nothing"


def test_a_check_sees_what_an_earlier_request_of_the_call_did(log: Log) -> None:
    looks = batch(write("b", 0), checks=(Check("a", 0),))
    assert log.append([batch(write("a", 0)), looks]) == [
        Written([1], [1], [0]),
        Conflict(write=1, actual=1, stream="a"),
    ]


def test_a_check_does_not_wait_for_who_writes_to_that_lane(
    log: Log, empty_database_url: str
) -> None:
    with psycopg.connect(empty_database_url) as other:
        other.execute("SELECT FROM one.lane WHERE lane = 0 FOR NO KEY UPDATE")
        looks = batch(write("b", 0), checks=(Check("a", 0),))
        assert log.append([looks]) == [Written([1], [1], [1])]


# ── What it is called with ───────────────────────────────────────────────────────────────────────


def test_rows_of_a_write_are_consecutive() -> None:
    rows = [NewRow(1, "topic", b""), NewRow(3, "topic", b"")]
    with pytest.raises(ValueError, match="not consecutive"):
        append_call([batch(Write("a", 0, 0, rows))])


def test_a_text_that_the_database_cannot_hold_is_refused_before_it_is_sent() -> None:
    with pytest.raises(psycopg.DataError, match="NUL"):
        append_call([batch(write("a", 0)), batch(Write("\0", 0, 0, []))])
