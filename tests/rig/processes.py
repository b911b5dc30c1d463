"""Processes of the rig, seen from the one that kills them."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import IO, Self

from tests.rig.child import DONE, HELD, ON, ONCE

PATIENCE = 60.0
"""Seconds until what should happen soon is given up."""


class Child:
    """A process of `tests.rig.child`, killed at the end if it still runs."""

    def __init__(self, kind: str, *given: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.child", kind, *map(str, given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def until_held(self) -> None:
        """Wait until it has stopped at its point."""
        said = self._hear()
        assert said == HELD, f"the process said {said!r}"

    def go_on(self, *, once: bool = False) -> None:
        """Let it go on from its point; with `once`, it stops there the next time, too."""
        self._pipe(self._process.stdin).write((ONCE if once else ON).encode())
        self._pipe(self._process.stdin).flush()

    def until_done(self) -> str:
        """Wait until it has done its work; what it says of it."""
        said = self._hear()
        assert said.startswith(DONE), f"the process said {said!r}"
        self._process.wait(timeout=PATIENCE)
        return said.removeprefix(DONE).strip()

    def kill(self) -> None:
        """End it in whatever it is doing, with no chance to tidy up."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._pipe(self._process.stdin).close()
        self._pipe(self._process.stdout).close()

    def freeze(self) -> None:
        """Stop it as a machine does that is paused: it notices nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def _hear(self) -> str:
        out = self._pipe(self._process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            if not selector.select(PATIENCE):
                raise TimeoutError("The process says nothing.")
        return out.readline().decode().strip()

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe


@contextmanager
def children(*started: Child) -> Iterator[list[Child]]:
    """Processes that come and go; those that are left are killed."""
    alive = list(started)
    try:
        yield alive
    finally:
        for child in alive:
            child.kill()


def soon(check: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait until `check` holds; False when it does not within that time."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
