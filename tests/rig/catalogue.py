"""All scenarios, in the order in which the rig plays them."""

from tests.rig.scenarios import interleavings, kills, model, rebuilds, workers, writers
from tests.rig.world import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *model.SCENARIOS,
    *interleavings.SCENARIOS,
    *writers.SCENARIOS,
    *kills.SCENARIOS,
    *workers.SCENARIOS,
    *rebuilds.SCENARIOS,
)
