"""A rig that finds nothing proves nothing: each of these faults is planted, and found."""

import pytest

from tests.rig.faults import FAULTS, Fault
from tests.rig.server import RigServer
from tests.rig.world import play

ROUNDS = 25
"""A fault is found in one of so many rounds, with the seeds 1, 2 ..."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_is_found(rig_server: RigServer, fault: Fault) -> None:
    found: set[str] = set()
    for seed in range(1, ROUNDS + 1):
        findings, _ = play(rig_server, fault.scenario, seed, plant=fault.plant)
        found |= {finding.rule for finding in findings}
        if found & fault.rules:
            break
    assert found & fault.rules, f"found only {found}"
