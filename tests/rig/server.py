"""The rig's PostgreSQL, to be killed and started again, with a fresh database per round."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from types import TracebackType
from typing import LiteralString, Self
from uuid import uuid4

import psycopg
from psycopg import sql

from adapters.postgres.embedded import EmbeddedPostgres
from tests.database import fastest_folder

_SETTINGS = {
    "fsync": "off",  # processes are killed here and not the power: what was written to files stays
    "full_page_writes": "off",  # as above
    "synchronous_commit": "on",  # but it has to be written
    "max_connections": "200",
    "autovacuum": "off",
    "max_wal_size": "1GB",
}

_PATIENCE = 60.0
"""Seconds in which a server has to be back."""


class RigServer:
    """A server in a temporary folder, which goes with it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rig-", dir=fastest_folder()))
        self._postgres = EmbeddedPostgres(self._folder / "pg", settings=_SETTINGS)

    def __enter__(self) -> Self:
        self._postgres.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._postgres.stop(force=True)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database."""
        name = f"rig_{uuid4().hex}"
        self._execute("CREATE DATABASE {} TEMPLATE template0 STRATEGY FILE_COPY", name)
        try:
            yield self._postgres.url_of(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: LiteralString, name: str) -> None:
        """By a connection of its own: an older one may not have outlived the server."""
        with psycopg.connect(self._postgres.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    def kill(self) -> None:
        """End the server and all that it holds in memory, and start it again."""
        pid = int((self._folder / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        while _is_alive(pid):
            time.sleep(0.001)
        self._postgres.start()

    def kill_a_process(self, url: str, random: Random) -> None:
        """End a process that serves a client of this database; the server ends all others, too."""
        with psycopg.connect(url, autocommit=True) as connection:
            serving = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY pid"
            ).fetchall()
        if serving:
            pid = random.choice(serving)[0]
            os.kill(pid, signal.SIGKILL)
            while _is_alive(pid):
                time.sleep(0.001)
            self._until_it_serves()

    def _until_it_serves(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self._postgres.url, connect_timeout=5).close()
                return
            time.sleep(0.02)
        raise TimeoutError("The server does not come back.")


def _is_alive(pid: int) -> bool:
    """A killed process is on its way out for a moment, and may still answer."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
