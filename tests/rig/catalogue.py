"""All scenarios, in the order in which the rig plays them."""

from tests.rig.scenarios import (
    cluster,
    desk,
    fences,
    histories,
    interleavings,
    kills,
    model,
    quiet,
    rebuilds,
    workers,
    writers,
)
from tests.rig.world import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *model.SCENARIOS,
    *interleavings.SCENARIOS,
    *writers.SCENARIOS,
    *desk.SCENARIOS,
    *quiet.SCENARIOS,
    *fences.SCENARIOS,
    *kills.SCENARIOS,
    *histories.SCENARIOS,
    *workers.SCENARIOS,
    *rebuilds.SCENARIOS,
    *cluster.SCENARIOS,
)
