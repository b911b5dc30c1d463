"""`chronodesk worker`: keep the views up to date, in a process of its own."""

import signal
import sys
import threading
from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir
from api.console.terminal import say


def worker(
    data_dir: DataDir = None,
    until_eof: Annotated[
        bool, typer.Option("--until-eof", hidden=True, help="End when standard input does.")
    ] = False,
) -> None:
    """Keep the views up to date and do what comes due, until Ctrl-C.

    Start as many as you like: they share the work, and nothing is done twice.

    Example: CHRONODESK_DATABASE_URL=postgresql://... chronodesk worker
    """
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: stop.set())
    with services(data_dir) as opened:
        if until_eof:
            threading.Thread(target=_until_eof, args=(stop,), daemon=True).start()
        else:
            say("The worker follows the log. Ctrl-C ends it.")
        opened.worker.run(stop)


def _until_eof(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()
