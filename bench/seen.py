"""How long single events take to a reader in another process."""

import time
from collections.abc import Callable
from random import Random

from bench.load import Load
from bench.processes import ended, python

PAUSE = 0.02
"""Seconds between two events, in the mean: the reader has gone to sleep when one comes."""


def seen(
    kind: str, address: str, append: Callable[[], int], seconds: float, *, pause: float = PAUSE
) -> Load:
    """The delays of single appends over so many seconds, at random moments.

    `kind` and `address` are what bench.tail is told; `append` gives a position; `pause` is in
    seconds between two events, in the mean: an append that takes longer delays those that follow.
    """
    rng = Random(1)
    reader = python("bench.tail", kind, address)
    with ended(reader):
        assert reader.stdin and reader.stdout  # noqa: S101, PT018 - pipes, as they were asked for
        if reader.stdout.readline() != "ready\n":
            raise RuntimeError("The reader did not start.")
        asked: dict[int, int] = {}
        due = time.monotonic()
        end = due + seconds
        while (due := due + rng.uniform(0, 2 * pause)) < end:
            time.sleep(max(0, due - time.monotonic()))
            begun = time.monotonic_ns()
            asked[append()] = begun
        delays = []
        while asked:
            position, instant = map(int, reader.stdout.readline().split())
            delays.append((instant - asked.pop(position)) / 1e9)
    return Load.of(delays, seconds)
