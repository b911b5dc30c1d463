"""All views from nothing to the end of the log, beside the library's ProjectionRunner.

Ours is the worker's own step in one process. Both begin with the same log and the same empty
tables; the library's runner gets as many of the events as it can take in the time there is.
"""

import time
from collections.abc import Iterator

import psycopg

from api.services import Services
from bench.context import Bench
from bench.desk import catch_up, services, tell
from bench.figure import Figure, at_least
from bench.load import Load
from bench.yardsticks import projection
from projections import PROJECTIONS

_EVENTS = 500
"""How many events a second of the yardstick's time is good for, at most."""


def measure(bench: Bench) -> Iterator[Figure]:
    told = bench.database()
    bench.say(f"catch-up: the histories of {bench.scale.log:,} tickets")
    with services(bench.url(told)) as opened:
        tell(opened, bench.scale.log)
        head = sum(end for _, end in opened.feed.head().lanes)
    few = min(head, round(_EVENTS * bench.scale.seconds))
    values, yardsticks = [], []
    for _ in range(bench.scale.rounds):
        bench.say(f"catch-up: {head:,} events by the worker, {few:,} by ProjectionRunner")
        values.append(_ours(bench, told, head).per_second)
        yardsticks.append(_theirs(bench, told, few).per_second)
    yield Figure(
        name="catch-up",
        what="catch-up of all projections, events of the log",
        unit="1/s",
        values=values,
        yardstick=projection.NAME,
        yardsticks=yardsticks,
        aims=(at_least(20),),
        more={"events": head, "projections": len(PROJECTIONS)},
    )
    bench.drop(told)


def _ours(bench: Bench, told: str, head: int) -> Load:
    copy = bench.database(told)
    with services(bench.url(copy)) as opened:
        begun = time.perf_counter()
        catch_up(opened)
        seconds = time.perf_counter() - begun
        left = behind(opened)
    bench.drop(copy)
    if left:
        raise RuntimeError(f"{left} events were not applied.")
    return Load(count=head, seconds=seconds)


def behind(opened: Services) -> int:
    """How many events the views lack, over all projections."""
    return sum(lag.events + lag.parked for lag in opened.runner.lag())


def _theirs(bench: Bench, told: str, events: int) -> Load:
    copy = bench.database(told)
    url = bench.url(copy)
    copied = projection.copy_log(url, events)
    load = projection.run(url, copied)
    with psycopg.connect(url) as connection:
        kept = connection.execute("SELECT count(*) FROM read.ticket").fetchone()
    bench.drop(copy)
    if not kept or not kept[0]:
        raise RuntimeError("ProjectionRunner kept no rows.")
    return load
