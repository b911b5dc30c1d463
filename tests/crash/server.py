"""A whole Chronodesk in processes of its own, to be killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.ports import free_ports

_PATIENCE = 90.0  # seconds; recovering from a kill on a busy machine takes some
_PROGRAM = [sys.executable, "-c", "from api.cli import main; main()"]


class Server:
    """`chronodesk serve` on a data folder and a port of its own, with limits off.

    Two processes answer, and a third keeps the views.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        self.log = folder.with_suffix(".log")
        self._environment = {
            **{key: it for key, it in os.environ.items() if not key.startswith("CHRONODESK_")},
            "CHRONODESK_DATA_DIR": str(folder),
            "CHRONODESK_RATE_PER_MINUTE": "0",
            "CHRONODESK_ANONYMOUS_PER_MINUTE": "0",
            "CHRONODESK_LOG_LEVEL": "warning",
            "CHRONODESK_PROCESSES": "2",
            "CHRONODESK_READ_WAIT_SECONDS": "25",  # less than a client of these tests waits
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_PROGRAM, "serve", "--port", str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _PATIENCE
        while not self.is_ready():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        """Ask it to end; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=_PATIENCE)

    def kill(self) -> None:
        """End the API, its worker and all it held in memory, as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def children(self, command: str) -> list[int]:
        """Pids of the further processes that run `chronodesk COMMAND`."""
        assert self._process is not None
        lists = Path(f"/proc/{self._process.pid}/task").glob("*/children")  # one for each thread
        found = [int(pid) for listed in lists for pid in listed.read_text().split()]
        return [pid for pid in found if runs(pid, command)]

    def kill_postgres(self) -> int:
        """End the database server in the same way; its pid."""
        pid = self.postgres_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    @property
    def postgres_pid(self) -> int | None:
        try:
            return int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        except FileNotFoundError:
            return None

    def run(self, *arguments: str, patience: float = _PATIENCE) -> subprocess.CompletedProcess[str]:
        """Another `chronodesk` command on the same folder, with so many seconds to end."""
        return subprocess.run(
            [*_PROGRAM, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
        )

    def end(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self.stop()
        from adapters.postgres.embedded import EmbeddedPostgres

        EmbeddedPostgres(self.folder / "postgres").stop(force=True)


def runs(pid: int, command: str) -> bool:
    """Whether that process is a `chronodesk COMMAND`, and has not ended."""
    try:
        return command.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
