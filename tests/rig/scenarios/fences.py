"""Whoever was overtaken writes nothing: owners of lanes by their epoch, workers by their lease."""

import time
from contextlib import suppress

from adapters.postgres.lanes import Lanes
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projections import PostgresRowStore
from commands.ports import LanesChanged
from projections.ports import LeaseLost
from tests.contracts.requests import request, ticket, write
from tests.rig.ledger import LEDGER
from tests.rig.traffic import Client, crowd
from tests.rig.world import Scenario, World

FENCED = "who knows only the old lanes writes nothing"
LEASED = "who has lost its lease writes nothing"
SHORT = 0.2
"""Seconds of a lease."""


def lanes_change(world: World) -> None:
    """The number of lanes changes under writers; each process is told before it writes again."""
    random = world.random
    tail = world.tail()
    tail.start()
    stores = [world.recording(4) for _ in range(3)]
    clients = [Client(stores[n % 3], world.random_of(n)) for n in range(6)]
    lanes = Lanes(world.url)
    for n in range(2 * world.effort):
        world.operations += crowd(clients, 4)
        if random.random() < 0.5:
            lanes.set(random.randrange(1, 5))
        else:
            lanes.fence()
        for place, store in enumerate(stores):
            told = False
            with suppress(LanesChanged):
                store.append(request(write(ticket(f"after {n}.{place}"), 0, "late")))
                told = True
            if told:
                world.find(FENCED, f"process {place}, change {n}")
    world.operations += crowd(clients, 4)
    world.catch_up()


def leases(world: World) -> None:
    """Two workers, one of them late: its lease ends before its batch, or in the middle of it."""
    random = world.random
    client = Client(world.recording(), random)
    world.operations += client.run(20)
    pool = world.pool(4)
    rows = PostgresRowStore(pool)
    rows.prepare(LEDGER, range(world.lanes))
    work = (LEDGER.name, LEDGER.version, 0)
    for n in range(3 * world.effort):
        late, other = PostgresLeases(pool, "late", SHORT), PostgresLeases(pool, "other", SHORT)
        held = late.share([work])[work]
        in_the_middle = random.random() < 0.5
        try:
            if not in_the_middle:
                _take_over(other, work)
            with rows.begin(LEDGER, 0, lease=held) as batch:
                assert batch is not None
                if in_the_middle:
                    _take_over(other, work)
                batch.commit([], batch.position)
            world.find(LEASED, f"round {n}, {'in' if in_the_middle else 'before'} the batch")
        except LeaseLost:
            world.operations += 1
        other.leave()
    world.catch_up()


def _take_over(other: PostgresLeases, work: tuple[str, int, int]) -> None:
    while work not in other.share([work]):
        time.sleep(SHORT / 10)


SCENARIOS = (
    Scenario("lanes change under writers", lanes_change),
    Scenario("leases that end too early", leases),
)
