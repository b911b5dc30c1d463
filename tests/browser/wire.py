"""What a browser asked the desk and was answered: shown beside a test that failed."""

import time
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Request, Response

_SHOWN = 40
"""The newest requests; a page makes hundreds in a long test."""


@dataclass
class _Asked:
    what: str
    at: float
    outcome: str = "no answer"
    after: float | None = None


@dataclass
class Wire:
    """Notes the requests of browser contexts, without their contents."""

    _begin: float = field(default_factory=time.monotonic)
    _asked: dict[Request, _Asked] = field(default_factory=dict)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._leaves)
        context.on("response", self._is_answered)
        context.on("requestfailed", self._fails)

    def report(self) -> str:
        """A line for each of the newest requests: when, how long, what, and the outcome."""
        lines = (
            f"{asked.at - self._begin:8.3f} s"
            f" {'' if asked.after is None else f'{asked.after * 1_000:.0f} ms':>9}"
            f"  {asked.outcome:<9} {asked.what}"
            for asked in list(self._asked.values())[-_SHOWN:]
        )
        return "\n".join(lines)

    def _leaves(self, request: Request) -> None:
        self._asked[request] = _Asked(f"{request.method} {request.url}", time.monotonic())

    def _is_answered(self, response: Response) -> None:
        self._ends(response.request, str(response.status))

    def _fails(self, request: Request) -> None:
        self._ends(request, request.failure or "failed")

    def _ends(self, request: Request, outcome: str) -> None:
        if asked := self._asked.get(request):
            asked.outcome = outcome
            asked.after = time.monotonic() - asked.at
