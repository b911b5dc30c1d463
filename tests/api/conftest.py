"""A desk per test, and one per module for tests that only look."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from api.auth import credentials
from tests.api.desk import Desk, running_desk
from tests.database import Databases


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A password is slow to hash on purpose; here only counts what is done with it."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(credentials, "_hasher", lambda: quick)
        yield


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with running_desk(database_url) as running:
        yield running


@pytest.fixture(scope="module")
def shared_desk(databases: Databases) -> Iterator[Desk]:
    """Tests that share it must not mind each other's tickets."""
    with databases.fresh(migrated=True) as url, running_desk(url) as running:
        yield running
