"""A worker of intake that stops at a point and says so: python -m tests.crash.taking_in [POINT].

Everything else is in its environment. It goes on when it is sent a line.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from threading import Event, Lock
from typing import Any
from unittest.mock import patch

from adapters.kafka.dead_letters import KafkaDeadLetters
from adapters.kafka.inbox import KafkaMember
from api.console.opening import services
from api.intake.consuming import Consumer
from api.intake.ports import Handed, Takes
from commands.intake_ports import Delivery, Refused
from domain.access import Principal, Role
from domain.ids import WorkspaceId

POINTS = ("taken", "appended", "refused", "done")
IN_A_REBALANCE = ("given", "revoked")

CRM = Principal(
    workspace=WorkspaceId("default"), person="crm", role=Role.AGENT, name="CRM", token="t1"
)


class Stops:
    """Stops at one point, when it comes there for the n-th time."""

    def __init__(self, point: str) -> None:
        self._point = point
        self._left = 5 if point == "appended" else 1
        self._lock = Lock()

    def at(self, point: str) -> None:
        with self._lock:  # whoever else comes by waits, too: a crash ends all threads at once
            if point != self._point:
                return
            self._left -= 1
            if self._left == 0:
                sys.stdout.write(f"{point}\n")
                sys.stdout.flush()
                sys.stdin.readline()


class StoppingTakes:
    def __init__(self, takes: Takes, stops: Stops) -> None:
        self._takes, self._stops = takes, stops

    def take(self, principal: Principal, report: Any, *, by_name: bool = False) -> Handed:
        handed = self._takes.take(principal, report, by_name=by_name)
        self._stops.at("appended")
        return handed


def main(point: str = "") -> None:
    """Take in until killed."""
    stops = Stops(point)

    class Member(KafkaMember):
        def take(self, timeout: float) -> Sequence[Delivery]:
            found = super().take(timeout)
            if found:
                stops.at("taken")
            return found

        def done(self, deliveries: Sequence[Delivery]) -> None:
            super().done(deliveries)
            stops.at("done")

        def _tend(self) -> None:
            before = self._ours
            super()._tend()
            if self._ours - before:
                stops.at("given")
            if before - self._ours:
                stops.at("revoked")

    class Letters(KafkaDeadLetters):
        def put(self, refused: Sequence[Refused], at: datetime) -> None:
            super().put(refused, at)
            stops.at("refused")

    with (
        patch("adapters.kafka.inbox.KafkaMember", Member),
        patch("adapters.kafka.dead_letters.KafkaDeadLetters", Letters),
        services() as opened,
    ):
        assert opened.consumer is not None
        takes = StoppingTakes(opened.intake, stops)
        consumer = opened.consumer
        Consumer(consumer.inbox, consumer.letters, takes, lambda: CRM, opened.clock).run(Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
