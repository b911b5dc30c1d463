"""The feed as server-sent events: open until the reader goes, the token ends, or we stop."""

from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.feed import Cursor, FeedPage
from api.problems import Problem
from commands.ports import StoreUnavailable
from domain.access import Principal
from domain.record import record
from projections.following import HoleInTheLog, OtherHistory
from projections.ports import Unavailable

POLL = 0.25
"""Seconds between looks at the log while nothing happens."""

HEARTBEAT = 15.0
"""Seconds of silence after which something is said, so that nobody takes it for a dead line."""

CHECK = 5.0
"""Seconds between looks whether the reader's token has ended."""

RETRY = 1_000
"""Milliseconds until a reader whose stream ended connects again."""

SEND_WITHIN = 30.0
"""Seconds in which a reader must take what waits; else it counts as gone."""


class FeedStreams:
    """How many feeds each person has open in this process; all calls are from one event loop."""

    def __init__(self, per_person: int) -> None:
        self._per_person = per_person
        self._open: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def one_more(self, principal: Principal) -> Iterator[None]:
        """Count one while the block lasts. Raises Problem (too-many-streams)."""
        who = (principal.workspace, principal.person)
        if self._open[who] >= self._per_person:
            raise Problem(
                "too-many-streams",
                f"You have {self._per_person} feeds open here, and may have no more.",
                headers={"Retry-After": "10"},
                limit=self._per_person,
            )
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1


@record
class Reader:
    """Who reads a feed, and what of it.

    `read` gives what follows a cursor, `write` its text, `seal` the cursor's. `ended` asks whether
    the reader may read no more, `stopping` whether this process is about to end.
    """

    principal: Principal
    cursor: Cursor
    read: Callable[[Cursor], FeedPage]
    write: Callable[[FeedPage], bytes]
    seal: Callable[[Cursor], str]
    ended: Callable[[], bool]
    stopping: Callable[[], bool]


class FeedStream(Response):
    """`text/event-stream`; each event's id is the cursor after it."""

    media_type = "text/event-stream"

    def __init__(self, streams: FeedStreams, reader: Reader, life: float) -> None:
        """`life`: seconds until it ends all the same."""
        self._streams = streams
        self._reader = reader
        self._life = life
        self.status_code = 200
        self.background = None
        # No cache and no proxy may hold it back.
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Problem, OtherHistory, StoreUnavailable before anything is sent.

        Later these end it: its reader connects again, and is told what it is.
        """
        with self._streams.one_more(self._reader.principal):
            first = await run_in_threadpool(self._reader.read, self._reader.cursor)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async with anyio.create_task_group() as group:
                group.start_soon(_until_gone, receive, group.cancel_scope)
                with anyio.move_on_after(self._life):
                    await self._tell(first, send)
                with anyio.move_on_after(SEND_WITHIN):
                    await send(_body(b"", more=False))
                group.cancel_scope.cancel()

    async def _tell(self, page: FeedPage, send: Send) -> None:
        reader = self._reader
        # At once, so that the reader knows that it is heard, however quiet it is.
        begin = b"retry: %d\nid: %b\n\n" % (RETRY, reader.seal(reader.cursor).encode())
        taken = await _sent(send, begin)
        spoken = checked = monotonic()
        while taken and not reader.stopping():
            if page.events:
                taken = await _sent(send, reader.write(page))
                spoken = monotonic()
            elif monotonic() - spoken > HEARTBEAT:
                beat = b": \nid: %b\n\n" % reader.seal(page.cursor).encode()
                taken = await _sent(send, beat)
                spoken = monotonic()
            if not page.more:
                await anyio.sleep(POLL)
            try:
                if monotonic() - checked > CHECK:
                    if await run_in_threadpool(reader.ended):
                        return
                    checked = monotonic()
                page = await run_in_threadpool(reader.read, page.cursor)
            except (OtherHistory, HoleInTheLog, StoreUnavailable, Unavailable):
                return


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def _sent(send: Send, text: bytes) -> bool:
    """False when the reader takes nothing any more."""
    with anyio.move_on_after(SEND_WITHIN):
        await send(_body(text, more=True))
        return True
    return False


def _body(text: bytes, *, more: bool) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": text, "more_body": more}
