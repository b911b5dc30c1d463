"""Runners that share the work, and what they remember of it; all in memory."""

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.memory_leases import MemoryLeases
from adapters.memory_rows import MemoryBatch, MemoryRowStore
from domain.ticket.events import TicketTagged
from projections import queue, requester_tickets
from projections.ports import Key, Table
from projections.run import Runner
from projections.ticket_row import TicketRow
from tests.projections.log import HOME, KIM, Log, minute, opened, said, ticket
from tests.projections.postgres import eventually, running

QUEUE, REQUESTER = queue.PROJECTION, requester_tickets.PROJECTION


def tagged(tag: str, at: float) -> TicketTagged:
    return TicketTagged(by=KIM, at=minute(at), tag=tag)


def row(store: MemoryRowStore, name: str, lane: int = 0) -> TicketRow:
    with store.begin(QUEUE, lane) as batch:
        assert batch is not None
        found: TicketRow = batch.read(queue.TICKET, [(HOME, name)])[HOME, name]
        return found


def leased(log: Log, store: MemoryRowStore, name: str) -> Runner:
    return Runner(log, store, [QUEUE, REQUESTER], leases=MemoryLeases(store.ledger, name))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Key]:
    """The keys that were looked up."""
    keys: list[Key] = []
    original = MemoryBatch.read

    def spying(self: MemoryBatch, table: Table, wanted: Sequence[Key]) -> dict[Key, Any]:
        keys.extend(wanted)
        return original(self, table, wanted)

    monkeypatch.setattr(MemoryBatch, "read", spying)
    return keys


def test_a_runner_reads_no_row_that_it_just_wrote(read: list[Key]) -> None:
    log, store = Log(), MemoryRowStore()
    runner = Runner(log, store, [QUEUE])
    log.write(ticket("t"), opened())
    runner.step()
    log.write(ticket("t"), tagged("a", 1))
    runner.step()
    assert read == []
    assert row(store, "t").tags == ("a",)


def test_what_another_runner_wrote_is_read_again(read: list[Key]) -> None:
    log, store = Log(), MemoryRowStore()
    one, two = Runner(log, store, [QUEUE]), Runner(log, store, [QUEUE])
    log.write(ticket("t"), opened())
    for n, runner in enumerate((one, two, one, two)):
        log.write(ticket("t"), tagged(f"{n}", n))
        while runner.step():
            pass
    assert row(store, "t").tags == ("0", "1", "2", "3")
    assert len(read) > 1


def test_two_workers_share_the_views_and_one_goes_on_alone() -> None:
    log, store = Log(), MemoryRowStore()
    one, two = leased(log, store, "one"), leased(log, store, "two")
    leases = MemoryLeases(store.ledger, "who looks")
    with running(one):
        with running(two):
            eventually(lambda: sorted(h.worker for h in leases.holdings()) == ["one", "two"])
            log.write(ticket("t"), opened(), tagged("a", 1))
            eventually(lambda: not any(lag.events for lag in one.lag()))
        eventually(lambda: [h.worker for h in leases.holdings()] == ["one", "one"])
        log.write(ticket("t"), tagged("b", 2))
        eventually(lambda: not any(lag.events for lag in one.lag()))
    assert row(store, "t").tags == ("a", "b")
    assert leases.holdings() == []


def test_a_lane_that_is_new_is_followed_without_a_restart() -> None:
    log, store = Log(), MemoryRowStore()
    runner = leased(log, store, "one")
    with running(runner):
        log.write(ticket("t"), opened())
        eventually(lambda: not any(lag.events for lag in runner.lag()))
        log.add_lane()
        written = log.write(ticket("u"), opened(2), said("hello", 1))
        assert {recorded.lane for recorded in written} == {1}
        eventually(lambda: not any(lag.events for lag in runner.lag()))
    assert row(store, "u", lane=1).version == 2
    assert {lag.lane for lag in runner.lag()} == {0, 1}


def test_lag_is_told_in_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    log, store = Log(lanes=2), MemoryRowStore()
    runner = Runner(log, store, [QUEUE, REQUESTER])
    log.write(ticket("t"), opened())
    runner.step()
    log.write(ticket("t"), tagged("a", 1))
    monkeypatch.delattr(MemoryRowStore, "positions")
    monkeypatch.delattr(MemoryRowStore, "parked")
    told = [(lag.projection, lag.lane, lag.events) for lag in runner.lag()]
    assert sorted(events for _, _, events in told) == [0, 0, 1, 1]
