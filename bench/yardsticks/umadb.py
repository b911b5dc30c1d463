"""UmaDB, an event store in Rust: the server that its Python package carries, and its client."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from bench.load import Load, Work, by_threads
from bench.processes import ended
from tests.ports import free_ports

NAME = "UmaDB, conditional append of an event as large"

_PATIENCE = 30.0  # seconds


def installed() -> bool:
    """Whether it is here: it belongs to the dependencies of the measurements alone."""
    return find_spec("umadb") is not None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A server on this machine's own address, with a new database; its URL."""
    (port,) = free_ports(1)
    where = f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("umadb"),
            "--listen",
            where,
            "--db-path",
            folder / "uma.db",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("UMADB_")},
    )
    with ended(process):
        _await(f"http://{where}", process)
        yield f"http://{where}"


def appends(url: str, clients: int, seconds: float, data: bytes) -> Load:
    """Single events from threads, each to a stream of its own, if nobody else wrote to it."""
    import umadb

    @contextmanager
    def client(_: int) -> Iterator[Work]:
        stream = str(uuid4())
        mine = umadb.Query(items=[umadb.QueryItem(tags=[stream])])
        last: int | None = None

        def append() -> None:
            nonlocal last
            last = connected.append(
                [umadb.Event("noted", data, tags=[stream], uuid=uuid4())],
                condition=umadb.AppendCondition(mine, after=last),
            )

        with umadb.Client(url) as connected:
            yield append

    return by_threads(clients, seconds, client)


def head(url: str) -> int:
    """The last position: as many events there are."""
    import umadb

    client = umadb.Client(url)
    try:
        return int(client.head() or 0)
    finally:
        client.close()


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    import umadb

    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            head(url)
        except umadb.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("UmaDB did not start.")
