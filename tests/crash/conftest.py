import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.server import Server
from tests.database import fastest_folder


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server on an empty folder.

    In memory where there is room: processes are killed here and not the power, and what was
    written to files stays.
    """
    folder = Path(tempfile.mkdtemp(prefix="crash-", dir=fastest_folder()))
    server = Server(folder / "desk")
    try:
        server.start()
        yield server
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)
