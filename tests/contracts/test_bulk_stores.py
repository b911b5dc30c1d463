"""Every bulk store there is, under the one contract; with one lane and with several."""

import pytest

from adapters.memory import MemoryStore
from tests.contracts.bulk_store import BulkStoreContract


class TestMemoryStore(BulkStoreContract):
    @pytest.fixture(params=[1, 3], ids=lambda lanes: f"lanes={lanes}")
    def store(self, request: pytest.FixtureRequest) -> MemoryStore:
        return MemoryStore(request.param)
