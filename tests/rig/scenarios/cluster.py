"""A whole cluster under load, in which each kind of process is killed in turn."""

import logging
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from adapters.kafka.connection import Connection
from adapters.kafka.inbox import KafkaInbox
from adapters.kafka.records import recorded_of
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.store import PostgresStore
from api.console.beside import PROGRAM
from domain.access import Role
from domain.intake import IntakeTaken
from domain.position import Position
from projections import PROJECTIONS
from projections.publish_ports import TopicUnavailable
from tests.broker.topics import read_all
from tests.cluster.running import WORKSPACE, Cluster
from tests.rig.checker import compare
from tests.rig.history import event
from tests.rig.left_reports import Reports
from tests.rig.over_http import Caller, furnished, load
from tests.rig.processes import soon
from tests.rig.world import Scenario, World

TAKEN_OVER = "what is killed does not keep the views from going on"
ANSWERED = "clients are answered again"
PUBLISHED = "all that is in the log comes into the topic"
TAKEN_IN = "a report that was left is taken in once, in its order"
BACK = "what is killed comes back"

SECONDS = 120.0
"""Generous: the group notices after 6 s that a member is gone, and the machine may be busy."""

GIVEN_UP = 5.0
"""Seconds for views that did not go on before: with a fault in the workers they may never do."""

CLIENTS = 4
TOPIC, INTAKE = "chronodesk.events", "chronodesk.intake"

_log = logging.getLogger(__name__)

Kill = Callable[[World, Cluster, Random], None]


def _one_of(service: str) -> Kill:
    def kill(_: World, cluster: Cluster, random: Random) -> None:
        random.choice(cluster.named(service)).kill()

    return kill


def _broker(_: World, cluster: Cluster, __: Random) -> None:
    pid = cluster.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def _postgres(world: World, _: Cluster, __: Random) -> None:
    world.server.kill()


KILLS: dict[str, Kill] = {
    "an API": _one_of("api"),
    "a worker": _one_of("views"),
    "the publisher": _one_of("publisher"),
    "the intake": _one_of("intake"),
    "the broker": _broker,
    "PostgreSQL": _postgres,
}


def in_turn(world: World, kills: Mapping[str, Kill] = KILLS) -> None:
    """Each kind is killed once per effort, in any order, while commands come in at two APIs."""
    random = world.random
    order = [kind for _ in range(world.effort) for kind in random.sample(list(kills), len(kills))]
    with Cluster(
        world.folder / "cluster",
        database_url=world.url,
        variables=_variables(),
        program=_program(world),
        say=lambda line: _log.info("%s", line),
    ) as cluster:
        token = cluster.token("kim", Role.ADMIN)
        callers = [
            Caller(cluster.apis[n % 2 :] + cluster.apis[: n % 2], token, WORKSPACE, world.journal())
            for n in range(CLIENTS)
        ]
        tickets = furnished(callers[0], random)
        reports = Reports(cluster.broker.servers, WORKSPACE, world.journal())
        with load(callers, tickets, random), reports.left():
            _answered(world, callers)
            for kind in order:
                began = time.monotonic()
                kills[kind](world, cluster, random)
                _answered(world, callers)
                _views_go_on(world, f"after {kind} was killed", began)
        world.operations += sum(caller.attempts for caller in callers)
        _taken_in(world, cluster, reports)
        _views_go_on(world, "at the end", time.monotonic())
        _topic(world, cluster)
        if not soon(lambda: not cluster.unhealthy(), SECONDS):
            world.find(BACK, cluster.unhealthy())
    for projection in PROJECTIONS:
        world.verify(projection)


def _variables() -> dict[str, str]:
    return {
        "CHRONODESK_RATE_PER_MINUTE": "0",
        "CHRONODESK_ANONYMOUS_PER_MINUTE": "0",
        "CHRONODESK_POOL_SIZE": "8",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }


def _program(world: World) -> Sequence[str]:
    if not world.plant.worker:
        return PROGRAM
    return (sys.executable, "-m", "tests.rig.faulty", world.plant.worker)


def _answered(world: World, callers: Sequence[Caller]) -> None:
    """Wait until each client got some answers: there is something to be lost."""
    before = [caller.answered for caller in callers]
    if not soon(
        lambda: all(c.answered > then + 3 for c, then in zip(callers, before, strict=True)),
        SECONDS,
    ):
        world.find(ANSWERED, [caller.answered for caller in callers])


def _views_go_on(world: World, when: str, began: float) -> None:
    """All views get to where the log is by now, within bounds."""
    pool = world.pool(2)
    rows, goal = PostgresRowStore(pool), PostgresStore(pool).head()

    def behind() -> list[tuple[str, Position | None]]:
        reached = {p.name: rows.positions(p.name) for p in PROJECTIONS}
        return [(n, at) for n, at in reached.items() if at is None or not goal.covered_by(at)]

    hopeless = any(finding.rule == TAKEN_OVER for finding in world.found)
    if not soon(lambda: not behind(), GIVEN_UP if hopeless else SECONDS):
        world.find(TAKEN_OVER, f"{when}: {behind()} of {goal}")
    _log.info("%s: all views went on after %.1f s", when, time.monotonic() - began)


def _taken_in(world: World, cluster: Cluster, reports: Reports) -> None:
    """Each report that the topic of intake has is in the log once, in the order of its talk."""
    store = PostgresStore(world.pool(1))

    inbox = KafkaInbox(Connection(servers=(cluster.broker.servers,)), INTAKE, INTAKE, partitions=8)

    def done() -> bool:
        with suppress(TopicUnavailable):
            return inbox.lag() == 0
        return False

    if not reports.kept or not soon(done, SECONDS):
        world.find(TAKEN_IN, "nothing was left, or it is not taken in")
    taken: dict[str, list[str]] = defaultdict(list)
    for lane in store.lanes():
        for recorded in store.page(lane, 0, 1_000_000):
            if isinstance(recorded.event, IntakeTaken):
                taken[recorded.event.conversation].append(recorded.event.external_id)
    for finding in compare(TAKEN_IN, taken, reports.kept):
        world.find(finding.rule, finding.detail)
    world.operations += sum(len(names) for names in reports.kept.values())


def _topic(world: World, cluster: Cluster) -> None:
    """What somebody has got who reads what is committed, beside the log."""
    heads = dict(PostgresStore(world.pool(1)).head().lanes)

    def read(lane: int) -> list[object]:
        return read_all(cluster.broker.servers, TOPIC, lane)

    if not soon(lambda: all(len(read(lane)) >= end for lane, end in heads.items()), SECONDS):
        world.find(PUBLISHED, {lane: (len(read(lane)), end) for lane, end in heads.items()})
    world.saw([event(recorded_of(record)) for lane in heads for record in read(lane)])


SCENARIOS = (
    Scenario(
        "a cluster, each kind of process killed in turn", in_turn, lanes=(4,), wants_kafka=True
    ),
)
