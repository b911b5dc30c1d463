"""Messages between processes by NOTIFY: told to whoever listens now, and kept nowhere."""

import json
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import orjson
import psycopg
import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

from adapters.postgres.pool import CONNECT
from domain.ids import WorkspaceId

CHANNEL = "chronodesk_live"

RETRY = 1.0
"""Seconds until a lost server is tried again."""

_LOOK = 0.5  # seconds between looks whether to end
_PART = 7_500  # bytes: PostgreSQL takes fewer than 8,000 in a notification
_MOST_PARTS = 40

# No waiting for the disk: a message that is lost in a crash has nobody left to hear it.
_TELL = """
SELECT set_config('synchronous_commit', 'off', true), pg_notify(%s, part)
FROM (SELECT part FROM unnest(%s::text[]) WITH ORDINALITY AS given (part, n) ORDER BY n) AS parts
"""

_Heard = Callable[[WorkspaceId, str | None, str, Any], None]

log = structlog.get_logger("live")


class PostgresAnnouncements:
    """api.live.ports.Announcements. Safe to share between threads.

    `url` must lead to the server itself or to a pool of sessions: behind a pool of transactions
    nothing is heard.
    """

    def __init__(self, pool: ConnectionPool[Connection[Any]], url: str) -> None:
        self._pool = pool
        self._url = url
        self._stop = Event()
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def tell(self, workspace: WorkspaceId, person: str | None, event: str, data: Any) -> None:
        """Send to all processes: plain JSON values, records and instants.

        Raises ValueError for more than can be said.
        """
        parts = _parts([workspace, person, event, data])
        try:
            with self._pool.connection() as connection:
                connection.execute(_TELL, [CHANNEL, parts])
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            log.warning("not announced, the database is away", event_name=event, error=str(error))

    def listen(self, heard: _Heard, missed: Callable[[], None]) -> None:
        """Hear all processes, this one included."""
        if self._thread is not None:
            raise RuntimeError("Somebody listens already.")
        self._thread = Thread(
            target=self._serve, args=(heard, missed), name="announcements", daemon=True
        )
        self._thread.start()

    def _serve(self, heard: _Heard, missed: Callable[[], None]) -> None:
        lost = False
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._url, **CONNECT) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    if lost:
                        missed()
                    lost = True
                    self._hear(connection, heard)
            except psycopg.Error as error:
                log.warning("nothing is heard of other processes", error=str(error))
                self._stop.wait(RETRY)

    def _hear(self, connection: Connection[Any], heard: _Heard) -> None:
        whole = _Whole()
        while not self._stop.is_set():
            for notify in connection.notifies(timeout=_LOOK):
                message = whole.take(notify.payload)
                if message is not None:
                    workspace, person, event, data = json.loads(message)
                    heard(WorkspaceId(workspace), person, event, data)
                if self._stop.is_set():
                    return


def _parts(message: list[Any]) -> list[str]:
    """A message as notifications: `id n count text`. ASCII, so that it may be cut anywhere.

    The id also keeps PostgreSQL from taking two equal messages for one.
    """
    text = json.dumps(orjson.loads(orjson.dumps(message, option=orjson.OPT_UTC_Z)))
    cut = [text[at : at + _PART] for at in range(0, len(text), _PART)]
    if len(cut) > _MOST_PARTS:
        raise ValueError(f"an announcement has at most {_PART * _MOST_PARTS} bytes")
    ident = uuid4().hex
    return [f"{ident} {n} {len(cut)} {part}" for n, part in enumerate(cut)]


class _Whole:
    """Puts messages together again: the parts of one come in a row, sent by one transaction."""

    def __init__(self) -> None:
        self._ident = ""
        self._parts: list[str] = []

    def take(self, payload: str) -> str | None:
        """The message when this was its last part. One whose beginning was missed is left out."""
        ident, n, count, part = payload.split(" ", 3)
        if ident != self._ident:
            self._ident, self._parts = ident, []
        if int(n) == len(self._parts):
            self._parts.append(part)
        return "".join(self._parts) if len(self._parts) == int(count) else None
