"""The store of the HTTP routes, which lives in an event loop, for callers that are threads."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from threading import Thread
from typing import Any, TypeVar

from adapters.postgres.async_store import AsyncPostgresStore
from adapters.postgres.pool import open_async_pool
from adapters.postgres.store import PostgresStore
from commands.ports import Append, Appended

T = TypeVar("T")


class InLoop:
    """An event store that appends by way of an event loop and reads as `store` does."""

    def __init__(self, store: PostgresStore, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self._store = store
        self._loop = loop
        self._opened = AsyncExitStack()
        pool = self.wait_for(self._opened.enter_async_context(open_async_pool(url, 4)))
        self._async = AsyncPostgresStore(store, pool)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append(self, request: Append) -> Appended:
        return self.wait_for(self._async.append(request))

    def close(self) -> None:
        self.wait_for(self._opened.aclose())

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


@contextmanager
def in_loop(store: PostgresStore, url: str) -> Iterator[InLoop]:
    """The store, with a loop in a thread of its own for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="event loop", daemon=True)
    thread.start()
    made = InLoop(store, url, loop)
    try:
        yield made
    finally:
        made.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
