"""One application's place in a database: a schema with a log of one lane."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    PersistenceError,
    ProgrammingError,
)
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

from adapters.postgres.log import Log
from adapters.postgres.schema import migrate_on
from commands.ports import StoreUnavailable

LANE = 0
"""The library numbers an application's events in one sequence, so its log has one lane."""

_ERRORS: tuple[tuple[type[Exception], type[PersistenceError]], ...] = (
    (StoreUnavailable, OperationalError),
    (PoolTimeout, OperationalError),
    (psycopg.InterfaceError, InterfaceError),
    (psycopg.OperationalError, OperationalError),
    (psycopg.DataError, DataError),
    (psycopg.IntegrityError, IntegrityError),
    (psycopg.InternalError, InternalError),
    (psycopg.ProgrammingError, ProgrammingError),
    (psycopg.NotSupportedError, NotSupportedError),
    (psycopg.DatabaseError, DatabaseError),
    (psycopg.Error, PersistenceError),
)
"""The library's name for each error, the special ones before the general ones."""


class Datastore:
    """The tables of one application. Safe to share between threads.

    `uuids` says whether originator ids are UUIDs or text. `close` closes the pool.
    """

    def __init__(
        self, pool: ConnectionPool[Connection[Any]], schema: str, *, uuids: bool = True
    ) -> None:
        self.pool = pool
        self.schema = schema
        self.log = Log(pool, schema)
        self._uuids = uuids

    def create(self) -> None:
        """Make the tables if they are not there; several processes may do it at once."""
        with self.connection() as connection:
            migrate_on(connection, lanes=1, schema=self.schema)

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """A connection in autocommit mode; errors in the library's words."""
        with errors_in_library_words(), self.pool.connection() as connection:
            yield connection

    def originator_id(self, stream: str) -> UUID | str:
        """The library's id of what is stored as `stream`."""
        return UUID(stream) if self._uuids else stream

    def close(self) -> None:
        self.pool.close()


@contextmanager
def errors_in_library_words() -> Iterator[None]:
    """Raise what the library's applications expect: its own PersistenceErrors."""
    try:
        yield
    except tuple(ours for ours, _ in _ERRORS) as error:
        theirs = next(theirs for ours, theirs in _ERRORS if isinstance(error, ours))
        raise theirs(str(error)) from error
