"""Starts an embedded server again when it is gone: nobody else would."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.postmaster import postmaster
from adapters.postgres.programs import EmbeddedPostgresError

EVERY = 1.0
"""Seconds between looks. Until then callers hear that the database is away, and try again."""

_log = logging.getLogger(__name__)


@contextmanager
def kept_running(server: EmbeddedPostgres, every: float = EVERY) -> Iterator[EmbeddedPostgres]:
    """Watch a started server while the block runs; only if this process is the one that owns it.

    PostgreSQL recovers by itself what was committed. The URL stays the same, so that pools
    connect again by themselves.
    """
    if not server.owned:
        yield server
        return
    stop = Event()
    watcher = Thread(target=_watch, args=(server, stop, every), name="keeper", daemon=True)
    watcher.start()
    try:
        yield server
    finally:
        stop.set()
        watcher.join()


def _watch(server: EmbeddedPostgres, stop: Event, every: float) -> None:
    while not stop.wait(every):
        running = postmaster(server.folder)
        if running is not None and running.answers:
            continue
        _log.warning("PostgreSQL on %s is gone; starting it again", server.folder)
        try:
            server.start()
        except EmbeddedPostgresError as error:
            _log.warning("PostgreSQL did not start, it will be tried again: %s", error)
