"""Programs that run beside a measurement, and their end."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_GRACE = 20.0  # seconds


@contextmanager
def ended(process: "subprocess.Popen[Any]") -> Iterator[None]:
    """Ends it, waits for that and closes its pipes, whatever happens in the block."""
    with process:
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()


def python(module: str, *arguments: str, **more: Any) -> "subprocess.Popen[str]":
    """A module of ours in a process of its own, spoken to in lines."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )
