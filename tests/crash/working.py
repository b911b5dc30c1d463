"""A worker that says when it is in a batch: python -m tests.crash.working URL PAUSE."""

import logging
import sys
import time
from dataclasses import replace
from threading import Event
from typing import Any

from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.store import PostgresStore
from domain.recorded import Recorded
from projections import history, queue
from projections.ports import Projection, Rows
from projections.run import Runner

PAGE = 10
PROJECTIONS = (queue.PROJECTION, history.PROJECTION)


def slow(projection: Projection, pause: float) -> Projection:
    """The same, but in the middle of each full page it says so and lets `pause` seconds pass."""

    def apply(recorded: Recorded[Any], rows: Rows) -> None:
        projection.apply(recorded, rows)
        if pause and recorded.position % PAGE == PAGE // 2:
            sys.stdout.write(f"{projection.name} {recorded.position}\n")
            sys.stdout.flush()
            time.sleep(pause)

    return replace(projection, apply=apply)


def main(url: str, pause: float) -> None:
    """Work until killed."""
    logging.basicConfig(level=logging.INFO)
    with open_pool(url, 4) as pool:
        Runner(
            PostgresStore(pool),
            PostgresRowStore(pool),
            [slow(projection, pause) for projection in PROJECTIONS],
            leases=PostgresLeases(pool),
            page=PAGE,
        ).run(Event())


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
