"""The cluster's scenario finds what its workers must not do."""

from functools import partial

import pytest

from tests.rig import checker, world
from tests.rig.scenarios.cluster import in_turn
from tests.rig.server import RigServer
from tests.rig.world import Plant, Scenario, play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

KINDS = ("a worker", "the publisher", "a worker", "the publisher")


def test_positions_and_cursors_beside_what_they_tell_of_are_found(
    rig_server: RigServer, kafka: str
) -> None:
    """A view's position in another transaction than its rows; the publisher's in a file."""
    scenario = Scenario("kill -9 of workers and the publisher", partial(in_turn, kinds=KINDS))
    plant = Plant(worker="tracking outside, cursor beside")
    findings, _ = play(rig_server, scenario, 1, plant=plant)
    assert {world.PROJECTED, checker.TAIL} <= {finding.rule for finding in findings}
    assert checker.ONCE not in {finding.rule for finding in findings}
