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
from adapters.postgres.pool import open_pool
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from projections import PROJECTIONS
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
            databases.drop_templates()
            databases.close()
        self.broker.kill()
        EmbeddedPostgres(self.folder / "pg").stop(force=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._alive)

    _alive: int


class Databases:
    """Makes databases on a server, each in a few milliseconds, from a template."""

    def __init__(self, url: str, template: str) -> None:
        """Connect to the server at `url`; `template` begins this run's names for its templates."""
        self._url = url
        self._making = {template: migrate, f"{template}_views": _migrate_with_views}
        self._connection = psycopg.connect(url, autocommit=True)

    @contextlib.contextmanager
    def fresh(self, *, migrated: bool, views: bool = False) -> Iterator[str]:
        """Give the URL of a new database; drop it at the end.

        It has the log's schema, and with `views` their empty tables as well; or it is empty.
        """
        name = f"test_{uuid4().hex}"
        source = list(self._making)[views] if migrated else "template0"
        if migrated:
            self._make(source)
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, source)
        try:
            yield with_database(self._url, name)
        finally:
            self._until_left(name)
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def close(self) -> None:
        """Leave the server."""
        self._connection.close()

    def drop_templates(self) -> None:
        """Leave nothing behind on a server that outlives the run."""
        for template in filter(self._exists, self._making):
            self._execute("ALTER DATABASE {} IS_TEMPLATE false", template)
            self._execute("DROP DATABASE {} WITH (FORCE)", template)

    def _make(self, template: str) -> None:
        """Create a template once per run: under another name first, so that it is whole."""
        if self._exists(template):
            return
        self._connection.execute("SELECT pg_advisory_lock(%s)", [_MAKING_TEMPLATE])
        try:
            if self._exists(template):
                return
            draft = f"{template}_draft"
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", draft)
            self._execute("CREATE DATABASE {} TEMPLATE template0", draft)
            self._making[template](with_database(self._url, draft))
            self._until_left(draft)
            self._execute("ALTER DATABASE {} RENAME TO {}", draft, template)
            self._execute("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false", template)
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

    def _exists(self, template: str) -> bool:
        found = self._connection.execute("SELECT FROM pg_database WHERE datname = %s", [template])
        return found.rowcount > 0

    def _execute(self, statement: str, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _migrate_with_views(url: str) -> None:
    migrate(url)
    with open_pool(url, 1) as pool:
        rows, lanes = PostgresRowStore(pool), PostgresStore(pool).lanes()
        for projection in PROJECTIONS:
            rows.prepare(projection, lanes)


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
