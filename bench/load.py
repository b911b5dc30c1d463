"""Work repeated for a while, and what came of it."""

import asyncio
import statistics
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Load:
    """How fast something went. Percentiles are None where only the total is known.

    `cpu_us`: processor time that the generator of the load spent per request, in microseconds.
    """

    count: int
    seconds: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_us: float | None = None

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    @classmethod
    def of(cls, latencies: Iterable[float], seconds: float) -> "Load":
        """From the latencies of all requests, in seconds."""
        ordered = sorted(latencies)
        if not ordered:
            raise RuntimeError("Nothing was done in the time there was.")
        return cls(
            count=len(ordered),
            seconds=seconds,
            p50_ms=percentile(ordered, 50) * 1_000,
            p99_ms=percentile(ordered, 99) * 1_000,
        )


def counted(count: int, noun: str) -> str:
    """`1 client`, `16 clients`."""
    return f"{count} {noun}{'s' * (count != 1)}"


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest of the ordered values that at least so many percent are not above."""
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)]


def median_of(loads: Sequence[Load], part: str) -> float | None:
    """The median over rounds of one part of a load."""
    found = [value for load in loads if (value := getattr(load, part)) is not None]
    return statistics.median(found) if found else None


def rounds(count: int, works: Mapping[str, Callable[[], Load]]) -> dict[str, list[Load]]:
    """Each of the works in turn, `count` times over, so that what drifts drifts for all."""
    done: dict[str, list[Load]] = {name: [] for name in works}
    for _ in range(count):
        for name, work in works.items():
            done[name].append(work())
    return done


def once(count: int, work: Work) -> Load:
    """Work that does `count` things in one go."""
    begun = time.perf_counter()
    work()
    return Load(count=count, seconds=time.perf_counter() - begun)


def by_threads(
    clients: int, seconds: float, client: Callable[[int], AbstractContextManager[Work]]
) -> Load:
    """So many threads, each repeating the work that it got from `client`, for a while."""
    ready = threading.Barrier(clients)

    def run(n: int) -> tuple[float, list[float]]:
        latencies: list[float] = []
        try:
            with client(n) as work:
                ready.wait(timeout=60)
                begun = before = time.perf_counter()
                while before < begun + seconds:
                    work()
                    after = time.perf_counter()
                    latencies.append(after - before)
                    before = after
                return before - begun, latencies
        except BaseException:
            ready.abort()
            raise

    with ThreadPoolExecutor(max_workers=clients) as pool:
        ended = [future.result() for future in [pool.submit(run, n) for n in range(clients)]]
    return Load.of((one for _, latencies in ended for one in latencies), max(s for s, _ in ended))


async def by_tasks(
    clients: int, seconds: float, client: Callable[[int], Callable[[], Awaitable[object]]]
) -> Load:
    """The same with the tasks of one event loop."""
    latencies: list[float] = []
    begun = time.perf_counter()

    async def run(n: int) -> None:
        work = client(n)
        before = time.perf_counter()
        while before < begun + seconds:
            await work()
            after = time.perf_counter()
            latencies.append(after - before)
            before = after

    async with asyncio.TaskGroup() as group:
        for n in range(clients):
            group.create_task(run(n))
    return Load.of(latencies, time.perf_counter() - begun)
