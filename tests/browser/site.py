"""A desk behind a real HTTP server, with people who can sign in."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from playwright.sync_api import BrowserContext

from api import web_app
from domain.access import Role
from tests.api.desk import WORKSPACE, Desk, running_desk
from tests.ports import free_ports

PASSWORD = "not a secret at all"
PEOPLE = {
    "kim": ("Kim Minji", Role.AGENT),
    "lee": ("Lee Jun", Role.AGENT),
    "lead": ("Park Lead", Role.LEAD),
    "admin": ("Ada Admin", Role.ADMIN),
    "mina": ("Mina Lee", Role.REQUESTER),
    "jun": ("Jun Park", Role.REQUESTER),
}
"""Login -> name and role; the e-mail address is <login>@example.com."""


class Site:
    """`desk` is asked directly where a test is not about the page, also while no server runs."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        (self._port,) = free_ports(1)  # which nobody takes while no server runs
        self._server = contextlib.ExitStack()

    def start(self) -> None:
        """Answer; after a stop, at the same address as before."""
        self._server.enter_context(_served(self.desk, self._port))

    def stop(self) -> None:
        """Break all connections, and answer no more."""
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def sign_in(self, context: BrowserContext, who: str) -> None:
        """Give a browser the session of a person, by the API and without the form."""
        answer = context.request.post(
            f"{self.url}/api/v1/session",
            data={"email": f"{who}@example.com", "password": PASSWORD, "cookie": True},
            max_retries=3,  # a connection that was closed just then
        )
        assert answer.ok, answer.text()

    def as_(self, who: str) -> Any:
        """Ask the API as a person."""
        return self.desk.as_(PEOPLE[who][1], who)


@contextlib.contextmanager
def running_site(database_url: str, **settings: Any) -> Iterator[Site]:
    """Serve a desk on a free port of this machine until the block is left."""
    assert (web_app.BUILT / "index.html").is_file(), "The web app is not built: make setup"
    with running_desk(database_url, stream_seconds=3_600, **settings) as desk:
        for login, (name, role) in PEOPLE.items():
            if role is not Role.REQUESTER:
                desk.admin.post("/agents", {"agent": login, "display_name": name})
            desk.services.sessions.put_account(
                workspace=WORKSPACE,
                email=f"{login}@example.com",
                person=login,
                role=role,
                name=name,
                password=PASSWORD,
            )
        site = Site(desk)
        site.start()
        try:
            yield site
        finally:
            site.stop()


@contextlib.contextmanager
def _served(desk: Desk, port: int) -> Iterator[None]:
    """A server until the block is left."""
    from api.main import create_app

    with socket.create_server(("127.0.0.1", port)) as listening:
        config = uvicorn.Config(
            create_app(desk.services),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "The server did not start."
                time.sleep(0.01)
            yield
        finally:
            server.should_exit = True
            thread.join()
