"""A Chronodesk to be measured: its parts in this process, or a server in a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.request import urlopen
from uuid import uuid4

from pydantic import SecretStr

from api.edge.logs import configure_logs
from api.main import build
from api.services import Services
from api.settings import Settings
from api.wiring.histories import tell_histories
from bench.processes import ended
from commands.envelope import Command, Request
from commands.open_ticket import OpenTicket, opened_by
from commands.people.agent import RegisterAgent
from commands.people.requester import RegisterRequester
from domain.access import Role
from domain.actor import Actor, ActorKind
from domain.ids import AgentId, CommandId, RequesterId, WorkspaceId
from tests.ports import free_ports

WORKSPACE = WorkspaceId("default")
AGENTS = ("kim", "lee")
REQUESTER = "mina"
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
"""When simulated histories end; they begin a year earlier."""

_BY = Actor(kind=ActorKind.RULE, id="bench", rule_version=1)
_PATIENCE = 120.0  # seconds


@contextmanager
def services(url: str, **more: Any) -> Iterator[Services]:
    """The parts of a Chronodesk on that database, in this process; nothing runs by itself.

    `more` are settings.
    """
    chosen = Settings(_env_file=None, database_url=SecretStr(url), log_level="error", **more)
    configure_logs(chosen)
    with build(chosen) as opened:
        yield opened


@contextmanager
def served(url: str) -> Iterator["Server"]:
    """`chronodesk serve` with its worker, limits off, until it is ready."""
    (port,) = free_ports(1)
    environment = {
        **os.environ,
        "CHRONODESK_DATABASE_URL": url,
        "CHRONODESK_RATE_PER_MINUTE": "0",
        "CHRONODESK_READ_WAIT_SECONDS": "60",  # its worker may take longer to start than it does
        "CHRONODESK_LOG_LEVEL": "error",
    }
    program = [sys.executable, "-c", "from api.cli import main; main()"]
    with TemporaryFile() as said:  # not a pipe: nobody would read it
        process = subprocess.Popen(
            [*program, "serve", "--port", str(port)],
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        with ended(process):
            _await(port, process, said)
            yield Server(port=port, pid=process.pid)


class Server:
    """Where it listens, and which process it is."""

    def __init__(self, *, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid


def _await(port: int, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{port}/api/v1/health/ready", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    said.seek(0)
    raise RuntimeError(f"The server did not start:\n{said.read().decode()}")


def token(opened: Services, person: str = AGENTS[0]) -> str:
    """A token for everything."""
    issued = opened.sessions.issue(
        workspace=WORKSPACE, person=person, role=Role.ADMIN, name="Kim", label="bench"
    )
    return issued.text


def people(opened: Services) -> None:
    """Those whom the commands name."""
    wanted: list[Command] = [
        RegisterRequester(requester=RequesterId(REQUESTER), display_name="Mina"),
        *(RegisterAgent(agent=AgentId(name), display_name=name) for name in AGENTS),
    ]
    for command in wanted:
        opened.handler.handle(
            Request(workspace=WORKSPACE, command=command, command_id=CommandId(uuid4()), by=_BY)
        )


def open_ticket(opened: Services) -> str:
    """A new ticket's id."""
    asked = CommandId(uuid4())
    opened.handler.handle(
        Request(
            workspace=WORKSPACE,
            command=OpenTicket(requester=RequesterId(REQUESTER), subject="Printer is broken"),
            command_id=asked,
            by=Actor(kind=ActorKind.AGENT, id=AGENTS[0]),
        )
    )
    return opened_by(asked)


def tell(opened: Services, tickets: int) -> None:
    """A simulated year of so many tickets, in the log; the same ones every time."""
    tell_histories(
        opened,
        tickets=tickets,
        seed=1,
        start=UNTIL - timedelta(days=365),
        end=UNTIL,
        progress=lambda *_: None,
    )


def catch_up(opened: Services) -> None:
    """All views to the end of the log, as a worker does it."""
    while opened.runner.step():
        pass
