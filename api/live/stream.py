"""A live stream as an answer: open until the reader goes, the token ends, or the server stops."""

from collections.abc import MutableMapping
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.live.live import Live
from domain.access import Principal

SEND_WITHIN = 30.0
"""Seconds in which a reader must take something of what waits; else it counts as gone."""


class EventStream(Response):
    """`text/event-stream`. It takes no thread while it is open."""

    media_type = "text/event-stream"

    def __init__(self, live: Live, principal: Principal, token: str | None, life: float) -> None:
        """`token`: the position to go on from; `life`: seconds until it ends all the same."""
        self._live = live
        self._principal = principal
        self._token = token
        self._life = life
        self.status_code = 200
        self.background = None
        # No cache and no proxy may hold it back.
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Problem (too-many-streams) or Unavailable before anything is sent."""
        subscriber = self._live.subscriber(self._principal)
        try:
            opening = await run_in_threadpool(self._live.join, subscriber, self._token)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async with anyio.create_task_group() as group:
                group.start_soon(_until_gone, receive, group.cancel_scope)
                with anyio.move_on_after(self._life):
                    taken = await _sent(send, opening)
                    while taken and (chunk := await subscriber.next()) is not None:
                        taken = await _sent(send, chunk.text)
                        self._live.sent(chunk)
                with anyio.move_on_after(SEND_WITHIN):
                    await send(_body(b"", more=False))
                group.cancel_scope.cancel()
        finally:
            self._live.leave(subscriber)


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
