"""Transactions that are held open at named points and moved on step by step, by one hand.

A step ends when the server has answered, or when it is seen to wait for a lock. So the order of
everything is decided by who calls, and a seed replays it.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Any

from psycopg import Connection

from adapters.postgres.log import Log
from adapters.postgres.store import PostgresStore
from commands.ports import Append
from tests.rig.history import Journal, Outcome
from tests.rig.recording import note

_SETTLED = 60.0
"""Seconds in which a step must have ended or be waiting for a lock."""

_LOOK = 0.0005


class Point(Enum):
    """Where a transaction is held."""

    IDLE = "no transaction"
    BEFORE_LOCK = "before the lock"
    WAITING = "waiting for the lock"
    BEFORE_COMMIT = "before the commit"


class Actor:
    """A connection that appends in the open: begin, append, and commit are steps of their own."""

    def __init__(
        self, connection: Connection[Any], watch: Connection[Any], store: PostgresStore, log: Log
    ) -> None:
        """`watch` is a connection to see from whether this one waits; `store` reads answers."""
        self.point = Point.IDLE
        self.lanes: frozenset[int] = frozenset()
        """Those that the open transaction has appended to."""
        self._connection = connection
        self._pid = connection.info.backend_pid
        self._watch = watch
        self._store = store
        self._log = log
        self._thread = ThreadPoolExecutor(1)
        self._working: Future[Any] | None = None
        self._request: Append | None = None
        self._number = ""

    def begin(self, *, early_id: bool) -> None:
        """Open a transaction; with `early_id`, take its id before anything else happens."""
        self._connection.execute("BEGIN")
        if early_id:
            self._connection.execute("SELECT pg_current_xact_id()")
        self.point = Point.BEFORE_LOCK

    def append(self, request: Append, journal: Journal) -> None:
        """Call the log; it may have to wait."""
        batch = self._store.batch(request)
        self._request, self._number = request, journal.ask(request)
        self.lanes = frozenset(write.lane for write in batch.writes)
        self._working = self._thread.submit(
            lambda: self._log.append_on(self._connection, [batch])[0]
        )
        self.point = Point.WAITING
        self.settle()

    def settle(self) -> None:
        """See whether a waiting step has ended; wait until it has, or waits for a lock."""
        if self._working is None or self.point is not Point.WAITING:
            return
        deadline = time.monotonic() + _SETTLED
        while not self._working.done() and not self._waits():
            if time.monotonic() > deadline:
                raise TimeoutError("A step neither ends nor waits for a lock.")
            time.sleep(_LOOK)
        if self._working.done():
            self.point = Point.BEFORE_COMMIT

    def end(self, journal: Journal, *, commit: bool) -> None:
        """Commit or roll back, and note what whoever asked is told."""
        assert self._working is not None
        assert self._request is not None
        error = self._working.exception()
        self._connection.execute("COMMIT" if commit and error is None else "ROLLBACK")
        if isinstance(error, Exception):
            note(journal, self._number, error)
        elif not commit:
            journal.hear(self._number, Outcome.FENCED, reason="rolled back")
        else:
            batch = self._store.batch(self._request)
            outcome = self._store.answer(self._request, batch, self._working.result())
            note(journal, self._number, outcome)
        self.point, self.lanes, self._working = Point.IDLE, frozenset(), None

    def close(self) -> None:
        self._thread.shutdown()

    def _waits(self) -> bool:
        # The lock manager knows at once; what pg_stat_activity shows is a moment behind.
        found = self._watch.execute(
            "SELECT cardinality(pg_blocking_pids(%s)) > 0", [self._pid]
        ).fetchone()
        return found == (True,)
