"""Rings in all processes when something happened in one of them. A hint, and never more than that.

PostgreSQL lets one transaction that notifies commit at a time, so an append must not notify. One
thread with one connection does it afterwards, for all appends since it last did.
"""

import contextlib
import selectors
import socket
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import Connection, sql

APPENDED = "chronodesk_appended"
"""Rings when there is more in the log."""

SEEN = "chronodesk_seen"
"""Rings when there is more to be seen in the views."""

PAUSE = 0.02
"""Seconds between two notifications: what is appended meanwhile shares the next one."""

RETRY = 1.0
"""Seconds until a lost server is tried again. Readers look for themselves meanwhile."""


class Bell:
    """Sends and hears notifications until it is closed.

    `url` must lead to the server itself or to a pool of sessions: behind a pool of transactions
    nothing is heard, and readers are as quick as they look.
    """

    def __init__(self, url: str, channel: str = APPENDED, pause: float = PAUSE) -> None:
        """Bells of one `channel` ring together, each at most once in `pause` seconds."""
        self._url = url
        self._listen = sql.SQL("LISTEN {}").format(sql.Identifier(channel))
        self._notify = sql.SQL("NOTIFY {}").format(sql.Identifier(channel))
        self._pause = pause
        self._listeners: list[Callable[[], None]] = []
        self._hand, self._ear = socket.socketpair()
        self._rung = False
        self._closed = Event()
        self._thread = Thread(target=self._serve, name="bell", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard`, from another thread, whenever it rings here or elsewhere."""
        self._listeners.append(heard)

    def ring(self) -> None:
        """Something happened here. Returns at once; raises nothing."""
        if not self._rung:
            self._rung = True
            self._pull()

    def close(self) -> None:
        """Stop; wait for the thread to end."""
        self._closed.set()
        self._pull()
        self._thread.join()
        self._hand.close()
        self._ear.close()

    def _pull(self) -> None:
        with contextlib.suppress(OSError):  # closed: nobody is left to hear it
            self._hand.send(b"!")

    def _serve(self) -> None:
        while not self._closed.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    # A notification that is lost in a crash has nobody left to wake.
                    connection.execute("SET synchronous_commit = off")
                    # What nobody handles psycopg keeps for ever, and here it says all by arriving.
                    connection.add_notify_handler(_nothing)
                    connection.execute(self._listen)
                    self._tell()  # what happened while nobody listened
                    self._forward(connection)
            except psycopg.Error:
                self._closed.wait(RETRY)

    def _forward(self, connection: Connection[Any]) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._ear, selectors.EVENT_READ)
            while not self._closed.is_set():
                ready = [key.fileobj for key, _ in selector.select()]
                if self._ear in ready:
                    self._ear.recv(4096)
                    self._rung = False  # before notifying: what comes now wants another one
                    connection.execute(self._notify)
                    self._drain(connection)
                    time.sleep(self._pause)
                else:
                    connection.pgconn.consume_input()
                    self._drain(connection)

    def _drain(self, connection: Connection[Any]) -> None:
        """Take what has arrived; executing a statement may have taken it off the wire as well."""
        while connection.pgconn.notifies():
            pass
        self._tell()

    def _tell(self) -> None:
        for heard in self._listeners:
            heard()


def _nothing(_: psycopg.Notify) -> None:
    """That a notification arrived is all that it says."""
