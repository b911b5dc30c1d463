"""Further processes of one Chronodesk.

A worker beside the API, so that views cost requests nothing; a worker beside another one, or an API
beside another one, for more cores.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

log = structlog.get_logger("serve")

AGAIN = 1.0
"""Seconds until a process that ended by itself is started again."""

PROGRAM = (sys.executable, "-P", "-c", "from api.cli import main; main()")
"""`chronodesk`, whatever lies in the folder it is started in: an `api.py` there is somebody else's.
"""

VIEWS_ONLY = ("--views-only", "--processes", "1")
"""Options of a worker beside another one, which takes care of the rest."""


@contextmanager
def kept_beside(database_url: str, command: str, *options: str) -> Iterator[None]:
    """Keep `chronodesk COMMAND --until-eof` running on that database while the block lasts.

    It ends with this process, however that ends: its standard input is a pipe that only this
    process holds open.
    """
    stop = Event()
    program = (*PROGRAM, command, "--until-eof", *options)
    keeper = Thread(target=_keep, args=(database_url, program, stop), name=f"{command} keeper")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def end_with_input(end: Callable[[], object]) -> None:
    """Call `end` when standard input does: the other side of `kept_beside`."""

    def wait() -> None:
        sys.stdin.buffer.read()
        end()

    Thread(target=wait, name="until end of input", daemon=True).start()


def _keep(database_url: str, program: tuple[str, ...], stop: Event) -> None:
    while not stop.is_set():
        # A session of its own: Ctrl-C is for this process, which then tells the other one.
        running = subprocess.Popen(  # noqa: S603 - our own program
            program,
            stdin=subprocess.PIPE,
            env=os.environ | {"CHRONODESK_DATABASE_URL": database_url},
            start_new_session=True,
        )
        while running.poll() is None and not stop.wait(AGAIN):
            pass
        if stop.is_set():
            running.communicate()  # closes its input, and waits for its end
        else:
            log.warning("a process ended by itself, another is started", code=running.returncode)
            stop.wait(AGAIN)
