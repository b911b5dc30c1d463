"""Whole histories come in beside writers, from a process that is killed and begins again."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from tests.rig.processes import Child
from tests.rig.traffic import Client
from tests.rig.world import Scenario, World


def brought_again(world: World) -> None:
    """It is killed in whatever it does; the last one comes to the end of the same histories."""
    random = world.random
    tail = world.tail()
    tail.start()
    stores = [world.recording(4), world.recording_in_loop()]
    clients = [Client(stores[n % 2], world.random_of(n), pace=0.01) for n in range(6)]

    def bringing() -> Child:
        return Child("bring", world.url, world.journal_file(), world.seed, 60 * world.effort)

    ended = Event()
    with ThreadPoolExecutor(len(clients)) as threads:
        working = [
            threads.submit(client.run, 1_000 * world.effort, lambda: not ended.is_set())
            for client in clients
        ]
        try:
            for _ in range(1 + world.effort):
                with bringing() as child:
                    child.until_held()
                    child.go_on()
                    time.sleep(random.uniform(0.0, 0.3))
            with bringing() as child:
                child.until_held()
                child.go_on()
                world.operations += int(child.until_done())
        finally:
            ended.set()
        world.operations += sum(client.result() for client in working)
    world.catch_up()


SCENARIOS = (Scenario("histories come in, kill -9 of who brings them", brought_again),)
