"""One PostgreSQL for a whole test run, and a fresh database in it for each test that asks.

All pytest-xdist workers share one embedded server in a temporary folder. The controlling process
makes the folder, and stops the server and deletes the folder at the end. A run that was killed is
cleaned up by the next one. `CHRONODESK_TEST_DATABASE_URL` names a server to use instead; its user
must be allowed to create databases.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from adapters.postgres.embedded import THROWAWAY, EmbeddedPostgres
from adapters.postgres.schema import migrate
from tests.broker.broker import Broker

_EXISTING = "CHRONODESK_TEST_DATABASE_URL"
_PREFIX = "chronodesk-tests-"
_SETTINGS = {**THROWAWAY, "max_connections": "300", "autovacuum": "off"}
_MAKING_TEMPLATE = 7_203_411_905  # any number: the advisory lock's name


class Run:
    """The folder that all processes of one test run share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = f"template_{folder.name}"
        self.broker = Broker(folder / "kafka")

    @classmethod
    def begin(cls) -> "Run":
        """Make the folder and hold a lock in it that says this run is alive."""
        parent = fastest_folder()
        for folder in parent.glob(f"{_PREFIX}*"):
            _clean_up_if_dead(folder)
        run = cls(Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)))
        draft = run.folder / "alive.new"
        run._alive = os.open(draft, os.O_RDWR | os.O_CREAT)
        fcntl.flock(run._alive, fcntl.LOCK_EX)
        draft.rename(run.folder / "alive")
        return run

    def server(self) -> str:
        """Start the server unless another worker has; give the URL of a database on it."""
        if url := os.environ.get(_EXISTING):
            return url
        return EmbeddedPostgres(self.folder / "pg", settings=_SETTINGS).start().url

    def end(self) -> None:
        """Stop the server and delete everything; on an existing server, the template."""
        if url := os.environ.get(_EXISTING):
            databases = Databases(url, self.template)
            databases.drop_template()
            databases.close()
        self.broker.kill()
        EmbeddedPostgres(self.folder / "pg").stop(force=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._alive)

    _alive: int


class Databases:
    """Makes databases on a server, each in a few milliseconds, from a template."""

    def __init__(self, url: str, template: str) -> None:
        """Connect to the server at `url`; `template` is this run's name for its template."""
        self._url = url
        self._template = template
        self._connection = psycopg.connect(url, autocommit=True)

    @contextlib.contextmanager
    def fresh(self, *, migrated: bool) -> Iterator[str]:
        """Give the URL of a new database, with the log's schema or empty; drop it at the end."""
        if migrated:
            self._make_template()
        name = f"test_{uuid4().hex}"
        source = self._template if migrated else "template0"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, source)
        try:
            yield with_database(self._url, name)
        finally:
            self._until_left(name)
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def drop_template(self) -> None:
        """Leave nothing behind on a server that outlives the run."""
        if self._exists():
            self._execute("ALTER DATABASE {} IS_TEMPLATE false", self._template)
            self._execute("DROP DATABASE {} WITH (FORCE)", self._template)

    def _make_template(self) -> None:
        """Create the template once per run: under another name first, so that it is whole."""
        if self._exists():
            return
        self._connection.execute("SELECT pg_advisory_lock(%s)", [_MAKING_TEMPLATE])
        try:
            if self._exists():
                return
            draft = f"{self._template}_draft"
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", draft)
            self._execute("CREATE DATABASE {} TEMPLATE template0", draft)
            migrate(with_database(self._url, draft))
            self._execute("ALTER DATABASE {} RENAME TO {}", draft, self._template)
            self._execute(
                "ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false", self._template
            )
        finally:
            self._connection.execute("SELECT pg_advisory_unlock(%s)", [_MAKING_TEMPLATE])

    def _until_left(self, name: str) -> None:
        """Wait shortly for closed connections to be gone: DROP would sleep 100 ms for them."""
        for _ in range(20):
            left = self._connection.execute(
                "SELECT FROM pg_stat_activity WHERE datname = %s", [name]
            )
            if left.rowcount == 0:
                return
            time.sleep(0.002)

    def _exists(self) -> bool:
        found = self._connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", [self._template]
        )
        return found.rowcount > 0

    def _execute(self, statement: str, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def with_database(url: str, name: str) -> str:
    """Give the same server's URL with another database in it."""
    return urlsplit(url)._replace(path=f"/{quote(name)}").geturl()


def fastest_folder() -> Path:
    """Give the memory file system if it has room (a new database takes 20 ms, on a disk 120)."""
    memory = Path("/dev/shm")  # noqa: S108 - used by mkdtemp only
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30:
        return memory
    return Path(tempfile.gettempdir())


def _clean_up_if_dead(folder: Path) -> None:
    """Remove what a killed run left behind: the kernel has freed its lock."""
    with contextlib.suppress(OSError):
        alive = os.open(folder / "alive", os.O_RDWR)
        try:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            run = Run(folder)
            run._alive = os.dup(alive)
            run.end()
        finally:
            os.close(alive)
