"""A help desk for tests of the front door: real services on a database of the test's own."""

import contextlib
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from api.auth import credentials
from api.edge.logs import configure_logs
from api.main import build, create_app
from api.services import Services
from api.settings import Settings
from commands.ports import Clock
from domain.access import Role
from domain.ids import WorkspaceId
from tests.api.described import DescribedClient

WORKSPACE = WorkspaceId("default")


class Desk:
    """One running desk. `as_(role)` is a person of that role with a client of their own."""

    def __init__(self, services: Services, app: FastAPI, client: TestClient) -> None:
        self.services = services
        self.app = app
        self.client = client
        self._tokens: dict[tuple[Role, str], str] = {}

    def token(self, role: Role, person: str = "") -> str:
        person = person or role.value
        if (role, person) not in self._tokens:
            self._tokens[role, person] = self.fresh_token(role, person)
        return self._tokens[role, person]

    def fresh_token(self, role: Role, person: str = "", **more: Any) -> str:
        issued = self.services.sessions.issue(
            workspace=more.pop("workspace", WORKSPACE),
            person=person or role.value,
            role=role,
            name=person or role.value,
            label="test",
            **more,
        )
        return issued.text

    def as_(self, role: Role, person: str = "") -> "Person":
        return Person(self, self.token(role, person))

    @property
    def agent(self) -> "Person":
        return self.as_(Role.AGENT)

    @property
    def admin(self) -> "Person":
        return self.as_(Role.ADMIN)


class Person:
    def __init__(self, desk: Desk, token: str) -> None:
        self.desk = desk
        self.token = token

    def request(self, method: str, path: str, **more: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        url = path if path.startswith("/problems") else f"/api/v1{path}"
        response: Response = self.desk.client.request(method, url, headers=headers, **more)
        return response

    def get(self, path: str, **more: Any) -> Response:
        return self.request("GET", path, **more)

    def post(
        self, path: str, body: Any = None, *, match: str | None = "*", **more: Any
    ) -> Response:
        headers = more.pop("headers", {})
        if match is not None:
            headers = {"If-Match": match, **headers}
        return self.request(
            "POST", path, json={} if body is None else body, headers=headers, **more
        )

    def opens(self, requester: str = "mina", **fields: Any) -> dict[str, Any]:
        """Open a ticket; what the API answered, its position included."""
        body = {"requester": requester, "subject": "Printer is broken", **fields}
        response = self.post("/tickets", body)
        assert response.status_code == 201, response.text
        return {**response.json(), "position": response.headers["X-Chronodesk-Position"]}


@contextlib.contextmanager
def quick_passwords() -> Iterator[None]:
    """A password is slow to hash on purpose; here only counts what is done with it."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(credentials, "_hasher", lambda: quick)
        yield


@contextlib.contextmanager
def running_desk(
    database_url: str, *, worker: bool = True, clock: Clock | None = None, **settings: Any
) -> Iterator[Desk]:
    """A desk with requesters mina and jun, agents, and a queue."""
    with TemporaryDirectory(prefix="chronodesk-files-") as files:
        chosen = _settings(database_url, files, settings)
        configure_logs(chosen)
        with build(chosen, clock=clock) as services:
            app = create_app(services)
            with DescribedClient(app, raise_server_exceptions=False) as client:
                desk = Desk(services, app, client)
                if worker:
                    services.worker.start()
                try:
                    furnish(desk)
                    yield desk
                finally:
                    if worker:
                        services.worker.stop()


def _settings(database_url: str, files: str, settings: dict[str, Any]) -> Settings:
    return Settings(
        _env_file=None,
        **{
            "database_url": database_url,
            "pool_size": 8,
            "threads": 8,
            "rate_per_minute": 0,
            "anonymous_per_minute": 0,
            "logins_per_minute": 0,
            "token_cache_seconds": 0.2,
            "read_wait_seconds": 60,  # a view that comes late on a busy machine is no fault
            "stream_seconds": 0.2,  # the test client waits for the end of an answer
            "log_level": "error",
            "blobs_dir": files,
            **settings,
        },
    )


@contextlib.contextmanager
def another_process(desk: Desk) -> Iterator[Desk]:
    """A second server on the same database: it shares no memory with the first, but the clock."""
    with build(desk.services.settings, clock=desk.services.clock) as services:
        app = create_app(services)
        with DescribedClient(app, raise_server_exceptions=False) as client:
            yield Desk(services, app, client)


def furnish(desk: Desk) -> None:
    for path, body in (
        ("/requesters", {"requester": "mina", "display_name": "Mina Lee"}),
        ("/requesters", {"requester": "jun", "display_name": "Jun Park"}),
        ("/requesters", {"requester": "requester", "display_name": "Some Requester"}),
        ("/agents", {"agent": "kim", "display_name": "Kim"}),
        ("/agents", {"agent": "agent", "display_name": "Agent"}),
        ("/queues", {"queue": "service-desk", "display_name": "Service desk"}),
    ):
        response = desk.admin.post(path, body)
        assert response.status_code == 201, response.text


def key() -> str:
    return str(uuid4())
