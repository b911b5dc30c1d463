"""A publisher that stops at a point and says so: python -m tests.crash.publishing URL KAFKA TOPIC.

A fourth argument names the point. It goes on when it is sent a line.
"""

import logging
import sys
from threading import Event
from typing import Any, Self
from unittest.mock import patch

from adapters.kafka.connection import Connection
from adapters.kafka.topic import KafkaTopic
from adapters.kafka.writer import Writer
from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.store import PostgresStore
from projections.publish import Publisher

PAGE = 10

POINTS = ("opened", "sent", "committing", "committed")


class StoppingWriter(Writer):
    """A Writer that stops at one point, once: not in its first transaction, but in its third."""

    point = ""
    passed = 0

    def __enter__(self) -> Self:
        super().__enter__()
        self._at("opened", 1)
        return self

    def _commit(self) -> None:
        self._producer.flush(timeout=30)
        self._at("sent", 3)
        if self.point == "committing":
            manager: Any = self._producer._transaction_manager
            ending = manager.begin_commit()
            self._producer._sender.wakeup()
            self._at("committing", 3)
            ending.wait(timeout_ms=30_000)
            return
        super()._commit()
        self._at("committed", 3)

    def _at(self, point: str, time: int) -> None:
        if point == self.point:
            StoppingWriter.passed += 1
            if StoppingWriter.passed == time:
                sys.stdout.write(f"{point}\n")
                sys.stdout.flush()
                sys.stdin.readline()


def main(url: str, servers: str, name: str, point: str = "") -> None:
    """Publish until killed."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    StoppingWriter.point = point
    topic = KafkaTopic(Connection(servers=(servers,)), name, source="/chronodesk", replication=1)
    with open_pool(url, 4) as pool:
        feed = PostgresStore(pool)
        Publisher(feed, topic, leases=PostgresLeases(pool), page=PAGE).run(Event())


if __name__ == "__main__":
    with patch("adapters.kafka.topic.Writer", StoppingWriter):
        main(*sys.argv[1:])
