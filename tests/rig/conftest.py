from collections.abc import Iterator

import pytest

from tests.rig.server import RigServer


@pytest.fixture(scope="session")
def rig_server() -> Iterator[RigServer]:
    """A server of the rig's own: no other test minds when it is killed."""
    with RigServer() as server:
        yield server
