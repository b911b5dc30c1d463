"""The large set-up of docker-compose.yml as plain processes on this machine's own address."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from adapters.postgres.embedded import DURABLE, EmbeddedPostgres
from adapters.postgres.keeper import kept_running
from adapters.postgres.postmaster import postmaster
from api.console.beside import PROGRAM
from api.main import build
from api.services import Services
from api.settings import load_settings
from domain.access import Role
from domain.ids import WorkspaceId
from tests.broker.broker import Broker
from tests.cluster.compose import Service, postgres_settings, services
from tests.cluster.process import Process
from tests.ports import free_ports

PATIENCE = 240.0
"""Seconds until a service that does not become healthy is given up."""

LOOK = 0.2
"""Seconds between looks at whether processes live."""

SOON = 10.0
"""Who lives for less seconds than this waits before it is started again, longer each time."""


WORKSPACE = WorkspaceId("default")
INTAKE_TOKEN = "CHRONODESK_KAFKA__INTAKE_TOKEN"


class NotHealthy(Exception):
    """A service did not become healthy; the message has its last words."""


class Cluster:
    """Runs while `with` lasts: PostgreSQL, Kafka and our services, in order and back again.

    What ends by itself is said by `say`, and started again.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        database_url: str | None = None,
        variables: Mapping[str, str] | None = None,
        program: Sequence[str] = PROGRAM,
        say: Callable[[str], None],
    ) -> None:
        """Data and logs are in `folder`.

        The first API is at `port` (any that is free, without one), and others near it. With a
        `database_url` somebody else takes care of PostgreSQL. `variables` are further ones for our
        processes, and `program` is what is run in place of `chronodesk`.
        """
        self.folder = folder.resolve()
        self.postgres: EmbeddedPostgres | None = None
        if database_url is None:
            settings = {**DURABLE, **postgres_settings()}
            self.postgres = EmbeddedPostgres(self.folder / "postgres", settings=settings)
        self.broker = Broker(self.folder / "kafka")
        self.processes: list[Process] = []
        self._database_url = database_url
        self._variables = dict(variables or {})
        self._program = program
        self._port = port
        self._say = say
        self._stop = Event()
        self._opened = ExitStack()

    @property
    def database_url(self) -> str:
        """Where PostgreSQL is."""
        return self.postgres.url if self.postgres is not None else str(self._database_url)

    @property
    def apis(self) -> list[str]:
        """Their addresses."""
        return [process.url for process in self.processes if process.url is not None]

    @contextmanager
    def opened(self) -> Iterator[Services]:
        """What our processes work with, in this one."""
        given = {"workspace": WORKSPACE, "data_dir": self.folder / "data"}
        with build(load_settings(database_url=self.database_url, **given)) as services:
            yield services

    def token(self, person: str, role: Role) -> str:
        """A new one, in the name of somebody."""
        with self.opened() as services:
            issued = services.sessions.issue(
                workspace=WORKSPACE,
                person=person,
                role=role,
                name=person,
                label="make cluster",
                expires_at=None,
            )
        return issued.text

    def named(self, prefix: str) -> list[Process]:
        """The processes of a service, or of several."""
        return [process for process in self.processes if process.name.startswith(prefix)]

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            if self.postgres is not None:
                stack.enter_context(self.postgres)
                stack.enter_context(kept_running(self.postgres))
            stack.callback(self.broker.stop)
            self.broker.start()
            for together in self._services():
                self._until_healthy(stack.enter_context(self._running(together)))
            keeper = Thread(target=self._keep, name="cluster")
            keeper.start()
            stack.callback(keeper.join)
            stack.callback(self._stop.set)
            self._opened = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.close()

    def unhealthy(self) -> list[str]:
        """Who cannot do its work now."""
        found = [process.name for process in self.processes if not process.healthy()]
        if not self.broker.answers():
            found.insert(0, "kafka")
        if self.postgres is not None:
            running = postmaster(self.postgres.folder)
            if running is None or not running.answers:
                found.insert(0, "postgres")
        return found

    def _services(self) -> list[list[Service]]:
        return services(("cluster", "intake"), self._variables)

    @contextmanager
    def _running(self, together: list[Service]) -> Iterator[list[Process]]:
        """Their processes, which start and end at the same time."""
        made: list[Process] = []
        try:
            for service in together:
                for number in range(service.replicas):
                    made.append(self._process(service, number))
                    self.processes.append(made[-1])
                    made[-1].start()
            yield made
        finally:
            for process in made:
                process.tell_to_end()
            for process in made:
                process.wait()

    def _process(self, service: Service, number: int) -> Process:
        name = service.name if service.replicas == 1 else f"{service.name}-{number + 1}"
        command, url = list(service.command), None
        if service.port is not None:
            host, port = "127.0.0.1", self._free(service)
            command[command.index("--host") + 1] = host
            command += ["--port", str(port)]
            url = f"http://{host}:{port}"
        return Process(
            name, [*self._program, *command], self._environment(service), self.folder, url=url
        )

    def _environment(self, service: Service) -> dict[str, str]:
        """As in the container, but for where things are."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CHRONODESK_")}
        given = dict(service.environment)
        if INTAKE_TOKEN in given:
            given[INTAKE_TOKEN] = self._intake_token()
        return {
            **inherited,
            **given,
            "CHRONODESK_WORKSPACE": WORKSPACE,
            "CHRONODESK_LOG_FORMAT": "console",
            **self._variables,
            "CHRONODESK_DATABASE_URL": self.database_url,
            "CHRONODESK_DATA_DIR": str(self.folder / "data"),
            "CHRONODESK_KAFKA__SERVERS": self.broker.servers,
        }

    def _intake_token(self) -> str:
        """The one of the last time, if this folder has been used before."""
        file = self.folder / "intake.token"
        if not file.exists():
            token = self.token("intake", Role.AGENT)
            file.touch(mode=0o600)
            file.write_text(token)
        return file.read_text()

    def _free(self, service: Service) -> int:
        """The service's port, or the next one that nobody listens on."""
        if self._port is None:
            return free_ports(1)[0]
        first = min(s.port for level in self._services() for s in level if s.port is not None)
        taken = {int(url.rpartition(":")[2]) for url in self.apis}
        wanted = self._port + (service.port or 0) - first
        for port in range(wanted, wanted + 100):
            with socket.socket() as tried:
                try:
                    tried.bind(("127.0.0.1", port))
                except OSError:
                    continue
                if port not in taken:
                    return port
        raise NotHealthy(f"All ports from {wanted} on are in use: choose others by --port.")

    def _until_healthy(self, started: list[Process]) -> None:
        deadline = time.monotonic() + PATIENCE
        for process in started:
            while not process.healthy():
                if process.ended is not None or time.monotonic() > deadline:
                    raise NotHealthy(
                        f"{process.name} does not become healthy. {process.log} ends with:\n"
                        f"{process.last_words(10)}"
                    )
                time.sleep(LOOK)

    def _keep(self) -> None:
        """Start again what has ended by itself. PostgreSQL has a keeper of its own."""
        returns = {process.name: _Return() for process in self.processes}
        kafka = _Return()
        while not self._stop.wait(LOOK):
            if not self.broker.is_running() and kafka.is_due("kafka has ended", self._say):
                try:
                    self.broker.start()
                except (OSError, RuntimeError) as error:
                    self._say(f"kafka does not start: {error}")
                kafka.started()
            for process in self.processes:
                if process.ended is None:
                    continue
                what = f"{process.name} has ended with code {process.ended}"
                if returns[process.name].is_due(f"{what}: {process.last_words(1)}", self._say):
                    process.start()
                    returns[process.name].started()


class _Return:
    """When something that has ended may start again: at once, unless it has lived for a moment."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._due: float | None = None
        self._started = time.monotonic()

    def is_due(self, what: str, say: Callable[[str], None]) -> bool:
        """Whether to start it now; the first time that is asked, it is said."""
        now = time.monotonic()
        if self._due is None:
            quick = now - self._started < SOON
            self._pause = min(SOON, self._pause * 2 + 1) if quick else 0.0
            self._due = now + self._pause
            say(what)
        return now >= self._due

    def started(self) -> None:
        self._due = None
        self._started = time.monotonic()
