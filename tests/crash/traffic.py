"""Commands from many clients at once, each asked until it is answered, under one key."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.crash.server import Server

CLIENTS = 16
_GIVE_UP = 120.0  # seconds without an answer to one command


@dataclass(frozen=True)
class Asked:
    """A command with its own Idempotency-Key."""

    key: str
    path: str
    body: dict[str, Any]


@dataclass
class Traffic:
    """What was asked, what was answered, and how often a command had to be asked again."""

    server: Server
    token: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    retries: int = 0
    failures: list[str] = field(default_factory=list)

    def send(self, asked: Sequence[Asked]) -> threading.Thread:
        """Begin to send everything; the thread ends when all is answered."""
        waiting: SimpleQueue[Asked] = SimpleQueue()
        for command in asked:
            waiting.put(command)
        clients = [threading.Thread(target=self._client, args=(waiting,)) for _ in range(CLIENTS)]

        def all_of_them() -> None:
            for client in clients:
                client.start()
            for client in clients:
                client.join()

        thread = threading.Thread(target=all_of_them)
        thread.start()
        return thread

    def wait_for(self, answers: int) -> None:
        deadline = time.monotonic() + _GIVE_UP
        while len(self.answers) < answers and not self.failures:
            assert time.monotonic() < deadline, f"only {len(self.answers)} answers"
            time.sleep(0.005)

    def _client(self, waiting: "SimpleQueue[Asked]") -> None:
        headers = {"Authorization": f"Bearer {self.token}", "If-Match": "*"}
        with httpx.Client(base_url=self.server.url, headers=headers, timeout=10) as client:
            while not self.failures:
                try:
                    self._ask(client, waiting.get_nowait())
                except Empty:
                    return

    def _ask(self, client: httpx.Client, asked: Asked) -> None:
        deadline = time.monotonic() + _GIVE_UP
        while time.monotonic() < deadline:
            try:
                answer = client.post(
                    asked.path, json=asked.body, headers={"Idempotency-Key": asked.key}
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code in (200, 201):
                self.answers[asked.key] = answer.json()
                return
            if answer is not None and answer.status_code < 500:
                self.failures.append(f"{asked}: {answer.status_code} {answer.text}")
                return
            self.retries += 1
            time.sleep(0.1)
        self.failures.append(f"{asked}: no answer")


def mixed(count: int, tickets: Sequence[str], rng: Random) -> list[Asked]:
    """Opens, notes, assignments and replies, most of them on a few tickets that all share."""
    asked = []
    for n in range(count):
        on = f"/tickets/{rng.choice(tickets)}"
        path, body = rng.choice(
            (
                ("/tickets", {"requester": "mina", "subject": f"Printer {n}"}),
                (f"{on}/add_note", {"body": f"Note {n}"}),
                (f"{on}/assign", {"agent": rng.choice(("kim", "lee"))}),
                (f"{on}/reply", {"body": f"Answer {n}"}),
            )
        )
        asked.append(
            Asked(key=str(UUID(int=rng.getrandbits(128), version=4)), path=path, body=body)
        )
    return asked
