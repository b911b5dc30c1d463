"""`chronodesk` with faults in it: python -m tests.rig.faulty "FAULT, FAULT" COMMAND ...

They are those of FAULTS; each is what a worker of the cluster must not do: it does in two steps
what should be one. Who is between them and finds the file that `killed_at` names is killed there.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from adapters.kafka.topic import KafkaPartition, KafkaTopic
from adapters.postgres.projections import PostgresRowStore
from api.intake.consuming import Consumer
from commands.intake_ports import Delivery
from domain.ids import EventId
from domain.recorded import Recorded
from projections.following import Mark
from tests.rig.worker_faults import TrackingOutside


def killed_at(moment: str) -> Path:
    """The file, in the folder in which processes run, that has one of them killed at a moment."""
    return Path(f"killed at {moment}")


def _between(moment: str) -> None:
    try:
        killed_at(moment).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


class _RowStore(PostgresRowStore):
    """Rows and their position are written in two transactions."""

    def __init__(self, pool: Any) -> None:
        super().__init__(pool)
        self._outside = TrackingOutside(super(), pool, _between)

    def begin(self, *given: Any, **named: Any) -> Any:
        return self._outside.begin(*given, **named)


def tracking_outside() -> None:
    patch("api.main.PostgresRowStore", _RowStore).start()


def cursor_beside() -> None:
    """The publisher keeps how far it is in a file, and not in the topic."""

    def file(topic: KafkaTopic, lane: int) -> Path:
        return Path(f"{topic.name}.{lane}.cursor")

    def last(self: KafkaTopic, lane: int) -> Mark | None:
        try:
            position, ident = file(self, lane).read_text().split(" ", 1)
        except FileNotFoundError:
            return None
        return Mark(position=int(position), event_id=EventId(ident))

    write = KafkaPartition.write

    def writing(self: KafkaPartition, events: Sequence[Recorded[Any]]) -> None:
        write(self, events)
        _between("cursor beside")
        mark = Mark.of(events[-1])
        file(self._topic, self._lane).write_text(f"{mark.position} {mark.event_id}")

    patch.object(KafkaTopic, "_last", last).start()
    patch.object(KafkaPartition, "write", writing).start()


def done_before() -> None:
    """Intake says of a batch that it is done, and then does it."""
    batch = Consumer._batch

    def too_early(
        self: Consumer, member: Any, pool: Any, deliveries: Sequence[Delivery], stop: Any
    ) -> None:
        member.done(deliveries)
        _between("done before")
        batch(self, member, pool, deliveries, stop)

    patch.object(Consumer, "_batch", too_early).start()


FAULTS: dict[str, Callable[[], None]] = {
    "tracking outside": tracking_outside,
    "cursor beside": cursor_beside,
    "done before": done_before,
}

if __name__ == "__main__":
    _, faults, *arguments = sys.argv
    for fault in faults.split(", "):
        FAULTS[fault]()
    sys.argv = ["chronodesk", *arguments]
    from api.cli import main

    main()
