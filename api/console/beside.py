"""Workers in processes of their own.

Beside the API, so that views cost requests nothing; beside another worker, for more cores.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

log = structlog.get_logger("serve")

AGAIN = 1.0
"""Seconds until a worker that ended by itself is started again."""

_WORKER = (sys.executable, "-c", "from api.cli import main; main()", "worker", "--until-eof")
VIEWS_ONLY = ("--views-only", "--processes", "1")
"""Options of a worker beside another one, which takes care of the rest."""


@contextmanager
def worker_beside(database_url: str, *options: str) -> Iterator[None]:
    """Keep a `chronodesk worker` running on that database for as long as the block lasts.

    It ends with this process, however that ends: its standard input is a pipe that only this
    process holds open.
    """
    stop = Event()
    keeper = Thread(target=_keep, args=(database_url, options, stop), name="worker keeper")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(database_url: str, options: tuple[str, ...], stop: Event) -> None:
    while not stop.is_set():
        # A session of its own: Ctrl-C is for this process, which then tells the worker.
        worker = subprocess.Popen(  # noqa: S603 - our own program
            (*_WORKER, *options),
            stdin=subprocess.PIPE,
            env=os.environ | {"CHRONODESK_DATABASE_URL": database_url},
            start_new_session=True,
        )
        while worker.poll() is None and not stop.wait(AGAIN):
            pass
        if stop.is_set():
            worker.communicate()  # closes its input, and waits for its end
        else:
            log.warning(
                "the worker ended by itself, another one is started", code=worker.returncode
            )
            stop.wait(AGAIN)
