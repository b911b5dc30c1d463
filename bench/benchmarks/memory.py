"""Memory of an idle instance, API and worker together, without PostgreSQL.

Each process counts with its share of the pages that several of them use (PSS), after a few
requests and a pause.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from bench.clients import load
from bench.context import Bench
from bench.desk import catch_up, served, services, tell, token
from bench.figure import Figure, at_most
from bench.processes import ended
from tests.ports import free_ports

_PAUSE = 3.0  # seconds

_BARE = """
import sys, fastapi, uvicorn
app = fastapi.FastAPI()
app.get("/")(lambda: {})
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


def measure(bench: Bench) -> Iterator[Figure]:
    if not Path("/proc/self/smaps_rollup").exists():
        bench.say("memory: only Linux tells how much a process shares")
        return
    url = bench.url(bench.database())
    with services(url) as opened:
        tell(opened, bench.scale.log)
        catch_up(opened)
        secret = token(opened)
    bench.say("memory: an instance that has nothing to do")
    with served(url) as server:
        load(server.port, secret, [("GET", "/tickets?limit=50", None)], most=bench.scale.pages)
        time.sleep(min(_PAUSE, bench.scale.seconds))
        ours = _family(server.pid)
        sizes = {pid: _mebibytes(pid) for pid in ours}
    yield Figure(
        name="memory.idle",
        what="memory of an idle instance, API and worker",
        unit="MiB",
        values=[sum(sizes.values())],
        yardstick="one process with FastAPI, uvicorn and a route that answers {}",
        yardsticks=[_bare()],
        aims=(at_most(250, "value"),),
        more={"processes": len(ours)},
    )


def _bare() -> float:
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-c", _BARE, str(port)])
    with ended(process):
        while process.poll() is None:
            try:
                urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return _mebibytes(process.pid)
    raise RuntimeError("The bare application did not start.")


def _family(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    started = Path(f"/proc/{pid}/task").glob("*/children")  # each thread has children of its own
    children = [int(child) for told in started for child in told.read_text().split()]
    return [pid, *(one for child in children for one in _family(child))]


def _mebibytes(pid: int) -> float:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
    if found is None:
        raise RuntimeError("The kernel does not say how much memory is shared.")
    return int(found[1]) / 1024
