"""Rebuilds that are killed in each phase, under writers, with a reader who looks all the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psycopg

from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.store import PostgresStore
from projections.rebuild import Phase, back
from tests.rig.child import DONE
from tests.rig.ledger import LEDGER
from tests.rig.processes import Child
from tests.rig.traffic import Client
from tests.rig.world import Scenario, World

POINTS = (Phase.LOAD, Phase.INDEX, Phase.CATCH_UP, Phase.SWAP, DONE)
BACKWARDS = "a reader never sees less than before"
CLEAN = "a rebuild removes what a killed one left behind"


def killed(world: World) -> None:
    """A rebuild dies at each of some points; the next one succeeds, and nobody notices."""
    client = Client(world.recording(), world.random)
    world.operations += client.run(120)
    world.catch_up()
    random = world.random
    with _watched(world):
        for point in random.sample(POINTS, min(world.effort, len(POINTS))):
            with Child("rebuild", world.url, point) as doomed:
                doomed.until_held()
                world.operations += client.run(10)
        with Child("rebuild", world.url) as last:
            if last.until_done() != "True":
                world.find(CLEAN, "the rebuild after a killed one did not succeed")
        pool = world.pool(4)
        if not back(LEDGER, PostgresStore(pool), PostgresRowStore(pool)):
            world.find(CLEAN, "there is no way back")
        world.catch_up()
    _nothing_left(world)


@contextmanager
def _watched(world: World) -> Iterator[None]:
    """Somebody looks at the view again and again; what it shows must never shrink or be gone."""
    done = Event()

    def look() -> None:
        seen = 0
        with psycopg.connect(world.url, autocommit=True) as connection:
            while not done.is_set():
                try:
                    found = connection.execute(
                        "SELECT coalesce(sum(events), 0)::bigint,"
                        " (SELECT coalesce(sum(events), 0)::bigint FROM read.rig_chain)"
                        " FROM read.rig_sum"
                    ).fetchone()
                except psycopg.Error as error:
                    world.find(BACKWARDS, f"{type(error).__name__}: {error}")
                    return
                assert found is not None
                if found[0] < seen or found[0] != found[1]:
                    world.find(BACKWARDS, f"{found} after {seen}")
                seen = found[0]
                done.wait(0.005)

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _nothing_left(world: World) -> None:
    left = (
        world.connection()
        .execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^rig_ledger.*(next|check)'")
        .fetchall()
    )
    if left:
        world.find(CLEAN, left)


SCENARIOS = (Scenario("kill -9 of a rebuild in each phase", killed),)
