"""What every topic does, whatever it is made of."""

from collections.abc import Sequence
from typing import Any

import pytest

from domain.ids import stream_of
from domain.recorded import Recorded
from projections.following import Mark
from projections.publish_ports import Superseded, Topic, TopicUnusable
from tests.projections.log import Log, opened


def events(count: int, lanes: int = 1) -> list[Recorded[Any]]:
    log = Log(lanes)
    return [log.write(stream_of("ticket", f"{n}"), opened())[0] for n in range(count)]


def mark(event: Recorded[Any]) -> Mark:
    return Mark(position=event.position, event_id=event.event_id)


class TopicContract:
    """Subclasses give `topic`, which is not there yet, and `read`."""

    @staticmethod
    def read(topic: Any, lane: int) -> Sequence[tuple[int, str]]:
        """Position and id of what a reader is given."""
        raise NotImplementedError

    def test_a_topic_that_is_missing_is_made_once(self, topic: Topic) -> None:
        topic.prepare([0, 1])
        topic.prepare([0, 1])
        assert dict(topic.marks([0, 1])) == {0: None, 1: None}

    @pytest.mark.parametrize("lanes", [[0], [0, 1, 2]])
    def test_partitions_that_are_not_as_many_as_lanes_are_refused(
        self, topic: Topic, lanes: list[int]
    ) -> None:
        topic.prepare([0, 1])
        with pytest.raises(TopicUnusable, match=f"2 partitions.*{len(lanes)} lane"):
            topic.prepare(lanes)

    def test_what_is_written_is_read_in_its_order(self, topic: Topic) -> None:
        topic.prepare([0])
        written = events(5)
        with topic.open(0) as partition:
            assert partition.last is None
            partition.write(written[:2])
            partition.write(written[2:3])
            partition.write(written[3:])
        assert self.read(topic, 0) == [(e.position, e.event_id) for e in written]
        assert topic.marks([0]) == {0: mark(written[-1])}

    def test_who_opens_it_next_knows_how_far_it_is(self, topic: Topic) -> None:
        topic.prepare([0])
        written = events(3)
        for n, event in enumerate(written):
            with topic.open(0) as partition:
                assert partition.last == (mark(written[n - 1]) if n else None)
                partition.write([event])
        assert self.read(topic, 0) == [(e.position, e.event_id) for e in written]

    def test_who_had_it_before_can_write_no_more(self, topic: Topic) -> None:
        topic.prepare([0])
        written = events(3)
        with topic.open(0) as zombie:
            zombie.write(written[:1])
            with topic.open(0) as heir:
                assert heir.last == mark(written[0])
                heir.write(written[1:2])
                with pytest.raises(Superseded):
                    zombie.write(written[1:2])
        assert self.read(topic, 0) == [(e.position, e.event_id) for e in written[:2]]

    def test_partitions_know_nothing_of_each_other(self, topic: Topic) -> None:
        topic.prepare([0, 1])
        one, two = (events(n, lanes=1) for n in (1, 2))
        with topic.open(0) as first, topic.open(1) as second:
            first.write(one)
            second.write(two)
        assert topic.marks([0, 1]) == {0: mark(one[-1]), 1: mark(two[-1])}
