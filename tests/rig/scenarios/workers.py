"""Workers that are killed or frozen in the middle of their work, and others that take over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from threading import Event, Thread

from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.store import PostgresStore
from projections.run import Runner
from tests.rig.child import PAGE
from tests.rig.ledger import LEDGER
from tests.rig.processes import Child, children, soon
from tests.rig.traffic import Client
from tests.rig.world import Scenario, World

POINTS = ("before the batch", "in the batch", "after the batch")
TAKEN_OVER = "what a lost worker leaves is taken over within seconds"

SECONDS = 90.0
"""Generous: a lease lasts a few seconds, and the machine may be busy."""


def killed(world: World, points: Sequence[str] = ()) -> None:
    """One worker after the other, each killed at a point of its n-th batch."""
    world.catch_up()
    client = Client(world.recording(), world.random)
    for n, point in enumerate(points or _points(world.random, world.effort)):
        world.operations += client.run(40)
        with Child("work", world.url, point, world.plant.worker) as worker:
            worker.until_held()
            for _ in range(world.random_of(n).randrange(2)):
                worker.go_on(once=True)
                worker.until_held()
    with Child("work", world.url, "", world.plant.worker):
        _taken_over(world, "after all others were killed")


def frozen(world: World) -> None:
    """A worker is frozen, another takes over, and the first one comes back as if nothing were."""
    world.catch_up()
    client = Client(world.recording(), world.random)
    for point in _points(world.random, world.effort):
        world.operations += client.run(40)
        with children() as alive:
            zombie = Child("work", world.url, point, world.plant.worker)
            alive.append(zombie)
            zombie.until_held()
            zombie.freeze()
            alive.append(Child("work", world.url, "", world.plant.worker))
            world.operations += client.run(20)
            _taken_over(world, f"after one was frozen {point}")
            zombie.thaw()
            zombie.go_on()
            world.operations += client.run(20)
            _taken_over(world, f"after it came back {point}")


def taking_turns(world: World) -> None:
    """Workers without leases take batches of the same work from each other, in any order."""
    random = world.random
    client = Client(world.recording(), random)
    runners = [_runner(world, page=3) for _ in range(3)]
    for _ in range(30 * world.effort):
        world.operations += client.run(1)
        random.choice(runners).step()
    world.catch_up()


def lost_batches(world: World) -> None:
    """The server dies with batches that were committed and not yet written; memories outlive it."""
    random = world.random
    world.catch_up()
    client = Client(world.recording(), random)
    with _running(world), _running(world):
        for _ in range(1 + world.effort):
            world.operations += client.run(40)
            world.server.kill()
            world.operations += client.run(20)
        _taken_over(world, "after the server was killed")


@contextmanager
def _running(world: World) -> Iterator[None]:
    """A worker in a thread, with a pool and leases of its own."""
    stop = Event()
    runner = _runner(world, PAGE, leases=PostgresLeases(world.pool(2)))
    thread = Thread(target=runner.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _runner(world: World, page: int, leases: PostgresLeases | None = None) -> Runner:
    pool = world.pool(2)
    return Runner(PostgresStore(pool), PostgresRowStore(pool), [LEDGER], leases=leases, page=page)


def _points(random: Random, effort: int) -> list[str]:
    return random.sample(POINTS, min(effort, len(POINTS)))


def _taken_over(world: World, when: str) -> None:
    """The ledger gets to where the log ends by now."""
    pool = world.pool(2)
    rows, goal = PostgresRowStore(pool), PostgresStore(pool).head()

    def there() -> bool:
        reached = rows.positions(LEDGER.name)
        return reached is not None and goal.covered_by(reached)

    if not soon(there, SECONDS):
        world.find(TAKEN_OVER, f"{when}: {rows.positions(LEDGER.name)} of {goal}")


SCENARIOS = (
    Scenario("workers take turns", taking_turns),
    Scenario("kill -9 of a worker in a batch", killed),
    Scenario("a frozen worker comes back", frozen),
    Scenario("kill -9 of the server beside workers", lost_batches),
)
