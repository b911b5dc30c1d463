"""Any sequence of requests, thought out by Hypothesis, beside a model of a few dictionaries."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import rule, run_state_machine_as_test
from psycopg import Connection

from adapters.postgres.store import PostgresStore
from tests.contracts.emptying import empty
from tests.contracts.model import Store, StoreMachine
from tests.rig.world import Scenario, World

MODELLED = "the store does what the model says"


def any_sequence(world: World) -> None:
    """Two processes take turns, each with what it knows of the lanes."""
    machine = machine_on(
        [PostgresStore(world.pool(2)), PostgresStore(world.pool(2))], world.connection()
    )
    asked = _counted(machine, world)
    rounds = settings(
        max_examples=6 * world.effort,
        stateful_step_count=15,
        deadline=None,
        database=None,
        print_blob=False,
        # To make an example small takes minutes: the short form is content with any.
        phases=[Phase.generate] if world.effort == 1 else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(world.seed)(asked), settings=rounds)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - the model did not say so
        notes = "\n".join(getattr(error, "__notes__", ()))
        world.find(MODELLED, f"{type(error).__name__}: {error}\n{notes}")
    empty(world.connection())


def machine_on(stores: list[PostgresStore], owner: Connection[Any]) -> type[StoreMachine]:
    """A state machine over stores on one database, which `owner` may empty."""

    class Machine(StoreMachine):
        def new_store(self) -> Store:
            empty(owner)
            return stores[0]

        @rule()
        def another_process_goes_on(self) -> None:
            self.store = next(store for store in stores if store is not self.store)

    return Machine


def _counted(machine: type[StoreMachine], world: World) -> type[StoreMachine]:
    class Counted(machine):  # type: ignore[valid-type, misc]
        def check_invariants(self, *given: Any) -> None:
            world.operations += 1
            super().check_invariants(*given)

    return Counted


SCENARIOS = (Scenario("any sequence, beside a model", any_sequence),)
