"""How long one append takes, beside one insert and commit: the two in turn, one by one."""

import time
from collections.abc import Callable, Iterator

from bench.context import Bench
from bench.desk import services
from bench.events import append_of, event_bytes, new_stream
from bench.figure import Figure, at_most
from bench.load import Load, median_of
from bench.yardsticks import inserts

_WARM = 50
"""Of each first, uncounted: statements get prepared, files get their first pages."""


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    inserts.prepare(url)
    stream, version = new_stream(), 0
    with services(url) as opened, inserts.inserting(url, event_bytes()) as insert:

        def append() -> None:
            nonlocal version
            version += 1
            opened.store.append(append_of(stream, version))

        for _ in range(_WARM):
            append()
            insert()
        bench.say("append latency: one of ours, one bare insert, in turn")
        ours, bare = zip(
            *(_in_turn(append, insert, bench.scale.seconds) for _ in range(bench.scale.rounds)),
            strict=True,
        )
    yield Figure(
        name="append-latency",
        what="append of one event by one client, p50",
        unit="ms",
        values=[load.p50_ms for load in ours],
        yardstick=inserts.PSYCOPG,
        yardsticks=[load.p50_ms for load in bare],
        aims=(at_most(1.2),),
        p50_ms=median_of(ours, "p50_ms"),
        p99_ms=median_of(ours, "p99_ms"),
        yardstick_p99_ms=median_of(bare, "p99_ms"),
    )


def _in_turn(
    one: Callable[[], object], other: Callable[[], object], seconds: float
) -> tuple[Load, Load]:
    """Each timed by itself. Taken in turn, both meet the same state of the disk."""
    latencies: tuple[list[float], list[float]] = ([], [])
    end = time.perf_counter() + 2 * seconds
    while not latencies[1] or time.perf_counter() < end:
        for work, held in zip((one, other), latencies, strict=True):
            begun = time.perf_counter()
            work()
            held.append(time.perf_counter() - begun)
    return Load.of(latencies[0], sum(latencies[0])), Load.of(latencies[1], sum(latencies[1]))
