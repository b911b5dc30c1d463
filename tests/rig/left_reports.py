"""Another system that leaves reports in the topic of intake, one after the other."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event as Flag
from threading import Thread
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from commands.take_in import command_id_of
from tests.rig.history import Journal

TOPIC = "chronodesk.intake"
SOURCE = "rig"
TALKS = 5
"""Conversations that go on all the time."""

PACE = 0.1
"""Seconds between reports."""


class Reports:
    """`kept` are the names of those that the topic has, by conversation, in order.

    A producer that repeats by itself, and writes nothing twice: one that gives up would not know.
    """

    def __init__(self, servers: str, workspace: str, journal: Journal) -> None:
        self.kept: dict[str, list[str]] = defaultdict(list)
        self._servers = servers
        self._workspace = workspace
        self._journal = journal

    @contextmanager
    def left(self) -> Iterator[None]:
        """Leave them while the block runs."""
        done = Flag()
        thread = Thread(target=self._run, args=(done,))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _run(self, done: Flag) -> None:
        with KafkaProducer(
            bootstrap_servers=self._servers, enable_idempotence=True, delivery_timeout_ms=90_000
        ) as producer:
            for number in count():
                if done.wait(PACE):
                    return
                talk, name = f"talk {number % TALKS}", f"{number}"
                self._journal.ask_there(self._workspace, command_id_of(SOURCE, name), name)
                try:
                    producer.send(
                        TOPIC, self._report(talk, name), key=f"{SOURCE}:{talk}".encode()
                    ).get(timeout=100)
                except KafkaError as error:
                    raise AssertionError(f"It is unknown whether {name} is in the topic") from error
                self.kept[talk].append(name)

    def _report(self, talk: str, name: str) -> bytes:
        report: dict[str, Any] = {
            "source": SOURCE,
            "external_id": name,
            "conversation": talk,
            "requester": {"id": "mina"},
        }
        if self.kept[talk]:
            report |= {"kind": "message", "body": f"Message {name}"}
        else:
            report |= {"kind": "open", "subject": talk}
        return json.dumps(report).encode()
