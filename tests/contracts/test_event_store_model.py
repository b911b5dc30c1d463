"""Stores under any sequence of requests, compared with a model of a few dictionaries."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from adapters.memory import MemoryStore
from adapters.postgres.pool import open_pool
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresStore
from tests.contracts.emptying import empty
from tests.contracts.model import Store, StoreMachine


@pytest.mark.parametrize("lanes", [1, 3])
def test_the_store_in_memory_does_what_the_model_says(lanes: int) -> None:
    class Machine(StoreMachine):
        def new_store(self) -> Store:
            return MemoryStore(lanes)

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=40, stateful_step_count=20, deadline=None)
    )


@pytest.fixture(params=[1, 3], ids=lambda lanes: f"lanes={lanes}")
def postgres(request: pytest.FixtureRequest, empty_database_url: str) -> Iterator[PostgresStore]:
    migrate(empty_database_url, lanes=request.param)
    with open_pool(empty_database_url, 2, role="chronodesk_writer") as pool:
        yield PostgresStore(pool)


def test_the_store_on_postgresql_does_what_the_model_says(
    postgres: PostgresStore, empty_database_url: str
) -> None:
    with psycopg.connect(empty_database_url, autocommit=True) as owner:

        class Machine(StoreMachine):
            def new_store(self) -> Store:
                empty(owner)
                return postgres

        run_state_machine_as_test(
            Machine, settings=settings(max_examples=15, stateful_step_count=15, deadline=None)
        )
