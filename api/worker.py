"""What goes on by itself: views follow the log, and time turns into commands."""

import threading
from collections.abc import Callable, Sequence
from threading import Event, Thread

import structlog

from projections.run import Runner

log = structlog.get_logger("worker")

_BACK_OFF = 2.0  # seconds after a failure; the usual one is a database that restarts


class Worker:
    """Runs the projections, and each reaction every `every` seconds, in threads of its own.

    Several workers may run at once: projections are fenced, and reactions ask with command ids
    that say the same thing again. `start` and `stop` belong to one thread.
    """

    def __init__(
        self, runner: Runner, reactions: Sequence[Callable[[], int]], every: float = 1.0
    ) -> None:
        """`reactions` do what is due now, and tell how much that was."""
        self._runner = runner
        self._reactions = tuple(reactions)
        self._every = every
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin; returns at once."""
        self._stop.clear()
        self._threads = [
            Thread(target=self._runner.run, args=[self._stop], name="projections"),
            Thread(target=self._react, name="reactions"),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the batch at hand; returns when all is quiet."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, for a process that does nothing else."""
        self.start()
        stop.wait()
        self.stop()

    def _react(self) -> None:
        while not self._stop.wait(self._every):
            for reaction in self._reactions:
                try:
                    reaction()
                except Exception:  # one failure must not end what nobody else does
                    log.exception("reaction failed, it will be tried again")
                    self._stop.wait(_BACK_OFF)
