"""Many writers at once, with a reader at the end of the log beside them."""

from tests.rig.proxy import proxy
from tests.rig.traffic import Client, crowd
from tests.rig.world import Scenario, World

WRITERS = 16


def sixteen_writers(world: World) -> None:
    """Four processes of four clients: stores with nothing in common, one in an event loop."""
    tail = world.tail()
    tail.start()
    stores = [*(world.recording(4) for _ in range(3)), world.recording_in_loop()]
    clients = [Client(stores[n % 4], world.random_of(n)) for n in range(WRITERS)]
    world.operations += crowd(clients, 12 * world.effort)
    world.catch_up()


def lost_wires(world: World) -> None:
    """Requests and answers get lost, and connections are cut, while everybody goes on."""
    random = world.random
    tail = world.tail()
    tail.start()
    with proxy(world.url) as wire:
        url = wire.url(world.url)
        stores = [world.recording(3, url), world.recording(3, url), world.recording_in_loop(url)]
        clients = [Client(stores[n % 3], world.random_of(n)) for n in range(9)]
        for _ in range(4 * world.effort):
            match random.randrange(3):
                case 0:
                    wire.lose_answer(random.randrange(20))
                case 1:
                    wire.lose_request(random.randrange(20))
                case _:
                    wire.cut()
            world.operations += crowd(clients, 3)
    world.catch_up()


SCENARIOS = (
    Scenario("sixteen writers and a reader", sixteen_writers),
    Scenario("lost requests, lost answers", lost_wires),
)
