"""What goes on by itself: views follow the log, and time turns into commands."""

from collections.abc import Callable, Sequence
from threading import Event, Thread

import structlog

from projections.progress import nobody
from projections.run import Runner

log = structlog.get_logger("worker")

EVERY = 1.0
"""Seconds between rounds of the timers: what comes due is done within about this."""

BACK_OFF = 2.0
"""Seconds after a round that failed; the usual reason is a database that restarts."""


class Worker:
    """Runs projections, timers and the watcher of clocks, each in a thread of its own.

    Several workers may run, in any number of processes: projections are fenced, and timers ask
    under command ids that say the same thing once. `start` and `stop` belong to one thread.
    """

    def __init__(
        self,
        runner: Runner,
        timers: Sequence[Callable[[], int]],
        watch: Callable[[Event], None],
    ) -> None:
        """Each of `timers` does one round of what is due, and tells how much that was.

        `watch` goes on by itself until its event is set.
        """
        self._runner = runner
        self._watch = watch
        self._timers = timers
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self, beat: Callable[[], None] = nobody) -> None:
        """Begin; returns at once. `beat` hears of each round in which views were brought up."""
        self._stop.clear()
        self._threads = [
            Thread(target=self._runner.run, args=[self._stop, beat], name="projections"),
            Thread(target=self._run_timers, name="timers"),
            Thread(target=self._watch, args=[self._stop], name="watcher"),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the batch at hand; returns when all is quiet."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def run(self, stop: Event, beat: Callable[[], None] = nobody) -> None:
        """Work until `stop` is set, for a process that does nothing else."""
        self.start(beat)
        stop.wait()
        self.stop()

    def _run_timers(self) -> None:
        pause = EVERY
        while not self._stop.wait(pause):
            try:
                for timer in self._timers:
                    timer()
                pause = EVERY
            except Exception as error:  # noqa: BLE001 - whatever it was, time goes on
                log.warning("timers failed, they will be tried again", error=str(error))
                pause = BACK_OFF
