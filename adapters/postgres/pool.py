"""Connections to PostgreSQL, shared by the threads of a process."""

import selectors
from typing import Any

import orjson
from psycopg import Connection, sql
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

CHECK_OUT = 5.0
"""Seconds a caller waits for a connection before the database counts as away."""

GIVE_UP = 3.0
"""Seconds after which an attempt to connect again ends, and the next caller begins a new one. An
attempt that went on would pause twice as long after each failure: after an hour without a server,
up to an hour more."""

_CONNECT = {
    "autocommit": True,  # one statement is one transaction, unless `transaction()` says otherwise
    "connect_timeout": 5,
    "application_name": "chronodesk",
    "keepalives_idle": 30,  # a server that vanished is noticed within a minute
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds: the same while something is being sent
}


def open_pool(
    url: str, size: int = 8, *, role: str | None = None
) -> ConnectionPool[Connection[Any]]:
    """A pool of up to `size` connections; the caller closes it.

    With `role`, connections have that role's rights and no others. A lost server does no harm:
    callers are told within CHECK_OUT seconds, and a caller after its return gets a connection.
    """

    def configure(connection: Connection[Any]) -> None:
        if role is not None:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        connection.execute("SET TIME ZONE 'UTC'")
        # A float such as 1e300 comes back from jsonb as a whole number of 301 digits. This reader
        # makes a float of it again; the usual one makes an integer that nothing can write.
        set_json_loads(orjson.loads, connection)

    return ConnectionPool(
        url,
        min_size=min(2, size),
        max_size=size,
        kwargs=_CONNECT,
        configure=configure,
        check=_refuse_lost,
        timeout=CHECK_OUT,
        reconnect_timeout=GIVE_UP,
        open=True,
    )


def _refuse_lost(connection: Connection[Any]) -> None:
    """Raise OperationalError if the server has gone; the pool then takes another connection.

    A server says nothing to an idle client unless it parts with it, so that a silent socket is
    proof enough. Asking over the wire each time would cost a round trip for every append.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        if selector.select(timeout=0):
            ConnectionPool.check_connection(connection)
