"""What was acknowledged is in the log exactly once, whatever is killed in between.

`CHRONODESK_CRASH_COMMANDS=5000 make test-slow ARGS=tests/crash` for the long form.
"""

import os
import signal
import time
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from tests.crash.server import Server, runs
from tests.crash.traffic import Traffic, mixed

COMMANDS = int(os.environ.get("CHRONODESK_CRASH_COMMANDS", "600"))
SHARED = 20  # tickets that all clients write to

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def admin(server: Server) -> str:
    """A token, from commands that join the running server."""
    added = server.run("user", "add", "admin@example.com", "--role", "admin")
    assert added.returncode == 0, added.stderr
    return server.run("user", "token", "admin@example.com").stdout.strip()


def furnished(server: Server, token: str) -> list[str]:
    """Ids of tickets to work on."""
    with httpx.Client(
        base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=30
    ) as client:

        def post(path: str, body: dict[str, str]) -> Any:
            answer = client.post(path, json=body)
            assert answer.status_code == 201, answer.text
            return answer.json()

        post("/requesters", {"requester": "mina", "display_name": "Mina"})
        for agent in ("kim", "lee"):
            post("/agents", {"agent": agent, "display_name": agent})
        opened = [
            post("/tickets", {"requester": "mina", "subject": f"Shared {n}"}) for n in range(SHARED)
        ]
    return [answer["id"] for answer in opened]


def test_what_was_acknowledged_is_in_the_log_exactly_once(server: Server) -> None:
    token = admin(server)
    asked = mixed(COMMANDS, furnished(server, token), Random(1))
    traffic = Traffic(server=server, token=token)
    sending = traffic.send(asked)

    traffic.wait_for(COMMANDS // 4)
    server.kill()
    server.start()
    traffic.wait_for(COMMANDS // 2)
    killed = server.kill_postgres()
    sending.join()

    assert traffic.failures == []
    assert traffic.retries > 0
    assert traffic.answers.keys() == {command.key for command in asked}
    assert server.postgres_pid != killed
    assert server.stop() == 0

    with EmbeddedPostgres(server.folder / "postgres") as postgres:
        logged = events_by_command(postgres.url)
    for key, answer in traffic.answers.items():
        said = [(f"ticket:{answer['id']}", event["version"]) for event in answer["events"]]
        assert logged.get(key, []) == said
    checked = server.run("check", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_killed_database_comes_back_by_itself(server: Server) -> None:
    token = admin(server)
    tickets = furnished(server, token)
    killed = server.kill_postgres()
    traffic = Traffic(server=server, token=token)
    traffic.send(mixed(40, tickets, Random(2))).join()
    assert traffic.failures == []
    assert server.postgres_pid not in (None, killed)


def test_it_stops_as_a_whole_when_it_is_told_to(server: Server) -> None:
    assert server.postgres_pid is not None
    assert server.stop() == 0
    assert server.postgres_pid is None


def test_the_processes_beside_it_are_kept_up_and_end_with_it(server: Server) -> None:
    ((answering,), (keeping,)) = server.children("serve"), server.children("worker")
    os.kill(answering, signal.SIGKILL)
    eventually(lambda: server.children("serve") not in ([], [answering]))
    (instead,) = server.children("serve")
    server.kill()
    eventually(lambda: not (runs(instead, "serve") or runs(keeping, "worker")))


def test_a_second_process_joins_the_running_database(server: Server) -> None:
    before = server.postgres_pid
    assert server.run("status").returncode == 0
    assert server.run("health", "--url", server.url.removesuffix("/api/v1")).returncode == 0
    assert server.postgres_pid == before
    assert server.is_ready()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def events_by_command(url: str) -> dict[str, list[tuple[str, int]]]:
    """(stream, version) of the events of each command, in order."""
    found: dict[str, list[tuple[str, int]]] = {}
    with psycopg.connect(url) as connection:
        for command, stream, version in connection.execute(
            "SELECT command_id, stream, version FROM chronodesk.recorded"
            " WHERE command_id IS NOT NULL ORDER BY lane, position"
        ):
            assert isinstance(command, UUID)
            found.setdefault(str(command), []).append((stream, version))
    return found
