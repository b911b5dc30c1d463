"""Ticket numbers. They are on disk when they are given.

A program may hold one while the server crashes and comes back, and write its ticket only then. That
is a call of its own before the append, so all who need a number at the same time share it.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection, Connection
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from adapters.postgres.group_commit import AsyncGroupCommit, GroupCommit
from adapters.postgres.log import available
from commands.ports import StoreUnavailable
from domain.ids import TicketNumber, WorkspaceId

_TAKE = (
    "INSERT INTO chronodesk.ticket_number AS n (workspace, last) VALUES (%s, %s)"
    " ON CONFLICT (workspace) DO UPDATE SET last = n.last + excluded.last RETURNING last"
)


class PostgresNumbers:
    """commands.ports.Numbers. Safe to share between threads."""

    def __init__(self, pool: ConnectionPool[Connection[Any]]) -> None:
        """`pool` is one of `open_pool`."""
        self._pool = pool
        self._together = GroupCommit(self._deal, StoreUnavailable)

    def next(self, workspace: WorkspaceId) -> TicketNumber:
        """The next number of a workspace. Raises StoreUnavailable."""
        return self._together.ask(workspace)

    def take(self, workspace: WorkspaceId, count: int) -> range:
        """Reserve `count` consecutive numbers. Raises StoreUnavailable."""
        with available(), self._pool.connection() as connection:
            return _range(connection.execute(_TAKE, [workspace, count]).fetchone(), count)

    def _deal(self, asked: Sequence[WorkspaceId]) -> list[TicketNumber]:
        taken = {one: iter(self.take(one, asked.count(one))) for one in dict.fromkeys(asked)}
        return [TicketNumber(next(taken[workspace])) for workspace in asked]


class AsyncPostgresNumbers:
    """commands.ports.AsyncNumbers, for one event loop."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        """`pool` is one of `open_async_pool`."""
        self._pool = pool
        self._together = AsyncGroupCommit(self._deal, StoreUnavailable)

    async def next(self, workspace: WorkspaceId) -> TicketNumber:
        """The next number of a workspace. Raises StoreUnavailable."""
        return await self._together.ask(workspace)

    async def _deal(self, asked: Sequence[WorkspaceId]) -> list[TicketNumber]:
        taken = {one: iter(await self._take(one, asked.count(one))) for one in dict.fromkeys(asked)}
        return [TicketNumber(next(taken[workspace])) for workspace in asked]

    async def _take(self, workspace: WorkspaceId, count: int) -> range:
        with available():
            async with self._pool.connection() as connection:
                found = await connection.execute(_TAKE, [workspace, count])
                return _range(await found.fetchone(), count)


def _range(found: Any, count: int) -> range:
    (last,) = found
    return range(last - count + 1, last + 1)
