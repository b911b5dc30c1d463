"""What readers of every event store may rely on: lanes without a gap, and being woken."""

from collections.abc import Iterator
from itertools import pairwise
from threading import Thread
from time import monotonic, sleep
from typing import Any, Protocol

import pytest

from commands.ports import Append, EventStore, VersionConflict
from domain.position import Position
from domain.recorded import Recorded
from projections.ports import Feed
from tests.contracts.requests import (
    HERE,
    request,
    tags,
    ticket,
    write,
)

ONE, TWO, THREE = ticket(1), ticket(2), ticket(3)


class Store(EventStore, Feed, Protocol):
    """Both sides of the log."""


def everything(feed: Feed) -> dict[int, list[Recorded[Any]]]:
    """All lanes from their beginning, read in pages of two."""
    return {lane: list(_lane(feed, lane)) for lane in feed.lanes()}


def _lane(feed: Feed, lane: int) -> Iterator[Recorded[Any]]:
    after = 0
    while page := feed.page(lane, after, 2):
        assert len(page) <= 2
        yield from page
        after = page[-1].position


class FeedContract:
    """A part of EventStoreContract."""

    def test_every_event_has_its_place_in_its_lane_without_a_gap(self, store: Store) -> None:
        for n in range(20):
            others = [write(ticket(n + 100), 0, f"{n}c")] if n % 2 else []
            store.append(request(write(ticket(n), 0, f"{n}a", f"{n}b"), *others))
        lanes = everything(store)
        for lane, events in lanes.items():
            assert [event.position for event in events] == list(range(1, len(events) + 1))
            assert {event.lane for event in events} <= {lane}
        assert store.head() == Position.of({lane: len(events) for lane, events in lanes.items()})
        assert sum(map(len, lanes.values())) == 50

    def test_a_stream_stays_in_its_lane_and_in_its_order(self, store: Store) -> None:
        for version in range(5):
            for n in range(8):
                store.append(request(write(ticket(n), version, f"{version}")))
        found: dict[str, list[Recorded[Any]]] = {}
        for events in everything(store).values():
            for event in events:
                found.setdefault(event.stream, []).append(event)
        for events in found.values():
            assert len({event.lane for event in events}) == 1
            assert [event.version for event in events] == [1, 2, 3, 4, 5]
            assert all(a.position < b.position for a, b in pairwise(events))

    def test_the_lanes_are_numbered_from_nought(self, store: Store) -> None:
        assert list(store.lanes()) == list(range(len(store.lanes())))
        assert store.head() == Position.of(dict.fromkeys(store.lanes(), 0))

    def test_refused_requests_leave_no_gap(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "a")))
        with pytest.raises(VersionConflict):
            store.append(request(write(ONE, 0, "b")))
        answer = store.append(request(write(ONE, 1, "c")))
        assert answer.events[0].position == 2

    def test_waiting_ends_when_something_is_appended(self, store: Store) -> None:
        started = monotonic()
        writer = Thread(target=_append_later, args=(store, request(write(ONE, 0, "a"))))
        writer.start()
        assert store.wait(store.head(), timeout=60)
        assert monotonic() - started < 30
        writer.join()
        assert tags(store.load(HERE, ONE)) == ["a"]

    def test_waiting_ends_at_once_when_there_is_something_to_read(self, store: Store) -> None:
        before = store.head()
        store.append(request(write(ONE, 0, "a")))
        started = monotonic()
        assert store.wait(before, timeout=60)
        assert monotonic() - started < 30

    def test_waiting_ends_when_its_time_is_over(self, store: Store) -> None:
        store.append(request(write(ONE, 0, "a")))
        started = monotonic()
        assert not store.wait(store.head(), timeout=0.1)
        assert 0.1 <= monotonic() - started < 30


def _append_later(store: Store, asked: Append) -> None:
    sleep(0.1)
    store.append(asked)
