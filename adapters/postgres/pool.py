"""Connections to PostgreSQL, shared by the threads of a process or by its event loop."""

import selectors
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from psycopg import AsyncConnection, Connection, sql
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, ConnectionPool

CHECK_OUT = 5.0
"""Seconds a caller waits for a connection before the database counts as away."""

GIVE_UP = 3.0
"""Seconds after which an attempt to connect again ends, and the next caller begins a new one. An
attempt that went on would pause twice as long after each failure: after an hour without a server,
up to an hour more."""

CONNECT: dict[str, Any] = {
    "autocommit": True,  # one statement is one transaction, unless `transaction()` says otherwise
    "connect_timeout": 5,
    "application_name": "chronodesk",
    "keepalives_idle": 30,  # a server that vanished is noticed within a minute
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds: the same while something is being sent
}
"""How every connection is made that is kept for long."""


def open_pool(
    url: str, size: int = 8, *, role: str | None = None
) -> ConnectionPool[Connection[Any]]:
    """A pool of up to `size` connections; the caller closes it.

    With `role`, connections have that role's rights and no others. A lost server does no harm:
    callers are told within CHECK_OUT seconds, and a caller after its return gets a connection.
    """

    def configure(connection: Connection[Any]) -> None:
        for statement in _settings(role):
            connection.execute(statement)
        _read_json(connection)

    return ConnectionPool(
        url,
        min_size=min(2, size),
        max_size=size,
        kwargs=CONNECT,
        configure=configure,
        check=_refuse_lost,
        timeout=CHECK_OUT,
        reconnect_timeout=GIVE_UP,
        open=True,
    )


@asynccontextmanager
async def open_async_pool(
    url: str, size: int, *, role: str | None = None
) -> AsyncIterator[AsyncConnectionPool[AsyncConnection[Any]]]:
    """The same for the running event loop; leaving the block closes it."""

    async def configure(connection: AsyncConnection[Any]) -> None:
        for statement in _settings(role):
            await connection.execute(statement)
        _read_json(connection)

    pool = AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size,
        kwargs=CONNECT,
        configure=configure,
        check=_refuse_lost_async,
        timeout=CHECK_OUT,
        reconnect_timeout=GIVE_UP,
        open=False,
    )
    async with pool:
        yield pool


def _settings(role: str | None) -> list[sql.Composed]:
    """What every new connection is told."""
    as_role = [] if role is None else [sql.SQL("SET ROLE {}").format(sql.Identifier(role))]
    return [*as_role, sql.SQL("SET TIME ZONE {}").format("UTC")]


def _read_json(connection: Connection[Any] | AsyncConnection[Any]) -> None:
    """Read a float such as 1e300 as a float.

    It comes back from jsonb as a whole number of 301 digits, of which the usual reader makes an
    integer that nothing can write.
    """
    set_json_loads(orjson.loads, connection)


def _refuse_lost(connection: Connection[Any]) -> None:
    """Raise OperationalError if the server has gone; the pool then takes another connection."""
    if _has_said_something(connection):
        ConnectionPool.check_connection(connection)


async def _refuse_lost_async(connection: AsyncConnection[Any]) -> None:
    if _has_said_something(connection):
        await AsyncConnectionPool.check_connection(connection)


def _has_said_something(connection: Connection[Any] | AsyncConnection[Any]) -> bool:
    """Whether there is anything to hear on an idle connection.

    A server says nothing to an idle client unless it parts with it, so that a silent socket is
    proof enough. Asking over the wire each time would cost a round trip for every append, and a
    selector that the system has to make and to drop three calls to it.
    """
    with selectors.PollSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return bool(selector.select(timeout=0))
