"""Readers of the live stream while processes are killed: told of everything, once, in the end."""

import os
import signal
import threading
import time
from random import Random
from typing import Any

import httpx
import pytest

from tests.api.streams import Got, Stream
from tests.crash.server import Server
from tests.crash.test_kill import admin, eventually, furnished
from tests.crash.traffic import Traffic, mixed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

COMMANDS = 300


class Follower:
    """Reads in a thread, loses its connection now and then, and goes on from where it was."""

    def __init__(self, server: Server, token: str, seed: int) -> None:
        self.got: list[Got] = []
        self.resets: list[Any] = []
        self.began = threading.Event()
        self.connections = 0
        self._server = server
        self._token = token
        self._rng = Random(seed)
        self._position: str | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Stream(self._server.url, self._token, self._position) as stream:
                    self.connections += 1
                    self.began.set()
                    self._read(stream, time.monotonic() + self._rng.uniform(0.2, 2))
                self.got += [one for one in stream.got if one.event == "ticket"]
                self.resets += stream.of("reset")
                self._position = stream.position
            except (httpx.HTTPError, AssertionError):  # killed just now
                time.sleep(0.1)

    def _read(self, stream: Stream, until: float) -> None:
        while time.monotonic() < until and not stream.is_over and not self._stop.is_set():
            time.sleep(0.02)


def test_who_reads_through_crashes_is_told_everything_once(server: Server) -> None:
    token = admin(server)
    tickets = furnished(server, token)
    followers = [Follower(server, token, seed) for seed in range(3)]
    for follower in followers:
        assert follower.began.wait(60)
    traffic = Traffic(server=server, token=token)
    sending = traffic.send(mixed(COMMANDS, tickets, Random(3)))
    traffic.wait_for(COMMANDS // 4)
    (beside,) = server.children("serve")
    os.kill(beside, signal.SIGKILL)
    traffic.wait_for(COMMANDS // 2)
    server.kill()
    server.start()
    traffic.wait_for(COMMANDS * 3 // 4)
    server.kill_postgres()
    sending.join()
    assert traffic.failures == []
    written = {
        (answer["id"], event["version"])
        for answer in traffic.answers.values()
        for event in answer["events"]
    }
    eventually(lambda: all(written <= set(told(follower)) for follower in followers))
    for follower in followers:
        follower.end()
        assert len(told(follower)) == len(set(told(follower)))
        assert follower.resets == []
        assert follower.connections > 3
    began = time.monotonic()
    with Stream(server.url, token):
        assert server.stop() == 0
    assert time.monotonic() - began < 60  # and not as long as a reader would stay


def told(follower: Follower) -> list[tuple[str, int]]:
    """Ticket and version of each event that the follower was told."""
    return [
        (one.data["ticket"], version)
        for one in follower.got
        for version in range(
            one.data["version"] - len(one.data["kinds"]) + 1, one.data["version"] + 1
        )
    ]
