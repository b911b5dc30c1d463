"""The number of lanes changes while programs work: no stream moves, nothing is lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from adapters.lanes import lane_of
from adapters.postgres.lanes import Lanes
from adapters.postgres.log import Batch, Fenced, Log, NewRow, Write, Written
from adapters.postgres.pool import open_pool
from adapters.postgres.verify import verify_log
from domain.ids import StreamId
from tests.contracts.requests import HERE, RECORDED_AT, ticket

ONE, TWO = ticket(1), ticket(2)


@pytest.fixture
def log(database_url: str) -> Iterator[Log]:
    with open_pool(database_url, 4) as pool:
        yield Log(pool)


def batch(stream: StreamId, expected: int, lane: int = 0) -> Batch:
    """One event for a stream."""
    rows = [NewRow(expected + 1, "ticket.tagged@1", b"{}")]
    return Batch(HERE, uuid4(), "", RECORDED_AT, [Write(stream, lane, expected, rows)])


def test_a_new_log_has_one_lane_and_more_are_added(log: Log, database_url: str) -> None:
    first = log.layout()
    assert (first.lanes, first.open_lanes) == ((0,), 1)
    Lanes(database_url).set(3)
    then = log.layout()
    assert (then.lanes, then.open_lanes) == ((0, 1, 2), 3)
    assert then.epoch > first.epoch


def test_fewer_lanes_take_new_streams_and_all_stay_readable(log: Log, database_url: str) -> None:
    lanes = Lanes(database_url)
    lanes.set(3)
    log.append([batch(ONE, 0, lane=2)])
    lanes.set(1)
    now = log.layout()
    assert (now.lanes, now.open_lanes) == ((0, 1, 2), 1)
    assert [(lane.open, lane.head, lane.streams) for lane in lanes.all()] == [
        (True, 0, 0),
        (False, 0, 0),
        (False, 1, 1),
    ]
    assert [row.lane for row in log.stream(HERE, ONE)] == [2]


def test_there_is_always_a_lane(database_url: str) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Lanes(database_url).set(0)


@pytest.mark.parametrize("others", [[], [batch(ticket("other"), 0)]], ids=["alone", "in a batch"])
def test_a_stream_stays_in_its_lane_wherever_a_new_one_of_its_name_would_go(
    log: Log, database_url: str, others: list[Batch]
) -> None:
    log.append([batch(ONE, 0)])
    Lanes(database_url).set(3)
    assert log.append([batch(ONE, 1, lane=2), *others])[0] == Written([2], [2], [0])
    assert log.append([batch(TWO, 0, lane=2), *others])[0] == Written([1], [1], [2])


CHANGES: dict[str, Callable[[Lanes], None]] = {
    "more lanes": lambda lanes: lanes.set(2),
    "the same number": lambda lanes: lanes.set(1),
    "fenced": Lanes.fence,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_program_that_knows_other_lanes_writes_nothing(
    log: Log, database_url: str, change: Callable[[Lanes], None]
) -> None:
    known = log.layout().epoch
    assert log.append([batch(ONE, 0)], known) == [Written([1], [1], [0])]
    change(Lanes(database_url))
    assert log.append([batch(ONE, 1)], known) == [Fenced()]
    both = [batch(ONE, 1), batch(TWO, 0)]
    assert log.append(both, known) == [Fenced(), Fenced()]
    assert log.heads()[0] == 1
    assert log.append(both, log.layout().epoch) == [
        Written([2], [2], [0]),
        Written([1], [3], [0]),
    ]


@pytest.mark.parametrize("others", [[], [batch(ticket("other"), 0)]], ids=["alone", "in a batch"])
def test_nor_does_one_that_names_a_lane_that_is_not_there(log: Log, others: list[Batch]) -> None:
    assert set(log.append([batch(ONE, 0, lane=7), *others])) == {Fenced()}
    assert log.heads() == {0: 0}


def test_the_epoch_after_a_restore_is_none_from_before_it(log: Log, database_url: str) -> None:
    """The backup holds an older epoch than programs know: counting on from it would meet theirs."""
    Lanes(database_url).fence()
    assert log.layout().epoch > (time() - 600) * 1_000_000


def test_nothing_is_lost_while_the_lanes_change(log: Log, database_url: str) -> None:
    def append(n: int) -> list[Any]:
        """Ten events of a stream by a program that asks again when it is fenced."""
        done: list[Any] = []
        name, layout = ticket(n), log.layout()
        while len(done) < 10:
            lane = lane_of(HERE, name, layout.open_lanes)
            (outcome,) = log.append([batch(name, len(done), lane)], layout.epoch)
            if isinstance(outcome, Fenced):
                layout = log.layout()
            else:
                done.append(outcome)
        return done

    with ThreadPoolExecutor(3) as threads:
        waiting = threads.map(append, range(24))
        for count in (2, 3, 1, 4):
            Lanes(database_url).set(count)
        answers = list(waiting)
    assert all(isinstance(one, Written) for told in answers for one in told)
    assert sum(log.heads().values()) == 240
    assert [fault for fault in verify_log(database_url) if "can be read" not in fault.rule] == []


def test_programs_that_write_do_not_wait_in_a_circle_with_a_change(
    log: Log, database_url: str
) -> None:
    with psycopg.connect(database_url) as held, ThreadPoolExecutor(2) as threads:
        held.execute("SELECT FROM chronodesk.lane FOR NO KEY UPDATE")
        change = threads.submit(Lanes(database_url).set, 2)
        write = threads.submit(log.append, [batch(ONE, 0)])
        held.execute("UPDATE chronodesk.lane SET head = head")
        held.commit()
        change.result(timeout=60)
        assert write.result(timeout=60) == [Written([1], [1], [0])]
