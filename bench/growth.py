"""A simulation of appends on machines that are not here: lanes, processes, cores, one disk.

Its parts are those of the store: clients that ask again when they are answered, a group commit per
process and lane (adapters/postgres/group_commit.py, with its limits), the lock on a lane from the
begin of a call to its commit, cores that everybody waits for, and a log on disk whose flushes are
shared by all who wait for one. What each part costs is measured (benchmarks/lanes.py).
"""

from collections.abc import Generator
from dataclasses import dataclass
from random import Random
from typing import Any

import simpy

from adapters.postgres.group_commit import CALLS, FULL

_SETTLED = 0.2
"""Part of the simulated time that is not counted: the beginning is not like the rest."""

Steps = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Costs:
    """Seconds: of a core in the API process and in the database, for a call and for each append in
    it; and the wait for one flush of the log with all that is between the two processes."""

    python_call: float
    python_append: float
    database_call: float
    database_append: float
    flush: float


@dataclass(frozen=True)
class Layout:
    """`shared`: API processes and the database have the database's cores, and no others.

    Otherwise each API process has a core of its own.
    """

    lanes: int
    processes: int
    clients: int
    cores: int
    shared: bool = False


def throughput(costs: Costs, layout: Layout, *, seconds: float = 3.0, seed: int = 1) -> float:
    """Appends per second, each of one event to a random lane."""
    environment = simpy.Environment()
    database = _Database(environment, costs, layout)
    processes = [_Process(environment, costs, layout, database) for _ in range(layout.processes)]
    random = Random(seed)
    for n in range(layout.clients):
        environment.process(processes[n % layout.processes].client(Random(random.random())))
    environment.run(until=seconds * _SETTLED)
    before = database.written
    environment.run(until=seconds)
    return (database.written - before) / (seconds * (1 - _SETTLED))


class _Database:
    def __init__(self, environment: simpy.Environment, costs: Costs, layout: Layout) -> None:
        self.cores = simpy.Resource(environment, layout.cores)
        self.written = 0
        self._environment = environment
        self._costs = costs
        self._lanes = [simpy.Resource(environment, 1) for _ in range(layout.lanes)]
        self._disk = simpy.Resource(environment, 1)
        self._next_flush: simpy.Event | None = None

    def append(self, lane: int, count: int) -> Steps:
        """One call: lock the lane, write, flush, answer."""
        with self._lanes[lane].request() as lock:
            yield lock
            with self.cores.request() as core:
                yield core
                work = self._costs.database_call + count * self._costs.database_append
                yield self._environment.timeout(work)
            yield self._flushed()
        self.written += count

    def _flushed(self) -> simpy.Event:
        """The end of the next flush to begin: nobody knows what one under way takes along."""
        if self._next_flush is None:
            self._next_flush = self._environment.event()
            self._environment.process(self._flush(self._next_flush))
        return self._next_flush

    def _flush(self, done: simpy.Event) -> Steps:
        with self._disk.request() as disk:
            yield disk
            self._next_flush = None
            yield self._environment.timeout(self._costs.flush)
        done.succeed()


class _Process:
    """An API process: one thread of Python, and a group commit for each lane."""

    def __init__(
        self, environment: simpy.Environment, costs: Costs, layout: Layout, database: _Database
    ) -> None:
        self._environment = environment
        self._costs = costs
        self._database = database
        self._loop = simpy.Resource(environment, 1)
        self._cores = database.cores if layout.shared else simpy.Resource(environment, 1)
        self._waiting: list[list[simpy.Event]] = [[] for _ in range(layout.lanes)]
        self._under_way = [0] * layout.lanes

    def client(self, random: Random) -> Steps:
        while True:
            yield from self._think(self._costs.python_append)
            lane = random.randrange(len(self._waiting))
            answered = self._environment.event()
            self._waiting[lane].append(answered)
            if self._may_leave(lane, self._under_way[lane]):
                self._under_way[lane] += 1
                self._environment.process(self._send(lane))
            yield answered

    def _may_leave(self, lane: int, under_way: int) -> bool:
        """See AsyncGroupCommit."""
        if under_way == 0:
            return bool(self._waiting[lane])
        return under_way < CALLS and len(self._waiting[lane]) >= FULL

    def _send(self, lane: int) -> Steps:
        while self._may_leave(lane, self._under_way[lane] - 1):
            waiting = self._waiting[lane]
            group, self._waiting[lane] = waiting[:FULL], waiting[FULL:]
            yield from self._think(self._costs.python_call)
            yield from self._database.append(lane, len(group))
            for answered in group:
                answered.succeed()
        self._under_way[lane] -= 1

    def _think(self, seconds: float) -> Steps:
        """Python's part: one thing at a time in a process, and only on a core."""
        with self._loop.request() as turn:
            yield turn
            with self._cores.request() as core:
                yield core
                yield self._environment.timeout(seconds)
