"""A reader who waits, and a writer in another process who writes now and then."""

import time
from concurrent.futures import ThreadPoolExecutor

from adapters.postgres.bell import Bell
from adapters.postgres.store import PostgresStore
from commands.ports import EventStore
from domain.position import Position
from tests.contracts.requests import request, ticket, write
from tests.rig.world import ENDS, Scenario, World

LATE = 10.0
"""Seconds after which an event that nobody was told of counts as lost on the reader."""

PATIENT = 20.0
"""Seconds for which the reader waits."""


def reader(world: World) -> None:
    """Each event comes when the reader has just looked, and it waits for much longer than that."""
    random, store = world.random, world.recording(1)
    with Bell(world.url) as bell, ThreadPoolExecutor(1) as thread:
        waiting = PostgresStore(world.pool(1), bell)
        tail = world.tail()
        for n in range(4 * world.effort):
            tail.read()
            before = waiting.head()
            pause = random.uniform(0, 0.1)
            writing = thread.submit(_later, pause, store, n)
            if not waiting.wait(before, PATIENT):
                world.find(ENDS, f"event {n} was not noticed within {PATIENT} s")
            elif time.monotonic() - writing.result() > LATE:
                world.find(ENDS, f"event {n} was noticed late")
            writing.result()
            world.operations += 1
            if world.found:
                break
        beyond = Position.of(dict.fromkeys(range(world.lanes), 10**9))
        if waiting.wait(beyond, 0.2):
            world.find(ENDS, "a wait for what is not there said that it is")
    tail.start()


def _later(pause: float, store: EventStore, n: int) -> float:
    """Append after `pause` seconds; when that was, by the monotonic clock."""
    time.sleep(pause)
    store.append(request(write(ticket(n), 0, "now")))
    return time.monotonic()


SCENARIOS = (Scenario("a reader who waits", reader),)
