"""Everything is rebuilt while people work: no request fails, nobody reads what is older than their
own change.

`CHRONODESK_REBUILD_TICKETS=5000 make test-slow ARGS=tests/crash/test_rebuild_under_traffic.py` for
the long form.
"""

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest

from tests.crash.server import Server
from tests.crash.test_kill import SHARED, admin, furnished

TICKETS = int(os.environ.get("CHRONODESK_REBUILD_TICKETS", "120"))
CLIENTS = 10
PACE = 0.4
"""Seconds from one pair of requests of a client to its next one: fifty requests a second in all."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Answer = dict[str, Any]


@dataclass
class Work:
    """What clients have done, and what was wrong with what they read."""

    server: Server
    token: str
    ended: threading.Event = field(default_factory=threading.Event)
    opened: "count[int]" = field(default_factory=lambda: count(1))
    counted: int = 0
    requests: int = 0
    wrong: list[str] = field(default_factory=list)

    def client(self, number: int) -> None:
        """Open a ticket and write a note, and look at each in one of the views, with its token."""
        headers = {"Authorization": f"Bearer {self.token}", "If-Match": "*"}
        looks = (self._queue, self._requester, self._figures)
        with httpx.Client(base_url=self.server.url, headers=headers, timeout=30) as http:
            for n in count(number):
                begun = time.monotonic()
                try:
                    ticket = self._open(http, looks[n % len(looks)])
                    time.sleep(max(0.0, begun + PACE - time.monotonic()))
                    self._note(http, ticket, n)
                except (AssertionError, httpx.HTTPError) as error:
                    self.wrong.append(repr(error))
                if self.ended.wait(max(0.0, begun + 2 * PACE - time.monotonic())):
                    return

    def _open(self, http: httpx.Client, look: Callable[[httpx.Client, str, str], None]) -> str:
        answer = self._send(http, "/tickets", {"requester": "mina", "subject": "Printer"})
        self.counted = max(self.counted, next(self.opened))
        look(http, answer.json()["id"], answer.headers["X-Chronodesk-Position"])
        return str(answer.json()["id"])

    def _note(self, http: httpx.Client, ticket: str, n: int) -> None:
        written = self._send(http, f"/tickets/{ticket}/add_note", {"body": f"Note {n}"})
        token = written.headers["X-Chronodesk-Position"]
        if n % 2:
            entries = self._read(http, f"/tickets/{ticket}/conversation", token)["items"]
            assert f"Note {n}" in {entry["body"] for entry in entries}, "conversation"
        else:
            versions = self._read(http, f"/tickets/{ticket}/history", token)["items"]
            assert versions[-1]["version"] >= written.json()["version"], "history"

    def _queue(self, http: httpx.Client, ticket: str, token: str) -> None:
        page = self._read(http, "/tickets?limit=100&sort=opened_at&direction=desc", token)["items"]
        assert ticket in {item["id"] for item in page}, "queue"
        assert len(page) == 100, "queue: half of it"
        board = self._read(http, "/sla/board?limit=100", token)["items"]
        assert len(board) == 100, "board: half of it"

    def _requester(self, http: httpx.Client, ticket: str, token: str) -> None:
        page = self._read(http, "/requesters/mina/tickets?limit=100", token)["items"]
        assert ticket in {item["id"] for item in page}, "the requester's tickets"

    def _figures(self, http: httpx.Client, ticket: str, token: str) -> None:
        before = self.counted
        report = self._read(http, "/kpi?figure=opened", token)  # of the last thirty days
        found = sum(cell["n"] for cell in report["figures"][0]["cells"]) - SHARED
        # The others' latest tickets may stand behind this one in the log.
        assert found > before - CLIENTS, f"figures: {found} of {before} opened, {ticket}"

    def _send(self, http: httpx.Client, path: str, body: dict[str, str]) -> httpx.Response:
        answer = http.post(path, json=body)
        self.requests += 1
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer

    def _read(self, http: httpx.Client, path: str, token: str) -> Answer:
        answer = http.get(path, headers={"X-Chronodesk-Position": token})
        self.requests += 1
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        found: Answer = answer.json()
        return found


def test_everything_is_rebuilt_while_people_work(server: Server) -> None:
    token = admin(server)
    furnished(server, token)
    told = server.run(
        *("simulate", "--tickets", str(TICKETS), "--from", "2026-01-01", "--to", "2026-02-01")
    )
    assert told.returncode == 0, told.stderr

    work = Work(server=server, token=token)
    clients = [threading.Thread(target=work.client, args=(n,)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        time.sleep(2 * PACE)
        before = work.requests
        rebuilt = server.run("rebuild", "--all", "--json", patience=600)
        during = work.requests - before
        time.sleep(2 * PACE)
    finally:
        work.ended.set()
        for client in clients:
            client.join()

    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert [json.loads(line) for line in rebuilt.stdout.splitlines()]
    assert work.wrong == []
    assert during > CLIENTS
    assert server.stop() == 0
    checked = server.run("check", "--json", patience=600)
    assert checked.returncode == 0, checked.stdout + checked.stderr
