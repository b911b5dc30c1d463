"""The rig's own processes, made to be killed: `python -m tests.rig.child KIND URL ...`.

    append URL JOURNAL SEED COMMANDS     clients that append
    bring URL JOURNAL SEED STREAMS       whole histories of so many streams, the same for a seed
    work URL [POINT [FAULT]]             a worker that keeps the ledger up to date
    rebuild URL [POINT]                  a rebuild of the ledger

One that brings histories stops before the first, and with a POINT the others stop there: it says
so on its output, and goes on when it is told to by a line on its input: "once" to stop there the
next time, too, or "on". Points of a batch: "before the batch", "in the batch" (rows and position
are written, not committed), "after the batch". Points of a rebuild are its phases
(projections.rebuild.Phase), and "done": swapped, and not yet told. A FAULT is one of
worker_faults.py.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

from adapters.postgres.bulk import PostgresBulkStore
from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projection_load import PostgresLoader
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.store import PostgresStore
from projections.rebuild import Rebuilding, rebuild
from projections.run import Runner
from tests.rig.history import Journal
from tests.rig.ledger import LEDGER
from tests.rig.recording import Bringing, Recording
from tests.rig.traffic import Client, bring_all, crowd
from tests.rig.worker_faults import FAULTS

HELD = "held"
DONE = "done"
ONCE, ON = "once\n", "on\n"

PAGE = 25
"""Events per batch of a worker: small, so that there are many batches to be killed in."""


def append(url: str, journal: str, seed: str, commands: str) -> None:
    """Four clients with one store."""
    with open_pool(url, 4) as pool:
        store = Recording(PostgresStore(pool), Journal(Path(journal)))
        clients = [Client(store, Random(f"{seed}/{n}")) for n in range(4)]
        _say(f"{DONE} {crowd(clients, int(commands))}")


def bring(url: str, journal: str, seed: str, streams: str) -> None:
    """Histories in the way of an import; what came earlier is only repeated."""
    with open_pool(url, 2) as pool:
        bringing = Bringing(PostgresStore(pool), PostgresBulkStore(pool), Journal(Path(journal)))
        _hold()
        _say(f"{DONE} {bring_all(bringing, Random(seed), int(streams))}")


def work(url: str, point: str = "", fault: str = "") -> None:
    """A worker; it never ends by itself."""
    with open_pool(url, 4) as pool:
        rows: Any = _Batches(PostgresRowStore(pool), point)
        if fault:
            rows = FAULTS[fault](rows, pool)
        leases = PostgresLeases(pool)
        Runner(PostgresStore(pool), rows, [LEDGER], leases=leases, page=PAGE).run(Event())


def rebuild_ledger(url: str, point: str = "") -> None:
    """One rebuild."""

    def progress(told: Rebuilding) -> None:
        if told.phase == point:
            _hold()

    with open_pool(url, 4) as pool:
        rows, loader = PostgresRowStore(pool), PostgresLoader(url, processes=2)
        done = rebuild(LEDGER, PostgresStore(pool), rows, progress, loader=loader)
        if point == DONE:
            _hold()
        _say(f"{DONE} {done}")


_told_to_go_on = Event()


class _Batches:
    """A row store whose batches can be held."""

    def __init__(self, rows: Any, point: str) -> None:
        self._rows = rows
        self._point = point

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)

    @contextmanager
    def begin(self, *given: Any, **named: Any) -> Iterator[Any]:
        if self._point == "before the batch":
            _hold()
        with self._rows.begin(*given, **named) as batch:
            yield batch if batch is None else _HeldBatch(batch, self._point)
        if self._point == "after the batch":
            _hold()


class _HeldBatch:
    def __init__(self, batch: Any, point: str) -> None:
        self._batch = batch
        self._point = point

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def commit(self, *given: Any) -> None:
        self._batch.commit(*given)
        if self._point == "in the batch":
            _hold()


def _hold() -> None:
    if not _told_to_go_on.is_set():
        _say(HELD)
        if sys.stdin.readline() == ON:
            _told_to_go_on.set()


def _say(word: str) -> None:
    print(word, flush=True)  # noqa: T201 - the parent reads it


KINDS: dict[str, Callable[..., None]] = {
    "append": append,
    "bring": bring,
    "work": work,
    "rebuild": rebuild_ledger,
}

if __name__ == "__main__":
    KINDS[sys.argv[1]](*sys.argv[2:])
