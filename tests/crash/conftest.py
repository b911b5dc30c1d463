from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server on an empty folder."""
    server = Server(tmp_path / "desk")
    try:
        server.start()
        yield server
    finally:
        server.end()
