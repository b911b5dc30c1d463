"""`chronodesk serve`: API, views and PostgreSQL in one process tree."""

import errno
import ipaddress
import secrets
import signal
import socket
from contextlib import nullcontext, suppress
from typing import Annotated, Any

import typer
import uvicorn

from api.console.beside import worker_beside
from api.console.demo import make_demo
from api.console.opening import services, settings
from api.console.options import DataDir
from api.console.terminal import fail, out, say
from api.services import Services
from domain.ids import WorkspaceId

_PORTS_TRIED = 50
_BACKLOG = 2_048


def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty desk with simulated tickets, add logins.")
    ] = False,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port.", show_default="8000")
    ] = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave the views to `chronodesk worker`.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Run the help desk: API, views and, unless a database is configured, a PostgreSQL.

    Ctrl-C stops all of it. The data stays in the data folder.

    Example: chronodesk serve --demo --port 9000
    """
    if demo and no_worker:
        raise typer.BadParameter("--demo needs the worker: leave --no-worker out.")
    chosen = settings(data_dir, host=host, port=port)
    listening = _listen(chosen.host, chosen.port)
    # uvicorn ends a process by the signal that it got; as an exception it lets PostgreSQL stop.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _end)
    with listening, services(data_dir, host=host, port=port) as opened, suppress(KeyboardInterrupt):
        password = "demo" if _is_private(chosen.host) else secrets.token_urlsafe(9)
        with nullcontext() if no_worker else worker_beside(opened.database_url):
            hint = make_demo(opened, password) if demo else _hint(opened)
            _run(opened, listening, hint)


def _run(opened: Services, listening: socket.socket, hint: str) -> None:
    from api.main import create_app

    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - only shown
    where = f"http://{shown}:{port}"
    config = uvicorn.Config(
        create_app(opened),
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
        backlog=_BACKLOG,
    )
    _Announcing(config, f"Chronodesk runs at {where} - {hint}").run(sockets=[listening])


class _Announcing(uvicorn.Server):
    """Says where it is once it takes requests."""

    def __init__(self, config: uvicorn.Config, line: str) -> None:
        super().__init__(config)
        self._line = line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            out.print(self._line, highlight=False, markup=False, soft_wrap=True)
            say("Ctrl-C stops it.")


def _hint(opened: Services) -> str:
    if opened.access.accounts(WorkspaceId(opened.settings.workspace)):
        return "sign in with your login; chronodesk user list shows who has one"
    return "nobody may sign in yet: chronodesk user add you@example.com --role admin"


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to that place; if it is taken, say so and name a free one."""
    try:
        return _bound(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail(
                f"Port {port} of {host} is in use, perhaps by another Chronodesk. "
                f"Take another one: chronodesk serve --port {_free(host, port)}"
            )
        fail(f"Cannot listen on {host}, port {port}: {error.strerror or error}.")


def _free(host: str, port: int) -> int:
    for other in range(port + 1, min(port + _PORTS_TRIED, 65_535)):
        with suppress(OSError), _bound(host, other):
            return other
    with _bound(host, 0) as anywhere:
        chosen: int = anywhere.getsockname()[1]
        return chosen


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _is_private(host: str) -> bool:
    """Whether only this machine can reach it."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _end(*_: Any) -> None:
    raise KeyboardInterrupt
