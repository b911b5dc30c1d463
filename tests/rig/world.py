"""One round of a scenario: a database of its own, a seed, what happened, and what is wrong."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.postgres.pool import open_pool
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from adapters.postgres.verify import verify_log
from commands.ports import EventStore
from domain.position import Position
from projections.ports import Projection
from projections.run import Runner
from projections.verify import verify
from tests.contracts.model import Store
from tests.rig.checker import Finding, Logged, compare, judge
from tests.rig.history import Event, History, Journal, event, read
from tests.rig.in_loop import in_loop
from tests.rig.ledger import LEDGER, Folded, fold
from tests.rig.recording import Recording
from tests.rig.server import RigServer
from tests.rig.tail import Tail

PROJECTED = "a projection equals a fold from zero"
VERIFIED = "chronodesk check finds nothing"
ENDS = "everybody who waits comes to an end"

_PAGE = 5_000


@dataclass(frozen=True)
class Plant:
    """A fault to be planted, from outside: in the database, around stores, in worker processes."""

    statements: Callable[[Connection[Any]], None] = lambda _: None
    """Done to the database before anything else."""
    store: Callable[[EventStore], EventStore] = lambda store: store
    """Wraps every store that writes."""
    worker: str = ""
    """Which of worker_faults.py worker processes have."""
    patch: Callable[[], AbstractContextManager[Any]] = nullcontext
    """In force in this process during the round."""


SOUND = Plant()


@dataclass
class World:
    """What a scenario works with. `effort` 1 is the short form; larger is longer."""

    url: str
    server: RigServer
    folder: Path
    seed: int
    lanes: int
    effort: int = 1
    plant: Plant = SOUND
    operations: int = 0
    """Requests to the log, and other steps worth counting."""
    found: list[Finding] = field(default_factory=list)
    """What a scenario itself found."""
    _tails: list[Tail] = field(default_factory=list)
    _seen: list[Sequence[Event]] = field(default_factory=list)
    _journals: "count[int]" = field(default_factory=count)
    _opened: ExitStack = field(default_factory=ExitStack)

    @property
    def random(self) -> Random:
        """A new one with this round's seed. Threads get one each: see `random_of`."""
        return Random(self.seed)

    def random_of(self, who: object) -> Random:
        return Random(f"{self.seed}/{who}")

    def pool(self, size: int = 4, url: str | None = None) -> ConnectionPool[Connection[Any]]:
        """Connections that the round closes."""
        return self._opened.enter_context(open_pool(url or self.url, size))

    def connection(self) -> Connection[Any]:
        """A connection that the round closes, in autocommit mode."""
        return self._opened.enter_context(psycopg.connect(self.url, autocommit=True))

    def journal_file(self) -> Path:
        """Where the next process writes its part of the history."""
        return self.folder / f"{next(self._journals)}.journal"

    def journal(self) -> Journal:
        made = Journal(self.journal_file())
        self._opened.callback(made.close)
        return made

    def recording(self, size: int = 4, url: str | None = None) -> EventStore:
        """A store of its own, such as a process has, whose history is kept."""
        return self.plant.store(Recording(PostgresStore(self.pool(size, url)), self.journal()))

    def recording_in_loop(self, url: str | None = None) -> EventStore:
        """The same for the store that lives in an event loop, as that of the HTTP routes does."""
        store = PostgresStore(self.pool(2, url))
        looped = self._opened.enter_context(in_loop(store, url or self.url))
        return self.plant.store(Recording(looped, self.journal()))

    def tail(self, wait: float = 0.02) -> Tail:
        """A reader at the end of the log; judged with the rest."""
        made = Tail(PostgresStore(self.pool(1)), wait)
        self._tails.append(made)
        return made

    def saw(self, events: Sequence[Event]) -> None:
        """Somebody who follows the log has got these, in this order; judged with the rest."""
        self._seen.append(events)

    def find(self, rule: str, detail: object) -> None:
        self.found.append(Finding(rule, str(detail)))

    def history(self) -> History:
        return read(sorted(self.folder.glob("*.journal")))

    def judge(self) -> list[Finding]:
        """All that is wrong with this round; empty when nothing is."""
        seen = [*self._seen, *(tail.finish() for tail in self._tails)]
        for tail in self._tails:
            if tail.error is not None:
                self.find(ENDS, f"the reader: {tail.error!r}")
        logged = log(PostgresStore(self.pool(2)))
        return [
            *self.found,
            *judge(self.history(), logged, seen),
            *(Finding(VERIFIED, str(fault)) for fault in verify_log(self.url)),
            *self._projected(logged),
        ]

    def catch_up(self, *projections: Projection) -> None:
        """Bring projections to the end of the log."""
        pool = self.pool(4)
        runner = Runner(PostgresStore(pool), PostgresRowStore(pool), projections or (LEDGER,))
        while runner.step():
            pass

    def _projected(self, logged: Logged) -> Iterator[Finding]:
        """The ledger beside a fold in Python, if this round has made it."""
        pool = self.pool(2)
        rows = PostgresRowStore(pool)
        reached = rows.positions(LEDGER.name)
        if reached is None:
            return
        if reached != Position.of(logged.heads):
            yield Finding(PROJECTED, f"the ledger is at {reached}, the log at {logged.heads}")
        for parked in rows.parked(LEDGER.name):
            yield Finding(PROJECTED, f"parked: {parked}")
        found, right = shown(pool), fold(logged.events)
        yield from compare(PROJECTED, found.chains, right.chains)
        yield from compare(PROJECTED, found.sums, right.sums)

    def verify(self, projection: Projection) -> None:
        """Build a projection again from zero, and compare."""
        pool = self.pool(4)
        result = verify(projection, PostgresStore(pool), PostgresRowStore(pool))
        if result is None or not result.sound:
            self.find(PROJECTED, f"{projection.name}: {result}")


def log(store: Store) -> Logged:
    """The whole log, by lanes and by streams."""
    lanes = {lane: list(_lane(store, lane)) for lane in store.lanes()}
    names = {(e.workspace, e.stream) for events in lanes.values() for e in events}
    return Logged(
        lanes=lanes,
        heads=dict(store.head().lanes),
        streams={
            (workspace, stream): [
                event(recorded)
                for recorded in store.load(workspace, stream)  # type: ignore[arg-type]
            ]
            for workspace, stream in names
        },
    )


def _lane(store: Store, lane: int) -> Iterator[Event]:
    after = 0
    while page := store.page(lane, after, _PAGE):
        yield from map(event, page)
        after = page[-1].position


def shown(pool: ConnectionPool[Connection[Any]]) -> Folded:
    """The ledger's rows as readers see them. Counters of zero are as good as none."""
    with pool.connection() as connection:
        chains = connection.execute(
            "SELECT workspace, stream, events, checksum FROM read.rig_chain"
        ).fetchall()
        sums = connection.execute(
            "SELECT workspace, kind, events FROM read.rig_sum WHERE events <> 0"
        ).fetchall()
    return Folded(
        chains={(w, s): (events, checksum) for w, s, events, checksum in chains},
        sums={(w, k): events for w, k, events in sums},
    )


@dataclass(frozen=True)
class Scenario:
    """A way to provoke a loss. `run` acts; the world judges. Some want a Kafka, that is, a Java."""

    name: str
    run: Callable[[World], None]
    lanes: tuple[int, ...] = (1, 3)
    wants_kafka: bool = False


@contextmanager
def world(
    server: RigServer, scenario: Scenario, seed: int, effort: int = 1, plant: Plant = SOUND
) -> Iterator[World]:
    """A fresh round of a scenario."""
    lanes = Random(seed).choice(scenario.lanes)
    with (
        server.database() as url,
        TemporaryDirectory(prefix="rig-") as folder,
        plant.patch(),
        ExitStack() as opened,
    ):
        migrate(url, lanes)
        with psycopg.connect(url, autocommit=True) as owner:
            plant.statements(owner)
        yield World(
            url=url,
            server=server,
            folder=Path(folder),
            seed=seed,
            lanes=lanes,
            effort=effort,
            plant=plant,
            _opened=opened,
        )


def play(
    server: RigServer, scenario: Scenario, seed: int, effort: int = 1, plant: Plant = SOUND
) -> tuple[list[Finding], int]:
    """One round: its findings and its operations."""
    with world(server, scenario, seed, effort, plant) as made:
        scenario.run(made)
        return made.judge(), made.operations
