"""A desk behind a real server, whose live streams look after things more often than usual."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from api.live import crier
from domain.access import Role
from tests.api.described import Described
from tests.api.desk import Desk, running_desk
from tests.api.streams import Stream, listening


@dataclass(frozen=True)
class LiveDesk:
    """`url` is that of its API."""

    desk: Desk
    url: str

    def reads(
        self, role: Role = Role.AGENT, person: str = "", position: str | None = None
    ) -> Stream:
        return Stream(self.url, self.desk.token(role, person), position)

    def as_described(self, *streams: Stream) -> None:
        """Everything that was told is what the API's description says."""
        described = Described(self.desk.app.openapi())
        for stream in streams:
            for got in stream.got:
                described.check_item("/api/v1/live", got.data)


@contextlib.contextmanager
def running_live(database_url: str, *, worker: bool = True, **settings: Any) -> Iterator[LiveDesk]:
    with (
        pytest.MonkeyPatch.context() as patched,
        running_desk(database_url, worker=worker, stream_seconds=600, **settings) as desk,
        listening(desk.app) as url,
    ):
        patched.setattr(crier, "EVERY", 0.05)
        patched.setattr(crier, "LOOK_AT_TOKENS", 0.1)
        yield LiveDesk(desk, url)
