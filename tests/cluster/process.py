"""One process of the cluster: started, looked at, started again, ended."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

FRESH = 30.0
"""Seconds for which a heartbeat counts, as in docker-compose.yml."""

GRACE = 20.0
"""Seconds that a process has to end by itself."""


class Process:
    """A `chronodesk ...` command with a log of its own; it ends with this program in any case."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        url: str | None = None,
    ) -> None:
        """Runs in `folder`; one that has a `url` serves there, any other one has a heartbeat."""
        self.name = name
        self.url = url
        self.log = folder / f"{name}.log"
        self._heartbeat = folder / f"{name}.heartbeat"
        own = [str(self._heartbeat) if word == "/tmp/heartbeat" else word for word in command]  # noqa: S108 - as it is named there
        self._command = [*own, "--until-eof"]
        self._environment = dict(environment)
        self._folder = folder
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    @property
    def ended(self) -> int | None:
        """The exit code of one that is not running any more."""
        assert self._running is not None
        return self._running.poll()

    def start(self) -> None:
        if self._running is not None and self._running.stdin is not None:
            self._running.stdin.close()
        self._heartbeat.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._folder,  # no .env of somebody's
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for this program, which then tells the others
            )

    def healthy(self) -> bool:
        """As the health check in docker-compose.yml."""
        if self._running is None or self._running.poll() is not None:
            return False
        if self.url is None:
            try:
                return time.time() - self._heartbeat.stat().st_mtime < FRESH
            except FileNotFoundError:
                return False
        try:
            return httpx.get(f"{self.url}/api/v1/health/ready", timeout=4).status_code == 200
        except httpx.TransportError:
            return False

    def tell_to_end(self) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash does."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Until it has ended; what does not end in time is killed."""
        if self._running is None:
            return
        try:
            self._running.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        if self._running.stdin is not None:
            self._running.stdin.close()

    def last_words(self, lines: int = 3) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
