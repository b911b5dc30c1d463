"""The cluster's scenario finds what its workers must not do."""

from functools import partial

import pytest

from tests.cluster.running import Cluster
from tests.rig import checker, world
from tests.rig.faulty import killed_at
from tests.rig.processes import soon
from tests.rig.scenarios.cluster import TAKEN_IN, Kill, in_turn
from tests.rig.server import RigServer
from tests.rig.world import Plant, Scenario, World, play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SECONDS = 60.0
"""Generous, for a process to come to a moment that comes several times a second under load."""


MOMENTS = ("queue", "sla_board", "search", "history", "kpi", "cursor beside", "done before")
"""A position that is moved after the rows of a view, and the two other faults."""

SEEDS = (1, 2, 3)


def at(moment: str) -> Kill:
    """Some process is killed between two things that should be one."""

    def kill(_: World, cluster: Cluster, __: object) -> None:
        there = cluster.folder / killed_at(moment)
        there.touch()
        assert soon(lambda: not there.exists(), SECONDS), moment

    return kill


def test_what_should_be_one_and_is_two_is_found(
    rig_server: RigServer, kafka_programs: None
) -> None:
    """A view's position and its rows, the topic and how far it is, a report and that it is done."""
    plant = Plant(worker="tracking outside, cursor beside, done before")
    run = partial(in_turn, kills={moment: at(moment) for moment in MOMENTS})
    wanted, found = {world.PROJECTED, checker.TAIL, TAKEN_IN}, set[str]()
    for seed in SEEDS:
        # A batch that a view takes twice may be one that changes nothing the second time.
        if not wanted <= found:
            findings, _ = play(rig_server, Scenario("in between", run), seed, plant=plant)
            found |= {finding.rule for finding in findings}
    assert wanted <= found
    assert checker.ONCE not in found
