"""From the call of an append to a reader's eyes in another process, alone and beside a transaction.

Events come one by one, at random moments. Somebody else's transaction stays open in the same
database, with a transaction id of its own: what reads the log by transaction ids would wait for
its end. The delay includes the append itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.context import Bench
from bench.desk import services
from bench.events import append_of, event_bytes, new_stream
from bench.figure import Figure, at_most
from bench.load import Load
from bench.seen import seen
from bench.yardsticks import stock


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    alone = bench.scale.foreign / 2
    with services(url) as opened, stock.recorder(url, 1) as theirs:
        data = event_bytes()

        def ours() -> int:
            ((_, position),) = opened.store.append(append_of(new_stream(), 1)).position.lanes
            return position

        bench.say(f"feed: a reader in another process, {alone:g} s")
        quiet = seen("ours", url, ours, alone)
        bench.say(f"feed: the stock subscription, {alone:g} s")
        stocks = seen("stock", url, lambda: stock.insert(theirs, data), alone)
        bench.say(f"feed: beside a transaction that stays open for {bench.scale.foreign:g} s")
        with _foreign(url):
            held = seen("ours", url, ours, bench.scale.foreign)
    yield _figure(
        "feed.alone", "append until seen by a reader, p99", quiet, stock.SUBSCRIPTION, stocks
    )
    yield _figure(
        "feed.foreign-transaction",
        "append until seen by a reader while a foreign transaction stays open, p99",
        held,
        "the same without that transaction",
        quiet,
    )


def _figure(name: str, what: str, ours: Load, yardstick: str, theirs: Load) -> Figure:
    return Figure(
        name=name,
        what=what,
        unit="ms",
        values=[ours.p99_ms or 0.0],
        yardstick=yardstick,
        yardsticks=[theirs.p99_ms or 0.0],
        aims=(at_most(50, "p99_ms"),),
        p50_ms=ours.p50_ms,
        p99_ms=ours.p99_ms,
        yardstick_p99_ms=theirs.p99_ms,
        more={"events": ours.count},
    )


@contextmanager
def _foreign(url: str) -> Iterator[None]:
    """A transaction with an id, open for as long as the block."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        yield
