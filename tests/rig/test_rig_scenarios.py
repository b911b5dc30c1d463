"""The short form of the rig: one round of each scenario. `make rig` is the long one."""

import pytest

from tests.rig.catalogue import SCENARIOS
from tests.rig.server import RigServer
from tests.rig.world import Scenario, play

SEED = 1

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_nothing_is_found(
    request: pytest.FixtureRequest, rig_server: RigServer, scenario: Scenario
) -> None:
    if scenario.wants_kafka:
        request.getfixturevalue("kafka_programs")
    findings, operations = play(rig_server, scenario, SEED)
    assert findings == []
    assert operations > 0
