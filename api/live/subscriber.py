"""One reader of the live stream: what waits to be sent, and never more than so much of it."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

import anyio

from api.live.place import Place
from api.live.reasons import Reset
from api.live.sight import sight_of
from api.live.telling import Message
from api.live.text import event_text, heartbeat_text
from domain.access import Principal
from domain.position import Position
from domain.record import record

HEARTBEAT = 15.0
"""Seconds of silence after which a stream says that it is there."""

MOST_WAITING = 1_000
"""Messages that wait for a slow reader. One more, and it is told to look at everything again."""

_AT_ONCE = 65_536  # bytes given to the connection in one go


@record
class Chunk:
    """Text to send, and when the events that it tells of were written."""

    text: bytes
    recorded_at: tuple[datetime, ...] = ()


def soon(loop: asyncio.AbstractEventLoop, do: Callable[..., None], *arguments: object) -> None:
    """Do it in that loop, after what was asked for before. Safe from any thread."""
    with contextlib.suppress(RuntimeError):  # the loop is closed, and its readers are gone with it
        loop.call_soon_threadsafe(do, *arguments)


class Subscriber:
    """Belongs to one event loop, the one that runs when it is made.

    `put`, `say`, `reset` and `end` are called in that loop; others reach it by `call`. `beyond` is
    set while the reader knows more of the log than this process has told anybody.
    """

    def __init__(
        self,
        principal: Principal,
        seal: Callable[[Place], str],
        on_reset: Callable[[Reset], None],
    ) -> None:
        self.principal = principal
        self.sight = sight_of(principal)
        self.place = Place(position=Position(), epoch=0)
        self.beyond: Position | None = None
        self._seal = seal
        self._on_reset = on_reset
        self._heartbeat = HEARTBEAT
        self._most = MOST_WAITING
        self.loop = asyncio.get_running_loop()
        self._waiting: deque[Message | bytes] = deque()
        self._woken = asyncio.Event()
        self._ended = False

    def call(self, do: Callable[..., None], *arguments: object) -> None:
        """Do it in this reader's loop; see `soon`."""
        soon(self.loop, do, *arguments)

    def put(self, messages: Sequence[Message], upto: Position) -> None:
        """Everything that is for this reader up to `upto`."""
        self.place = Place(position=self.place.position.joined(upto), epoch=self.place.epoch)
        if len(self._waiting) + len(messages) > self._most:
            self.reset(Reset.SLOW, self.place)
        elif messages:
            self._waiting.extend(messages)
            self._woken.set()

    def say(self, text: bytes) -> None:
        """Something that is not of the log, and has no position."""
        if len(self._waiting) >= self._most:
            self.reset(Reset.SLOW, self.place)
        else:
            self._waiting.append(text)
            self._woken.set()

    def reset(self, reason: Reset, place: Place) -> None:
        """Instead of all that waits: look at everything again, and go on from here."""
        self.place = place
        self._on_reset(reason)
        self._waiting.clear()
        self._waiting.append(event_text("reset", {"reason": reason}, self._seal(place)))
        self._woken.set()

    def end(self) -> None:
        """Send nothing more."""
        self._ended = True
        self._woken.set()

    async def next(self) -> Chunk | None:
        """What is to be sent next, waiting for it; None at the end."""
        if not self._waiting and not self._ended:
            self._woken.clear()
            with anyio.move_on_after(self._heartbeat):
                await self._woken.wait()
        if self._ended:
            return None
        if self._waiting:
            return self._take()
        return Chunk(text=heartbeat_text(self._seal(self.place)))

    def _take(self) -> Chunk:
        texts: list[bytes] = []
        recorded: list[datetime] = []
        size = 0
        while self._waiting and size < _AT_ONCE:
            one = self._waiting.popleft()
            if isinstance(one, Message):
                recorded.append(one.recorded_at)
                one = one.text
            texts.append(one)
            size += len(one)
        return Chunk(text=b"".join(texts), recorded_at=tuple(recorded))
