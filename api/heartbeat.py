"""A file that a worker touches while all goes well: by it those who run it see that it lives."""

import time
from collections.abc import Callable
from pathlib import Path

from projections.progress import nobody

EVERY = 1.0
"""Seconds between touches, at least."""


def heartbeat(file: Path | None) -> Callable[[], None]:
    """To be called after each round of work; without a file it does nothing.

    One that is left from before is removed. Raises OSError where there can be no such file.
    """
    if file is None:
        return nobody
    file.unlink(missing_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    again = 0.0

    def beat() -> None:
        nonlocal again
        if time.monotonic() >= again:
            again = time.monotonic() + EVERY
            file.touch()

    return beat
