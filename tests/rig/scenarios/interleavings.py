"""Transactions held open at every point, in an order that a seed decides; a reader beside them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from adapters.postgres.log import Log
from adapters.postgres.store import PostgresStore
from commands.ports import Append
from tests.contracts.requests import HERE, request, ticket, write
from tests.rig.history import Journal
from tests.rig.steps import Actor, Point
from tests.rig.world import Scenario, World

ACTORS = 4
STREAMS = 4
ALONE = "one transaction at a time writes to a lane"


def any_order(world: World) -> None:
    """Begin, append, commit, roll back: whatever can be done next may be done next."""
    tail = world.tail()
    with _actors(world) as actors:
        play = _Play(world, actors, PostgresStore(world.pool(1)), world.random, world.journal())
        for _ in range(60 * world.effort):
            play.step()
            tail.read()
        while not all(actor.point is Point.IDLE for actor in actors):
            play.step(ending=True)
            tail.read()
    tail.start()
    world.catch_up()


@contextmanager
def _actors(world: World) -> Iterator[list[Actor]]:
    pool = world.pool(2)
    store, log, watch = PostgresStore(pool), Log(pool), world.connection()
    store.lanes()  # looked up now, so that no step needs a second connection
    actors = [Actor(world.connection(), watch, store, log) for _ in range(ACTORS)]
    try:
        yield actors
    finally:
        for actor in actors:
            actor.close()


@dataclass
class _Play:
    world: World
    actors: list[Actor]
    store: PostgresStore
    random: Random
    journal: Journal
    asked: list[Append] = field(default_factory=list)

    def step(self, *, ending: bool = False) -> None:
        """Move one transaction on; with `ending`, none that is not open yet."""
        self.world.operations += 1
        able = [
            actor
            for actor in self.actors
            if actor.point is not Point.WAITING and not (ending and actor.point is Point.IDLE)
        ]
        actor = self.random.choice(able)
        match actor.point:
            case Point.IDLE:
                actor.begin(early_id=self.random.random() < 0.5)
            case Point.BEFORE_LOCK:
                actor.append(self._request(), self.journal)
            case _:
                actor.end(self.journal, commit=ending or self.random.random() < 0.85)
        self._settle()

    def _settle(self) -> None:
        """Let those go on whom the step has freed, and see that no two are in one lane."""
        for actor in self.actors:
            actor.settle()
        inside = [actor for actor in self.actors if actor.point is Point.BEFORE_COMMIT]
        for lane in range(self.world.lanes):
            if sum(lane in actor.lanes for actor in inside) > 1:
                self.world.find(ALONE, f"lane {lane}, step {self.world.operations}")

    def _request(self) -> Append:
        """Streams at the versions that they have in this moment, or an earlier request again."""
        if self.asked and self.random.random() < 0.1:
            return self.random.choice(self.asked)
        writes = []
        for n in self.random.sample(range(STREAMS), self.random.choice((1, 1, 2, 3))):
            version = len(self.store.load(HERE, ticket(n)))
            events = [f"{len(self.asked)}-{k}" for k in range(self.random.choice((0, 1, 1, 2)))]
            writes.append(write(ticket(n), version, *events))
        command = UUID(int=self.random.getrandbits(128), version=4)
        self.asked.append(request(*writes, command=command))
        return self.asked[-1]


SCENARIOS = (Scenario("transactions held open in any order", any_order, lanes=(1, 2, 3)),)
