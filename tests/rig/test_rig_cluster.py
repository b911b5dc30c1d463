"""The cluster's scenario finds what its workers must not do."""

from functools import partial

import pytest

from tests.rig import checker, world
from tests.rig.scenarios.cluster import TAKEN_IN, in_turn
from tests.rig.server import RigServer
from tests.rig.world import Plant, Scenario, play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SEEDS = (1, 2, 3, 4)
KINDS = ("a worker", "the publisher", "the intake")


def test_what_should_be_one_and_is_two_is_found(
    rig_server: RigServer, kafka_programs: None
) -> None:
    """A view's position and its rows, the topic and how far it is, a report and that it is done."""
    scenario = Scenario("kill -9 of workers", partial(in_turn, kinds=KINDS * 2))
    plant = Plant(worker="tracking outside, cursor beside, done before")
    wanted = {world.PROJECTED, checker.TAIL, TAKEN_IN}
    found: set[str] = set()
    for seed in SEEDS:
        # Whether a kill hits the moment between two things that should be one is a matter of luck.
        if not wanted <= found:
            findings, _ = play(rig_server, scenario, seed, plant=plant)
            found |= {finding.rule for finding in findings}
    assert wanted <= found
    assert checker.ONCE not in found
