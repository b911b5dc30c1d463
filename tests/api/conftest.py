"""A desk per test, and one per module for tests that only look."""

from collections.abc import Iterator

import pytest

from tests.api.desk import Desk, quick_passwords, running_desk
from tests.database import Databases


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with quick_passwords():
        yield


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database of the test's own, with the log's schema in it, and the tables of views."""
    with databases.fresh(migrated=True, views=True) as url:
        yield url


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with running_desk(database_url) as running:
        yield running


@pytest.fixture(scope="module")
def shared_desk(databases: Databases) -> Iterator[Desk]:
    """Tests that share it must not mind each other's tickets."""
    with databases.fresh(migrated=True, views=True) as url, running_desk(url) as running:
        yield running
