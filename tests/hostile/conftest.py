"""One desk for all files."""

from collections.abc import Iterator

import pytest

from tests.api.desk import Desk, running_desk
from tests.database import Databases


@pytest.fixture(scope="module")
def shared_desk(databases: Databases) -> Iterator[Desk]:
    """Tests only bring files to it, and look at them."""
    with databases.fresh(migrated=True) as url, running_desk(url, worker=False) as running:
        yield running
