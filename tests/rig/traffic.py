"""Clients that append what a real desk appends, and what one should not: all by a seed.

One stream or several at once (as merging and splitting do), streams that are only looked at,
versions that are out of date, commands asked again with the same words or with others.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID

from commands.ports import (
    Append,
    EventStore,
    LanesChanged,
    StoreUnavailable,
    StreamCheck,
    VersionConflict,
)
from domain.errors import CommandIdReused
from domain.ids import StreamId
from tests.contracts.requests import ELSEWHERE, HERE, request, ticket, write
from tests.rig.recording import Bringing

PATIENCE = 60.0
"""Seconds for which a client repeats a command while the server is away."""

PAUSE = 0.02
"""Seconds between two such attempts."""

_TOGETHER = 25
"""Requests of histories in one call: few, so that there are many calls to be killed in."""


@dataclass
class Client:
    """One caller with a memory of its own, which others make out of date."""

    store: EventStore
    random: Random
    streams: int = 12
    pace: float = 0.0
    """Seconds to wait between two commands."""
    operations: int = 0
    _known: dict[tuple[str, StreamId], int] = field(default_factory=dict)
    _asked: list[Append] = field(default_factory=list)

    def run(self, commands: int, go_on: Callable[[], bool] = lambda: True) -> int:
        """Ask for `commands` commands, one after the other; how many requests that took."""
        for _ in range(commands):
            if not go_on():
                break
            self._one()
            time.sleep(self.pace)
        return self.operations

    def _one(self) -> None:
        kind = self.random.random()
        if self._asked and kind < 0.08:
            self._send(self.random.choice(self._asked))  # a repeat, maybe of something refused
        elif self._asked and kind < 0.12:
            other = replace(self.random.choice(self._asked), fingerprint="another")
            self._send(other)
        else:
            self._change()

    def _change(self) -> None:
        """A new command. Of those that lose a race half give up, half decide again."""
        asked = self._request(UUID(int=self.random.getrandbits(128), version=4))
        while not self._send(asked) and self.random.random() < 0.5:
            asked = self._request(asked.command_id)

    def _request(self, command: UUID) -> Append:
        workspace = self.random.choice((HERE, HERE, HERE, ELSEWHERE))
        count = self.random.choice((1, 1, 1, 2, 3))
        chosen = [ticket(n) for n in self.random.sample(range(self.streams), count + 1)]

        def version(stream: StreamId) -> int:
            known = self._known.get((workspace, stream), 0)
            return known if self.random.random() < 0.95 else max(0, known - 1)

        writes = [
            write(
                stream,
                version(stream),
                *(f"{command.hex[:6]}-{n}" for n in range(self.random.choice((1, 1, 2, 3)))),
            )
            for stream in chosen[:-1]
        ]
        looked_at = chosen[-1]
        made = self.random.random()
        if made < 0.15:
            writes.append(write(looked_at, version(looked_at)))
        asked = request(*writes, command=command, workspace=workspace)
        if made > 0.85:
            check = StreamCheck(stream=looked_at, version=version(looked_at))
            asked = replace(asked, checks=(check,))
        self._asked.append(asked)
        return asked

    def _send(self, asked: Append) -> bool:
        """Ask until there is an answer; False for a conflict."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.operations += 1
            try:
                answer = self.store.append(asked)
            except VersionConflict as conflict:
                self._known[asked.workspace, conflict.stream] = conflict.actual
                return False
            except CommandIdReused:
                return True
            except LanesChanged:
                continue
            except StoreUnavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE)
                continue
            except Exception:  # noqa: BLE001 - it is in the history, and the judge will tell of it
                return True
            for event in answer.events:
                key = (event.workspace, event.stream)
                self._known[key] = max(self._known.get(key, 0), event.version)
            return True


def bring_all(bringing: Bringing, random: Random, streams: int) -> int:
    """Bring the histories of so many streams, some of which clients write to; the requests.

    The same seed brings the same requests in the same calls.
    """
    histories = [_history(ticket(f"old-{n}"), random) for n in range(streams)]
    histories += [_history(ticket(n), random) for n in range(0, 12, 3)]
    random.shuffle(histories)
    requests = [one for history in histories for one in history]
    for begin in range(0, len(requests), _TOGETHER):
        part = requests[begin : begin + _TOGETHER]
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                bringing.append_history(part)
                break
            except (StoreUnavailable, LanesChanged):
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE)
            except Exception:  # noqa: BLE001 - as in `Client`
                break
    return len(requests)


def _history(stream: StreamId, random: Random) -> list[Append]:
    """A stream from its beginning, request by request."""
    history: list[Append] = []
    version = 0
    for _ in range(random.randrange(1, 6)):
        count = random.randrange(1, 4)
        command = UUID(int=random.getrandbits(128), version=4)
        events = (f"{command.hex[:6]}-{n}" for n in range(count))
        history.append(request(write(stream, version, *events), command=command))
        version += count
    return history


def crowd(clients: Sequence[Client], commands: int) -> int:
    """All clients at once, each in a thread of its own; the number of requests."""
    with ThreadPoolExecutor(len(clients)) as threads:
        return sum(threads.map(lambda client: client.run(commands), clients))
