"""Lanes against throughput: measured here, and simulated here and on machines that are not here.

What an append costs is measured with one lane, alone and in groups. The simulation gets these costs
and has to foretell what more lanes do on this machine, before it is asked about others.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from statistics import median

import psutil
import psycopg
import uvloop

from api.services import Services
from bench.context import Bench
from bench.desk import services
from bench.events import append_of, new_stream
from bench.figure import Figure
from bench.growth import Costs, Layout, throughput
from bench.load import Load, by_tasks, counted
from commands.ports import Appended

_CLIENTS = 64
_LANES = (1, 2, 4, 8, 16)
_CORES = (2, 8, 32, 96)
_MORE_LANES = (1, 4, 16, 64, 256)
_PER_CORE = 256
"""Clients for each core of a larger machine: enough that nothing waits for them."""


@dataclass(frozen=True)
class _Cost:
    """What a load cost, per append: seconds of cores, calls to the database."""

    load: Load
    python: float
    database: float
    calls: float


def measure(bench: Bench) -> Iterator[Figure]:
    measured: dict[int, list[float]] = {lanes: [] for lanes in _LANES}
    simulated: dict[int, list[float]] = {lanes: [] for lanes in _LANES}
    costs: list[Costs] = []
    for _ in range(bench.scale.rounds):
        costs.append(_costs(bench))
        bench.say(f"lanes: {_CLIENTS} clients with {', '.join(map(str, _LANES))} lanes")
        for lanes in _LANES:
            here = Layout(
                lanes=lanes, processes=1, clients=_CLIENTS, cores=os.cpu_count() or 1, shared=True
            )
            measured[lanes].append(_measured(bench, lanes, _CLIENTS).load.per_second)
            simulated[lanes].append(throughput(costs[-1], here, seconds=bench.scale.simulated))
    for lanes in _LANES:
        yield Figure(
            name=f"lanes.here.{lanes}",
            what=f"appends simulated with {counted(lanes, 'lane')}, on these cores",
            unit="1/s",
            values=simulated[lanes],
            yardstick=f"measured, {_CLIENTS} tasks of one event loop",
            yardsticks=measured[lanes],
        )
    yield from _elsewhere(bench, _typical(costs))


def _elsewhere(bench: Bench, costs: Costs) -> Iterator[Figure]:
    """More cores for the database, a core for each of as many API processes; one disk."""
    told = {f"{name}_us": seconds * 1e6 for name, seconds in asdict(costs).items()}
    for cores in _CORES:
        bench.say(f"lanes: simulated with {cores} cores")
        rates = {
            lanes: throughput(
                costs,
                Layout(lanes=lanes, processes=cores, clients=_PER_CORE * cores, cores=cores),
                seconds=bench.scale.simulated,
            )
            for lanes in _MORE_LANES
        }
        for lanes, rate in rates.items():
            yield Figure(
                name=f"lanes.{cores}-cores.{lanes}",
                what=f"appends simulated with {counted(lanes, 'lane')} and {cores} cores",
                unit="1/s",
                values=[rate],
                yardstick="with one lane",
                yardsticks=[rates[1]],
                more=told,
            )


def _costs(bench: Bench) -> Costs:
    """From single appends and from full groups: what of the cost is a call's, what an append's."""
    bench.say("lanes: what an append costs")
    alone, crowd = _measured(bench, 1, 1), _measured(bench, 1, _CLIENTS)
    python = _split(alone.python, crowd.python, alone.calls, crowd.calls)
    database = _split(alone.database, crowd.database, alone.calls, crowd.calls)
    waited = 1 / alone.load.per_second - alone.python - alone.database
    return Costs(
        python_call=python[0],
        python_append=python[1],
        database_call=database[0],
        database_append=database[1],
        flush=max(0.0, waited),
    )


def _typical(costs: Sequence[Costs]) -> Costs:
    """The median of each part."""
    parts = [field.name for field in fields(Costs)]
    return Costs(**{name: median(getattr(one, name) for one in costs) for name in parts})


def _split(
    alone: float, crowd: float, calls_alone: float, calls_crowd: float
) -> tuple[float, float]:
    """Two equations, cost = calls * call + append; neither can be less than nothing."""
    call = max(0.0, (alone - crowd) / max(1e-9, calls_alone - calls_crowd))
    return call, max(0.0, crowd - calls_crowd * call)


def _measured(bench: Bench, lanes: int, clients: int) -> _Cost:
    database = bench.database()
    url = bench.url(database)
    with (
        services(url, lanes=lanes) as opened,
        psycopg.connect(url, autocommit=True) as asking,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        cost = runner.run(_loaded(opened, clients, bench.scale.seconds, asking))
    bench.drop(database)
    return cost


async def _loaded(
    opened: Services,
    clients: int,
    seconds: float,
    asking: "psycopg.Connection[tuple[float, ...]]",
) -> _Cost:
    """Each append begins a stream, so that lanes are hit at random."""
    server = psutil.Process(asking.info.backend_pid).parent()
    async with opened.ports() as ports:

        def client(_: int) -> Callable[[], Awaitable[Appended]]:
            return lambda: ports.store.append(append_of(new_stream(), 1))

        await by_tasks(clients, 0.1 * seconds, client)
        before, python = _processor(server), time.process_time()
        load = await by_tasks(clients, seconds, client)
        return _Cost(
            load=load,
            python=(time.process_time() - python) / load.count,
            # Looked at before the connections end: what an ended one has had is known later.
            database=(_processor(server) - before) / load.count,
            calls=_calls(asking),
        )


def _processor(server: psutil.Process | None) -> float:
    """Seconds of cores that a server and its processes have had."""
    if server is None:
        raise RuntimeError("The database's process is not to be found.")
    own = server.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for one in server.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended since, and is counted with the server
            times = one.cpu_times()
            total += times.user + times.system
    return float(total)


def _calls(connection: "psycopg.Connection[tuple[float, ...]]") -> float:
    """Calls per append: all events of a call are of one transaction."""
    found = connection.execute(
        "SELECT count(DISTINCT xmin::text)::float / count(*) FROM chronodesk.event"
    ).fetchone()
    return 0.0 if found is None else found[0]
