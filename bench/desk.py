"""A Chronodesk to be measured: a durable PostgreSQL, and a server in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import psycopg
from pydantic import SecretStr

from adapters.postgres.embedded import EmbeddedPostgres
from api.edge.logs import configure_logs
from api.main import build
from api.services import Services
from api.settings import Settings
from commands.envelope import Command, Request
from commands.people.agent import RegisterAgent
from commands.people.requester import RegisterRequester
from domain.access import Role
from domain.actor import Actor, ActorKind
from domain.ids import AgentId, CommandId, RequesterId, WorkspaceId

WORKSPACE = WorkspaceId("default")
_BY = Actor(kind=ActorKind.RULE, id="bench", rule_version=1)
_PATIENCE = 60.0  # seconds


@contextmanager
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server whose commits are on disk when they return."""
    with EmbeddedPostgres(folder / "postgres") as server:
        yield server


def database(server: EmbeddedPostgres, name: str) -> str:
    """A new, empty database; its URL."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.url_of(name)


@contextmanager
def services(url: str) -> Iterator[Services]:
    """The parts of a Chronodesk on that database, in this process; nothing runs by itself."""
    chosen = Settings(_env_file=None, database_url=SecretStr(url), log_level="error")
    configure_logs(chosen)
    with build(chosen) as opened:
        yield opened


def token(opened: Services) -> str:
    """A token for everything, and the people that the commands name."""
    people: list[Command] = [
        RegisterRequester(requester=RequesterId("mina"), display_name="Mina"),
        *(RegisterAgent(agent=AgentId(name), display_name=name) for name in ("kim", "lee")),
    ]
    for command in people:
        opened.handler.handle(
            Request(workspace=WORKSPACE, command=command, command_id=CommandId(uuid4()), by=_BY)
        )
    issued = opened.sessions.issue(
        workspace=WORKSPACE, person="kim", role=Role.ADMIN, name="Kim", label="bench"
    )
    return issued.text


@contextmanager
def served(url: str) -> Iterator[int]:
    """`chronodesk serve` with its worker, limits off; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = {
        **os.environ,
        "CHRONODESK_DATABASE_URL": url,
        "CHRONODESK_RATE_PER_MINUTE": "0",
        "CHRONODESK_LOG_LEVEL": "error",
    }
    program = [sys.executable, "-c", "from api.cli import main; main()"]
    process = subprocess.Popen(
        [*program, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{port}/api/v1/health/ready", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")


def clients(**plan: Any) -> dict[str, float]:
    """Run clients in a process of their own; what they measured (see client.py)."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured
