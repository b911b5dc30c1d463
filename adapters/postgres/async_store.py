"""The event store for an event loop: appends without a thread, everything else by the blocking one.

An append is what each command does, so it is made where the requests are: no thread is woken, and
all requests of the loop that wait meanwhile share the next call. What only some commands need
(states that are not in memory, first answers, ticket numbers) is asked for in a thread.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from anyio.to_thread import run_sync
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from adapters.postgres.append_call import Batch, Outcome, append_call, append_outcomes
from adapters.postgres.appending import of_epoch, with_fenced
from adapters.postgres.group_commit import CALLS, AsyncGroupCommit
from adapters.postgres.log import available
from adapters.postgres.numbers import AsyncPostgresNumbers
from adapters.postgres.pool import open_async_pool
from adapters.postgres.store import PostgresStore
from commands.ports import Append, Appended, Loaded, Snapshots, StoreUnavailable
from domain.ids import CommandId, StreamId, WorkspaceId
from domain.recorded import Recorded


class AsyncPostgresStore:
    """commands.ports.AsyncEventStore, for one event loop."""

    def __init__(
        self, store: PostgresStore, pool: AsyncConnectionPool[AsyncConnection[Any]]
    ) -> None:
        """`store` reads the same log; `pool` gives connections like its own."""
        self._store = store
        self._pool = pool
        self._groups: dict[int, AsyncGroupCommit[Batch, Outcome]] = {}

    async def epoch(self, *, fresh: bool = False) -> int:
        """What names the log; see EventStore."""
        if fresh or not self._store.knows_the_lanes:
            return await run_sync(lambda: self._store.epoch(fresh=fresh))
        return self._store.epoch()

    async def append(self, request: Append) -> Appended:
        """Write one request, in one call with the others that wait now; see EventStore."""
        await self.epoch()  # so that the lanes are known: the loop must not wait for them
        batch = self._store.batch(request)
        lane = batch.writes[0].lane
        group = self._groups.get(lane)
        if group is None:
            group = self._groups[lane] = AsyncGroupCommit(self._together, StoreUnavailable)
        outcome = await group.ask(batch)
        if self._store.needs_a_look(outcome):
            answer = await run_sync(self._store.answer, request, batch, outcome)
        else:
            answer = self._store.answer(request, batch, outcome)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def load(
        self, workspace: WorkspaceId, stream: StreamId, *, after: int = 0
    ) -> tuple[Recorded[Any], ...]:
        """Events of a stream; see EventStore."""
        return await run_sync(lambda: self._store.load(workspace, stream, after=after))

    async def load_many(
        self, workspace: WorkspaceId, after: Mapping[StreamId, int]
    ) -> dict[StreamId, tuple[Recorded[Any], ...]]:
        """Events of several streams; see EventStore."""
        return await run_sync(self._store.load_many, workspace, after)

    async def answered(
        self, workspace: WorkspaceId, command_id: CommandId, fingerprint: str
    ) -> Appended | None:
        """The first answer to a command id; see EventStore."""
        return await run_sync(self._store.answered, workspace, command_id, fingerprint)

    async def _together(self, batches: Sequence[Batch]) -> Sequence[Outcome]:
        epoch = await self.epoch()
        sent = of_epoch(batches, epoch)
        if not sent:
            return with_fenced(batches, sent, [])
        with available():
            async with self._pool.connection() as connection:
                query, params = append_call(sent, epoch)
                async with connection.cursor(binary=True) as cursor:
                    await cursor.execute(query, params)
                    rows = await cursor.fetchall()
        return with_fenced(batches, sent, self._store.written(append_outcomes(sent, rows)))


class AsyncPostgresSnapshots:
    """commands.ports.AsyncSnapshots."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    async def load(
        self, workspace: WorkspaceId, streams: Sequence[StreamId]
    ) -> dict[StreamId, Loaded]:
        """The last snapshot of each stream that has one; see Snapshots."""
        return await run_sync(self._snapshots.load, workspace, streams)


@dataclass(frozen=True)
class AsyncPostgres:
    """commands.ports.AsyncPorts."""

    store: AsyncPostgresStore
    numbers: AsyncPostgresNumbers
    snapshots: AsyncPostgresSnapshots


@asynccontextmanager
async def async_ports(
    url: str, store: PostgresStore, snapshots: Snapshots, *, role: str
) -> AsyncIterator[AsyncPostgres]:
    """Ports for the running event loop, to the log that `store` reads."""
    lanes = len(store.layout().lanes)
    async with open_async_pool(url, CALLS * lanes + 1, role=role) as pool:
        yield AsyncPostgres(
            store=AsyncPostgresStore(store, pool),
            numbers=AsyncPostgresNumbers(pool),
            snapshots=AsyncPostgresSnapshots(snapshots),
        )
