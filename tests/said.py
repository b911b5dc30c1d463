"""A structured log that a test can read, in place of a module's own.

structlog keeps a logger as it was when it first spoke, so that what the library offers for this
depends on which tests ran before.
"""

from functools import partialmethod
from typing import Any


class Said:
    """`lines` are what was logged, each with its `level` and `event`."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def _log(self, level: str, event: str, **more: Any) -> None:
        self.lines.append({"level": level, "event": event, **more})

    debug = partialmethod(_log, "debug")
    info = partialmethod(_log, "info")
    warning = partialmethod(_log, "warning")
    error = partialmethod(_log, "error")
    exception = partialmethod(_log, "error")
