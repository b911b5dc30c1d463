"""What a feed does with an event of a newer program, as while an update goes round."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest

from adapters import codec
from adapters.memory_rows import MemoryRowStore
from adapters.memory_topic import MemoryTopic
from domain.ids import AgentId
from domain.kinds import EVENT_TYPES
from domain.position import Position
from domain.recorded import UnreadableEvent
from domain.ticket.events import TicketFollowed
from projections import queue
from projections.following import Mark, events_after
from projections.publish import Publisher
from projections.run import Runner
from tests.contracts.feed import Store, everything
from tests.contracts.requests import AT, KIM, RECORDED_AT, request, tags, ticket, write

NEWER = "ticket.followed"
"""The kind that a program lacks within `older_program`."""


@contextmanager
def older_program() -> Iterator[None]:
    """This program, as it was before there was such a kind."""
    older = {kind: event for kind, event in EVENT_TYPES.items() if kind != NEWER}
    codec._adapter.cache_clear()
    try:
        with patch.object(codec, "EVENT_TYPES", older):
            yield
    finally:
        codec._adapter.cache_clear()


def tell(store: Store) -> int:
    """Two events, a newer one and another one in a lane, which is given; something in others."""
    followed = TicketFollowed(agent=AgentId("kim"), by=KIM, at=AT)
    answer = store.append(request(write(ticket("x"), 0, "a", "b", followed, "c")))
    ((lane, _),) = answer.position.lanes
    for n in range(12):
        store.append(request(write(ticket(n), 0, f"{n}")))
    return lane


class NewerEventsContract:
    """Subclasses give `store`, which reads what it stored."""

    def test_a_lane_is_read_up_to_an_event_of_a_newer_program(self, store: Store) -> None:
        lane = tell(store)
        whole = everything(store)
        with older_program():
            for _ in range(2):
                assert tags(store.page(lane, 0, 10)) == ["a", "b"]
                assert tags(store.page(lane, 1, 1)) == ["b"]
                with pytest.raises(UnreadableEvent) as told:
                    store.page(lane, 2, 10)
                assert str(told.value) == (
                    f"Event 3 of lane {lane} (ticket:x, version 3): the log holds a {NEWER!r},"
                    " which this version of Chronodesk lacks. Update the program."
                )
                assert tags(store.page(lane, 3, 1)) == ["c"]
                assert store.head() == Position.of({n: len(e) for n, e in whole.items()})
                for other in whole.keys() - {lane}:
                    assert list(store.page(other, 0, 100)) == whole[other]
        assert everything(store) == whole

    def test_views_of_other_lanes_go_on_and_those_of_this_one_when_it_can_be_read(
        self, store: Store
    ) -> None:
        lane = tell(store)
        rows = MemoryRowStore()
        runner = Runner(store, rows, [queue.PROJECTION], tail=store)
        with older_program():
            for _ in range(3):
                runner.step()
            standing = rows.positions(queue.PROJECTION.name)
            head = dict(store.head().lanes)
            assert standing == Position.of(head | {lane: 2})
            (error,) = {lag.error for lag in runner.lag() if lag.lane == lane}
            assert error is not None
            assert f"Event 3 of lane {lane}" in error
        runner.step()
        assert rows.positions(queue.PROJECTION.name) == Position.of(head)
        assert {lag.error for lag in runner.lag()} == {None}

    def test_who_follows_from_a_mark_is_told_as_well(self, store: Store) -> None:
        lane = tell(store)
        second = Mark.of(store.page(lane, 1, 1)[0])
        with older_program():
            assert tags(events_after(store, lane, None, 10)) == ["a", "b"]
            for _ in range(2):
                with pytest.raises(UnreadableEvent, match="Event 3"):
                    events_after(store, lane, second, 10)
        assert [event.position for event in events_after(store, lane, second, 2)] == [3, 4]

    def test_a_publisher_that_lacks_it_still_tells_how_far_it_is(self, store: Store) -> None:
        lane = tell(store)
        topic = MemoryTopic(len(store.lanes()))
        with topic.open(lane) as partition:
            partition.write(store.page(lane, 0, 2))
        publisher = Publisher(store, topic)
        with older_program():
            told = {one.lane: one for one in publisher.lag(RECORDED_AT + timedelta(seconds=9))}
        assert (told[lane].position, told[lane].seconds) == (2, 0.0)
        assert {one.seconds for one in told.values() if one.events and one.lane != lane} <= {9.0}
        again = {one.lane: one for one in publisher.lag(RECORDED_AT + timedelta(seconds=9))}
        assert again[lane].seconds == 9
