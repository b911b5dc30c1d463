"""`kill -9` of the server and of processes that append, while everybody is at work."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.rig.processes import Child, children
from tests.rig.traffic import Client, crowd
from tests.rig.world import Scenario, World


def server(world: World) -> None:
    """The whole server, or one of its processes, which takes the others down with it."""
    random = world.random
    tail = world.tail()
    tail.start()
    stores = [world.recording(4) for _ in range(2)]
    clients = [Client(stores[n % 2], world.random_of(n), pace=0.005) for n in range(8)]
    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(crowd, clients, 40 * world.effort)
        for _ in range(1 + world.effort):
            time.sleep(random.uniform(0.05, 0.3))
            if random.random() < 0.5:
                world.server.kill()
            else:
                world.server.kill_a_process(world.url, random)
        world.operations += working.result()
    world.catch_up()


def appending_processes(world: World) -> None:
    """Processes that append come and go, each in the middle of something."""
    random = world.random
    tail = world.tail()
    tail.start()

    def appending(n: int) -> Child:
        return Child("append", world.url, world.journal_file(), f"{world.seed}/{n}", 10_000)

    with children(appending(0), appending(1)) as alive:
        for n in range(2, 3 + world.effort):
            before = _lines(world)
            while _lines(world) < before + 60 + random.randrange(100):
                time.sleep(0.01)
            alive.pop(0).kill()
            alive.append(appending(n))
        while _lines(world) < before + 200:
            time.sleep(0.01)
    world.operations += _lines(world) // 2
    world.catch_up()


def _lines(world: World) -> int:
    """How much has been written into all journals."""
    return sum(file.read_bytes().count(b"\n") for file in world.folder.glob("*.journal"))


SCENARIOS = (
    Scenario("kill -9 of the server", server),
    Scenario("kill -9 of appending processes", appending_processes),
)
