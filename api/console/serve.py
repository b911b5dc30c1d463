"""`chronodesk serve`: API, views and PostgreSQL in one process tree."""

import errno
import ipaddress
import os
import secrets
import signal
import socket
from contextlib import ExitStack, suppress
from typing import Annotated, Any

import typer
import uvicorn

from api.console.beside import end_with_input, kept_beside
from api.console.collecting import collect_seldom
from api.console.demo import make_demo
from api.console.opening import services, settings
from api.console.options import DataDir
from api.console.terminal import fail, out, say
from api.live.live import Live
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
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Processes that answer requests.", show_default="1, see the guide"
        ),
    ] = None,
    until_eof: Annotated[
        bool,
        typer.Option("--until-eof", hidden=True, help="Beside another one; end when input does."),
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Run the help desk: API, views and, unless a database is configured, a PostgreSQL.

    Ctrl-C stops all of it. The data stays in the data folder.

    Example: chronodesk serve --processes 4 --port 9000
    """
    if demo and no_worker:
        raise typer.BadParameter("--demo needs the worker: leave --no-worker out.")
    chosen = settings(data_dir, host=host, port=port, processes=processes)
    shared = until_eof or chosen.processes > 1
    listening = _listen(chosen.host, chosen.port, shared=shared)
    # uvicorn ends a process by the signal that it got; as an exception it lets PostgreSQL stop.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _end)
    with listening, services(data_dir, host=host, port=port) as opened, suppress(KeyboardInterrupt):
        if until_eof:
            end_with_input(lambda: os.kill(os.getpid(), signal.SIGTERM))
            _run(opened, listening)
            return
        password = "demo" if _is_private(chosen.host) else secrets.token_urlsafe(9)
        with ExitStack() as others:
            if not no_worker:
                others.enter_context(kept_beside(opened.database_url, "worker"))
            hint = make_demo(opened, password) if demo else _hint(opened)
            place = ("--host", chosen.host, "--port", str(listening.getsockname()[1]))
            for _ in range(1, chosen.processes):
                others.enter_context(kept_beside(opened.database_url, "serve", *place))
            _run(opened, listening, hint)


def _run(opened: Services, listening: socket.socket, hint: str = "") -> None:
    from api.main import create_app

    collect_seldom()
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - only shown
    where = f"http://{shown}:{port}"
    config = uvicorn.Config(
        create_app(opened),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # the application knows which proxies to trust
        timeout_graceful_shutdown=5,
        backlog=_BACKLOG,
    )
    line = f"Chronodesk runs at {where} - {hint}" if hint else ""
    _Server(config, opened.live, line).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says where it is once it takes requests; ends live streams before it waits for the rest."""

    def __init__(self, config: uvicorn.Config, live: Live, line: str) -> None:
        super().__init__(config)
        self._live = live
        self._line = line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._line:
            out.print(self._line, highlight=False, markup=False, soft_wrap=True)
            say("Ctrl-C stops it.")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.end()
        await super().shutdown(sockets)


def _hint(opened: Services) -> str:
    if opened.access.accounts(WorkspaceId(opened.settings.workspace)):
        return "sign in with your login; chronodesk user list shows who has one"
    return "nobody may sign in yet: chronodesk user add you@example.com --role admin"


def _listen(host: str, port: int, *, shared: bool) -> socket.socket:
    """A socket bound to that place; if it is taken, say so and name a free one.

    With `shared`, further processes may bind theirs, and the kernel deals connections to all.
    """
    try:
        return _bound(host, port, shared=shared)
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


def _bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
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
