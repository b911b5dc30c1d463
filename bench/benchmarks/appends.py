"""Single-event appends by concurrent clients, beside other event stores and bare inserts.

Ours is the store below the commands, by threads and in an event loop: version check, idempotent
command id, gapless position, on disk when it returns. Each client writes to a stream of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import uvloop

from api.services import Services
from bench.context import Bench
from bench.desk import services
from bench.events import append_of, event_bytes, new_stream
from bench.figure import Aim, Figure, at_least
from bench.load import Load, Work, by_tasks, by_threads, counted, median_of, rounds
from bench.yardsticks import inserts, stock, umadb
from commands.ports import Appended

_STOCK_AIM, _PGBENCH_AIM = at_least(10), at_least(1)
_CLIENTS_OF_AIMS = 64
_BARE = 16
"""More clients than this gain bare inserts nothing: the aims name 16."""


def measure(bench: Bench) -> Iterator[Figure]:
    url = bench.url(bench.database())
    theirs = bench.url(bench.database())
    inserts.prepare(theirs)
    with ExitStack() as stack:
        opened = stack.enter_context(services(url))
        uma = stack.enter_context(umadb.server(bench.folder)) if umadb.installed() else None
        for clients in bench.scale.clients:
            yield from _at(bench, opened, theirs, uma, clients)


def _at(
    bench: Bench, opened: Services, theirs: str, uma: str | None, clients: int
) -> Iterator[Figure]:
    seconds, bare = bench.scale.seconds, min(clients, _BARE)
    program, data = inserts.pgbench(), event_bytes()
    works: dict[str, Callable[[], Load]] = {
        "threads": partial(_by_threads, opened, clients, seconds),
        "tasks": partial(_by_tasks, opened, clients, seconds),
        stock.RECORDER: partial(stock.appends, theirs, clients, seconds, data),
        inserts.PSYCOPG: partial(inserts.by_psycopg, theirs, bare, seconds, data),
    }
    if program is not None:
        works[inserts.PGBENCH] = partial(
            inserts.by_pgbench,
            program,
            theirs,
            bare,
            seconds,
            size=len(data),
            folder=bench.folder,
        )
    if uma is not None:
        works[umadb.NAME] = partial(umadb.appends, uma, clients, seconds, data)
    bench.say(f"appends by {clients} clients: {len(works)} stores, {bench.scale.rounds} rounds")
    done = rounds(bench.scale.rounds, works)
    how = {"threads": ("thread", ""), "tasks": ("task", " of one event loop")}
    for ours, words in how.items():
        for beside, loads in done.items():
            if beside in how:
                continue
            theirs_by = bare if beside in (inserts.PSYCOPG, inserts.PGBENCH) else clients
            yield Figure(
                name=f"appends.{ours}.{clients}.{_SHORT[beside]}",
                what=f"appends of one event by {counted(clients, words[0])}{words[1]}",
                unit="1/s",
                values=[load.per_second for load in done[ours]],
                yardstick=f"{beside}, {counted(theirs_by, 'client')}",
                yardsticks=[load.per_second for load in loads],
                aims=_aims(beside, clients),
                p50_ms=median_of(done[ours], "p50_ms"),
                p99_ms=median_of(done[ours], "p99_ms"),
                yardstick_p99_ms=median_of(loads, "p99_ms"),
            )


_SHORT = {
    stock.RECORDER: "stock",
    inserts.PSYCOPG: "psycopg",
    inserts.PGBENCH: "pgbench",
    umadb.NAME: "umadb",
}


def _aims(beside: str, clients: int) -> tuple[Aim, ...]:
    if clients != _CLIENTS_OF_AIMS:
        return ()
    return {stock.RECORDER: (_STOCK_AIM,), inserts.PGBENCH: (_PGBENCH_AIM,)}.get(beside, ())


def _by_threads(opened: Services, clients: int, seconds: float) -> Load:
    @contextmanager
    def client(_: int) -> Iterator[Work]:
        stream, version = new_stream(), 0

        def append() -> Appended:
            nonlocal version
            version += 1
            return opened.store.append(append_of(stream, version))

        yield append

    return by_threads(clients, seconds, client)


def _by_tasks(opened: Services, clients: int, seconds: float) -> Load:
    async def load() -> Load:
        async with opened.ports() as ports:

            def client(_: int) -> Callable[[], Awaitable[Appended]]:
                stream, version = new_stream(), 0

                async def append() -> Appended:
                    nonlocal version
                    version += 1
                    return await ports.store.append(append_of(stream, version))

                return append

            return await by_tasks(clients, seconds, client)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(load())
