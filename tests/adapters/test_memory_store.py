"""The log in memory keeps the contract of every event store."""

from typing import Any

import pytest

from adapters.memory import MemoryStore
from tests.contracts.event_store import EventStoreContract


class TestMemoryStore(EventStoreContract):
    @pytest.fixture(params=[1, 3], ids=["1 lane", "3 lanes"])
    def store(self, request: Any) -> MemoryStore:
        return MemoryStore(lanes=request.param)
